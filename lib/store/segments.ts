import { basename, dirname, join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { type ClockStep, ClockWatch } from './clock-watch.ts'
import { syncDirectory } from './directory.ts'
import { type Frame, frameLine, frameWriter, LONGER_END, type Stamp } from './frames.ts'
import { OpenSegment, type WriterFs } from './open-segment.ts'
import { isSealed, Place } from './place.ts'
import {
  type Clock,
  endedByTime,
  fitting,
  type Limits,
  type RotationReason,
  startOf,
  utcDay,
} from './rotation.ts'
import { thisWriter, type Writer } from './segment.ts'
import { isFull } from './troubles.ts'

/** As often as a writer renews the lease of its segment, and the longest silence that it need not check. */
export const LEASE_RENEWAL = 60_000

/**
 * How often it is looked whether the segment is still there. Whoever removes a directory that is being written to
 * loses nothing of it, but what a program logs and is killed within this time.
 */
const LOOK_EVERY = 250

// Ended segments keep their descriptor until they are forced to the disk; a burst of them must not use all up.
const MAX_ENDED = 8

export interface SegmentsOptions extends Limits {
  dir: string
  /** A keeper of its own seals, who may be another user. */
  external: boolean
  host: string | undefined
  clock: Clock
  fs: WriterFs
  /** Without it segments have no first and last line. */
  stamp: Stamp | undefined
  onOpen(): void
  onEnd(path: string, reason: RotationReason, lines: number): void
  onClockStep(step: ClockStep): void
  /** The segment was removed, and its lines were written again. */
  onRestored(path: string, lines: number): void
}

/** The segments of one writer, one after the other: opens, fills, ends and forces them. */
export class Segments {
  /** Records, without the first and last lines of segments. */
  readonly written: { lines: number; bytes: number } = { lines: 0, bytes: 0 }
  readonly #options: SegmentsOptions
  readonly #writer: Writer
  readonly #name: string
  readonly #place: Place
  readonly #watch: ClockWatch
  #lookedAt = Number.NEGATIVE_INFINITY
  #current: OpenSegment | undefined
  #number = 0
  #endRoom = 0
  /** The current segment has no name, and could not be written again yet. */
  #removed = false
  #ended: OpenSegment[] = []

  constructor(options: SegmentsOptions) {
    this.#options = options
    this.#writer = thisWriter(options.host)
    this.#name = options.stamp === undefined ? '' : frameWriter(this.#writer)
    this.#place = new Place(options.dir, options.external)
    this.#watch = new ClockWatch(options.clock)
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
      // One that could not be written for another reason than room (EIO) is left: the next may lie on good blocks.
      const hopeless = this.#current?.torn || (!isFull(errorCode(error)) && this.#current?.lines)
      if (hopeless && !this.#removed) this.end('error')
      return { lines: cursor.line - from, error }
    }
  }

  #writeSome(bytes: Uint8Array, ends: ArrayLike<number>, cursor: { line: number }, to: number): void {
    const from = cursor.line
    const start = startOf(ends, from)
    const segment = this.#segmentFor(ends[from] - start)
    const upTo = Math.max(from + 1, fitting(ends, from, to, this.#limit - segment.size))
    const done = { bytes: 0 }
    try {
      segment.write(bytes, start, ends[upTo - 1], done)
    } finally {
      cursor.line = fitting(ends, from, upTo, done.bytes)
      const whole = startOf(ends, cursor.line) - start
      segment.keep(whole, done.bytes)
      segment.lines += cursor.line - from
      this.written.lines += cursor.line - from
      this.written.bytes += whole
    }
  }

  #segmentFor(size: number): OpenSegment {
    this.#look()
    const reason = this.#endOf(this.#current, size)
    if (reason !== undefined) this.#end(reason)
    const segment = (this.#current ??= this.#open())
    if (segment.number === 0) this.#begin(segment)
    return segment
  }

  #endOf(segment: OpenSegment | undefined, size: number): RotationReason | undefined {
    if (segment === undefined) return undefined
    if (segment.lines > 0 && segment.size + size > this.#limit) return 'size'
    return endedByTime(segment, this.#options, this.#options.clock)
  }

  /** What records may fill of a segment; its last line must fit behind them. */
  get #limit(): number {
    return this.#options.maxSize - this.#endRoom
  }

  // Whoever was silent for longer than its lease's renewal (a stopped process, a sleeping laptop) may have been
  // taken for dead. Both clocks: the monotonic one stands still while the machine sleeps.
  #look(always = false): void {
    const { silent, monotonic, step } = this.#watch.look()
    if (step !== undefined) this.#options.onClockStep(step)
    if (!always && silent <= LEASE_RENEWAL && monotonic - this.#lookedAt < LOOK_EVERY) return
    this.#checkPlace()
    // By the new time the lease may have run out.
    if (step !== undefined) this.#current?.touch(this.#options.clock.now())
    this.#lookedAt = monotonic
  }

  #checkPlace(): void {
    const segment = this.#current
    if (segment === undefined) return
    const where = segment.whereabouts()
    this.#removed = where === 'removed' && !this.#isSealed(segment)
    if (this.#removed) this.#restore(segment)
    else if (where === 'removed' || where === 'elsewhere') this.#letGo(segment)
  }

  /** What was written to it is forced to the disk yet; its name is no matter of ours any more. */
  #letGo(segment: OpenSegment): void {
    segment.listed = true
    this.#leave()
  }

  /** An adopter that took us for dead has sealed it: nothing is missing. */
  #isSealed({ path, day }: OpenSegment): boolean {
    const { dir, clock } = this.#options
    return isSealed(dir, basename(path, '.log'), day, utcDay(clock.now()))
  }

  #restore(lost: OpenSegment): void {
    const { dir, clock, onRestored } = this.#options
    this.#place.ensure()
    this.#current = lost.again(dir, this.#writer, clock)
    this.#removed = false
    lost.close()
    onRestored(lost.path, lost.lines)
  }

  #open(): OpenSegment {
    const { dir, clock, fs, onOpen } = this.#options
    this.#place.ensure()
    const segment = new OpenSegment(dir, this.#writer, clock, fs, this.#place.mode)
    onOpen()
    return segment
  }

  #begin(segment: OpenSegment): void {
    const number = this.#number + 1
    const length = this.#frame(segment, { kind: 'segment-start', number, seq: this.written.lines + 1 })
    if (length > 0) this.#endRoom = length + LONGER_END
    segment.number = this.#number = number
  }

  /** Writes a first or last line, all of it or nothing. Returns its length; 0 where there are none. */
  #frame(segment: OpenSegment, frame: Omit<Frame, 'writer'>): number {
    const { stamp, clock } = this.#options
    if (stamp === undefined) return 0
    const { kind, ...facts } = frame
    const line = frameLine(stamp(clock.now()), { kind, writer: this.#name, ...facts })
    const done = { bytes: 0 }
    try {
      segment.write(line, 0, line.length, done)
    } finally {
      segment.keep(done.bytes === line.length ? done.bytes : 0, done.bytes)
    }
    return line.length
  }

  /** Ends the current segment; the next line opens another. One that was removed and cannot be saved now stays. */
  end(reason: RotationReason): void {
    try {
      this.#end(reason)
    } catch {
      // It is tried again with the next line or the next sync.
    }
  }

  #end(reason: RotationReason): void {
    this.#checkPlace()
    const segment = this.#current
    if (segment === undefined) return
    if (segment.number > 0 && !segment.torn) this.#finish(segment, reason)
    this.#leave()
    this.#options.onEnd(segment.path, reason, segment.lines)
  }

  #finish(segment: OpenSegment, reason: RotationReason): void {
    const { number, lines } = segment
    try {
      this.#frame(segment, { kind: 'segment-end', number, seq: this.written.lines, lines, reason })
    } catch {
      // The disk is full or failing. The first line of the next segment says how many records came before it.
    }
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
    try {
      this.#look(true)
    } catch {
      // What could not be saved now is tried again with the next line.
      return
    }
    const segment = this.#current
    if (segment === undefined) return
    segment.touch(this.#options.clock.now())
    const reason = endedByTime(segment, this.#options, this.#options.clock)
    if (reason !== undefined) this.end(reason)
  }

  /** Forces to the disk all that was written before the call, ended segments too, and closes those. */
  async force(): Promise<void> {
    this.#save()
    const ended = this.#ended.splice(0)
    const segments = this.#current === undefined ? ended : [...ended, this.#current]
    const errors: unknown[] = []
    for (const segment of segments) await this.#forceOne(segment).catch((error) => errors.push(error))
    for (const segment of ended) segment.close()
    if (errors.length > 0) throw errors[0]
  }

  /** What is forced to the disk must have a name there. */
  #save(): void {
    try {
      this.#checkPlace()
    } catch (error) {
      const text = `cannot write again what was removed from ${this.place}: ${errorCode(error)}`
      throw new HushlogError('HUSHLOG_WRITE', text, { cause: error })
    }
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
