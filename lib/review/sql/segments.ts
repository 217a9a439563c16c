/**
 * The segments of a directory that may hold lines of a time, and what its ledger says of them.
 */
import { errorCode, HushlogError } from '../../errors.ts'
import type { SegmentFact } from '../../keep/facts.ts'
import { fileHash } from '../../keep/file-hash.ts'
import { ledgerPath, readLedger } from '../../keep/ledger.ts'
import { listSegments, type Segment } from '../../keep/reader.ts'
import type { Gap } from '../../types.ts'
import { timeIn } from './views.ts'

/** Milliseconds since the epoch, both included; undefined: without an end. */
export interface Period {
  since: number | undefined
  until: number | undefined
}

export interface Listed {
  segments: Segment[]
  ledger: LedgerWords
  /** Why the ledger could not be read. */
  problem?: HushlogError
}

export interface LedgerWords {
  /** Whether there is one that can be read. */
  isThere: boolean
  segments: Map<string, Pick<SegmentFact, 'first' | 'last' | 'sha256'>>
  /** In the period. `at` is ISO 8601. */
  gaps: (Gap & { at: string })[]
}

/** A segment's times are those of its first and its last line: between them a clock may have been set. */
const MARGIN = 3_600_000

/** What lies in a directory, from a period. What the ledger does not list is read too. */
export async function segmentsOf(dir: string, period: Period): Promise<Listed> {
  // In this order what is sealed meanwhile is listed.
  const all = listSegments(dir)
  const found = await ledgerWords(dir, period)
  return { ...found, segments: all.filter((segment) => mayHold(segment, found.ledger, period)) }
}

function mayHold(
  { name, stamp, sealed }: Segment,
  { segments }: LedgerWords,
  { since, until }: Period,
): boolean {
  const entry = sealed ? segments.get(name) : undefined
  const first = timeIn(entry?.first) ?? stamp
  const last = timeIn(entry?.last) ?? Number.POSITIVE_INFINITY
  return (until === undefined || first - MARGIN <= until) && (since === undefined || last + MARGIN >= since)
}

async function ledgerWords(dir: string, period: Period): Promise<Omit<Listed, 'segments'>> {
  const ledger: LedgerWords = { isThere: false, segments: new Map(), gaps: [] }
  try {
    for await (const entry of readLedger(dir)) {
      ledger.isThere = true
      // The first counts.
      if (entry.kind === 'segment' && !ledger.segments.has(entry.name))
        ledger.segments.set(entry.name, { first: entry.first, last: entry.last, sha256: entry.sha256 })
      if (entry.kind === 'gap' && isIn(period, timeIn(entry.at))) ledger.gaps.push(entry)
    }
    return { ledger }
  } catch (error) {
    return { ledger: { isThere: false, segments: new Map(), gaps: [] }, problem: ledgerProblem(dir, error) }
  }
}

function ledgerProblem(dir: string, error: unknown): HushlogError {
  if (error instanceof HushlogError) return error
  return new HushlogError('HUSHLOG_LEDGER', `cannot read ${ledgerPath(dir)}: ${errorCode(error)}`, {
    cause: error,
  })
}

export function isIn({ since, until }: Period, time: number | null): boolean {
  if (time === null) return since === undefined && until === undefined
  return (since === undefined || time >= since) && (until === undefined || time <= until)
}

/** Whether a sealed segment is, byte for byte, the one that the ledger lists; null where that cannot be said. */
export async function isTrusted(
  { name, path, sealed }: Segment,
  ledger: LedgerWords,
): Promise<boolean | null> {
  if (!sealed || !ledger.isThere) return null
  const entry = ledger.segments.get(name)
  return entry !== undefined && (await fileHash(path)).sha256 === entry.sha256
}
