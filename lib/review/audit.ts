/**
 * Who did what, how it ended, and who was denied what.
 */
import { OTHER } from '../keep/search-index/summary.ts'
import { byCount, firstOf, Names, type Remark } from './bounded.ts'
import type { AuditLine } from './own-line.ts'
import { DAY_MS, iso, type Period, placeOf } from './period.ts'
import type { AuditReport } from './report.ts'

const MAX_ACTIONS = 2_000
const MAX_ACTORS = 50_000
const MAX_PAIRS = 100_000
const MAX_DENIED_PAIRS = 20_000
/** Names that somebody makes up fill one action, as that of logins, and hide no other. */
const MAX_DENIED_ACTORS = 5_000
const SHOWN = 200
const SHOWN_ACTORS = 100
const SHOWN_DENIALS = 200
const SEPARATOR = '\u0000'

interface Row {
  action: string
  outcome: string
  count: number
  actors: number
  first: number
  last: number
}

interface Actor {
  count: number
  denied: number
  failed: number
  actions: number
  last: number
}

interface DeniedPair {
  /** The first time of all. */
  first: number
  /** The newest one of the period. */
  newest: AuditLine | undefined
}

/** Denials of an actor and an action that were never denied before: of the period, and of the time before it. */
export interface UnusualDenials {
  now: number
  before: number | null
  /** The newest of them. */
  example: AuditReport['denials'][number] | undefined
}

export class AuditTally {
  readonly #period: Period
  readonly #rows = new Map<string, Row>()
  readonly #names = new Names(MAX_ACTORS)
  readonly #actors: Actor[] = []
  /** Pairs of a row or an action and an actor that were counted. */
  readonly #pairs = new Set<string>()
  readonly #denied = new Map<string, DeniedPair>()
  #newest: AuditLine[] = []
  readonly #deniedActors = new Map<string, number>()
  /** Denials of the period by pairs that found no room: whether they are the first is not known. */
  #deniedLeftOut = 0
  readonly #byOutcome = { success: 0, failure: 0, denied: 0, unknown: 0 }
  readonly sums = { now: { total: 0, denied: 0 }, before: { total: 0, denied: 0 } }

  constructor(period: Period) {
    this.#period = period
  }

  add(line: AuditLine): void {
    const place = placeOf(this.#period, line.time)
    if (place === 'later') return
    if (line.outcome === 'denied') this.#deny(line, place === 'now')
    if (place === 'earlier') return
    this.sums[place].total++
    if (line.outcome === 'denied') this.sums[place].denied++
    if (place === 'before') return
    const outcome = Object.hasOwn(this.#byOutcome, line.outcome) ? line.outcome : 'unknown'
    this.#byOutcome[outcome as keyof AuditReport['byOutcome']]++
    this.#count(line, outcome)
  }

  #count({ action, actor, time }: AuditLine, outcome: string): void {
    const row = this.#rowOf(action, outcome, time)
    row.count++
    row.first = Math.min(row.first, time)
    row.last = Math.max(row.last, time)
    const number = this.#names.numberOf(actor)
    const sum = (this.#actors[number] ??= { count: 0, denied: 0, failed: 0, actions: 0, last: time })
    sum.count++
    sum.denied += Number(outcome === 'denied')
    sum.failed += Number(outcome === 'failure')
    sum.last = Math.max(sum.last, time)
    if (this.#isNewPair(`${number} ${row.action}${SEPARATOR}${row.outcome}`)) row.actors++
    if (this.#isNewPair(`${number} ${row.action}`)) sum.actions++
  }

  #rowOf(action: string, outcome: string, time: number): Row {
    const key =
      this.#rows.size < MAX_ACTIONS || this.#rows.has(`${outcome}${SEPARATOR}${action}`) ? action : OTHER
    let row = this.#rows.get(`${outcome}${SEPARATOR}${key}`)
    row ??= { action: key, outcome, count: 0, actors: 0, first: time, last: time }
    this.#rows.set(`${outcome}${SEPARATOR}${key}`, row)
    return row
  }

  #isNewPair(key: string): boolean {
    if (this.#pairs.has(key) || this.#pairs.size >= MAX_PAIRS) return false
    this.#pairs.add(key)
    return true
  }

  #deny(line: AuditLine, isNow: boolean): void {
    const key = `${line.action}${SEPARATOR}${line.actor}`
    const pair = this.#denied.get(key)
    if (pair !== undefined || this.#hasRoom(line.action)) this.#denied.set(key, paired(pair, line, isNow))
    else if (isNow) this.#deniedLeftOut++
    if (!isNow) return
    this.#newest.push(line)
    if (this.#newest.length >= 4 * SHOWN_DENIALS) this.#newest = newestOf(this.#newest)
  }

  /** Room that is taken is not given back: of a pair that has some, all is known. */
  #hasRoom(action: string): boolean {
    const actors = this.#deniedActors.get(action) ?? 0
    if (this.#denied.size >= MAX_DENIED_PAIRS || actors >= MAX_DENIED_ACTORS) return false
    this.#deniedActors.set(action, actors + 1)
    return true
  }

  /** @param knownFrom from when on all that was logged is kept and was looked at; undefined: nothing is */
  report(knownFrom: number | undefined, remark: Remark): { audit: AuditReport; unusual: UnusualDenials } {
    const { since, before } = this.#period
    const isKnown = knownFrom !== undefined && since - knownFrom >= DAY_MS
    const isUnusual = (line: AuditLine) => isKnown && (this.#pairOf(line)?.first ?? 0) >= since
    const unusual = [...this.#denied.values()].flatMap(({ newest }) =>
      newest !== undefined && isUnusual(newest) ? [newest] : [],
    )
    const isBeforeKnown = isKnown && before - knownFrom >= DAY_MS
    const earlier = [...this.#denied.values()].filter(({ first }) => first >= before && first < since)
    const listed = newestOf([...new Set([...newestOf(unusual).slice(0, SHOWN_DENIALS / 2), ...this.#newest])])
    const denials = listed.map((line) => denialOf(line, isUnusual(line)))
    if (this.sums.now.denied > denials.length)
      remark(`of ${this.sums.now.denied} denials ${denials.length} are listed, unusual ones before others`)
    if (this.#deniedLeftOut > 0)
      remark(
        `of ${this.#deniedLeftOut} denials it is not known whether they are the first of their kind: there are too many actors`,
      )
    if (this.#pairs.size >= MAX_PAIRS) remark('numbers of actors and of actions are at least so many')
    return {
      audit: {
        total: this.sums.now.total,
        byOutcome: this.#byOutcome,
        rows: this.#audits(remark),
        byActor: this.#byActor(remark),
        denials,
      },
      unusual: {
        now: unusual.length,
        before: isBeforeKnown ? earlier.length : null,
        example: denials.find((denial) => denial.unusual),
      },
    }
  }

  #pairOf({ action, actor }: AuditLine): DeniedPair | undefined {
    return this.#denied.get(`${action}${SEPARATOR}${actor}`)
  }

  #audits(remark: Remark): AuditReport['rows'] {
    const rows = [...this.#rows.values()].sort(
      byCount(
        ({ count }) => count,
        ({ action }) => action,
      ),
    )
    return firstOf(rows, SHOWN, 'pairs of an action and an outcome', remark).map(
      ({ first, last, ...row }) => ({
        ...row,
        first: iso(first),
        last: iso(last),
      }),
    )
  }

  #byActor(remark: Remark): AuditReport['byActor'] {
    const rows: (Actor & { actor: string })[] = []
    this.#actors.forEach((sum, number) => void rows.push({ actor: this.#names.nameOf(number), ...sum }))
    rows.sort(
      byCount(
        ({ count }) => count,
        ({ actor }) => actor,
      ),
    )
    return firstOf(rows, SHOWN_ACTORS, 'actors', remark).map(({ last, ...row }) => ({
      ...row,
      last: iso(last),
    }))
  }
}

function paired(pair: DeniedPair | undefined, line: AuditLine, isNow: boolean): DeniedPair {
  const first = Math.min(pair?.first ?? line.time, line.time)
  const isNewest = isNow && line.time >= (pair?.newest?.time ?? 0)
  return { first, newest: isNewest ? line : pair?.newest }
}

function newestOf(lines: AuditLine[]): AuditLine[] {
  return lines.sort((a, b) => b.time - a.time).slice(0, SHOWN_DENIALS)
}

function denialOf(
  { time, action, actor, target, reason }: AuditLine,
  unusual: boolean,
): AuditReport['denials'][number] {
  return { at: iso(time), action, actor, target, reason, unusual }
}
