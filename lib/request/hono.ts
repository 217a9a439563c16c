import type { IncomingMessage, ServerResponse } from 'node:http'
import { Operation, runInside } from '../context.ts'
import { bindLogger } from '../logger/logger.ts'
import type { Hushlog } from '../types.ts'
import { attempt } from './attempt.ts'
import { begin, meet } from './lifecycle.ts'
import { hideSecretSegments, operationName, pathOperation } from './operation.ts'
import { type AdapterOptions, checkLogger, requestSettings } from './options.ts'
import type { Framework } from './state.ts'

/*
 * Hono on Node, through @hono/node-server. Of its types only the parts that are needed here, so that programs without
 * Hono compile.
 */

/** What the middleware sets: `new Hono<{ Variables: HonoVariables }>()`. */
export interface HonoVariables {
  /** Bears the request's id wherever it is called. */
  log: Hushlog
  requestId: string
}

/** What is used of a Hono context. */
export interface HonoContextLike {
  readonly env: unknown
  readonly req: { readonly method: string; readonly path: string; readonly routeIndex: number }
  readonly error: Error | undefined
  // biome-ignore lint/suspicious/noExplicitAny: Hono's own type depends on the application's variables
  readonly set: (name: any, value: any) => void
}

interface Route {
  readonly method: string
  readonly path: string
  readonly handler: { readonly length: number }
}

const hono: Framework = {
  route: (c: HonoContextLike) => c.req.routeIndex,
  operation: (c: HonoContextLike) => {
    const pattern = honoPattern(c)
    return pattern === undefined ? undefined : operationName(c.req.method, pattern)
  },
  pattern: honoPattern,
  // Middleware that answers in a handler's place has a pattern of its own.
  hideSecrets: (url: string, c: HonoContextLike) =>
    matchedBy(c).reduce((hidden, { path }) => hideSecretSegments(hidden, path), url),
  // Read by the handler, in a promise, and kept nowhere that is known.
  body: () => undefined,
}

/**
 * Logs requests of Hono on Node: `app.use(honoLogger(log))`, before the routes. `c.get('log')` bears the request's
 * id, which is `c.get('requestId')`; what comes after runs inside its operation, named by the route. The error of a
 * failed request goes into its record. `genReqId` and `trustRequestId` get Node's request, the other functions the
 * context.
 *
 * Without @hono/node-server (`app.request()` in tests) there is no access record, but the rest.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function honoLogger<Context extends HonoContextLike = HonoContextLike>(
  log: Hushlog,
  options?: AdapterOptions<Context>,
): (c: Context, next: () => Promise<void>) => Promise<void> {
  checkLogger(log, 'honoLogger')
  const settings = requestSettings(options, 'honoLogger')
  return async function logRequest(c, next) {
    const { incoming, outgoing } = (c.env ?? {}) as { incoming?: IncomingMessage; outgoing?: ServerResponse }
    if (incoming === undefined || outgoing === undefined) return alone(log, c, next)
    const state = begin(log, incoming, outgoing, settings)
    meet(state, c, hono)
    give(c, { log: state.log, requestId: state.operation.reqId })
    try {
      await runInside(state.operation, next)
    } catch (error) {
      // Hono handles errors itself, but not what is thrown and is no Error.
      state.err ??= error
      throw error
    }
    state.err ??= c.error
  }
}

function alone(log: Hushlog, c: HonoContextLike, next: () => Promise<void>): Promise<void> {
  const operation = new Operation(pathOperation({ method: c.req.method, url: c.req.path }))
  give(c, { log: bindLogger(log, operation), requestId: operation.reqId })
  return runInside(operation, next)
}

function give(c: HonoContextLike, variables: HonoVariables): void {
  for (const [name, value] of Object.entries(variables)) c.set(name, value)
}

/**
 * The path pattern of the handler that runs, or that comes next. All that match are known from the start; middleware
 * is registered for all methods and takes `next`.
 */
function honoPattern(c: HonoContextLike): string | undefined {
  const isHandler = ({ method, handler }: Route) => method !== 'ALL' || handler.length < 2
  return matchedBy(c).slice(c.req.routeIndex).find(isHandler)?.path
}

function matchedBy(c: HonoContextLike): readonly Route[] {
  return attempt(() => (c.req as { matchedRoutes?: readonly Route[] }).matchedRoutes) ?? []
}
