/** One gateway for all rows, whose disk outlives its death, and the SDK itself as the witness of what lies there. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as sdk from '@aws-sdk/client-s3'
import { Keeper } from '../../../build/keep/keeper.js'
import { prepareDirectory } from '../../../build/store/directory.js'
import { segmentName, thisWriter } from '../../../build/store/segment.js'
import { run, startGateway } from '../s3/gateway.js'
import { textOf } from './text.js'

const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const PROGRAM = fileURLToPath(new URL('./program.js', import.meta.url))
export const FULL = process.env.HUSHLOG_FULL === '1'

export const world = {}
const folders = []
const mounts = []
const children = new Set()

export async function prepare() {
  const start = performance.now()
  world.gateway = await startGateway({ store: 'bluestore' })
  // Neither a profile nor a role of the machine.
  world.env = {
    ...{ AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/dev/null' },
    ...{ AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_REGION: 'us-east-1' },
    ...world.gateway.user,
  }
  delete process.env.AWS_PROFILE
  Object.assign(process.env, world.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' })
  world.s3 = new sdk.S3Client({
    ...{ endpoint: world.gateway.endpoint, region: 'us-east-1', forcePathStyle: true },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  console.log(`  the gateway is up after ${((performance.now() - start) / 1000).toFixed(1)} s`)
}

export function send(name, input) {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: nothing here is bundled
  return world.s3.send(new sdk[`${name}Command`](input))
}

export async function makeBucket(Bucket) {
  await send('CreateBucket', { Bucket, ObjectLockEnabledForBucket: true })
  return Bucket
}

/** As the option `ship.s3` of a program. */
export function s3Options(bucket, prefix = '') {
  return { bucket, prefix, endpoint: world.gateway.endpoint }
}

/** As `--to` of the command. */
export function s3Place(bucket, prefix = '') {
  return `s3://${bucket}/${prefix}?endpoint=${world.gateway.endpoint}`
}

export function folder() {
  const path = mkdtempSync(join(tmpdir(), 'hushlog-ship-'))
  folders.push(path)
  return path
}

/** A disk in memory. */
export function tmpfs(size) {
  const path = folder()
  run('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'none', path])
  mounts.push(path)
  return path
}

export async function cleanUp() {
  for (const child of children) child.kill('SIGKILL')
  await world.gateway.restart()
  for (const path of mounts.splice(0)) spawnSync('umount', ['-l', path])
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true })
}

/** A log directory with so many sealed segments of some bytes each, of so many writers in turn, all dead. */
export async function sealedDirectory(count, { bytes = 1000, writers = 4, in: home = folder() } = {}) {
  const dir = prepareDirectory(join(home, 'logs'), { explicit: true })
  for (let i = 1; i <= count; i++) {
    const writer = { ...thisWriter('example'), pid: 2 ** 30 + (i % writers) }
    writeFileSync(join(dir, 'open', segmentName(writer, Date.now(), i)), linesOf(i, bytes), { mode: 0o600 })
  }
  await seal(dir)
  return dir
}

async function seal(dir) {
  const errors = []
  const keeper = new Keeper({ dir, keepDays: 90, onError: ({ message }) => errors.push(message) })
  await keeper.start()
  await keeper.close()
  if (errors.length > 0) throw new Error(errors.join('; '))
}

/** Lines that take about so many bytes when they are sealed. */
function linesOf(segment, bytes) {
  let text = ''
  for (let i = 0, size = 0; size < bytes; i++, size += 4096) {
    const filling = textOf(Math.min(4096, bytes))
    text += `${JSON.stringify({ level: 30, time: new Date().toISOString(), segment, i, msg: filling })}\n`
  }
  return text
}

export function entriesOf(dir) {
  const path = join(dir, 'ledger', 'ledger.jsonl')
  if (!existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  // What a kill has broken off is not counted.
  return text.split('\n').slice(0, -1).map(JSON.parse)
}

export function segmentsOf(dir) {
  return entriesOf(dir).filter(({ kind }) => kind === 'segment')
}

/** Starts the command. */
export function hushlog(args, options) {
  return start([process.execPath, CLI, ...args], options)
}

/** Starts program.js, which logs as it is told. */
export function program(options, more) {
  return start([process.execPath, '--expose-gc', PROGRAM, JSON.stringify(options)], more)
}

/** @param prefix a command that starts it: `faketime` */
function start(argv, { env = {}, prefix = [] } = {}) {
  const [command, ...args] = [...prefix, ...argv]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  children.add(child)
  const said = []
  let waiting = () => {}
  const output = { stdout: '', stderr: '' }
  createInterface({ input: child.stdout }).on('line', (line) => {
    output.stdout += `${line}\n`
    said.push(line)
    waiting()
  })
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text))
  child.stdin.on('error', () => {})
  const began = performance.now()
  const ended = once(child, 'close').then(([code, signal]) => {
    children.delete(child)
    return { code, signal, took: performance.now() - began, ...output }
  })
  /** What it says next, as JSON. */
  const next = async () => {
    while (said.length === 0) {
      const fate = await Promise.race([new Promise((resolve) => (waiting = resolve)), ended])
      if (fate !== undefined && said.length === 0) throw new Error(`it ended: ${JSON.stringify(fate)}`)
    }
    return JSON.parse(said.shift())
  }
  return { child, ended, next, tell: (text) => child.stdin.write(`${text}\n`) }
}

export function makeFolder(path) {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

export const random = (from, to) => from + Math.random() * (to - from)

/** Collects what is wrong. */
export function checker() {
  const problems = []
  const check = (isGood, problem) => isGood || problems.push(problem)
  return { problems, check }
}
