/**
 * `hushlog hold`: asks the keeper to keep segments whatever their age, and tells what is asked for.
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
import { type Hold, readHolds } from '../keep/holds.ts'
import { type HoldRequest, problemIn, REFUSED, REQUEST, takeInbox } from '../keep/inbox.ts'
import { Ledger } from '../keep/ledger.ts'
import { readPresence } from '../keep/presence.ts'
import { visibleText } from '../logger/visible.ts'
import { actAsOwner, asRootAgain } from './as-owner.ts'
import { type Arguments, type Command, EXIT, printable, usage } from './command.ts'
import { sayFirstKey } from './first-key.ts'
import { checkDirectory, DEFAULT_DIRECTORY } from './log-directory.ts'
import { Output, say } from './terminal.ts'

const WAIT_FOR = 5_000
const LOOK_EVERY = 100

export const hold: Command = {
  name: 'hold',
  takes: 'add ID [DIR] | remove ID [DIR] | list [DIR]',
  summary: 'keep segments whatever their age until the hold is removed',
  text: `
A legal hold keeps the segments with lines from --since to --until, whatever their
age, until it is removed. It stands in the ledger of the log directory (default:
logs), with the number of the user who asked for it. ID is 1 to 64 of
A-Z a-z 0-9 _ . -

Where a keeper runs, it enters the request within two seconds; where none does, it
is entered at once. Only the keeper's user and root may ask.

Exit code 2 when the request is refused, with the reason.`,
  options: {
    since: { value: 'TIME', help: '2026-11-24, or 2026-11-24T02:29:31.123Z; default: from the beginning' },
    until: { value: 'TIME', help: 'the same, the whole day for a date; default: without an end' },
    reason: { value: 'TEXT', help: 'up to 200 characters' },
    json: { help: 'list: one JSON object for each hold' },
  },
  run: (args) => holdTo(new Output(), args),
}

/** @returns the exit code */
export async function holdTo(output: Output, args: Arguments): Promise<number> {
  const [what, ...rest] = args.operands
  if (what === 'list') return list(output, args, directoryIn(rest))
  if (what !== 'add' && what !== 'remove')
    throw usage(`hushlog hold takes add, remove or list, got ${printable(what ?? 'nothing')}`)
  const [id, ...more] = rest
  if (id === undefined) throw usage(`hushlog hold ${what} takes the id of a hold`)
  return ask(directoryIn(more), requestOf(args, what, id))
}

function directoryIn(operands: string[]): string {
  if (operands.length > 1) throw usage(`one directory at a time, got ${operands.length}`)
  const dir = operands[0] ?? DEFAULT_DIRECTORY
  checkDirectory(dir)
  return dir
}

const DATE = '2026-11-24'.length

function requestOf(args: Arguments, op: HoldRequest['op'], id: string): HoldRequest {
  const [since] = args.values('since').map((text) => (text.length === DATE ? `${text}T00:00:00.000Z` : text))
  const [until] = args.values('until').map((text) => (text.length === DATE ? `${text}T23:59:59.999Z` : text))
  const [reason] = args.values('reason')
  const request: HoldRequest = { kind: 'hold', op, id, since, until, reason }
  const problem = problemIn(request)
  if (problem !== undefined) throw usage(`hushlog hold ${op}: ${problem}`)
  return request
}

async function ask(dir: string, request: HoldRequest): Promise<number> {
  const isRoot = actAsOwner(dir)
  const file = put(dir, request, isRoot)
  const isKept = readPresence(dir).state === 'running'
  const reason = isKept ? await taken(dir, file) : await takeNow(dir, file)
  if (existsSync(join(dir, 'inbox', file))) say('the request waits in inbox/ for the keeper')
  else if (reason !== undefined || existsSync(join(dir, 'inbox', REFUSED, file))) throw refused(reason)
  else say(`hold ${request.id} ${request.op === 'add' ? 'stands' : 'is removed'}, as the ledger says`)
  return EXIT.ok
}

function refused(reason = 'the keeper has told the reason'): HushlogError {
  return new HushlogError('HUSHLOG_INBOX', `the request is refused: ${reason}`)
}

/**
 * Writes the request as a file that the keeper's user, and nobody else, can read. Returns its name.
 * @param isRoot whether root asks, acting as that user
 */
function put(dir: string, request: HoldRequest, isRoot: boolean): string {
  const inbox = join(dir, 'inbox')
  const file = `hold-${randomUUID()}${REQUEST}`
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

async function list(output: Output, args: Arguments, dir: string): Promise<number> {
  actAsOwner(dir)
  const holds = (await readHolds(dir)).list()
  const rows = holds.map((one) => (args.has('json') ? JSON.stringify(one) : textOf(one)))
  await output.write(rows.map((row) => `${visibleText(row, false)}\n`).join(''))
  return EXIT.ok
}

function textOf({ id, since, until, reason, by, at }: Hold): string {
  const time = `${since ?? 'the beginning'} to ${until ?? 'no end'}`
  return `${id}: ${time}, by user ${by} at ${at}${reason === undefined ? '' : `: ${reason}`}`
}
