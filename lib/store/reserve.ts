import { randomFillSync } from 'node:crypto'
import { constants, readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../errors.ts'
import type { WriterFs } from './open-segment.ts'

/** How its name in open/ begins, in the moment in which it has one; one that is found later is left by a crash. */
const RESERVE = '.reserve-'

/** Removes from open/ what writers held back that were killed before it was nameless. */
export function removeReserves(dir: string): void {
  const folder = join(dir, 'open')
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isFile() && isReserve(entry.name)) removeQuietly(join(folder, entry.name))
}

export function isReserve(name: string): boolean {
  return name.startsWith(RESERVE)
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Gone already, or it cannot be removed: it only takes room.
  }
}

/** Bytes that a writer holds back on the disk, and how many of them it gives up at a time. */
const SIZE = 64 * 1024
const SLICE = 8 * 1024
const { O_CREAT, O_EXCL, O_WRONLY } = constants

/**
 * Room on the disk for the records that tell of a full disk: a file whose name is removed as soon as it is made, so
 * that it goes away with the process whatever happens. Random bytes: a file system that compresses, or that keeps no
 * zeros, would hold nothing back for others.
 */
export class Reserve {
  readonly #fs: WriterFs
  readonly #path: string
  #fd: number | undefined
  #left = 0

  constructor(dir: string, fs: WriterFs) {
    this.#fs = fs
    this.#path = join(dir, 'open', `${RESERVE}${process.pid}-${Math.random().toString(36).slice(2)}`)
  }

  get isWhole(): boolean {
    return this.#left === SIZE
  }

  /** Fills it, if it is not full. A disk without room for it is no error. */
  make(): void {
    if (this.isWhole) return
    this.release()
    try {
      this.#fd = this.#fs.openSync(this.#path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
      this.#unlink()
      this.#left = this.#fs.writeSync(this.#fd, randomFillSync(new Uint8Array(SIZE)), 0, SIZE)
    } catch {
      this.release()
    }
  }

  #unlink(): void {
    try {
      this.#fs.unlinkSync(this.#path)
    } catch (error) {
      // A keeper may have been faster: it takes the name for one that a crash has left.
      if (errorCode(error) !== 'ENOENT') throw error
    }
  }

  /** Gives up a part of it. False when nothing is left. */
  give(): boolean {
    if (this.#fd === undefined || this.#left <= 0) return false
    this.#left -= SLICE
    try {
      this.#fs.ftruncateSync(this.#fd, Math.max(0, this.#left))
      return true
    } catch {
      return false
    }
  }

  release(): void {
    const fd = this.#fd
    this.#fd = undefined
    this.#left = 0
    try {
      if (fd !== undefined) this.#fs.closeSync(fd)
    } catch {
      // Nothing of ours stands in it.
    }
  }
}
