/**
 * A list of words that are looked for at one place: one look at the byte there tells which of them may stand.
 */
import { bytesOf, lower, startsWith, startsWithWord } from './bytes.ts'

const NONE: readonly Uint8Array[] = []

export class Words {
  readonly #byFirst: (readonly Uint8Array[])[] = new Array(256).fill(NONE)
  readonly #anyCase: boolean

  /** Words in lower case that may stand in any case, unless told to be `exact`. The first that fits counts. */
  constructor(words: readonly string[], exact?: 'exact') {
    this.#anyCase = exact === undefined
    for (const word of words.map(bytesOf)) this.#byFirst[word[0]] = [...this.#byFirst[word[0]], word]
  }

  /** The length of the word that stands at a place, 0 when none does. */
  at(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end) return 0
    const words = this.#byFirst[this.#anyCase ? lower(bytes[at]) : bytes[at]]
    for (const word of words) {
      const stands = this.#anyCase ? startsWithWord(bytes, at, end, word) : startsWith(bytes, at, end, word)
      if (stands) return word.length
    }
    return 0
  }

  /** Whether `[from, to)` is one of the words and nothing more. */
  isWhole(bytes: Uint8Array, from: number, to: number): boolean {
    if (from >= to) return false
    const words = this.#byFirst[this.#anyCase ? lower(bytes[from]) : bytes[from]]
    for (const word of words) {
      if (word.length !== to - from) continue
      if (this.#anyCase ? startsWithWord(bytes, from, to, word) : startsWith(bytes, from, to, word))
        return true
    }
    return false
  }
}
