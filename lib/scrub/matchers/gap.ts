/**
 * The blanks and line ends between a name and its value, raw or written as escapes.
 */
import { BACKSLASH, BLANK, NEWLINE, RETURN } from '../bytes.ts'

const TAB = 0x09
const LETTER_N = 0x6e
const LETTER_R = 0x72
const LETTER_T = 0x74

export interface Gap {
  /** Where the gap ends. */
  at: number
  lines: number
  /** Blanks since the last line end; a tab counts for two. */
  indent: number
}

/** The gap that starts at `from`; it looks at no more than `max` bytes. */
export function gapAt(bytes: Uint8Array, from: number, end: number, max: number): Gap {
  const stop = Math.min(end, from + max)
  const gap = { at: from, lines: 0, indent: 0 }
  while (gap.at < stop) {
    const byte = bytes[gap.at]
    let next = gap.at + 1
    let letter = 0
    if (byte === BACKSLASH) {
      while (next < stop && bytes[next] === BACKSLASH) next++
      letter = next < stop ? bytes[next++] : 0
      if (letter !== LETTER_N && letter !== LETTER_R && letter !== LETTER_T) return gap
    }
    if (byte === NEWLINE || letter === LETTER_N) {
      gap.lines++
      gap.indent = 0
    } else if (byte === TAB || letter === LETTER_T) gap.indent += 2
    else if (byte === BLANK) gap.indent++
    else if (byte !== RETURN && letter !== LETTER_R) return gap
    gap.at = next
  }
  return gap
}

/** Where the line of text that `from` stands in ends: at a raw or an escaped line end. */
export function lineEndAt(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] === NEWLINE || bytes[at] === RETURN) return at
    if (bytes[at] !== BACKSLASH) continue
    let letter = at
    while (letter < end && bytes[letter] === BACKSLASH) letter++
    if (bytes[letter] === LETTER_N || bytes[letter] === LETTER_R) return at
    at = letter
  }
  return end
}
