import { type Frame, parseFrame } from '../store/frames.ts'

const NEWLINE = 0x0a
// `level` and `time` are the first fields of a line; what stands further in may be the program's own.
const TIME_WITHIN = 256
/** A longer line is no frame. */
const HEAD = 4096
const TIME_KEY = '"time":"'
const TIME_LENGTH = '2026-11-24T02:29:31.123Z'.length

/** Counts the lines of a segment, a chunk at a time, and notes the times of its first and last record. */
export class LineCounter {
  bytes = 0
  #count = 0
  #head: Buffer = Buffer.alloc(0)
  /** The first line and the last one so far. */
  #start: Buffer | undefined
  #end: Buffer | undefined
  /** Heads of lines that say a time: the first two, the last two. Dates are read from them at the end alone. */
  #first: Buffer | undefined
  #afterStart: Buffer | undefined
  #last: Buffer | undefined
  #beforeLast: Buffer | undefined

  add(chunk: Buffer): void {
    this.bytes += chunk.length
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#begin(chunk, start, end)
      this.#finish()
      start = end + 1
    }
    this.#begin(chunk, start, chunk.length)
  }

  /** What was counted; `first` and `last` are undefined as long as no line said its time. */
  result(): Counted {
    const start = frameOf(this.#start, 'segment-start')
    const end = frameOf(this.#end, 'segment-end')
    const frames = Number(start !== undefined) + Number(end !== undefined)
    const lines = this.#count - frames
    return {
      all: this.#count,
      lines,
      start,
      end,
      first: timeOf(lines > 0 && start !== undefined ? (this.#afterStart ?? this.#first) : this.#first),
      last: timeOf(lines > 0 && end !== undefined ? this.#beforeLast : this.#last),
    }
  }

  #begin(chunk: Buffer, start: number, end: number): void {
    const room = HEAD - this.#head.length
    if (room === 0 || start === end) return
    const part = chunk.subarray(start, Math.min(end, start + room))
    this.#head = this.#head.length === 0 ? part : Buffer.concat([this.#head, part])
  }

  #finish(): void {
    const timed = saysTime(this.#head) ? this.#head : undefined
    this.#first ??= timed
    if (this.#count > 0) this.#afterStart ??= timed
    this.#beforeLast = this.#last
    this.#last = timed ?? this.#last
    this.#count++
    this.#start ??= this.#head
    this.#end = this.#head
    this.#head = Buffer.alloc(0)
  }
}

export interface Counted {
  /** Lines, and those of them that are records. */
  all: number
  lines: number
  start: Frame | undefined
  end: Frame | undefined
  /** ISO 8601. */
  first: string | undefined
  last: string | undefined
}

function frameOf(head: Buffer | undefined, kind: Frame['kind']): Frame | undefined {
  const frame = head === undefined ? undefined : parseFrame(head.toString())
  return frame?.kind === kind ? frame : undefined
}

// Nearly always at the same place: where the line before had it.
let usual = 0

function saysTime(head: Buffer): boolean {
  if (head.toString('latin1', usual, usual + TIME_KEY.length) === TIME_KEY) return true
  const key = keyIn(head)
  if (key !== -1) usual = key
  return key !== -1
}

function keyIn(head: Buffer): number {
  return head.subarray(0, TIME_WITHIN).indexOf(TIME_KEY)
}

/** The time that a line says at its beginning, ISO 8601. */
export function timeOf(head: Buffer | undefined): string | undefined {
  const key = head === undefined ? -1 : keyIn(head)
  if (head === undefined || key === -1) return undefined
  const start = key + TIME_KEY.length
  const text = head.toString('latin1', start, start + TIME_LENGTH)
  const time = Date.parse(text)
  return Number.isNaN(time) || new Date(time).toISOString() !== text ? undefined : text
}
