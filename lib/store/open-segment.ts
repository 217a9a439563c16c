import { constants } from 'node:fs'
import { basename, join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { type Clock, utcDay } from './rotation.ts'
import { parseSegmentName, segmentName, type Writer } from './segment.ts'

/** What the writer uses of node:fs; a test may put a failing disk in its place. */
export interface WriterFs {
  openSync(path: string, flags: number, mode: number): number
  fchmodSync(fd: number, mode: number): void
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number
  ftruncateSync(fd: number, length: number): void
  fdatasync(fd: number, done: (error: Error | null) => void): void
  fdatasyncSync(fd: number): void
  closeSync(fd: number): void
  fstatSync(fd: number): { ino: number; dev: number; nlink: number }
  lstatSync(path: string): { ino: number; dev: number }
  futimesSync(fd: number, atime: number, mtime: number): void
  readSync(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number
  unlinkSync(path: string): void
  readlinkSync(path: string): string
  statfsSync(path: string): { bavail: number; bsize: number }
}

const { O_CREAT, O_EXCL, O_APPEND, O_RDWR } = constants
// Read only when the file was removed while it was written: then what stands in it is saved.
const FLAGS = O_CREAT | O_EXCL | O_APPEND | O_RDWR
const BLOCK = 64 * 1024

/**
 * Where the path of a segment leads: to the segment, to nothing because the file was removed, to something else or
 * nowhere because it was moved (as an adopter does), or nobody can tell.
 */
export type Whereabouts = 'in place' | 'removed' | 'elsewhere' | 'unknown'

const DELETED = ' (deleted)'
const NOWHERE = new Set(['ENOENT', 'ENOTDIR'])

// Shared by all writers of this thread: a counter never comes back, whatever the clock does.
let counter = 0

/** A file in open/ that this thread alone appends to. */
export class OpenSegment {
  readonly path: string
  readonly day: number
  /** By the monotonic clock. */
  readonly openedAt: number
  /** Bytes of whole lines, its first and last line included. */
  size = 0
  /** Records: lines without the first and the last. */
  lines = 0
  /** Which of its writer's segments it is; 0 as long as its first line is not written. */
  number = 0
  /** A part of a line stands at the end and could not be cut off: nothing may follow it. */
  torn = false
  /** Written since it was last forced to the disk. */
  dirty = false
  /** Its name has been forced to the disk. */
  listed = false
  readonly #fs: WriterFs
  readonly #fd: number
  readonly #mode: number
  #pins = 0
  #closing = false

  constructor(dir: string, writer: Writer, clock: Clock, fs: WriterFs, mode = 0o600) {
    const { fd, path } = create(join(dir, 'open'), { writer, now: clock.now() }, fs, mode)
    this.#fs = fs
    this.#mode = mode
    this.#fd = fd
    this.path = path
    this.day = utcDay(clock.now())
    this.openedAt = clock.monotonic()
  }

  /** Writes a range of whole lines. Throws what the system threw; `done` says how many bytes then stand there. */
  write(bytes: Uint8Array, start: number, end: number, done: { bytes: number }): void {
    this.dirty = true
    while (start + done.bytes < end) {
      const written = this.#fs.writeSync(this.#fd, bytes, start + done.bytes, end - start - done.bytes)
      if (written === 0) throw new HushlogError('HUSHLOG_WRITE', 'the system took no bytes')
      done.bytes += written
    }
  }

  /** Counts the whole lines that were written and cuts off the part of a line that may follow them. */
  keep(whole: number, written: number): void {
    this.size += whole
    if (written === whole) return
    try {
      this.#fs.ftruncateSync(this.#fd, this.size)
    } catch {
      this.torn = true
    }
  }

  whereabouts(): Whereabouts {
    try {
      const here = this.#fs.fstatSync(this.#fd)
      if (here.nlink === 0) return this.#wasAdopted() ? 'elsewhere' : 'removed'
      const there = this.#fs.lstatSync(this.path)
      return here.ino === there.ino && here.dev === there.dev ? 'in place' : 'elsewhere'
    } catch (error) {
      // Whoever may not look does not know: the descriptor is good, and what is written to it is not lost.
      return NOWHERE.has(errorCode(error)) ? 'elsewhere' : 'unknown'
    }
  }

  /**
   * Whether it bore an adopter's name when it was removed: then it is sealed, or will be told as a loss, by whoever
   * took it over. Linux alone knows.
   */
  #wasAdopted(): boolean {
    try {
      const path = this.#fs.readlinkSync(`/proc/self/fd/${this.#fd}`)
      const name = basename(path.endsWith(DELETED) ? path.slice(0, -DELETED.length) : path)
      return parseSegmentName(name)?.adopter !== undefined
    } catch {
      return false
    }
  }

  /**
   * The same segment in a new file, after this one was removed.
   * @throws what the system threw; then nothing of the new file is left
   */
  again(dir: string, writer: Writer, clock: Clock): OpenSegment {
    const copy = new OpenSegment(dir, writer, clock, this.#fs, this.#mode)
    try {
      const block = new Uint8Array(BLOCK)
      while (copy.size < this.size) {
        const length = Math.min(BLOCK, this.size - copy.size)
        const read = this.#fs.readSync(this.#fd, block, 0, length, copy.size)
        copy.write(block, 0, read, { bytes: 0 })
        copy.size += read
      }
    } catch (error) {
      copy.#discard()
      throw error
    }
    copy.lines = this.lines
    copy.number = this.number
    return copy
  }

  #discard(): void {
    this.close()
    try {
      this.#fs.unlinkSync(this.path)
    } catch {
      // An empty file, or one with a copy of what is written again, is sealed as it is.
    }
  }

  /** Renews the lease. */
  touch(now: number): void {
    try {
      this.#fs.futimesSync(this.#fd, now / 1000, now / 1000)
    } catch {
      // A lease that cannot be renewed runs out, and then the file is not ours to write: `whereabouts` tells.
    }
  }

  async force(): Promise<void> {
    this.dirty = false
    this.#pins++
    try {
      await new Promise<void>((resolve, reject) =>
        this.#fs.fdatasync(this.#fd, (error) => (error ? reject(error) : resolve())),
      )
    } finally {
      this.#pins--
      if (this.#closing) this.close()
    }
  }

  forceSync(): void {
    this.dirty = false
    this.#fs.fdatasyncSync(this.#fd)
  }

  // Never under a running fdatasync: the number could be another file's by the time it is looked at.
  close(): void {
    this.#closing = true
    if (this.#pins > 0) return
    try {
      this.#fs.closeSync(this.#fd)
    } catch {
      // What was written has been forced to the disk before, or its failure has been told.
    }
  }
}

function create(
  folder: string,
  { writer, now }: { writer: Writer; now: number },
  fs: WriterFs,
  mode: number,
): { fd: number; path: string } {
  for (;;) {
    const path = join(folder, segmentName(writer, now, ++counter))
    try {
      const fd = fs.openSync(path, FLAGS, mode)
      fs.fchmodSync(fd, mode)
      return { fd, path }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
