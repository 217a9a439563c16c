import {
  atLeftEdge,
  BACKSLASH,
  CLASS,
  DOT,
  EQUALS,
  isDigit,
  isQuote,
  runEnd,
  SETS,
  SLASH,
  skip,
  startsWith,
  WORD,
} from '../bytes.ts'
import type { Line } from '../line.ts'
import { markerAround } from '../marker.ts'
import type { TokenSpec } from '../rules.ts'
import { isDummy, isSample, isStateWord } from './placeholder.ts'
import { readsAsRandom } from './reads.ts'
import { joinedString, OPERATORS } from './value-start.ts'

const JWT_PART = SETS['alnum-']
const SHORTEST_HEADER = 8
const SHORTEST_PAYLOAD = 8
const DOTTED = SETS['alnum-']

/** A literal prefix, then enough characters of the token's set. Returns where to go on. */
export function cutToken(line: Line, at: number, row: number): number {
  const { bytes, start, end, rules } = line
  const token = rules.tokens[row]
  const first = firstOf(line, at, token)
  if (first === -1 || !(atLeftEdge(bytes, first, start) || isGlued(line, first, token))) return at + 1
  const from = at + prefixLength(line, at, token)
  const to = runEnd(bytes, from, end, token.set)
  if (to - from < token.min || to - from > token.max) return at + 1
  if (token.infix !== undefined && !contains(bytes, from, to, token.infix)) return at + 1
  if (token.needsDigit && !hasDigit(bytes, from, to)) return at + 1
  // Where the run may be no longer, a word that goes on is another word.
  if (token.max < ENDLESS && to < end && (CLASS[bytes[to]] & WORD) !== 0) return at + 1
  const body = first === at ? from : first
  if (isDummy(bytes, body, to) || isSample(bytes, body, to)) return Math.max(to, at + 1)
  if (token.set === SETS.alnum && isInBase64(bytes, first, to, line)) return to
  // A rule of the program's own may match the text of a marker.
  if (markerAround(bytes, at, start, end, rules) !== -1) return to
  const whole = withDottedTail(bytes, to, end, token.set)
  line.cut(first, whole, rules.tokenCode(row))
  return token.followed === undefined ? whole : cutNext(line, whole, token.followed, row)
}

/** The run of a set and length that stands not far behind a token: `AKIA…:…`. */
function cutNext(
  line: Line,
  from: number,
  { set, length }: { set: number; length: number },
  row: number,
): number {
  const { bytes, rules } = line
  const stop = Math.min(line.end, from + MAX_APART)
  for (let at = from; at < stop; ) {
    const to = runEnd(bytes, at, line.end, set)
    if (
      to - at === length &&
      bytes[at - 1] !== BACKSLASH &&
      atLeftEdge(bytes, at, line.start) &&
      readsAsRandom(bytes, at, to)
    ) {
      line.cut(at, to, rules.tokenCode(row))
      return to
    }
    at = to + 1
  }
  return from
}
const MAX_APART = 48

/** Letters and digits between signs of base64 are a piece of it. */
function isInBase64(bytes: Uint8Array, from: number, to: number, { start, end }: Line): boolean {
  return from > start && to < end && bytes[from - 1] === PLUS && (bytes[to] === PLUS || bytes[to] === SLASH)
}

const PLUS = 0x2b
const ENDLESS = Number.POSITIVE_INFINITY

/**
 * Where the token starts, when its literal stands further in; -1 when what should stand before it does not. The
 * letter that ends an escape may be of the token's set too, so the first edge within the bounds counts.
 */
function firstOf(line: Line, at: number, token: TokenSpec): number {
  if (token.before === undefined) return at
  const { bytes, start } = line
  const { set, min, max } = token.before
  const stop = Math.max(start, at - max)
  let from = at
  while (from > stop && (CLASS[bytes[from - 1]] & set) !== 0) from--
  while (from < at - min && !atLeftEdge(bytes, from, start) && !isGlued(line, from, token)) from++
  return at - from >= min ? from : -1
}

/** `/bot123456789:AA…`: what stands before the token in a URL. */
function isGlued({ bytes, start }: Line, first: number, { glued }: TokenSpec): boolean {
  return (
    glued !== undefined &&
    first - glued.length >= start &&
    startsWith(bytes, first - glued.length, first, glued)
  )
}

function prefixLength(line: Line, at: number, token: TokenSpec): number {
  let longest = 0
  for (const prefix of token.prefixes) {
    if (prefix.length > longest && startsWith(line.bytes, at, line.end, prefix)) longest = prefix.length
  }
  return longest
}

/** Signed and routable tokens go on after a dot. */
function withDottedTail(bytes: Uint8Array, to: number, end: number, set: number): number {
  if ((set & DOTTED) === 0 && set !== SETS.base64url) return to
  while (bytes[to] === DOT && to + 1 < end && (CLASS[bytes[to + 1]] & DOTTED) !== 0) {
    const next = runEnd(bytes, to + 1, end, DOTTED)
    if (next - to < SHORTEST_PAYLOAD) return to
    to = next
  }
  return to
}

function contains(bytes: Uint8Array, from: number, to: number, infix: Uint8Array): boolean {
  for (let at = from; at + infix.length <= to; at++) if (startsWith(bytes, at, to, infix)) return true
  return false
}

/** `eyJ…`, a dot, and a payload; the signature may be missing (RFC 7519 section 6), and so may a cut-off end. */
export function cutJwt(line: Line, at: number): number {
  const { bytes, start, end } = line
  if (at < line.noJwtBefore || !atLeftEdge(bytes, at, start)) return at + 1
  const header = runEnd(bytes, at, end, JWT_PART)
  if (header - at < SHORTEST_HEADER || bytes[header] !== DOT) {
    line.noJwtBefore = header
    return at + 1
  }
  let to = header
  // RFC 7516 section 3: an encrypted one has five parts.
  for (let part = 0; part < 4 && bytes[to] === DOT && to < end; part++)
    to = runEnd(bytes, to + 1, end, JWT_PART)
  if (to - header <= SHORTEST_PAYLOAD) {
    line.noJwtBefore = header
    return at + 1
  }
  line.cut(at, to, line.rules.code('jwt'))
  return to
}

const SCHEME_LENGTHS = { basic: 'basic '.length, bearer: 'bearer '.length }
const SHORTEST_CREDENTIAL = 8
const SURE_LENGTH = 16

/** `Bearer …` and `Basic …` in running text, where what follows does not read as a word. */
export function cutScheme(line: Line, at: number): number {
  const { bytes, start, end } = line
  const isBasic = bytes[at + 1] === 0x61
  if (!atLeftEdge(bytes, at, start)) return at + 1
  const from = at + (isBasic ? SCHEME_LENGTHS.basic : SCHEME_LENGTHS.bearer)
  const joined = isQuote(bytes[from]) ? joinedString(bytes, from, end, OPERATORS) : -1
  if (joined !== -1) return cutJoinedToken(line, joined, isBasic)
  const to = runEnd(bytes, from, end, SETS.crypt)
  if (isStateWord(bytes, from, to) || isPairOf(bytes, from, to)) return at + 1
  const length = to - from
  if (length < SHORTEST_CREDENTIAL || (length < SURE_LENGTH && !hasDigit(bytes, from, to))) return at + 1
  line.cutUnlessMarked(from, to, line.rules.code(isBasic ? 'basic' : 'bearer'))
  return to
}

/** `'Bearer ' + '…'`. */
function cutJoinedToken(line: Line, string: number, isBasic: boolean): number {
  const { bytes, end, rules } = line
  const from = skip(bytes, string, end, BACKSLASH) + 1
  const to = runEnd(bytes, from, end, SETS.crypt)
  if (to - from < SURE_LENGTH || !hasDigit(bytes, from, to)) return from
  line.cutUnlessMarked(from, to, rules.code(isBasic ? 'basic' : 'bearer'))
  return to
}

/** `token_type=bearer expires_in=3600`: base64 has its equals signs at the end. */
function isPairOf(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from + 1; at + 1 < to; at++)
    if (bytes[at] === EQUALS && (CLASS[bytes[at + 1]] & SETS.alnum) !== 0) return true
  return false
}

function hasDigit(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (isDigit(bytes[at])) return true
  return false
}
