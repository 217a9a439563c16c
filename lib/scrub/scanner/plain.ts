/**
 * The scanner in plain JavaScript: one look into a table of byte pairs for each place.
 */
import { DASH, isDigit } from '../bytes.ts'
import { SEPARATORS } from '../name-before.ts'
import type { Literal, Rules } from '../rules.ts'
import { allLiterals, Candidates } from './candidates.ts'
import { BATCH_BYTES, type Scanner } from './scanner.ts'

/** What to do at a pair of bytes: flags, and above them the number of a bucket of literals. */
const SEPARATOR = 1
/** A card number may begin with the second byte. */
const DIGIT = 2
const CAPITALS = 4
/** A dash before a digit, as between the parts of a social security number. */
const DASHED = 8
const BUCKET_SHIFT = 4
/** Digits before its first dash. */
const AREA = 3

export class PlainScanner implements Scanner {
  readonly kind = 'plain'
  readonly memory: Buffer = Buffer.allocUnsafeSlow(BATCH_BYTES)
  readonly found: Candidates
  readonly joined: readonly number[] = []
  #actions: Uint16Array
  #buckets: Literal[][]

  constructor(rules: Rules) {
    this.found = new Candidates(rules)
    const { actions, buckets } = compilePairs(allLiterals(rules))
    this.#actions = actions
    this.#buckets = buckets
  }

  join(): boolean {
    return false
  }

  release(): void {
    this.found.release()
  }

  scan(bytes: Uint8Array, from: number, to: number): number {
    const found = this.found
    const actions = this.#actions
    found.reset(bytes, from, to)
    if (from < to && isDigit(bytes[from])) found.card(from)
    for (let at = from; at < to; at++) {
      const action = actions[(bytes[at] << 8) | bytes[at + 1]]
      if (action === 0) continue
      if ((action & DASHED) !== 0 && at - from >= AREA) found.ssn(at - AREA)
      if ((action & CAPITALS) !== 0) found.iban(at)
      if ((action & SEPARATOR) !== 0 && found.maySeparate(at)) found.separator(at)
      if (action >= 1 << BUCKET_SHIFT)
        for (const literal of this.#buckets[action >> BUCKET_SHIFT]) found.literal(at, literal)
      if ((action & DIGIT) !== 0 && at + 1 < to) found.card(at + 1)
    }
    return found.count
  }
}

function compilePairs(literals: readonly Literal[]): { actions: Uint16Array; buckets: Literal[][] } {
  const actions = new Uint16Array(0x10000)
  const buckets: Literal[][] = [[]]
  for (let other = 0; other < 256; other++) {
    for (const separator of SEPARATORS) actions[(separator << 8) | other] |= SEPARATOR
    // Card numbers start with 2 to 6 (ISO/IEC 7812); after a digit one is already under way.
    if (!isDigit(other)) for (let digit = 0x32; digit <= 0x36; digit++) actions[(other << 8) | digit] |= DIGIT
  }
  for (let digit = 0x30; digit <= 0x39; digit++) actions[(DASH << 8) | digit] |= DASHED
  for (let first = 0x41; first <= 0x5a; first++)
    for (let second = 0x41; second <= 0x5a; second++) actions[(first << 8) | second] |= CAPITALS
  for (const literal of literals) {
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
