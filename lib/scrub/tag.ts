/**
 * What stands in markers with `correlate`: the first 48 bits of an HMAC-SHA-256 (RFC 2104) of the secret, so that the
 * same secret can be followed through the logs by all who share the key, and guessed by nobody else.
 *
 * The same secret is written in many ways. What is hashed is its canonical form: escapes of JSON and percent-escapes
 * resolved, again and again until none is left; of numbers in groups (capitals, digits and the marks
 * between groups alone) the marks left out; e-mail addresses in lower case. Base64 is not undone.
 */
import { createHmac } from 'node:crypto'
import { unescapedJson, unescapedPercent } from './unescape.ts'

export const TAG_DIGITS = 12
/** Resolves what was escaped that often; an escape of an escape takes two. */
const MAX_ROUNDS = 16
const GROUP_MARKS = ' -().'

/** Makes the tag of a secret that was cut under this id. */
export type Tagger = (secret: string, id: string) => string

export function taggerOf(key: Buffer): Tagger {
  // A copy: the program may wipe its own.
  const own = Buffer.from(key)
  return (secret, id) =>
    createHmac('sha256', own).update(canonical(secret, id)).digest('hex').slice(0, TAG_DIGITS)
}

export function canonical(secret: string, id: string): string {
  const plain = settled(secret, (text) => unescapedPercent(settled(text, unescapedJson)))
  if (id === 'email') return plain.toLowerCase()
  return isGrouped(plain) ? withoutMarks(plain) : plain
}

function settled(text: string, resolve: (text: string) => string): string {
  let settled = text
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = resolve(settled)
    if (next === settled) break
    settled = next
  }
  return settled
}

function isGrouped(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const isCapital = code >= 0x41 && code <= 0x5a
    const isDigit = code >= 0x30 && code <= 0x39
    if (!isCapital && !isDigit && code !== 0x2b && !GROUP_MARKS.includes(text[i])) return false
  }
  return true
}

function withoutMarks(text: string): string {
  let kept = ''
  for (const character of text) if (!GROUP_MARKS.includes(character)) kept += character
  return kept
}
