/**
 * What lies in a log directory, for commands that only read. Nothing there is trusted: no link is followed, no pipe
 * is waited for, and what does not bear the name of a segment is counted and left alone.
 */
import {
  closeSync,
  constants,
  createReadStream,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
} from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { parseSegmentName, type SegmentIdentity } from '../store/segment.ts'
import { printable, usage } from './command.ts'

export const DEFAULT_DIRECTORY = 'logs'

export interface SegmentFile {
  identity: SegmentIdentity
  path: string
  isEncrypted: boolean
}

export interface Listing {
  segments: SegmentFile[]
  /** How many entries are no segments of ours, links among them. */
  foreign: number
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const PACKED = '.gz'
const ENCRYPTED = '.age'
const CHUNK = 64 * 1024

/** The one directory that a command takes, or `logs`. @throws HushlogError `HUSHLOG_OPTION` for more than one */
export function directoryOperand(operands: string[]): string {
  if (operands.length > 1) throw usage(`one directory at a time, got ${operands.length}`)
  return operands[0] ?? DEFAULT_DIRECTORY
}

/** @throws HushlogError `HUSHLOG_READ` for what is not there, cannot be read or is no log directory */
export function checkDirectory(dir: string): void {
  const entries = read(dir)
  if (entries.some((entry) => entry.isDirectory() && entry.name === 'open')) return
  throw new HushlogError('HUSHLOG_READ', `${printable(dir)} is no log directory: there is no open/ in it`, {
    hint: HINTS.ENOENT,
  })
}

/** The segments in open/; none when it is gone. @throws HushlogError `HUSHLOG_READ` */
export function listOpen(dir: string): Listing {
  const folder = join(dir, 'open')
  return listing(folder, readIfThere(folder), '')
}

/** The sealed segments of one day's folder; empty when it is gone. @throws HushlogError `HUSHLOG_READ` */
export function listDay(folder: string): Listing {
  return listing(folder, readIfThere(folder), PACKED)
}

/** The folders of the days in sealed/, oldest first. @throws HushlogError `HUSHLOG_READ` */
export function dayFolders(dir: string): string[] {
  return [2, 1, 0].reduce((folders) => folders.flatMap(foldersIn), [join(dir, 'sealed')])
}

/** All segments in sealed/. @throws HushlogError `HUSHLOG_READ` */
export function listSealed(dir: string): Listing {
  const days = dayFolders(dir).map(listDay)
  const foreign = days.reduce((sum, day) => sum + day.foreign, 0)
  return { segments: days.flatMap(({ segments }) => segments), foreign }
}

function foldersIn(folder: string): string[] {
  const folders = readIfThere(folder).filter((entry) => entry.isDirectory())
  return folders.map(({ name }) => join(folder, name)).sort()
}

function listing(folder: string, entries: Dirent[], extension: string): Listing {
  const segments = entries.flatMap((entry) => segmentFile(folder, entry, extension) ?? [])
  return { segments, foreign: entries.length - segments.length }
}

function segmentFile(folder: string, entry: Dirent, extension: string): SegmentFile | undefined {
  const isEncrypted = extension !== '' && entry.name.endsWith(ENCRYPTED)
  const file = isEncrypted ? entry.name.slice(0, -ENCRYPTED.length) : entry.name
  if (!entry.isFile() || !file.endsWith(extension)) return undefined
  const identity = parseSegmentName(file.slice(0, file.length - extension.length))
  return identity === undefined ? undefined : { identity, path: join(folder, entry.name), isEncrypted }
}

function readIfThere(folder: string): Dirent[] {
  try {
    return read(folder)
  } catch (error) {
    if (error instanceof HushlogError && GONE.has(errorCode(error.cause))) return []
    throw error
  }
}

// The last two: a path from the ledger that cannot be one.
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'])

function read(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw cannotRead(folder, error)
  }
}

/**
 * Opens a regular file with one name, for reading; undefined when it is something else, or gone.
 * @throws HushlogError `HUSHLOG_READ` when it is there and cannot be read
 */
export function openRegular(path: string): number | undefined {
  let fd: number
  try {
    // Without O_NONBLOCK, opening a pipe that somebody put here would wait for ever.
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if (NOT_OURS.has(errorCode(error))) return undefined
    throw cannotRead(path, error)
  }
  const stat = fstatSync(fd)
  if (stat.isFile() && stat.nlink <= 1) return fd
  closeSync(fd)
  return undefined
}

const NOT_OURS = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'])

/** The bytes of a file that `openRegular` takes; none when it does not. @throws HushlogError `HUSHLOG_READ` */
export async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const fd = openRegular(path)
  if (fd === undefined) return
  try {
    yield* createReadStream('', { fd, highWaterMark: CHUNK })
  } catch (error) {
    throw cannotRead(path, error)
  }
}

/** Size, times and owner of a file, or undefined when it is gone. @throws HushlogError `HUSHLOG_READ` */
export async function statOf(
  path: string,
): Promise<{ size: number; mtimeMs: number; uid: number } | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (GONE.has(errorCode(error))) return undefined
    throw cannotRead(path, error)
  }
}

const WORDS: Record<string, string> = {
  ENOENT: 'no such directory',
  ENOTDIR: 'it is no directory',
  EACCES: 'permission denied',
}

const HINTS: Record<string, string> = {
  ENOENT: 'name the directory that storage.dir of the program names',
  EACCES: 'a log directory is readable by its owner alone: run this as the user of the program',
}

export function cannotRead(path: string, error: unknown): HushlogError {
  const code = errorCode(error)
  const what = `cannot read ${printable(path)}: ${WORDS[code] ?? code}`
  return new HushlogError('HUSHLOG_READ', what, { cause: error, hint: HINTS[code] })
}
