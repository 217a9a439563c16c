import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bindings, ChildLoggerOptions, Logger, LoggerOptions } from 'pino'
import type { HushlogError } from './errors.ts'

/** What a record is. The writer and the gate treat them differently when something has to give. */
export const KIND = { app: 0, access: 1, audit: 2, gap: 3 } as const
export type Kind = (typeof KIND)[keyof typeof KIND]

declare const scrubbed: unique symbol

/**
 * Lines that have passed the gate. The gate is its only maker and the writer takes nothing else, so the compiler
 * refuses to store a line that was not scrubbed. Valid until `append` returns: what is needed longer is copied.
 */
export interface ScrubbedBatch {
  readonly [scrubbed]: true
  /** UTF-8, each line ended by one `\n`. May be longer than the lines: read up to `ends[count - 1]`. */
  readonly bytes: Uint8Array
  /** Where each line ends in `bytes`, its `\n` included. */
  readonly ends: Uint32Array
  /** pino's level number of each line. */
  readonly levels: Int32Array
  readonly kinds: Uint8Array
  readonly count: number
}

/** The border between the gate and whatever keeps lines. */
export interface BatchSink {
  /** Takes the lines before it returns. Never throws. */
  append(batch: ScrubbedBatch): void
  /** Resolves when all that was appended before the call is on the disk (fdatasync); rejects when it is not. */
  sync(): Promise<void>
  /** Writes what is still in memory, in bounded time; for exits. */
  flushSync(): void
}

/** What was lost between two moments, and why. */
export interface Gap {
  reason: string
  count: number
  /** Lost lines by pino's level number; audit records under `audit`. Empty where the levels are not known. */
  levels: Record<string, number>
  /** First and last moment of the loss, milliseconds since the epoch. */
  first: number
  last: number
}

export type Request = IncomingMessage
export type Response = ServerResponse

export interface AuditEvent {
  /** What was done, as `noun.verb`: `auth.login`, `order.refund`. */
  action: string
  /** Who did it: a user name or an id. */
  actor: string
  /** What it was done to. */
  target?: string
  outcome: 'success' | 'failure' | 'denied'
  reason?: string
  /** Anything else. hide-secrets goes over it first, then the gate. */
  details?: unknown
}

export interface Audit {
  /**
   * Writes an audit record before it returns: it survives the process being killed. Never filtered by level.
   * The promise resolves when the record is forced to the disk (fdatasync, in groups, within 10 ms); await it
   * where a power failure matters. Rejects with a HushlogError (`HUSHLOG_AUDIT`, `HUSHLOG_SYNC`, `HUSHLOG_FULL`).
   */
  (event: AuditEvent): Promise<void>
  /** The same with the outcome `denied`. */
  denied(event: Omit<AuditEvent, 'outcome'>): Promise<void>
}

/** A rule for tokens of your own: a literal prefix, then characters of a set. No regular expressions. */
export interface TokenRule {
  /** 1 to 32 of `a-z`, `0-9` and `-`: the name in the marker. */
  id: string
  /** 3 characters or more, matched exactly. */
  prefix: string
  /** Characters of the token after the prefix. Default `alnum-`, which is `A-Za-z0-9_-`. */
  set?: 'hex' | 'alnum' | 'alnum-' | 'base64' | 'base64url'
  /** The shortest run after the prefix that counts, in characters. Default 10. */
  minLength?: number
  /** The longest run after the prefix that counts; longer ones are left alone. Default: no limit. */
  maxLength?: number
}

/** Data about persons: e-mail addresses, telephone numbers, addresses of IPv4 and IPv6. */
export type PiiKind = 'email' | 'phone' | 'ip'

export interface ScrubEvent {
  /** The id that stands in the marker. */
  rule: string
  /**
   * The names that lead to the cut, joined by dots: `req.headers.authorization`, `items.0.token`. Empty in text that
   * is no JSON. Bounded in depth and length; a name that was cut itself stands here as its marker.
   */
  path: string
}

export interface ScrubOptions {
  /** More names whose values are secret, in any case and with any separators. */
  keys?: string[]
  /** Names whose values are never cut because of the name. Their content is still searched. */
  allowKeys?: string[]
  rules?: TokenRule[]
  /** Values to cut wherever they occur, 6 characters or more. */
  hide?: string[]
  /** Cut the values of environment variables with secret names. Default true. */
  env?: boolean
  /**
   * Takes data about persons out too: all kinds, or those that are named. E-mail addresses and telephone numbers are
   * cut, addresses of IPv4 and IPv6 made anonymous (the last 8 and the last 80 bits become 0). Default false.
   */
  pii?: boolean | PiiKind[]
  /**
   * A key of 16 bytes or more. With it each marker bears a tag, `[SECRET:token:9f2c41d07ab3]`: the same secret has the
   * same tag, and nobody without the key can tell which. See docs/scrubbing.md.
   */
  correlate?: Buffer
  /** Told of each cut: the rule and the path, never the value. What it throws is counted and goes no further. */
  onScrub?: (event: ScrubEvent) => void
}

export interface StorageOptions {
  /** Default `logs`, from the working directory. */
  dir?: string
  /** Bytes, or text like `64 MB`. Default 64 MB. */
  maxSize?: number | string
  /** Milliseconds, or text like `1 day`. Default 1 day. */
  maxAge?: number | string
  /** Days that a sealed segment is kept after its last event. Default and least 90. */
  keepDays?: number
  /** Must stand beside a `keepDays` under 90. */
  allowShortRetention?: boolean
  /**
   * When a line reaches the disk (write(2)): `line` before the log call returns, `turn` at the end of the event
   * loop's turn, `buffer` within a second. Levels error and above and audit records never wait. Default `turn`.
   */
  durability?: 'turn' | 'line' | 'buffer'
  /**
   * When the disk is full: `drop` counts what no longer fits in memory, `block` waits up to 5 s a call first,
   * `exit` ends the program with code 1. Default `drop`.
   */
  onFull?: 'drop' | 'block' | 'exit'
}

export type StdoutMode = boolean | 'json' | 'pretty' | 'common'

/** pino's own options pass through, apart from those that would lead lines around the gate. */
export type PinoOptions<CustomLevels extends string = never> = Omit<
  LoggerOptions<CustomLevels>,
  'timestamp' | 'transport' | 'browser' | 'name' | 'crlf'
>

export interface HushlogOptions<CustomLevels extends string = never> extends PinoOptions<CustomLevels> {
  /** Stands in every line. Default: the name in the program's package.json. */
  service?: string
  /** Where lines go besides the store. Default: `pretty` on a terminal, `json` into a pipe, else nothing. */
  stdout?: StdoutMode
  scrub?: ScrubOptions
  storage?: false | StorageOptions
  /** Told of what goes wrong later. Default: one line on stderr for each kind of error, once a minute. */
  onError?: (error: HushlogError) => void
}

export interface Stats {
  /** Lines that went through the gate. */
  lines: number
  /** Bytes that the gate let out. */
  bytes: number
  /** Cuts by rule. */
  scrubbed: Record<string, number>
  /** `plain` where WebAssembly or its SIMD is missing: slower, with the same results. */
  scanner: 'wasm' | 'plain'
  /** Lines replaced by a stub because the gate or a serializer failed. */
  withheld: number
  /** How often `scrub.onScrub` threw. */
  onScrubFailures: number
  hidden: { values: number; refused: { name: string; reason: string }[] }
  /** Absent without storage. */
  store?: StoreStats
}

export interface StoreStats {
  dir: string
  /**
   * `low`: less than twice `maxSize` is free, checked once a minute and when a segment is opened. `full`: lines cannot
   * be written, for whatever reason, and wait in memory.
   */
  state: 'ok' | 'low' | 'full'
  /** The segment that is being written, if there is one. */
  segment: string | undefined
  /** Records and their bytes. The first and the last line of each segment, which hushlog adds, do not count. */
  written: { lines: number; bytes: number }
  /** Lines waiting in memory for the disk. */
  waiting: { lines: number; bytes: number }
  /** Lines that were lost: all of them, by pino's level number (audit records under `audit`), and the last gap. */
  lost: number
  lostByLevel: Record<string, number>
  lastGap: Gap | undefined
  sealed: number
  pruned: number
}

export interface Extras<CustomLevels extends string = never> {
  /** As in pino; the child has the extras too. */
  child<ChildLevels extends string = never>(
    bindings: Bindings,
    options?: ChildLoggerOptions<ChildLevels>,
  ): Hushlog<CustomLevels | ChildLevels>
  audit: Audit
  /**
   * Cuts a value from every line that follows, wherever it occurs: plain, base64, percent-encoded, JSON-escaped.
   * @param value 6 to 8,192 characters, and 100,000 values at most; else it throws a HushlogError (`HUSHLOG_OPTION`).
   * @param name stands in the marker `[SECRET:name]`. Default `hidden`.
   */
  hide(value: string, name?: string): void
  /**
   * Resolves when everything logged before the call is written and forced to the disk; rejects with a
   * HushlogError otherwise, after 10 s at the latest (`HUSHLOG_DEADLINE`).
   */
  flush(callback?: (error?: Error) => void): Promise<void>
  /** Flushes, seals the open segment and stops. Lines logged later are still written, before their call returns. */
  close(): Promise<void>
  stats(): Stats
}

/** A pino logger, and a little more. Children have the extras too. */
export type Hushlog<CustomLevels extends string = never> = Extras<CustomLevels> & Logger<CustomLevels>
