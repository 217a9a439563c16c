import { TermSet } from './bloom.ts'
import { Extract } from './extract.ts'
import { encodeIndex, type MemberEntry } from './index-format.ts'
import { LineSplitter } from './line-splitter.ts'
import { RecordFields } from './record-fields.ts'
import { addTerms } from './record-terms.ts'
import { Summarizer } from './summarize.ts'

/** Makes the index of a segment while its members are packed. A line belongs to the member in which it begins. */
export class IndexBuilder {
  readonly #members: MemberEntry[] = []
  readonly #summarizer = new Summarizer()
  readonly #extract = new Extract()
  readonly #fields = new RecordFields()
  readonly #terms = new TermSet()
  readonly #lines = new LineSplitter({
    line: (bytes, start, end) => this.#line(bytes, start, end),
    longLine: (length) => this.#longLine(length),
  })
  /** Of the member in which the present line begins. */
  #first: number | undefined
  #last: number | undefined
  #firstLine: number | undefined
  #isOpen = false
  /** Members after it that the present line covers wholly. */
  #covered = 0

  /** The text of the next member. */
  add(text: Buffer): void {
    const begins = this.#lines.finishLine(text)
    if (begins === -1) {
      this.#covered++
      return
    }
    this.#close()
    this.#isOpen = true
    this.#firstLine = begins < text.length ? begins : undefined
    this.#lines.push(text, begins)
  }

  /**
   * All of it, as bytes; undefined when it became too large.
   * @param modified stands for the time of lines when none tells one, milliseconds since the epoch
   */
  async finish(modified: number): Promise<Buffer | undefined> {
    this.#close()
    const summary = this.#summarizer.result(modified)
    return encodeIndex({ members: this.#members, summary, extract: this.#extract.lines() })
  }

  #close(): void {
    if (this.#isOpen)
      this.#members.push({
        firstLine: this.#firstLine,
        first: this.#first,
        last: this.#last,
        filter: this.#terms.take(),
      })
    for (; this.#covered > 0; this.#covered--) this.#members.push(EMPTY)
    this.#first = this.#last = this.#firstLine = undefined
  }

  #line(bytes: Buffer, start: number, end: number): void {
    const fields = this.#fields
    const isRecord = fields.read(bytes, start, end)
    this.#summarizer.addRead(fields, isRecord, start, end)
    this.#extract.add(fields, isRecord, start, end)
    if (!isRecord) return
    addTerms(this.#terms, fields)
    const { time } = fields
    if (Number.isNaN(time)) return
    if (this.#first === undefined || time < this.#first) this.#first = time
    if (this.#last === undefined || time > this.#last) this.#last = time
  }

  #longLine(length: number): void {
    this.#summarizer.addLong(length)
    this.#extract.addLong(length)
  }
}

const EMPTY: MemberEntry = {
  firstLine: undefined,
  first: undefined,
  last: undefined,
  filter: new Uint8Array(),
}
