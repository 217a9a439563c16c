/**
 * The age format: header and keys by the library age-encryption, the payload by our own code.
 */
import { randomBytes } from 'node:crypto'
import { NONCE_BYTES, PayloadEncrypter, payloadKey } from './age-payload.ts'

/** Turns bytes into others, a piece at a time: an encrypted file, or the same bytes. */
export interface Encryption {
  begin(): Buffer
  push(bytes: Buffer): Buffer
  end(): Buffer
}

const NOTHING = Buffer.alloc(0)
const NONE: Encryption = { begin: () => NOTHING, push: (bytes) => bytes, end: () => NOTHING }
/** Of a payload without text: its nonce and one empty chunk. */
const EMPTY_PAYLOAD = NONCE_BYTES + 16

/** @param recipients as `checkRecipients` returns them; none: the bytes stay as they are */
export async function encryptionTo(recipients: readonly string[]): Promise<Encryption> {
  if (recipients.length === 0) return NONE
  const { header, fileKey } = await makeHeader(recipients)
  const nonce = randomBytes(NONCE_BYTES)
  const payload = new PayloadEncrypter(payloadKey(fileKey, nonce))
  return {
    begin: () => Buffer.concat([header, nonce]),
    push: (bytes) => payload.push(bytes),
    end: () => payload.end(),
  }
}

async function makeHeader(
  recipients: readonly string[],
): Promise<{ header: Uint8Array; fileKey: Uint8Array }> {
  // Loaded when it is needed: it takes a tenth of a second.
  const { Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  let fileKey: Uint8Array = NOTHING
  // Asked like the other recipients to wrap the file's key, and adds nothing to the header.
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = key
      return []
    },
  })
  const empty = await encrypter.encrypt(NOTHING)
  return { header: empty.subarray(0, -EMPTY_PAYLOAD), fileKey }
}
