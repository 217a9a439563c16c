/**
 * The SDK of S3, loaded when a target is opened, and what our calls pass through.
 */
import type * as Sdk from '@aws-sdk/client-s3'
import { errorCode, HushlogError } from '../../errors.ts'
import { isLoopback, type S3Config } from '../../ship-config.ts'
import { ShipFailure } from '../failure.ts'
import { placeOf } from '../place.ts'
import type { S3CallName, S3Calls } from './calls.ts'
import { s3Failure } from './errors.ts'

export interface S3Api {
  readonly place: string
  /**
   * Asks once; whoever waits in a queue tries again.
   * @throws S3Failure
   */
  call<Name extends S3CallName>(
    name: Name,
    input: S3Calls[Name]['input'],
    options?: CallOptions,
  ): Promise<S3Calls[Name]['output']>
  close(): void
}

export interface CallOptions {
  signal?: AbortSignal | undefined
  /** Of the body, hexadecimal: it is signed, so that the server refuses another. */
  sha256?: string
  /** Below the prefix, for errors. */
  key?: string
}

/** Milliseconds. */
const CONNECTION_TIMEOUT = 10_000
/** Milliseconds in which nothing comes or goes. */
const SOCKET_TIMEOUT = 60_000

/** Of AWS, and what other servers take for any. */
const DEFAULT_REGION = 'us-east-1'

/**
 * @throws HushlogError `HUSHLOG_UNAVAILABLE` without the SDK; `HUSHLOG_OPTION` without a region
 */
export async function openS3(config: S3Config): Promise<S3Api> {
  const sdk = await loadSdk(config.option)
  let client = await clientOf(sdk, config)
  const { bucket } = config
  const place = placeOf({ kind: 's3', ...config })
  let [calls, isRefused] = [0, false]
  /** A client finds its credentials once: whoever has mended them since need not start the program again. */
  async function renew(): Promise<void> {
    isRefused = false
    client.destroy()
    client = await clientOf(sdk, config)
  }
  return {
    place,
    async call(name, input, { signal, sha256, key } = {}) {
      calls++
      try {
        if (isRefused && calls === 1) await renew()
        const command = commandOf(sdk, name, { Bucket: bucket, ...(input as object) })
        if (sha256 !== undefined) command.middlewareStack.add(signed(sha256), SIGNED)
        return (await client.send(command, { ...(signal && { abortSignal: signal }) })) as never
      } catch (error) {
        if (error instanceof ShipFailure) throw error
        const failure = s3Failure(error, { place, call: name, key })
        isRefused ||= failure.isPermanent && failure.scope === 'target'
        throw failure
      } finally {
        calls--
      }
    },
    close: () => client.destroy(),
  }
}

/** A bundler that does not find the package leaves the import as it is, since its failure is caught. */
async function loadSdk(option: string): Promise<typeof Sdk> {
  return import('@aws-sdk/client-s3').catch((error) => {
    const isMissing = errorCode(error) === 'ERR_MODULE_NOT_FOUND'
    const why = isMissing ? 'is not installed' : `cannot be loaded: ${errorCode(error)}`
    throw new HushlogError('HUSHLOG_UNAVAILABLE', `option ${option}: the package @aws-sdk/client-s3 ${why}`, {
      hint: 'npm install @aws-sdk/client-s3',
    })
  })
}

/** The region: the option, the SDK's chain, and with an endpoint one that any server takes. */
async function clientOf(sdk: typeof Sdk, config: S3Config): Promise<Sdk.S3Client> {
  const client = makeClient(sdk, config, config.region)
  const hasRegion = await client.config.region().then(Boolean, () => false)
  if (hasRegion) return client
  client.destroy()
  if (config.endpoint !== undefined) return makeClient(sdk, config, DEFAULT_REGION)
  throw new HushlogError('HUSHLOG_OPTION', `option ${config.option} has no region`, {
    hint: `give it in ${config.option}.region, AWS_REGION or the profile`,
  })
}

/** Warnings of the SDK have no place in a program's output; what it cannot do comes as an error. */
const SILENT = Object.fromEntries(
  ['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, () => {}]),
) as Record<'trace' | 'debug' | 'info' | 'warn' | 'error', () => void>

function makeClient(sdk: typeof Sdk, config: S3Config, region: string | undefined): Sdk.S3Client {
  const { endpoint, forcePathStyle = false } = config
  const client = withoutNotice(
    () =>
      new sdk.S3Client({
        forcePathStyle,
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? {} : { endpoint }),
        maxAttempts: 1,
        logger: SILENT,
        requestHandler: { connectionTimeout: CONNECTION_TIMEOUT, socketTimeout: SOCKET_TIMEOUT },
        // Handed on to what reads the files of credentials: a new client looks at them anew.
        ...{ ignoreCache: true },
        // What is sent carries its own; sums that nobody asked for break servers that are older than they.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      }),
  )
  client.middlewareStack.add(onlySafe(placeOf({ kind: 's3', ...config })), SAFE)
  return client
}

/** The SDK's own switch for what it prints about the age of Node, when its first client is made. */
const NOTICE = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'

function withoutNotice<T>(make: () => T): T {
  const before = process.env[NOTICE]
  process.env[NOTICE] ??= 'true'
  try {
    return make()
  } finally {
    if (before === undefined) delete process.env[NOTICE]
  }
}

type Command = Parameters<Sdk.S3Client['send']>[0]

function commandOf(sdk: typeof Sdk, name: S3CallName, input: object): Command {
  const Class = sdk[`${name}Command`] as unknown as new (input: object) => Command
  return new Class(input)
}

interface Built {
  request: { headers: Record<string, string>; protocol?: string; hostname?: string }
}

const SAFE = { step: 'build', name: 'hushlogSafeEndpoint' } as const

/** The SDK takes an endpoint from the environment and from profiles too, whatever it begins with. */
// biome-ignore lint/suspicious/noExplicitAny: as above
function onlySafe(place: string): any {
  return (next: (args: Built) => unknown) => (args: Built) => {
    const { protocol, hostname = '' } = args.request
    if (protocol === 'https:' || isLoopback(hostname)) return next(args)
    throw new ShipFailure(`${place}: its endpoint is not https`, {
      scope: 'target',
      isPermanent: true,
      hint: 'AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 or endpoint_url of the profile names one: plain http is taken to loopback only',
    })
  }
}

const SIGNED = { step: 'build', name: 'hushlogContentHash' } as const

/** For a stream the SDK would sign that it knows no hash. */
// biome-ignore lint/suspicious/noExplicitAny: the SDK's own types of a middleware say no more
function signed(sha256: string): any {
  return (next: (args: Built) => unknown) => (args: Built) => {
    args.request.headers['x-amz-content-sha256'] = sha256
    return next(args)
  }
}
