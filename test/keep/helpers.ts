/** What the tests of keep share. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LedgerEntry, readLedger } from '../../lib/keep/ledger.ts'
import { segmentName, thisWriter } from '../../lib/store/segment.ts'

export const DAY = 86_400_000
export const NOON = Date.UTC(2026, 10, 24, 12)

let counter = 0

/** A segment in open/ that its writer has ended. Returns its path. */
export function endedSegment(dir: string, text: string, writer = thisWriter('test')): string {
  const path = join(dir, 'open', segmentName(writer, NOON, ++counter))
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

export function logLine(time: number, msg = 'hello'): string {
  return `${JSON.stringify({ level: 30, time: new Date(time).toISOString(), msg })}\n`
}

export async function entriesOf(dir: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  for await (const entry of readLedger(dir)) entries.push(entry)
  return entries
}

export function kinds(entries: LedgerEntry[]): string[] {
  return entries.map(({ kind }) => kind)
}
