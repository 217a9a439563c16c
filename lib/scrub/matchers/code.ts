/**
 * Places in running text that have the form of a name and its value and are something else: a type, a comparison,
 * a place in a file, the name of a process, a resource.
 */
import {
  BLANK,
  bytesOf,
  CLASS,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  DOT,
  EQUALS,
  isDigit,
  lower,
  NAME,
  OPEN_BRACKET,
  OPEN_PAREN,
  SETS,
  startsWith,
  WORD,
} from '../bytes.ts'
import type { Line } from '../line.ts'
import { isType, type NameBefore } from '../name-before.ts'
import { Words } from '../words.ts'
import { readsAsSecret } from './reads.ts'

/** Whether the text `[from, to)`, which stands behind a name without quotes, is no value of it. */
export function isCode(line: Line, from: number, to: number, name: NameBefore): boolean {
  if (name.quote !== 0) return false
  const { bytes, start } = line
  return (
    isType(bytes, from, to) ||
    isPlace(bytes, from, to, name) ||
    isResource(bytes, name, start) ||
    isCall(bytes, from, to) ||
    isItself(bytes, from, to, name) ||
    isVerdict(bytes, name, start) ||
    (!readsAsSecret(bytes, from, to) && (isCompared(line, from, to, name) || isProcess(bytes, name)))
  )
}

/** `self.password = password`, `--token TOKEN`: the value is a variable of the same name, or stands for one. */
function isItself(bytes: Uint8Array, from: number, to: number, { start, end }: NameBefore): boolean {
  const length = to - from
  if (length > end - start || from < end) return false
  for (let i = 1; i <= length; i++) if (lower(bytes[to - i]) !== lower(bytes[end - i])) return false
  return length === end - start || (CLASS[bytes[end - length - 1]] & WORD) === 0
}

/** `--- PASS: TestPassword (0.06s)`, as Go's tests say it. */
function isVerdict(bytes: Uint8Array, { start }: NameBefore, first: number): boolean {
  return start - VERDICT.length >= first && startsWith(bytes, start - VERDICT.length, start + 4, DASHED_PASS)
}
const VERDICT = bytesOf('--- ')
const DASHED_PASS = bytesOf('--- PASS')

/** `token.service.ts:88:13`: a place in a file. */
function isPlace(bytes: Uint8Array, from: number, to: number, { start, end }: NameBefore): boolean {
  for (let at = from; at < to; at++) if (!isDigit(bytes[at]) && bytes[at] !== COLON) return false
  if (bytes[end] !== COLON || from !== end + 1) return false
  let dot = end
  while (dot > start && bytes[dot - 1] !== DOT) dot--
  return dot > start && EXTENSIONS.isWhole(bytes, dot, end)
}
const EXTENSIONS = new Words(
  'ts js mjs cjs mts cts tsx jsx java kt scala groovy py rb go rs php cs fs vb c cc cpp h hpp swift m pl ex exs erl vue html sql sh'.split(
    ' ',
  ),
)

/** `password == confirm`, and `PASSWORD :pw` as statements name what is filled in. */
function isCompared({ bytes }: Line, from: number, to: number, { end }: NameBefore): boolean {
  for (let at = from; at < to; at++) if ((CLASS[bytes[at]] & WORD) === 0 && bytes[at] !== DOT) return false
  const isBound = bytes[end] === BLANK && bytes[from - 1] === COLON && end + 2 === from
  const operator = bytes[from - 1] === BLANK ? from - 1 : from
  return isBound || (bytes[operator - 1] === EQUALS && bytes[operator - 2] === EQUALS)
}

/** `api-key-service[212]: …`, as daemons sign their lines. */
function isProcess(bytes: Uint8Array, { start, end }: NameBefore): boolean {
  const close = bytes[end] === CLOSE_BRACKET ? end : end - 1
  if (bytes[close] !== CLOSE_BRACKET || bytes[close + 1] !== COLON) return false
  let at = close
  while (at > start && isDigit(bytes[at - 1])) at--
  return at < close && bytes[at - 1] === OPEN_BRACKET
}

/** `arn:aws:secretsmanager:eu-west-1:1234:secret:prod/db`: the name of a resource. */
function isResource(bytes: Uint8Array, name: NameBefore, start: number): boolean {
  if (bytes[name.start - 1] !== COLON) return false
  const stop = Math.max(start, name.start - LONGEST_RESOURCE)
  let at = name.start - 1
  while (at > stop && (bytes[at - 1] === COLON || (CLASS[bytes[at - 1]] & NAME) !== 0)) at--
  return RESOURCES.at(bytes, at, name.start) > 0
}
const RESOURCES = new Words(['arn:', 'resolve:', '{{resolve:'], 'exact')
const LONGEST_RESOURCE = 100

/** `Field(min_length=8)`: a function that is called, with nothing but letters in its name. */
function isCall(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from
  while (at < to && ((CLASS[bytes[at]] & SETS.alnum) !== 0 || bytes[at] === DOT) && !isDigit(bytes[at])) at++
  if (at - from < SHORTEST_FUNCTION || at >= to || bytes[at] !== OPEN_PAREN) return false
  return bytes[to - 1] === CLOSE_PAREN && (CLASS[bytes[at + 1]] & NAME) !== 0 && !isDigit(bytes[at + 1])
}
const SHORTEST_FUNCTION = 3
