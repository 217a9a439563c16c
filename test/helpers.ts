import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import type { Test } from 'tap'
import { hushlog } from '../lib/hushlog.ts'
import type { Hushlog, HushlogOptions } from '../lib/types.ts'

export type Line = Record<string, unknown> & {
  msg?: string
  time: string
  level: number
  operation: string
  reqId: string
}

/** A folder of a test's own, removed with it. */
export function folder(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'hushlog-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A stream, and what has been written to it. */
export function sink(): { stream: Writable; text(): string } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}

export interface Logged {
  log: Hushlog
  dir: string
  /** What stands on the disk, in order, sealed segments included. */
  lines(): Line[]
  text(): string
}

/** A logger on real files. */
export function logger(t: Test, options: HushlogOptions = {}): Logged {
  const dir = (options.storage === false ? undefined : options.storage?.dir) ?? join(folder(t), 'logs')
  const storage =
    options.storage === undefined ? { dir } : options.storage === false ? false : { dir, ...options.storage }
  const log = hushlog({ service: 'test', stdout: false, ...options, storage })
  t.teardown(() => log.close().catch(() => {}))
  return { log, dir, lines: () => linesIn(dir), text: () => textIn(dir) }
}

export function linesIn(dir: string): Line[] {
  return textIn(dir)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

export function isFrame({ kind }: Record<string, unknown>): boolean {
  return kind === 'segment-start' || kind === 'segment-end'
}

/** The records of all segments, without the first and the last line of each. */
export function textIn(dir: string): string {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()
  const sealed = files
    .filter((file) => file.endsWith('.log.gz'))
    .map((file) => gunzipSync(readFileSync(join(dir, file))).toString())
  const open = files
    .filter((file) => file.endsWith('.log'))
    .map((file) => readFileSync(join(dir, file), 'utf8'))
  const lines = [...sealed, ...open].flatMap((text) => text.split('\n').slice(0, -1))
  return lines
    .filter((line) => !line.includes('"kind":"segment-') || !isFrame(JSON.parse(line)))
    .map((line) => `${line}\n`)
    .join('')
}

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/**
 * Runs a file of test/programs as a program of its own, on the built package as users have it.
 * @param onLine told of each line of its standard output; may kill it
 */
export function runProgram(
  file: URL,
  args: string[],
  options: {
    cwd?: string
    env?: NodeJS.ProcessEnv
    onLine?: (line: string, kill: (signal: NodeJS.Signals) => void) => void
  } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [file.pathname, ...args], {
    cwd: options.cwd,
    env: options.env ?? { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    for (const line of chunk.split('\n')) options.onLine?.(line, (signal) => child.kill(signal))
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  )
}
