/** What the tests of keep share. */
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, lstatSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { Fact } from '../../lib/keep/facts.ts'
import { type LedgerEntry, readLedger } from '../../lib/keep/ledger.ts'
import { prepareDirectory } from '../../lib/store/directory.ts'
import { segmentName, thisWriter } from '../../lib/store/segment.ts'
import { logDirectory } from '../store/helpers.ts'

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

/** What the ledger tells, without the seals of its groups, and without heartbeats: each keeper that starts may write one. */
export async function entriesOf(dir: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  for await (const entry of readLedger(dir))
    if (entry.kind !== 'seal' && entry.kind !== 'heartbeat') entries.push(entry)
  return entries
}

export function kinds(entries: LedgerEntry[]): string[] {
  return entries.map(({ kind }) => kind)
}

/** A ledger as hushlog 0.1 wrote it: chained, not signed. */
export function oldLedger(facts: Fact[], at = NOON): string {
  let prev = '0'.repeat(64)
  return [{ kind: 'genesis' }, ...facts]
    .map((fact, n) => {
      const line = JSON.stringify({ v: 0, n, prev, at: new Date(at).toISOString(), ...fact })
      prev = createHash('sha256').update(line).digest('hex')
      return `${line}\n`
    })
    .join('')
}

/** The path of a file in test/vectors/. */
export function vector(...path: string[]): string {
  return fileURLToPath(new URL(join('../vectors', ...path), import.meta.url))
}

/** A copy of a directory that a version of hushlog has sealed, with the modes that git does not keep. */
export function vectorCopy(t: Test, name: string): string {
  const dir = join(logDirectory(t), '..', name)
  cpSync(vector(name, 'directory'), dir, { recursive: true })
  for (const path of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const isFolder = lstatSync(join(dir, path)).isDirectory()
    chmodSync(join(dir, path), isFolder ? 0o700 : path.startsWith('sealed/') ? 0o400 : 0o600)
  }
  chmodSync(dir, 0o700)
  return prepareDirectory(dir, { explicit: true })
}
