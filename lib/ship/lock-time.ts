/*
 * Until when a segment is locked in a target.
 */

const DAY = 86_400_000
/** AWS takes no lock of more than 100 years, and nobody a year of five digits. */
const LONGEST = 36_499 * DAY

/**
 * So many days from its last record or from its sealing, whichever was later, as it is kept here: a clock that was
 * wrong, or a line that says so, does not end it early. Milliseconds since the epoch; NaN when no date is one.
 * @param last of its records, ISO 8601
 * @param sealedAt milliseconds since the epoch
 */
export function lockUntil(last: string, sealedAt: number, keepDays: number): number {
  return Math.min(Math.max(Date.parse(last), sealedAt) + keepDays * DAY, sealedAt + LONGEST)
}

/** What has to be held whatever the clock said when it was sealed. */
export function leastLock(last: string, sealedAt: number, keepDays: number): number {
  return Math.min(Date.parse(last) + keepDays * DAY, sealedAt + LONGEST)
}
