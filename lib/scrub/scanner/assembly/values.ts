/**
 * The search for registered values: looks up every few places of a text in the tables that
 * ../../registered/tables.ts explains and fills, and leaves a list of the blocks that are known.
 */

/** The addresses are those of ../../registered/wasm-search.ts. */
const BYTES: usize = 0x300
const EIGHTS: usize = 0x40000
const SPAN: u32 = 64

/** Strides of the windows that are in use, as bits. */
const TINY: u32 = 2
const SHORT: u32 = 4
const LONG: u32 = 8

const LOW: u32 = 0x9e3779b1
const HIGH: u32 = 0x85ebca77
const FACTOR: u32 = 0x08088405

let found: u32 = 0
let room: u32 = 0
let count: u32 = 0

let eightShift: u32 = 0
let fours: u32 = 0
let fourShift: u32 = 0
let windows: u32 = 0
let windowShift: u32 = 0
let windowMask: u32 = 0
let blocks: u32 = 0
let blockShift: u32 = 0
let blockMask: u32 = 0

let first: u32 = 0
let limit: u32 = 0

export function arrange(foundAt: u32, foundRoom: u32): void {
  found = foundAt
  room = foundRoom
}

export function placeSets(eightBits: u32, foursAt: u32, fourBits: u32): void {
  eightShift = 32 - eightBits
  fours = foursAt
  fourShift = 32 - fourBits
}

export function placePairs(windowsAt: u32, windowBits: u32, blocksAt: u32, blockBits: u32): void {
  windows = windowsAt
  windowShift = 32 - windowBits
  windowMask = (u32(1) << windowBits) - 1
  blocks = blocksAt
  blockShift = 32 - blockBits
  blockMask = (u32(1) << blockBits) - 1
}

export function foundCount(): u32 {
  return count
}

/**
 * Looks up the windows of `[from, to)` that stand in a run of bytes long enough, and of bytes only that some form
 * has in its windows; reads in `[start, end)`. Returns where it stopped: at `to`, or where the list was full.
 */
export function search(strides: u32, from: u32, to: u32, start: u32, end: u32): u32 {
  count = 0
  first = start
  limit = end
  const lowRows = v128.load(BYTES)
  const highRows = v128.load(BYTES, 16)
  for (let at = from; at < to; at += SPAN) {
    if (count > room) return at
    let others: u64 = 0
    for (let part: u32 = 0; part < SPAN; part += 16) others |= othersIn(at + part, lowRows, highRows) << part
    if (to - at < SPAN) others |= u64(-1) << (to - at)
    if ((strides & LONG) != 0) lookAtLong(at, others)
    if ((strides & SHORT) != 0) lookAtShort(at, others)
    if ((strides & TINY) != 0) lookAtTiny(at, others)
  }
  return to
}

/** The bytes that stand in no window, as bits. */
@inline
function othersIn(at: u32, lowRows: v128, highRows: v128): u64 {
  const bytes = v128.load(at)
  const nibble = i8x16.splat(15)
  const low = i8x16.swizzle(lowRows, v128.and(bytes, nibble))
  const high = i8x16.swizzle(highRows, v128.and(i16x8.shr_u(bytes, 4), nibble))
  return u64(u32(i8x16.bitmask(i8x16.eq(v128.and(low, high), i8x16.splat(0)))))
}

/** Windows of 8 bytes, in runs of 15 or more. What stands beyond the span may go on with the run. */
@inline
function lookAtLong(at: u32, others: u64): void {
  let short = others | (others >> 1)
  short |= short >> 2
  short |= short >> 4
  short |= short >> 7
  let runs = ~short
  runs |= runs << 1
  runs |= runs << 2
  runs |= runs << 4
  runs |= runs << 7
  runs |= firstRun(others)
  runs &= runs >> 1
  runs &= runs >> 2
  runs &= runs >> 4
  for (let rest = runs & 0x0101010101010101; rest != 0; rest &= rest - 1) {
    const place = at + u32(ctz(rest))
    lookUp(place, (load<u32>(place) * LOW) ^ (load<u32>(place, 4) * HIGH), EIGHTS, eightShift)
  }
}

/** Windows of 4 bytes, in runs of 7 or more. */
@inline
function lookAtShort(at: u32, others: u64): void {
  let short = others | (others >> 1)
  short |= short >> 2
  short |= short >> 3
  let runs = ~short
  runs |= runs << 1
  runs |= runs << 2
  runs |= runs << 3
  lookAtFours(at, runs | firstRun(others), 0x1111111111111111)
}

/** Windows of 4 bytes, in runs of 5 or more. */
@inline
function lookAtTiny(at: u32, others: u64): void {
  let short = others | (others >> 1)
  short |= short >> 2
  short |= short >> 1
  let runs = ~short
  runs |= runs << 1
  runs |= runs << 2
  runs |= runs << 1
  lookAtFours(at, runs | firstRun(others), 0x5555555555555555)
}

@inline
function lookAtFours(at: u32, runs: u64, places: u64): void {
  runs &= runs >> 1
  runs &= (runs >> 2) | (u64(3) << 62)
  for (let rest = runs & places; rest != 0; rest &= rest - 1) {
    const place = at + u32(ctz(rest))
    lookUp(place, load<u32>(place) * LOW, fours, fourShift)
  }
}

/** The run at the start of the span, which may have begun before it. */
@inline
function firstRun(others: u64): u64 {
  return (others - 1) & ~others
}

/** Two bits of one word, by the upper bits of the tag and by the lower ones. */
@inline
function lookUp(at: u32, product: u32, set: usize, shift: u32): void {
  const tag = product ^ (product >> 15)
  const bit = tag >> shift
  const word = load<u32>(set + ((bit >> 3) & ~3))
  if (((word >> bit) & (word >> tag) & 1) != 0) lookAt(at, tag)
}

function lookAt(place: u32, tag: u32): void {
  for (let slot = (tag * LOW) >> windowShift; ; slot = (slot + 1) & windowMask) {
    const entry = windows + (slot << 3)
    const block = load<u32>(entry, 4)
    if (block == 0) return
    if (load<u32>(entry) != tag) continue
    const at = place - (block & 0xff)
    const length = block >> 8
    if (at < first || at + length > limit) continue
    const hash = hashOf(at, length)
    if (hasBlock(hash)) add(at, hash)
  }
}

function hashOf(at: u32, length: u32): u32 {
  let hash: u32 = 0
  for (const end = at + length; at < end; at++) hash = hash * FACTOR + load<u8>(at) + 1
  return hash
}

function hasBlock(hash: u32): bool {
  let entry = blocks + (((hash * LOW) >> blockShift) << 3)
  while (load<u32>(entry, 4) != 0) {
    if (load<u32>(entry) == hash) return true
    entry = blocks + ((((entry - blocks) >> 3) + 1) & blockMask) * 8
  }
  return false
}

@inline
function add(at: u32, hash: u32): void {
  const entry = found + (count << 3)
  store<u32>(entry, at)
  store<u32>(entry, hash, 4)
  count++
}
