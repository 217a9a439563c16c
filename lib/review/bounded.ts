import { OTHER } from '../keep/search-index/summary.ts'

/*
 * Logs hold as many names as their writers like. Of each sort so many are told apart; all others are one.
 */

/** Longer names are cut: characters. */
const LONGEST = 200

/** Gives each name a number, from 0; names that find no room share the last one. */
export class Names {
  readonly #numbers = new Map<string, number>()
  readonly #names: string[] = []
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get isFull(): boolean {
    return this.#names.length >= this.#max
  }

  numberOf(text: string): number {
    const name = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    if (this.isFull) return this.#max
    // A part of a long text would keep all of it in memory.
    const own = Buffer.from(name).toString()
    this.#numbers.set(own, this.#names.length)
    return this.#names.push(own) - 1
  }

  nameOf(number: number): string {
    return this.#names[number] ?? OTHER
  }
}

/** A value for each key, made when it is first asked for; keys that find no room share one. */
export class Table<Value> {
  readonly #rows = new Map<string, Value>()
  readonly #max: number
  readonly #make: () => Value

  constructor(max: number, make: () => Value) {
    this.#max = max
    this.#make = make
  }

  at(text: string): Value {
    const known = this.#rows.get(text)
    if (known !== undefined) return known
    const key = this.#rows.size < this.#max ? text : OTHER
    const row = this.#rows.get(key) ?? this.#make()
    this.#rows.set(key, row)
    return row
  }

  entries(): [string, Value][] {
    return [...this.#rows]
  }
}

/** Tells that a table of the report was cut. */
export type Remark = (sentence: string) => void

/** The first rows, so many; a remark tells how many there are when that is more. */
export function firstOf<Row>(rows: Row[], most: number, what: string, remark: Remark): Row[] {
  if (rows.length <= most) return rows
  remark(`of ${rows.length} ${what} the first ${most} are listed`)
  return rows.slice(0, most)
}

/** Descending by number; what is equal, by name. */
export function byCount<Row>(count: (row: Row) => number, name: (row: Row) => string) {
  return (a: Row, b: Row): number => count(b) - count(a) || (name(a) < name(b) ? -1 : 1)
}
