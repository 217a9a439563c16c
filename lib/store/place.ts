import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { prepareDirectory } from './directory.ts'

/** Remembers which directory was checked, and checks anew when another one, or none, stands in its place. */
export class Place {
  readonly #dir: string
  #known: string | undefined

  /** @param dir a directory that `prepareDirectory` has passed */
  constructor(dir: string) {
    this.#dir = dir
    this.#known = identity(dir)
  }

  /** @throws HushlogError `HUSHLOG_DIRECTORY` when what stands there now may not be used */
  ensure(): void {
    if (this.#known !== undefined && identity(this.#dir) === this.#known) return
    prepareDirectory(this.#dir, { explicit: true })
    this.#known = identity(this.#dir)
  }
}

function identity(dir: string): string | undefined {
  try {
    const stats = [dir, join(dir, 'open')].map((path) => lstatSync(path))
    // The birth tells two directories apart that had the same inode one after the other.
    return stats.map(({ dev, ino, birthtimeMs }) => `${dev}-${ino}-${birthtimeMs}`).join(' ')
  } catch {
    return undefined
  }
}
