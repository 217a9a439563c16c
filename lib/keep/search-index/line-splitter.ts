const NEWLINE = 0x0a
/** A longer line is read by nobody. */
export const LONGEST_LINE: number = 16 * 1024 * 1024

export interface LineReceiver {
  /** A line without its `\n`. @param text of which piece it began in, from 0 */
  line(bytes: Buffer, start: number, end: number): void
  /** One that is longer than `LONGEST_LINE`, without its `\n`. */
  longLine(length: number): void
}

/** Cuts pieces of text into lines; a line that goes over pieces is put together. */
export class LineSplitter {
  readonly #to: LineReceiver
  #begun: Buffer[] = []
  #length = 0

  constructor(to: LineReceiver) {
    this.#to = to
  }

  /** Whether a line has begun that has not ended. */
  get isInLine(): boolean {
    return this.#length > 0
  }

  push(text: Buffer, from = 0): void {
    let start = this.finishLine(text, from)
    if (start === -1) return
    for (let end = text.indexOf(NEWLINE, start); end !== -1; end = text.indexOf(NEWLINE, start)) {
      this.#to.line(text, start, end)
      start = end + 1
    }
    this.#begin(text, start)
  }

  /** Ends the line that has begun before this piece, if one has. Returns where the next begins, -1 when none does. */
  finishLine(text: Buffer, from = 0): number {
    if (!this.isInLine) return from
    const end = text.indexOf(NEWLINE, from)
    if (end === -1) {
      this.#begin(text, from)
      return -1
    }
    const length = this.#length + end - from
    if (length > LONGEST_LINE) this.#to.longLine(length)
    else this.#to.line(Buffer.concat([...this.#begun, text.subarray(from, end)]), 0, length)
    this.#begun = []
    this.#length = 0
    return end + 1
  }

  #begin(text: Buffer, start: number): void {
    const rest = text.subarray(start)
    this.#length += rest.length
    if (this.#length > LONGEST_LINE) this.#begun = []
    else if (rest.length > 0) this.#begun.push(rest)
  }
}
