/*
 * Whether one segment of a path is an id, so that `/orders/17` and `/orders/18` are one operation.
 */

const MAX_NAME = 40
/** From here on letters mixed with digits, or with capitals all over, are no word. */
const LONG = 16
/** One digit in eight: `oauth2authorization` stays. */
const RARE = 8
/** One capital in four: `listAllOpenOrders` stays. */
const MANY = 4
const SHORTEST_HEX = 8

export function looksLikeId(segment: string): boolean {
  if (segment.length > MAX_NAME) return true
  const { digits, hex, lower, upper, marks, at } = count(segment)
  const { length } = segment
  if (at) return true
  if (digits > 0 && digits + marks === length) return true
  // Eight or more, so that `decade` and `facade` stay; a UUID is hexadecimal with dashes.
  if (digits > 0 && hex >= SHORTEST_HEX && hex + marks === length) return true
  if (hex >= LONG && hex === length) return true
  return length >= LONG && (digits * RARE >= length || (lower > 0 && upper * MANY > length))
}

interface Counts {
  digits: number
  /** Digits and `a` to `f`. */
  hex: number
  lower: number
  upper: number
  /** Characters that join parts: `-._:,~+`. */
  marks: number
  at: boolean
}

function count(segment: string): Counts {
  const counts = { digits: 0, hex: 0, lower: 0, upper: 0, marks: 0, at: false }
  for (let i = 0; i < segment.length; i++) {
    const code = segment.charCodeAt(i)
    const letter = code | 0x20
    const isLetter = letter >= 0x61 && letter <= 0x7a
    if (code >= 0x30 && code <= 0x39) counts.digits++
    else if (isLetter && code >= 0x61) counts.lower++
    else if (isLetter) counts.upper++
    else if ('-._:,~+'.includes(segment[i])) counts.marks++
    else if (code === 0x40 || segment.startsWith('%40', i)) counts.at = true
    if (isLetter && letter <= 0x66) counts.hex++
  }
  counts.hex += counts.digits
  return counts
}
