import {
  AT,
  BACKSLASH,
  COLON,
  HASH,
  isDigit,
  LESS,
  OPEN_BRACKET,
  QUESTION,
  QUOTE,
  runEnd,
  SETS,
  SLASH,
} from '../bytes.ts'
import type { Line } from '../line.ts'
import { markerEnd } from '../marker.ts'
import { isDocumentedUser, isPlaceholder } from './placeholder.ts'
import { readsAsRandom } from './reads.ts'

const MAX_AUTHORITY = 2048
const STOPS = new Set([SLASH, QUESTION, HASH, QUOTE, LESS, 0x3e, BACKSLASH, 0x27, 0x60])
const SHORTEST_LONE_TOKEN = 16
const SHORTEST_KEY = 8
/** `password` between colon and sign. */
const LONGEST_DOCUMENTED = 11

/**
 * Credentials before the `@` of a URL (RFC 3986 section 3.2.1). The user stays, the password goes; a user with no
 * password goes when it is long enough to be a token, and one that reads as a key goes along.
 */
export function cutUrl(line: Line, at: number): number {
  const { bytes, rules } = line
  const from = at + 3
  const limit = Math.min(line.end, from + MAX_AUTHORITY)
  let to = from
  let colon = -1
  let sign = -1
  for (; to < limit && bytes[to] > 0x20 && !STOPS.has(bytes[to]); to++) {
    const marker = bytes[to] === OPEN_BRACKET ? markerEnd(bytes, to, limit, rules) : -1
    if (marker !== -1) to = marker - 1
    else if (bytes[to] === COLON && colon === -1) colon = to
    else if (bytes[to] === AT) sign = to
  }
  if (sign === -1) return from
  const hasPassword = colon !== -1 && colon < sign
  const start = hasPassword && !isKey(bytes, from, colon) ? colon + 1 : from
  if (!hasPassword && !isLoneToken(bytes, start, sign)) return from
  if (hasPassword && sign - colon <= LONGEST_DOCUMENTED && isDocumentedUser(bytes, from, colon, sign))
    return sign
  if (!isPlaceholder(bytes, start, sign)) line.cutUnlessMarked(start, sign, rules.code('url-password'))
  return sign
}

/** A user that is a key itself, as in `https://KEY:SECRET@host`: hex, or what no name looks like. */
function isKey(bytes: Uint8Array, from: number, to: number): boolean {
  const isHex = to - from >= SHORTEST_KEY && runEnd(bytes, from, to, SETS.hex) === to
  return isHex || readsAsRandom(bytes, from, to)
}

function isLoneToken(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < SHORTEST_LONE_TOKEN || runEnd(bytes, from, to, SETS.crypt) !== to) return false
  for (let at = from; at < to; at++) if (isDigit(bytes[at])) return true
  return false
}
