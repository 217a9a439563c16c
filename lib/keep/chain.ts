import { createHash } from 'node:crypto'
import type { Fact, LedgerEntry, OwnFact, SealFact } from './facts.ts'

/*
 * How one line of the ledger follows from the one before it. Hashes are separated by what is hashed, so that a line
 * can never stand for a signed text or for a file.
 */

/** What stands for the hash of the line before the first. */
export const NOTHING: string = '0'.repeat(64)
/** Lines of a group, its seal included. */
export const MAX_GROUP = 256

const ENTRY = 'hushlog/v1/entry\n'
const SEAL = 'hushlog/v1/seal\n'

export interface Tip {
  /** Number of the last line; -1 before the first. */
  n: number
  line: Uint8Array
}

export const BEGINNING: Tip = { n: -1, line: new Uint8Array() }

/** Hash of a line, as the line after it names it; what that is depends on the version of the line after it. */
export function hashOfLine(line: Uint8Array, v: LedgerEntry['v'] = 1): string {
  const hash = createHash('sha256')
  if (v === 1) hash.update(ENTRY)
  return hash.update(line).digest('hex')
}

/** The `prev` of the line that follows a tip. */
export function prevOf({ n, line }: Tip, v: LedgerEntry['v'] = 1): string {
  return n === -1 ? NOTHING : hashOfLine(line, v)
}

/** The line that follows a tip, without its `\n`. */
export function nextLine(tip: Tip, at: string, fact: Fact | OwnFact | Omit<SealFact, 'sig'>): Tip {
  const n = tip.n + 1
  return { n, line: Buffer.from(JSON.stringify({ v: 1, n, prev: prevOf(tip), at, ...fact })) }
}

/** What the signature of a seal covers, in place of the line: the line without it. */
export function hashOfUnsigned(line: Uint8Array): Buffer {
  return createHash('sha256').update(SEAL).update(line).digest()
}

/** The line of a seal, from the line without its signature. */
export function withSignature(unsigned: Uint8Array, sig: string): Buffer {
  return Buffer.concat([unsigned.subarray(0, -1), Buffer.from(`,"sig":"${sig}"}`)])
}

/** A seal without its signature, as it was signed. */
export function withoutSignature(line: Uint8Array, sig: string): Buffer {
  const end = `,"sig":${JSON.stringify(sig)}}`.length
  return Buffer.concat([line.subarray(0, Math.max(0, line.length - end)), Buffer.from('}')])
}

/** An entry of the ledger, or undefined for a line that is none. Its members are not looked at. */
export function parseEntry(line: Uint8Array): LedgerEntry | undefined {
  try {
    const entry = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString())
    const isVersion = entry?.v === 0 || entry?.v === 1
    return isVersion && Number.isSafeInteger(entry.n) && typeof entry.kind === 'string' ? entry : undefined
  } catch {
    return undefined
  }
}

/** Whether a line is written as we write it: nothing in it is said twice, or in two ways. */
export function isCanonical(line: Uint8Array, entry: LedgerEntry): boolean {
  return entry.v === 0 || Buffer.from(JSON.stringify(entry)).equals(line)
}

/** Whether a line is a seal, or was one before it was changed. */
export function isSeal(line: Buffer): boolean {
  return line.includes('"kind":"seal"')
}
