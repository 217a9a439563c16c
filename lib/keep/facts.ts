/**
 * What stands in the ledger: one type for each kind of entry. docs/format.md describes every byte of them.
 */
import type { ClockStep } from '../store/clock-watch.ts'
import type { Torn } from '../store/recovery.ts'
import type { RotationReason } from '../store/rotation.ts'
import type { Gap } from '../types.ts'

export interface SegmentFact {
  kind: 'segment'
  name: string
  /** Relative to the log directory: `sealed/YYYY/MM/DD/NAME.log.gz`, or `….log.gz.age` of an encrypted one. */
  path: string
  /** Of the sealed file and of its plaintext, hexadecimal. */
  sha256: string
  plainSha256: string
  bytes: number
  sealedBytes: number
  /** Records, without the first and the last line that the store adds. */
  lines: number
  /** Which of its writer's segments it is and the number of its first record, as its first line says. */
  number?: number
  seq?: number
  /** The writer as its first line names it, where that differs: the second logger of a thread and later ones. */
  stream?: string
  /** There is no last line: its writer was killed, or could not write it. */
  broken?: true
  /** Time of the first and the last record, ISO 8601. */
  first: string
  last: string
  writer: string
  reason: RotationReason
  /** Whose lines they are, as its first line says: 64 characters at most. Absent where that says nothing. */
  service?: string
}

/** A tail that was cut off and lies in torn/NAME.tail. */
export interface TornFact extends Torn {
  kind: 'torn'
}

/** A sealed segment was removed for its age. */
export interface PrunedFact {
  kind: 'pruned'
  name: string
  /** Of the sealed file. */
  sha256: string
  /** Time of its last record, ISO 8601. */
  last: string
}

/** Once an hour, aligned to UTC, so that an hour without one is an hour in which no keeper ran. */
export interface HeartbeatFact {
  kind: 'heartbeat'
  /** Segments in open/. */
  open: number
}

/** Segments with records from `since` to `until` stay, whatever their age, until the hold of this id is removed. */
export interface HoldFact {
  kind: 'hold'
  op: 'add' | 'remove'
  /** `[A-Za-z0-9_.-]{1,64}` */
  id: string
  /** ISO 8601; absent: from the beginning, without an end. Only when it is added. */
  since?: string
  until?: string
  reason?: string
  /** Who asked for it: the owner of the request's file, by number. */
  by: number
}

/** Somebody has reviewed the logs. */
export interface ReviewFact {
  kind: 'review'
  /** The time that was looked at, ISO 8601. */
  since: string
  until: string
  /** As they call themselves. */
  reviewer?: string
  /** Of the report, as `hushlog review --json` prints it, hexadecimal. */
  sha256: string
  /** How many findings it had. */
  findings: number
  /** Who asked for it: the owner of the request's file, by number. */
  by: number
}

/** To whom segments are encrypted from here on; empty: to nobody. */
export interface RecipientsFact {
  kind: 'recipients'
  to: string[]
}

/** To which targets sealed segments are shipped from here on; empty: to none. None is removed before it lies in each. */
export interface TargetsFact {
  kind: 'targets'
  /** `s3://BUCKET/PREFIX` or `file:///DIR/`. */
  to: string[]
}

/** A sealed segment lies in a target, and was read back there. */
export interface ShippedFact {
  kind: 'shipped'
  to: string
  name: string
  /** Of the sealed file. */
  sha256: string
  /** Where it lies in the target. */
  key: string
  /** As the target names this version of it; absent where it knows none. */
  version?: string
  /** Before then nobody can delete that version, ISO 8601. Absent where the target cannot lock. */
  until?: string
}

/** The ledger lies in a target, up to a seal, and was read back there. */
export interface AnchoredFact {
  kind: 'anchored'
  to: string
  /** How many entries, from the first. */
  size: number
  /** Of the newest part and of the checkpoint that goes with it. */
  key: string
  checkpoint: string
}

/** The chain begins, with the public key that signs its first group (32 bytes, base64). */
export interface GenesisFact {
  kind: 'genesis'
  /** Absent in ledgers that began with version 0. */
  key?: string
}

/** From here on entries are signed, beginning with this key: what came before bore no signature, or the key was lost. */
export interface KeyFact {
  kind: 'key'
  key: string
  reason: 'upgrade' | 'lost'
}

/** Closes a group: a signature over all that stands before it, by the key that the seal before it names. */
export interface SealFact {
  kind: 'seal'
  /** The public key that signs the next group (32 bytes, base64). */
  next: string
  /** Ed25519, 64 bytes, base64. */
  sig: string
}

/** What the keeper records. */
export type Fact =
  | SegmentFact
  | TornFact
  | PrunedFact
  | HeartbeatFact
  | HoldFact
  | ReviewFact
  | RecipientsFact
  | TargetsFact
  | ShippedFact
  | AnchoredFact
  | ({ kind: 'gap' } & Gap)
  | ({ kind: 'clock' } & ClockStep)

/** What the ledger writes by itself. */
export type OwnFact = GenesisFact | KeyFact | SealFact

export type LedgerEntry = {
  v: 0 | 1
  /** From 0, without a hole. */
  n: number
  /** Hash of the line before, hexadecimal; zeros in the first. */
  prev: string
  /** ISO 8601. */
  at: string
} & (Fact | OwnFact)
