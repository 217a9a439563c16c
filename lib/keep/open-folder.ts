import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readSync,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../errors.ts'
import { isOfAnother, latecomers } from '../store/claims.ts'
import { type Frame, parseFrame } from '../store/frames.ts'
import { isReserve } from '../store/reserve.ts'
import type { RotationReason } from '../store/rotation.ts'
import {
  parseSegmentName,
  type SegmentIdentity,
  thisWriter,
  type Writer,
  writerText,
} from '../store/segment.ts'

/*
 * What lies in open/, seen by a keeper that is not its writer. Others may put there what they like: no link is
 * followed, no pipe waited for, a name is only parsed, and what is not a segment of a user that we take from is refused
 * and left alone.
 */

export type Refusal =
  | 'a symbolic link'
  | 'a directory'
  | 'a pipe'
  | 'a socket'
  | 'a device'
  | 'a file with several names'
  | 'a file of another user'
  | 'a second file of one segment'
  | 'a file in the name of another user’s process'
  | 'a file that cannot be read'
  | 'not the name of a segment'

export interface Refused {
  name: string
  reason: Refusal
}

export interface Ended {
  path: string
  reason: RotationReason
  /** Milliseconds since the epoch: when it was last written to. */
  since: number
}

export interface OpenFolder {
  /** Segments that their own last line says have ended, or that their writer has left behind. */
  ended: Ended[]
  refused: Refused[]
  /** How many were refused; `refused` holds the first thousand. */
  refusals: number
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
/** A longer line is no frame. */
const LONGEST = 4096
const NEWLINE = 0x0a
const MAX_REFUSED = 1000

interface Seen extends Ended {
  file: string
  identity: SegmentIdentity
  born: number
  uid: number
  /** What its first line says; undefined where there is none. */
  start: Frame | undefined
  isEnded: boolean
}

/** @param owners the users whose segments are taken; default: all */
export function examineOpen(dir: string, owners?: readonly number[]): OpenFolder {
  const folder: OpenFolder = { ended: [], refused: [], refusals: 0 }
  const seen: Seen[] = []
  const me = thisWriter()
  for (const name of namesIn(join(dir, 'open'))) {
    const result = examine(join(dir, 'open', name), name, owners, me)
    if (typeof result === 'string') refuse(folder, name, result)
    else if (result !== undefined) seen.push(result)
  }
  const late = latecomers(seen)
  for (const file of late) refuse(folder, file, 'a second file of one segment')
  folder.ended = endedOf(seen.filter(({ file }) => !late.has(file)))
  return folder
}

function* namesIn(folder: string): Generator<string> {
  const open = opendirSync(folder)
  try {
    for (let entry = open.readSync(); entry !== null; entry = open.readSync())
      if (!isReserve(entry.name)) yield entry.name
  } finally {
    open.closeSync()
  }
}

function refuse(folder: OpenFolder, name: string, reason: Refusal): void {
  folder.refusals++
  if (folder.refused.length < MAX_REFUSED) folder.refused.push({ name: shown(name), reason })
}

/** Whoever names a file chooses what a terminal would obey. */
function shown(name: string): string {
  let text = ''
  for (const character of name.slice(0, 100)) text += character > ' ' && character <= '~' ? character : '?'
  return text
}

/** Undefined for what is gone. */
function examine(
  path: string,
  name: string,
  owners: readonly number[] | undefined,
  me: Writer,
): Seen | Refusal | undefined {
  const identity = parseSegmentName(name)
  if (identity === undefined) return 'not the name of a segment'
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  const refusal = refusalOf(stat, owners)
  if (refusal !== undefined) return refusal
  if (isOfAnother(identity, stat.uid, me)) return 'a file in the name of another user’s process'
  return lookInto(path, name, identity, owners)
}

const KINDS: [keyof Stats & `is${string}`, Refusal][] = [
  ['isSymbolicLink', 'a symbolic link'],
  ['isDirectory', 'a directory'],
  ['isFIFO', 'a pipe'],
  ['isSocket', 'a socket'],
  ['isBlockDevice', 'a device'],
  ['isCharacterDevice', 'a device'],
]

function refusalOf(stat: Stats, owners: readonly number[] | undefined): Refusal | undefined {
  const kind = KINDS.find(([is]) => stat[is]())
  if (kind !== undefined) return kind[1]
  if (stat.nlink > 1) return 'a file with several names'
  return owners === undefined || owners.includes(stat.uid) ? undefined : 'a file of another user'
}

/** By descriptor: another file may stand there by now. */
function lookInto(
  path: string,
  file: string,
  identity: SegmentIdentity,
  owners: readonly number[] | undefined,
): Seen | Refusal | undefined {
  let fd: number
  try {
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    // Gone, or exchanged: the next look tells.
    return errorCode(error) === 'EACCES' ? 'a file that cannot be read' : undefined
  }
  try {
    const stat = fstatSync(fd)
    const refusal = refusalOf(stat, owners)
    if (refusal !== undefined) return refusal
    const start = ours(firstLine(fd), 'segment-start', identity)
    const end = ours(lastLine(fd, stat.size), 'segment-end', identity)
    const reason = end?.reason ?? 'error'
    const found = { file, identity, born: stat.birthtimeMs, uid: stat.uid, since: stat.mtimeMs }
    return { ...found, path, start, isEnded: end !== undefined, reason }
  } finally {
    closeSync(fd)
  }
}

function firstLine(fd: number): string {
  const block = Buffer.alloc(LONGEST)
  const read = block.subarray(0, readSync(fd, block, 0, LONGEST, 0))
  return read.toString('utf8', 0, Math.max(0, read.indexOf(NEWLINE)))
}

/** The last line, when nothing follows it. */
function lastLine(fd: number, size: number): string {
  const block = Buffer.alloc(Math.min(LONGEST, size))
  const read = block.subarray(0, readSync(fd, block, 0, block.length, size - block.length))
  if (read.at(-1) !== NEWLINE) return ''
  return read.toString('utf8', read.lastIndexOf(NEWLINE, -2) + 1, read.length - 1)
}

/** The frame that a line is, if it is one of this very writer. */
function ours(line: string, kind: Frame['kind'], { writer }: SegmentIdentity): Frame | undefined {
  const frame = parseFrame(line)
  const text = writerText(writer)
  const isOurs = frame?.writer === text || frame?.writer.startsWith(`${text}+`)
  return frame?.kind === kind && isOurs ? frame : undefined
}

/** Those with a last line, and those whose writer could not write one and has begun another since. */
function endedOf(seen: Seen[]): Ended[] {
  const newest = new Map<string, number>()
  for (const { uid, start } of seen)
    if (start !== undefined) {
      const key = streamOf(uid, start)
      newest.set(key, Math.max(start.number, newest.get(key) ?? 0))
    }
  const isLeft = ({ uid, start }: Seen) =>
    start !== undefined && start.number < (newest.get(streamOf(uid, start)) ?? 0)
  return seen
    .filter((one) => one.isEnded || isLeft(one))
    .map(({ path, reason, since }) => ({ path, reason: reasonIn(reason), since }))
}

/** What a file says of its writer says nothing of the files of another user. */
function streamOf(uid: number, { writer }: Frame): string {
  return `${uid} ${writer}`
}

const REASONS: RotationReason[] = ['size', 'age', 'day', 'close', 'error', 'adopted']

/** What a frame says is its writer's word. */
function reasonIn(reason: RotationReason): RotationReason {
  return REASONS.includes(reason) ? reason : 'error'
}
