/**
 * The time that a review looks at, in whole hours of UTC, and the time of the same length before it.
 */
import { HOUR_MS } from '../keep/search-index/summary.ts'

export const DAY_MS: number = 24 * HOUR_MS

/** All in milliseconds since the epoch. */
export interface Period {
  since: number
  until: number
  /** When the time before it begins. */
  before: number
  /** How long a step of a series is, and when each begins; the first may begin before `since`. */
  step: number
  steps: readonly number[]
}

/** `earlier`: before the time before it. */
export type Place = 'earlier' | 'before' | 'now' | 'later'

/** Longer periods are told by days. */
const HOURS_UP_TO = 14 * DAY_MS + HOUR_MS

/** The whole hours around two moments, one hour at least. */
export function periodOf(from: number, to: number): Period {
  const since = Math.floor(from / HOUR_MS) * HOUR_MS
  const until = Math.max(since + HOUR_MS, Math.ceil(to / HOUR_MS) * HOUR_MS)
  const step = until - since <= HOURS_UP_TO ? HOUR_MS : DAY_MS
  const first = Math.floor(since / step) * step
  const steps = Array.from({ length: Math.ceil((until - first) / step) }, (_, i) => first + i * step)
  return { since, until, before: since - (until - since), step, steps }
}

export function placeOf({ before, since, until }: Period, time: number): Place {
  if (time < before) return 'earlier'
  if (time < since) return 'before'
  return time < until ? 'now' : 'later'
}

/** Number of the step that a moment of the period falls into. */
export function stepOf({ steps, step }: Period, time: number): number {
  return Math.floor((time - (steps[0] as number)) / step)
}

export function iso(time: number): string {
  return new Date(time).toISOString()
}
