import type { IncomingMessage, ServerResponse } from 'node:http'
import { validateHeaderName } from 'node:http'
import { nearest } from '../checks.ts'
import { HushlogError } from '../errors.ts'
import type { Hushlog } from '../types.ts'
import { cut } from './escape.ts'

/** What a login route is, so that each attempt leaves an audit record `auth.login`. */
export interface LoginRoute<Req = IncomingMessage> {
  /** Default `POST`. */
  method?: string
  /** The path without query, or the route's pattern: `/login`, `/tenants/:tenant/login`. */
  path: string
  /** Who tries to log in. Default: `username`, `user`, `email` or `login` of the parsed body. */
  user?: (req: Req) => string | undefined
}

/**
 * A function that throws never breaks the request: its field is missing, or the default stands.
 * Under Fastify the functions get Fastify's request and the raw response, but `genReqId` and `trustRequestId` the
 * raw request, for they run before Fastify's exists.
 */
export interface RequestOptions<Req = IncomingMessage, Res = ServerResponse> {
  /** Makes the request's id. What is not 1 to 64 of `A-Z a-z 0-9 _ . -` is replaced by a new UUID v7. */
  genReqId?: (req: Req, res: Res) => string | number | undefined
  /** The level of the access record; `silent` for none. `res.statusCode` is what was sent only if `res.headersSent`. */
  customLogLevel?: (req: Req, res: Res, err: unknown) => string
  /** More fields of the access record. They never replace ours. */
  customProps?: (req: Req, res: Res) => object | undefined
  /** `false`: no access records. `ignore`: none for these requests. Login routes are audited nevertheless. */
  autoLogging?: boolean | { ignore?: (req: Req) => boolean }
  /** Names the request. Asked again when the route becomes known; nothing or empty text leaves the default. */
  operation?: (req: Req) => string | undefined
  /** Who makes the request; asked when it ends. */
  user?: (req: Req) => string | undefined
  /** Whether an inbound request id is used. Default `false`: anybody can send one. */
  trustRequestId?: boolean | ((req: Req) => boolean)
  /** Where the request id stands in the request, if trusted, and in every response. Default `X-Request-Id`. */
  requestIdHeader?: string
  /** Routes that log in: an answer of 401 or 403 is audited as a failed login, success as one that was let in. */
  login?: LoginRoute<Req>[]
  /** Request headers that stand in the access record. Default none. */
  headers?: string[]
}

/** Where a framework has a request of its own: that is made later than the id. */
export type AdapterOptions<Subject> = Omit<RequestOptions<Subject>, 'genReqId' | 'trustRequestId'> &
  Pick<RequestOptions, 'genReqId' | 'trustRequestId'>

/** The options, checked, with their defaults. Inside, nobody knows what kind of request the user has. */
export interface Settings {
  readonly genReqId: ((req: never, res: never) => unknown) | undefined
  readonly customLogLevel: ((req: never, res: never, err: unknown) => unknown) | undefined
  readonly customProps: ((req: never, res: never) => unknown) | undefined
  readonly operation: ((req: never) => unknown) | undefined
  readonly user: ((req: never) => unknown) | undefined
  readonly trustRequestId: boolean | ((req: never) => boolean)
  readonly requestIdHeader: string
  readonly access: boolean
  readonly ignore: ((req: never) => unknown) | undefined
  readonly login: readonly Required<Pick<LoginRoute<never>, 'method' | 'path'>>[] &
    readonly LoginRoute<never>[]
  readonly headers: readonly string[]
}

interface Check {
  takes: string
  accepts: (value: unknown) => boolean
}

const aFunction: Check = { takes: 'a function', accepts: isFunction }

const CHECKS: Record<keyof RequestOptions, Check> = {
  genReqId: aFunction,
  customLogLevel: aFunction,
  customProps: aFunction,
  operation: aFunction,
  user: aFunction,
  trustRequestId: {
    takes: 'true, false or a function',
    accepts: (value) => isBoolean(value) || isFunction(value),
  },
  requestIdHeader: { takes: 'the name of a header', accepts: isHeaderName },
  autoLogging: {
    takes: 'true, false or { ignore: function }',
    accepts: (value) => isBoolean(value) || isObjectOf(value, { ignore: aFunction }),
  },
  login: {
    takes: 'an array of { method?: text, path: text starting with a slash, user?: function }',
    accepts: (value) => Array.isArray(value) && value.every(isLoginRoute),
  },
  headers: {
    takes: 'an array of names of headers',
    accepts: (value) => Array.isArray(value) && value.every(isHeaderName),
  },
}

/**
 * Checks the options once, before the first request.
 * @param where the function that was called, for the error
 * @param extra names that are somebody else's (Fastify's own plugin options)
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function requestSettings(
  options: RequestOptions<never, never> = {},
  where = 'requestLogger',
  extra: readonly string[] = [],
): Settings {
  if (!isObject(options))
    throw new HushlogError('HUSHLOG_OPTION', `${where}: the options are an object, got ${kindOf(options)}`)
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || extra.includes(name)) continue
    if (!Object.hasOwn(CHECKS, name)) throw unknown(where, name)
    const check = CHECKS[name as keyof RequestOptions]
    if (!check.accepts(value)) throw wrong(where, name, value, check.takes)
  }
  return Object.freeze(withDefaults(options))
}

/** @throws HushlogError `HUSHLOG_OPTION` when `log` is another logger: it could not bear the request's id */
export function checkLogger(log: unknown, where: string): void {
  if (typeof (log as Hushlog | undefined)?.audit === 'function') return
  const options = { hint: `${where}(hushlog())` }
  throw new HushlogError(
    'HUSHLOG_OPTION',
    `${where}: takes a logger made by hushlog(), got ${kindOf(log)}`,
    options,
  )
}

function withDefaults(options: RequestOptions<never, never>): Settings {
  const { genReqId, customLogLevel, customProps, operation, user, autoLogging = true } = options
  return {
    genReqId,
    customLogLevel,
    customProps,
    operation,
    user,
    trustRequestId: options.trustRequestId ?? false,
    requestIdHeader: options.requestIdHeader ?? 'X-Request-Id',
    access: autoLogging !== false,
    ignore: typeof autoLogging === 'object' ? autoLogging.ignore : undefined,
    login: (options.login ?? []).map((route) => ({
      ...route,
      method: (route.method ?? 'POST').toUpperCase(),
    })),
    headers: (options.headers ?? []).map((name) => name.toLowerCase()),
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isHeaderName(value: unknown): boolean {
  try {
    validateHeaderName(value as string)
    return true
  } catch {
    return false
  }
}

function isObjectOf(value: unknown, checks: Record<string, Check>): boolean {
  if (!isObject(value)) return false
  return Object.entries(value).every(
    ([name, field]) => Object.hasOwn(checks, name) && (field === undefined || checks[name].accepts(field)),
  )
}

const aPath: Check = { takes: 'text', accepts: (value) => isText(value) && value.startsWith('/') }
const LOGIN: Record<string, Check> = {
  method: { takes: 'text', accepts: isText },
  path: aPath,
  user: aFunction,
}

function isLoginRoute(value: unknown): boolean {
  return isObjectOf(value, LOGIN) && (value as LoginRoute).path !== undefined
}

function unknown(where: string, name: string): HushlogError {
  const names = Object.keys(CHECKS)
  const near = nearest(name, names)
  const hint = near === undefined ? `known are ${names.join(', ')}` : `did you mean ${near}?`
  return new HushlogError('HUSHLOG_OPTION', `${where}: option ${cut(name, 64)} is unknown: ${hint}`, { hint })
}

function wrong(where: string, name: string, value: unknown, takes: string): HushlogError {
  return new HushlogError('HUSHLOG_OPTION', `${where}: option ${name} takes ${takes}, got ${kindOf(value)}`)
}

/** The type and never the value, which may be a secret in the wrong place. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string') return 'text'
  if (Array.isArray(value)) return 'an array that does not fit'
  return typeof value === 'object' ? 'an object that does not fit' : `a ${typeof value}`
}
