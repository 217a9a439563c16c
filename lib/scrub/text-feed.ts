/**
 * Text that comes in chunks, cut where it can be: into whole lines. A private key in PEM keeps its lines together,
 * and a line without an end is looked at through a window. How the text was chunked makes no difference to what
 * is found in it. `scrubStream` and `hushlog scan` both stand on this, so that one finds what the other cuts.
 */
import { NEWLINE, OPEN_BRACE, OPEN_BRACKET, runEnd, SPACE } from './bytes.ts'
import type { Finder } from './finder.ts'
import { LongLine, type WindowSizes } from './long-line.ts'
import { closesKey, openKeyLine } from './open-key.ts'
import { cutsWithin, NO_CUTS, type TextSink } from './text-sink.ts'

export interface FeedSizes extends WindowSizes {
  /** The longest text that is taken for one private key; its end is given up for lost then. */
  key: number
}

const KB = 1024
/** A key of RSA with 16,384 bits takes 13 KB, one of Classic McEliece 20 KB. */
const SIZES: FeedSizes = { key: 64 * KB, window: 1024 * KB, context: 256 * KB, lookahead: 64 * KB }

const LONGEST_STEP = 64 * KB
const LINE_END = Buffer.from('\n')
/** Stands before what goes on with a key after lines of another writer. */
const ARMOUR = Buffer.from('-----BEGIN PRIVATE KEY-----')

export class TextFeed {
  #finder: Finder
  #sink: TextSink
  #sizes: FeedSizes
  #begun: Buffer[] = []
  #begunBytes = 0
  #long: LongLine | undefined
  /** The lines of a key that has not ended yet, and how much text came since it began. */
  #key: Buffer[] | undefined
  #keyBytes = 0
  #isRestOfKey = false

  constructor(finder: Finder, sink: TextSink, sizes: FeedSizes = SIZES) {
    this.#finder = finder
    this.#sink = sink
    this.#sizes = sizes
  }

  /** Hands on all lines that end in this chunk; keeps the one that does not. */
  push(chunk: Buffer): void {
    // No line inside a step is longer than the window.
    const step = Math.min(LONGEST_STEP, this.#sizes.window)
    for (let at = 0; at < chunk.length; at += step) this.#step(chunk.subarray(at, at + step))
  }

  /** Hands on the rest. */
  end(): void {
    if (this.#long === undefined) this.#lines(this.#takeBegun())
    else this.#endLong()
    if (this.#key !== undefined) this.#release()
    this.#key = undefined
  }

  #step(chunk: Buffer): void {
    const first = chunk.indexOf(NEWLINE)
    const head = first === -1 ? chunk.length : first
    if (this.#long === undefined && this.#begunBytes + head > this.#sizes.window) this.#startLong()
    if (this.#long !== undefined) {
      this.#long.push(chunk.subarray(0, head))
      if (first === -1) return
      this.#endLong()
      this.#sink.take(LINE_END, 0, LINE_END.length, NO_CUTS, false)
      this.#step(chunk.subarray(first + 1))
      return
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1
    if (end > 0) this.#lines(this.#takeBegun(chunk.subarray(0, end)))
    if (end === chunk.length) return
    // A copy: whoever wrote the chunk may use its memory again.
    this.#begun.push(Buffer.from(chunk.subarray(end)))
    this.#begunBytes += chunk.length - end
  }

  #takeBegun(...more: Buffer[]): Buffer {
    const bytes =
      this.#begun.length === 0 && more.length === 1 ? more[0] : Buffer.concat([...this.#begun, ...more])
    this.#begun = []
    this.#begunBytes = 0
    return bytes
  }

  #startLong(): void {
    if (this.#key !== undefined) this.#release()
    this.#key = undefined
    this.#long = new LongLine(this.#finder, this.#sink, this.#sizes)
    this.#long.push(this.#takeBegun())
  }

  #endLong(): void {
    this.#long?.end()
    this.#long = undefined
  }

  /** Lines with their ends; the last one of all may have none. */
  #lines(bytes: Buffer): void {
    const to = bytes.length
    for (let from = 0; from < to; ) {
      const open = this.#key === undefined ? openKeyLine(bytes, from, to) : from
      if (open > from) this.#look(bytes, from, open)
      from = open < to ? this.#hold(bytes, open, to) : to
    }
  }

  /** Keeps lines back until the key in them ends. Returns where it did. */
  #hold(bytes: Buffer, from: number, to: number): number {
    for (let start = from; start < to; ) {
      const end = lineEnd(bytes, start, to)
      this.#keyBytes += end - start
      if (this.#key !== undefined && isJson(bytes, start, end)) this.#passBy(bytes, start, end)
      else this.#holdLine(bytes.subarray(start, end))
      start = end
      if (this.#key === undefined) return start
    }
    return to
  }

  #holdLine(line: Buffer): void {
    const isFirst = this.#key === undefined
    if (isFirst) this.#keyBytes = line.length
    this.#key ??= []
    this.#key.push(Buffer.from(line))
    const ends = !isFirst && closesKey(line)
    if (!ends && this.#keyBytes <= this.#sizes.key) return
    this.#release()
    this.#key = undefined
    this.#isRestOfKey = false
  }

  /** A record of another writer in the middle of a key: what follows is cut as the rest of that key. */
  #passBy(bytes: Buffer, start: number, end: number): void {
    this.#release()
    this.#look(bytes, start, end)
    this.#key = this.#keyBytes > this.#sizes.key ? undefined : [ARMOUR]
    this.#isRestOfKey = this.#key !== undefined
  }

  #release(): void {
    const bytes = Buffer.concat(this.#key ?? [])
    const start = this.#isRestOfKey ? ARMOUR.length : 0
    if (bytes.length > start) this.#one(bytes, start)
    this.#isRestOfKey = false
  }

  /** Several lines that belong together. */
  #one(bytes: Buffer, start: number): void {
    const end = bytes[bytes.length - 1] === NEWLINE ? bytes.length - 1 : bytes.length
    try {
      this.#finder.scan(bytes, 0, end)
      const cuts = this.#finder.cutsIn(bytes, 0, end, false)
      this.#sink.take(bytes, start, end, cutsWithin(cuts, start, end), false)
    } catch (error) {
      this.#sink.withhold(bytes, start, end, error)
    }
    if (end < bytes.length) this.#sink.take(bytes, end, bytes.length, NO_CUTS, false)
  }

  /** Lines one by one, those with nothing to cut together. */
  #look(bytes: Buffer, from: number, to: number): void {
    const scanned = this.#scan(bytes, from, to)
    let clean = from
    for (let start = scanned === false ? to : from; start < to; ) {
      const next = lineEnd(bytes, start, to)
      const end = bytes[next - 1] === NEWLINE ? next - 1 : next
      const passClean = () => {
        if (start > clean) this.#sink.take(bytes, clean, start, NO_CUTS, false)
        clean = end
      }
      try {
        const json = isJson(bytes, start, end)
        if (scanned === undefined) this.#finder.scan(bytes, start, end)
        const cuts = this.#finder.cutsIn(bytes, start, end, json)
        if (cuts.length > 0) {
          passClean()
          this.#sink.take(bytes, start, end, cuts, json)
        }
      } catch (error) {
        if (clean <= start) passClean()
        this.#finder.skipTo(end)
        this.#sink.withhold(bytes, start, end, error)
      }
      start = next
    }
    if (to > clean) this.#sink.take(bytes, clean, to, NO_CUTS, false)
  }

  /** Whether anything may have to be cut; nothing when the lines must be looked at alone, since one of them fails. */
  #scan(bytes: Buffer, from: number, to: number): boolean | undefined {
    try {
      return this.#finder.scan(bytes, from, to)
    } catch {
      return undefined
    }
  }
}

/** Past the line end of the line that `from` lies in. */
function lineEnd(bytes: Buffer, from: number, to: number): number {
  const at = bytes.indexOf(NEWLINE, from)
  return at === -1 || at >= to ? to : at + 1
}

/** Whether a line is one JSON object or array. */
export function isJson(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[runEnd(bytes, start, end, SPACE)]
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return false
  try {
    JSON.parse(bytes.toString('utf8', start, end))
    return true
  } catch {
    return false
  }
}
