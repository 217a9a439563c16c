import type { Worker } from 'node:worker_threads'
import { errorCode, HushlogError } from '../errors.ts'
import { startThread } from '../keep/thread.ts'
import type { TargetStats } from '../types.ts'
import { Backoff } from './backoff.ts'
import type { Answer, Request } from './ship-worker.ts'
import type { Shipper, ShipperOptions } from './shipper.ts'

type ThreadOptions = Omit<ShipperOptions, 'onProgress' | 'open' | 'isBackground'>

/**
 * A thread that has nothing to do is ended after so long, and started again when something was sealed. Not at the end of
 * the minute after which it looks by itself: what it finds then would be broken off.
 */
const IDLE = 90_000
/** Or has come into the ledger meanwhile: heartbeats are shipped too. */
const LOOK_EVERY = 600_000
const CLOSE_WITHIN = 10_000
const AGAIN = { first: 1000, most: 300_000 }

/**
 * Ships in a thread of its own, so that the program's event loop never waits for it; in this one where no thread can be
 * started, as in a program that is bundled into one file. Never keeps the process alive.
 */
export class ShipThread {
  readonly #options: ThreadOptions
  readonly #backoff = new Backoff(AGAIN.first, AGAIN.most)
  #worker: Worker | undefined
  #inProcess: Shipper | undefined
  #opening: Promise<Shipper> | undefined
  #stats: TargetStats[] = []
  #idle: NodeJS.Timeout | undefined
  #look: NodeJS.Timeout | undefined
  #onClosed: (() => void) | undefined
  #isClosed = false

  constructor(options: ThreadOptions) {
    this.#options = options
  }

  start(): void {
    this.#look = setInterval(() => this.wake(), LOOK_EVERY).unref()
    this.wake()
  }

  /** Something has been sealed. */
  wake(): void {
    if (this.#isClosed) return
    clearTimeout(this.#idle)
    if (this.#worker !== undefined) this.#ask({ wake: true })
    else if (this.#inProcess !== undefined) this.#inProcess.wake()
    else if (this.#opening === undefined) this.#begin()
  }

  stats(): TargetStats[] {
    return this.#inProcess?.stats() ?? this.#stats
  }

  /** Ships what there is, within ten seconds, and stops. What then waits stays for the next start. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#look)
    clearTimeout(this.#idle)
    await (this.#worker === undefined ? this.#closeHere() : this.#closeThread(this.#worker))
  }

  #begin(): void {
    const worker = startThread(import.meta.url, 'ship', 'ship-worker')
    this.#worker = worker
    if (worker === undefined) this.#beginHere()
    else this.#beginThread(worker)
  }

  #beginThread(worker: Worker): void {
    worker.on('message', (answer: Answer) => this.#answered(answer))
    worker.on('error', (error) => this.#ended(worker, errorCode(error)))
    worker.on('exit', (code) => this.#ended(worker, `code ${code}`))
    const { dir, targets, keepDays, maxConcurrency, maxBandwidth } = this.#options
    // Whoever listens holds the process; so this comes last.
    worker.unref()
    this.#ask({ begin: { dir, targets, keepDays, maxConcurrency, maxBandwidth } })
  }

  /** What ships is loaded where it runs alone. */
  #beginHere(): void {
    this.#opening = import('./shipper.ts').then(({ Shipper }) => {
      const shipper = new Shipper({ ...this.#options, isBackground: true })
      this.#inProcess = shipper
      if (!this.#isClosed) void shipper.start()
      return shipper
    })
  }

  #ask(request: Request): void {
    this.#worker?.postMessage(request)
  }

  #answered(answer: Answer): void {
    if ('failure' in answer) this.#tell(answer.failure)
    else if ('stats' in answer) this.#note(answer)
    else this.#onClosed?.()
  }

  #note({ stats, isDone }: Extract<Answer, { stats: unknown }>): void {
    this.#stats = stats
    this.#backoff.reset()
    clearTimeout(this.#idle)
    if (isDone && !this.#isClosed) this.#idle = setTimeout(() => void this.#rest(), IDLE).unref()
  }

  async #rest(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  #ended(worker: Worker, why: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#onClosed?.()
    if (this.#isClosed) return
    const { dir } = this.#options
    this.#tell({
      code: 'HUSHLOG_SHIP',
      message: `the thread that ships from ${dir} ended with ${why}`,
      hint: 'it is started again; what it was sending is sent again',
    })
    setTimeout(() => this.wake(), this.#backoff.next()).unref()
  }

  #tell({ code, message, hint }: Extract<Answer, { failure: unknown }>['failure']): void {
    this.#options.onError(new HushlogError(code, message, hint === undefined ? {} : { hint }))
  }

  async #closeThread(worker: Worker): Promise<void> {
    worker.ref()
    const closed = new Promise<void>((resolve) => {
      this.#onClosed = resolve
      // It answers within that time unless it hangs.
      setTimeout(resolve, 2 * CLOSE_WITHIN).unref()
    })
    this.#ask({ close: CLOSE_WITHIN })
    await closed
    await this.#rest()
  }

  async #closeHere(): Promise<void> {
    const shipper = await this.#opening
    if (shipper === undefined) return
    await shipper.finish(CLOSE_WITHIN)
    this.#stats = shipper.stats()
  }
}
