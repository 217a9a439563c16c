/**
 * A telling word and its value where no colon or equals sign of the plain kind stands between them:
 * `config["password"] = "…"`, `setPassword("…")`, `the token is …`, `<key>secret</key><string>…`, `api_key -> …`.
 * Only the words that stand in most secret names are looked for so; nothing but what reads as a secret goes.
 */
import {
  BACKSLASH,
  BLANK,
  backslashesBefore,
  bytesOf,
  CLASS,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  EQUALS,
  GREATER,
  indexOfByte,
  isQuote,
  LESS,
  NAME,
  OPEN_BRACE,
  OPEN_PAREN,
  SLASH,
  skip,
  startsWith,
  startsWithWord,
  WORD,
} from '../bytes.ts'
import type { Line } from '../line.ts'
import type { NameBefore } from '../name-before.ts'
import { Words } from '../words.ts'
import { cutAfterSeparator, cutApart, isSeparator } from './apart.ts'
import { cutElement, endsString } from './element.ts'
import { gapAt } from './gap.ts'
import { cutArgument } from './pair.ts'
import { readsAsRandom, readsAsSecret } from './reads.ts'
import { cutIfSecret } from './string-value.ts'
import { textRunEnd } from './text-run.ts'
import { cutTuples } from './tuple.ts'
import { cutValue } from './value.ts'
import { afterStringPrefix } from './value-start.ts'

const MAX_NAME = 64
const MAX_GAP = 64
const MAX_TAG = 256
const MAX_TOKEN = 128
const STAR = 0x2a
const BANG = 0x21

/** Looks at what follows the name around `at` and cuts its value. Returns where to go on. */
export function cutAfterWord(line: Line, at: number, _row: number, name: NameBefore): number {
  const { bytes, start, end, rules } = line
  const from = nameStart(bytes, at, start)
  const to = afterKey(bytes, nameEnd(bytes, at, end), end)
  // The plain separators have candidates of their own.
  if (to - at >= MAX_NAME || at - from >= MAX_NAME || isSeparator(bytes[to]) || bytes[to] === GREATER)
    return at + 1
  const row = name.verdictOf(bytes, from, to)
  if (row === -1 || rules.keyRules[row].pair === true || rules.keyRules[row].weak === true) return at + 1
  name.start = from
  name.end = to
  name.quote = 0
  name.backslashes = 0
  const next = cutAfterName(line, from, to, row, name)
  return Math.max(at + 1, next)
}

function nameStart(bytes: Uint8Array, at: number, start: number): number {
  const stop = Math.max(start, at - MAX_NAME)
  let from = at
  while (from > stop && (CLASS[bytes[from - 1]] & NAME) !== 0) from--
  // `\npassword`: the letter belongs to the escape.
  if (from > start && bytes[from - 1] === BACKSLASH && backslashesBefore(bytes, from, start) % 2 === 1) from++
  return Math.min(from, at)
}

function nameEnd(bytes: Uint8Array, at: number, end: number): number {
  const stop = Math.min(end, at + MAX_NAME)
  let to = at
  while (to < stop && (CLASS[bytes[to]] & NAME) !== 0 && bytes[to] !== CLOSE_BRACKET) to++
  while (to > at && (bytes[to - 1] === 0x2e || bytes[to - 1] === 0x2d)) to--
  return to
}

/** `api key`, `Secret Key`: the name in two words. */
function afterKey(bytes: Uint8Array, to: number, end: number): number {
  const word = startsWithWord(bytes, to, end, KEY) ? to + KEY.length : to
  return word === end || (CLASS[bytes[word]] & WORD) === 0 ? word : to
}
const KEY = bytesOf(' key')

/** The forms, each told by what follows the name. */
function cutAfterName(line: Line, from: number, to: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const closed = afterQuote(line, from, to)
  const isQuoted = closed > to
  if (bytes[closed] === LESS && bytes[closed + 1] === SLASH) return cutNextElement(line, closed, row)
  if (isTag(line, from)) return cutTag(line, to, row)
  if (startsWith(bytes, to, end, KEY_OF)) return cutKeyOf(line, to + KEY_OF.length, row)
  if (isQuoted && isLabel(line, from)) return to
  if (isQuoted && bytes[closed] === GREATER) return cutElement(line, closed, row)
  const after = afterClosers(bytes, closed, end)
  if (after > closed && isSeparator(bytes[after])) return cutAfterSeparator(line, after, row, name)
  const gap = gapAt(bytes, after, end, MAX_GAP)
  if (gap.lines > 0 || gap.at >= end) return to
  const byte = bytes[gap.at]
  if (byte === EQUALS || byte === COLON)
    return after > closed ? cutAfterSeparator(line, gap.at, row, name) : to
  if (isQuoted) {
    if (byte === COMMA || byte === CLOSE_PAREN) cutTuples(line, gap.at, name)
    if (byte === COMMA) return cutArgument(line, skip(bytes, gap.at + 1, end, BLANK), row, name)
    const typed = TYPES.at(bytes, gap.at, end)
    if (typed > 0) return cutString(line, gap.at + typed, row, name)
    return byte === OPEN_BRACE ? cutDefault(line, gap.at, row, name) : to
  }
  if (byte === BANG && bytes[gap.at + 1] === EQUALS) return cutAfterSeparator(line, gap.at + 1, row, name)
  if (byte === OPEN_PAREN) return cutCall(line, gap.at, row, name)
  if (byte === OPEN_BRACE && isQuote(bytes[skip(bytes, skip(bytes, gap.at + 1, end, BLANK), end, BACKSLASH)]))
    return cutString(line, gap.at + 1, row, name)
  if (byte === COMMA || byte === CLOSE_PAREN) cutTuples(line, gap.at, name)
  if (byte === COMMA) return cutNext(line, from, gap.at + 1, row, name)
  if (gap.at === after) return to
  return cutApart(line, gap.at, gap.indent >= 2, row, name)
}

/** `("password").send_keys("…")`, as tests fill forms in, and `"password" to "…"`, as Kotlin writes a pair. */
const TYPES = new Words([').send_keys(', ').sendKeys(', ').type(', ').fill(', ').setValue(', 'to '], 'exact')

/** `Key (token)=(…) already exists`, as PostgreSQL says it. */
const KEY_OF = bytesOf(')=(')

function cutKeyOf(line: Line, from: number, row: number): number {
  const { bytes, end } = line
  const to = textRunEnd(line, from, Math.min(end, from + MAX_TAG))
  if (bytes[to] !== CLOSE_PAREN || !readsAsSecret(bytes, from, to)) return from
  cutValue(line, from, to, row)
  return to
}

/** `<label for="password">`: what it holds is for people to read. */
function isLabel({ bytes, start }: Line, from: number): boolean {
  const quote = from - 1 - backslashesBefore(bytes, from - 1, start)
  return startsWith(bytes, Math.max(start, quote - FOR.length), quote, FOR)
}
const FOR = bytesOf('for=')

/** Past the quote that closes the name, where one opened it. */
function afterQuote({ bytes, start, end }: Line, from: number, to: number): number {
  if (from === start || !isQuote(bytes[from - 1])) return to
  const close = skip(bytes, to, end, BACKSLASH)
  const isSame = bytes[close] === bytes[from - 1] && close - to === backslashesBefore(bytes, from - 1, start)
  return isSame ? close + 1 : to
}

/** Past what closes a subscript or an emphasis: `["password"]`, `**password**`. */
function afterClosers(bytes: Uint8Array, at: number, end: number): number {
  let to = skip(bytes, at, end, CLOSE_BRACKET)
  if (bytes[to] === STAR && bytes[to + 1] === STAR) to += 2
  return to
}

/** Whether the name is that of an XML element with attributes: `<wsse:Password Type="…">`. */
function isTag({ bytes, start }: Line, from: number): boolean {
  let before = from - 1
  if (bytes[before] === COLON) {
    const stop = Math.max(start, before - MAX_NAME)
    while (before > stop && (CLASS[bytes[before - 1]] & NAME) !== 0) before--
    before--
  }
  return before >= start && bytes[before] === LESS
}

function cutTag(line: Line, to: number, row: number): number {
  if (line.bytes[to] !== BLANK) return to
  const close = indexOfByte(line.bytes, GREATER, to, Math.min(line.end, to + MAX_TAG))
  const nested = indexOfByte(line.bytes, LESS, to, Math.min(line.end, to + MAX_TAG))
  if (close === -1 || (nested !== -1 && nested < close) || line.bytes[close - 1] === SLASH) return to
  if (endsString(line, to, close)) return to
  return cutElement(line, close, row)
}

/** `<key>password</key><string>…</string>`: the name is the text of one element and the value that of the next. */
function cutNextElement(line: Line, from: number, row: number): number {
  const { bytes, end } = line
  const stop = Math.min(end, from + MAX_TAG)
  let at = indexOfByte(bytes, GREATER, from, stop)
  for (let tags = 0; at !== -1 && tags < 2; tags++) {
    const next = gapAt(bytes, at + 1, stop, MAX_GAP).at
    if (bytes[next] !== LESS) break
    if (bytes[next + 1] === SLASH) return from
    at = indexOfByte(bytes, GREATER, next, stop)
  }
  return at === -1 ? from : cutElement(line, at, row)
}

/** `variable "db_password" { default = "…" }`, as Terraform declares one. */
function cutDefault(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes } = line
  const stop = Math.min(line.end, from + MAX_TAG)
  for (let at = from; at < stop && bytes[at] !== CLOSE_BRACE; at++) {
    if (!startsWith(bytes, at, stop, DEFAULT)) continue
    const equals = skip(bytes, at + DEFAULT.length, stop, BLANK)
    return bytes[equals] === EQUALS ? cutString(line, equals + 1, row, name) : from
  }
  return from
}
const DEFAULT = bytesOf('default')

/** `setPassword("…")`, `token (…)`. */
function cutCall(line: Line, paren: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  if (ASKS.at(bytes, afterLastDot(bytes, name.start, paren), end) > 0) return paren
  const argument = skip(bytes, paren + 1, end, BLANK)
  const some = startsWith(bytes, argument, end, SOME) ? argument + SOME.length : argument
  const from = afterStringPrefix(bytes, some, end)
  if (isQuote(bytes[skip(bytes, from, end, BACKSLASH)])) return cutIfSecret(line, from, row, name)
  const close = indexOfByte(bytes, CLOSE_PAREN, paren, Math.min(end, paren + MAX_TAG))
  if (close === -1 || !readsAsRandom(bytes, paren + 1, close)) return paren
  cutValue(line, paren + 1, close, row)
  return close
}

const SOME = bytesOf('Some(')

/** What such a function takes is the name of a secret. */
const ASKS = new Words(
  'get find fetch read load has is require verify check reset forgot lookup resolve'.split(' '),
)

function afterLastDot(bytes: Uint8Array, from: number, to: number): number {
  let at = to
  while (at > from && bytes[at - 1] !== 0x2e) at--
  return at
}

/** `{password, "…"}`, and `(API_TOKEN, …)` as tuples are printed. */
function cutNext(line: Line, from: number, after: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const isDefined = startsWith(bytes, Math.max(line.start, from - DEFINE.length), from, DEFINE)
  if (bytes[from - 1] === OPEN_BRACE || isDefined) return cutString(line, after, row, name)
  const value = skip(bytes, after, end, BLANK)
  if (bytes[from - 1] !== OPEN_PAREN) return after
  const to = textRunEnd(line, value, Math.min(end, value + MAX_TOKEN))
  if (bytes[to] !== CLOSE_PAREN || !readsAsRandom(bytes, value, to)) return after
  cutValue(line, value, to, row)
  return to
}

const DEFINE = bytesOf('define(')

function cutString(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const string = afterStringPrefix(bytes, skip(bytes, from, end, BLANK), end)
  return isQuote(bytes[skip(bytes, string, end, BACKSLASH)]) ? cutIfSecret(line, string, row, name) : from
}
