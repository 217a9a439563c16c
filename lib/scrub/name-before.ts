/**
 * Finds the name that stands before a separator (`"password":`, `token=`, `\"pin\" :`, `<secret>`), and remembers
 * for each name whether its value is secret. A name seen before costs one look into a table of fixed size, so a
 * hostile flood of names cannot make it grow.
 */
import {
  AMPERSAND,
  AT,
  BACKSLASH,
  BACKTICK,
  BLANK,
  backslashesBefore,
  bytesOf,
  CLASS,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DASH,
  EQUALS,
  GREATER,
  HASH,
  isQuote,
  NAME,
  NEWLINE,
  PERCENT,
  SEMICOLON,
  SLASH,
  startsWith,
  WORD,
} from './bytes.ts'
import { beforeGap, encodedQuoteBefore, greaterSignAt, lessSignBefore } from './encoded.ts'
import type { KeyNames } from './key-rules.ts'
import { afterMarkerHead } from './marker.ts'
import { spellingsOf } from './spelling.ts'

/** What may stand between a name and its value. A comma only after a quoted name: `("DB_PASS", "…")`. */
export const SEPARATORS: readonly number[] = [COLON, EQUALS, GREATER, COMMA]

const MAX_NAME = 128
const MAX_PREFIX = 32
const SLOTS = 2048
const SLOT_BYTES = 64
const UNKNOWN = -1

const decoder = new TextDecoder()

/** A name, where it stands and how it is quoted. Reused: read it before the next `find`. */
export class NameBefore {
  start = 0
  end = 0
  /** The byte that encloses the name, 0 when none does, and how many backslashes stand before it. */
  quote = 0
  backslashes = 0
  #names: KeyNames
  #hashes = new Int32Array(SLOTS)
  #lengths = new Uint8Array(SLOTS)
  #verdicts = new Int16Array(SLOTS)
  #bytes = new Uint8Array(SLOTS * SLOT_BYTES)

  constructor(names: KeyNames) {
    this.#names = names
  }

  /** The index of the key rule for the name before the separator at `at`, or -1. Looks back to `start` at most. */
  find(bytes: Uint8Array, at: number, start: number): number {
    const end = beforeGap(bytes, beforeSeparator(bytes, at, start), start)
    if (end <= start) return UNKNOWN
    const last = bytes[end - 1]
    if (isQuote(last)) return this.#quoted(bytes, end - 1, start, last)
    if (bytes[at] === COMMA) return UNKNOWN
    // `config["password"] = …`
    if (last === CLOSE_BRACKET && end - 2 > start && isQuote(bytes[end - 2]) && bytes[end - 2] !== BACKTICK)
      return this.#quoted(bytes, end - 2, start, bytes[end - 2])
    if ((CLASS[last] & NAME) === 0 && encodedQuoteBefore(bytes, end, start) === 0) return UNKNOWN
    const isElement = greaterSignAt(bytes, at, bytes.length) > 0 && !isArrow(bytes, at, start)
    return this.#bare(bytes, end, start, isElement)
  }

  #quoted(bytes: Uint8Array, closing: number, start: number, quote: number): number {
    const backslashes = backslashesBefore(bytes, closing, start)
    const end = closing - backslashes
    const stop = Math.max(start, end - MAX_NAME)
    let from = end
    while (from > stop && bytes[from - 1] !== quote && bytes[from - 1] !== NEWLINE) from--
    if (from === stop && (from === start || bytes[from - 1] !== quote)) return UNKNOWN
    if (from === end || backslashesBefore(bytes, from - 1, start) !== backslashes) return UNKNOWN
    this.start = from
    this.end = end
    this.quote = quote
    this.backslashes = backslashes
    return this.#verdict(bytes, from, end)
  }

  #bare(bytes: Uint8Array, behind: number, start: number, isElement: boolean): number {
    const end = behind - encodedQuoteBefore(bytes, behind, start)
    let from = nameStart(bytes, end, start)
    if (from > start && bytes[from - 1] === COLON)
      from = Math.min(end, afterMarkerHead(bytes, from, start, end))
    from = Math.min(end, afterEncoded(bytes, from, end, start))
    from = Math.min(end, afterEscape(bytes, from, start))
    this.start = from
    this.end = end
    this.quote = 0
    this.backslashes = 0
    if (from === end) return UNKNOWN
    if (isElement && behind === end) return this.#element(bytes, from, end, start)
    const verdict = this.#verdict(bytes, from, end)
    if (verdict !== UNKNOWN || isElement || from - 1 <= start || bytes[from - 1] !== BLANK) return verdict
    if (isType(bytes, from, end)) return this.#declared(bytes, from - 1, start)
    return this.#twoWords(bytes, from - 1, end, start)
  }

  /** `apiToken string = …`: the name stands before its type. */
  #declared(bytes: Uint8Array, blank: number, start: number): number {
    const stop = Math.max(start, blank - SLOT_BYTES)
    let from = blank
    while (from > stop && (CLASS[bytes[from - 1]] & NAME) !== 0) from--
    const name = Math.min(blank, afterEscape(bytes, from, start))
    if (name === blank) return UNKNOWN
    this.start = name
    this.end = blank
    return this.#verdict(bytes, name, blank)
  }

  /** The key rule for a name that stands in `[from, end)`, or -1. */
  verdictOf(bytes: Uint8Array, from: number, end: number): number {
    return this.#verdict(bytes, from, end)
  }

  /** `secret key: …`: a name of two words in running text. */
  #twoWords(bytes: Uint8Array, blank: number, end: number, start: number): number {
    const stop = Math.max(start, blank - SLOT_BYTES)
    let from = blank
    while (from > stop && (CLASS[bytes[from - 1]] & NAME) !== 0) from--
    if (from === blank) return UNKNOWN
    const verdict = this.#verdict(bytes, afterEscape(bytes, from, start), end)
    if (verdict === UNKNOWN || this.#verdict(bytes, afterEscape(bytes, from, start), blank) === verdict)
      return UNKNOWN
    this.start = from
    return verdict
  }

  /** `<password>`, `<ns:password>` and `</password>`. */
  #element(bytes: Uint8Array, from: number, end: number, start: number): number {
    let before = from
    if (before > start && bytes[before - 1] === COLON) {
      before--
      const stop = Math.max(start, from - MAX_PREFIX)
      while (before > stop && (CLASS[bytes[before - 1]] & NAME) !== 0) before--
    }
    if (before > start && bytes[before - 1] === SLASH)
      before -= 1 + backslashesBefore(bytes, before - 1, start)
    const opens =
      lessSignBefore(bytes, before, start) > 0 ||
      // In `&lt;password` and `\u003cpassword` the name has been taken apart from the sign already.
      lessSignBefore(bytes, from, start) > 0
    return opens ? this.#verdict(bytes, from, end) : UNKNOWN
  }

  #verdict(bytes: Uint8Array, from: number, end: number): number {
    const length = end - from
    if (length > SLOT_BYTES) return this.#ask(bytes, from, end)
    let hash = length
    for (let i = from; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]) | 0
    const slot = (hash ^ (hash >>> 11)) & (SLOTS - 1)
    if (
      this.#lengths[slot] === length &&
      this.#hashes[slot] === hash &&
      this.#same(slot, bytes, from, length)
    ) {
      return this.#verdicts[slot]
    }
    const verdict = this.#ask(bytes, from, end)
    this.#lengths[slot] = length
    this.#hashes[slot] = hash
    this.#verdicts[slot] = verdict
    this.#bytes.set(bytes.subarray(from, end), slot * SLOT_BYTES)
    return verdict
  }

  #same(slot: number, bytes: Uint8Array, from: number, length: number): boolean {
    const base = slot * SLOT_BYTES
    for (let i = 0; i < length; i++) if (this.#bytes[base + i] !== bytes[from + i]) return false
    return true
  }

  #ask(bytes: Uint8Array, from: number, end: number): number {
    for (const name of spellingsOf(decoder.decode(bytes.subarray(from, end)))) {
      const verdict = this.#names.find(name)
      if (verdict !== undefined) return verdict.index
    }
    return UNKNOWN
  }
}

function beforeSeparator(bytes: Uint8Array, at: number, start: number): number {
  if (bytes[at] === EQUALS) return beforeOperator(bytes, at, start)
  if (bytes[at] === BACKSLASH) return at - backslashesBefore(bytes, at, start)
  return isArrow(bytes, at, start) ? at - 1 : at
}

/** `password -> …`, with blanks on both sides; without them it is code. */
export function isArrow(bytes: Uint8Array, at: number, start: number): boolean {
  if (bytes[at] !== GREATER || at - 2 <= start) return false
  return bytes[at - 1] === DASH && bytes[at - 2] === BLANK && bytes[at + 1] === BLANK
}

/** Where the name that ends at `end` starts. Letters that are written as escapes are part of it. */
function nameStart(bytes: Uint8Array, end: number, start: number): number {
  const stop = Math.max(start, end - MAX_NAME)
  let from = end
  while (from > stop) {
    const byte = bytes[from - 1]
    if ((CLASS[byte] & NAME) !== 0) {
      if (endsName(bytes, from - 1, end)) break
      from--
    } else if (byte === BACKSLASH && isEscapedLetter(bytes, from, end))
      from -= backslashesBefore(bytes, from, stop)
    else if (byte === SEMICOLON && entityStart(bytes, from, stop) < from)
      from = entityStart(bytes, from, stop)
    else break
  }
  return from
}

/** Whether `u0077` or `x77` stands here: a letter or digit. */
function isEscapedLetter(bytes: Uint8Array, at: number, end: number): boolean {
  const digits = bytes[at] === 0x75 ? 4 : bytes[at] === 0x78 ? 2 : 0
  if (digits === 0 || at + 1 + digits > end) return false
  const code = Number(`0x${String.fromCharCode(...bytes.subarray(at + 1, at + 1 + digits))}`)
  return code < 0x80 ? (CLASS[code] & WORD) !== 0 : code > 0xff
}

/** Where `&#119;` or `&#x77;` starts, a letter or digit that ends at `end`; else `end`. */
function entityStart(bytes: Uint8Array, end: number, start: number): number {
  const stop = Math.max(start, end - LONGEST_ENTITY)
  let from = end - 1
  while (from > stop && (CLASS[bytes[from - 1]] & WORD) !== 0) from--
  if (from - 2 < start || bytes[from - 1] !== HASH || bytes[from - 2] !== AMPERSAND) return end
  const digits = String.fromCharCode(...bytes.subarray(from, end - 1))
  const code = Number(digits[0] === 'x' || digits[0] === 'X' ? `0${digits}` : digits)
  return code < 0x80 && (CLASS[code] & WORD) !== 0 ? from - 2 : end
}
const LONGEST_ENTITY = 8

/** Before the operator of an assignment: `?=`, `.=`, `+=`, `:=`, `||=`, `??=`. */
function beforeOperator(bytes: Uint8Array, at: number, start: number): number {
  let end = at
  while (end > start && at - end < 2 && OPERATORS.has(bytes[end - 1])) end--
  return end
}
const OPERATORS = new Set([0x3f, 0x2e, 0x2b, 0x7c, COLON])

/** Names of types that stand between a name and its value in declarations. */
const TYPES: Uint8Array[][] = []
for (const type of 'string String str Str text Text char Char byte bytes Bytes any Any object Object CharSequence NSString varchar u8'.split(
  ' ',
))
  (TYPES[type.length] ??= []).push(bytesOf(type))

export function isType(bytes: Uint8Array, from: number, end: number): boolean {
  const types = TYPES[end - from]
  if (types === undefined) return false
  for (const type of types) if (startsWith(bytes, from, end, type)) return true
  return false
}

/** Skips what is left of an escape before a name: the `n` of `\npassword`, the `u0022` of `\u0022password`. */
function afterEscape(bytes: Uint8Array, from: number, start: number): number {
  if (from === start || bytes[from - 1] !== BACKSLASH) return from
  const letter = bytes[from]
  if (letter === 0x75) return from + 5
  if (letter === 0x78) return from + 3
  return from + 1
}

/**
 * Whether no name goes on over this place: at the credentials of a URL (in `token-1@host:6379` the host stands before
 * the colon), and at a percent-encoded character that no name holds (`a%3D1%26password` is `password`).
 */
function endsName(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes[at] === AT || (bytes[at] === PERCENT && encodedEnd(bytes, at, end) !== -1)
}

/** Past what `endsName` stopped at: the rest of the percent escape. */
function afterEncoded(bytes: Uint8Array, from: number, end: number, stop: number): number {
  if (from === stop || bytes[from - 1] !== PERCENT) return from
  const to = encodedEnd(bytes, from - 1, end)
  return to === -1 ? from : to
}

/** Where the percent escape at `at` ends, `%3D`, `%253D`, …, if it stands for what no name holds; else -1. */
function encodedEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 >= end) return -1
  // Encoded again and again, a percent sign is `%25`, `%2525`, …
  let digits = at + 1
  while (bytes[digits] === 0x32 && bytes[digits + 1] === 0x35 && digits + 3 < end) digits += 2
  const high = HEX[bytes[digits]]
  const low = HEX[bytes[digits + 1]]
  return (high | low) < 16 && (CLASS[(high << 4) | low] & NAME) === 0 ? digits + 2 : -1
}

/** The value of a hex digit by its byte; 16 for what is none. */
const HEX = new Uint8Array(256).fill(16)
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit
}
