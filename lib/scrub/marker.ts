/**
 * `[SECRET:id]`, what a cut leaves behind. A value that is wholly one marker with a known id is left alone, so that
 * scrubbing twice is the same as scrubbing once.
 */
import { bytesOf, CLOSE_BRACKET, COLON, DASH, isDigit, startsWith } from './bytes.ts'
import type { Rules } from './rules.ts'

const HEAD = bytesOf('[SECRET:')
const MAX_ID = 32
const TAG_DIGITS = 12

/** Where a marker that starts at `at` ends, or -1 when none with a known id does. */
export function markerEnd(bytes: Uint8Array, at: number, end: number, rules: Rules): number {
  if (!startsWith(bytes, at, end, HEAD)) return -1
  const from = at + HEAD.length
  let to = from
  while (to < end && to - from < MAX_ID && isIdByte(bytes[to])) to++
  if (!rules.isKnown(String.fromCharCode(...bytes.subarray(from, to)))) return -1
  if (bytes[to] === COLON && to + TAG_DIGITS + 1 < end) to += TAG_DIGITS + 1
  return to < end && bytes[to] === CLOSE_BRACKET ? to + 1 : -1
}

/** Where the marker around a place starts, or -1. `at` is any place after its opening bracket. */
export function markerAround(
  bytes: Uint8Array,
  at: number,
  start: number,
  end: number,
  rules: Rules,
): number {
  const stop = Math.max(start, at - HEAD.length - MAX_ID - TAG_DIGITS - 2)
  for (let from = at; from >= stop; from--) {
    if (bytes[from] !== HEAD[0]) continue
    const to = markerEnd(bytes, from, end, rules)
    if (to > at) return from
  }
  return -1
}

function isIdByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || isDigit(byte) || byte === DASH
}

/** Where the text after a marker starts, when `at` lies behind the colon of one; else `at`. */
export function afterMarkerHead(bytes: Uint8Array, at: number, start: number, end: number): number {
  const stop = Math.max(start, at - HEAD.length - MAX_ID - 1)
  for (let from = at - HEAD.length; from >= stop; from--) {
    if (!startsWith(bytes, from, end, HEAD)) continue
    const close = bytes.subarray(from, Math.min(end, at + MAX_ID + 1)).indexOf(CLOSE_BRACKET)
    return close === -1 || from + close < at ? at : from + close + 1
  }
  return at
}
