/**
 * The views that can be asked, in one table: each column, its type, and where in a record it is found.
 */
import { jsonOf, lineJson } from './json.ts'

export type ViewName = 'access' | 'audit' | 'app' | 'gaps'

/** Times are in UTC. */
export type ColumnType = 'TIMESTAMP' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'VARCHAR' | 'JSON'

/** Of `TIMESTAMP`: milliseconds since the epoch. */
export type Cell = string | number | boolean | null

export interface Column {
  name: string
  type: ColumnType
  cell(row: Row): Cell
}

/** One line, or one gap that the ledger tells. */
export interface Row {
  view: ViewName
  record: Fields
  /** The line; undefined for what the ledger tells. */
  text: string | undefined
  /** Nested so deep that no JSON of it is shown. */
  isDeep: boolean
  origin: Origin
  /** Of gaps: who tells of it. */
  source?: 'log' | 'ledger' | 'both'
}

export interface Origin {
  /** The log directory, as it was given. */
  directory: string
  /** The segment's name; null for what the ledger tells. */
  segment: string | null
  /** Whether a sealed segment is the one that the ledger lists; null where that cannot be said. */
  trusted: boolean | null
}

export type Fields = Record<string, unknown>

const KIND_VIEWS = new Map<unknown, ViewName>([
  ['access', 'access'],
  ['audit', 'audit'],
  ['gap', 'gaps'],
])
const FRAMES = new Set<unknown>(['segment-start', 'segment-end'])

/** Which view has a record; undefined for the first and the last of a segment, which the store adds. */
export function viewOf(record: Fields): ViewName | undefined {
  const { kind } = record
  if (FRAMES.has(kind) && isObject(record.segment)) return undefined
  return KIND_VIEWS.get(kind) ?? 'app'
}

/** What the text of each line of a view holds somewhere, unless an escape stands in it; undefined: any line may be one. */
export function signOf(view: ViewName): string | undefined {
  const kind = [...KIND_VIEWS].find(([, name]) => name === view)?.[0]
  return kind === undefined ? undefined : JSON.stringify(kind)
}

const LEVELS: Record<string, number> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

const CELLS: Record<ColumnType, (value: unknown) => Cell> = {
  TIMESTAMP: timeIn,
  INTEGER: (value) =>
    Number.isInteger(value) && Math.abs(value as number) < 2 ** 31 ? (value as number) : null,
  BIGINT: (value) => (Number.isSafeInteger(value) ? (value as number) : null),
  DOUBLE: (value) => (typeof value === 'number' ? value : null),
  BOOLEAN: (value) => (typeof value === 'boolean' ? value : null),
  VARCHAR: textOf,
  JSON: (value) => (value === undefined ? null : jsonOf(value)),
}

/** Milliseconds since the epoch of what stands in a record: ISO 8601 or a number; null for anything else. */
export function timeIn(value: unknown): number | null {
  const time = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Math.abs(time) <= 8.64e15 ? Math.trunc(time) : null
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? null : jsonOf(value)
}

function column(name: string, type: ColumnType, find: (record: Fields) => unknown): Column {
  const toCell = CELLS[type]
  const hasJson = type === 'JSON' || type === 'VARCHAR'
  return {
    name,
    type,
    cell: ({ record, isDeep }) => {
      const value = find(record)
      return isDeep && hasJson && isObject(value) ? null : toCell(value)
    },
  }
}

/** A member of a value that may be anything. */
function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function isObject(value: unknown): value is Fields {
  return value !== null && typeof value === 'object'
}

const own = (name: string, type: ColumnType, from: string = name) =>
  column(name, type, (record) => member(record, from))

const inside = (name: string, type: ColumnType, object: string, from: string) =>
  column(name, type, (record) => member(member(record, object), from))

const COMMON: Column[] = [
  own('time', 'TIMESTAMP'),
  column('level', 'INTEGER', (record) => {
    const level = member(record, 'level')
    return typeof level === 'string' && Object.hasOwn(LEVELS, level) ? LEVELS[level] : level
  }),
  own('service', 'VARCHAR'),
  own('host', 'VARCHAR'),
  own('pid', 'INTEGER'),
  own('operation', 'VARCHAR'),
  own('req_id', 'VARCHAR', 'reqId'),
]

const ERROR: Column[] = [
  inside('err_type', 'VARCHAR', 'err', 'type'),
  inside('err_message', 'VARCHAR', 'err', 'message'),
]

const ORIGIN: Column[] = [
  own('msg', 'VARCHAR'),
  {
    name: 'line',
    type: 'JSON',
    cell: ({ text, record, isDeep }) => (text === undefined || isDeep ? null : lineJson(text, record)),
  },
  { name: 'directory', type: 'VARCHAR', cell: ({ origin }) => origin.directory },
  { name: 'segment', type: 'VARCHAR', cell: ({ origin }) => origin.segment },
  { name: 'trusted', type: 'BOOLEAN', cell: ({ origin }) => origin.trusted },
]

/** What `fields` of the view `app` leaves out: it has columns of its own. */
const STAMPED = new Set(['time', 'level', 'service', 'host', 'pid', 'operation', 'reqId', 'kind', 'msg'])

export const VIEWS: Record<ViewName, readonly Column[]> = {
  access: [
    ...COMMON,
    inside('method', 'VARCHAR', 'req', 'method'),
    inside('url', 'VARCHAR', 'req', 'url'),
    inside('remote_address', 'VARCHAR', 'req', 'remoteAddress'),
    inside('user_name', 'VARCHAR', 'req', 'user'),
    inside('status', 'INTEGER', 'res', 'statusCode'),
    inside('content_length', 'BIGINT', 'res', 'contentLength'),
    own('response_time_ms', 'DOUBLE', 'responseTime'),
    column('aborted', 'BOOLEAN', (record) => member(record, 'aborted') === true),
    ...ERROR,
    ...ORIGIN,
  ],
  audit: [
    ...COMMON,
    own('action', 'VARCHAR'),
    own('actor', 'VARCHAR'),
    own('target', 'VARCHAR'),
    own('outcome', 'VARCHAR'),
    own('reason', 'VARCHAR'),
    column(
      'remote_address',
      'VARCHAR',
      (record) => member(member(record, 'details'), 'remoteAddress') ?? member(record, 'remoteAddress'),
    ),
    own('details', 'JSON'),
    ...ORIGIN,
  ],
  app: [
    ...COMMON,
    own('kind', 'VARCHAR'),
    ...ERROR,
    {
      name: 'fields',
      type: 'JSON',
      cell: ({ record, isDeep }) =>
        isDeep
          ? null
          : jsonOf(Object.fromEntries(Object.entries(record).filter(([name]) => !STAMPED.has(name)))),
    },
    ...ORIGIN,
  ],
  gaps: [
    ...COMMON,
    own('reason', 'VARCHAR'),
    own('count', 'BIGINT'),
    own('levels', 'JSON'),
    own('first', 'TIMESTAMP'),
    own('last', 'TIMESTAMP'),
    { name: 'source', type: 'VARCHAR', cell: ({ source }) => source ?? null },
    ...ORIGIN,
  ],
}

export const VIEW_NAMES = Object.keys(VIEWS) as ViewName[]
