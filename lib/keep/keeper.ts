import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { findAbandoned, LEASE, type Torn } from '../store/recovery.ts'
import { removeReserves } from '../store/reserve.ts'
import type { RotationReason } from '../store/rotation.ts'
import type { Gap } from '../types.ts'
import { type Fact, Ledger } from './ledger.ts'
import { prune } from './retention.ts'
import { seal } from './seal.ts'

export interface KeeperOptions {
  /** A directory that `prepareDirectory` has passed. */
  dir: string
  keepDays: number
  onError(error: HushlogError): void
  /** A line that a crash broke off was put into torn/. */
  onTorn?(torn: Torn): void
  /** A segment was removed before it was sealed. May log. */
  onGap?(gap: Gap): void
  /** Milliseconds since the epoch. */
  now?(): number
}

const HOUR = 3_600_000
const FIRST_RETRY = 1_000
const LAST_RETRY = 300_000
const LEFT_OVER = 24 * HOUR

/**
 * Seals ended segments one after the other, adopts those of dead writers, and removes old ones. Only work that
 * is being done keeps the process alive; what failed is tried again, and by the next keeper at the latest.
 */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #ledger: Ledger
  readonly #now: () => number
  #work: Promise<void> = Promise.resolve()
  #failed: (() => void)[] = []
  #retryIn = FIRST_RETRY
  #retryTimer: NodeJS.Timeout | undefined
  #timers: NodeJS.Timeout[] = []
  #prunedAt: number | undefined
  #sealed = 0
  #pruned = 0

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#ledger = new Ledger(options.dir, this.#now)
  }

  /** Seals what dead writers left, removes what is old enough, and goes on doing that. */
  async start(): Promise<void> {
    if (this.#timers.length === 0)
      this.#timers = [
        setInterval(() => this.#adopt(), LEASE).unref(),
        setInterval(() => this.#daily(), 24 * HOUR).unref(),
      ]
    this.#adopt()
    this.#daily()
    await this.idle()
  }

  /**
   * Seals a segment that nobody appends to any more, when those before it are done.
   * @param lines how many records stand in it, for the gap that is recorded when it is gone by then
   */
  seal(path: string, reason: RotationReason, lines = 0): void {
    this.#queue(() => this.#sealOne(path, reason, lines))
  }

  /** Writes into the ledger what others have noticed; tries again until it stands there, or the keeper is closed. */
  record(fact: Fact): void {
    this.#queue(() =>
      this.#attempt(
        () => this.#ledger.append(fact),
        () => this.record(fact),
      ),
    )
  }

  /** Resolves when nothing is left to be done now; what waits for another try does not count. */
  async idle(): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.#work; ) await (seen = this.#work)
  }

  /** Finishes what has begun, tries once more what has failed, and stops. What then fails is left for the next keeper. */
  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
    await this.idle()
    clearTimeout(this.#retryTimer)
    this.#retry()
    await this.idle()
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
  }

  stats(): { sealed: number; pruned: number } {
    return { sealed: this.#sealed, pruned: this.#pruned }
  }

  #queue(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((error) => this.#report(error))
  }

  #adopt(): void {
    this.#queue(async () => {
      removeReserves(this.#options.dir)
      for (const { path } of findAbandoned(this.#options.dir, this.#now())) this.seal(path, 'adopted')
    })
  }

  #daily(): void {
    this.#queue(async () => {
      this.#queue(() => this.#sweep())
      this.#queue(() => this.#prune())
    })
  }

  async #sealOne(path: string, reason: RotationReason, lines: number): Promise<void> {
    const torn = (cut: Torn) => this.#torn(cut)
    await this.#attempt(
      async () => {
        const outcome = await seal(this.#ledger, path, reason, torn)
        if (outcome === 'listed') this.#sealed++
        if (outcome === 'gone' && lines > 0) this.#gone(lines)
      },
      () => this.seal(path, reason, lines),
    )
    if (this.#now() - (this.#prunedAt ?? 0) >= HOUR) await this.#prune()
  }

  #gone(lines: number): void {
    const now = this.#now()
    const reason = 'a segment was removed before it was sealed'
    const gap = { reason, count: lines, levels: {}, first: now, last: now }
    this.record({ kind: 'gap', ...gap })
    this.#options.onGap?.(gap)
  }

  async #attempt(work: () => Promise<void>, again: () => void): Promise<void> {
    try {
      await work()
      if (this.#retryTimer === undefined) this.#retryIn = FIRST_RETRY
    } catch (error) {
      this.#later(again)
      throw error
    }
  }

  #later(again: () => void): void {
    this.#failed.push(again)
    if (this.#retryTimer !== undefined) return
    this.#retryTimer = setTimeout(() => this.#retry(), this.#retryIn).unref()
    this.#retryIn = Math.min(this.#retryIn * 2, LAST_RETRY)
  }

  #retry(): void {
    this.#retryTimer = undefined
    for (const again of this.#failed.splice(0)) again()
  }

  async #torn(torn: Torn): Promise<void> {
    this.#options.onTorn?.(torn)
    await this.#ledger.append({ kind: 'torn', ...torn })
  }

  async #prune(): Promise<void> {
    this.#prunedAt = this.#now()
    const { keepDays } = this.#options
    const onError = (error: HushlogError) => this.#report(error)
    this.#pruned += await prune(this.#ledger, { keepDays, now: this.#now(), onError })
  }

  /** Removes what crashed keepers left half compressed; the age spares those at work. */
  async #sweep(): Promise<void> {
    const folder = join(this.#options.dir, 'sealed')
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      if (name.endsWith('.tmp') && this.#now() - (await stat(path)).mtimeMs > LEFT_OVER)
        await rm(path, { force: true })
    }
  }

  #report(error: unknown): void {
    const text = `keeper of ${this.#options.dir}: ${errorCode(error)}`
    try {
      this.#options.onError(
        error instanceof HushlogError ? error : new HushlogError('HUSHLOG_SEAL', text, { cause: error }),
      )
    } catch {
      // The program's own callback failed; the keeper's work goes on.
    }
  }
}
