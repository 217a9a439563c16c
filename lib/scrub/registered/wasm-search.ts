/**
 * The search for registered values in WebAssembly, in a memory of its own: the text is copied there, so that the
 * tables may grow without moving the batch.
 */
import { instantiate, MAX_PAGES, newMemory, PAGE } from '../scanner/module.ts'
import type { Search, TellBlock } from './search.ts'
import { BLOCK, Tables } from './tables.ts'

/** The addresses in memory; assembly/values.ts knows those of the bytes and of the tables. */
const BYTES = 0x300
const FOUND = 0x400
const STAGE = 0x20000
const TABLES = 0x40000
/** Pairs that 64 places may add to the list: one for each start and length of a block around each window. */
const MOST_FOUND = 14_056
const PIECE = 65536
/** The bit of each upper half in `ByteSet`. */
const UPPER_HALVES = Uint8Array.from({ length: 16 }, (_, half) => 1 << (half & 7))

interface Exports {
  arrange(found: number, room: number): void
  placeSets(eightBits: number, fours: number, fourBits: number): void
  placePairs(windows: number, windowBits: number, blocks: number, blockBits: number): void
  search(strides: number, from: number, to: number, first: number, limit: number): number
  foundCount(): number
}

export class WasmSearch implements Search {
  readonly kind = 'wasm'
  readonly tables: Tables
  #memory = newMemory(TABLES / PAGE + 1, MAX_PAGES)
  #wasm: Exports = instantiate(this.#memory) as Exports
  #bytes = new Uint8Array(0)
  #stage = new Uint8Array(0)
  #found = new Uint32Array(0)
  #placed: Uint32Array | undefined

  /** @throws where WebAssembly or its SIMD is missing */
  constructor() {
    this.#wasm.arrange(FOUND, (STAGE - FOUND) / 8 - MOST_FOUND)
    this.tables = new Tables((bytes) => this.#room(bytes))
  }

  find(bytes: Uint8Array, from: number, to: number, tell: TellBlock): void {
    if (this.#placed !== this.tables.windows.table) this.#place()
    this.#bytes.set(this.tables.bytes.rows)
    for (let at = from; at < to; at += PIECE) this.#findIn(bytes, at, from, to, tell)
  }

  #findIn(bytes: Uint8Array, at: number, from: number, to: number, tell: TellBlock): void {
    const start = Math.max(from, at - BLOCK)
    const end = Math.min(to, at + PIECE + BLOCK)
    this.#stage.set(bytes.subarray(start, end))
    const shift = STAGE - start
    const stop = Math.min(to, at + PIECE) + shift
    let strides = 0
    for (const { stride } of this.tables.tiers) strides |= stride
    for (let place = at + shift; place < stop; ) {
      place = this.#wasm.search(strides, place, stop, start + shift, end + shift)
      const count = this.#wasm.foundCount()
      for (let i = 0; i < count; i++) tell(this.#found[i * 2] - shift, this.#found[i * 2 + 1])
    }
  }

  /** @throws RangeError when memory has no room */
  #room(bytes: number): { buffer: ArrayBufferLike; at: number } {
    const missing = Math.ceil((TABLES + bytes - this.#memory.buffer.byteLength) / PAGE)
    if (missing > 0) this.#memory.grow(missing)
    const { buffer } = this.#memory
    new Uint8Array(buffer, TABLES).fill(0)
    this.#bytes = new Uint8Array(buffer, BYTES, 16)
    new Uint8Array(buffer, BYTES + 16).set(UPPER_HALVES)
    this.#stage = new Uint8Array(buffer, STAGE, TABLES - STAGE)
    this.#found = new Uint32Array(buffer, FOUND, (STAGE - FOUND) / 4)
    return { buffer, at: TABLES }
  }

  #place(): void {
    const { eights, fours, windows, blocks } = this.tables
    this.#wasm.placeSets(eights.bits, fours.words.byteOffset, fours.bits)
    this.#wasm.placePairs(windows.table.byteOffset, windows.bits, blocks.table.byteOffset, blocks.bits)
    this.#placed = windows.table
  }
}
