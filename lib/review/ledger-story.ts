/**
 * What the ledger of a directory tells for a review. Whether it is right is for `verify` to say; what stands here is
 * bounded, whatever stands there.
 */
import { MAX_GROUP, parseEntry } from '../keep/chain.ts'
import type { LedgerEntry, SegmentFact } from '../keep/facts.ts'
import { ledgerLines } from '../keep/ledger.ts'
import { type Review, Reviews } from '../keep/reviews.ts'
import { countIn, type GapLine, textIn, timeIn } from './own-line.ts'

export interface LedgerStory {
  /** By the name of the segment: the first entry counts. */
  segments: Map<string, SegmentStory>
  gaps: GapLine[]
  torn: { name: string; bytes: number; at: number }[]
  /** `step` in milliseconds. */
  clock: { at: number; step: number }[]
  /** UTC days of heartbeats, counted from the epoch. */
  heartbeats: Set<number>
  /** The newest first. */
  reviews: readonly Review[]
  /** Gaps, tails and steps that found no room here. */
  leftOut: number
}

export interface SegmentStory {
  path: string
  /** Times of its first and last record, milliseconds since the epoch. */
  first: number
  last: number
  lines: number
  service: string
  isPruned: boolean
  isBroken: boolean
}

const DAY = 86_400_000
const MAX_SEGMENTS = 200_000
const MAX_TOLD = 10_000

/** @throws HushlogError `HUSHLOG_LEDGER` when it cannot be read at all */
export async function ledgerStory(dir: string): Promise<LedgerStory> {
  const story = emptyStory()
  const reviews = new Reviews()
  let group: LedgerEntry[] = []
  for await (const lines of ledgerLines(dir)) {
    for (const line of lines) {
      const entry = parseEntry(line)
      if (entry === undefined) continue
      if (group.push(entry) < MAX_GROUP && entry.v === 1 && entry.kind !== 'seal') continue
      for (const one of group) note(story, reviews, one)
      group = []
    }
  }
  // What stands behind the last seal does not count: an append that was broken off.
  return { ...story, reviews: reviews.list() }
}

export function emptyStory(): LedgerStory {
  return {
    segments: new Map(),
    gaps: [],
    torn: [],
    clock: [],
    heartbeats: new Set(),
    reviews: [],
    leftOut: 0,
  }
}

function note(story: LedgerStory, reviews: Reviews, entry: LedgerEntry): void {
  const at = timeIn(entry.at)
  if (at === undefined) return
  NOTES.get(entry.kind)?.(story, entry as LedgerEntry & Record<string, unknown>, at)
  if (entry.kind === 'review' && isReview(entry)) reviews.note(entry)
}

type Note = (story: LedgerStory, entry: Record<string, unknown>, at: number) => void

const NOTES = new Map<string, Note>([
  ['segment', noteSegment],
  ['pruned', notePruned],
  ['heartbeat', ({ heartbeats }, _entry, at) => heartbeats.add(Math.floor(at / DAY))],
  ['gap', (story, entry, at) => tell(story, story.gaps, gapOf(entry, at))],
  [
    'torn',
    (story, { name, bytes }, at) =>
      tell(story, story.torn, { name: textIn(name) ?? '', bytes: countIn(bytes), at }),
  ],
  [
    'clock',
    (story, { step }, at) =>
      tell(story, story.clock, { at, step: Number.isFinite(step) ? (step as number) : 0 }),
  ],
])

function tell<T>(story: LedgerStory, list: T[], one: T): void {
  if (list.length < MAX_TOLD) list.push(one)
  else story.leftOut++
}

function gapOf({ reason, count, first, last }: Record<string, unknown>, at: number): GapLine {
  const [from, to] = [timeIn(first) ?? at, timeIn(last) ?? at]
  return {
    kind: 'gap',
    time: at,
    reason: textIn(reason) ?? 'unknown',
    count: countIn(count),
    first: from,
    last: to,
  }
}

function noteSegment({ segments }: LedgerStory, entry: Record<string, unknown>): void {
  const { name, path, first, last, lines, service, broken } = entry as Partial<SegmentFact>
  const [from, to] = [timeIn(first), timeIn(last)]
  if (typeof name !== 'string' || typeof path !== 'string' || from === undefined || to === undefined) return
  if (segments.has(name) || segments.size >= MAX_SEGMENTS) return
  segments.set(name, {
    path,
    first: Math.min(from, to),
    last: Math.max(from, to),
    lines: countIn(lines),
    service: textIn(service) ?? '',
    isPruned: false,
    isBroken: broken === true,
  })
}

function notePruned({ segments }: LedgerStory, { name }: Record<string, unknown>): void {
  const segment = segments.get(String(name))
  if (segment !== undefined) segment.isPruned = true
}

/** Only the keeper writes here; whoever got its rights could write anything. */
function isReview({ since, until, reviewer, by }: Review): boolean {
  const isTimed = timeIn(since) !== undefined && timeIn(until) !== undefined
  return isTimed && Number.isSafeInteger(by) && (reviewer === undefined || textIn(reviewer) === reviewer)
}
