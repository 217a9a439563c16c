import { constants, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode, HushlogError } from '../errors.ts'
import { parseSegmentName } from '../store/segment.ts'
import { wholeLines } from './lines.ts'

export interface ReadLine {
  /** The segment's name. */
  name: string
  sealed: boolean
  line: string
}

interface Found {
  name: string
  path: string
  sealed: boolean
  stamp: number
  counter: number
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const SEALED_EXTENSION = '.gz'

/**
 * All lines, of sealed and of open segments, in the order in which the segments were opened. Lines that are
 * appended meanwhile may be left out, and so is a line that is not whole yet.
 * @throws HushlogError `HUSHLOG_READ` when a sealed segment is damaged
 */
export async function* readSegments(dir: string): AsyncGenerator<ReadLine> {
  for (const segment of listSegments(dir)) {
    const { name, sealed } = segment
    for await (const lines of linesOf(dir, segment)) {
      for (const line of lines) yield { name, sealed, line: line.toString() }
    }
  }
}

function listSegments(dir: string): Found[] {
  // Open ones first: what is sealed between the two listings is then found twice, not missed.
  const unsealed = openSegments(dir)
  const byName = new Map([...unsealed, ...sealedSegments(dir)].map((segment) => [segment.name, segment]))
  return [...byName.values()].sort(
    (a, b) => a.stamp - b.stamp || a.counter - b.counter || (a.name < b.name ? -1 : 1),
  )
}

function openSegments(dir: string): Found[] {
  return names(join(dir, 'open')).flatMap((file) => found(join(dir, 'open', file), file, false))
}

function sealedSegments(dir: string): Found[] {
  const days = [1, 2, 3].reduce(
    (folders) => folders.flatMap((folder) => names(folder).map((name) => join(folder, name))),
    [join(dir, 'sealed')],
  )
  return days.flatMap((day) => names(day).flatMap((file) => sealedSegment(day, file)))
}

function sealedSegment(day: string, file: string): Found[] {
  if (!file.endsWith(SEALED_EXTENSION)) return []
  return found(join(day, file), file.slice(0, -SEALED_EXTENSION.length), true)
}

function found(path: string, file: string, sealed: boolean): Found[] {
  const identity = parseSegmentName(basename(file))
  if (identity === undefined) return []
  const { name, stamp, counter } = identity
  return [{ name, path, sealed, stamp, counter }]
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // A file where a folder could be, or a folder that is gone.
    return []
  }
}

async function* linesOf(dir: string, segment: Found): AsyncGenerator<Buffer[]> {
  try {
    yield* segment.sealed ? gunzipped(segment.path) : wholeLines(bytesOf(segment.path))
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw failure(segment, error)
    // It was renamed by its adopter or sealed since it was listed, and is found where it is now.
    const moved = listSegments(dir).find(({ name, path }) => name === segment.name && path !== segment.path)
    if (moved !== undefined) yield* linesOf(dir, moved)
  }
}

function gunzipped(path: string): AsyncGenerator<Buffer[]> {
  const plain = createGunzip()
  // A failure destroys `plain` too, so that whoever reads it is told.
  pipeline(bytesOf(path), plain).catch(() => {})
  return wholeLines(plain)
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    yield* handle.createReadStream({ autoClose: false })
  } finally {
    await handle.close()
  }
}

function failure({ path }: Found, error: unknown): HushlogError {
  return new HushlogError('HUSHLOG_READ', `cannot read ${path}: ${errorCode(error)}`, { cause: error })
}
