/**
 * Where lines go as they are logged, besides the store: a syslog server, transports of pino. All of them take what has
 * passed the gate, and none of them can hold up or break a log call.
 */
import { workerData } from 'node:worker_threads'
import { levels as pinoLevels } from 'pino'
import type { Config } from '../../config.ts'
import { HushlogError } from '../../errors.ts'
import type { BatchSink, ShipStats } from '../../types.ts'
import { SyslogSink } from './syslog.ts'
import { targetUrl } from './transport-target.ts'
import type { PinoConfig } from './transport-thread.ts'
import { TransportSink } from './transports.ts'

export interface LiveHooks {
  /** What a name becomes that stands outside the lines. */
  scrub(text: string): string
  onError(error: HushlogError): void
}

export interface Live {
  sinks: readonly BatchSink[]
  stats(): ShipStats
  /** Sends what waits, in bounded time; what is left is missed. */
  close(): Promise<void>
  /** The same for exits, where nothing can be sent over a network any more. */
  endSync(): void
}

const SYSLOG_CLOSES_WITHIN = 5000
const TRANSPORTS_CLOSE_WITHIN = 2000

/** @throws HushlogError `HUSHLOG_OPTION` for a transport that is not there, and for certificates that cannot be read */
export function openLive(config: Config, hooks: LiveHooks): Live | undefined {
  if (config.ship === undefined || isTransportThread()) return undefined
  const syslog = openSyslog(config, hooks)
  const transports = openTransports(config, hooks)
  if (syslog === undefined && transports.length === 0) return undefined
  const forget = syslog === undefined ? () => {} : drainBeforeExit(syslog)
  return {
    sinks: [...(syslog === undefined ? [] : [syslog]), ...transports],
    stats: () => ({
      ...(syslog === undefined ? {} : { syslog: syslog.stats() }),
      ...(transports.length === 0 ? {} : { transports: transports.map((transport) => transport.stats()) }),
    }),
    close: async () => {
      forget()
      await Promise.all([
        syslog?.close(SYSLOG_CLOSES_WITHIN),
        ...transports.map((transport) => transport.close(TRANSPORTS_CLOSE_WITHIN)),
      ])
    },
    endSync: () => {
      const deadline = performance.now() + TRANSPORTS_CLOSE_WITHIN
      for (const transport of transports) transport.endSync(deadline)
    },
  }
}

/** A program that is loaded again in each of its threads must not start a thread in each of them. */
function isTransportThread(): boolean {
  return workerData !== null && typeof workerData === 'object' && workerData.isTransport === true
}

function openSyslog({ ship, host, service }: Config, { scrub, onError }: LiveHooks): SyslogSink | undefined {
  if (ship?.syslog === undefined) return undefined
  const appName = ship.syslog.appName ?? scrub(service)
  return new SyslogSink(ship.syslog, { host, appName, pid: process.pid, onError })
}

function openTransports({ ship, pino }: Config, { onError }: LiveHooks): TransportSink[] {
  const config = pinoConfig(pino)
  const checked = (ship?.transports ?? []).map(({ target, level, options = {} }, i) => ({
    target,
    url: targetUrl(target, `ship.transports[${i}].target`),
    level: level === undefined ? Number.NEGATIVE_INFINITY : levelOf(level, config, i),
    options,
    config,
    onError,
  }))
  return checked.map((options) => new TransportSink(options))
}

/** What pino tells its transports. */
function pinoConfig({ customLevels, messageKey = 'msg', errorKey = 'err' }: Config['pino']): PinoConfig {
  const values = { ...pinoLevels.values, ...(customLevels as Record<string, number> | undefined) }
  const labels = Object.fromEntries(Object.entries(values).map(([label, value]) => [value, label]))
  return { code: 'PINO_CONFIG', config: { levels: { labels, values }, messageKey, errorKey } }
}

function levelOf(level: string | number, { config }: PinoConfig, i: number): number {
  const { values } = config.levels
  if (typeof level === 'number') return level
  if (level === 'silent') return Number.POSITIVE_INFINITY
  if (Object.hasOwn(values, level)) return values[level]
  throw new HushlogError(
    'HUSHLOG_OPTION',
    `option ship.transports[${i}].level takes a number, silent, or one of ${Object.keys(values).join(', ')}`,
  )
}

const draining = new Set<SyslogSink>()
let isWatching = false

/**
 * A program that has come to its end by itself still sends what waits, if the server takes it. What waits never keeps
 * it alive before that.
 */
function drainBeforeExit(sink: SyslogSink): () => void {
  draining.add(sink)
  if (!isWatching) process.on('beforeExit', drainAll)
  isWatching = true
  return () => draining.delete(sink)
}

function drainAll(): void {
  for (const sink of draining) {
    draining.delete(sink)
    if (sink.isHopeful) sink.drain(SYSLOG_CLOSES_WITHIN)
  }
}
