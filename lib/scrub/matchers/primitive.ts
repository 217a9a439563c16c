import { bytesOf, DASH, DOT, isDigit, startsWith } from '../bytes.ts'
import type { KeyRule } from '../key-rules.ts'

const LITERALS = ['null', 'true', 'false', 'undefined', 'None', 'True', 'False'].map(bytesOf)
/** Under names like `tokens` a number under ten thousand counts something. */
const LONGEST_COUNT = 4

/** Whether a bare JSON value under a secret name is none: `null`, a boolean, a count. */
export function isLiteral(bytes: Uint8Array, from: number, to: number, rule: KeyRule): boolean {
  if (LITERALS.some((word) => word.length === to - from && startsWith(bytes, from, to, word))) return true
  return rule.counts === true && isCount(bytes, from, to)
}

function isCount(bytes: Uint8Array, from: number, to: number): boolean {
  let digits = 0
  for (let at = from; at < to && bytes[at] !== DOT; at++) {
    if (bytes[at] === DASH && at === from) continue
    if (!isDigit(bytes[at])) return false
    digits++
  }
  return digits <= LONGEST_COUNT
}
