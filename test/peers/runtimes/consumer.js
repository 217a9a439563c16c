/**
 * A folder with the package as npm would install it, and Node in several versions.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** The oldest that is supported, and the newest of the lines in use. */
const VERSIONS = { node20: '20.19.0', node22: '22', node24: '24' }
const INSTALL_WITHIN = 120_000
const RUN_WITHIN = 20_000

export const base = mkdtempSync(join(tmpdir(), 'hushlog-runtimes-'))
process.on('exit', () => rmSync(base, { recursive: true, force: true }))
export const consumer = join(base, 'consumer')

/** What the npm package `node` installs for this machine, without the script that it needs to do so. */
export function install() {
  mkdirSync(consumer)
  writeFileSync(join(consumer, 'package.json'), '{ "private": true }')
  must('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', base], root)
  const tarball = join(
    base,
    readdirSync(base).find((name) => name.endsWith('.tgz')),
  )
  const platform = `node-${process.platform}-${process.arch}`
  const nodes = Object.entries(VERSIONS).map(([name, version]) => `${name}@npm:${platform}@${version}`)
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=peer', '--prefer-offline']
  must('npm', ['install', ...flags, tarball, ...nodes], consumer)
  return Object.fromEntries(
    Object.keys(VERSIONS).map((name) => [name, join(consumer, 'node_modules', name, 'bin/node')]),
  )
}

function must(command, args, cwd) {
  const { status, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: INSTALL_WITHIN,
  })
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${error ?? stderr}`)
}

let folders = 0

/** A fresh folder with these files, under one that has the package or under none. */
export function folder(files, parent = consumer) {
  const dir = join(parent, `run-${++folders}`)
  mkdirSync(dir, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return dir
}

/** Nothing of the environment but what is needed: secret names in it would be cut. */
const ENV = { PATH: process.env.PATH, HOME: base }

export function run(command, args, cwd) {
  const options = { cwd, env: ENV, encoding: 'utf8', timeout: RUN_WITHIN, killSignal: 'SIGKILL' }
  const { status, signal, stdout, stderr } = spawnSync(command, args, options)
  return { code: signal ?? status, stdout, stderr }
}

/** Starts it, calls `use` with the id of its child when it says that it is up, and waits for its end. */
export function runUntil(command, args, cwd, use) {
  const child = spawn(command, args, { cwd, env: ENV, stdio: ['ignore', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_WITHIN)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => {
    const wasUp = output.stderr.includes('up as')
    output.stderr += text
    if (!wasUp && output.stderr.includes('up as')) use(childOf(child.pid))
  })
  return new Promise((resolve) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code: signal ?? code, ...output })
    }),
  )
}

function childOf(pid) {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
}

/** The records of a log directory, sealed segments and open ones. */
export function recordsIn(dir) {
  const files = readdirSync(join(dir, 'logs'), { recursive: true }).map((name) => join(dir, 'logs', name))
  const sealed = files
    .filter((name) => name.endsWith('.log.gz'))
    .map((name) => gunzipSync(readFileSync(name)))
  const open = files.filter((name) => name.endsWith('.log')).map((name) => readFileSync(name))
  const lines = [...sealed, ...open].flatMap((bytes) => bytes.toString().split('\n').slice(0, -1))
  const records = lines.map((line) => JSON.parse(line)).filter(({ kind }) => !kind?.startsWith('segment-'))
  return { records, sealed: sealed.length, open: open.length }
}
