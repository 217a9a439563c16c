/**
 * A cleaned copy beside a file: new, its owner's alone, and gone again unless it becomes whole.
 */
import { once } from 'node:events'
import { unlinkSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { errorCode, HushlogError } from '../errors.ts'
import { flushAtExit } from '../exit.ts'
import { Cutter } from '../scrub/cutter.ts'
import { Finder } from '../scrub/finder.ts'
import type { Cut } from '../scrub/line.ts'
import { stubFor, type TextSink } from '../scrub/text-sink.ts'
import { printable } from './command.ts'

const GZ = '.gz'

export class CleanedCopy implements TextSink {
  readonly path: string
  #cutter: Cutter
  #top: Writable
  #written: Promise<unknown>
  #failure: unknown
  #pieces: Uint8Array[] = []
  #forget: () => void

  /** @throws HushlogError `HUSHLOG_WRITE` when the place is taken or not to be written */
  static async create(original: string, isGzip: boolean, finder: Finder): Promise<CleanedCopy> {
    const path = copyPath(original, isGzip)
    // O_EXCL: never over anything, a dangling link included.
    const handle = await open(path, 'wx', 0o600).catch((error) => {
      throw errorCode(error) === 'EEXIST'
        ? new HushlogError('HUSHLOG_WRITE', `${printable(path)} is there already`, {
            hint: 'move it away first',
          })
        : cannotWrite(path, error)
    })
    return new CleanedCopy(path, handle, isGzip, finder)
  }

  private constructor(path: string, handle: FileHandle, isGzip: boolean, finder: Finder) {
    this.path = path
    this.#cutter = new Cutter(new Finder(finder.rules, finder.registered))
    const file = handle.createWriteStream({ flush: true })
    const gzip = isGzip ? createGzip() : undefined
    this.#top = gzip ?? file
    this.#written = gzip === undefined ? finished(file) : pipeline(gzip, file)
    this.#written.catch((error) => (this.#failure ??= error))
    this.#forget = flushAtExit(() => unlinkIfThere(path))
  }

  take(bytes: Uint8Array, start: number, end: number, cuts: readonly Cut[], json: boolean): void {
    const isClean = cuts.length === 0
    this.#pieces.push(
      isClean ? bytes.subarray(start, end) : this.#cutter.without(bytes, start, end, cuts, json),
    )
  }

  withhold(bytes: Uint8Array, start: number, _end: number, error: unknown): void {
    this.#pieces.push(stubFor(bytes[start], error))
  }

  /** Writes what has been taken since the last call. */
  async write(): Promise<void> {
    const bytes = Buffer.concat(this.#pieces)
    this.#pieces = []
    if (this.#failure === undefined && !this.#top.write(bytes)) {
      await Promise.race([once(this.#top, 'drain'), this.#written]).catch(() => {})
    }
    if (this.#failure !== undefined) throw cannotWrite(this.path, this.#failure)
  }

  async finish(): Promise<void> {
    this.#top.end()
    await this.#written.catch((error) => {
      throw cannotWrite(this.path, error)
    })
    this.#forget()
  }

  /** Takes it back. */
  async abandon(): Promise<void> {
    this.#top.destroy()
    await this.#written.catch(() => {})
    this.#forget()
    unlinkIfThere(this.path)
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Somebody was faster.
  }
}

function copyPath(original: string, isGzip: boolean): string {
  if (!isGzip) return `${original}.scrubbed`
  return `${original.endsWith(GZ) ? original.slice(0, -GZ.length) : original}.scrubbed${GZ}`
}

function cannotWrite(path: string, error: unknown): HushlogError {
  return new HushlogError('HUSHLOG_WRITE', `cannot write ${printable(path)}: ${errorCode(error)}`)
}
