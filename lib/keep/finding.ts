/**
 * What a verification finds, and what its parts share.
 */
import type { SegmentFact, TornFact } from './facts.ts'
import type { Checkpoint } from './note.ts'

export type FindingKind =
  /** What stands there is not what was sealed or signed. */
  | 'modified'
  | 'missing'
  | 'reordered'
  | 'truncated'
  | 'inserted'
  /** Signed by a key that has no right to, or a key that is not the one that was given. */
  | 'wrong-key'
  /** A crash broke it off; what is lost by it stands in torn/. */
  | 'torn'
  /** The keeper or the writer has told of a loss. */
  | 'gap'
  /** No keeper was running. */
  | 'silent'
  /** Sealing was broken off, and is finished by the next keeper. */
  | 'unfinished'
  /** Not made by hushlog, in a place where it does no harm. */
  | 'foreign'
  | 'unsigned'
  | 'unanchored'
  /** It lies in a target and can be removed from there before its time. */
  | 'unlocked'
  /** A copy that was restored from a target. */
  | 'restored'

export interface Finding {
  kind: FindingKind
  /** A path below the directory, or `entry N` of the ledger. */
  where: string
  what: string
}

export interface VerifyOptions {
  dir: string
  /** Public keys (base64) that are known to be right: the first one, and those after a loss. Default: any. */
  keys?: readonly string[]
  checkpoint?: Checkpoint
  /** Days after its last record before which no segment may have been removed. Default 90. */
  keepDays?: number
  /** The time of now, in milliseconds since the epoch. */
  now?: number
  /** Only sealed files with records of this time are read, in milliseconds since the epoch; the ledger is whole. */
  since?: number
  until?: number
  /** Only sealed files of this service are read. */
  service?: string
  /** Told of the bytes that will be read, and then of those that were. */
  onTotal?(bytes: number): void
  onProgress?(bytes: number): void
}

/** What the ledger lists, gathered on the way. */
export interface Listed {
  readonly segments: ReadonlyMap<string, SegmentFact>
  readonly pruned: ReadonlySet<string>
  readonly torn: readonly TornFact[]
}
