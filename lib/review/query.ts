/**
 * What is searched for: filters that must all hold, each with what it tells an index and a look at bare bytes.
 */
import { isIPv4 } from 'node:net'
import type { SegmentIndex, Term } from '../keep/search-index/segment-index.ts'
import type { Line } from './line.ts'
import { type Condition, meets } from './where.ts'

export interface Filter {
  holds(line: Line): boolean
  /** One of them is in each record for which it holds; undefined: it cannot tell. */
  terms?(index: SegmentIndex): Term[] | undefined
  /** One of them stands in the bytes of each line for which it holds. */
  needles?: readonly Buffer[]
  /** Its needles stand there when capitals of ASCII are small. */
  isFolded?: boolean
  /** The needle is the name of a member whose value is a number: whether it may hold for such a one. */
  admits?(value: number): boolean
  /** It holds for none but records that an index holds whole: audit records, gaps, the store's own. */
  isInExtract?: boolean
}

/** Times are milliseconds since the epoch; several values of one filter: any of them. */
export interface QueryOptions {
  /** From then on, and up to and with then. */
  since?: number | undefined
  until?: number | undefined
  /** Each stands in the line, as bytes. */
  texts?: readonly string[]
  /** Letters of ASCII in `texts` are the same in both cases. */
  ignoreCase?: boolean
  reqIds?: readonly string[]
  operations?: readonly string[]
  /** Of a request, of an audit record, or of the record's own. */
  users?: readonly string[]
  actors?: readonly string[]
  addresses?: readonly string[]
  statuses?: readonly StatusRange[]
  /** At least one of these levels is reached: pino's number. */
  level?: number | undefined
  /** Audit records: of these actions, of those that begin with `auth.` where one is `auth.*`; empty: of any. */
  audit?: readonly string[] | undefined
  outcomes?: readonly string[]
  kinds?: readonly string[]
  services?: readonly string[]
  hosts?: readonly string[]
  where?: readonly Condition[]
  /** First and last records of segments too. */
  frames?: boolean
}

/** Statuses from the one up to and with the other. */
export interface StatusRange {
  from: number
  to: number
}

export interface Query {
  since: number
  until: number
  filters: readonly Filter[]
  where: readonly Condition[]
  frames: boolean
  /** What to look for in bare bytes before a line is read; undefined: each line must be read. */
  needles: readonly Buffer[] | undefined
  /** They stand in `folded` bytes. */
  isFolded: boolean
  /** Whether a line matches in which a needle, as a name, has this number. */
  admits: ((value: number) => boolean) | undefined
  /** All that matches stands in the extract of an index. */
  isInExtract: boolean
}

/** No user, operation or field is asked for by less. */
const LEAST_NEEDLE = 3
const APP = 'app'
/** Kinds of records that no extract holds. */
const IN_MEMBERS = [APP, 'access', 'segment-start', 'segment-end']

export function makeQuery(options: QueryOptions): Query {
  const { since = -Infinity, until = Infinity, where = [], frames = false } = options
  const addresses = options.addresses?.flatMap(spellingsOf)
  const filters = FILTERS.flatMap((make) =>
    make({ ...options, ...(addresses === undefined ? {} : { addresses }) }),
  )
  const isInExtract = filters.some((filter) => filter.isInExtract === true)
  const { needles, admits, isFolded = false } = bestToLookFor(filters) ?? {}
  return { since, until, filters, where, frames, needles, isFolded, admits, isInExtract }
}

const MAPPED = '::ffff:'

/** A socket of both families writes an address of IPv4 as one of IPv6: whoever looks for one means both. */
function spellingsOf(address: string): string[] {
  if (isIPv4(address)) return [address, MAPPED + address]
  const inner = address.slice(MAPPED.length)
  return address.toLowerCase().startsWith(MAPPED) && isIPv4(inner) ? [inner, MAPPED + inner] : [address]
}

/** Whether a line is one of those that are searched for; its time is another's question. */
export function matches({ filters, frames }: Query, line: Line): boolean {
  for (let i = 0; i < filters.length; i++) if (!filters[i].holds(line)) return false
  return frames || !line.isFrame
}

/** A line is stamped before it is written, and a clock may be set back a little. */
const SLACK = 60_000

/** Members of a segment in which lines may match. */
export function membersFor(query: Query, index: SegmentIndex): number[] {
  const { since, until } = query
  return membersWith(query, index).filter((member) => {
    // Written so that what tells no time is looked at.
    const { first = Number.NaN, last = Number.NaN } = index.members[member]
    return !(last < since - SLACK) && !(first > until + SLACK)
  })
}

function membersWith({ filters, frames }: Query, index: SegmentIndex): number[] {
  const terms = filters.flatMap((filter) => {
    const found = filter.terms?.(index)
    return found === undefined ? [] : [found]
  })
  // A frame's terms are not promised to stand in an index.
  return frames ? [...index.members.keys()] : index.membersWith(terms)
}

type Make = (options: QueryOptions) => Filter[]

const FILTERS: readonly Make[] = [
  ({ texts = [], ignoreCase = false }) =>
    texts.map((text) => (ignoreCase ? foldedText(text) : plainText(text))),
  equal(
    'reqIds',
    (value) => [{ field: 'reqId', value }],
    (line) => [line.fields.text('reqId')],
  ),
  equal(
    'operations',
    (value) => [{ field: 'operation', value }],
    (line) => [line.fields.text('operation')],
  ),
  equal(
    'users',
    (value) => [{ field: 'user', value }],
    ({ fields }) => [fields.text('requestUser'), fields.text('actor'), fields.text('user')],
  ),
  equal(
    'actors',
    (value) => [{ field: 'user', value }],
    (line) => [line.fields.text('actor')],
  ),
  equal(
    'addresses',
    (value) => [{ field: 'address', value }],
    ({ fields }) => [
      fields.text('requestAddress'),
      fields.text('address'),
      isAudit(fields) ? fields.text('detailsAddress') : undefined,
    ],
  ),
  statusFilter,
  levelFilter,
  auditFilter,
  ({ outcomes = [] }) => (outcomes.length === 0 ? [] : [outcomeFilter(outcomes)]),
  kindFilter,
  ownField('services', 'service'),
  ownField('hosts', 'host'),
  ({ where = [] }) => where.map(whereFilter),
]

function equal(
  option: 'reqIds' | 'operations' | 'users' | 'actors' | 'addresses',
  term: (value: string) => Term[],
  found: (line: Line) => (string | undefined)[],
): Make {
  return ({ [option]: values = [] }) => {
    if (values.length === 0) return []
    return [
      {
        holds: (line) =>
          line.isRecord && found(line).some((text) => text !== undefined && values.includes(text)),
        terms: () => values.flatMap(term),
        ...needlesOf(values),
      },
    ]
  }
}

const AUDIT = Buffer.from('audit')

function isAudit(fields: Line['fields']): boolean {
  return fields.is('kind', AUDIT)
}

function plainText(text: string): Filter {
  const needle = Buffer.from(text)
  return { holds: ({ bytes }) => bytes.includes(needle), needles: [needle] }
}

function foldedText(text: string): Filter {
  const needle = folded(Buffer.from(text))
  return { holds: ({ bytes }) => folded(bytes).includes(needle), needles: [needle], isFolded: true }
}

/** Another buffer, in which the capitals of ASCII are small. */
export function folded(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let i = 0; i < copy.length; i++) if (copy[i] >= 0x41 && copy[i] <= 0x5a) copy[i] |= 0x20
  return copy
}

function statusFilter({ statuses = [] }: QueryOptions): Filter[] {
  if (statuses.length === 0) return []
  const classes = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((digit) =>
    statuses.some(({ from, to }) => from < (digit + 1) * 100 && to >= digit * 100),
  )
  const isWanted = (status: number) => statuses.some(({ from, to }) => status >= from && status <= to)
  return [
    {
      holds: ({ isRecord, fields }) => isRecord && isWanted(fields.statusCode),
      needles: [Buffer.from('statusCode')],
      admits: isWanted,
      terms: () => classes.map((digit) => ({ field: 'status', value: `${digit}xx` })),
    },
  ]
}

function levelFilter({ level }: QueryOptions): Filter[] {
  if (level === undefined) return []
  return [
    {
      holds: ({ isRecord, fields }) => isRecord && fields.level >= level,
      needles: [Buffer.from('level')],
      admits: (value) => value >= level,
      terms: ({ summary }) => {
        const levels = new Set(summary.hours.flatMap((hour) => Object.keys(hour.levels)))
        // A level that found no room in the summary is not known.
        if ([...levels].some((one) => Number.isNaN(Number(one)))) return undefined
        return [...levels].filter((one) => Number(one) >= level).map((value) => ({ field: 'level', value }))
      },
    },
  ]
}

const ANY_AFTER = '*'

function auditFilter({ audit }: QueryOptions): Filter[] {
  if (audit === undefined) return []
  const exact = audit.filter((action) => !action.endsWith(ANY_AFTER))
  const prefixes = audit.filter((action) => action.endsWith(ANY_AFTER)).map((action) => action.slice(0, -1))
  const isWanted = (action = '') =>
    audit.length === 0 || exact.includes(action) || prefixes.some((prefix) => action.startsWith(prefix))
  const isKnown = audit.length > 0 && prefixes.length === 0
  return [
    {
      holds: ({ isRecord, fields }) => isRecord && isAudit(fields) && isWanted(fields.text('action')),
      terms: () =>
        isKnown ? exact.map((value) => ({ field: 'action', value })) : [{ field: 'kind', value: 'audit' }],
      ...(isKnown ? needlesOf(exact) : { needles: [AUDIT] }),
      isInExtract: true,
    },
  ]
}

function outcomeFilter(outcomes: readonly string[]): Filter {
  return {
    holds: ({ isRecord, fields }) =>
      isRecord && isAudit(fields) && outcomes.includes(fields.text('outcome') ?? ''),
    terms: () => outcomes.map((value) => ({ field: 'outcome', value })),
    ...needlesOf(outcomes),
    isInExtract: true,
  }
}

function kindFilter({ kinds = [] }: QueryOptions): Filter[] {
  if (kinds.length === 0) return []
  return [
    {
      holds: ({ isRecord, fields }) =>
        isRecord && kinds.includes(fields.span('kind').from === -1 ? APP : (fields.text('kind') as string)),
      terms: () => kinds.map((value) => ({ field: 'kind', value })),
      ...(kinds.includes(APP) ? {} : needlesOf(kinds)),
      isInExtract: !kinds.some((kind) => IN_MEMBERS.includes(kind)),
    },
  ]
}

function ownField(option: 'services' | 'hosts', name: string): Make {
  return ({ [option]: values = [] }) => {
    if (values.length === 0) return []
    const holds = (line: Line) => values.includes(line.record()?.[name] as string)
    return [{ holds: (line) => line.isRecord && holds(line), ...needlesOf(values) }]
  }
}

function whereFilter(condition: Condition): Filter {
  return {
    holds: (line) => {
      const record = line.record()
      return record !== undefined && meets(record, condition)
    },
    ...(NEEDS_VALUE.has(condition.operator) ? needlesOf([writtenAlike(condition.value)]) : {}),
  }
}

/** Operators whose value stands in the line; numbers may be written in more ways than one. */
const NEEDS_VALUE: ReadonlySet<string> = new Set(['=', '~'])

/**
 * What stands in the bytes of a line in whose JSON a value stands. Encoders of other languages escape more than they
 * must, but none of them letters and digits: the longest run of these it is.
 */
function needlesOf(values: readonly string[]): { needles?: Buffer[] } {
  const runs = values.map(longestRun)
  return runs.some((run) => run.length < LEAST_NEEDLE) ? {} : { needles: runs.map((run) => Buffer.from(run)) }
}

const IN_NUMBERS = '0123456789+-.eE '

/** What of a value stands so in each line. An object is compared as its JSON, in which blanks and numbers may differ. */
function writtenAlike(value: string): string {
  const run = longestRun(value)
  const text = run.startsWith(':') ? run.slice(1) : run
  return !Number.isNaN(Number(value)) || [...text].every((one) => IN_NUMBERS.includes(one)) ? '' : text
}

function longestRun(value: string): string {
  let best = ''
  let start = 0
  for (let at = 0; at <= value.length; at++) {
    if (at < value.length && isPlain(value.charCodeAt(at))) continue
    if (at - start > best.length) best = value.slice(start, at)
    start = at + 1
  }
  return best
}

function isPlain(code: number): boolean {
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a
  return isLetter || (code >= 0x30 && code <= 0x39) || PUNCTUATION.includes(code)
}

const PUNCTUATION: readonly number[] = [...' _.:-'].map((character) => character.charCodeAt(0))

/** Of the filter that tells most: few needles, and long ones. */
function bestToLookFor(filters: readonly Filter[]): Filter | undefined {
  return filters.reduce<Filter | undefined>(
    (best, filter) => (worth(filter) > worth(best) ? filter : best),
    undefined,
  )
}

function worth({ needles = [] }: Pick<Filter, 'needles'> = {}): number {
  return needles.length === 0 ? 0 : Math.min(...needles.map(({ length }) => length)) / needles.length
}
