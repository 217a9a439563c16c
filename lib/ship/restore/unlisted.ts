import type { FileHandle } from 'node:fs/promises'
import { parseSegmentKey, type SegmentObject, segmentFolder, segmentKey } from '../keys.ts'
import type { ListedSegments } from './listed-segments.ts'
import type { RestoreOptions } from './restore-options.ts'
import { shippedChain } from './shipped-chain.ts'
import { shippedLedgers } from './shipped-ledgers.ts'

/*
 * Segments that lie in a target and that no ledger in it lists: what was shipped before the host was lost, when the
 * part of the ledger that lists it was not, or what somebody has put there.
 */

export interface Surroundings {
  listed: ListedSegments
  hosts: ReadonlySet<string>
  services: ReadonlySet<string>
  scratch(): Promise<{ file: FileHandle; remove(): Promise<void> }>
}

export type UnlistedSegment = SegmentObject & { bytes: number }

const DAY = 86_400_000
const MOST_DAYS = 400

/** @throws ShipFailure of scope `target` */
export async function unlistedSegments(
  options: RestoreOptions,
  surroundings: Surroundings,
): Promise<UnlistedSegment[]> {
  const { segments, shipped } = surroundings.listed
  const listed = new Set([...shipped.values(), ...[...segments.values()].map(segmentKey)])
  const unlisted: UnlistedSegment[] = []
  for (const folder of foldersOf(options, surroundings)) {
    for await (const { key, bytes } of options.target.list(folder)) {
      const object = listed.has(key) ? undefined : parseSegmentKey(key)
      if (object !== undefined) unlisted.push({ ...object, bytes })
    }
  }
  if (unlisted.length === 0) return []
  const ofOthers = await listedByOthers(options, surroundings)
  return unlisted.filter(({ name, sha256 }) => !ofOthers.has(`${name}.${sha256}`))
}

function* foldersOf(options: RestoreOptions, { listed, hosts, services }: Surroundings) {
  const days = daysOf(options, listed)
  for (const service of services)
    for (const host of hosts)
      for (const day of days)
        yield segmentFolder(service, new Date(day * DAY).toISOString().slice(0, 10), host)
}

/** Each day is a request, and a host's clock may have begun in 1970: what lies far back is looked for on days that are listed. */
function daysOf({ since, until }: RestoreOptions, { segments }: ListedSegments): number[] {
  const now = Date.now()
  const listed = [...segments.values()]
    .map(({ last }) => Math.floor(Date.parse(last) / DAY))
    .filter((day) => day >= 0)
  // A clock may be ahead of ours; a segment bears the day of its last record, which may come after the period.
  const end = Math.floor(Math.min((until ?? now) + DAY, now + DAY) / DAY)
  const oldest = listed.reduce((least, day) => Math.min(least, day), Math.floor(now / DAY))
  const begin = Math.max(oldest, Math.floor((since ?? 0) / DAY))
  const days = new Set(listed.filter((day) => day >= begin && day <= end))
  for (let day = Math.max(begin, end - MOST_DAYS); day <= end; day++) days.add(day)
  return [...days].sort((a, b) => a - b)
}

/** What other ledgers list of the same hosts: two programs on one machine may keep a directory each. */
async function listedByOthers(
  options: RestoreOptions,
  { hosts, scratch }: Surroundings,
): Promise<Set<string>> {
  const listed = new Set<string>()
  for (const host of hosts) {
    for (const shipped of await shippedLedgers(options.target, { host })) {
      if (shipped.folder === options.shipped.folder) continue
      const { file, remove } = await scratch()
      try {
        const chain = await shippedChain({ target: options.target, shipped, file })
        for await (const entry of chain.entries())
          if (entry.kind === 'segment') listed.add(`${entry.name}.${entry.sha256}`)
      } finally {
        await remove()
      }
    }
  }
  return listed
}
