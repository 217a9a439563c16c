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
  DOT,
  EQUALS,
  HASH,
  indexOfByte,
  isDigit,
  isQuote,
  LESS,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUESTION,
  QUOTE,
  runEnd,
  SEMICOLON,
  SETS,
  SLASH,
  skip,
  startsWith,
  startsWithWord,
} from '../bytes.ts'
import { encodedQuoteAt, greaterSignAt } from '../encoded.ts'
import { depthOfQuote, stringEnd } from '../json-span.ts'
import { type Line, quoteText } from '../line.ts'
import { isMarkerHead, markerAround, markerEnd } from '../marker.ts'
import { isArrow, type NameBefore } from '../name-before.ts'
import { Words } from '../words.ts'
import { isCode } from './code.ts'
import { cutContainer } from './container.ts'
import { cutElement } from './element.ts'
import { cutElsewhere } from './elsewhere.ts'
import { gapAt } from './gap.ts'
import { cutNamed } from './named-value.ts'
import { cutPair } from './pair.ts'
import { isReference, isStateWord, placeholderEnd } from './placeholder.ts'
import { isLiteral } from './primitive.ts'
import { mayReadAsToken, readsAsSecret } from './reads.ts'
import { cutIfSecret } from './string-value.ts'
import { textLineEnd, textRunEnd } from './text-run.ts'
import { afterScheme, cutValue } from './value.ts'
import { afterStringPrefix, joinedString, OPERATORS, valueStart } from './value-start.ts'

const MAX_WEAK = 1024
const MAX_GAP = 64
/** The first byte of `→`. */
const ARROW = 0xe2
const OPENERS = new Set([OPEN_BRACE, OPEN_BRACKET, LESS, 0x24, 0x28])
const STRUCTURE = new Set([COMMA, CLOSE_BRACE, CLOSE_BRACKET, CLOSE_PAREN, COLON, SEMICOLON])

/** Looks at the name before the separator at `at` and cuts its value. Returns where to go on. */
export function cutKeyValue(line: Line, at: number, row: number, name: NameBefore): number {
  const { bytes, start, end, rules } = line
  if (at < line.containerEnd) return at + 1
  if (bytes[at] !== COMMA && rules.keyRules[row].pair !== true && isDone(line, at + 1)) return at + 1
  const marked = markerAround(bytes, at, start, end, rules)
  if (marked !== -1) return markerEnd(bytes, marked, end, rules)
  if (name.find(bytes, at, start) === -1) return at + 1
  if (greaterSignAt(bytes, at, end) > 0 && !isArrow(bytes, at, start)) return cutElement(line, at, row, name)
  if (bytes[at] === COMMA) return rules.keyRules[row].pair === true ? at + 1 : cutPair(line, at, row, name)
  const from = valueStart(line, at)
  const isLoose = bytes[at] === ARROW || isArrow(bytes, at, start)
  if (from >= end || (isLoose && !isArrowValue(line, from))) return at + 1
  if (rules.keyRules[row].pair === true) {
    return cutNamed(line, from, name, (value, named) =>
      value < end ? cutAt(line, value, named, name) : value,
    )
  }
  return cutAt(line, from, row, name)
}

/** `token -> kind` tells of names as often as of values. */
function isArrowValue(line: Line, from: number): boolean {
  const { bytes, end } = line
  return (
    bytes[from] === QUOTE ||
    bytes[from] === APOSTROPHE ||
    readsAsSecret(bytes, from, textRunEnd(line, from, end))
  )
}

/** Whether a marker is all of the value: what has been cut once is seen again in each later look. */
function isDone({ bytes, end, rules }: Line, from: number): boolean {
  const quote = bytes[from] === QUOTE || bytes[from] === APOSTROPHE ? bytes[from] : 0
  const marker = markerEnd(bytes, quote === 0 ? from : from + 1, end, rules)
  if (marker === -1) return false
  return quote === 0
    ? marker === end || bytes[marker] <= BLANK || bytes[marker] === AMPERSAND
    : bytes[marker] === quote
}

/** Cuts the value that starts at `from`, whatever its notation. `name` tells how its name is quoted and where it starts. */
export function cutAt(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end, rules } = line
  const marker = markerEnd(bytes, from, end, rules)
  if (marker !== -1 && name.quote !== 0) return marker
  const string = afterStringPrefix(bytes, from, end)
  if (string > from) return cutString(line, string, row, name)
  const opening = skip(bytes, from, end, BACKSLASH)
  if (bytes[opening] === QUOTE) return cutQuoted(line, from, opening, row, name)
  const next = rules.keyRules[row].weak === true ? -1 : cutElsewhere(line, from, row, name)
  if (next !== -1) return next
  if (name.quote === QUOTE) {
    if (bytes[from] === OPEN_BRACE || bytes[from] === OPEN_BRACKET) return cutMembers(line, from, row, name)
    return cutBare(line, from, row, name)
  }
  if (bytes[from] === APOSTROPHE || bytes[from] === BACKTICK) return cutInApostrophes(line, from, row, name)
  const quote = encodedQuoteAt(bytes, from, end)
  return quote > 0 ? cutEncoded(line, from, quote, row, name) : cutRun(line, from, row, name)
}

/** `'…'`; and `'&token=' + '…'`, where the first of them ends the string that the name stands in. */
function cutInApostrophes(line: Line, from: number, row: number, name: NameBefore): number {
  const joined = joinedString(line.bytes, from, line.end, OPERATORS)
  if (joined !== -1) return cutIfSecret(line, joined, row, name)
  const to = cutSingleQuoted(line, from, row)
  return to - from <= SHORT_HEAD ? cutTail(line, to, row, name) : to
}

/** `"" + "…"`, `'sk_live_' + '…'`: what is joined to an empty string or to the head of a token. */
function cutTail(line: Line, quote: number, row: number, name: NameBefore): number {
  const joined = joinedString(line.bytes, quote, line.end, OPERATORS)
  return joined === -1 ? quote : cutIfSecret(line, joined, row, name)
}
const SHORT_HEAD = 12
/** `"old" -> "new"`, as Terraform shows a change. */
const CHANGES = bytesOf(' -> ')

/** A value between quotes that are written for another medium: `&quot;…&quot;`. */
function cutEncoded(line: Line, from: number, quote: number, row: number, name: NameBefore): number {
  const { bytes, rules } = line
  const end = Math.min(line.end, from + MAX_ENCODED)
  const value = from + quote
  let to = value
  while (to < end && encodedQuoteAt(bytes, to, end) !== quote && bytes[to] !== QUOTE && bytes[to] >= BLANK)
    to++
  if (to === end || encodedQuoteAt(bytes, to, end) !== quote) return cutRun(line, value, row, name)
  if (!isLiteral(bytes, value, to, rules.keyRules[row])) cutValue(line, value, to, row)
  return to
}
const MAX_ENCODED = 512

/** A string whose quote stands at `from`, after backslashes, in text where no other string can begin there. */
export function cutString(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const opening = skip(bytes, from, end, BACKSLASH)
  if (bytes[opening] !== QUOTE) return cutSingleQuoted(line, opening, row)
  return cutQuoted(line, from, opening, row, name)
}

function cutQuoted(line: Line, from: number, opening: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const depth = depthOfQuote(opening - from)
  const closes =
    name.quote === QUOTE ? opening - from < name.backslashes : closesString(line, from, opening, depth)
  if (closes) return cutJoined(line, opening, row, name)
  const limit = line.rules.keyRules[row].weak === true ? Math.min(end, opening + MAX_WEAK) : end
  const to = stringEnd(bytes, opening + 1, limit, depth)
  cutValue(line, opening + 1, to, row)
  if (name.quote === QUOTE) return to
  const closing = skip(bytes, to, end, BACKSLASH)
  const changed = startsWith(bytes, closing + 1, end, CHANGES) ? closing + 1 + CHANGES.length : end
  const string = skip(bytes, changed, end, BACKSLASH)
  if (string < end && isQuote(bytes[string])) return cutIfSecret(line, changed, row, name)
  return to - opening <= SHORT_HEAD ? cutTail(line, closing, row, name) : to
}

/** `"password=" + "…"`. */
function cutJoined(line: Line, quote: number, row: number, name: NameBefore): number {
  const joined = line.json && line.depths.at(quote) <= 0 ? -1 : joinedString(line.bytes, quote, line.end)
  return joined === -1 ? quote : cutIfSecret(line, joined, row, name)
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
  if (rules.keyRules[row].weak !== true && !isLiteral(bytes, from, to, rules.keyRules[row])) {
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
  const bare = afterScheme(bytes, from, end)
  if (OPENERS.has(bytes[bare])) {
    const placeholder = placeholderEnd(bytes, bare, end)
    if (placeholder !== -1) return placeholder
  }
  if (bytes[from] === OPEN_BRACKET && !isMarkerHead(bytes, from, end))
    return cutPrintedList(line, from, row, name)
  if (bytes[from] === OPEN_BRACE && isQuote(bytes[skip(bytes, from + 1, end, BACKSLASH)])) return from
  if (bytes[from] === OPEN_PAREN) {
    const inside = gapAt(bytes, from + 1, end, MAX_GAP)
    if (inside.lines > 0 && isQuote(bytes[skip(bytes, inside.at, end, BACKSLASH)]))
      return cutIfSecret(line, inside.at, row, name)
  }
  if (isPrintedObject(bytes, from, end) || isReference(bytes, from, end)) return from
  if (rules.keyRules[row].weak === true && !mayReadAsToken(bytes, from, end)) return from
  const inQuery = isInQuery(bytes, name.start, line.start)
  const run = runOf(line, from, row)
  const to = inQuery ? beforeFragment(bytes, from, run) : run
  if (isStateWord(bytes, from, to) || isCode(line, from, to, name) || isWorking(line, from, to, name))
    return to
  if (isLiteral(bytes, from, to, rules.keyRules[row]) || isOrdinary(line, from, to, row)) return to
  if (inQuery) line.cutUnlessMarked(from, to, rules.code('query'))
  else cutValue(line, from, to, row)
  return Math.max(to, from)
}

/** `Authorization:[Bearer …]`, as Go prints lists: the first of the values; not what only looks like one. */
function cutPrintedList(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end, rules } = line
  const inside = from + 1
  const marker = markerEnd(bytes, from, end, rules)
  if (marker !== -1) return marker
  if (bytes[inside] === OPEN_BRACKET) return cutLongString(line, inside + 1, row)
  if (inside >= end || bytes[inside] <= BLANK || NO_VALUES.has(bytes[inside])) return from
  const isString = isQuote(bytes[skip(bytes, inside, end, BACKSLASH)])
  return isString ? cutIfSecret(line, inside, row, name) : cutAt(line, inside, row, name)
}

/** `[[…]]`, as Lua writes strings. */
function cutLongString(line: Line, from: number, row: number): number {
  const { bytes, end, rules } = line
  const marker = markerEnd(bytes, from, end, rules)
  if (marker !== -1) return marker
  const stop = Math.min(end, from + MAX_ENCODED)
  let to = from
  while (to < stop && bytes[to] !== CLOSE_BRACKET && bytes[to] > BLANK && bytes[to] !== QUOTE) to++
  if (bytes[to] !== CLOSE_BRACKET || bytes[to + 1] !== CLOSE_BRACKET || !readsAsSecret(bytes, from, to))
    return from
  cutValue(line, from, to, row)
  return to
}
const NO_VALUES = new Set([OPEN_BRACE, OPEN_BRACKET, CLOSE_BRACKET, LESS])

/** `pwd=/home/ada`, the directory that a shell tells of; `auth: login ok`, where a part of the program speaks. */
function isWorking({ bytes, start, rules }: Line, from: number, to: number, name: NameBefore): boolean {
  if (name.quote !== 0) return false
  if (startsWithWord(bytes, name.start, name.end, PWD) && name.end - name.start === PWD.length)
    return bytes[from] === SLASH && runEnd(bytes, from, to, SETS.url) === to
  if (name.end - name.start !== AUTH.length || !startsWith(bytes, name.start, name.end, AUTH)) return false
  const isSentence = bytes[name.end + 1] === BLANK && bytes[to] === BLANK && from > start
  let at = from
  while (at < to && bytes[at] >= 0x61 && bytes[at] <= 0x7a) at++
  return isSentence && at === to && markerEnd(bytes, from, to, rules) === -1
}
const PWD = bytesOf('pwd')
const AUTH = bytesOf('auth')

/** Values of running text that no secret looks like: a single character, a session's number, a version. */
function isOrdinary(line: Line, from: number, to: number, row: number): boolean {
  const { bytes, rules } = line
  if (to - from <= 1) return true
  const { id } = rules.keyRules[row]
  if (id === 'session') return isNumbered(bytes, from, to)
  if (id === 'connection-string') return runOfDigits(bytes, from, to, DOT) === to
  return id === 'password' && to - from <= LONGEST_TALLY && runOfDigits(bytes, from, to, 0) === to
}
/** `pass: 12, fail: 3`. */
const LONGEST_TALLY = 3

function runOfDigits(bytes: Uint8Array, from: number, to: number, join: number): number {
  let at = from
  while (at < to && (isDigit(bytes[at]) || bytes[at] === join)) at++
  return at
}

/** `Session: 30546174_11`. */
function isNumbered(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++)
    if (!isDigit(bytes[at]) && bytes[at] !== 0x5f && bytes[at] !== DASH) return false
  return true
}

/** `Token{a64f992 …` and `Token@1f2e3d`, as Java prints objects: a class's name and what opens its insides. */
function isPrintedObject(bytes: Uint8Array, from: number, end: number): boolean {
  if (!(bytes[from] >= 0x41 && bytes[from] <= 0x5a)) return false
  const stop = Math.min(end, from + MAX_CLASS)
  let at = from
  let lowers = 0
  while (at < stop && isLetter(bytes[at])) lowers += bytes[at++] >= 0x61 ? 1 : 0
  return lowers > 1 && at < stop && PRINTS.has(bytes[at])
}
const MAX_CLASS = 64
const PRINTS = new Set([OPEN_BRACE, 0x40])

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
}

/** Header lines reach to the end of the line, and a scheme takes its credentials along. */
function runOf(line: Line, from: number, row: number): number {
  const { bytes, rules } = line
  // A weak name may spare its value, so the names in it are looked at too, and each must be done soon.
  const end = rules.keyRules[row].weak === true ? Math.min(line.end, from + MAX_WEAK) : line.end
  if (rules.keyRules[row].id === 'cookie' && textRunHolds(line, from, end, EQUALS))
    return textLineEnd(bytes, from, end)
  const credentials = afterScheme(bytes, from, end)
  if (credentials > from && textRunEnd(line, credentials, end) === credentials) return from
  if (credentials > from && isMultipart(bytes, from)) {
    const to = textLineEnd(bytes, credentials, end)
    // Of parameters in quotes each is looked at by its own name.
    return bytes[to - 1] === EQUALS && bytes[skip(bytes, to, end, BACKSLASH)] === QUOTE ? from : to
  }
  if (credentials === from && rules.keyRules[row].id === 'authorization')
    return afterUnknownScheme(line, from)
  return textRunEnd(line, credentials, end)
}

function textRunHolds(line: Line, from: number, end: number, byte: number): boolean {
  const found = line.bytes.subarray(from, textRunEnd(line, from, end)).indexOf(byte)
  return found !== -1
}

/** Digest and the signed schemes carry a list of parameters. */
function isMultipart(bytes: Uint8Array, from: number): boolean {
  return LISTED.at(bytes, from, bytes.length) > 0
}
const LISTED = new Words(['digest ', 'aws4-', 'goog4-', 'hawk ', 'oauth ', 'signature '])

function isInQuery(bytes: Uint8Array, nameStart: number, start: number): boolean {
  return nameStart > start && (bytes[nameStart - 1] === QUESTION || bytes[nameStart - 1] === AMPERSAND)
}

/** `Authorization: SSWS 00Ab…`: a scheme that is in no list still takes its credentials along. */
function afterUnknownScheme(line: Line, from: number): number {
  const { bytes, end } = line
  const to = textRunEnd(line, from, end)
  let at = from
  while (at < to && (isLetter(bytes[at]) || bytes[at] === DASH)) at++
  if (at < to || bytes[to] !== BLANK) return to
  const next = textRunEnd(line, to + 1, end)
  return readsAsSecret(bytes, to + 1, next) ? next : to
}

/** The fragment of a URL is no part of its query (RFC 3986 section 3.5). */
function beforeFragment(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && bytes[at] !== HASH) at++
  return at
}
