/**
 * Candidates in lists that grow: what both scanners find, and the checks that both make before they count a place.
 */
import {
  APOSTROPHE,
  AT,
  atLeftEdge,
  BACKSLASH,
  BACKTICK,
  BLANK,
  backslashesBefore,
  bytesOf,
  CLASS,
  COLON,
  COMMA,
  DASH,
  NAME,
  QUOTE,
  startsWith,
} from '../bytes.ts'
import { cardEnd } from '../card.ts'
import { ENCODED_SEPARATORS } from '../encoded.ts'
import { ibanEnd } from '../iban.ts'
import { isColonOfMarker } from '../marker.ts'
import { NameBefore } from '../name-before.ts'
import { CANDIDATE, type Candidate, type Literal, type Rules } from '../rules.ts'
import { ssnEnd } from '../ssn.ts'
import { WINDOW } from './windows.ts'

const FIRST_CAPACITY = 1024
/** A batch may have a candidate in each other byte. */
const LONGEST_KEPT = 32768
const MAX_FLAG = 64
const LONGEST_SHORT_FLAG = 4
const LONGEST_MEMBER = 64

/** The literals of the rules, and separators that are written as escapes. */
export function allLiterals(rules: Rules): Literal[] {
  const separators = ENCODED_SEPARATORS.map((text) => ({
    bytes: bytesOf(text),
    kind: CANDIDATE.key,
    index: 0,
  }))
  return [...rules.literals, ...separators]
}

/** Whether a literal only counts where a word may start: see `atLeftEdge`. Some stand in the middle of their token. */
export function needsEdge({ kind, index }: Literal, rules: Rules): boolean {
  if (kind === CANDIDATE.token) return rules.tokens[index].before === undefined
  return kind === CANDIDATE.jwt || kind === CANDIDATE.scheme
}

export class Candidates {
  places: Uint32Array = new Uint32Array(FIRST_CAPACITY)
  kinds: Uint8Array = new Uint8Array(FIRST_CAPACITY)
  rows: Uint16Array = new Uint16Array(FIRST_CAPACITY)
  count = 0
  #rules: Rules
  #names: NameBefore
  #bytes: Uint8Array = new Uint8Array(0)
  #from = 0
  #to = 0
  /** No `@` stands before this place, as far as the last URL was looked at; or one stands there. */
  #urlClean = 0
  #urlSign = -1

  constructor(rules: Rules) {
    this.#rules = rules
    this.#names = new NameBefore(rules.keyNames)
  }

  reset(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes
    this.#from = from
    this.#to = to
    this.count = 0
    this.#urlClean = 0
    this.#urlSign = -1
  }

  release(): void {
    this.reset(new Uint8Array(0), 0, 0)
    if (this.places.length <= LONGEST_KEPT) return
    this.places = new Uint32Array(FIRST_CAPACITY)
    this.kinds = new Uint8Array(FIRST_CAPACITY)
    this.rows = new Uint16Array(FIRST_CAPACITY)
  }

  /** Each of these adds the place if it is one, and says whether it did. */
  separator(at: number): boolean {
    const row = this.#names.find(this.#bytes, at, this.#from)
    return row !== -1 && this.#add(at, CANDIDATE.key, row)
  }

  /**
   * Whether a value may follow, whatever the name before: not where a marker of ours looks like a name and its value,
   * nor at a comma that separates the members of an object.
   */
  maySeparate(at: number): boolean {
    const byte = this.#bytes[at]
    if (byte === COMMA) return mayBePair(this.#bytes, at, this.#from, this.#to)
    return byte !== COLON || !isColonOfMarker(this.#bytes, at, this.#from, this.#to, this.#rules)
  }

  card(at: number): boolean {
    return cardEnd(this.#bytes, at, this.#from, this.#to) !== -1 && this.#add(at, CANDIDATE.card, 0)
  }

  iban(at: number): boolean {
    return ibanEnd(this.#bytes, at, this.#from, this.#to) !== -1 && this.#add(at, CANDIDATE.iban, 0)
  }

  ssn(at: number): boolean {
    return ssnEnd(this.#bytes, at, this.#from, this.#to) !== -1 && this.#add(at, CANDIDATE.ssn, 0)
  }

  control(at: number): boolean {
    return this.#add(at, CANDIDATE.control, 0)
  }

  literal(at: number, literal: Literal): boolean {
    if (!startsWith(this.#bytes, at, this.#to, literal.bytes)) return false
    if (literal.kind === CANDIDATE.control) return this.control(at)
    // A window has three bytes: a shorter literal at the very end has none, and nothing could follow it.
    if (at + WINDOW > this.#to) return false
    if (literal.kind === CANDIDATE.key) return this.separator(at)
    return this.#mayBe(literal, at) && this.#add(at, literal.kind, literal.index)
  }

  #mayBe(literal: Literal, at: number): boolean {
    if (literal.kind === CANDIDATE.url) return this.#mayHoldUser(at + literal.bytes.length)
    if (literal.kind === CANDIDATE.flag) return this.#mayBeFlag(at)
    return !needsEdge(literal, this.#rules) || atLeftEdge(this.#bytes, at, this.#from)
  }

  /** Whether an `@` stands before the end of the word. What is known of the text ahead is kept: it stays linear. */
  #mayHoldUser(from: number): boolean {
    if (from < this.#urlClean) return false
    if (from <= this.#urlSign) return true
    for (let at = from; at < this.#to; at++) {
      const byte = this.#bytes[at]
      if (byte === AT) {
        this.#urlSign = at
        return true
      }
      if (byte <= BLANK || byte === QUOTE) {
        this.#urlClean = at + 1
        return false
      }
    }
    this.#urlClean = this.#to
    return false
  }

  /** A flag with a secret name, or a short one, without a blank in it: what those mean only the matcher knows. */
  #mayBeFlag(at: number): boolean {
    let from = at
    while (from < this.#to && (this.#bytes[from] === BLANK || this.#bytes[from] === DASH)) {
      if (++from - at > 3) return false
    }
    const stop = Math.min(this.#to, from + MAX_FLAG)
    let to = from
    while (to < stop && (CLASS[this.#bytes[to]] & NAME) !== 0) to++
    if (to === from || to === this.#to || this.#bytes[to] !== BLANK) return false
    const isShort = to - from <= LONGEST_SHORT_FLAG && this.#bytes[from - 1] === DASH
    return isShort || this.#names.verdictOf(this.#bytes, from, to) !== -1
  }

  #add(place: number, kind: Candidate, row: number): true {
    if (this.count === this.places.length) this.#grow()
    this.places[this.count] = place
    this.kinds[this.count] = kind
    this.rows[this.count++] = row
    return true
  }

  #grow(): void {
    const longer = <T extends Uint8Array | Uint16Array | Uint32Array>(old: T, made: T): T => {
      made.set(old)
      return made
    }
    const length = this.places.length * 2
    this.places = longer(this.places, new Uint32Array(length))
    this.kinds = longer(this.kinds, new Uint8Array(length))
    this.rows = longer(this.rows, new Uint16Array(length))
  }
}

/** Whether the strings around a comma may be a name and its value: not `"a":"x","b":"y"`. */
function mayBePair(bytes: Uint8Array, at: number, from: number, to: number): boolean {
  let before = at
  while (before > from && bytes[before - 1] === BLANK) before--
  const quote = before > from ? bytes[before - 1] : 0
  if (quote !== QUOTE && quote !== APOSTROPHE && quote !== BACKTICK) return false
  let opening = at + 1
  while (opening < to && bytes[opening] === BLANK) opening++
  const backslashes = opening
  while (opening < to && bytes[opening] === BACKSLASH) opening++
  if (opening >= to || bytes[opening] !== quote) return false
  const stop = Math.min(to - 1, opening + LONGEST_MEMBER)
  let close = opening + 1
  while (close < stop && bytes[close] !== quote) close++
  if (close >= stop || bytes[close + 1] !== COLON) return true
  // A quote that is written deeper is no closing one.
  return backslashesBefore(bytes, close, opening + 1) !== opening - backslashes
}
