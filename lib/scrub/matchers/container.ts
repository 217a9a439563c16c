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
  skip,
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
  const before = line.cuts.length
  const to = cutLeaves(line, from, backslashes, row)
  for (let i = before; i < line.cuts.length; i++) line.cuts[i].inside = true
  return to
}

function cutLeaves(line: Line, from: number, backslashes: number, row: number): number {
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
      const opening = skip(bytes, at, end, BACKSLASH)
      // A line end between the members, where the container stands in a string.
      if (backslashes > 0 && LINE_ENDS.has(bytes[opening])) {
        at = opening + 1
        continue
      }
      if (bytes[opening] !== QUOTE || depthOfQuote(opening - at) < depth) return at
      const to = cutString(line, opening + 1, depth, row)
      const closing = skip(bytes, to, end, BACKSLASH)
      // A quote that is written less deep ends the string around the container.
      if (depthOfQuote(closing - to) < depth) return to
      at = closing + 1
      continue
    }
    const to = runEnd(bytes, at, end, BARE)
    if (to > at) {
      if (rules.keyRules[row].weak !== true && !isLiteral(bytes, at, to, rules.keyRules[row]))
        line.cut(at, to, rules.keyCode(row), quote)
      at = to
      continue
    }
    at++
  }
  return end
}

const LINE_ENDS = new Set([0x6e, 0x72, 0x74])

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
