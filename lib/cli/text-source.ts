/**
 * The text of a file or of standard input, unpacked where it is gzip.
 */
import { type Dirent, fstatSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode, HushlogError } from '../errors.ts'
import { printable, usage } from './command.ts'

export const STDIN = '-'
const CHUNK = 65536

export interface Text {
  isGzip: boolean
  chunks: AsyncIterable<Buffer>
}

const GZIP = Buffer.from([0x1f, 0x8b])

/** What no secret can be seen in as it is, and how to look all the same. */
const OPAQUE: { magic: Buffer; is: string; hint: string }[] = [
  {
    magic: Buffer.from([0xff, 0xfe]),
    is: 'is UTF-16',
    hint: 'iconv -f UTF-16 -t UTF-8 FILE | hushlog scan -',
  },
  {
    magic: Buffer.from([0xfe, 0xff]),
    is: 'is UTF-16',
    hint: 'iconv -f UTF-16 -t UTF-8 FILE | hushlog scan -',
  },
  {
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    is: 'is packed with zstd',
    hint: 'zstdcat FILE | hushlog scan -',
  },
  {
    magic: Buffer.from('\u00fd7zXZ\0', 'latin1'),
    is: 'is packed with xz',
    hint: 'xzcat FILE | hushlog scan -',
  },
  { magic: Buffer.from('BZh'), is: 'is packed with bzip2', hint: 'bzcat FILE | hushlog scan -' },
  { magic: Buffer.from('PK\u0003\u0004'), is: 'is a zip archive', hint: 'unzip -p FILE | hushlog scan -' },
  {
    magic: Buffer.from('age-encryption.org/'),
    is: 'is encrypted',
    hint: 'age -d -i KEY FILE | hushlog scan -',
  },
]
const LONGEST_MAGIC = Math.max(...OPAQUE.map(({ magic }) => magic.length))

/**
 * @param onBytes told how much was read, before unpacking
 * @throws HushlogError `HUSHLOG_READ`, also while the chunks are read
 */
export async function openText(path: string, onBytes: (bytes: number) => void): Promise<Text> {
  const raw = telling(path === STDIN ? standardInput() : fileChunks(path), path, onBytes)
  const { head, rest } = await peek(raw)
  const startsWith = (magic: Buffer) => head.subarray(0, magic.length).equals(magic)
  const opaque = OPAQUE.find(({ magic }) => startsWith(magic))
  if (opaque !== undefined) {
    await rest.return?.(undefined)
    throw new HushlogError('HUSHLOG_READ', `${printable(path)} ${opaque.is}`, { hint: opaque.hint })
  }
  const bytes = startingWith(head, rest)
  return startsWith(GZIP)
    ? { isGzip: true, chunks: gunzipped(bytes, path) }
    : { isGzip: false, chunks: bytes }
}

/** @throws HushlogError `HUSHLOG_READ` for a directory, which Node takes for empty */
export function standardInput(): NodeJS.ReadStream {
  if (fstatSync(0).isDirectory()) throw new HushlogError('HUSHLOG_READ', 'standard input is a directory')
  return process.stdin
}

async function* fileChunks(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path)
  try {
    yield* handle.createReadStream({ autoClose: false, highWaterMark: CHUNK })
  } finally {
    await handle.close()
  }
}

async function* telling(
  chunks: AsyncIterable<Buffer>,
  path: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of chunks) {
      onBytes(chunk.length)
      yield chunk
    }
  } catch (error) {
    throw cannotRead(path, error)
  }
}

async function peek(chunks: AsyncGenerator<Buffer>): Promise<{ head: Buffer; rest: AsyncGenerator<Buffer> }> {
  let head = Buffer.alloc(0)
  while (head.length < LONGEST_MAGIC) {
    const { done, value } = await chunks.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  return { head, rest: chunks }
}

async function* startingWith(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  yield* rest
}

async function* gunzipped(packed: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  const plain = createGunzip({ chunkSize: CHUNK })
  // A failure destroys `plain` too, so that whoever reads it is told.
  pipeline(packed, plain).catch(() => {})
  try {
    yield* plain
  } catch (error) {
    throw error instanceof HushlogError ? error : cannotRead(path, error)
  }
}

export interface Listed {
  path: string
  /** 0 when it is not known. */
  size: number
}

/**
 * The files that the operands name, those in folders with `recursive`, in the order of their names. Links in
 * folders are not followed.
 * @param onError told of each that cannot be read
 */
export async function listFiles(
  operands: string[],
  recursive: boolean,
  onError: (error: unknown) => void,
): Promise<Listed[]> {
  const files: Listed[] = []
  for (const path of operands) {
    try {
      if (path === STDIN) files.push({ path, size: 0 })
      else await listInto(files, path, recursive, onError)
    } catch (error) {
      onError(error)
    }
  }
  return files
}

async function listInto(
  files: Listed[],
  path: string,
  recursive: boolean,
  onError: (error: unknown) => void,
): Promise<void> {
  const found = await stat(path).catch((error) => {
    throw cannotRead(path, error)
  })
  if (!found.isDirectory()) files.push({ path, size: found.isFile() ? found.size : 0 })
  else if (recursive) await walk(files, path, onError)
  else throw usage(`${printable(path)} is a directory`, 'with --recursive the files in it are scanned')
}

async function walk(files: Listed[], folder: string, onError: (error: unknown) => void): Promise<void> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch((error) => {
    onError(cannotRead(folder, error))
    return []
  })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await walk(files, path, onError)
    else if (entry.isFile()) await listInto(files, path, false, onError).catch(onError)
  }
}

const WORDS: Record<string, string> = { ENOENT: 'no such file', EACCES: 'permission denied' }

export function cannotRead(path: string, error: unknown): HushlogError {
  const code = errorCode(error)
  return new HushlogError('HUSHLOG_READ', `cannot read ${printable(path)}: ${WORDS[code] ?? code}`)
}
