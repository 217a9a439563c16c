/**
 * ISO 8601 in UTC with milliseconds (`2026-11-24T02:29:31.123Z`). The text up to the second is kept from line to
 * line: formatting a Date anew costs several times more.
 */
const SECOND = 1000
let second = -1
let text = ''

export function isoTime(now: number): string {
  const thisSecond = Math.floor(now / SECOND)
  if (thisSecond !== second) {
    second = thisSecond
    text = new Date(thisSecond * SECOND).toISOString().slice(0, -4)
  }
  const ms = now - thisSecond * SECOND
  return ms < 10 ? `${text}00${ms}Z` : ms < 100 ? `${text}0${ms}Z` : `${text}${ms}Z`
}
