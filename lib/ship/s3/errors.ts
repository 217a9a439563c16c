/**
 * What an S3 server, the SDK, TLS or the network answers when something does not go, in our own words. Nothing of what
 * a server says is passed on but its status and codes that stand in the table.
 */
import { ShipFailure, type ShipFailureOptions } from '../failure.ts'
import type { S3CallName } from './calls.ts'

export interface Row {
  /** Codes of S3, names of the SDK's errors, codes of TLS and of the system. */
  codes: readonly string[]
  /** For an answer without a code that is known: HEAD has none. */
  statuses?: readonly number[]
  scope: 'target' | 'object'
  isPermanent: boolean
  words: string
  hint?: string
}

const NOT_ALLOWED = 'is not allowed'
const MAKE_BUCKET = 'aws s3api create-bucket --object-lock-enabled-for-bucket'

/** One row a cause. */
export const S3_ERRORS: readonly Row[] = [
  {
    codes: ['NoSuchBucket'],
    scope: 'target',
    isPermanent: true,
    words: 'there is no such bucket',
    hint: `check bucket, region and endpoint; ${MAKE_BUCKET} makes one`,
  },
  {
    codes: ['NoSuchKey', 'NoSuchVersion', 'NotFound'],
    statuses: [404],
    scope: 'object',
    isPermanent: true,
    words: 'is not there',
  },
  {
    codes: ['AccessDenied', 'AccessDeniedException', 'Forbidden', 'AllAccessDisabled', 'AccountProblem'],
    statuses: [401, 403],
    scope: 'target',
    isPermanent: true,
    words: NOT_ALLOWED,
  },
  {
    codes: ['InvalidAccessKeyId', 'UnrecognizedClientException'],
    scope: 'target',
    isPermanent: true,
    words: 'the server does not know the access key',
    hint: 'check which credentials the SDK finds: the environment, a profile, a role; and the endpoint',
  },
  {
    codes: ['SignatureDoesNotMatch', 'InvalidSignature'],
    scope: 'target',
    isPermanent: true,
    words: 'the secret key does not belong to the access key',
    hint: 'check AWS_SECRET_ACCESS_KEY or the profile; a proxy that rewrites requests has the same effect',
  },
  {
    codes: ['CredentialsProviderError', 'ProviderError', 'TokenProviderError'],
    scope: 'target',
    isPermanent: true,
    words: 'there are no credentials',
    hint: "give them to the SDK's own chain: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, a role",
  },
  {
    codes: ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'InvalidToken'],
    scope: 'target',
    isPermanent: true,
    words: 'the session token has expired or is none',
    hint: 'take credentials that renew themselves (a role, a profile), or renew AWS_SESSION_TOKEN',
  },
  {
    codes: [
      ...['PermanentRedirect', 'TemporaryRedirect', 'Redirect', 'AuthorizationHeaderMalformed'],
      ...['IllegalLocationConstraintException', 'IncorrectEndpoint', 'InvalidRegion'],
    ],
    statuses: [301, 302, 307, 308],
    scope: 'target',
    isPermanent: true,
    words: 'the bucket is in another region',
    hint: 'aws s3api get-bucket-location tells which; give it in the option region or AWS_REGION',
  },
  {
    codes: ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'],
    scope: 'target',
    isPermanent: false,
    words: 'the clock of this host or of the server is wrong',
    hint: 'set it by NTP: a request is taken within 15 minutes',
  },
  {
    codes: [
      ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_UNTRUSTED'],
    ],
    scope: 'target',
    isPermanent: true,
    words: "the server's certificate comes from an authority that this host does not trust",
    hint: 'start Node with NODE_EXTRA_CA_CERTS set to the file of the authority',
  },
  {
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    scope: 'target',
    isPermanent: true,
    words: "the server's certificate is for another name",
    hint: 'give the name that it bears in endpoint; a name with the bucket in it needs forcePathStyle: true',
  },
  {
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED'],
    scope: 'target',
    isPermanent: true,
    words: "the server's certificate is not valid now",
    hint: "renew it, or set this host's clock",
  },
  {
    codes: ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'],
    scope: 'target',
    isPermanent: true,
    words: 'the server speaks no TLS that we know',
    hint: 'check the port of endpoint',
  },
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'],
    scope: 'target',
    isPermanent: false,
    words: 'the name of the server is not known',
    hint: 'check endpoint and region, and name resolution on this host',
  },
  {
    codes: ['ECONNREFUSED'],
    scope: 'target',
    isPermanent: false,
    words: 'nobody listens there',
    hint: 'check that the server is up, and the port of endpoint',
  },
  {
    codes: ['ETIMEDOUT', 'TimeoutError', 'RequestTimeout', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'],
    statuses: [408],
    scope: 'target',
    isPermanent: false,
    words: 'the server does not answer',
    hint: 'check the network and its firewalls between this host and the server',
  },
  {
    codes: ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_CONSTANT'],
    scope: 'target',
    isPermanent: false,
    words: 'the connection broke',
  },
  {
    codes: ['SlowDown', 'ServiceUnavailable', 'Throttling', 'ThrottlingException', 'RequestLimitExceeded'],
    statuses: [429, 503],
    scope: 'target',
    isPermanent: false,
    words: 'the server is too busy',
  },
  {
    codes: ['InternalError', 'InternalFailure', 'OperationAborted'],
    statuses: [500, 502, 504],
    scope: 'target',
    isPermanent: false,
    words: 'the server has failed',
  },
  {
    codes: ['QuotaExceeded', 'XMinioStorageFull', 'InsufficientStorage'],
    statuses: [507],
    scope: 'target',
    isPermanent: true,
    words: 'there is no room left',
    hint: 'raise the quota of the bucket or the account',
  },
  {
    codes: [
      ...['BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch'],
      ...['ContentSHA256Mismatch', 'IncompleteBody', 'MissingContentLength'],
    ],
    scope: 'object',
    isPermanent: false,
    words: 'what arrived is not what was sent',
  },
  {
    codes: ['EntityTooLarge'],
    statuses: [413],
    scope: 'object',
    isPermanent: true,
    words: 'is larger than the server takes',
    hint: 'make segments smaller: storage.maxSize',
  },
  {
    codes: ['InvalidObjectState'],
    scope: 'object',
    isPermanent: true,
    words: 'is in an archive',
    hint: 'aws s3api restore-object brings it back; it takes hours',
  },
  {
    codes: ['InvalidStorageClass'],
    scope: 'target',
    isPermanent: true,
    words: 'the server does not know the storage class',
    hint: 'check the option storageClass',
  },
  {
    codes: [
      ...['KMS.NotFoundException', 'KMS.DisabledException', 'KMS.InvalidStateException'],
      ...['KMSNotConfigured', 'ServerSideEncryptionConfigurationNotFoundError'],
    ],
    scope: 'target',
    isPermanent: true,
    words: 'the server cannot use the key that encrypts at rest',
    hint: 'check the options serverSideEncryption and kmsKeyId',
  },
  {
    codes: ['ObjectLockConfigurationNotFoundError', 'NoSuchObjectLockConfiguration', 'InvalidBucketState'],
    scope: 'target',
    isPermanent: true,
    words: 'the bucket has no Object Lock',
    hint: `take a bucket that has it: ${MAKE_BUCKET}; objectLock: false stores without`,
  },
  {
    codes: ['NotImplemented', 'MethodNotAllowed', 'NotSupported'],
    statuses: [405, 501],
    scope: 'target',
    isPermanent: true,
    words: 'the server cannot do this',
    hint: 'take one that has versioning and Object Lock; objectLock: false stores without',
  },
  {
    codes: ['InvalidRequest', 'InvalidArgument', 'InvalidBucketName', 'MalformedXML'],
    statuses: [400],
    scope: 'target',
    isPermanent: true,
    words: 'the server does not take the request',
    hint: 'check that the bucket has Object Lock, and the other options of the target',
  },
  { codes: ['AbortError'], scope: 'target', isPermanent: false, words: 'was stopped' },
]

const NO_S3: Row = {
  codes: [],
  scope: 'target',
  isPermanent: true,
  words: 'what answers there does not speak S3',
  hint: 'check endpoint: its host, its port, and a path that a proxy may want',
}

const UNKNOWN: Row = { codes: [], scope: 'target', isPermanent: false, words: 'the request has failed' }

/** The rights that a call needs, as AWS names them. */
export const RIGHTS: Record<S3CallName, string> = {
  GetBucketVersioning: 's3:GetBucketVersioning',
  GetObjectLockConfiguration: 's3:GetBucketObjectLockConfiguration',
  ListObjectsV2: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
  PutObject: 's3:PutObject and s3:PutObjectRetention (with aws:kms also kms:GenerateDataKey)',
  HeadObject: 's3:GetObject, s3:GetObjectVersion and s3:GetObjectRetention (with aws:kms also kms:Decrypt)',
  GetObject: 's3:GetObject and s3:GetObjectVersion (with aws:kms also kms:Decrypt)',
  DeleteObject: 's3:DeleteObject and s3:DeleteObjectVersion',
  PutObjectRetention: 's3:PutObjectRetention',
}

/** A failure that its caller may look into: a missing key is none for who only asks. */
export class S3Failure extends ShipFailure {
  /** As it stands in the table; undefined where the answer had none that is known. */
  readonly s3Code: string | undefined
  /** Of the answer, when there was one. */
  readonly status: number | undefined

  constructor(
    message: string,
    {
      s3Code,
      status,
      ...options
    }: ShipFailureOptions & { s3Code?: string | undefined; status?: number | undefined },
  ) {
    super(message, options)
    this.s3Code = s3Code
    this.status = status
  }

  get isMissing(): boolean {
    return this.s3Code !== 'NoSuchBucket' && (this.status === 404 || this.s3Code === 'NoSuchKey')
  }

  get isDenied(): boolean {
    return this.status === 403
  }
}

export interface Asked {
  place: string
  call: S3CallName
  /** Below the target's prefix. */
  key?: string | undefined
}

/** What went wrong, in our words. Whatever was thrown, something is returned. */
export function s3Failure(error: unknown, { place, call, key }: Asked): S3Failure {
  const status = statusOf(error)
  const s3Code = codesOf(error).find((code) => ROW_OF_CODE.has(code))
  const found = rowOf(s3Code, status)
  const row = found.scope === 'object' && key === undefined ? NO_S3 : found
  const { scope, isPermanent } = row
  const subject = subjectOf(row, call, scope === 'object' ? key : undefined)
  const hint = row.words === NOT_ALLOWED ? `grant ${RIGHTS[call]}` : row.hint
  const shown = s3Code ?? (status === undefined ? call : `${call}, status ${status}`)
  return new S3Failure(`${place}: ${subject}${row.words} (${shown})`, {
    ...{ scope, isPermanent, s3Code, status },
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Some words are the end of a sentence about the object or, without one, about the call. */
function subjectOf({ words }: Row, call: string, key: string | undefined): string {
  if (words.startsWith('is ') || words.startsWith('was ')) return `${key ?? call} `
  return key === undefined ? '' : `${key}: `
}

/** An answer whose form is none that S3 gives. */
export function noS3(place: string): ShipFailure {
  const { words, scope, isPermanent, hint } = NO_S3
  return new ShipFailure(`${place}: ${words}`, {
    scope,
    isPermanent,
    ...(hint === undefined ? {} : { hint }),
  })
}

const ROW_OF_CODE = new Map(S3_ERRORS.flatMap((row) => row.codes.map((code) => [code, row] as const)))

function rowOf(code: string | undefined, status: number | undefined): Row {
  if (code !== undefined) return ROW_OF_CODE.get(code)!
  if (status === undefined) return UNKNOWN
  return S3_ERRORS.find(({ statuses = [] }) => statuses.includes(status)) ?? NO_S3
}

/** An error's own codes, then those of what it was made of: a refused connection to two addresses is one of each. */
function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return []
  const { Code, code, name, cause, errors } = error as Record<string, unknown>
  const own = [Code, code, name].filter((item): item is string => typeof item === 'string')
  const inner = [cause, ...(Array.isArray(errors) ? errors : [])]
  return [...own, ...inner.flatMap((item) => codesOf(item, depth + 1))]
}
const MAX_DEPTH = 3

function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = (error ?? {}) as Record<string, Record<string, unknown> | undefined>
  const status = $metadata?.httpStatusCode ?? $response?.statusCode
  return typeof status === 'number' ? status : undefined
}
