import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../errors.ts'
import { thisWriter, type Writer, writerState, writerText } from '../store/segment.ts'

/*
 * A keeper that is a process of its own says in DIR/keeper.json that it is up, for those who may not look into what it
 * keeps: programs that log, and hushlog status.
 */

export interface Presence {
  writer: Writer
  /** ISO 8601: when it began, and when it last said so. */
  since: string
  last: string
  /** The users whose segments it takes, by number. */
  from: number[]
}

/**
 * `running`; `gone`: it died, or has said nothing for three minutes; `none`: it ended cleanly, or there never was one;
 * `unreadable`: we may not look, or what is there is not a keeper's.
 */
export type KeeperState = 'running' | 'gone' | 'none' | 'unreadable'

/** How often it says that it is up. */
export const ANNOUNCE_EVERY = 60_000
const SILENT_FOR = 3 * ANNOUNCE_EVERY
const FILE = 'keeper.json'
const MAX_BYTES = 16 * 1024
const GROUP_READS = 0o040
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants

export function announce(dir: string, presence: Presence): void {
  const temporary = join(dir, `.${FILE}.tmp`)
  const { gid, mode } = lstatSync(dir)
  rmSync(temporary, { force: true })
  const fd = openSync(temporary, 'wx', 0o600)
  try {
    writeFileSync(fd, `${JSON.stringify(presence)}\n`)
    if ((mode & GROUP_READS) !== 0) {
      fchownSync(fd, fstatSync(fd).uid, gid)
      fchmodSync(fd, 0o640)
    }
  } finally {
    closeSync(fd)
  }
  renameSync(temporary, join(dir, FILE))
}

/** Takes our own announcement back; another keeper's stays. */
export function withdraw(dir: string): void {
  const { presence } = readPresence(dir)
  if (presence === undefined || writerText(presence.writer) !== writerText(thisWriter())) return
  rmSync(join(dir, FILE), { force: true })
}

/** Trusts nothing that stands there. Never throws. */
export function readPresence(
  dir: string,
  now: number = Date.now(),
): { state: KeeperState; presence?: Presence } {
  try {
    const presence = parsed(read(join(dir, FILE)))
    return presence === undefined ? { state: 'unreadable' } : { state: stateOf(presence, now), presence }
  } catch (error) {
    return { state: errorCode(error) === 'ENOENT' ? 'none' : 'unreadable' }
  }
}

function read(path: string): string {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const bytes = Buffer.alloc(MAX_BYTES)
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, MAX_BYTES, 0))
  } finally {
    closeSync(fd)
  }
}

function parsed(text: string): Presence | undefined {
  try {
    const { writer, since, last, from } = JSON.parse(text)
    const isTimed = [since, last].every((time) => typeof time === 'string' && !Number.isNaN(Date.parse(time)))
    const isFrom = Array.isArray(from) && from.every(Number.isSafeInteger)
    return isTimed && isFrom && isWriter(writer) ? { writer, since, last, from } : undefined
  } catch {
    return undefined
  }
}

function isWriter({ host, boot, pidns, pid, tid, start }: Writer): boolean {
  const isText = [host, boot, pidns].every((part) => typeof part === 'string')
  return isText && [pid, tid, start].every(Number.isSafeInteger)
}

function stateOf({ writer, last }: Presence, now: number): KeeperState {
  const state = writerState(writer)
  if (state === 'dead') return 'gone'
  return state === 'alive' || now - Date.parse(last) <= SILENT_FOR ? 'running' : 'gone'
}
