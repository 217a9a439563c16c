/**
 * Whole lines out of text that comes in chunks, torn anywhere: within a line, within a character.
 */
import { StringDecoder } from 'node:string_decoder'

export interface LineTaker {
  /** A line without its end. */
  line(text: string): void
  /** A line was longer than is taken, and has been left out. */
  tooLong(): void
}

export class TornLines {
  readonly #decoder = new StringDecoder('utf8')
  readonly #longest: number
  readonly #taker: LineTaker
  /** The line that has begun, in pieces: joining them at once keeps many small ones linear. */
  #pieces: string[] = []
  #length = 0
  #leftOut = false

  /** @param longest characters that a line may have */
  constructor(longest: number, taker: LineTaker) {
    this.#longest = longest
    this.#taker = taker
  }

  take(chunk: Buffer | string): void {
    const text = typeof chunk === 'string' ? this.#decoder.end() + chunk : this.#decoder.write(chunk)
    let from = 0
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      this.#add(text.slice(from, at))
      this.#endLine()
      from = at + 1
    }
    this.#add(text.slice(from))
  }

  /** What was begun is a line too. */
  end(): void {
    this.#add(this.#decoder.end())
    this.#endLine()
  }

  #add(piece: string): void {
    this.#length += piece.length
    if (this.#length <= this.#longest) {
      if (piece !== '') this.#pieces.push(piece)
      return
    }
    this.#leftOut = true
    this.#pieces = []
  }

  #endLine(): void {
    const line = this.#pieces.join('')
    const leftOut = this.#leftOut
    this.#pieces = []
    this.#length = 0
    this.#leftOut = false
    if (leftOut) this.#taker.tooLong()
    else if (line !== '' && line !== '\r') this.#taker.line(line.endsWith('\r') ? line.slice(0, -1) : line)
  }
}
