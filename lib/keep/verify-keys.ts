import { readdir } from 'node:fs/promises'
import { errorCode, HushlogError } from '../errors.ts'
import type { Finding } from './finding.ts'
import { type KeyName, keysFolder, readFirstKey, readKey, type SigningKey } from './keys.ts'
import type { LedgerCheck } from './ledger-check.ts'
import { verifierKey } from './note.ts'

/*
 * Whether the keys beside the ledger are those that it names. A private key that is newer than the newest signature
 * tells that signatures were cut off.
 */

interface Findings {
  problems: Finding[]
  notes: Finding[]
}

/** @param isRestored a copy has no private key */
export async function keyFindings(dir: string, check: LedgerCheck, isRestored: boolean): Promise<Findings> {
  const names = await namesIn(keysFolder(dir))
  if (names === undefined)
    return {
      problems: [],
      notes:
        check.proven === undefined
          ? []
          : [
              absent(
                'keys',
                'cannot be looked at: whether signatures were cut off at the end cannot be told',
              ),
            ],
    }
  const findings: Findings = { problems: names.filter((name) => !isOurs(name)).map(foreign), notes: [] }
  const current = await read(dir, 'current', findings)
  const next = await read(dir, 'next', findings)
  await compareFirst(dir, check, current, findings)
  const isWhole = check.problem === undefined && findings.problems.length === 0
  if (isWhole && check.nextKey !== undefined && !isRestored) compare(check.nextKey, current, next, findings)
  return findings
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder)
  } catch {
    // A copy of the directory for an auditor has none, and other users may not look.
    return undefined
  }
}

const OURS = ['current', 'next', 'first.pub']

function isOurs(name: string): boolean {
  // What a crash left of a key that was being written.
  const isTemporary = name.endsWith('.tmp') && OURS.some((ours) => name.startsWith(`${ours}.`))
  return OURS.includes(name) || isTemporary
}

function foreign(name: string): Finding {
  return { kind: 'inserted', where: `keys/${name}`, what: 'is no key of ours' }
}

function absent(where: string, what: string): Finding {
  return { kind: 'unfinished', where, what }
}

/** `unknown` when it may not be read. */
async function read(
  dir: string,
  name: KeyName,
  findings: Findings,
): Promise<SigningKey | 'unknown' | undefined> {
  try {
    return await readKey(dir, name)
  } catch (error) {
    note(findings, `keys/${name}`, error)
    return 'unknown'
  }
}

function note({ problems, notes }: Findings, where: string, error: unknown): void {
  if (!(error instanceof HushlogError)) throw error
  if (errorCode(error.cause) === 'EACCES') notes.push(absent(where, 'cannot be looked at'))
  else problems.push({ kind: 'modified', where, what: withoutPath(error.message) })
}

// `key PATH says this` says this.
function withoutPath(message: string): string {
  return message.split(' ').slice(2).join(' ')
}

async function compareFirst(
  dir: string,
  { firstKey, problem }: LedgerCheck,
  current: SigningKey | 'unknown' | undefined,
  findings: Findings,
): Promise<void> {
  const where = 'keys/first.pub'
  try {
    const text = await readFirstKey(dir)
    if (firstKey === undefined) {
      if (text !== undefined && problem === undefined && !isUnused(text, current))
        findings.problems.push(GONE)
      return
    }
    if (text === undefined) findings.notes.push(absent(where, 'is gone; its copy elsewhere is what counts'))
    else if (text !== `${verifierKey(firstKey)}\n`)
      findings.problems.push({ kind: 'wrong-key', where, what: 'is not the key that the ledger begins with' })
  } catch (error) {
    note(findings, where, error)
  }
}

const GONE: Finding = {
  kind: 'missing',
  where: 'ledger/ledger.jsonl',
  what: 'is gone, or is another one: keys/first.pub tells of a signed ledger',
}

/** Whether nothing was signed by the first key yet: a program died before it could. */
function isUnused(first: string, current: SigningKey | 'unknown' | undefined): boolean {
  return current === 'unknown' || (current !== undefined && first === `${verifierKey(current.publicKey)}\n`)
}

function compare(
  named: string,
  current: SigningKey | 'unknown' | undefined,
  next: SigningKey | 'unknown' | undefined,
  { problems }: Findings,
): void {
  if (current === 'unknown' || next === 'unknown') return
  if (current?.publicKey === named || next?.publicKey === named) return
  const where = 'keys/current'
  if (current === undefined && next === undefined)
    problems.push({
      kind: 'missing',
      where,
      what: 'is not here, and the ledger is signed: nothing can be added to it',
    })
  else
    problems.push({
      kind: 'truncated',
      where,
      what: 'is not the key that the newest signature names: signatures were cut off the ledger, or the key was put back',
    })
}
