import type { Decrypter } from 'age-encryption'
import { HushlogError } from '../errors.ts'
import { NONCE_BYTES, PayloadReader, payloadKey } from './age-payload.ts'
import { Damaged } from './damaged.ts'
import type { RandomAccess } from './random-access.ts'

const MAGIC = 'age-encryption.org/v1\n'
const MAC_LINE = '\n--- '
/** Headers are longer only with some hundred recipients. */
const LONGEST_HEADER = 1024 * 1024
const FIRST_LOOK = 16 * 1024

/** Whether a file begins as one that age made. */
export async function isEncrypted(file: RandomAccess): Promise<boolean> {
  return (await file.read(0, MAGIC.length)).toString('latin1') === MAGIC
}

/**
 * The text of an encrypted file.
 * @param identities as age writes them: `AGE-SECRET-KEY-1…`, `AGE-SECRET-KEY-PQ-1…`
 * @throws HushlogError `HUSHLOG_KEY` when none of the identities opens it
 * @throws Damaged when it is no whole age file
 */
export async function decrypted(
  file: RandomAccess,
  path: string,
  identities: readonly string[],
): Promise<PayloadReader> {
  const header = await readHeader(file)
  const fileKey = await unwrap(header, path, identities)
  const nonce = await file.read(header.length, NONCE_BYTES)
  const start = header.length + NONCE_BYTES
  if (file.size < start) throw new Damaged('it was cut off')
  const payload = new PayloadReader(file, start, payloadKey(fileKey, nonce))
  await payload.checkEnd()
  return payload
}

async function readHeader(file: RandomAccess): Promise<Buffer> {
  for (let length = FIRST_LOOK; ; length *= 4) {
    const head = await file.read(0, length)
    const mac = head.indexOf(MAC_LINE, 0, 'latin1')
    const end = mac === -1 ? -1 : head.indexOf('\n', mac + 1, 'latin1')
    if (end !== -1) return head.subarray(0, end + 1)
    if (length >= Math.min(file.size, LONGEST_HEADER)) throw new Damaged('its header has no end')
  }
}

async function unwrap(header: Buffer, path: string, identities: readonly string[]): Promise<Uint8Array> {
  const decrypter = await decrypterFor(identities)
  try {
    return await decrypter.decryptHeader(header)
  } catch {
    if (await isForOthers(header, identities)) throw wrongIdentity(path, identities.length)
    throw new Damaged('its header was changed')
  }
}

/** To take in an identity takes as long as to open a file with it: a search opens thousands. */
const decrypters = new WeakMap<readonly string[], Promise<Decrypter>>()

function decrypterFor(identities: readonly string[]): Promise<Decrypter> {
  const known = decrypters.get(identities) ?? newDecrypter(identities)
  decrypters.set(identities, known)
  return known
}

async function newDecrypter(identities: readonly string[]): Promise<Decrypter> {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity)
  return decrypter
}

async function isForOthers(header: Buffer, identities: readonly string[]): Promise<boolean> {
  let isAsked = false
  const decrypter = await newDecrypter(identities)
  // Asked last, when none before it could unwrap the file's key.
  decrypter.addIdentity({
    unwrapFileKey: () => {
      isAsked = true
      return null
    },
  })
  await decrypter.decryptHeader(header).catch(() => {})
  return isAsked
}

function wrongIdentity(path: string, count: number): HushlogError {
  const text = count === 1 ? 'the identity does not open it' : `none of ${count} identities opens it`
  return new HushlogError('HUSHLOG_KEY', `cannot decrypt ${path}: ${text}`, {
    hint: 'it is for other recipients: the ledger says for which, in its entries of kind recipients',
  })
}
