/**
 * Where to look for registered values: every eighth place of a text (every fourth or second, for short forms) is
 * looked up by the few bytes that stand there. So that no occurrence is passed over, each form is entered with as
 * many windows in a row as there are places between two looks. A window tells of a block of up to 64 bytes around
 * it, and the hash of that block tells which forms may stand there: forms that are alike share their windows, and
 * cost no more than one.
 *
 * Both searches read these tables, the one in WebAssembly from its own memory.
 */
import { COMMON_BYTES } from '../scanner/tuned.ts'
import { hashOf, tagAt } from './hash.ts'
import { ByteSet, Pairs, type Part, WindowSet } from './parts.ts'

export const BLOCK = 64

export interface Tier {
  /** Bytes of a window, and from one look to the next. */
  width: 4 | 8
  stride: number
}
/** From the longest forms to the shortest, of 6 bytes. */
const TIERS: readonly Tier[] = [
  { width: 8, stride: 8 },
  { width: 4, stride: 4 },
  { width: 4, stride: 2 },
]

const MOST_WINDOWS = 8
/** Places in a form that are tried for its windows. */
const PLACES = 8
/** So many that are looked at together do no harm. */
const FEW = 4
const CROWDED = 1e6
const NEW = 1e3

/** Gives zeroed memory for the tables; what it gave before may be taken back. */
export type Room = (bytes: number) => { buffer: ArrayBufferLike; at: number }

export class Tables {
  /** Windows of eight bytes, and of four: of those there are fewer, and text has them more often. */
  readonly eights: WindowSet = new WindowSet(16)
  readonly fours: WindowSet = new WindowSet(64)
  /** Of each window, its block: how long it is, times 256, and how far before the window it starts. */
  readonly windows: Pairs = new Pairs()
  /** Of the hash of each block, the numbers of the forms that have it, from 1 on. */
  readonly blocks: Pairs = new Pairs()
  /** The bytes that stand in windows. */
  readonly bytes: ByteSet = new ByteSet()
  readonly tiers: Set<Tier> = new Set()
  #parts: readonly Part[] = [this.eights, this.fours, this.windows, this.blocks]
  #blockAts: number[] = []
  #room: Room

  constructor(room: Room) {
    this.#room = room
    this.#layOut()
  }

  /** Forms so far. */
  get size(): number {
    return this.#blockAts.length
  }

  /** Enters the next form. */
  add(bytes: Uint8Array): void {
    const tier = TIERS.find((each) => bytes.length >= spanOf(each)) as Tier
    this.tiers.add(tier)
    if (!this.#parts.every((part) => part.fits(MOST_WINDOWS))) this.#grow()
    const { region, blockAt, length, hash } = this.#bestPlace(bytes, tier)
    for (let at = region; at < region + spanOf(tier); at++) this.bytes.add(bytes[at])
    for (let at = region; at < region + tier.stride; at++)
      this.#addWindow(tagAt(bytes, at, tier.width), (length << 8) | (at - blockAt))
    this.blocks.add(hash, this.#blockAts.push(blockAt))
  }

  /** Where in a form its block starts. */
  blockAt(form: number): number {
    return this.#blockAts[form]
  }

  #addWindow(tag: number, block: number): void {
    if (!this.windows.add(tag, block)) return
    const isEight = block >> 8 >= spanOf(TIERS[0])
    const set = isEight ? this.eights : this.fours
    set.add(tag)
  }

  #grow(): void {
    const windows = this.windows.entries()
    const blocks = this.blocks.entries()
    for (const part of this.#parts) part.grow(MOST_WINDOWS)
    this.#layOut()
    for (let i = 0; i < windows.length; i += 2) this.#addWindow(windows[i], windows[i + 1])
    for (let i = 0; i < blocks.length; i += 2) this.blocks.add(blocks[i], blocks[i + 1])
  }

  #layOut(): void {
    let { buffer, at } = this.#room(this.#parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
    for (const part of this.#parts) {
      part.place(buffer, at)
      at += part.byteLength
    }
  }

  /** The place for the windows that costs least: see `Place`. */
  #bestPlace(bytes: Uint8Array, tier: Tier): Place {
    const last = bytes.length - spanOf(tier)
    let best = this.#placeAt(bytes, last, tier)
    for (let i = 0; i < PLACES - 1 && last > 0; i++) {
      const place = this.#placeAt(bytes, Math.floor((last * i) / (PLACES - 1)), tier)
      if (place.cost < best.cost) best = place
    }
    return best
  }

  #placeAt(bytes: Uint8Array, region: number, tier: Tier): Place {
    const length = Math.min(BLOCK, bytes.length)
    const middle = region - ((BLOCK - spanOf(tier)) >> 1)
    const blockAt = Math.max(0, Math.min(middle, bytes.length - length))
    const hash = hashOf(bytes, blockAt, length)
    const end = region + spanOf(tier)
    let crowd = countOf(this.blocks, hash)
    for (let at = region; at < region + tier.stride; at++)
      crowd = Math.max(crowd, countOf(this.windows, tagAt(bytes, at, tier.width)))
    return { region, blockAt, length, hash, cost: this.#cost(bytes, region, end, crowd) }
  }

  #cost(bytes: Uint8Array, from: number, to: number, crowd: number): number {
    let share = 0
    let newShare = 0
    for (let at = from; at < to; at++) {
      const common = COMMON_BYTES[bytes[at]]
      share += common
      if (!this.bytes.has(bytes[at])) newShare += common
    }
    return Math.floor(crowd / FEW) * CROWDED + newShare * NEW + share
  }
}

interface Place {
  region: number
  blockAt: number
  length: number
  hash: number
  /**
   * By how many others are looked at wherever this one is, then by how many more bytes of ordinary text may belong to
   * windows, then by how ordinary its bytes are.
   */
  cost: number
}

/** The bytes that the windows of a form take up. */
function spanOf({ width, stride }: Tier): number {
  return width + stride - 1
}

function countOf(pairs: Pairs, hash: number): number {
  let count = 0
  pairs.each(hash, () => count++)
  return count
}
