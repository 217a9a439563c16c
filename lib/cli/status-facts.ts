/**
 * All that `hushlog status` tells of a directory, as `--json` shows it.
 */
import { lstatSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import type { Hold } from '../keep/holds.ts'
import { examineOpen } from '../keep/open-folder.ts'
import { type KeeperState, readPresence } from '../keep/presence.ts'
import { type LastReview, type LedgerFacts, type Losses, ledgerFacts, noFacts } from './ledger-facts.ts'
import {
  cannotRead,
  checkDirectory,
  listOpen,
  listSealed,
  type SegmentFile,
  statOf,
} from './log-directory.ts'
import { type OpenFacts, openFacts } from './open-facts.ts'
import type { ShipFacts } from './ship-facts.ts'

export interface Status {
  directory: string
  /** ISO 8601. */
  time: string
  open: { segments: number; bytes: number; lines: number; unsealed: number; abandoned: number }
  /** `unended` ones have no last record: their writers were killed. */
  sealed: { segments: number; bytes: number; plainBytes: number; lines: number; unended: number }
  /** Entries in open/ and sealed/ that are no segments. They are left alone. */
  foreign: number
  /** ISO 8601; null without any. */
  events: { first: string | null; last: string | null }
  /** Whole days since the first event, and those that are to come until the oldest are removed. */
  days: { keep: number; kept: number; toFill: number; removedSegments: number }
  losses: Losses
  torn: { tails: number; bytes: number }
  clock: LedgerFacts['clock']
  disk: Disk
  rate: Rate
  writers: { alive: number; dead: number; unknown: number }
  keeper: KeeperFacts
  /** Time of the last one, ISO 8601. */
  heartbeat: string | null
  holds: Hold[]
  /** The newest that the ledger lists. */
  review: LastReview | null
  /** What lies in open/ and is not taken: links, pipes, files of other users, names that are none of ours. */
  refused: number
  /** Folders that this user may not look into: what they hold is not counted. */
  unseen: string[]
  encrypted: 'no' | 'yes' | 'partly' | 'unknown'
  /** To how many recipients from here on; null when the ledger does not say. */
  recipients: number | null
  /** One for each target that segments are shipped to. */
  ship: ShipFacts[]
  sealing: { compression: 'gzip'; chained: boolean; signed: boolean }
  ledger: { entries: number; unreadable: number; missing: number; unlisted: number }
}

/** The keeper that is a process of its own; `none` where programs seal by themselves. */
export interface KeeperFacts {
  state: KeeperState
  /** ISO 8601: when it began, and when it last said so. */
  since: string | null
  last: string | null
  /** Segments that have ended and are not sealed, and for how long the oldest of them has waited. */
  waiting: number
  oldestSeconds: number | null
}

export interface Disk {
  state: 'ok' | 'low'
  freeBytes: number
  totalBytes: number
  /** Days until it is full at the present rate; null when all that is to be kept has room, or no rate is known. */
  lastsDays: number | null
}

export interface Rate {
  /** Plain bytes a day over the last 7 days at most; null with less than an hour of logs. */
  plainBytesPerDay: number | null
  /** Sealed bytes for a plain one: measured here, or what is usual. */
  ratio: number
  isRatioMeasured: boolean
  /** Bytes on the disk when all days are filled. */
  projectedBytes: number | null
}

export interface StatusOptions {
  /** Days that the program keeps sealed segments. */
  keepDays: number
  /** Losses, torn tails and clock steps of so many days are told. */
  days: number
  /** Milliseconds since the epoch. */
  now: number
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const RECENT = 7 * DAY
/** Sealed bytes for a plain one, of access records and other lines of a server: docs/operating.md. */
const USUAL_RATIO = 1 / 7
/** A sealed segment that is younger may be on its way into the ledger. */
const ON_ITS_WAY = 60_000
/** What the program keeps free: room for a segment and its sealed copy, of 64 MB where no other size is known. */
const USUAL_SIZE = 64 * 1024 * 1024
const ROOM = 2
const MOST_ROOM = 1 / 10
const FEW_DAYS = 7

/** @throws HushlogError `HUSHLOG_READ` when something that belongs to the directory cannot be read */
export async function statusOf(dir: string, options: StatusOptions): Promise<Status> {
  const { now, keepDays } = options
  checkDirectory(dir)
  // In the order in which a segment moves, so that one that moves meanwhile is seen.
  const inOpen = listOpen(dir)
  const unseen: string[] = []
  const inSealed = await seen(dir, 'sealed', unseen, () => listSealed(dir), { segments: [], foreign: 0 })
  const present = new Set(inSealed.segments.map(({ identity }) => identity.name))
  const since = now - options.days * DAY
  const question = { dir, present, since, recentFrom: now - RECENT }
  const ledger = await seen(dir, 'ledger', unseen, () => ledgerFacts(question), noFacts())
  const open = await openFacts(
    inOpen.segments.filter(({ identity }) => !ledger.listed.has(identity.name)),
    now,
  )
  const { writers, torn, first: firstOpen, last: lastOpen, ...counts } = open
  const sealed = await sealedFacts(inSealed.segments, ledger, now)
  const first = least(ledger.first, firstOpen)
  const rate = rateOf(ledger, open, options)
  const kept = first === undefined ? 0 : Math.max(0, Math.floor((now - first) / DAY))
  return {
    directory: dir,
    time: iso(now) as string,
    open: counts,
    sealed: {
      segments: inSealed.segments.length,
      bytes: sealed.bytes,
      plainBytes: ledger.present.bytes,
      lines: ledger.present.lines,
      unended: ledger.unended,
    },
    foreign: inOpen.foreign + inSealed.foreign,
    events: { first: iso(first), last: iso(most(ledger.last, lastOpen)) },
    days: { keep: keepDays, kept, toFill: Math.max(0, keepDays - kept), removedSegments: ledger.pruned },
    losses: ledger.losses,
    torn: { tails: ledger.torn.tails + torn.tails, bytes: ledger.torn.bytes + torn.bytes },
    clock: ledger.clock,
    disk: diskOf(await space(dir), rate, { used: sealed.bytes + open.bytes, largest: ledger.largest }),
    rate,
    writers,
    ...keeperFacts(dir, now),
    heartbeat: ledger.heartbeat,
    holds: ledger.holds,
    review: ledger.review,
    unseen,
    encrypted: unseen.length > 0 ? 'unknown' : encrypted(inSealed.segments),
    recipients: ledger.recipients,
    ship: ledger.ship,
    sealing: { compression: 'gzip', chained: true, signed: ledger.isSigned },
    ledger: {
      entries: ledger.entries,
      unreadable: ledger.unreadable,
      missing: await missing(dir, ledger),
      unlisted: sealed.unlisted,
    },
  }
}

/**
 * What `look` sees, or `otherwise` where the directory is a keeper's and closed to us.
 * @throws HushlogError `HUSHLOG_READ`
 */
async function seen<T>(
  dir: string,
  folder: string,
  unseen: string[],
  look: () => T | Promise<T>,
  otherwise: T,
): Promise<T> {
  try {
    return await look()
  } catch (error) {
    const isClosed = error instanceof HushlogError && errorCode(error.cause) === 'EACCES'
    if (!isClosed || lstatSync(dir).uid === process.geteuid?.()) throw error
    unseen.push(folder)
    return otherwise
  }
}

function keeperFacts(dir: string, now: number): Pick<Status, 'keeper' | 'refused'> {
  const { state, presence } = readPresence(dir, now)
  const { ended, refusals } = examineOpen(dir, presence?.from)
  const oldest = least(...ended.map(({ since }) => since))
  return {
    keeper: {
      state,
      since: presence?.since ?? null,
      last: presence?.last ?? null,
      waiting: ended.length,
      oldestSeconds: oldest === undefined ? null : Math.max(0, Math.round((now - oldest) / 1000)),
    },
    refused: refusals,
  }
}

async function sealedFacts(
  files: SegmentFile[],
  { listed }: LedgerFacts,
  now: number,
): Promise<{ bytes: number; unlisted: number }> {
  const facts = { bytes: 0, unlisted: 0 }
  for (const { identity, path } of files) {
    const stat = await statOf(path)
    if (stat === undefined) continue
    facts.bytes += stat.size
    if (!listed.has(identity.name) && now - stat.mtimeMs > ON_ITS_WAY) facts.unlisted++
  }
  return facts
}

/** How many segments the ledger lists that are nowhere; one that was sealed since the listing is there by now. */
async function missing(dir: string, ledger: LedgerFacts): Promise<number> {
  let count = 0
  for (const path of ledger.missing.values()) if ((await statOf(join(dir, path))) === undefined) count++
  return count
}

function encrypted(files: SegmentFile[]): Status['encrypted'] {
  const count = files.filter(({ isEncrypted }) => isEncrypted).length
  if (count === 0) return 'no'
  return count === files.length ? 'yes' : 'partly'
}

function rateOf(ledger: LedgerFacts, open: OpenFacts, { now, keepDays }: StatusOptions): Rate {
  const { bytes, sealedBytes } = ledger.present
  const isRatioMeasured = bytes > 0
  const ratio = isRatioMeasured ? sealedBytes / bytes : USUAL_RATIO
  const first = least(ledger.recent.first, open.first)
  const span = first === undefined ? 0 : now - first
  if (span < HOUR) return { plainBytesPerDay: null, ratio, isRatioMeasured, projectedBytes: null }
  const plainBytesPerDay = Math.round(((ledger.recent.bytes + open.bytes) / span) * DAY)
  const projectedBytes = Math.round(plainBytesPerDay * ratio * keepDays) + open.bytes
  return { plainBytesPerDay, ratio, isRatioMeasured, projectedBytes }
}

/**
 * @param found.used bytes that the segments take now
 * @param found.largest bytes of the largest segment that ended by its size; 0 when none did
 */
export function diskOf(
  space: { free: number; total: number },
  { plainBytesPerDay, ratio, projectedBytes }: Rate,
  { used, largest }: { used: number; largest: number },
): Disk {
  const { free, total } = space
  const isEnough = projectedBytes === null || projectedBytes - used <= free
  const lastsDays = isEnough ? null : Math.floor(free / ((plainBytesPerDay as number) * ratio))
  const room = Math.min(ROOM * (largest || USUAL_SIZE), total * MOST_ROOM)
  const isLow = free < room || (lastsDays !== null && lastsDays < FEW_DAYS)
  return { state: isLow ? 'low' : 'ok', freeBytes: free, totalBytes: total, lastsDays }
}

async function space(dir: string): Promise<{ free: number; total: number }> {
  try {
    const { bavail, blocks, bsize } = await statfs(dir)
    return { free: bavail * bsize, total: blocks * bsize }
  } catch (error) {
    throw cannotRead(dir, error)
  }
}

function least(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function most(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString()
}
