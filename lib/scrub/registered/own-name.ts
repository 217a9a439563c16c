/** Names of a record's own members, which must stay readable whatever is registered. */
import { COLON, QUOTE } from '../bytes.ts'
import type { Line } from '../line.ts'

const OWN_NAMES = new Set(
  (
    'level time service host pid operation reqId kind msg req res responseTime err method url remoteAddress user statusCode ' +
    'contentLength aborted action actor target outcome reason details trace_id span_id type message stack code'
  ).split(' '),
)

const LONGEST_OWN_NAME = 16

/** Whether a place lies in the name of one of the record's own members: `"operation":`. */
export function isOwnName({ bytes, start, end }: Line, at: number, to: number): boolean {
  const first = Math.max(start, at - LONGEST_OWN_NAME)
  const last = Math.min(end, to + LONGEST_OWN_NAME)
  let from = at
  while (from > first && bytes[from - 1] !== QUOTE) from--
  while (to < last && bytes[to] !== QUOTE) to++
  if (bytes[to] !== QUOTE || bytes[to + 1] !== COLON) return false
  return OWN_NAMES.has(String.fromCharCode(...bytes.subarray(from, Math.min(to, from + LONGEST_OWN_NAME))))
}
