import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { errorCode, HushlogError } from '../errors.ts'
import type { ClockStep } from '../store/clock-watch.ts'
import { syncDirectory } from '../store/directory.ts'
import { type Ledger, type LedgerEntry, readLedger, type SegmentFact } from './ledger.ts'

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
  onError(error: HushlogError): void
}

interface Listed {
  fact: SegmentFact
  /** When it may go: counted from its last event or from its sealing, whichever was later. */
  from: number
  pruned: boolean
}

const { O_RDONLY, O_NOFOLLOW } = constants
const PLACE = /^sealed\/\d{4}\/\d\d\/\d\d\/[A-Za-z0-9_.-]+\.log\.gz$/

/**
 * Removes sealed segments that are older than `keepDays`, as the ledger tells it: never by a file's own time and
 * never by number. The tombstone is written first; a removal that a crash broke off is finished by the next run.
 * @returns how many were removed
 */
export async function prune(ledger: Ledger, options: PruneOptions): Promise<number> {
  const { segments, times, steps } = await listed(ledger.dir)
  const doubt = clockDoubt(times, options.now, steps)
  if (doubt !== undefined) {
    options.onError(new HushlogError('HUSHLOG_CLOCK', `nothing is removed: ${doubt}`, { hint: CLOCK_HINT }))
    return 0
  }
  let removed = 0
  for (const segment of segments.values()) {
    const due = segment.pruned || options.now - segment.from >= options.keepDays * DAY
    if (due && (await removeOne(ledger, segment, options))) removed++
  }
  return removed
}

const CLOCK_HINT = 'set the clock; a step that was real is believed when entries have gone on for 30 days'

interface Read {
  segments: Map<string, Listed>
  times: number[]
  steps: ClockStep[]
}

async function listed(dir: string): Promise<Read> {
  const read: Read = { segments: new Map(), times: [], steps: [] }
  for await (const entry of readLedger(dir)) {
    read.times.push(Date.parse(entry.at))
    if (entry.kind === 'clock') read.steps.push(entry)
    note(read.segments, entry)
  }
  return read
}

function note(segments: Map<string, Listed>, entry: LedgerEntry): void {
  if (entry.kind === 'segment') {
    const from = Math.max(Date.parse(entry.last), Date.parse(entry.at))
    segments.set(entry.name, { fact: entry, from, pruned: false })
  }
  const gone = entry.kind === 'pruned' ? segments.get(entry.name) : undefined
  if (gone !== undefined) gone.pruned = true
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

async function removeOne(ledger: Ledger, segment: Listed, options: PruneOptions): Promise<boolean> {
  const { fact, pruned } = segment
  const path = join(ledger.dir, fact.path)
  try {
    if (!PLACE.test(fact.path)) throw new Error('its path leads out of sealed/')
    const hash = await hashOf(path)
    if (hash === undefined) return false
    // A changed file is evidence, not an old log: it stays until somebody has looked at it.
    if (hash !== fact.sha256) throw new Error('it is not the file that the ledger lists')
    if (!pruned) await bury(ledger, fact)
    await rm(path, { force: true })
    await syncDirectory(dirname(path))
    return true
  } catch (error) {
    const what =
      error instanceof HushlogError || errorCode(error) === 'Error'
        ? (error as Error).message
        : errorCode(error)
    options.onError(new HushlogError('HUSHLOG_PRUNE', `cannot remove ${path}: ${what}`, { cause: error }))
    return false
  }
}

async function bury(ledger: Ledger, { name, sha256, last }: SegmentFact): Promise<void> {
  await ledger.update(async () => {
    for await (const entry of readLedger(ledger.dir))
      if (entry.kind === 'pruned' && entry.name === name) return []
    return [{ kind: 'pruned', name, sha256, last }]
  })
}

/** Undefined when the file is gone. */
async function hashOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    const handle = await open(path, O_RDONLY | O_NOFOLLOW)
    await pipeline(handle.createReadStream(), hash)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
  return hash.digest('hex')
}
