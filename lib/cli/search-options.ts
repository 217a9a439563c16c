/**
 * What the options of `hushlog search` mean, as a query.
 */
import pino from 'pino'
import type { QueryOptions, StatusRange } from '../review/query.ts'
import { type Condition, OPERATORS, parseCondition } from '../review/where.ts'
import { type Arguments, type Option, printable, usage } from './command.ts'
import { momentOf } from './moment.ts'

/** Those that say what is searched for. */
export const QUERY_OPTIONS: Record<string, Option> = {
  since: { value: 'TIME', help: 'from then on: 2026-11-24, 2026-11-24T08:00:00Z, yesterday, 7d, 12h' },
  until: { value: 'TIME', help: 'up to then' },
  'request-id': { value: 'ID', multiple: true, help: 'all lines of a request, of all processes and hosts' },
  user: { value: 'NAME', multiple: true, help: 'of requests and audit records, or a user that a line names' },
  actor: { value: 'NAME', multiple: true, help: 'of audit records alone' },
  ip: { value: 'ADDRESS', multiple: true, help: 'the client that a line names' },
  operation: { value: 'NAME', multiple: true, help: "as lines have it: 'POST /orders'" },
  status: { value: 'STATUS', multiple: true, help: '500, 5xx, >=400; several with commas' },
  level: {
    value: 'LEVEL',
    help: 'that level and those above: trace, debug, info, warn, error, fatal or a number',
  },
  audit: {
    value: 'ACTION',
    optional: true,
    multiple: true,
    help: 'audit records: all, of an action, or auth.*',
  },
  outcome: { value: 'OUTCOME', multiple: true, help: 'of audit records: success, failure or denied' },
  kind: { value: 'KIND', multiple: true, help: 'access, audit, gap, or app for lines of the program' },
  service: { value: 'NAME', multiple: true, help: 'lines of this service' },
  host: { value: 'NAME', multiple: true, help: 'lines of this host' },
  where: { value: 'CONDITION', multiple: true, help: "on any field: 'res.statusCode>=500', msg~timeout" },
  'ignore-case': { help: 'TEXT in capitals and small letters of ASCII' },
  frames: { help: 'the first and last record of each segment too' },
}

/** @throws HushlogError `HUSHLOG_OPTION` for a value that is none */
export function queryOptions(args: Arguments): QueryOptions {
  const { values } = args
  const [since, until] = [momentOf(args, 'since'), momentOf(args, 'until')]
  if (since !== undefined && until !== undefined && since > until)
    throw usage('--until is before --since: nothing can lie between them')
  return {
    since,
    until,
    texts: args.operands.map(textOf),
    ignoreCase: args.has('ignore-case'),
    reqIds: values('request-id'),
    operations: values('operation'),
    users: values('user'),
    actors: values('actor'),
    addresses: values('ip'),
    statuses: values('status').flatMap((text) => text.split(',').map(statusOf)),
    level: levelOf(values('level')[0]),
    // Without a value each counts as any action.
    audit: args.has('audit') ? (values('audit').includes('') ? [] : values('audit')) : undefined,
    outcomes: values('outcome').map(outcomeOf),
    kinds: values('kind'),
    services: values('service'),
    hosts: values('host'),
    where: values('where').map(conditionOf),
    frames: args.has('frames'),
  }
}

function textOf(text: string): string {
  if (text !== '') return text
  throw usage('an empty TEXT stands in every line')
}

const OUTCOMES = ['success', 'failure', 'denied', 'unknown']

function outcomeOf(text: string): string {
  if (OUTCOMES.includes(text)) return text
  throw usage(`option --outcome takes success, failure or denied, got ${printable(text)}`)
}

function levelOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const named = Object.hasOwn(pino.levels.values, text.toLowerCase())
    ? pino.levels.values[text.toLowerCase()]
    : undefined
  const level = named ?? (isDigits(text) ? Number(text) : undefined)
  if (level !== undefined) return level
  const names = Object.keys(pino.levels.values).join(', ')
  throw usage(`option --level takes ${names} or a number, got ${printable(text)}`)
}

const BOUNDS: Record<string, (status: number) => StatusRange> = {
  '>=': (from) => ({ from, to: HIGHEST_LOGGED }),
  '<=': (to) => ({ from: LOWEST, to }),
  '>': (status) => ({ from: status + 1, to: HIGHEST_LOGGED }),
  '<': (status) => ({ from: LOWEST, to: status - 1 }),
  '': (status) => ({ from: status, to: status }),
}
const LOWEST = 100
const HIGHEST = 599
/** Programs log statuses that HTTP does not know; they are no less errors. */
const HIGHEST_LOGGED = 999

function statusOf(text: string): StatusRange {
  const digit = Number(text[0])
  if (text.length === 3 && text.slice(1).toLowerCase() === 'xx' && digit >= 1 && digit <= 5)
    return { from: digit * 100, to: digit * 100 + 99 }
  const sign = Object.keys(BOUNDS).find((one) => text.startsWith(one)) as string
  const number = text.slice(sign.length)
  const status = isDigits(number) ? Number(number) : Number.NaN
  if (status >= LOWEST && status <= HIGHEST) return BOUNDS[sign](status)
  throw usage(`option --status takes a status like 500, 5xx or '>=400', got ${printable(text)}`)
}

function conditionOf(text: string): Condition {
  const condition = parseCondition(text)
  if (condition !== undefined) return condition
  throw usage(
    `option --where takes a field, one of ${OPERATORS.join(' ')} and a value, got ${printable(text)}`,
    "for example --where 'res.statusCode>=500'",
  )
}

function isDigits(text: string): boolean {
  return text !== '' && text.length < 16 && [...text].every((digit) => digit >= '0' && digit <= '9')
}
