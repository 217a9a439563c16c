import { closeSync, constants, fchmodSync, fchownSync, fstatSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { FOLDERS, makePrivate, prepareDirectory } from '../store/directory.ts'

/*
 * The directory of a keeper that is a process of its own. With a group, its members write into open/ and see nothing
 * else; the sticky bit keeps one from removing or renaming the segments of another.
 */

const SHARED_TOP = 0o750
const SHARED_OPEN = 0o3770
const PRIVATE = 0o700
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants

/**
 * Makes the directory, or sets the modes of the one that is there and ours, and returns its absolute path.
 * @param group whose members log into it, by number; undefined: this user alone does
 * @throws HushlogError `HUSHLOG_DIRECTORY` for what belongs to another user or is no directory
 */
export function keptDirectory(dir: string, group: number | undefined): string {
  const path = resolve(dir)
  if (group === undefined) return prepareDirectory(path, { explicit: true })
  mkdirSync(dirname(path), { recursive: true })
  makePrivate(path)
  withOurs(path, () => {})
  // Those of a directory that another kept before have its group; what root writes there we read through ours.
  const ours = process.getegid?.() as number
  for (const folder of FOLDERS) {
    makePrivate(join(path, folder))
    setMode(
      join(path, folder),
      folder === 'open' ? { mode: SHARED_OPEN, group } : { mode: PRIVATE, group: ours },
    )
  }
  // Last: nobody of the group comes in before all is as it should be.
  setMode(path, { mode: SHARED_TOP, group })
  return path
}

/** By descriptor, and never through a link: what is not ours stays as it is. */
function setMode(path: string, { mode, group }: { mode: number; group: number }): void {
  withOurs(path, (fd) => {
    const { uid, gid } = fstatSync(fd)
    if (group !== gid) fchownSync(fd, uid, group)
    fchmodSync(fd, mode)
  })
}

function withOurs(path: string, use: (fd: number) => void): void {
  let fd: number | undefined
  try {
    fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    const { uid } = fstatSync(fd)
    const user = process.geteuid?.() as number
    const hint = `run this as user ${uid}, or chown -R ${user} ${path}`
    if (uid !== user) throw refusal(path, `belongs to user ${uid}, we are ${user}`, hint)
    use(fd)
  } catch (error) {
    if (error instanceof HushlogError) throw error
    const code = errorCode(error)
    throw refusal(path, WORDS[code] ?? `cannot be made the keeper's (${code})`, HINTS[code], error)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

const WORDS: Record<string, string> = {
  ELOOP: 'is a symbolic link',
  ENOTDIR: 'is a symbolic link or a file',
  EPERM: 'cannot get that group or mode from us',
}

const HINTS: Record<string, string> = {
  ELOOP: 'name the directory that it leads to',
  ENOTDIR: 'name the directory that it leads to, or remove it',
  EPERM: 'the keeper must be a member of the group, and systemd must not have RestrictSUIDSGID=yes',
}

function refusal(path: string, got: string, hint: string | undefined, cause?: unknown): HushlogError {
  const takes = 'a directory of the keeper’s own'
  return new HushlogError('HUSHLOG_DIRECTORY', `${path} ${got}; it takes ${takes}`, {
    ...(hint === undefined ? {} : { hint }),
    cause,
  })
}
