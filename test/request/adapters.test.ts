/** What is particular to Koa, Hono and NestJS; what all frameworks have in common is in frameworks.test.ts. */
import 'reflect-metadata'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'
import Router from '@koa/router'
import { Logger } from '@nestjs/common'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import t, { type Test } from 'tap'
import { nestLogger } from '../../lib/logger/nest.ts'
import { type HonoVariables, honoLogger } from '../../lib/request/hono.ts'
import { requestLogger } from '../../lib/request/http.ts'
import { koaLogger } from '../../lib/request/koa.ts'
import { nestApp } from './frameworks.ts'
import { get, type Line, listen, logged, raw, received } from './helpers.ts'

// Its types would give each request of Node the logger of pino-http, in all tests.
const { LoggerModule, Logger: PinoLogger } = createRequire(import.meta.url)('nestjs-pino')

async function ask(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  await response.text().catch(() => {})
  return response
}

/** URL, operation, status and the error's message of each record. */
const facts = (records: Line[]) =>
  records.map(({ req, operation, res, err }) => [req.url, operation, res.statusCode, err?.message ?? err])

async function koaServer(t: Test, declare: (app: Koa, log: ReturnType<typeof logged>['log']) => void) {
  const kept = logged(t)
  const app = new Koa()
  app.silent = true
  app.use(koaLogger(kept.log))
  declare(app, kept.log)
  return { ...kept, ...(await listen(t, createServer(app.callback()))) }
}

t.test('Koa: requests are named by the route that answers, wherever its router is mounted', async (t) => {
  const { url, access } = await koaServer(t, (app) => {
    const items = new Router()
    items.use('/private', (ctx, next) => {
      if (ctx.query.key === undefined) ctx.status = 401
      else return next()
    })
    items.get('/private/:item', (ctx) => void (ctx.status = 204))
    items.get('/reset/:token', (ctx) => void (ctx.status = 204))
    items.all('/any', (ctx) => void (ctx.status = 204))
    items.get(/^\/regular\/(\d+)$/, (ctx) => void (ctx.status = 204))
    const shops = new Router({ prefix: '/shops/:shop' })
    shops.use(items.routes())
    app.use(shops.routes()).use(shops.allowedMethods())
    // What another router may leave.
    app.use((ctx, next) => {
      if (ctx.path !== '/foreign') return next()
      Object.assign(ctx, { matched: [{ path: '/foreign' }, null] })
      ctx.status = 204
    })
    // What koa-mount does, also when the application inside fails.
    app.use(async (ctx, next) => {
      if (!ctx.path.startsWith('/mounted')) return next()
      ctx.path = ctx.path.slice('/mounted'.length)
      await new Router().get('/reset/:token', () => Promise.reject(new Error('no'))).routes()(
        ctx as never,
        next,
      )
    })
  })
  const cases: [
    method: string,
    path: string,
    url: string,
    operation: string,
    status: number,
    err?: string,
  ][] = [
    ['GET', '/shops/7/private/1?key=', '', 'GET /shops/:shop/private/:item', 204],
    ['GET', '/shops/7/private/1', '', 'GET /shops/:shop/private/:item', 401],
    ['PUT', '/shops/7/any', '', 'PUT /shops/:shop/any', 204],
    ['GET', '/shops/7/reset/sesame', '/shops/7/reset/[SECRET:token]', 'GET /shops/:shop/reset/:token', 204],
    ['DELETE', '/shops/7/reset/1', '/shops/7/reset/[SECRET:token]', 'DELETE /shops/:id/reset/:id', 405],
    ['GET', '/foreign', '', 'GET /foreign', 204],
    ['GET', '/mounted/reset/sesame', '/mounted/reset/[SECRET:token]', 'GET /mounted/reset/:token', 500, 'no'],
    ['GET', '/none/8', '', 'GET /none/:id', 404],
  ]
  for (const [method, path] of cases) await ask(url + path, { method })
  t.same(
    facts(await access(cases.length)),
    cases.map(([, path, shown, operation, status, err]) => [shown || path, operation, status, err]),
  )
})

t.test(
  'Koa: the error of a failed request is kept, whoever throws it and whatever is answered',
  async (t) => {
    const { url, access } = await koaServer(t, (app) => {
      app.use(async (ctx, next) => {
        try {
          await next()
        } catch (error) {
          if (ctx.path !== '/answered') throw error
          Object.assign(ctx.res, { err: error })
          ctx.status = 503
        }
      })
      app.use((ctx) => {
        if (ctx.path === '/stream') {
          ctx.body = Readable.from(
            (async function* () {
              yield 'half'
              await sleep(5)
              throw new Error('half way')
            })(),
          )
        } else if (ctx.path === '/text') throw 'only text'
        else if (ctx.path === '/client') ctx.throw(409, 'yours')
        else throw new Error(ctx.path)
      })
    })
    const ids = []
    for (const path of ['/thrown', '/answered', '/text', '/client'])
      ids.push((await ask(url + path)).headers.get('x-request-id'))
    await ask(`${url}/stream`).catch(() => {})
    const records = await access(5)
    t.same(facts(records), [
      ['/thrown', 'GET /thrown', 500, '/thrown'],
      ['/answered', 'GET /answered', 503, '/answered'],
      ['/text', 'GET /text', 500, 'only text'],
      ['/client', 'GET /client', 409, 'yours'],
      ['/stream', 'GET /stream', 200, 'half way'],
    ])
    t.same(
      records.map(({ reqId }) => reqId).slice(0, 4),
      ids,
      'the answer to an error bears the id too, though Koa takes all headers off it',
    )
    t.same(
      records.map(({ level }) => level),
      [50, 50, 50, 40, 50],
    )
  },
)

t.test('Koa inside Express has one record, named by Koa, and ctx.log', async (t) => {
  const { log, access, lines } = logged(t)
  const inside = new Koa()
  inside.use(koaLogger(log))
  inside.use(new Router().get('/orders/:id', (ctx) => void ctx.log.info(ctx.req.url)).routes())
  const app = express()
  app.use(requestLogger(log))
  app.use('/koa', inside.callback())
  const { url } = await listen(t, createServer(app))
  await ask(`${url}/koa/orders/17`)
  t.same(facts(await access(1)), [['/koa/orders/17', 'GET /koa/orders/:id', 404, undefined]])
  t.match((await lines())[0], { msg: '/orders/17', operation: 'GET /koa/orders/:id' })
})

t.test(
  'Hono: requests are named by the handler that answers, through bases and sub-applications',
  async (t) => {
    const { log, access, lines } = logged(t)
    const app = new Hono<{ Variables: HonoVariables }>()
    app.use(honoLogger(log))
    app.use('/admin/*', async (c, next) =>
      c.req.query('key') === undefined ? c.body(null, 401) : await next(),
    )
    app.get('/admin/:page', (c) => c.body(null, 204))
    app.get('/guarded/*', async (c, next) =>
      c.req.query('key') === undefined ? c.body(null, 401) : await next(),
    )
    app.get('/guarded/:token', (c) => c.body(null, 204))
    app.get('/:any{fi.*}', (c) => c.body(null, 204))
    app.get('/first', (c) => c.text('never'))
    app.all('/any', (c) => c.body(null, 204))
    app.get('/text', () => {
      throw 'only text'
    })
    const shop = new Hono<{ Variables: HonoVariables }>().basePath('/v1')
    shop.get('/reset/:token', (c) => {
      c.get('log').info(c.get('requestId'))
      return c.body(null, 204)
    })
    shop.get('/fails', () => {
      throw new Error('in a sub-application')
    })
    shop.onError((_error, c) => c.text('sorry', 503))
    app.route('/shops/:shop', shop)
    const { url } = await listen(t, createAdaptorServer(app) as Server)
    const cases: [path: string, url: string, operation: string, status: number, err?: string][] = [
      ['/admin/users?key=', '', 'GET /admin/:page', 204],
      ['/admin/users', '', 'GET /admin/:page', 401],
      ['/guarded/sesame', '/guarded/[SECRET:token]', 'GET /guarded/*', 401],
      ['/first', '', 'GET /:any{fi.*}', 204],
      ['/any', '', 'GET /any', 204],
      ['/text', '', 'GET /text', 500, 'only text'],
      [
        '/shops/7/v1/reset/sesame',
        '/shops/7/v1/reset/[SECRET:token]',
        'GET /shops/:shop/v1/reset/:token',
        204,
      ],
      ['/shops/7/v1/fails', '', 'GET /shops/:shop/v1/fails', 503, 'in a sub-application'],
      ['/none/8', '', 'GET /none/:id', 404],
    ]
    for (const [path] of cases) await ask(url + path)
    const records = await access(cases.length)
    t.same(
      facts(records),
      cases.map(([path, shown, operation, status, err]) => [shown || path, operation, status, err]),
    )
    t.match(
      (await lines()).find(({ kind }) => kind === undefined),
      { msg: records[6].reqId, reqId: records[6].reqId },
    )
  },
)

t.test('Hono without a connection has no access record, but a logger and an operation', async (t) => {
  const { log, lines } = logged(t)
  const app = new Hono<{ Variables: HonoVariables }>()
  app.use(honoLogger(log))
  app.get('/orders/:id', (c) => {
    c.get('log').info('by the context of Hono')
    log.info('by the context')
    return c.text(c.get('requestId'))
  })
  const response = await app.request('/orders/17')
  const line = { reqId: await response.text(), operation: 'GET /orders/:id' }
  t.match(await lines(), [
    { ...line, msg: 'by the context of Hono' },
    { ...line, msg: 'by the context' },
  ])
  t.equal((await lines()).length, 2)
})

t.test('NestJS through nestjs-pino: one record a request, no line twice, one id', async (t) => {
  for (const [name, useExisting, id] of [
    ['with req.log of ours', true, ['reqId']],
    ['with loggers that pino-http makes', undefined, ['reqId', 'req']],
  ] as const) {
    const { log, access, lines } = logged(t)
    const pinoHttp = { logger: log, autoLogging: false }
    const imports = [LoggerModule.forRoot({ pinoHttp, ...(useExisting && { useExisting }) })]
    const server = await nestApp(log, imports, (app) => {
      app.use(requestLogger(log))
      app.useLogger(app.get(PinoLogger))
    })
    const { url } = await listen(t, server)
    const response = await ask(`${url}/orders/17`)
    await ask(`${url}/fails`)
    const records = await access(2)
    t.same(
      facts(records),
      [
        ['/orders/17', 'GET /orders/:id', 200, undefined],
        ['/fails', 'GET /fails', 500, 'the real one'],
      ],
      name,
    )
    t.equal(records[0].reqId, response.headers.get('x-request-id'))
    const failed = (await lines()).filter(
      ({ reqId, kind }) => reqId === records[1].reqId && kind === undefined,
    )
    t.equal(failed.length, 1, 'what NestJS says of the error, once')
    t.match(failed[0], {
      operation: 'GET /fails',
      context: 'ExceptionsHandler',
      err: { message: 'the real one' },
    })
    t.same(
      Object.keys(failed[0]).filter((key) => key.startsWith('req')),
      id,
    )
    if (failed[0].req !== undefined)
      t.equal(failed[0].req.id, records[1].reqId, 'what pino-http binds is our id')
  }
})

t.test(
  'NestJS: its own lines keep level, context, stack and error, and bear the request that they run in',
  async (t) => {
    const { log, lines } = logged(t, { level: 'trace' })
    const logger = nestLogger(log)
    const nest = new Logger('Shop')
    Logger.overrideLogger(logger)
    t.teardown(() => Logger.overrideLogger(false))
    for (const level of ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const)
      nest[level](`at ${level}`)
    nest.error(new TypeError('broken, password=correct-horse'))
    nest.error('told', 'Error: told\n    at here')
    nest.error('told without a context', 'Error: told\n    at here')
    logger.error('no context', 'Error: told\n    at here')
    nest.error('with its error', new RangeError('broken, password=correct-horse'))
    nest.error(new RangeError('broken'), 'Error: broken\n    at here', { more: 1 })
    nest.log('one', 'another')
    nest.log({ order: 17, password: 'correct-horse' }, 'and more')
    nest.warn('with', { more: 1 }, 2)
    logger.log('100 %s of it')
    logger.log(undefined)
    const hostile = Object.defineProperty({}, 'x', {
      enumerable: true,
      get() {
        throw new Error('no')
      },
    })
    logger.log(hostile)
    const all = await lines()
    t.match(all, [
      ...[10, 20, 30, 40, 50, 60].map((level) => ({ level, context: 'Shop', msg: /^at / })),
      {
        level: 50,
        context: 'Shop',
        err: { type: 'TypeError', message: 'broken, password=[SECRET:password]' },
      },
      { level: 50, context: 'Shop', msg: 'told', stack: 'Error: told\n    at here' },
      { level: 50, context: 'Shop', stack: 'Error: told\n    at here' },
      { level: 50, msg: 'no context', stack: 'Error: told\n    at here' },
      {
        level: 50,
        context: 'Shop',
        msg: 'with its error',
        err: { type: 'RangeError', message: 'broken, password=[SECRET:password]', stack: /RangeError/ },
      },
      {
        level: 50,
        context: 'Shop',
        err: { type: 'RangeError' },
        params: ['Error: broken\n    at here', { more: 1 }],
      },
      { level: 30, context: 'Shop', msg: 'one', params: ['another'] },
      { level: 30, context: 'Shop', order: 17, password: '[SECRET:password]', params: ['and more'] },
      { level: 40, context: 'Shop', msg: 'with', params: [{ more: 1 }, 2] },
      { msg: '100 %s of it' },
      { msg: 'undefined' },
    ])
    t.notOk('context' in all[9])
    t.notOk('context' in all[15])
  },
)

t.test('a connection that breaks while Koa answers is no error of the program', async (t) => {
  const { port, access } = await koaServer(t, (app) => {
    app.use((ctx) => {
      ctx.body = Readable.from(
        (async function* () {
          for (;;) {
            yield 'x'.repeat(10_000)
            await sleep(1)
          }
        })(),
      )
    })
  })
  const socket = await raw(port, get('/'))
  await received(socket, 'xxx')
  socket.resetAndDestroy()
  const [record] = await access(1)
  t.match(record, { level: 40, aborted: true, res: { statusCode: 200 } })
  t.notOk('err' in record)
})
