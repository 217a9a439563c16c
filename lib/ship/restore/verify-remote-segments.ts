import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { LEAST_KEEP_DAYS } from '../../config.ts'
import type { SegmentFact } from '../../keep/facts.ts'
import type { Finding } from '../../keep/finding.ts'
import { isSealedPlace } from '../../keep/sealed-place.ts'
import { isAskedFor } from '../../keep/verify-files.ts'
import { concurrently } from '../concurrently.ts'
import { segmentKey } from '../keys.ts'
import { leastLock } from '../lock-time.ts'
import type { ShipObject, ShipTarget, Stored } from '../target.ts'
import type { LedgerHere, RemoteOptions } from './ledger-here.ts'
import { isOfObject } from './shipped-ledgers.ts'

/*
 * Whether the segments that the ledger lists lie in a target as they should, and cannot be removed from there too soon.
 */

export interface RemoteSegments {
  problems: Finding[]
  notes: Finding[]
  counts: {
    /** That are there as they should be. */
    segments: number
    /** That are not there yet, and the time of the last record of the oldest of them, ISO 8601. */
    waiting: number
    oldest: string | undefined
  }
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const AT_A_TIME = 8
const MAX_FINDINGS = 10_000

export async function remoteSegments(options: RemoteOptions, here: LedgerHere): Promise<RemoteSegments> {
  const { target, keepDays = LEAST_KEEP_DAYS, onTotal, onProgress } = options
  const wanted = [...here.segments.values()].filter(
    (fact) => !here.pruned.has(fact.name) && isAskedFor(fact, options),
  )
  const problems: Finding[] = []
  const counts: RemoteSegments['counts'] = { segments: 0, waiting: 0, oldest: undefined }
  let isLocked = true
  onTotal?.(wanted.reduce((sum, { sealedBytes }) => sum + sealedBytes, 0))
  await concurrently(wanted, AT_A_TIME, async (fact) => {
    const { name, path: where, last, at, sealedBytes } = fact
    const key = here.shipped.get(name)
    const until = leastLock(last, Date.parse(at), keepDays)
    const stored = await lookFor(options, fact, [key, segmentKey(fact)], until)
    onProgress?.(sealedBytes)
    if (stored === undefined) {
      if (key !== undefined) problems.push({ kind: 'missing', where, what: MISSING })
      else {
        counts.waiting++
        if (counts.oldest === undefined || last < counts.oldest) counts.oldest = last
      }
      return
    }
    counts.segments++
    if (stored.until === undefined) isLocked = false
    else if (secondsOf(Date.parse(stored.until)) < secondsOf(until))
      problems.push({ kind: 'unlocked', where, what: lockWords(stored.until, until) })
  })
  const { place } = target
  const notes: Finding[] = []
  if (counts.waiting > 0) notes.push({ kind: 'unfinished', where: place, what: waitingWords(counts) })
  if (!isLocked) notes.push({ kind: 'unlocked', where: place, what: UNLOCKED })
  problems.sort((a, b) => (a.where < b.where ? -1 : 1))
  return { problems: problems.slice(0, MAX_FINDINGS), notes, counts }
}

/** Servers keep no smaller parts. */
function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}

const MISSING = 'does not lie in the target as it should, although the ledger says that it was shipped'
const UNLOCKED = 'does not lock what lies there: whoever may write there may remove it'

function lockWords(until: string, wanted: number): string {
  return `can be removed from the target from ${until} on, and has to stay until ${new Date(wanted).toISOString()}`
}

function waitingWords({ waiting, oldest }: { waiting: number; oldest: string | undefined }): string {
  return `has not got ${waiting === 1 ? '1 segment' : `${waiting} segments`} yet, the oldest of ${oldest}`
}

/** Locked as long as it should be, or else as it is. */
async function lookFor(
  { dir, target }: RemoteOptions,
  fact: SegmentFact,
  keys: (string | undefined)[],
  until: number,
): Promise<Stored | undefined> {
  const { path, sha256, sealedBytes: bytes } = fact
  const md5 = isSealedPlace(path) ? await md5Of(join(dir, path)) : ''
  const open = () => createReadStream(join(dir, path))
  for (const lockUntil of [until, 0]) {
    for (const key of new Set(keys)) {
      if (key === undefined) continue
      const object: ShipObject = { key, sha256, md5, bytes, type: 'application/gzip', lockUntil, open }
      const stored = await found(target, object)
      if (stored !== undefined) return stored
    }
  }
  return undefined
}

async function found(target: ShipTarget, object: ShipObject): Promise<Stored | undefined> {
  try {
    return await target.find(object)
  } catch (error) {
    if (isOfObject(error)) return undefined
    throw error
  }
}

/** Some servers know a content by this alone. Empty when it is not here. */
async function md5Of(path: string): Promise<string> {
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined)
  if (handle === undefined) return ''
  const hash = createHash('md5')
  try {
    if (!(await handle.stat()).isFile()) return ''
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk)
  } finally {
    await handle.close()
  }
  return hash.digest('hex')
}
