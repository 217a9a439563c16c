/**
 * What goes from the value of a secret name: all of it, but for the parts of headers that are none: the scheme of
 * an Authorization, the names and attributes of cookies.
 */
import { BLANK, DASH, EQUALS, OPEN_BRACKET, SEMICOLON } from '../bytes.ts'
import type { Line } from '../line.ts'
import { Words } from '../words.ts'
import { isPlaceholder } from './placeholder.ts'
import { readsAsToken } from './reads.ts'

const SCHEMES = new Words(
  (
    'basic bearer token digest negotiate ntlm apikey api-key key hmac sharedkey sharedkeylite hawk signature oauth dpop ' +
    'aws4-hmac-sha256 aws4-ecdsa-p256-sha256 goog4-rsa-sha256'
  )
    .split(' ')
    .map((scheme) => `${scheme} `),
)

const ATTRIBUTES = new Words('path domain expires max-age samesite priority version comment'.split(' '))

/** Cuts a value that stands in `[from, to)`, quotes not included. */
export function cutValue(line: Line, from: number, to: number, row: number): void {
  if (isPlaceholder(line.bytes, from, to)) return
  if (line.rules.keyRules[row].weak === true && !readsAsToken(line.bytes, from, to)) return
  if (line.rules.keyRules[row].id === 'cookie' && cutCookies(line, from, to, row)) return
  // `'Bearer ' + '…'`: what is joined to it is looked at by itself.
  if (SCHEMES.at(line.bytes, from, to) === to - from) return
  const credentials = afterScheme(line.bytes, from, to)
  if (!isPlaceholder(line.bytes, credentials, to))
    line.cutUnlessMarked(credentials, to, line.rules.keyCode(row))
}

/** Where the credentials start after the name of an authentication scheme (RFC 9110 section 11.4). */
export function afterScheme(bytes: Uint8Array, from: number, to: number): number {
  const scheme = SCHEMES.at(bytes, from, to)
  if (scheme === 0) return from
  let at = from + scheme
  while (at < to && bytes[at] === BLANK) at++
  // `--token TOKEN [--user USER]`
  if (bytes[at] === OPEN_BRACKET && bytes[at + 1] === DASH) return from
  return at < to ? at : from
}

/** `a=1; b=2; Path=/` (RFC 6265 section 4): each value goes, names and attributes stay. */
function cutCookies(line: Line, from: number, to: number, row: number): boolean {
  const { bytes, rules } = line
  let pairs = 0
  for (let at = from; at < to; ) {
    while (at < to && (bytes[at] === BLANK || bytes[at] === SEMICOLON)) at++
    const end = indexOrEnd(bytes, SEMICOLON, at, to)
    const equals = indexOrEnd(bytes, EQUALS, at, end)
    // A value that ends in equals signs is base64.
    const isPadding = equals + 2 >= end && bytes[end - 1] === EQUALS && at === from && end === to
    if (equals < end && !isPadding) {
      pairs++
      if (!isAttribute(bytes, at, equals)) line.cutUnlessMarked(equals + 1, end, rules.keyCode(row))
    } else if (pairs === 0) {
      return false
    }
    at = end
  }
  return pairs > 0
}

function indexOrEnd(bytes: Uint8Array, byte: number, from: number, end: number): number {
  while (from < end && bytes[from] !== byte) from++
  return from
}

function isAttribute(bytes: Uint8Array, from: number, to: number): boolean {
  return ATTRIBUTES.isWhole(bytes, from, to)
}
