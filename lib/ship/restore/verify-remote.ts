/**
 * Whether a target holds what a log directory has shipped there: the ledger as it is here, and the segments that it
 * lists. What lies in the target was there before whoever has changed the directory since.
 */
import type { Finding } from '../../keep/finding.ts'
import { type Checkpoint, originOf } from '../../keep/note.ts'
import { ledgerHere, type RemoteOptions } from './ledger-here.ts'
import { type ShippedLedger, shippedLedgers } from './shipped-ledgers.ts'
import { remoteLedger } from './verify-remote-ledger.ts'
import { type RemoteSegments, remoteSegments } from './verify-remote-segments.ts'

export interface RemoteVerification {
  problems: Finding[]
  notes: Finding[]
  /** The newest one in the target that fits the ledger here. */
  checkpoint: Checkpoint | undefined
  remote: {
    place: string
    /** Entries that are there as they are here, from the first on. */
    entries: number
  } & RemoteSegments['counts']
}

/** @throws ShipFailure of scope `target`, HushlogError `HUSHLOG_LEDGER` */
export async function verifyRemote(options: RemoteOptions): Promise<RemoteVerification> {
  const { target } = options
  // Before the ledger here: a keeper that is at work appends first, and ships then.
  const shipped = await shippedHere(options)
  const here = await ledgerHere(options)
  const ledger = await remoteLedger(options, shipped, here)
  const segments = await remoteSegments(options, here)
  return {
    problems: [...ledger.problems, ...segments.problems],
    notes: segments.notes,
    checkpoint: ledger.checkpoint,
    remote: { place: target.place, entries: ledger.entries, ...segments.counts },
  }
}

/** By the folder that the ledger names, else by the hosts that it names, else by looking everywhere. */
async function shippedHere(options: RemoteOptions): Promise<ShippedLedger | undefined> {
  const { check, folders, hosts } = await ledgerHere(options)
  if (check.firstKey === undefined) return undefined
  const ledger = originOf(check.firstKey)
  const named = [...folders].flatMap((folder) => hostIn(folder) ?? [])
  for (const host of [...named, ...hosts, undefined]) {
    const [found] = await shippedLedgers(options.target, { host, ledger })
    if (found !== undefined) return found
  }
  return undefined
}

/** A host's name that is not written as it is in keys would be another one. */
function hostIn(folder: string): string | undefined {
  const host = folder.split('/')[1].slice('host='.length)
  return host.includes('%') ? undefined : host
}
