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
export const FOLDERS = ['open', 'sealed', 'ledger', 'torn', 'inbox'] as const

const PRIVATE = 0o700
const OTHERS_MAY_WRITE = 0o022
const GROUP_MAY_WRITE = 0o020
/** Of an open/ that the group writes into: its files get its group, and with the sticky bit none removes another's. */
const SHARED = [0o2770, 0o3770]

export interface DirectoryOptions {
  /** Whether the user named the directory; it changes only the words of the error. */
  explicit: boolean
  /** A keeper of its own seals: the directory may be that of another user. Default false. */
  external?: boolean
}

/**
 * Makes the log directory, or checks the one that is there, and returns its absolute path.
 * @throws HushlogError `HUSHLOG_DIRECTORY` when others could write there, or we cannot
 */
export function prepareDirectory(dir: string, options: DirectoryOptions): string {
  const path = resolve(dir)
  const label = options.explicit ? `storage.dir ${path}` : `the default log directory ${path}`
  if (options.external === true && isShared(path)) return sharedDirectory(label, path)
  usable(label, path, () => {
    mkdirSync(dirname(path), { recursive: true })
    if (makePrivate(path)) writeIgnore(path)
  })
  for (const folder of FOLDERS) usable(label, join(path, folder), () => makePrivate(join(path, folder)))
  return path
}

/** The mode of new segments: the group of an open/ that it may write reads them, for the keeper may be in it. */
export function segmentMode(dir: string): number {
  return groupWrites(join(dir, 'open')) ? 0o640 : 0o600
}

/** Whether a directory is there that belongs to another user, or whose open/ a group writes into. */
function isShared(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  const user = process.geteuid?.()
  if (stat === undefined || user === undefined) return false
  return stat.uid !== user || groupWrites(join(path, 'open'))
}

function groupWrites(open: string): boolean {
  try {
    return (lstatSync(open).mode & GROUP_MAY_WRITE) !== 0
  } catch {
    // Not there, or not to be seen: whoever looks closer says why.
    return false
  }
}

function sharedDirectory(label: string, path: string): string {
  const takes = "a keeper's directory: nobody else may write it, and we may write its open/ through our group"
  const problem = kindOf(path) ?? checkShared(path)
  if (problem !== undefined)
    throw refusal(label, `${problem.path ?? path} ${problem.got}`, problem.hint, takes)
  return path
}

interface Problem {
  path?: string
  got: string
  hint: string
}

function checkShared(path: string): Problem | undefined {
  const { uid, mode, gid } = lstatSync(path)
  const open = join(path, 'open')
  if ((mode & OTHERS_MAY_WRITE) !== 0) return { got: `has mode ${octal(mode)}`, hint: `chmod go-w ${path}` }
  const member = `add this user to group ${gid}, and start the program anew`
  try {
    const problem = kindOf(open) ?? checkSharedOpen(open, uid)
    return problem === undefined ? undefined : { path: open, ...problem }
  } catch (error) {
    const isMissing = errorCode(error) === 'ENOENT'
    const hint = isMissing ? 'start the keeper: hushlog keep makes it' : member
    return { path: open, got: `cannot be reached (${errorCode(error)})`, hint }
  }
}

function checkSharedOpen(open: string, keeper: number): Problem | undefined {
  const { uid, gid, mode } = lstatSync(open)
  if (uid !== keeper)
    return { got: `belongs to user ${uid}, the directory to ${keeper}`, hint: `chown ${keeper} ${open}` }
  if (!SHARED.includes(mode & 0o7777)) return { got: `has mode ${octal(mode)}`, hint: `chmod 3770 ${open}` }
  if (writable(open)) return undefined
  const hint = `add this user to group ${gid}, and start the program anew`
  return { got: 'cannot be written by us', hint }
}

function octal(mode: number): string {
  return `0${(mode & 0o7777).toString(8)}`
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
      OUR_OWN,
      error,
    )
  }
  const problem = check(path)
  if (problem !== undefined) throw refusal(label, `${path} ${problem.got}`, problem.hint)
}

const OUR_OWN = 'a directory of our own that nobody else may write'

function refusal(label: string, got: string, hint: string, takes = OUR_OWN, cause?: unknown): HushlogError {
  return new HushlogError('HUSHLOG_DIRECTORY', `${label}: ${got}; it takes ${takes}`, { hint, cause })
}

/** What is wrong with it when it is no directory. */
function kindOf(path: string): Problem | undefined {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return { got: 'is a symbolic link', hint: 'name the directory that it leads to' }
  return stat.isDirectory() ? undefined : { got: 'is a file', hint: 'remove it, or name another directory' }
}

function check(path: string): Problem | undefined {
  const wrong = kindOf(path)
  if (wrong !== undefined) return wrong
  const stat = lstatSync(path)
  const user = process.geteuid?.()
  if (user === undefined) return undefined
  if (user !== 0 && stat.uid !== user)
    return { got: `belongs to user ${stat.uid}, we are ${user}`, hint: `chown ${user} ${path}` }
  if ((stat.mode & OTHERS_MAY_WRITE) !== 0)
    return { got: `has mode ${octal(stat.mode)}`, hint: `chmod go-w ${path}` }
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
