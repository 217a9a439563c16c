/**
 * Where a value starts after its separator: past a type, a prefix of its string, a call around it, a line end.
 */
import {
  BACKSLASH,
  BLANK,
  bytesOf,
  CLASS,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  DOT,
  EQUALS,
  GREATER,
  isDigit,
  isQuote,
  LESS,
  NAME,
  OPEN_BRACKET,
  OPEN_PAREN,
  PERCENT,
  QUESTION,
  QUOTE,
  SETS,
  skip,
  startsWith,
} from '../bytes.ts'
import { afterGap, encodedQuoteAt, encodedSeparatorAt, greaterSignAt } from '../encoded.ts'
import type { Line } from '../line.ts'
import { isType } from '../name-before.ts'
import { Words } from '../words.ts'
import { gapAt } from './gap.ts'

const MAX_SEPARATOR = 4
const MAX_CALL = 64
const MAX_FALLBACK = 128
const MAX_GAP = 64
const STAR = 0x2a

/** Past the separator in its many forms (`:`, `=`, `=>`, `:=`, `->`, `%3D`, `\\u003d`), the blanks after it, and a type. */
export function valueStart(line: Line, at: number): number {
  const { bytes, end } = line
  let to = at + encodedSeparatorAt(bytes, at, end)
  const stop = Math.min(end, at + MAX_SEPARATOR)
  while (to < stop && (bytes[to] === COLON || bytes[to] === EQUALS || bytes[to] === GREATER)) to++
  // `=>` whose second half alone was encoded.
  if (bytes[to - 1] === EQUALS) to += greaterSignAt(bytes, to, end)
  if (to > at + 1 && bytes[at] === PERCENT) return afterEncodedBlanks(bytes, to, end)
  const value = afterGap(bytes, to, end, bytes[to] === BACKSLASH && line.depths.at(to) >= 0)
  return afterEmphasis(bytes, afterType(bytes, value, end), end)
}

/** `+` and `%20` before a quote: `%3A+%22`. */
function afterEncodedBlanks(bytes: Uint8Array, at: number, end: number): number {
  let to = at
  while (to < end && (bytes[to] === PLUS || startsWith(bytes, to, end, ENCODED_BLANK)))
    to += bytes[to] === PLUS ? 1 : ENCODED_BLANK.length
  return encodedQuoteAt(bytes, to, end) > 0 ? to : at
}
const PLUS = 0x2b
const ENCODED_BLANK = bytesOf('%20')

/** `token: string = "…"`, `token: Option<&str> = "…"`: past the type that stands where the value would. */
function afterType(bytes: Uint8Array, from: number, end: number): number {
  let to = from
  for (let opener = TYPE_OPENERS.at(bytes, to, end); opener > 0 && to - from < MAX_CALL; ) {
    to += opener
    opener = TYPE_OPENERS.at(bytes, to, end)
  }
  const name = to
  while (to < end && to - name < MAX_CALL && (CLASS[bytes[to]] & SETS.alnum) !== 0) to++
  if (!isType(bytes, name, to)) return from
  while (to < end && TYPE_CLOSERS.has(bytes[to])) to++
  to = skip(bytes, to, end, BLANK)
  return bytes[to] === EQUALS ? skip(bytes, to + 1, end, BLANK) : from
}
const TYPE_OPENERS = new Words(['Option<', 'Optional[', 'Optional<', '&', "'static ", '['], 'exact')
const TYPE_CLOSERS = new Set([GREATER, OPEN_BRACKET, CLOSE_BRACKET, QUESTION, STAR])

/** `**password:** …`, as Markdown has it; more stars are a mask. */
function afterEmphasis(bytes: Uint8Array, from: number, end: number): number {
  if (bytes[from] !== STAR || bytes[from + 1] !== STAR || bytes[from + 2] !== BLANK) return from
  return skip(bytes, from + 2, end, BLANK)
}

/** Where the line after `<<~EOS` starts, as shells and Ruby write text of several lines; -1 where none does. */
export function hereDocument(bytes: Uint8Array, from: number, end: number): number {
  if (bytes[from] !== LESS || bytes[from + 1] !== LESS) return -1
  const stop = Math.min(end, from + MAX_CALL)
  for (let at = from + 2; at < stop; at++) {
    const gap = gapAt(bytes, at, end, MAX_GAP)
    if (gap.lines > 0) return gap.at
    if (bytes[at] === BACKSLASH) return -1
  }
  return -1
}

/** The quote that opens a string with a prefix: `b"…"`, `L"…"`, `@"…"`, `<<"…"`, `"""…"""`; else `from`. */
export function afterStringPrefix(bytes: Uint8Array, from: number, end: number): number {
  let to = afterTwoQuotes(bytes, from, end)
  while (to < end && to - from < 2 && PREFIXES.has(bytes[to])) to++
  const opening = skip(bytes, to, end, BACKSLASH)
  return to > from && opening < end && isQuote(bytes[opening]) ? to : from
}
/** Strings of several lines open with three quotes, in TOML and Python. */
function afterTwoQuotes(bytes: Uint8Array, from: number, end: number): number {
  const first = skip(bytes, from, end, BACKSLASH)
  const quote = bytes[first]
  if (!isQuote(quote)) return from
  const width = first + 1 - from
  const second = skip(bytes, first + 1, end, BACKSLASH)
  if (bytes[second] !== quote || second - first !== width) return from
  return bytes[skip(bytes, second + 1, end, BACKSLASH)] === quote ? second + 1 : from
}

const PREFIXES = new Set([...'bBrRuUfFLN@$8<'].map((letter) => letter.charCodeAt(0)))

/**
 * The string inside a call around it: `Some("…")`, `String::from("…")`, `string(8) "…"`. -1 where there is none.
 */
export function insideCall(bytes: Uint8Array, from: number, end: number): number {
  const stop = Math.min(end, from + MAX_CALL)
  let to = from
  while (to < stop && ((CLASS[bytes[to]] & NAME) !== 0 || bytes[to] === COLON)) to++
  if (to === from || to >= stop || bytes[to] !== OPEN_PAREN) return -1
  let inside = skip(bytes, to + 1, end, BLANK)
  if (isDigit(bytes[inside])) {
    while (inside < stop && isDigit(bytes[inside])) inside++
    if (bytes[inside] !== CLOSE_PAREN) return -1
    inside = skip(bytes, inside + 1, end, BLANK)
  }
  inside = afterStringPrefix(bytes, inside, end)
  return isQuote(bytes[skip(bytes, inside, end, BACKSLASH)]) ? inside : -1
}

/** The string that takes the place of a missing variable: `process.env.TOKEN || '…'`. -1 where there is none. */
export function fallbackString(bytes: Uint8Array, from: number, end: number): number {
  const stop = Math.min(end, from + MAX_FALLBACK)
  for (let at = from; at < stop; at++) {
    if (bytes[at] < BLANK || bytes[at] === 0x3b) return -1
    const link = FALLBACKS.at(bytes, at, end)
    if (link === 0) continue
    const value = skip(bytes, at + link, end, BLANK)
    return isQuote(bytes[skip(bytes, value, end, BACKSLASH)]) ? value : -1
  }
  return -1
}
const FALLBACKS = new Words([' || ', '||', ' ?? ', '??', ' or ', ' ?: '], 'exact')

/** The string that is joined to the one that ends at `quote`: `"password=" + "…"`. -1 where there is none. */
export function joinedString(
  bytes: Uint8Array,
  quote: number,
  end: number,
  joins: ReadonlySet<number> = JOINS,
): number {
  const closed = skip(bytes, quote + 1, Math.min(end, quote + 3), CLOSE_PAREN)
  let to = gapAt(bytes, closed, end, MAX_GAP).at
  if (!joins.has(bytes[to])) return -1
  to = gapAt(bytes, to + 1, end, MAX_GAP).at
  const opening = skip(bytes, to, end, BACKSLASH)
  return opening < end && isQuote(bytes[opening]) ? to : -1
}
const JOINS = new Set([0x2b, DOT, COMMA, 0x26])
/** Those that stand nowhere but between strings. */
export const OPERATORS: ReadonlySet<number> = new Set([0x2b, DOT, 0x26])

export interface Block {
  from: number
  to: number
}

/** The lines of a YAML block scalar (YAML 1.2.2 section 8.1) whose `|` or `>` stands at `from`. */
export function blockScalar(bytes: Uint8Array, from: number, end: number): Block | undefined {
  if (bytes[from] !== 0x7c && bytes[from] !== GREATER) return undefined
  let to = from + 1
  while (to < end && to - from < 3 && (isDigit(bytes[to]) || bytes[to] === 0x2b || bytes[to] === 0x2d)) to++
  const first = gapAt(bytes, to, end, MAX_GAP)
  if (first.lines === 0 || first.indent === 0 || first.at >= end) return undefined
  const stop = Math.min(end, first.at + MAX_BLOCK)
  let last = first.at
  for (let at = first.at; at < stop; ) {
    last = textEnd(bytes, at, stop)
    const gap = gapAt(bytes, last, stop, MAX_GAP)
    if (gap.lines === 0 || gap.indent < first.indent) break
    at = gap.at
  }
  return last > first.at ? { from: first.at, to: last } : undefined
}
const MAX_BLOCK = 8192

/** The end of a line of a block: a raw or an escaped line end, or the quote that closes the string around it. */
function textEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] < BLANK || bytes[at] === QUOTE) return at
    if (bytes[at] !== BACKSLASH) continue
    const letter = skip(bytes, at, end, BACKSLASH)
    if (bytes[letter] === 0x6e || bytes[letter] === 0x72 || bytes[letter] === QUOTE) return at
    at = letter
  }
  return end
}
