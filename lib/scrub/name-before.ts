/**
 * Finds the name that stands before a separator (`"password":`, `token=`, `\"pin\" :`, `<secret>`), and remembers
 * for each name whether its value is secret. A name seen before costs one look into a table of fixed size, so a
 * hostile flood of names cannot make it grow.
 */
import {
  APOSTROPHE,
  AT,
  BACKSLASH,
  BACKTICK,
  BLANK,
  backslashesBefore,
  CLASS,
  COLON,
  GREATER,
  LESS,
  NAME,
  NEWLINE,
  PERCENT,
  QUOTE,
} from './bytes.ts'
import type { KeyNames } from './key-rules.ts'
import { afterMarkerHead } from './marker.ts'

const MAX_NAME = 128
const MAX_BLANKS = 4
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
    let end = at
    while (end > start && at - end < MAX_BLANKS && bytes[end - 1] === BLANK) end--
    if (end === start) return UNKNOWN
    const last = bytes[end - 1]
    if (last === QUOTE || last === APOSTROPHE || last === BACKTICK)
      return this.#quoted(bytes, end - 1, start, last)
    if ((CLASS[last] & NAME) === 0) return UNKNOWN
    return this.#bare(bytes, end, start, bytes[at])
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

  #bare(bytes: Uint8Array, end: number, start: number, separator: number): number {
    const stop = Math.max(start, end - MAX_NAME)
    let from = end
    while (from > stop && (CLASS[bytes[from - 1]] & NAME) !== 0) from--
    if (from > start && bytes[from - 1] === COLON)
      from = Math.min(end, afterMarkerHead(bytes, from, start, end))
    from = afterUser(bytes, from, end)
    end = beforeEncodedQuote(bytes, from, end)
    from = afterEncoded(bytes, Math.min(end, afterEscape(bytes, from, start)), end)
    this.start = from
    this.end = end
    this.quote = 0
    this.backslashes = 0
    if (from === end) return UNKNOWN
    if (separator === GREATER) return this.#element(bytes, from, end, start)
    const verdict = this.#verdict(bytes, from, end)
    if (verdict !== UNKNOWN || from - 1 <= start || bytes[from - 1] !== BLANK) return verdict
    return this.#twoWords(bytes, from - 1, end, start)
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

  /** `<password>` and `<ns:password>`; only an element that opens. */
  #element(bytes: Uint8Array, from: number, end: number, start: number): number {
    if (from === start) return UNKNOWN
    let before = from - 1
    if (bytes[before] === COLON) {
      while (before > start && before > from - 32 && (CLASS[bytes[before - 1]] & NAME) !== 0) before--
      before--
    }
    return before >= start && bytes[before] === LESS ? this.#verdict(bytes, from, end) : UNKNOWN
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
    const name = withoutMarkers(unescaped(decoder.decode(bytes.subarray(from, end))))
    return this.#names.find(name)?.index ?? UNKNOWN
  }
}

/** Skips what is left of an escape before a name: the `n` of `\npassword`, the `u0022` of `\u0022password`. */
function afterEscape(bytes: Uint8Array, from: number, start: number): number {
  if (from === start || bytes[from - 1] !== BACKSLASH) return from
  const letter = bytes[from]
  if (letter === 0x75) return from + 5
  if (letter === 0x78) return from + 3
  return from + 1
}

/** Past the credentials of a URL: in `token-1@host:6379` the host stands before the colon. */
function afterUser(bytes: Uint8Array, from: number, end: number): number {
  let at = end
  while (at > from && bytes[at - 1] !== AT) at--
  return at
}

/** Leaves out the `%22` or `%27` that closes a percent-encoded name. */
function beforeEncodedQuote(bytes: Uint8Array, from: number, end: number): number {
  if (end - from < 3 || bytes[end - 2] !== 0x32 || (bytes[end - 1] !== 0x32 && bytes[end - 1] !== 0x37))
    return end
  if (bytes[end - 3] === PERCENT) return end - 3
  const doubled =
    end - from >= 5 && bytes[end - 5] === PERCENT && bytes[end - 4] === 0x32 && bytes[end - 3] === 0x35
  return doubled ? end - 5 : end
}

/** Past the last percent-encoded character that no name holds: `a%3D1%26password` is `password`. */
function afterEncoded(bytes: Uint8Array, from: number, end: number): number {
  let start = from
  for (let at = from; at + 2 < end; at++) {
    if (bytes[at] !== PERCENT) continue
    const digits = bytes[at + 1] === 0x32 && bytes[at + 2] === 0x35 && at + 4 < end ? at + 3 : at + 1
    const code = Number.parseInt(String.fromCharCode(bytes[digits], bytes[digits + 1]), 16)
    if (code >= 0 && (CLASS[code] & NAME) === 0) start = digits + 2
  }
  return start
}

/** A name that was cut itself says nothing by its marker. */
function withoutMarkers(name: string): string {
  let rest = name
  for (let at = rest.indexOf('[SECRET:'); at !== -1; at = rest.indexOf('[SECRET:', at)) {
    const close = rest.indexOf(']', at)
    rest = `${rest.slice(0, at)} ${close === -1 ? '' : rest.slice(close + 1)}`
  }
  return rest
}

/** A name with its escapes resolved, for looking it up: `pass\u0077ord`, `%70assword`. */
export function unescaped(name: string): string {
  if (!name.includes('\\') && !name.includes('%')) return name
  let plain = ''
  for (let i = 0; i < name.length; i++) {
    const found = ESCAPES.find(({ mark }) => name.startsWith(mark, i))
    const digits =
      found === undefined ? '' : name.slice(i + found.mark.length, i + found.mark.length + found.digits)
    if (found === undefined || digits.length < found.digits || !isHexText(digits)) {
      plain += name[i]
      continue
    }
    plain += String.fromCharCode(Number.parseInt(digits, 16))
    i += found.mark.length + found.digits - 1
  }
  return plain
}

const ESCAPES = [
  { mark: '\\u', digits: 4 },
  { mark: '\\x', digits: 2 },
  { mark: String.fromCharCode(PERCENT), digits: 2 },
]

function isHexText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 0x20
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false
  }
  return true
}
