/*
 * What we ask of an S3 server, with the parts of questions and answers that we use. Written out here so that neither
 * our declarations nor whoever compiles against them needs the SDK's.
 */
import type { Readable } from 'node:stream'

export interface S3Calls {
  GetBucketVersioning: Call<unknown, { Status?: string }>
  GetObjectLockConfiguration: Call<unknown, { ObjectLockConfiguration?: LockConfiguration }>
  ListObjectsV2: Call<ListInput, ListOutput>
  ListObjectVersions: Call<VersionsInput, VersionsOutput>
  PutObject: Call<PutInput, { VersionId?: string }>
  HeadObject: Call<VersionInput & { ChecksumMode: 'ENABLED' }, HeadOutput>
  GetObject: Call<VersionInput, { Body?: Readable }>
  DeleteObject: Call<
    VersionInput & { BypassGovernanceRetention?: true },
    { VersionId?: string; DeleteMarker?: boolean }
  >
  PutObjectRetention: Call<VersionInput & { Retention: Retention }, unknown>
}

export type S3CallName = keyof S3Calls

interface Call<Input, Output> {
  /** Without the bucket. */
  input: Input
  output: Output
}

export interface LockConfiguration {
  ObjectLockEnabled?: string
  Rule?: { DefaultRetention?: { Mode?: string; Days?: number; Years?: number } }
}

interface ListInput {
  Prefix: string
  EncodingType?: 'url'
  MaxKeys?: number
  ContinuationToken?: string | undefined
}

interface ListOutput {
  Contents?: { Key?: string; Size?: number }[]
  IsTruncated?: boolean
  NextContinuationToken?: string
  EncodingType?: string
}

interface VersionsInput {
  Prefix: string
  KeyMarker?: string | undefined
  VersionIdMarker?: string | undefined
}

interface VersionsOutput {
  Versions?: { Key?: string; VersionId?: string; ETag?: string; Size?: number }[]
  IsTruncated?: boolean
  NextKeyMarker?: string
  NextVersionIdMarker?: string
}

export interface PutInput {
  Key: string
  Body: Readable
  ContentLength: number
  /** Base64. */
  ContentMD5: string
  /** Base64. */
  ChecksumSHA256: string
  ContentType: string
  Metadata: Record<string, string>
  ObjectLockMode?: LockMode
  ObjectLockRetainUntilDate?: Date
  ServerSideEncryption?: string
  SSEKMSKeyId?: string
  StorageClass?: string
}

export type LockMode = 'COMPLIANCE' | 'GOVERNANCE'

export interface Lock {
  mode: LockMode
  /** Milliseconds since the epoch. */
  until: number
}

interface VersionInput {
  Key: string
  VersionId?: string | undefined
}

export interface HeadOutput {
  ContentLength?: number
  ETag?: string
  /** Base64. */
  ChecksumSHA256?: string
  VersionId?: string
  ObjectLockMode?: string
  ObjectLockRetainUntilDate?: Date
}

interface Retention {
  Mode: LockMode
  RetainUntilDate: Date
}
