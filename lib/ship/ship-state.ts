import type { LedgerEntry, SegmentFact } from '../keep/facts.ts'
import { ledgerPath } from '../keep/ledger.ts'
import { type LedgerFollower, LedgerState } from '../keep/ledger-state.ts'

/** A segment that does not lie in a target yet. */
export interface Pending {
  fact: SegmentFact
  /** When it was listed, milliseconds since the epoch. */
  at: number
}

/** A seal in the ledger's file. */
export interface SealPlace {
  n: number
  at: number
  length: number
  /** The public key that made it (base64). */
  key: string
}

/** What the ledger says of one target. */
export interface TargetState {
  pending: Map<string, Pending>
  shipped: { segments: number; bytes: number; last: string | undefined }
  /** Entries of the ledger that lie there, and where the rest begins in the file. */
  anchored: { size: number; end: number }
  /** Seals that do not lie there, the newest at the end; not all of a long ledger. */
  seals: SealPlace[]
  /** The last entry that is no consequence of shipping: when it lies there, nothing more has to. */
  lastOwn: number
}

/** What is anchored is one of the newest seals, of a moment ago. */
const MOST_SEALS = 4096
const FORGOTTEN = 1024

/**
 * The queue of what is to be shipped: it stands in the ledger and nowhere else. Read once, and then only what was
 * added.
 */
export class ShipState implements LedgerFollower {
  readonly #ledger: LedgerState
  readonly #places: readonly string[]
  #targets = new Map<string, TargetState>()
  #key = ''
  #reading: Promise<void> = Promise.resolve()
  firstKey: string | undefined
  /** What the newest entry of the kind `targets` says. */
  targets: readonly string[] = []

  constructor(dir: string, places: readonly string[]) {
    this.#places = places
    this.onForget()
    this.#ledger = new LedgerState(ledgerPath(dir), this)
  }

  /** @throws HushlogError `HUSHLOG_LEDGER` */
  refresh(): Promise<void> {
    // One after the other: each reads on where the last one ended.
    const turn = this.#reading.then(async () => void (await this.#ledger.read()))
    this.#reading = turn.catch(() => {})
    return turn
  }

  of(place: string): TargetState {
    return this.#targets.get(place) as TargetState
  }

  onForget(): void {
    this.#targets = new Map(this.#places.map((place) => [place, nothingThere()]))
    this.#key = ''
    this.firstKey = undefined
    this.targets = []
  }

  onEntry(entry: LedgerEntry, at: number, length: number): void {
    for (const [place, target] of this.#targets) note(target, place, entry)
    if (entry.kind === 'targets') this.targets = entry.to
    if (entry.kind === 'genesis' || entry.kind === 'key') this.#begin(entry.key)
    if (entry.kind !== 'seal') return
    const seal = { n: entry.n, at, length, key: this.#key }
    for (const { seals } of this.#targets.values())
      if (seals.push(seal) > MOST_SEALS) seals.splice(0, FORGOTTEN)
    this.#key = entry.next
  }

  #begin(key: string | undefined): void {
    if (key === undefined) return
    this.#key = key
    this.firstKey ??= key
  }
}

function nothingThere(): TargetState {
  return {
    pending: new Map(),
    shipped: { segments: 0, bytes: 0, last: undefined },
    anchored: { size: 0, end: 0 },
    seals: [],
    lastOwn: -1,
  }
}

function note(target: TargetState, place: string, entry: LedgerEntry): void {
  const { pending } = target
  if (entry.kind === 'segment' && !pending.has(entry.name))
    pending.set(entry.name, { fact: entry, at: timeOf(entry.at) })
  if (entry.kind === 'pruned') pending.delete(entry.name)
  if (entry.kind === 'shipped' && entry.to === place) ship(target, entry.name, entry.sha256, entry.at)
  if (entry.kind === 'anchored' && entry.to === place) anchor(target, entry.size)
  if (entry.kind !== 'anchored' && entry.kind !== 'seal') target.lastOwn = entry.n
}

/** The members of an entry may be anything. */
function timeOf(at: unknown): number {
  return new Date(String(at)).getTime() || 0
}

/** Of the sealed file. */
export function bytesOf({ sealedBytes }: SegmentFact): number {
  return Number.isSafeInteger(sealedBytes) && sealedBytes > 0 ? sealedBytes : 0
}

function ship({ pending, shipped }: TargetState, name: string, sha256: string, at: string): void {
  const fact = pending.get(name)?.fact
  if (fact?.sha256 !== sha256) return
  pending.delete(name)
  shipped.segments++
  shipped.bytes += bytesOf(fact)
  shipped.last = at
}

function anchor(target: TargetState, size: number): void {
  const index = target.seals.findIndex(({ n }) => n === size - 1)
  if (index === -1) return
  const { at, length } = target.seals[index]
  target.anchored = { size, end: at + length + 1 }
  target.seals.splice(0, index + 1)
}
