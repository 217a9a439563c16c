import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { Frame } from '../store/frames.ts'
import { compressed } from './compress.ts'
import { encryptionTo } from './encryption.ts'
import type { SegmentFact } from './facts.ts'
import { LineCounter } from './line-counter.ts'
import type { Plaintext } from './plaintext.ts'

const SEALED_MODE = 0o400

/** What the ledger says of a segment's content. */
export type Content = Omit<SegmentFact, 'kind' | 'name' | 'path' | 'writer' | 'reason'>

/**
 * Compresses the whole lines of a segment, encrypts them and writes them into a new file, hashing what goes in and
 * what comes out.
 * @param beforeSync called before the file is forced to the disk
 */
export async function pack(
  plaintext: Plaintext,
  path: string,
  recipients: readonly string[],
  beforeSync: () => void | Promise<void>,
): Promise<Content> {
  const lines = new LineCounter()
  const plain = createHash('sha256')
  const sealed = createHash('sha256')
  const compression = compressed(plaintext, (text) => {
    plain.update(text)
    lines.add(text)
  })
  const encryption = await encryptionTo(recipients)
  const target = await open(path, 'wx', 0o600)
  let sealedBytes = 0
  const write = async (bytes: Buffer) => {
    sealed.update(bytes)
    sealedBytes += bytes.length
    await target.writeFile(bytes)
  }
  try {
    await write(encryption.begin())
    for await (const member of compression) await write(encryption.push(member))
    await write(encryption.end())
    await beforeSync()
    await target.chmod(SEALED_MODE)
    await target.sync()
  } finally {
    await target.close()
  }
  await plaintext.checkSize()
  const hashes = { sha256: sealed.digest('hex'), plainSha256: plain.digest('hex') }
  return { ...hashes, bytes: lines.bytes, sealedBytes, ...described(lines, plaintext.mtimeMs) }
}

/** @param modified dates a segment whose lines tell no time */
function described(counter: LineCounter, modified: number): Omit<Content, keyof Measures> {
  const fallback = new Date(modified).toISOString()
  const { lines, start, end, first, last } = counter.result()
  return { lines, ...numbersOf(start, end), first: first ?? fallback, last: last ?? fallback }
}

type Measures = Pick<Content, 'sha256' | 'plainSha256' | 'bytes' | 'sealedBytes'>

function numbersOf(
  start: Frame | undefined,
  end: Frame | undefined,
): Pick<Content, 'number' | 'seq' | 'stream' | 'broken' | 'service'> {
  if (start === undefined) return {}
  const { number, seq, writer: stream, service } = start
  return {
    number,
    seq,
    ...(stream.includes('+') ? { stream } : {}),
    ...(end === undefined ? { broken: true } : {}),
    ...(service === undefined ? {} : { service }),
  }
}
