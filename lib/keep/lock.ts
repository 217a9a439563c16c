import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, readFileSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode, HushlogError } from '../errors.ts'
import { thisWriter, type Writer, writerState } from '../store/segment.ts'

/*
 * The lock is a file that says who holds it, and that has its name from one alone: link(2) replaces nothing. A dead
 * holder's lock is taken away, and that is the hard part: whoever removes a lock that it looked at a moment ago may
 * remove the next holder's. So a lock is removed only under a second one, named after the token of the very lock that
 * is to go: it can be held by one process alone, and the first lock is looked at once more under it. A process that
 * dies there leaves a second lock, which is taken away in the same manner.
 */

interface Holder {
  /** Different for each lock ever made. */
  token: string
  /** Undefined when the file does not say. */
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

/** Tokens of this thread's locks whose work is done and that could not be dropped: whoever comes next may. */
const leftBehind = new Set<string>()

/**
 * Runs `work` while no other process or thread holds the ledger's lock. What it is given tells whether the lock is
 * still held: one whose holder stood still for longer than the lease may have been taken away.
 */
export async function withLock<T>(
  dir: string,
  work: (isHeld: () => boolean) => Promise<T>,
  times: LockTimes = TIMES,
): Promise<T> {
  const path = join(dir, 'ledger', 'lock')
  const token = await acquire(path, times)
  const since = performance.now()
  const isHeld = () => look(path)?.token === token
  const renewal = setInterval(() => isHeld() && touch(path), times.lease / 3).unref()
  try {
    return await work(isHeld)
  } finally {
    clearInterval(renewal)
    drop(path, token, performance.now() - since < times.lease / 2, times.lease)
  }
}

/** @param isFresh whether its lease cannot be over */
function drop(path: string, token: string, isFresh: boolean, lease: number): void {
  try {
    // Nobody takes a lock away before its lease is over; until then its holder needs no second lock to drop it,
    // which a full disk might refuse. Who has no descriptor left cannot read it either.
    const found = look(path)
    if (isFresh && (found === undefined || found.token === token)) unlink(path)
    else remove(path, token, lease)
  } catch {
    // No second lock could be made.
  }
  if (existsSync(path) && (look(path) ?? { token }).token === token) leftBehind.add(token)
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
  if (holder === undefined || !(leftBehind.has(holder.token) || isGone(holder, lease))) return undefined
  remove(path, holder.token, lease)
  leftBehind.delete(holder.token)
  return make(path, token) ? token : undefined
}

/** Removes the lock if it is still the one that bears the token. */
function remove(path: string, token: string, lease: number): void {
  const right = `${path}.${token}`
  if (tryLock(right, lease) === undefined) return
  if (look(path)?.token === token) unlink(path)
  unlink(right)
}

/** The file gets its name when all stands in it: a lock that does not say who holds it could only be waited for. */
function make(path: string, token: string): boolean {
  if (existsSync(path)) return false
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    writeFileSync(temporary, JSON.stringify({ token, writer: thisWriter() }), { flag: 'wx', mode: 0o600 })
    linkSync(temporary, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw cannotMake(path, error)
  } finally {
    unlink(temporary)
  }
}

function cannotMake(path: string, error: unknown): HushlogError {
  return new HushlogError('HUSHLOG_LEDGER', `cannot make ${path}: ${errorCode(error)}`, { cause: error })
}

function touch(path: string): void {
  try {
    const now = new Date()
    utimesSync(path, now, now)
  } catch {
    // Gone: `isHeld` says so.
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
