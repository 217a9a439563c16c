import { BLANK, bytesOf, DASH, indexOfByte, isDigit, startsWith } from '../bytes.ts'
import { stringEnd } from '../json-span.ts'
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
  const limit =
    line.json || line.depths.at(at) >= 0
      ? stringEnd(bytes, labelEnd, end, Math.max(0, line.depths.at(at)))
      : end
  const to = endOfKey(bytes, labelEnd, limit)
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

function endOfKey(bytes: Uint8Array, from: number, limit: number): number {
  for (
    let at = indexOfByte(bytes, DASH, from + DASHES.length, limit);
    at !== -1;
    at = indexOfByte(bytes, DASH, at + 1, limit)
  ) {
    if (!startsWith(bytes, at, limit, END)) continue
    const label = at + END.length
    const close = endOfLabel(bytes, label, limit)
    return startsWith(bytes, close, limit, DASHES) ? close + DASHES.length : close
  }
  return limit
}

function holds(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  for (let at = from; at + text.length <= to; at++) if (startsWith(bytes, at, to, text)) return true
  return false
}
