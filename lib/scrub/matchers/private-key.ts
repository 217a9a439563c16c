import { BLANK, backslashesBefore, bytesOf, CLASS, DASH, isDigit, QUOTE, SETS, startsWith } from '../bytes.ts'
import { depthOfQuote, stringEnd } from '../json-span.ts'
import type { Line } from '../line.ts'

const BEGIN = bytesOf('-----BEGIN ')
const PRIVATE = bytesOf('PRIVATE KEY')
const END = bytesOf('-----END')
const DASHES = bytesOf('-----')
const MAX_LABEL = 100

/**
 * A private key in PEM (RFC 7468), whatever its label: from BEGIN to END; without an END, as in a log that was cut,
 * to the end of the string. Certificates and public keys stay.
 */
export function cutPrivateKey(line: Line, at: number): number {
  const { bytes, end } = line
  const label = at + BEGIN.length
  const labelEnd = endOfLabel(bytes, label, end)
  if (!holds(bytes, label, labelEnd, PRIVATE)) return at + 1
  const depth = line.depths.at(at)
  const limit = endOfKey(bytes, labelEnd, end, line.json ? Math.max(0, depth) : depth)
  const isWhole = limit - labelEnd > DASHES.length && bytes[limit - 1] === DASH
  const to = isWhole ? limit : endOfPieces(line, limit)
  line.cut(at, to, line.rules.code('private-key'))
  return to
}

function endOfLabel(bytes: Uint8Array, from: number, end: number): number {
  const stop = Math.min(end, from + MAX_LABEL)
  let to = from
  while (to < stop && ((bytes[to] >= 0x41 && bytes[to] <= 0x5a) || bytes[to] === BLANK || isDigit(bytes[to])))
    to++
  return to
}

/** At the END of the key, or before the quote that closes the string around it, whichever comes first. */
function endOfKey(bytes: Uint8Array, from: number, end: number, depth: number): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] === QUOTE && depth >= 0) {
      const found = depthOfQuote(backslashesBefore(bytes, at, from))
      if (found <= depth) return at - ((1 << found) - 1)
    }
    if (bytes[at] !== DASH || at < from + DASHES.length || !startsWith(bytes, at, end, END)) continue
    const close = endOfLabel(bytes, at + END.length, end)
    return startsWith(bytes, close, end, DASHES) ? close + DASHES.length : close
  }
  return end
}

/** The end of a key whose lines are strings of their own, joined in source code: `"-----BEGIN …\n" +`; else `from`. */
function endOfPieces({ bytes, end, json }: Line, from: number): number {
  const stop = Math.min(json ? stringEnd(bytes, from, end, 0) : end, from + MAX_KEY)
  for (let at = from; at < stop; at++) {
    if (bytes[at] === DASH && startsWith(bytes, at, stop, END))
      return endOfKey(bytes, at - DASHES.length, stop, -1)
    if ((CLASS[bytes[at]] & SETS.base64) === 0 && !JOINS.has(bytes[at])) return from
  }
  return from
}
const MAX_KEY = 8192
const JOINS = new Set([...'"\'\\ \t\r\n.,'].map((text) => text.charCodeAt(0)))

function holds(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  for (let at = from; at + text.length <= to; at++) if (startsWith(bytes, at, to, text)) return true
  return false
}
