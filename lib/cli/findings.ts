import type { Finder } from '../scrub/finder.ts'
import { type Cut, ESCAPE } from '../scrub/line.ts'
import type { TextSink } from '../scrub/text-sink.ts'

export interface Finding {
  /** From 1; the column counts characters. */
  line: number
  column: number
  rule: string
  /** How long the secret is, as far as that may be said. */
  hint: string
}

const NEWLINE = 0x0a
/** The length of a shorter secret would help to guess it. */
const SHORTEST_TOLD = 16

/** Keeps track of where in a text the secrets stand. It never holds one. */
export class FindingSink implements TextSink {
  #finder: Finder
  #line = 1
  #column = 1
  #found: Finding[] = []
  #withheld: number[] = []

  constructor(finder: Finder) {
    this.#finder = finder
  }

  /** What came to light since the last call, and the lines that could not be looked at. */
  takeAll(): { findings: Finding[]; withheld: number[] } {
    const taken = { findings: this.#found, withheld: this.#withheld }
    this.#found = []
    this.#withheld = []
    return taken
  }

  take(bytes: Uint8Array, start: number, end: number, cuts: readonly Cut[]): void {
    let at = start
    for (const cut of cuts) {
      if (cut.code === ESCAPE) continue
      this.#advance(bytes, at, cut.start)
      at = cut.start
      const hint = hintOf(charactersIn(bytes, cut.start, cut.end))
      this.#found.push({
        line: this.#line,
        column: this.#column,
        rule: this.#finder.rules.ids.name(cut.code),
        hint,
      })
    }
    this.#advance(bytes, at, end)
  }

  withhold(bytes: Uint8Array, start: number, end: number): void {
    this.#withheld.push(this.#line)
    this.#advance(bytes, start, end)
  }

  #advance(bytes: Uint8Array, from: number, to: number): void {
    let at = from
    for (let next = bytes.indexOf(NEWLINE, at); next !== -1 && next < to; next = bytes.indexOf(NEWLINE, at)) {
      this.#line++
      this.#column = 1
      at = next + 1
    }
    this.#column += charactersIn(bytes, at, to)
  }
}

function hintOf(length: number): string {
  return length < SHORTEST_TOLD ? `under ${SHORTEST_TOLD} characters` : `${length} characters`
}

/** Bytes that begin a character in UTF-8. */
function charactersIn(bytes: Uint8Array, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at++) if ((bytes[at] & 0xc0) !== 0x80) count++
  return count
}
