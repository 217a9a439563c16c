/**
 * The gate between the logger and everything that keeps lines. Lines are encoded once into fixed memory, scanned
 * together, and leave from that same memory unless something had to be cut. It is the only maker of a
 * ScrubbedBatch. It fails closed: where anything in here throws, the line is replaced by a stub.
 */
import type { Kind, ScrubbedBatch, ScrubEvent } from '../types.ts'
import { NEWLINE } from './bytes.ts'
import { Cutter } from './cutter.ts'
import { Finder } from './finder.ts'
import { BATCH_BYTES } from './scanner/scanner.ts'
import { Tally } from './tally.ts'

/** A batch is taken when it holds `BATCH_BYTES`. */
export { BATCH_BYTES }

const MAX_LINES = 4096
/** Markers make a batch longer, seldom twice as long. */
const LONGEST_OUT = 2 * BATCH_BYTES
/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const BYTES_PER_UNIT = 3

export interface GateOptions {
  finder: Finder
  /** The line that stands for one that could not be scrubbed: JSON without its line end. */
  stub(error: unknown, level: number, kind: Kind): string
  onScrub?: ((event: ScrubEvent) => void) | undefined
}

export class Gate {
  /** Lines and bytes that went out, and lines that a stub stands for. */
  readonly counts: { lines: number; bytes: number; withheld: number } = { lines: 0, bytes: 0, withheld: 0 }
  readonly tally: Tally
  #options: GateOptions
  #finder: Finder
  #cutter: Cutter
  #scanError: unknown
  #memory: Buffer
  #spare: Buffer | undefined
  #used = 0
  #count = 0
  #ends = new Uint32Array(MAX_LINES)
  /** Where lines that were cut come together: made when the first one is, and used again. */
  #out: Buffer = Buffer.alloc(0)
  #outEnds = new Uint32Array(MAX_LINES)
  #levels = new Int32Array(MAX_LINES)
  #kinds = new Uint8Array(MAX_LINES)

  constructor(options: GateOptions) {
    this.#options = options
    this.#finder = options.finder
    this.#memory = options.finder.memory
    this.tally = new Tally(options.onScrub)
    this.#cutter = new Cutter(new Finder(options.finder.rules, options.finder.registered), this.tally)
  }

  get bytesWaiting(): number {
    return this.#used
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** Takes a line, with or without its line end. False when it has no room: take the batch first, then come again. */
  add(text: string, level: number, kind: Kind): boolean {
    const room = text.length * BYTES_PER_UNIT + 1
    if (this.#count === MAX_LINES) return false
    if (room > this.#memory.length - this.#used) {
      if (this.#count > 0) return false
      this.#spare = this.#memory
      this.#memory = Buffer.allocUnsafeSlow(room)
    }
    this.#used = this.#encode(oneLine(text), this.#used)
    this.#ends[this.#count] = this.#used
    this.#levels[this.#count] = level
    this.#kinds[this.#count++] = kind
    return true
  }

  /**
   * Scrubs what has been added and gives it to `use`, which must be done with it when it returns and must add
   * nothing meanwhile.
   */
  take(use: (batch: ScrubbedBatch) => void): void {
    if (this.#count === 0) return
    const batch = this.#scrub()
    this.counts.lines += batch.count
    this.counts.bytes += batch.ends[batch.count - 1]
    try {
      use(batch)
    } finally {
      this.#used = 0
      this.#count = 0
      if (this.#spare !== undefined) this.#letGo(this.#spare)
    }
  }

  /** After a line that was longer than the memory. */
  #letGo(spare: Buffer): void {
    this.#memory = spare
    this.#spare = undefined
    this.#finder.release()
  }

  #encode(text: string, at: number): number {
    const end = at + this.#memory.write(text, at)
    if (this.#memory[end - 1] === NEWLINE) return end
    this.#memory[end] = NEWLINE
    return end + 1
  }

  #scrub(): ScrubbedBatch {
    const lines: (Uint8Array | undefined)[] = []
    let growth = 0
    let isWhole = true
    try {
      if (!this.#finder.scan(this.#memory, 0, this.#used)) return this.#batch(this.#memory, this.#ends)
    } catch (error) {
      isWhole = false
      this.#scanError = error
    }
    for (let i = 0; i < this.#count; i++) {
      const start = i === 0 ? 0 : this.#ends[i - 1]
      const line = this.#scrubLine(i, start, this.#ends[i] - 1, isWhole)
      if (line === undefined) continue
      lines[i] = line
      growth += line.length + 1 - (this.#ends[i] - start)
    }
    return lines.length === 0
      ? this.#batch(this.#memory, this.#ends)
      : this.#assemble(lines, this.#used + growth)
  }

  /** The line as it may leave; nothing when it may leave as it is. */
  #scrubLine(index: number, start: number, end: number, isScanned: boolean): Uint8Array | undefined {
    try {
      if (!isScanned) throw this.#scanError
      const cuts = this.#finder.cutsIn(this.#memory, start, end, true)
      if (cuts.length === 0) return undefined
      return this.#cutter.without(this.#memory, start, end, cuts, true, this.#finder.isSettled)
    } catch (error) {
      this.#finder.skipTo(end)
      this.counts.withheld++
      return Buffer.from(this.#options.stub(error, this.#levels[index], this.#kinds[index] as Kind))
    }
  }

  /** Puts lines that were cut between those that were not. */
  #assemble(lines: readonly (Uint8Array | undefined)[], length: number): ScrubbedBatch {
    if (length > this.#out.length && length <= LONGEST_OUT) this.#out = Buffer.allocUnsafeSlow(LONGEST_OUT)
    const out = length <= LONGEST_OUT ? this.#out : Buffer.allocUnsafeSlow(length)
    let at = 0
    for (let i = 0; i < this.#count; i++) {
      const start = i === 0 ? 0 : this.#ends[i - 1]
      const line = lines[i] ?? this.#memory.subarray(start, this.#ends[i] - 1)
      out.set(line, at)
      at += line.length
      out[at++] = NEWLINE
      this.#outEnds[i] = at
    }
    return this.#batch(out, this.#outEnds)
  }

  #batch(bytes: Uint8Array, ends: Uint32Array): ScrubbedBatch {
    const batch = { bytes, ends, levels: this.#levels, kinds: this.#kinds, count: this.#count }
    return batch as unknown as ScrubbedBatch
  }
}

/** pino escapes line ends; a hook of the program's own may not. */
function oneLine(text: string): string {
  const first = text.indexOf('\n')
  if (first === -1 || first === text.length - 1) return text
  return text.trimEnd().replaceAll('\n', ' ').replaceAll('\r', ' ')
}
