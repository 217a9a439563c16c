/**
 * A string that is a secret only if it reads as one: what stands inside a call, behind a comma, in the next line.
 */
import { BACKSLASH, BLANK, indexOfByte, QUOTE, skip } from '../bytes.ts'
import { depthOfQuote, stringEnd } from '../json-span.ts'
import type { Line } from '../line.ts'
import type { NameBefore } from '../name-before.ts'
import { isStateWord } from './placeholder.ts'
import { readsAsNoise, readsAsSecret } from './reads.ts'
import { cutValue } from './value.ts'

/** Cuts a string that may be a word instead: the name of a variable, a question. */
export function cutIfSecret(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const opening = skip(bytes, from, end, BACKSLASH)
  const depth = depthOfQuote(opening - from)
  if (line.endsString(from, opening)) return opening
  const to = stringTo(line, opening, depth)
  const isName = name.verdictOf(bytes, opening + 1, to) !== -1
  const reads = MAY_BE_WORDS.has(line.rules.keyRules[row].id) ? isOneWord : readsAsSecret
  const isSecret = reads(bytes, opening + 1, to) || readsAsNoise(bytes, opening + 1, to)
  if (isName || isStateWord(bytes, opening + 1, to) || !isSecret) return opening
  cutValue(line, opening + 1, to, row)
  return to
}

/** Passwords may be words. */
const MAY_BE_WORDS = new Set(['password', 'credentials'])

function isOneWord(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from >= SHORTEST_WORD && indexOfByte(bytes, BLANK, from, to) === -1
}
const SHORTEST_WORD = 4

export function stringTo(line: Line, opening: number, depth: number): number {
  const { bytes, end } = line
  const stop = Math.min(end, opening + 1 + MAX_STRING)
  if (bytes[opening] === QUOTE) return stringEnd(bytes, opening + 1, stop, depth)
  const close = indexOfByte(bytes, bytes[opening], opening + 1, stop)
  return stringEnd(bytes, opening + 1, close === -1 ? stop : close, Math.max(0, line.depths.at(opening)))
}
const MAX_STRING = 1024
