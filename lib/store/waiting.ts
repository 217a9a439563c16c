import { type Gap, KIND } from '../types.ts'

/*
 * Lines that could not be written wait here, in order, within a bound. What has to give when the bound is
 * reached goes by rank: debug before info, and so on, audit records last. Of one rank the oldest stay: they
 * tell how the trouble began.
 */

interface Line {
  /** Undefined when the line has left: written, or given up for one of a higher rank. */
  bytes: Uint8Array | undefined
  level: number
  rank: number
}

export interface WaitingBatch {
  bytes: Uint8Array
  ends: number[]
}

const AUDIT_RANK = 5
const RANKS = [0, 1, 2, 3, 4, AUDIT_RANK]

function rankOf(level: number, kind: number): number {
  if (kind === KIND.audit) return AUDIT_RANK
  if (kind === KIND.gap) return 4
  return Math.min(4, Math.max(0, Math.floor(level / 10) - 2))
}

function isWaiting(line: Line): boolean {
  return line.bytes !== undefined
}

/** What a line costs besides its bytes bounds how many may wait: so many at least, and one for each 256 bytes. */
const LEAST_LINES = 1024
const BYTES_PER_LINE = 256

export class WaitingLines {
  readonly #limit: number
  readonly #mostLines: number
  #order: Line[] = []
  #head = 0
  #byRank: Line[][] = RANKS.map(() => [])
  #bytesByRank: number[] = RANKS.map(() => 0)
  #count = 0
  #bytes = 0
  #loss: Gap | undefined
  /** All that was ever lost, by level. */
  readonly lostByLevel: Record<string, number> = {}

  constructor(limit: number) {
    this.#limit = limit
    this.#mostLines = Math.max(LEAST_LINES, Math.floor(limit / BYTES_PER_LINE))
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  get hasLoss(): boolean {
    return this.#loss !== undefined
  }

  hasRoom(size: number): boolean {
    return this.#bytes + size <= this.#limit && this.#count < this.#mostLines
  }

  /** Takes a copy of a line, giving up lower ones for it, or gives the line itself up. Returns how many it gave up. */
  add(line: Uint8Array, level: number, kind: number, reason: string, now: number): number {
    const rank = rankOf(level, kind)
    const lost = this.#makeRoom(line.length, rank, reason, now)
    if (!this.hasRoom(line.length)) {
      this.#lose(rank, level, reason, now)
      return lost + 1
    }
    // A copy whatever it is: slice() of a Buffer is a view of memory that the gate uses again.
    const entry = { bytes: new Uint8Array(line), level, rank }
    this.#order.push(entry)
    this.#byRank[rank].push(entry)
    this.#account(entry.rank, 1, line.length)
    this.#compact()
    return lost
  }

  #makeRoom(size: number, rank: number, reason: string, now: number): number {
    const lower = this.#bytesByRank.slice(0, rank).reduce((sum, bytes) => sum + bytes, 0)
    if (this.#bytes - lower + size > this.#limit) return 0
    let lost = 0
    for (let low = 0; low < rank; low++) {
      while (!this.hasRoom(size) && this.#bytesByRank[low] > 0) {
        // The newest of a rank. Those that were written meanwhile are older, and lie below it.
        const line = this.#byRank[low].pop() as Line
        this.#leave(line)
        this.#lose(low, line.level, reason, now)
        lost++
      }
    }
    return lost
  }

  /** The oldest lines, in order, up to about `size` bytes and at least one. */
  oldest(size: number): WaitingBatch {
    const lines: Uint8Array[] = []
    const ends: number[] = []
    let length = 0
    for (let i = this.#head; i < this.#order.length && length < size; i++) {
      const { bytes } = this.#order[i]
      if (bytes === undefined) continue
      lines.push(bytes)
      ends.push((length += bytes.length))
    }
    return { bytes: Buffer.concat(lines, length), ends }
  }

  /** The oldest `count` lines have been written. */
  removeOldest(count: number): void {
    for (let left = count; left > 0; this.#head++) {
      const line = this.#order[this.#head]
      if (line.bytes === undefined) continue
      this.#leave(line)
      left--
    }
    this.#compact()
  }

  /** Gives up all that waits. Returns how many lines that were. */
  giveUp(reason: string, now: number): number {
    const lines = this.#order.filter(isWaiting)
    for (const line of lines) {
      this.#leave(line)
      this.#lose(line.rank, line.level, reason, now)
    }
    this.#compact()
    return lines.length
  }

  /** What was lost since the last call. */
  takeLoss(): Gap | undefined {
    const loss = this.#loss
    this.#loss = undefined
    return loss
  }

  #leave(line: Line): void {
    this.#account(line.rank, -1, -(line.bytes as Uint8Array).length)
    line.bytes = undefined
  }

  #account(rank: number, lines: number, bytes: number): void {
    this.#count += lines
    this.#bytes += bytes
    this.#bytesByRank[rank] += bytes
  }

  // A disk that stays nearly full lets lines come and go for days without the queue ever being empty.
  #compact(): void {
    if (this.#count > 0 && this.#order.length < 2 * this.#count + 1024) return
    this.#order = this.#order.filter(isWaiting)
    this.#byRank = this.#byRank.map((lines) => lines.filter(isWaiting))
    this.#head = 0
  }

  #lose(rank: number, level: number, reason: string, now: number): void {
    this.#loss ??= { reason, count: 0, levels: {}, first: now, last: now }
    const key = rank === AUDIT_RANK ? 'audit' : String(level)
    this.#loss.count++
    this.#loss.levels[key] = (this.#loss.levels[key] ?? 0) + 1
    this.#loss.last = now
    this.lostByLevel[key] = (this.lostByLevel[key] ?? 0) + 1
  }
}
