/**
 * Lines that come while a search goes on, and after it: each once.
 */
import { Line } from '../review/line.ts'
import { matches, type Query } from '../review/query.ts'
import type { Found } from '../review/search.ts'
import { DirectoryTail } from './directory-tail.ts'
import { say } from './terminal.ts'

/** Lines are stamped before they are written, and a clock may be set back a little. */
const SLACK = 60_000

export class SearchFollower {
  readonly #query: Query
  readonly #show: (line: Buffer) => Promise<void>
  readonly #line = new Line()
  /** How often each line that may come again was found. */
  readonly #seen = new Map<string, number>()
  #tails: DirectoryTail[] = []
  #began = 0

  /** @param show is given lines without their `\n` */
  constructor(query: Query, show: (line: Buffer) => Promise<void>) {
    this.#query = query
    this.#show = show
  }

  /** To be called before the search: lines that come from here on are shown later. */
  async begin(dirs: readonly string[], onError: (error: unknown) => void): Promise<void> {
    this.#began = Date.now()
    const { frames } = this.#query
    const show = (lines: Buffer[]) => this.#take(lines)
    this.#tails = dirs.map(
      (dir) => new DirectoryTail({ dir, count: 0, frames, stay: true, show, say, onError }),
    )
    for (const tail of this.#tails) await tail.last()
  }

  /** Told of what the search finds: the newest of it comes a second time. */
  saw({ time, lines }: Pick<Found, 'time' | 'lines'>): void {
    if (time >= this.#began - SLACK) for (const line of lines) this.#count(keyOf(line), 1)
  }

  /** Shows what has come. False when that was nothing. */
  async next(): Promise<boolean> {
    let hasCome = false
    for (const tail of this.#tails) hasCome = (await tail.next()) || hasCome
    // All that the search has found has come by now.
    if (!hasCome) this.#seen.clear()
    return hasCome
  }

  async #take(lines: Buffer[]): Promise<void> {
    for (const bytes of lines) {
      this.#line.set(bytes)
      if (!matches(this.#query, this.#line)) continue
      const isNew = (this.#seen.get(keyOf(bytes)) ?? 0) === 0
      if (isNew) await this.#show(bytes)
      else this.#count(keyOf(bytes), -1)
    }
  }

  #count(key: string, by: number): void {
    this.#seen.set(key, (this.#seen.get(key) ?? 0) + by)
  }
}

function keyOf(line: Buffer): string {
  return line.toString('latin1')
}
