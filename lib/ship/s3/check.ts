/**
 * Whether a bucket can keep what it is given: versions and locks are its own, made before the first object comes.
 */
import { ShipFailure } from '../failure.ts'
import type { LockConfiguration } from './calls.ts'
import type { S3Api } from './client.ts'
import { noS3, S3Failure } from './errors.ts'

const DAYS_A_YEAR = 365
const WITHOUT = 'objectLock: false stores without'

/**
 * @throws ShipFailure of scope `target`: for a bucket that is not there or cannot lock, one whose default is shorter,
 * and for rights that this check needs
 */
export async function checkLockingBucket(api: S3Api, keepDays: number): Promise<void> {
  const { Status } = await api.call('GetBucketVersioning', {})
  const lock = await lockOf(api)
  if (lock === undefined && Status === undefined) throw unlocked(api, 'has neither versions nor Object Lock')
  if (Status !== 'Enabled') throw unversioned(api, Status)
  if (lock?.ObjectLockEnabled !== 'Enabled') throw unlocked(api, 'has no Object Lock')
  const days = defaultDays(lock)
  if (days !== undefined && days < keepDays) throw tooShort(api, days, keepDays)
}

/** Undefined for a bucket that has none. */
async function lockOf(api: S3Api): Promise<LockConfiguration | undefined> {
  try {
    const { ObjectLockConfiguration } = await api.call('GetObjectLockConfiguration', {})
    if (ObjectLockConfiguration === undefined) throw noS3(api.place)
    return ObjectLockConfiguration
  } catch (error) {
    if (error instanceof S3Failure && NO_LOCK.includes(error.s3Code!)) return undefined
    throw error
  }
}
const NO_LOCK = ['ObjectLockConfigurationNotFoundError', 'NoSuchObjectLockConfiguration']

/** Of a default retention; undefined: each object brings its own. */
function defaultDays({ Rule }: LockConfiguration): number | undefined {
  const { Days, Years } = Rule?.DefaultRetention ?? {}
  return Years === undefined ? Days : Years * DAYS_A_YEAR
}

/** Only that the bucket is there and answers as S3 does. */
export async function checkPlainBucket(api: S3Api, prefix: string): Promise<void> {
  const { IsTruncated } = await api.call('ListObjectsV2', { Prefix: prefix, MaxKeys: 1 })
  if (IsTruncated === undefined) throw noS3(api.place)
}

function unversioned({ place }: S3Api, status: string | undefined): ShipFailure {
  return wrong(
    `${place}: versioning is ${status === 'Suspended' ? 'suspended' : 'off'}`,
    'aws s3api put-bucket-versioning --versioning-configuration Status=Enabled switches it on',
  )
}

function unlocked({ place }: S3Api, what: string): ShipFailure {
  return wrong(
    `${place}: the bucket ${what}`,
    `aws s3api create-bucket --object-lock-enabled-for-bucket makes one that has both; ${WITHOUT}`,
  )
}

function tooShort({ place }: S3Api, days: number, keepDays: number): ShipFailure {
  return wrong(
    `${place}: by default the bucket locks for ${days} days, and logs are kept for ${keepDays}`,
    `aws s3api put-object-lock-configuration sets ${keepDays} days or more, or none: each object brings its own`,
  )
}

function wrong(message: string, hint: string): ShipFailure {
  return new ShipFailure(message, { scope: 'target', isPermanent: true, hint })
}
