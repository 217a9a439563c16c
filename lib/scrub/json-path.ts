/**
 * Where in a JSON line a place stands, as names joined by dots: `req.headers.authorization`, `items.0.token`. Made
 * from a line that was scrubbed already, so a name that was secret itself stands here as its marker.
 */
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './bytes.ts'

const MAX_DEPTH = 16
const LONGEST_NAME = 64
const LONGEST_PATH = 256
const CUT_OFF = '…'

const decoder = new TextDecoder()

/** The names that lead to each place, places in rising order, in one walk. A name has the path of its object. */
export function pathsIn(line: Uint8Array, places: readonly number[]): string[][] {
  const walk = new Walk(line)
  return places.map((place) => walk.namesTo(place))
}

/** Joins names to a path of bounded length. */
export function pathOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_DEPTH).map((name) => shortened(name, LONGEST_NAME))
  if (names.length > MAX_DEPTH) shown.push(CUT_OFF)
  return shortened(shown.join('.'), LONGEST_PATH)
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).toWellFormed()}${CUT_OFF}` : text
}

class Walk {
  #line: Uint8Array
  #at = 0
  /** The names of members and the numbers of elements down to here; deeper ones are not kept. */
  #names: string[] = []
  #isArray: boolean[] = []
  #depth = 0
  /** Where the last string starts and ends, its quotes not included. */
  #from = 0
  #to = 0

  constructor(line: Uint8Array) {
    this.#line = line
  }

  namesTo(place: number): string[] {
    while (this.#at <= place && this.#at < this.#line.length) this.#step()
    const isName = place >= this.#from && place < this.#to && this.#line[this.#to + 1] === COLON
    return this.#names.slice(0, Math.min(isName ? this.#depth - 1 : this.#depth, MAX_DEPTH + 1))
  }

  #step(): void {
    const byte = this.#line[this.#at++]
    if (byte === QUOTE) this.#string()
    else if (byte === COLON) this.#set(this.#name())
    else if (byte === OPEN_BRACE) this.#enter(false)
    else if (byte === OPEN_BRACKET) this.#enter(true)
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#depth = Math.max(0, this.#depth - 1)
    else if (byte === COMMA && this.#depth <= MAX_DEPTH && this.#isArray[this.#depth - 1] === true)
      this.#set(String(Number(this.#names[this.#depth - 1]) + 1))
  }

  #string(): void {
    this.#from = this.#at
    while (this.#at < this.#line.length && this.#line[this.#at] !== QUOTE)
      this.#at += this.#line[this.#at] === BACKSLASH ? 2 : 1
    this.#to = Math.min(this.#at, this.#line.length)
    this.#at = this.#to + 1
  }

  #name(): string {
    const to = Math.min(this.#to, this.#from + 4 * LONGEST_NAME)
    return decoder.decode(this.#line.subarray(this.#from, to))
  }

  #enter(isArray: boolean): void {
    this.#depth++
    if (this.#depth > MAX_DEPTH + 1) return
    this.#isArray[this.#depth - 1] = isArray
    this.#names[this.#depth - 1] = isArray ? '0' : ''
  }

  #set(name: string): void {
    if (this.#depth > 0 && this.#depth <= MAX_DEPTH + 1) this.#names[this.#depth - 1] = name
  }
}
