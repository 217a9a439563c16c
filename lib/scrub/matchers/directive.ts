/**
 * Secrets that are told by a text and their place after it: `requirepass …`, `a1 LOGIN ada …`. See ../directives.ts.
 */
import {
  APOSTROPHE,
  AT,
  atLeftEdge,
  BACKSLASH,
  BLANK,
  bytesOf,
  COLON,
  EQUALS,
  indexOfByte,
  isDigit,
  isQuote,
  OPEN_PAREN,
  QUOTE,
  SLASH,
  skip,
  startsWith,
  startsWithWord,
  TAB,
} from '../bytes.ts'
import { DIRECTIVES, type Place } from '../directives.ts'
import { depthOfQuote } from '../json-span.ts'
import type { Line } from '../line.ts'
import { markerAround } from '../marker.ts'
import { gapAt } from './gap.ts'
import { isAfter } from './heard.ts'
import { isPlaceholder, isStateWord } from './placeholder.ts'
import { readsAsSecret } from './reads.ts'
import { stringTo } from './string-value.ts'
import { textRunEnd } from './text-run.ts'

const MAX_GAP = 64

interface Span {
  from: number
  to: number
}

/** Cuts what a directive tells. Returns where to go on. */
export function cutDirective(line: Line, at: number, row: number): number {
  const { bytes, end, rules } = line
  const directive = DIRECTIVES[row]
  const text = TEXTS[row].find((literal) => startsWith(bytes, at, end, literal))
  const before = AFTER[row]
  if (text === undefined || (before !== undefined && !isAfter(line, at, before))) return at + 1
  const span = PLACES[directive.place](line, at + text.length, at)
  if (span === undefined || isPlaceholder(bytes, span.from, span.to)) return at + 1
  if (isStateWord(bytes, span.from, span.to)) return at + 1
  if (directive.sure !== true && !readsAsSecret(bytes, span.from, span.to)) return at + 1
  line.cutUnlessMarked(span.from, span.to, rules.code(directive.id))
  return Math.max(at + 1, span.to)
}

/** By row, its texts and what must stand before. */
const TEXTS = DIRECTIVES.map(({ texts }) => texts.map(bytesOf))
const AFTER = DIRECTIVES.map(({ after }) => (after === undefined ? undefined : [bytesOf(after)]))

const PLACES: Record<Place, (line: Line, from: number, at: number) => Span | undefined> = {
  word: (line, from) => word(line, from),
  second: (line, from) => nth(line, from, 2),
  third: (line, from) => nth(line, from, 3),
  'after-colon': (line, from) => after(line, word(line, from), COLON),
  'after-slash': (line, from) => after(line, word(line, from), SLASH),
  'after-equals': (line, from) => after(line, word(line, from), EQUALS),
  'slash-to-at': (line, from) => upToAt(line, after(line, word(line, from), SLASH)),
  string: lastString,
  before: (line, _from, at) => after(line, wordBefore(line, at), COLON),
  echoed: (line, _from, at) => echoed(line, at),
  'third-field': (line, from) => after(line, after(line, word(line, from), COLON), COLON),
  digits: (line, from) => code(line, from),
  'digits-before': (line, from, at) => codeBefore(line, from, at),
  'cookie-field': cookieField,
  'to-mac': linesOfKey,
}

function word(line: Line, at: number): Span | undefined {
  const { bytes, end } = line
  const opening = skip(bytes, at, end, BACKSLASH)
  if (line.endsString(at, opening)) return undefined
  const from = isQuote(bytes[opening]) ? opening + 1 : at
  const to = textRunEnd(line, from, end)
  return to > from ? { from, to } : undefined
}

function nth(line: Line, at: number, count: number): Span | undefined {
  let from = at
  for (let i = 1; i < count; i++) {
    const to = textRunEnd(line, from, line.end)
    if (to === from || line.bytes[to] !== BLANK) return undefined
    from = skip(line.bytes, to, line.end, BLANK)
  }
  return word(line, from)
}

function after(line: Line, span: Span | undefined, byte: number): Span | undefined {
  if (span === undefined) return undefined
  const { bytes, start, end, rules } = line
  const at = indexOfByte(bytes, byte, span.from, span.to)
  if (at === -1 || at + 1 >= span.to || markerAround(bytes, at, start, end, rules) !== -1) return undefined
  return { from: at + 1, to: span.to }
}

function upToAt({ bytes }: Line, span: Span | undefined): Span | undefined {
  if (span === undefined) return undefined
  let to = span.to
  while (to > span.from && bytes[to - 1] !== AT) to--
  return to - 1 > span.from ? { from: span.from, to: to - 1 } : undefined
}

/** Of `"ada" "…"` the second. */
function lastString(line: Line, at: number): Span | undefined {
  const { bytes, end } = line
  let span: Span | undefined
  let from = at
  for (let strings = 0; strings < 2; strings++) {
    const opening = skip(bytes, from, end, BACKSLASH)
    if (bytes[opening] !== QUOTE) break
    const depth = depthOfQuote(opening - from)
    if (depth <= line.depths.at(from)) break
    span = { from: opening + 1, to: stringTo(line, opening, depth) }
    from = skip(bytes, skip(bytes, span.to, end, BACKSLASH) + 1, end, BLANK)
  }
  return span
}

/** The word that ends at `at`, or inside the quote that does; a password in it may hold what ends other words. */
function wordBefore(line: Line, at: number): Span | undefined {
  const { bytes, start } = line
  const stop = Math.max(start, at - MAX_CREDENTIALS)
  let to = at
  if (to > stop && isQuote(bytes[to - 1])) to--
  while (to > stop && bytes[to - 1] === BACKSLASH) to--
  // The quote that opens the string which the text stands in.
  if (bytes[at - 1] === QUOTE && depthOfQuote(at - 1 - to) <= line.depths.at(at)) return undefined
  let from = to
  while (from > stop && ENDS_WORD[bytes[from - 1]] === 0) from--
  return from > stop || from === start ? { from, to } : undefined
}
const MAX_CREDENTIALS = 64
const ENDS_WORD = new Uint8Array(256)
for (const byte of [BLANK, TAB, QUOTE, APOSTROPHE, BACKSLASH, EQUALS, OPEN_PAREN, 0x60, 0x0a, 0x0d])
  ENDS_WORD[byte] = 1

function echoed(line: Line, at: number): Span | undefined {
  const span = wordBefore(line, at)
  if (span === undefined) return undefined
  const { bytes, start } = line
  const quote = backslashesBeforeQuote(bytes, span.from, start)
  return startsWith(bytes, Math.max(start, quote - ECHO.length), quote, ECHO) ? span : undefined
}
const ECHO = bytesOf('echo ')

/** Where the quote before `at` starts, with its backslashes; `at` where none stands. */
function backslashesBeforeQuote(bytes: Uint8Array, at: number, start: number): number {
  if (at === start || !isQuote(bytes[at - 1])) return at
  let from = at - 1
  while (from > start && bytes[from - 1] === BACKSLASH) from--
  return from
}

function code({ bytes, end }: Line, from: number): Span | undefined {
  let to = from
  while (to < end && isDigit(bytes[to])) to++
  return isCode(from, to) && !isNumberByte(bytes, to, end) ? { from, to } : undefined
}

/** `123456 is your … code`. */
function codeBefore({ bytes, start, end }: Line, after_: number, at: number): Span | undefined {
  let from = at
  while (from > start && at - from <= LONGEST_CODE && isDigit(bytes[from - 1])) from--
  if (!isCode(from, at) || !atLeftEdge(bytes, from, start) || bytes[from - 1] === 0x2e) return undefined
  const stop = Math.min(end, after_ + MAX_PHRASE)
  for (let to = after_; to < stop; to++) if (startsWithWord(bytes, to, stop, CODE)) return { from, to: at }
  return undefined
}
const CODE = bytesOf('code')
const SHORTEST_CODE = 4
const LONGEST_CODE = 8
const MAX_PHRASE = 40

function isCode(from: number, to: number): boolean {
  return to - from >= SHORTEST_CODE && to - from <= LONGEST_CODE
}

/** A digit after a dot or a dash, or a letter: it is another kind of number. */
function isNumberByte(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end) return false
  const isJoin = bytes[at] === 0x2e || bytes[at] === 0x2d
  return isJoin
    ? at + 1 < end && isDigit(bytes[at + 1])
    : bytes[at] >= 0x41 && bytes[at] <= 0x7a && bytes[at] !== BACKSLASH
}

/** domain, flag, path, secure, expiry, name, value. */
function cookieField({ bytes, end }: Line, from: number): Span | undefined {
  const stop = Math.min(end, from + MAX_COOKIE)
  let at = from
  for (let tabs = 0; tabs < COOKIE_TABS; tabs++) {
    at = afterTab(bytes, at, stop)
    if (at === -1) return undefined
  }
  let to = at
  while (to < end && bytes[to] > BLANK && bytes[to] !== QUOTE && bytes[to] !== BACKSLASH) to++
  return to > at ? { from: at, to } : undefined
}
const MAX_COOKIE = 512
const COOKIE_TABS = 6

function afterTab(bytes: Uint8Array, from: number, stop: number): number {
  for (let at = from; at < stop; at++) {
    if (bytes[at] === TAB) return at + 1
    if (bytes[at] === QUOTE || bytes[at] < BLANK) return -1
    if (bytes[at] !== BACKSLASH) continue
    const letter = skip(bytes, at, stop, BACKSLASH)
    return bytes[letter] === 0x74 ? letter + 1 : -1
  }
  return -1
}

/** From the line after the number of lines to the one that begins with `Private-MAC`. */
function linesOfKey({ bytes, end }: Line, from: number): Span | undefined {
  let digits = from
  while (digits < end && isDigit(bytes[digits])) digits++
  const gap = gapAt(bytes, digits, end, MAX_GAP)
  if (digits === from || gap.lines === 0) return undefined
  let to = gap.at
  while (to < end && bytes[to] !== QUOTE && !startsWith(bytes, to, end, MAC)) to++
  while (to > gap.at && bytes[to - 1] === BACKSLASH) to--
  return to > gap.at ? { from: gap.at, to } : undefined
}
const MAC = bytesOf('Private-MAC')
