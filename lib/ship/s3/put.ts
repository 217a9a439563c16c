/**
 * One object on its way into a bucket: one PUT, with the lock that it is to bear and three sums that the server may
 * check it by.
 */
import type { S3Config } from '../../ship-config.ts'
import { ShipFailure } from '../failure.ts'
import type { ShipObject } from '../target.ts'
import { sending } from './body.ts'
import type { Lock, LockMode, PutInput } from './calls.ts'
import type { S3Api } from './client.ts'
import { base64 } from './read-back.ts'

const DAY = 86_400_000

export function lockMode({ objectLock }: S3Config): LockMode | undefined {
  return objectLock === false ? undefined : (objectLock.toUpperCase() as LockMode)
}

/** Servers refuse a date that has passed. */
export function lockDate(until: number): number {
  return wholeSecond(Math.max(until, Date.now() + DAY))
}

/** The next, so that no server that keeps seconds makes it earlier. */
export function wholeSecond(time: number): number {
  return Math.ceil(time / 1000) * 1000
}

/**
 * @returns the version that the server has made of it, if it makes any
 * @throws ShipFailure
 */
export async function sendObject(
  api: S3Api,
  config: S3Config,
  object: ShipObject,
  { lock, signal }: { lock: Lock | undefined; signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  const { key, sha256 } = object
  const { VersionId } = await sending(object, signal, (body, signal) => {
    const input = { ...inputOf(config, object, lock), Body: body }
    return api.call('PutObject', input, { signal, sha256, key })
  })
  if (lock !== undefined && VersionId === undefined) throw unversioned(api.place, key)
  return VersionId
}

/** All but the content. AWS takes no lock without a sum; Ceph checks the MD5 alone, and both the hash that is signed. */
function inputOf(config: S3Config, object: ShipObject, lock: Lock | undefined): Omit<PutInput, 'Body'> {
  const { prefix, serverSideEncryption, kmsKeyId, storageClass } = config
  const { key, bytes, md5, sha256, type } = object
  return {
    Key: prefix + key,
    ContentLength: bytes,
    ContentMD5: base64(md5),
    ChecksumSHA256: base64(sha256),
    ContentType: type,
    Metadata: { sha256 },
    ...(lock && { ObjectLockMode: lock.mode, ObjectLockRetainUntilDate: new Date(lock.until) }),
    ...(serverSideEncryption && { ServerSideEncryption: serverSideEncryption }),
    ...(kmsKeyId && { SSEKMSKeyId: kmsKeyId }),
    ...(storageClass && { StorageClass: storageClass }),
  }
}

function unversioned(place: string, key: string): ShipFailure {
  return new ShipFailure(`${place}: ${key} was taken without a version`, {
    scope: 'target',
    isPermanent: true,
    hint: 'a lock holds a version: switch versioning on',
  })
}
