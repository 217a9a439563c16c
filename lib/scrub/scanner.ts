/**
 * Finds every place in a batch where a secret may stand, in one pass. It answers for a batch of lines in place, so
 * that a scanner in WebAssembly can take over behind the same interface.
 */
import { bytesOf, COLON, EQUALS, GREATER, isDigit, startsWith } from './bytes.ts'
import { isCardAt } from './card.ts'
import { NameBefore } from './name-before.ts'
import { CANDIDATE, type Candidate, type Literal, type Rules } from './rules.ts'

export interface Scanner {
  /** Where candidates stand, in rising order. */
  readonly places: Uint32Array
  readonly kinds: Uint8Array
  /** The row of the rule, in the table of its kind. */
  readonly rows: Uint16Array
  /** Scans `bytes[from, to)` and returns the number of candidates. What it found stays until the next scan. */
  scan(bytes: Uint8Array, from: number, to: number): number
}

const FIRST_CAPACITY = 1024
/** What to do at a pair of bytes: two flags, and above them the number of a bucket of literals. */
const SEPARATOR = 1
const DIGIT = 2
const BUCKET_SHIFT = 2

/** The scanner in plain JavaScript: one look into a table of byte pairs for each place. */
export class PlainScanner implements Scanner {
  places: Uint32Array = new Uint32Array(FIRST_CAPACITY)
  kinds: Uint8Array = new Uint8Array(FIRST_CAPACITY)
  rows: Uint16Array = new Uint16Array(FIRST_CAPACITY)
  #count = 0
  #actions: Uint16Array
  #buckets: Literal[][]
  #names: NameBefore

  constructor(rules: Rules) {
    this.#names = new NameBefore(rules.keyNames)
    const { actions, buckets } = compilePairs(rules.literals)
    this.#actions = actions
    this.#buckets = buckets
  }

  scan(bytes: Uint8Array, from: number, to: number): number {
    this.#count = 0
    const actions = this.#actions
    if (from < to && isDigit(bytes[from])) this.#digits(bytes, from, from, to)
    for (let at = from; at < to; at++) {
      const action = actions[(bytes[at] << 8) | bytes[at + 1]]
      if (action === 0) continue
      if ((action & SEPARATOR) !== 0) this.#separator(bytes, at, from)
      if (action >= 1 << BUCKET_SHIFT)
        this.#literals(bytes, at, from, to, this.#buckets[action >> BUCKET_SHIFT])
      if ((action & DIGIT) !== 0) this.#digits(bytes, at + 1, from, to)
    }
    return this.#count
  }

  #separator(bytes: Uint8Array, at: number, from: number): void {
    const row = this.#names.find(bytes, at, from)
    if (row !== -1) this.#add(at, CANDIDATE.key, row)
  }

  #digits(bytes: Uint8Array, at: number, from: number, to: number): void {
    if (isCardAt(bytes, at, from, to)) this.#add(at, CANDIDATE.card, 0)
  }

  #literals(bytes: Uint8Array, at: number, from: number, to: number, bucket: Literal[]): void {
    for (const literal of bucket) {
      if (!startsWith(bytes, at, to, literal.bytes)) continue
      if (literal.kind === CANDIDATE.key) this.#separator(bytes, at, from)
      else this.#add(at, literal.kind, literal.index)
    }
  }

  #add(place: number, kind: Candidate, row: number): void {
    if (this.#count === this.places.length) this.#grow()
    this.places[this.#count] = place
    this.kinds[this.#count] = kind
    this.rows[this.#count++] = row
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

const ENCODED_SEPARATORS = ['%3A', '%3a', '%3D', '%3d', '%253A', '%253D']

function compilePairs(literals: readonly Literal[]): { actions: Uint16Array; buckets: Literal[][] } {
  const actions = new Uint16Array(0x10000)
  const buckets: Literal[][] = [[]]
  for (let other = 0; other < 256; other++) {
    for (const separator of [COLON, EQUALS, GREATER]) actions[(separator << 8) | other] |= SEPARATOR
    // Card numbers start with 2 to 6 (ISO/IEC 7812); after a digit one is already under way.
    if (!isDigit(other)) for (let digit = 0x32; digit <= 0x36; digit++) actions[(other << 8) | digit] |= DIGIT
  }
  const separators = ENCODED_SEPARATORS.map((text) => ({
    bytes: bytesOf(text),
    kind: CANDIDATE.key,
    index: 0,
  }))
  for (const literal of [...literals, ...separators]) {
    for (const pair of pairsOf(literal.bytes)) {
      if (actions[pair] >> BUCKET_SHIFT === 0) actions[pair] |= (buckets.push([]) - 1) << BUCKET_SHIFT
      buckets[actions[pair] >> BUCKET_SHIFT].push(literal)
    }
  }
  return { actions, buckets }
}

/** The pairs of bytes that a literal may begin with; one of a single byte may go on with any. */
function pairsOf(bytes: Uint8Array): number[] {
  const first = bytes[0] << 8
  return bytes.length > 1 ? [first | bytes[1]] : Array.from({ length: 256 }, (_, second) => first | second)
}
