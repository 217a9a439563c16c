import { createHash } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../keep/lock.ts'
import { thisWriter, type Writer, writerState, writerText } from '../store/segment.ts'

/*
 * One thread of one process at a time ships to a target: two would send everything twice. Who that is stands in a file
 * beside the ledger while it lasts, and is renewed; a dead one's place is taken at once, a silent one's after three
 * minutes.
 */

/** How often a claim is renewed, in ms. */
export const RENEW_EVERY = 30_000
const SILENT_FOR = 180_000

interface Record {
  writer: Writer
  /** Milliseconds since the epoch. */
  last: number
}

/** The right to ship from a directory to a target. */
export class Claim {
  /** Its name in ledger/. */
  readonly file: string
  readonly #dir: string
  readonly #path: string
  #renewedAt = Number.NEGATIVE_INFINITY

  constructor(dir: string, place: string) {
    this.#dir = dir
    const name = createHash('sha256').update(place).digest('hex').slice(0, 16)
    this.file = `shipping-${name}.json`
    this.#path = join(dir, 'ledger', this.file)
  }

  /**
   * Whether it is ours, from now on or still.
   * @param force takes it from whoever has it: for somebody who waits at a terminal
   * @throws HushlogError `HUSHLOG_LEDGER` when the ledger's lock cannot be had
   */
  async hold(force = false): Promise<boolean> {
    if (!force && performance.now() - this.#renewedAt < RENEW_EVERY) return true
    return withLock(this.#dir, async () => {
      const isOurs = force || !this.#isOthers()
      if (isOurs) this.#write()
      return isOurs
    })
  }

  /** Whether nobody has taken it meanwhile. */
  get isOurs(): boolean {
    const writer = read(this.#path)?.writer
    return writer !== undefined && writerText(writer) === writerText(thisWriter())
  }

  /** Gives it up for whoever comes next. */
  release(): void {
    if (this.#renewedAt === Number.NEGATIVE_INFINITY) return
    this.#renewedAt = Number.NEGATIVE_INFINITY
    if (this.isOurs) rmSync(this.#path, { force: true })
  }

  #write(): void {
    const temporary = `${this.#path}.tmp`
    rmSync(temporary, { force: true })
    const record: Record = { writer: thisWriter(), last: Date.now() }
    writeFileSync(temporary, JSON.stringify(record), { flag: 'wx', mode: 0o600 })
    renameSync(temporary, this.#path)
    this.#renewedAt = performance.now()
  }

  #isOthers(): boolean {
    const record = read(this.#path)
    if (record === undefined || writerText(record.writer) === writerText(thisWriter())) return false
    const state = writerState(record.writer)
    const isSilent = Math.abs(Date.now() - record.last) > SILENT_FOR
    return state === 'alive' || (state === 'unknown' && !isSilent)
  }
}

/** Undefined when nobody says that it is his. */
function read(path: string): Record | undefined {
  try {
    const { writer, last } = JSON.parse(readFileSync(path, 'utf8'))
    return Number.isFinite(last) && typeof writer?.host === 'string' ? { writer, last } : undefined
  } catch {
    return undefined
  }
}
