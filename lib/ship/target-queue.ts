import { setTimeout as sleep } from 'node:timers/promises'
import type { Fact, ShippedFact } from '../keep/facts.ts'
import type { Ledger } from '../keep/ledger.ts'
import { asFailure } from './as-failure.ts'
import { Backoff } from './backoff.ts'
import { Claim, RENEW_EVERY } from './claim.ts'
import type { ShipFailure } from './failure.ts'
import { ledgerObjects } from './ledger-object.ts'
import { lockUntil } from './lock-time.ts'
import { type FileObject, sealedObject } from './sealed-object.ts'
import type { Pending, ShipState, TargetState } from './ship-state.ts'
import type { ShipTarget, Stored } from './target.ts'
import type { Throttle } from './throttle.ts'

export interface QueueOptions {
  target: ShipTarget
  ledger: Ledger
  state: ShipState
  keepDays: number
  maxConcurrency: number
  throttle: Throttle | undefined
  /** Each failed try. */
  onFailure(failure: ShipFailure): void
  /** Something was sent. */
  onProgress?(bytes: number): void
}

export interface RunOptions {
  /** Also what waits for another try. Default false. */
  now?: boolean
  /** Whoever else ships there: for somebody who waits at a terminal. Default false. */
  force?: boolean
}

const DAY = 86_400_000
const SECOND = 1000
const HOUR = 3_600_000
/** A wrong key or a bucket that is gone is tried again too: somebody may have mended it. */
const LONGEST_WAIT = { transient: HOUR, permanent: HOUR / 4 }
const FIRST_WAIT = { transient: 2 * SECOND, permanent: 60 * SECOND }
const CHECK_EVERY = DAY
/** So that the ledger leaves the host too while a week's segments do. */
const LONGEST_TURN = 300_000

/** A segment, or the whole target, that is tried again later. */
interface Delay {
  until: number
  backoff: Backoff
  kind: 'transient' | 'permanent'
}

/** Ships to one target what the ledger says that it has not, the segments of one writer in their order. */
export class TargetQueue {
  readonly #options: QueueOptions
  readonly #claim: Claim
  /** What is to be tried in this turn, by writer, the oldest at the end. */
  #todo = new Map<string, Pending[]>()
  readonly #busyWriters = new Set<string>()
  /** Segments that could not be shipped, by name. The others go on. */
  readonly #aside = new Map<string, Delay>()
  #delay: Delay | undefined
  #failure: ShipFailure | undefined
  #checkedAt = Number.NEGATIVE_INFINITY
  #shipped: ShippedFact[] = []
  #recording: Promise<void> = Promise.resolve()
  #unrecorded: unknown
  /** Nothing more is begun in this run. */
  #isBroken = false
  #turnEnds = Number.POSITIVE_INFINITY
  #stop = new AbortController()

  constructor(options: QueueOptions) {
    this.#options = options
    this.#claim = new Claim(options.ledger.dir, options.target.place)
  }

  get place(): string {
    return this.#options.target.place
  }

  get state(): TargetState {
    return this.#options.state.of(this.place)
  }

  /** The last failure, until something succeeds. */
  get failure(): ShipFailure | undefined {
    return this.#failure
  }

  /** Whether nothing can be shipped there now; a segment that cannot be shipped is no failure of the target. */
  get isFailing(): boolean {
    return this.#delay !== undefined
  }

  /**
   * Ships all that can be shipped now.
   * @returns in how many ms something is to be tried again; undefined when nothing waits for that
   */
  async run({ now = false, force = false }: RunOptions = {}): Promise<number | undefined> {
    await this.#options.state.refresh()
    this.#forgetSettled()
    if (now) this.#forgetDelays()
    if (!this.#isDue(this.#delay)) return this.#nextTry()
    if (this.isDone && this.#failure === undefined && !this.#isCheckDue) return undefined
    try {
      if (!(await this.#turn(force))) return undefined
      // Whoever sealed something meanwhile, and found that we ship, has left it to us.
      while (this.#isMore) if (!(await this.#turn(false))) return undefined
    } catch (error) {
      this.#pause(asFailure(this.place, error))
    }
    return this.#nextTry()
  }

  /** @returns false when another ships there */
  async #turn(force: boolean): Promise<boolean> {
    if (!(await this.#claim.hold(force))) return false
    const renewal = setInterval(() => void this.#claim.hold().catch(() => {}), RENEW_EVERY).unref()
    try {
      await this.#check()
      await this.#shipAll()
      await this.#anchor()
    } finally {
      clearInterval(renewal)
      this.#claim.release()
    }
    this.#delay = undefined
    if (this.#aside.size === 0) this.#failure = undefined
    await this.#options.state.refresh()
    return true
  }

  /** Breaks off what is being sent, records what has been, and lets others ship. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#recording
    this.#claim.release()
    this.#options.target.close()
  }

  /** Whether anything is still to be shipped. */
  get isDone(): boolean {
    const { pending, lastOwn, anchored } = this.state
    return pending.size === 0 && lastOwn < anchored.size
  }

  get #isCheckDue(): boolean {
    return performance.now() - this.#checkedAt >= CHECK_EVERY
  }

  async #check(): Promise<void> {
    if (!this.#isCheckDue) return
    const { anchored, shipped } = this.state
    await this.#options.target.check(this.#options.keepDays, anchored.size > 0 || shipped.segments > 0)
    this.#checkedAt = performance.now()
  }

  /** As many at once as may be, until none is left that can be shipped now. */
  async #shipAll(): Promise<void> {
    this.#isBroken = false
    this.#unrecorded = undefined
    this.#turnEnds = performance.now() + LONGEST_TURN
    this.#todo = this.#due()
    const lanes = Array.from({ length: this.#options.maxConcurrency }, () => this.#lane())
    const ends = await Promise.allSettled(lanes)
    await this.#recording
    const failed = ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
    if (failed !== undefined) throw failed.reason
    if (this.#unrecorded !== undefined) throw this.#unrecorded
  }

  /** One after the other. Ends with the first failure that is the target's. */
  async #lane(): Promise<void> {
    for (let next = this.#next(); next !== undefined && this.#claim.isOurs; next = this.#next()) {
      const { name, writer } = next.fact
      this.#busyWriters.add(writer)
      try {
        await this.#ship(next)
      } catch (error) {
        const failure = asFailure(this.place, error)
        if (failure.scope === 'target') {
          this.#isBroken = true
          throw failure
        }
        this.#setAside(name, failure)
      } finally {
        this.#busyWriters.delete(writer)
      }
    }
  }

  /** What waits for another try does not hold the others back. */
  #due(): Map<string, Pending[]> {
    const due = new Map<string, Pending[]>()
    for (const pending of this.state.pending.values()) {
      const { name, writer } = pending.fact
      if (!this.#isDue(this.#aside.get(name))) continue
      const segments = due.get(writer)
      if (segments === undefined) due.set(writer, [pending])
      else segments.push(pending)
    }
    for (const segments of due.values()) segments.reverse()
    return due
  }

  /** The oldest of a writer that has no other on the way, of each writer in turn. */
  #next(): Pending | undefined {
    const isOver = this.#isBroken || this.#stop.signal.aborted || performance.now() > this.#turnEnds
    if (isOver) return undefined
    for (const [writer, segments] of this.#todo) {
      if (this.#busyWriters.has(writer)) continue
      const next = segments.pop()
      this.#todo.delete(writer)
      if (segments.length > 0) this.#todo.set(writer, segments)
      if (next !== undefined && this.state.pending.has(next.fact.name)) return next
    }
    return undefined
  }

  get #isMore(): boolean {
    if (this.#stop.signal.aborted) return false
    for (const name of this.state.pending.keys()) if (this.#isDue(this.#aside.get(name))) return true
    return false
  }

  async #ship({ fact, at }: Pending): Promise<void> {
    const { ledger, keepDays } = this.#options
    const object = await sealedObject(ledger.dir, fact, lockUntil(fact.last, at, keepDays))
    try {
      const stored = await this.#stored(object)
      const { name, sha256 } = fact
      this.#record({ kind: 'shipped', to: this.place, name, sha256, key: object.key, ...stored })
      this.#aside.delete(name)
    } finally {
      await object.close()
    }
  }

  /** It may be there: of a process that died before it could enter that, or of a try of ours that broke off. */
  async #stored(object: FileObject): Promise<Stored> {
    const { target, throttle, onProgress } = this.#options
    const known = await target.find(object)
    if (known !== undefined) return known
    const open = () => (throttle === undefined ? object.open() : throttle.slow(object.open()))
    const stored = await target.put({ ...object, open }, this.#stop.signal)
    onProgress?.(object.bytes)
    return stored
  }

  /** With all that is recorded while another is, under one lock and one signature. */
  #record(fact: ShippedFact): void {
    this.#shipped.push(fact)
    if (this.#shipped.length > 1) return
    this.#recording = this.#recording.then(async () => {
      await sleep(GATHER)
      const facts = this.#shipped.splice(0)
      try {
        await this.#options.ledger.append(...facts)
        await this.#options.state.refresh()
      } catch (error) {
        // It is looked for in the target when it is tried again, and found there.
        this.#unrecorded = error
        this.#isBroken = true
      }
    })
  }

  /** Ships the ledger itself, until nothing has come to it but that it was shipped. */
  async #anchor(): Promise<void> {
    const { ledger, state, keepDays } = this.#options
    for (let tries = 0; this.#isToAnchor && state.firstKey !== undefined && tries < 3; tries++) {
      const until = Date.now() + keepDays * DAY
      const { part, checkpoint, size } = await ledgerObjects(ledger.dir, this.state, state.firstKey, until)
      try {
        await this.#stored(part)
        await this.#stored(checkpoint)
      } finally {
        await part.close()
      }
      const places = { key: part.key, checkpoint: checkpoint.key }
      const fact: Fact = { kind: 'anchored', to: this.place, size, ...places }
      await ledger.append(fact)
      await state.refresh()
    }
  }

  get #isToAnchor(): boolean {
    const { lastOwn, anchored, seals } = this.state
    const isBehind = lastOwn >= anchored.size && seals.length > 0
    return isBehind && this.#claim.isOurs && !this.#stop.signal.aborted
  }

  #setAside(name: string, failure: ShipFailure): void {
    if (this.#stop.signal.aborted) return
    this.#aside.set(name, later(this.#aside.get(name), failure))
    this.#tell(failure)
  }

  #pause(failure: ShipFailure): void {
    if (this.#stop.signal.aborted) return
    this.#checkedAt = Number.NEGATIVE_INFINITY
    this.#delay = later(this.#delay, failure)
    this.#tell(failure)
  }

  #tell(failure: ShipFailure): void {
    this.#failure = failure
    this.#options.onFailure(failure)
  }

  #isDue(delay: Delay | undefined): boolean {
    return delay === undefined || performance.now() >= delay.until
  }

  #forgetDelays(): void {
    for (const delay of [this.#delay, ...this.#aside.values()]) if (delay !== undefined) delay.until = 0
  }

  /** What others have shipped or removed is not to be tried again. */
  #forgetSettled(): void {
    for (const name of this.#aside.keys()) if (!this.state.pending.has(name)) this.#aside.delete(name)
    if (this.#aside.size === 0 && this.#delay === undefined) this.#failure = undefined
  }

  #nextTry(): number | undefined {
    const delays = this.#delay === undefined ? [...this.#aside.values()] : [this.#delay]
    if (delays.length === 0) return undefined
    const next = delays.reduce((least, { until }) => Math.min(least, until), Number.POSITIVE_INFINITY)
    return Math.max(0, next - performance.now())
  }
}

/** Facts that come within so many ms are recorded together. */
const GATHER = 20

function later(before: Delay | undefined, { isPermanent }: ShipFailure): Delay {
  const kind = isPermanent ? 'permanent' : 'transient'
  const backoff = before?.kind === kind ? before.backoff : new Backoff(FIRST_WAIT[kind], LONGEST_WAIT[kind])
  return { kind, backoff, until: performance.now() + backoff.next() }
}
