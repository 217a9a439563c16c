/**
 * One application in each framework: the same routes, each made the way the framework has it, so that one table of
 * requests can be held against all of them.
 */
import 'reflect-metadata'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { PassThrough, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'
import Router from '@koa/router'
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  Get,
  HttpCode,
  HttpException,
  Module,
  Param,
  Post,
  Res,
  Sse,
} from '@nestjs/common'
import { BaseExceptionFilter, NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import connect from 'connect'
import express5, { type NextFunction, type Request, type Response } from 'express'
import Fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import { stream, streamSSE } from 'hono/streaming'
import Koa from 'koa'
import { concat, NEVER, of } from 'rxjs'
import type { Test } from 'tap'
import { nestLogger } from '../../lib/logger/nest.ts'
import { errorLogger } from '../../lib/request/express.ts'
import { fastifyLogger, fastifyOptions } from '../../lib/request/fastify.ts'
import { type HonoVariables, honoLogger } from '../../lib/request/hono.ts'
import { requestLogger } from '../../lib/request/http.ts'
import { koaLogger } from '../../lib/request/koa.ts'
import type { Hushlog } from '../../lib/types.ts'

const require = createRequire(import.meta.url)

export interface FrameworkCase {
  name: string
  /** Declares the routes; the logger is mounted twice wherever that can be done. */
  make(log: Hushlog, t: Test): Server | Promise<Server>
  /** Whether it knows routes by their pattern. */
  routes: boolean
  /** Whether it can be told to trust a proxy; then it is. */
  proxy: boolean
}

const failure = () => new TypeError('the real one')
const ignore = ({ url }: { url?: string }) => url === '/health'
const login = [{ path: '/login' }]
const note = (log: Hushlog, path: string) => log.info({ of: path }, 'in the handler')
const json = (body: unknown) => (body as { name?: string } | undefined)?.name ?? 'nobody'

function expressApp(express: typeof express5): FrameworkCase['make'] {
  return (log) => {
    const app = express()
    app.set('trust proxy', 1)
    app.use(requestLogger(log, { autoLogging: { ignore }, login }))
    app.use(express.json())
    const orders = express.Router()
    orders.use(requestLogger(log))
    orders.get('/:id', (_req, _res, next) => next('route'))
    orders.get('/:id', async (req, res) => {
      await sleep(2)
      note(log, req.originalUrl)
      res.send('an order')
    })
    app.use('/orders', orders)
    app.get('/health', (_req, res) => void res.send('well'))
    app.get('/fails', () => {
      throw failure()
    })
    app.post('/echo', (req, res) => {
      note(log, req.originalUrl)
      res.send(json(req.body))
    })
    app.post('/login', (_req, res) => void res.sendStatus(401))
    for (const [path, answer] of Object.entries(PLAIN)) app.get(path, answer)
    app.use(errorLogger(log))
    app.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => {
      res.status(500).send('sorry')
    })
    return require('node:http').createServer(app)
  }
}

/** What Express and Connect answer by node:http's own means. */
const PLAIN: Record<string, (req: IncomingMessage, res: ServerResponse) => void> = {
  '/nothing': (_req, res) => void res.writeHead(204).end(),
  '/same': (_req, res) => void res.writeHead(304).end(),
  '/chunks': (_req, res) => {
    res.write('ab')
    setTimeout(() => res.end('cde'), 2)
  },
  '/events': (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.write('data: 1\n\n')
  },
  '/never': () => {},
}

const makeConnect: FrameworkCase['make'] = (log) => {
  const app = connect()
  app.use(requestLogger(log, { autoLogging: { ignore }, login }))
  app.use((req: IncomingMessage & { body?: unknown }, _res: ServerResponse, next: () => void) => {
    // A parser that loses the context; the logger is mounted again behind it.
    let text = ''
    req.on('data', (chunk) => (text += chunk))
    req.on('end', () => {
      if (text !== '') req.body = JSON.parse(text)
      next()
    })
  })
  app.use(requestLogger(log))
  app.use('/orders', async (req: connect.IncomingMessage, res: ServerResponse) => {
    await sleep(2)
    note(log, req.originalUrl as string)
    res.end('an order')
  })
  app.use('/health', (_req: IncomingMessage, res: ServerResponse) => res.end('well'))
  app.use('/fails', () => {
    throw failure()
  })
  app.use('/echo', (req: connect.IncomingMessage & { body?: unknown }, res: ServerResponse) => {
    note(log, req.originalUrl as string)
    res.end(json(req.body))
  })
  app.use('/login', (_req: IncomingMessage, res: ServerResponse) => res.writeHead(401).end())
  for (const [path, answer] of Object.entries(PLAIN)) app.use(path, answer)
  app.use(errorLogger(log) as connect.ErrorHandleFunction)
  app.use((_error: unknown, _req: IncomingMessage, res: ServerResponse, _next: () => void) => {
    res.writeHead(500).end('sorry')
  })
  return require('node:http').createServer(app)
}

const koaApp = (Application: typeof Koa) => (log: Hushlog) => {
  const app = new Application()
  app.proxy = true
  app.silent = true
  app.use(koaLogger(log, { autoLogging: { ignore: (ctx) => ctx.originalUrl === '/health' }, login }))
  app.use(async (ctx, next) => {
    if (ctx.method === 'POST') {
      const text = Buffer.concat(await ctx.req.toArray()).toString()
      if (text !== '') Object.assign(ctx.request, { body: JSON.parse(text) })
    }
    await next()
  })
  app.use(koaLogger(log))
  const orders = new Router({ prefix: '/orders' })
  orders.use((_ctx, next) => next())
  orders.get('/:id', async (ctx) => {
    await sleep(2)
    note(log, ctx.originalUrl)
    ctx.body = 'an order'
  })
  const router = new Router()
  router.use(orders.routes())
  router.get('/health', (ctx) => void (ctx.body = 'well'))
  router.get('/fails', () => {
    throw failure()
  })
  router.post('/echo', (ctx) => {
    note(log, ctx.originalUrl)
    ctx.body = json((ctx.request as { body?: unknown }).body)
  })
  router.post('/login', (ctx) => {
    ctx.status = 401
    ctx.body = { user: 'the answer is no body of the request' }
  })
  router.get('/nothing', (ctx) => void (ctx.status = 204))
  router.get('/same', (ctx) => void (ctx.status = 304))
  router.get('/chunks', (ctx) => void (ctx.body = Readable.from(['ab', 'cde'])))
  router.get('/events', (ctx) => {
    const events = new PassThrough()
    ctx.type = 'text/event-stream'
    ctx.body = events
    events.write('data: 1\n\n')
  })
  router.get('/never', () => new Promise(() => {}))
  app.use(router.routes())
  return require('node:http').createServer(app.callback())
}

const makeHono: FrameworkCase['make'] = (log) => {
  const app = new Hono<{ Variables: HonoVariables }>()
  app.use(honoLogger(log, { autoLogging: { ignore: (c) => c.req.path === '/health' }, login }))
  app.use('/orders/*', honoLogger(log))
  const orders = new Hono<{ Variables: HonoVariables }>()
  orders.get(
    '/:id',
    (_c, next) => next(),
    async (c) => {
      await sleep(2)
      note(log, new URL(c.req.url).pathname)
      return c.text('an order')
    },
  )
  app.route('/orders', orders)
  app.get('/health', (c) => c.text('well'))
  app.get('/fails', () => {
    throw failure()
  })
  app.post('/echo', async (c) => {
    const body = await c.req.json()
    note(log, '/echo')
    return c.text(json(body))
  })
  app.post('/login', (c) => c.json({ user: 'the answer is no body of the request' }, 401))
  app.get('/nothing', (c) => c.body(null, 204))
  app.get('/same', (c) => c.body(null, 304))
  app.get('/chunks', (c) =>
    stream(c, async (out) => {
      await out.write('ab')
      await out.write('cde')
    }),
  )
  app.get('/events', (c) =>
    streamSSE(c, async (out) => {
      await out.writeSSE({ data: '1' })
      await new Promise<void>((resolve) => out.onAbort(resolve))
    }),
  )
  app.get('/never', () => new Promise<never>(() => {}))
  app.onError((_error, c) => c.text('sorry', 500))
  return createAdaptorServer(app) as Server
}

function fastifyApp(fastify5: typeof Fastify): FrameworkCase['make'] {
  return async (log, t) => {
    const app = fastify5({ ...fastifyOptions(log, fastify5), trustProxy: true }) as unknown as FastifyInstance
    t.teardown(() => app.close())
    await app.register(fastifyLogger, {
      log,
      autoLogging: { ignore: (request) => request.routeOptions.url === '/health' },
      login,
    })
    await app.register(fastifyLogger, { log })
    await app.register(
      async (orders) => {
        orders.get('/:id', async (request) => {
          await sleep(2)
          note(log, request.url)
          return 'an order'
        })
      },
      { prefix: '/orders' },
    )
    app.get('/health', async () => 'well')
    app.get('/fails', async () => {
      throw failure()
    })
    app.post('/echo', async (request) => {
      note(log, request.url)
      return json(request.body)
    })
    app.post('/login', async (_request, reply) => reply.code(401).send('no'))
    app.get('/nothing', async (_request, reply) => reply.code(204).send())
    app.get('/same', async (_request, reply) => reply.code(304).send())
    app.get('/chunks', (_request, reply) => reply.send(Readable.from(['ab', 'cde'])))
    app.get('/events', (_request, reply) => {
      const events = new PassThrough()
      events.write('data: 1\n\n')
      return reply.type('text/event-stream').send(events)
    })
    app.get('/never', () => new Promise(() => {}))
    await app.ready()
    return app.server
  }
}

/** Decorators by hand: what a TypeScript compiler would do with `@Get('…')` above a method. */
function decorate(target: { prototype: object }, name: string, ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name) as PropertyDescriptor
  for (const decorator of decorators) decorator(target.prototype, name, descriptor)
}

/** The application of NestJS; `options` are the module's, `logger` mounts what logs. */
export async function nestApp(
  log: Hushlog,
  imports: object[],
  mount: (app: NestExpressApplication) => void,
): Promise<Server> {
  class Shop {
    async order(id: string) {
      await sleep(2)
      note(log, `/orders/${id}`)
      return 'an order'
    }
    health() {
      return 'well'
    }
    fails() {
      throw failure()
    }
    echo(body: unknown) {
      note(log, '/echo')
      return json(body)
    }
    login() {}
    nothing() {}
    same() {}
    chunks(res: ServerResponse) {
      Readable.from(['ab', 'cde']).pipe(res)
    }
    events() {
      return concat(of({ data: '1' }), NEVER)
    }
    never(_res: ServerResponse) {}
  }
  Controller()(Shop)
  decorate(Shop, 'order', Get('orders/:id') as MethodDecorator)
  for (const name of ['health', 'fails']) decorate(Shop, name, Get(name))
  decorate(Shop, 'echo', Post('echo'), HttpCode(200))
  decorate(Shop, 'login', Post('login'), HttpCode(401))
  decorate(Shop, 'nothing', Get('nothing'), HttpCode(204))
  decorate(Shop, 'same', Get('same'), HttpCode(304))
  decorate(Shop, 'events', Sse('events'))
  for (const name of ['chunks', 'never']) {
    decorate(Shop, name, Get(name))
    Res()(Shop.prototype, name, 0)
  }
  Param('id')(Shop.prototype, 'order', 0)
  Body()(Shop.prototype, 'echo', 0)

  /** NestJS answers errors itself; this leaves those that nobody foresaw where the access record looks. */
  class KeepErrors extends BaseExceptionFilter {
    override catch(error: unknown, host: ArgumentsHost) {
      if (!(error instanceof HttpException)) host.switchToHttp().getResponse().err = error
      super.catch(error, host)
    }
  }
  Catch()(KeepErrors)

  class App {}
  Module({ imports: imports as never, controllers: [Shop] })(App)
  const app = await NestFactory.create<NestExpressApplication>(App, { logger: nestLogger(log) })
  app.set('trust proxy', 1)
  mount(app)
  app.useGlobalFilters(new KeepErrors(app.getHttpAdapter()))
  await app.init()
  return app.getHttpServer()
}

const makeNest: FrameworkCase['make'] = (log) =>
  nestApp(log, [], (app) => {
    app.use(requestLogger(log, { autoLogging: { ignore }, login }))
    app.use(requestLogger(log))
  })

export const FRAMEWORKS: FrameworkCase[] = [
  { name: 'Express 4', make: expressApp(require('express4')), routes: true, proxy: true },
  { name: 'Express 5', make: expressApp(express5), routes: true, proxy: true },
  { name: 'Connect', make: makeConnect, routes: false, proxy: false },
  { name: 'Koa 2', make: koaApp(require('koa2')), routes: true, proxy: true },
  { name: 'Koa 3', make: koaApp(Koa), routes: true, proxy: true },
  { name: 'Hono', make: makeHono, routes: true, proxy: false },
  { name: 'NestJS', make: makeNest, routes: true, proxy: true },
  { name: 'Fastify 5.0.0', make: fastifyApp(require('fastify-oldest')), routes: true, proxy: true },
  { name: 'Fastify 5', make: fastifyApp(Fastify), routes: true, proxy: true },
]
