import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { makePrivate } from '../store/directory.ts'
import type { LedgerEntry } from './facts.ts'
import { HOLD_REQUEST } from './hold-request.ts'
import { Holds } from './holds.ts'
import { type Ledger, readLedger } from './ledger.ts'
import type { Check, Requested, RequestKind, Standing } from './request-kind.ts'
import { REVIEW_REQUEST } from './review-request.ts'
import { Reviews } from './reviews.ts'

/*
 * What others ask the keeper to record lies in inbox/ as files of JSON, one a request. The keeper alone writes the
 * ledger: it takes a request that is right in every particular and moves any other to inbox/refused/.
 */

/** A row for each kind of request. */
const KINDS: { [Kind in Requested['kind']]: RequestKind<Extract<Requested, { kind: Kind }>> } = {
  hold: HOLD_REQUEST,
  review: REVIEW_REQUEST,
}

/** A request as it stands in a file. */
export type KeeperRequest = Omit<Requested, 'by'>

export interface InboxReport {
  taken: Requested[]
  refused: { file: string; reason: string }[]
}

export const REQUEST = '.json'
const MAX_BYTES = 4096
const AT_ONCE = 100
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants

interface Letter {
  file: string
  path: string
}

/**
 * Enters what lies in inbox/ into the ledger, a hundred requests at most.
 * @param now milliseconds since the epoch
 * @throws HushlogError `HUSHLOG_LEDGER` when the ledger cannot take it; the requests then stay
 */
export async function takeInbox(ledger: Ledger, now: number = Date.now()): Promise<InboxReport> {
  const report: InboxReport = { taken: [], refused: [] }
  const letters = lettersIn(join(ledger.dir, 'inbox'))
  if (letters.length === 0) return report
  const done: string[] = []
  const refuse = ({ file }: Letter, reason: string) => report.refused.push({ file, reason })
  await ledger.update(async () => {
    const standing = await standingOf(ledger.dir, now)
    for (const letter of letters) {
      const request = open(letter.path)
      const problem = typeof request === 'string' ? request : kindOf(request).refusal(request, standing)
      if (typeof request === 'string' || problem !== undefined) {
        refuse(letter, problem as string)
        continue
      }
      if (!kindOf(request).isEntered(request, standing)) report.taken.push(request)
      note(standing, { v: 1, n: 0, prev: '', at: '', ...request })
      done.push(letter.path)
    }
    return report.taken
  })
  for (const path of done) await rm(path, { force: true })
  for (const { file } of report.refused) await setAside(ledger.dir, file)
  return report
}

async function standingOf(dir: string, now: number): Promise<Standing> {
  const standing: Standing = { dir, now, holds: new Holds(), reviews: new Reviews() }
  for await (const entry of readLedger(dir)) note(standing, entry)
  return standing
}

function note({ holds, reviews }: Standing, entry: LedgerEntry): void {
  holds.note(entry)
  reviews.note(entry)
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
function open(path: string): Requested | string {
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

function requestIn(text: string, by: number): Requested | string {
  let request: KeeperRequest
  try {
    request = JSON.parse(text)
  } catch {
    return 'it is no JSON'
  }
  const problem = problemIn(request)
  if (problem !== undefined) return problem
  const { fields } = kindOf(request)
  const given = fields.map((field) => [field, request[field as keyof KeeperRequest]] as const)
  const told = Object.fromEntries(given.filter(([, value]) => value !== undefined))
  return { ...told, by } as unknown as Requested
}

const CHECKS: Check<KeeperRequest>[] = [
  [(request) => request === null || typeof request !== 'object' || Array.isArray(request), 'it is no object'],
  [({ kind }) => !Object.hasOwn(KINDS, kind), `its kind is none of ${Object.keys(KINDS).join(', ')}`],
  [
    (request) => !Object.keys(request).every((field) => kindOf(request).fields.includes(field)),
    'it has a field that is not known',
  ],
]

/** What is wrong with a request by itself, or undefined. */
export function problemIn(request: KeeperRequest): string | undefined {
  const [, problem] = CHECKS.find(([isWrong]) => isWrong(request)) ?? []
  return problem ?? kindOf(request).checks.find(([isWrong]) => isWrong(request))?.[1]
}

function kindOf({ kind }: KeeperRequest): RequestKind<Requested> {
  // What each row takes is what its own name finds.
  return KINDS[kind] as unknown as RequestKind<Requested>
}

export const REFUSED = 'refused'

async function setAside(dir: string, file: string): Promise<void> {
  const folder = join(dir, 'inbox', REFUSED)
  makePrivate(folder)
  // What cannot be moved stays, and is refused again.
  await rename(join(dir, 'inbox', file), join(folder, file)).catch(() => {})
}
