/**
 * Bytes that were logged as numbers: a Buffer as JSON writes it, `{"type":"Buffer","data":[104,…]}`, and a typed
 * array, `{"0":104,"1":…}`. Nobody can read a secret in them, and no rule finds one, so only their number stays.
 */
import {
  BACKSLASH,
  BLANK,
  bytesOf,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  isDigit,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skip,
  startsWith,
} from '../bytes.ts'
import { type Line, quoteText } from '../line.ts'

const DATA = bytesOf('data')
const BUFFER = bytesOf('Buffer')
/** An object with fewer numbers as names may count something. */
const FEWEST = 16
const MOST_DIGITS = 3
const HIGHEST = 255
const HIGH = 128
const FIRST_PRINTED = 9
const LAST_PRINTED = 126

/** Takes the bytes out that follow `Buffer` or `{"0":` at `at`. Returns where to go on. */
export function cutRawBytes(line: Line, at: number): number {
  return line.bytes[at] === OPEN_BRACE ? cutTypedArray(line, at) : cutBuffer(line, at)
}

function cutBuffer(line: Line, at: number): number {
  const { bytes, end } = line
  let to = at + BUFFER.length
  const backslashes = skip(bytes, to, end, BACKSLASH) - to
  to += backslashes
  if (bytes[to] !== QUOTE) return at + 1
  to = skip(bytes, to + 1, end, BLANK)
  if (bytes[to] !== COMMA) return at + 1
  to = skip(bytes, skip(bytes, to + 1, end, BLANK), end, BACKSLASH)
  if (bytes[to] !== QUOTE || !startsWith(bytes, to + 1, end, DATA)) return at + 1
  to = skip(bytes, to + 1 + DATA.length, end, BACKSLASH)
  if (bytes[to] !== QUOTE || bytes[to + 1] !== COLON) return at + 1
  const open = skip(bytes, to + 2, end, BLANK)
  if (bytes[open] !== OPEN_BRACKET) return at + 1
  let count = bytes[open + 1] === CLOSE_BRACKET ? 0 : 1
  to = open + 1
  while (to < end && (isDigit(bytes[to]) || bytes[to] === COMMA || bytes[to] === BLANK)) {
    if (bytes[to] === COMMA) count++
    to++
  }
  if (to < end && bytes[to] !== CLOSE_BRACKET) return at + 1
  put(line, open, Math.min(end, to + 1), count, backslashes)
  return Math.min(end, to + 1)
}

function cutTypedArray(line: Line, at: number): number {
  const { bytes, end } = line
  const backslashes = skip(bytes, at + 1, end, BACKSLASH) - at - 1
  let count = 0
  let high = 0
  let printed = 0
  let to = at + 1
  while (to < end) {
    const value = valueAt(bytes, to, end, count, backslashes)
    if (value === -1) return at + 1
    let close = value
    let number = 0
    while (close < end && close - value < MOST_DIGITS && isDigit(bytes[close]))
      number = number * 10 + bytes[close++] - 0x30
    if (close === value || number > HIGHEST) return at + 1
    count++
    if (number >= HIGH) high++
    else if (number >= FIRST_PRINTED && number <= LAST_PRINTED) printed++
    to = close
    if (bytes[to] !== COMMA) break
    to++
  }
  if (to < end && bytes[to] !== CLOSE_BRACE) return at + 1
  // Text, or bytes in which each value is as likely as any other; counts are neither.
  if (count < FEWEST || (printed < count && high * 4 < count)) return at + 1
  put(line, at, Math.min(end, to + 1), count, backslashes)
  return Math.min(end, to + 1)
}

/** Where the value starts whose name, at `at`, is the number `index`; else -1. */
function valueAt(bytes: Uint8Array, at: number, end: number, index: number, backslashes: number): number {
  let to = at + backslashes
  if (bytes[to] !== QUOTE) return -1
  const name = String(index)
  for (let i = 0; i < name.length; i++) if (bytes[to + 1 + i] !== name.charCodeAt(i)) return -1
  to += 1 + name.length + backslashes
  return to + 1 < end && bytes[to] === QUOTE && bytes[to + 1] === COLON ? to + 2 : -1
}

function put(line: Line, from: number, to: number, count: number, backslashes: number): void {
  const quote = quoteText(backslashes, QUOTE)
  line.replace(from, to, Buffer.concat([quote, bytesOf(`[${count} bytes]`), quote]))
}
