import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

const TENTH = 100

/** Bytes a second that several streams share, over a tenth of a second. None waits so long that it seems to be dead. */
export class Throttle {
  readonly #perMs: number
  /** When the next byte may go, by the monotonic clock. */
  #free = 0

  constructor(bytesPerSecond: number) {
    this.#perMs = bytesPerSecond / 1000
  }

  /** The same bytes, no faster. Destroying it destroys its source. */
  slow(source: Readable): Readable {
    return Readable.from(this.#slowed(source), { objectMode: false })
  }

  async *#slowed(source: Readable): AsyncGenerator<Buffer> {
    const most = Math.ceil(this.#perMs * TENTH)
    for await (const chunk of source)
      for (let at = 0; at < chunk.length; at += most) {
        const part = chunk.subarray(at, at + most)
        const now = performance.now()
        this.#free = Math.max(this.#free, now) + part.length / this.#perMs
        if (this.#free - now > TENTH) await sleep(this.#free - now)
        yield part
      }
  }
}
