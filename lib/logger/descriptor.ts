/**
 * Standard output for a worker thread. Its `process.stdout` goes through the main thread and loses what the main
 * thread has not passed on when the program ends; a descriptor is written at once.
 */
import { writeSync } from 'node:fs'
import { Writable } from 'node:stream'
import { errorCode } from '../errors.ts'

/** How long a full pipe is left alone, in milliseconds. */
const PAUSE = 20

export class DescriptorStream extends Writable {
  #fd: number

  constructor(fd: number) {
    super({ decodeStrings: true })
    this.#fd = fd
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      let bytes = chunk
      while (bytes.length > 0) {
        const written = this.#written(bytes)
        if (written === 0) return void setTimeout(() => this._write(bytes, 'buffer' as never, done), PAUSE)
        bytes = bytes.subarray(written)
      }
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  /** How many bytes went out: none when the pipe is full. */
  #written(bytes: Buffer): number {
    try {
      return writeSync(this.#fd, bytes)
    } catch (error) {
      if (errorCode(error) === 'EAGAIN') return 0
      throw error
    }
  }
}
