const NEWLINE = 0x0a

export interface BoundedLine {
  /** Without its `\n`; only the beginning of a line that is longer than the bound. */
  bytes: Buffer
  isCut: boolean
}

/** Splits chunks into lines and never holds more than `max` bytes of one: nobody knows what lies in a directory. */
export class LineSplitter {
  readonly #max: number
  #begun: Buffer[] = []
  #length = 0
  #isCut = false

  constructor(max: number) {
    this.#max = max
  }

  /** The lines that end in this chunk. What follows the last `\n` waits for the next one. */
  push(chunk: Buffer): BoundedLine[] {
    const lines: BoundedLine[] = []
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#add(chunk, start, end)
      lines.push(this.#end())
      start = end + 1
    }
    this.#add(chunk, start, chunk.length)
    return lines
  }

  #add(chunk: Buffer, start: number, end: number): void {
    const room = this.#max - this.#length
    if (end - start > room) this.#isCut = true
    const part = chunk.subarray(start, Math.min(end, start + room))
    if (part.length === 0) return
    this.#begun.push(part)
    this.#length += part.length
  }

  #end(): BoundedLine {
    const bytes = this.#begun.length === 1 ? this.#begun[0] : Buffer.concat(this.#begun)
    const line = { bytes, isCut: this.#isCut }
    this.#begun = []
    this.#length = 0
    this.#isCut = false
    return line
  }
}
