/**
 * Social security numbers of the United States in their printed form, `ddd-dd-dddd`. Numbers that were never given
 * out stay: area 000, 666 or 900 and above, group 00, serial 0000 (SSA, POMS RM 10201). Nine digits without dashes
 * are any number; under a name like `ssn` the name tells.
 */
import { DASH, escapeEndsAt, isDigit } from './bytes.ts'
import { endsSentence, joins } from './card.ts'

const LENGTH = 11

/** Where the number that starts at `at` ends, or -1. */
export function ssnEnd(bytes: Uint8Array, at: number, start: number, end: number): number {
  const to = at + LENGTH
  if (to > end || bytes[at + 3] !== DASH || bytes[at + 6] !== DASH) return -1
  const area = numberIn(bytes, at, at + 3)
  const group = numberIn(bytes, at + 4, at + 6)
  const serial = numberIn(bytes, at + 7, to)
  if (area <= 0 || area === 666 || area >= 900 || group <= 0 || serial <= 0) return -1
  if (at > start && joins(bytes[at - 1]) && !escapeEndsAt(bytes, at, start)) return -1
  return to < end && joins(bytes[to]) && !endsSentence(bytes, to, end) ? -1 : to
}

/** The number, or -1 where something else than digits stands. */
function numberIn(bytes: Uint8Array, from: number, to: number): number {
  let number = 0
  for (let at = from; at < to; at++) {
    if (!isDigit(bytes[at])) return -1
    number = number * 10 + bytes[at] - 0x30
  }
  return number
}
