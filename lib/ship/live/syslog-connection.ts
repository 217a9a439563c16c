/**
 * One connection to a syslog server. Syslog knows no acknowledgement. What was sent is known to have been read when
 * the server closes after we did: it has come to our end of the stream, and nothing was left unread, for then its
 * system would have broken the connection off instead.
 */
import { connect as connectTcp, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { SyslogConfig } from '../../ship-config.ts'
import { type Failure, failureOf, LEFT, SILENT, STUCK } from './syslog-failure.ts'
import type { Chunk } from './syslog-frame.ts'

export interface ConnectionEvents {
  /** It takes lines, for the first time or again. */
  onReady(): void
  /** It is over: without a failure, all that was written has been read. */
  onOver(failure: Failure | undefined): void
}

/** Milliseconds: to connect, TLS included; without anything being taken; for the server to close after we did. */
const CONNECT_WITHIN = 10_000
const TAKES_WITHIN = 30_000
const CLOSES_WITHIN = 60_000
const KEEP_ALIVE = 15_000

export class SyslogConnection {
  /** What was written, in order. */
  readonly chunks: Chunk[] = []
  lines = 0
  bytes = 0
  /** Of the first line that was written, as performance.now() has it. */
  since: number | undefined
  wasOpen = false
  state: 'connecting' | 'open' | 'ending' | 'over' = 'connecting'
  readonly #socket: Socket
  readonly #events: ConnectionEvents
  /** When the state began that must not last. */
  #waitingSince: number | undefined = performance.now()
  #isRead = false
  #failure: Failure | undefined

  constructor(config: SyslogConfig, context: SecureContext | undefined, events: ConnectionEvents) {
    this.#events = events
    const host = withoutBrackets(config.host)
    const address = { host, port: config.port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE }
    this.#socket =
      context === undefined || config.tls === false
        ? connectTcp(address)
        : process.getBuiltinModule('node:tls').connect({
            ...address,
            secureContext: context,
            // Said, or NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would switch it off.
            rejectUnauthorized: true,
            ...nameOf(config.tls.servername),
          })
    this.#socket.unref()
    this.#listen(context === undefined ? 'connect' : 'secureConnect')
  }

  get canTake(): boolean {
    return this.state === 'open' && !this.#socket.writableNeedDrain
  }

  write(chunk: Chunk): void {
    this.chunks.push(chunk)
    this.lines += chunk.lines
    this.bytes += chunk.bytes.length
    this.since ??= performance.now()
    if (!this.#socket.write(chunk.bytes)) this.#waitingSince = performance.now()
  }

  /** Nothing more comes; now the server should close. */
  end(): void {
    this.state = 'ending'
    this.#waitingSince = performance.now()
    this.#socket.end()
  }

  /** Breaks off what has lasted too long. */
  checkTime(now: number): void {
    if (this.#waitingSince === undefined) return
    const waited = now - this.#waitingSince
    if (this.state === 'connecting' && waited > CONNECT_WITHIN) this.#fail(SILENT)
    if (this.state === 'open' && waited > TAKES_WITHIN) this.#fail(STUCK)
    if (this.state === 'ending' && waited > CLOSES_WITHIN) this.#fail(STUCK)
  }

  /** Nothing is waited for any more. */
  destroy(): void {
    this.#fail(LEFT)
  }

  /** Whether the program stays alive for it. */
  hold(keepsAlive: boolean): void {
    if (keepsAlive) this.#socket.ref()
    else this.#socket.unref()
  }

  #listen(opened: 'connect' | 'secureConnect'): void {
    this.#socket
      .on(opened, () => {
        this.state = 'open'
        this.wasOpen = true
        this.#waitingSince = undefined
        this.#events.onReady()
      })
      .on('drain', () => {
        if (this.state !== 'open') return
        this.#waitingSince = undefined
        this.#events.onReady()
      })
      .on('end', () => {
        // All was handed over before; that our own end was too is told only after this, on a busy machine.
        this.#isRead = this.state === 'ending' && this.#socket.writableLength === 0
        if (!this.#isRead) this.#fail(LEFT)
      })
      .on('error', (error) => (this.#failure ??= failureOf(error)))
      .on('close', () => this.#over())
      // A server of syslog says nothing; what it says all the same must be read for its end to be seen.
      .resume()
  }

  #fail(failure: Failure): void {
    this.#failure ??= failure
    this.#socket.destroy()
  }

  #over(): void {
    this.state = 'over'
    this.#events.onOver(this.#failure ?? (this.#isRead ? undefined : LEFT))
  }
}

function nameOf(servername: string | undefined): { servername?: string } {
  return servername === undefined ? {} : { servername }
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
