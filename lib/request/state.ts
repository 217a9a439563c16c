import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Operation } from '../context.ts'
import type { Hushlog } from '../types.ts'
import {
  type ExpressLike,
  expressOperation,
  expressPattern,
  hideSecretSegments,
  withSecretParams,
} from './operation.ts'
import type { Settings } from './options.ts'

/** What only a framework knows: the route that it found. `subject` is the framework's request. */
export interface Framework {
  /** Changes when the route becomes known. */
  route(subject: never): unknown
  operation(subject: never): string | undefined
  /** The route's pattern, mount included. */
  pattern(subject: never): string | undefined
  hideSecrets(url: string, subject: never): string
  /** The body of the request, if it was parsed. */
  body(subject: never): unknown
}

/** Express, Connect and plain node:http: the request itself is asked. */
export const expressLike: Framework = {
  route: (req: ExpressLike) => req.route,
  operation: expressOperation,
  pattern: expressPattern,
  hideSecrets: hideExpressSecrets,
  body: (req: { body?: unknown }) => req.body,
}

function hideExpressSecrets(url: string, { route, baseUrl, params }: ExpressLike): string {
  const mount = typeof baseUrl === 'string' ? baseUrl : ''
  const hidden = hideSecretSegments(url, route?.path, mount)
  // Where nothing is mounted the pattern has told of all parameters.
  if (mount === '' && typeof route?.path === 'string') return hidden
  return withSecretParams(hidden, params, (_name, rule) => `[SECRET:${rule}]`)
}

/** All that is known of one request. */
export interface RequestState {
  readonly settings: Settings
  readonly operation: Operation
  /** Bound to the request: what it writes bears the request's name and id, wherever it is called. */
  log: Hushlog
  readonly req: IncomingMessage
  res: ServerResponse | undefined
  /** The framework's request; what the option functions are given. */
  subject: unknown
  framework: Framework
  /** The route for which the name was last asked. */
  namedFor: unknown
  /** What it was when it came, until the first name has been made of it. */
  unnamed: { method: string | undefined; url: string | undefined } | undefined
  /** Taken early: a destroyed socket has none. */
  remoteAddress: string | undefined
  /** Milliseconds since the epoch, and by the monotonic clock. */
  readonly start: number
  readonly started: number
  err: unknown
  /** No access record is wanted. Not known before the framework's request is. */
  ignored: boolean | undefined
  ended: boolean
  /** The response never ended: the connection did. */
  aborted: boolean
  stopWatching: (() => unknown) | undefined
}

const STATE = Symbol('hushlog.request')

export function stateOf(req: object): RequestState | undefined {
  return (req as { [STATE]?: RequestState })[STATE]
}

export function keepState(req: object, state: RequestState): void {
  ;(req as { [STATE]?: RequestState })[STATE] = state
}
