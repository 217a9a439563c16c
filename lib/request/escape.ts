/*
 * Text from outside, made fit for one field of an access line: whatever it holds, it stays one field of one line.
 */

const PLAIN = 0
const BARE_ONLY = 1
const ALWAYS = 2

const BYTE = 0x100

/** For each character below U+0100: escaped always, only where no quotes stand around it, or never. */
const CLASSES = classes()

function classes(): Uint8Array {
  const table = new Uint8Array(BYTE)
  table.fill(ALWAYS, 0, 0x20)
  table.fill(ALWAYS, 0x7f, 0xa0)
  for (const character of '"\\\u00ad') table[character.charCodeAt(0)] = ALWAYS
  for (const character of ' []\u00a0') table[character.charCodeAt(0)] = BARE_ONLY
  return table
}

/** Format controls from U+0100 on: they reorder or hide what a reader sees (Unicode general category Cf, Zl, Zp). */
const INVISIBLE: readonly (readonly [first: number, last: number])[] = [
  [0x0600, 0x0605],
  [0x061c, 0x061c],
  [0x06dd, 0x06dd],
  [0x070f, 0x070f],
  [0x0890, 0x0891],
  [0x08e2, 0x08e2],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
  [0x13430, 0x1343f],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe007f],
]

/** Spaces from U+0100 on. Some parsers split at them. */
const SPACES: readonly (readonly [first: number, last: number])[] = [
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
]

/** For a field between quotes: quotes, backslashes and everything that no reader sees. At most `max` characters. */
export function quotedField(text: string, max: number): string {
  return escaped(text, max, ALWAYS)
}

/** For a field without quotes, or a part of one: also spaces, brackets and quotes. At most `max` characters. */
export function bareField(text: string, max: number): string {
  return escaped(text, max, BARE_ONLY)
}

/** Text of at most `max` characters. What was cut ends in `…`. */
export function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, lastKept(text, max))}…` : text
}

/** Where to cut: one place is for the `…`, and no surrogate pair is torn. */
function lastKept(text: string, max: number): number {
  const code = text.charCodeAt(max - 2)
  return code >= 0xd800 && code <= 0xdbff ? max - 2 : max - 1
}

function escaped(text: string, max: number, from: number): string {
  const end = Math.min(text.length, max)
  let at = plainUntil(text, end, from)
  while (at < end && classOf(text, at, end) < from) at += widthAt(text, at, end)
  if (at >= end) return cut(text, max)
  const last = text.length > max ? lastKept(text, max) : text.length
  let result = text.slice(0, Math.min(at, last))
  for (let width = 1; at < last; at += width) {
    width = widthAt(text, at, last)
    result += classOf(text, at, last) < from ? text.slice(at, at + width) : escapedAt(text, at, width, from)
  }
  return text.length > max ? `${result}…` : result
}

/** Up to where nothing is to be escaped and all is below U+0100: of most fields to their end. */
function plainUntil(text: string, end: number, from: number): number {
  let at = 0
  for (; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code >= BYTE || CLASSES[code] >= from) return at
  }
  return at
}

function classOf(text: string, at: number, end: number): number {
  const code = text.charCodeAt(at)
  if (code < BYTE) return CLASSES[code]
  if (isSurrogate(code) && widthAt(text, at, end) === 1) return ALWAYS
  const point = text.codePointAt(at) as number
  if (within(INVISIBLE, point)) return ALWAYS
  return within(SPACES, point) ? BARE_ONLY : PLAIN
}

/** 2 for a whole surrogate pair, else 1. A pair that the cut would split counts as broken. */
function widthAt(text: string, at: number, end: number): number {
  const code = text.charCodeAt(at)
  if (code < 0xd800 || code > 0xdbff || at + 1 >= end) return 1
  const next = text.charCodeAt(at + 1)
  return next >= 0xdc00 && next <= 0xdfff ? 2 : 1
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff
}

function within(ranges: readonly (readonly [number, number])[], point: number): boolean {
  for (const [first, last] of ranges) if (point >= first && point <= last) return true
  return false
}

function escapedAt(text: string, at: number, width: number, from: number): string {
  let result = ''
  for (let i = at; i < at + width; i++) {
    const code = text.charCodeAt(i)
    // Without quotes around the field none may stand in it, not even an escaped one.
    if (code === 0x22 && from === ALWAYS) result += '\\"'
    else if (code === 0x5c) result += '\\\\'
    else result += code < BYTE ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`
  }
  return result
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, '0')
}
