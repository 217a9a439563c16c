/**
 * A sealed segment is a gzip file (RFC 1952) of many members, each of which unpacks to a piece of the text. Empty
 * members at its end hold the index in their extra fields, which every gunzip skips. docs/format.md draws it.
 */
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { Damaged } from './damaged.ts'
import type { RandomAccess } from './random-access.ts'

const LEVEL = 3
/** Plaintext in each member but the last. */
export const MEMBER_SIZE: number = 256 * 1024
/** What a reader takes at most, so that no index can make it allocate more. */
const LARGEST_MEMBER = 16 * 1024 * 1024

// RFC 1952 section 2.3: no time, no flags, a system that is not said; and the same with an extra field.
const PLAIN_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
const EXTRA_HEADER = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff])
/** An empty deflate block, its CRC-32 and its length. */
const EMPTY = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0])

/** Subfields: the rows, what can be searched for, and in the last member where the empty ones begin. */
const ROWS = 'HI'
const SEARCH = 'HX'
const END = 'HE'
const ROW_BYTES = 8
const ROWS_A_MEMBER = 4096
const SEARCH_BYTES_A_MEMBER = 65_000
const END_BYTES = 16
const EXTRA_AT = EXTRA_HEADER.length + 2
const SUBFIELD_HEAD = 4
/** The last member has always this size. */
const END_MEMBER = EXTRA_AT + SUBFIELD_HEAD + END_BYTES + EMPTY.length

export interface Member {
  /** Where it begins in the gzip file, and its length there. */
  start: number
  packed: number
  /** Where its text begins in the whole text, and its length. */
  at: number
  plain: number
}

export type Row = Pick<Member, 'packed' | 'plain'>

const compress = promisify(gzip)
const decompress = promisify(gunzip)

export async function packMember(text: Buffer): Promise<Buffer> {
  const packed = await compress(text, { level: LEVEL, chunkSize: 64 * 1024 })
  // Level and system stand there otherwise: the same text gives the same bytes everywhere.
  PLAIN_HEADER.copy(packed)
  return packed
}

/** @throws when its bytes are damaged, or not as long as the index says */
export async function unpackMember(packed: Buffer, { plain }: Row): Promise<Buffer> {
  const text = await decompress(packed, { maxOutputLength: plain, chunkSize: Math.max(64, plain) })
  if (text.length !== plain) throw new Damaged('a member is shorter than its index says')
  return text
}

/**
 * The empty members that come after those with the text.
 * @param search the index for searching, as bytes
 */
export function indexMembers(rows: readonly Row[], search: Buffer = Buffer.alloc(0)): Buffer {
  const members: Buffer[] = []
  for (let from = 0; from < rows.length; from += ROWS_A_MEMBER)
    members.push(extraMember(ROWS, rowBytes(rows.slice(from, from + ROWS_A_MEMBER))))
  for (let from = 0; from < search.length; from += SEARCH_BYTES_A_MEMBER)
    members.push(extraMember(SEARCH, search.subarray(from, from + SEARCH_BYTES_A_MEMBER)))
  const end = Buffer.alloc(END_BYTES)
  end.writeBigUInt64LE(BigInt(sumOf(rows, 'packed')), 0)
  end.writeBigUInt64LE(BigInt(sumOf(rows, 'plain')), 8)
  return Buffer.concat([...members, extraMember(END, end)])
}

function rowBytes(rows: readonly Row[]): Buffer {
  const bytes = Buffer.alloc(rows.length * ROW_BYTES)
  for (const [i, { packed, plain }] of rows.entries()) {
    bytes.writeUInt32LE(packed, i * ROW_BYTES)
    bytes.writeUInt32LE(plain, i * ROW_BYTES + 4)
  }
  return bytes
}

function sumOf(rows: readonly Row[], column: keyof Row): number {
  return rows.reduce((sum, row) => sum + row[column], 0)
}

function extraMember(id: string, data: Buffer): Buffer {
  const lengths = Buffer.alloc(2 + SUBFIELD_HEAD)
  lengths.writeUInt16LE(SUBFIELD_HEAD + data.length, 0)
  lengths.write(id, 2, 'latin1')
  lengths.writeUInt16LE(data.length, 4)
  return Buffer.concat([EXTRA_HEADER, lengths, data, EMPTY])
}

/**
 * The members that hold text, from the index; undefined where there is none, as in files of hushlog 0.1.
 * @throws Damaged when there is an index and it contradicts itself or the file
 */
export async function readIndex(file: RandomAccess): Promise<Member[] | undefined> {
  const begin = await readEnd(file)
  if (begin === undefined) return undefined
  const members = membersOf(await readRows(file, begin))
  const last = members.at(-1)
  const packed = last === undefined ? 0 : last.start + last.packed
  const plain = last === undefined ? 0 : last.at + last.plain
  if (packed !== begin.at || plain !== begin.plain) throw wrong()
  return members
}

/**
 * The index for searching, as bytes; undefined where there is none.
 * @param largest a larger one is left alone
 * @throws Damaged
 */
export async function readSearchIndex(file: RandomAccess, largest: number): Promise<Buffer | undefined> {
  const begin = await readEnd(file)
  if (begin === undefined) return undefined
  const chunks: Buffer[] = []
  for await (const extra of extraFields(file, begin.at, LARGE_BLOCK))
    for (const { id, data } of subfields(extra)) if (id === SEARCH) chunks.push(data)
  const bytes = Buffer.concat(chunks)
  return bytes.length === 0 || bytes.length > largest ? undefined : bytes
}

/** Where the index begins, and how long the whole text is. */
async function readEnd(file: RandomAccess): Promise<{ at: number; plain: number } | undefined> {
  if (file.size < END_MEMBER) return undefined
  const bytes = await file.read(file.size - END_MEMBER, END_MEMBER)
  if (!bytes.equals(extraMember(END, bytes.subarray(EXTRA_AT + SUBFIELD_HEAD, -EMPTY.length))))
    return undefined
  const at = Number(bytes.readBigUInt64LE(EXTRA_AT + SUBFIELD_HEAD))
  const plain = Number(bytes.readBigUInt64LE(EXTRA_AT + SUBFIELD_HEAD + 8))
  if (at > file.size - END_MEMBER || file.size - at > LARGEST_INDEX) throw wrong()
  return { at, plain }
}

// Rows of 4 TB of text, and as much again for what later versions put there.
const LARGEST_INDEX = 256 * 1024 * 1024

/** The rows. What stands behind the last of them is left unread: their sums tell when they are all there. */
async function readRows(file: RandomAccess, { at, plain }: { at: number; plain: number }): Promise<Row[]> {
  const rows: Row[] = []
  let missing = plain
  if (missing === 0 && at === 0) return rows
  for await (const extra of extraFields(file, at)) {
    for (const { id, data } of subfields(extra)) {
      if (id !== ROWS) continue
      const more = rowsOf(data)
      missing -= sumOf(more, 'plain')
      rows.push(...more)
    }
    if (missing <= 0) break
  }
  return rows
}

/** Bytes that are read at a time, and where a search index is: its fields are as long as fields can be. */
const BLOCK = 64 * 1024
const LARGE_BLOCK = 1024 * 1024

/** The extra fields of the empty members but the last. */
async function* extraFields(file: RandomAccess, from: number, blockSize = BLOCK): AsyncGenerator<Buffer> {
  const end = file.size - END_MEMBER
  let block: { at: number; bytes: Buffer } = { at: from, bytes: Buffer.alloc(0) }
  const take = async (at: number, length: number): Promise<Buffer> => {
    if (at + length > end) throw wrong()
    if (at + length > block.at + block.bytes.length) {
      const wanted = Math.min(Math.max(length, blockSize), end - at)
      block = { at, bytes: await file.read(at, wanted) }
      if (block.bytes.length < wanted) throw wrong()
    }
    return block.bytes.subarray(at - block.at, at - block.at + length)
  }
  for (let at = from; at < end; ) {
    const head = await take(at, EXTRA_AT)
    if (!head.subarray(0, EXTRA_HEADER.length).equals(EXTRA_HEADER)) throw wrong()
    const extra = head.readUInt16LE(EXTRA_HEADER.length)
    yield (await take(at + EXTRA_AT, extra + EMPTY.length)).subarray(0, extra)
    at += EXTRA_AT + extra + EMPTY.length
  }
}

function* subfields(extra: Buffer): Generator<{ id: string; data: Buffer }> {
  for (let at = 0; at < extra.length; ) {
    if (at + SUBFIELD_HEAD > extra.length) throw wrong()
    const start = at + SUBFIELD_HEAD
    const end = start + extra.readUInt16LE(at + 2)
    if (end > extra.length) throw wrong()
    yield { id: extra.toString('latin1', at, at + 2), data: extra.subarray(start, end) }
    at = end
  }
}

function rowsOf(data: Buffer): Row[] {
  if (data.length % ROW_BYTES !== 0) throw wrong()
  return Array.from({ length: data.length / ROW_BYTES }, (_, row) => ({
    packed: data.readUInt32LE(row * ROW_BYTES),
    plain: data.readUInt32LE(row * ROW_BYTES + 4),
  }))
}

function membersOf(rows: Row[]): Member[] {
  let start = 0
  let at = 0
  return rows.map(({ packed, plain }) => {
    if (plain === 0 || Math.max(packed, plain) > LARGEST_MEMBER) throw wrong()
    const member = { start, packed, at, plain }
    start += packed
    at += plain
    return member
  })
}

function wrong(): Damaged {
  return new Damaged('its index does not fit it')
}
