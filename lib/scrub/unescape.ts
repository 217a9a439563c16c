/** Escapes resolved once; what is no escape stays as it is. */

const SHORT: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const UNICODE_DIGITS = 4
const PERCENT_DIGITS = 2

/** The escapes of JSON strings (RFC 8259 section 7). */
export function unescapedJson(text: string): string {
  if (!text.includes('\\')) return text
  const pieces: string[] = []
  let from = 0
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', from)) {
    const letter = text[at + 1]
    const code = letter === 'u' ? hexIn(text, at + 2, UNICODE_DIGITS) : -1
    const character = code === -1 ? SHORT[letter] : String.fromCharCode(code)
    pieces.push(text.slice(from, at), character ?? text.slice(at, at + 1))
    from = character === undefined ? at + 1 : at + 2 + (code === -1 ? 0 : UNICODE_DIGITS)
  }
  pieces.push(text.slice(from))
  return pieces.join('')
}

/** Percent-encoding (RFC 3986 section 2.1) of UTF-8. */
export function unescapedPercent(text: string): string {
  if (!text.includes('%')) return text
  const pieces: Buffer[] = []
  let from = 0
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at + 1)) {
    const code = hexIn(text, at + 1, PERCENT_DIGITS)
    if (code === -1) continue
    pieces.push(Buffer.from(text.slice(from, at)), Buffer.of(code))
    from = at + 1 + PERCENT_DIGITS
  }
  pieces.push(Buffer.from(text.slice(from)))
  return Buffer.concat(pieces).toString()
}

/** The number that so many hexadecimal digits at `from` stand for, or -1. */
function hexIn(text: string, from: number, digits: number): number {
  let number = 0
  for (let at = from; at < from + digits; at++) {
    const digit = HEX.indexOf(text.charAt(at).toLowerCase() || '-')
    if (digit === -1) return -1
    number = number * 16 + digit
  }
  return number
}
const HEX = '0123456789abcdef'
