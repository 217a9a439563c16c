/**
 * The segments of a directory that a search may have to open, with what the ledger says of them. It is believed only
 * as far as its signatures go: what somebody has changed hides nothing.
 */
import type { SegmentFact } from '../keep/facts.ts'
import { verifyLedger } from '../keep/ledger-check.ts'
import { listSegments, type Segment } from '../keep/reader.ts'

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
  /** What is wrong with the ledger, in words. */
  problem: string | undefined
}

/** A line is stamped before it is written, and a clock may be set back a little. */
const SLACK = 60_000

/**
 * @param since milliseconds since the epoch, and so is `until`
 * @throws HushlogError `HUSHLOG_LEDGER`, `HUSHLOG_READ`
 */
export async function sourcesOf(dir: string, since: number, until: number): Promise<DirectorySources> {
  // Before the ledger: what is sealed from here on is found where it is then.
  const segments = listSegments(dir)
  const { facts, problem } = await listedIn(dir)
  const all = segments.map((segment): Source => {
    const fact = segment.sealed ? facts.get(segment.name) : undefined
    return { dir, segment, fact, first: firstOf(segment, fact) }
  })
  const sources = all.filter(({ fact }) => fact === undefined || isWithin(fact, since, until))
  return { sources, skipped: all.length - sources.length, problem }
}

/** What the ledger lists, proven or not; `problem` says that not all of it is. */
async function listedIn(
  dir: string,
): Promise<{ facts: Map<string, SegmentFact>; problem: string | undefined }> {
  const facts = new Map<string, SegmentFact>()
  const { problem } = await verifyLedger(dir, {
    onEntry(entry) {
      if (entry.kind === 'segment' && !facts.has(entry.name)) facts.set(entry.name, entry)
    },
  })
  return {
    facts,
    problem: problem && `its ledger is proven up to entry ${problem.n} alone: ${problem.what}`,
  }
}

function firstOf({ stamp }: Segment, fact: SegmentFact | undefined): number {
  const told = fact === undefined ? Number.NaN : Date.parse(fact.first)
  return Number.isNaN(told) ? stamp - SLACK : told
}

/** Written so that a time that cannot be read is within. */
function isWithin({ first, last }: SegmentFact, since: number, until: number): boolean {
  return !(Date.parse(last) < since - SLACK) && !(Date.parse(first) > until + SLACK)
}
