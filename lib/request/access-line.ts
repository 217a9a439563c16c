import { type LineFields, type LineWriter, lineWriter } from './common-log-layout.ts'
import { MONTHS, packageLogString } from './common-log-package.ts'
import { bareField, quotedField } from './escape.ts'

/*
 * The text of an access record: the line of the package common-log-string, made of fields that are bounded and
 * escaped before it sees them, so no input can forge a field or a line. The package is the source of the layout,
 * which is learned from it once and checked (common-log-layout.ts). Two pieces it makes from its surroundings, the
 * date from the local time zone and the elapsed time from the clock; those are ours.
 */

/** The longest that each field gets, in characters before escaping. */
const MAX = {
  remote: 128,
  user: 128,
  method: 32,
  url: 2048,
  version: 16,
  header: 512,
  operation: 200,
  id: 64,
}

export interface AccessLine {
  /** Absent for a unix socket: `-`. */
  remoteAddress?: string
  user?: string
  method: string
  url: string
  httpVersion: string
  /** Absent when no header was sent. */
  statusCode?: number
  referer?: string
  userAgent?: string
  accept?: string
  /** Bytes of the body that were sent. */
  bytes?: number
  /** When the request came, milliseconds since the epoch. */
  start: number
  /** How long it took, milliseconds. */
  responseTime: number
  operation: string
  reqId: string
}

let writeLine: LineWriter | undefined

/**
 * `203.0.113.9 - ada [24/Nov/2026:02:29:31 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5" "-" 12 ms "GET /" 0193…`
 */
export function accessLine(line: AccessLine): string {
  writeLine ??= lineWriter(packageLogString)
  return `${writeLine(fieldsOf(line))} "${quotedField(line.operation, MAX.operation)}" ${bareField(line.reqId, MAX.id)}`
}

function fieldsOf(line: AccessLine): LineFields {
  return [
    line.remoteAddress ? bareField(line.remoteAddress, MAX.remote) : '-',
    line.user ? bareField(line.user, MAX.user) : '-',
    utcDate(line.start),
    bareField(line.method, MAX.method),
    urlField(line.url),
    bareField(line.httpVersion, MAX.version),
    line.statusCode ?? '-',
    line.bytes,
    headerField(line.referer),
    headerField(line.userAgent),
    headerField(line.accept),
    line.responseTime,
  ]
}

function urlField(url: string): string {
  // Brackets may stand in a URL's query, and the quotes around the field keep them in.
  const field = quotedField(url, MAX.url)
  return field.includes(' ') ? field.replaceAll(' ', '\\x20') : field
}

function headerField(value: string | undefined): string | undefined {
  return value ? quotedField(value, MAX.header) : undefined
}

let cachedSecond = Number.NaN
let cachedDate = ''

/** `24/Nov/2026:02:29:31 +0000`, made once a second. */
function utcDate(time: number): string {
  const second = Math.floor(time / 1000)
  if (second !== cachedSecond) {
    const [year, month, day] = new Date(time).toISOString().slice(0, 10).split('-')
    cachedDate = `${day}/${MONTHS[Number(month) - 1]}/${year}:${new Date(time).toISOString().slice(11, 19)} +0000`
    cachedSecond = second
  }
  return cachedDate
}

interface LooseRequest {
  httpVersion?: unknown
  method?: unknown
  url?: unknown
  headers?: Record<string, unknown>
  socket?: { remoteAddress?: unknown } | null
}

interface LooseResponse {
  statusCode?: unknown
  _data?: { length?: unknown } | null
  _time?: unknown
}

/**
 * The package common-log-string's function: the same arguments and the same result, local time zone included, on
 * harmless input; every field bounded and escaped on other input. A request without headers gives dashes, where
 * the package throws.
 */
export function unscrubbedCommonLogString(
  request: LooseRequest | null | undefined,
  response: LooseResponse | null | undefined,
  options?: { ipHeader?: string } | null,
): string {
  if (!request || !response) return ''
  const headers = request.headers ?? {}
  const forwarded = options?.ipHeader ? headers[options.ipHeader] : undefined
  return packageLogString(
    {
      httpVersion: bare(request.httpVersion, MAX.version),
      method: bare(request.method, MAX.method),
      url: url(request.url),
      headers: {
        referer: quoted(headers.referer),
        'user-agent': quoted(headers['user-agent']),
        accept: quoted(headers.accept),
      },
      socket: { remoteAddress: bare(forwarded || request.socket?.remoteAddress || undefined, MAX.header) },
    },
    { statusCode: bare(response.statusCode, MAX.method), _data: dataOf(response), _time: response._time },
  )
}

function dataOf({ _data }: LooseResponse): { length: unknown } | undefined {
  return _data ? { length: bare(_data.length, MAX.method) } : undefined
}

/** What is missing or false stays as it is: the package has its own text for it. */
function bare(value: unknown, max: number): unknown {
  return value === undefined || value === null ? value : bareField(String(value), max)
}

function quoted(value: unknown): unknown {
  return value ? quotedField(String(value), MAX.header) : value
}

function url(value: unknown): unknown {
  return value === undefined || value === null ? value : urlField(String(value))
}
