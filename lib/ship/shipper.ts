import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode, HushlogError } from '../errors.ts'
import { Ledger } from '../keep/ledger.ts'
import type { TargetConfig } from '../ship-config.ts'
import type { TargetStats } from '../types.ts'
import { ShipFailure } from './failure.ts'
import { openTarget } from './open-target.ts'
import { placeOf } from './place.ts'
import { bytesOf, ShipState, type TargetState } from './ship-state.ts'
import type { ShipTarget } from './target.ts'
import { type RunOptions, TargetQueue } from './target-queue.ts'
import { Throttle } from './throttle.ts'

/** What can be handed to another thread. */
export interface ShipperConfig {
  /** A log directory with a keeper. */
  dir: string
  targets: readonly TargetConfig[]
  keepDays: number
  maxConcurrency: number
  /** Bytes a second to each target. */
  maxBandwidth: number | undefined
}

export interface ShipperOptions extends ShipperConfig {
  onError(error: HushlogError): void
  /** Bytes that were sent. */
  onProgress?(bytes: number): void
  /** Waiting for another try does not keep the process alive. Default false. */
  isBackground?: boolean
  /** Makes a target. Default: what the configuration says. */
  open?(config: TargetConfig): Promise<ShipTarget>
}

/** How often it is looked what others have added to the ledger. */
const LOOK_EVERY = 60_000

/**
 * Ships what a keeper has sealed to every target, each by itself. What is to be shipped stands in the ledger, so that it
 * can be broken off anywhere and begun again. Keeps the process alive until it is closed, if it is not told otherwise.
 */
export class Shipper {
  readonly #options: ShipperOptions
  readonly #ledger: Ledger
  readonly #state: ShipState
  /** Each place once, however often it is named. */
  readonly #targets: readonly TargetConfig[]
  #queues: TargetQueue[] = []
  /** Why a target could not be opened, by its place. */
  readonly #unopened = new Map<string, HushlogError>()
  #opening: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isWanted = false
  #isRecorded = false
  #isClosed = false

  constructor(options: ShipperOptions) {
    this.#options = options
    this.#ledger = new Ledger(options.dir)
    this.#targets = [...new Map(options.targets.map((config) => [placeOf(config), config])).values()]
    this.#state = new ShipState(options.dir, this.#targets.map(placeOf))
  }

  /** Ships what waits, and goes on doing that. */
  async start(): Promise<void> {
    await this.#open()
    this.wake()
  }

  /** Something has been sealed. */
  wake(): void {
    this.#isWanted = true
    if (this.#isClosed) return
    if (this.#running === undefined) void this.#begun(this.#work())
    // A run may wait for an answer for a minute: `stats` is to tell of it all the same. The next run tells its errors.
    else void this.#state.refresh().catch(() => {})
  }

  /**
   * Tries once to ship all that waits, whatever waits for another try.
   * @param force also while another ships
   * @returns whether everything lies in every target
   */
  async once(force = false): Promise<boolean> {
    await this.#open()
    while (this.#running !== undefined) await this.#running
    if (!this.#isClosed) await this.#begun(this.#run({ now: true, force }).then(() => {}))
    return this.isDone
  }

  /** One run at a time. */
  #begun(run: Promise<void>): Promise<void> {
    this.#running = run.finally(() => {
      this.#running = undefined
      if (this.#isWanted) this.wake()
    })
    return this.#running
  }

  get isDone(): boolean {
    const isOpen = this.#queues.length === this.#targets.length
    return isOpen && this.#isRecorded && this.#queues.every((queue) => queue.isDone)
  }

  /** Whether some target is failing: to wait for it makes no sense. */
  get isFailing(): boolean {
    return this.#unopened.size > 0 || this.#queues.some((queue) => queue.isFailing)
  }

  stats(): TargetStats[] {
    const unopened = [...this.#unopened].map(([target, failure]) =>
      statsOf(target, this.#state.of(target), failure),
    )
    return [...this.#queues.map(({ place, state, failure }) => statsOf(place, state, failure)), ...unopened]
  }

  /** Ships what there is within so many ms, unless nobody answers anyway, and closes. */
  async finish(within: number): Promise<void> {
    const last = this.isFailing ? undefined : this.once()
    await Promise.race([last, sleep(within, undefined, { ref: false })])
    await this.close()
  }

  /** What waits stays for the next one. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#isWanted = false
    clearTimeout(this.#timer)
    await this.#opening
    const closing = this.#queues.map((queue) => queue.close())
    await this.#running
    await Promise.all(closing)
  }

  /** Once, whoever asks for it. */
  #open(): Promise<void> {
    this.#opening ??= this.#openAll()
    return this.#opening
  }

  async #openAll(): Promise<void> {
    const { open = openTarget } = this.#options
    for (const config of this.#targets) {
      try {
        this.#queues.push(this.#queue(await open(config)))
      } catch (error) {
        this.#unopened.set(placeOf(config), this.#tell(error))
      }
    }
  }

  #queue(target: ShipTarget): TargetQueue {
    const { keepDays, maxConcurrency, maxBandwidth, onProgress } = this.#options
    return new TargetQueue({
      target,
      ledger: this.#ledger,
      state: this.#state,
      keepDays,
      maxConcurrency,
      throttle: maxBandwidth === undefined ? undefined : new Throttle(maxBandwidth),
      onFailure: (failure) => this.#tell(failure),
      ...(onProgress === undefined ? {} : { onProgress }),
    })
  }

  async #work(): Promise<void> {
    clearTimeout(this.#timer)
    this.#isWanted = false
    const next = await this.#run()
    if (this.#isClosed) return
    this.#timer = setTimeout(() => this.wake(), Math.min(next ?? LOOK_EVERY, LOOK_EVERY))
    if (this.#options.isBackground === true) this.#timer.unref()
  }

  /** @returns in how many ms something is to be tried again */
  async #run(options?: RunOptions): Promise<number | undefined> {
    try {
      await this.#recordTargets()
      await this.#state.refresh()
      const waits = await Promise.all(this.#queues.map((queue) => this.#runOne(queue, options)))
      const known = waits.filter((wait) => wait !== undefined)
      return known.length === 0 ? undefined : Math.min(...known)
    } catch (error) {
      this.#tell(error)
      return undefined
    }
  }

  /** What fails here is the ledger: the run of another target goes on, and is waited for. */
  async #runOne(queue: TargetQueue, options?: RunOptions): Promise<number | undefined> {
    try {
      return await queue.run(options)
    } catch (error) {
      this.#tell(error)
      return undefined
    }
  }

  /** From then on nothing is removed that does not lie in each of them. */
  async #recordTargets(): Promise<void> {
    if (this.#isRecorded) return
    const places = this.#targets.map(placeOf)
    await this.#ledger.update(async ({ targets = [] }) => {
      const added = places.filter((place) => !targets.includes(place))
      return added.length === 0 ? [] : [{ kind: 'targets', to: [...targets, ...added] }]
    })
    this.#isRecorded = true
  }

  #tell(error: unknown): HushlogError {
    const text = `cannot ship from ${this.#options.dir}: ${errorCode(error)}`
    const ours =
      error instanceof HushlogError ? error : new HushlogError('HUSHLOG_SHIP', text, { cause: error })
    try {
      this.#options.onError(ours)
    } catch {
      // The program's own callback failed; shipping goes on.
    }
    return ours
  }
}

function statsOf(
  target: string,
  { pending, shipped }: TargetState,
  failure: HushlogError | undefined,
): TargetStats {
  const waiting = [...pending.values()]
  const oldest = waiting[0]
  return {
    target,
    waiting: {
      segments: waiting.length,
      bytes: waiting.reduce((sum, { fact }) => sum + bytesOf(fact), 0),
      oldest: oldest === undefined ? undefined : new Date(oldest.at).toISOString(),
    },
    shipped,
    failure: failure && { message: failure.message, hint: failure.hint, permanent: isPermanent(failure) },
  }
}

/** A package that is missing is as much so at the next try. */
function isPermanent(failure: HushlogError): boolean {
  return failure instanceof ShipFailure ? failure.isPermanent : true
}
