/**
 * What options are checked with. A wrong one is told by its name, what it got and what it takes.
 */
import { HushlogError } from './errors.ts'

/** Checks one option; throws for what it does not take. */
export type Check = (value: unknown, name: string) => void

const PII_KINDS = ['email', 'phone', 'ip']
const SHORTEST_KEY = 16
const LEAST_SIZE = 1024
const LEAST_AGE = 1000
const DAY = 86_400_000

/**
 * Checks that an object has no fields but these.
 * @throws HushlogError `HUSHLOG_OPTION`, with the nearest known name
 */
export function checkFields(value: object, known: readonly string[], prefix: string): void {
  checkNames(value, {}, { more: known, prefix })
}

interface Names {
  /** Stands before each name: `storage.` */
  prefix: string
  /** Taken as they are. */
  more?: readonly string[]
  /** Not taken, and what to use instead. */
  refused?: Record<string, string>
}

/**
 * Checks each field of an object by its name, and that it has no others.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function checkNames(options: object, checks: Record<string, Check>, names: Names): void {
  const { prefix, more = [] } = names
  for (const [name, value] of Object.entries(options)) {
    if (more.includes(name) || (value === undefined && Object.hasOwn(checks, name))) continue
    if (Object.hasOwn(checks, name)) checks[name](value, prefix + name)
    else throw unknownOption(name, [...Object.keys(checks), ...more], names)
  }
}

function unknownOption(
  name: string,
  known: readonly string[],
  { prefix, refused = {} }: Names,
): HushlogError {
  const full = prefix + name
  const instead = Object.hasOwn(refused, name) ? refused[name] : undefined
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

export function bytesOf(value: unknown, name: string): number {
  return measure(value, name, SIZES, LEAST_SIZE, 'a number of bytes from 1024, or text like "64 MB"')
}

export function millisecondsOf(value: unknown, name: string): number {
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

export function text(value: unknown, name: string): void {
  if (typeof value !== 'string' || value === '') refuse(name, value, 'text that is not empty')
}

export function texts(value: unknown, name: string): void {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string' && item !== '')) {
    refuse(name, value, 'an array of texts that are not empty')
  }
}

export function textOrTexts(value: unknown, name: string): void {
  if (typeof value === 'string' && value !== '') return
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string' && item !== ''))
    refuse(name, value, 'text that is not empty, or an array of such')
}

/** Names of members: each must hold a letter or a digit, for the rest of it does not count. */
export function names(value: unknown, name: string): void {
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

export function piiKinds(value: unknown, name: string): void {
  if (typeof value === 'boolean') return
  const isKnown = Array.isArray(value) && value.length > 0 && value.every((kind) => PII_KINDS.includes(kind))
  if (!isKnown)
    refuse(
      name,
      value,
      `true, false or an array of ${PII_KINDS.map((kind) => JSON.stringify(kind)).join(', ')}`,
    )
}

export function secretKey(value: unknown, name: string): void {
  if (value instanceof Uint8Array && value.length >= SHORTEST_KEY) return
  const got = value instanceof Uint8Array ? new Shown(`${value.length}`) : value
  refuse(name, got, `a Buffer of ${SHORTEST_KEY} bytes or more`, {
    hint: 'crypto.randomBytes(32) makes one; keep it where no log is kept',
  })
}

export function flag(value: unknown, name: string): void {
  if (typeof value !== 'boolean') refuse(name, value, 'true or false')
}

export function callable(value: unknown, name: string): void {
  if (typeof value !== 'function') refuse(name, value, 'a function')
}

export function object(value: unknown, name: string, takes = 'an object'): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) refuse(name, value, takes)
}

export function positive(value: unknown, name: string): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
    refuse(name, value, 'a number of days above 0')
}

export function oneOf(known: readonly unknown[]): Check {
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
export class Shown {
  readonly text: string
  constructor(text: string) {
    this.text = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
  }
}

/** What was given, as far as it can be no secret: a number, a boolean, one of a few words; else its type. */
function shown(value: unknown): string {
  if (value instanceof Shown) return JSON.stringify(value.text)
  if (value === undefined) return 'nothing'
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value === '' ? 'empty text' : `text of ${value.length} characters`
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
