const TIME_LENGTH = '2026-11-24T02:29:31.123Z'.length
const DIGITS_AT: readonly number[] = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 22]
const SIGNS: readonly (readonly [at: number, byte: number])[] = [...'    -  -  T  :  :  .   Z'].flatMap(
  (sign, at): [number, number][] => (sign === ' ' ? [] : [[at, sign.charCodeAt(0)]]),
)
const DAYS: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

// Lines that follow each other are of one day, nearly always.
let heldDay = -1
let heldDayStart = 0

/** Milliseconds since the epoch; NaN for what `Date` would not write so. */
export function isoTime(bytes: Uint8Array, from: number, to: number): number {
  if (to - from !== TIME_LENGTH) return Number.NaN
  for (let i = 0; i < DIGITS_AT.length; i++) {
    const digit = bytes[from + DIGITS_AT[i]] - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
  }
  for (let i = 0; i < SIGNS.length; i++) if (bytes[from + SIGNS[i][0]] !== SIGNS[i][1]) return Number.NaN
  const hours = two(bytes, from + 11)
  const minutes = two(bytes, from + 14)
  const seconds = two(bytes, from + 17)
  if (hours > 23 || minutes > 59 || seconds > 59) return Number.NaN
  const milliseconds = two(bytes, from + 20) * 10 + bytes[from + 22] - 0x30
  return dayStart(bytes, from) + ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
}

function dayStart(bytes: Uint8Array, from: number): number {
  const year = two(bytes, from) * 100 + two(bytes, from + 2)
  const month = two(bytes, from + 5)
  const day = two(bytes, from + 8)
  const number = (year * 100 + month) * 100 + day
  if (number === heldDay) return heldDayStart
  if (month < 1 || month > 12 || day < 1 || day > DAYS[month - 1]) return Number.NaN
  const date = new Date(0)
  // Unlike Date.UTC, it takes years below 100 as they are.
  const start = date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCDate() !== day) return Number.NaN
  heldDay = number
  heldDayStart = start
  return start
}

function two(bytes: Uint8Array, at: number): number {
  return bytes[at] * 10 + bytes[at + 1] - 0x30 * 11
}
