/**
 * Where strings begin and end in a line, also in JSON that stands inside a string of JSON, at any depth.
 *
 * A quote at depth d is written with 2^d - 1 backslashes before it, and a backslash of the text itself doubles at
 * each depth. So the number of backslashes before a quote tells its depth: it is the number of one bits at the
 * end of that number in binary.
 */
import { BACKSLASH, backslashesBefore, indexOfByte, QUOTE } from './bytes.ts'

/** The depth of a quote with this many backslashes before it. */
export function depthOfQuote(backslashes: number): number {
  let depth = 0
  while ((backslashes & 1) === 1) {
    depth++
    backslashes >>>= 1
  }
  return depth
}

/**
 * Where the text of a string ends whose first byte is at `from` and whose quotes have this depth: at the first
 * quote of that depth or less, before the backslashes that belong to that quote; else at `end`.
 */
export function stringEnd(bytes: Uint8Array, from: number, end: number, depth: number): number {
  for (
    let at = indexOfByte(bytes, QUOTE, from, end);
    at !== -1;
    at = indexOfByte(bytes, QUOTE, at + 1, end)
  ) {
    const found = depthOfQuote(backslashesBefore(bytes, at, from))
    if (found <= depth) return at - ((1 << found) - 1)
  }
  return end
}

/**
 * Which string a place lies in. Asked for places in rising order it walks each line once, and only when asked.
 */
export class Depths {
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #start = 0
  #depth = -1

  reset(bytes: Uint8Array, start: number): void {
    this.#bytes = bytes
    this.#start = start
    this.#at = start
    this.#depth = -1
  }

  /** The depth of the innermost string around a place; -1 outside strings. */
  at(place: number): number {
    if (place < this.#at) this.reset(this.#bytes, this.#start)
    const bytes = this.#bytes
    let backslashes = 0
    for (; this.#at < place; this.#at++) {
      const byte = bytes[this.#at]
      if (byte === BACKSLASH) {
        backslashes++
        continue
      }
      if (byte === QUOTE) this.#turn(depthOfQuote(backslashes))
      backslashes = 0
    }
    // A place between the backslashes of a quote and the quote is asked for by nobody; step back all the same.
    this.#at -= backslashes
    return this.#depth
  }

  #turn(depth: number): void {
    this.#depth = depth > this.#depth ? depth : depth - 1
  }
}
