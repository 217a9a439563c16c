/**
 * International bank account numbers (ISO 13616): a country, two check digits, and as many letters and digits as the
 * country's accounts have, together or in groups of four. The number with its first four characters at its end
 * leaves 1 when divided by 97 (ISO/IEC 7064). Capitals only: that is how they are printed.
 */
import { atLeftEdge, BLANK, CLASS, isDigit, WORD } from './bytes.ts'

/** Country, length of the whole, and `n` where nothing but digits follows the country. From the SWIFT registry. */
const COUNTRIES =
  'AD24 AE23n AL28 AT20n AZ28 BA20n BE16n BG22 BH22 BI27n BR29 BY28 CH21 CR22n CY28 CZ24n DE22n DJ27n DK18n DO28 EE20n EG29n ' +
  'ES24n FI18n FK18 FO18n FR27 GB22 GE22 GI23 GL18n GR27 GT28 HN28 HR21n HU28n IE22 IL23n IQ23 IS26n IT27 JO30 KW30 KZ20 LB28 ' +
  'LC32 LI21 LT20n LU20 LV21 LY25n MC27 MD24 ME22n MK19 MN20n MR27n MT31 MU30 NI28 NL18 NO15n OM23 PK24 PL28n PS29 PT25n QA29 ' +
  'RO24 RS22n RU33 SA24 SC31 SD18n SE24n SI19n SK24n SM27 SO23n ST25n SV28 TL23n TN24n TR26 UA29 VA22n VG24 XK20n YE30'

interface Country {
  length: number
  digitsOnly: boolean
}

const FORMATS = new Map<number, Country>(
  COUNTRIES.split(' ').map((entry) => [
    codeOf(entry.charCodeAt(0), entry.charCodeAt(1)),
    { length: Number.parseInt(entry.slice(2), 10), digitsOnly: entry.endsWith('n') },
  ]),
)

/** Countries and lengths, for tests. */
export const IBAN_COUNTRIES: readonly string[] = COUNTRIES.split(' ')

const HEAD = 4
const GROUP = 4
const MODULUS = 97

/** Where the account number that starts at `at` ends, or -1. Looks at 42 bytes at most. */
export function ibanEnd(bytes: Uint8Array, at: number, start: number, end: number): number {
  if (at + HEAD > end || !isDigit(bytes[at + 2]) || !isDigit(bytes[at + 3])) return -1
  const country = FORMATS.get(codeOf(bytes[at], bytes[at + 1]))
  if (country === undefined || !atLeftEdge(bytes, at, start)) return -1
  const isGrouped = bytes[at + HEAD] === BLANK
  let rest = 0
  let count = HEAD
  let to = at + HEAD
  while (count < country.length) {
    if (isGrouped && count % GROUP === 0 && bytes[to] === BLANK) to++
    if (to >= end) return -1
    const byte = bytes[to]
    if (isDigit(byte)) rest = (rest * 10 + byte - 0x30) % MODULUS
    else if (isCapital(byte) && !country.digitsOnly) rest = withLetter(rest, byte)
    else return -1
    count++
    to++
  }
  if (to < end && (CLASS[bytes[to]] & WORD) !== 0) return -1
  rest = withLetter(withLetter(rest, bytes[at]), bytes[at + 1])
  const check = (bytes[at + 2] - 0x30) * 10 + bytes[at + 3] - 0x30
  return (rest * 100 + check) % MODULUS === 1 ? to : -1
}

function codeOf(first: number, second: number): number {
  return (first << 8) | second
}

function isCapital(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a
}

/** Letters count as two digits, `A` as 10. */
function withLetter(rest: number, letter: number): number {
  return (rest * 100 + letter - 0x41 + 10) % MODULUS
}
