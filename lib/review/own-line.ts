/**
 * The lines of a segment that a review reads one by one: audit records, gaps, steps of the clock.
 */

export interface AuditLine {
  kind: 'audit'
  time: number
  action: string
  actor: string
  outcome: string
  target: string | null
  reason: string | null
  /** Of the client; undefined where the record has none. */
  address: string | undefined
}

export interface GapLine {
  kind: 'gap'
  time: number
  reason: string
  count: number
  /** Milliseconds since the epoch. */
  first: number
  last: number
}

export interface ClockLine {
  kind: 'clock'
  time: number
  /** Milliseconds. */
  step: number
}

export type OwnLine = AuditLine | GapLine | ClockLine

type Members = Record<string, unknown>

/**
 * What a line says, or undefined for one that is none of these.
 * @param before the time of the line before it, for one that tells none
 */
export function ownLineOf(line: Buffer, before: number): OwnLine | undefined {
  const members = parsed(line)
  const read = READERS.get(members?.kind)
  return members === undefined || read === undefined
    ? undefined
    : read(members, timeIn(members.time) ?? before)
}

const READERS = new Map<unknown, (members: Members, time: number) => OwnLine>([
  ['audit', audit],
  ['gap', gap],
  ['clock', ({ step }, time) => ({ kind: 'clock', time, step: numberIn(step) })],
])

function parsed(line: Buffer): Members | undefined {
  try {
    const members = JSON.parse(line.toString())
    return members === null || typeof members !== 'object' ? undefined : members
  } catch {
    return undefined
  }
}

function audit({ action, actor, outcome, target, reason, details }: Members, time: number): AuditLine {
  const address = (details as Members | null | undefined)?.remoteAddress
  return {
    kind: 'audit',
    time,
    action: textIn(action) ?? 'unknown',
    actor: textIn(actor) ?? 'unknown',
    outcome: textIn(outcome) ?? 'unknown',
    target: textIn(target),
    reason: textIn(reason),
    address: typeof address === 'string' && address !== '' ? address : undefined,
  }
}

function gap({ reason, count, first, last }: Members, time: number): GapLine {
  const [from, to] = [timeIn(first) ?? time, timeIn(last) ?? time]
  return {
    kind: 'gap',
    time,
    reason: textIn(reason) ?? 'unknown',
    count: countIn(count),
    first: from,
    last: to,
  }
}

const LONGEST = 300

/** Text of bounded length; null for what is none. */
export function textIn(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null
  if (value.length <= LONGEST) return value
  // A part of a long text would keep all of it in memory.
  return Buffer.from(`${value.slice(0, LONGEST)}…`).toString()
}

/** Milliseconds since the epoch, from ISO 8601 or a number; undefined for what is no time. */
export function timeIn(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN
  return Math.abs(time) <= 8.64e15 ? time : undefined
}

export function countIn(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0
}

function numberIn(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
