import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode, HushlogError } from '../errors.ts'
import { LineSplitter } from '../keep/bounded-lines.ts'
import { printable } from './command.ts'
import { isFrame } from './frame.ts'
import { SegmentClock, type TimedLine } from './last-lines.ts'
import { chunksOf, dayFolders, listDay, type SegmentFile, statOf } from './log-directory.ts'
import { MAX_LINE, type TailOptions } from './segment-tail.ts'

const CHUNK = 64 * 1024

/**
 * The lines of a sealed segment, as many at a time as a chunk holds, and of them the last `count` alone.
 * @throws HushlogError `HUSHLOG_READ` when it is damaged
 */
export async function* sealedLines(
  file: SegmentFile,
  options: TailOptions,
  count: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<TimedLine[]> {
  const clock = new SegmentClock(file.identity)
  const splitter = new LineSplitter(MAX_LINE)
  const plain = createGunzip({ chunkSize: CHUNK })
  // A failure destroys `plain` too, so that whoever reads it is told.
  pipeline(chunksOf(file.path), plain).catch(() => {})
  try {
    for await (const chunk of plain) {
      const lines: TimedLine[] = []
      for (const { bytes, isCut } of splitter.push(chunk).slice(-count)) {
        if (isCut) options.onLeftOut()
        else if (options.frames || !isFrame(bytes)) lines.push(clock.timed(bytes))
      }
      yield lines
    }
  } catch (error) {
    if (error instanceof HushlogError) throw error
    const text = `cannot read ${printable(file.path)}: ${errorCode(error)}`
    throw new HushlogError('HUSHLOG_READ', text, { cause: error })
  }
}

export interface SealedFile extends SegmentFile {
  /** When it was sealed, by the file's time: its last line is not younger. Milliseconds since the epoch. */
  sealedAt: number
}

/** The segments with the times of their sealing, the youngest first. @throws HushlogError `HUSHLOG_READ` */
export async function youngestFirst(files: SegmentFile[]): Promise<SealedFile[]> {
  const sealed: SealedFile[] = []
  for (const file of files) {
    const stat = await statOf(file.path)
    if (stat !== undefined) sealed.push({ ...file, sealedAt: stat.mtimeMs })
  }
  return sealed.sort((a, b) => b.sealedAt - a.sealedAt)
}

// The time of a folder is told in ticks of the clock: within one of them it may change twice.
const TICK = 2_000

/** Looks again and again for segments in sealed/, and reads only folders that have changed. */
export class SealedWatch {
  readonly #dir: string
  readonly #seen = new Map<string, number>()

  constructor(dir: string) {
    this.#dir = dir
  }

  /** The segments in the folders that have changed since the last call, the same ones again among them. */
  async changed(now: number): Promise<SegmentFile[]> {
    const files: SegmentFile[] = []
    for (const folder of dayFolders(this.#dir)) {
      const stat = await statOf(folder)
      if (stat === undefined || this.#seen.get(folder) === stat.mtimeMs) continue
      if (Math.abs(now - stat.mtimeMs) > TICK) this.#seen.set(folder, stat.mtimeMs)
      files.push(...listDay(folder).segments)
    }
    return files
  }
}
