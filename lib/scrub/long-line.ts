/**
 * A line that is too long to be held, looked at through a window of fixed size. Each look sees text on both sides
 * of what it decides on: `context` before, where names stand, and `lookahead` behind, where values end. A secret of
 * up to `lookahead` bytes is found wherever it stands. One that is longer than the window is cut to the end of its
 * string or, outside strings, of its line.
 */
import { BACKSLASH, backslashesBefore, QUOTE } from './bytes.ts'
import type { Finder } from './finder.ts'
import { Depths, depthOfQuote } from './json-span.ts'
import type { Cut } from './line.ts'
import { cutsWithin, type TextSink } from './text-sink.ts'

export interface WindowSizes {
  window: number
  context: number
  lookahead: number
}

/** Strings in strings deeper than this are taken for as deep as this. */
const MAX_DEPTH = 6
const MAX_BACKSLASHES = 64
/** Names and schemes lead to a secret; no seam should part them from it. */
const LEAD = 256

/** What is left out of a line: nothing, the rest of a string, the rest of the line. */
type Skipping = 'nothing' | 'string' | 'line'

export class LongLine {
  #finder: Finder
  #sink: TextSink
  #sizes: WindowSizes
  #window: Buffer
  #used = 0
  /** Where the part of the window starts that has not been handed on yet. */
  #fresh = 0
  /** The depth of the string that the window starts in, -1 for none. */
  #depth = -1
  #skipping: Skipping = 'nothing'
  #backslashes = 0

  constructor(finder: Finder, sink: TextSink, sizes: WindowSizes) {
    this.#finder = finder
    this.#sink = sink
    this.#sizes = sizes
    this.#window = Buffer.allocUnsafeSlow(sizes.window)
  }

  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#skipping === 'line') return
      if (this.#skipping === 'string') at = this.#skip(bytes, at)
      const copied = bytes.copy(this.#window, this.#used, at)
      at += copied
      this.#used += copied
      if (this.#used === this.#window.length) this.#look(false)
    }
  }

  end(): void {
    if (this.#skipping === 'nothing' && this.#used > this.#fresh) this.#look(true)
  }

  #look(isLast: boolean): void {
    // Quotes in front put the finder into the string that the window starts in.
    const opening = openingQuotes(this.#depth)
    const bytes = Buffer.concat([opening, this.#window.subarray(0, this.#used)])
    const fresh = opening.length + this.#fresh
    try {
      this.#finder.scan(bytes, 0, bytes.length)
      const cuts = this.#finder.cutsIn(bytes, 0, bytes.length, false)
      const stop = isLast ? bytes.length : this.#stopIn(bytes, cuts, opening.length)
      if (stop > fresh) this.#sink.take(bytes, fresh, stop, cutsWithin(cuts, fresh, stop), false)
      if (isLast) return
      if (stop === bytes.length) this.#startSkipping(bytes, cuts[cuts.length - 1])
      else this.#slide(bytes, stop, opening.length)
    } catch (error) {
      this.#sink.withhold(bytes, fresh, bytes.length, error)
      this.#skipping = 'line'
    }
  }

  /** How far this look may decide: `lookahead` before the end, and never inside a cut. */
  #stopIn(bytes: Buffer, cuts: readonly Cut[], offset: number): number {
    const { context, lookahead, window } = this.#sizes
    const stop = bytes.length - lookahead
    // Where that makes room enough, the next look sees the whole of a secret and of what leads to it.
    const quiet = quietPlace(cuts, stop)
    if (quiet - offset >= context + window / 4) return quiet
    const spanning = cuts.find((cut) => cut.start < stop && cut.end > stop)
    return spanning === undefined ? stop : spanning.end
  }

  #startSkipping(bytes: Buffer, cut: Cut): void {
    const depths = new Depths()
    depths.reset(bytes, 0)
    this.#depth = Math.min(MAX_DEPTH, depths.at(cut.start))
    this.#skipping = this.#depth < 0 ? 'line' : 'string'
    this.#backslashes = backslashesBefore(bytes, bytes.length, cut.start)
    this.#used = 0
    this.#fresh = 0
  }

  /** Leaves out the rest of a string. Returns the place of the quote that ends it. */
  #skip(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      if (bytes[at] === BACKSLASH) {
        this.#backslashes++
        continue
      }
      const depth = bytes[at] === QUOTE ? depthOfQuote(this.#backslashes) : Number.POSITIVE_INFINITY
      this.#backslashes = 0
      if (depth > this.#depth) continue
      this.#used = (1 << depth) - 1
      this.#window.fill(BACKSLASH, 0, this.#used)
      this.#skipping = 'nothing'
      return at
    }
    return bytes.length
  }

  #slide(bytes: Buffer, stop: number, offset: number): void {
    let from = Math.max(offset, stop - this.#sizes.context)
    const least = Math.max(offset, from - MAX_BACKSLASHES)
    while (from > least && bytes[from - 1] === BACKSLASH) from--
    const depths = new Depths()
    depths.reset(bytes, 0)
    this.#depth = Math.min(MAX_DEPTH, depths.at(from))
    this.#used = bytes.copy(this.#window, 0, from)
    this.#fresh = stop - from
  }
}

/** The last place up to `stop` that lies in no cut and not shortly before one. */
function quietPlace(cuts: readonly Cut[], stop: number): number {
  let place = stop
  for (const cut of cuts.toReversed()) {
    if (cut.end > place && cut.start - LEAD < place) place = cut.start - LEAD
  }
  return place
}

/** The quotes that open strings down to a depth. */
function openingQuotes(depth: number): Buffer {
  const quotes = Array.from({ length: depth + 1 }, (_, at) => '\\'.repeat((1 << at) - 1) + '"')
  return Buffer.from(quotes.join(''))
}
