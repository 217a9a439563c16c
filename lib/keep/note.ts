import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { promisify } from 'node:util'

/*
 * Keys and signatures as texts: C2SP signed notes (c2sp.org/signed-note) and checkpoints in the form of a tlog
 * checkpoint (c2sp.org/tlog-checkpoint).
 */

/** The type byte of Ed25519 in a signed note. */
const ED25519 = 0x01
const RAW_KEY = 32
const RAW_SIGNATURE = 64
const KEY_ID = 4
const DASH = '\u2014 '

export interface Checkpoint {
  /** `hushlog/…`: which ledger. */
  origin: string
  /** How many lines, up to and with the seal. */
  size: number
  /** The signed text. */
  text: string
  /** Base64. */
  sig: string
  /** The key id, hexadecimal. */
  keyId: string
}

/** The name of a ledger, from its first public key (base64). */
export function originOf(firstKey: string): string {
  return `hushlog/${sha256(Buffer.from(firstKey, 'base64')).toString('hex').slice(0, 16)}`
}

/** What a seal signs. */
export function checkpointText(origin: string, size: number, root: Uint8Array, at: string): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n${at}\n`
}

/** The signed note, from the text, the signature of the seal and the public key that made it (both base64). */
export function formatCheckpoint(text: string, sig: string, key: string): string {
  const origin = text.slice(0, text.indexOf('\n'))
  const signature = Buffer.concat([keyIdOf(origin, key), Buffer.from(sig, 'base64')])
  return `${text}\n${DASH}${origin} ${signature.toString('base64')}\n`
}

/** A checkpoint, or undefined for a text that is none of ours. Its signature is not looked at. */
export function parseCheckpoint(note: string): Checkpoint | undefined {
  const lines = note.split('\n')
  const [origin, size, root, at, blank, signature, end] = lines
  if (lines.length !== 7 || blank !== '' || end !== '' || !origin.startsWith('hushlog/')) return undefined
  if (!isCount(size) || bytesOf(root, 32) === undefined || !signature.startsWith(`${DASH}${origin} `))
    return undefined
  const bytes = bytesOf(signature.slice(DASH.length + origin.length + 1), KEY_ID + RAW_SIGNATURE)
  if (bytes === undefined) return undefined
  return {
    origin,
    size: Number(size),
    text: `${[origin, size, root, at].join('\n')}\n`,
    sig: bytes.subarray(KEY_ID).toString('base64'),
    keyId: bytes.subarray(0, KEY_ID).toString('hex'),
  }
}

function isCount(text: string): boolean {
  return String(Number(text)) === text && Number.isSafeInteger(Number(text)) && Number(text) > 0
}

/** The verifier key of a signed note: what stands in keys/first.pub. */
export function verifierKey(key: string): string {
  const origin = originOf(key)
  const typed = Buffer.concat([Buffer.of(ED25519), Buffer.from(key, 'base64')])
  return `${origin}+${keyIdOf(origin, key).toString('hex')}+${typed.toString('base64')}`
}

/** The public key (base64) in a verifier key, or undefined for a text that is none. */
export function parseVerifierKey(text: string): string | undefined {
  // The base64 may hold a `+` of its own.
  const typed = bytesOf(text.split('+').slice(2).join('+'), 1 + RAW_KEY)
  if (typed === undefined || typed[0] !== ED25519) return undefined
  const key = typed.subarray(1).toString('base64')
  return verifierKey(key) === text ? key : undefined
}

export function keyIdOf(origin: string, key: string): Buffer {
  const typed = Buffer.concat([Buffer.of(ED25519), Buffer.from(key, 'base64')])
  return sha256(Buffer.concat([Buffer.from(`${origin}\n`), typed])).subarray(0, KEY_ID)
}

/** Whether a public key (base64) has made a signature (base64) over a text; false for what is no key or signature. */
export function isSignedBy(key: string, text: string, sig: string): boolean {
  const parts = signatureParts(key, sig)
  return parts !== undefined && verify(undefined, Buffer.from(text), parts.publicKey, parts.signature)
}

/** The same in the pool of threads, several at a time. */
export async function isSignedByLater(key: string, text: string, sig: string): Promise<boolean> {
  const parts = signatureParts(key, sig)
  return parts !== undefined && verifyLater(undefined, Buffer.from(text), parts.publicKey, parts.signature)
}

function signatureParts(key: string, sig: string): { publicKey: KeyObject; signature: Buffer } | undefined {
  const signature = bytesOf(sig, RAW_SIGNATURE)
  const publicKey = publicKeyOf(key)
  return signature === undefined || publicKey === undefined ? undefined : { publicKey, signature }
}

const verifyLater = promisify(
  (
    algorithm: undefined,
    text: Buffer,
    key: KeyObject,
    signature: Buffer,
    done: (error: Error | null, isRight: boolean) => void,
  ) => verify(algorithm, text, key, signature, done),
)

function publicKeyOf(key: string): KeyObject | undefined {
  const raw = bytesOf(key, RAW_KEY)
  if (raw === undefined) return undefined
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  })
}

/** So many bytes, from base64 that is written in the one right way; else undefined. */
function bytesOf(text: unknown, length: number): Buffer | undefined {
  if (typeof text !== 'string' || text.length > length * 2) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
