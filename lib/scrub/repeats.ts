/**
 * A secret that is told by its name and stands elsewhere on its line without one: `{"password":"…","msg":"login
 * with … failed"}`.
 */
import {
  atLeftEdge,
  backslashesBefore,
  CLASS,
  COLON,
  isDigit,
  NEWLINE,
  QUOTE,
  startsWith,
  WORD,
} from './bytes.ts'
import { type Cut, ESCAPE, type Line } from './line.ts'
import { markerAround } from './marker.ts'

/** So many values of a line are looked for; more would cost too much. */
const MOST = 8
const SHORTEST = 8
/** A word alone must be as long as this to be looked for: a shorter one may stand anywhere. */
const SHORTEST_WORD = 12
const LONGEST = 1024
const MOST_FOUND = 1000

/** Cuts copies of what has been cut so far, within the same line. */
export function cutRepeats(line: Line): void {
  const bytes = bufferOf(line.bytes)
  let lineEnd = -1
  let lineStart = -1
  let text = ''
  let seen: string[] = []
  for (const cut of [...line.cuts]) {
    // An address that was shortened is no secret whose copies have to go.
    if (cut.code === ESCAPE || cut.inside === true || cut.instead !== undefined) continue
    if (cut.start >= lineEnd || cut.start < lineStart) {
      lineStart = line.json ? line.start : Math.max(line.start, bytes.lastIndexOf(NEWLINE, cut.start) + 1)
      const newline = line.json ? -1 : bytes.indexOf(NEWLINE, cut.start)
      lineEnd = newline === -1 || newline > line.end ? line.end : newline
      text = bytes.toString('latin1', lineStart, lineEnd)
      seen = []
    }
    if (seen.length >= MOST || cut.end > lineEnd || !isWorthIt(bytes, cut)) continue
    const value = text.slice(cut.start - lineStart, cut.end - lineStart)
    if (seen.includes(value) || isName(line, value)) continue
    seen.push(value)
    cutCopies(line, cut, value, text, lineStart)
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** `token = this.token`: the name of a secret is none. Few names have a digit, and to ask for each value is dear. */
function isName(line: Line, value: string): boolean {
  for (let at = 0; at < value.length; at++) if (isDigit(value.charCodeAt(at))) return false
  return line.rules.keyNames.find(value) !== undefined
}

/** @param text the line from `from` on, each byte as a character */
function cutCopies(line: Line, cut: Cut, value: string, text: string, from: number): void {
  let found = 0
  for (
    let at = text.indexOf(value);
    at !== -1 && found < MOST_FOUND;
    at = text.indexOf(value, at + value.length)
  ) {
    const start = from + at
    found++
    if (start !== cut.start && mayGo(line, start, start + value.length))
      line.cut(start, start + value.length, cut.code)
  }
}

/** Whether a copy is one: a word of its own in the text of a string, and not what hushlog itself says of the record. */
function mayGo(line: Line, from: number, to: number): boolean {
  const { bytes, start, end, rules } = line
  // The second half of an escape, at another depth: `\\u001b` holds `\u001b`.
  if (backslashesBefore(bytes, from, start) % 2 === 1) return false
  if ((CLASS[bytes[from]] & WORD) !== 0 && !atLeftEdge(bytes, from, start)) return false
  if ((CLASS[bytes[to - 1]] & WORD) !== 0 && to < end && (CLASS[bytes[to]] & WORD) !== 0) return false
  if (markerAround(bytes, from, start, end, rules) !== -1) return false
  if (!line.json) return true
  return (
    line.depths.at(from) >= 0 && !isStamp(line, from) && !(bytes[to] === QUOTE && bytes[to + 1] === COLON)
  )
}

const STAMPS = ['time', 'service', 'host', 'operation', 'reqId', 'trace_id', 'span_id', 'kind'].map((name) =>
  Buffer.from(`"${name}":"`),
)

function isStamp({ bytes, start }: Line, from: number): boolean {
  return STAMPS.some(
    (stamp) => from - stamp.length > start && startsWith(bytes, from - stamp.length, from, stamp),
  )
}

/** A value of some length that is no mere word. */
function isWorthIt(bytes: Buffer, { start, end }: Cut): boolean {
  const length = end - start
  if (length < SHORTEST || length > LONGEST) return false
  if (length >= SHORTEST_WORD) return true
  for (let at = start; at < end; at++) if (isDigit(bytes[at]) || (CLASS[bytes[at]] & WORD) === 0) return true
  return false
}
