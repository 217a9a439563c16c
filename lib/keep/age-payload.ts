/**
 * The payload of an age file (C2SP age, section "Payload"): chunks of 64 KiB, each sealed with ChaCha20-Poly1305 under
 * a counter. With node:crypto, which is ten times faster than the library and can begin at any chunk.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { Damaged } from './damaged.ts'
import type { RandomAccess } from './random-access.ts'

const CIPHER = 'chacha20-poly1305'
const CHUNK = 64 * 1024
const TAG = 16
const SEALED_CHUNK = CHUNK + TAG
/** Stands before the first chunk, and makes the payload's key out of the file's. */
export const NONCE_BYTES = 16

export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32))
}

export class PayloadEncrypter {
  readonly #key: Buffer
  #counter = 0
  #waiting: Buffer[] = []
  #length = 0

  constructor(key: Buffer) {
    this.#key = key
  }

  /** What can be sealed by now. The last chunk is marked, so one is held back until more comes. */
  push(bytes: Buffer): Buffer {
    this.#waiting.push(bytes)
    this.#length += bytes.length
    if (this.#length <= CHUNK) return Buffer.alloc(0)
    const all = Buffer.concat(this.#waiting)
    const sealed: Buffer[] = []
    let at = 0
    for (; all.length - at > CHUNK; at += CHUNK) sealed.push(this.#seal(all.subarray(at, at + CHUNK), false))
    this.#waiting = [all.subarray(at)]
    this.#length = all.length - at
    return Buffer.concat(sealed)
  }

  end(): Buffer {
    return this.#seal(Buffer.concat(this.#waiting), true)
  }

  #seal(chunk: Buffer, isLast: boolean): Buffer {
    const cipher = createCipheriv(CIPHER, this.#key, nonceOf(this.#counter++, isLast), { authTagLength: TAG })
    const sealed = cipher.update(chunk)
    cipher.final()
    return Buffer.concat([sealed, cipher.getAuthTag()])
  }
}

/** Eleven bytes of counter, big-endian, and one that is 1 in the last chunk. */
function nonceOf(counter: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(counter, 5, 6)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

/** The text of a payload, which can be read anywhere. */
export class PayloadReader implements RandomAccess {
  readonly size: number
  readonly #file: RandomAccess
  readonly #start: number
  readonly #key: Buffer
  readonly #last: number
  #held: { index: number; text: Buffer } | undefined

  /**
   * @param start where the first chunk begins in the file
   * @throws Damaged when no payload has this length
   */
  constructor(file: RandomAccess, start: number, key: Buffer) {
    const length = file.size - start
    const rest = length % SEALED_CHUNK
    // The last chunk is empty only when it is the only one.
    if (length < TAG || (rest !== 0 && rest <= TAG && length !== TAG)) throw new Damaged('it was cut off')
    this.#file = file
    this.#start = start
    this.#key = key
    this.#last = Math.ceil(length / SEALED_CHUNK) - 1
    this.size = length - (this.#last + 1) * TAG
  }

  /** @throws Damaged when what is read was changed */
  async read(start: number, length: number): Promise<Buffer> {
    const end = Math.min(this.size, start + length)
    const parts: Buffer[] = []
    for (let at = start; at < end; ) {
      const index = Math.floor(at / CHUNK)
      const text = await this.#chunk(index)
      const from = at - index * CHUNK
      parts.push(text.subarray(from, Math.min(text.length, from + end - at)))
      at = (index + 1) * CHUNK
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  }

  /** Opens the last chunk, which proves that nothing is missing after those before it. */
  async checkEnd(): Promise<void> {
    await this.#chunk(this.#last)
  }

  async #chunk(index: number): Promise<Buffer> {
    if (this.#held?.index === index) return this.#held.text
    const sealed = await this.#file.read(this.#start + index * SEALED_CHUNK, SEALED_CHUNK)
    const text = open(this.#key, sealed, nonceOf(index, index === this.#last))
    this.#held = { index, text }
    return text
  }
}

function open(key: Buffer, sealed: Buffer, nonce: Buffer): Buffer {
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG })
  if (sealed.length < TAG) throw new Damaged('it was cut off')
  decipher.setAuthTag(sealed.subarray(-TAG))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()])
  } catch {
    throw new Damaged('it was changed or cut off')
  }
}
