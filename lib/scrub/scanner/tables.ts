/**
 * The tables that the scanner in WebAssembly works with, as they lie in its memory. The addresses are those of
 * assembly/index.ts.
 */
import { CLASS, COMMA, DASH, DOT, NAME, WORD } from '../bytes.ts'
import { SEPARATORS } from '../name-before.ts'
import { CANDIDATE, type Literal, type Rules } from '../rules.ts'
import { anchorsOf, codeOf, codesOfEnd, FOLDED_BYTES } from './anchors.ts'
import { allLiterals, needsEdge } from './candidates.ts'
import { type Placed, placeBeside, placeWindows, WINDOW } from './windows.ts'

const NIBBLES = 0x400
const SPECIALS = 0x500
const NAMES = 0x520
const CLASSES = 0x600
const MASKS = 0x700
const TRIGRAMS = 0x1000
const PAIRS = 0x3000
const FOLDED = 0x3800
const MEMO = 0x4000
const ANCHORS = 0x14000
const ENDS = 0x15000
const BIGRAMS = 0x16000
const TRIGRAM_BITS = 12
const PAIR_BITS = 10
const ANCHOR_BITS = 15
export const RECORDS = 0x1d000

const RECORD_BYTES = 64
const RECORD_HEAD = 8
const LONGEST_COMPARED = RECORD_BYTES - RECORD_HEAD
/** Records that `joinTexts` may add, in bytes. */
export const JOINED_ROOM: number = 192 * RECORD_BYTES
/** Texts that are joined may be told for each place up to this number of times. */
export const LONGEST_CHAIN = 48
const HASH = 0x9e3779b1

const IS_WORD = 1
const IS_NAME = 2
const JOINS = 4

const FLAGS = { edge: 1, url: 2, flag: 4, separator: 8 }

const DELETE = 0x7f
const FIRST_OF_C1 = 0xc2

export interface Tables {
  /** What stands from address 0 on. */
  image: Uint8Array
  literals: readonly Literal[]
  placed: readonly Placed[]
  /** By the head of a chain of literals with one window, how many there are. */
  chains: Map<number, number>
}

/** So many literals may be found at each place. */
export function longestChain({ chains }: Tables): number {
  return Math.max(...chains.values()) * 2
}

const compiled = new WeakMap<Rules, Tables>()

export function tablesOf(rules: Rules): Tables {
  const known = compiled.get(rules)
  if (known !== undefined) return known
  const tables = compileTables(rules)
  compiled.set(rules, tables)
  return tables
}

function compileTables(rules: Rules): Tables {
  const literals = allLiterals(rules)
  const placed = placeWindows(literals.filter((literal) => !isControl(literal)))
  const image = new Uint8Array(RECORDS + (placed.length + 1) * RECORD_BYTES)
  writeWindows(image, placed)
  writeSets(image)
  writeAnchors(image, rules)
  const tables = { image, literals, placed, chains: new Map() }
  placed.forEach((each, index) => {
    writeRecord(tables, index + 1, each, literals.indexOf(each.literal), flagsOf(each.literal, rules))
  })
  return tables
}

/**
 * The tables with texts beside their literals; their ids follow those of the literals. Of long texts only the first
 * bytes are compared. Nothing when there are too many, or too many that are alike.
 */
export function joinTexts(base: Tables, texts: readonly Uint8Array[]): Tables | undefined {
  const heads = texts.map((text) => ({ ...NO_LITERAL, bytes: text.subarray(0, LONGEST_COMPARED) }))
  if (heads.length * RECORD_BYTES > JOINED_ROOM) return undefined
  const placed = placeBeside(base.placed, heads)
  const image = new Uint8Array(base.image.length + placed.length * RECORD_BYTES)
  image.set(base.image)
  writeWindows(image, placed)
  const tables = { ...base, image, chains: new Map(base.chains) }
  placed.forEach((each, i) => {
    writeRecord(tables, base.placed.length + 1 + i, each, base.literals.length + i, 0)
  })
  return longestChain(tables) > LONGEST_CHAIN ? undefined : tables
}
const NO_LITERAL = { kind: CANDIDATE.token, index: 0 }

/** DEL and the C1 controls are looked for beside the literals. */
function isControl({ kind }: Literal): boolean {
  return kind === CANDIDATE.control
}

/** For each byte of a window and each half of it, the buckets whose literals have it there. */
function writeWindows(image: Uint8Array, placed: readonly Placed[]): void {
  for (const { literal, offset, bucket } of placed) {
    for (let position = 0; position < WINDOW; position++) {
      const table = NIBBLES + ((bucket >> 3) * WINDOW + position) * 32
      const bit = 1 << (bucket & 7)
      if (offset + position >= literal.bytes.length) {
        for (let nibble = 0; nibble < 32; nibble++) image[table + nibble] |= bit
        continue
      }
      const byte = literal.bytes[offset + position]
      image[table + (byte & 15)] |= bit
      image[table + 16 + (byte >> 4)] |= bit
    }
  }
}

function writeSets(image: Uint8Array): void {
  const specials = [...SEPARATORS.filter((byte) => byte !== COMMA), DELETE, FIRST_OF_C1]
  writeSet(image, SPECIALS, (byte) => specials.includes(byte), 2)
  writeProduct(image, SPECIALS, 7, '0123456789')
  writeProduct(image, SPECIALS, 1, ',')
  writeProduct(image, SPECIALS, 0, '"\'` ')
  writeSet(image, NAMES, (byte) => (CLASS[byte] & NAME) !== 0, 0)
  for (let byte = 0; byte < 256; byte++) {
    const isWord = (CLASS[byte] & WORD) !== 0
    const joins = isWord || byte === DOT || byte === DASH
    const isName = (CLASS[byte] & NAME) !== 0
    image[CLASSES + byte] = (isWord ? IS_WORD : 0) | (isName ? IS_NAME : 0) | (joins ? JOINS : 0)
  }
  image.fill(0xff, MASKS + 32, MASKS + 64)
  // An empty entry must match nothing: it has no mask, and a text that is not empty.
  for (let at = MEMO; at < ANCHORS; at += 64) image.fill(0xff, at, at + 16)
}

/**
 * A set of bytes as two tables of 16: one bit for each different pattern among its rows (bytes with the same high
 * half), so that the set is exact.
 */
function writeSet(image: Uint8Array, at: number, holds: (byte: number) => boolean, firstBit: number): void {
  const patterns: number[] = []
  for (let high = 0; high < 16; high++) {
    let pattern = 0
    for (let low = 0; low < 16; low++) if (holds((high << 4) | low)) pattern |= 1 << low
    if (pattern === 0) continue
    let index = patterns.indexOf(pattern)
    if (index === -1) index = patterns.push(pattern) - 1
    image[at + 16 + high] |= 1 << (firstBit + index)
  }
  patterns.forEach((pattern, index) => {
    for (let low = 0; low < 16; low++)
      if ((pattern & (1 << low)) !== 0) image[at + low] |= 1 << (firstBit + index)
  })
}

/** A set with one bit: it also holds what mixes the halves of its members. */
function writeProduct(image: Uint8Array, at: number, bit: number, members: string): void {
  for (const member of members) {
    image[at + (member.charCodeAt(0) & 15)] |= 1 << bit
    image[at + 16 + (member.charCodeAt(0) >> 4)] |= 1 << bit
  }
}

function writeAnchors(image: Uint8Array, rules: Rules): void {
  image.set(FOLDED_BYTES, FOLDED)
  const { anywhere, atEnd } = anchorsOf(rules)
  const mark = (table: number, bit: number) => {
    image[table + (bit >> 3)] |= 1 << (bit & 7)
  }
  const hash = (code: number) => Math.imul(code, HASH) >>> (32 - ANCHOR_BITS)
  for (const letters of anywhere) mark(ANCHORS, hash(codeOf(letters)))
  for (const letters of atEnd) {
    if (letters.length > 2) mark(ENDS, hash(codeOf(letters)))
    else for (const code of codesOfEnd(letters)) mark(BIGRAMS, code)
  }
}

/** Records stand in chains by the hash of their window. */
function writeRecord(
  { image, chains }: Tables,
  record: number,
  place: Placed,
  id: number,
  flags: number,
): void {
  const view = new DataView(image.buffer)
  const { bytes } = place.literal
  const head = headOf(bytes, place.offset)
  const at = RECORDS + record * RECORD_BYTES
  image[at] = Math.min(bytes.length, LONGEST_COMPARED)
  image[at + 1] = place.offset
  image[at + 2] = flags
  view.setUint16(at + 4, view.getUint16(head, true), true)
  view.setUint16(at + 6, id, true)
  image.set(bytes.subarray(0, LONGEST_COMPARED), at + RECORD_HEAD)
  view.setUint16(head, record, true)
  chains.set(head, (chains.get(head) ?? 0) + 1)
}

function headOf(bytes: Uint8Array, offset: number): number {
  if (bytes.length < WINDOW) {
    const pair = bytes[offset] | (bytes[offset + 1] << 8)
    return PAIRS + (Math.imul(pair, HASH) >>> (32 - PAIR_BITS)) * 2
  }
  const trigram = bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16)
  return TRIGRAMS + (Math.imul(trigram, HASH) >>> (32 - TRIGRAM_BITS)) * 2
}

function flagsOf(literal: Literal, rules: Rules): number {
  const { kind } = literal
  if (needsEdge(literal, rules)) return FLAGS.edge
  if (kind === CANDIDATE.url) return FLAGS.url
  if (kind === CANDIDATE.flag) return FLAGS.flag
  return kind === CANDIDATE.key ? FLAGS.separator : 0
}
