/**
 * The option `ship`, checked at the start: as in config.ts.
 */
import { isAbsolute, resolve } from 'node:path'
import type { TransportTargetOptions } from 'pino'
import { bytesOf, type Check, checkNames, flag, object, oneOf, refuse, Shown, text } from './checks.ts'
import { HushlogError } from './errors.ts'
import type { S3Options, ShipOptions, SyslogOptions, SyslogTlsOptions } from './types.ts'

export interface ShipConfig {
  /** Where sealed segments are kept; may be empty. */
  targets: readonly TargetConfig[]
  maxConcurrency: number
  /** Bytes a second; undefined: no bound. */
  maxBandwidth: number | undefined
  syslog: SyslogConfig | undefined
  transports: readonly TransportTargetOptions[]
}

/** Can be handed to another thread. */
export type TargetConfig = ({ kind: 's3' } & S3Config) | ({ kind: 'directory' } & DirectoryConfig)

interface AnyTarget {
  /** `ship.s3` or `--to`: what errors name. */
  option: string
}

export interface DirectoryConfig extends AnyTarget {
  /** Absolute. */
  path: string
}

export interface S3Config extends AnyTarget, Omit<S3Options, 'prefix' | 'objectLock'> {
  /** Empty, or ends in a slash. */
  prefix: string
  objectLock: 'compliance' | 'governance' | false
}

export interface SyslogConfig {
  host: string
  port: number
  tls: false | SyslogTlsOptions
  /** 0 to 23. */
  facility: number
  /** Default: the service. */
  appName: string | undefined
  maxWaiting: number
}

const SHIP: Record<string, Check> = {
  s3: object,
  directory: absolutePath,
  maxConcurrency: wholeBetween(1, 32),
  maxBandwidth: (value, name) => bytesOf(value, name),
  syslog: object,
  transports,
}

const TRANSPORT: Record<string, Check> = {
  target: text,
  options: (value, name) => {
    object(value, name)
    refuseFunctions(value as object, name, new Set())
    if (!canBeCopied(value)) refuse(name, value, COPIED)
  },
  level: (value, name) =>
    typeof value === 'string' || typeof value === 'number' || refuse(name, value, 'a level of pino'),
}

const TRANSPORT_REFUSED = {
  pipeline: 'a pipeline of transports is not supported: name one target that does it all',
}

function transports(value: unknown, name: string): void {
  if (!Array.isArray(value)) refuse(name, value, 'an array of transport targets')
  for (const [i, item] of (value as TransportTargetOptions[]).entries()) {
    object(item, `${name}[${i}]`, 'an object with a target')
    checkNames(item, TRANSPORT, { prefix: `${name}[${i}].`, refused: TRANSPORT_REFUSED })
    if (item.target === undefined) refuse(`${name}[${i}].target`, undefined, 'the name of a transport')
  }
}

const COPIED = 'what can be copied to another thread'

function canBeCopied(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

/** What cannot be given to the thread in which a transport runs. */
function refuseFunctions(value: object, name: string, seen: Set<object>): void {
  if (seen.has(value) || ArrayBuffer.isView(value)) return
  seen.add(value)
  for (const [key, member] of Object.entries(value)) {
    const full = Array.isArray(value) ? `${name}[${key}]` : `${name}.${key}`
    if (typeof member === 'function' || typeof member === 'symbol')
      refuse(full, member, COPIED, {
        hint: 'write a transport of your own in a file, with that in it, and name the file as the target',
      })
    if (member !== null && typeof member === 'object') refuseFunctions(member, full, seen)
  }
}

const S3: Record<string, Check> = {
  bucket: bucketName,
  prefix: keyPrefix,
  region: text,
  endpoint: safeUrl,
  forcePathStyle: flag,
  objectLock: oneOf(['compliance', 'governance', false]),
  serverSideEncryption: oneOf(['AES256', 'aws:kms']),
  kmsKeyId: text,
  storageClass: text,
}

/** What would put a secret into a file that is read, copied and committed. */
const S3_REFUSED: Record<string, string> = Object.fromEntries(
  ['credentials', 'accessKeyId', 'secretAccessKey', 'sessionToken'].map((name) => [
    name,
    "credentials come from the SDK's own chain: the environment, a profile, a role",
  ]),
)

const SYSLOG: Record<string, Check> = {
  host: text,
  port: wholeBetween(1, 65_535),
  tls: (value, name) => value === false || object(value, name, 'false or an object'),
  facility: (value, name) => void facilityOf(value, name),
  appName: printableText(48),
  maxWaiting: (value, name) => bytesOf(value, name),
}

const TLS_REFUSED = {
  rejectUnauthorized: "the server's certificate is always checked; give its authority in ca",
  checkServerIdentity:
    "the server's certificate is always checked; give the name that it bears in servername",
}

/** @throws HushlogError `HUSHLOG_OPTION` */
export function shipConfig(options: ShipOptions): ShipConfig {
  object(options, 'ship')
  checkNames(options, SHIP, { prefix: 'ship.' })
  const targets: TargetConfig[] = []
  if (options.s3 !== undefined) targets.push({ kind: 's3', ...s3Config(options.s3, 'ship.s3') })
  if (options.directory !== undefined)
    targets.push({ kind: 'directory', option: 'ship.directory', path: resolve(options.directory) })
  const { maxBandwidth, syslog } = options
  return Object.freeze({
    targets,
    maxConcurrency: options.maxConcurrency ?? 2,
    maxBandwidth: maxBandwidth === undefined ? undefined : bytesOf(maxBandwidth, 'ship.maxBandwidth'),
    syslog: syslog === undefined ? undefined : syslogConfig(syslog),
    transports: options.transports ?? [],
  })
}

/**
 * @param name of the option: `ship.s3`, `--to`
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function s3Config(options: S3Options, name: string): S3Config {
  checkNames(options, S3, { prefix: `${name}.`, refused: S3_REFUSED })
  if (options.bucket === undefined) refuse(`${name}.bucket`, undefined, 'the name of a bucket')
  const { prefix = '' } = options
  return {
    ...options,
    option: name,
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    objectLock: options.objectLock ?? 'compliance',
    forcePathStyle: options.forcePathStyle ?? options.endpoint !== undefined,
  }
}

const TLS_PORT = 6514
const TCP_PORT = 601
const LOCAL0 = 16

function syslogConfig(options: SyslogOptions): SyslogConfig {
  checkNames(options, SYSLOG, { prefix: 'ship.syslog.' })
  const { host, tls = {}, facility } = options
  if (host === undefined) refuse('ship.syslog.host', undefined, 'the name or address of a server')
  if (tls === false && !isLoopback(host))
    throw new HushlogError('HUSHLOG_OPTION', `option ship.syslog.tls: false is for loopback only`, {
      hint: 'lines would cross the network in plain text: leave it out, and give the authority in tls.ca',
    })
  if (tls !== false)
    checkNames(
      tls,
      {},
      {
        prefix: 'ship.syslog.tls.',
        more: ['ca', 'cert', 'key', 'passphrase', 'servername'],
        refused: TLS_REFUSED,
      },
    )
  return {
    host,
    port: options.port ?? (tls === false ? TCP_PORT : TLS_PORT),
    tls,
    facility: facility === undefined ? LOCAL0 : facilityOf(facility, 'ship.syslog.facility'),
    appName: options.appName,
    maxWaiting: bytesOf(options.maxWaiting ?? '4 MB', 'ship.syslog.maxWaiting'),
  }
}

/** RFC 5424, table 1. */
const FACILITIES = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...['ntp', 'audit', 'alert', 'clock'],
  ...Array.from({ length: 8 }, (_, i) => `local${i}`),
]

function facilityOf(value: unknown, name: string): number {
  const number = typeof value === 'string' ? FACILITIES.indexOf(value) : value
  if (Number.isInteger(number) && (number as number) >= 0 && (number as number) < FACILITIES.length)
    return number as number
  return refuse(
    name,
    typeof value === 'string' ? new Shown(value) : value,
    `0 to 23, or ${FACILITIES.join(', ')}`,
  )
}

/** Whether a host is this one, by its name or address as it is written. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || isLoopbackV4(host)
}

function isLoopbackV4(host: string): boolean {
  const parts = host.split('.')
  const isNumber = (part: string) => String(Number(part)) === part && Number(part) >= 0 && Number(part) < 256
  return parts.length === 4 && parts[0] === '127' && parts.every(isNumber)
}

function safeUrl(value: unknown, name: string): void {
  text(value, name)
  if (!URL.canParse(value as string)) refuse(name, value, 'a URL like https://s3.example.com')
  const url = new URL(value as string)
  if (url.username !== '' || url.password !== '')
    refuse(name, new Shown('one with credentials'), "a URL without them: they come from the SDK's own chain")
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return
  throw new HushlogError(
    'HUSHLOG_OPTION',
    `option ${name} takes an https URL, got ${url.protocol}//${url.host}`,
    { hint: 'plain http is taken to loopback only: what is logged would cross the network in plain text' },
  )
}

/** It stands in the ledger and in errors: what somebody took for the place of credentials must not. */
function bucketName(value: unknown, name: string): void {
  text(value, name)
  const isPlain = [...(value as string)].every(
    (char) =>
      isBetween(char, 'a', 'z') ||
      isBetween(char, 'A', 'Z') ||
      isBetween(char, '0', '9') ||
      '.-_'.includes(char),
  )
  if (!isPlain)
    refuse(name, value, 'the name of a bucket: letters, digits, dots and hyphens', {
      hint: "of an access point its alias; credentials come from the SDK's own chain, not from here",
    })
}

function isBetween(char: string, first: string, last: string): boolean {
  return char >= first && char <= last
}

const LONGEST_PREFIX = 256

function keyPrefix(value: unknown, name: string): void {
  if (value === '') return
  printableText(LONGEST_PREFIX)(value, name)
  if ((value as string).startsWith('/') || (value as string).split('/').includes('..'))
    refuse(name, value, 'text like logs/shop, without a slash in front and without ..')
}

/** Printable characters of ASCII, no blank. */
function printableText(longest: number): Check {
  return (value, name) => {
    text(value, name)
    const isPrintable = [...(value as string)].every((char) => char > ' ' && char < '\x7f')
    if (!isPrintable || (value as string).length > longest)
      refuse(name, value, `${longest} printable characters of ASCII at most, without blanks`)
  }
}

function absolutePath(value: unknown, name: string): void {
  text(value, name)
  if (!isAbsolute(value as string)) refuse(name, value, 'an absolute path')
}

function wholeBetween(least: number, most: number): Check {
  return (value, name) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      refuse(name, value, `a whole number from ${least} to ${most}`)
  }
}
