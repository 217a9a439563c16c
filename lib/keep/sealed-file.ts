import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode, HushlogError } from '../errors.ts'
import { Damaged } from './damaged.ts'
import { decrypted, isEncrypted } from './decryption.ts'
import { type Member, readIndex, readSearchIndex, unpackMember } from './gzip-members.ts'
import { linesOfMembers, wholeLinesIn } from './member-lines.ts'
import { chunksFrom, fileBytes, type RandomAccess } from './random-access.ts'
import { decodeIndex, LARGEST_INDEX_BYTES } from './search-index/index-format.ts'
import type { SegmentIndex } from './search-index/segment-index.ts'

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const CHUNK = 64 * 1024

/**
 * Opens a sealed segment, encrypted or not. What is damaged is an error here or, at the latest, where it is read.
 * @param identities that may open it, as `loadIdentities` returns them
 * @throws HushlogError `HUSHLOG_READ` when it is damaged, `HUSHLOG_KEY` when none of the identities opens it; `ENOENT`
 * as the system says it
 */
export async function openSealed(path: string, identities: readonly string[] = []): Promise<SealedFile> {
  // Without O_NONBLOCK, opening a pipe that somebody put here would wait for ever.
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error) => {
    throw readFailure(path, error)
  })
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new Damaged('it is no regular file')
    const gzip = await gzipOf(fileBytes(handle, found.size), path, identities)
    return new SealedFile(path, handle, gzip, await readIndex(gzip))
  } catch (error) {
    await handle.close()
    throw readFailure(path, error)
  }
}

async function gzipOf(
  file: RandomAccess,
  path: string,
  identities: readonly string[],
): Promise<RandomAccess> {
  if (!(await isEncrypted(file))) return file
  if (identities.length > 0) return decrypted(file, path, identities)
  throw new HushlogError('HUSHLOG_KEY', `cannot read ${path}: it is encrypted`, {
    hint: 'it takes an identity of one of its recipients: hushlog cat --identity FILE',
  })
}

export class SealedFile {
  readonly path: string
  /** Where in the text each member stands; undefined in files of hushlog 0.1, which have no index. */
  readonly members: readonly Member[] | undefined
  readonly #handle: FileHandle
  readonly #gzip: RandomAccess
  #index: Promise<SegmentIndex | undefined> | undefined

  constructor(path: string, handle: FileHandle, gzip: RandomAccess, members: readonly Member[] | undefined) {
    this.path = path
    this.#handle = handle
    this.#gzip = gzip
    this.members = members
  }

  /** The whole text, in chunks. @throws HushlogError `HUSHLOG_READ` */
  async *text(): AsyncGenerator<Buffer> {
    const plain = createGunzip({ chunkSize: CHUNK })
    // A failure destroys `plain` too, so that whoever reads it is told.
    pipeline(chunksFrom(this.#gzip, 0, CHUNK), plain).catch(() => {})
    try {
      yield* plain
    } catch (error) {
      throw readFailure(this.path, error)
    }
  }

  /** The text of one member, without a look at those before it. @throws HushlogError `HUSHLOG_READ` */
  async member(index: number): Promise<Buffer> {
    const member = this.members?.[index]
    if (member === undefined) throw readFailure(this.path, new Damaged(`it has no member ${index}`))
    try {
      return await unpackMember(await this.#gzip.read(member.start, member.packed), member)
    } catch (error) {
      throw readFailure(this.path, error)
    }
  }

  /**
   * What can be searched for without reading the text; undefined in files that were sealed before hushlog 0.5, and where
   * it is damaged. It is read when it is first asked for.
   * @throws HushlogError `HUSHLOG_READ` when the file cannot be read; so do its `summary` and `extract`
   */
  index(): Promise<SegmentIndex | undefined> {
    return (this.#index ??= this.#readIndex())
  }

  async #readIndex(): Promise<SegmentIndex | undefined> {
    if (this.members === undefined) return undefined
    try {
      const bytes = await readSearchIndex(this.#gzip, LARGEST_INDEX_BYTES)
      const plain = this.members.map((member) => member.plain)
      return bytes === undefined ? undefined : decodeIndex(bytes, this.path, plain)
    } catch (error) {
      throw readFailure(this.path, error)
    }
  }

  /**
   * The lines that begin in these members, in order, in chunks of whole lines, each of which ends with its `\n`. Files of
   * hushlog 0.1 have no members: of them it gives all lines. What follows the last `\n` is left out.
   * @param members numbers of members. Default: all
   * @throws HushlogError `HUSHLOG_READ`, also for a line of more than 16 MB
   */
  async *lines(members?: readonly number[]): AsyncGenerator<Buffer> {
    try {
      if (this.members === undefined) yield* wholeLinesIn(this.text())
      else yield* linesOfMembers(this, members ?? this.members.keys())
    } catch (error) {
      throw readFailure(this.path, error)
    }
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** What is no failure of ours is left as it is: a file may be gone because it was moved. */
function readFailure(path: string, error: unknown): unknown {
  if (error instanceof HushlogError || errorCode(error) === 'ENOENT') return error
  const what = error instanceof Damaged ? error.message : errorCode(error)
  return new HushlogError('HUSHLOG_READ', `cannot read ${path}: ${what}`, { cause: error })
}
