/**
 * The registered values and what is known of their forms. The forms themselves are made again when one has to be
 * compared, so that a value takes up its own text and less than 8 KB beside it, however long it is.
 */
import { formsOf } from './forms.ts'
import { hashOf } from './hash.ts'
import { BLOCK } from './tables.ts'

/** Values whose forms are kept, for those that are found again and again. */
const MAX_RECENT = 64

export interface Form {
  value: number
  /** Which of its value's forms it is. */
  ordinal: number
  length: number
  /** Of the whole form, where that is longer than the tables look at. */
  hash: number
}

export class Values {
  readonly forms: Form[] = []
  #texts: string[] = []
  #codes: number[] = []
  #known: Set<string> = new Set()
  #recent: Map<number, Uint8Array[]> = new Map()

  get size(): number {
    return this.#texts.length
  }

  has(text: string): boolean {
    return this.#known.has(text)
  }

  /** @param code of the marker that takes its place */
  add(text: string, code: number): void {
    this.#known.add(text)
    const value = this.#texts.push(text) - 1
    this.#codes.push(code)
    formsOf(text).forEach((bytes, ordinal) => {
      const { length } = bytes
      this.forms.push({ value, ordinal, length, hash: length > BLOCK ? hashOf(bytes, 0, length) : 0 })
    })
  }

  codeOf(form: number): number {
    return this.#codes[this.forms[form].value]
  }

  bytesOf(form: number): Uint8Array {
    const { value, ordinal } = this.forms[form]
    return this.#formsOf(value)[ordinal]
  }

  #formsOf(value: number): Uint8Array[] {
    const recent = this.#recent.get(value)
    if (recent !== undefined) return recent
    const made = formsOf(this.#texts[value])
    if (this.#recent.size === MAX_RECENT) this.#recent.clear()
    this.#recent.set(value, made)
    return made
  }
}
