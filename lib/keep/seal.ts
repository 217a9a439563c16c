import { createHash, type Hash, randomUUID } from 'node:crypto'
import { constants, createWriteStream, renameSync } from 'node:fs'
import { chmod, lstat, open, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { errorCode, HushlogError } from '../errors.ts'
import { makePrivate, syncDirectory } from '../store/directory.ts'
import type { Frame } from '../store/frames.ts'
import { cutTornTail, type Torn } from '../store/recovery.ts'
import type { RotationReason } from '../store/rotation.ts'
import { parseSegmentName, type SegmentIdentity, writerText } from '../store/segment.ts'
import { findSegment, type Ledger, type SegmentFact } from './ledger.ts'
import { LineCounter } from './line-counter.ts'

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const LEVEL = 6
const SEALED_MODE = 0o400

/**
 * Compresses an ended segment, moves it to its day in sealed/, lists it in the ledger and removes the plaintext,
 * in this order. Broken off anywhere and begun again, it ends the same: listed once, plaintext gone.
 * @returns whether the segment was listed by this call; `kept` when it was listed before or is empty, and `gone` when
 * it is neither in open/ nor in the ledger: somebody has removed it
 * @throws HushlogError `HUSHLOG_SEAL` or `HUSHLOG_LEDGER`; the plaintext is then still there
 */
export async function seal(
  ledger: Ledger,
  path: string,
  reason: RotationReason,
  onTorn: (torn: Torn) => Promise<void> = async () => {},
): Promise<'listed' | 'kept' | 'gone'> {
  const identity = parseSegmentName(basename(path))
  if (identity === undefined) throw failure(path, 'this is not the name of a segment')
  const torn = cutTornTail(ledger.dir, path, identity.name)
  if (torn !== undefined) await onTorn(torn)
  if (!(await isThere(path))) return (await isElsewhere(ledger.dir, identity.name)) ? 'kept' : 'gone'

  const temporary = join(ledger.dir, 'sealed', `${identity.name}.${randomUUID()}.tmp`)
  let isListed = false
  try {
    const content = await compress(path, temporary)
    if (content.bytes > 0) isListed = await list(ledger, identity, reason, content, temporary, path)
    else await removePlaintext(path, 0)
  } catch (error) {
    throw error instanceof HushlogError ? error : failure(path, errorCode(error), error)
  } finally {
    await rm(temporary, { force: true })
  }
  return isListed ? 'listed' : 'kept'
}

/** @throws HushlogError when nobody can tell, as where we may not look */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw failure(path, errorCode(error), error)
  }
}

/** Another keeper has sealed the segment, or has taken it over and will. */
async function isElsewhere(dir: string, name: string): Promise<boolean> {
  const open = await readdir(join(dir, 'open')).catch((error) => {
    if (errorCode(error) === 'ENOENT') return []
    throw failure(join(dir, 'open'), errorCode(error), error)
  })
  return (
    open.some((file) => parseSegmentName(file)?.name === name) || (await findSegment(dir, name)) !== undefined
  )
}

type Content = Pick<
  SegmentFact,
  | 'sha256'
  | 'plainSha256'
  | 'bytes'
  | 'sealedBytes'
  | 'lines'
  | 'number'
  | 'seq'
  | 'stream'
  | 'broken'
  | 'first'
  | 'last'
>

/** Forces the plaintext to the disk, and compresses it into a temporary file that is forced there too. */
async function compress(path: string, temporary: string): Promise<Content> {
  const source = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const found = await source.stat()
    if (!found.isFile() || found.nlink !== 1) throw failure(path, 'it is no regular file with one name')
    await source.sync()
    const lines = new LineCounter()
    const plain = createHash('sha256')
    const sealed = createHash('sha256')
    const input = source.createReadStream({ autoClose: false })
    const target = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline(input, passing(plain, lines), createGzip({ level: LEVEL }), passing(sealed), target)
    const { mtimeMs, size } = await source.stat()
    if (size !== lines.bytes) throw failure(path, 'it grew while it was being sealed')
    const fallback = new Date(mtimeMs).toISOString()
    const { lines: records, start, end, first, last } = lines.result()
    return {
      sha256: sealed.digest('hex'),
      plainSha256: plain.digest('hex'),
      bytes: lines.bytes,
      sealedBytes: target.bytesWritten,
      lines: records,
      ...numbersOf(start, end),
      first: first ?? fallback,
      last: last ?? fallback,
    }
  } finally {
    await source.close()
  }
}

function numbersOf(
  start: Frame | undefined,
  end: Frame | undefined,
): Pick<Content, 'number' | 'seq' | 'stream' | 'broken'> {
  if (start === undefined) return {}
  const { number, seq, writer: stream } = start
  return {
    number,
    seq,
    ...(stream.includes('+') ? { stream } : {}),
    ...(end === undefined ? { broken: true } : {}),
  }
}

function passing(hash: Hash, lines?: LineCounter) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk)
      lines?.add(chunk)
      yield chunk
    }
  }
}

async function list(
  ledger: Ledger,
  identity: SegmentIdentity,
  reason: RotationReason,
  content: Content,
  temporary: string,
  path: string,
): Promise<boolean> {
  const { name } = identity
  let isNew = false
  // All of it under the lock: two keepers may hold the same segment, and the file must be the one that is listed.
  await ledger.update(async () => {
    const listed = await findSegment(ledger.dir, name)
    if (listed !== undefined) {
      if (listed.plainSha256 !== content.plainSha256)
        throw failure(path, 'it was changed after it was sealed')
      return []
    }
    isNew = true
    const place = ['sealed', ...content.last.slice(0, 10).split('-'), `${name}.log.gz`]
    await moveIntoPlace(ledger.dir, temporary, place)
    return [
      {
        kind: 'segment',
        name,
        path: place.join('/'),
        ...content,
        writer: writerText(identity.writer),
        reason,
      },
    ]
  })
  await removePlaintext(path, content.bytes)
  return isNew
}

async function moveIntoPlace(dir: string, temporary: string, place: string[]): Promise<void> {
  await chmod(temporary, SEALED_MODE)
  const folders = place.slice(0, -1).map((_, i) => join(dir, ...place.slice(0, i + 1)))
  for (const folder of folders) makePrivate(folder)
  renameSync(temporary, join(dir, ...place))
  for (const folder of folders.reverse()) await syncDirectory(folder)
}

async function removePlaintext(path: string, bytes: number): Promise<void> {
  const { size } = await stat(path).catch(() => ({ size: bytes }))
  if (size !== bytes) throw failure(path, 'it grew after it was sealed')
  await rm(path, { force: true })
}

function failure(path: string, what: string, cause?: unknown): HushlogError {
  return new HushlogError('HUSHLOG_SEAL', `cannot seal ${path}: ${what}`, { cause })
}
