/**
 * Values that stand for a secret and are none: `${TOKEN}`, `****`, `[REDACTED]`, and words that tell its state.
 */
import { bytesOf, CLOSE_BRACE, CLOSE_BRACKET, lower, OPEN_BRACKET, startsWithWord } from '../bytes.ts'

const WORDS = (
  'redacted filtered hidden masked secret removed censored omitted none null undefined nil true false missing invalid ' +
  'required denied expired empty unset ok failed failure success successful granted revoked rejected accepted enabled disabled ' +
  'yes no unknown optional valid ***'
)
  .split(' ')
  .map(bytesOf)
const BRACKETED = 'redacted filtered hidden masked secret removed censored omitted circular truncated object'
  .split(' ')
  .map(bytesOf)

const LONGEST_TEMPLATE = 80
const MASKS = new Set([0x2a, 0x2e, 0x78, 0x58, 0x2d, 0x5f])
const SHORTEST_LETTER_MASK = 3

/** Templates and masks; for values of any kind. */
export function isPlaceholder(bytes: Uint8Array, from: number, to: number): boolean {
  return to <= from || isMask(bytes, from, to) || isTemplate(bytes, from, to) || isBracketed(bytes, from, to)
}

/** Also words that tell a secret's state: only for values in running text. */
export function isStateWord(bytes: Uint8Array, from: number, to: number): boolean {
  return isWordOf(WORDS, bytes, from, to)
}

/** Where a template or a bracketed word that starts at `from` ends, or -1: such a value may hold blanks. */
export function placeholderEnd(bytes: Uint8Array, from: number, end: number): number {
  const stop = Math.min(end, from + LONGEST_TEMPLATE)
  for (let at = from + 1; at < stop; at++) {
    if (!CLOSERS.has(bytes[at])) continue
    const to = bytes[at + 1] === bytes[at] ? at + 2 : at + 1
    return isTemplate(bytes, from, to) || isBracketed(bytes, from, to) ? to : -1
  }
  return -1
}
const CLOSERS = new Set([CLOSE_BRACE, CLOSE_BRACKET, 0x3e, 0x29])

function isMask(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from]
  if (!MASKS.has(first) || (isLetter(first) && to - from < SHORTEST_LETTER_MASK)) return false
  for (let at = from; at < to; at++) if (bytes[at] !== first) return false
  return true
}

function isLetter(byte: number): boolean {
  return lower(byte) >= 0x61 && lower(byte) <= 0x7a
}

/** `${NAME}`, `{{ name }}`, `%s`: filled in by somebody else. */
function isTemplate(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length === 2) return bytes[from] === 0x25 && 'sdijoOc'.includes(String.fromCharCode(bytes[from + 1]))
  if (length > LONGEST_TEMPLATE || bytes[to - 1] !== CLOSE_BRACE) return false
  return (bytes[from] === 0x24 || bytes[from] === 0x7b) && bytes[from + 1] === 0x7b
}

function isBracketed(bytes: Uint8Array, from: number, to: number): boolean {
  const open = bytes[from]
  if (open !== OPEN_BRACKET && open !== 0x3c && open !== 0x28) return false
  const close = bytes[to - 1]
  if (close !== CLOSE_BRACKET && close !== 0x3e && close !== 0x29) return false
  return isWordOf(BRACKETED, bytes, from + 1, to - 1)
}

function isWordOf(words: readonly Uint8Array[], bytes: Uint8Array, from: number, to: number): boolean {
  return words.some((word) => word.length === to - from && startsWithWord(bytes, from, to, word))
}
