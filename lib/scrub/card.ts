/**
 * Payment card numbers: 13 to 19 digits, perhaps in groups, with the first digits and the length of an issuer
 * (ISO/IEC 7812) and a right check digit (Luhn). The check digit alone lets one number in ten through.
 */
import { BLANK, CLASS, DASH, DOT, isDigit, WORD } from './bytes.ts'

interface Issuer {
  from: number
  to: number
  /** How many of the first digits `from` and `to` have. */
  digits: number
  lengths: readonly number[]
}

const any = [13, 14, 15, 16, 17, 18, 19]
const ISSUERS: readonly Issuer[] = [
  { from: 4, to: 4, digits: 1, lengths: [13, 16, 19] },
  { from: 51, to: 55, digits: 2, lengths: [16] },
  { from: 2221, to: 2720, digits: 4, lengths: [16] },
  { from: 34, to: 34, digits: 2, lengths: [15] },
  { from: 37, to: 37, digits: 2, lengths: [15] },
  { from: 6011, to: 6011, digits: 4, lengths: [16, 17, 18, 19] },
  { from: 644, to: 659, digits: 3, lengths: [16, 17, 18, 19] },
  { from: 300, to: 305, digits: 3, lengths: [14, 16, 19] },
  { from: 36, to: 36, digits: 2, lengths: [14, 16, 19] },
  { from: 38, to: 39, digits: 2, lengths: [14, 16, 19] },
  { from: 3528, to: 3589, digits: 4, lengths: [16, 17, 18, 19] },
  { from: 62, to: 62, digits: 2, lengths: [16, 17, 18, 19] },
  { from: 50, to: 50, digits: 2, lengths: any },
  { from: 56, to: 69, digits: 2, lengths: any },
]

const LONGEST = 19
const SHORTEST = 13
const FIRST_GROUP = 4
const digits = new Uint8Array(LONGEST)

/** Where the card number that starts at `at` ends, or -1. Looks at 38 bytes at most. */
export function cardEnd(bytes: Uint8Array, at: number, start: number, end: number): number {
  if (at > start && joins(bytes[at - 1])) return -1
  let count = 0
  let separator = 0
  let group = 0
  let to = at
  for (; to < end; to++) {
    const byte = bytes[to]
    if (isDigit(byte)) {
      if (count === LONGEST) return -1
      digits[count++] = byte - 0x30
      group++
      continue
    }
    if ((byte !== BLANK && byte !== DASH) || to + 1 === end || !isDigit(bytes[to + 1])) break
    if (separator === 0 && count !== FIRST_GROUP) break
    if (separator !== 0 && (byte !== separator || group < FIRST_GROUP)) break
    separator = byte
    group = 0
  }
  if (count < SHORTEST || (to < end && joins(bytes[to]) && !endsSentence(bytes, to, end))) return -1
  return isIssued(count) && hasCheckDigit(count) ? to : -1
}

/** Letters, and what glues digits into ids, versions and dates. */
export function joins(byte: number): boolean {
  return (CLASS[byte] & WORD) !== 0 || byte === DOT || byte === DASH
}

export function endsSentence(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes[at] === DOT && (at + 1 === end || (CLASS[bytes[at + 1]] & WORD) === 0)
}

function isIssued(count: number): boolean {
  if (digits.subarray(1, count).every((digit) => digit === digits[0])) return false
  return ISSUERS.some((issuer) => {
    let head = 0
    for (let i = 0; i < issuer.digits; i++) head = head * 10 + digits[i]
    return head >= issuer.from && head <= issuer.to && issuer.lengths.includes(count)
  })
}

function hasCheckDigit(count: number): boolean {
  let sum = 0
  for (let i = 0; i < count; i++) {
    const digit = digits[count - 1 - i]
    const doubled = digit * 2
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
