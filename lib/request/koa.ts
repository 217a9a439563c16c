import type { IncomingMessage, ServerResponse } from 'node:http'
import { runInside } from '../context.ts'
import type { Hushlog } from '../types.ts'
import { begin, meet } from './lifecycle.ts'
import { expressPattern, hideSecretSegments, operationName } from './operation.ts'
import { type AdapterOptions, checkLogger, requestSettings } from './options.ts'
import { type Framework, type RequestState, stateOf } from './state.ts'

/*
 * Koa 2 and 3, with @koa/router. Of their types only the parts that are needed here, so that programs without them
 * compile.
 */

/** What is used of a Koa context. */
export interface KoaContextLike {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly method: string
  readonly originalUrl: string
  readonly ip: string
  onerror(error: Error): void
}

/** What routers leave on the context, and what we do. */
interface Routed extends KoaContextLike {
  readonly request?: { readonly body?: unknown }
  readonly matched?: readonly { readonly path: unknown; readonly methods: readonly string[] }[]
  readonly _matchedRoute?: unknown
  readonly routerPath?: unknown
  log?: Hushlog
}

/** The URL as it came, before anybody took a mount off it. */
type Original = IncomingMessage & { originalUrl?: string }

const koa: Framework = {
  route: (ctx: Routed) => ctx._matchedRoute ?? ctx.routerPath,
  operation: (ctx: Routed) => {
    const pattern = koaPattern(ctx)
    return pattern === undefined ? undefined : operationName(ctx.method, pattern)
  },
  pattern: koaPattern,
  hideSecrets: (url: string, ctx: Routed) =>
    [...matchedBy(ctx).map(({ path }) => path), koaRoute(ctx)].reduce<string>(
      (hidden, path) => hideSecretSegments(hidden, path),
      url,
    ),
  // On the context itself `body` is the answer.
  body: (ctx: Routed) => ctx.request?.body,
}

/**
 * Logs requests in Koa: `app.use(koaLogger(log))`, before whatever should be logged. `ctx.log` bears the request's
 * id; what comes after runs inside its operation, which is named by the route of `@koa/router`. The error of a failed
 * request goes into its record, and on to Koa. `genReqId` and `trustRequestId` get the raw request, the other
 * functions the context.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function koaLogger<Ctx extends KoaContextLike = KoaContextLike>(
  log: Hushlog,
  options?: AdapterOptions<Ctx>,
): (ctx: Ctx, next: () => Promise<unknown>) => Promise<unknown> {
  checkLogger(log, 'koaLogger')
  const settings = requestSettings(options, 'koaLogger')
  return async function logRequest(ctx, next) {
    const req = ctx.req as Original
    req.originalUrl ??= ctx.originalUrl
    const isNew = stateOf(req)?.subject !== ctx
    const state = begin(log, req, ctx.res, settings)
    meet(state, ctx, koa)
    if (isNew) {
      ;(ctx as Routed).log ??= state.log
      keepErrors(ctx, state)
    }
    try {
      return await runInside(state.operation, next)
    } catch (error) {
      state.err ??= error
      throw error
    }
  }
}

/** Koa tells this function also of errors of a body that is a stream, and of the middleware before this one. */
function keepErrors(ctx: KoaContextLike, state: RequestState): void {
  const { onerror, req, res } = ctx
  const { requestIdHeader } = state.settings
  ctx.onerror = function (error) {
    // After each response it is called without an error, or with the connection's when that broke.
    if (!error) return onerror.call(this, error)
    if (error !== req.socket?.errored) state.err ??= error
    keepingHeader(res, requestIdHeader.toLowerCase(), () => onerror.call(this, error))
  }
}

/** Koa takes all headers off the answer to an error. */
function keepingHeader(res: ServerResponse, kept: string, fn: () => void): void {
  const { removeHeader } = res
  res.removeHeader = (name) => {
    if (name.toLowerCase() !== kept) removeHeader.call(res, name)
  }
  try {
    fn()
  } finally {
    res.removeHeader = removeHeader
  }
}

/** The path pattern of the route that answers: middleware of a router has a path too, but no methods. */
function koaRoute(ctx: Routed): unknown {
  const { _matchedRoute: current = ctx.routerPath } = ctx
  if (!Array.isArray(ctx.matched)) return current
  const routes = matchedBy(ctx).filter(({ methods }) => methods.includes(ctx.method))
  return (routes.find(({ path }) => path === current) ?? routes.at(-1))?.path
}

/** All layers whose path fits, whatever their methods; other routers may leave something else there. */
function matchedBy({ matched }: Routed): NonNullable<Routed['matched']> {
  return Array.isArray(matched) ? matched.filter((layer) => Array.isArray(layer?.methods)) : []
}

/** With the mount of the application, if it has one. */
function koaPattern(ctx: Routed): string | undefined {
  return expressPattern({ route: { path: koaRoute(ctx) }, originalUrl: (ctx.req as Original).originalUrl })
}
