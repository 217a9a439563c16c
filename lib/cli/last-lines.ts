import { timeOf } from '../keep/line-counter.ts'
import type { SegmentIdentity } from '../store/segment.ts'

export interface TimedLine {
  /** Milliseconds since the epoch; within a segment never less than that of the line before. */
  time: number
  identity: SegmentIdentity
  bytes: Buffer
}

const HEAD = 256

/** Gives the lines of one segment their times. A line without one, or with an earlier one, takes the last one's. */
export class SegmentClock {
  readonly #identity: SegmentIdentity
  #time = 0

  constructor(identity: SegmentIdentity) {
    this.#identity = identity
  }

  timed(bytes: Buffer): TimedLine {
    const time = Date.parse(timeOf(bytes.subarray(0, HEAD)) ?? '')
    if (time > this.#time) this.#time = time
    return { time: this.#time, identity: this.#identity, bytes }
  }
}

/** By time; at the same moment in the order of the segments. Lines of one segment stay in their order. */
export function byTime(lines: TimedLine[]): TimedLine[] {
  return lines.sort(
    (a, b) =>
      a.time - b.time || a.identity.stamp - b.identity.stamp || a.identity.counter - b.identity.counter,
  )
}

/** The last lines of many segments, by time, in bounded memory. */
export class LastLines {
  readonly #limit: number
  readonly #maxBytes: number
  #lines: TimedLine[] = []
  #bytes = 0
  /** Whether lines that belong to the last ones had no room. */
  isShort = false

  constructor(limit: number, maxBytes: number) {
    this.#limit = limit
    this.#maxBytes = maxBytes
  }

  add(line: TimedLine): void {
    // A copy: a few lines would else keep whole chunks alive.
    this.#lines.push({ ...line, bytes: Buffer.from(line.bytes) })
    this.#bytes += line.bytes.length
    if (this.#lines.length >= 2 * this.#limit + 1024 || this.#bytes > 2 * this.#maxBytes) this.#compact()
  }

  /** The time of the oldest line that is held, when nothing older is wanted. */
  get oldest(): number | undefined {
    this.#compact()
    if (this.#limit === 0) return Number.POSITIVE_INFINITY
    return this.isShort || this.#lines.length === this.#limit ? this.#lines[0]?.time : undefined
  }

  /** Oldest first. */
  take(): TimedLine[] {
    this.#compact()
    this.#bytes = 0
    return this.#lines.splice(0)
  }

  #compact(): void {
    byTime(this.#lines)
    let surplus = Math.max(0, this.#lines.length - this.#limit)
    let bytes = this.#bytes - bytesOf(this.#lines, 0, surplus)
    this.isShort = bytes > this.#maxBytes
    for (; bytes > this.#maxBytes; surplus++) bytes -= bytesOf(this.#lines, surplus, surplus + 1)
    this.#lines.splice(0, surplus)
    this.#bytes = bytes
  }
}

function bytesOf(lines: TimedLine[], from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += lines[i].bytes.length
  return sum
}
