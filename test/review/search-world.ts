/** Log directories for tests of searching: records in open and in sealed segments, some of them encrypted. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { generateIdentity } from '../../lib/keep/identities.ts'
import { Ledger } from '../../lib/keep/ledger.ts'
import { seal } from '../../lib/keep/seal.ts'
import { thisWriter } from '../../lib/store/segment.ts'
import { endedSegment, NOON } from '../keep/helpers.ts'
import { logDirectory } from '../store/helpers.ts'

// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse gives
export type Json = any

export type Kept = 'open' | 'sealed' | 'encrypted'

export const pair: { identity: string; recipient: string } = await generateIdentity(false)

/** A segment of these lines, each without its `\n`. Returns the path of the file, wherever it is by now. */
export async function segmentOf(dir: string, lines: readonly string[], kept: Kept): Promise<string> {
  const path = endedSegment(dir, '', thisWriter('test'))
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  if (kept === 'open') return path
  const recipients = kept === 'encrypted' ? [pair.recipient] : []
  const { path: place } = await seal(new Ledger(dir), path, 'size', { recipients })
  return join(dir, place as string)
}

export const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString()

export function access(seconds: number, reqId: string, more: Json = {}): string {
  const { status = 200, user, operation = 'GET /orders/:id', address = '203.0.113.9', ...rest } = more
  return JSON.stringify({
    ...{ level: status >= 500 ? 50 : 30, time: at(seconds), service: 'shop', host: 'web-1', pid: 1 },
    ...{ operation, reqId, kind: 'access' },
    req: { method: 'GET', url: '/orders/7', remoteAddress: address, ...(user === undefined ? {} : { user }) },
    ...{ res: { statusCode: status, contentLength: 2 }, responseTime: 3, msg: 'common log string' },
    ...rest,
  })
}

export function audit(seconds: number, action: string, actor: string, outcome = 'success'): string {
  return JSON.stringify({
    ...{ level: 30, time: at(seconds), service: 'shop', host: 'web-1', pid: 1, operation: 'process' },
    ...{ reqId: 'r-process', kind: 'audit', action, actor, outcome },
    ...{ details: { remoteAddress: '198.51.100.7' }, msg: `${action} ${outcome} by ${actor}` },
  })
}

export function app(seconds: number, reqId: string, more: Json = {}): string {
  return JSON.stringify({
    ...{ level: 30, time: at(seconds), service: 'shop', host: 'web-1', pid: 1 },
    ...{ operation: 'GET /orders/:id', reqId, msg: 'order loaded', ...more },
  })
}

export const newDirectory = (t: Test): string => logDirectory(t)

/** One byte of a file is another. */
export function flip(path: string, position: number): void {
  const bytes = readFileSync(path)
  bytes[position] ^= 1
  writeFileSync(path, bytes)
}

export function append(path: string, line: string): void {
  appendFileSync(path, `${line}\n`)
}
