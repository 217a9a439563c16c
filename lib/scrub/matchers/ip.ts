/**
 * Addresses of the Internet, made anonymous rather than cut, so that networks can still be told apart: the last of
 * the four numbers of IPv4 becomes 0, of IPv6 the first 48 bits stay. Nothing is changed that is no person's:
 * loopback, and numbers of versions.
 */
import {
  APOSTROPHE,
  atLeftEdge,
  BACKSLASH,
  BLANK,
  bytesOf,
  CLASS,
  COLON,
  DASH,
  DOT,
  EQUALS,
  isDigit,
  lower,
  QUOTE,
  SETS,
  SLASH,
  WORD,
} from '../bytes.ts'
import type { Line } from '../line.ts'

const OCTETS = 4
const GROUPS = 8
const KEPT_GROUPS = 3
const LONGEST_GROUP = 4
const LOOPBACK = 127
const VERSION = bytesOf('version')

/** Makes the address of IPv4 that starts at `at` anonymous. Returns where to go on. */
export function hideIpv4(line: Line, at: number): number {
  const { bytes, start } = line
  // Most numbers are no addresses.
  if (bytes[at + 1] !== DOT && bytes[at + 2] !== DOT && bytes[at + 3] !== DOT) return at + 1
  if (at > start && (bytes[at - 1] === DOT || !atLeftEdge(bytes, at, start))) return at + 1
  const found = ipv4At(bytes, at, line.end)
  if (found === undefined || isVersion(bytes, at, start)) return at + 1
  hideLastOctet(line, found)
  return found.end
}

interface Ipv4 {
  first: number
  /** Where the last number starts, and where it ends. */
  last: number
  end: number
}

function ipv4At(bytes: Uint8Array, at: number, end: number): Ipv4 | undefined {
  let first = 0
  let from = at
  for (let octet = 0; ; octet++) {
    let to = from
    let value = 0
    while (to < end && to - from < 4 && isDigit(bytes[to])) value = value * 10 + bytes[to++] - 0x30
    if (to === from || to - from > 3 || value > 255) return undefined
    if (octet === 0) first = value
    if (octet === OCTETS - 1)
      return isEndOfAddress(bytes, to, end) ? { first, last: from, end: to } : undefined
    if (to >= end || bytes[to] !== DOT) return undefined
    from = to + 1
  }
}

/** No fifth number and no name behind it, as in `1.2.3.4.tar.gz`. */
function isEndOfAddress(bytes: Uint8Array, at: number, end: number): boolean {
  if (at === end) return true
  if (bytes[at] === DOT) return at + 1 === end || (CLASS[bytes[at + 1]] & WORD) === 0
  return (CLASS[bytes[at]] & WORD) === 0
}

function hideLastOctet(line: Line, { first, last, end }: Ipv4): void {
  if (first === LOOPBACK || (end - last === 1 && line.bytes[last] === 0x30)) return
  hide(line, last, end, '0')
}

function hide(line: Line, from: number, to: number, instead: string): void {
  line.cut(from, to, line.rules.code('ip'))
  line.cuts[line.cuts.length - 1].instead = bytesOf(instead)
}

/** `version 1.2.3.4`, `"version":"1.2.3.4"`, `build-1.2.3.4`, and products as browsers name them: `Example/1.2.3.4`. */
function isVersion(bytes: Uint8Array, at: number, start: number): boolean {
  if (at === start) return false
  const before = bytes[at - 1]
  if (before === DASH) return at - 2 >= start && isLetter(bytes[at - 2])
  if (before === SLASH) return isProduct(bytes, at - 1, start)
  let end = at
  const stop = Math.max(start, at - 8)
  while (end > stop && LEADS.has(bytes[end - 1])) end--
  const from = end - VERSION.length
  return from >= start && VERSION.every((byte, i) => lower(bytes[from + i]) === byte)
}
const LEADS = new Set([BLANK, QUOTE, APOSTROPHE, COLON, EQUALS, BACKSLASH])

/** A word with a capital that is no part of a path. */
function isProduct(bytes: Uint8Array, end: number, start: number): boolean {
  const stop = Math.max(start, end - 32)
  let from = end
  while (from > stop && isLetter(bytes[from - 1])) from--
  if (from === end || from === stop || bytes[from] >= 0x61) return false
  return bytes[from - 1] === BLANK || bytes[from - 1] === QUOTE
}

/** Makes the address of IPv6 around the first colon of it at `at` anonymous. Returns where to go on. */
export function hideIpv6(line: Line, at: number): number {
  const { bytes, start, end } = line
  // Most colons stand behind names.
  if (bytes[at + 1] !== COLON && !isHex(bytes[at + 1])) return at + 1
  let from = at
  while (from > start && at - from < LONGEST_GROUP && isHex(bytes[from - 1])) from--
  if (from > start && isEscapeHead(bytes, from, start)) from = Math.min(at, from + LONGEST_GROUP)
  else if (from > start && bytes[from - 1] === BACKSLASH && from < at) from++
  if (!mayStart(bytes, from, start)) return at + 1
  const found = ipv6At(bytes, from, end)
  if (found === undefined) return at + 1
  if (found.ipv4 !== undefined) hideLastOctet(line, found.ipv4)
  else hideGroups(line, from, found)
  return found.end
}

/** `\u`: the four digits that follow are those of an escape. */
function isEscapeHead(bytes: Uint8Array, from: number, start: number): boolean {
  return from - 2 >= start && bytes[from - 1] === 0x75 && bytes[from - 2] === BACKSLASH
}

/** Not in the middle of an address; `addr:2001:…` begins behind a colon. */
function mayStart(bytes: Uint8Array, from: number, start: number): boolean {
  if (from === start) return true
  if (bytes[from - 1] !== COLON) return atLeftEdge(bytes, from, start)
  return from - 2 < start || !(isHex(bytes[from - 2]) || bytes[from - 2] === COLON)
}

interface Ipv6 {
  groups: number[]
  end: number
  /** The address of IPv4 at its end: `::ffff:203.0.113.9`. */
  ipv4?: Ipv4
}

/** RFC 4291 section 2.2. */
function ipv6At(bytes: Uint8Array, from: number, end: number): Ipv6 | undefined {
  const head: number[] = []
  let tail: number[] | undefined
  let at = from
  if (bytes[at] === COLON) {
    if (bytes[at + 1] !== COLON) return undefined
    tail = []
    at += 2
  }
  for (;;) {
    const groups = tail ?? head
    const ipv4 = groups.length > 0 || tail !== undefined ? ipv4At(bytes, at, end) : undefined
    if (ipv4 !== undefined) return { groups: [], end: ipv4.end, ipv4 }
    let to = at
    let value = 0
    while (to < end && to - at <= LONGEST_GROUP && isHex(bytes[to]))
      value = value * 16 + Number.parseInt(String.fromCharCode(bytes[to++]), 16)
    if (to - at > LONGEST_GROUP || (to === at && bytes[at - 1] !== COLON)) return undefined
    if (to > at) groups.push(value)
    else if (tail === undefined || tail.length > 0) return undefined
    at = to
    if (head.length + (tail?.length ?? 0) > GROUPS) return undefined
    if (at >= end || bytes[at] !== COLON || to === from) break
    if (at + 1 < end && bytes[at + 1] === COLON) {
      if (tail !== undefined) return undefined
      tail = []
      at += 2
    } else if (at + 1 < end && isHex(bytes[at + 1])) at++
    else break
  }
  return completed(bytes, from, at, end, head, tail)
}

function completed(
  bytes: Uint8Array,
  from: number,
  at: number,
  end: number,
  head: number[],
  tail: number[] | undefined,
): Ipv6 | undefined {
  if (at < end && ((CLASS[bytes[at]] & WORD) !== 0 || (bytes[at] === COLON && bytes[at + 1] === COLON)))
    return undefined
  if (tail === undefined) return head.length === GROUPS ? { groups: head, end: at } : undefined
  const missing = GROUPS - head.length - tail.length
  // `fe::add` is a name in a program.
  if (missing < 1 || (head.length > 0 && !isAddressHead(bytes, from))) return undefined
  return { groups: [...head, ...new Array(missing).fill(0), ...tail], end: at }
}

function isAddressHead(bytes: Uint8Array, from: number): boolean {
  for (let at = from; isHex(bytes[at]); at++) if (isDigit(bytes[at])) return true
  return false
}

function hideGroups(line: Line, from: number, { groups, end }: Ipv6): void {
  const kept = groups.slice(0, KEPT_GROUPS)
  const isLoopback = groups.slice(0, -1).every((group) => group === 0)
  if (isLoopback || groups.slice(KEPT_GROUPS).every((group) => group === 0)) return
  while (kept.length > 0 && kept[kept.length - 1] === 0) kept.pop()
  hide(line, from, end, `${kept.map((group) => group.toString(16)).join(':')}::`)
}

function isHex(byte: number): boolean {
  return (CLASS[byte] & SETS.hex) !== 0
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
}
