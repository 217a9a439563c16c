/**
 * A secret whose name is a value itself: `{"name":"Authorization","value":"…"}`, `<add key="Password" value="…"/>`,
 * `- name: DB_PASSWORD\n  value: …`, and the parts of a form: `name="password"\r\n\r\n…`.
 */
import {
  APOSTROPHE,
  BACKSLASH,
  BARE,
  BLANK,
  backslashesBefore,
  bytesOf,
  CLASS,
  CLOSE_BRACE,
  COLON,
  COMMA,
  EQUALS,
  GREATER,
  NAME,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  RETURN,
  skip,
  startsWithWord,
} from '../bytes.ts'
import { depthOfQuote, stringEnd } from '../json-span.ts'
import type { Line } from '../line.ts'
import type { NameBefore } from '../name-before.ts'
import { textLineEnd } from './text-run.ts'
import { cutValue } from './value.ts'

const MAX_NAME = 64
const LOOK_BACK = 512
const LOOK_AHEAD = 512
/** So many other members may stand between a name and its value. */
const MAX_BETWEEN = 4
const VALUES = ['value', 'val', 'content', 'data', 'parametervalue'].map(bytesOf)
const ENDS_MEMBER = new Set([COMMA, QUOTE, CLOSE_BRACE, OPEN_BRACE, OPEN_BRACKET, GREATER, BACKSLASH])

/** Cuts a value by `cut` when the text at `from` names it; `from` lies behind `name:` or `key=`. */
export function cutNamed(
  line: Line,
  from: number,
  name: NameBefore,
  cut: (at: number, row: number) => number,
): number {
  const { bytes, end, rules } = line
  const opening = skip(bytes, from, end, BACKSLASH)
  const quote = bytes[opening] === QUOTE || bytes[opening] === APOSTROPHE ? bytes[opening] : 0
  const start = quote === 0 ? from : opening + 1
  let close = start
  while (close < end && close - start < MAX_NAME && (CLASS[bytes[close]] & NAME) !== 0) close++
  if (close === start) return from
  const own = { start: name.start, quote: name.quote, backslashes: name.backslashes }
  const row = name.verdictOf(bytes, start, close)
  if (row === -1 || rules.keyRules[row].pair === true) return from
  cutBefore(line, own, row)
  const next = quote === 0 ? close : skip(bytes, close, end, BACKSLASH) + 1
  return cutAfter(line, next, name, row, cut)
}

function cutAfter(
  line: Line,
  from: number,
  name: NameBefore,
  row: number,
  cut: (at: number, row: number) => number,
): number {
  const { bytes, end } = line
  let at = from
  for (let members = 0; members <= MAX_BETWEEN; members++) {
    const gap = afterGap(bytes, at, end)
    if (gap.lines >= 2) {
      cutValue(line, gap.at, textLineEnd(bytes, gap.at, end), row)
      return gap.at
    }
    const opening = skip(bytes, gap.at, end, BACKSLASH)
    const quoted = bytes[opening] === QUOTE || bytes[opening] === APOSTROPHE
    const start = quoted ? opening + 1 : gap.at
    const word = VALUES.find((word) => startsWithWord(bytes, start, end, word))
    const separator = word === undefined ? -1 : separatorAfter(bytes, start + word.length, quoted, end)
    if (separator !== -1) {
      name.start = start
      name.quote = quoted ? bytes[opening] : 0
      name.backslashes = quoted ? opening - gap.at : 0
      return cut(skip(bytes, separator + 1, end, BLANK), row)
    }
    const next = afterMember(bytes, gap.at, Math.min(end, from + LOOK_AHEAD))
    if (next === gap.at) return from
    at = next
  }
  return from
}

function separatorAfter(bytes: Uint8Array, from: number, quoted: boolean, end: number): number {
  const behind = quoted ? skip(bytes, from, end, BACKSLASH) + 1 : from
  const at = skip(bytes, behind, end, BLANK)
  return bytes[at] === COLON || bytes[at] === EQUALS ? at : -1
}

/** Past another member between the name and the value: `"type":"text"`, `type="text"`, `Content-Type: text/plain`. */
function afterMember(bytes: Uint8Array, from: number, end: number): number {
  const opening = skip(bytes, from, end, BACKSLASH)
  const quoted = bytes[opening] === QUOTE
  const start = quoted ? opening + 1 : from
  let at = start
  while (at < end && (CLASS[bytes[at]] & NAME) !== 0) at++
  if (at === start) return from
  const separator = separatorAfter(bytes, at, quoted, end)
  if (separator === -1) return from
  const value = skip(bytes, separator + 1, end, BLANK)
  const quote = skip(bytes, value, end, BACKSLASH)
  if (bytes[quote] === QUOTE) {
    const backslashes = quote - value
    const close = stringEnd(bytes, quote + 1, end, depthOfQuote(backslashes))
    return close < end ? close + backslashes + 1 : from
  }
  // A scalar of JSON or YAML, or the value of a header: to the end of the member or of the line.
  at = value
  while (at < end && bytes[at] >= BLANK && !ENDS_MEMBER.has(bytes[at])) at++
  return at > value && bytes[at] !== OPEN_BRACE && bytes[at] !== OPEN_BRACKET ? at : from
}

/** `"value":"…"` that stands before the name in the same object. */
function cutBefore(
  line: Line,
  name: { start: number; quote: number; backslashes: number },
  row: number,
): void {
  if (name.quote !== QUOTE) return
  const first = Math.max(line.start + 1, name.start - LOOK_BACK)
  let at = name.start - 1 - name.backslashes
  for (let members = 0; members <= MAX_BETWEEN; members++) {
    const member = memberBefore(line, at, first, name.backslashes)
    if (member === undefined) return
    if (VALUES.some((word) => isWord(line.bytes, member.nameStart, member.nameEnd, word))) {
      if (member.isString) cutValue(line, member.from, member.to, row)
      return
    }
    at = member.start
  }
}

interface Member {
  /** Where the quote of its name opens. */
  start: number
  nameStart: number
  nameEnd: number
  from: number
  to: number
  isString: boolean
}

/** The member of a JSON object that ends, with its comma, before `at`; only scalars are looked at. */
function memberBefore(line: Line, at: number, first: number, backslashes: number): Member | undefined {
  const { bytes } = line
  let end = skipBack(bytes, at, first, BLANK)
  if (bytes[end - 1] !== COMMA) return undefined
  end = skipBack(bytes, end - 1, first, BLANK)
  const isString = bytes[end - 1] === QUOTE
  const to = isString ? end - 1 - backslashes : end
  const from = isString ? afterOpening(line, to, first, backslashes) : bareStart(bytes, end, first)
  if (from === -1 || from <= first) return undefined
  const colon = skipBack(bytes, isString ? from - 1 - backslashes : from, first, BLANK)
  if (bytes[colon - 1] !== COLON) return undefined
  const nameClose = skipBack(bytes, colon - 1, first, BLANK)
  if (bytes[nameClose - 1] !== QUOTE) return undefined
  const nameEnd = nameClose - 1 - backslashes
  const nameStart = afterOpening(line, nameEnd, first, backslashes)
  if (nameStart === -1) return undefined
  return { start: nameStart - 1 - backslashes, nameStart, nameEnd, from, to, isString }
}

/** Behind the quote that opens the string which ends at `to`, or -1. */
function afterOpening({ bytes, start }: Line, to: number, first: number, backslashes: number): number {
  for (let at = to; at > first; at--) {
    if (bytes[at - 1] === QUOTE && backslashesBefore(bytes, at - 1, start) <= backslashes)
      return backslashesBefore(bytes, at - 1, start) === backslashes ? at : -1
  }
  return -1
}

function bareStart(bytes: Uint8Array, end: number, first: number): number {
  let at = end
  while (at > first && (CLASS[bytes[at - 1]] & BARE) !== 0) at--
  return at === end ? -1 : at
}

function isWord(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  return to - from === word.length && startsWithWord(bytes, from, to, word)
}

function skipBack(bytes: Uint8Array, at: number, first: number, byte: number): number {
  while (at > first && bytes[at - 1] === byte) at--
  return at
}

/** Past blanks, commas and line ends, raw or escaped, and how many line ends those were. */
function afterGap(bytes: Uint8Array, from: number, end: number): { at: number; lines: number } {
  let at = from
  let lines = 0
  while (at < end) {
    const byte = bytes[at]
    if (byte === NEWLINE) lines++
    else if (byte === BACKSLASH) {
      const letter = skip(bytes, at, end, BACKSLASH)
      if (bytes[letter] !== 0x6e && bytes[letter] !== 0x72) break
      if (bytes[letter] === 0x6e) lines++
      at = letter
    } else if (byte !== BLANK && byte !== COMMA && byte !== 0x09 && byte !== RETURN) break
    at++
  }
  return { at, lines }
}
