import type { IncomingMessage, ServerResponse } from 'node:http'
import { runInside } from '../context.ts'
import { newId } from '../id.ts'
import { bindLogger, isHushlog } from '../logger/logger.ts'
import type { AnyHushlog, Hushlog } from '../types.ts'
import { begin, meet } from './lifecycle.ts'
import { fastifyOperation, fastifyPattern, hideSecretSegments } from './operation.ts'
import { type AdapterOptions, checkLogger, requestSettings, type Settings } from './options.ts'
import { type Framework, type RequestState, stateOf } from './state.ts'
import { handshakeOf } from './upgrade.ts'

/*
 * Fastify 5. Only its public interface is used, and of its types only the parts that are needed here, so that
 * programs without Fastify compile.
 */

export interface FastifyRequestLike {
  id: string
  log: unknown
  readonly raw: IncomingMessage
  readonly ip: string
  readonly body?: unknown
  readonly is404: boolean
  readonly routeOptions: { url?: string }
}

interface ReplyLike {
  log: unknown
  readonly raw: ServerResponse
}

type Done = (error?: Error) => void
type Hook = (request: FastifyRequestLike, reply: ReplyLike, done: Done) => void
type ErrorHook = (request: FastifyRequestLike, reply: ReplyLike, error: unknown, done: Done) => void

interface ChildOptions {
  level?: string
  serializers?: Record<string, (value: never) => unknown>
}

interface InstanceLike {
  readonly server: {
    prependListener(event: 'request', listener: (req: IncomingMessage, res: ServerResponse) => void): unknown
  }
  readonly initialConfig: object
  genReqId(req: IncomingMessage): string
  setGenReqId(fn: (req: IncomingMessage) => string): unknown
  setChildLoggerFactory(
    factory: (logger: unknown, bindings: object, options: ChildOptions, req: IncomingMessage) => Hushlog,
  ): unknown
  addHook(name: 'onRequest' | 'preValidation', hook: Hook): unknown
  addHook(name: 'onError', hook: ErrorHook): unknown
}

export interface FastifyLoggerOptions<Req = FastifyRequestLike> extends AdapterOptions<Req> {
  /** What `hushlog()` made. */
  log: AnyHushlog
}

export interface FastifyOptions {
  loggerInstance: Hushlog
  genReqId: () => string
}

/** Fastify from 5.12 on. */
interface FastifyModule<Controller> {
  LogController: new (options: { disableRequestLogging: true }) => Controller
}

const fastifyFramework: Framework = {
  route: () => 'known from the start',
  operation: fastifyOperation,
  pattern: fastifyPattern,
  hideSecrets: (url: string, request: FastifyRequestLike) => hideSecretSegments(url, fastifyPattern(request)),
  body: (request: FastifyRequestLike) => request.body,
}

/**
 * What Fastify needs: our logger, our ids, its own request lines off. `Fastify(fastifyOptions(log))` does, but from
 * 5.12 on Fastify prints a deprecation warning for the option that switches its lines off; given Fastify as well,
 * `Fastify(fastifyOptions(log, Fastify))`, the new way is taken.
 */
export function fastifyOptions(log: AnyHushlog): FastifyOptions & { disableRequestLogging: true }
export function fastifyOptions<Controller>(
  log: AnyHushlog,
  fastify: FastifyModule<Controller>,
): FastifyOptions & { logController: Controller }
export function fastifyOptions(log: AnyHushlog, fastify?: Partial<FastifyModule<unknown>>): FastifyOptions {
  checkLogger(log, 'fastifyOptions')
  const off = { disableRequestLogging: true } as const
  const switchedOff = fastify?.LogController ? { logController: new fastify.LogController(off) } : off
  return { loggerInstance: log as Hushlog, genReqId: firstId, ...switchedOff }
}

/** Until the plugin knows the options; by this a server is known that `fastifyOptions` made. */
function firstId(): string {
  return newId()
}

/**
 * Logs each request of a Fastify 5 server: `await fastify.register(fastifyLogger, { log })`. `request.log` bears
 * the request's id; what hooks and handlers do runs inside its operation. A route's `logLevel` goes for its access
 * record too. Fastify's own `requestIdHeader` is not heeded; here it is `trustRequestId`. Registered twice, the
 * first one counts.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function fastifyLogger<Req>(instance: unknown, options: FastifyLoggerOptions<Req>): Promise<void>
// What register() infers its options from.
export function fastifyLogger(instance: unknown, options: FastifyLoggerOptions): Promise<void>
export async function fastifyLogger(instance: unknown, options: FastifyLoggerOptions): Promise<void> {
  const fastify = instance as InstanceLike
  const { log, ...rest } = options
  checkLogger(log, 'fastifyLogger')
  const settings = requestSettings(rest, 'fastifyLogger', PLUGIN_OPTIONS)
  if (hooked.has(fastify.genReqId)) return
  warnOfOwnLines(fastify)
  install(fastify, log as Hushlog, settings)
}

/** What Fastify's register() itself takes. */
const PLUGIN_OPTIONS = ['prefix', 'logLevel', 'logSerializers']

// As fastify-plugin does it: the hooks are for the instance that registers the plugin, not for one inside.
Object.assign(fastifyLogger, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'hushlog',
  [Symbol.for('plugin-meta')]: { name: 'hushlog', fastify: '5.x' },
})

function install(fastify: InstanceLike, log: Hushlog, settings: Settings): void {
  // Before Fastify, since some requests never reach a hook: bad URLs, and those that come while the server closes.
  fastify.server.prependListener('request', (req, res) => {
    begin(log, req, res, settings)
  })
  // inject() emits no event, so the request may be new here.
  const genReqId = (req: IncomingMessage) => begin(log, req, undefined, settings).operation.reqId
  hooked.add(genReqId)
  fastify.setGenReqId(genReqId)
  // Fastify logs whole requests and replies when its own lines are on; so may the program.
  const fallback = childOf(log, { serializers: { req: requestFields, res: replyFields } })
  fastify.setChildLoggerFactory((parent, _bindings, options, req) => {
    const base = isHushlog(parent) ? parent : fallback
    return childLogger(base, options, begin(log, req, undefined, settings))
  })
  fastify.addHook('onRequest', (request, reply, done) => {
    const state = begin(log, request.raw, responseOf(request.raw, reply.raw), settings)
    meet(state, request, fastifyFramework)
    request.id = state.operation.reqId
    // Routes that were declared before the plugin have Fastify's own child logger.
    if (!(request.log as Partial<ChildLogger>)[CHILD]) {
      request.log = reply.log = bindLogger(fallback, state.operation)
    }
    runInside(state.operation, () => done())
  })
  // The body's parser calls back in the context of the connection.
  fastify.addHook('preValidation', (request, reply, done) => {
    runInside(begin(log, request.raw, reply.raw, settings).operation, () => done())
  })
  fastify.addHook('onError', (request, _reply, error, done) => {
    const state = stateOf(request.raw)
    if (state !== undefined) state.err ??= error
    done()
  })
}

const CHILD = Symbol('hushlog.child')

interface ChildLogger {
  [CHILD]: boolean
}

/** Without the id that Fastify would bind: it stands in each line already. */
function childLogger(base: Hushlog, options: ChildOptions, state: RequestState): Hushlog {
  // The access record obeys the route's level, but not the serializers: its fields are no Fastify request.
  if (options.level !== undefined) state.log = childOf(state.log, { level: options.level })
  const bound = bindLogger(base, state.operation)
  const child =
    options.level === undefined && options.serializers === undefined ? bound : childOf(bound, options)
  ;(child as unknown as ChildLogger)[CHILD] = true
  return child
}

function childOf(log: Hushlog, options: ChildOptions): Hushlog {
  return log.child({}, options as never) as unknown as Hushlog
}

/** As Fastify does it, but for loggers that Fastify has not given its serializers. */
function requestFields(request: FastifyRequestLike): object {
  const { raw, ip } = request
  if (raw === undefined) return request
  const url = fastifyFramework.hideSecrets(raw.url as string, request as never)
  return {
    method: raw.method,
    url,
    host: raw.headers.host,
    remoteAddress: ip,
    remotePort: raw.socket?.remotePort,
  }
}

function replyFields(reply: { statusCode?: number }): object {
  return { statusCode: reply.statusCode }
}

/** By these an instance is known that has the plugin already. */
const hooked = new WeakSet<object>()
let warned = false

function warnOfOwnLines(fastify: InstanceLike): void {
  const { disableRequestLogging } = fastify.initialConfig as { disableRequestLogging?: unknown }
  if (warned || fastify.genReqId === firstId || disableRequestLogging) return
  warned = true
  process.emitWarning('Fastify writes request lines of its own beside the access records', {
    code: 'HUSHLOG_FASTIFY',
    detail: 'hint: make the server with Fastify(fastifyOptions(log))',
  })
}

/** For a websocket Fastify makes a response that is never sent; what answers is written to the socket. */
function responseOf(req: IncomingMessage & { upgrade?: boolean }, res: ServerResponse): ServerResponse {
  return req.upgrade === true ? handshakeOf(req, req.socket) : res
}
