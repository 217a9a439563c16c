import { errorCode, HushlogError } from '../errors.ts'
import type { BatchSink, Gap, ScrubbedBatch, StoreStats } from '../types.ts'
import { GroupCommit } from './group-commit.ts'
import type { WriterFs } from './open-segment.ts'
import { type Clock, type RotationReason, startOf, systemClock } from './rotation.ts'
import { isFull, LEASE_RENEWAL, Segments } from './segments.ts'
import { WaitingLines } from './waiting.ts'

export interface SegmentWriterOptions {
  /** A directory that `prepareDirectory` has passed. */
  dir: string
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
  /** A segment has ended and nobody will append to it. May log. */
  onSealable(path: string, reason: RotationReason): void
  /** Lines were lost, and writing works again. May log. */
  onGap(gap: Gap): void
  /** Once when writing begins to fail, not once a line. May log. */
  onError(error: HushlogError): void
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

/**
 * Writes scrubbed lines with write(2) before `append` returns. When the disk fails it keeps them in bounded
 * memory, in order, and goes on by itself when it can. Never throws into the program.
 */
export class SegmentWriter implements BatchSink {
  readonly #options: SegmentWriterOptions
  readonly #clock: Clock
  readonly #segments: Segments
  readonly #waiting: WaitingLines
  readonly #commit: GroupCommit
  #lost = 0
  /** The system's code for what is wrong; undefined while writing works. */
  #trouble: string | undefined
  #lastTry = 0
  #retryTimer: NodeJS.Timeout | undefined
  #leaseTimer: NodeJS.Timeout | undefined
  /** What callers are to be told. They may log, so they are told when the batch has been dealt with. */
  #news: (() => void)[] = []

  constructor(options: SegmentWriterOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    const { dir, host, maxSize, maxAge, fs = {} } = options
    const onEnd = (path: string, reason: RotationReason) => this.#ended(path, reason)
    this.#segments = new Segments({ dir, host, maxSize, maxAge, clock: this.#clock, fs, onEnd })
    this.#waiting = new WaitingLines(options.maxWaiting ?? MAX_WAITING)
    this.#commit = new GroupCommit(() => this.#segments.force())
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
    await this.sync()
  }

  stats(): Pick<StoreStats, 'state' | 'segment' | 'written' | 'waiting' | 'lost'> {
    return {
      state: this.#trouble === undefined ? 'ok' : 'full',
      segment: this.#segments.path,
      written: { ...this.#segments.written },
      waiting: { lines: this.#waiting.count, bytes: this.#waiting.bytes },
      lost: this.#lost,
    }
  }

  #write(bytes: Uint8Array, ends: ArrayLike<number>, count: number): number {
    const { lines, error } = this.#segments.write(bytes, ends, 0, count)
    if (lines < count) this.#fail(errorCode(error))
    return lines
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

  #fail(code: string): void {
    const first = this.#trouble === undefined
    this.#trouble = code
    this.#lastTry = this.#clock.monotonic()
    if (!first) return
    this.#retryTimer = setInterval(() => this.#retry(), RETRY_EVERY).unref()
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
    const gap = this.#waiting.takeLoss()
    if (gap !== undefined) this.#news.push(() => this.#options.onGap(gap))
  }

  #failure(code: string): HushlogError {
    const kind = isFull(code) ? 'HUSHLOG_FULL' : 'HUSHLOG_WRITE'
    const bound = this.#options.maxWaiting ?? MAX_WAITING
    const text = `cannot write ${this.#segments.place}: ${code}; up to ${bound} bytes of lines wait in memory`
    const hint = isFull(code)
      ? 'make room; writing goes on by itself'
      : 'writing goes on by itself when it can'
    return new HushlogError(kind, text, { hint })
  }

  #ended(path: string, reason: RotationReason): void {
    this.#news.push(() => this.#options.onSealable(path, reason))
    this.#commit.request().catch((error) => {
      this.#news.push(() => this.#options.onError(error))
      this.#tell()
    })
  }

  #tend(): void {
    this.#segments.tend()
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

function reasonOf(code: string): string {
  return isFull(code) ? `disk full (${code})` : `write failed (${code})`
}

const sleeper = new Int32Array(new SharedArrayBuffer(4))

function pause(): void {
  Atomics.wait(sleeper, 0, 0, PAUSE)
}
