/**
 * Bloom filters of hashed terms: 14 bits and 9 probes a term, by double hashing. Of 1,000 terms that are not there it
 * takes one or two for there.
 */
const BITS_A_TERM = 14
const PROBES = 9

/** Whether the term may be in the filter. An empty filter holds none. */
export function filterHas(filter: Uint8Array, a: number, b: number): boolean {
  const bits = filter.length * 8
  if (bits === 0) return false
  const step = stepOf(b, bits)
  let bit = a % bits
  for (let probe = 0; probe < PROBES; probe++) {
    if ((filter[bit >>> 3] & (1 << (bit & 7))) === 0) return false
    bit += step
    if (bit >= bits) bit -= bits
  }
  return true
}

const FIRST_SIZE = 4096
/** Hostile terms may all want one place; more than so many steps are not made for them. */
const MOST_STEPS = 64

/** The distinct terms of a member. */
export class TermSet {
  /** Hashes of terms, two numbers each. */
  #terms = new Uint32Array(FIRST_SIZE)
  #count = 0
  /** Numbers of terms, from 1; 0 is an empty place. At most half of the places are taken. */
  #places = new Uint32Array(FIRST_SIZE)

  add(a: number, b: number): void {
    const mask = this.#places.length - 1
    let place = (a ^ Math.imul(b, 0x9e3779b1)) & mask
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const term = this.#places[place]
      if (term === 0) {
        this.#places[place] = this.#append(a, b)
        if (this.#count * 2 > mask) this.#grow()
        return
      }
      if (this.#terms[term * 2 - 2] === a && this.#terms[term * 2 - 1] === b) return
      place = (place + 1) & mask
    }
    // Perhaps it is there twice now: the filter is a little larger then, and as right.
    this.#append(a, b)
  }

  /** The filter of all of them. The set is empty then. */
  take(): Uint8Array {
    const filter = new Uint8Array(Math.ceil((this.#count * BITS_A_TERM) / 8))
    for (let i = 0; i < this.#count; i++) put(filter, this.#terms[i * 2], this.#terms[i * 2 + 1])
    this.#count = 0
    this.#places.fill(0)
    return filter
  }

  #append(a: number, b: number): number {
    if (this.#count * 2 === this.#terms.length) {
      const larger = new Uint32Array(this.#terms.length * 2)
      larger.set(this.#terms)
      this.#terms = larger
    }
    this.#terms[this.#count * 2] = a
    this.#terms[this.#count * 2 + 1] = b
    return ++this.#count
  }

  #grow(): void {
    const terms = this.#terms
    const count = this.#count
    this.#terms = new Uint32Array(terms.length)
    this.#count = 0
    this.#places = new Uint32Array(this.#places.length * 2)
    for (let i = 0; i < count; i++) this.add(terms[i * 2], terms[i * 2 + 1])
  }
}

function put(filter: Uint8Array, a: number, b: number): void {
  const bits = filter.length * 8
  const step = stepOf(b, bits)
  let bit = a % bits
  for (let probe = 0; probe < PROBES; probe++) {
    filter[bit >>> 3] |= 1 << (bit & 7)
    bit += step
    if (bit >= bits) bit -= bits
  }
}

/** Odd, and smaller than the number of bits. */
function stepOf(b: number, bits: number): number {
  return (b % (bits - 1)) | 1
}
