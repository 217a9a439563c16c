/**
 * Telephone numbers: in international form (`+49 30 1234567`, ITU-T E.164: 15 digits at most) wherever they stand,
 * in any other under a name like `phone`.
 */
import {
  APOSTROPHE,
  BACKSLASH,
  BLANK,
  bytesOf,
  CLASS,
  CLOSE_PAREN,
  COLON,
  DASH,
  DOT,
  EQUALS,
  isDigit,
  OPEN_PAREN,
  PERCENT,
  QUOTE,
  SLASH,
  startsWith,
  WORD,
} from '../bytes.ts'
import { KEY_RULES, type KeyNames, wordsOf } from '../key-rules.ts'
import type { Line } from '../line.ts'
import { NameBefore } from '../name-before.ts'
import { quoteForNumber } from './number.ts'

const PLUS = 0x2b
const ENCODED_PLUS = bytesOf('%2B')
const MOST_DIGITS = 15
const FEWEST_INTERNATIONAL = 8
const FEWEST_NAMED = 6
const LONGEST = 32
const LOOK_BACK = 8
const MOST_MARKS = 2
const MARKS = new Set([BLANK, DASH, DOT, SLASH, OPEN_PAREN, CLOSE_PAREN])

/** Cuts the number behind the `+` at `at`, also one written as `%2B`. */
export function cutInternational(line: Line, at: number): number {
  const { bytes, start, end, rules } = line
  const isEncoded = bytes[at] === PERCENT
  if (isEncoded && !startsWith(bytes, at, end, ENCODED_PLUS)) return at + 1
  const from = at + (isEncoded ? ENCODED_PLUS.length : 1)
  // `1+49…` is a sum, and no country's code starts with 0: `+0000 2026` is a time zone and a year.
  if (at > start && (isDigit(bytes[at - 1]) || bytes[at - 1] === PLUS)) return from
  const first = bytes[from] === OPEN_PAREN ? from + 1 : from
  if (bytes[first] === 0x30 || !isDigit(bytes[first])) return from
  const to = numberEnd(bytes, from, end, FEWEST_INTERNATIONAL)
  if (to === -1) return from
  line.cut(at, to, rules.code('phone'))
  return to
}

/** Cuts the number that starts at `at` when the name before it says that it is one. */
export function cutNamedPhone(line: Line, at: number, name: NameBefore): number {
  const { bytes, start, end, rules } = line
  const separator = separatorBefore(bytes, at, start)
  const to = separator === -1 ? -1 : numberEnd(bytes, at, end, FEWEST_NAMED)
  if (to === -1 || name.find(bytes, separator, start) === -1) return at + 1
  line.cut(at, to, rules.code('phone'), quoteForNumber(line, at))
  return to
}

/** Finds names whose values are telephone numbers. */
export function phoneNames(): NameBefore {
  return new NameBefore(PHONES)
}

const PHONE_WORDS = new Set(
  'phone phones mobile cell cellphone telephone tel fax msisdn phonenumber mobilenumber whatsapp'.split(' '),
)
const LAST_WORDS = new Set([
  ...PHONE_WORDS,
  'number',
  'numbers',
  'no',
  'nr',
  'home',
  'work',
  'private',
  'e164',
])
const PHONES: KeyNames = {
  find(name) {
    const words = wordsOf(name.normalize('NFKC')).map(withoutDigits)
    const last = words[words.length - 1]
    const isPhone = words.some((word) => PHONE_WORDS.has(word)) && LAST_WORDS.has(last)
    return isPhone ? { rule: KEY_RULES[0], index: 0 } : undefined
  },
}

function withoutDigits(word: string): string {
  let end = word.length
  while (end > 1 && isDigit(word.charCodeAt(end - 1))) end--
  return word.slice(0, end)
}

/** The `:` or `=` before a value, past its opening marks; -1 where something else stands. */
function separatorBefore(bytes: Uint8Array, at: number, start: number): number {
  const stop = Math.max(start, at - LOOK_BACK)
  for (let from = at - 1; from >= stop; from--) {
    const byte = bytes[from]
    if (byte === COLON || byte === EQUALS) return from
    if (!OPENERS.has(byte)) return -1
  }
  return -1
}
const OPENERS = new Set([BLANK, QUOTE, APOSTROPHE, BACKSLASH, OPEN_PAREN, PLUS])

/** Past the last whole group that leaves no more digits than a number has; -1 where there are too few. */
function numberEnd(bytes: Uint8Array, from: number, end: number, fewest: number): number {
  const stop = Math.min(end, from + LONGEST)
  let digits = 0
  let to = -1
  for (let at = bytes[from] === OPEN_PAREN ? from + 1 : from; at < stop; ) {
    const group = at
    while (at < end && isDigit(bytes[at]) && at - group <= MOST_DIGITS) at++
    if (at === group || digits + at - group > MOST_DIGITS) break
    if (at < end && (CLASS[bytes[at]] & WORD) !== 0) break
    // Dots part all groups or none: what follows a blank may be an address or an amount.
    const isDotted = bytes[at] === DOT && at + 1 < end && isDigit(bytes[at + 1])
    if (to !== -1 && isDotted && bytes[group - 1] !== DOT) break
    digits += at - group
    to = at
    const marks = at
    while (at < stop && MARKS.has(bytes[at]) && at - marks < MOST_MARKS) at++
    if (at === marks) break
  }
  return digits >= fewest ? to : -1
}
