import type { ScrubEvent } from '../types.ts'

/** Cuts by rule, and the program's callback that is told of each. What that throws is counted and goes no further. */
export class Tally {
  readonly counts: Map<string, number> = new Map()
  failures = 0
  readonly #onScrub: ((event: ScrubEvent) => void) | undefined

  constructor(onScrub?: (event: ScrubEvent) => void) {
    this.#onScrub = onScrub
  }

  /** Paths cost a walk over the line, so they are only made when somebody is told. */
  get wantsPaths(): boolean {
    return this.#onScrub !== undefined
  }

  add(rule: string, path: string): void {
    this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1)
    if (this.#onScrub === undefined) return
    try {
      this.#onScrub({ rule, path })
    } catch {
      this.failures++
    }
  }

  byRule(): Record<string, number> {
    return Object.fromEntries(this.counts)
  }
}
