import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/*
 * UUID v7 (RFC 9562 section 5.7) from the uuid package, given random bytes from a pool and a sequence. Without
 * the pool it asks the system for 16 bytes each time and costs many times more; without the sequence the order
 * within one millisecond is lost.
 */
const ID_BYTES = 16
const pool = new Uint8Array(ID_BYTES * 256)
const options = { msecs: 0, seq: 0, random: new Uint8Array(ID_BYTES) }
const MAX_SEQ = 0xffffffff
let offset = pool.length

/** A new UUID v7 as text. Ids made by one process sort in the order in which they were made. */
export function newId(now: number = Date.now()): string {
  if (offset === pool.length) {
    randomFillSync(pool)
    offset = 0
  }
  const random = pool.subarray(offset, offset + ID_BYTES)
  offset += ID_BYTES
  advance(now, random)
  options.random = random
  return v7(options)
}

function advance(now: number, random: Uint8Array): void {
  // A clock that stood still or went back keeps the last millisecond and counts on (RFC 9562 section 6.2).
  if (now > options.msecs) {
    options.msecs = now
    options.seq = ((random[6] & 0x7f) << 24) | (random[7] << 16) | (random[8] << 8) | random[9]
    return
  }
  if (options.seq === MAX_SEQ) {
    options.msecs++
    options.seq = 0
  } else {
    options.seq++
  }
}

const MAX_ID = 64

/** Whether text can be a request id: 1 to 64 of `A-Z a-z 0-9 _ . -`, so that it can forge nothing anywhere. */
export function isRequestId(text: string): boolean {
  if (text.length === 0 || text.length > MAX_ID) return false
  for (let i = 0; i < text.length; i++) if (!isIdCharacter(text.charCodeAt(i))) return false
  return true
}

function isIdCharacter(code: number): boolean {
  const letter = code | 0x20
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2e ||
    code === 0x2d
  )
}
