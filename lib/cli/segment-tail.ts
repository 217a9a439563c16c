/**
 * The lines of a segment that is being written. It is read through one descriptor, so that what is still unread
 * stays readable when the segment is renamed or removed.
 */
import { closeSync, fstatSync, readSync } from 'node:fs'
import type { SegmentIdentity } from '../store/segment.ts'
import { isFrame, originIn } from './frame.ts'
import { SegmentClock, type TimedLine } from './last-lines.ts'
import { openRegular } from './log-directory.ts'

/** Longer lines are left out. */
export const MAX_LINE: number = 16 * 1024 * 1024
const CHUNK = 64 * 1024
const HEAD = 4096
const NEWLINE = 0x0a

export interface TailOptions {
  /** Whether the first and the last line of a segment are wanted too. */
  frames: boolean
  /** A line was longer than `MAX_LINE`. */
  onLeftOut(): void
}

export class SegmentTail {
  readonly #fd: number
  readonly #clock: SegmentClock
  readonly #options: TailOptions
  /** Where the next line begins; never inside a line, since its writer may cut off what is not whole. */
  #offset = 0
  #isInLongLine = false
  #isClosed = false
  /** Until the file is as long as this, it is being copied. */
  #copied = 0

  private constructor(fd: number, identity: SegmentIdentity, options: TailOptions) {
    this.#fd = fd
    this.#clock = new SegmentClock(identity)
    this.#options = options
  }

  /** Undefined when the file is gone or no regular file. @throws HushlogError `HUSHLOG_READ` */
  static open(path: string, identity: SegmentIdentity, options: TailOptions): SegmentTail | undefined {
    const fd = openRegular(path)
    return fd === undefined ? undefined : new SegmentTail(fd, identity, options)
  }

  get #size(): number {
    return fstatSync(this.#fd).size
  }

  /** Whether no name leads to it any more: it was sealed, or somebody removed it. */
  get isRemoved(): boolean {
    return this.#isClosed || fstatSync(this.#fd).nlink === 0
  }

  get isEmpty(): boolean {
    return this.#size === 0
  }

  /**
   * What the first line says it is, if it says it. A writer whose segment is removed writes the same once more into
   * another file.
   */
  get origin(): string | undefined {
    const head = Buffer.alloc(HEAD)
    const read = readSync(this.#fd, head, 0, HEAD, 0)
    const end = head.subarray(0, read).indexOf(NEWLINE)
    return end === -1 ? undefined : originIn(head.subarray(0, end))
  }

  /** Goes on where `original` is, whose copy this is. */
  goOnFrom(original: SegmentTail): void {
    this.#offset = original.#offset
    this.#copied = original.#offset
  }

  /** The last `count` whole lines, or a few more, as many at a time as a chunk holds. `read` goes on after them. */
  *last(count: number): Generator<TimedLine[]> {
    const size = this.#size
    this.#seekLast(count, size)
    while (this.#offset < size) {
      const lines = this.read()
      if (lines === undefined) return
      yield lines
    }
  }

  #seekLast(count: number, size: number): void {
    const block = Buffer.alloc(CHUNK)
    let left = count + 1
    for (let end = size; end > 0; end -= CHUNK) {
      const start = Math.max(0, end - CHUNK)
      const read = readSync(this.#fd, block, 0, end - start, start)
      for (let at = lastNewline(block, read); at !== -1; at = lastNewline(block, at)) {
        if (--left > 0) continue
        this.#offset = start + at + 1
        return
      }
    }
  }

  /** The next lines, about 64 KB of them; undefined when there is no whole one. */
  read(): TimedLine[] | undefined {
    for (let length = CHUNK; ; length = Math.min(length * 4, MAX_LINE)) {
      const block = this.#block(length)
      const end = block.lastIndexOf(NEWLINE) + 1
      if (end > 0) return this.#lines(block.subarray(0, end))
      if (block.length < length) return undefined
      if (length === MAX_LINE) return this.#skip(block.length)
    }
  }

  close(): void {
    this.#isClosed = true
    closeSync(this.#fd)
  }

  #block(length: number): Buffer {
    const size = this.#size
    if (size < this.#copied) return Buffer.alloc(0)
    this.#copied = 0
    // Cut off by somebody else than its writer.
    this.#offset = Math.min(this.#offset, size)
    const block = Buffer.allocUnsafe(Math.min(length, size - this.#offset))
    return block.subarray(0, readSync(this.#fd, block, 0, block.length, this.#offset))
  }

  #lines(block: Buffer): TimedLine[] {
    this.#offset += block.length
    const lines: TimedLine[] = []
    let start = 0
    for (let end = block.indexOf(NEWLINE); end !== -1; end = block.indexOf(NEWLINE, start)) {
      const line = block.subarray(start, end)
      start = end + 1
      if (this.#endsLongLine()) continue
      if (this.#options.frames || !isFrame(line)) lines.push(this.#clock.timed(line))
    }
    return lines
  }

  #skip(length: number): TimedLine[] {
    this.#offset += length
    this.#isInLongLine = true
    return []
  }

  #endsLongLine(): boolean {
    if (!this.#isInLongLine) return false
    this.#isInLongLine = false
    this.#options.onLeftOut()
    return true
  }
}

function lastNewline(block: Buffer, before: number): number {
  return before === 0 ? -1 : block.lastIndexOf(NEWLINE, before - 1)
}
