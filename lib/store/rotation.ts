/** Why a segment ended. `error`: it could no longer be written; `adopted`: its writer is gone. */
export type RotationReason = 'size' | 'age' | 'day' | 'close' | 'error' | 'adopted'

export interface Limits {
  /** Bytes. */
  maxSize: number
  /** Milliseconds. */
  maxAge: number
}

/** Both clocks: the wall clock may jump, the monotonic one knows no days. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds since some moment, never going back. */
  monotonic(): number
}

export const systemClock: Clock = { now: Date.now, monotonic: () => performance.now() }

const DAY = 86_400_000

export function utcDay(now: number): number {
  return Math.floor(now / DAY)
}

/** Whether time has ended a segment. Another UTC day is one, also when the clock went back to it. */
export function endedByTime(
  segment: { day: number; openedAt: number },
  limits: Limits,
  clock: Clock,
): RotationReason | undefined {
  if (utcDay(clock.now()) !== segment.day) return 'day'
  return clock.monotonic() - segment.openedAt >= limits.maxAge ? 'age' : undefined
}

/** Up to which line, from line `from` on, all fit into `room` bytes; `from` itself when not even one does. */
export function fitting(ends: ArrayLike<number>, from: number, to: number, room: number): number {
  const limit = startOf(ends, from) + room
  if (ends[to - 1] <= limit) return to
  let line = from
  while (ends[line] <= limit) line++
  return line
}

/** Where a line starts in its batch. */
export function startOf(ends: ArrayLike<number>, line: number): number {
  return line === 0 ? 0 : ends[line - 1]
}
