/**
 * The regular audit in one document: what `hushlog review --json` prints, and what its text and its page show.
 * Times are ISO 8601 in UTC unless they say otherwise. What a log says (users, operations, addresses, reasons) is
 * hostile text: whoever shows it escapes it.
 */

export interface Report {
  v: 1
  /** When it was made, and by which version. */
  made: string
  version: string
  /** Whole hours: `since` begins one, `until` is the end. */
  period: { since: string; until: string }
  /** What somebody should look at, the gravest first; empty when there is nothing. */
  findings: ReportFinding[]
  directories: DirectoryReport[]
  requests: RequestsReport
  logins: LoginsReport
  audit: AuditReport
  secrets: SecretsReport
  losses: LossesReport
  coverage: CoverageReport
  changes: ChangesReport
  /** Tables that were cut, and other things that a reader must know to read this rightly: a sentence each. */
  remarks: string[]
}

/** What `--fail-on` can name. */
export const FINDING_KINDS = [
  'integrity',
  'unreadable',
  'missing-directory',
  'gaps',
  'silent-days',
  'failed-logins',
  'bursts',
  'new-addresses',
  'denials',
  'secrets',
  'errors',
  'clock',
  'torn',
  'shipping',
  'disk',
  'review-overdue',
] as const
export type FindingKindOfReport = (typeof FINDING_KINDS)[number]

export interface ReportFinding {
  kind: FindingKindOfReport
  severity: 'critical' | 'warning' | 'notice'
  /** How many of its kind, the number that `--fail-on KIND>N` compares. */
  count: number
  /** One sentence without a full stop, in the words of a person who tells another. */
  what: string
}

export interface DirectoryReport {
  /** As it was given. */
  dir: string
  state: 'read' | 'missing' | 'partly'
  /** Why it is missing or read partly, a sentence each. */
  problems: string[]
  hosts: string[]
  services: string[]
  /** Of the period. */
  segments: { sealed: number; open: number; unreadable: number; untrusted: number; indexed: number }
  lines: number
  bytes: number
  integrity: IntegrityReport | null
  shipping: ShippingReport[]
  disk: DiskReport | null
}

export interface IntegrityReport {
  /** Whether nothing is wrong. */
  ok: boolean
  /** `kind`, `where` and `what` as hushlog verify says them. */
  problems: { kind: string; where: string; what: string }[]
  notes: { kind: string; where: string; what: string }[]
  entries: number
  /** Of the newest signature. */
  proven: { entry: number; at: string } | null
  anchored: boolean
  segments: number
  pruned: number
}

export interface ShippingReport {
  to: string
  shipped: number
  waiting: number
  /** Of the oldest segment that waits. */
  waitingSince: string | null
  lastShipped: string | null
}

export interface DiskReport {
  state: 'ok' | 'low'
  freeBytes: number
  totalBytes: number
  /** Until it is full at the present rate; null when all that is to be kept has room, or no rate is known. */
  lastsDays: number | null
  plainBytesPerDay: number | null
  projectedBytes: number | null
  encrypted: 'no' | 'yes' | 'partly' | 'unknown'
}

/** Counts of requests: by class of status (`classes[0]` is 1xx), aborted ones, records of level error and above. */
export interface RequestCounts {
  requests: number
  classes: [number, number, number, number, number]
  aborted: number
  errors: number
}

export interface RequestsReport extends RequestCounts {
  /** Milliseconds, right to 12.5 %; null without requests. */
  latency: Latency | null
  /** Begins of hours (periods of 14 days at most) or of days, with what came in each. */
  step: 'hour' | 'day'
  series: ({ at: string; p50: number | null; p95: number | null } & RequestCounts)[]
  /** The most requested first. */
  operations: ({ operation: string; latency: Latency | null } & RequestCounts)[]
  /** Records of level error and above that are no access records, by operation. */
  errorLines: { operation: string; count: number }[]
}

export interface Latency {
  p50: number
  p95: number
  p99: number
  max: number
}

export interface LoginsReport {
  succeeded: number
  failed: number
  series: { at: string; succeeded: number; failed: number }[]
  /** The most failures first. */
  byUser: {
    user: string
    failed: number
    succeeded: number
    addresses: number
    first: string
    last: string
  }[]
  byAddress: {
    address: string
    failed: number
    succeeded: number
    users: number
    first: string
    last: string
  }[]
  bursts: Burst[]
  /** Successful logins of a user from an address from which that user had not logged in before in what is kept. */
  newAddresses: { user: string; address: string; first: string; count: number }[]
  /** How many days before the period were looked at for addresses that are known. */
  knownDays: number
}

/** Many failed logins in a short time. */
export interface Burst {
  /** `spraying`: one address tries many users; `guessing`: one user is tried many times; `flood`: many of both. */
  kind: 'spraying' | 'guessing' | 'flood'
  address: string | null
  user: string | null
  failed: number
  users: number
  addresses: number
  /** Successful logins from there meanwhile and in the hour after it. */
  succeeded: number
  first: string
  last: string
}

export interface AuditReport {
  total: number
  byOutcome: { success: number; failure: number; denied: number; unknown: number }
  rows: { action: string; outcome: string; actors: number; count: number; first: string; last: string }[]
  byActor: { actor: string; count: number; denied: number; failed: number; actions: number; last: string }[]
  /** The newest first. */
  denials: {
    at: string
    action: string
    actor: string
    target: string | null
    reason: string | null
    unusual: boolean
  }[]
}

export interface SecretsReport {
  total: number
  byRule: { rule: string; count: number }[]
  /** Where the program tries to log them. */
  byOperation: { operation: string; rule: string; count: number; before: number }[]
}

export interface LossesReport {
  /** Lines that were lost, and how many gaps tell of them. */
  lines: number
  gaps: { dir: string; first: string; last: string; count: number; reason: string }[]
  torn: { dir: string; name: string; bytes: number; at: string }[]
  /** `step` in milliseconds. */
  clock: { dir: string; at: string; step: number }[]
  /** Segments whose writers were killed. */
  unended: number
  /** Lines that are no JSON object. */
  unreadable: number
}

export interface CoverageReport {
  /** UTC days, the oldest first, up to 90 and the one that runs. */
  days: string[]
  hosts: {
    dir: string
    host: string
    service: string
    /** One a day: how many lines, and what is known of it. */
    days: { lines: number; state: DayState }[]
  }[]
}

/**
 * `lines`: there are some. `quiet`: none, and a keeper ran. `silent`: none, and no keeper ran. `removed`: for their age.
 * `before`: the host had not begun.
 */
export type DayState = 'lines' | 'quiet' | 'silent' | 'removed' | 'before'

export interface ChangesReport {
  /** Of the directories, the newest review that the ledger lists. */
  last: { at: string; by: number; reviewer: string | null; since: string; until: string } | null
  /** All that the ledgers list, the newest first, 60 at most. */
  reviews: { dir: string; at: string; by: number; reviewer: string | null }[]
  /** What is compared: a day's mean in this period and in the time of the same length before it; null: not kept. */
  rows: { name: string; now: number; before: number | null }[]
  /** Operations that were not seen in the time before. */
  newOperations: string[]
}
