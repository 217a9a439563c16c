/**
 * What the ledger says, added up for `hushlog status`. Nothing in it is trusted: an entry that cannot be read is
 * counted, a line is read up to a bound, and of what has no bound (names, reasons) only so many are held.
 */

import { LineSplitter } from '../keep/bounded-lines.ts'
import { type Hold, Holds } from '../keep/holds.ts'
import { type LedgerEntry, ledgerPath } from '../keep/ledger.ts'
import { type Review, Reviews } from '../keep/reviews.ts'
import { chunksOf } from './log-directory.ts'
import { ShipCounter, type ShipFacts } from './ship-facts.ts'

export interface Losses {
  /** Log lines; `records` is how many gaps tell of them. */
  lines: number
  records: number
  /** By pino's level number; audit records under `audit`. */
  levels: Record<string, number>
  reasons: Record<string, number>
  /** ISO 8601, or null when there are none. */
  first: string | null
  last: string | null
}

export interface LedgerFacts {
  entries: number
  /** Entries that are none of ours. */
  unreadable: number
  /** What it says of the segments that are in sealed/. */
  present: { lines: number; bytes: number; sealedBytes: number }
  /** Bytes of the largest one that ended by its size; 0 when none did. */
  largest: number
  /** Segments without a last line, whose writers were killed. */
  unended: number
  /** Times of events, milliseconds since the epoch; undefined without any. */
  first: number | undefined
  last: number | undefined
  /** Plain bytes that came in the days from `recentFrom` on, sealed segments that are gone by now included. */
  recent: { bytes: number; first: number | undefined }
  losses: Losses
  torn: { tails: number; bytes: number }
  /** `lastStep` in milliseconds. */
  clock: { steps: number; last: string | null; lastStep: number | null }
  pruned: number
  /** Names of segments that it lists, and that were in sealed/ neither now nor removed by the keeper. */
  missing: Map<string, string>
  /** Names of segments in sealed/ that it lists. */
  listed: Set<string>
  isSigned: boolean
  /** Time of the last one, ISO 8601. */
  heartbeat: string | null
  /** Legal holds that stand. */
  holds: Hold[]
  /** The newest review. */
  review: LastReview | null
  /** To how many recipients segments are encrypted; null when it does not say. */
  recipients: number | null
  /** Of each target that segments are shipped to. */
  ship: ShipFacts[]
}

export type LastReview = Pick<Review, 'at' | 'since' | 'until' | 'by'> & { reviewer: string | null }

export interface LedgerQuestion {
  dir: string
  /** Names of the segments in sealed/. */
  present: ReadonlySet<string>
  /** From when on losses, torn tails and clock steps count; milliseconds since the epoch. */
  since: number
  /** From when on segments count for the present rate; milliseconds since the epoch. */
  recentFrom: number
}

const MAX_LINE = 64 * 1024
const MAX_KEYS = 32
const MAX_TEXT = 200
const MAX_MISSING = 100_000
const MAX_NAME = 255
const MAX_PATH = 512
const MAX_HOLDS = 1_000

type Entry = Record<string, unknown>

/** @throws HushlogError `HUSHLOG_READ` */
export async function ledgerFacts(question: LedgerQuestion): Promise<LedgerFacts> {
  const facts = noFacts()
  const holds = new Holds()
  const reviews = new Reviews()
  const shipping = new ShipCounter()
  const lines = new LineSplitter(MAX_LINE)
  for await (const chunk of chunksOf(ledgerPath(question.dir))) {
    for (const { bytes, isCut } of lines.push(chunk)) {
      const entry = isCut ? undefined : parsed(bytes)
      facts.entries++
      if (entry !== undefined) shipping.note(entry)
      if (entry === undefined) facts.unreadable++
      else if (entry.kind === 'hold') noteHold(holds, entry)
      else if (entry.kind === 'review') reviews.note(entry as unknown as LedgerEntry)
      else NOTES.get(entry.kind)?.(facts, entry, question)
    }
  }
  facts.holds = holds.list()
  facts.review = lastOf(reviews.list()[0])
  facts.ship = shipping.result()
  return facts
}

/** What a ledger says that cannot be read, or that is not there. */
export function noFacts(): LedgerFacts {
  return {
    entries: 0,
    unreadable: 0,
    present: { lines: 0, bytes: 0, sealedBytes: 0 },
    largest: 0,
    unended: 0,
    first: undefined,
    last: undefined,
    recent: { bytes: 0, first: undefined },
    losses: { lines: 0, records: 0, levels: {}, reasons: {}, first: null, last: null },
    torn: { tails: 0, bytes: 0 },
    clock: { steps: 0, last: null, lastStep: null },
    pruned: 0,
    missing: new Map(),
    listed: new Set(),
    isSigned: false,
    heartbeat: null,
    holds: [],
    review: null,
    recipients: null,
    ship: [],
  }
}

function parsed(line: Buffer): Entry | undefined {
  try {
    const entry = JSON.parse(line.toString())
    const isOurs = typeof entry?.kind === 'string' && Number.isSafeInteger(entry.n) && timeIn(entry.at) > 0
    return isOurs ? entry : undefined
  } catch {
    return undefined
  }
}

type Note = (facts: LedgerFacts, entry: Entry, question: LedgerQuestion) => void

const NOTES = new Map<unknown, Note>([
  ['segment', noteSegment],
  ['pruned', notePruned],
  ['gap', sinceThen(({ losses }, entry) => noteGap(losses, entry))],
  ['torn', sinceThen(noteTorn)],
  ['clock', sinceThen(noteClock)],
  ['seal', (facts) => void (facts.isSigned = true)],
  ['heartbeat', (facts, { at }) => void (facts.heartbeat = isoOf(timeIn(at)))],
  ['recipients', (facts, { to }) => void (facts.recipients = Array.isArray(to) ? to.length : null)],
])

/** Only what was entered since the moment that was asked for. */
function sinceThen(note: (facts: LedgerFacts, entry: Entry) => void): Note {
  return (facts, entry, { since }) => {
    if (timeIn(entry.at) >= since) note(facts, entry)
  }
}

function noteHold(holds: Holds, entry: Entry): void {
  if (typeof entry.id !== 'string' || entry.id.length > MAX_TEXT) return
  const isRoom = entry.op === 'remove' || holds.list().length < MAX_HOLDS
  if (isRoom) holds.note(entry as unknown as LedgerEntry)
}

function lastOf(review: Review | undefined): LastReview | null {
  if (review === undefined) return null
  const { at, since, until, by, reviewer } = review
  const [text, from, to] = [at, since, until].map((time) => isoOf(timeIn(time)))
  const name = typeof reviewer === 'string' ? reviewer.slice(0, MAX_TEXT) : null
  return { at: text, since: from, until: to, by: countIn(by), reviewer: name }
}

function notePruned(facts: LedgerFacts, { name }: Entry): void {
  facts.pruned++
  facts.missing.delete(String(name).slice(0, MAX_NAME))
}

function noteTorn({ torn }: LedgerFacts, { bytes }: Entry): void {
  torn.tails++
  torn.bytes += countIn(bytes)
}

function noteClock({ clock }: LedgerFacts, { at, step }: Entry): void {
  clock.steps++
  clock.lastStep = Number.isSafeInteger(step) ? (step as number) : null
  clock.last = isoOf(timeIn(at))
}

function noteSegment(facts: LedgerFacts, entry: Entry, { present, since, recentFrom }: LedgerQuestion): void {
  const name = String(entry.name).slice(0, MAX_NAME)
  const [first, last] = [timeIn(entry.first), timeIn(entry.last)]
  if (last >= recentFrom) {
    facts.recent.bytes += countIn(entry.bytes)
    facts.recent.first = Math.min(facts.recent.first ?? first, first)
  }
  if (entry.broken === true && timeIn(entry.at) >= since) facts.unended++
  if (entry.reason === 'size') facts.largest = Math.max(facts.largest, countIn(entry.bytes))
  if (!present.has(name)) {
    if (facts.missing.size < MAX_MISSING) facts.missing.set(name, String(entry.path).slice(0, MAX_PATH))
    return
  }
  if (facts.listed.has(name)) return
  facts.listed.add(name)
  facts.present.lines += countIn(entry.lines)
  facts.present.bytes += countIn(entry.bytes)
  facts.present.sealedBytes += countIn(entry.sealedBytes)
  facts.first = Math.min(facts.first ?? first, first)
  facts.last = Math.max(facts.last ?? last, last)
}

function noteGap(losses: Losses, entry: Entry): void {
  losses.records++
  losses.lines += countIn(entry.count)
  addTo(losses.reasons, String(entry.reason), countIn(entry.count))
  for (const [level, count] of Object.entries(entry.levels ?? {})) addTo(losses.levels, level, countIn(count))
  const [first, last] = [timeIn(entry.first), timeIn(entry.last)]
  if (losses.first === null || first < Date.parse(losses.first)) losses.first = isoOf(first)
  if (losses.last === null || last > Date.parse(losses.last)) losses.last = isoOf(last)
}

/** Adds under a key, or under `other` when there are too many keys already. */
function addTo(counts: Record<string, number>, text: string, count: number): void {
  const name = text.slice(0, MAX_TEXT)
  const key = Object.hasOwn(counts, name) || Object.keys(counts).length < MAX_KEYS ? name : 'other'
  // Not by assignment: `__proto__` is a key like any other.
  const value = (Object.hasOwn(counts, key) ? counts[key] : 0) + count
  Object.defineProperty(counts, key, { value, enumerable: true, writable: true, configurable: true })
}

function countIn(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}

/** Milliseconds since the epoch, from ISO 8601 or a number; 0 for anything else. */
function timeIn(value: unknown): number {
  const time = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : 0
  return Math.abs(time) <= 8.64e15 ? Math.max(0, time) : 0
}

function isoOf(time: number): string {
  return new Date(time).toISOString()
}
