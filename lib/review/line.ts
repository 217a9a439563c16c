/**
 * A line of a log as filters look at it: its fields are read once, and parsed whole only for those who ask.
 */
import { RecordFields } from '../keep/search-index/record-fields.ts'
import { parseFrame } from '../store/frames.ts'

export type JsonRecord = Record<string, unknown>

const FRAMES = ['segment-start', 'segment-end'].map((kind) => Buffer.from(kind))

/** Made once, and set to one line after the other. */
export class Line {
  readonly fields: RecordFields = new RecordFields()
  /** Whether it is a JSON object. */
  isRecord = false
  bytes: Buffer = Buffer.alloc(0)
  #parsed: JsonRecord | undefined

  /** @param bytes without the line's `\n` */
  set(bytes: Buffer): void {
    this.bytes = bytes
    this.#parsed = undefined
    this.isRecord = this.fields.read(bytes, 0, bytes.length)
  }

  /** Milliseconds since the epoch; NaN when it tells none. */
  get time(): number {
    return this.isRecord ? this.fields.time : Number.NaN
  }

  /** The first or the last record of a segment. */
  get isFrame(): boolean {
    return (
      this.isRecord &&
      FRAMES.some((kind) => this.fields.is('kind', kind)) &&
      parseFrame(this.bytes.toString()) !== undefined
    )
  }

  /** Undefined when it is no JSON object. */
  record(): JsonRecord | undefined {
    if (this.#parsed !== undefined || !this.isRecord) return this.#parsed
    try {
      this.#parsed = JSON.parse(this.bytes.toString())
    } catch {
      // Nested deeper than the parser can go.
      this.isRecord = false
    }
    return this.#parsed
  }
}

/** Lines that are shown together: one that matches, and those around it that were asked for. */
export interface Hit {
  /** Of the line; of one that tells none, that of the line before it. Milliseconds since the epoch. */
  time: number
  /** Without their `\n`. */
  lines: readonly Buffer[]
}
