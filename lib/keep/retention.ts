import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode } from '../errors.ts'
import type { ClockStep } from '../store/clock-watch.ts'
import { syncDirectory } from '../store/directory.ts'
import { fileHash } from './file-hash.ts'
import { Holds } from './holds.ts'
import { type Ledger, type LedgerEntry, readLedger, type SegmentFact } from './ledger.ts'
import { verifyLedger } from './ledger-check.ts'
import { isSealedPlace } from './sealed-place.ts'

const DAY = 86_400_000

/** A longer time than this without an entry is a clock that jumped, or a program that slept: nobody can tell. */
export const MAX_STEP: number = 180 * DAY
/** How long entries must go on after such a step before it is believed. */
export const SETTLED: number = 30 * DAY
const MAX_BACK = DAY

export interface PruneOptions {
  keepDays: number
  /** Milliseconds since the epoch. */
  now: number
  /** Tells what would be removed, and removes nothing. Default false. */
  dryRun?: boolean
}

export interface PruneReport {
  /** Segments that were removed, or with `dryRun` would be. */
  removed: { name: string; path: string; last: string }[]
  /** Old enough, and under these legal holds. */
  held: { name: string; path: string; last: string; holds: string[] }[]
  refused: Refusal[]
}

/**
 * Why something stays that is old enough, or, without a path, why all of it does: the ledger does not verify, or lists
 * the segment more than once; the clock is in doubt; the ledger names a path outside sealed/; the file is not the one
 * that it lists; it does not lie in each target that segments are shipped to; the system failed.
 */
export interface Refusal {
  kind: 'ledger' | 'clock' | 'path' | 'changed' | 'unshipped' | 'system'
  /** Absent where it is about all segments. */
  path?: string
  reason: string
}

interface Listed {
  fact: SegmentFact
  /** When it may go: counted from its last event or from its sealing, whichever was later. */
  from: number
  pruned: boolean
  /** Where it lies off the host, as far as the ledger says so of this very file. */
  shipped: Set<string>
  /** The ledger lists that name more than once: we never do. The first entry is the one that counts. */
  isDoubled: boolean
}

/** A group of the ledger holds no more than 256 entries. */
const AT_ONCE = 128

/**
 * Removes sealed segments that are older than `keepDays` and under no legal hold, as the ledger tells it: never by a
 * file's own time and never by number. The tombstone is written first; a removal that a crash broke off is finished by
 * the next run.
 * @throws HushlogError `HUSHLOG_LEDGER` when the ledger cannot be read or written
 */
export async function prune(ledger: Ledger, options: PruneOptions): Promise<PruneReport> {
  const report: PruneReport = { removed: [], held: [], refused: [] }
  const read = await listed(ledger.dir)
  const doubt = clockDoubt(read.times, options.now, read.steps)
  if (doubt !== undefined) return refusing(report, { kind: 'clock', reason: doubt })
  const due = shippedOf(notHeld(dueOf(read, options), read.holds, report), read.targets, report)
  const wrong = due.length === 0 ? undefined : await ledgerDoubt(ledger.dir)
  if (wrong !== undefined) return refusing(report, { kind: 'ledger', reason: wrong })
  const intact = await intactOf(ledger.dir, due, report)
  if (options.dryRun === true) report.removed.push(...intact.map(({ fact }) => shownOf(fact)))
  else
    for (let at = 0; at < intact.length; at += AT_ONCE)
      await removeSome(ledger, intact.slice(at, at + AT_ONCE), report)
  return report
}

function refusing(report: PruneReport, refusal: Refusal): PruneReport {
  report.refused.push(refusal)
  return report
}

/** Why nothing in the ledger is to be believed, or undefined. */
async function ledgerDoubt(dir: string): Promise<string | undefined> {
  const { problem } = await verifyLedger(dir)
  return problem === undefined
    ? undefined
    : `entry ${problem.n} of the ledger is ${problem.kind}: ${problem.what}`
}

interface Read {
  segments: Map<string, Listed>
  holds: Holds
  /** To which segments are shipped. */
  targets: readonly string[]
  times: number[]
  steps: ClockStep[]
}

async function listed(dir: string): Promise<Read> {
  const read: Read = { segments: new Map(), holds: new Holds(), targets: [], times: [], steps: [] }
  for await (const entry of readLedger(dir)) {
    read.times.push(Date.parse(entry.at))
    if (entry.kind === 'clock') read.steps.push(entry)
    if (entry.kind === 'targets') read.targets = entry.to
    read.holds.note(entry)
    note(read.segments, entry)
  }
  return read
}

function note(segments: Map<string, Listed>, entry: LedgerEntry): void {
  if (entry.kind !== 'segment' && entry.kind !== 'pruned' && entry.kind !== 'shipped') return
  const known = segments.get(entry.name)
  if (entry.kind === 'pruned') {
    if (known !== undefined) known.pruned = true
  } else if (entry.kind === 'shipped') {
    if (known?.fact.sha256 === entry.sha256) known.shipped.add(entry.to)
  } else if (known !== undefined) known.isDoubled = true
  else {
    const from = Math.max(Date.parse(entry.last), Date.parse(entry.at))
    segments.set(entry.name, { fact: entry, from, pruned: false, shipped: new Set(), isDoubled: false })
  }
}

function dueOf({ segments }: Read, { now, keepDays }: PruneOptions): Listed[] {
  return [...segments.values()].filter(({ pruned, from }) => pruned || now - from >= keepDays * DAY)
}

/** A hold that came after the tombstone, and before the file was gone, holds too. */
function notHeld(due: Listed[], holds: Holds, { held }: PruneReport): Listed[] {
  return due.filter(({ fact }) => {
    const ids = holds.over(fact.first, fact.last)
    if (ids.length > 0) held.push({ ...shownOf(fact), holds: ids })
    return ids.length === 0
  })
}

/** What lies nowhere else is not removed. A tombstone that a crash left without its removal was written by this rule. */
function shippedOf(due: Listed[], targets: readonly string[], { refused }: PruneReport): Listed[] {
  return due.filter(({ fact, pruned, shipped }) => {
    const missing = pruned ? [] : targets.filter((target) => !shipped.has(target))
    if (missing.length > 0)
      refused.push({
        kind: 'unshipped',
        path: fact.path,
        reason: `it does not lie in ${missing.join(', ')} yet`,
      })
    return missing.length === 0
  })
}

function shownOf({ name, path, last }: SegmentFact): { name: string; path: string; last: string } {
  return { name, path, last }
}

/**
 * Why the clock is not to be trusted with removing anything, or undefined. A clock that jumped ahead also dates
 * the entries made since, so each step between entries counts, until entries have gone on long enough after it. A step
 * that a running writer has seen counts from a day on; one that was set back again does not.
 */
export function clockDoubt(times: number[], now: number, steps: ClockStep[] = []): string | undefined {
  const ahead = steps.find(({ step, to }) => step > MAX_BACK && now >= to - MAX_BACK && now - to < SETTLED)
  if (ahead !== undefined) return `the clock was set from ${iso(ahead.from)} to ${iso(ahead.to)}`
  let trusted: number | undefined
  let suspect: number | undefined
  for (const time of [...times, now]) {
    const isStep = trusted !== undefined && time - trusted > MAX_STEP
    if (isStep) suspect ??= time
    if (isStep && time - (suspect as number) < SETTLED) continue
    trusted = time
    suspect = undefined
  }
  if (suspect !== undefined) {
    return `the clock went from ${iso(trusted as number)} to ${iso(suspect)} without an entry between`
  }
  const newest = times.at(-1)
  if (newest === undefined || now >= newest - MAX_BACK) return undefined
  return `the clock says ${iso(now)}, the ledger's newest entry is of ${iso(newest)}`
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

/** Those whose files are as the ledger lists them. A file that is gone is no matter of ours: verify tells of it. */
async function intactOf(dir: string, due: Listed[], { refused }: PruneReport): Promise<Listed[]> {
  const intact: Listed[] = []
  for (const segment of due) {
    const { path } = segment.fact
    const refusal = segment.isDoubled
      ? DOUBLED
      : isSealedPlace(path)
        ? await changed(dir, segment.fact)
        : OUTSIDE
    if (refusal === undefined) intact.push(segment)
    else if (refusal !== 'gone') refused.push({ ...refusal, path })
  }
  return intact
}

const DOUBLED: Refusal = { kind: 'ledger', reason: 'the ledger lists it more than once' }
const OUTSIDE: Refusal = { kind: 'path', reason: 'its path leads out of sealed/' }
// A changed file is evidence, not an old log: it stays until somebody has looked at it.
const CHANGED: Refusal = { kind: 'changed', reason: 'it is not the file that the ledger lists' }

async function changed(dir: string, { path, sha256 }: SegmentFact): Promise<Refusal | 'gone' | undefined> {
  try {
    const found = await fileHash(join(dir, path))
    if (found.gone) return 'gone'
    return found.sha256 === sha256 ? undefined : CHANGED
  } catch (error) {
    return { kind: 'system', reason: errorCode((error as Error).cause) }
  }
}

async function removeSome(ledger: Ledger, segments: Listed[], report: PruneReport): Promise<void> {
  const buried = await bury(ledger, segments, report)
  const removed = await Promise.all(buried.map((segment) => removeOne(ledger.dir, segment, report)))
  const folders = new Set(buried.filter((_, i) => removed[i]).map(({ fact }) => dirname(fact.path)))
  for (const folder of folders) await syncDirectory(join(ledger.dir, folder))
}

/** Writes the tombstones, by what the ledger says now: a hold may have come, or another keeper's tombstone. */
async function bury(ledger: Ledger, segments: Listed[], report: PruneReport): Promise<Listed[]> {
  let free: Listed[] = []
  await ledger.update(async () => {
    const read = await listed(ledger.dir)
    const single = segments
      .map((segment) => read.segments.get(segment.fact.name) ?? segment)
      .filter(({ isDoubled }) => !isDoubled)
    free = shippedOf(notHeld(single, read.holds, report), read.targets, report)
    return free
      .filter(({ fact }) => read.segments.get(fact.name)?.pruned !== true)
      .map(({ fact: { name, sha256, last } }) => ({ kind: 'pruned', name, sha256, last }))
  })
  return free
}

async function removeOne(dir: string, { fact }: Listed, report: PruneReport): Promise<boolean> {
  try {
    await rm(join(dir, fact.path), { force: true })
    report.removed.push(shownOf(fact))
    return true
  } catch (error) {
    report.refused.push({ kind: 'system', path: fact.path, reason: errorCode(error) })
    return false
  }
}
