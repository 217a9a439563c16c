/**
 * Lines that match, with those around them.
 */
import type { Hit } from './line.ts'

const NEWLINE = 0x0a
/** A group is shown when it has so many lines, whether or not it goes on. */
const MOST_LINES = 1000

export class ContextLines {
  readonly #count: number
  readonly #timeOf: (line: Buffer) => number | undefined
  readonly #isHidden: () => boolean
  /** The last lines that are in no group, the oldest first. */
  #before: Buffer[] = []
  #group: { time: number; lines: Buffer[] } | undefined
  /** Lines that the group still gets. */
  #left = 0

  /**
   * @param timeOf the time of a line that matches, undefined for any other
   * @param isHidden whether the line that `timeOf` was asked about last is left out. Default: none is
   */
  constructor(
    count: number,
    timeOf: (line: Buffer) => number | undefined,
    isHidden: () => boolean = () => false,
  ) {
    this.#count = count
    this.#timeOf = timeOf
    this.#isHidden = isHidden
  }

  /** The groups that end in this chunk of whole lines. */
  take(chunk: Buffer): Hit[] {
    const hits: Hit[] = []
    for (let start = 0; start < chunk.length; ) {
      const newline = chunk.indexOf(NEWLINE, start)
      const end = newline === -1 ? chunk.length : newline
      this.#add(chunk.subarray(start, end), hits)
      start = end + 1
    }
    // Views of a chunk would keep all of it in memory.
    this.#before = this.#before.map((line) => Buffer.from(line))
    return hits
  }

  end(): Hit[] {
    const hits: Hit[] = []
    this.#close(hits)
    return hits
  }

  #add(line: Buffer, hits: Hit[]): void {
    const time = this.#timeOf(line)
    if (time === undefined && this.#isHidden()) return
    if (time !== undefined) {
      this.#group ??= { time, lines: this.#before.splice(0) }
      this.#left = this.#count + 1
    }
    if (this.#group === undefined) {
      this.#before.push(line)
      if (this.#before.length > this.#count) this.#before.shift()
      return
    }
    this.#group.lines.push(Buffer.from(line))
    this.#left--
    if (this.#left === 0) this.#close(hits)
    else if (this.#group.lines.length >= MOST_LINES) this.#goOn(this.#group.time, hits)
  }

  /** In another group. */
  #goOn(time: number, hits: Hit[]): void {
    this.#close(hits)
    this.#group = { time, lines: [] }
  }

  #close(hits: Hit[]): void {
    if (this.#group !== undefined && this.#group.lines.length > 0) hits.push(this.#group)
    this.#group = undefined
  }
}
