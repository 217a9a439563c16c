/**
 * Four letters of each secret name, by which the scanner tells names that need a closer look. A name is compared
 * with the case and all that is no letter or digit left out, as the rules do it.
 */
import { wordsOf } from '../key-rules.ts'
import type { Rules } from '../rules.ts'
import { COMMON_LETTERS } from './tuned.ts'

const LENGTH = 4
const SHORTEST = 3
const COMMON = 3
const BITS = 6
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const UNCLEAR = 255
const OF_BACKSLASH = 254
const OF_BRACKET = 253
const OF_AMPERSAND = 252

/** The number of each byte among the letters, and what may stand for letters; the scanner leaves out the rest. */
export const FOLDED_BYTES: Uint8Array = new Uint8Array(256)
for (let i = 0; i < LETTERS.length; i++) {
  FOLDED_BYTES[LETTERS.charCodeAt(i)] = i + 1
  FOLDED_BYTES[LETTERS[i].toUpperCase().charCodeAt(0)] = i + 1
}
FOLDED_BYTES.fill(UNCLEAR, 0x80)
FOLDED_BYTES['%'.charCodeAt(0)] = UNCLEAR
FOLDED_BYTES['\\'.charCodeAt(0)] = OF_BACKSLASH
FOLDED_BYTES['['.charCodeAt(0)] = OF_BRACKET
FOLDED_BYTES['&'.charCodeAt(0)] = OF_AMPERSAND

/** Lists of a key rule whose phrases only count at the end of a name. */
const ENDS: ReadonlySet<string> = new Set(['names', 'ends', 'lastWords'])

export interface Anchors {
  /** Four letters each, three of words of three. */
  anywhere: Set<string>
  /** Up to four letters each. */
  atEnd: Set<string>
}

/** Every secret name holds one of these; for names that are secret as a whole the end is enough. */
export function anchorsOf(rules: Rules): Anchors {
  const anywhere = new Set<string>()
  const atEnd = new Set<string>()
  for (const rule of rules.keyRules) {
    for (const [list, phrases] of Object.entries(rule)) {
      if (list === 'id' || typeof phrases !== 'string') continue
      for (const name of lettersOf(phrases).filter(isPlain)) {
        if (ENDS.has(list)) atEnd.add(name.slice(-LENGTH))
        else anywhere.add(rarestIn(name))
      }
    }
  }
  for (const name of rules.ownNames.map(wholeOf).filter(isPlain)) atEnd.add(name.slice(-LENGTH))
  return { anywhere, atEnd }
}

/** The letters as one number, six bits each. */
export function codeOf(letters: string): number {
  let code = 0
  for (const letter of letters) code = (code << BITS) | FOLDED_BYTES[letter.charCodeAt(0)]
  return code
}

/** The last two letters of names that end so; before a single letter any may stand, or none. */
export function codesOfEnd(letters: string): number[] {
  if (letters.length === 2) return [codeOf(letters)]
  return Array.from({ length: LETTERS.length + 1 }, (_, other) => (other << BITS) | codeOf(letters))
}

function lettersOf(phrases: string): string[] {
  return phrases.split(' ').map((phrase) => phrase.replaceAll('+', ''))
}

function wholeOf(name: string): string {
  return wordsOf(name.normalize('NFKC')).join('')
}

/** Names with other letters need no anchor: those letters are looked at wherever they stand. */
function isPlain(name: string): boolean {
  return name.length > 0 && [...name].every((letter) => LETTERS.includes(letter))
}

function rarestIn(word: string): string {
  if (word.length < SHORTEST) throw new RangeError(`"${word}" is too short to be looked for inside names`)
  const size = Math.min(LENGTH, word.length)
  let rarest = word.slice(0, size)
  let least = commonness(word, 0, size)
  for (let at = 1; at + size <= word.length && least > 0; at++) {
    const share = commonness(word, at, size)
    if (share >= least) continue
    least = share
    rarest = word.slice(at, at + size)
  }
  return rarest
}

/** How common three letters in a row are; made when the first scanner is, for it takes as long as all other modules. */
let ranks: Map<string, number> | undefined

function ranksOfCommon(): Map<string, number> {
  const all = new Map<string, number>()
  for (let i = 0; i < COMMON_LETTERS.length / COMMON; i++)
    all.set(COMMON_LETTERS.slice(i * COMMON, (i + 1) * COMMON), i)
  return all
}

/** Letters in a row are as common as the rarest three of them. */
function commonness(word: string, at: number, size: number): number {
  ranks ??= ranksOfCommon()
  let least = ranks.size
  for (let from = at; from + COMMON <= at + size; from++) {
    const rank = ranks.get(word.slice(from, from + COMMON)) ?? ranks.size
    least = Math.min(least, ranks.size - rank)
  }
  return least
}
