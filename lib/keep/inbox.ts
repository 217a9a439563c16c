import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { isRequestId } from '../id.ts'
import { makePrivate } from '../store/directory.ts'
import type { HoldFact } from './facts.ts'
import { type Holds, readHolds } from './holds.ts'
import type { Ledger } from './ledger.ts'

/*
 * What others ask the keeper to record lies in inbox/ as files of JSON, one a request. The keeper alone writes the
 * ledger: it takes a request that is right in every particular and moves any other to inbox/refused/.
 */

/** A request to add or to remove a legal hold, as it stands in a file. */
export type HoldRequest = Omit<HoldFact, 'by'>

export interface InboxReport {
  taken: HoldFact[]
  refused: { file: string; reason: string }[]
}

export const REQUEST = '.json'
export const MAX_REASON = 200
const MAX_BYTES = 4096
const AT_ONCE = 100
const FIELDS = ['kind', 'op', 'id', 'since', 'until', 'reason']
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants

interface Letter {
  file: string
  path: string
}

/**
 * Enters what lies in inbox/ into the ledger, a hundred requests at most.
 * @throws HushlogError `HUSHLOG_LEDGER` when the ledger cannot take it; the requests then stay
 */
export async function takeInbox(ledger: Ledger): Promise<InboxReport> {
  const report: InboxReport = { taken: [], refused: [] }
  const letters = lettersIn(join(ledger.dir, 'inbox'))
  if (letters.length === 0) return report
  const done: string[] = []
  const refuse = ({ file }: Letter, reason: string) => report.refused.push({ file, reason })
  await ledger.update(async () => {
    const holds = await readHolds(ledger.dir)
    for (const letter of letters) {
      const request = open(letter.path)
      const problem = typeof request === 'string' ? request : problemWith(request, holds, ledger.dir)
      if (typeof request === 'string' || problem !== undefined) {
        refuse(letter, problem as string)
        continue
      }
      if (!isEntered(request, holds)) report.taken.push(request)
      holds.note({ v: 1, n: 0, prev: '', at: '', ...request })
      done.push(letter.path)
    }
    return report.taken
  })
  for (const path of done) await rm(path, { force: true })
  for (const { file } of report.refused) await setAside(ledger.dir, file)
  return report
}

function lettersIn(folder: string): Letter[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith(REQUEST) && !file.startsWith('.'))
    return files
      .sort()
      .slice(0, AT_ONCE)
      .map((file) => ({ file, path: join(folder, file) }))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw new HushlogError('HUSHLOG_INBOX', `cannot read ${folder}: ${errorCode(error)}`, { cause: error })
  }
}

/** The request that stands in a file, or why there is none. */
function open(path: string): HoldFact | string {
  try {
    const { text, owner } = read(path)
    return text === undefined ? 'it is no regular file of 4 KB at most with one name' : requestIn(text, owner)
  } catch (error) {
    return `it cannot be read (${errorCode(error)})`
  }
}

function read(path: string): { text: string | undefined; owner: number } {
  // Looked at before it is opened: to open a pipe or a device may do something.
  if (!lstatSync(path).isFile()) return { text: undefined, owner: 0 }
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile() || stat.nlink !== 1 || stat.size > MAX_BYTES)
      return { text: undefined, owner: stat.uid }
    const bytes = Buffer.alloc(MAX_BYTES)
    return { text: bytes.toString('utf8', 0, readSync(fd, bytes, 0, MAX_BYTES, 0)), owner: stat.uid }
  } finally {
    closeSync(fd)
  }
}

function requestIn(text: string, by: number): HoldFact | string {
  let value: HoldRequest
  try {
    value = JSON.parse(text)
  } catch {
    return 'it is no JSON'
  }
  const problem = problemIn(value)
  if (problem !== undefined) return problem
  const { op, id, since, until, reason } = value
  return {
    kind: 'hold',
    op,
    id,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
    by,
  }
}

type Check = [isWrong: (request: HoldRequest) => boolean, problem: string]

const CHECKS: Check[] = [
  [(request) => request === null || typeof request !== 'object' || Array.isArray(request), 'it is no object'],
  [
    (request) => !Object.keys(request).every((field) => FIELDS.includes(field)),
    'it has a field that is not known',
  ],
  [({ kind }) => kind !== 'hold', 'its kind is not hold'],
  [({ op }) => op !== 'add' && op !== 'remove', 'its op is neither add nor remove'],
  [({ id }) => typeof id !== 'string' || !isRequestId(id), 'its id is not 1 to 64 of A-Z a-z 0-9 _ . -'],
  [
    ({ since, until }) => ![since, until].every(isTimeOrAbsent),
    'a time is not ISO 8601 in UTC with milliseconds',
  ],
  [
    ({ since, until }) => since !== undefined && until !== undefined && since > until,
    'it ends before it begins',
  ],
  [
    ({ reason }) => reason !== undefined && !isReason(reason),
    `its reason is not 1 to ${MAX_REASON} characters without control characters`,
  ],
  [
    ({ op, since, until, reason }) =>
      op === 'remove' && [since, until, reason].some((field) => field !== undefined),
    'to remove a hold takes its id alone',
  ],
]

/** What is wrong with a request by itself, or undefined. */
export function problemIn(request: HoldRequest): string | undefined {
  return CHECKS.find(([isWrong]) => isWrong(request))?.[1]
}

function isTimeOrAbsent(time: unknown): boolean {
  if (time === undefined) return true
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString() === time
}

function isReason(reason: unknown): boolean {
  if (typeof reason !== 'string' || reason.length === 0 || reason.length > MAX_REASON) return false
  for (let i = 0; i < reason.length; i++) {
    const code = reason.charCodeAt(i)
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return false
  }
  return true
}

/** What is wrong with it now, by what the ledger says and by who asks. */
function problemWith(request: HoldFact, holds: Holds, dir: string): string | undefined {
  if (request.op === 'add')
    return holds.has(request.id) && !isEntered(request, holds)
      ? 'a hold of this id stands already'
      : undefined
  if (request.by !== 0 && request.by !== lstatSync(dir).uid)
    return 'only the keeper’s user and root may remove a hold'
  return holds.has(request.id) ? undefined : 'no hold of this id stands'
}

/** Whether the very same hold stands: a crash came between its entry and the removal of the request. */
function isEntered({ op, id, since, until, reason, by }: HoldFact, holds: Holds): boolean {
  if (op === 'remove') return false
  return holds
    .list()
    .some(
      (hold) =>
        hold.id === id &&
        hold.since === since &&
        hold.until === until &&
        hold.reason === reason &&
        hold.by === by,
    )
}

export const REFUSED = 'refused'

async function setAside(dir: string, file: string): Promise<void> {
  const folder = join(dir, 'inbox', REFUSED)
  makePrivate(folder)
  // What cannot be moved stays, and is refused again.
  await rename(join(dir, 'inbox', file), join(folder, file)).catch(() => {})
}
