/**
 * The index of a segment as bytes: docs/format.md draws them. Whatever the bytes are that are read, what comes of them
 * is an index or none, and never more than so much memory.
 */
import { promisify } from 'node:util'
import { crc32, deflateRaw, inflateRawSync } from 'node:zlib'
import { HushlogError } from '../../errors.ts'
import { filterHas } from './bloom.ts'
import { LARGEST_EXTRACT } from './extract.ts'
import type { IndexedMember, SegmentIndex, Term } from './segment-index.ts'
import type { Summary } from './summary.ts'
import { checkedSummary } from './summary-check.ts'
import { hashOf } from './term-hash.ts'

const VERSION = 1
/** Version, checksum of what follows it, number of members, four lengths: of summary and extract, packed and plain. */
const HEAD_BYTES = 1 + 4 + 4 + 4 * 4
const CHECKED_FROM = 5
const MEMBER_BYTES = 24
/** Stands for a first line that is not there, and for an extract that was too large. */
const ABSENT = 0xffffffff
const LARGEST_SUMMARY = 16 * 1024 * 1024
/** A larger one is not made, and not read. */
export const LARGEST_INDEX_BYTES: number = 64 * 1024 * 1024
/** No line of an extract is shorter: it says its kind. */
const SHORTEST_LINE = '{"kind":""}'.length
const NEWLINE = 0x0a

export interface MemberEntry extends IndexedMember {
  filter: Uint8Array
}

export interface IndexContent {
  members: readonly MemberEntry[]
  summary: Summary
  extract: readonly Buffer[] | undefined
}

const pack = promisify(deflateRaw)

/** Undefined when it would be too large. */
export async function encodeIndex({ members, summary, extract }: IndexContent): Promise<Buffer | undefined> {
  const summaryText = Buffer.from(JSON.stringify(summary))
  const extractText =
    extract === undefined ? undefined : Buffer.concat(extract.flatMap((line) => [line, LINE_END]))
  const packedSummary = await pack(summaryText)
  const packedExtract = extractText === undefined ? Buffer.alloc(0) : await pack(extractText)
  const head = Buffer.alloc(HEAD_BYTES)
  head[0] = VERSION
  head.writeUInt32LE(members.length, 5)
  head.writeUInt32LE(packedSummary.length, 9)
  head.writeUInt32LE(summaryText.length, 13)
  head.writeUInt32LE(packedExtract.length, 17)
  head.writeUInt32LE(extractText?.length ?? ABSENT, 21)
  const filters = members.map(({ filter }) => filter)
  const bytes = Buffer.concat([head, memberBytes(members), ...filters, packedSummary, packedExtract])
  if (bytes.length > LARGEST_INDEX_BYTES || summaryText.length > LARGEST_SUMMARY) return undefined
  bytes.writeUInt32LE(crc32(bytes.subarray(CHECKED_FROM)), 1)
  return bytes
}

const LINE_END = Buffer.from([NEWLINE])

function memberBytes(members: readonly MemberEntry[]): Buffer {
  const bytes = Buffer.alloc(members.length * MEMBER_BYTES)
  for (const [i, { firstLine, first, last, filter }] of members.entries()) {
    const at = i * MEMBER_BYTES
    bytes.writeUInt32LE(firstLine ?? ABSENT, at)
    bytes.writeUInt32LE(filter.length, at + 4)
    bytes.writeDoubleLE(first ?? Number.NaN, at + 8)
    bytes.writeDoubleLE(last ?? Number.NaN, at + 16)
  }
  return bytes
}

/**
 * @param plain lengths of the texts of the file's members
 * @returns undefined when it is damaged, of a version that we do not know, or not of this file
 */
export function decodeIndex(bytes: Buffer, path: string, plain: readonly number[]): SegmentIndex | undefined {
  if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) return undefined
  if (crc32(bytes.subarray(CHECKED_FROM)) !== bytes.readUInt32LE(1)) return undefined
  const count = bytes.readUInt32LE(5)
  const [packedSummary, summaryLength, packedExtract, extractLength] = [9, 13, 17, 21].map((at) =>
    bytes.readUInt32LE(at),
  )
  const filtersAt = HEAD_BYTES + count * MEMBER_BYTES
  if (count !== plain.length || filtersAt > bytes.length) return undefined
  const members = membersIn(bytes.subarray(HEAD_BYTES, filtersAt), plain)
  if (members === undefined) return undefined
  const filters = filtersIn(bytes, filtersAt, count)
  const summaryAt = filters.end
  const extractAt = summaryAt + packedSummary
  if (extractAt + packedExtract !== bytes.length || summaryLength > LARGEST_SUMMARY) return undefined
  if (extractLength !== ABSENT && extractLength > LARGEST_EXTRACT) return undefined
  return new DecodedIndex(path, members, filters.filters, {
    summary: { packed: bytes.subarray(summaryAt, extractAt), plain: summaryLength },
    extract:
      extractLength === ABSENT ? undefined : { packed: bytes.subarray(extractAt), plain: extractLength },
  })
}

function membersIn(bytes: Buffer, plain: readonly number[]): IndexedMember[] | undefined {
  const members: IndexedMember[] = []
  for (let at = 0; at < bytes.length; at += MEMBER_BYTES) {
    const firstLine = bytes.readUInt32LE(at)
    const first = bytes.readDoubleLE(at + 8)
    const last = bytes.readDoubleLE(at + 16)
    if (firstLine !== ABSENT && firstLine >= plain[members.length]) return undefined
    members.push({
      firstLine: firstLine === ABSENT ? undefined : firstLine,
      first: Number.isNaN(first) ? undefined : first,
      last: Number.isNaN(last) ? undefined : last,
    })
  }
  return members
}

function filtersIn(bytes: Buffer, from: number, count: number): { filters: Uint8Array[]; end: number } {
  let end = from
  const filters = Array.from({ length: count }, (_, i) => {
    const start = end
    end += bytes.readUInt32LE(HEAD_BYTES + i * MEMBER_BYTES + 4)
    return bytes.subarray(start, end)
  })
  return { filters, end }
}

interface Packed {
  packed: Buffer
  plain: number
}

/** Summary and extract are unpacked when they are asked for. They throw HushlogError `HUSHLOG_READ` when damaged. */
class DecodedIndex implements SegmentIndex {
  readonly members: readonly IndexedMember[]
  readonly #path: string
  readonly #filters: readonly Uint8Array[]
  readonly #packed: { summary: Packed; extract: Packed | undefined }
  #summary: Summary | undefined

  constructor(
    path: string,
    members: readonly IndexedMember[],
    filters: readonly Uint8Array[],
    packed: { summary: Packed; extract: Packed | undefined },
  ) {
    this.#path = path
    this.members = members
    this.#filters = filters
    this.#packed = packed
  }

  get summary(): Summary {
    return (this.#summary ??= this.#read(this.#packed.summary, (text) =>
      checkedSummary(JSON.parse(text.toString())),
    ))
  }

  /** Made anew each time that it is asked for, since it may be large. */
  get extract(): Buffer[] | undefined {
    const { extract } = this.#packed
    return extract === undefined ? undefined : this.#read(extract, linesIn)
  }

  membersWith(allOf: readonly (readonly Term[])[]): number[] {
    const hashed = allOf.map((anyOf) => anyOf.map(({ field, value }) => hashOf(field, value)))
    const found: number[] = []
    for (const [number, { firstLine }] of this.members.entries()) {
      const filter = this.#filters[number]
      if (firstLine === undefined) continue
      if (hashed.every((anyOf) => anyOf.some(({ a, b }) => filterHas(filter, a, b)))) found.push(number)
    }
    return found
  }

  #read<T>({ packed, plain }: Packed, read: (text: Buffer) => T): T {
    try {
      const text = inflateRawSync(packed, { maxOutputLength: Math.max(1, plain) })
      if (text.length !== plain) throw new TypeError('of another length')
      return read(text)
    } catch (cause) {
      throw new HushlogError('HUSHLOG_READ', `cannot read ${this.#path}: its search index is damaged`, {
        cause,
      })
    }
  }
}

function linesIn(text: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let start = 0
  for (let end = text.indexOf(NEWLINE); end !== -1; end = text.indexOf(NEWLINE, start)) {
    if (end - start < SHORTEST_LINE) throw new TypeError('a line that is too short')
    lines.push(text.subarray(start, end))
    start = end + 1
  }
  if (start !== text.length) throw new TypeError('a line that has no end')
  return lines
}
