import type { Fact, LedgerEntry, PrunedFact, SegmentFact, TornFact } from './facts.ts'
import type { Finding, Listed } from './finding.ts'
import { Holds } from './holds.ts'
import type { LedgerCheck, LedgerVisitor, ProvenSeal } from './ledger-check.ts'

/*
 * What the entries of the ledger say, gathered in one reading: which files there must be, what the keeper has told, and
 * what no honest keeper writes although it may be signed.
 */

interface Removal {
  fact: LedgerEntry & PrunedFact
  last: string | undefined
  /** No later than this it was made, in milliseconds: its own time is the word of whoever signed it. */
  by: number
}

const DAY = 86_400_000
const HOUR = 3_600_000
const MAX_NOTES = 1000
/** A clock may be set back a little behind a removal. */
const TOLERANCE = DAY

export class Entries implements Listed, LedgerVisitor {
  /** By the first entry of each name: what was sealed is not changed by listing it again. */
  readonly segments: Map<string, SegmentFact> = new Map()
  readonly pruned: Set<string> = new Set()
  readonly torn: TornFact[] = []
  readonly problems: Finding[] = []
  readonly notes: Finding[] = []
  atCheckpoint: ProvenSeal | undefined
  readonly #keepDays: number
  readonly #checkpointSize: number | undefined
  readonly #holds = new Holds()
  readonly #removals: Removal[] = []
  readonly #unproven: SegmentFact[] = []
  #began: number | undefined
  #heard: number | undefined
  #newest: LedgerEntry | undefined

  /** @param checkpointSize how many entries the checkpoint has seen */
  constructor(keepDays: number, checkpointSize: number | undefined) {
    this.#keepDays = keepDays
    this.#checkpointSize = checkpointSize
  }

  onEntry(entry: LedgerEntry): void {
    this.#hear(entry)
    this.#boundRemovals(Date.parse(entry.at))
    this.#holds.note(entry)
    if (entry.kind === 'segment') this.#list(entry)
    if (entry.kind === 'pruned') this.#remove(entry)
    if (entry.kind === 'torn') this.torn.push(entry)
    const what = WORDS.get(entry.kind)?.(entry)
    if (what !== undefined) this.#note({ ...what, where: `entry ${entry.n}` })
    this.#newest = entry
  }

  onSeal(seal: ProvenSeal): void {
    if (seal.n + 1 === this.#checkpointSize) this.atCheckpoint = seal
  }

  onUnproven(entry: LedgerEntry): void {
    if (entry.kind === 'segment') this.#unproven.push(entry)
  }

  /** When all have been read. @param now milliseconds since the epoch */
  end({ problem }: LedgerCheck, now: number): void {
    // What stands behind a fault is proven by nothing, and yet tells what files there should be.
    if (problem !== undefined)
      for (const fact of this.#unproven) if (!this.segments.has(fact.name)) this.segments.set(fact.name, fact)
    for (const removal of this.#removals) this.#checkAge(removal)
    const newest = this.#newest
    if (newest !== undefined && Date.parse(newest.at) > now + DAY)
      this.#note({
        kind: 'silent',
        where: `entry ${newest.n}`,
        what: `is dated ${newest.at}, which is to come`,
      })
  }

  #list(entry: LedgerEntry & SegmentFact): void {
    if (this.segments.has(entry.name)) this.#problem('inserted', entry.n, `lists ${entry.name} a second time`)
    else this.segments.set(entry.name, entry)
  }

  #remove(entry: LedgerEntry & PrunedFact): void {
    this.pruned.add(entry.name)
    const listed = this.segments.get(entry.name)
    this.#removals.push({ fact: entry, last: listed?.last, by: Date.parse(entry.at) })
    const holds = listed === undefined ? [] : this.#holds.over(listed.first, listed.last)
    if (holds.length > 0)
      this.#problem('missing', entry.n, `${entry.name} was removed although it is held: ${holds.join(', ')}`)
  }

  /** What was entered after a removal was entered no earlier than that. */
  #boundRemovals(at: number): void {
    this.#began ??= at
    // A clock that was not set when the machine started tells nothing.
    if (at < this.#began) return
    for (let i = this.#removals.length - 1; i >= 0 && this.#removals[i].by > at; i--)
      this.#removals[i].by = at
  }

  /** Whoever holds the current key can sign a removal, but not say when a record was made. */
  #checkAge({ fact: { n, name }, last, by }: Removal): void {
    const age = last === undefined ? Number.NaN : by - Date.parse(last)
    if (age >= this.#keepDays * DAY - TOLERANCE) return
    const days = Number.isNaN(age) ? 'none' : Math.max(0, Math.floor(age / DAY))
    const what = `${name} was removed ${days} days after its last record, not ${this.#keepDays}`
    this.#problem('missing', n, last === undefined ? `${name} was removed, and never listed` : what)
  }

  /** Notes the hours in which no keeper ran, from the first heartbeat on. */
  #hear(entry: LedgerEntry): void {
    const at = Date.parse(entry.at)
    if (this.#heard !== undefined && at - this.#heard > 2 * HOUR) {
      const what = `no keeper ran from ${iso(this.#heard)} to ${iso(at)}`
      this.#note({ kind: 'silent', where: `entry ${entry.n}`, what })
    }
    if (entry.kind === 'heartbeat' || this.#heard !== undefined) this.#heard = Math.max(this.#heard ?? at, at)
  }

  #problem(kind: Finding['kind'], n: number, what: string): void {
    this.problems.push({ kind, where: `entry ${n}`, what })
  }

  #note(finding: Finding): void {
    if (this.notes.length < MAX_NOTES) this.notes.push(finding)
  }
}

type Words = (entry: LedgerEntry) => Pick<Finding, 'kind' | 'what'>

/** What the keeper itself has told, which is no fault and yet must be known. */
const WORDS = new Map<LedgerEntry['kind'], Words>([
  ['gap', (entry) => ({ kind: 'gap', what: gapWords(entry as Fact & { kind: 'gap' }) })],
  ['torn', (entry) => ({ kind: 'torn', what: tornWords(entry as TornFact) })],
])

function gapWords({ count, reason, first, last }: Fact & { kind: 'gap' }): string {
  return `${count} lines were lost from ${iso(first)} to ${iso(last)}: ${reason}`
}

function tornWords({ name, bytes }: TornFact): string {
  return `${bytes} bytes of a broken line were cut off ${name}`
}

/** Whatever somebody has signed as a time. */
function iso(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString()
}
