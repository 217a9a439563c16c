import * as nodeFs from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { prepareDirectory, syncDirectory } from './directory.ts'
import { OpenSegment, type WriterFs } from './open-segment.ts'
import { type Clock, endedByTime, fitting, type Limits, type RotationReason, startOf } from './rotation.ts'
import { thisWriter, type Writer } from './segment.ts'

/** As often as a writer renews the lease of its segment, and the longest silence that it need not check. */
export const LEASE_RENEWAL = 60_000

// Ended segments keep their descriptor until they are forced to the disk; a burst of them must not use all up.
const MAX_ENDED = 8

// A segment that could not be written for another reason (EIO) is left: the next may lie on good blocks.
const FULL = new Set(['ENOSPC', 'EDQUOT'])

export function isFull(code: string): boolean {
  return FULL.has(code)
}

export interface SegmentsOptions extends Limits {
  dir: string
  host: string | undefined
  clock: Clock
  fs: Partial<WriterFs>
  onEnd(path: string, reason: RotationReason): void
}

/** The segments of one writer, one after the other: opens, fills, ends and forces them. */
export class Segments {
  readonly written: { lines: number; bytes: number } = { lines: 0, bytes: 0 }
  readonly #options: SegmentsOptions
  readonly #fs: WriterFs
  readonly #writer: Writer
  #current: OpenSegment | undefined
  #ended: OpenSegment[] = []
  #seen = { now: 0, monotonic: 0 }

  constructor(options: SegmentsOptions) {
    this.#options = options
    this.#fs = { ...nodeFs, ...options.fs }
    this.#writer = thisWriter(options.host)
  }

  get path(): string | undefined {
    return this.#current?.path
  }

  /** Writes lines, as many as it can. Returns how many, and the error that stopped it. */
  write(
    bytes: Uint8Array,
    ends: ArrayLike<number>,
    from: number,
    to: number,
  ): { lines: number; error?: unknown } {
    const cursor = { line: from }
    try {
      while (cursor.line < to) this.#writeSome(bytes, ends, cursor, to)
      return { lines: to - from }
    } catch (error) {
      const hopeless = this.#current?.torn || (!isFull(errorCode(error)) && this.#current?.size)
      if (hopeless) this.end('error')
      return { lines: cursor.line - from, error }
    }
  }

  #writeSome(bytes: Uint8Array, ends: ArrayLike<number>, cursor: { line: number }, to: number): void {
    const from = cursor.line
    const start = startOf(ends, from)
    const segment = this.#segmentFor(ends[from] - start)
    const upTo = Math.max(from + 1, fitting(ends, from, to, this.#options.maxSize - segment.size))
    const done = { bytes: 0 }
    try {
      segment.write(bytes, start, ends[upTo - 1], done)
    } finally {
      cursor.line = fitting(ends, from, upTo, done.bytes)
      const whole = startOf(ends, cursor.line) - start
      segment.keep(whole, done.bytes)
      this.written.lines += cursor.line - from
      this.written.bytes += whole
    }
  }

  #segmentFor(size: number): OpenSegment {
    this.#checkPlace()
    const reason = this.#endOf(this.#current, size)
    if (reason !== undefined) this.end(reason)
    this.#current ??= this.#open()
    return this.#current
  }

  #endOf(segment: OpenSegment | undefined, size: number): RotationReason | undefined {
    if (segment === undefined) return undefined
    if (segment.size > 0 && segment.size + size > this.#options.maxSize) return 'size'
    return endedByTime(segment, this.#options, this.#options.clock)
  }

  // Whoever was silent for longer than its lease's renewal (a stopped process, a sleeping laptop) may have been
  // taken for dead. Both clocks: the monotonic one stands still while the machine sleeps.
  #checkPlace(): void {
    const { clock } = this.#options
    const now = { now: clock.now(), monotonic: clock.monotonic() }
    const silent = Math.max(Math.abs(now.now - this.#seen.now), now.monotonic - this.#seen.monotonic)
    this.#seen = now
    if (silent > LEASE_RENEWAL && this.#current?.isInPlace() === false) this.#leave()
  }

  #open(): OpenSegment {
    const { dir, clock } = this.#options
    try {
      return new OpenSegment(dir, this.#writer, clock, this.#fs)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      prepareDirectory(dir, { explicit: true })
      return new OpenSegment(dir, this.#writer, clock, this.#fs)
    }
  }

  /** Ends the current segment; the next line opens another. */
  end(reason: RotationReason): void {
    const segment = this.#leave()
    if (segment !== undefined) this.#options.onEnd(segment.path, reason)
  }

  #leave(): OpenSegment | undefined {
    const segment = this.#current
    if (segment === undefined) return undefined
    this.#current = undefined
    this.#ended.push(segment)
    while (this.#ended.length > MAX_ENDED) closeForced(this.#ended.shift() as OpenSegment)
    return segment
  }

  /** Renews the lease, and ends a segment whose time has come although nobody writes. */
  tend(): void {
    const segment = this.#current
    if (segment === undefined) return
    if (!segment.isInPlace()) return void this.#leave()
    segment.touch(this.#options.clock.now())
    const reason = endedByTime(segment, this.#options, this.#options.clock)
    if (reason !== undefined) this.end(reason)
  }

  /** Forces to the disk all that was written before the call, ended segments too, and closes those. */
  async force(): Promise<void> {
    const ended = this.#ended.splice(0)
    const segments = this.#current === undefined ? ended : [...ended, this.#current]
    const errors: unknown[] = []
    for (const segment of segments) await this.#forceOne(segment).catch((error) => errors.push(error))
    for (const segment of ended) segment.close()
    if (errors.length > 0) throw errors[0]
  }

  async #forceOne(segment: OpenSegment): Promise<void> {
    try {
      if (segment.dirty) await segment.force()
      if (!segment.listed) await syncDirectory(dirname(segment.path))
      segment.listed = true
    } catch (error) {
      // After a failed fdatasync the next one may succeed without the lost pages: nothing more goes into this file.
      if (segment === this.#current) this.end('error')
      const text = `cannot force ${segment.path} to the disk: ${errorCode(error)}`
      throw new HushlogError('HUSHLOG_SYNC', text, { cause: error })
    }
  }

  /** Where the next segment would be made; for messages. */
  get place(): string {
    return this.path ?? join(this.#options.dir, 'open')
  }
}

function closeForced(segment: OpenSegment): void {
  try {
    if (segment.dirty) segment.forceSync()
  } catch {
    // The seal forces the file again, through a descriptor that has not seen the error yet.
  }
  segment.close()
}
