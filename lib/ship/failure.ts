import { HushlogError } from '../errors.ts'

export interface ShipFailureOptions {
  /** What it is about: `target`, nothing can be shipped there now; `object`, this one alone. */
  scope: 'target' | 'object'
  /** Another try comes to the same until somebody has changed something. */
  isPermanent?: boolean
  hint?: string
  cause?: unknown
}

/** Why something could not be shipped, or had back: names of places and codes, never what a server or a file said. */
export class ShipFailure extends HushlogError {
  readonly scope: 'target' | 'object'
  readonly isPermanent: boolean

  constructor(message: string, { scope, isPermanent = false, hint, cause }: ShipFailureOptions) {
    super('HUSHLOG_SHIP', message, { cause, ...(hint === undefined ? {} : { hint }) })
    this.scope = scope
    this.isPermanent = isPermanent
  }
}
