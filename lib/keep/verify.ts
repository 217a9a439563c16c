/**
 * Whether a log directory is as the keeper left it: the ledger, the files that it lists, the keys, and what was kept
 * elsewhere. It only reads, and trusts nothing that it reads.
 */
import { stat } from 'node:fs/promises'
import { LEAST_KEEP_DAYS } from '../config.ts'
import type { Finding, VerifyOptions } from './finding.ts'
import { keysFolder } from './keys.ts'
import { ledgerPath } from './ledger.ts'
import { type LedgerCheck, type ProvenSeal, verifyLedger } from './ledger-check.ts'
import { formatCheckpoint, originOf, verifierKey } from './note.ts'
import { isRestored, RESTORED } from './restored.ts'
import { anchorFindings } from './verify-anchor.ts'
import { Entries } from './verify-entries.ts'
import { fileFindings } from './verify-files.ts'
import { keyFindings } from './verify-keys.ts'
import { numberFindings, openFrames } from './verify-numbers.ts'

export interface Verification {
  /** What is wrong. */
  problems: Finding[]
  /** What was told by the keeper itself, and what cannot be proven. */
  notes: Finding[]
  ledger: {
    /** Lines that are proven, or of an unsigned ledger that follow from each other. */
    entries: number
    /** Lines at the beginning from before signatures. */
    old: number
    /** The first public key, as a verifier key. */
    firstKey: string | undefined
    /** The newest signature. */
    proven: { entry: number; at: string; checkpoint: string } | undefined
    anchored: boolean
  }
  segments: { listed: number; pruned: number; read: number; bytes: number }
  /** It is a copy that `hushlog restore` made. */
  restored: boolean
}

const AGAIN = 5

/** @throws HushlogError `HUSHLOG_LEDGER` or `HUSHLOG_READ` when something cannot be read at all */
export async function verify(options: VerifyOptions): Promise<Verification> {
  const { dir, checkpoint } = options
  // Before the ledger: what is sealed from here on is found there.
  const open = await openFrames(dir)
  const { check, listed, keys, restored } = await readQuietly(options)
  const files = await fileFindings(options, listed, restored, () => namesNow(dir))
  const anchor = anchorFindings(check, options.keys ?? [], checkpoint, listed.atCheckpoint)
  const numbers = numberFindings(open, listed)
  const problems = [
    ...chainFindings(check),
    ...anchor.problems,
    ...keys.problems,
    ...files.problems,
    ...numbers,
    ...listed.problems,
  ]
  const isAnchored = checkpoint !== undefined && anchor.problems.length === 0
  const notes = [
    ...(restored ? [RESTORED_NOTE] : []),
    ...anchor.notes,
    ...keys.notes,
    ...(await endNotes(dir, check)),
    ...files.notes,
    ...listed.notes,
  ]
  return {
    problems,
    notes,
    ledger: {
      entries: check.entries,
      old: check.old,
      firstKey: check.firstKey === undefined ? undefined : verifierKey(check.firstKey),
      proven: provenOf(check.proven),
      anchored: isAnchored,
    },
    segments: { listed: listed.segments.size, pruned: listed.pruned.size, ...files.read },
    restored,
  }
}

const RESTORED_NOTE: Finding = {
  kind: 'restored',
  where: RESTORED,
  what: 'tells that it is a copy: without private keys, and without what crashes broke off; on a host that logs it would hide that both are gone',
}

/** Reads the ledger and the keys together: while a keeper appends, one of them may be read before the other changes. */
async function readQuietly(options: VerifyOptions) {
  for (let left = AGAIN; ; left--) {
    const before = await stampOf(options.dir)
    const listed = new Entries(options.keepDays ?? LEAST_KEEP_DAYS, options.checkpoint?.size)
    const check = await verifyLedger(options.dir, listed)
    listed.end(check, options.now ?? Date.now())
    const origin = check.firstKey === undefined ? undefined : originOf(check.firstKey)
    const restored = await isRestored(options.dir, origin)
    const keys = await keyFindings(options.dir, check, restored)
    const isRight = check.problem === undefined && keys.problems.length === 0
    if (isRight || left === 0 || (await stampOf(options.dir)) === before)
      return { check, listed, keys, restored }
  }
}

/** Differs when the ledger or a key has changed. */
async function stampOf(dir: string): Promise<string> {
  const stats = await Promise.all(
    [ledgerPath(dir), keysFolder(dir)].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  )
  return stats.map((found) => `${found?.ino} ${found?.size} ${found?.mtimeNs}`).join()
}

function chainFindings({ problem }: LedgerCheck): Finding[] {
  return problem === undefined
    ? []
    : [{ kind: problem.kind, where: `entry ${problem.n}`, what: problem.what }]
}

/** What stands behind the last signature. */
async function endNotes(dir: string, check: LedgerCheck): Promise<Finding[]> {
  const where = `entry ${check.entries}`
  if (check.proven === undefined && check.entries > 0)
    return [
      {
        kind: 'unsigned',
        where,
        what: 'the ledger is of a version that did not sign: anybody could have made it',
      },
    ]
  const bytes = (await sizeOf(dir)) - check.bytes
  if (bytes <= 0 || check.problem !== undefined) return []
  return [
    {
      kind: 'torn',
      where,
      what: `an append was broken off: ${bytes} bytes behind the last signature prove nothing`,
    },
  ]
}

async function sizeOf(dir: string): Promise<number> {
  return (await stat(ledgerPath(dir)).catch(() => ({ size: 0 }))).size
}

function provenOf(seal: ProvenSeal | undefined): Verification['ledger']['proven'] {
  if (seal === undefined) return undefined
  return { entry: seal.n, at: seal.at, checkpoint: formatCheckpoint(seal.text, seal.sig, seal.key) }
}

/** The names that the ledger lists by now, when a file seemed to be missing or not listed. */
async function namesNow(dir: string): Promise<{ listed: Set<string>; pruned: Set<string> }> {
  const names = { listed: new Set<string>(), pruned: new Set<string>() }
  await verifyLedger(dir, {
    onEntry(entry) {
      if (entry.kind === 'segment') names.listed.add(entry.name)
      if (entry.kind === 'pruned') names.pruned.add(entry.name)
    },
  })
  return names
}
