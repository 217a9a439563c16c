/**
 * Streams, each in its own order of time, as one in the order of time. One is begun only when its time has nearly come.
 */

export interface TimedStream<T> {
  /** Nothing in it is earlier. */
  first: number
  /** In batches, which may be empty. */
  open(): AsyncGenerator<T[]>
}

interface Timed {
  time: number
}

/** So many are read at a time. When more overlap, the others wait, and what they hold comes late. */
const MOST_OPEN = 48
/** So many are begun before their time: most of opening one is waiting. */
const AHEAD = 3

/**
 * A stream whose times go back gives what it has in its own order, no earlier than what came before it. What is of one
 * moment comes in the order of the streams.
 */
export async function* merged<T extends Timed>(streams: readonly TimedStream<T>[]): AsyncGenerator<T> {
  const waiting = streams
    .map((stream, order) => ({ stream, order, first: stream.first }))
    .sort((a, b) => b.first - a.first || b.order - a.order)
  const begun: Begun<T>[] = []
  const heap = new Heap<Reading<T>>()
  try {
    for (;;) {
      while (begun.length < AHEAD && waiting.length > 0) begun.push(begin(waiting.pop() as Waiting<T>))
      const [next] = begun
      if (next !== undefined && heap.size < MOST_OPEN && (heap.size === 0 || next.first <= heap.top.time)) {
        if (await next.isThere) heap.push(next.reading)
        begun.shift()
        continue
      }
      if (heap.size === 0) return
      const { top } = heap
      yield top.current
      if (await top.advance()) heap.sink()
      else heap.pop()
    }
  } finally {
    for (const { reading } of begun) await reading.close()
    for (const reading of heap.all()) await reading.close()
  }
}

interface Waiting<T> {
  stream: TimedStream<T>
  order: number
  first: number
}

interface Begun<T extends Timed> {
  first: number
  reading: Reading<T>
  /** Whether there is anything in it. */
  isThere: Promise<boolean>
}

function begin<T extends Timed>({ stream, order, first }: Waiting<T>): Begun<T> {
  const reading = new Reading(stream.open(), order)
  const isThere = reading.advance()
  // Looked at when its time has come; until then a failure is nobody's.
  isThere.catch(() => {})
  return { first, reading, isThere }
}

class Reading<T extends Timed> {
  readonly #source: AsyncGenerator<T[]>
  readonly #order: number
  #batch: T[] = []
  #at = 0
  /** Of the current one, or of one before it that was later. */
  time = -Infinity

  /** @param order of the stream among those of the same moment */
  constructor(source: AsyncGenerator<T[]>, order: number) {
    this.#source = source
    this.#order = order
  }

  isBefore(other: Reading<T>): boolean {
    return this.time < other.time || (this.time === other.time && this.#order < other.#order)
  }

  get current(): T {
    return this.#batch[this.#at]
  }

  /** To the next one. False when there is none. */
  async advance(): Promise<boolean> {
    this.#at++
    while (this.#at >= this.#batch.length) {
      const { value, done } = await this.#source.next()
      if (done) return false
      this.#batch = value
      this.#at = 0
    }
    this.time = Math.max(this.time, this.current.time)
    return true
  }

  async close(): Promise<void> {
    await this.#source.return(undefined)
  }
}

interface Ordered<T> {
  isBefore(other: T): boolean
}

/** The one that is before all others on top. */
class Heap<T extends Ordered<T>> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  get top(): T {
    return this.#items[0]
  }

  all(): readonly T[] {
    return this.#items
  }

  push(item: T): void {
    const items = this.#items
    let at = items.push(item) - 1
    for (let above = (at - 1) >> 1; at > 0 && item.isBefore(items[above]); above = (at - 1) >> 1) {
      items[at] = items[above]
      at = above
    }
    items[at] = item
  }

  pop(): void {
    const last = this.#items.pop()
    if (last === undefined || this.#items.length === 0) return
    this.#items[0] = last
    this.sink()
  }

  /** The top has got another time. */
  sink(): void {
    const items = this.#items
    const item = items[0]
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below + 1 < items.length && items[below + 1].isBefore(items[below])) below++
      if (below >= items.length || !items[below].isBefore(item)) break
      items[at] = items[below]
      at = below
    }
    items[at] = item
  }
}
