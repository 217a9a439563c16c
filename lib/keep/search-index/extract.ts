import type { RecordFields } from './record-fields.ts'

/** More than this of one segment is not held twice, nor more than a quarter of its text, when it is more than the rest. */
export const LARGEST_EXTRACT: number = 8 * 1024 * 1024
const SMALL_EXTRACT = 64 * 1024
const LEFT_OUT = ['access', 'segment-start', 'segment-end'].map((kind) => Buffer.from(kind))

/** Gathers the lines whose kind is a text and neither `access` nor a frame's. */
export class Extract {
  #lines: Buffer[] | undefined = []
  #bytes = 0
  #text = 0

  /** A line, with the fields that were read of it. */
  add(fields: RecordFields, isRecord: boolean, start: number, end: number): void {
    this.#text += end - start + 1
    if (this.#lines === undefined || !isRecord || fields.span('kind').from === -1) return
    for (let i = 0; i < LEFT_OUT.length; i++) if (fields.is('kind', LEFT_OUT[i])) return
    this.#bytes += end - start + 1
    if (this.#bytes > LARGEST_EXTRACT) this.#lines = undefined
    else this.#lines.push(Buffer.from(fields.bytes.subarray(start, end)))
  }

  addLong(length: number): void {
    this.#text += length + 1
  }

  /** Without their `\n`; undefined when they are too much: over 64 KB and a quarter of the text, or over 8 MB. */
  lines(): Buffer[] | undefined {
    return this.#bytes > Math.max(SMALL_EXTRACT, this.#text / 4) ? undefined : this.#lines
  }
}
