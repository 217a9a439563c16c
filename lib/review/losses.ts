/**
 * What was lost, broken off or dated by a clock that was set. The log and the ledger tell of the same loss, each of it
 * once: what both tell counts once.
 */
import { STDOUT_NOT_READ } from '../types.ts'
import { firstOf, type Remark } from './bounded.ts'
import type { LedgerStory } from './ledger-story.ts'
import type { ClockLine, GapLine } from './own-line.ts'
import { iso, type Period, placeOf } from './period.ts'
import type { LossesReport } from './report.ts'

const MAX_HELD = 10_000
const SHOWN = 200
/** The writer tells both at once; the ledger is entered a little later, or much when it could not be written. */
const SAME_STEP = 60_000

/** Of one directory. */
export class LossTally {
  readonly #period: Period
  readonly #gaps: GapLine[] = []
  readonly #clock: { at: number; step: number }[] = []
  leftOut = 0

  constructor(period: Period) {
    this.#period = period
  }

  add(line: GapLine | ClockLine): void {
    if (placeOf(this.#period, line.time) !== 'now') return
    // Every line that standard output missed is in the store.
    if (line.kind === 'gap' && line.reason === STDOUT_NOT_READ) return
    if (this.#gaps.length + this.#clock.length >= MAX_HELD) this.leftOut++
    else if (line.kind === 'gap') this.#gaps.push(line)
    else this.#clock.push({ at: line.time, step: line.step })
  }

  report(dir: string, story: LedgerStory): Pick<LossesReport, 'gaps' | 'torn' | 'clock'> {
    const isNow = (time: number) => placeOf(this.#period, time) === 'now'
    const gaps = together(
      this.#gaps,
      story.gaps.filter(({ time }) => isNow(time)),
    )
    const clock = stepsTogether(
      this.#clock,
      story.clock.filter(({ at }) => isNow(at)),
    )
    return {
      gaps: gaps.map(({ first, last, count, reason }) => ({
        dir,
        first: iso(first),
        last: iso(last),
        count,
        reason,
      })),
      torn: story.torn
        .filter(({ at }) => isNow(at))
        .map(({ name, bytes, at }) => ({ dir, name, bytes, at: iso(at) })),
      clock: clock.map(({ at, step }) => ({ dir, at: iso(at), step })),
    }
  }
}

/** Of each gap as many as the one of both that tells more of them. */
function together(logged: GapLine[], listed: GapLine[]): GapLine[] {
  const left = new Map<string, number>()
  for (const gap of logged) left.set(keyOf(gap), (left.get(keyOf(gap)) ?? 0) + 1)
  const only = listed.filter((gap) => {
    const count = left.get(keyOf(gap)) ?? 0
    left.set(keyOf(gap), count - 1)
    return count <= 0
  })
  return [...logged, ...only].sort((a, b) => a.first - b.first)
}

function keyOf({ reason, count, first, last }: GapLine): string {
  return `${first} ${last} ${count} ${reason}`
}

function stepsTogether(logged: { at: number; step: number }[], listed: { at: number; step: number }[]) {
  const unmatched = [...logged]
  const only = listed.filter(({ at, step }) => {
    const same = unmatched.findIndex(
      (one) => one.step === step && Math.abs(one.at - at) < SAME_STEP + Math.abs(step),
    )
    if (same !== -1) unmatched.splice(same, 1)
    return same === -1
  })
  return [...logged, ...only].sort((a, b) => a.at - b.at)
}

type Lists = Pick<LossesReport, 'gaps' | 'torn' | 'clock'>

/** Of all directories. */
export class Losses {
  readonly #lists: Lists
  readonly #counts: Pick<LossesReport, 'unended' | 'unreadable'>
  readonly #leftOut: number

  constructor(parts: Lists[], counts: Pick<LossesReport, 'unended' | 'unreadable'>, leftOut: number) {
    this.#counts = counts
    this.#leftOut = leftOut
    this.#lists = {
      gaps: parts.flatMap(({ gaps }) => gaps),
      torn: parts.flatMap(({ torn }) => torn),
      clock: parts.flatMap(({ clock }) => clock),
    }
  }

  get totals(): { gaps: number; torn: number; clock: number } {
    const { gaps, torn, clock } = this.#lists
    return { gaps: gaps.length, torn: torn.length, clock: clock.length }
  }

  report(remark: Remark): LossesReport {
    const { gaps, torn, clock } = this.#lists
    if (this.#leftOut > 0)
      remark(`${this.#leftOut} gaps, torn tails and steps of the clock are not counted: there are too many`)
    return {
      lines: gaps.reduce((sum, { count }) => sum + count, 0),
      gaps: firstOf(gaps, SHOWN, 'gaps', remark),
      torn: firstOf(torn, SHOWN, 'torn tails', remark),
      clock: firstOf(clock, SHOWN, 'steps of the clock', remark),
      ...this.#counts,
    }
  }
}
