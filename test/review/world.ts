/** Log directories as real sealers and ledgers leave them, at times of the test's own choice. */
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import tap, { type Test } from 'tap'
import type { Fact } from '../../lib/keep/facts.ts'
import { Ledger } from '../../lib/keep/ledger.ts'
import { seal } from '../../lib/keep/seal.ts'
import type { Surroundings } from '../../lib/review/directory.ts'
import { periodOf } from '../../lib/review/period.ts'
import { type Reviewed, review } from '../../lib/review/review.ts'
import { frameLine } from '../../lib/store/frames.ts'
import { segmentName, thisWriter, writerText } from '../../lib/store/segment.ts'
import { DAY } from '../keep/helpers.ts'
import { logDirectory } from '../store/helpers.ts'

export const HOUR = 3_600_000
export const MINUTE = 60_000
/** A Monday, 08:30. */
export const NOW: number = Date.UTC(2026, 5, 1, 8, 30)

export type Record_ = Record<string, unknown> & { time: number }

/** A line as hushlog writes it. */
export function lineOf({ time, ...fields }: Record_): string {
  const { level = 30, ...rest } = fields
  return JSON.stringify({ level, time: new Date(time).toISOString(), service: 'shop', ...rest })
}

export function access(time: number, operation: string, status = 200, fields: object = {}): Record_ {
  const res = { statusCode: status, contentLength: 2 }
  const req = { method: operation.split(' ')[0], url: '/', remoteAddress: '203.0.113.9' }
  return {
    time,
    level: status >= 500 ? 50 : 30,
    operation,
    reqId: 'r',
    kind: 'access',
    req,
    res,
    responseTime: 5,
    ...fields,
  }
}

export function audit(
  time: number,
  action: string,
  actor: string,
  outcome: string,
  fields: object = {},
): Record_ {
  return {
    time,
    level: outcome === 'success' ? 30 : 40,
    operation: 'process',
    reqId: 'r',
    kind: 'audit',
    action,
    actor,
    outcome,
    ...fields,
  }
}

export function login(time: number, user: string, address: string, outcome = 'success'): Record_ {
  return audit(time, 'auth.login', user, outcome, { details: { remoteAddress: address } })
}

export interface World {
  dir: string
  /** Seals records of one host as a segment of its own. Returns its path below the directory. */
  put(
    records: Record_[],
    options?: { host?: string; at?: number; lines?: string[]; recipients?: string[] },
  ): Promise<string>
  /** Leaves records in a segment that is still written. */
  open(records: Record_[], host?: string): void
  /** Enters facts into the ledger at a moment. */
  enter(at: number, ...facts: Fact[]): Promise<void>
}

interface Counters {
  segments: number
  writers: Map<string, { number: number; seq: number }>
}

/** A directory without anything in it, or one that was made so far. */
export function world(t: Test, made?: { dir: string; counters: Counters }): World & { counters: Counters } {
  const dir = logDirectory(t)
  if (made !== undefined) cpSync(made.dir, dir, { recursive: true })
  const counters: Counters = {
    segments: made?.counters.segments ?? 0,
    writers: new Map(made?.counters.writers),
  }
  let clock = NOW
  const ledger = new Ledger(dir, () => clock)
  const write = (host: string, records: Record_[], lines: string[], isEnded: boolean): string => {
    const writer = { ...thisWriter(host), pid: 2 ** 22 + 1, start: 1 }
    const before = counters.writers.get(host) ?? { number: 0, seq: 1 }
    const [from, to] = [records[0]?.time ?? NOW, records.at(-1)?.time ?? NOW]
    const count = records.length + lines.length
    const after = { number: before.number + 1, seq: before.seq + count }
    const frame = { writer: writerText(writer), number: after.number }
    const stamp = (time: number) =>
      `,"time":"${new Date(time).toISOString()}","service":"shop","host":"${host}","pid":1`
    const end = { kind: 'segment-end', ...frame, seq: after.seq - 1, lines: count, reason: 'day' } as const
    const text = [
      frameLine(stamp(from), { kind: 'segment-start', ...frame, seq: before.seq }).toString(),
      ...records.map((record) => `${lineOf(record)}\n`),
      ...lines.map((line) => `${line}\n`),
      isEnded ? frameLine(stamp(to), end).toString() : '',
    ].join('')
    counters.writers.set(host, after)
    const path = join(dir, 'open', segmentName(writer, from, ++counters.segments))
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  return {
    dir,
    counters,
    async put(records, { host = 'web-1', at, lines = [], recipients } = {}) {
      clock = at ?? Math.min(NOW, (records.at(-1)?.time ?? NOW) + MINUTE)
      const path = write(host, records, lines, true)
      const { path: sealed } = await seal(ledger, path, 'day', recipients === undefined ? {} : { recipients })
      return sealed as string
    },
    open: (records, host = 'web-1') => void write(host, records, [], false),
    async enter(at, ...facts) {
      clock = at
      await ledger.append(...facts)
    },
  }
}

type Change = (day: number, records: Record_[]) => Record_[]
interface QuietOptions {
  host?: string
  recipients?: string[]
  silent?: number[]
}

const DAYS = 20
const SHARED_UP_TO = 3
let shared: Promise<World & { counters: Counters }> | undefined

/** A shop that works as it should: 21 days of requests, logins and audit records, with a heartbeat each day. */
export async function quietWorld(
  t: Test,
  change: Change = (_, records) => records,
  options?: QuietOptions,
): Promise<World> {
  if (options !== undefined) return days(world(t), DAYS, 0, change, options)
  // The days that no test changes are made once.
  shared ??= days(world(tap), DAYS, SHARED_UP_TO, (_, records) => records, {})
  return days(world(t, await shared), SHARED_UP_TO - 1, 0, change, {})
}

async function days<Made extends World>(
  made: Made,
  from: number,
  to: number,
  change: Change,
  { silent = [], ...options }: QuietOptions,
): Promise<Made> {
  const midnight = Math.floor(NOW / DAY) * DAY
  for (let day = from; day >= to; day--) {
    const begin = midnight - day * DAY
    if (!silent.includes(day)) await made.enter(begin + HOUR, { kind: 'heartbeat', open: 1 })
    const records = change(day, quietDay(begin)).sort((a, b) => a.time - b.time)
    if (records.length > 0) await made.put(records, { at: begin + 8 * HOUR + 20 * MINUTE, ...options })
  }
  return made
}

function quietDay(begin: number): Record_[] {
  const at = (minutes: number) => begin + minutes * MINUTE
  return [
    ...Array.from({ length: 40 }, (_, i) =>
      access(at(i * 12), 'GET /orders/:id', 200, { responseTime: 3 + (i % 5) }),
    ),
    access(at(100), 'GET /health', 500),
    login(at(60), 'ada', '203.0.113.9'),
    login(at(61), 'bob', '203.0.113.10'),
    login(at(62), 'bob', '203.0.113.10', 'failure'),
    audit(at(200), 'order.refund', 'ada', 'success', { target: '17' }),
    audit(at(210), 'order.delete', 'bob', 'denied', { target: '18' }),
    { time: at(220), operation: 'GET /search', reqId: 'r', msg: 'query [SECRET:query]' },
  ]
}

export function look(
  dirs: string | string[],
  options: {
    since?: number
    until?: number
    now?: number
    identities?: string[]
    surroundings?: Surroundings
  } = {},
): Promise<Reviewed> {
  const {
    now = NOW,
    since = now - 7 * DAY,
    until = now,
    identities = [],
    surroundings = { shipping: [], disk: null },
  } = options
  return review({
    dirs: [dirs].flat(),
    period: periodOf(since, until),
    now,
    identities,
    keepDays: 90,
    version: '0.0.0',
    surroundings: async () => surroundings,
  })
}
