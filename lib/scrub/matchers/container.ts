/**
 * An object or array under a secret name: every leaf goes, names and shape stay.
 */
import {
  BACKSLASH,
  BARE,
  BLANK,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  runEnd,
} from '../bytes.ts'
import { depthOfQuote, stringEnd } from '../json-span.ts'
import { type Line, quoteText } from '../line.ts'
import { isLiteral } from './primitive.ts'
import { cutValue } from './value.ts'

/**
 * Cuts the leaves of the container whose bracket stands at `from`, in JSON whose quotes have so many backslashes.
 * Returns where the container ends; one that is broken off ends with the line or with the string around it.
 */
export function cutContainer(line: Line, from: number, backslashes: number, row: number): number {
  const { bytes, end, rules } = line
  const depth = depthOfQuote(backslashes)
  const quote = quoteText(backslashes, QUOTE)
  let nesting = 0
  let at = from
  while (at < end) {
    const byte = bytes[at]
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) nesting++
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) nesting--
    if (nesting === 0) return at + 1
    if (byte === BACKSLASH || byte === QUOTE) {
      const opening = runOfBackslashes(bytes, at, end)
      if (bytes[opening] !== QUOTE || depthOfQuote(opening - at) < depth) return at
      at = cutString(line, opening + 1, depth, row) + backslashes + 1
      continue
    }
    const to = runEnd(bytes, at, end, BARE)
    if (to > at) {
      if (!isLiteral(bytes, at, to, rules.keyRules[row])) line.cut(at, to, rules.keyCode(row), quote)
      at = to
      continue
    }
    at++
  }
  return end
}

/** Cuts a string unless it is the name of a member; returns the end of its text. */
function cutString(line: Line, from: number, depth: number, row: number): number {
  const { bytes, end } = line
  const to = stringEnd(bytes, from, end, depth)
  let next = to
  while (next < end && (bytes[next] === BACKSLASH || bytes[next] === QUOTE)) next++
  while (next < end && bytes[next] === BLANK) next++
  if (bytes[next] !== COLON) cutValue(line, from, to, row)
  return to
}

function runOfBackslashes(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] === BACKSLASH) at++
  return at
}
