/**
 * A transport for programs that configure pino by name: `pino.transport({ target: 'hushlog/transport', options })`.
 */
import { Transform, type TransformCallback } from 'node:stream'
import { isMainThread } from 'node:worker_threads'
import { checkFields, refuse } from './checks.ts'
import { nameAbove } from './config.ts'
import { type OpenPipeline, openPipeline } from './hushlog.ts'
import { DescriptorStream } from './logger/descriptor.ts'
import { withoutDuplicates } from './logger/duplicates.ts'
import { foreignRecord } from './logger/foreign.ts'
import { TornLines } from './logger/torn-lines.ts'
import { type BatchSink, type HushlogOptions, KIND, type ScrubbedBatch } from './types.ts'

/** Those of `hushlog()` that are no logger's. Without a function in them: they are copied into the worker thread. */
export type TransportOptions = Pick<HushlogOptions, 'service' | 'scrub' | 'storage' | 'stdout'>

const OPTIONS: (keyof TransportOptions)[] = ['service', 'scrub', 'storage', 'stdout']
/** What pino and its thread-stream add to the options of a target that stands alone. */
const OF_PINO = ['pinoWillSendConfig', '$context']
/** Characters of a line. */
const LONGEST_LINE = 16 * 1024 * 1024
const INFO_LEVEL = 30
/** pino ends the thread when its stream has not closed ten seconds after its end. */
const CLOSE_WITHIN = 5000
const STDOUT = 1

/**
 * Takes the lines of a pino logger through the gate into the store. Each chunk that comes is written before the next
 * one is asked for. In a `pipeline` the scrubbed lines go on to the next stage; else nobody reads them and they end
 * here.
 * @param options `service` by default the `name` that a line bears, else that in the package.json of the working
 *   directory; `stdout` by default false
 * @throws HushlogError `HUSHLOG_OPTION`, `HUSHLOG_DIRECTORY`
 */
export default function hushlogTransport(options: TransportOptions = {}): HushlogTransport {
  if (options === null || typeof options !== 'object') refuse('options', options, 'an object')
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !OF_PINO.includes(name)))
  checkFields(own, OPTIONS, '')
  return new HushlogTransport(own)
}

export class HushlogTransport extends Transform {
  readonly #opened: OpenPipeline
  readonly #named: boolean
  readonly #lines: TornLines

  constructor(options: TransportOptions) {
    super({ decodeStrings: false })
    this.#named = options.service !== undefined
    this.#opened = openPipeline(
      { service: nameAbove(process.cwd()) ?? 'app', stdout: false, ...options },
      { sinks: [this.#nextStage], stdout: isMainThread ? undefined : new DescriptorStream(STDOUT) },
    )
    this.#lines = new TornLines(LONGEST_LINE, {
      line: (line) => this.#take(line),
      tooLong: () => this.#lose(),
    })
  }

  override _transform(chunk: Buffer | string, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#lines.take(chunk)
    this.#opened.pipeline.flushBatch()
    done()
  }

  override _flush(done: TransformCallback): void {
    this.#lines.end()
    this.#opened.pipeline.flushBatch()
    // Nobody reads what would go to a next stage, and a stream that is not read never closes.
    if (this.readableFlowing === null) this.resume()
    this.#close().finally(() => done())
  }

  /** As in pino's destinations; `logger.flush(callback)` waits for it. */
  flush(callback: (error?: Error) => void): void {
    this.#opened.extras.flush().then(() => callback(), callback)
  }

  flushSync(): void {
    this.#opened.pipeline.flushSync()
  }

  #take(line: string): void {
    const { pipeline } = this.#opened
    const record = foreignRecord(line, { stamp: pipeline.stamp(), named: this.#named })
    if (record === undefined) pipeline.push(pipeline.record(INFO_LEVEL, {}, line), INFO_LEVEL, KIND.app)
    else
      pipeline.push(withoutDuplicates(record.text, { trusted: false, traced: false }), record.level, KIND.app)
  }

  #lose(): void {
    const now = Date.now()
    const reason = `a line of over ${LONGEST_LINE} characters`
    this.#opened.lose({ reason, count: 1, levels: {}, first: now, last: now })
  }

  /** What cannot be closed in time, a large segment that is being sealed, is taken up by the next start. */
  async #close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_WITHIN)
    })
    await Promise.race([this.#opened.extras.close().catch(() => {}), late])
    clearTimeout(timer)
  }

  readonly #nextStage: BatchSink = {
    append: (batch: ScrubbedBatch) => {
      if (this.readableFlowing === null) return
      this.push(Buffer.from(batch.bytes.subarray(0, batch.ends[batch.count - 1])))
    },
    sync: () => Promise.resolve(),
    flushSync: () => {},
  }
}
