/**
 * Seals in a thread of its own, so that the program's event loop never waits for it. The thread is started when
 * something is to be sealed and ends when there has been nothing for a while.
 */
import { statSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { errorCode, HushlogError, type HushlogErrorCode } from '../errors.ts'
import type { RotationReason } from '../store/rotation.ts'
import type { Ledger, LedgerOptions } from './ledger.ts'
import { type Sealed, type SealOptions, seal } from './seal.ts'
import { sealFailure } from './seal-failure.ts'
import { startThread } from './thread.ts'

export interface SealerOptions extends Pick<SealOptions, 'recipients' | 'owners'> {
  /** Of the calling thread; another thread makes its own of the same directory. */
  ledger: Ledger
  /** As in the options of a ledger: told of what the thread's own says. */
  onFirstKey?: LedgerOptions['onFirstKey'] | undefined
  /** Whether a thread may be started. Default true. */
  thread?: boolean
}

/** What the thread is asked and what it answers. */
export interface Request extends Pick<SealOptions, 'recipients' | 'owners'> {
  id: number
  dir: string
  path: string
  reason: RotationReason
}
export type Answer = { firstKey: string } | ({ id: number } & ({ sealed: Sealed } | { failure: Failure }))
export interface Failure {
  code: HushlogErrorCode
  message: string
  hint: string | undefined
}

interface Waiting {
  path: string
  resolve(sealed: Sealed): void
  reject(error: HushlogError): void
}

const IDLE = 10_000
/** Less plaintext than this is sealed sooner than a thread is started; encrypting loads more than that takes. */
const SMALL = 1024 * 1024

export class Sealer {
  readonly #options: SealerOptions
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #canThread: boolean
  /** Whether the thread has ever answered: one that cannot even be loaded is not started again and again. */
  #hasAnswered = false
  #ids = 0
  #idle: NodeJS.Timeout | undefined

  constructor(options: SealerOptions) {
    this.#options = options
    this.#canThread = options.thread ?? true
  }

  /** As `seal`, with the same errors. */
  seal(path: string, reason: RotationReason): Promise<Sealed> {
    const worker = this.#isSmall(path) ? this.#worker : this.#started()
    const { ledger, recipients, owners } = this.#options
    if (worker === undefined) return seal(ledger, path, reason, { recipients, owners })
    const request: Request = { id: ++this.#ids, dir: ledger.dir, path, reason, recipients, owners }
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { path, resolve, reject })
      this.#keepAlive()
      worker.postMessage(request)
    })
  }

  /** Ends the thread, which must have nothing to do. */
  async close(): Promise<void> {
    clearTimeout(this.#idle)
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  #isSmall(path: string): boolean {
    if ((this.#options.recipients ?? []).length > 0) return false
    try {
      return statSync(path).size < SMALL
    } catch {
      // Gone, or not to be seen: sealing it says so.
      return true
    }
  }

  #started(): Worker | undefined {
    if (this.#worker !== undefined || !this.#canThread) return this.#worker
    const worker = startThread(import.meta.url, 'keep', 'seal-worker')
    this.#canThread = worker !== undefined
    this.#worker = worker
    worker?.on('message', (answer: Answer) => this.#answered(answer))
    worker?.on('error', (error) => this.#ended(worker, errorCode(error)))
    worker?.on('exit', (code) => this.#ended(worker, `code ${code}`))
    return worker
  }

  #answered(answer: Answer): void {
    this.#hasAnswered = true
    if ('firstKey' in answer) this.#options.onFirstKey?.(answer.firstKey)
    else this.#settle(answer)
    if (this.#waiting.size === 0) this.#rest()
  }

  #settle(answer: Exclude<Answer, { firstKey: string }>): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('sealed' in answer) waiting?.resolve(answer.sealed)
    else waiting?.reject(errorOf(answer.failure))
  }

  #ended(worker: Worker, why: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#canThread &&= this.#hasAnswered
    clearTimeout(this.#idle)
    for (const { path, reject } of this.#waiting.values())
      reject(sealFailure(path, `the thread that sealed it ended with ${why}`))
    this.#waiting.clear()
  }

  /** Only work that is being done keeps the process alive. */
  #keepAlive(): void {
    clearTimeout(this.#idle)
    this.#worker?.ref()
  }

  #rest(): void {
    this.#worker?.unref()
    this.#idle = setTimeout(() => void this.close(), IDLE).unref()
  }
}

function errorOf({ code, message, hint }: Failure): HushlogError {
  return new HushlogError(code, message, hint === undefined ? {} : { hint })
}
