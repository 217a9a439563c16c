/**
 * Those to whom segments are encrypted: `age1…` (X25519) or `age1pq1…` (post-quantum). Checked without the library,
 * which is loaded only when something is encrypted.
 */
import { HushlogError } from '../errors.ts'

interface Kind {
  name: string
  /** Before the last `1` of the text. */
  prefix: string
  bytes: number
}

const KINDS: readonly Kind[] = [
  { name: 'X25519', prefix: 'age', bytes: 32 },
  { name: 'post-quantum', prefix: 'age1pq', bytes: 1216 },
]
const MOST = 32
const SECRET = 'age-secret-key-'
const TAKES = 'recipients as age writes them: age1… or age1pq1…'

/**
 * Checks recipients and drops those that stand there twice.
 * @param option stands in the error: `storage.encryptTo`, `--encrypt-to`
 * @throws HushlogError `HUSHLOG_OPTION`; what was given is never shown, for it may be a secret key
 */
export function checkRecipients(given: string | readonly string[], option: string): string[] {
  const texts = [...new Set((typeof given === 'string' ? [given] : given).map((text) => text.trim()))]
  const kinds = new Set(texts.map((text) => kindOf(text, option)))
  if (kinds.size > 1)
    throw refusal(option, 'X25519 and post-quantum recipients together', {
      takes: 'recipients of one kind',
      hint: 'what one X25519 recipient can open, a quantum computer could: use age1pq1… for all, or for none',
    })
  if (texts.length > MOST)
    throw refusal(option, `${texts.length} of them`, { takes: `${MOST} recipients at most` })
  return texts
}

function kindOf(text: string, option: string): Kind {
  if (text.toLowerCase().includes(SECRET)) throw secretKey(option)
  const kind = KINDS.find(({ prefix, bytes }) => bech32Bytes(text, prefix) === bytes)
  if (kind === undefined)
    throw refusal(option, `text of ${text.length} characters that is none`, {
      hint: 'hushlog keygen -o FILE makes an identity and prints its recipient',
    })
  return kind
}

function secretKey(option: string): HushlogError {
  return refusal(option, 'a secret key (not shown)', {
    hint: 'take it out of there; whoever could read it can open what is encrypted to it: make another one',
  })
}

function refusal(option: string, got: string, more: { takes?: string; hint?: string }): HushlogError {
  const text = `option ${option} takes ${more.takes ?? TAKES}, got ${got}`
  return new HushlogError('HUSHLOG_OPTION', text, more.hint === undefined ? {} : { hint: more.hint })
}

// BIP 173, without its limit of 90 characters, as age uses it.
const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
const CHECKSUM = 6
const LONGEST = 4096

/** How many bytes a text in bech32 holds; undefined when it is none, has another prefix or a typing error. */
function bech32Bytes(text: string, prefix: string): number | undefined {
  if (text.length > LONGEST || !text.startsWith(`${prefix}1`)) return undefined
  const values = [...text.slice(prefix.length + 1)].map((character) => ALPHABET.indexOf(character))
  if (values.length < CHECKSUM || values.includes(-1)) return undefined
  const codes = [...prefix].map((character) => character.charCodeAt(0))
  const expanded = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)]
  if (polymod([...expanded, ...values]) !== 1) return undefined
  const bits = (values.length - CHECKSUM) * 5
  const padding = bits % 8
  const last = values[values.length - CHECKSUM - 1] ?? 0
  return padding >= 5 || (last & ((1 << padding) - 1)) !== 0 ? undefined : (bits - padding) / 8
}

function polymod(values: number[]): number {
  let sum = 1
  for (const value of values) {
    const top = sum >> 25
    sum = ((sum & 0x1ffffff) << 5) ^ value
    for (const [bit, term] of GENERATOR.entries()) if ((top >> bit) & 1) sum ^= term
  }
  return sum
}

/** Whether the same ones stand in both, in any order. */
export function sameRecipients(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((recipient) => others.includes(recipient))
}
