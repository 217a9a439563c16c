import type { HoldFact, ReviewFact } from './facts.ts'
import type { Holds } from './holds.ts'
import type { Reviews } from './reviews.ts'

/** What others may ask the keeper to enter into the ledger. */
export type Requested = HoldFact | ReviewFact

/** What the ledger says now, as far as requests go by it. */
export interface Standing {
  dir: string
  /** Milliseconds since the epoch. */
  now: number
  holds: Holds
  reviews: Reviews
}

export type Check<Request> = [isWrong: (request: Request) => boolean, problem: string]

/** All that there is to know of one kind of request. */
export interface RequestKind<F extends Requested> {
  /** The members that it may have, in the order in which they stand in the entry. */
  fields: readonly string[]
  /** What may be wrong with it by itself; nothing in it is known to have the type that it should have. */
  checks: readonly Check<Omit<F, 'by'>>[]
  /** What is wrong with it now, by what the ledger says and by who asks; or undefined. */
  refusal(fact: F, standing: Standing): string | undefined
  /** Whether the very same stands in the ledger: a crash came between its entry and the removal of the request. */
  isEntered(fact: F, standing: Standing): boolean
}

export function isTime(time: unknown): boolean {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString() === time
}

/** Text of one line that no terminal obeys. */
export function isPlainText(text: unknown, longest: number): boolean {
  if (typeof text !== 'string' || text.length === 0 || text.length > longest) return false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return false
  }
  return true
}
