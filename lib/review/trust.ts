/**
 * Whether a sealed segment is what the ledger lists.
 */
import { join } from 'node:path'
import type { LedgerEntry, SegmentFact } from '../keep/facts.ts'
import { fileHash } from '../keep/file-hash.ts'
import { verifyLedger } from '../keep/ledger-check.ts'
import { isYoung, type Source } from './sources.ts'

/** `modified`: it is not the file that was sealed. `unlisted`: no signature of the ledger covers it. */
export type Doubt = 'modified' | 'unlisted'

/** Undefined for one that is as it was sealed, and for an open one: nobody has sealed that. */
export async function doubtAbout({ dir, segment, fact }: Source): Promise<Doubt | undefined> {
  if (!segment.sealed) return undefined
  const listed = fact ?? ((await isYoung(segment.path)) ? await listedNow(dir, segment.name) : undefined)
  if (listed === undefined) return 'unlisted'
  const found = await fileHash(segment.path)
  if (found.gone) return undefined
  return found.sha256 === listed.sha256 && segment.path === join(dir, listed.path) ? undefined : 'modified'
}

/** It may have been listed since the ledger was read. */
async function listedNow(dir: string, name: string): Promise<SegmentFact | undefined> {
  let fact: SegmentFact | undefined
  const onEntry = (entry: LedgerEntry) => {
    if (entry.kind === 'segment' && entry.name === name) fact ??= entry
  }
  await verifyLedger(dir, { onEntry }).catch(() => {})
  return fact
}
