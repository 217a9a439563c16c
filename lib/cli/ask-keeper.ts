/**
 * Puts a request into inbox/ and waits until the keeper has taken it; where none runs, takes it at once.
 */
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode, HushlogError } from '../errors.ts'
import { type KeeperRequest, REFUSED, REQUEST, takeInbox } from '../keep/inbox.ts'
import { Ledger } from '../keep/ledger.ts'
import { readPresence } from '../keep/presence.ts'
import { asRootAgain } from './as-owner.ts'
import { sayFirstKey } from './first-key.ts'

const WAIT_FOR = 5_000
const LOOK_EVERY = 100

/**
 * @param isRoot whether root asks, acting as the owner of the directory
 * @returns `waits` when the keeper has not looked yet
 * @throws HushlogError `HUSHLOG_INBOX` when it is refused, or cannot be put there
 */
export async function askKeeper(
  dir: string,
  request: KeeperRequest,
  isRoot: boolean,
): Promise<'entered' | 'waits'> {
  const file = put(dir, request, isRoot)
  const isKept = readPresence(dir).state === 'running'
  const reason = isKept ? await taken(dir, file) : await takeNow(dir, file)
  if (existsSync(join(dir, 'inbox', file))) return 'waits'
  if (reason !== undefined || existsSync(join(dir, 'inbox', REFUSED, file))) throw refused(reason)
  return 'entered'
}

function refused(reason = 'the keeper has told the reason'): HushlogError {
  return new HushlogError('HUSHLOG_INBOX', `the request is refused: ${reason}`)
}

/** Writes the request as a file that the keeper's user, and nobody else, can read. Returns its name. */
function put(dir: string, request: KeeperRequest, isRoot: boolean): string {
  const inbox = join(dir, 'inbox')
  const file = `${request.kind}-${randomUUID()}${REQUEST}`
  try {
    checkInbox(dir, inbox)
    const fd = openSync(join(inbox, `.${file}`), 'wx', 0o600)
    writeFileSync(fd, JSON.stringify(request))
    fchmodSync(fd, 0o640)
    // Root's request becomes root's, for the ledger to say so; the keeper reads it through its own group.
    if (isRoot) asRootAgain(() => fchownSync(fd, 0, fstatSync(fd).gid))
    closeSync(fd)
    renameSync(join(inbox, `.${file}`), join(inbox, file))
    return file
  } catch (error) {
    if (error instanceof HushlogError) throw error
    const hint = 'only the user of the keeper and root may ask: sudo, or su'
    throw cannotWrite(inbox, errorCode(error), hint, error)
  }
}

/** Of the user whose the directory is, and no link. Nobody but a keeper makes one. */
function checkInbox(dir: string, inbox: string): void {
  const stat = lstatSync(inbox, { throwIfNoEntry: false })
  if (stat === undefined)
    throw cannotWrite(inbox, 'it is not there', 'start the keeper, or the program, once: it makes it')
  const { uid } = lstatSync(dir)
  if (!stat.isDirectory() || stat.uid !== uid)
    throw cannotWrite(inbox, `it is no directory of user ${uid}`, 'find out who has put it there')
}

function cannotWrite(inbox: string, what: string, hint: string, cause?: unknown): HushlogError {
  return new HushlogError('HUSHLOG_INBOX', `cannot write into ${inbox}: ${what}`, { hint, cause })
}

/** Waits for the keeper that runs. It tells the reason of a refusal itself. */
async function taken(dir: string, file: string): Promise<undefined> {
  const end = performance.now() + WAIT_FOR
  while (existsSync(join(dir, 'inbox', file)) && performance.now() < end) await sleep(LOOK_EVERY)
}

async function takeNow(dir: string, file: string): Promise<string | undefined> {
  const report = await takeInbox(new Ledger(dir, Date.now, { onFirstKey: sayFirstKey }))
  return report.refused.find((one) => one.file === file)?.reason
}
