/**
 * `[SECRET:id]`, what a cut leaves behind. A value that is wholly one marker with a known id is left alone, so that
 * scrubbing twice is the same as scrubbing once.
 */
import { bytesOf, CLASS, CLOSE_BRACKET, COLON, DASH, isDigit, SETS, startsWith } from './bytes.ts'
import type { Rules } from './rules.ts'
import { TAG_DIGITS, type Tagger } from './tag.ts'

const HEAD = bytesOf('[SECRET:')
const MAX_ID = 32
const LONGEST = HEAD.length + MAX_ID + 1 + TAG_DIGITS + 1

const decoder = new TextDecoder()

/** The marker with the tag of what was cut. */
export function markerFor(secret: Uint8Array, id: string, tag: Tagger): Uint8Array {
  return bytesOf(`[SECRET:${id}:${tag(decoder.decode(secret), id)}]`)
}

/** Whether a text is wholly one marker with a known id. */
export function isMarker(text: string, rules: Rules): boolean {
  if (text.length > LONGEST || !text.startsWith('[SECRET:')) return false
  const bytes = bytesOf(text)
  return markerEnd(bytes, 0, bytes.length, rules) === bytes.length
}

/** Where a marker that starts at `at` ends, or -1 when none with a known id does. */
export function markerEnd(bytes: Uint8Array, at: number, end: number, rules: Rules): number {
  if (!startsWith(bytes, at, end, HEAD)) return -1
  const from = at + HEAD.length
  let to = from
  while (to < end && to - from < MAX_ID && isIdByte(bytes[to])) to++
  if (!rules.ids.holds(bytes, from, to)) return -1
  if (to < end && bytes[to] === COLON) to = tagEnd(bytes, to + 1, end)
  return to !== -1 && to < end && bytes[to] === CLOSE_BRACKET ? to + 1 : -1
}

/** Twelve hexadecimal digits in lower case and nothing else: what is no tag may be the secret. */
function tagEnd(bytes: Uint8Array, from: number, end: number): number {
  const to = from + TAG_DIGITS
  if (to >= end) return -1
  for (let at = from; at < to; at++)
    if ((CLASS[bytes[at]] & SETS.hex) === 0 || (bytes[at] >= 0x41 && bytes[at] <= 0x46)) return -1
  return to
}

/** Whether what begins as a marker does stands at a place, whole or not. */
export function isMarkerHead(bytes: Uint8Array, at: number, end: number): boolean {
  return startsWith(bytes, at, end, HEAD)
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

/** Whether the colon at `at` is that of a whole marker: the name before it is no name. */
export function isColonOfMarker(
  bytes: Uint8Array,
  at: number,
  start: number,
  end: number,
  rules: Rules,
): boolean {
  const from = at - HEAD.length + 1
  return from >= start && bytes[from] === HEAD[0] && markerEnd(bytes, from, end, rules) !== -1
}

function isIdByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || isDigit(byte) || byte === DASH
}

/** Where the text after a marker starts, when `at` lies behind the colon of one; else `at`. */
export function afterMarkerHead(bytes: Uint8Array, at: number, start: number, end: number): number {
  const stop = Math.max(start, at - HEAD.length - MAX_ID - 1)
  for (let from = at - HEAD.length; from >= stop; from--) {
    if (bytes[from] !== HEAD[0] || !startsWith(bytes, from, end, HEAD)) continue
    const close = bytes.subarray(from, Math.min(end, at + MAX_ID + 1)).indexOf(CLOSE_BRACKET)
    return close === -1 || from + close < at ? at : from + close + 1
  }
  return at
}
