/**
 * Classes of bytes, and the few questions that every matcher asks about a place in a line.
 */

export const SETS = {
  hex: 1,
  alnum: 2,
  'alnum-': 4,
  base64: 8,
  base64url: 16,
  path: 256,
  crypt: 512,
  azure: 2048,
  digit: 4096,
  hash: 8192,
  upper: 16384,
  /** A path whose signs may be percent-encoded. */
  url: 32768,
} as const
export type SetName = keyof typeof SETS

/** Bits beside the sets of tokens. */
export const BARE = 1024
export const NAME = 32
export const SPACE = 64
export const WORD = 128

const MEMBERS: Record<string, number> = {
  '0123456789abcdefABCDEF': SETS.hex,
  abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:
    SETS.alnum |
    SETS['alnum-'] |
    SETS.base64 |
    SETS.base64url |
    SETS.path |
    SETS.crypt |
    NAME |
    WORD |
    BARE |
    SETS.azure |
    SETS.hash |
    SETS.url,
  '-': SETS['alnum-'] | SETS.base64url | SETS.path | SETS.crypt | NAME | BARE,
  _: SETS['alnum-'] | SETS.base64url | SETS.path | SETS.crypt | NAME | WORD,
  '+': SETS.base64 | SETS.path | SETS.crypt | BARE,
  '/': SETS.base64 | SETS.path | SETS.crypt,
  '@': SETS.path,
  ',': SETS.crypt,
  '.': SETS.crypt | BARE,
  $: SETS.crypt,
  '=': SETS.base64 | SETS.base64url | SETS.crypt,
  '.$@[]%': NAME,
  '-_.~': SETS.azure,
  '+/=.$,@:!_-*{}': SETS.hash,
  '-_+/@%.': SETS.url,
  '0123456789': SETS.digit | SETS.upper,
  ABCDEFGHIJKLMNOPQRSTUVWXYZ: SETS.upper,
  ' \t\n\r': SPACE,
}

/** For each byte, the classes that it is in. */
export const CLASS: Uint16Array = new Uint16Array(256)
for (const [members, bits] of Object.entries(MEMBERS)) {
  for (const member of members) CLASS[member.charCodeAt(0)] |= bits
}
// Names are written in every alphabet: each byte of a UTF-8 sequence may stand in one.
for (let byte = 0x80; byte < 0x100; byte++) CLASS[byte] |= NAME

export const QUOTE = 0x22
export const APOSTROPHE = 0x27
export const BACKTICK = 0x60
export const BACKSLASH = 0x5c
export const COLON = 0x3a
export const EQUALS = 0x3d
export const GREATER = 0x3e
export const LESS = 0x3c
export const AMPERSAND = 0x26
export const QUESTION = 0x3f
export const PERCENT = 0x25
export const COMMA = 0x2c
export const SEMICOLON = 0x3b
export const SLASH = 0x2f
export const DASH = 0x2d
export const DOT = 0x2e
export const AT = 0x40
export const HASH = 0x23
export const TAB = 0x09
export const NEWLINE = 0x0a
export const RETURN = 0x0d
export const BLANK = 0x20
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
export const OPEN_PAREN = 0x28
export const CLOSE_PAREN = 0x29

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

export function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}

export function isQuote(byte: number): boolean {
  return byte === QUOTE || byte === APOSTROPHE || byte === BACKTICK
}

/** Past a byte that stands there again and again: blanks, backslashes. */
export function skip(bytes: Uint8Array, at: number, end: number, byte: number): number {
  while (at < end && bytes[at] === byte) at++
  return at
}

/** Where a run of a class that starts at `at` ends. */
export function runEnd(bytes: Uint8Array, at: number, end: number, set: number): number {
  while (at < end && (CLASS[bytes[at]] & set) !== 0) at++
  return at
}

/** Where a byte first stands in `[from, end)`, else -1. Unlike the array's own method it never looks behind `end`. */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number, end: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === byte) return at
  return -1
}

export function startsWith(bytes: Uint8Array, at: number, end: number, literal: Uint8Array): boolean {
  if (at + literal.length > end) return false
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false
  return true
}

/** The same for a literal in lower case and text in any. */
export function startsWithWord(bytes: Uint8Array, at: number, end: number, literal: Uint8Array): boolean {
  if (at + literal.length > end) return false
  for (let i = 0; i < literal.length; i++) if (lower(bytes[at + i]) !== literal[i]) return false
  return true
}

export function backslashesBefore(bytes: Uint8Array, at: number, start: number): number {
  let from = at
  while (from > start && bytes[from - 1] === BACKSLASH) from--
  return at - from
}

/**
 * Whether a token may start here: no letter, digit or `_` before it, unless that ends an escape (`\n`, `\u0022`,
 * `\x22`, `%3D`, a terminal colour).
 */
export function atLeftEdge(bytes: Uint8Array, at: number, start: number): boolean {
  if (at === start) return true
  // After an odd backslash this byte is the second half of an escape.
  if (bytes[at - 1] === BACKSLASH) return backslashesBefore(bytes, at, start) % 2 === 0
  if ((CLASS[bytes[at - 1]] & WORD) === 0) return true
  return escapeEndsAt(bytes, at, start)
}

/** Whether an escape, whole, ends just before this place. */
export function escapeEndsAt(bytes: Uint8Array, at: number, start: number): boolean {
  const before = (n: number) => (at - n >= start ? bytes[at - n] : 0)
  if (before(2) === BACKSLASH) return true
  if (before(3) === PERCENT && isHex(before(1)) && isHex(before(2))) return true
  if (before(4) === BACKSLASH && before(3) === 0x78) return true
  if (before(6) === BACKSLASH && before(5) === 0x75) return true
  // A colour, or the order to clear the line that build logs put before their text.
  return (before(1) === 0x6d || before(1) === 0x4b) && isColourBefore(bytes, at - 1, start)
}

function isHex(byte: number): boolean {
  return (CLASS[byte] & SETS.hex) !== 0
}

/** `38;2;255;255;255`. */
const LONGEST_COLOUR = 20

/** `[32` of a terminal's `ESC[32m`, also where ESC itself is written as an escape. */
function isColourBefore(bytes: Uint8Array, at: number, start: number): boolean {
  const stop = Math.max(start, at - LONGEST_COLOUR)
  while (at > stop && (isDigit(bytes[at - 1]) || bytes[at - 1] === SEMICOLON)) at--
  return at > start && bytes[at - 1] === OPEN_BRACKET
}

const encoder = new TextEncoder()
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}
