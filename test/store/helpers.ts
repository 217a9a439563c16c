/**
 * What the tests of store and keep share. A child process that runs a TypeScript file needs the loaders of the
 * process that tap started: they stand in process.execArgv.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { HushlogError } from '../../lib/errors.ts'
import { prepareDirectory } from '../../lib/store/directory.ts'
import type { RotationReason } from '../../lib/store/rotation.ts'
import { SegmentWriter, type SegmentWriterOptions } from '../../lib/store/writer.ts'
import { type Gap, KIND, type Kind, type ScrubbedBatch } from '../../lib/types.ts'

/** What records of the store's own bear. */
export function stamp(now: number): string {
  const time = new Date(now).toISOString()
  return `,"time":"${time}","service":"test","host":"test","pid":1,"operation":"process","reqId":"r"`
}

export interface TestLine {
  text: string
  level?: number
  kind?: Kind
}

/** A batch as the gate would make it; its bytes are longer than its lines, as the gate's are. */
export function batchOf(lines: (string | TestLine)[]): ScrubbedBatch {
  const rows = lines.map((line) => (typeof line === 'string' ? { text: line } : line))
  const parts = rows.map(({ text }) => Buffer.from(`${text}\n`))
  let end = 0
  const batch = {
    bytes: Buffer.concat([...parts, Buffer.from('rubbish after the end')]),
    ends: Uint32Array.from(parts, (part) => (end += part.length)),
    levels: Int32Array.from(rows, ({ level }: TestLine) => level ?? 30),
    kinds: Uint8Array.from(rows, ({ kind }: TestLine) => kind ?? KIND.app),
    count: rows.length,
  }
  return batch as unknown as ScrubbedBatch
}

/** A prepared log directory that goes away with the test. */
export function logDirectory(t: Test): string {
  const parent = mkdtempSync(join(tmpdir(), 'hushlog-'))
  t.teardown(() => rmSync(parent, { recursive: true, force: true }))
  return prepareDirectory(join(parent, 'logs'), { explicit: true })
}

export interface Heard {
  sealable: { path: string; reason: RotationReason }[]
  gaps: Gap[]
  errors: HushlogError[]
}

export function openWriter(
  t: Test,
  dir: string,
  options: Partial<SegmentWriterOptions> = {},
): { writer: SegmentWriter; heard: Heard } {
  const heard: Heard = { sealable: [], gaps: [], errors: [] }
  const writer = new SegmentWriter({
    dir,
    host: 'test',
    maxSize: 1 << 20,
    maxAge: 86_400_000,
    onFull: 'drop',
    onSealable: (path, reason) => heard.sealable.push({ path, reason }),
    onGap: (gap) => heard.gaps.push(gap),
    onError: (error) => heard.errors.push(error),
    ...options,
  })
  t.teardown(() => writer.close().catch(() => {}))
  return { writer, heard }
}

/** The texts of all segments in open/, in the order of their counters. */
export function segmentTexts(dir: string): string[] {
  const counter = (name: string) => Number(name.split('.').at(-2))
  const files = readdirSync(join(dir, 'open')).sort((a, b) => counter(a) - counter(b))
  return files.map((file) => readFileSync(join(dir, 'open', file), 'utf8'))
}

export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** Waits for something that must come about within a second. */
export async function until(condition: () => boolean, within = 1000): Promise<void> {
  for (const end = performance.now() + within; !condition() && performance.now() < end; ) await sleep(20)
}

/** Runs a TypeScript file of this folder in a process of its own. */
export function child(file: string, ...args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(`./${file}`, import.meta.url))
  return spawn(process.execPath, [...process.execArgv, path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

export function ended(
  process: ChildProcess,
): Promise<{ code: number | null; signal: string | null; out: string }> {
  let out = ''
  process.stdout?.on('data', (data) => (out += data))
  return new Promise((resolve) => process.on('close', (code, signal) => resolve({ code, signal, out })))
}

/** Mounts a disk of 1 MB, or says why it cannot. */
export function smallDisk(t: Test): { path: string } | { skip: string } {
  if (process.getuid?.() !== 0) return { skip: 'only root can mount a tmpfs' }
  const path = mkdtempSync(join(tmpdir(), 'hushlog-disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', path])
  if (status !== 0) return { skip: 'a tmpfs cannot be mounted here' }
  t.teardown(() => {
    spawnSync('umount', ['-l', path])
    rmSync(path, { recursive: true, force: true })
  })
  chmodSync(path, 0o700)
  return { path }
}
