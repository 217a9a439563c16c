import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { errorCode, HushlogError } from '../errors.ts'

/** A file as it was found: its hash, or why it has none. */
export interface FileHash {
  sha256?: string
  bytes?: number
  /** There is none. */
  gone?: true
  /** It is something else than a regular file with one name. */
  odd?: string
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const BLOCK = 1024 * 1024
// The last two: a name from the ledger that cannot be one.
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'])

/**
 * Reads a file that nothing is known of: no link is followed, no pipe is waited for.
 * @param onProgress told of each block, in bytes
 * @throws HushlogError `HUSHLOG_READ`
 */
export async function fileHash(path: string, onProgress?: (bytes: number) => void): Promise<FileHash> {
  let handle: FileHandle
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if (GONE.has(errorCode(error))) return { gone: true }
    if (errorCode(error) === 'ELOOP') return { odd: 'is a symbolic link' }
    if (errorCode(error) === 'ENXIO') return { odd: 'is a socket or a pipe' }
    throw cannotRead(path, error)
  }
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) return { odd: 'is no regular file' }
    if (stat.nlink > 1) return { odd: `has ${stat.nlink} names` }
    return await digest(handle, onProgress)
  } catch (error) {
    throw cannotRead(path, error)
  } finally {
    await handle.close()
  }
}

/** Reads the next block while the last one is hashed. */
async function digest(handle: FileHandle, onProgress?: (bytes: number) => void): Promise<FileHash> {
  const hash = createHash('sha256')
  const blocks = [Buffer.allocUnsafe(BLOCK), Buffer.allocUnsafe(BLOCK)]
  let bytes = 0
  let reading = handle.read(blocks[0], 0, BLOCK, 0)
  for (let turn = 1; ; turn++) {
    const { bytesRead, buffer } = await reading
    if (bytesRead === 0) return { sha256: hash.digest('hex'), bytes }
    bytes += bytesRead
    reading = handle.read(blocks[turn % 2], 0, BLOCK, bytes)
    hash.update(buffer.subarray(0, bytesRead))
    onProgress?.(bytesRead)
  }
}

export function cannotRead(path: string, error: unknown): HushlogError {
  if (error instanceof HushlogError) return error
  const code = errorCode(error)
  const hint = code === 'EACCES' ? 'run this as the user of the keeper' : undefined
  return new HushlogError('HUSHLOG_READ', `cannot read ${path}: ${code}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  })
}
