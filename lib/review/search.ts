/**
 * Searching several log directories: what matches, in the order of time, while it is found.
 */

import type { Hit } from './line.ts'
import { merged } from './merge.ts'
import type { Query } from './query.ts'
import { hitsIn, type ScanStep } from './scan.ts'
import { type Source, sourcesOf } from './sources.ts'
import { type Doubt, doubtAbout } from './trust.ts'
import { FieldNames } from './where.ts'

export interface SearchOptions {
  dirs: readonly string[]
  query: Query
  /** What opens encrypted segments, as `loadIdentities` returns them. */
  identities: readonly string[]
  /** Lines before and after each that matches. Default 0. */
  context?: number
  /** Told of each that cannot be read, or not to its end; the others are. */
  onError(error: unknown, where: Where): void
  /** Told once of a segment that is not as it was sealed, before its lines come. */
  onDoubt(doubt: Doubt, where: Where): void
  /** Told of a ledger that is not proven to its end. */
  onLedger(dir: string, problem: string): void
  /** Told of segments that the ledger lists within the time and that are not there, though nobody pruned them. */
  onMissing?(dir: string, names: readonly string[]): void
  /** Told of bytes that are done, of those of `total`. */
  onProgress?(bytes: number, total: number): void
}

export interface Where {
  dir: string
  /** The name of a segment; undefined: the directory as a whole. */
  segment?: string
}

export interface Found extends Hit {
  source: Source
  doubt: Doubt | undefined
}

/** What was done to find it. */
export interface SearchWork {
  segments: number
  opened: number
  /** By the time that the ledger says, and by the index. */
  skipped: number
  /** Encrypted, and no identity was given. */
  closed: number
  members: number
  allMembers: number
}

export class Search {
  readonly work: SearchWork = { segments: 0, opened: 0, skipped: 0, closed: 0, members: 0, allMembers: 0 }
  readonly names: FieldNames = new FieldNames()
  readonly #options: SearchOptions
  readonly #doubts = new Map<Source, Doubt | undefined>()

  constructor(options: SearchOptions) {
    this.#options = options
  }

  /** @throws what `onError` throws */
  async *run(): AsyncGenerator<Found> {
    const sources = await this.#sources()
    const total = sources.reduce((sum, { fact }) => sum + (fact?.sealedBytes ?? 0), 0)
    const streams = sources.map((source) => ({
      first: source.first,
      open: () => this.#hits(source, total),
    }))
    for await (const { source, hit } of merged(streams))
      yield { ...hit, source, doubt: await this.#doubt(source) }
  }

  async #sources(): Promise<Source[]> {
    const { dirs, query, identities, onError, onLedger, onMissing } = this.#options
    const found: Source[] = []
    // At the same time: most of it is checking signatures, which takes all cores.
    const work = dirs.map((dir) => sourcesOf(dir, query.since, query.until))
    for (const [i, outcome] of (await Promise.allSettled(work)).entries()) {
      const dir = dirs[i]
      if (outcome.status === 'rejected') {
        onError(outcome.reason, { dir })
        continue
      }
      const { sources, skipped, missing, problem } = outcome.value
      if (problem !== undefined) onLedger(dir, problem)
      if (missing.length > 0) onMissing?.(dir, missing)
      this.work.skipped += skipped
      this.work.segments += sources.length + skipped
      found.push(...sources)
    }
    if (identities.length > 0) return found
    const open = found.filter(({ segment }) => !segment.encrypted)
    this.work.closed = found.length - open.length
    return open
  }

  /** What cannot be read is told, and ends there. */
  async *#hits(source: Source, total: number): AsyncGenerator<{ time: number; source: Source; hit: Hit }[]> {
    const { query, identities, context = 0, onError, onProgress } = this.#options
    const { names } = this
    const onStep = (step: ScanStep, count: number) => this.#note(step, count)
    try {
      for await (const hits of hitsIn(source, query, { identities, context, names, onStep }))
        yield hits.map((hit) => ({ time: hit.time, source, hit }))
    } catch (error) {
      onError(error, { dir: source.dir, segment: source.segment.name })
    }
    onProgress?.(source.fact?.sealedBytes ?? 0, total)
  }

  #note(step: ScanStep, count: number): void {
    if (step === 'members') this.work.members += count
    else if (step === 'all-members') this.work.allMembers += count
    else this.work[step] += count
  }

  async #doubt(source: Source): Promise<Doubt | undefined> {
    if (this.#doubts.has(source)) return this.#doubts.get(source)
    const doubt = await doubtAbout(source)
    this.#doubts.set(source, doubt)
    if (doubt !== undefined) this.#options.onDoubt(doubt, { dir: source.dir, segment: source.segment.name })
    return doubt
  }
}
