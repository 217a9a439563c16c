/** One gateway for all rows, its users, the SDK as the witness, and hosts of other names on this machine. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as sdk from '@aws-sdk/client-s3'
import { startGateway } from '../s3/gateway.js'
import { countingProxy } from './counting-proxy.js'

export const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
export const WRITER = fileURLToPath(new URL('writer.js', import.meta.url))
export const folder = mkdtempSync(join(tmpdir(), 'hushlog-fleet-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Neither a profile nor a role of the machine. */
const NOTHING_ELSE = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
}

export const world = {}

/** To the life cycle a day is so many seconds. Locks know nothing of that. */
const DAY_OF_LIFE_CYCLE = 1

export async function prepare() {
  Object.assign(process.env, NOTHING_ELSE)
  const start = performance.now()
  world.gateway = await startGateway({ front: { rgw_lc_debug_interval: DAY_OF_LIFE_CYCLE } })
  world.users = {
    owner: world.gateway.user,
    writer: world.gateway.createUser('shop-web-1'),
    auditor: world.gateway.createUser('auditor'),
  }
  world.proxy = await countingProxy(world.gateway.port)
  for (const name of Object.keys(world.users)) world[name] = clientOf(name)
  console.log(`  the gateway is up after ${((performance.now() - start) / 1000).toFixed(1)} s`)
}

function clientOf(name) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = world.users[name]
  const client = new sdk.S3Client({
    ...{ endpoint: world.gateway.endpoint, region: 'us-east-1', forcePathStyle: true, maxAttempts: 1 },
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  return (command, input) => {
    // biome-ignore lint/performance/noDynamicNamespaceImportAccess: nothing here is bundled
    return client.send(new sdk[`${command}Command`](input))
  }
}

/** What the SDK, the command line and whatever is started find: credentials of one user, and nothing of the machine. */
export function environmentOf(name) {
  const { PATH, HOME } = process.env
  const region = { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' }
  return { PATH, HOME, ...NOTHING_ELSE, ...region, ...world.users[name] }
}

/** A folder of a host. */
export function placeOf(name) {
  const dir = join(folder, name)
  mkdirSync(dir, { recursive: true })
  return dir
}

/** @returns how it ended, and what it said */
export async function run(command, args, { user = 'owner', env = {}, cwd = folder } = {}) {
  const options = { cwd, env: { ...environmentOf(user), ...env }, stdio: ['ignore', 'pipe', 'pipe'] }
  const child = spawn(command, args, options)
  const ended = new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))
  const [out, err] = await Promise.all([child.stdout, child.stderr].map((stream) => stream.toArray()))
  return { code: await ended, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
}

/** Runs lines of shell on a host of another name: a UTS namespace of its own, as a container has one. Needs root. */
export function onHost(host, script, args, options) {
  const named = `hostname "$0" && ${script}`
  return run('unshare', ['--uts', 'sh', '-ec', named, host, ...args], options)
}

export function target(bucket, endpoint = world.gateway.endpoint) {
  return `s3://${bucket}/logs?endpoint=${endpoint}`
}

export function ledgerLines(dir) {
  return readFileSync(join(dir, 'ledger/ledger.jsonl'), 'utf8').split('\n').slice(0, -1)
}

export function ledgerOf(dir) {
  return ledgerLines(dir).map((line) => JSON.parse(line))
}

/** All keys below a prefix, as the witness lists them. */
export async function keysOf(Bucket, Prefix = '') {
  const keys = []
  let ContinuationToken
  do {
    const page = await world.owner('ListObjectsV2', { Bucket, Prefix, ContinuationToken })
    for (const { Key, Size } of page.Contents ?? []) keys.push({ key: Key, bytes: Size })
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken !== undefined)
  return keys
}

/** Collects what is wrong. */
export function checker() {
  const problems = []
  const check = (isGood, problem) => isGood || problems.push(problem)
  return { problems, check }
}
