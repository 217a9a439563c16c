/**
 * What is otherwise than in the time before, and when somebody last looked.
 */

import { MAX_REVIEWS } from '../keep/reviews.ts'
import type { Remark } from './bounded.ts'
import type { DirectoryPart, Tallies } from './directory.ts'
import { DAY_MS, type Period } from './period.ts'
import type { ChangesReport } from './report.ts'

/** How many days of the period and of the time before it are kept and were read; null: too little to compare with. */
export interface Days {
  now: number
  before: number | null
}

/** From when on all that was logged is kept and was looked at; undefined when nothing is. */
export function knownFrom(parts: DirectoryPart[], { since }: Period): number | undefined {
  const firsts = parts.flatMap(({ first }) => (first === undefined ? [] : [first]))
  const unread = parts.flatMap(({ unreadUntil }) => (unreadUntil === undefined ? [] : [unreadUntil]))
  if (firsts.length === 0) return undefined
  return Math.max(Math.min(...firsts), ...unread.filter((until) => until < since))
}

export function daysOf(period: Period, known: number | undefined, now: number): Days {
  const { since, until, before } = period
  const from = known ?? since
  // Less than a day says little of what a day brings.
  const least = Math.min(DAY_MS, until - since)
  const length = Math.min(until, Math.max(now, since)) - Math.max(since, Math.min(from, until))
  const earlier = since - Math.max(before, from)
  return { now: Math.max(length, least) / DAY_MS, before: earlier >= least ? earlier / DAY_MS : null }
}

/**
 * Up to when the time before the period was reviewed: of the directories with reviews, that of the one whose end first.
 * A review of a time long ago, or of a later one alone, takes nothing from others. Milliseconds since the epoch;
 * undefined when no review tells.
 */
export function reviewedUntil(parts: DirectoryPart[], { since }: Period): number | undefined {
  const ends = parts.flatMap(({ story: { reviews } }) => {
    const reaching = reviews.filter((review) => Date.parse(review.since) <= since)
    return reaching.length === 0 ? [] : [Math.max(...reaching.map(({ until }) => Date.parse(until)))]
  })
  return ends.length === 0 ? undefined : Math.min(...ends)
}

/** Whether a count is so much larger than one of another time that chance does not explain it. */
export function isMore(now: number, before: number): boolean {
  return now > Math.max(1.5 * before, before + 3 * Math.sqrt(before))
}

/** What a count of the time before would be in a time as long as the period. */
export function scaled(before: number, days: Days): number | null {
  return days.before === null ? null : (before * days.now) / days.before
}

export function changesReport(
  parts: DirectoryPart[],
  { requests, logins, audit, secrets }: Tallies,
  days: Days,
  remark: Remark,
): ChangesReport {
  const rows: [string, number, number][] = [
    ['lines', requests.sums.now.lines, requests.sums.before.lines],
    ['bytes', requests.sums.now.bytes, requests.sums.before.bytes],
    ['requests', requests.sums.now.requests, requests.sums.before.requests],
    ['server errors', requests.sums.now.serverErrors, requests.sums.before.serverErrors],
    ['error lines', requests.sums.now.errorLines, requests.sums.before.errorLines],
    ['logins', logins.sums.now.succeeded, logins.sums.before.succeeded],
    ['failed logins', logins.sums.now.failed, logins.sums.before.failed],
    ['audit records', audit.sums.now.total, audit.sums.before.total],
    ['denials', audit.sums.now.denied, audit.sums.before.denied],
    ['secrets cut', secrets.sums.now, secrets.sums.before],
  ]
  const reviews = parts
    .flatMap(({ report: { dir }, story }) => story.reviews.map((review) => ({ dir, ...review })))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
  const [last] = reviews
  return {
    last:
      last === undefined
        ? null
        : { at: last.at, by: last.by, reviewer: last.reviewer ?? null, since: last.since, until: last.until },
    reviews: reviews
      .slice(0, MAX_REVIEWS)
      .map(({ dir, at, by, reviewer }) => ({ dir, at, by, reviewer: reviewer ?? null })),
    rows: rows.map(([name, now, before]) => ({
      name,
      now: rounded(now / days.now),
      before: days.before === null ? null : rounded(before / days.before),
    })),
    newOperations: days.before === null ? [] : requests.newOperations(remark),
  }
}

function rounded(count: number): number {
  return Math.round(count * 10) / 10
}
