import { lstatSync, type Stats } from 'node:fs'
import { errorCode } from '../errors.ts'
import { cannotRead } from './log-directory.ts'

const ROOT = 0

/**
 * Root acts as the owner of a log directory from here on: what root made there, its keeper could not read, and where a
 * link there leads the owner decides.
 * @returns whether it was root before
 * @throws HushlogError `HUSHLOG_READ` when the directory is not there
 */
export function actAsOwner(dir: string): boolean {
  const { uid, gid } = ownerOf(dir)
  if (process.geteuid?.() !== ROOT || uid === ROOT) return false
  process.setgroups?.([gid])
  process.setegid?.(gid)
  process.seteuid?.(uid)
  return true
}

/**
 * Does something as the owner of a log directory, as `actAsOwner` tells, and is root again then.
 * @throws HushlogError `HUSHLOG_READ` when the directory is not there
 */
export async function asOwner<T>(dir: string, work: (isRoot: boolean) => Promise<T>): Promise<T> {
  const groups = process.getgroups?.() ?? []
  const isRoot = actAsOwner(dir)
  try {
    return await work(isRoot)
  } finally {
    if (isRoot) {
      process.seteuid?.(ROOT)
      process.setegid?.(ROOT)
      process.setgroups?.(groups)
    }
  }
}

/** Does something as root for one who acts as the owner; nothing that follows a path. */
export function asRootAgain(work: () => void): void {
  const user = process.geteuid?.() as number
  process.seteuid?.(ROOT)
  try {
    work()
  } finally {
    process.seteuid?.(user)
  }
}

/** Whether this user may do what the directory's keeper may. */
export function isKeepersUser(dir: string): boolean {
  const user = process.geteuid?.()
  return user === undefined || user === 0 || user === ownerOf(dir).uid
}

/** The keeper's user and its own group: that of the directory itself may be the group that logs there. */
function ownerOf(dir: string): { uid: number; gid: number } {
  let owner: Stats
  try {
    owner = lstatSync(dir)
  } catch (error) {
    throw cannotRead(dir, error)
  }
  const inbox = inboxOf(dir)
  if (inbox === undefined || !inbox.isDirectory() || inbox.uid !== owner.uid) return owner
  return { uid: owner.uid, gid: inbox.gid }
}

function inboxOf(dir: string): Stats | undefined {
  try {
    return lstatSync(`${dir}/inbox`)
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EACCES') return undefined
    throw cannotRead(dir, error)
  }
}
