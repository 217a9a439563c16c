/**
 * Finds what must be cut from each line of a batch: the scanner names the places, a matcher for each kind of
 * candidate looks closer, and registered values are searched for when there are any.
 */
import { backslashesBefore, bytesOf, COLON, QUOTE } from './bytes.ts'
import { cardEnd } from './card.ts'
import { depthOfQuote } from './json-span.ts'
import { type Cut, Line, quoteText } from './line.ts'
import { cutKeyValue } from './matchers/key-value.ts'
import { cutPrivateKey } from './matchers/private-key.ts'
import { cutJwt, cutScheme, cutToken } from './matchers/token.ts'
import { cutUrl } from './matchers/url.ts'
import { NameBefore } from './name-before.ts'
import type { Registered } from './registered.ts'
import { CANDIDATE, type Candidate, type Rules } from './rules.ts'
import { PlainScanner, type Scanner } from './scanner.ts'

type Matcher = (line: Line, at: number, row: number, name: NameBefore) => number

/** One matcher for each kind of candidate. Each cuts what it confirms and returns where to go on. */
const MATCHERS: Record<Candidate, Matcher> = {
  [CANDIDATE.key]: cutKeyValue,
  [CANDIDATE.token]: cutToken,
  [CANDIDATE.url]: cutUrl,
  [CANDIDATE.privateKey]: cutPrivateKey,
  [CANDIDATE.jwt]: cutJwt,
  [CANDIDATE.scheme]: cutScheme,
  [CANDIDATE.card]: cutCard,
  [CANDIDATE.control]: escapeControl,
}

export class Finder {
  readonly rules: Rules
  readonly registered: Registered
  #scanner: Scanner
  #name: NameBefore
  #line: Line
  #count = 0
  #next = 0

  constructor(rules: Rules, registered: Registered) {
    this.rules = rules
    this.registered = registered
    this.#scanner = new PlainScanner(rules)
    this.#name = new NameBefore(rules.keyNames)
    this.#line = new Line(rules)
  }

  /** Looks at a batch as a whole. Then ask for its lines in order. Returns whether anything may have to be cut. */
  scan(bytes: Uint8Array, from: number, to: number): boolean {
    this.#next = 0
    this.#count = this.#scanner.scan(bytes, from, to)
    return this.#count > 0 || this.registered.size > 0
  }

  /** The cuts in the next line of the batch, in order and apart from each other. */
  cutsIn(bytes: Uint8Array, start: number, end: number, json: boolean): readonly Cut[] {
    const { places, kinds, rows } = this.#scanner
    const line = this.#line
    line.reset(bytes, start, end, json)
    let resume = start
    let keyEnd = start
    for (; this.#next < this.#count && places[this.#next] < end; this.#next++) {
      const at = places[this.#next]
      const isKey = kinds[this.#next] === CANDIDATE.privateKey
      // `private_key: -----BEGIN …`: the name takes one word along, and the key goes on behind it.
      if (at < (isKey ? keyEnd : resume)) continue
      const next = MATCHERS[kinds[this.#next] as Candidate](line, at, rows[this.#next], this.#name)
      if (isKey) keyEnd = next
      // One that found nothing leaves the place to the other candidates that start there.
      if (next > at + 1) resume = Math.max(resume, next)
    }
    if (this.registered.size > 0) this.registered.cut(line)
    return line.cuts.length === 0 ? line.cuts : line.mergedCuts()
  }

  /** Drops the candidates of a line that a matcher failed on. */
  skipTo(end: number): void {
    while (this.#next < this.#count && this.#scanner.places[this.#next] < end) this.#next++
  }
}

function cutCard(line: Line, at: number): number {
  const end = cardEnd(line.bytes, at, line.start, line.end)
  if (end === -1) return at + 1
  line.cut(at, end, line.rules.code('card-number'), quoteForNumber(line, at))
  return end
}

/** A number that is a JSON value must be replaced by a string. */
function quoteForNumber(line: Line, at: number): Uint8Array {
  const { bytes, start } = line
  const depth = line.depths.at(at)
  if (line.json && depth === -1) return quoteText(0, QUOTE)
  if (bytes[at - 1] !== COLON || at - 2 < start || bytes[at - 2] !== QUOTE) return NOTHING
  const backslashes = backslashesBefore(bytes, at - 2, start)
  return depthOfQuote(backslashes) > depth ? quoteText(backslashes, QUOTE) : NOTHING
}
const NOTHING = new Uint8Array(0)

/** DEL and the C1 controls, which JSON leaves as they are and terminals obey. */
function escapeControl(line: Line, at: number): number {
  const { bytes } = line
  const isDelete = bytes[at] === 0x7f
  const code = isDelete ? 0x7f : bytes[at + 1]
  const end = at + (isDelete ? 1 : 2)
  if (line.json) line.replace(at, end, bytesOf(`\\u00${code.toString(16)}`))
  return end
}
