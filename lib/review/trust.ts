/**
 * Whether a sealed segment is what the ledger lists.
 */
import { join } from 'node:path'
import { fileHash } from '../keep/file-hash.ts'
import { findSegment } from '../keep/ledger.ts'
import type { Source } from './sources.ts'

/** `modified`: it is not the file that was sealed. `unlisted`: the ledger does not know it. */
export type Doubt = 'modified' | 'unlisted'

/** Undefined for one that is as it was sealed, and for an open one: nobody has sealed that. */
export async function doubtAbout({ dir, segment, fact }: Source): Promise<Doubt | undefined> {
  if (!segment.sealed) return undefined
  // It may have been listed since the ledger was read.
  const listed = fact ?? (await findSegment(dir, segment.name).catch(() => undefined))
  if (listed === undefined) return 'unlisted'
  const found = await fileHash(segment.path)
  if (found.gone) return undefined
  return found.sha256 === listed.sha256 && segment.path === join(dir, listed.path) ? undefined : 'modified'
}
