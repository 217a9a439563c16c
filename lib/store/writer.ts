import * as nodeFs from 'node:fs'
import { HushlogError } from '../errors.ts'
import type { BatchSink, Gap, ScrubbedBatch, StoreStats } from '../types.ts'
import type { ClockStep } from './clock-watch.ts'
import { Disk } from './disk.ts'
import { ownLine, type Stamp } from './frames.ts'
import { GroupCommit } from './group-commit.ts'
import type { WriterFs } from './open-segment.ts'
import { type Clock, type RotationReason, startOf, systemClock } from './rotation.ts'
import { LEASE_RENEWAL, Segments } from './segments.ts'
import { cannotWrite, causeOf, isFull, lowDisk, reasonOf, restored } from './troubles.ts'
import { WaitingLines } from './waiting.ts'

export interface SegmentWriterOptions {
  /** A directory that `prepareDirectory` has passed. */
  dir: string
  /** A keeper of its own seals, who may be another user. Default false. */
  external?: boolean
  /** Stands in the segments' names. Default: the machine's host name. */
  host?: string
  /** Bytes. A segment exceeds it only when its one line does. */
  maxSize: number
  /** Milliseconds. */
  maxAge: number
  /** `exit` ends the program at the first write that fails, for whatever reason. */
  onFull: 'drop' | 'block' | 'exit'
  /** Bytes of lines that may wait in memory for the disk. Default 8 MB. */
  maxWaiting?: number
  /**
   * What stands in the records that the writer makes itself: first and last lines of segments, "disk full". Default:
   * none, and then there are no such records.
   */
  stamp?: Stamp
  /** A segment has ended, with so many records, and nobody will append to it. May log. */
  onSealable(path: string, reason: RotationReason, lines: number): void
  /** Lines were lost, and writing works again. May log. */
  onGap(gap: Gap): void
  /** Once when writing begins to fail, not once a line. May log. */
  onError(error: HushlogError): void
  /** The wall clock went on, or back, by over two seconds more than time did. May log. */
  onClockStep?(step: ClockStep): void
  clock?: Clock
  /** What a test puts in the place of node:fs. */
  fs?: Partial<WriterFs>
}

const MAX_WAITING = 8 * 1024 * 1024
const RETRY_AFTER = 100
const RETRY_EVERY = 250
const BLOCK_FOR = 5_000
const FLUSH_FOR = 1_000
const PAUSE = 25
const DRAIN_BYTES = 64 * 1024
const ERROR = 50

/**
 * Writes scrubbed lines with write(2) before `append` returns. When the disk fails it keeps them in bounded
 * memory, in order, and goes on by itself when it can. Never throws into the program.
 */
export class SegmentWriter implements BatchSink {
  readonly #options: SegmentWriterOptions
  readonly #clock: Clock
  readonly #segments: Segments
  readonly #disk: Disk
  readonly #waiting: WaitingLines
  readonly #commit: GroupCommit
  #lost = 0
  #lastGap: Gap | undefined
  /** The reserve is for few records: one that says "disk full" for each time that it was made. */
  #saidFull = false
  /** The system's code for what is wrong; undefined while writing works. */
  #trouble: string | undefined
  /** The same in words. */
  #problem = ''
  #lastTry = 0
  #retryTimer: NodeJS.Timeout | undefined
  #leaseTimer: NodeJS.Timeout | undefined
  /** What callers are to be told. They may log, so they are told when the batch has been dealt with. */
  #news: (() => void)[] = []

  constructor(options: SegmentWriterOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    const { dir, external = false, host, maxSize, maxAge, stamp } = options
    const fs = { ...nodeFs, ...options.fs }
    this.#disk = new Disk(dir, maxSize, fs)
    this.#segments = new Segments({
      dir,
      external,
      host,
      maxSize,
      maxAge,
      clock: this.#clock,
      fs,
      stamp,
      onOpen: () => this.#checkDisk(),
      onEnd: (path, reason, lines) => this.#ended(path, reason, lines),
      onClockStep: (step) => this.#news.push(() => options.onClockStep?.(step)),
      onRestored: (path, lines) => this.#news.push(() => options.onError(restored(path, lines))),
    })
    this.#waiting = new WaitingLines(options.maxWaiting ?? MAX_WAITING)
    this.#commit = new GroupCommit(() => this.#force())
  }

  append(batch: ScrubbedBatch): void {
    this.#leaseTimer ??= setInterval(() => this.#tend(), LEASE_RENEWAL).unref()
    const ready = this.#trouble === undefined || (this.#isDue() && this.#drain())
    const written = ready ? this.#write(batch.bytes, batch.ends, batch.count) : 0
    if (written < batch.count) this.#keep(batch, written)
    this.#tell()
  }

  /**
   * Resolves when all that was appended before the call is on the disk. Rejects with `HUSHLOG_FULL` or
   * `HUSHLOG_WRITE` while lines wait in memory or were dropped, with `HUSHLOG_SYNC` when the fdatasync fails.
   */
  async sync(): Promise<void> {
    const lost = this.#waiting.hasLoss
    const trouble = this.#trouble
    if (trouble !== undefined) this.#drain()
    this.#tell()
    if (trouble !== undefined && (this.#trouble !== undefined || lost)) throw this.#failure(trouble)
    await this.#commit.request()
  }

  async #force(): Promise<void> {
    try {
      await this.#segments.force()
    } finally {
      this.#tell()
    }
  }

  /** Tries to write what waits, for a second at most. */
  flushSync(): void {
    const deadline = this.#clock.monotonic() + FLUSH_FOR
    while (this.#trouble !== undefined && !this.#drain() && this.#clock.monotonic() < deadline) pause()
    this.#tell()
  }

  /** Ends the current segment, if there is one. */
  rotate(reason: RotationReason): void {
    this.#segments.end(reason)
    this.#tell()
  }

  /** Writes what waits, ends the last segment and forces all to the disk. A later line opens a new segment. */
  async close(): Promise<void> {
    if (this.#trouble !== undefined) this.#drain()
    this.rotate('close')
    clearInterval(this.#leaseTimer)
    this.#leaseTimer = undefined
    this.#disk.reserve.release()
    await this.sync()
  }

  /**
   * The process ends: what still waits is lost. Writes the gap record that says so, for which there is room on a full
   * disk too, and returns what it says; undefined when nothing is lost.
   */
  giveUp(): Gap | undefined {
    const reason = `${reasonOf(this.#trouble ?? 'ENOSPC')} until the process ended`
    this.#lost += this.#waiting.giveUp(reason, this.#clock.now())
    const gap = this.#waiting.takeLoss()
    if (gap === undefined) return undefined
    this.#lastGap = gap
    const fields = { ...gap, first: iso(gap.first), last: iso(gap.last) }
    this.#note('gap', fields, `${gap.count} lines lost: ${gap.reason}`)
    return gap
  }

  stats(): Pick<
    StoreStats,
    'state' | 'segment' | 'written' | 'waiting' | 'lost' | 'lostByLevel' | 'lastGap'
  > {
    return {
      state: this.#trouble !== undefined ? 'full' : this.#disk.isLow ? 'low' : 'ok',
      segment: this.#segments.path,
      written: { ...this.#segments.written },
      waiting: { lines: this.#waiting.count, bytes: this.#waiting.bytes },
      lost: this.#lost,
      lostByLevel: { ...this.#waiting.lostByLevel },
      lastGap: this.#lastGap,
    }
  }

  #write(bytes: Uint8Array, ends: ArrayLike<number>, count: number): number {
    const { lines, error } = this.#segments.write(bytes, ends, 0, count)
    if (lines < count) this.#fail(error)
    return lines
  }

  #sayFull(code: string): void {
    if (this.#saidFull) return
    this.#saidFull = true
    this.#note('disk', { state: 'full', reason: reasonOf(code) }, `lines wait in memory: ${reasonOf(code)}`)
  }

  /** Writes a record of our own, on a full disk into room that was held back for it. */
  #note(kind: string, fields: object, msg: string): void {
    const { stamp } = this.#options
    if (stamp === undefined) return
    const line = ownLine(stamp(this.#clock.now()), ERROR, kind, fields, msg)
    const write = () => this.#segments.write(line, [line.length], 0, 1).lines === 1
    while (!write() && this.#disk.reserve.give());
  }

  #checkDisk(): void {
    if (this.#options.stamp === undefined) return
    const { reserve } = this.#disk
    const wasWhole = reserve.isWhole
    const becameLow = this.#disk.check()
    if (!wasWhole && reserve.isWhole) this.#saidFull = false
    if (!becameLow) return
    const failure = lowDisk(this.#options.dir, this.#disk.free, this.#options.maxSize)
    this.#news.push(() => this.#options.onError(failure))
  }

  /** Writes what waits, in order. True when nothing is left and writing works. */
  #drain(): boolean {
    while (this.#waiting.count > 0) {
      const { bytes, ends } = this.#waiting.oldest(DRAIN_BYTES)
      const written = this.#write(bytes, ends, ends.length)
      this.#waiting.removeOldest(written)
      if (written < ends.length) return false
    }
    this.#recover()
    return true
  }

  #keep(batch: ScrubbedBatch, from: number): void {
    let deadline: number | undefined
    for (let line = from; line < batch.count; line++) {
      const bytes = batch.bytes.subarray(startOf(batch.ends, line), batch.ends[line])
      if (this.#options.onFull === 'block' && !this.#waiting.hasRoom(bytes.length)) {
        deadline ??= this.#clock.monotonic() + BLOCK_FOR
        this.#block(bytes.length, deadline)
      }
      const reason = reasonOf(this.#trouble ?? 'ENOSPC')
      this.#lost += this.#waiting.add(bytes, batch.levels[line], batch.kinds[line], reason, this.#clock.now())
    }
    // While it blocked, the disk may have come back; then these last lines need not wait for a timer.
    if (this.#trouble === undefined) this.#drain()
  }

  #block(size: number, deadline: number): void {
    while (this.#waiting.count > 0 && !this.#waiting.hasRoom(size) && this.#clock.monotonic() < deadline) {
      pause()
      this.#drain()
    }
  }

  #isDue(): boolean {
    return this.#clock.monotonic() - this.#lastTry >= RETRY_AFTER
  }

  #fail(error: unknown): void {
    const first = this.#trouble === undefined
    const code = causeOf(error)
    this.#trouble = code
    this.#problem = error instanceof HushlogError ? error.message : code
    this.#lastTry = this.#clock.monotonic()
    if (!first) return
    this.#retryTimer = setInterval(() => this.#retry(), RETRY_EVERY).unref()
    if (isFull(code)) this.#sayFull(code)
    const failure = this.#failure(code)
    this.#news.push(() => this.#options.onError(failure))
    if (this.#options.onFull === 'exit') this.#news.push(() => process.exit(1))
  }

  #retry(): void {
    this.#drain()
    this.#tell()
  }

  #recover(): void {
    this.#trouble = undefined
    clearInterval(this.#retryTimer)
    this.#checkDisk()
    const gap = this.#waiting.takeLoss()
    if (gap === undefined) return
    this.#lastGap = gap
    this.#news.push(() => this.#options.onGap(gap))
  }

  #failure(code: string): HushlogError {
    return cannotWrite(code, this.#segments.place, this.#problem, this.#options.maxWaiting ?? MAX_WAITING)
  }

  #ended(path: string, reason: RotationReason, lines: number): void {
    this.#news.push(() => this.#options.onSealable(path, reason, lines))
    this.#commit.request().catch((error) => {
      this.#news.push(() => this.#options.onError(error))
      this.#tell()
    })
  }

  #tend(): void {
    this.#segments.tend()
    this.#checkDisk()
    this.#tell()
  }

  #tell(): void {
    for (let tell = this.#news.shift(); tell !== undefined; tell = this.#news.shift()) {
      try {
        tell()
      } catch {
        // A log call never throws into the program, whatever the program's own callback does.
      }
    }
  }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

const sleeper = new Int32Array(new SharedArrayBuffer(4))

function pause(): void {
  Atomics.wait(sleeper, 0, 0, PAUSE)
}
