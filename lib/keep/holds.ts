import type { HoldFact, LedgerEntry } from './facts.ts'
import { readLedger } from './ledger.ts'

/** A legal hold that stands: segments with records in its time stay, whatever their age. */
export interface Hold {
  id: string
  /** ISO 8601; absent: from the beginning, without an end. */
  since?: string
  until?: string
  reason?: string
  /** Who asked for it, by number. */
  by: number
  /** When it was entered, ISO 8601. */
  at: string
}

/** The holds that stand, as the entries of a ledger in their order tell. */
export class Holds {
  readonly #byId = new Map<string, Hold[]>()

  note(entry: LedgerEntry): void {
    if (entry.kind !== 'hold') return
    if (entry.op === 'remove') this.#byId.delete(entry.id)
    // A second one under the same id adds to the first: nothing but its removal makes a hold smaller.
    else this.#byId.set(entry.id, [...(this.#byId.get(entry.id) ?? []), holdOf(entry)])
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  list(): Hold[] {
    return [...this.#byId.values()].flat()
  }

  /** Ids of the holds that a segment with records between these two times is under. */
  over(first: string, last: string): string[] {
    const times = [Date.parse(first), Date.parse(last)]
    const [from, to] = [Math.min(...times), Math.max(...times)]
    const holding = this.list().filter(({ since, until }) => {
      const [start, end] = [Date.parse(since ?? ''), Date.parse(until ?? '')]
      // Written so that a time that cannot be read holds.
      return !(to < start) && !(from > end)
    })
    return [...new Set(holding.map(({ id }) => id))]
  }
}

function holdOf({ id, since, until, reason, by, at }: HoldFact & { at: string }): Hold {
  return {
    id,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
    by,
    at,
  }
}

/** @throws HushlogError `HUSHLOG_LEDGER` when it cannot be read */
export async function readHolds(dir: string): Promise<Holds> {
  const holds = new Holds()
  for await (const entry of readLedger(dir)) holds.note(entry)
  return holds
}
