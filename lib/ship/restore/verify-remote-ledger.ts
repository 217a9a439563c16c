import { createHash } from 'node:crypto'
import type { Finding } from '../../keep/finding.ts'
import { ledgerPath } from '../../keep/ledger.ts'
import { openLedger } from '../../keep/ledger-state.ts'
import type { Checkpoint } from '../../keep/note.ts'
import { anchorFindings } from '../../keep/verify-anchor.ts'
import { concurrently } from '../concurrently.ts'
import type { LedgerObject } from '../keys.ts'
import type { ShipTarget } from '../target.ts'
import type { LedgerHere, RemoteOptions } from './ledger-here.ts'
import { isOfObject, readCheckpoint, type ShippedLedger } from './shipped-ledgers.ts'

/*
 * Whether the parts of a ledger in a target are the ledger that is here, and which of its checkpoints fits.
 */

const AT_A_TIME = 8
const MAX_CHECKPOINTS = 100

export interface RemoteLedger {
  problems: Finding[]
  /** The newest one that fits. */
  checkpoint: Checkpoint | undefined
  /** How many lie there as they are here, from the first on. */
  entries: number
}

export async function remoteLedger(
  options: RemoteOptions,
  shipped: ShippedLedger | undefined,
  here: LedgerHere,
): Promise<RemoteLedger> {
  const problems: Finding[] = []
  if (shipped === undefined) {
    const where = options.target.place
    if (here.folders.size > 0 || here.shipped.size > 0)
      problems.push({
        kind: 'missing',
        where,
        what: 'has nothing of this ledger, although it was shipped there',
      })
    else if (here.targets.length > 0 && !here.targets.includes(where))
      problems.push({
        kind: 'missing',
        where,
        what: `has nothing of this ledger, which is shipped to ${here.targets.join(' and ')}`,
      })
    return { problems, checkpoint: undefined, entries: 0 }
  }
  const checkpoint = await fittingCheckpoint(options.target, shipped, here, problems)
  const entries = await sameEntries(options, shipped, here, problems)
  if (checkpoint !== undefined && entries < checkpoint.size)
    problems.push({
      kind: 'missing',
      where: shipped.folder,
      what: `has entries up to ${entries - 1} alone, and a checkpoint of entry ${checkpoint.size - 1}`,
    })
  return { problems, checkpoint, entries }
}

async function fittingCheckpoint(
  target: ShipTarget,
  { checkpoints }: ShippedLedger,
  { check, seals }: LedgerHere,
  problems: Finding[],
): Promise<Checkpoint | undefined> {
  for (const object of checkpoints.slice(0, MAX_CHECKPOINTS)) {
    const checkpoint = await readCheckpoint(target, object)
    const where = object.key
    if (checkpoint === undefined) {
      problems.push({ kind: 'modified', where, what: 'is no checkpoint of what its name says' })
      continue
    }
    const wrong = anchorFindings(check, [], checkpoint, seals.get(object.to)).problems
    if (wrong.length === 0) return checkpoint
    problems.push(...wrong.map(({ kind, what }) => ({ kind, where, what })))
  }
  return undefined
}

/** @returns how many entries lie there as they are here, from the first on */
async function sameEntries(
  { dir, target, onProgress }: RemoteOptions,
  { parts }: ShippedLedger,
  { offsets }: LedgerHere,
  problems: Finding[],
): Promise<number> {
  const entries = offsets.length - 1
  const same: LedgerObject[] = []
  await concurrently(parts, AT_A_TIME, async (part) => {
    const { key: where, from, to } = part
    if (to >= entries) {
      const what = `goes on to entry ${to}, ${entries} are here: the ledger was cut or put back, or that part is forged`
      problems.push({ kind: 'truncated', where, what })
      return
    }
    const here = await sumOfFile(dir, offsets[from], offsets[to + 1])
    const there = await sumOf(target, part, onProgress)
    if (there === here) same.push(part)
    else problems.push({ kind: 'modified', where, what: differenceWords(there) })
  })
  problems.sort((a, b) => (a.where < b.where ? -1 : 1))
  let covered = 0
  for (const { from, to } of same.sort((a, b) => a.from - b.from))
    if (from <= covered) covered = Math.max(covered, to + 1)
  return covered
}

function differenceWords(there: string | undefined): string {
  return there === undefined ? 'is not what its name says' : 'is not what the ledger says here'
}

/** @param end the byte behind the last one */
async function sumOfFile(dir: string, start: number, end: number): Promise<string> {
  const hash = createHash('sha256')
  const handle = await openLedger(ledgerPath(dir))
  if (handle === undefined) return ''
  try {
    const options = { start, end: end - 1, autoClose: false }
    for await (const chunk of handle.createReadStream(options)) hash.update(chunk)
  } finally {
    await handle.close()
  }
  return hash.digest('hex')
}

/** Undefined when it cannot be had as its name says. */
async function sumOf(
  target: ShipTarget,
  { key, sha256 }: LedgerObject,
  onProgress?: (bytes: number) => void,
): Promise<string | undefined> {
  try {
    for await (const chunk of await target.get(key, sha256)) onProgress?.(chunk.length)
    return sha256
  } catch (error) {
    if (isOfObject(error)) return undefined
    throw error
  }
}
