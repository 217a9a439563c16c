/**
 * What a value looks like, for places where the name or the notation alone does not tell a secret from a word.
 */
import { BLANK, CLASS, DASH, DOT, EQUALS, indexOfByte, isDigit, runEnd, SETS, SLASH } from '../bytes.ts'

const SHORTEST_TOKEN = 20
const SHORTEST_SECRET = 6
const SHORTEST_RUN = 16

/** A run of 20 characters or more of base64 or of an id, with digits among letters: no word and no sentence. */
export function readsAsToken(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < SHORTEST_TOKEN || runEnd(bytes, from, to, SETS.crypt) !== to) return false
  const isPadded = bytes[to - 1] === EQUALS && (to - from) % 4 === 0
  let digits = 0
  let letters = 0
  for (let at = from; at < to; at++) {
    if (isDigit(bytes[at])) digits++
    else if ((CLASS[bytes[at]] & SETS.alnum) !== 0) letters++
    // A path or a dotted name of words is none; base64 may hold slashes.
    else if (bytes[at] === DOT || (bytes[at] === SLASH && !isPadded)) return false
  }
  return digits >= 3 && letters >= 3
}

/** The same asked of its beginning alone: what does not begin as one need not be walked to its end. */
export function mayReadAsToken(bytes: Uint8Array, from: number, end: number): boolean {
  const to = runEnd(bytes, from, Math.min(end, from + ENOUGH), SETS.crypt)
  let digits = 0
  for (let at = from; at < to && digits < 3; at++) if (isDigit(bytes[at])) digits++
  return digits === 3 && to - from >= SHORTEST_TOKEN
}
/** Of 128 random characters of base64 one in a million has fewer than three digits. */
const ENOUGH = 128

/** One piece of six characters or more, with a digit unless it is too long for a word. */
export function readsAsSecret(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < SHORTEST_SECRET || indexOfByte(bytes, BLANK, from, to) !== -1) return false
  if (to - from >= SHORTEST_TOKEN) return true
  for (let at = from; at < to; at++) if (isDigit(bytes[at])) return true
  return false
}

/** One piece of eight characters or more in which both cases and digits are mixed: a password that was made up. */
export function readsAsMixed(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < SHORTEST_MIXED || indexOfByte(bytes, BLANK, from, to) !== -1) return false
  let digits = 0
  let uppers = 0
  let lowers = 0
  for (let at = from; at < to; at++) {
    if (isDigit(bytes[at])) digits++
    else if (bytes[at] >= 0x41 && bytes[at] <= 0x5a) uppers++
    else if (bytes[at] >= 0x61 && bytes[at] <= 0x7a) lowers++
  }
  return digits > 0 && uppers > 0 && lowers > 0
}
const SHORTEST_MIXED = 8

/** Signs, letters and digits in a long row, as generators of salts write them; blanks may be among them. */
export function readsAsNoise(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length < SHORTEST_NOISE || length > LONGEST_NOISE) return false
  let blanks = 0
  let signs = 0
  let digits = 0
  for (let at = from; at < to; at++) {
    if (bytes[at] === BLANK) blanks++
    else if (isDigit(bytes[at])) digits++
    else if ((CLASS[bytes[at]] & SETS.alnum) === 0) signs++
  }
  return digits > 0 && signs * 6 >= length && blanks * 12 <= length
}
const SHORTEST_NOISE = 32
const LONGEST_NOISE = 256

/**
 * What no name of a thing looks like: an unbroken run of 16 letters and digits, groups as in a UUID, or both cases
 * and digits mixed. `default-token-x7k2p` is a name.
 */
export function readsAsRandom(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < SHORTEST_RUN || runEnd(bytes, from, to, SETS.crypt) !== to) return false
  const seen = { digits: 0, uppers: 0, lowers: 0, run: 0, longest: 0, dashes: 0, hex: 0 }
  for (let at = from; at < to; at++) {
    const byte = bytes[at]
    if (byte === DASH) seen.dashes++
    if ((CLASS[byte] & SETS.hex) !== 0) seen.hex++
    if ((CLASS[byte] & SETS.alnum) === 0) {
      seen.run = 0
      continue
    }
    if (isDigit(byte)) seen.digits++
    else if (byte >= 0x61) seen.lowers++
    else seen.uppers++
    seen.longest = Math.max(seen.longest, ++seen.run)
  }
  if (seen.digits < 2 || seen.uppers + seen.lowers < 2) return false
  const isUuid = seen.dashes === 4 && seen.hex === 32
  const isMixed = seen.uppers >= 2 && seen.lowers >= 2 && to - from >= SHORTEST_TOKEN
  return seen.longest >= SHORTEST_RUN || isUuid || isMixed
}
