import { errorMonitor } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Operation, runInside } from '../context.ts'
import { isRequestId } from '../id.ts'
import { bindLogger } from '../logger/logger.ts'
import type { Hushlog } from '../types.ts'
import { writeAccessRecord } from './access-record.ts'
import { attempt } from './attempt.ts'
import { countBody } from './body-bytes.ts'
import { auditLogin } from './login.ts'
import { watchConnection } from './open-requests.ts'
import { pathOperation, urlOf } from './operation.ts'
import type { Settings } from './options.ts'
import { requestId, traceFields } from './request-id.ts'
import { expressLike, type Framework, keepState, type RequestState, stateOf } from './state.ts'

/*
 * What happens to a request, whatever the framework: it gets an id and a name, and when it ends, in whichever way,
 * exactly one access record. AsyncLocalStorage is empty or somebody else's where a response ends, so everything
 * here goes by the state, and nothing by the context.
 */

const NOT_YET = Symbol('not yet')

type Named = IncomingMessage & { id?: unknown; log?: unknown }

/**
 * The state of a request: made when it is first met, the same ever after, so that a logger mounted twice writes
 * one record. The response may be met later than the request.
 */
export function begin(
  log: Hushlog,
  req: IncomingMessage,
  res: ServerResponse | undefined,
  settings: Settings,
): RequestState {
  const state = stateOf(req) ?? newState(log, req, res, settings)
  if (res !== undefined && state.res === undefined) attach(state, res)
  return state
}

/** Tells the state of the framework's request, once there is one. */
export function meet(state: RequestState, subject: object, framework: Framework): void {
  state.subject = subject
  state.framework = framework
  const ip = attempt(() => (subject as { ip?: unknown }).ip)
  if (typeof ip === 'string' && ip !== '') state.remoteAddress = withoutMapping(ip)
  const { ignore } = state.settings
  if (ignore !== undefined && state.ignored === undefined) {
    state.ignored = attempt(() => ignore(subject as never)) === true
  }
}

function newState(
  log: Hushlog,
  req: Named,
  res: ServerResponse | undefined,
  settings: Settings,
): RequestState {
  const operation = new Operation('', {
    reqId: idOf(req, res, settings),
    trace: traceFields(req.headers.traceparent),
    ask: () => nameOf(state),
  })
  const address = req.socket?.remoteAddress
  const state: RequestState = {
    settings,
    operation,
    log: bindLogger(log, operation),
    req,
    res: undefined,
    subject: req,
    framework: expressLike,
    namedFor: NOT_YET,
    unnamed: { method: req.method, url: urlOf(req) },
    remoteAddress: address === undefined ? undefined : withoutMapping(address),
    start: Date.now(),
    started: performance.now(),
    err: undefined,
    ignored: undefined,
    ended: false,
    aborted: false,
    stopWatching: undefined,
  }
  keepState(req, state)
  req.id ??= operation.reqId
  req.log ??= state.log
  return state
}

/** An id that the program gave the request before us stands, if it is one. */
function idOf(req: Named, res: ServerResponse | undefined, settings: Settings): string {
  return typeof req.id === 'string' && isRequestId(req.id)
    ? req.id
    : requestId(req, res as never, settings as never)
}

/** The name, when there may be a new one: once at first, and once when the route becomes known. */
function nameOf(state: RequestState): string | undefined {
  const { framework, subject, settings, unnamed } = state
  const route = framework.route(subject as never)
  if (state.namedFor === route) return undefined
  state.namedFor = route
  state.unnamed = undefined
  const { operation } = settings
  const own = operation === undefined ? undefined : attempt(() => operation(subject as never))
  if (typeof own === 'string' && own !== '') return own
  const { params } = subject as { params?: unknown }
  return (
    attempt(() => framework.operation(subject as never)) ?? (unnamed && pathOperation({ ...unnamed, params }))
  )
}

function attach(state: RequestState, res: ServerResponse): void {
  state.res = res
  countBody(res)
  echoId(state, res)
  // HTTP/2 says finish of each stream that is closed; only `end` tells whether the response was whole.
  res.on('finish', () => end(state, !res.writableEnded))
  res.on('close', () => end(state, true))
  // Watched, not handled: whether an error of the response ends the program stays the program's affair.
  res.on(errorMonitor, (error) => {
    state.err ??= error
  })
  const { socket } = state.req
  if (socket) state.stopWatching = attempt(() => watchConnection(socket, () => end(state, true)))
}

function echoId(state: RequestState, res: ServerResponse): void {
  if (!res.headersSent) attempt(() => res.setHeader(state.settings.requestIdHeader, state.operation.reqId))
}

function end(state: RequestState, aborted: boolean): void {
  if (state.ended) return
  state.ended = true
  state.aborted = aborted
  state.stopWatching?.()
  // The option functions may log; then they log as this request.
  runInside(state.operation, () => {
    // What a name of the user's is made of may have come since: the user, say.
    if (state.settings.operation !== undefined) state.namedFor = NOT_YET
    attempt(() => auditLogin(state))
    attempt(() => writeAccessRecord(state))
  })
}

/** An IPv4 address on an IPv6 socket, as the package common-log-string prints it. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
