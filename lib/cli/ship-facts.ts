/**
 * What the ledger says of shipping, for `hushlog status`. Nothing in it is trusted: of what has no bound only so much is
 * held.
 */

export interface ShipFacts {
  target: string
  /** Sealed segments that do not lie there, and when the oldest was sealed (ISO 8601); null without any. */
  waiting: { segments: number; bytes: number; oldest: string | null }
  /** Those that do, of the ones that are still kept here; `unlocked` of them can be deleted there. */
  shipped: { segments: number; bytes: number; unlocked: number; last: string | null }
  /** Entries of the ledger that lie there, and when they were shipped (ISO 8601). */
  ledger: { entries: number; last: string | null }
}

interface Kept {
  sha256: unknown
  bytes: number
  at: string
  /** By target: until when it is locked there, milliseconds since the epoch; 0 when it is not. */
  shipped: Map<string, number>
}

interface Entry {
  [member: string]: unknown
}

const MOST_SEGMENTS = 200_000
const MOST_TARGETS = 8
const MOST_PLACES = 2 * MOST_TARGETS
const LONGEST = 1024

/** Adds up entries in the order of the ledger. */
export class ShipCounter {
  readonly #kept = new Map<string, Kept>()
  readonly #last = new Map<string, string>()
  readonly #anchored = new Map<string, { entries: number; last: string | null }>()
  #targets: string[] = []

  note(entry: Entry): void {
    NOTES.get(entry.kind)?.(this, entry)
  }

  segment({ name, sha256, sealedBytes, at }: Entry): void {
    if (this.#kept.size >= MOST_SEGMENTS || this.#kept.has(textOf(name))) return
    const bytes = Number.isSafeInteger(sealedBytes) ? (sealedBytes as number) : 0
    this.#kept.set(textOf(name), { sha256, bytes, at: textOf(at), shipped: new Map() })
  }

  pruned({ name }: Entry): void {
    this.#kept.delete(textOf(name))
  }

  targets({ to }: Entry): void {
    this.#targets = Array.isArray(to) ? to.slice(0, MOST_TARGETS).map(textOf) : []
  }

  shipped({ to, name, sha256, until, at }: Entry): void {
    const kept = this.#kept.get(textOf(name))
    const place = textOf(to)
    // Also before it stands among the targets, or while it does not: it may come back.
    if (kept === undefined || kept.sha256 !== sha256 || !hasRoom(kept.shipped, place)) return
    kept.shipped.set(place, Date.parse(textOf(until)) || 0)
    if (hasRoom(this.#last, place)) this.#last.set(place, textOf(at))
  }

  anchored({ to, size, at }: Entry): void {
    if (hasRoom(this.#anchored, textOf(to)))
      this.#anchored.set(textOf(to), {
        entries: Number.isSafeInteger(size) ? (size as number) : 0,
        last: textOf(at),
      })
  }

  /** @param now milliseconds since the epoch */
  result(now: number = Date.now()): ShipFacts[] {
    return this.#targets.map((target) => this.#factsOf(target, now))
  }

  #factsOf(target: string, now: number): ShipFacts {
    const waiting = { segments: 0, bytes: 0, oldest: null as string | null }
    const shipped = { segments: 0, bytes: 0, unlocked: 0, last: this.#last.get(target) ?? null }
    for (const { bytes, at, shipped: where } of this.#kept.values()) {
      const until = where.get(target)
      const sum = until === undefined ? waiting : shipped
      sum.segments++
      sum.bytes += bytes
      if (until === undefined) waiting.oldest ??= at
      else if (until <= now) shipped.unlocked++
    }
    return { target, waiting, shipped, ledger: this.#anchored.get(target) ?? { entries: 0, last: null } }
  }
}

const NOTES = new Map<unknown, (counter: ShipCounter, entry: Entry) => void>([
  ['segment', (counter, entry) => counter.segment(entry)],
  ['pruned', (counter, entry) => counter.pruned(entry)],
  ['targets', (counter, entry) => counter.targets(entry)],
  ['shipped', (counter, entry) => counter.shipped(entry)],
  ['anchored', (counter, entry) => counter.anchored(entry)],
])

/** Of more places than may be targets nothing is held. */
function hasRoom(places: ReadonlyMap<string, unknown>, place: string): boolean {
  return places.has(place) || places.size < MOST_PLACES
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST) : ''
}
