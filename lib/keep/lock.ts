import { randomUUID } from 'node:crypto'
import { readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode, HushlogError } from '../errors.ts'
import { thisWriter, type Writer, writerState } from '../store/segment.ts'

/*
 * The lock is a file made with O_EXCL that says who holds it. A dead holder's lock is taken away, and that is
 * the hard part: whoever removes a lock that it looked at a moment ago may remove the next holder's. So a lock
 * is removed only under a second one, named after the token of the very lock that is to go: it can be held by
 * one process alone, and the first lock is looked at once more under it. A process that dies there leaves a
 * second lock, which is taken away in the same manner.
 */

interface Holder {
  /** Different for each lock ever made. */
  token: string
  /** Undefined when the file does not say: its maker died before it had written it. */
  writer: Writer | undefined
  /** When the file was made, by its mtime. */
  since: number
}

export interface LockTimes {
  /** How long to wait for the lock, in ms. */
  deadline: number
  /** From when on a holder that cannot be judged counts as dead, in ms. */
  lease: number
}

const TIMES: LockTimes = { deadline: 10_000, lease: 30_000 }

/** Runs `work` while no other process or thread holds the ledger's lock. */
export async function withLock<T>(dir: string, work: () => Promise<T>, times: LockTimes = TIMES): Promise<T> {
  const path = join(dir, 'ledger', 'lock')
  const token = await acquire(path, times)
  const since = performance.now()
  try {
    return await work()
  } finally {
    // Nobody takes a lock away before its lease is over; until then its holder needs no second lock to drop it,
    // which a full disk might refuse.
    if (performance.now() - since < times.lease / 2) unlink(path)
    else remove(path, token, times.lease)
  }
}

async function acquire(path: string, { deadline, lease }: LockTimes): Promise<string> {
  const end = performance.now() + deadline
  for (;;) {
    const token = tryLock(path, lease)
    if (token !== undefined) return token
    if (performance.now() >= end) throw notFree(path, deadline)
    await sleep(2 + Math.random() * 20)
  }
}

function tryLock(path: string, lease: number): string | undefined {
  const token = randomUUID()
  if (make(path, token)) return token
  const holder = look(path)
  if (holder === undefined || !isGone(holder, lease)) return undefined
  remove(path, holder.token, lease)
  return make(path, token) ? token : undefined
}

/** Removes the lock if it is still the one that bears the token. */
function remove(path: string, token: string, lease: number): void {
  const right = `${path}.${token}`
  if (tryLock(right, lease) === undefined) return
  if (look(path)?.token === token) unlink(path)
  unlink(right)
}

function make(path: string, token: string): boolean {
  try {
    writeFileSync(path, JSON.stringify({ token, writer: thisWriter() }), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    // A full disk may have room for the name and none for what should stand in it.
    unlink(path)
    throw new HushlogError('HUSHLOG_LEDGER', `cannot make ${path}: ${errorCode(error)}`, { cause: error })
  }
}

function look(path: string): Holder | undefined {
  try {
    const { mtimeMs, ino } = statSync(path)
    const text = readFileSync(path, 'utf8')
    return { ...recordOf(text, `${ino}-${Math.floor(mtimeMs)}`), since: mtimeMs }
  } catch {
    return undefined
  }
}

function recordOf(text: string, unwritten: string): { token: string; writer: Writer | undefined } {
  try {
    const { token, writer } = JSON.parse(text)
    // The token becomes part of a file name.
    if (/^[0-9a-f-]{36}$/.test(token)) return { token, writer }
  } catch {
    // Falls through: a lock that was never written has only its inode to be told by.
  }
  return { token: unwritten, writer: undefined }
}

function isGone({ writer, since }: Holder, lease: number): boolean {
  const state = writer === undefined ? 'unknown' : writerState(writer)
  return state === 'dead' || (state === 'unknown' && Date.now() - since > lease)
}

function unlink(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Gone already, or it cannot be removed: then it stays until its holder is dead, and is taken away.
  }
}

function notFree(path: string, deadline: number): HushlogError {
  const holder = look(path)?.writer
  const who = holder === undefined ? 'an unknown process' : `process ${holder.pid}`
  return new HushlogError('HUSHLOG_LEDGER', `${path} was not free within ${deadline} ms: ${who} holds it`)
}
