/**
 * Which three bytes of each literal the scanner looks for, and in which of its 16 buckets. Literals that share a
 * bucket also let through what mixes their bytes, so who stands with whom decides how often the scanner stops.
 * scripts/tune-scanner.js chooses for the literals of the tables; the others get the place that harms least.
 */
import type { Literal } from '../rules.ts'
import { COMMON_BYTES, TUNED } from './tuned.ts'

export const WINDOW = 3
export const BUCKETS = 16
/** The last place in a literal that a window may start at. */
const MAX_OFFSET = 40

export interface Placed {
  literal: Literal
  offset: number
  bucket: number
}

export function placeWindows(literals: readonly Literal[]): Placed[] {
  const placed: Placed[] = []
  const others: Literal[] = []
  for (const literal of literals) {
    const tuned = TUNED[nameOf(literal.bytes)]
    if (tuned === undefined) others.push(literal)
    else placed.push({ literal, offset: tuned[0], bucket: tuned[1] })
  }
  return [...placed, ...placeBeside(placed, others)]
}

/** Places for others beside those that have one. */
export function placeBeside(placed: readonly Placed[], others: readonly Literal[]): Placed[] {
  if (others.length === 0) return []
  const buckets = Array.from({ length: BUCKETS }, () => new Bucket())
  for (const { literal, offset, bucket } of placed) buckets[bucket].add(literal.bytes, offset)
  return others.map((literal) => {
    const [offset, bucket] = bestPlace(literal.bytes, buckets)
    buckets[bucket].add(literal.bytes, offset)
    return { literal, offset, bucket }
  })
}

/** The name of a literal in the tuned table: each byte as a character. */
export function nameOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

function bestPlace(bytes: Uint8Array, buckets: readonly Bucket[]): [number, number] {
  let best: [number, number] = [0, 0]
  let least = Number.POSITIVE_INFINITY
  const last = Math.max(0, Math.min(MAX_OFFSET, bytes.length - WINDOW))
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    for (let offset = 0; offset <= last; offset++) {
      const harm = buckets[bucket].harm(bytes, offset)
      if (harm < least) {
        least = harm
        best = [offset, bucket]
      }
    }
  }
  return best
}

/** The halves of bytes that a bucket holds at each position, and how often text has them. */
class Bucket {
  #positions = Array.from({ length: WINDOW }, () => new Halves())

  add(bytes: Uint8Array, offset: number): void {
    this.#positions.forEach((halves, i) => {
      halves.add(bytes[offset + i])
    })
  }

  /** How much more text the bucket lets through when it holds this window too. */
  harm(bytes: Uint8Array, offset: number): number {
    let before = 1
    let after = 1
    for (let i = 0; i < WINDOW; i++) {
      const halves = this.#positions[i]
      before *= halves.share
      after *= halves.share + halves.gain(bytes[offset + i])
    }
    return after - before
  }
}

/** A set of lower halves and one of upper halves: it holds every byte whose halves are both in them. */
class Halves {
  /** How much of ordinary text consists of the bytes that it holds. */
  share = 0
  #low = 0
  #high = 0
  /** By upper half, the share of the bytes with it and a lower half of the set; and the other way round. */
  #rows = new Float64Array(16)
  #columns = new Float64Array(16)

  /** A byte beyond the end of a short literal may be any. */
  add(byte: number | undefined): void {
    if (byte !== undefined) this.#add(byte & 15, byte >> 4)
    else for (let half = 0; half < 16; half++) this.#add(half, half)
  }

  /** What `add` would add to the share. */
  gain(byte: number | undefined): number {
    if (byte === undefined) return ALL - this.share
    const isNewLow = (this.#low & (1 << (byte & 15))) === 0
    const isNewHigh = (this.#high & (1 << (byte >> 4))) === 0
    const row = isNewHigh ? this.#rows[byte >> 4] : 0
    const column = isNewLow ? this.#columns[byte & 15] : 0
    return row + column + (isNewLow && isNewHigh ? COMMON_BYTES[byte] : 0)
  }

  #add(low: number, high: number): void {
    this.share += this.gain((high << 4) | low)
    if ((this.#low & (1 << low)) === 0)
      for (let row = 0; row < 16; row++) this.#rows[row] += COMMON_BYTES[(row << 4) | low]
    if ((this.#high & (1 << high)) === 0)
      for (let column = 0; column < 16; column++) this.#columns[column] += COMMON_BYTES[(high << 4) | column]
    this.#low |= 1 << low
    this.#high |= 1 << high
  }
}

const ALL = COMMON_BYTES.reduce((sum, share) => sum + share, 0)
