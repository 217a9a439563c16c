/**
 * Lines in which a private key in PEM (RFC 7468) begins and does not end.
 */
import { DASH, NEWLINE } from './bytes.ts'
import { Depths, stringEnd } from './json-span.ts'

const BEGIN = '-----BEGIN '
const END = '-----END'
const PRIVATE = 'PRIVATE KEY'
const MAX_LABEL = 100
/** A line with more keys than this is taken for one with an open key. */
const MAX_KEYS = 8

/** The start of the first line in `[from, to)` that leaves a key open, else `to`. */
export function openKeyLine(bytes: Buffer, from: number, to: number): number {
  for (let at = bytes.indexOf(BEGIN, from); at !== -1 && at < to; ) {
    const start = Math.max(from, bytes.lastIndexOf(NEWLINE, at) + 1)
    const newline = bytes.indexOf(NEWLINE, at)
    const end = newline === -1 || newline > to ? to : newline
    if (leavesKeyOpen(bytes.subarray(start, end))) return start
    at = bytes.indexOf(BEGIN, end)
  }
  return to
}

/** Whether the key that earlier lines have begun ends in this one, and no other begins behind it. */
export function closesKey(line: Buffer): boolean {
  return line.includes(END) && !leavesKeyOpen(line)
}

function leavesKeyOpen(line: Buffer): boolean {
  const depths = new Depths()
  depths.reset(line, 0)
  let keys = 0
  const ended = line.lastIndexOf(END)
  for (let at = line.indexOf(BEGIN, ended + 1); at !== -1; at = line.indexOf(BEGIN, at + 1)) {
    if (!isPrivate(line, at + BEGIN.length)) continue
    if (++keys > MAX_KEYS) return true
    // As the matcher does: a key in a string that is closed reaches to the end of that string.
    const depth = depths.at(at)
    if (depth < 0 || stringEnd(line, at, line.length, depth) === line.length) return true
  }
  return false
}

function isPrivate(line: Buffer, from: number): boolean {
  const dash = line.indexOf(DASH, from)
  const end = Math.min(dash === -1 ? line.length : dash, from + MAX_LABEL)
  return line.toString('latin1', from, end).includes(PRIVATE)
}
