import { errorCode } from '../errors.ts'
import { ShipFailure, type ShipFailureOptions } from './failure.ts'

interface Row extends Pick<ShipFailureOptions, 'scope' | 'isPermanent' | 'hint'> {
  what: string
}

const NO_ROOM: Omit<Row, 'what'> = { scope: 'target', hint: 'make room there: shipping goes on by itself' }
const NO_RIGHT: Row = {
  scope: 'target',
  isPermanent: true,
  what: 'permission denied',
  hint: 'it takes a directory that the user of the keeper may write',
}
const AWAY: Row = { scope: 'target', what: 'nobody answers', hint: 'is the machine that exports it up?' }

const NO_DESCRIPTOR: Row = {
  scope: 'target',
  what: 'too many files are open',
  hint: 'raise the limit of open files of this process',
}

/** What the codes of the system mean for a directory that is shipped to. */
const ROWS: Record<string, Row> = {
  ENOENT: { scope: 'target', what: 'is not there', hint: 'is it mounted? it is not made' },
  ENOTDIR: { scope: 'object', isPermanent: true, what: 'a file stands in its way' },
  ELOOP: { scope: 'object', isPermanent: true, what: 'it is a symbolic link' },
  ENAMETOOLONG: { scope: 'object', isPermanent: true, what: 'its name is too long for that file system' },
  EFBIG: { scope: 'object', isPermanent: true, what: 'it is too large for that file system' },
  EISDIR: { scope: 'object', isPermanent: true, what: 'a folder stands in its place' },
  ENOSPC: { ...NO_ROOM, what: 'the disk is full' },
  EDQUOT: { ...NO_ROOM, what: 'the quota is used up' },
  EROFS: {
    scope: 'target',
    isPermanent: true,
    what: 'is read-only',
    hint: 'mount it so that it can be written',
  },
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  ESTALE: { scope: 'target', what: 'is not what was mounted any more', hint: 'mount it anew' },
  EIO: { scope: 'target', what: 'the disk fails', hint: "look at the system's log for its errors" },
  EMFILE: NO_DESCRIPTOR,
  ENFILE: NO_DESCRIPTOR,
  ETIMEDOUT: AWAY,
  EHOSTDOWN: AWAY,
  EHOSTUNREACH: AWAY,
}

/** Why something could not be done in a directory that is shipped to, from what the system has said. */
export function directoryFailure(place: string, error: unknown, key?: string): ShipFailure {
  const code = errorCode(error)
  const { what, ...options } = Object.hasOwn(ROWS, code) ? ROWS[code] : OTHER
  const where = key === undefined || options.scope === 'target' ? place : `${place}: ${JSON.stringify(key)}`
  return new ShipFailure(`${where}: ${what} (${code})`, { ...options, cause: error })
}

/** A signal that broke it off, too. */
const OTHER: Row = { scope: 'object', what: 'cannot be done' }
