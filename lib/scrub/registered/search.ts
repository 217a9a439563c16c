/** Finds where registered values may stand, in plain JavaScript: what scanner/assembly/values.ts does, place by place. */
import { hashOf, tagAt } from './hash.ts'
import { Tables, type Tier } from './tables.ts'

export interface Search {
  readonly kind: 'wasm' | 'plain'
  readonly tables: Tables
  /** Tells of the blocks in `bytes[from, to)` that some form has: where each starts, and its hash. */
  find(bytes: Uint8Array, from: number, to: number, tell: TellBlock): void
}

export type TellBlock = (at: number, hash: number) => void

export class PlainSearch implements Search {
  readonly kind = 'plain'
  readonly tables: Tables = new Tables((bytes) => ({ buffer: new ArrayBuffer(bytes), at: 0 }))

  find(bytes: Uint8Array, from: number, to: number, tell: TellBlock): void {
    for (const tier of this.tables.tiers) this.#look(bytes, from, to, tier, tell)
  }

  #look(bytes: Uint8Array, from: number, to: number, { width, stride }: Tier, tell: TellBlock): void {
    const { eights, fours, windows, blocks } = this.tables
    const set = width === 8 ? eights : fours
    for (let place = from; place + width <= to; place += stride) {
      const tag = tagAt(bytes, place, width)
      if (!set.has(tag)) continue
      windows.each(tag, (block) => {
        const at = place - (block & 0xff)
        const length = block >>> 8
        if (at < from || at + length > to) return
        const hash = hashOf(bytes, at, length)
        if (blocks.has(hash)) tell(at, hash)
      })
    }
  }
}
