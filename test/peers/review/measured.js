/** Runs hushlog as a user does, in a process of its own, and says what it took. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

/**
 * A module for --import that writes the process's status to `$MEMORY` when it exits. What the kernel counts for a
 * process that was waited for holds the memory of the one that started it too.
 */
export const TELLING_MEMORY = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync, writeFileSync } from 'node:fs'
  import { isMainThread } from 'node:worker_threads'
  if (isMainThread)
    process.on('exit', () => writeFileSync(process.env.MEMORY, readFileSync('/proc/self/status')))`)}`

/** The peak of resident memory in MB, from what such a process has written. */
export function peakIn(path) {
  const status = readFileSync(path, 'utf8')
  rmSync(path)
  return (Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) * 1024) / 1e6
}

/**
 * @param options `{ input?, during? }`: what it reads, and what is done while it runs, called with what it has printed
 * @returns `{ code, stdout, stderr, peak, seconds }`
 */
export async function hushlog(args, { input, during } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hushlog-measured-'))
  const memory = join(folder, 'memory')
  try {
    const started = performance.now()
    const child = spawn(process.execPath, ['--import', TELLING_MEMORY, CLI, ...args], {
      env: { ...process.env, MEMORY: memory, TZ: 'UTC' },
    })
    const chunks = { stdout: [], stderr: [] }
    for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => chunks[name].push(chunk))
    child.stdin.end(input)
    const text = (name) => Buffer.concat(chunks[name]).toString()
    const closed = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
    await during?.(child, () => text('stdout'))
    const code = await closed
    const seconds = (performance.now() - started) / 1000
    return { code, stdout: text('stdout'), stderr: text('stderr'), peak: peakIn(memory), seconds }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
