/**
 * The gate as a stream: text goes in, scrubbed text comes out, for everything that writes lines and knows nothing
 * of hushlog.
 */
import { Transform, type TransformCallback } from 'node:stream'
import type { ScrubOptions } from '../types.ts'
import { Cutter } from './cutter.ts'
import { Finder } from './finder.ts'
import type { Cut } from './line.ts'
import { createFinder } from './scrubber.ts'
import { Tally } from './tally.ts'
import { TextFeed } from './text-feed.ts'
import { stubFor, type TextSink } from './text-sink.ts'

export interface ScrubStream extends Transform {
  /** Cuts a value wherever it occurs in what is still to come. See `Hushlog.hide`. */
  hide(value: string, name?: string): void
  /** Cuts so far by rule. */
  counts(): Record<string, number>
  /** Lines so far that were replaced by a stub, since they could not be looked at. */
  readonly withheld: number
}

/**
 * A stream that scrubs text on its way, in chunks of any kind: UTF-8 as Buffers or strings. Whole lines leave as
 * soon as their end has come; what has no line end yet is held back, for a secret may go on in the next chunk.
 *
 * A private key in PEM is held until its END, for 64 KB at most; without one all of that is cut. Of a line of more
 * than 1 MB the first part leaves before its end has come: secrets of up to 64 KB are found in it, longer ones are
 * cut to the end of their string or line, and it may not stay valid JSON where a lone number was cut.
 *
 * A line that the scrubber fails on is replaced by a stub and the stream goes on. Bytes that are not UTF-8 pass.
 * @throws HushlogError `HUSHLOG_OPTION` for a wrong option
 */
export function scrubStream(options: ScrubOptions = {}): ScrubStream {
  return new TextScrubber(options)
}

class TextScrubber extends Transform implements ScrubStream {
  withheld = 0
  #finder: Finder
  #cutter: Cutter
  #feed: TextFeed
  #tally: Tally
  #out: Uint8Array[] = []

  constructor(options: ScrubOptions) {
    super({ readableObjectMode: false, writableObjectMode: false })
    this.#finder = createFinder(options, [])
    this.#tally = new Tally(options.onScrub)
    this.#cutter = new Cutter(new Finder(this.#finder.rules, this.#finder.registered), this.#tally)
    this.#feed = new TextFeed(this.#finder, this.#sink)
  }

  hide(value: string, name?: string): void {
    this.#finder.registered.hide(value, name)
  }

  counts(): Record<string, number> {
    return this.#tally.byRule()
  }

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    if (typeof chunk === 'string' || ArrayBuffer.isView(chunk)) return super.write(chunk, ...(rest as []))
    // As an error of the stream: thrown here it would go past a pipeline's error handling.
    this.destroy(new TypeError(`scrubStream takes text as strings or Buffers, got ${kindOf(chunk)}`))
    return false
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#feed.push(chunk)
    this.#send()
    done()
  }

  override _flush(done: TransformCallback): void {
    this.#feed.end()
    this.#send()
    done()
  }

  #send(): void {
    if (this.#out.length > 0) this.push(this.#out.length === 1 ? this.#out[0] : Buffer.concat(this.#out))
    this.#out = []
  }

  #sink: TextSink = {
    take: (bytes: Uint8Array, start: number, end: number, cuts: readonly Cut[], json: boolean) => {
      if (cuts.length === 0) this.#out.push(bytes.subarray(start, end))
      else this.#out.push(this.#cutter.without(bytes, start, end, cuts, json))
    },
    withhold: (bytes: Uint8Array, start: number, _end: number, error: unknown) => {
      this.withheld++
      this.#out.push(stubFor(bytes[start], error))
    },
  }
}

function kindOf(chunk: unknown): string {
  return chunk === null ? 'null' : `${typeof chunk}: turn records into lines first`
}
