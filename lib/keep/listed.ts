import type { TornFact } from './facts.ts'
import { readLedger } from './ledger.ts'

/** The recipients that the last entry of that kind names; none without one. */
export function lastRecipients(dir: string): Promise<string[]> {
  return lastTo(dir, 'recipients')
}

/** The targets that the last entry of that kind names; none without one. */
export function lastTargets(dir: string): Promise<string[]> {
  return lastTo(dir, 'targets')
}

async function lastTo(dir: string, kind: 'recipients' | 'targets'): Promise<string[]> {
  let to: string[] = []
  for await (const entry of readLedger(dir))
    if ((entry.kind === 'recipients' || entry.kind === 'targets') && entry.kind === kind) to = entry.to
  return to
}

/** Whether the ledger tells of this torn tail already. */
export async function listsTorn(dir: string, { name, sha256 }: TornFact): Promise<boolean> {
  for await (const entry of readLedger(dir))
    if (entry.kind === 'torn' && entry.name === name && entry.sha256 === sha256) return true
  return false
}
