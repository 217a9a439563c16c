import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bindings, ChildLoggerOptions, Logger, LoggerOptions, TransportTargetOptions } from 'pino'
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

/** The reason of a gap of standard output alone: the store has every line. */
export const STDOUT_NOT_READ = 'standard output is not read'

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
  /** How it ended: done, tried in vain, or not allowed. */
  outcome: 'success' | 'failure' | 'denied'
  /** Why it was done, or why it was not. */
  reason?: string
  /**
   * Anything else. hide-secrets goes over it first, then the gate. A `remoteAddress` in it stands in the message too:
   * `auth.login failure by ada from 203.0.113.9`.
   */
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
  /** Tokens of your own, beside those that are known. */
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
   * To whom sealed segments are encrypted: recipients as age writes them, `age1…` or, of one kind, `age1pq1…`. What
   * opens them is never needed on this host. Default: to nobody.
   */
  encryptTo?: string | string[]
  /**
   * When the disk is full: `drop` counts what no longer fits in memory, `block` waits up to 5 s a call first,
   * `exit` ends the program with code 1. Default `drop`.
   */
  onFull?: 'drop' | 'block' | 'exit'
  /** The ledger is signed, with a key that changes with each group of entries. There is no other way. */
  sign?: true
  /**
   * Who seals: `worker`, this program; `external`, `hushlog keep DIR`, a process of its own, under another user if need
   * be. Then the program only writes open segments, and `keepDays` is the keeper's. Default `worker`.
   */
  keeper?: 'worker' | 'external'
}

/** Where what is sealed is kept off the host, and where lines go at once. All that leaves has passed the gate. */
export interface ShipOptions {
  /** S3-compatible storage, through `@aws-sdk/client-s3`, which is to be installed beside hushlog. */
  s3?: S3Options
  /** A directory on another disk or another host: an absolute path. It must be there. */
  directory?: string
  /** Objects that are sent at once to each target. 1 to 32, default 2. */
  maxConcurrency?: number
  /** Bytes a second to each target, or text like `10 MB`. Default: no bound. */
  maxBandwidth?: number | string
  /** Lines to a syslog server, as RFC 5424 over TLS. */
  syslog?: SyslogOptions
  /** Lines to transports of pino, as in `pino.transport({ targets })`. */
  transports?: TransportTargetOptions[]
}

/** Credentials come from the SDK's own chain (environment, profile, role) and from nowhere else. */
export interface S3Options {
  bucket: string
  /** What all keys begin with: `logs/`. Default: nothing. */
  prefix?: string
  /** Default: as the SDK finds it (AWS_REGION, the profile); with an endpoint and none there `us-east-1`. */
  region?: string
  /** Of another server than AWS: an https URL; http only to loopback. */
  endpoint?: string
  /** The bucket in the path, not in the host name. Default: true with an endpoint. */
  forcePathStyle?: boolean
  /**
   * Until its last record plus `storage.keepDays`, nobody can delete a segment: `compliance`, not even the account's
   * owner; `governance`, who has a special right can. `false`: anybody who may write can. Default `compliance`.
   */
  objectLock?: 'compliance' | 'governance' | false
  /** At rest, by the server: `AES256`, or `aws:kms` with the bucket's key or `kmsKeyId`. Default: the bucket's. */
  serverSideEncryption?: 'AES256' | 'aws:kms'
  kmsKeyId?: string
  /** Default: the bucket's, which is STANDARD. */
  storageClass?: string
}

export interface SyslogOptions {
  host: string
  /** Default 6514, the port of syslog over TLS; without TLS 601. */
  port?: number
  /** `false`: plain TCP, to loopback only. Default: TLS with the system's certificate authorities. */
  tls?: false | SyslogTlsOptions
  /** A name like `local0` or a number from 0 to 23. Default `local0`. */
  facility?: string | number
  /** Default: `service`. 48 printable characters at most. */
  appName?: string
  /** Bytes of lines that wait for a slow or dead server; what comes then is missed and counted. Default 4 MB. */
  maxWaiting?: number | string
}

/** Certificates as text or bytes (PEM), as in node:tls. That the server's is checked cannot be switched off. */
export interface SyslogTlsOptions {
  ca?: string | Buffer | (string | Buffer)[]
  cert?: string | Buffer
  key?: string | Buffer
  passphrase?: string
  /** The name that the certificate must bear. Default: `host`. */
  servername?: string
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
  /** What is cut beside what always is. */
  scrub?: ScrubOptions
  /** Where lines are kept, for how long and for whom. `false`: nowhere. Default: in `logs`, 90 days. */
  storage?: false | StorageOptions
  /** Where it is kept off this host, and where lines go at once. Default: nowhere. */
  ship?: ShipOptions
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
  /** Values that are cut wherever they occur, and the environment variables that are not among them, with the reason. */
  hidden: { values: number; refused: { name: string; reason: string }[] }
  /** Absent without storage. */
  store?: StoreStats
  /** Absent without the option `ship`. */
  ship?: ShipStats
}

/** What live lines miss is in the store all the same. */
export interface ShipStats {
  /** Of each target that sealed segments are shipped to; absent without one. */
  targets?: TargetStats[]
  /** Absent without `ship.syslog`. */
  syslog?: SyslogStats
  /** In the order of `ship.transports`; absent without. */
  transports?: TransportStats[]
}

export interface SyslogStats {
  /** `waiting`: for the next attempt to connect, after a failure. `idle`: for something to send. */
  state: 'idle' | 'connecting' | 'connected' | 'waiting'
  /** Lines that were handed to a connection; those of them that the server is known to have read. */
  sent: number
  confirmed: number
  /** How often a line was sent once more, since the server was not known to have read it. */
  resent: number
  /** Lines that were never sent, and never will be. */
  missed: number
  /** What is not confirmed, sent or not; bytes as they are sent. */
  waiting: { lines: number; bytes: number }
}

export interface TransportStats {
  target: string
  /** `idle`: its thread starts with the first line. `waiting`: to be started again, after it has ended by itself. */
  state: 'idle' | 'running' | 'waiting'
  /** Lines that the transport has taken. */
  sent: number
  /** Lines that it has not taken, and never will. */
  missed: number
  /** What it has not taken yet. */
  waiting: { lines: number; bytes: number }
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
  /** By this program; 0 with `keeper: 'external'`. */
  sealed: number
  pruned: number
}

/** Of one target that sealed segments are shipped to. */
export interface TargetStats {
  /** `s3://BUCKET/PREFIX` or `file:///DIR/`. */
  target: string
  /** Sealed segments that do not lie there yet, their bytes, and when the oldest was sealed (ISO 8601). */
  waiting: { segments: number; bytes: number; oldest: string | undefined }
  /** Those that do, as far as they are still listed, and when the last one was entered (ISO 8601). */
  shipped: { segments: number; bytes: number; last: string | undefined }
  /** Why the last try failed; undefined since one succeeded. */
  failure: { message: string; hint: string | undefined; permanent: boolean } | undefined
}

export interface Extras<CustomLevels extends string = never> {
  /** As in pino; the child has the extras too. */
  child<ChildLevels extends string = never>(
    bindings: Bindings,
    options?: ChildLoggerOptions<ChildLevels>,
  ): Hushlog<CustomLevels | ChildLevels>
  /** Records what somebody did: `await log.audit({ action: 'order.refund', actor: 'ada', outcome: 'success' })`. */
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
  /** What has been written, cut and lost so far. */
  stats(): Stats
}

/** A pino logger, and a little more. Children have the extras too. */
export type Hushlog<CustomLevels extends string = never> = Extras<CustomLevels> & Logger<CustomLevels>

/** A logger of `hushlog()` with whatever levels of its own: pino's types of two of them never fit each other. */
export type AnyHushlog = Pick<Extras, 'audit' | 'hide' | 'flush' | 'close' | 'stats'>
