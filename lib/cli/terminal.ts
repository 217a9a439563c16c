/**
 * Words on standard error, data on standard output.
 */
import { once } from 'node:events'
import { errorCode, HushlogError } from '../errors.ts'

export function say(words: string): void {
  process.stderr.write(`hushlog: ${words}\n`)
}

/** In age's manner: no capital, no full stop, a hint where there is one. */
export function sayError(error: unknown): void {
  // The text of an error that is not ours may hold anything.
  say(`error: ${error instanceof HushlogError ? error.message : errorCode(error)}`)
  if (error instanceof HushlogError && error.hint !== undefined) say(`hint: ${error.hint}`)
}

/** Standard output, whose reader may go away at any time. */
export class Output {
  #stream: NodeJS.WriteStream
  #error: NodeJS.ErrnoException | undefined

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream
    stream.on('error', (error) => (this.#error = error))
  }

  /** Whether its reader has gone, as `head` does. */
  get isClosed(): boolean {
    return this.#error?.code === 'EPIPE'
  }

  /** @throws HushlogError `HUSHLOG_STDOUT` */
  async write(text: string): Promise<void> {
    if (text !== '' && this.#error === undefined && !this.#stream.write(text)) {
      await once(this.#stream, 'drain').catch(() => {})
    }
    if (this.#error !== undefined && !this.isClosed) throw cannotWrite(this.#error)
  }
}

export function cannotWrite(error: unknown): HushlogError {
  return new HushlogError('HUSHLOG_STDOUT', `cannot write standard output: ${errorCode(error)}`)
}
