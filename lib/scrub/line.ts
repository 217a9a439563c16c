/**
 * The line that is being looked at, and the cuts that it needs so far.
 */
import { bytesOf, QUOTE } from './bytes.ts'
import { Depths, depthOfQuote } from './json-span.ts'
import { markerEnd } from './marker.ts'
import type { Rules } from './rules.ts'

const NOTHING = new Uint8Array(0)

export interface Cut {
  start: number
  end: number
  code: number
  /** What must stand around the marker so that the line stays JSON: a quote, where a number stood. */
  quote: Uint8Array
  /** What takes the place of the cut; the marker of its code when it is not told. */
  instead?: Uint8Array
  /** True for what went only because of the container that it stands in. */
  inside?: boolean
}

/** The code of a cut that hides nothing: a control character that is written as an escape. */
export const ESCAPE = -1

export class Line {
  bytes: Uint8Array = NOTHING
  start = 0
  end = 0
  /** Whether the line is one JSON value, which it must stay. */
  json = false
  readonly rules: Rules
  readonly depths: Depths = new Depths()
  cuts: Cut[] = []
  /** Places before this one lie in a container whose leaves are cut already. */
  containerEnd = 0
  /** Runs that no JWT starts in, found by an earlier candidate. */
  noJwtBefore = 0

  /** For words that commands begin with, how far they have been looked for, and where one stood last. */
  readonly heard: Map<readonly Uint8Array[], { to: number; last: number }> = new Map()
  /** Places before this one have been looked through as a manifest. */
  manifestEnd = 0
  /** Places before this one have been looked at as names of columns. */
  columnsEnd = 0
  /** Where the object ends that was looked through last, and how often none was found around a place. */
  objectEnd = 0
  objectMisses = 0

  constructor(rules: Rules) {
    this.rules = rules
  }

  reset(bytes: Uint8Array, start: number, end: number, json: boolean): void {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.json = json
    this.cuts = []
    this.containerEnd = start
    this.noJwtBefore = start
    this.manifestEnd = start
    this.columnsEnd = start
    this.objectEnd = start
    this.objectMisses = 0
    if (this.heard.size > 0) this.heard.clear()
    this.depths.reset(bytes, start)
  }

  /** Whether the quote at `opening`, with the backslashes from `from` on, ends the string that `from` stands in. */
  endsString(from: number, opening: number): boolean {
    return this.bytes[opening] === QUOTE && depthOfQuote(opening - from) <= this.depths.at(from)
  }

  cut(start: number, end: number, code: number, quote: Uint8Array = NOTHING): void {
    if (end > start) this.cuts.push({ start, end, code, quote })
  }

  replace(start: number, end: number, instead: Uint8Array): void {
    this.cuts.push({ start, end, code: ESCAPE, quote: NOTHING, instead })
  }

  /** Cuts what is not wholly a marker already. */
  cutUnlessMarked(start: number, end: number, code: number): void {
    if (markerEnd(this.bytes, start, end, this.rules) !== end) this.cut(start, end, code)
  }

  /** The cuts in order, those that overlap joined under the first one's rule. */
  mergedCuts(): Cut[] {
    const sorted = this.cuts.sort((a, b) => a.start - b.start)
    const merged: Cut[] = []
    for (const cut of sorted) {
      const last = merged[merged.length - 1]
      if (last === undefined || cut.start >= last.end) merged.push(cut)
      else if (cut.end > last.end) last.end = cut.end
    }
    return merged
  }
}

/** A quote as it is written inside strings: with so many backslashes before it. */
export function quoteText(backslashes: number, quote: number): Uint8Array {
  if (backslashes === 0 && quote === QUOTE) return PLAIN_QUOTE
  return bytesOf('\\'.repeat(backslashes) + String.fromCharCode(quote))
}
const PLAIN_QUOTE = bytesOf('"')
