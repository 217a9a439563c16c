const TIME_LENGTH = '2026-11-24T02:29:31.123Z'.length
const DASH = 0x2d
const COLON = 0x3a
const ZERO = 0x30
const NO_DIGITS = 100_000
const DAYS: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

// Lines that follow each other are of one day, nearly always.
let heldDay = -1
let heldDayStart = 0

/** Milliseconds since the epoch; NaN for what `Date` would not write so. */
export function isoTime(bytes: Uint8Array, from: number, to: number): number {
  if (to - from !== TIME_LENGTH || !hasSigns(bytes, from)) return Number.NaN
  const hours = two(bytes, from + 11)
  const minutes = two(bytes, from + 14)
  const seconds = two(bytes, from + 17)
  const hundreds = two(bytes, from + 20)
  const thousandths = bytes[from + 22] - ZERO
  if (!(hours <= 23 && minutes <= 59 && seconds <= 59 && hundreds <= 99)) return Number.NaN
  if (!(thousandths >= 0 && thousandths <= 9)) return Number.NaN
  return dayStart(bytes, from) + ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundreds * 10 + thousandths
}

/** `    -  -  T  :  :  .   Z` */
function hasSigns(bytes: Uint8Array, from: number): boolean {
  return (
    bytes[from + 4] === DASH &&
    bytes[from + 7] === DASH &&
    bytes[from + 10] === 0x54 &&
    bytes[from + 13] === COLON &&
    bytes[from + 16] === COLON &&
    bytes[from + 19] === 0x2e &&
    bytes[from + 23] === 0x5a
  )
}

function dayStart(bytes: Uint8Array, from: number): number {
  const year = two(bytes, from) * 100 + two(bytes, from + 2)
  if (!(year <= 9999)) return Number.NaN
  const month = two(bytes, from + 5)
  const day = two(bytes, from + 8)
  const number = (year * 100 + month) * 100 + day
  if (number === heldDay) return heldDayStart
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1])) return Number.NaN
  const date = new Date(0)
  // Unlike Date.UTC, it takes years below 100 as they are.
  const start = date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCDate() !== day) return Number.NaN
  heldDay = number
  heldDayStart = start
  return start
}

/** Two digits; more than any of them can be when one is none. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - ZERO
  const ones = bytes[at + 1] - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_DIGITS
}
