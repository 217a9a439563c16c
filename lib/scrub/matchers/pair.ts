/**
 * A name and its value as neighbours: in a list, in a call.
 */
import {
  BACKSLASH,
  BLANK,
  bytesOf,
  CLASS,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  DASH,
  EQUALS,
  indexOfByte,
  isQuote,
  lower,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUOTE,
  skip,
  startsWithWord,
  WORD,
} from '../bytes.ts'
import { depthOfQuote, stringEnd } from '../json-span.ts'
import type { Line } from '../line.ts'
import type { NameBefore } from '../name-before.ts'
import { readsAsSecret } from './reads.ts'
import { cutIfSecret } from './string-value.ts'
import { cutValue } from './value.ts'
import { insideCall } from './value-start.ts'

/** `("DB_PASS", "…")` and `["Authorization", "…"]`: a name and its value as neighbours in a list. */
export function cutPair(line: Line, at: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const from = skip(bytes, at + 1, end, BLANK)
  const opening = skip(bytes, from, end, BACKSLASH)
  const quote = bytes[opening]
  if (quote !== name.quote || opening - from !== name.backslashes) return cutArgument(line, from, row, name)
  const close =
    quote === QUOTE
      ? stringEnd(bytes, opening + 1, end, depthOfQuote(opening - from))
      : indexOfByte(bytes, quote, opening + 1, end)
  if (close === -1) return at + 1
  const next = skip(bytes, close + name.backslashes + 1, end, BLANK)
  const isMember = bytes[next] === COLON
  if (isMember) return at + 1
  if (isCall(line, name, close + name.backslashes + 1)) return cutIfSecret(line, from, row, name)
  const isPair =
    namesHeader(line, row, name) ||
    readsAsSecret(bytes, opening + 1, close) ||
    (bytes[next] === CLOSE_BRACKET && isEntry(line, name))
  if (!isPair) return at + 1
  cutValue(line, opening + 1, close, row)
  return close
}

/** `("x-api-key", HeaderValue::from_static("…"))`, `("--secret", default="…")`. Returns where to go on. */
export function cutArgument(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const called = insideCall(bytes, from, end)
  if (called !== -1) return cutIfSecret(line, called, row, name)
  if (!startsWithWord(bytes, from, end, DEFAULT)) return from
  const stop = Math.min(end, from + MAX_DEFAULT)
  let at = from + DEFAULT.length
  while (at < stop && (CLASS[bytes[at]] & WORD) !== 0) at++
  if (bytes[at] !== COLON && bytes[at] !== EQUALS) return from
  const string = skip(bytes, at + 1, stop, BLANK)
  return isQuote(bytes[skip(bytes, string, stop, BACKSLASH)]) ? cutIfSecret(line, string, row, name) : from
}
const DEFAULT = bytesOf('default')
const MAX_DEFAULT = 32

const HEADERS = new Set(['authorization', 'cookie', 'csrf'])
const X = 0x78

/** `Authorization`, `Cookie`, `X-Api-Key`: in no list of words but that of raw headers. */
function namesHeader({ bytes, rules }: Line, row: number, { start }: NameBefore): boolean {
  if (HEADERS.has(rules.keyRules[row].id)) return true
  return lower(bytes[start]) === X && bytes[start + 1] === DASH
}

/** Whether the name opens a list inside a list, as the entries of a map do: `[["user", "…"], ["password", "…"]]`. */
function isEntry({ bytes, start }: Line, name: NameBefore): boolean {
  const open = skipBack(bytes, name.start - 1 - name.backslashes, start)
  if (bytes[open - 1] !== OPEN_BRACKET) return false
  let before = skipBack(bytes, open - 1, start)
  if (bytes[before - 1] !== COMMA) return bytes[before - 1] === OPEN_BRACKET
  before = skipBack(bytes, before - 1, start)
  return bytes[before - 1] === CLOSE_BRACKET
}

function skipBack(bytes: Uint8Array, at: number, start: number): number {
  while (at > start && bytes[at - 1] === BLANK) at--
  return at
}

/** `setProperty("password", "…")`: the two are all that a call takes. */
function isCall({ bytes }: Line, { start, backslashes }: NameBefore, after: number): boolean {
  return bytes[start - backslashes - 2] === OPEN_PAREN && bytes[after] === CLOSE_PAREN
}
