/**
 * Lines to a transport of pino, as they are logged, in a thread of its own. pino's own way of handing lines over grows
 * without bound while a transport is slow, holds an exit up for 20 s, and fails for good once the thread has died.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { errorCode, HushlogError } from '../../errors.ts'
import type { BatchSink, ScrubbedBatch, TransportStats } from '../../types.ts'
import { Backoff } from '../backoff.ts'
import {
  HAS_ENDED,
  type PinoConfig,
  PLACES,
  TAKEN_BYTES,
  TAKEN_LINES,
  THREAD,
  type ThreadData,
  type ToThread,
} from './transport-thread.ts'

export interface TransportOptions {
  target: string
  /** The URL of its module. */
  url: string
  options: object
  /** Lines under this level are not for it. Negative infinity: all are. */
  level: number
  config: PinoConfig
  /** Bytes that may wait for it. Default 4 MB. */
  maxWaiting?: number
  onError(error: HushlogError): void
}

const MAX_WAITING = 4 * 1024 * 1024
/** The longest first wait, and the longest of all, before a thread is started again. */
const RETRIES = [1000, 60_000] as const

interface Chunk {
  bytes: Uint8Array
  lines: number
}

export class TransportSink implements BatchSink {
  readonly #options: TransportOptions
  readonly #maxWaiting: number
  /** What waits for the thread to be started again. */
  #queue: Chunk[] = []
  #thread: Worker | undefined
  #port: MessagePort | undefined
  #taken: Int32Array<ArrayBufferLike> = new Int32Array(0)
  /** What the thread has been given. The numbers in shared memory wrap; so do these. */
  #given = { lines: 0, bytes: 0 }
  #queued = { lines: 0, bytes: 0 }
  /** Of threads that have ended. */
  #sent = 0
  #missed = 0
  readonly #backoff = new Backoff(...RETRIES)
  #hasTold = false
  #isClosed = false
  #retry: NodeJS.Timeout | undefined

  constructor(options: TransportOptions) {
    this.#options = options
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING
  }

  append(batch: ScrubbedBatch): void {
    const chunk = this.#chunk(batch)
    if (chunk.lines === 0) return
    const { bytes } = this.#waiting()
    if (this.#isClosed || bytes + chunk.bytes.length > this.#maxWaiting) {
      this.#missed += chunk.lines
      if (!this.#isClosed) this.#tell('it does not take lines as fast as they come')
    } else this.#give(chunk)
  }

  /** At once: it is about the disk. */
  sync(): Promise<void> {
    return Promise.resolve()
  }

  flushSync(): void {
    // Lines are in the thread's hands already; `endSync` waits for it.
  }

  /** For the end of the program: waits until the transport has taken all and has closed, at most until a moment. */
  endSync(deadline: number): void {
    if (this.#thread === undefined || this.#isClosed) return
    this.#isClosed = true
    this.#post({ code: 'END' })
    const left = deadline - performance.now()
    if (left > 0) Atomics.wait(this.#taken, HAS_ENDED, 0, left)
    this.#settle()
  }

  /** The same without holding the program up. What the transport has not taken by then is missed. */
  async close(within: number): Promise<void> {
    clearTimeout(this.#retry)
    const thread = this.#thread
    if (thread !== undefined && !this.#isClosed) {
      this.#isClosed = true
      thread.ref()
      this.#post({ code: 'END' })
      await endedWithin(thread, within)
    }
    this.#isClosed = true
    this.#settle()
    this.#missed += this.#queued.lines
    this.#queued = { lines: 0, bytes: 0 }
    this.#queue = []
  }

  stats(): TransportStats {
    const { target } = this.#options
    const state = this.#retry === undefined ? (this.#thread === undefined ? 'idle' : 'running') : 'waiting'
    return {
      target,
      state,
      sent: this.#sent + this.#takenLines(),
      missed: this.#missed,
      waiting: this.#waiting(),
    }
  }

  /** The lines that are for this transport, copied. */
  #chunk({ bytes, ends, levels, count }: ScrubbedBatch): Chunk {
    const { level } = this.#options
    const parts: Uint8Array[] = []
    let lines = 0
    for (let i = 0, first = 0; i < count; i++) {
      if (levels[i] >= level) lines++
      if (levels[i] >= level && i + 1 < count && levels[i + 1] >= level) continue
      if (levels[i] >= level) parts.push(bytes.subarray(first, ends[i]))
      first = ends[i]
    }
    return { bytes: joined(parts), lines }
  }

  #waiting(): { lines: number; bytes: number } {
    const inThread = this.#thread === undefined ? 0 : (this.#given.lines - this.#takenLines()) | 0
    const bytes = this.#thread === undefined ? 0 : (this.#given.bytes - this.#takenBytes()) | 0
    return { lines: this.#queued.lines + inThread, bytes: this.#queued.bytes + bytes }
  }

  #takenLines(): number {
    return this.#thread === undefined ? 0 : Atomics.load(this.#taken, TAKEN_LINES)
  }

  #takenBytes(): number {
    return Atomics.load(this.#taken, TAKEN_BYTES)
  }

  #give(chunk: Chunk): void {
    if (this.#thread === undefined && this.#retry === undefined) this.#start()
    if (this.#thread === undefined) {
      this.#queue.push(chunk)
      this.#queued.lines += chunk.lines
      this.#queued.bytes += chunk.bytes.length
      return
    }
    this.#given.lines += chunk.lines
    this.#given.bytes += chunk.bytes.length
    this.#post({ code: 'LINES', bytes: chunk.bytes, count: chunk.lines }, [chunk.bytes.buffer as ArrayBuffer])
  }

  #post(message: ToThread, transfer: ArrayBuffer[] = []): void {
    this.#port?.postMessage(message, transfer)
  }

  #start(): void {
    const { url, options, config } = this.#options
    this.#taken = new Int32Array(new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT))
    this.#given = { lines: 0, bytes: 0 }
    const { port1, port2 } = new MessageChannel()
    const workerData: ThreadData = {
      filename: url,
      taken: this.#taken,
      lines: port2,
      workerData: { $context: {}, ...options, pinoWillSendConfig: true },
      isTransport: true,
    }
    const thread = this.#worker(workerData)
    if (thread === undefined) return
    let reason: string | undefined
    thread.on('error', (error) => (reason = errorCode(error)))
    thread.on('exit', (code) => this.#ended(thread, reason ?? `code ${code}`))
    thread.unref()
    this.#thread = thread
    this.#port = port1
    thread.postMessage(config)
    const queue = this.#queue
    this.#queue = []
    this.#queued = { lines: 0, bytes: 0 }
    for (const chunk of queue) this.#give(chunk)
  }

  /** Nothing when this process can have no more threads. */
  #worker(workerData: ThreadData): Worker | undefined {
    try {
      const { target: name } = this.#options
      const transferList = [workerData.lines]
      return new Worker(THREAD, { eval: true, name, workerData, transferList, trackUnmanagedFds: false })
    } catch (error) {
      this.#retryLater(`it cannot be started (${errorCode(error)})`)
      return undefined
    }
  }

  #ended(thread: Worker, reason: string): void {
    if (this.#thread !== thread) return
    if (this.#takenLines() > 0) {
      this.#backoff.reset()
      this.#hasTold = false
    }
    this.#settle()
    if (this.#isClosed) return
    this.#retryLater(`it ended by itself (${reason})`)
  }

  #retryLater(reason: string): void {
    this.#tell(reason)
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#start()
    }, this.#backoff.next()).unref()
  }

  /** The thread is over: what it has not taken is missed. */
  #settle(): void {
    if (this.#thread === undefined) return
    const lines = this.#takenLines()
    this.#sent += lines
    this.#missed += (this.#given.lines - lines) | 0
    this.#thread = undefined
  }

  /** Once, until a thread has taken lines again. */
  #tell(reason: string): void {
    if (this.#hasTold) return
    this.#hasTold = true
    const { target, onError } = this.#options
    onError(new HushlogError('HUSHLOG_LIVE', `the transport ${target} misses lines: ${reason}`))
  }
}

/** A copy in memory of its own, which can be given away. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

async function endedWithin(thread: Worker, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
    thread.once('exit', () => resolve())
  })
  clearTimeout(timer)
  await thread.terminate()
}
