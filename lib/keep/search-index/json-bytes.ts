/**
 * JSON (RFC 8259) in bytes, read without making anything of it: each function takes a place, and returns the one behind
 * what begins there, or -1 when no such thing does. What `JSON.parse` refuses they refuse. No recursion: how deep a
 * value nests is up to whoever logged it.
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d
const PLUS = 0x2b
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
/** From an opening bracket to the one that closes it. */
const TO_CLOSING = 2

/** What a string cannot hold as it is: its end, escapes, control characters. */
const SPECIAL: Uint8Array = marked(QUOTE, BACKSLASH, ...Array.from({ length: 0x20 }, (_, byte) => byte))
const ESCAPED: Uint8Array = marked(...Buffer.from('"\\/bfnrt'))
const HEX: Uint8Array = marked(...Buffer.from('0123456789abcdefABCDEF'))
const LITERALS: Buffer[] = ['true', 'false', 'null'].map((text) => Buffer.from(text))
const U = 0x75

function marked(...bytes: number[]): Uint8Array {
  const table = new Uint8Array(256)
  for (const byte of bytes) table[byte] = 1
  return table
}

export function pastSpace(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] <= 0x20 && isSpace(bytes[at])) at++
  return at
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** What `pastString` has seen: set to true by an escape, and to false by whoever asks. */
export const seen = { escape: false }

/** @param at behind the opening quote */
export function pastString(bytes: Uint8Array, at: number, end: number): number {
  for (;;) {
    while (at < end && SPECIAL[bytes[at]] === 0) at++
    if (at >= end) return -1
    if (bytes[at] === QUOTE) return at + 1
    if (bytes[at] !== BACKSLASH) return -1
    seen.escape = true
    at = pastEscape(bytes, at + 1, end)
    if (at === -1) return -1
  }
}

function pastEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1
  if (ESCAPED[bytes[at]] === 1) return at + 1
  if (bytes[at] !== U || at + 5 > end) return -1
  for (let digit = at + 1; digit < at + 5; digit++) if (HEX[bytes[digit]] === 0) return -1
  return at + 5
}

export function pastNumber(bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at] === MINUS) at++
  const whole = at
  at = pastDigits(bytes, at, end)
  if (at === -1 || (bytes[whole] === ZERO && at > whole + 1)) return -1
  if (at < end && bytes[at] === DOT) {
    at = pastDigits(bytes, at + 1, end)
    if (at === -1) return -1
  }
  // e or E
  if (at >= end || (bytes[at] | 0x20) !== 0x65) return at
  at++
  if (at < end && (bytes[at] === PLUS || bytes[at] === MINUS)) at++
  return pastDigits(bytes, at, end)
}

/** One at least. */
function pastDigits(bytes: Uint8Array, at: number, end: number): number {
  const start = at
  while (at < end && bytes[at] >= ZERO && bytes[at] <= NINE) at++
  return at === start ? -1 : at
}

/** A string, a number, `true`, `false` or `null`. */
export function pastScalar(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1
  const byte = bytes[at]
  if (byte === QUOTE) return pastString(bytes, at + 1, end)
  if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return pastNumber(bytes, at, end)
  for (const literal of LITERALS)
    if (byte === literal[0] && equals(bytes, at, end, literal)) return at + literal.length
  return -1
}

/** Whether these bytes stand at a place, and end there before `end` at the latest. */
export function equals(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  if (end - at < text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}

/** Behind the colon of a member and its blanks. @param at where the key's quote should stand */
function pastKey(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end || bytes[at] !== QUOTE) return -1
  const key = pastString(bytes, at + 1, end)
  return key === -1 ? -1 : pastColon(bytes, key, end)
}

export function pastColon(bytes: Uint8Array, at: number, end: number): number {
  const colon = pastSpace(bytes, at, end)
  return colon < end && bytes[colon] === COLON ? pastSpace(bytes, colon + 1, end) : -1
}

/** Brackets that are open, one byte each. */
let open = new Uint8Array(64)
const KEPT_OPEN = 64 * 1024

/** Any value, whatever stands in it. */
export function pastValue(bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at] !== OPEN_BRACE && bytes[at] !== OPEN_BRACKET) return pastScalar(bytes, at, end)
  const past = pastNested(bytes, at, end)
  if (open.length > KEPT_OPEN) open = new Uint8Array(64)
  return past
}

function pastNested(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0
  while (at !== -1 && at < end) {
    const first = bytes[at]
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      push(first, depth++)
      at = pastSpace(bytes, at + 1, end)
      if (at >= end || bytes[at] !== first + TO_CLOSING) {
        if (first === OPEN_BRACE) at = pastKey(bytes, at, end)
        continue
      }
    } else {
      at = pastScalar(bytes, at, end)
      if (at === -1) return -1
      at = pastSpace(bytes, at, end)
    }
    // A value has ended, or an empty one ends here; so may those around it.
    for (; at < end && bytes[at] === open[depth - 1] + TO_CLOSING; at = pastSpace(bytes, at, end)) {
      at++
      if (--depth === 0) return at
    }
    if (at >= end || bytes[at] !== COMMA) return -1
    at = pastSpace(bytes, at + 1, end)
    if (open[depth - 1] === OPEN_BRACE) at = pastKey(bytes, at, end)
  }
  return -1
}

function push(bracket: number, depth: number): void {
  if (depth === open.length) {
    const larger = new Uint8Array(open.length * 2)
    larger.set(open)
    open = larger
  }
  open[depth] = bracket
}

/** The text of a string. @param from behind its opening quote, @param to where its closing one stands */
export function stringText(bytes: Buffer, from: number, to: number, escaped: boolean): string {
  const text = bytes.toString('utf8', from, to)
  return escaped ? JSON.parse(`"${text}"`) : text
}

/** The value of a number that `pastNumber` has passed over. */
export function numberValue(bytes: Buffer, from: number, to: number): number {
  if (to - from > 9) return Number(bytes.toString('latin1', from, to))
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = bytes[at] - ZERO
    if (digit < 0 || digit > 9) return Number(bytes.toString('latin1', from, to))
    value = value * 10 + digit
  }
  return value
}
