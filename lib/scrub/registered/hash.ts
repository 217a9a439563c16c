/**
 * The hashes by which registered values are found. assembly/values.ts computes the same. They only decide where to
 * look closer, so nobody gains by making two texts collide.
 */
const LOW = 0x9e3779b1
const HIGH = 0x85ebca77
const FACTOR = 0x08088405

/** A window of 4 or 8 bytes as a number of 32 bits. */
export function tagAt(bytes: Uint8Array, at: number, width: number): number {
  const low = Math.imul(wordAt(bytes, at), LOW)
  const product = width === 4 ? low : low ^ Math.imul(wordAt(bytes, at + 4), HIGH)
  return (product ^ (product >>> 15)) >>> 0
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
}

/** A polynomial, so that the hash of any part follows from the hashes of two beginnings. */
export function hashOf(bytes: Uint8Array, at: number, length: number): number {
  let hash = 0
  for (let i = at; i < at + length; i++) hash = step(hash, bytes[i])
  return hash >>> 0
}

/** The place of a hash in a table of `1 << bits`. */
export function slotOf(hash: number, bits: number): number {
  return Math.imul(hash, LOW) >>> (32 - bits)
}

function step(hash: number, byte: number): number {
  return (Math.imul(hash, FACTOR) + byte + 1) | 0
}

/** Hashes of any parts of one text, each in a few steps once the text has been walked. */
export class PartHashes {
  #beginnings: Uint32Array = new Uint32Array(0)
  #start = 0
  #end = -1

  /** For the text in `[start, end)`; it is walked when the first hash is asked for. */
  reset(start: number): void {
    this.#start = start
    this.#end = -1
  }

  hashOf(bytes: Uint8Array, end: number, at: number, length: number): number {
    if (this.#end !== end) this.#walk(bytes, end)
    const from = this.#beginnings[at - this.#start]
    return (this.#beginnings[at + length - this.#start] - Math.imul(from, power(length))) >>> 0
  }

  #walk(bytes: Uint8Array, end: number): void {
    const size = end - this.#start + 1
    if (this.#beginnings.length < size) this.#beginnings = new Uint32Array(size)
    let hash = 0
    for (let i = 0; i < size; i++) {
      this.#beginnings[i] = hash
      hash = step(hash, bytes[this.#start + i])
    }
    this.#end = end
  }
}

function power(exponent: number): number {
  let result = 1
  let factor = FACTOR
  for (let rest = exponent; rest > 0; rest >>>= 1) {
    if ((rest & 1) === 1) result = Math.imul(result, factor)
    factor = Math.imul(factor, factor)
  }
  return result
}
