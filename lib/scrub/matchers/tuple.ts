/**
 * Columns whose names are secret, and the values that stand in their places:
 * `INSERT INTO users (login, password) VALUES ('ada', '…'), …`.
 */
import {
  APOSTROPHE,
  BACKSLASH,
  BACKTICK,
  BLANK,
  bytesOf,
  CLASS,
  CLOSE_PAREN,
  COMMA,
  NAME,
  OPEN_PAREN,
  QUOTE,
  skip,
  startsWithWord,
} from '../bytes.ts'
import { depthOfQuote } from '../json-span.ts'
import type { Line } from '../line.ts'
import type { NameBefore } from '../name-before.ts'
import { afterArgument } from './call.ts'
import { gapAt } from './gap.ts'
import { stringTo } from './string-value.ts'
import { cutValue } from './value.ts'

const MAX_LIST = 2048
const MAX_TUPLE = 8192
const MAX_VALUE = 512
const MAX_GAP = 64
const VALUES = bytesOf('values')
const IN_LIST = new Set([BLANK, COMMA, QUOTE, APOSTROPHE, BACKTICK, BACKSLASH])

/** Looks at the list of columns around the name that ends at `to`, once for all its names. */
export function cutTuples(line: Line, to: number, name: NameBefore): void {
  const { bytes, end } = line
  if (to < line.columnsEnd) return
  const close = listEnd(bytes, to, Math.min(end, to + MAX_LIST))
  line.columnsEnd = close
  if (bytes[close] !== CLOSE_PAREN) return
  const values = gapAt(bytes, close + 1, end, MAX_GAP).at
  if (!startsWithWord(bytes, values, end, VALUES)) return
  const open = listStart(bytes, to, Math.max(line.start, to - MAX_LIST))
  if (open === -1) return
  const rows = rowsOf(line, open + 1, close, name)
  const stop = Math.min(end, values + MAX_TUPLE)
  let tuple = gapAt(bytes, values + VALUES.length, stop, MAX_GAP).at
  while (tuple < stop && bytes[tuple] === OPEN_PAREN) {
    const after = cutTuple(line, tuple + 1, stop, rows)
    line.columnsEnd = after === -1 ? stop : after
    if (after === -1) return
    const comma = gapAt(bytes, after, stop, MAX_GAP).at
    tuple = bytes[comma] === COMMA ? gapAt(bytes, comma + 1, stop, MAX_GAP).at : stop
  }
}

function listEnd(bytes: Uint8Array, from: number, stop: number): number {
  let at = from
  while (at < stop && bytes[at] !== CLOSE_PAREN && isInList(bytes[at])) at++
  return at
}

function listStart(bytes: Uint8Array, from: number, stop: number): number {
  let at = from
  while (at > stop && isInList(bytes[at - 1])) at--
  return at > stop && bytes[at - 1] === OPEN_PAREN ? at - 1 : -1
}

function isInList(byte: number): boolean {
  return (CLASS[byte] & NAME) !== 0 || IN_LIST.has(byte)
}

/** For each column the key rule of its name, or -1. */
function rowsOf({ bytes, rules }: Line, from: number, to: number, name: NameBefore): number[] {
  const rows: number[] = []
  for (let at = from; at < to; ) {
    let end = at
    while (end < to && bytes[end] !== COMMA) end++
    let start = at
    while (start < end && IN_LIST.has(bytes[start])) start++
    let stop = end
    while (stop > start && IN_LIST.has(bytes[stop - 1])) stop--
    const row = stop > start ? name.verdictOf(bytes, start, stop) : -1
    const isSure = row !== -1 && rules.keyRules[row].pair !== true && rules.keyRules[row].weak !== true
    rows.push(isSure ? row : -1)
    at = end + 1
  }
  return rows
}

/** Cuts the strings of one tuple. Returns where it ends, or -1. */
function cutTuple(line: Line, from: number, stop: number, rows: readonly number[]): number {
  const { bytes } = line
  let at = from
  for (let column = 0; at !== -1 && at < stop; column++) {
    const row = rows[column] ?? -1
    if (row !== -1) cutStringAt(line, gapAt(bytes, at, stop, MAX_GAP).at, row)
    const limit = Math.min(stop, at + MAX_VALUE)
    const next = afterArgument(bytes, at, limit)
    if (next === -1) return tupleEnd(bytes, at, limit)
    at = next
  }
  return -1
}

function cutStringAt(line: Line, at: number, row: number): void {
  const { bytes, end } = line
  // SQL's national strings: N'…'.
  const from = bytes[at] === 0x4e && bytes[at + 1] === APOSTROPHE ? at + 1 : at
  const opening = skip(bytes, from, end, BACKSLASH)
  if (bytes[opening] !== QUOTE && bytes[opening] !== APOSTROPHE) return
  if (line.endsString(from, opening)) return
  cutValue(line, opening + 1, stringTo(line, opening, depthOfQuote(opening - from)), row)
}

/** Behind the bracket that closes the tuple whose last value starts at `from`. */
function tupleEnd(bytes: Uint8Array, from: number, stop: number): number {
  let quoted = false
  for (let at = from; at < stop; at++) {
    if (bytes[at] === APOSTROPHE) quoted = !quoted
    else if (bytes[at] === CLOSE_PAREN && !quoted) return at + 1
  }
  return -1
}
