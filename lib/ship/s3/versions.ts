/**
 * Which version of a key has the content that it is named after. Whoever may write may put others over it and hide it
 * behind a marker; a locked version stays.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ShipFailure } from '../failure.ts'
import type { S3Api } from './client.ts'
import { S3Failure } from './errors.ts'
import { base64, bodyOf, chunksOf, hashOf, isWhole, type Version } from './read-back.ts'

export interface Wanted {
  key: string
  fullKey: string
  sha256: string
}

/**
 * The newest, when the server's own SHA-256 names it or when there is no other. Where there are others, each is known
 * by the server's SHA-256 or read to its end once before it is given out: twice the traffic, and no more memory than a
 * chunk. The oldest comes first, for nobody knows a key before its content is there; so thousands of others that were
 * put over it cost nothing. Who may not list versions has the newest.
 * @throws ShipFailure of scope `object` when no version has the hash
 */
export async function contentOf(api: S3Api, wanted: Wanted): Promise<Readable> {
  const newest = { ...wanted, version: undefined }
  const known = await knownAs(api, newest, wanted.sha256)
  if (known === 'the same') return checked(api, newest, wanted.sha256)
  const isEnough = (error: unknown) => known === 'unknown' && error instanceof S3Failure && error.isDenied
  const versions = await versionsOf(api, wanted).catch((error) => {
    if (isEnough(error)) return [newest]
    throw error
  })
  if (versions.length === 1 && known === 'unknown') return checked(api, newest, wanted.sha256)
  for (const version of versions.reverse()) {
    if (await isWanted(api, version, wanted.sha256)) return checked(api, version, wanted.sha256)
  }
  throw new ShipFailure(`${api.place}: no version of ${wanted.key} has the content that it is named after`, {
    ...{ scope: 'object', isPermanent: true },
    ...(versions.length === 0 ? {} : { hint: 'somebody has written over it, and the lock did not hold' }),
  })
}

async function isWanted(api: S3Api, version: Version, sha256: string): Promise<boolean> {
  const known = await knownAs(api, version, sha256)
  if (known !== 'unknown') return known === 'the same'
  return (await hashOf(api, version)) === sha256
}

/** What the server's SHA-256 says about a version. */
async function knownAs(
  api: S3Api,
  { fullKey, version, key }: Version,
  sha256: string,
): Promise<'the same' | 'another' | 'missing' | 'unknown'> {
  try {
    const input = { Key: fullKey, VersionId: version, ChecksumMode: 'ENABLED' } as const
    const { ChecksumSHA256 } = await api.call('HeadObject', input, { key })
    if (!isWhole(ChecksumSHA256)) return 'unknown'
    return ChecksumSHA256 === base64(sha256) ? 'the same' : 'another'
  } catch (error) {
    if (error instanceof S3Failure && error.isMissing) return 'missing'
    throw error
  }
}

/** Newest first, as the server lists them. */
async function versionsOf(api: S3Api, { key, fullKey }: Wanted): Promise<Version[]> {
  const found: Version[] = []
  let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {}
  do {
    const page = await api.call('ListObjectVersions', { Prefix: fullKey, ...markers })
    for (const { Key, VersionId } of page.Versions ?? [])
      if (Key === fullKey) found.push({ key, fullKey, version: VersionId })
    // Keys that begin with this one come after it.
    const isOver = page.IsTruncated !== true || page.NextKeyMarker !== fullKey
    markers = isOver ? {} : { KeyMarker: fullKey, VersionIdMarker: page.NextVersionIdMarker }
  } while (markers.KeyMarker !== undefined)
  return found
}

/** The content, failing at its end when it is another. */
async function checked(api: S3Api, version: Version, sha256: string): Promise<Readable> {
  const body = await bodyOf(api, version)
  return Readable.from(hashed(api, body, version.key, sha256), { objectMode: false })
}

async function* hashed(api: S3Api, body: Readable, key: string, sha256: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of chunksOf(api, body, key)) {
    hash.update(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== sha256)
    throw new ShipFailure(`${api.place}: ${key} has another content than it is named after`, {
      scope: 'object',
    })
}
