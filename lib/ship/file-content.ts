/**
 * What stands in a part of a file, and its sums. It is read once where it is small enough to be held until it is sent,
 * so that what is sent is what was summed; and twice where it is not.
 */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'

/** Sealed segments of ordinary text are smaller, unless `maxSize` was raised. */
const MOST_HELD = 8 * 1024 * 1024
/** Of all that is held at once in this thread: two that are sent, and two that are sent next. */
const MOST_HELD_TOGETHER = 4 * MOST_HELD
const BLOCK = 256 * 1024

export interface Range {
  start: number
  end: number
}

export interface Sums {
  /** Hexadecimal. */
  sha256: string
  md5: string
  /** Fewer than the range has when the file ends in it. */
  bytes: number
}

/** To be opened as long as the file is open, and closed once. */
export class FileContent {
  readonly #handle: FileHandle
  readonly #range: Range
  #held: Buffer | undefined
  #bytes = 0

  constructor(handle: FileHandle, range: Range) {
    this.#handle = handle
    this.#range = range
  }

  async sums(): Promise<Sums> {
    const { start, end } = this.#range
    const size = end - start
    const held = hold(size)
    this.#held = held
    const buffer = held ?? Buffer.allocUnsafe(BLOCK)
    const [sha256, md5] = [createHash('sha256'), createHash('md5')]
    let bytes = 0
    while (bytes < size) {
      const at = held === undefined ? 0 : bytes
      // No more at once, so that whatever else this thread does comes in between.
      const length = Math.min(BLOCK, size - bytes)
      const { bytesRead } = await this.#handle.read(buffer, at, length, start + bytes)
      if (bytesRead === 0) break
      const block = buffer.subarray(at, at + bytesRead)
      sha256.update(block)
      md5.update(block)
      bytes += bytesRead
    }
    this.#bytes = bytes
    return { sha256: sha256.digest('hex'), md5: md5.digest('hex'), bytes }
  }

  /** The content, anew at each call. */
  open(): Readable {
    const { start, end } = this.#range
    // As objects: a stream of bytes would copy them together.
    if (this.#held !== undefined) return Readable.from(blocksOf(this.#held.subarray(0, this.#bytes)))
    return this.#handle.createReadStream({ start, end: end - 1, highWaterMark: BLOCK, autoClose: false })
  }

  async close(): Promise<void> {
    if (this.#held !== undefined) letGo(this.#held)
    this.#held = undefined
    await this.#handle.close()
  }
}

let heldTogether = 0

function hold(size: number): Buffer | undefined {
  // What a ledger says may be anything.
  if (size <= 0 || size > MOST_HELD || heldTogether + size > MOST_HELD_TOGETHER) return undefined
  heldTogether += size
  return Buffer.allocUnsafeSlow(size)
}

function letGo({ length }: Buffer): void {
  heldTogether -= length
}

function* blocksOf(held: Buffer): Generator<Buffer> {
  for (let at = 0; at < held.length; at += BLOCK) yield held.subarray(at, at + BLOCK)
}
