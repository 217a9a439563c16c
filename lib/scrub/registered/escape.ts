/** Escapes of JSON, which a cut may not divide: the line would not be JSON any more. */
import { BACKSLASH, backslashesBefore } from '../bytes.ts'
import type { Line } from '../line.ts'

const U = 0x75
const LONG_ESCAPE = 6
const SHORT_ESCAPE = 2

/** `[at, to)`, and all of the escapes that it divides. */
export function wholeEscapes({ bytes, start, end }: Line, at: number, to: number): [number, number] {
  const first = escapeAround(bytes, at, start)
  const last = escapeAround(bytes, to, start)
  return [
    first === -1 ? at : first,
    last === -1 ? to : Math.min(end, last + (bytes[last + 1] === U ? LONG_ESCAPE : SHORT_ESCAPE)),
  ]
}

/** Where the escape starts that a place lies in, behind its backslash; else -1. */
function escapeAround(bytes: Uint8Array, at: number, start: number): number {
  if (isEscape(bytes, at - 1, start)) return at - 1
  for (let from = at - SHORT_ESCAPE; from > at - LONG_ESCAPE; from--)
    if (bytes[from + 1] === U && isEscape(bytes, from, start)) return from
  return -1
}

function isEscape(bytes: Uint8Array, at: number, start: number): boolean {
  return at >= start && bytes[at] === BACKSLASH && backslashesBefore(bytes, at, start) % 2 === 0
}
