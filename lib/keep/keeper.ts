import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { findAbandoned, LEASE, type Torn } from '../store/recovery.ts'
import { removeReserves } from '../store/reserve.ts'
import type { RotationReason } from '../store/rotation.ts'
import type { Gap } from '../types.ts'
import { Heartbeat, openSegments, PULSE } from './heartbeat.ts'
import { type Fact, Ledger } from './ledger.ts'
import { prune, type Refusal } from './retention.ts'
import { isFinal } from './seal-failure.ts'
import { Sealer } from './sealer.ts'

export interface KeeperOptions {
  /** A directory that `prepareDirectory` has passed. */
  dir: string
  keepDays: number
  /** To whom segments are encrypted, as `checkRecipients` returns them. Default: to nobody. */
  recipients?: readonly string[]
  /** The users whose segments are taken, by number. Default: all, as in a directory that nobody else can write. */
  owners?: readonly number[]
  /** Go on with a new key when the one that signs the ledger is lost. Default false. */
  newKey?: boolean
  onError(error: HushlogError): void
  /** A segment was listed. */
  onSealed?(): void
  /** A line that a crash broke off was put into torn/. */
  onTorn?(torn: Torn): void
  /** The ledger begins to be signed, with this public key (a signed note's verifier key). */
  onFirstKey?(verifierKey: string): void
  /** A segment was removed before it was sealed. May log. */
  onGap?(gap: Gap): void
  /** Milliseconds since the epoch. */
  now?(): number
}

const HOUR = 3_600_000
const FIRST_RETRY = 1_000
const LAST_RETRY = 300_000
const LEFT_OVER = 24 * HOUR
/** A group of the ledger holds no more than 256 entries. */
const FACTS_AT_ONCE = 128

/**
 * Seals ended segments one after the other, adopts those of dead writers, and removes old ones. Only work that
 * is being done keeps the process alive; what failed is tried again, and by the next keeper at the latest.
 */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #ledger: Ledger
  readonly #sealer: Sealer
  readonly #heartbeat: Heartbeat
  readonly #now: () => number
  /** What waits to be recorded. */
  #facts: Fact[] = []
  /** Segments that wait, or wait for another try, or are not tried again by this keeper. */
  #waiting = new Set<string>()
  #work: Promise<void> = Promise.resolve()
  #failed: (() => void)[] = []
  #retryIn = FIRST_RETRY
  #retryTimer: NodeJS.Timeout | undefined
  #timers: NodeJS.Timeout[] = []
  #prunedAt: number | undefined
  #sealed = 0
  #pruned = 0
  #isClosing = false
  /** What is still to be done is left for the next keeper. */
  #isOver = false

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    const { recipients, owners, onFirstKey, newKey = false, now } = options
    this.#ledger = new Ledger(options.dir, this.#now, { onFirstKey, newKey })
    const thread = now === undefined
    this.#sealer = new Sealer({ ledger: this.#ledger, recipients, owners, onFirstKey, thread })
    this.#heartbeat = new Heartbeat(this.#ledger, this.#now)
  }

  /** Of its directory. */
  get ledger(): Ledger {
    return this.#ledger
  }

  /** Seals what dead writers left, says that it is up, removes what is old enough, and goes on doing that. */
  async start(): Promise<void> {
    if (this.#timers.length === 0)
      this.#timers = [
        setInterval(() => this.adopt(), LEASE).unref(),
        setInterval(() => this.#beat(), PULSE).unref(),
        setInterval(() => this.#daily(), 24 * HOUR).unref(),
      ]
    if (this.#options.newKey === true) this.#beginKey()
    this.adopt()
    this.#beat()
    this.#daily()
    await this.idle()
  }

  /**
   * Seals a segment that nobody appends to any more, when those before it are done.
   * @param lines how many records stand in it, for the gap that is recorded when it is gone by then
   */
  seal(path: string, reason: RotationReason, lines = 0): void {
    if (this.#waiting.has(path)) return
    this.#waiting.add(path)
    this.#queue(() => this.#sealOne(path, reason, lines))
  }

  /** Writes into the ledger what others have noticed; tries again until it stands there, or the keeper is closed. */
  record(fact: Fact): void {
    if (this.#facts.push(fact) === 1) this.#queue(() => this.#recordAll())
  }

  /** All that has come by now, under one lock and one signature. */
  async #recordAll(): Promise<void> {
    const facts = this.#facts.splice(0, FACTS_AT_ONCE)
    if (this.#facts.length > 0) this.#queue(() => this.#recordAll())
    await this.#attempt(
      () => this.#ledger.append(...facts),
      () => facts.forEach((fact) => void this.record(fact)),
    )
  }

  /** Resolves when nothing is left to be done now; what waits for another try does not count. */
  async idle(): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.#work; ) await (seen = this.#work)
  }

  /**
   * Finishes what has begun, tries once more what has failed, and stops. What then fails is left for the next keeper,
   * and so is all that waits when the ledger cannot be had: each would wait for it as long.
   */
  async close(): Promise<void> {
    this.#isClosing = true
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
    await this.idle()
    clearTimeout(this.#retryTimer)
    this.#retry()
    await this.idle()
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    await this.#sealer.close()
  }

  stats(): { sealed: number; pruned: number } {
    return { sealed: this.#sealed, pruned: this.#pruned }
  }

  #queue(task: () => Promise<void>): void {
    this.#work = this.#work
      .then(() => (this.#isOver ? undefined : task()))
      .catch((error) => this.#report(error))
  }

  /** Looks for segments of dead writers. */
  adopt(): void {
    this.#queue(async () => {
      const { dir, owners } = this.#options
      removeReserves(dir)
      for (const { path } of findAbandoned(dir, this.#now(), owners)) this.seal(path, 'adopted')
    })
  }

  /** Before all else, and in every case: a key counts only when something is signed by it. */
  #beginKey(): void {
    this.record({ kind: 'heartbeat', open: openSegments(this.#options.dir) })
  }

  #beat(): void {
    if (this.#heartbeat.isDue) this.#queue(() => this.#heartbeat.beat())
  }

  #daily(): void {
    this.#queue(async () => {
      this.#queue(() => this.#sweep())
      this.#queue(() => this.#prune())
    })
  }

  async #sealOne(path: string, reason: RotationReason, lines: number): Promise<void> {
    await this.#attempt(
      async () => {
        const { outcome, torn } = await this.#sealer.seal(path, reason)
        if (torn !== undefined) this.#options.onTorn?.(torn)
        if (outcome === 'listed') this.#listed()
        if (outcome === 'gone' && lines > 0) this.#gone(lines)
        this.#waiting.delete(path)
      },
      () => {
        this.#waiting.delete(path)
        this.seal(path, reason, lines)
      },
      // It stays among those that wait, so that the next look does not find it anew.
      (error) => isFinal(error, path),
    )
    if (this.#now() - (this.#prunedAt ?? 0) >= HOUR) await this.#prune()
  }

  #listed(): void {
    this.#sealed++
    this.#options.onSealed?.()
  }

  #gone(lines: number): void {
    const now = this.#now()
    const reason = 'a segment was removed before it was sealed'
    const gap = { reason, count: lines, levels: {}, first: now, last: now }
    this.record({ kind: 'gap', ...gap })
    this.#options.onGap?.(gap)
  }

  /** @param isLast whether another try would come to the same */
  async #attempt(
    work: () => Promise<void>,
    again: () => void,
    isLast: (error: unknown) => boolean = () => false,
  ): Promise<void> {
    try {
      await work()
      if (this.#retryTimer === undefined) this.#retryIn = FIRST_RETRY
    } catch (error) {
      if (this.#isClosing && errorCode(error) === 'HUSHLOG_LEDGER') this.#isOver = true
      else if (!isLast(error)) this.#later(again)
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

  async #prune(): Promise<void> {
    this.#prunedAt = this.#now()
    const { keepDays } = this.#options
    const { removed, refused } = await prune(this.#ledger, { keepDays, now: this.#now() })
    this.#pruned += removed.length
    const unshipped = refused.filter(({ kind }) => kind === 'unshipped')
    for (const refusal of refused) if (refusal.kind !== 'unshipped') this.#report(errorOf(refusal))
    if (unshipped.length > 0) this.#report(stays(unshipped))
  }

  /** Removes what crashed keepers left half made; the age spares those at work. */
  async #sweep(): Promise<void> {
    for (const folder of ['sealed', 'ledger'].map((name) => join(this.#options.dir, name))) {
      for (const name of (await readdir(folder)).filter((file) => file.endsWith('.tmp'))) {
        const path = join(folder, name)
        // Another keeper may have moved it into place meanwhile.
        const found = await stat(path).catch(() => undefined)
        if (found !== undefined && this.#now() - found.mtimeMs > LEFT_OVER) await rm(path, { force: true })
      }
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

const HINTS: Partial<Record<Refusal['kind'], string>> = {
  clock: 'set the clock; a step that was real is believed when entries have gone on for 30 days',
  ledger: 'hushlog verify tells more',
}

/** All of them at once: while a target cannot be reached there may be many. */
function stays(unshipped: Refusal[]): HushlogError {
  const [first] = unshipped
  const what = unshipped.length === 1 ? '1 old segment stays' : `${unshipped.length} old segments stay`
  return new HushlogError('HUSHLOG_PRUNE', `${what}: ${first.path}: ${first.reason}`, {
    hint: 'hushlog ship ships it; hushlog ship --forget TARGET gives a target up',
  })
}

function errorOf({ kind, path, reason }: Refusal): HushlogError {
  const code = kind === 'clock' ? 'HUSHLOG_CLOCK' : 'HUSHLOG_PRUNE'
  const what = path === undefined ? 'nothing is removed' : `cannot remove ${path}`
  return new HushlogError(code, `${what}: ${reason}`, { hint: HINTS[kind] })
}
