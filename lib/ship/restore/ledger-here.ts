import type { VerifyOptions } from '../../keep/finding.ts'
import { ledgerLines } from '../../keep/ledger.ts'
import { type LedgerCheck, type ProvenSeal, verifyLedger } from '../../keep/ledger-check.ts'
import { hostOf, parseLedgerKey } from '../keys.ts'
import type { ShipTarget } from '../target.ts'
import { type ListedSegments, noteEntry } from './listed-segments.ts'

export interface RemoteOptions
  extends Pick<VerifyOptions, 'dir' | 'since' | 'until' | 'service' | 'onTotal' | 'onProgress'> {
  target: ShipTarget
  /** Days after its last record until which a segment must not be removed. Default 90. */
  keepDays?: number
}

/** The ledger as it is here. */
export interface LedgerHere extends ListedSegments {
  check: LedgerCheck
  /** Where each entry begins, and where the last one ends. */
  offsets: number[]
  hosts: Set<string>
  folders: Set<string>
  /** To which it is shipped. */
  targets: readonly string[]
  seals: Map<number, ProvenSeal>
}

export async function ledgerHere({ dir, target: { place } }: RemoteOptions): Promise<LedgerHere> {
  const here = {
    segments: new Map(),
    pruned: new Set<string>(),
    shipped: new Map(),
    offsets: [0],
    hosts: new Set<string>(),
    folders: new Set<string>(),
    seals: new Map<number, ProvenSeal>(),
  }
  let targets: readonly string[] = []
  let at = 0
  for await (const lines of ledgerLines(dir))
    for (const line of lines) here.offsets.push((at += line.length + 1))
  const check = await verifyLedger(dir, {
    onEntry(entry) {
      noteEntry(here, entry, place)
      if (entry.kind === 'targets') targets = [entry.to].flat().map(String)
      if (entry.kind === 'segment') here.hosts.add(hostOf(String(entry.writer)))
      const object =
        entry.kind === 'anchored' && entry.to === place ? parseLedgerKey(String(entry.key)) : undefined
      if (object !== undefined) here.folders.add(object.folder)
    },
    onSeal: (seal) => void here.seals.set(seal.n, seal),
  })
  return { ...here, targets, check }
}
