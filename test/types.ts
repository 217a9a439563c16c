/**
 * What must compile and what must not, checked by `tsc --noEmit`; nothing here runs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { LoggerService } from '@nestjs/common'
import express from 'express'
import Fastify, { type FastifyRequest } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import type pino from 'pino'
import {
  type AuditDiff,
  type AuditEvent,
  auditDiff,
  defineActions,
  errorLogger,
  fastifyLogger,
  fastifyOptions,
  type HonoVariables,
  type Hushlog,
  type HushlogOptions,
  honoLogger,
  hushlog,
  koaLogger,
  nestLogger,
  type RequestOptions,
  requestLogger,
  upgradeLogger,
} from '../lib/index.ts'
import type { SegmentWriter } from '../lib/store/writer.ts'
import hushlogTransport, { type TransportOptions } from '../lib/transport.ts'
import type { ScrubbedBatch } from '../lib/types.ts'

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

function holds<_T extends true>(): void {}

// The comparison itself can fail.
holds<Equals<string, string>>()
// @ts-expect-error
holds<Equals<string, unknown>>()
// @ts-expect-error
holds<Equals<never, string>>()

// A logger is usable wherever pino's is, and so is its child.
const log = hushlog()
holds<Equals<typeof log, Hushlog>>()
log satisfies pino.Logger
log.child({ module: 'orders' }) satisfies pino.Logger
function takesPino(_: pino.Logger): void {}
takesPino(log)
log.info({ orderId: 17 }, 'sold %d', 2)

// What pino and hushlog both have follows hushlog.
const flushed = log.flush()
holds<Equals<typeof flushed, Promise<void>>>()
const flushedToo = log.flush((error?: Error) => error)
holds<Equals<typeof flushedToo, Promise<void>>>()

// Children, and children of children, have the extras.
const child = log.child({ module: 'orders' }, { level: 'debug' })
holds<Equals<typeof child, Hushlog>>()
const event: AuditEvent = { action: 'order.refund', actor: 'ada', outcome: 'success' }
holds<Equals<ReturnType<typeof child.audit>, Promise<void>>>()
child.child({}).audit(event)
child.audit.denied({ action: 'order.refund', actor: 'ada' })
child.stats().hidden.values satisfies number

// Custom levels are typed, in children too.
const loud = hushlog({ customLevels: { loud: 35 } })
holds<Equals<typeof loud, Hushlog<'loud'>>>()
loud satisfies pino.Logger<'loud'>
loud.loud('hello')
// @ts-expect-error
loud.quiet('hello')
// @ts-expect-error
log.loud('hello')
const louder = loud.child({}, { customLevels: { louder: 36 } })
louder.loud('hello')
louder.louder('hello')
louder.audit(event)

// Adapters take a hushlog logger and no other.
requestLogger(log)
requestLogger(child)
declare const plainPino: pino.Logger
// @ts-expect-error
requestLogger(plainPino)

// Each adapter goes where its framework takes middleware, and its options see the framework's own request.
new Koa().use(
  koaLogger<Koa.Context>(log, { user: (ctx) => ctx.state.user, genReqId: (req) => req.headers.via }),
)
new Koa().use(koaLogger(log, { user: (ctx) => ctx.ip }))
const hono = new Hono<{ Variables: HonoVariables }>()
hono.use(honoLogger(log, { user: (c) => c.req.path }))
hono.get('/orders/:id', (c) => {
  const bound = c.get('log')
  holds<Equals<typeof bound, Hushlog>>()
  const id = c.get('requestId')
  holds<Equals<typeof id, string>>()
  return c.text('')
})
nestLogger(log) satisfies LoggerService
createServer().on('upgrade', upgradeLogger(log, { user: (req) => req.headers.via }))
// @ts-expect-error
koaLogger(log, { users: () => 'ada' })
// @ts-expect-error
honoLogger(plainPino)
// So does a logger with levels of its own.
requestLogger(loud)
errorLogger(loud)

// The functions of the options know the framework's request, and the handlers take it.
interface Session extends express.Request {
  session: { user: string }
}
const app = express()
app.use(requestLogger<express.Request, express.Response>(log, { user: (req) => req.get('x-user') }))
app.use(requestLogger(log))
app.use(errorLogger<express.Request, express.Response>(log))
app.use(errorLogger(log))
app.get('/', (req, res) => {
  holds<Equals<typeof req.log, Hushlog>>()
  holds<Equals<typeof req.id, string>>()
  res.end()
})
const ofSession = requestLogger<Session>(log, { user: (req) => req.session.user })
holds<Equals<Parameters<typeof ofSession>[0], Session>>()
const options: RequestOptions<Session, express.Response> = {
  customProps: (req, res) => ({ user: req.session.user, locals: res.locals }),
  customLogLevel: (_req, res, err) => (err === undefined && res.statusCode < 400 ? 'info' : 'warn'),
  login: [{ path: '/login', user: (req) => req.session.user }],
}
requestLogger(log, options)
// @ts-expect-error
requestLogger<express.Request>(log, { user: (req) => req.session.user })
// @ts-expect-error
requestLogger<string>(log)
// @ts-expect-error
requestLogger(log, { user: () => 17 })
const ofErrors = errorLogger<Session>(log)
holds<Equals<Parameters<typeof ofErrors>[1], Session>>()
const plain = requestLogger(log)
holds<Equals<Parameters<typeof plain>[0], IncomingMessage>>()
holds<Equals<Parameters<typeof plain>[1], ServerResponse>>()

const fastify = Fastify(fastifyOptions(log))
fastify.register(fastifyLogger, { log })
fastify.register(fastifyLogger<FastifyRequest>, { log, user: (request) => request.hostname })
fastify.register(fastifyLogger, { log, user: (request) => request.ip, headers: ['accept'] })
// @ts-expect-error
fastify.register(fastifyLogger, { user: () => 'ada' })
// @ts-expect-error
fastify.register(fastifyLogger<FastifyRequest>, { log, user: (request) => request.nothing })

// The transport takes what can be copied into a worker thread.
holds<Equals<keyof TransportOptions, 'service' | 'scrub' | 'storage' | 'stdout'>>()
hushlogTransport({ storage: { dir: 'logs' } }) satisfies NodeJS.WritableStream
// @ts-expect-error
hushlogTransport({ level: 'info' })

// Nothing that was not scrubbed can be stored.
declare const writer: SegmentWriter
declare const batch: ScrubbedBatch
writer.append(batch)
// @ts-expect-error
writer.append('plain string')
// @ts-expect-error
writer.append(Buffer.from('plain bytes'))
const handMade = {
  bytes: new Uint8Array(1),
  ends: new Uint32Array(1),
  levels: new Int32Array(1),
  kinds: new Uint8Array(1),
  count: 1,
}
// @ts-expect-error
writer.append(handMade)
// @ts-expect-error
writer.append({ ...handMade, scrubbed: true })

// Options are known by name, and pino's own pass through.
hushlog({ service: 'shop', level: 'warn', redact: ['a.b'], storage: { keepDays: 365 }, stdout: 'common' })
hushlog({ storage: false, scrub: { rules: [{ id: 'shop-key', prefix: 'shop_' }] } })
// @ts-expect-error
hushlog({ keepDays: 30 })
// @ts-expect-error
hushlog({ storage: { keepdays: 365 } })
// @ts-expect-error
hushlog({ stdout: 'xml' })
// @ts-expect-error
hushlog({ storage: true })

// What would lead lines around the gate or change the frame of a line is no option.
holds<Equals<Extract<keyof HushlogOptions, 'transport' | 'timestamp' | 'browser' | 'name' | 'crlf'>, never>>()

// An audit event says who, what and how it ended.
// @ts-expect-error
log.audit({ action: 'order.refund', actor: 'ada' })
// @ts-expect-error
log.audit({ action: 'order.refund', outcome: 'success' })
// @ts-expect-error
log.audit({ action: 'order.refund', actor: 'ada', outcome: 'perhaps' })
// @ts-expect-error
log.audit.denied({ action: 'order.refund', actor: 'ada', outcome: 'success' })

// Actions are known by name, and an event by what its action is about.
const actions = defineActions({
  'order.refund': {},
  'order.delete': { target: true, reason: true },
  'auth.logout': { target: false },
})
holds<Equals<keyof typeof actions, 'order.refund' | 'order.delete' | 'auth.logout'>>()
const done = actions['order.refund'](log, { actor: 'ada', target: 'order-17', outcome: 'success' })
holds<Equals<typeof done, Promise<void>>>()
actions['order.refund'](child, { actor: 'ada', target: 'order-17', outcome: 'failure', reason: 'sold out' })
actions['order.refund'].denied(log, { actor: 'eve', target: 'order-17', details: { amount: 5 } })
actions['order.delete'].denied(log, { actor: 'eve', target: 'order-17', reason: 'not an admin' })
actions['auth.logout'](log, { actor: 'ada', outcome: 'success' })
// @ts-expect-error
actions['order.refnd'](log, { actor: 'ada', target: 'order-17', outcome: 'success' })
// @ts-expect-error
actions['order.refund'](log, { target: 'order-17', outcome: 'success' })
// @ts-expect-error
actions['order.refund'](log, { actor: 'ada', outcome: 'success' })
// @ts-expect-error
actions['order.refund'](log, { actor: 'ada', target: 'order-17' })
// @ts-expect-error
actions['order.refund'](log, { actor: 'ada', target: 'order-17', outcome: 'perhaps' })
// @ts-expect-error
actions['order.refund'].denied(log, { actor: 'eve' })
// @ts-expect-error
actions['order.delete'](log, { actor: 'ada', target: 'order-17', outcome: 'success' })
// @ts-expect-error
actions['auth.logout'](log, { actor: 'ada', target: 'order-17', outcome: 'success' })
// @ts-expect-error
actions['order.refund'](plainPino, { actor: 'ada', target: 'order-17', outcome: 'success' })
// @ts-expect-error
defineActions({ refund: {} })
// @ts-expect-error
defineActions({ 'order.refund': { targets: true } })
// @ts-expect-error
defineActions({ 'order.refund': { target: 'order' } })

holds<Equals<ReturnType<typeof auditDiff>, AuditDiff>>()
auditDiff({ price: 1 }, { price: 2 }, { maxChanges: 10 }).changed.price.from satisfies unknown
// @ts-expect-error
auditDiff({}, {}, { max: 10 })

hushlog({ ship: { s3: { bucket: 'b', objectLock: false }, maxBandwidth: '10 MB' } }).stats().ship
  ?.targets?.[0].waiting.segments satisfies number | undefined
hushlog({
  ship: { syslog: { host: 'h', tls: { ca: 'PEM' } }, transports: [{ target: 'pino-loki', level: 'warn' }] },
})
// @ts-expect-error
hushlog({ ship: { s3: { bucket: 'b', credentials: {} } } })
// @ts-expect-error
hushlog({ ship: { s3: { bucket: 'b', objectLock: 'COMPLIANCE' } } })
// @ts-expect-error
hushlog({ ship: { syslog: { host: 'h', tls: { rejectUnauthorized: false } } } })
// @ts-expect-error
hushlog({ ship: { s3: {} } })
