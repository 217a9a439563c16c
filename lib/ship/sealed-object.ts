import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../errors.ts'
import type { SegmentFact } from '../keep/facts.ts'
import { isSealedPlace } from '../keep/sealed-place.ts'
import { ShipFailure } from './failure.ts'
import { FileContent, type Range, type Sums } from './file-content.ts'
import { parseSegmentKey, segmentKey } from './keys.ts'
import type { ShipObject } from './target.ts'

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const LONGEST_PATH = 512
/** These say nothing about the file: nothing can be shipped now. */
const NO_DESCRIPTOR = ['EMFILE', 'ENFILE', 'ENOMEM']

/** What a part of a file is sent as. */
export interface FileObject extends ShipObject {
  close(): Promise<void>
}

/**
 * A sealed segment, found to be the file that the ledger lists. To be closed.
 * @throws ShipFailure of scope `object`; what the system says when no file at all can be opened
 */
export async function sealedObject(dir: string, fact: SegmentFact, lockUntil: number): Promise<FileObject> {
  const { path, sha256, sealedBytes } = fact
  const key = keyOf(fact)
  if (!isSealedPlace(path)) throw cannotShip(path, 'its path leads out of sealed/')
  if (key === undefined || !Number.isFinite(lockUntil) || !Number.isSafeInteger(sealedBytes))
    throw cannotShip(path, 'what the ledger says of it is nothing that we write', 'hushlog verify tells more')
  const type = path.endsWith('.age') ? 'application/octet-stream' : 'application/gzip'
  const handle = await opened(dir, path)
  const object = await fileObject(handle, path, { start: 0, end: sealedBytes }, (found) => ({
    key,
    type,
    lockUntil,
    ...found,
  }))
  if (object.sha256 === sha256) return object
  await object.close()
  throw cannotShip(
    path,
    'it is not the file that the ledger lists',
    'hushlog verify tells more; it stays here as evidence',
  )
}

/** The members of an entry may be anything; a key may lead nowhere else. */
function keyOf(fact: SegmentFact): string | undefined {
  try {
    const key = segmentKey(fact)
    return parseSegmentKey(key) === undefined ? undefined : key
  } catch {
    return undefined
  }
}

/**
 * A part of a file as an object. The handle is the object's from here on.
 * @throws ShipFailure of scope `object` when it cannot be read
 */
export async function fileObject(
  handle: FileHandle,
  path: string,
  range: Range,
  described: (sums: Sums) => Omit<ShipObject, 'open'>,
): Promise<FileObject> {
  const content = new FileContent(handle, range)
  try {
    const sums = await content.sums()
    return { ...described(sums), open: () => content.open(), close: () => content.close() }
  } catch (error) {
    await content.close()
    throw error instanceof ShipFailure ? error : cannotShip(path, errorCode(error))
  }
}

async function opened(dir: string, path: string): Promise<FileHandle> {
  try {
    const handle = await open(join(dir, path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const stat = await handle.stat()
    if (stat.isFile() && stat.nlink === 1) return handle
    await handle.close()
  } catch (error) {
    if (NO_DESCRIPTOR.includes(errorCode(error))) throw error
    const gone = errorCode(error) === 'ENOENT' ? 'it is gone' : errorCode(error)
    throw cannotShip(path, gone, errorCode(error) === 'ENOENT' ? 'hushlog verify tells more' : undefined)
  }
  throw cannotShip(path, 'it is no regular file with one name')
}

function cannotShip(path: string, what: string, hint?: string): ShipFailure {
  return new ShipFailure(`cannot ship ${String(path).slice(0, LONGEST_PATH)}: ${what}`, {
    scope: 'object',
    isPermanent: true,
    ...(hint === undefined ? {} : { hint }),
  })
}
