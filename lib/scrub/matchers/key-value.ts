/**
 * A telling name, a separator, a value, in whatever notation they stand: JSON at any depth of escaping, logfmt,
 * query strings, headers, YAML, XML.
 */
import {
  AMPERSAND,
  APOSTROPHE,
  BACKSLASH,
  BACKTICK,
  BARE,
  BLANK,
  bytesOf,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  DASH,
  EQUALS,
  GREATER,
  HASH,
  indexOfByte,
  isDigit,
  LESS,
  OPEN_BRACE,
  OPEN_BRACKET,
  PERCENT,
  QUESTION,
  QUOTE,
  runEnd,
  SEMICOLON,
  SLASH,
  startsWithWord,
} from '../bytes.ts'
import { depthOfQuote, stringEnd } from '../json-span.ts'
import { type Line, quoteText } from '../line.ts'
import { markerAround, markerEnd } from '../marker.ts'
import type { NameBefore } from '../name-before.ts'
import { cutContainer } from './container.ts'
import { isStateWord, placeholderEnd } from './placeholder.ts'
import { isLiteral } from './primitive.ts'
import { textLineEnd, textRunEnd } from './text-run.ts'
import { afterScheme, cutValue } from './value.ts'

const MAX_SEPARATOR = 4
const MAX_BLANKS = 16
const MAX_ELEMENT = 8192
const ENCODED_QUOTE = bytesOf('%22')
const OPENERS = new Set([OPEN_BRACE, OPEN_BRACKET, LESS, 0x24, 0x28])
const STRUCTURE = new Set([COMMA, CLOSE_BRACE, CLOSE_BRACKET, CLOSE_PAREN, COLON, SEMICOLON])

/** Looks at the name before the separator at `at` and cuts its value. Returns where to go on. */
export function cutKeyValue(line: Line, at: number, row: number, name: NameBefore): number {
  const { bytes, start, end, rules } = line
  if (at < line.containerEnd) return at + 1
  const marked = markerAround(bytes, at, start, end, rules)
  if (marked !== -1) return markerEnd(bytes, marked, end, rules)
  if (name.find(bytes, at, start) === -1) return at + 1
  if (bytes[at] === GREATER) return cutElement(line, at, row)
  const from = valueStart(bytes, at, end)
  if (from >= end) return at + 1
  return cutAt(line, from, row, name)
}

function cutAt(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const opening = skip(bytes, from, end, BACKSLASH)
  if (bytes[opening] === QUOTE) return cutQuoted(line, from, opening, row, name)
  if (name.quote === QUOTE) {
    if (bytes[from] === OPEN_BRACE || bytes[from] === OPEN_BRACKET) return cutMembers(line, from, row, name)
    return cutBare(line, from, row, name)
  }
  if (bytes[from] === APOSTROPHE || bytes[from] === BACKTICK) return cutSingleQuoted(line, from, row)
  if (startsWithWord(bytes, from, end, ENCODED_QUOTE))
    return cutRun(line, from + ENCODED_QUOTE.length, row, name)
  return cutRun(line, from, row, name)
}

/** Past the separator in its many forms (`:`, `=`, `=>`, `:=`, `%3D`, `%253A`) and the blanks after it. */
function valueStart(bytes: Uint8Array, at: number, end: number): number {
  let to = at
  if (bytes[to] === PERCENT) {
    to += bytes[to + 1] === 0x32 ? 5 : 3
  } else {
    const stop = Math.min(end, at + MAX_SEPARATOR)
    while (to < stop && (bytes[to] === COLON || bytes[to] === EQUALS || (bytes[to] === GREATER && to > at)))
      to++
  }
  const stop = Math.min(end, to + MAX_BLANKS)
  while (to < stop && (bytes[to] === BLANK || bytes[to] === 0x09)) to++
  return to
}

function cutQuoted(line: Line, from: number, opening: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const depth = depthOfQuote(opening - from)
  const closes =
    name.quote === QUOTE ? opening - from < name.backslashes : closesString(line, from, opening, depth)
  if (closes) return opening
  const to = stringEnd(bytes, opening + 1, end, depth)
  cutValue(line, opening + 1, to, row)
  return to
}

/** Whether the quote after a separator ends the string that the name stands in: `"msg":"enter password:"`. */
function closesString(line: Line, from: number, opening: number, depth: number): boolean {
  if (depth > line.depths.at(from)) return false
  if (line.json && depth === 0) return true
  const next = line.bytes[opening + 1]
  return (
    opening + 1 >= line.end || next <= BLANK || STRUCTURE.has(next) || next === QUOTE || next === BACKSLASH
  )
}

function cutMembers(line: Line, from: number, row: number, name: NameBefore): number {
  line.containerEnd = cutContainer(line, from, name.backslashes, row)
  return from + 1
}

/** A number or another value without quotes after a quoted name; the marker brings the quotes. */
function cutBare(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end, rules } = line
  const to = runEnd(bytes, from, end, BARE)
  const isNumber = isDigit(bytes[from]) || bytes[from] === DASH || line.json
  if (to === from || !isNumber) return cutRun(line, from, row, name)
  if (!isLiteral(bytes, from, to, rules.keyRules[row])) {
    line.cut(from, to, rules.keyCode(row), quoteText(name.backslashes, QUOTE))
  }
  return to
}

function cutSingleQuoted(line: Line, from: number, row: number): number {
  const { bytes, end } = line
  const next = indexOfByte(bytes, bytes[from], from + 1, end)
  const close = next === -1 ? end : next
  const depth = line.depths.at(from)
  const limit = depth >= 0 ? stringEnd(bytes, from + 1, close, depth) : close
  const to = limit === next ? next : textRunEnd(line, from + 1, limit)
  cutValue(line, from + 1, to, row)
  return to
}

function cutRun(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end, rules } = line
  if (OPENERS.has(bytes[from])) {
    const placeholder = placeholderEnd(bytes, from, end)
    if (placeholder !== -1) return placeholder
  }
  const inQuery = isInQuery(bytes, name.start, line.start)
  const run = runOf(line, from, row)
  const to = inQuery ? beforeFragment(bytes, from, run) : run
  if (isStateWord(bytes, from, to)) return to
  if (isLiteral(bytes, from, to, rules.keyRules[row]) || isPlainId(bytes, from, to, row, line)) return to
  if (inQuery) line.cutUnlessMarked(from, to, rules.code('query'))
  else cutValue(line, from, to, row)
  return Math.max(to, from)
}

/** `Session: 30546174_11`: in running text a soft name before digits alone counts or numbers something. */
function isPlainId(bytes: Uint8Array, from: number, to: number, row: number, line: Line): boolean {
  if (line.rules.keyRules[row].counts !== true) return false
  for (let at = from; at < to; at++)
    if (!isDigit(bytes[at]) && bytes[at] !== 0x5f && bytes[at] !== DASH) return false
  return true
}

/** Header lines reach to the end of the line, and a scheme takes its credentials along. */
function runOf(line: Line, from: number, row: number): number {
  const { bytes, end, rules } = line
  if (rules.keyRules[row].id === 'cookie' && textRunHolds(line, from, end, EQUALS))
    return textLineEnd(bytes, from, end)
  const credentials = afterScheme(bytes, from, end)
  if (credentials > from && isMultipart(bytes, from)) return textLineEnd(bytes, credentials, end)
  return textRunEnd(line, credentials, end)
}

function textRunHolds(line: Line, from: number, end: number, byte: number): boolean {
  const found = line.bytes.subarray(from, textRunEnd(line, from, end)).indexOf(byte)
  return found !== -1
}

/** Digest and the signed schemes carry a list of parameters. */
function isMultipart(bytes: Uint8Array, from: number): boolean {
  return LISTED.some((word) => startsWithWord(bytes, from, bytes.length, word))
}
const LISTED = ['digest ', 'aws4-', 'goog4-', 'hawk ', 'oauth ', 'signature '].map(bytesOf)

function isInQuery(bytes: Uint8Array, nameStart: number, start: number): boolean {
  return nameStart > start && (bytes[nameStart - 1] === QUESTION || bytes[nameStart - 1] === AMPERSAND)
}

/** The fragment of a URL is no part of its query (RFC 3986 section 3.5). */
function beforeFragment(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && bytes[at] !== HASH) at++
  return at
}

/** `<password>…</password>`; an opening element with no closing one is prose. */
function cutElement(line: Line, at: number, row: number): number {
  const { bytes, end, rules } = line
  const to = indexOfByte(bytes, LESS, at + 1, Math.min(end, at + MAX_ELEMENT))
  if (to === -1) return at + 1
  const depth = line.depths.at(at)
  if (depth >= 0 && stringEnd(bytes, at + 1, to, depth) < to) return at + 1
  const slash = skip(bytes, to + 1, end, BACKSLASH)
  if (bytes[slash] !== SLASH) return at + 1
  line.cutUnlessMarked(at + 1, to, rules.keyCode(row))
  return to
}

function skip(bytes: Uint8Array, at: number, end: number, byte: number): number {
  while (at < end && bytes[at] === byte) at++
  return at
}
