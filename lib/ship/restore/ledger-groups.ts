import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { isSeal, MAX_GROUP, parseEntry, prevOf, type Tip } from '../../keep/chain.ts'

/*
 * The groups of lines in the parts of a ledger, each once however many parts hold it, found by the line that they
 * follow. Parts may overlap, be doubled or be of somebody else: nothing is checked here.
 */

export interface Group {
  /** Number of its first entry. */
  n: number
  lines: number
  /** Where it lies in the file of all groups, its last `\n` included. */
  at: number
  length: number
  /** Numbers of the parts that hold it. */
  parts: number[]
}

const NEWLINE = 0x0a
const LONGEST_LINE = 1 << 20

export class Groups {
  readonly #file: FileHandle
  /** By the line that they follow, and then by what they hold: somebody may have put very many in one place. */
  readonly #following = new Map<string, Map<string, Group>>()
  #size = 0

  /** @param file where they are kept, empty */
  constructor(file: FileHandle) {
    this.#file = file
  }

  /**
   * Takes a part in.
   * @returns whether it is made of groups, one after the other, and of nothing else
   */
  async take(part: number, content: AsyncIterable<Buffer>): Promise<boolean> {
    let isWhole = true
    let lines: Buffer[] = []
    for await (const line of boundedLines(content)) {
      const entry = line === undefined ? undefined : parseEntry(line)
      if (line === undefined || entry === undefined || lines.length === MAX_GROUP) {
        isWhole = false
        lines = []
      }
      if (line === undefined || entry === undefined) continue
      lines.push(line)
      // Before signatures began each line counted alone.
      if (!isSeal(line) && entry.v === 1) continue
      await this.#add(part, lines)
      lines = []
    }
    return isWhole && lines.length === 0
  }

  /** Those that say that they follow a line. */
  after(tip: Tip): Group[] {
    return ([0, 1] as const).flatMap((v) => {
      const following = this.#following.get(placeOf(tip.n + 1, prevOf(tip, v), v))
      return following === undefined ? [] : [...following.values()]
    })
  }

  /** All of them. */
  *[Symbol.iterator](): Generator<Group> {
    for (const groups of this.#following.values()) yield* groups.values()
  }

  async bytesOf({ at, length }: Group): Promise<Buffer> {
    const bytes = Buffer.alloc(length)
    await this.#file.read(bytes, 0, length, at)
    return bytes
  }

  async linesOf(group: Group): Promise<Buffer[]> {
    const bytes = await this.bytesOf(group)
    const lines: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, at)
      lines.push(bytes.subarray(at, end))
      at = end + 1
    }
    return lines
  }

  async #add(part: number, lines: Buffer[]): Promise<void> {
    const first = parseEntry(lines[0])
    if (first === undefined) return
    const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.of(NEWLINE)]))
    const place = placeOf(first.n, String(first.prev), first.v)
    const beside = this.#following.get(place) ?? new Map<string, Group>()
    this.#following.set(place, beside)
    const sum = createHash('sha256').update(bytes).digest('base64')
    const same = beside.get(sum)
    if (same !== undefined) {
      same.parts.push(part)
      return
    }
    await this.#file.write(bytes, 0, bytes.length, this.#size)
    beside.set(sum, { n: first.n, lines: lines.length, at: this.#size, length: bytes.length, parts: [part] })
    this.#size += bytes.length
  }
}

function placeOf(n: number, prev: string, v: 0 | 1): string {
  return `${n} ${v} ${prev.slice(0, 64)}`
}

/** Lines without their `\n`; undefined for one that is longer than any of ours, or has no end. */
async function* boundedLines(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  let begun: Buffer[] = []
  let length = 0
  for await (const chunk of content) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      length += end - start
      yield length > LONGEST_LINE ? undefined : Buffer.concat([...begun, chunk.subarray(start, end)])
      begun = []
      length = 0
      start = end + 1
    }
    length += chunk.length - start
    if (length > LONGEST_LINE) begun = []
    else if (start < chunk.length) begun.push(chunk.subarray(start))
  }
  if (length > 0) yield undefined
}
