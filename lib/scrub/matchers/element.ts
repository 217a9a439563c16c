/**
 * Elements of XML and HTML: `<password>…</password>`, also written for another medium, `&lt;password&gt;…`, and
 * names that are values themselves: `<key>password</key><string>…</string>`.
 */
import {
  BACKSLASH,
  backslashesBefore,
  bytesOf,
  CLASS,
  COLON,
  GREATER,
  indexOfByte,
  LESS,
  lower,
  NAME,
  QUOTE,
  SLASH,
  SPACE,
  skip,
  startsWith,
  startsWithWord,
} from '../bytes.ts'
import { greaterSignAt, lessSignAt } from '../encoded.ts'
import { depthOfQuote, stringEnd } from '../json-span.ts'
import type { Line } from '../line.ts'
import type { NameBefore } from '../name-before.ts'
import { gapAt } from './gap.ts'
import { isPlaceholder } from './placeholder.ts'

const MAX_ELEMENT = 8192
const MAX_TAG = 256
const MAX_NAME = 64
const ENCODED_SLASH = bytesOf('%2f')
const CDATA = bytesOf('<![CDATA[')
const CDATA_END = bytesOf(']]')

/** Cuts the text of the element whose tag ends at `at`: the tag that opens it or, behind the text, the one that closes it. */
export function cutElement(line: Line, at: number, row: number, name?: NameBefore): number {
  const { bytes, start, rules } = line
  const sign = greaterSignAt(bytes, at, line.end)
  if (name !== undefined && name.start > start && bytes[name.start - 1] === SLASH) {
    if (bytes[at] === GREATER && rules.keyRules[row].pair !== true) cutBeforeClosing(line, row, name)
    return at + sign
  }
  const text = textAfter(line, at + sign)
  if (text === undefined) return at + sign
  if (rules.keyRules[row].pair === true)
    return name === undefined ? text.to : cutNamedElement(line, text, at + sign, name)
  cutText(line, text.from, text.to, row)
  return text.to
}

interface Text {
  from: number
  to: number
}

/** The text up to the tag that closes the element; an opening element with no closing one is prose. */
function textAfter(line: Line, at: number): Text | undefined {
  const { bytes } = line
  const end = Math.min(line.end, at + MAX_ELEMENT)
  if (startsWith(bytes, at, end, CDATA)) {
    const close = indexOfByte(bytes, GREATER, at + CDATA.length, end)
    return close === -1 ||
      !startsWith(bytes, close - 2, end, CDATA_END) ||
      endOfString(line, at, close) < close
      ? undefined
      : { from: at + CDATA.length, to: close - 2 }
  }
  let to = at
  while (to < end && lessSignAt(bytes, to, end) === 0) to++
  if (to === end || endOfString(line, at, to) < to) return undefined
  const next = skip(bytes, to + lessSignAt(bytes, to, end), end, BACKSLASH)
  if (bytes[next] !== SLASH && !startsWithWord(bytes, next, end, ENCODED_SLASH)) return undefined
  // In JSON the backslashes before an escaped sign are all part of it.
  return { from: at, to: bytes[to] === BACKSLASH ? to - backslashesBefore(bytes, to, at) : to }
}

function endOfString(line: Line, at: number, end: number): number {
  const depth = line.depths.at(at)
  return depth < 0 ? end : stringEnd(line.bytes, at, end, depth)
}

/** Whether `from` and `to` stand in different strings. */
export function endsString(line: Line, from: number, to: number): boolean {
  const { bytes } = line
  const depth = line.depths.at(to)
  for (let at = indexOfByte(bytes, QUOTE, from, to); at !== -1; at = indexOfByte(bytes, QUOTE, at + 1, to))
    if (depthOfQuote(backslashesBefore(bytes, at, from)) <= depth) return true
  return false
}

/** `<password type="…">…</password>`: only the tag that closes tells, for its name stands alone in it. */
function cutBeforeClosing(line: Line, row: number, name: NameBefore): void {
  const { bytes, start } = line
  const to = indexBefore(bytes, LESS, name.start, Math.max(start, name.start - MAX_NAME))
  if (to === -1) return
  const close = indexBefore(bytes, GREATER, to, Math.max(start, to - MAX_ELEMENT))
  if (close === -1 || close + 1 === to) return
  const open = indexBefore(bytes, LESS, close, Math.max(start, close - MAX_TAG))
  if (open === -1 || !isSameName(bytes, open + 1, name) || endsString(line, open, to)) return
  cutText(line, close + 1, to, row)
}

function isSameName(bytes: Uint8Array, from: number, name: NameBefore): boolean {
  const length = name.end - name.start
  let at = from
  while ((CLASS[bytes[at]] & NAME) !== 0 && at - from < MAX_NAME) at++
  const own = bytes[at] === COLON ? at + 1 : from
  for (let i = 0; i < length; i++) {
    if (lower(bytes[own + i]) !== lower(bytes[name.start + i])) return false
  }
  return (CLASS[bytes[own + length]] & NAME) === 0
}

/** `<key>password</key><value>…</value>`; a list of settings has `<string>` there. */
function cutNamedElement(line: Line, { from, to }: Text, rest: number, name: NameBefore): number {
  const { bytes } = line
  if (to - from > MAX_NAME || to === from) return rest
  const row = name.verdictOf(bytes, from, to)
  if (row === -1 || line.rules.keyRules[row].pair === true) return rest
  const end = endOfString(line, to, Math.min(line.end, to + MAX_TAG))
  const opening = afterSpace(bytes, afterTag(bytes, to, end), end)
  if (lessSignAt(bytes, opening, end) === 0) return rest
  const value = textAfter(line, afterTag(bytes, opening, end))
  if (value === undefined) return rest
  cutText(line, value.from, value.to, row)
  return value.to
}

/** Past the `>` of the tag that starts at `at`, or `end`. */
function afterTag(bytes: Uint8Array, at: number, end: number): number {
  let to = at
  while (to < end && greaterSignAt(bytes, to, end) === 0) to++
  return to < end ? to + greaterSignAt(bytes, to, end) : end
}

function cutText(line: Line, from: number, to: number, row: number): void {
  const { bytes, rules } = line
  const first = afterSpace(bytes, from, to)
  let last = to
  while (last > first && (CLASS[bytes[last - 1]] & SPACE) !== 0) last--
  if (!isPlaceholder(bytes, first, last)) line.cutUnlessMarked(first, last, rules.keyCode(row))
}

function afterSpace(bytes: Uint8Array, at: number, end: number): number {
  return gapAt(bytes, at, end, end - at).at
}

function indexBefore(bytes: Uint8Array, byte: number, at: number, start: number): number {
  for (let from = at - 1; from >= start; from--) if (bytes[from] === byte) return from
  return -1
}
