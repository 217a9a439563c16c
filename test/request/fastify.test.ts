import type { AddressInfo } from 'node:net'
import { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { currentOperation } from '../../lib/context.ts'
import { type FastifyLoggerOptions, fastifyLogger, fastifyOptions } from '../../lib/request/fastify.ts'
import { get, type Line, logged, raw, received } from './helpers.ts'

/** A server whose routes `declare` makes, listening. */
async function serve(
  t: Test,
  declare: (fastify: ReturnType<typeof make>['fastify'], log: ReturnType<typeof logged>['log']) => unknown,
  options: Omit<FastifyLoggerOptions, 'log'> = {},
) {
  const { fastify, ...kept } = make(t)
  await fastify.register(fastifyLogger, { log: kept.log, ...options })
  await declare(fastify, kept.log)
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  return { fastify, url, port: (fastify.server.address() as AddressInfo).port, ...kept }
}

function make(t: Test) {
  const kept = logged(t)
  const fastify = Fastify({ ...fastifyOptions(kept.log, Fastify), return503OnClosing: true })
  t.teardown(() => fastify.close())
  return { fastify, ...kept }
}

const json = (body: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

t.test('one access record a request, and no line of Fastify itself', async (t) => {
  const { url, lines } = await serve(t, (fastify) => {
    fastify.get('/orders/:id', async (request) => {
      request.log.info('in the handler')
      return { ok: true }
    })
  })
  const response = await fetch(`${url}/orders/17?page=2`)
  t.equal(await response.text(), '{"ok":true}')
  await sleep(20)
  const all = (await lines()).filter(({ operation }) => operation !== 'process')
  const id = response.headers.get('x-request-id') as string
  t.match(all, [
    { operation: 'GET /orders/:id', reqId: id, msg: 'in the handler' },
    {
      kind: 'access',
      level: 30,
      reqId: id,
      req: { method: 'GET', url: '/orders/17?page=2' },
      res: { statusCode: 200, contentLength: 11 },
    },
  ])
  t.equal(all.length, 2)
  t.ok(all[1].msg.endsWith(` ms "GET /orders/:id" ${id}`))
})

t.test('the context reaches every hook and handler, past the body and into plugins', async (t) => {
  const seen: [where: string, reqId: string, operation: string][] = []
  const note = (where: string) => {
    const { reqId, name } = currentOperation()
    seen.push([where, reqId, name])
  }
  const { url } = await serve(t, async (fastify) => {
    fastify.addHook('onRequest', async () => note('onRequest'))
    fastify.addHook('preParsing', async () => note('preParsing'))
    fastify.addHook('preValidation', async () => note('preValidation'))
    fastify.addHook('preHandler', (_request, _reply, done) => {
      note('preHandler')
      done()
    })
    await fastify.register(
      async (inner) => {
        inner.addHook('preSerialization', async (_request, _reply, payload) => {
          note('preSerialization')
          return payload
        })
        inner.post('/:item', async (request) => {
          note('handler')
          await sleep(1)
          note('after awaiting')
          return { id: request.id }
        })
      },
      { prefix: '/inner' },
    )
  })
  const ids: string[] = []
  for (const name of ['a', 'b']) {
    const response = await fetch(`${url}/inner/${name}`, json({ of: name }))
    ids.push(((await response.json()) as { id: string }).id)
  }
  const places = [
    'onRequest',
    'preParsing',
    'preValidation',
    'preHandler',
    'handler',
    'after awaiting',
    'preSerialization',
  ]
  t.same(
    seen,
    ids.flatMap((id) => places.map((place) => [place, id, 'POST /inner/:item'])),
  )
  t.equal(new Set(ids).size, 2)
})

t.test('each way in which a request can end gives exactly one record', async (t) => {
  const { url, port, access } = await serve(t, (fastify) => {
    fastify.get('/', async () => 'x')
    fastify.get('/thrown', async () => {
      throw new TypeError('the real one')
    })
    fastify.get('/client', async () => {
      throw Object.assign(new Error('yours'), { statusCode: 409 })
    })
    fastify.register(async (inner) => {
      inner.setErrorHandler((_error, _request, reply) => reply.code(503).send({ sorry: true }))
      inner.get('/handled', async () => {
        throw new Error('seen before its handler')
      })
    })
    fastify.post('/checked', { schema: { body: { type: 'object', required: ['a'] } } }, async () => 'x')
    fastify.get('/stream', (_request, reply) => reply.send(Readable.from(['ab', 'cde'])))
    fastify.get('/broken-stream', (_request, reply) => {
      reply.send(
        Readable.from(
          (async function* () {
            yield 'ab'
            await sleep(5)
            throw new Error('half way')
          })(),
        ),
      )
    })
    fastify.get('/never', () => new Promise(() => {}))
    fastify.get('/hijacked', (_request, reply) => {
      reply.hijack()
      reply.raw.end('own')
    })
    fastify.get('/slow', { handlerTimeout: 20 }, () => new Promise(() => {}))
  })
  const expected: [method: string, path: string, operation: string, match: Line][] = [
    ['GET', '/', 'GET /', { level: 30, res: { statusCode: 200, contentLength: 1 } }],
    ['HEAD', '/', 'HEAD /', { level: 30, res: { statusCode: 200, contentLength: 0 } }],
    [
      'GET',
      '/thrown',
      'GET /thrown',
      { level: 50, res: { statusCode: 500 }, err: { type: 'TypeError', message: 'the real one' } },
    ],
    ['GET', '/client', 'GET /client', { level: 40, res: { statusCode: 409 }, err: { message: 'yours' } }],
    [
      'GET',
      '/handled',
      'GET /handled',
      { level: 50, res: { statusCode: 503 }, err: { message: 'seen before its handler' } },
    ],
    [
      'POST',
      '/checked',
      'POST /checked',
      { level: 40, res: { statusCode: 400 }, err: { code: 'FST_ERR_VALIDATION' } },
    ],
    ['GET', '/stream', 'GET /stream', { level: 30, res: { statusCode: 200, contentLength: 5 } }],
    [
      'GET',
      '/broken-stream',
      'GET /broken-stream',
      { level: 40, aborted: true, res: { statusCode: 200, contentLength: 2 } },
    ],
    ['GET', '/hijacked', 'GET /hijacked', { level: 30, res: { statusCode: 200, contentLength: 3 } }],
    [
      'GET',
      '/slow',
      'GET /slow',
      { level: 50, res: { statusCode: 503 }, err: { code: 'FST_ERR_HANDLER_TIMEOUT' } },
    ],
    ['GET', '/nothing/17', 'GET /nothing/:id', { level: 40, res: { statusCode: 404 } }],
    ['GET', '/%c0', 'GET /%c0', { level: 40, res: { statusCode: 400 } }],
  ]
  for (const [method, path] of expected) {
    await fetch(url + path, method === 'POST' ? json({}) : { method })
      .then((response) => response.text())
      .catch(() => {})
  }
  const socket = await raw(port, get('/never'))
  await sleep(30)
  socket.destroy()
  const records = await access(expected.length + 1)
  t.equal(records.length, expected.length + 1)
  for (const [index, [method, url, operation, match]] of expected.entries()) {
    t.match(records[index], { operation, req: { method, url }, ...match }, `${method} ${url}`)
    t.equal('aborted' in records[index], match.aborted === true, `${method} ${url} aborted or not`)
  }
  t.match(records.at(-1), { level: 40, operation: 'GET /never', aborted: true, res: { statusCode: null } })
})

t.test('what comes while the server closes has its record too', async (t) => {
  const { fastify, port, access } = await serve(t, (fastify) => {
    fastify.get('/wait', async () => {
      await sleep(60)
      return 'waited'
    })
  })
  const socket = await raw(port, get('/wait'))
  await sleep(20)
  const closed = fastify.close()
  await sleep(10)
  socket.write(get('/refused'))
  t.match(await received(socket), /HTTP\/1\.1 503 /)
  await closed
  const records = await access(2)
  t.same(
    records.map(({ req, res }) => [req.url, res.statusCode]),
    [
      ['/wait', 200],
      ['/refused', 503],
    ],
  )
})

t.test('ids: the header, request.id and the lines agree, and no key stands twice', async (t) => {
  const { url, lines, access } = await serve(
    t,
    (fastify) => {
      fastify.get('/', async (request, reply) => {
        request.log.info({ a: 1 }, 'by the request')
        reply.log.info('by the reply')
        request.log.child({ part: 'x' }).info('by a child')
        return { id: request.id }
      })
    },
    { trustRequestId: true, requestIdHeader: 'X-Trace' },
  )
  for (const [sent, taken] of [
    ['edge-7', true],
    ['<script>', false],
    ['a'.repeat(8000), false],
  ] as const) {
    const response = await fetch(url, { headers: { 'x-trace': sent } })
    const { id } = (await response.json()) as { id: string }
    t.equal(id === sent, taken)
    t.equal(response.headers.get('x-trace'), id)
    const of = (await lines()).filter(({ reqId }) => reqId === id)
    t.ok(of.length >= 3, 'every line bears it')
  }
  t.equal((await access(3)).length, 3)
  const all = await lines()
  t.equal(all.filter(({ operation }) => operation === 'GET /').length, 12)
  for (const line of all) t.notOk('reqId_' in line || 'req_id' in line)
})

t.test('a level for one route goes for its lines and its access record', async (t) => {
  const { url, lines } = await serve(t, (fastify) => {
    const handler = async (request: { log: FastifyInstance['log'] }) => {
      request.log.debug('debugging')
      return 'x'
    }
    fastify.get('/quiet', { logLevel: 'silent' }, handler)
    fastify.get(
      '/loud',
      { logLevel: 'debug', logSerializers: { secretly: () => 'serialised' } },
      async (request) => {
        request.log.debug({ secretly: 1 }, 'debugging')
        return 'x'
      },
    )
    fastify.get('/usual', handler)
  })
  for (const path of ['/quiet', '/loud', '/usual']) await fetch(url + path)
  await sleep(20)
  const told = (await lines()).filter(({ operation }) => operation !== 'process')
  t.match(told, [
    { level: 20, operation: 'GET /loud', secretly: 'serialised' },
    { kind: 'access', operation: 'GET /loud' },
    { kind: 'access', operation: 'GET /usual' },
  ])
  t.equal(told.length, 3)
})

t.test('login routes are audited, by pattern and by path, with the body that Fastify parsed', async (t) => {
  const { url, lines } = await serve(
    t,
    (fastify) => {
      fastify.post<{ Body: { status: number } }>('/login', async (request, reply) =>
        reply.code(request.body.status).send('x'),
      )
      fastify.post('/t/:tenant/login', async (_request, reply) => reply.code(401).send('x'))
    },
    {
      login: [
        { path: '/login' },
        { path: '/t/:tenant/login', user: (request) => `via ${request.routeOptions.url}` },
      ],
    },
  )
  await fetch(`${url}/login`, json({ username: 'ada', password: 'hunter2', status: 401 }))
  await fetch(`${url}/login`, json({ email: 'ada@b.org', status: 204 }))
  await fetch(`${url}/%6cogin`, json({ user: 'eve', status: 403 }))
  await fetch(`${url}/t/9/login`, json({}))
  await sleep(20)
  const all = await lines()
  const audits = all.filter(({ kind }) => kind === 'audit')
  t.match(audits, [
    {
      action: 'auth.login',
      actor: 'ada',
      outcome: 'failure',
      reason: '401',
      operation: 'POST /login',
      details: { remoteAddress: '127.0.0.1' },
    },
    { actor: 'ada@b.org', outcome: 'success' },
    { actor: 'eve', outcome: 'failure', reason: '403' },
    { actor: 'via /t/:tenant/login', outcome: 'failure', reason: '401' },
  ])
  t.equal(audits.length, 4)
  t.equal(new Set(audits.map(({ reqId }) => reqId)).size, 4)
  t.notMatch(JSON.stringify(all), 'hunter2')
})

t.test('secrets in the path, users, addresses and ignored requests', async (t) => {
  const { fastify, access } = await serve(
    t,
    (fastify) => {
      fastify.get('/reset/:token/:step', async () => 'x')
      fastify.get('/health', async () => 'x')
    },
    {
      user: (request) => request.routeOptions.url?.slice(0, 6),
      autoLogging: { ignore: (request) => request.routeOptions.url === '/health' },
      customProps: () => ({ tenant: 't' }),
    },
  )
  await fastify.inject('/health')
  const response = await fastify.inject({ url: '/reset/sesame/1', remoteAddress: '::ffff:203.0.113.9' })
  const [record, ...more] = await access(1)
  t.same(more, [])
  t.match(record, {
    operation: 'GET /reset/:token/:step',
    tenant: 't',
    req: { url: '/reset/[SECRET:token]/1', user: '/reset', remoteAddress: '203.0.113.9' },
  })
  t.notMatch(JSON.stringify(record), 'sesame')
  t.equal(response.headers['x-request-id'], record.reqId, 'inject() makes ids too')
})

t.test('routes declared before the plugin are logged like the others', async (t) => {
  const { fastify, log, lines } = make(t)
  fastify.get('/early', async (request) => {
    request.log.info('from an early route')
    return 'x'
  })
  await fastify.register(fastifyLogger, { log })
  await fastify.inject('/early')
  await sleep(20)
  const told = await lines()
  t.match(told, [
    { operation: 'GET /early', msg: 'from an early route' },
    { kind: 'access', operation: 'GET /early' },
  ])
  t.equal(told[0].reqId, told[1].reqId)
  t.notOk('reqId_' in told[0])
})

t.test('registered twice, there is one record', async (t) => {
  const { fastify, access } = await serve(t, async (fastify, log) => {
    await fastify.register(fastifyLogger, { log })
    fastify.get('/', async () => 'x')
  })
  await fastify.inject('/')
  t.equal((await access(1)).length, 1)
})

t.test('without fastifyOptions it works, and warns once of the extra lines', async (t) => {
  const warnings: (Error & { code?: string })[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  t.teardown(() => process.off('warning', onWarning))
  const { log, lines } = logged(t)
  let last = ''
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  for (const path of ['/one', '/two']) {
    const fastify = Fastify({ logger: { level: 'info', stream: nowhere } })
    await fastify.register(fastifyLogger, { log })
    fastify.get(`${path}/:token`, async (request) => {
      request.log.info({ req: { plain: 1 } }, 'in the handler')
      return request.id
    })
    const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
    const response = await fetch(`${url}${path}/sesame`)
    last = await response.text()
    await fastify.close()
  }
  await sleep(20)
  const codes = warnings.map(({ code }) => code)
  t.same(codes, ['HUSHLOG_FASTIFY'])
  t.match(warnings[0].message, 'Fastify writes request lines of its own')
  const of = (await lines()).filter(({ reqId }) => reqId === last)
  const told = of.map(({ msg, kind }) => kind ?? msg).sort()
  t.same(told, ['access', 'in the handler', 'incoming request', 'request completed'])
  t.match(of, [
    {
      req: { method: 'GET', url: '/two/[SECRET:token]', remoteAddress: '127.0.0.1' },
      msg: 'incoming request',
    },
  ])
  t.same(of.find(({ msg }) => msg === 'in the handler')?.req, { plain: 1 })
  t.match(of.find(({ msg }) => msg === 'request completed')?.res, { statusCode: 200 })
  for (const line of of) t.ok(JSON.stringify(line).length < 700, 'no line holds a whole request')
})

t.test('a server with its own request lines off is not warned of', async (t) => {
  const options = fastifyOptions(logged(t).log)
  t.equal(options.disableRequestLogging, true, 'the way of Fastify before 5.12')
  t.match(options.genReqId(), /^[0-9a-f-]{36}$/)
  t.throws(() => fastifyOptions(console as never), {
    code: 'HUSHLOG_OPTION',
    message: /^fastifyOptions: takes a logger/,
  })
})

t.test('wrong options of the plugin fail the start', async (t) => {
  const { fastify, log } = make(t)
  const options = { log, trustRequestID: true }
  await t.rejects(Promise.resolve(fastify.register(fastifyLogger, options as never)), {
    code: 'HUSHLOG_OPTION',
    message: 'fastifyLogger: option trustRequestID is unknown: did you mean trustRequestId?',
  })
  const other = Fastify()
  await t.rejects(Promise.resolve(other.register(fastifyLogger, {} as never)), {
    message: /^fastifyLogger: takes a logger/,
  })
})
