/**
 * E-mail addresses. A local part may hold nearly anything (RFC 5321 section 4.1.2); here it is what addresses in use
 * are made of, with letters of every alphabet, so that `to=ada@example.com` keeps its `to=`.
 */
import {
  AT,
  BACKSLASH,
  backslashesBefore,
  bytesOf,
  CLASS,
  COLON,
  DASH,
  DOT,
  isDigit,
  NAME,
  PERCENT,
  QUOTE,
  SETS,
  SLASH,
  startsWith,
} from '../bytes.ts'
import type { Line } from '../line.ts'

/** RFC 5321 section 4.5.3.1. */
const LONGEST_LOCAL = 64
const LONGEST_DOMAIN = 255
const LONGEST_USERINFO = 320
const PLUS = 0x2b
/** Percent-encoded once and twice. */
const ENCODED = ['%40', '%2540'].map(bytesOf)
const GIT = bytesOf('git')

/** Cuts the address around the `@` at `at`, also one written as `%40`. Returns where to go on. */
export function cutEmail(line: Line, at: number): number {
  const { bytes, end, rules } = line
  const domain = bytes[at] === AT ? at + 1 : afterEncoded(bytes, at, end)
  if (domain === -1) return at + 1
  const from = localStart(bytes, at, line.start)
  if (from === at) return at + 1
  const to = domainEnd(bytes, domain, end)
  if (to === -1 || isUser(bytes, from, at, to, line)) return domain
  line.cut(from, to, rules.code('email'))
  return to
}

function afterEncoded(bytes: Uint8Array, at: number, end: number): number {
  const sign = ENCODED.find((text) => startsWith(bytes, at, end, text))
  return sign === undefined ? -1 : at + sign.length
}

/** Who logs in somewhere rather than gets letters: `https://ada@host`, `git@host:path`. */
function isUser(bytes: Uint8Array, from: number, at: number, to: number, { start, end }: Line): boolean {
  if (at - from === GIT.length && startsWith(bytes, from, at, GIT) && to < end && bytes[to] === COLON)
    return true
  const stop = Math.max(start, at - LONGEST_USERINFO)
  for (let before = from; before > stop; before--) {
    const byte = bytes[before - 1]
    if (byte === SLASH)
      return before - 3 >= stop && bytes[before - 2] === SLASH && bytes[before - 3] === COLON
    if (byte <= 0x20 || byte === QUOTE || byte === AT) return false
  }
  return false
}

function localStart(bytes: Uint8Array, at: number, start: number): number {
  const stop = Math.max(start, at - LONGEST_LOCAL)
  let from = at
  while (from > stop) {
    const byte = bytes[from - 1]
    if (byte === PERCENT ? !isLocal(decoded(bytes, from, at)) : !isLocal(byte)) break
    from--
  }
  // The digits of an escape that stands for what no address holds.
  if (from > start && bytes[from - 1] === PERCENT && decoded(bytes, from, at) !== -1) from += 2
  from = afterEscape(bytes, from, start)
  // Neither half a character nor a mark at the start.
  while (from < at && ((bytes[from] & 0xc0) === 0x80 || bytes[from] === DOT || bytes[from] === DASH)) from++
  return Math.min(from, at)
}

/** The character that two hexadecimal digits at `from` stand for, -1 where none do. */
function decoded(bytes: Uint8Array, from: number, end: number): number {
  if (from + 2 > end) return -1
  const high = hexOf(bytes[from])
  const low = hexOf(bytes[from + 1])
  return high === -1 || low === -1 ? -1 : high * 16 + low
}

function hexOf(byte: number): number {
  if ((CLASS[byte] & SETS.hex) === 0) return -1
  return isDigit(byte) ? byte - 0x30 : (byte | 0x20) - 0x61 + 10
}

/** Past the letter of an escape: the `n` of `\nada@example.com`. */
function afterEscape(bytes: Uint8Array, from: number, start: number): number {
  if (from === start || bytes[from - 1] !== BACKSLASH || backslashesBefore(bytes, from, start) === 0)
    return from
  if (bytes[from] === 0x75) return from + 5
  return bytes[from] === 0x78 ? from + 3 : from + 1
}

function isLocal(byte: number): boolean {
  return (CLASS[byte] & SETS['alnum-']) !== 0 || byte === DOT || byte === PLUS || byte >= 0x80
}

/** Where a domain that starts at `from` ends, -1 where none does: dots, and letters behind the last one. */
function domainEnd(bytes: Uint8Array, from: number, end: number): number {
  const plain = domainOf(bytes, from, end, SETS.alnum)
  return plain === -1 ? domainOf(bytes, from, end, NAME) : plain
}

function domainOf(bytes: Uint8Array, from: number, end: number, set: number): number {
  const stop = Math.min(end, from + LONGEST_DOMAIN)
  let to = from
  while (to < stop && (isLabel(bytes[to], set) || bytes[to] === DASH || bytes[to] === DOT)) to++
  while (to > from && (bytes[to - 1] === DASH || bytes[to - 1] === DOT)) to--
  while (to < end && (bytes[to] & 0xc0) === 0x80 && set === NAME) to++
  let last = to
  while (last > from && bytes[last - 1] !== DOT) last--
  if (last <= from + 1 || to - last < 2 || bytes[from] === DOT) return -1
  for (let at = last; at < to; at++) if (isDigit(bytes[at]) && !isPunycode(bytes, last)) return -1
  return isVersion(bytes, from, last) ? -1 : to
}

function isLabel(byte: number, set: number): boolean {
  return (CLASS[byte] & SETS.alnum) !== 0 || (set === NAME && byte >= 0x80)
}

/** `xn--…` (RFC 3492). */
function isPunycode(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x78 && bytes[at + 1] === 0x6e && bytes[at + 2] === DASH
}

/** `pkg@1.2.3-beta.rc`: two numbers first. `126.com` is a domain. */
function isVersion(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from
  for (let dots = 0; at < to; at++) {
    if (bytes[at] === DOT && ++dots === 2) return true
    if (bytes[at] !== DOT && !isDigit(bytes[at])) return false
  }
  return false
}
