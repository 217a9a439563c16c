import type { ServerResponse } from 'node:http'
import { emit } from '../logger/logger.ts'
import { KIND } from '../types.ts'
import { accessLine } from './access-line.ts'
import { attempt } from './attempt.ts'
import { bodyBytes } from './body-bytes.ts'
import { cut } from './escape.ts'
import { urlOf } from './operation.ts'
import type { RequestState } from './state.ts'

/*
 * The one record that a request leaves behind.
 */

const MAX_URL = 2048
const MAX_TEXT = 128
const MAX_HEADER = 512

/** Names that `customProps` cannot give: ours, and those that stand in every line. */
const OURS = new Set(
  (
    'req res responseTime aborted err level time service host pid operation reqId trace_id span_id kind msg ' +
    '__proto__'
  ).split(' '),
)

export function writeAccessRecord(state: RequestState): void {
  const { settings, subject, res, operation } = state
  if (!settings.access || state.ignored === true || res === undefined) return
  const err = errorOf(state, res)
  const statusCode = sentStatus(res, state.aborted)
  const level = levelOf(state, statusCode, err)
  if (level === 'silent' || !state.log.isLevelEnabled(level)) return
  const user = userOf(state)
  if (user !== undefined) operation.user = user
  const fields = fieldsOf(state, { statusCode, err, user })
  const props = attempt(() => settings.customProps?.(subject as never, res as never))
  emit(state.log, KIND.access, level, withProps(fields, props), messageOf(state, fields))
}

/** The status if it went out: a response that was never begun has a status code of 200 all the same. */
export function sentStatus(res: ServerResponse, aborted: boolean): number | undefined {
  if (!res.headersSent) return undefined
  if (!aborted) return statusInHead(res)
  // Node makes the header's text at writeHead and sends it with the body; a pipelined response has to wait its turn.
  const waiting = (res as { _headerSent?: boolean })._headerSent === false || res.socket === null
  return waiting ? undefined : statusInHead(res)
}

/** The head's text in HTTP/1, its fields in HTTP/2. */
interface SentHead {
  _header?: unknown
  stream?: { sentHeaders?: { ':status'?: number } }
}

/** Where the status stands in the first line of an answer. */
export const STATUS: { from: number; to: number } = { from: 'HTTP/1.1 '.length, to: 'HTTP/1.1 200'.length }

/** Once the head is made, programs may still set a status code, and nothing comes of it. */
function statusInHead(res: ServerResponse): number {
  const { _header: head, stream } = res as SentHead
  if (typeof head === 'string') return Number(head.slice(STATUS.from, STATUS.to))
  return stream?.sentHeaders?.[':status'] ?? res.statusCode
}

function errorOf(state: RequestState, res: ServerResponse): unknown {
  return state.err ?? attempt(() => (res as { err?: unknown }).err) ?? res.errored ?? undefined
}

function levelOf(state: RequestState, statusCode: number | undefined, err: unknown): string {
  const { customLogLevel } = state.settings
  if (customLogLevel !== undefined) {
    const level = attempt(() => customLogLevel(state.subject as never, state.res as never, err))
    if (typeof level === 'string' && (level === 'silent' || Object.hasOwn(state.log.levels.values, level)))
      return level
  }
  return knownLevel(state.log.levels.values, defaultLevel(statusCode, err, state.aborted))
}

/** A logger may have levels of its own alone; then the one that is nearest stands in. */
function knownLevel(values: Record<string, number>, level: string): string {
  if (Object.hasOwn(values, level)) return level
  const wanted = STANDARD[level]
  const byDistance = Object.entries(values).toSorted(
    ([, a], [, b]) => Math.abs(a - wanted) - Math.abs(b - wanted),
  )
  return byDistance[0][0]
}
const STANDARD: Record<string, number> = { info: 30, warn: 40, error: 50 }

function defaultLevel(status: number | undefined, err: unknown, aborted: boolean): string {
  // An error that was answered with 4xx is the client's. At level error anybody could have each request forced to disk.
  if (status !== undefined && status >= 400 && status < 500) return 'warn'
  if (err !== undefined || (status !== undefined && status >= 500)) return 'error'
  return aborted ? 'warn' : 'info'
}

function userOf({ settings: { user }, subject }: RequestState): string | undefined {
  if (user === undefined) return undefined
  const name = attempt(() => user(subject as never))
  return typeof name === 'string' && name !== '' ? cut(name, MAX_TEXT) : undefined
}

interface Ended {
  statusCode: number | undefined
  err: unknown
  user: string | undefined
}

interface AccessFields {
  kind: 'access'
  req: {
    method: string
    url: string
    remoteAddress?: string
    user?: string
    headers?: Record<string, string>
  }
  res: { statusCode: number | null; contentLength: number }
  responseTime: number
  aborted?: true
  err?: unknown
}

function fieldsOf(state: RequestState, { statusCode, err, user }: Ended): AccessFields {
  const { req, remoteAddress, settings } = state
  const fields: AccessFields = {
    kind: 'access',
    req: { method: String(req.method ?? ''), url: shownUrl(state) },
    res: {
      statusCode: statusCode ?? null,
      contentLength: statusCode === undefined ? 0 : bodyBytes(req.method, statusCode, state.res!),
    },
    responseTime: Math.round(performance.now() - state.started),
  }
  if (remoteAddress !== undefined) fields.req.remoteAddress = cut(remoteAddress, MAX_TEXT)
  if (user !== undefined) fields.req.user = user
  if (settings.headers.length > 0) fields.req.headers = headersOf(req.headers, settings.headers)
  if (state.aborted) fields.aborted = true
  if (err !== undefined) fields.err = err
  return fields
}

/** The URL as it came, without the secrets that the route tells of, and without what nobody could read there. */
function shownUrl({ req, subject, framework }: RequestState): string {
  const url = urlOf(req)
  // All that CONNECT may name is a host and a port.
  const shown = req.method === 'CONNECT' ? url.slice(url.lastIndexOf('@') + 1) : url
  return cut(attempt(() => framework.hideSecrets(shown, subject as never)) ?? '', MAX_URL)
}

function headersOf(
  headers: NodeJS.Dict<string | string[]>,
  names: readonly string[],
): Record<string, string> {
  const chosen: Record<string, string> = {}
  for (const name of names) {
    const value = headers[name]
    if (value !== undefined) chosen[name] = cut(String(value), MAX_HEADER)
  }
  return chosen
}

function withProps(fields: AccessFields, props: unknown): object {
  if (typeof props !== 'object' || props === null) return fields
  const all: Record<string, unknown> = { ...fields }
  attempt(() => {
    for (const [name, value] of Object.entries(props)) if (!OURS.has(name)) all[name] = value
  })
  return all
}

function messageOf({ req, operation, start }: RequestState, fields: AccessFields): string {
  return accessLine({
    remoteAddress: fields.req.remoteAddress,
    user: fields.req.user,
    method: fields.req.method,
    url: fields.req.url,
    httpVersion: String(req.httpVersion),
    statusCode: fields.res.statusCode ?? undefined,
    referer: req.headers.referer,
    userAgent: req.headers['user-agent'],
    accept: req.headers.accept,
    bytes: fields.res.contentLength,
    start,
    responseTime: fields.responseTime,
    operation: operation.name,
    reqId: operation.reqId,
  })
}
