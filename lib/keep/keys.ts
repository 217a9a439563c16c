import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto'
import { constants, fstatSync, lstatSync } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { makePrivate, syncDirectory } from '../store/directory.ts'
import { verifierKey } from './note.ts'

/*
 * The keys that sign the ledger. There is one private key at a time, for the next group alone; while a group is
 * appended there are two. Whoever uses them holds the ledger's lock.
 */

export interface SigningKey {
  /** 32 bytes, base64. */
  publicKey: string
  /** A signature over a text, base64. */
  sign(text: string): string
}

export type KeyName = 'current' | 'next'

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants
const OTHERS = 0o077
const TEMPORARY = '.tmp'
const LARGEST = 4096

export function keysFolder(dir: string): string {
  return join(dir, 'keys')
}

/**
 * A private key, or undefined when there is none.
 * @throws HushlogError `HUSHLOG_KEY` for one that others can read, that we cannot read, or that is none
 */
export async function readKey(dir: string, name: KeyName): Promise<SigningKey | undefined> {
  const path = join(keysFolder(dir), name)
  const text = await readPrivate(path)
  return text === undefined ? undefined : signingKey(privateKeyIn(path, text))
}

async function readPrivate(path: string): Promise<string | undefined> {
  let handle: FileHandle
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw refusal(
      path,
      WORDS[errorCode(error)] ?? `cannot be read (${errorCode(error)})`,
      HINTS[errorCode(error)],
      error,
    )
  }
  try {
    checkPrivate(path, handle.fd)
    return await handle.readFile('latin1')
  } finally {
    await handle.close()
  }
}

const WORDS: Record<string, string> = {
  ELOOP: 'is a symbolic link',
  EACCES: 'cannot be read (EACCES)',
}

const HINTS: Record<string, string> = {
  ELOOP: 'a key is a file; find out who has put a link in its place',
  EACCES: 'keys belong to the user of the keeper: run this as that user',
}

function checkPrivate(path: string, fd: number): void {
  const stat = fstatSync(fd)
  const user = process.geteuid?.()
  if (!stat.isFile() || stat.nlink > 1 || stat.size > LARGEST)
    throw refusal(path, 'is no regular file of a key with one name', 'find out who has put it there')
  // Windows has no modes and no owners.
  if (user === undefined) return
  if ((stat.mode & OTHERS) !== 0)
    throw refusal(
      path,
      `has mode 0${(stat.mode & 0o7777).toString(8)}: others can read it`,
      `chmod 600 ${path}, if nobody has read it; else move the directory away and begin a new one`,
    )
  if (user !== 0 && stat.uid !== user)
    throw refusal(path, `belongs to user ${stat.uid}, we are ${user}`, HINTS.EACCES)
}

function privateKeyIn(path: string, text: string): KeyObject {
  try {
    const key = createPrivateKey(text)
    // A key that could be written in two ways could be changed without notice.
    if (key.asymmetricKeyType === 'ed25519' && pemOf(key) === text) return key
  } catch {
    // What OpenSSL says of it may hold parts of it.
  }
  throw refusal(path, 'is no Ed25519 key as we write them', KEY_HINT)
}

const KEY_HINT =
  'if the key is lost, hushlog seal --new-key goes on with a new one; hushlog verify will say so for ever'

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

function signingKey(key: KeyObject): SigningKey {
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  return {
    publicKey: Buffer.from(x as string, 'base64url').toString('base64'),
    sign: (text) => sign(undefined, Buffer.from(text), key).toString('base64'),
  }
}

/** Makes a private key, whole and on the disk, in place of one of that name. @throws HushlogError `HUSHLOG_KEY` */
export async function makeKey(dir: string, name: KeyName): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519')
  await writePrivate(dir, name, pemOf(privateKey))
  return signingKey(privateKey)
}

/** Writes down the first public key. @throws HushlogError `HUSHLOG_KEY` */
export async function writeFirstKey(dir: string, publicKey: string): Promise<void> {
  await writePrivate(dir, 'first.pub', `${verifierKey(publicKey)}\n`)
}

/** The text of keys/first.pub, or undefined when there is none. @throws HushlogError `HUSHLOG_KEY` */
export function readFirstKey(dir: string): Promise<string | undefined> {
  return readPrivate(join(keysFolder(dir), 'first.pub'))
}

async function writePrivate(dir: string, name: string, text: string): Promise<void> {
  const folder = keysFolder(dir)
  const path = join(folder, name)
  const temporary = `${path}.${randomUUID()}${TEMPORARY}`
  try {
    makeFolder(folder)
    const handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    try {
      await handle.chmod(0o600)
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
    await syncDirectory(folder)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    if (error instanceof HushlogError) throw error
    throw refusal(path, `cannot be written (${errorCode(error)})`, undefined, error)
  }
}

function makeFolder(folder: string): void {
  makePrivate(folder)
  const stat = lstatSync(folder)
  if (!stat.isDirectory()) throw refusal(folder, 'is no directory', 'find out who has put it there')
  if (process.geteuid !== undefined && (stat.mode & OTHERS) !== 0)
    throw refusal(folder, `has mode 0${(stat.mode & 0o7777).toString(8)}`, `chmod 700 ${folder}`)
}

/** Destroys the private key of the group that is on the disk: the next one takes its place. */
export async function takeNextKey(dir: string): Promise<void> {
  const folder = keysFolder(dir)
  try {
    await rename(join(folder, 'next'), join(folder, 'current'))
    await syncDirectory(folder)
  } catch (error) {
    throw refusal(
      join(folder, 'next'),
      `cannot take the place of current (${errorCode(error)})`,
      undefined,
      error,
    )
  }
}

/** Removes what a crash left of a key that was never used. */
export async function removeUnused(dir: string): Promise<void> {
  const folder = keysFolder(dir)
  const names = await readdir(folder).catch(() => [])
  const unused = names.filter((name) => name === 'next' || name.endsWith(TEMPORARY))
  for (const name of unused) await rm(join(folder, name), { force: true })
}

export function keyMismatch(dir: string): HushlogError {
  return refusal(
    join(keysFolder(dir), 'current'),
    'is not the key that the newest signature in the ledger names',
    `the ledger or the key was put back or changed: run hushlog verify. ${KEY_HINT}`,
  )
}

export function keyMissing(dir: string): HushlogError {
  return refusal(join(keysFolder(dir), 'current'), 'is missing, and the ledger is signed', KEY_HINT)
}

function refusal(path: string, what: string, hint?: string, cause?: unknown): HushlogError {
  return new HushlogError('HUSHLOG_KEY', `key ${path} ${what}`, {
    ...(hint === undefined ? {} : { hint }),
    cause,
  })
}
