/** One gateway for all rows, its users and buckets, and the SDK itself as the witness of what lies there. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as sdk from '@aws-sdk/client-s3'
import { S3Target } from '../../../build/ship/s3/target.js'
import { startGateway } from './gateway.js'

/** Neither a profile nor a role of the machine: only what a row sets. */
Object.assign(process.env, {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
})
delete process.env.AWS_PROFILE
delete process.env.AWS_REGION

export const LOCKED = 'locked'
export const PLAIN = 'plain'

export const world = {}

export async function prepare() {
  const start = performance.now()
  world.gateway = await startGateway()
  world.stranger = world.gateway.createUser('stranger')
  useCredentials(world.gateway.user)
  world.s3 = new sdk.S3Client({
    ...{ endpoint: world.gateway.endpoint, region: 'us-east-1', forcePathStyle: true },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  await makeBucket(LOCKED, { lock: true })
  await makeBucket(PLAIN)
  console.log(`  the gateway is up after ${((performance.now() - start) / 1000).toFixed(1)} s`)
}

/** What the SDK's own chain finds from now on. */
export function useCredentials({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = {}) {
  delete process.env.AWS_ACCESS_KEY_ID
  delete process.env.AWS_SECRET_ACCESS_KEY
  if (AWS_ACCESS_KEY_ID !== undefined)
    Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })
}

export function send(name, input) {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: nothing here is bundled
  return world.s3.send(new sdk[`${name}Command`]({ Bucket: LOCKED, ...input }))
}

/** @param versioning `Enabled`, `Suspended`; @param days of its default retention */
export async function makeBucket(Bucket, { lock = false, versioning, days } = {}) {
  await send('CreateBucket', { Bucket, ObjectLockEnabledForBucket: lock })
  if (versioning !== undefined)
    await send('PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: versioning } })
  if (days !== undefined)
    await send('PutObjectLockConfiguration', {
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: days } },
      },
    })
}

export function configOf(options = {}) {
  return {
    ...{ option: 'ship.s3', bucket: LOCKED, prefix: 'logs/', endpoint: world.gateway.endpoint },
    ...{ forcePathStyle: true, objectLock: 'compliance' },
    ...options,
  }
}

export function openTarget(options) {
  return S3Target.open(configOf(options))
}

/** Runs child.js. @returns what it printed, and what came on standard error */
export async function child(job, { env = {}, prefix = [] } = {}) {
  const file = fileURLToPath(new URL('child.js', import.meta.url))
  const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...inherited } = process.env
  const [command, ...args] = [...prefix, process.execPath, file, JSON.stringify(job)]
  const started = spawn(command, args, { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = await Promise.all([started.stdout, started.stderr].map((stream) => stream.toArray()))
  return { ...JSON.parse(Buffer.concat(out).toString()), stderr: Buffer.concat(err).toString() }
}

/** What a promise is refused with; a failure to the row when it is not. */
export function failureOf(promise) {
  return promise.then(
    (value) => ({ message: `went through: ${JSON.stringify(value)}` }),
    (error) => error,
  )
}

/** Collects what is wrong. */
export function checker() {
  const problems = []
  const check = (isGood, problem) => isGood || problems.push(problem)
  return { problems, check }
}
