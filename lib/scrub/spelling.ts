/**
 * A name as it is meant, however it was written: escapes resolved, invisible characters left out, look-alikes of
 * other alphabets folded. Only names are read so, for looking them up; the line itself stays as it is.
 */
import { PERCENT } from './bytes.ts'

/** What to look a name up by, first to last: `pass\u0077ord`, `%70assword`, `pass&#119;ord` are `password`. */
export function spellingsOf(name: string): string[] {
  const plain = unescaped(withoutMarkers(name))
  return isAscii(plain) ? [plain] : [plain, folded(plain)]
}

/** A name that was cut itself says nothing by its marker. */
function withoutMarkers(name: string): string {
  let rest = name
  for (let at = rest.indexOf('[SECRET:'); at !== -1; at = rest.indexOf('[SECRET:', at)) {
    const close = rest.indexOf(']', at)
    rest = `${rest.slice(0, at)} ${close === -1 ? '' : rest.slice(close + 1)}`
  }
  return rest
}

function unescaped(name: string): string {
  if (!name.includes('\\') && !name.includes('%') && !name.includes('&#')) return name
  let plain = ''
  for (let i = 0; i < name.length; ) {
    const { text, length } = escapeAt(name, i) ?? { text: name[i], length: 1 }
    plain += text
    i += length
  }
  return plain
}

const ESCAPES = [
  { mark: '\\u', digits: 4 },
  { mark: '\\x', digits: 2 },
  { mark: String.fromCharCode(PERCENT), digits: 2 },
]
const LONGEST_ENTITY = 10

function escapeAt(name: string, at: number): { text: string; length: number } | undefined {
  if (name.startsWith('&#', at)) return entityAt(name, at)
  const known = ESCAPES.find(({ mark }) => name.startsWith(mark, at))
  if (known === undefined) return undefined
  const from = at + known.mark.length
  const code = numberOf(name.slice(from, from + known.digits), 16, known.digits)
  return code === undefined
    ? undefined
    : { text: String.fromCharCode(code), length: known.mark.length + known.digits }
}

/** `&#119;` and `&#x77;` (HTML, section 13.5). */
function entityAt(name: string, at: number): { text: string; length: number } | undefined {
  const end = name.indexOf(';', at)
  if (end === -1 || end - at > LONGEST_ENTITY) return undefined
  const isHex = name[at + 2] === 'x' || name[at + 2] === 'X'
  const code = isHex ? numberOf(name.slice(at + 3, end), 16, 1) : numberOf(name.slice(at + 2, end), 10, 1)
  return code === undefined || code > 0x10ffff
    ? undefined
    : { text: String.fromCodePoint(code), length: end + 1 - at }
}

function numberOf(digits: string, radix: 10 | 16, fewest: number): number | undefined {
  if (digits.length < fewest) return undefined
  let number = 0
  for (const digit of digits) {
    const value = DIGITS.indexOf(digit.toLowerCase())
    if (value === -1 || value >= radix) return undefined
    number = number * radix + value
  }
  return number
}
const DIGITS = '0123456789abcdef'

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** Letters of Cyrillic and Greek that look like Latin ones (Unicode Technical Standard 39, confusables). */
const LOOK_ALIKES = new Map(
  [...'аaеeоoрpсcуyхxіiѕsјjԁdһhԛqԝwӏlАAВBЕEКKМMНHОOРPСCТTХXІIЅSЈJαaοoρpνvκkιiΑAΒBΕEΗHΙIΚKΜMΝNΟOΡPΤTΧXΥY']
    .map((letter, i, all): [string, string] => [letter, all[i + 1]])
    .filter((_, i) => i % 2 === 0),
)

function folded(text: string): string {
  let plain = ''
  for (const letter of text.normalize('NFKC')) {
    if (!isInvisible(letter.codePointAt(0) as number)) plain += LOOK_ALIKES.get(letter) ?? letter
  }
  return plain
}

/** Characters that take no room: soft hyphen, zero-width ones, marks of direction, variation selectors. */
function isInvisible(code: number): boolean {
  if (code === 0xad || code === 0x34f || code === 0x61c || code === 0x180e || code === 0xfeff) return true
  return (
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    (code >= 0xfe00 && code <= 0xfe0f)
  )
}
