/**
 * What stands around names and values once text has been encoded for another medium: quotes as `%22`, `&quot;` or
 * `\u0022`, angle brackets as `&lt;` or `\u003c`, separators as `%3D`, and the colours of terminals.
 */
import {
  BACKSLASH,
  BLANK,
  backslashesBefore,
  bytesOf,
  isDigit,
  OPEN_BRACKET,
  SEMICOLON,
  startsWithWord,
  TAB,
} from './bytes.ts'

/** Literals in lower case, with the bytes that they begin and end with. */
interface Literals {
  all: readonly Uint8Array[]
  first: ReadonlySet<number>
  last: ReadonlySet<number>
}

function literals(...texts: string[]): Literals {
  const all = texts.map(bytesOf)
  const cases = (byte: number) => [byte, upper(byte)]
  return {
    all,
    first: new Set(all.flatMap((literal) => cases(literal[0]))),
    last: new Set(all.flatMap((literal) => cases(literal[literal.length - 1]))),
  }
}

function upper(byte: number): number {
  return String.fromCharCode(byte).toUpperCase().charCodeAt(0)
}

const QUOTES = literals(
  ...['%22', '%27', '%2522', '%2527', '%252522', '&quot;', '&apos;', '&#34;', '&#39;', '&#034;', '&#039;'],
  ...['&#x22;', '&#x27;', '\\u0022', '\\u0027', '\\x22', '\\x27'],
)
const LESS_SIGNS = literals('<', '&lt;', '&#60;', '&#x3c;', '\\u003c', '\\x3c', '%3c', '%253c')
const GREATER_SIGNS = literals('>', '&gt;', '&#62;', '&#x3e;', '\\u003e', '\\x3e', '%3e', '%253e')

/** Literals that separate a name from its value beside the bytes that do. */
export const ENCODED_SEPARATORS: readonly string[] = [
  ...['%3A', '%3a', '%3D', '%3d', '%253A', '%253D', '%25253A', '%25253D', '%3E', '%3e'],
  ...['\\u003d', '\\u003D', '\\x3d', '\\x3D', '\\u003e', '\\u003E', '&gt;', '：', '＝', '→'],
]
const SEPARATORS = literals(...ENCODED_SEPARATORS.map((text) => text.toLowerCase()))

/** The length of the encoded quote that starts at `at`, 0 when none does. */
export function encodedQuoteAt(bytes: Uint8Array, at: number, end: number): number {
  let from = at
  // In JSON an escape has more backslashes than one.
  while (from + 1 < end && bytes[from] === BACKSLASH && bytes[from + 1] === BACKSLASH) from++
  const length = lengthAt(QUOTES, bytes, from, end)
  return length === 0 ? 0 : length + from - at
}

/** The length of the encoded quote that ends before `at`, 0 when none does. */
export function encodedQuoteBefore(bytes: Uint8Array, at: number, start: number): number {
  return lengthBefore(QUOTES, bytes, at, start)
}

/** The length of a `<` in any of its forms that starts at `at`, 0 when none does. */
export function lessSignAt(bytes: Uint8Array, at: number, end: number): number {
  return lengthAt(LESS_SIGNS, bytes, at, end)
}

export function lessSignBefore(bytes: Uint8Array, at: number, start: number): number {
  return lengthBefore(LESS_SIGNS, bytes, at, start)
}

export function greaterSignAt(bytes: Uint8Array, at: number, end: number): number {
  return lengthAt(GREATER_SIGNS, bytes, at, end)
}

/** The length of the encoded separator that starts at `at`, 0 when none does. */
export function encodedSeparatorAt(bytes: Uint8Array, at: number, end: number): number {
  return lengthAt(SEPARATORS, bytes, at, end)
}

function lengthAt({ all, first }: Literals, bytes: Uint8Array, at: number, end: number): number {
  if (!first.has(bytes[at])) return 0
  for (const literal of all) if (startsWithWord(bytes, at, end, literal)) return literal.length
  return 0
}

function lengthBefore({ all, last }: Literals, bytes: Uint8Array, at: number, start: number): number {
  if (!last.has(bytes[at - 1])) return 0
  for (const literal of all) {
    const from = at - literal.length
    if (from >= start && startsWithWord(bytes, from, at, literal)) return literal.length
  }
  return 0
}

const MAX_GAP = 64
const LETTER_M = 0x6d
const LETTER_T = 0x74
/** The escape character, raw and as it is written in strings. */
const ESCAPE = 0x1b
const ESCAPES = literals('\u001b', '\\u001b', '\\x1b', '\\033', '\\e')

/** Before the blanks, tabs and colours that end at `at`. */
export function beforeGap(bytes: Uint8Array, at: number, start: number): number {
  const stop = Math.max(start, at - MAX_GAP)
  let to = at
  while (to > stop) {
    const last = bytes[to - 1]
    if (last === BLANK || last === TAB) to--
    else if (last === LETTER_T && to - 1 > stop && bytes[to - 2] === BACKSLASH)
      to = beforeBackslashes(bytes, to - 1, stop)
    else if (last === LETTER_M && colourBefore(bytes, to, stop) < to) to = colourBefore(bytes, to, stop)
    else break
  }
  return to
}

function beforeBackslashes(bytes: Uint8Array, at: number, start: number): number {
  return at - backslashesBefore(bytes, at, start)
}

/** Where the colour that ends at `at` starts; `at` when none does. */
function colourBefore(bytes: Uint8Array, at: number, start: number): number {
  let from = at - 1
  while (from > start && (isDigit(bytes[from - 1]) || bytes[from - 1] === SEMICOLON)) from--
  if (from === start || bytes[from - 1] !== OPEN_BRACKET) return at
  const sequence = lengthBefore(ESCAPES, bytes, from - 1, start)
  return sequence === 0 ? at : beforeBackslashes(bytes, from - 1 - sequence, start)
}

/**
 * Past blanks, tabs, no-break spaces and colours.
 * @param inString whether an escaped tab is one: outside strings `\t` is how a value may begin
 */
export function afterGap(bytes: Uint8Array, at: number, end: number, inString: boolean): number {
  const stop = Math.min(end, at + MAX_GAP)
  let to = at
  while (to < stop) {
    const byte = bytes[to]
    if (byte === BLANK || byte === TAB) to++
    else if (byte === 0xc2 && bytes[to + 1] === 0xa0) to += 2
    else if (byte === BACKSLASH || byte === ESCAPE) {
      const next = afterEscapedGap(bytes, to, stop, inString)
      if (next === to) break
      to = next
    } else break
  }
  return to
}

function afterEscapedGap(bytes: Uint8Array, at: number, end: number, inString: boolean): number {
  let letter = at
  while (letter < end && bytes[letter] === BACKSLASH) letter++
  if (inString && letter > at && bytes[letter] === LETTER_T) return letter + 1
  const sequence = lengthAt(ESCAPES, bytes, letter === at ? at : letter - 1, end)
  if (sequence === 0) return at
  let to = (letter === at ? at : letter - 1) + sequence
  if (bytes[to] !== OPEN_BRACKET) return at
  to++
  while (to < end && (isDigit(bytes[to]) || bytes[to] === SEMICOLON)) to++
  return bytes[to] === LETTER_M ? to + 1 : at
}
