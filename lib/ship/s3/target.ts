/**
 * Segments and ledgers in a bucket of S3 or of a server that speaks as it does. Each object carries its own lock, and
 * counts as stored when the server has shown it so afterwards.
 *
 * What it needs on AWS: s3:GetBucketVersioning, s3:GetBucketObjectLockConfiguration, s3:PutObject,
 * s3:PutObjectRetention, s3:GetObject, s3:GetObjectVersion, s3:GetObjectRetention; and to have it back s3:ListBucket
 * and s3:ListBucketVersions.
 */
import type { Readable } from 'node:stream'
import type { S3Config } from '../../ship-config.ts'
import { ShipFailure } from '../failure.ts'
import type { ShipObject, ShipTarget, Stored } from '../target.ts'
import type { LockMode } from './calls.ts'
import { checkLockingBucket, checkPlainBucket } from './check.ts'
import { openS3, type S3Api } from './client.ts'
import { noS3, S3Failure } from './errors.ts'
import { lockDate, lockMode, sendObject, wholeSecond } from './put.ts'
import { readBack } from './read-back.ts'
import { contentOf } from './versions.ts'

export class S3Target implements ShipTarget {
  readonly place: string
  #api: S3Api
  #config: S3Config
  #mode: LockMode | undefined

  private constructor(api: S3Api, config: S3Config) {
    this.place = api.place
    this.#api = api
    this.#config = config
    this.#mode = lockMode(config)
  }

  /**
   * Loads the SDK and makes a client; nothing is asked of the server yet. The region is the option's or the SDK's own;
   * with an endpoint and no region anywhere it is `us-east-1`.
   * @throws HushlogError `HUSHLOG_UNAVAILABLE` when the SDK is not installed, `HUSHLOG_OPTION` without a region
   */
  static async open(config: S3Config): Promise<S3Target> {
    return new S3Target(await openS3(config), config)
  }

  /** With `objectLock: false` only that the bucket is there is looked at. */
  check(keepDays: number): Promise<void> {
    if (this.#mode === undefined) return checkPlainBucket(this.#api, this.#config.prefix)
    return checkLockingBucket(this.#api, keepDays)
  }

  /**
   * A server may refuse to tell: AWS answers 403 for a key that is not there to who lacks s3:ListBucket, and an answer
   * to HEAD says no more than a status. Then it counts as not there, and what is wrong is told when it is put.
   */
  async find(object: ShipObject): Promise<Stored | undefined> {
    const lock = this.#mode && { mode: this.#mode, until: wholeSecond(object.lockUntil) }
    try {
      return await readBack(this.#api, { object, fullKey: this.#full(object.key), version: undefined, lock })
    } catch (error) {
      if (error instanceof S3Failure ? isRefused(error) : error instanceof ShipFailure) return undefined
      throw error
    }
  }

  async put(object: ShipObject, signal?: AbortSignal): Promise<Stored> {
    const lock = this.#mode && { mode: this.#mode, until: lockDate(object.lockUntil) }
    const version = await sendObject(this.#api, this.#config, object, { lock, signal })
    const expected = { object, fullKey: this.#full(object.key), version, lock }
    return readBack(this.#api, expected, signal)
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    const { length } = this.#config.prefix
    let ContinuationToken: string | undefined
    do {
      // Keys of others may hold what XML cannot.
      const input = { Prefix: this.#full(prefix), EncodingType: 'url', ContinuationToken } as const
      const page = await this.#api.call('ListObjectsV2', input)
      for (const { Key = '', Size = 0 } of page.Contents ?? [])
        yield { key: plainKey(Key, page.EncodingType).slice(length), bytes: Size }
      ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined
      if (page.IsTruncated === undefined || (page.IsTruncated && ContinuationToken === undefined))
        throw noS3(this.place)
    } while (ContinuationToken !== undefined)
  }

  get(key: string, sha256: string): Promise<Readable> {
    return contentOf(this.#api, { key, fullKey: this.#full(key), sha256 })
  }

  close(): void {
    this.#api.close()
  }

  #full(key: string): string {
    return this.#config.prefix + key
  }
}

function isRefused({ status = 0, isPermanent }: S3Failure): boolean {
  return isPermanent && status >= 300 && status < 500
}

function plainKey(key: string, encoding: string | undefined): string {
  if (encoding !== 'url') return key
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}
