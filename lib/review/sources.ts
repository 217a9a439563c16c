/**
 * The segments of a directory that a search may have to open, with what the ledger says of them. It is believed only
 * as far as its signatures go: what somebody has changed hides nothing.
 */
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { HushlogError } from '../errors.ts'
import type { LedgerEntry, SegmentFact } from '../keep/facts.ts'
import { verifyLedger } from '../keep/ledger-check.ts'
import { inOrderOfOpening, listSegmentFiles, type Segment } from '../keep/reader.ts'

export interface Source {
  dir: string
  segment: Segment
  /** As the ledger lists it; undefined for open segments and for those that it does not list. */
  fact: SegmentFact | undefined
  /** No line of it is earlier, as far as is known: milliseconds since the epoch. */
  first: number
}

export interface DirectorySources {
  sources: Source[]
  /** Segments that lie outside of the time that was asked for. */
  skipped: number
  /** Names of segments within that time that the ledger lists, that are not there and that no keeper has pruned. */
  missing: string[]
  /** What is wrong with the ledger, in words. */
  problem: string | undefined
}

/** A line is stamped before it is written, and a clock may be set back a little. */
const SLACK = 60_000

/**
 * @param since milliseconds since the epoch, and so is `until`
 * @throws HushlogError `HUSHLOG_READ`
 */
export async function sourcesOf(dir: string, since: number, until: number): Promise<DirectorySources> {
  // Before the ledger: what is sealed from here on is found where it is then.
  const files = listSegmentFiles(dir).sort(inOrderOfOpening)
  const { facts, pruned, steps, problem } = await listedIn(dir)
  const slack = SLACK + steps
  const all: Source[] = []
  const named = byName(files)
  for (const segments of named.values()) all.push(...(await sourcesNamed(dir, segments, facts)))
  const sources = all.filter(({ fact }) => fact === undefined || isWithin(fact, since - slack, until + slack))
  const isMissing = (name: string, fact: SegmentFact) =>
    !named.has(name) && !pruned.has(name) && isWithin(fact, since - slack, until + slack)
  const absent = [...facts].flatMap(([name, fact]) => (isMissing(name, fact) ? [name] : []))
  const missing = absent.length === 0 ? [] : await stillMissing(dir, absent)
  return { sources, skipped: all.length - sources.length, missing, problem }
}

/** Those that were neither opened and sealed nor pruned while this looked at files and ledger. */
async function stillMissing(dir: string, names: readonly string[]): Promise<string[]> {
  const there = byName(listSegmentFiles(dir))
  const absent = names.filter((name) => !there.has(name))
  if (absent.length === 0) return []
  const { pruned } = await listedIn(dir)
  return absent.filter((name) => !pruned.has(name))
}

function byName(files: readonly Segment[]): Map<string, Segment[]> {
  const named = new Map<string, Segment[]>()
  for (const file of files) named.set(file.name, [...(named.get(file.name) ?? []), file])
  return named
}

/** A file that lies where the ledger lists it is the segment; what else bears its name hides nothing, and is no part of it. */
async function sourcesNamed(
  dir: string,
  files: readonly Segment[],
  facts: ReadonlyMap<string, SegmentFact>,
): Promise<Source[]> {
  const sources: Source[] = []
  const isOpen = files.some(({ sealed }) => !sealed)
  const isListed = files.some((segment) => factOf(dir, segment, facts) !== undefined)
  for (const segment of files) {
    // The plaintext of what is sealed already, or what is sealed of a plaintext that is still there.
    const isLeft = segment.sealed ? isOpen && !isListed && (await isYoung(segment.path)) : isListed
    const fact = factOf(dir, segment, facts)
    if (!isLeft) sources.push({ dir, segment, fact, first: firstOf(segment, fact) })
  }
  return sources
}

function factOf(
  dir: string,
  { name, path, sealed }: Segment,
  facts: ReadonlyMap<string, SegmentFact>,
): SegmentFact | undefined {
  const fact = sealed ? facts.get(name) : undefined
  return fact !== undefined && join(dir, fact.path) === path ? fact : undefined
}

interface ListedFacts {
  facts: Map<string, SegmentFact>
  /** Names of segments that were removed for their age. */
  pruned: Set<string>
  /** By how much clocks were set back, all together: a segment may hold lines later than its last one. Milliseconds. */
  steps: number
  problem: string | undefined
}

/** What the ledger lists and signs; `problem` says that this is not all of it. */
async function listedIn(dir: string): Promise<ListedFacts> {
  const listed: ListedFacts = { facts: new Map(), pruned: new Set(), steps: 0, problem: undefined }
  const onEntry = (entry: LedgerEntry) => {
    if (entry.kind === 'segment' && !listed.facts.has(entry.name)) listed.facts.set(entry.name, entry)
    if (entry.kind === 'pruned') listed.pruned.add(entry.name)
    if (entry.kind === 'clock' && entry.step < 0) listed.steps -= entry.step
  }
  try {
    const { problem } = await verifyLedger(dir, { onEntry })
    if (problem !== undefined)
      listed.problem = `its ledger is not proven from entry ${problem.n} on, which ${problem.what}`
  } catch (error) {
    if (!(error instanceof HushlogError)) throw error
    listed.problem = error.message
  }
  return listed
}

function firstOf({ stamp }: Segment, fact: SegmentFact | undefined): number {
  const told = fact === undefined ? Number.NaN : Date.parse(fact.first)
  return Number.isNaN(told) ? stamp - SLACK : told
}

/** Written so that a time that cannot be read is within. */
function isWithin({ first, last }: SegmentFact, since: number, until: number): boolean {
  return !(Date.parse(last) < since) && !(Date.parse(first) > until)
}

const YOUNG = 60_000

/** Whether a file may be one of a segment that is being sealed. By the time of its change, which nobody can set. */
export async function isYoung(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined)
  return found !== undefined && Math.abs(Date.now() - found.ctimeMs) < YOUNG
}
