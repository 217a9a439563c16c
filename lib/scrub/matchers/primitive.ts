import { DASH, DOT, isDigit } from '../bytes.ts'
import type { KeyRule } from '../key-rules.ts'
import { Words } from '../words.ts'

const LITERALS = new Words(['null', 'true', 'false', 'undefined', 'None', 'True', 'False'], 'exact')
/** Under names like `tokens` a number under ten thousand counts something. */
const LONGEST_COUNT = 4

/** Whether a bare JSON value under a secret name is none: `null`, a boolean, a count. */
export function isLiteral(bytes: Uint8Array, from: number, to: number, rule: KeyRule): boolean {
  if (LITERALS.isWhole(bytes, from, to)) return true
  return rule.counts === true && isCount(bytes, from, to)
}

function isCount(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from] === DASH ? from + 1 : from
  let whole = 0
  let dots = 0
  for (let at = first; at < to; at++) {
    if (bytes[at] === DOT) dots++
    else if (!isDigit(bytes[at])) return false
    else if (dots === 0) whole++
  }
  return whole > 0 && whole <= LONGEST_COUNT && dots <= 1
}
