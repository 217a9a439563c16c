import { constants } from 'node:fs'
import { type FileHandle, lstat, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../errors.ts'
import { syncDirectory } from '../store/directory.ts'
import { readFully } from './random-access.ts'
import { LONGEST_TAIL, longTail, sealFailure } from './seal-failure.ts'

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const BLOCK = 64 * 1024
const NEWLINE = 0x0a

/**
 * A segment in open/ that nobody appends to any more. It is read by its descriptor alone and never written: who wrote
 * it may be another user, and may still hold it.
 */
export class Plaintext {
  readonly path: string
  readonly handle: FileHandle
  /** Its length when it was opened, and up to where its lines are whole. */
  readonly size: number
  readonly end: number
  readonly mtimeMs: number
  readonly #place: string

  private constructor(path: string, handle: FileHandle, found: Found, end: number) {
    this.path = path
    this.handle = handle
    this.size = found.size
    this.mtimeMs = found.mtimeMs
    this.#place = placeOf(found)
    this.end = end
  }

  /**
   * @param owners whose it may be, by number; default: anybody's
   * @throws HushlogError `HUSHLOG_SEAL` for anything but a regular file with one name, or when too much follows its
   * last whole line
   */
  static async open(path: string, owners?: readonly number[]): Promise<Plaintext> {
    // Without O_NONBLOCK, opening a pipe that somebody put here would wait for ever.
    const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const found = await handle.stat()
      if (!found.isFile() || found.nlink !== 1) throw sealFailure(path, 'it is no regular file with one name')
      if (owners !== undefined && !owners.includes(found.uid))
        throw sealFailure(path, `it belongs to user ${found.uid}, who may not write here`)
      const end = await endOfLastLine(handle, found.size)
      if (end === undefined) throw longTail(path)
      return new Plaintext(path, handle, found, end)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** What follows the last whole line. */
  get tail(): number {
    return this.size - this.end
  }

  /** @throws HushlogError `HUSHLOG_SEAL` when it is not as long as it was */
  async checkSize(): Promise<void> {
    const { size } = await this.handle.stat()
    if (size !== this.size) throw sealFailure(this.path, 'it grew while it was being sealed')
  }

  /** Removes it, unless somebody has appended to it or put another file in its place. */
  async remove(): Promise<void> {
    const found = await lstat(this.path).catch((error) => {
      if (errorCode(error) === 'ENOENT') return undefined
      throw error
    })
    if (found === undefined) return
    if (placeOf(found) !== this.#place) throw sealFailure(this.path, 'another file stands in its place')
    if (found.size !== this.size) throw sealFailure(this.path, 'it grew after it was sealed')
    await rm(this.path, { force: true })
    await syncDirectory(join(this.path, '..'))
  }

  close(): Promise<void> {
    return this.handle.close()
  }
}

interface Found {
  size: number
  mtimeMs: number
  dev: number
  ino: number
}

function placeOf({ dev, ino }: Pick<Found, 'dev' | 'ino'>): string {
  return `${dev}-${ino}`
}

/** Undefined when the last line end is too far away to be looked for. */
async function endOfLastLine(handle: FileHandle, size: number): Promise<number | undefined> {
  const least = Math.max(0, size - LONGEST_TAIL)
  for (let end = size; end > least; end -= BLOCK) {
    const start = Math.max(0, end - BLOCK)
    const block = Buffer.alloc(end - start)
    const read = await readFully(handle, block, start)
    const newline = block.subarray(0, read).lastIndexOf(NEWLINE)
    if (newline !== -1) return start + newline + 1
  }
  return least === 0 ? 0 : undefined
}
