/**
 * The package common-log-string, or where it cannot be had what it does.
 */
import { packageOr } from '../packages.ts'

/** What the package reads of a request and its response. */
export interface LogRequest {
  httpVersion?: unknown
  method?: unknown
  url?: unknown
  headers: Readonly<Record<string, unknown>>
  socket?: { remoteAddress?: unknown }
}

export interface LogResponse {
  statusCode?: unknown
  _data?: { length: unknown }
  _time?: unknown
}

let commonLog: typeof withoutPackage | undefined

/** The fields must be bounded and escaped; the date is that of the local time zone. */
export function packageLogString(request: LogRequest, response: LogResponse): string {
  commonLog ??= packageOr('common-log-string', withoutPackage)
  return commonLog(request, response)
}

/** As common-log-string 0.3.0 does: each value as JavaScript joins it, a dash for a header that is missing. */
export function withoutPackage(request: LogRequest, response: LogResponse): string {
  const { headers, socket } = request
  const { statusCode, _data, _time } = response
  const remote = String(socket?.remoteAddress || '').replace('::ffff:', '')
  const date = new Date((_time || Date.now()) as number)
  const header = (name: string) => `"${headers[name] || '-'}"`
  return [
    ...[remote, '-', '-', `[${localDate(date)}]`],
    `"${[request.method, request.url].join(' ')} HTTP/${request.httpVersion}"`,
    ...[statusCode, _data ? _data.length : '-'],
    ...[header('referer'), header('user-agent'), header('accept')],
    _time ? `${Date.now() - (_time as number)} ms` : '',
  ].join(' ')
}

export const MONTHS: readonly string[] = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

function localDate(date: Date): string {
  const day = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  const west = date.getTimezoneOffset()
  const offset = Math.abs(west)
  return `${day}:${time} ${west > 0 ? '-' : '+'}${two(Math.trunc(offset / 60))}${two(offset % 60)}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
