import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { prepareDirectory, segmentMode } from './directory.ts'

/** Remembers which directory was checked, and checks anew when another one, or none, stands in its place. */
export class Place {
  readonly #dir: string
  readonly #external: boolean
  #known: string | undefined

  /**
   * @param dir a directory that `prepareDirectory` has passed
   * @param external as it was told then
   */
  constructor(dir: string, external = false) {
    this.#dir = dir
    this.#external = external
    this.#known = identity(dir)
  }

  /** @throws HushlogError `HUSHLOG_DIRECTORY` when what stands there now may not be used */
  ensure(): void {
    if (this.#known !== undefined && identity(this.#dir) === this.#known) return
    prepareDirectory(this.#dir, { explicit: true, external: this.#external })
    this.#known = identity(this.#dir)
  }

  /** Of a new segment. */
  get mode(): number {
    return this.#external ? segmentMode(this.#dir) : 0o600
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

const DAY = 86_400_000
/** A clock that jumped far must not cost the program much: further days are not looked at. */
const MOST_DAYS = 40

/**
 * Whether a segment lies in sealed/, under one of the days from `from` to `to` or a day beside them. Days are counted
 * from the epoch.
 */
export function isSealed(dir: string, name: string, from: number, to: number): boolean {
  const first = Math.min(from, to) - 1
  const last = Math.min(Math.max(from, to) + 1, first + MOST_DAYS)
  for (let day = first; day <= last; day++) {
    const folders = new Date(day * DAY).toISOString().slice(0, 10).split('-')
    if (namesIn(join(dir, 'sealed', ...folders)).some((file) => file.startsWith(`${name}.log`))) return true
  }
  return false
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
