/**
 * The way of a line from pino to whatever keeps it: stamp, gate, sinks. It decides when the lines that have come
 * together leave: at the end of the event loop's turn, when the gate is full, or at once.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Operation, processOperation } from '../context.ts'
import { errorCode, HushlogError } from '../errors.ts'
import { BATCH_BYTES, type Gate } from '../scrub/gate.ts'
import { type BatchSink, type Gap, KIND, type Kind, type ScrubbedBatch } from '../types.ts'
import { withoutDuplicates } from './duplicates.ts'
import { isoTime } from './timestamp.ts'

export type Durability = 'turn' | 'line' | 'buffer'

export interface PipelineOptions {
  gate: Gate
  sinks: readonly BatchSink[]
  durability: Durability
  identity: { service: string; host: string; pid: number }
  onError(error: HushlogError): void
}

/** pino's level `error`: such lines do not wait. */
const ERROR_LEVEL = 50
const WARN_LEVEL = 40
/** The longest that a line waits while the program logs on without ending its turn, by durability. */
const MAX_WAIT: Record<Durability, number> = { line: 0, turn: 10, buffer: 1000 }
const MAX_DEFERRED = 1000

interface Waiting {
  line: string
  level: number
  kind: Kind
}

export class Pipeline {
  /** The record that is being made: set around each log call by the logger. */
  operation: Operation = processOperation
  /** What the logger itself has bound of operation and id, so that the stamp leaves it out. */
  bound = 0
  level = 0
  kind: Kind = KIND.app
  /** Whether a name in the record may stand twice. */
  mayRepeat = false
  /** Whether a mixin told the trace that the record belongs to: it knows the span that runs now. */
  isTraced = false
  #options: PipelineOptions
  #durability: Durability
  #identity: string
  #now = 0
  /** The last stamp, for the lines of the same millisecond and operation, and that operation's part of it. */
  #stamp = ''
  #stampedFor = ''
  #look: ((line: string, stamp: string) => void) | undefined
  #oldest = 0
  #scheduled = false
  #appending = false
  #deferred: Waiting[] = []
  #dropped: Gap | undefined
  #draining = false

  constructor(options: PipelineOptions) {
    this.#options = options
    this.#durability = options.durability
    const { service, host, pid } = options.identity
    this.#identity = `","service":${JSON.stringify(service)},"host":${JSON.stringify(host)},"pid":${pid}`
  }

  /** What follows the level in every line: time, service, host, pid, operation, request id. */
  stamp(): string {
    const now = Date.now()
    const operation = this.bound === 0 ? this.operation.stamp : partOf(this.operation, this.bound)
    if (now !== this.#now || operation !== this.#stampedFor) {
      this.#now = now
      this.#stampedFor = operation
      this.#stamp = `,"time":"${isoTime(now)}${this.#identity}${operation}`
    }
    return this.#stamp
  }

  /** Shows the next line that pino makes, as it is then, and the stamp in it. */
  watch(look: ((line: string, stamp: string) => void) | undefined): void {
    this.#look = look
  }

  /** pino's destination. */
  write(line: string): void {
    if (this.#look !== undefined) {
      this.#look(line, this.#stamp)
      this.#look = undefined
    }
    const unique = this.mayRepeat
      ? withoutDuplicates(line, { trusted: this.kind !== KIND.app, traced: this.isTraced })
      : line
    this.push(unique, this.level, this.kind)
  }

  /** False when the line had to be dropped: a callback logs while a batch is being written, and too much. */
  push(line: string, level: number, kind: Kind): boolean {
    if (this.#appending) return this.#defer({ line, level, kind })
    const { gate } = this.#options
    if (gate.isEmpty) this.#oldest = this.#now
    if (!gate.add(line, level, kind)) {
      this.flushBatch()
      this.#oldest = this.#now
      gate.add(line, level, kind)
    }
    if (this.#mustGo(level, kind)) this.flushBatch()
    else this.#schedule()
    return true
  }

  /** Scrubs and hands over what has come together. */
  flushBatch(): void {
    if (this.#appending) return
    this.#appending = true
    try {
      this.#options.gate.take(this.#append)
    } catch (error) {
      this.#options.onError(
        new HushlogError('HUSHLOG_WITHHELD', `lines were withheld: ${errorCode(error)}`, { cause: error }),
      )
    } finally {
      this.#appending = false
    }
    this.#takeDeferred()
  }

  /** Everything that was accepted is on the disk when this resolves. */
  async sync(): Promise<void> {
    // What a callback logs while a batch is being written comes after that batch.
    if (this.#appending) await nextTurn()
    this.flushBatch()
    await Promise.all(this.#options.sinks.map((sink) => sink.sync()))
  }

  flushSync(): void {
    this.flushBatch()
    for (const sink of this.#options.sinks) sink.flushSync()
  }

  /** From now on nothing waits: the program said that it is done. */
  writeThrough(): void {
    this.#durability = 'line'
  }

  /** The line that stands for one that could not be made; it names the error's code and nothing else. */
  withhold(error: unknown, level: number): void {
    this.#options.gate.counts.withheld++
    this.push(this.stub(error, level), level, KIND.app)
  }

  stub(error: unknown, level: number): string {
    return this.record(
      level,
      { err: { code: errorCode(error) } },
      'a line was withheld: it could not be made safe',
    )
  }

  /** A record that is no call of the program's: a loss, a step of the clock. It is the process's. */
  report(level: number, kind: Kind, fields: object, msg: string): void {
    const { operation, bound } = this
    this.operation = processOperation
    this.bound = 0
    try {
      this.push(this.record(level, fields, msg), level, kind)
    } finally {
      this.operation = operation
      this.bound = bound
    }
  }

  /** A whole line outside pino, stamped as the process's or as the operation's. */
  record(level: number, fields: object, msg: string): string {
    const members = JSON.stringify({ ...fields, msg }, plainNumber).slice(1)
    return `{"level":${level}${this.stamp()},${members}`
  }

  gap(gap: Gap): void {
    const { reason, count, levels, first, last } = gap
    const fields = { kind: 'gap', reason, count, levels, first: isoTime(first), last: isoTime(last) }
    this.report(ERROR_LEVEL, KIND.gap, fields, `${count} lines lost: ${reason}`)
  }

  /** The wall clock was set. Milliseconds; `from` and `to` since the epoch. */
  clockStep({ step, from, to }: { step: number; from: number; to: number }): void {
    const fields = { kind: 'clock', step, from: isoTime(from), to: isoTime(to) }
    this.report(WARN_LEVEL, KIND.app, fields, `the clock was set by ${step} ms`)
  }

  /** As `stamp`, of the process at a moment, for records that the store makes; without the time in front. */
  get processStamp(): string {
    return this.#identity.slice(2) + processOperation.stamp
  }

  #append = (batch: ScrubbedBatch): void => {
    for (const sink of this.#options.sinks) sink.append(batch)
  }

  #mustGo(level: number, kind: Kind): boolean {
    if (level >= ERROR_LEVEL || kind === KIND.audit || this.#durability === 'line') return true
    if (this.#options.gate.bytesWaiting >= BATCH_BYTES) return true
    const waited = this.#now - this.#oldest
    return waited > MAX_WAIT[this.#durability] || waited < 0
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    if (this.#durability === 'buffer') setTimeout(this.#onTurn, MAX_WAIT.buffer).unref()
    else setImmediate(this.#onTurn)
  }

  #onTurn = (): void => {
    this.#scheduled = false
    this.flushBatch()
  }

  /** Lines that a sink or a callback logs while a batch is being written wait for it, as far as there is room. */
  #defer(waiting: Waiting): boolean {
    const hasRoom = this.#deferred.length < MAX_DEFERRED
    if (hasRoom) this.#deferred.push(waiting)
    else this.#overflow(waiting)
    return hasRoom
  }

  #overflow({ level, kind }: Waiting): void {
    const now = Date.now()
    const key = kind === KIND.audit ? 'audit' : String(level)
    this.#dropped ??= {
      reason: 'callbacks log faster than lines are written',
      count: 0,
      levels: {},
      first: now,
      last: now,
    }
    this.#dropped.count++
    this.#dropped.levels[key] = (this.#dropped.levels[key] ?? 0) + 1
    this.#dropped.last = now
  }

  /** A callback that logs each time that a line is written may go on for ever: what comes of this goes next turn. */
  #takeDeferred(): void {
    if (this.#deferred.length === 0) return
    if (this.#draining) {
      this.#schedule()
      return
    }
    const waiting = this.#deferred
    const dropped = this.#dropped
    this.#deferred = []
    this.#dropped = undefined
    this.#draining = true
    try {
      for (const { line, level, kind } of waiting) this.push(line, level, kind)
      if (dropped !== undefined) this.gap(dropped)
    } finally {
      this.#draining = false
    }
  }
}

function plainNumber(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

/** Flags of what a logger's own bindings say, so that the stamp must not. */
export const BOUND = { operation: 1, reqId: 2 } as const

function partOf(operation: Operation, bound: number): string {
  const name = (bound & BOUND.operation) === 0 ? `,"operation":${JSON.stringify(operation.name)}` : ''
  const id = (bound & BOUND.reqId) === 0 ? `,"reqId":${JSON.stringify(operation.reqId)}` : ''
  return name + id + operation.trace
}
