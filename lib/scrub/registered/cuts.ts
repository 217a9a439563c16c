/**
 * The registered values in a batch, found in one pass over the whole of it, and cut line by line: everything that
 * any form of any value covers goes, in one cut where forms overlap.
 */
import { backslashesBefore, indexOfByte, QUOTE, startsWith } from '../bytes.ts'
import type { Cut, Line } from '../line.ts'
import { markerAround } from '../marker.ts'
import type { Registered } from '../registered.ts'
import type { Scanner } from '../scanner/scanner.ts'
import { wholeEscapes } from './escape.ts'
import { PartHashes } from './hash.ts'
import { isOwnName } from './own-name.ts'
import { BLOCK } from './tables.ts'

/** Up to so many values are looked for by the scanner itself, in the same pass as everything else. */
export const MAX_JOINED = 10
/** A match is one number, so that many sort fast: its place times this, and its form. */
const FORMS: number = 2 ** 21

export class RegisteredCuts {
  #registered: Registered
  #scanner: Scanner
  #parts = new PartHashes()
  #isJoined = false
  #seen = 0
  /** Where forms may start, in order. */
  #matches: number[] = []
  #next = 0

  constructor(registered: Registered, scanner: Scanner) {
    this.#registered = registered
    this.#scanner = scanner
  }

  /** Call it before the scanner scans a batch. */
  prepare(): void {
    const { size, values } = this.#registered
    if (size === this.#seen) return
    this.#seen = size
    const joined = size <= MAX_JOINED ? values.forms.map((_, form) => values.bytesOf(form)) : []
    this.#isJoined = this.#scanner.join(joined) && size <= MAX_JOINED
  }

  /** Call it after the scanner scanned the batch. Returns whether there is anything to cut. */
  find(bytes: Uint8Array, from: number, to: number): boolean {
    this.#matches.length = 0
    this.#next = 0
    if (this.#seen === 0) return false
    if (this.#isJoined) this.#takeJoined(from, to)
    else this.#search(bytes, from, to)
    if (this.#matches.length > 1) this.#matches.sort((a, b) => a - b)
    return this.#matches.length > 0
  }

  /** Whether nothing registered stands before this place, in what has not been asked for yet. */
  isClean(end: number): boolean {
    return this.#next === this.#matches.length || placeOf(this.#matches[this.#next]) >= end
  }

  skipTo(end: number): void {
    while (!this.isClean(end)) this.#next++
  }

  /** Cuts what stands in the text of a line, the next one of the batch. */
  cut(line: Line): void {
    this.#parts.reset(line.start)
    let last: Cut | undefined
    for (; !this.isClean(line.end); this.#next++) {
      const at = placeOf(this.#matches[this.#next])
      const form = this.#matches[this.#next] % FORMS
      const to = at + this.#registered.values.forms[form].length
      const covered = Math.max(at, last?.end ?? at)
      if (at < line.start || to > line.end || to <= covered) continue
      if (!this.#isThere(line, at, form, covered) || mayStay(line, at, to, covered)) continue
      const [start, end] = line.json ? wholeEscapes(line, at, to) : [at, to]
      if (last !== undefined && at < last.end) last.end = end
      else {
        line.cut(start, end, this.#registered.values.codeOf(form))
        last = line.cuts[line.cuts.length - 1]
      }
    }
  }

  #takeJoined(from: number, to: number): void {
    const { joined } = this.#scanner
    for (let i = 0; i < joined.length; i += 2) this.#add(joined[i], joined[i + 1], from, to)
  }

  #search(bytes: Uint8Array, from: number, to: number): void {
    const search = this.#registered.search(this.#scanner.kind)
    const { tables } = search
    search.find(bytes, from, to, (at, hash) => {
      tables.blocks.each(hash, (number) => {
        const form = number - 1
        this.#add(at - tables.blockAt(form), form, from, to)
      })
    })
  }

  #add(at: number, form: number, from: number, to: number): void {
    if (at >= from && at + this.#registered.values.forms[form].length <= to)
      this.#matches.push(at * FORMS + form)
  }

  /**
   * Whether the whole form stands here. A long one is compared by its hash first and, where a cut covers its start
   * already, by nothing else: else text that nearly repeats a value would be compared again and again.
   */
  #isThere({ bytes, end }: Line, at: number, form: number, covered: number): boolean {
    const { values } = this.#registered
    const { length, hash } = values.forms[form]
    if (length > BLOCK && this.#parts.hashOf(bytes, end, at, length) !== hash) return false
    return (length > BLOCK && covered > at) || startsWith(bytes, at, end, values.bytesOf(form))
  }
}

function placeOf(match: number): number {
  return Math.floor(match / FORMS)
}

/** What is part of a marker, of a name of the record's own or, in JSON, not inside a string. */
function mayStay(line: Line, at: number, to: number, covered: number): boolean {
  if (markerAround(line.bytes, at, line.start, line.end, line.rules) !== -1) return true
  if (!line.json) return false
  return line.depths.at(at) === -1 || crossesQuote(line, covered, to) || isOwnName(line, at, to)
}

/** Whether a string ends in here, so that this is no text but the structure of the record. */
function crossesQuote({ bytes, start }: Line, from: number, to: number): boolean {
  for (let at = indexOfByte(bytes, QUOTE, from, to); at !== -1; at = indexOfByte(bytes, QUOTE, at + 1, to))
    if (backslashesBefore(bytes, at, start) % 2 === 0) return true
  return false
}
