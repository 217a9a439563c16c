import type { WriterFs } from './open-segment.ts'
import { Reserve } from './reserve.ts'

/** The reserve is made again when this many bytes are free. */
const ROOM_FOR_RESERVE = 256 * 1024
/** Room for the segment that is being written, and for the sealed copy of the one before it. */
const LOW = 2
/** A disk that was low counts as well again from here: else it would be told at every file that comes or goes. */
const WELL = 3

/**
 * How much room the disk of a log directory has. `low` is less than twice `maxSize`, and ends when three times
 * `maxSize` are free. What users without privileges may use counts, as in `df`.
 */
export class Disk {
  isLow = false
  readonly reserve: Reserve
  readonly #dir: string
  readonly #maxSize: number
  readonly #fs: WriterFs

  constructor(dir: string, maxSize: number, fs: WriterFs) {
    this.#dir = dir
    this.#maxSize = maxSize
    this.#fs = fs
    this.reserve = new Reserve(dir, fs)
  }

  /** Bytes, or undefined where the system does not tell. */
  get free(): number | undefined {
    try {
      const { bavail, bsize } = this.#fs.statfsSync(this.#dir)
      return bavail * bsize
    } catch {
      return undefined
    }
  }

  /** Looks how much is free, and makes the reserve if there is room. True when the disk has just become low. */
  check(): boolean {
    const { free } = this
    if (free === undefined) return false
    if (free >= ROOM_FOR_RESERVE) this.reserve.make()
    const wasLow = this.isLow
    this.isLow = free < this.#maxSize * (wasLow ? WELL : LOW)
    return this.isLow && !wasLow
  }
}
