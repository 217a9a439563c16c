/** Children of store.peer.js, and disks for them. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url))
const folders = []
const mounts = []

export function folder() {
  const path = mkdtempSync(join(tmpdir(), 'hushlog-store-'))
  folders.push(path)
  return path
}

/** A disk in memory. */
export function tmpfs(size) {
  const path = folder()
  run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=700`, 'none', path)
  mounts.push(path)
  return path
}

/** @throws what the command said, when it failed */
export function run(command, ...args) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`)
}

export function cleanUp() {
  for (const path of mounts.splice(0)) spawnSync('umount', ['-l', path])
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true })
}

/** Starts child.js. `prefix` is a command that starts it (`unshare`, `faketime`). */
export function start(mode, options, { prefix = [], env = {}, uid, stdout = 'pipe' } = {}) {
  const argv = [...prefix, process.execPath, CHILD, mode, JSON.stringify(options)]
  const child = spawn(argv[0], argv.slice(1), {
    stdio: ['pipe', stdout, 'pipe'],
    env: { ...process.env, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const said = []
  const waiting = []
  let stderr = ''
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(JSON.parse(line))
      waiting.shift()?.()
    })
  }
  child.stderr.setEncoding('utf8').on('data', (data) => (stderr += data))
  child.stdin.on('error', () => {})
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, said, stderr }))
  /** What it says next. */
  const next = async () => {
    if (said.length === 0) {
      const fate = await Promise.race([new Promise((resolve) => waiting.push(resolve)), ended])
      if (said.length === 0) throw new Error(`${mode} ended: ${JSON.stringify(fate)}`)
    }
    return said.shift()
  }
  return { child, ended, next, tell: (text = '') => child.stdin.write(`${text}\n`) }
}

/** How many calls a child says have returned. */
export function returnedOf(counter) {
  if (!existsSync(counter)) return 0
  const bytes = readFileSync(counter)
  return bytes.length < 8 ? 0 : bytes.readDoubleLE(0)
}

export function makeDirectory(path) {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}
