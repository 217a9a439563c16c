/**
 * The last 90 days, day by day and host by host: whether there are lines, and if not, whether a keeper was there.
 */
import { OTHER } from '../keep/search-index/summary.ts'
import type { LedgerStory } from './ledger-story.ts'
import { DAY_MS } from './period.ts'
import type { CoverageReport, DayState } from './report.ts'

const DAYS = 90
const MAX_HOSTS = 500

interface Host {
  host: string
  service: string
  /** By UTC day, counted from the epoch. */
  lines: Map<number, number>
  removed: Set<number>
  /** The first day of which something is known. */
  first: number
}

/** Of one directory. */
export class CoverageTally {
  readonly #hosts = new Map<string, Host>()
  /** Those that found no room are one: a day on which they have lines is not silent. */
  #other: Host | undefined
  leftOut = 0

  /** What was read of a segment. @param time milliseconds since the epoch */
  add(host: string, service: string, time: number, lines: number): void {
    const row = this.#host(host, service)
    if (lines === 0) return
    const day = Math.floor(time / DAY_MS)
    row.lines.set(day, (row.lines.get(day) ?? 0) + lines)
    row.first = Math.min(row.first, day)
  }

  /** What the ledger says of a segment that was not read: its lines are spread over its time. */
  addListed(
    host: string,
    segment: { service: string; first: number; last: number; lines: number; isPruned: boolean },
  ): void {
    const { service, first, last, lines, isPruned } = segment
    const row = this.#host(host, service)
    const [from, to] = [Math.floor(first / DAY_MS), Math.floor(last / DAY_MS)]
    if (to - from > MOST_DAYS) return
    row.first = Math.min(row.first, from)
    let left = lines
    for (let day = from; day <= to; day++) {
      const part = Math.floor(left / (to - day + 1))
      left -= part
      if (isPruned) row.removed.add(day)
      else row.lines.set(day, (row.lines.get(day) ?? 0) + part)
    }
  }

  #host(host: string, service: string): Host {
    const key = `${host}\u0000${service}`
    let row = this.#hosts.get(key)
    if (row === undefined && this.#hosts.size >= MAX_HOSTS) {
      this.leftOut++
      return (this.#other ??= emptyHost(OTHER, ''))
    }
    row ??= emptyHost(host, service)
    this.#hosts.set(key, row)
    return row
  }

  get hosts(): { host: string; service: string }[] {
    return [...this.#hosts.values()].map(({ host, service }) => ({ host, service }))
  }

  /** @param days UTC days, counted from the epoch */
  report(dir: string, days: number[], { heartbeats }: LedgerStory): CoverageReport['hosts'] {
    const hosts = [...this.#hosts.values()].sort((a, b) => (a.host + a.service < b.host + b.service ? -1 : 1))
    if (this.#other !== undefined) hosts.push(this.#other)
    return hosts.map((row) => ({
      dir,
      host: row.host,
      service: row.service,
      days: days.map((day) => {
        const lines = row.lines.get(day) ?? 0
        return { lines, state: stateOf(row, day, lines, heartbeats) }
      }),
    }))
  }
}

function emptyHost(host: string, service: string): Host {
  return { host, service, lines: new Map(), removed: new Set(), first: Number.POSITIVE_INFINITY }
}

/** A clock that was set may have dated a segment anywhere. */
const MOST_DAYS = 400

/** UTC days up to the one that holds a moment, counted from the epoch. */
export function coveredDays(now: number): number[] {
  const today = Math.floor(now / DAY_MS)
  return Array.from({ length: DAYS + 1 }, (_, i) => today - DAYS + i)
}

function stateOf(row: Host, day: number, lines: number, heartbeats: ReadonlySet<number>): DayState {
  if (lines > 0) return 'lines'
  if (row.removed.has(day)) return 'removed'
  if (day < row.first) return 'before'
  return heartbeats.has(day) ? 'quiet' : 'silent'
}

/**
 * Days of a directory without lines and without a keeper, today left out: `YYYY-MM-DD`. One host that logs is enough:
 * others may have ended, as containers do.
 */
export function silentDays({ days, hosts }: CoverageReport, from: string): { dir: string; day: string }[] {
  const silent = new Map<string, { dir: string; day: string }>()
  const logged = new Set<string>()
  const done = days.length - 1
  for (const { dir, days: states } of hosts)
    for (let i = 0; i < done; i++) {
      const day = days[i] as string
      const key = `${dir}\u0000${day}`
      const state = states[i]?.state
      if (state === 'silent' && day >= from) silent.set(key, { dir, day })
      if (state === 'lines' || state === 'removed') logged.add(key)
    }
  for (const key of logged) silent.delete(key)
  return [...silent.values()].sort((a, b) => (a.day + a.dir < b.day + b.dir ? -1 : 1))
}
