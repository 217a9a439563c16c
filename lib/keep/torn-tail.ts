import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../errors.ts'
import { syncDirectory } from '../store/directory.ts'
import type { TornFact } from './facts.ts'
import type { Ledger } from './ledger.ts'
import { listsTorn } from './listed.ts'
import type { Plaintext } from './plaintext.ts'
import { readFully } from './random-access.ts'
import { sealFailure } from './seal-failure.ts'

const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants
/** Of the hash, in the name of a tail whose segment has another one. */
const DIGITS = 16

/**
 * Copies what follows the last whole line of a segment into torn/NAME.tail; done again it makes the same copy. What
 * lies there already is never replaced: another tail of that segment goes to torn/NAME.HASH.tail.
 * @throws HushlogError `HUSHLOG_SEAL` when the ledger lists the segment, with another tail or none
 */
export async function keepTornTail(
  ledger: Ledger,
  name: string,
  plaintext: Plaintext,
): Promise<TornFact | undefined> {
  if (plaintext.tail === 0) return undefined
  const tail = await tailOf(plaintext)
  const sha256 = sumOf(tail)
  let fact: TornFact | undefined
  // Under the lock: two keepers may hold the same segment.
  await ledger.update(async () => {
    const known = await placeOf(ledger.dir, name, sha256)
    fact = { kind: 'torn', name: known.name, bytes: tail.length, sha256 }
    if ((await ledger.segment(name)) !== undefined && !(await listsTorn(ledger.dir, fact)))
      throw sealFailure(plaintext.path, 'it was changed after it was sealed')
    if (!known.isThere) await write(join(ledger.dir, 'torn'), `${known.name}.tail`, tail)
    return []
  })
  return fact
}

async function tailOf(plaintext: Plaintext): Promise<Buffer> {
  const tail = Buffer.alloc(plaintext.tail)
  return tail.subarray(0, await readFully(plaintext.handle, tail, plaintext.end))
}

function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Under which name a tail lies, or is to lie, in torn/. */
async function placeOf(
  dir: string,
  segment: string,
  sha256: string,
): Promise<{ name: string; isThere: boolean }> {
  const other = `${segment}.${sha256.slice(0, DIGITS)}`
  for (const name of [segment, other]) {
    const sum = await sumThere(join(dir, 'torn', `${name}.tail`))
    if (sum === undefined || sum === sha256) return { name, isThere: sum === sha256 }
  }
  throw sealFailure(join(dir, 'torn', `${other}.tail`), 'another file stands in its place')
}

/** Undefined where there is no file. */
async function sumThere(path: string): Promise<string | undefined> {
  try {
    return sumOf(await readFile(path))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Whole and on the disk, or not under that name. */
async function write(folder: string, file: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(folder, `${file}.tmp`)
  const copy = await open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600)
  try {
    await copy.writeFile(bytes)
    await copy.sync()
  } finally {
    await copy.close()
  }
  await rename(temporary, join(folder, file))
  await syncDirectory(folder)
}
