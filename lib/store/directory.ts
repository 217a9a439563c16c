import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'

/** The folders of a log directory; what lies in each is drawn in docs/format. */
export const FOLDERS = ['open', 'sealed', 'ledger', 'torn'] as const

const PRIVATE = 0o700
const OTHERS_MAY_WRITE = 0o022

/**
 * Makes the log directory, or checks the one that is there, and returns its absolute path.
 * @param options.explicit whether the user named the directory; it changes only the words of the error
 * @throws HushlogError `HUSHLOG_DIRECTORY` when others could write there, or we cannot
 */
export function prepareDirectory(dir: string, options: { explicit: boolean }): string {
  const path = resolve(dir)
  const label = options.explicit ? `storage.dir ${path}` : `the default log directory ${path}`
  usable(label, path, () => {
    mkdirSync(dirname(path), { recursive: true })
    if (makePrivate(path)) writeIgnore(path)
  })
  for (const folder of FOLDERS) usable(label, join(path, folder), () => makePrivate(join(path, folder)))
  return path
}

/** Makes one directory that only we may enter, whatever the umask; false when it was there. */
export function makePrivate(path: string): boolean {
  try {
    mkdirSync(path, PRIVATE)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
  chmodSync(path, PRIVATE)
  return true
}

/** Forces new and removed names in a directory to the disk. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory, and needs no fsync of it.
  if (process.platform === 'win32') return
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function usable(label: string, path: string, make: () => void): void {
  try {
    make()
  } catch (error) {
    throw refusal(
      label,
      `cannot make ${path} (${errorCode(error)})`,
      'choose a directory that this user may write',
      error,
    )
  }
  const problem = check(path)
  if (problem !== undefined) throw refusal(label, `${path} ${problem.got}`, problem.hint)
}

function refusal(label: string, got: string, hint: string, cause?: unknown): HushlogError {
  const takes = 'a directory of our own that nobody else may write'
  return new HushlogError('HUSHLOG_DIRECTORY', `${label}: ${got}; it takes ${takes}`, { hint, cause })
}

function check(path: string): { got: string; hint: string } | undefined {
  const stat = lstatSync(path)
  const user = process.geteuid?.()
  if (stat.isSymbolicLink()) return { got: 'is a symbolic link', hint: 'name the directory that it leads to' }
  if (!stat.isDirectory()) return { got: 'is a file', hint: 'remove it, or name another directory' }
  if (user === undefined) return undefined
  if (user !== 0 && stat.uid !== user)
    return { got: `belongs to user ${stat.uid}, we are ${user}`, hint: `chown ${user} ${path}` }
  if ((stat.mode & OTHERS_MAY_WRITE) !== 0)
    return { got: `has mode 0${(stat.mode & 0o7777).toString(8)}`, hint: `chmod go-w ${path}` }
  return writable(path) ? undefined : { got: 'cannot be written by us', hint: `chmod u+wx ${path}` }
}

function writable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

function writeIgnore(path: string): void {
  const fd = openSync(join(path, '.gitignore'), 'wx', 0o600)
  writeSync(fd, '*\n')
  closeSync(fd)
}
