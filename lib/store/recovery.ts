import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { errorCode } from '../errors.ts'
import { isOfAnother, isTaken, latecomers } from './claims.ts'
import {
  adoptedName,
  parseSegmentName,
  type SegmentIdentity,
  thisWriter,
  type Writer,
  writerState,
} from './segment.ts'

/*
 * What dead writers left in open/ is adopted by whoever starts next. The rename comes before all else: of two
 * that find the same file only one's rename succeeds, and the new name says whose it is now. Nothing in open/
 * is trusted: no links are followed, only regular files with one name are touched. Of several files of one segment the
 * first is taken, and no rename replaces another file.
 */

export interface Abandoned {
  path: string
  identity: SegmentIdentity
}

/** A tail that was cut off because its line never became whole. */
export interface Torn {
  /** The segment's name. */
  name: string
  bytes: number
  /** Of the tail, hexadecimal; absent in entries of version 0. */
  sha256?: string
}

/** How long a writer that cannot be judged may leave its segment untouched before it counts as dead. */
export const LEASE: number = 15 * 60_000

const { O_RDWR, O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_CREAT, O_TRUNC, O_WRONLY } = fs.constants
const BLOCK = 64 * 1024
const NEWLINE = 0x0a

/**
 * Adopts the segments whose writers are dead or silent for longer than their lease.
 * @param owners the users whose segments are taken; default: all
 */
export function findAbandoned(
  dir: string,
  now: number = Date.now(),
  owners?: readonly number[],
): Abandoned[] {
  const me = thisWriter()
  const folder = join(dir, 'open')
  const files = fs.readdirSync(folder).sort()
  const late = lateIn(folder, files, owners)
  return files
    .filter((file) => !late.has(file))
    .flatMap((file) => adopt(folder, file, { me, now, owners }) ?? [])
}

/** Nearly always each segment has one file, and none is looked at. */
function lateIn(folder: string, files: string[], owners: readonly number[] | undefined): Set<string> {
  const found = files.flatMap((file) => {
    const identity = parseSegmentName(file)
    return identity === undefined ? [] : [{ file, identity }]
  })
  const counts = new Map<string, number>()
  for (const { identity } of found) counts.set(identity.name, (counts.get(identity.name) ?? 0) + 1)
  const claims = found.flatMap((one) => {
    if (counts.get(one.identity.name) === 1) return []
    const stat = fs.lstatSync(join(folder, one.file), { throwIfNoEntry: false })
    return stat !== undefined && isTaken(stat, owners) ? [{ ...one, born: stat.birthtimeMs }] : []
  })
  return latecomers(claims)
}

interface Adopter {
  me: Writer
  now: number
  owners: readonly number[] | undefined
}

function adopt(folder: string, file: string, { me, now, owners }: Adopter): Abandoned | undefined {
  const identity = parseSegmentName(file)
  if (identity === undefined) return undefined
  return withSegment(join(folder, file), O_RDONLY, (fd) => {
    const path = join(folder, adoptedName(identity, me))
    const { uid, mtimeMs } = fs.fstatSync(fd)
    if (owners !== undefined && !owners.includes(uid)) return undefined
    if (isOfAnother(identity, uid, me)) return undefined
    if (file === basename(path)) return { path, identity }
    if (!isAbandoned(identity, mtimeMs, me, now)) return undefined
    touch(fd, now)
    // A file that came later has the name that this one would get: it is sealed under its own.
    if (fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      return { path: join(folder, file), identity }
    return renamed(join(folder, file), path) ? { path, identity: { ...identity, adopter: me } } : undefined
  })
}

/** Before a segment gets its new name: else another that judges by lease could take it from us at once. */
function touch(fd: number, now: number): void {
  try {
    fs.futimesSync(fd, now / 1000, now / 1000)
  } catch (error) {
    // Only its owner may. Two keepers of other users then seal it both, and it is listed once.
    if (!NOT_OURS.has(errorCode(error))) throw error
  }
}

function isAbandoned(
  { writer, adopter }: SegmentIdentity,
  touched: number,
  me: Writer,
  now: number,
): boolean {
  const state = writerState(adopter ?? writer, me)
  return state === 'dead' || (state === 'unknown' && now - touched > LEASE)
}

/** Moves what follows the last `\n` of a file into torn/NAME.tail, and says how much that was. */
export function cutTornTail(dir: string, path: string, name: string): Torn | undefined {
  return withSegment(path, O_RDWR, (fd) => cutAt(fd, endOfLastLine(fd, fs.fstatSync(fd).size), dir, name))
}

/** Moves what follows so many bytes of a file into torn/NAME.tail, and says how much that was. */
export function cutTail(dir: string, path: string, name: string, whole: number): Torn | undefined {
  return withSegment(path, O_RDWR, (fd) => cutAt(fd, whole, dir, name))
}

function cutAt(fd: number, whole: number, dir: string, name: string): Torn | undefined {
  const { size } = fs.fstatSync(fd)
  if (whole >= size) return undefined
  // The copy is safe on the disk before the original goes; a crash between the two repeats the same copy.
  const sha256 = copyRange(fd, whole, size, join(dir, 'torn', `${name}.tail`))
  fs.ftruncateSync(fd, whole)
  fs.fsyncSync(fd)
  return { name, bytes: size - whole, sha256 }
}

function withSegment<T>(path: string, flags: number, use: (fd: number) => T): T | undefined {
  const fd = openRegular(path, flags)
  if (fd === undefined) return undefined
  try {
    return use(fd)
  } finally {
    fs.closeSync(fd)
  }
}

const NOT_OURS = new Set(['ENOENT', 'ELOOP', 'EISDIR', 'ENXIO', 'EACCES', 'EPERM'])

/** Opens a regular file with one name, and nothing else; undefined when it is something else, or gone. */
function openRegular(path: string, flags: number): number | undefined {
  try {
    // Without O_NONBLOCK, opening a pipe that somebody put here would wait for ever.
    const fd = fs.openSync(path, flags | O_NOFOLLOW | O_NONBLOCK)
    const stat = fs.fstatSync(fd)
    if (stat.isFile() && stat.nlink === 1) return fd
    fs.closeSync(fd)
    return undefined
  } catch (error) {
    if (NOT_OURS.has(errorCode(error))) return undefined
    throw error
  }
}

function renamed(from: string, to: string): boolean {
  try {
    fs.renameSync(from, to)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}

function endOfLastLine(fd: number, size: number): number {
  const block = Buffer.alloc(BLOCK)
  for (let end = size; end > 0; end -= BLOCK) {
    const start = Math.max(0, end - BLOCK)
    const read = fs.readSync(fd, block, 0, end - start, start)
    const newline = block.subarray(0, read).lastIndexOf(NEWLINE)
    if (newline !== -1) return start + newline + 1
  }
  return 0
}

function copyRange(from: number, start: number, end: number, path: string): string {
  const hash = createHash('sha256')
  const to = fs.openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600)
  try {
    const block = Buffer.alloc(BLOCK)
    for (let at = start; at < end; at += BLOCK) {
      const read = fs.readSync(from, block, 0, Math.min(BLOCK, end - at), at)
      fs.writeFileSync(to, block.subarray(0, read))
      hash.update(block.subarray(0, read))
    }
    fs.fsyncSync(to)
  } finally {
    fs.closeSync(to)
  }
  syncFolder(dirname(path))
  return hash.digest('hex')
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const fd = fs.openSync(path, O_RDONLY)
  fs.fsyncSync(fd)
  fs.closeSync(fd)
}
