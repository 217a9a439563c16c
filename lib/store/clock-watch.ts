import type { Clock } from './rotation.ts'

/** A step of the wall clock: by how many milliseconds it went on (or back, below 0) more than time did. */
export interface ClockStep {
  step: number
  /** What the wall clock said when it was last looked at and what it says now, milliseconds since the epoch. */
  from: number
  to: number
}

/** A smaller one is a clock that is being set right. */
const LEAST_STEP = 2_000

/** Compares the wall clock with the monotonic one, which stands still while a machine sleeps. */
export class ClockWatch {
  readonly #clock: Clock
  #now: number
  #monotonic: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#now = clock.now()
    this.#monotonic = clock.monotonic()
  }

  /** What has passed since the last look: by either clock, and by how much the wall clock has stepped. */
  look(): { silent: number; monotonic: number; step: ClockStep | undefined } {
    const from = this.#now
    const to = this.#clock.now()
    const monotonic = this.#clock.monotonic()
    const passed = monotonic - this.#monotonic
    this.#now = to
    this.#monotonic = monotonic
    const step = Math.round(to - from - passed)
    return {
      silent: Math.max(Math.abs(to - from), passed),
      monotonic,
      step: Math.abs(step) > LEAST_STEP ? { step, from, to } : undefined,
    }
  }
}
