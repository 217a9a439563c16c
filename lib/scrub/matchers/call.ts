/**
 * Calls that take a password at a known place: `new NetworkCredential(user, "…")`, `mysqli_connect(host, user, "…")`.
 */
import {
  APOSTROPHE,
  BACKSLASH,
  bytesOf,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COMMA,
  indexOfByte,
  isQuote,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUOTE,
  skip,
  startsWith,
} from '../bytes.ts'
import { CALLS } from '../calls.ts'
import { depthOfQuote, stringEnd } from '../json-span.ts'
import type { Line } from '../line.ts'
import type { NameBefore } from '../name-before.ts'
import { gapAt } from './gap.ts'
import { cutIfSecret } from './string-value.ts'
import { afterStringPrefix, insideCall } from './value-start.ts'

const MAX_CALL = 512
const MAX_GAP = 64

/** Cuts the string at the password's place. Returns where to go on. */
export function cutCall(line: Line, at: number, row: number, name: NameBefore): number {
  const { bytes, end, rules } = line
  const literal = CALLS[row]
  const stop = Math.min(end, at + MAX_CALL)
  let from = at + literal.text.length
  for (let place = 1; place < literal.place; place++) {
    from = afterArgument(bytes, from, stop)
    if (from === -1) return at + 1
  }
  const value = afterStringPrefix(bytes, gapAt(bytes, from, stop, MAX_GAP).at, stop)
  const isString = isQuote(bytes[skip(bytes, value, stop, BACKSLASH)])
  const isOption = startsWith(bytes, value, stop, SOME)
  const string = isString ? value : isOption ? insideCall(bytes, value, stop) : -1
  return string === -1 ? at + 1 : Math.max(at + 1, cutIfSecret(line, string, rules.passwordRow, name))
}

const SOME = bytesOf('Some(')

/** Past the comma after an argument, whatever it is; -1 where the call ends before. */
export function afterArgument(bytes: Uint8Array, from: number, stop: number): number {
  let parens = 0
  for (let at = from; at < stop; at++) {
    const byte = bytes[at]
    if (OPENERS.has(byte)) parens++
    else if (byte === COMMA && parens === 0) return at + 1
    else if ((CLOSERS.has(byte) && parens-- === 0) || byte === 0x3b) return -1
    else if (byte === QUOTE || byte === APOSTROPHE || byte === BACKSLASH) at = afterString(bytes, at, stop)
  }
  return -1
}

const OPENERS = new Set([OPEN_PAREN, OPEN_BRACE, OPEN_BRACKET])
const CLOSERS = new Set([CLOSE_PAREN, CLOSE_BRACE, CLOSE_BRACKET])

/** The last byte of the string that starts at `at`, or of the escape that stands there. */
function afterString(bytes: Uint8Array, at: number, stop: number): number {
  const opening = skip(bytes, at, stop, BACKSLASH)
  if (bytes[opening] === APOSTROPHE) {
    const close = indexOfByte(bytes, APOSTROPHE, opening + 1, stop)
    return close === -1 ? stop : close
  }
  if (bytes[opening] !== QUOTE) return opening
  const close = stringEnd(bytes, opening + 1, stop, depthOfQuote(opening - at))
  return close + opening - at
}
