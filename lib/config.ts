/**
 * Options, checked once at the start. A wrong one is told by its name, what it got and what it takes.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { HushlogError } from './errors.ts'
import type { HushlogOptions, PinoOptions, ScrubOptions, StdoutMode, StorageOptions } from './types.ts'

export interface StorageConfig {
  dir: string
  /** Whether the program named the directory: then failing to use it is an error. */
  explicit: boolean
  maxSize: number
  maxAge: number
  keepDays: number
  durability: 'turn' | 'line' | 'buffer'
  onFull: 'drop' | 'block' | 'exit'
}

export interface Config {
  service: string
  host: string
  pino: PinoOptions
  stdout: StdoutMode | undefined
  scrub: ScrubOptions
  storage: StorageConfig | false
  onError: HushlogOptions['onError']
}

type Check = (value: unknown, name: string) => void

export const LEAST_KEEP_DAYS = 90
const DEFAULT_MAX_SIZE = 64 * 1024 * 1024
const DAY = 86_400_000
const LEAST_SIZE = 1024
const LEAST_AGE = 1000

const STDOUT_MODES = [true, false, 'json', 'pretty', 'common']
const OWN: Record<string, Check> = {
  service: text,
  stdout: oneOf(STDOUT_MODES),
  scrub: object,
  storage: (value, name) => value === false || object(value, name, 'false or an object'),
  onError: callable,
}

const PII_KINDS = ['email', 'phone', 'ip']
const SHORTEST_KEY = 16

const SCRUB: Record<string, Check> = {
  keys: names,
  allowKeys: names,
  rules: (value, name) => Array.isArray(value) || refuse(name, value, 'an array of rules'),
  hide: texts,
  env: flag,
  pii: piiKinds,
  correlate: secretKey,
  onScrub: callable,
}

const STORAGE: Record<string, Check> = {
  dir: text,
  maxSize: (value, name) => bytesOf(value, name),
  maxAge: (value, name) => millisecondsOf(value, name),
  keepDays: (value, name) => positive(value, name),
  allowShortRetention: flag,
  durability: oneOf(['turn', 'line', 'buffer']),
  onFull: oneOf(['drop', 'block', 'exit']),
}

/** pino's options that pass through as they are; pino checks them itself. */
const PINO = (
  'level levelComparison customLevels useOnlyCustomLevels levelVal mixin mixinMergeStrategy redact serializers formatters hooks ' +
  'base msgPrefix messageKey errorKey nestedKey depthLimit edgeLimit onChild safe enabled'
).split(' ')

/** Options that would break a promise of every line, and what to use instead. */
const REFUSED: Record<string, string> = {
  timestamp: 'every line bears its time in ISO 8601 and UTC; read it from there',
  transport: 'a transport would lead lines around the gate',
  browser: 'hushlog runs in Node.js',
  name: 'use "service", which stands in every line',
  crlf: 'lines end in one line feed',
  prettyPrint: "use stdout: 'pretty'",
}

/** In the contract, and not in this version. Taking them silently would promise what is not kept. */
const LATER: Record<string, string> = {
  ship: 'sealed segments are not shipped yet',
  'storage.encryptTo': 'sealed segments are not encrypted yet: keep the directory on an encrypted volume',
  'storage.sign': 'the ledger is chained but not signed yet',
  'storage.keeper': 'segments are sealed in this process for now',
}

/**
 * Checks the options and fills in what is missing.
 * @throws HushlogError `HUSHLOG_OPTION` or, for what is still to come, `HUSHLOG_UNAVAILABLE`
 */
export function checkOptions(options: HushlogOptions = {}): Config {
  if (options === null || typeof options !== 'object') refuse('options', options, 'an object')
  checkNames(options, OWN, PINO, '')
  const scrub = options.scrub ?? {}
  checkScrub(scrub)
  const storage = options.storage ?? {}
  if (storage !== false) checkNames(storage, STORAGE, [], 'storage.')
  return Object.freeze({
    service: options.service ?? serviceName(),
    host: hostname() || 'localhost',
    pino: pinoOptions(options),
    stdout: options.stdout,
    scrub,
    storage: storage === false ? false : storageConfig(storage),
    onError: options.onError,
  })
}

/**
 * Checks the options of the scrubber, as far as no rule of it is needed for that.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function checkScrub(options: ScrubOptions): void {
  object(options, 'scrub')
  checkNames(options, SCRUB, [], 'scrub.')
}

/**
 * Checks that an object has no fields but these.
 * @throws HushlogError `HUSHLOG_OPTION`, with the nearest known name
 */
export function checkFields(value: object, known: readonly string[], prefix: string): void {
  checkNames(value, {}, known, prefix)
}

function storageConfig(options: StorageOptions): StorageConfig {
  const keepDays = options.keepDays ?? LEAST_KEEP_DAYS
  if (keepDays < LEAST_KEEP_DAYS && options.allowShortRetention !== true) {
    throw new HushlogError(
      'HUSHLOG_OPTION',
      `option storage.keepDays takes ${LEAST_KEEP_DAYS} or more, got ${keepDays}`,
      {
        hint: 'for a shorter retention put allowShortRetention: true beside it',
      },
    )
  }
  return Object.freeze({
    dir: resolve(options.dir ?? 'logs'),
    explicit: options.dir !== undefined,
    maxSize: options.maxSize === undefined ? DEFAULT_MAX_SIZE : bytesOf(options.maxSize, 'storage.maxSize'),
    maxAge: options.maxAge === undefined ? DAY : millisecondsOf(options.maxAge, 'storage.maxAge'),
    keepDays,
    durability: options.durability ?? 'turn',
    onFull: options.onFull ?? 'drop',
  })
}

function pinoOptions(options: HushlogOptions): PinoOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => PINO.includes(name)))
}

function checkNames(
  options: object,
  checks: Record<string, Check>,
  more: readonly string[],
  prefix: string,
): void {
  for (const [name, value] of Object.entries(options)) {
    const full = prefix + name
    if (Object.hasOwn(LATER, full)) {
      throw new HushlogError('HUSHLOG_UNAVAILABLE', `option ${full} is not in this version: ${LATER[full]}`)
    }
    if (more.includes(name) || (value === undefined && Object.hasOwn(checks, name))) continue
    if (Object.hasOwn(checks, name)) checks[name](value, full)
    else throw unknownOption(full, name, [...Object.keys(checks), ...more], prefix)
  }
}

function unknownOption(full: string, name: string, known: readonly string[], prefix: string): HushlogError {
  const instead = prefix === '' && Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined
  const near = nearest(name, known)
  const hint =
    instead ?? (near === undefined ? `known are ${known.join(', ')}` : `did you mean ${prefix}${near}?`)
  return new HushlogError(
    'HUSHLOG_OPTION',
    `option ${full} is ${instead === undefined ? 'unknown' : 'not taken'}: ${hint}`,
    { hint },
  )
}

const MAX_DISTANCE = 2

/** The known name that is at most two edits away, whatever the case. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let least = MAX_DISTANCE + 1
  for (const candidate of known) {
    const edits = distance(name.toLowerCase().slice(0, 64), candidate.toLowerCase())
    if (edits < least) {
      best = candidate
      least = edits
    }
  }
  return best
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, swap))
    }
    row = next
  }
  return row[b.length]
}

const SIZES: Record<string, number> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }
const TIMES: Record<string, number> = {
  ms: 1,
  s: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: DAY,
  day: DAY,
  days: DAY,
}

function bytesOf(value: unknown, name: string): number {
  return measure(value, name, SIZES, LEAST_SIZE, 'a number of bytes from 1024, or text like "64 MB"')
}

function millisecondsOf(value: unknown, name: string): number {
  return measure(value, name, TIMES, LEAST_AGE, 'a number of milliseconds from 1000, or text like "1 day"')
}

function measure(
  value: unknown,
  name: string,
  units: Record<string, number>,
  least: number,
  takes: string,
): number {
  const amount = typeof value === 'string' ? withUnit(value, units) : value
  if (typeof amount === 'number' && Number.isFinite(amount) && amount >= least) return Math.floor(amount)
  return refuse(name, typeof value === 'string' ? new Shown(value) : value, takes)
}

/** `64 MB`: a number, perhaps a blank, a unit. */
function withUnit(text: string, units: Record<string, number>): number {
  let end = 0
  while (end < text.length && (text[end] === '.' || (text[end] >= '0' && text[end] <= '9'))) end++
  const unit = units[text.slice(end).trim().toLowerCase()]
  return end === 0 || unit === undefined ? Number.NaN : Number(text.slice(0, end)) * unit
}

function text(value: unknown, name: string): void {
  if (typeof value !== 'string' || value === '') refuse(name, value, 'text that is not empty')
}

function texts(value: unknown, name: string): void {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string' && item !== '')) {
    refuse(name, value, 'an array of texts that are not empty')
  }
}

/** Names of members: each must hold a letter or a digit, for the rest of it does not count. */
function names(value: unknown, name: string): void {
  const isPattern = (item: unknown) => item instanceof RegExp
  if (isPattern(value) || (Array.isArray(value) && value.some(isPattern)))
    refuse(name, new Shown('a regular expression'), 'an array of names', {
      hint: 'names are compared by word, whatever their case and separators: clientSecret is client_secret',
    })
  texts(value, name)
  const isEmpty = (item: string) => item.length > LONGEST_NAME || !hasLetter(item)
  if ((value as string[]).some(isEmpty))
    refuse(name, value, `names of ${LONGEST_NAME} characters at most, with a letter or a digit`)
}
const LONGEST_NAME = 128

function hasLetter(text: string): boolean {
  for (const character of text) {
    const isDigit = character >= '0' && character <= '9'
    if (isDigit || character.toLowerCase() !== character.toUpperCase() || character > '\u00a0') return true
  }
  return false
}

function piiKinds(value: unknown, name: string): void {
  if (typeof value === 'boolean') return
  const isKnown = Array.isArray(value) && value.length > 0 && value.every((kind) => PII_KINDS.includes(kind))
  if (!isKnown)
    refuse(
      name,
      value,
      `true, false or an array of ${PII_KINDS.map((kind) => JSON.stringify(kind)).join(', ')}`,
    )
}

function secretKey(value: unknown, name: string): void {
  if (value instanceof Uint8Array && value.length >= SHORTEST_KEY) return
  const got = value instanceof Uint8Array ? new Shown(`${value.length}`) : value
  refuse(name, got, `a Buffer of ${SHORTEST_KEY} bytes or more`, {
    hint: 'crypto.randomBytes(32) makes one; keep it where no log is kept',
  })
}

function flag(value: unknown, name: string): void {
  if (typeof value !== 'boolean') refuse(name, value, 'true or false')
}

function callable(value: unknown, name: string): void {
  if (typeof value !== 'function') refuse(name, value, 'a function')
}

function object(value: unknown, name: string, takes = 'an object'): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) refuse(name, value, takes)
}

function positive(value: unknown, name: string): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
    refuse(name, value, 'a number of days above 0')
}

function oneOf(known: readonly unknown[]): Check {
  const takes = known.map((item) => JSON.stringify(item)).join(', ')
  return (value, name) => {
    if (!known.includes(value))
      refuse(name, typeof value === 'string' ? new Shown(value) : value, `one of ${takes}`)
  }
}

/** @throws HushlogError `HUSHLOG_OPTION` that says what an option takes and, as far as it can be no secret, what it got */
export function refuse(name: string, value: unknown, takes: string, more: { hint?: string } = {}): never {
  throw new HushlogError('HUSHLOG_OPTION', `option ${name} takes ${takes}, got ${shown(value)}`, more)
}

const MAX_SHOWN = 40

/** Text that can hold no secret, since the option takes one of a few words or a measure. */
class Shown {
  readonly text: string
  constructor(text: string) {
    this.text = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
  }
}

/** What was given, as far as it can be no secret: a number, a boolean, one of a few words; else its type. */
function shown(value: unknown): string {
  if (value instanceof Shown) return JSON.stringify(value.text)
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value === '' ? 'empty text' : `text of ${value.length} characters`
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** The name in the package.json nearest to the program. */
function serviceName(): string {
  const program = process.argv[1]
  for (const start of [program === undefined ? undefined : dirname(program), process.cwd()]) {
    const name = start === undefined ? undefined : nameAbove(start)
    if (name !== undefined) return name
  }
  return 'app'
}

function nameAbove(start: string): string | undefined {
  let dir = resolve(start)
  for (;;) {
    try {
      const { name } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
      if (typeof name === 'string' && name !== '') return name
    } catch {
      // No package.json here, or one that says nothing: look further up.
    }
    if (dir === dirname(dir)) return undefined
    dir = dirname(dir)
  }
}
