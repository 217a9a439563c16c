/**
 * The scanner in WebAssembly: 64 bytes at a time, in place. It names what may be a candidate; `Candidates` confirms
 * each, so that its results are those of the plain scanner.
 */
import { CANDIDATE, type Candidate, type Rules } from '../rules.ts'
import { Candidates } from './candidates.ts'
import { instantiate, newMemory, PAGE } from './module.ts'
import { BATCH_BYTES, type Scanner } from './scanner.ts'
import {
  JOINED_ROOM,
  joinTexts,
  LONGEST_CHAIN,
  longestChain,
  RECORDS,
  type Tables,
  tablesOf,
} from './tables.ts'

const KEYS = 0x17000
const CARDS = 0x1b200
const FOUND_ROOM = 4096
const BLOCK = 64
/** A list of places in a kilobyte. */
const NOTED_BYTES = 4352
/** A separator's entry with this bit set is a control character. */
const CONTROL = 0x80000000
/** The same for an entry of the numbers: an account number, a social security number. */
const IBAN = 0x80000000
const SSN = 0x40000000
/** Foreign bytes are copied with so much of their surroundings that nothing is missed where two pieces meet. */
const LOOK_BACK = 128
const LOOK_AHEAD = 64
const PIECE = BATCH_BYTES - LOOK_BACK - LOOK_AHEAD
const NEVER = 0xffffffff
/** Kinds whose innocent texts WebAssembly remembers. */
const REMEMBERED: ReadonlySet<Candidate> = new Set([CANDIDATE.key])

interface Exports {
  configure(records: number, found: number, room: number, noted: number): void
  scan(from: number, to: number, first: number): number
  keyCount(): number
  literalCount(): number
  cardCount(): number
  remember(at: number): void
}

export class WasmScanner implements Scanner {
  readonly kind = 'wasm'
  readonly memory: Buffer
  readonly found: Candidates
  joined: number[] = []
  #tables: Tables
  #image: Uint8Array
  #wasm: Exports
  #batch: number
  #keys: Uint32Array
  #cards: Uint32Array
  #literalsFound: Uint32Array

  /** @throws where WebAssembly or its SIMD is missing */
  constructor(rules: Rules) {
    this.#tables = tablesOf(rules)
    const { image } = this.#tables
    const chain = Math.max(longestChain(this.#tables), LONGEST_CHAIN)
    const found = RECORDS + align(image.length - RECORDS + JOINED_ROOM)
    const room = Math.max(FOUND_ROOM, 3 * BLOCK * chain)
    const foundBytes = 8 * (room + BLOCK * chain)
    const noted = align(found + foundBytes)
    this.#batch = align(noted + NOTED_BYTES + LOOK_BACK)
    const pages = Math.ceil((this.#batch + BATCH_BYTES + LOOK_AHEAD + BLOCK) / PAGE)
    const memory = newMemory(pages, pages)
    this.#image = new Uint8Array(memory.buffer)
    this.#image.set(image)
    this.#wasm = instantiate(memory) as Exports
    this.#wasm.configure(RECORDS, found, room, noted)
    this.memory = Buffer.from(memory.buffer, this.#batch, BATCH_BYTES)
    this.#keys = new Uint32Array(memory.buffer, KEYS, (CARDS - KEYS) / 4)
    this.#cards = new Uint32Array(memory.buffer, CARDS, (RECORDS - CARDS) / 4)
    this.#literalsFound = new Uint32Array(memory.buffer, found, foundBytes / 4)
    this.found = new Candidates(rules)
  }

  join(texts: readonly Uint8Array[]): boolean {
    const tables = joinTexts(this.#tables, texts)
    this.#image.set((tables ?? this.#tables).image)
    return tables !== undefined
  }

  scan(bytes: Uint8Array, from: number, to: number): number {
    this.found.reset(bytes, from, to)
    this.joined.length = 0
    if (bytes.buffer === this.memory.buffer) this.#scanPiece(from, to, from, to, bytes.byteOffset)
    else for (let at = from; at < to; at += PIECE) this.#scanForeign(bytes, at, from, to)
    return this.found.count
  }

  release(): void {
    this.found.release()
  }

  #scanForeign(bytes: Uint8Array, at: number, from: number, to: number): void {
    const start = Math.max(from, at - LOOK_BACK)
    const end = Math.min(to, at + PIECE + LOOK_AHEAD)
    this.memory.set(bytes.subarray(start, end))
    this.#scanPiece(at, Math.min(to, at + PIECE), start, end, this.#batch - start)
  }

  /** Counts what stands in `[from, to)`; reads in `[first, limit)`. In memory all that stands `shift` further. */
  #scanPiece(from: number, to: number, first: number, limit: number, shift: number): void {
    for (let at = from; at < to; ) {
      const stop = this.#wasm.scan(at + shift, limit + shift, first + shift) - shift
      // The lists were full. What begins near the end may not be complete.
      const end = stop >= limit ? to : Math.min(to, stop - LOOK_AHEAD)
      this.#confirm(at, end, shift)
      at = end
    }
  }

  /** Takes the three lists together, in the order of their places. */
  #confirm(from: number, to: number, shift: number): void {
    const keyCount = this.#wasm.keyCount()
    const cardCount = this.#wasm.cardCount()
    const literalCount = this.#wasm.literalCount()
    if ((keyCount | cardCount | literalCount) === 0) return
    let key = 0
    let card = 0
    let literal = 0
    while (key < keyCount || card < cardCount || literal < literalCount) {
      const entry = key < keyCount ? this.#keys[key] : NEVER
      const keyAt = key < keyCount ? (entry & ~CONTROL) >>> 0 : NEVER
      const number = card < cardCount ? this.#cards[card] : NEVER
      const cardAt = card < cardCount ? number & ~(IBAN | SSN) : NEVER
      const literalAt = literal < literalCount ? this.#literalsFound[literal * 2] : NEVER
      const place = Math.min(keyAt, cardAt, literalAt)
      const at = place - shift
      const counts = at >= from && at < to
      if (place === cardAt) {
        card++
        if (counts) this.#number(at, number)
      } else if (place === keyAt) {
        key++
        if (counts) this.#special(at, place, entry)
      } else {
        if (counts) this.#literal(at, place, this.#literalsFound[literal * 2 + 1])
        literal++
      }
    }
  }

  #number(at: number, entry: number): void {
    if (entry >= IBAN) this.found.iban(at)
    else if (entry >= SSN) this.found.ssn(at)
    else this.found.card(at)
  }

  #special(at: number, place: number, entry: number): void {
    if (entry >= CONTROL) this.found.control(at)
    else if (this.found.maySeparate(at) && !this.found.separator(at)) this.#wasm.remember(place)
  }

  #literal(at: number, place: number, id: number): void {
    const { literals } = this.#tables
    if (id >= literals.length) {
      this.joined.push(at, id - literals.length)
      return
    }
    const literal = literals[id]
    if (!this.found.literal(at, literal) && REMEMBERED.has(literal.kind)) this.#wasm.remember(place)
  }
}

function align(address: number): number {
  return (address + BLOCK - 1) & -BLOCK
}
