/**
 * Which pieces of a text look random, as keys and tokens do. Only for checks of tests: the gate itself cuts nothing
 * for its looks. In linear time: each character is classed once, and each run is measured once.
 *
 * A run is 20 to 512 letters and digits, perhaps joined by `-`, `_` and `+`, with 14 or more of them in a row. It looks
 * random when
 * - it holds a digit and four letters,
 * - it changes between lower case, upper case and digits at 25 of 100 places or more, where a capital before small
 *   letters is no change: `getUserById2` changes seldom, random text at 40 to 45,
 * - its characters are spread: 3.5 bits of entropy each, or 3 in a run of hexadecimal digits, which takes 32 of them.
 * Left out are runs in paths of files, and those that a name, one of the two words before them or the beginning of
 * their own word calls an id, a hash or a version.
 */
import { wordsOf } from './key-rules.ts'

export interface RandomRun {
  length: number
}

const SHORTEST = 20
const SHORTEST_HEX = 32
const LONGEST = 512
const SHORTEST_PIECE = 14
const LEAST_LETTERS = 4
const LEAST_CHANGES = 0.25
const LEAST_BITS = 3.5
const LEAST_BITS_HEX = 3
/** Characters before a run in which the words before it are looked for. */
const LOOK_BACK = 24

/** What ids, hashes and versions are called. */
const HARMLESS = new Set(
  (
    'id ids uuid guid ulid oid cid kid hash hashes sha sha1 sha256 sha384 sha512 md5 etag digest checksum fingerprint ' +
    'thumbprint integrity commit revision rev version build ref image layer trace span traceparent tracestate cursor ' +
    'boundary'
  ).split(' '),
)

const OTHER = 0
const LOWER = 1
const UPPER = 2
const DIGIT = 3
const JOINER = 4
/** Ends what may be a path. */
const BREAK = 5

const CLASSES = new Uint8Array(128)
for (let code = 0; code <= 0x20; code++) CLASSES[code] = BREAK
for (const character of '"\'`()[]{}<>,;=|') CLASSES[character.charCodeAt(0)] = BREAK
for (const character of '-_+') CLASSES[character.charCodeAt(0)] = JOINER
for (let code = 0x61; code <= 0x7a; code++) CLASSES[code] = LOWER
for (let code = 0x41; code <= 0x5a; code++) CLASSES[code] = UPPER
for (let code = 0x30; code <= 0x39; code++) CLASSES[code] = DIGIT

function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code < 128 ? CLASSES[code] : OTHER
}

/** Whether what stands under a name is an id, a hash or a version. */
export function isHarmlessName(name: string): boolean {
  return wordsOf(name).some((word) => HARMLESS.has(word))
}

/** The runs of a text that look random. */
export function randomRuns(text: string): RandomRun[] {
  const runs: RandomRun[] = []
  let start = 0
  let word = 0
  for (let at = 0; at <= text.length; at++) {
    const kind = at === text.length ? BREAK : classAt(text, at)
    if (kind >= LOWER && kind <= JOINER) continue
    if (at - start >= SHORTEST && at - start <= LONGEST && looksRandom(text, start, at, word))
      runs.push({ length: at - start })
    start = at + 1
    if (kind === BREAK) word = at + 1
  }
  return runs
}

function looksRandom(text: string, start: number, end: number, word: number): boolean {
  const { count, letters, digits, hex, changes, longestPiece, bits } = measure(text, start, end)
  if (count < SHORTEST || longestPiece < SHORTEST_PIECE || digits === 0 || letters < LEAST_LETTERS)
    return false
  if (changes / (count - 1) < LEAST_CHANGES) return false
  if (hex ? count < SHORTEST_HEX || bits < LEAST_BITS_HEX : bits < LEAST_BITS) return false
  return !isInPath(text, word, start) && !isCalledHarmless(text, word, start)
}

interface Measured {
  /** Letters and digits. */
  count: number
  letters: number
  digits: number
  /** Whether all are hexadecimal digits of one case. */
  hex: boolean
  changes: number
  longestPiece: number
  /** Shannon's entropy of a character. */
  bits: number
}

function measure(text: string, start: number, end: number): Measured {
  const seen = new Map<number, number>()
  const kinds = [0, 0, 0, 0, 0]
  let beyondF = false
  let changes = 0
  let piece = 0
  let longestPiece = 0
  for (let at = start; at < end; at++) {
    const kind = classAt(text, at)
    kinds[kind]++
    piece = kind === JOINER ? 0 : piece + 1
    longestPiece = Math.max(longestPiece, piece)
    if (kind === JOINER) continue
    const code = text.charCodeAt(at)
    seen.set(code, (seen.get(code) ?? 0) + 1)
    if (kind !== DIGIT && (code | 0x20) > 0x66) beyondF = true
    if (piece > 1 && isChange(classAt(text, at - 1), kind)) changes++
  }
  const count = end - start - kinds[JOINER]
  const hex = !beyondF && (kinds[LOWER] === 0 || kinds[UPPER] === 0)
  const letters = kinds[LOWER] + kinds[UPPER]
  return { count, letters, digits: kinds[DIGIT], hex, changes, longestPiece, bits: entropyOf(seen, count) }
}

function isChange(before: number, kind: number): boolean {
  return before !== kind && !(before === UPPER && kind === LOWER)
}

function entropyOf(seen: ReadonlyMap<number, number>, count: number): number {
  let bits = 0
  for (const times of seen.values()) bits -= (times / count) * Math.log2(times / count)
  return bits
}

const PATHS = ['/', './', '../', '~/', 'file:', 'node:']

/** Whether the word that a run stands in is the path of a file, up to its query. */
function isInPath(text: string, word: number, start: number): boolean {
  const drive = classAt(text, word) <= UPPER && text.startsWith(':\\', word + 1)
  if (!drive && !PATHS.some((path) => text.startsWith(path, word))) return false
  const query = text.indexOf('?', word)
  return query === -1 || query > start
}

/** @param word where the word begins that the run stands in: `sha512-…` is a hash up to its end */
function isCalledHarmless(text: string, word: number, start: number): boolean {
  const before = wordsOf(text.slice(Math.max(0, start - LOOK_BACK), start)).slice(-2)
  const first = wordsOf(text.slice(word, word + LOOK_BACK)).slice(0, 1)
  return [...before, ...first].some((each) => HARMLESS.has(each))
}
