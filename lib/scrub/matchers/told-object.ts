/**
 * JSON objects in which one member tells that others are secret whatever their names: a JSON Web Key (RFC 7517,
 * RFC 7518 section 6), a Kubernetes Secret.
 */
import {
  BACKSLASH,
  BLANK,
  backslashesBefore,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skip,
} from '../bytes.ts'
import { depthOfQuote, stringEnd } from '../json-span.ts'
import type { Line } from '../line.ts'
import { TOLD_OBJECTS, type ToldObject } from '../told.ts'
import { cutContainer } from './container.ts'
import { cutValue } from './value.ts'

const LOOK_BACK = 8192
/** So often no bracket was found before the looking is given up. */
const MAX_MISSES = 16

/** Cuts the secret members of the object that the member at `at` stands in. Returns where to go on. */
export function cutToldObject(line: Line, at: number, row: number): number {
  const { bytes, start } = line
  if (at < line.objectEnd || bytes[at - 1] !== QUOTE || at === start || line.objectMisses > MAX_MISSES)
    return at + 1
  const open = openBefore(bytes, at, Math.max(start, line.objectEnd, at - LOOK_BACK))
  if (open === -1) line.objectMisses++
  else cutMembers(line, open + 1, backslashesBefore(bytes, at - 1, start), TOLD_OBJECTS[row])
  return at + 1
}

function openBefore(bytes: Uint8Array, from: number, stop: number): number {
  let nesting = 0
  for (let at = from - 1; at >= stop; at--) {
    if (bytes[at] === CLOSE_BRACE) nesting++
    else if (bytes[at] === OPEN_BRACE && nesting-- === 0) return at
  }
  return -1
}

function cutMembers(line: Line, from: number, backslashes: number, { id, secrets }: ToldObject): void {
  const { bytes, end, rules } = line
  const depth = depthOfQuote(backslashes)
  const row = rules.keyRules.findIndex((rule) => rule.id === id)
  let nesting = 0
  let at = from
  while (at < end) {
    const byte = bytes[at]
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) nesting++
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && nesting-- === 0) break
    if (byte !== QUOTE && byte !== BACKSLASH) {
      at++
      continue
    }
    const opening = skip(bytes, at, end, BACKSLASH)
    if (bytes[opening] !== QUOTE) {
      // An escaped line end between members.
      at = opening + 1
      continue
    }
    if (depthOfQuote(opening - at) < depth) break
    const to = stringEnd(bytes, opening + 1, end, depth)
    at = Math.min(end, skip(bytes, to, end, BACKSLASH) + 1)
    if (nesting !== 0 || !secrets.isWhole(bytes, opening + 1, to)) continue
    const colon = skip(bytes, at, end, BLANK)
    if (bytes[colon] === COLON) at = cutMember(line, skip(bytes, colon + 1, end, BLANK), backslashes, row)
  }
  line.objectEnd = at
}

/** Returns where the value ends that starts at `from`. */
function cutMember(line: Line, from: number, backslashes: number, row: number): number {
  const { bytes, end } = line
  if (bytes[from] === OPEN_BRACE || bytes[from] === OPEN_BRACKET)
    return cutContainer(line, from, backslashes, row)
  const opening = skip(bytes, from, end, BACKSLASH)
  if (bytes[opening] !== QUOTE || opening - from !== backslashes) return from
  const to = stringEnd(bytes, opening + 1, end, depthOfQuote(backslashes))
  cutValue(line, opening + 1, to, row)
  return Math.min(end, to + backslashes + 1)
}
