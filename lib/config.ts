/**
 * Options, checked once at the start. A wrong one is told by its name, what it got and what it takes.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import {
  bytesOf,
  type Check,
  callable,
  checkNames,
  flag,
  millisecondsOf,
  names,
  object,
  oneOf,
  piiKinds,
  positive,
  refuse,
  secretKey,
  text,
  textOrTexts,
  texts,
} from './checks.ts'
import { HushlogError } from './errors.ts'
import { type ShipConfig, shipConfig } from './ship-config.ts'
import type { HushlogOptions, PinoOptions, ScrubOptions, StdoutMode, StorageOptions } from './types.ts'

export interface StorageConfig {
  dir: string
  /** Whether the program named the directory: then failing to use it is an error. */
  explicit: boolean
  maxSize: number
  maxAge: number
  keepDays: number
  durability: 'turn' | 'line' | 'buffer'
  /** As given: lib/keep/recipients.ts checks what they are. */
  encryptTo: string | string[]
  onFull: 'drop' | 'block' | 'exit'
  keeper: 'worker' | 'external'
}

export interface Config {
  service: string
  host: string
  pino: PinoOptions
  stdout: StdoutMode | undefined
  scrub: ScrubOptions
  storage: StorageConfig | false
  /** Undefined: nothing leaves the host. */
  ship: ShipConfig | undefined
  onError: HushlogOptions['onError']
}

export const LEAST_KEEP_DAYS = 90
const DEFAULT_MAX_SIZE = 64 * 1024 * 1024
const DAY = 86_400_000

const STDOUT_MODES = [true, false, 'json', 'pretty', 'common']
const OWN: Record<string, Check> = {
  service: text,
  stdout: oneOf(STDOUT_MODES),
  scrub: object,
  storage: (value, name) => value === false || object(value, name, 'false or an object'),
  ship: object,
  onError: callable,
}

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
  encryptTo: textOrTexts,
  onFull: oneOf(['drop', 'block', 'exit']),
  sign: oneOf([true]),
  keeper: oneOf(['worker', 'external']),
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

/**
 * Checks the options and fills in what is missing.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function checkOptions(options: HushlogOptions = {}): Config {
  if (options === null || typeof options !== 'object') refuse('options', options, 'an object')
  checkNames(options, OWN, { more: PINO, refused: REFUSED, prefix: '' })
  const scrub = options.scrub ?? {}
  checkScrub(scrub)
  const storage = options.storage ?? {}
  if (storage !== false) checkNames(storage, STORAGE, { prefix: 'storage.' })
  const ship = options.ship === undefined ? undefined : shipConfig(options.ship)
  if (ship !== undefined) checkShipped(ship, storage)
  return Object.freeze({
    service: options.service ?? serviceName(),
    host: hostname() || 'localhost',
    pino: pinoOptions(options),
    stdout: options.stdout,
    scrub,
    storage: storage === false ? false : storageConfig(storage),
    ship,
    onError: options.onError,
  })
}

/** What is shipped is what is kept here. */
function checkShipped({ targets }: ShipConfig, storage: false | StorageOptions): void {
  const [name] = targets.map(({ option }) => option)
  if (name === undefined) return
  if (storage === false)
    throw new HushlogError('HUSHLOG_OPTION', `option ${name} does nothing with storage: false`, {
      hint: 'what is shipped is what is kept here first',
    })
  if (storage.keeper === 'external')
    throw new HushlogError('HUSHLOG_OPTION', `option ${name} does nothing with keeper: 'external'`, {
      hint: 'give it to the keeper: hushlog keep --to TARGET',
    })
}

/**
 * Checks the options of the scrubber, as far as no rule of it is needed for that.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function checkScrub(options: ScrubOptions): void {
  object(options, 'scrub')
  checkNames(options, SCRUB, { prefix: 'scrub.' })
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
  if (options.keeper === 'external' && options.encryptTo !== undefined) {
    throw new HushlogError(
      'HUSHLOG_OPTION',
      "option storage.encryptTo does nothing with keeper: 'external'",
      {
        hint: 'give it to the keeper: hushlog keep --encrypt-to RECIPIENT',
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
    encryptTo: options.encryptTo ?? [],
    onFull: options.onFull ?? 'drop',
    keeper: options.keeper ?? 'worker',
  })
}

function pinoOptions(options: HushlogOptions): PinoOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => PINO.includes(name)))
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

/** The name in the package.json of a folder or the nearest above it. */
export function nameAbove(start: string): string | undefined {
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
