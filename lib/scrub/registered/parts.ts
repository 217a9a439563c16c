/** The parts that the tables of registered values consist of, each in memory that it is given. */
import { slotOf } from './hash.ts'

const FIRST_BITS = 8

export interface Part {
  readonly byteLength: number
  /** Whether so many more have room. Never is more than half taken. */
  fits(more: number): boolean
  /** Grows to have it. Then it must be given memory, and is empty. */
  grow(more: number): void
  /** @param at address of zeroed memory, `byteLength` long */
  place(buffer: ArrayBufferLike, at: number): void
}

/** A set of windows that may say yes too often: two bits of one word, by the upper bits of a tag and by the lower. */
export class WindowSet implements Part {
  words: Uint32Array = new Uint32Array(0)
  bits: number = FIRST_BITS
  #bitsOfWindow: number
  #count = 0

  /** @param bitsOfWindow so many bits for each window at least: with more, fewer looks go on for nothing */
  constructor(bitsOfWindow: number) {
    this.#bitsOfWindow = bitsOfWindow
  }

  get byteLength(): number {
    return 1 << (this.bits - 3)
  }

  fits(more: number): boolean {
    return (this.#count + more) * this.#bitsOfWindow <= 2 ** this.bits
  }

  grow(more: number): void {
    while (!this.fits(more)) this.bits++
    this.#count = 0
  }

  place(buffer: ArrayBufferLike, at: number): void {
    this.words = new Uint32Array(buffer, at, this.byteLength / 4)
  }

  add(tag: number): void {
    const bit = tag >>> (32 - this.bits)
    this.words[bit >>> 5] |= (1 << bit) | (1 << tag)
    this.#count++
  }

  has(tag: number): boolean {
    const bit = tag >>> (32 - this.bits)
    const word = this.words[bit >>> 5]
    return ((word >>> bit) & (word >>> tag) & 1) !== 0
  }
}

/** Pairs of a hash and a number that is not 0, each once. */
export class Pairs implements Part {
  table: Uint32Array = new Uint32Array(0)
  bits: number = FIRST_BITS
  #count = 0

  get byteLength(): number {
    return 8 << this.bits
  }

  fits(more: number): boolean {
    return (this.#count + more) * 2 <= 1 << this.bits
  }

  grow(more: number): void {
    while (!this.fits(more)) this.bits++
    this.#count = 0
  }

  place(buffer: ArrayBufferLike, at: number): void {
    this.table = new Uint32Array(buffer, at, this.byteLength / 4)
  }

  add(hash: number, number: number): boolean {
    const { table } = this
    let slot = slotOf(hash, this.bits)
    for (; table[slot * 2 + 1] !== 0; slot = this.#after(slot))
      if (table[slot * 2] === hash && table[slot * 2 + 1] === number) return false
    table[slot * 2] = hash
    table[slot * 2 + 1] = number
    this.#count++
    return true
  }

  has(hash: number): boolean {
    for (let slot = slotOf(hash, this.bits); this.table[slot * 2 + 1] !== 0; slot = this.#after(slot))
      if (this.table[slot * 2] === hash) return true
    return false
  }

  each(hash: number, tell: (number: number) => void): void {
    for (let slot = slotOf(hash, this.bits); this.table[slot * 2 + 1] !== 0; slot = this.#after(slot))
      if (this.table[slot * 2] === hash) tell(this.table[slot * 2 + 1])
  }

  /** Hash and number by turns. */
  entries(): number[] {
    const all: number[] = []
    for (let at = 0; at < this.table.length; at += 2)
      if (this.table[at + 1] !== 0) all.push(this.table[at], this.table[at + 1])
    return all
  }

  #after(slot: number): number {
    return (slot + 1) & ((1 << this.bits) - 1)
  }
}

/** A set of bytes: for each lower half, a bit for each upper half, of which 0 is also 8, 1 is also 9, and so on. */
export class ByteSet {
  readonly rows: Uint8Array = new Uint8Array(16)

  add(byte: number): void {
    this.rows[byte & 15] |= 1 << ((byte >> 4) & 7)
  }

  has(byte: number): boolean {
    return (this.rows[byte & 15] & (1 << ((byte >> 4) & 7))) !== 0
  }
}
