/**
 * How an object lies in a bucket, from what the server answers afterwards: that it said 200 is no evidence, and neither
 * is what we have written into the object's metadata.
 */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { ShipFailure } from '../failure.ts'
import type { ShipObject, Stored } from '../target.ts'
import type { HeadOutput, Lock } from './calls.ts'
import type { S3Api } from './client.ts'
import { s3Failure } from './errors.ts'

export interface Expected {
  object: ShipObject
  /** With the target's prefix. */
  fullKey: string
  version: string | undefined
  /** Undefined: none is asked for. */
  lock: Lock | undefined
}

/**
 * @throws S3Failure when it cannot be looked at, ShipFailure when it is not as it should be
 */
export async function readBack(api: S3Api, expected: Expected, signal?: AbortSignal): Promise<Stored> {
  const { object, fullKey, version, lock } = expected
  const { key } = object
  const input = { Key: fullKey, VersionId: version, ChecksumMode: 'ENABLED' } as const
  const head = await api.call('HeadObject', input, { signal, key })
  const wrong = differing(api.place, key)
  if (head.ContentLength !== object.bytes)
    throw wrong(`has ${head.ContentLength} bytes where ${object.bytes} were sent`)
  if (version !== undefined && head.VersionId !== version) throw wrong('is shown in another version')
  if (lock !== undefined) checkLock(api.place, key, head, lock)
  const found = version ?? head.VersionId
  if (!(await isContent(api, expected, head, found, signal))) throw wrong('has another content than was sent')
  const until = lock === undefined ? undefined : head.ObjectLockRetainUntilDate!.toISOString()
  return {
    ...(found === undefined ? {} : { version: found }),
    ...(until === undefined ? {} : { until }),
  }
}

function differing(place: string, key: string): (what: string) => ShipFailure {
  return (what) => new ShipFailure(`${place}: ${key} ${what}`, { scope: 'object' })
}

/** To the second: servers keep no smaller parts. */
function checkLock(
  place: string,
  key: string,
  { ObjectLockMode, ObjectLockRetainUntilDate }: HeadOutput,
  { mode, until }: Lock,
): void {
  const wrong = (what: string) =>
    new ShipFailure(`${place}: ${key} ${what}`, {
      scope: 'target',
      isPermanent: true,
      hint: 'take a server that keeps locks, and grant s3:GetObjectRetention, without which they are not shown',
    })
  if (ObjectLockMode === undefined || ObjectLockRetainUntilDate === undefined)
    throw wrong('was taken with its lock, and the server shows none')
  if (ObjectLockMode !== mode && ObjectLockMode !== 'COMPLIANCE')
    throw wrong(`is not locked in mode ${mode.toLowerCase()}`)
  if (seconds(ObjectLockRetainUntilDate.getTime()) < seconds(until))
    throw wrong('is locked for a shorter time than was asked for')
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}

/** By the server's SHA-256, by an MD5 that agrees, else by what it gives back. */
async function isContent(
  api: S3Api,
  { object, fullKey }: Expected,
  { ChecksumSHA256, ETag }: HeadOutput,
  version: string | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (isWhole(ChecksumSHA256)) return ChecksumSHA256 === base64(object.sha256)
  if (unquoted(ETag) === object.md5) return true
  const { key } = object
  return (await hashOf(api, { fullKey, version, key }, signal)) === object.sha256
}

/** One of parts ends in `-N`. */
export function isWhole(checksum: string | undefined): checksum is string {
  return checksum !== undefined && !checksum.includes('-')
}

export function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64')
}

function unquoted(etag: string | undefined): string | undefined {
  return etag?.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag
}

export interface Version {
  /** With the target's prefix. */
  fullKey: string
  /** Undefined: the newest. */
  version: string | undefined
  /** Below the prefix, for errors. */
  key: string
}

/** SHA-256 of what the server gives back, hexadecimal; none of it is kept. */
export async function hashOf(api: S3Api, version: Version, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const body = await bodyOf(api, version, signal)
  for await (const chunk of chunksOf(api, body, version.key)) hash.update(chunk)
  return hash.digest('hex')
}

/** @throws S3Failure */
export async function bodyOf(
  api: S3Api,
  { fullKey, version, key }: Version,
  signal?: AbortSignal,
): Promise<Readable> {
  const { Body } = await api.call('GetObject', { Key: fullKey, VersionId: version }, { signal, key })
  return Body!
}

/** @throws S3Failure when the connection breaks */
export async function* chunksOf({ place }: S3Api, body: Readable, key: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk
  } catch (error) {
    throw s3Failure(error, { place, call: 'GetObject', key })
  }
}
