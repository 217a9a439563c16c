import type { LedgerEntry, ReviewFact } from './facts.ts'

/** A review as the ledger lists it; `at` is when it was entered, ISO 8601. */
export type Review = Omit<ReviewFact, 'kind'> & { at: string }

/** So many are held. */
export const MAX_REVIEWS = 60

/** The reviews that a ledger lists, as its entries in their order tell. */
export class Reviews {
  readonly #newest: Review[] = []

  note(entry: LedgerEntry): void {
    if (entry.kind !== 'review') return
    const { since, until, reviewer, sha256, findings, by, at } = entry
    const named = reviewer === undefined ? {} : { reviewer }
    this.#newest.unshift({ since, until, ...named, sha256, findings, by, at })
    if (this.#newest.length > MAX_REVIEWS) this.#newest.pop()
  }

  /** The newest first. */
  list(): readonly Review[] {
    return this.#newest
  }
}
