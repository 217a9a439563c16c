/**
 * A program's own rules, checked: each must be told from the built-in ones and must not match everything. No error
 * shows a prefix, which may be part of a secret.
 */
import { checkFields, refuse } from '../checks.ts'
import { HushlogError } from '../errors.ts'
import type { TokenRule } from '../types.ts'
import { bytesOf, CLASS, SETS } from './bytes.ts'
import { isId } from './registered.ts'
import { builtInIds, DEFAULT_MIN } from './rules.ts'

const SHORTEST_PREFIX = 3
const LONGEST_PREFIX = 256
const MOST_RULES = 1000
const OWN_SETS = ['hex', 'alnum', 'alnum-', 'base64', 'base64url'] as const
const FIELDS = ['id', 'prefix', 'set', 'minLength', 'maxLength']

const NO_PATTERN = {
  hint: 'a regular expression that backtracks hangs the program on hostile input; a rule is a prefix, a set of characters and a length',
}

/** @throws HushlogError `HUSHLOG_OPTION` for the first rule that is wrong */
export function checkOwnRules(rules: readonly TokenRule[]): void {
  if (rules.length > MOST_RULES) refuse('scrub.rules', rules.length, `${MOST_RULES} rules at most`)
  const taken = builtInIds()
  for (let i = 0; i < rules.length; i++) checkRule(rules[i], `scrub.rules[${i}]`, taken)
}

function checkRule(rule: TokenRule, name: string, taken: ReadonlySet<string>): void {
  const pattern = [rule, rule?.prefix as unknown].find((value) => value instanceof RegExp)
  if (pattern !== undefined)
    throw wrong(`option ${name} takes a literal prefix, got a regular expression`, NO_PATTERN.hint)
  if (rule === null || typeof rule !== 'object' || Array.isArray(rule))
    refuse(name, rule, 'an object with an id and a prefix')
  checkFields(rule, FIELDS, `${name}.`)
  checkRuleId(rule.id, name, taken)
  checkPrefix(rule.prefix, name)
  if (rule.set !== undefined && !OWN_SETS.includes(rule.set))
    refuse(`${name}.set`, rule.set, `one of ${OWN_SETS.map((set) => JSON.stringify(set)).join(', ')}`)
  checkLengths(rule, name)
  checkHarm(rule, name)
}

function checkRuleId(id: unknown, name: string, taken: ReadonlySet<string>): void {
  if (typeof id !== 'string' || !isId(id)) refuse(`${name}.id`, id, '1 to 32 of a-z, 0-9 and -')
  if (!taken.has(id)) return
  throw wrong(`option ${name}.id takes a name of its own, got "${id}", which a built-in rule has`)
}

function checkPrefix(prefix: unknown, name: string): void {
  const length = typeof prefix === 'string' ? Buffer.byteLength(prefix) : Number.NaN
  if (!(length >= SHORTEST_PREFIX && length <= LONGEST_PREFIX)) {
    const got = Number.isNaN(length) ? prefix : length
    refuse(`${name}.prefix`, got, `text of ${SHORTEST_PREFIX} to ${LONGEST_PREFIX} bytes`, {
      hint: 'a shorter prefix occurs in ordinary text all the time',
    })
  }
  for (const byte of bytesOf(prefix as string)) {
    if (byte >= 0x20 && byte !== 0x22 && byte !== 0x5c && byte !== 0x7f) continue
    throw wrong(
      `option ${name}.prefix takes text without quotes, backslashes and control characters`,
      'those are written with escapes in a line of JSON, and quotes stand around everything in it',
    )
  }
}

function checkLengths({ minLength, maxLength }: TokenRule, name: string): void {
  const isLength = (value: unknown) => Number.isInteger(value) && (value as number) >= 1
  if (minLength !== undefined && !isLength(minLength))
    refuse(`${name}.minLength`, minLength, 'a whole number from 1')
  const least = minLength ?? DEFAULT_MIN
  if (maxLength !== undefined && !(isLength(maxLength) && maxLength >= least))
    refuse(`${name}.maxLength`, maxLength, `a whole number from minLength (${least})`)
}

/** A rule that cuts times, ids and names from every line would leave a log that says nothing. */
function checkHarm(rule: TokenRule, name: string): void {
  const set = SETS[rule.set ?? 'alnum-']
  const prefix = rule.prefix
  for (const text of ordinaryTexts()) {
    for (let at = text.indexOf(prefix); at !== -1; at = text.indexOf(prefix, at + 1)) {
      const from = at + prefix.length
      let to = from
      while (to < text.length && (CLASS[text.charCodeAt(to)] & set) !== 0) to++
      const length = to - from
      if (length < (rule.minLength ?? DEFAULT_MIN) || length > (rule.maxLength ?? Number.POSITIVE_INFINITY))
        continue
      throw wrong(
        `option ${name} would cut the time or the ids from every line`,
        'take a longer prefix that stands in no ordinary text, or a larger minLength',
      )
    }
  }
}

const YEAR = 365 * 86_400_000

/** What stands in every line, now and in the years to come: its names, the time, and ids that are made from the time. */
function ordinaryTexts(): string[] {
  const names =
    'level time service host pid operation process reqId kind access audit msg req method url remoteAddress user res statusCode ' +
    'contentLength responseTime err type message stack code info error warn debug'
  const times = [0, 1, 2, 3].map((years) => Date.now() + years * YEAR)
  return [
    ...names.split(' '),
    ...times.map((time) => new Date(time).toISOString()),
    ...times.map(
      (time) =>
        `${time.toString(16).padStart(12, '0').slice(0, 8)}-${time.toString(16).padStart(12, '0').slice(8)}-7000-8000-000000000000`,
    ),
  ]
}

function wrong(message: string, hint?: string): HushlogError {
  return new HushlogError('HUSHLOG_OPTION', message, hint === undefined ? {} : { hint })
}
