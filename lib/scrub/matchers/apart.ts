/**
 * A value that stands apart from its name in running text: behind blanks, a link (`is`, `->`, `|`), or a phrase.
 */
import {
  BACKSLASH,
  BLANK,
  bytesOf,
  COLON,
  COMMA,
  EQUALS,
  isDigit,
  isQuote,
  OPEN_BRACE,
  QUOTE,
  skip,
  startsWith,
  startsWithWord,
} from '../bytes.ts'
import { depthOfQuote } from '../json-span.ts'
import type { Line } from '../line.ts'
import type { NameBefore } from '../name-before.ts'
import { Words } from '../words.ts'
import { gapAt } from './gap.ts'
import { cutAt } from './key-value.ts'
import { isStateWord } from './placeholder.ts'
import { readsAsMixed, readsAsRandom, readsAsSecret } from './reads.ts'
import { cutIfSecret, stringTo } from './string-value.ts'
import { textRunEnd } from './text-run.ts'
import { cutValue } from './value.ts'
import { afterStringPrefix, insideCall, valueStart } from './value-start.ts'

const MAX_GAP = 64
const MAX_PHRASE = 80
const BAR = 0x7c

export function isSeparator(byte: number): boolean {
  return byte === EQUALS || byte === COLON
}

export function cutAfterSeparator(line: Line, at: number, row: number, name: NameBefore): number {
  const from = valueStart(line, at)
  return from >= line.end ? at : cutAt(line, from, row, name)
}

/** What stands apart from the name: behind blanks, a link (`is`, `->`, `|`), or a phrase that ends with one. */
export function cutApart(line: Line, gap: number, wide: boolean, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const link = LINKS.at(bytes, gap, end)
  if (link > 0) {
    const next = cutLinked(line, gap + link, row, name)
    if (next > gap + link) return next
  }
  const numbered = afterNumber(bytes, gap, end)
  if (numbered !== -1) return cutAfterSeparator(line, numbered, row, name)
  const typed = afterTypeNumber(line, gap)
  if (typed !== -1) {
    cutValue(line, typed, textRunEnd(line, typed, end), row)
    return typed
  }
  const value = afterStringPrefix(bytes, gap, end)
  const opening = skip(bytes, value, end, BACKSLASH)
  if (isQuote(bytes[opening])) return cutQuotedApart(line, value, opening, row, name)
  const called = insideCall(bytes, gap, end)
  if (called !== -1) return cutIfSecret(line, called, row, name)
  const to = textRunEnd(line, gap, end)
  const readsAsPassword = wide ? readsAsSecret : readsAsMixed
  if (readsAsRandom(bytes, gap, to) || (isPassword(line, row) && readsAsPassword(bytes, gap, to))) {
    cutValue(line, gap, to, row)
    return to
  }
  const phrase = phraseEnd(line, gap)
  return phrase === -1 ? gap : cutLinked(line, phrase, row, name)
}
const LINKS = new Words(
  [
    ...[
      '-> ',
      '->',
      '<- ',
      '<-',
      '| ',
      '. ',
      '{ get; set; } = ',
      'by lazy { ',
      'As String = ',
      'AS String = ',
    ],
    ...['is set to ', 'was set to ', 'set to ', 'is now ', 'is: ', 'is ', 'was ', 'are ', 'to ', 'value '],
  ],
  'exact',
)

/** `Unseal Key 2: …`, `token #1 = …`: the separator behind the number, or -1. */
function afterNumber(bytes: Uint8Array, gap: number, end: number): number {
  let at = startsWithWord(bytes, gap, end, KEY) ? gap + KEY.length : gap
  if (bytes[at] === 0x23) at++
  const digits = at
  while (at < end && isDigit(bytes[at])) at++
  if (at === digits || at - digits > 2) return -1
  at = skip(bytes, at, end, BLANK)
  return isSeparator(bytes[at]) ? at : -1
}
const KEY = bytesOf('key ')

/** `password 7 0822455D0A16`, as network devices number the ways in which it is hidden: where it starts, or -1. */
function afterTypeNumber(line: Line, gap: number): number {
  const { bytes, end } = line
  if (!isDigit(bytes[gap]) || bytes[gap + 1] !== BLANK || gap + 2 >= end) return -1
  const from = gap + 2
  const to = textRunEnd(line, from, end)
  return to - from >= SHORTEST_HIDDEN && readsAsSecret(bytes, from, to) ? from : -1
}
const SHORTEST_HIDDEN = 8

function isPassword(line: Line, row: number): boolean {
  return line.rules.keyRules[row].id === 'password'
}

function cutLinked(line: Line, at: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const gap = gapAt(bytes, at, end, MAX_GAP)
  const value = afterStringPrefix(bytes, gap.at, end)
  const opening = skip(bytes, value, end, BACKSLASH)
  if (isQuote(bytes[opening])) return cutIfSecret(line, value, row, name)
  const to = textRunEnd(line, gap.at, end)
  const last = bytes[to - 1] === 0x2e ? to - 1 : to
  const reads = isPassword(line, row) ? (gap.lines === 0 ? readsAsSecret : readsAsMade) : readsAsRandom
  if (!reads(bytes, gap.at, last) || bytes[gap.at] === BAR) return at
  cutValue(line, gap.at, last, row)
  return last
}

function readsAsMade(bytes: Uint8Array, from: number, to: number): boolean {
  return readsAsMixed(bytes, from, to) || readsAsRandom(bytes, from, to)
}

/** `the token "…"`: what follows in quotes may be the name of a thing. Behind a password it is the password. */
function cutQuotedApart(line: Line, value: number, opening: number, row: number, name: NameBefore): number {
  if (isPassword(line, row) || isDefined(line, name.start)) return cutIfSecret(line, value, row, name)
  const depth = depthOfQuote(opening - value)
  if (line.bytes[opening] === QUOTE && depth <= line.depths.at(value)) return opening
  const to = stringTo(line, opening, depth)
  if (!readsAsRandom(line.bytes, opening + 1, to) || isStateWord(line.bytes, opening + 1, to)) return opening
  cutValue(line, opening + 1, to, row)
  return to
}

/** `#define TOKEN "…"`, `setx TOKEN "…"`, `:token "…"`. */
function isDefined({ bytes, start }: Line, from: number): boolean {
  return DEFINERS.some(
    (word) => from - word.length >= start && startsWith(bytes, from - word.length, from, word),
  )
}
const DEFINERS = ['define ', 'setx ', 'set ', ':', 'ENV ', 'ARG '].map(bytesOf)

/** `password for user 'ada' is …`, `the following token to go on:`: where the value may start, or -1. */
function phraseEnd(line: Line, from: number): number {
  const { bytes, end } = line
  if (PHRASES.at(bytes, from, end) === 0) return -1
  const stop = Math.min(end, from + MAX_PHRASE)
  for (let at = from; at < stop; at++) {
    const verb = bytes[at] === BLANK ? VERBS.at(bytes, at, end) : 0
    if (verb > 0) return at + verb
    if (bytes[at] === COLON) {
      const gap = gapAt(bytes, at + 1, end, MAX_GAP)
      if (gap.lines > 0 || (gap.at > at + 1 && readsAsMade(bytes, gap.at, textRunEnd(line, gap.at, end))))
        return at + 1
    }
    if (ENDS_PHRASE.has(bytes[at]) || (bytes[at] === 0x2e && bytes[at + 1] === BLANK)) return -1
  }
  return -1
}
const PHRASES = new Words(
  [
    ...[
      'for ',
      'of ',
      'to ',
      'below',
      'on ',
      'is ',
      'was ',
      'has been ',
      'generated',
      'provided',
      'created',
      'issued',
    ],
    ...['lautet', 'est ', 'es ', 'är ', 'für ', 'pour ', 'para ', 'per ', 'voor ', 'PIC ', 'TYPE ', 'type '],
  ],
  'exact',
)
const VERBS = new Words([' is ', ' was', ' VALUE '], 'exact')
const ENDS_PHRASE = new Set([COMMA, EQUALS, OPEN_BRACE, 0x0a])
