/**
 * Scrubbed lines on standard output: as they are, as pretty text, or as common log text.
 */
import { errorCode, HushlogError } from '../errors.ts'
import type { BatchSink, ScrubbedBatch, StdoutMode } from '../types.ts'
import { LINE_FORMATS, type OutputFormat } from './line-format.ts'

export type { OutputFormat }

/** Bytes that may wait for a slow reader before lines are left out. */
const MAX_WAITING = 1024 * 1024

/**
 * Where the option says nothing: pretty on a terminal, JSON into a pipe or socket, else nothing.
 */
export function outputFormat(
  mode: StdoutMode | undefined,
  stream: { isTTY?: boolean } = process.stdout,
): OutputFormat | undefined {
  if (mode === false) return undefined
  if (mode === undefined || mode === true) {
    if (stream.isTTY) return 'pretty'
    return mode === true || isPipe() ? 'json' : undefined
  }
  return mode
}

function isPipe(): boolean {
  return process.stdout.constructor.name === 'Socket' || process.stdout.constructor.name === 'Pipe'
}

export interface OutputOptions {
  format: OutputFormat
  /** Lines left out because the reader is slower than the program. */
  onGap(count: number): void
  onError(error: HushlogError): void
  /** Default: `process.stdout`. */
  stream?: (NodeJS.WritableStream & { writableLength: number; once?: unknown }) | undefined
}

/** A sink that writes to standard output and never waits for it. */
export class OutputSink implements BatchSink {
  #stream: NonNullable<OutputOptions['stream']>
  #options: OutputOptions
  #format: (line: string) => string
  #closed = false
  #leftOut = 0

  constructor(options: OutputOptions) {
    this.#options = options
    this.#stream = options.stream ?? process.stdout
    this.#format = LINE_FORMATS[options.format]()
    this.#stream.once('error', (error) => this.#fail(error))
  }

  append(batch: ScrubbedBatch): void {
    if (this.#closed) return
    if (this.#stream.writableLength > MAX_WAITING) {
      this.#leftOut += batch.count
      return
    }
    const bytes = batch.bytes.subarray(0, batch.ends[batch.count - 1])
    this.#stream.write(this.#options.format === 'json' ? Buffer.from(bytes) : this.#text(bytes))
    if (this.#leftOut > 0) {
      this.#options.onGap(this.#leftOut)
      this.#leftOut = 0
    }
  }

  sync(): Promise<void> {
    return new Promise((resolve) => (this.#closed ? resolve() : this.#stream.write('', () => resolve())))
  }

  flushSync(): void {
    // Node writes to files and terminals at once and drains pipes when the process ends by itself.
  }

  #text(bytes: Uint8Array): string {
    const lines = Buffer.from(bytes).toString().slice(0, -1).split('\n')
    return lines.map((line) => this.#formatted(line)).join('')
  }

  #formatted(line: string): string {
    try {
      return this.#format(line)
    } catch {
      return `${line}\n`
    }
  }

  #fail(error: unknown): void {
    this.#closed = true
    this.#options.onError(
      new HushlogError('HUSHLOG_STDOUT', `standard output cannot be written: ${errorCode(error)}`),
    )
  }
}
