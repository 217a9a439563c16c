/**
 * How far a value without quotes reaches in running text: `password=hunter2, next`.
 */
import {
  AMPERSAND,
  APOSTROPHE,
  BACKSLASH,
  BACKTICK,
  BLANK,
  CLASS,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  EQUALS,
  GREATER,
  LESS,
  lower,
  NAME,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  PERCENT,
  QUOTE,
  SEMICOLON,
  SETS,
  WORD,
} from '../bytes.ts'
import type { Line } from '../line.ts'
import { markerEnd } from '../marker.ts'

const MAX_LOOKAHEAD = 64
const LINE_LETTERS = new Set([0x6e, 0x72, 0x74, 0x62, 0x66])
const ALWAYS = new Set([QUOTE, AMPERSAND, LESS, GREATER, 0x7c])
const BEFORE_MORE = new Set([COMMA, SEMICOLON])
const OPENERS = new Set([OPEN_BRACE, OPEN_BRACKET, OPEN_PAREN])
const CLOSERS = new Set([CLOSE_BRACE, CLOSE_BRACKET, CLOSE_PAREN, APOSTROPHE, BACKTICK])
/** Bytes that end no run, wherever they stand. */
const IS_PLAIN = new Uint8Array(256).fill(1, BLANK + 1)
for (const byte of [...ALWAYS, ...BEFORE_MORE, ...OPENERS, ...CLOSERS, BACKSLASH, PERCENT]) IS_PLAIN[byte] = 0
/** Escaped `"`, `&`, `'`, `<`, `>`, line ends and the head of a colour, as they are written in `\u00XX` and `%XX`. */
const ENCODED_STOPS = new Set(
  ['22', '26', '27', '3c', '3e', '0a', '0d', '20', '1b'].map(
    (code) => (code.charCodeAt(0) << 8) | code.charCodeAt(1),
  ),
)

/** The end of the run that starts at `from`. A marker in it is one piece. */
export function textRunEnd(line: Line, from: number, end: number): number {
  const { bytes, rules } = line
  let at = from
  let open = 0
  while (at < end) {
    const byte = bytes[at]
    if (IS_PLAIN[byte] === 1) {
      at++
      continue
    }
    if (byte <= BLANK || ALWAYS.has(byte)) return at
    if (byte === OPEN_BRACKET) {
      const marker = markerEnd(bytes, at, end, rules)
      if (marker !== -1) {
        at = marker
        continue
      }
    }
    if (OPENERS.has(byte)) open++
    if (byte === BACKSLASH) {
      const next = afterEscaped(bytes, at, end)
      if (next === at) return at
      at = next
      continue
    }
    if (byte === PERCENT && isEncodedStop(bytes, afterPercents(bytes, at, end), end)) return at
    if (BEFORE_MORE.has(byte) && endsAtSeparator(bytes, at + 1, end)) return at
    // A bracket that was opened inside the value is part of it.
    if (CLOSERS.has(byte) && !(open > 0 && open--) && !isWordByte(bytes, at + 1, end)) return at
    at++
  }
  return end
}

/** To the end of a line of text: a raw or an escaped line end, or the quote that closes the string. */
export function textLineEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end) {
    const byte = bytes[at]
    if (byte === QUOTE || byte < BLANK) return at
    if (byte === APOSTROPHE && !isWordByte(bytes, at + 1, end)) return at
    if (byte === BACKSLASH) {
      const next = afterEscaped(bytes, at, end)
      if (next === at) return at
      at = next
      continue
    }
    at++
  }
  return end
}

/** Past backslashes and what they escape; the same place when that ends the run. */
function afterEscaped(bytes: Uint8Array, at: number, end: number): number {
  let to = at
  while (to < end && bytes[to] === BACKSLASH) to++
  if (to === end) return end
  const letter = bytes[to]
  if (letter === QUOTE || LINE_LETTERS.has(letter)) return at
  const odd = (to - at) % 2 === 1
  if (letter === 0x75) {
    if (isEncodedStop(bytes, to + 3, end)) return at
    return odd ? Math.min(end, to + 5) : to
  }
  return odd ? to + 1 : to
}

/** Past `%`, and past `%25` where that was encoded again. */
function afterPercents(bytes: Uint8Array, at: number, end: number): number {
  let to = at + 1
  while (to - at < MAX_PERCENTS && to + 1 < end && bytes[to] === 0x32 && bytes[to + 1] === 0x35) to += 2
  return to
}
const MAX_PERCENTS = 8

function isEncodedStop(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 1 < end && ENCODED_STOPS.has((lower(bytes[at]) << 8) | lower(bytes[at + 1]))
}

/** Whether the next pair begins after a comma or semicolon: a blank, an end, or a name and its separator. */
function endsAtSeparator(bytes: Uint8Array, at: number, end: number): boolean {
  if (
    at === end ||
    bytes[at] <= BLANK ||
    bytes[at] === QUOTE ||
    bytes[at] === BACKSLASH ||
    CLOSERS.has(bytes[at])
  )
    return true
  const stop = Math.min(end, at + MAX_LOOKAHEAD)
  const from = at
  while (at < stop && (CLASS[bytes[at]] & NAME) !== 0) at++
  return at > from && at < end && (bytes[at] === EQUALS || bytes[at] === COLON)
}

function isWordByte(bytes: Uint8Array, at: number, end: number): boolean {
  return at < end && (CLASS[bytes[at]] & (WORD | SETS.base64)) !== 0
}
