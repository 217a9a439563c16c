/**
 * Lines to a syslog server, as they are logged. A copy for those who watch: the store has the lines whatever happens
 * here. Lines are kept in memory until the server is known to have read them, and sent again when a connection breaks:
 * each arrives at least once, or is counted as missed. A server that gets one twice knows it by its number.
 */
import { isIP } from 'node:net'
import type { SecureContext } from 'node:tls'
import { errorCode, HushlogError } from '../../errors.ts'
import type { SyslogConfig } from '../../ship-config.ts'
import {
  type BatchSink,
  KIND,
  type ScrubbedBatch,
  type SyslogStats,
  type SyslogTlsOptions,
} from '../../types.ts'
import { Backoff } from '../backoff.ts'
import { SyslogConnection } from './syslog-connection.ts'
import type { Failure } from './syslog-failure.ts'
import { type Chunk, type FrameOptions, Framer, nextId } from './syslog-frame.ts'

export interface SyslogSinkOptions extends Pick<FrameOptions, 'host' | 'appName' | 'pid'> {
  onError(error: HushlogError): void
}

/** A connection is ended, so that the server closes it, after so many lines, so long, or a part of what may wait. */
const LINES_EACH = 10_000
const TIME_EACH = 10_000
const SHARE_EACH = 4
/** Connections that the server has not closed yet. */
const MOST_ENDING = 2
/** When memory was full, lines are taken again once this part of it is free. */
const FREE_AGAIN = 4
const TICK = 1000
/** The longest first wait, and the longest of all, before another attempt to connect. */
const RETRIES = [1000, 60_000] as const
const WARN = 40

interface Missed {
  count: number
  first: number
  last: number
}

export class SyslogSink implements BatchSink {
  readonly #config: SyslogConfig
  readonly #options: SyslogSinkOptions
  readonly #context: SecureContext | undefined
  readonly #framer: Framer
  #waiting: Chunk[] = []
  readonly #ending = new Set<SyslogConnection>()
  #current: SyslogConnection | undefined
  /** Lines, and bytes as they are sent, that the server is not known to have. */
  #held = { lines: 0, bytes: 0 }
  #counts = { sent: 0, confirmed: 0, resent: 0, missed: 0 }
  #id = 1
  #isFull = false
  #isClosed = false
  #untold: Missed | undefined
  #failures = 0
  readonly #backoff = new Backoff(...RETRIES)
  #hasTold = false
  #retry: NodeJS.Timeout | undefined
  #tick: NodeJS.Timeout | undefined
  #drained: (() => void) | undefined

  /** @throws HushlogError `HUSHLOG_OPTION` for certificates that cannot be read */
  constructor(config: SyslogConfig, options: SyslogSinkOptions) {
    this.#config = config
    this.#options = options
    this.#context = config.tls === false ? undefined : contextOf(config.tls)
    this.#framer = new Framer({ facility: config.facility, ...options })
  }

  append(batch: ScrubbedBatch): void {
    if (this.#isFull) this.#tellMissed()
    const taken = this.#isClosed || this.#isFull ? 0 : this.#fitting(batch)
    if (taken > 0) this.#hold(this.#framer.chunk(batch, taken, this.#id))
    this.#id = nextId(this.#id, batch.count)
    if (taken < batch.count) this.#miss(batch.count - taken)
    this.#pump()
  }

  /** At once: it is about the disk. */
  sync(): Promise<void> {
    return Promise.resolve()
  }

  flushSync(): void {
    // A socket is written by the event loop, which an exit does not wait for.
  }

  /** Sends what waits, for so many milliseconds at most, and keeps the program alive for it. */
  async drain(within: number): Promise<void> {
    if (this.#held.bytes === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, within)
      this.#drained = () => {
        clearTimeout(timer)
        resolve()
      }
      for (const connection of this.#connections()) connection.hold(true)
      this.#retry?.ref()
      this.#pump()
    })
    this.#drained = undefined
    this.#retry?.unref()
    for (const connection of this.#connections()) connection.hold(false)
  }

  /** Whether the server took what it got, as far as is known. */
  get isHopeful(): boolean {
    return this.#failures === 0
  }

  /** Sends what waits, for so many milliseconds at most; what is left then is missed. */
  async close(within: number): Promise<void> {
    await this.drain(within)
    this.#isClosed = true
    clearTimeout(this.#retry)
    clearInterval(this.#tick)
    for (const connection of this.#connections()) connection.destroy()
    this.#counts.missed += this.#held.lines
    this.#held = { lines: 0, bytes: 0 }
    this.#waiting = []
  }

  stats(): SyslogStats {
    return { state: this.#state(), ...this.#counts, waiting: { ...this.#held } }
  }

  #state(): SyslogStats['state'] {
    if (this.#retry !== undefined) return 'waiting'
    if (this.#current === undefined) return 'idle'
    return this.#current.state === 'connecting' ? 'connecting' : 'connected'
  }

  #connections(): SyslogConnection[] {
    return [...this.#ending, ...(this.#current === undefined ? [] : [this.#current])]
  }

  /** How many lines of a batch there is room for. */
  #fitting({ ends, count }: ScrubbedBatch): number {
    const room = this.#config.maxWaiting - this.#held.bytes
    const { overhead } = this.#framer
    if (ends[count - 1] + count * overhead <= room) return count
    let lines = 0
    while (ends[lines] + (lines + 1) * overhead <= room) lines++
    return lines
  }

  #hold(chunk: Chunk): void {
    this.#waiting.push(chunk)
    this.#held.lines += chunk.lines
    this.#held.bytes += chunk.bytes.length
  }

  #miss(count: number): void {
    const now = Date.now()
    this.#counts.missed += count
    this.#untold ??= { count: 0, first: now, last: now }
    this.#untold.count += count
    this.#untold.last = now
    this.#isFull = true
    const isSlow = this.#current?.state === 'open' || this.#ending.size > 0
    if (isSlow && !this.#isClosed) this.#tell({ reason: 'it does not take them as fast as they come' })
  }

  /** Hands over what waits, as far as the connection takes it. */
  #pump(): void {
    if (this.#retry !== undefined || this.#isClosed) return
    if (this.#current === undefined && this.#waiting.length > 0) this.#connect()
    const connection = this.#current
    if (connection === undefined || connection.state !== 'open') return
    let sent = 0
    while (sent < this.#waiting.length && connection.canTake) {
      this.#send(this.#waiting[sent++], connection)
      if (this.#isEnough(connection)) break
    }
    // At once: taking the first of very many away moves all the others.
    this.#waiting.splice(0, sent)
    if (this.#isEnough(connection) || this.#isLast(connection)) this.#end(connection)
  }

  #send(chunk: Chunk, connection: SyslogConnection): void {
    if (chunk.wasSent) this.#counts.resent += chunk.lines
    else this.#counts.sent += chunk.lines
    chunk.wasSent = true
    connection.write(chunk)
  }

  #isEnough({ lines, bytes, since }: SyslogConnection): boolean {
    if (this.#ending.size >= MOST_ENDING) return false
    if (lines >= LINES_EACH || bytes >= this.#config.maxWaiting / SHARE_EACH) return true
    return since !== undefined && performance.now() - since >= TIME_EACH
  }

  /** All has been handed over, and somebody waits for it to be confirmed. */
  #isLast({ chunks }: SyslogConnection): boolean {
    return this.#drained !== undefined && this.#waiting.length === 0 && chunks.length > 0
  }

  #connect(): void {
    const connection: SyslogConnection = new SyslogConnection(this.#config, this.#context, {
      onReady: () => this.#pump(),
      onOver: (failure) => this.#over(connection, failure),
    })
    connection.hold(this.#drained !== undefined)
    this.#current = connection
    this.#tick ??= setInterval(() => this.#onTick(), TICK).unref()
  }

  #end(connection: SyslogConnection): void {
    this.#current = undefined
    this.#ending.add(connection)
    connection.end()
    this.#pump()
  }

  #onTick(): void {
    const now = performance.now()
    for (const connection of this.#connections()) connection.checkTime(now)
    this.#pump()
  }

  #over(connection: SyslogConnection, failure: Failure | undefined): void {
    this.#ending.delete(connection)
    if (this.#current === connection) this.#current = undefined
    if (this.#connections().length === 0) {
      clearInterval(this.#tick)
      this.#tick = undefined
    }
    if (this.#isClosed) return
    if (failure === undefined) this.#confirm(connection)
    else this.#fail(connection, failure)
  }

  #confirm({ lines, bytes }: SyslogConnection): void {
    this.#counts.confirmed += lines
    this.#held.lines -= lines
    this.#held.bytes -= bytes
    this.#failures = 0
    this.#backoff.reset()
    this.#hasTold = false
    this.#tellMissed()
    this.#pump()
    if (this.#held.bytes === 0) this.#drained?.()
  }

  /** What the server is not known to have read is sent again, before all else. */
  #fail({ chunks, wasOpen }: SyslogConnection, failure: Failure): void {
    if (wasOpen && chunks.length === 0) {
      this.#pump()
      return
    }
    // As arguments of one call so many may be too many.
    this.#waiting = [...chunks, ...this.#waiting]
    this.#failures++
    if (!wasOpen || this.#failures > 1) this.#tell(failure)
    this.#retryLater()
  }

  #retryLater(): void {
    if (this.#retry !== undefined) return
    const retry = setTimeout(() => {
      this.#retry = undefined
      this.#pump()
    }, this.#backoff.next())
    this.#retry = this.#drained === undefined ? retry.unref() : retry
  }

  /** To the server, once there is room for more than that. */
  #tellMissed(): void {
    const { maxWaiting } = this.#config
    if (this.#held.bytes > maxWaiting - maxWaiting / FREE_AGAIN) return
    this.#isFull = false
    if (this.#untold === undefined) return
    const { count, first, last } = this.#untold
    this.#untold = undefined
    const record = {
      level: WARN,
      time: new Date().toISOString(),
      kind: 'gap',
      reason: 'the syslog server did not take lines in time',
      count,
      first: new Date(first).toISOString(),
      last: new Date(last).toISOString(),
      msg: `${count} lines missed here: the durable copy has them`,
    }
    this.#hold(this.#framer.notice(WARN, KIND.gap, JSON.stringify(record), this.#id))
    this.#id = nextId(this.#id)
  }

  /** Once until the server has taken lines again. */
  #tell({ reason, hint }: Failure): void {
    if (this.#hasTold) return
    this.#hasTold = true
    const { host, port } = this.#config
    this.#options.onError(
      new HushlogError(
        'HUSHLOG_LIVE',
        `lines cannot be sent to syslog at ${host}:${port}: ${reason}`,
        hint === undefined ? {} : { hint },
      ),
    )
  }
}

/** Each part is tried alone first, so that the error can name the one that is wrong. */
function contextOf({ servername = '', ...tls }: SyslogTlsOptions): SecureContext {
  if (isIP(servername) !== 0)
    throw new HushlogError(
      'HUSHLOG_OPTION',
      'option ship.syslog.tls.servername takes a name, got an address',
      {
        hint: 'leave it out: a certificate for the address of host is taken',
      },
    )
  const { ca, cert } = tls
  for (const [name, part] of Object.entries({ ca, cert })) {
    if (part !== undefined) readable(`ship.syslog.tls.${name}`, 'certificates in PEM', { [name]: part })
  }
  return readable('ship.syslog.tls', 'a certificate and the key that belongs to it, in PEM', tls)
}

function readable(name: string, takes: string, tls: SyslogTlsOptions): SecureContext {
  try {
    // Loaded when it is used: it takes a program longer than all of this.
    return process.getBuiltinModule('node:tls').createSecureContext({ minVersion: 'TLSv1.2', ...tls })
  } catch (error) {
    throw new HushlogError(
      'HUSHLOG_OPTION',
      `option ${name} takes ${takes}, got what cannot be read (${errorCode(error)})`,
    )
  }
}
