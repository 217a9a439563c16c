/** What HTTP has beside plain requests and answers: handshakes, tunnels, promises about bodies, other versions. */
import { once } from 'node:events'
import http, { createServer, type IncomingMessage } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import WebSocket, { WebSocketServer } from 'ws'
import { currentOperation } from '../../lib/context.ts'
import { fastifyLogger, fastifyOptions } from '../../lib/request/fastify.ts'
import { type LoggedRequest, requestLogger } from '../../lib/request/http.ts'
import { upgradeLogger } from '../../lib/request/upgrade.ts'
import { get, type Line, listen, logged, raw, received } from './helpers.ts'

const HANDSHAKE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '',
].join('\r\n')

/** What a client is told, and nothing when the connection ends without a word. */
async function firstLine(port: number, text: string): Promise<string> {
  const socket = await raw(port, text)
  const answer = await received(socket, '\r\n\r\n')
  socket.destroy()
  return answer.split('\r\n')[0]
}

t.test('a handshake leaves one record with the status that answered it', async (t) => {
  const { log, access, lines } = logged(t)
  const logUpgrade = upgradeLogger(log, {
    autoLogging: { ignore: (req) => req.url === '/quiet' },
    user: (req) => req.headers['x-user'] as string | undefined,
  })
  const sockets = new WebSocketServer({ noServer: true })
  const { server, port } = await listen(t, (req, res) =>
    requestLogger(log)(req, res, () => res.writeHead(404).end('none')),
  )
  server.on('upgrade', (req: IncomingMessage & Partial<LoggedRequest>, socket, head) => {
    socket.on('error', () => {})
    logUpgrade(req, socket, () => {
      if (req.url === '/written') {
        socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno')
        socket.end()
      } else if (req.url === '/in-bytes') {
        socket.end(Buffer.from('HTTP/1.1 503 Service Unavailable\r\n\r\n'))
      } else if (req.url === '/later') {
        socket.write('HTTP/1.1 103 Early Hints\r\n\r\n')
        socket.end('HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n')
      } else if (req.url === '/dropped') socket.destroy()
      else if (req.url === '/in-pieces') {
        for (const piece of ['HTTP/', '1.1 4', '03 Forbidden\r\n\r\n']) socket.write(piece)
        socket.end()
      } else if (req.url === '/in-hex')
        socket.end(Buffer.from('HTTP/1.1 410 Gone\r\n\r\n').toString('hex'), 'hex')
      else if (req.url === '/tunnel') {
        socket.write('hello, no HTTP here')
        socket.end('HTTP/1.1 200 OK\r\n\r\n')
      } else if (req.url === '/wordless') socket.end('what is this?')
      else {
        sockets.handleUpgrade(req, socket, head, (client) => {
          log.info('accepted')
          client.on('message', () => {
            req.log?.info('a message')
            client.send('back')
          })
        })
      }
    })
  })
  const client = new WebSocket(`ws://127.0.0.1:${port}/chat/17?token=opensesame`, {
    headers: { 'x-user': 'ada' },
  })
  await once(client, 'open')
  t.equal((await access(1)).length, 1, 'it is written when the handshake is done, not when the talk is over')
  client.send('there')
  await once(client, 'message')
  client.terminate()
  const paths = '/written /in-bytes /in-pieces /in-hex /later /dropped /tunnel /wordless /quiet'.split(' ')
  for (const path of paths) await firstLine(port, get(path, HANDSHAKE))
  await firstLine(port, get('/by-ws', HANDSHAKE.replace('Version: 13', 'Version: 1')))
  await firstLine(port, get('/no-handshake'))
  const expected: [url: string, level: number, status: number | null, bytes: number, aborted?: true][] = [
    ['/chat/17?token=[SECRET:query]', 30, 101, 0],
    ['/written', 40, 401, 2],
    ['/in-bytes', 50, 503, 0],
    ['/in-pieces', 40, 403, 0],
    ['/in-hex', 40, 410, 0],
    ['/later', 30, 302, 0],
    ['/dropped', 40, null, 0, true],
    ['/tunnel', 40, null, 0, true],
    ['/wordless', 40, null, 0, true],
    ['/by-ws', 40, 400, 'Missing or invalid Sec-WebSocket-Version header'.length],
    ['/no-handshake', 40, 404, 4],
  ]
  const records = await access(expected.length)
  t.same(
    records.map(({ req, level, res, aborted }) => [
      req.url,
      level,
      res.statusCode,
      res.contentLength,
      aborted,
    ]),
    expected.map((row) => (row.length === 5 ? row : [...row, undefined])),
  )
  t.match(records[0], { operation: 'GET /chat/:id', req: { user: 'ada', remoteAddress: '127.0.0.1' } })
  t.match(records[0].msg, '"GET /chat/17?token=[SECRET:query] HTTP/1.1" 101 0 ')
  const told = (await lines()).filter(({ reqId, kind }) => reqId === records[0].reqId && kind === undefined)
  t.match(told, [{ msg: 'accepted' }, { msg: 'a message', operation: 'GET /chat/:id' }])
  t.throws(() => upgradeLogger(console as never), {
    code: 'HUSHLOG_OPTION',
    message: /^upgradeLogger: takes a/,
  })
  t.throws(() => upgradeLogger(log, { users: 1 } as never), {
    message: /^upgradeLogger: option users is unk/,
  })
})

t.test(
  'a tunnel that CONNECT asks for leaves one record, and so does OPTIONS for the whole server',
  async (t) => {
    const { log, access } = logged(t)
    const logRequest = requestLogger(log)
    const logUpgrade = upgradeLogger(log)
    const { server, port } = await listen(t, (req, res) =>
      logRequest(req, res, () => res.writeHead(204).end()),
    )
    server.on('connect', (req, socket) => {
      logUpgrade(req, socket)
      t.equal(currentOperation().name, 'process', 'without a third argument nothing runs inside')
      socket.end('HTTP/1.1 200 Connection established\r\n\r\n')
    })
    const target = (text: string) => `${text} HTTP/1.1\r\nHost: a\r\n\r\n`
    t.equal(await firstLine(port, target('CONNECT db.example:5432')), 'HTTP/1.1 200 Connection established')
    t.equal(await firstLine(port, target('OPTIONS *')), 'HTTP/1.1 204 No Content')
    await firstLine(port, target('CONNECT ada:hunter2@db.example:5432'))
    t.match(await access(3), [
      { operation: 'CONNECT db.example:5432', req: { url: 'db.example:5432' }, res: { statusCode: 200 } },
      { operation: 'OPTIONS *', req: { method: 'OPTIONS', url: '*' }, res: { statusCode: 204 } },
      { operation: 'CONNECT :id', req: { url: 'db.example:5432' } },
    ])
  },
)

t.test('a websocket route of Fastify leaves one record, accepted or refused', async (t) => {
  const { log, access, lines } = logged(t)
  const fastify = Fastify(fastifyOptions(log, Fastify))
  t.teardown(() => fastify.close())
  await fastify.register(fastifyLogger, { log })
  await fastify.register(websocket)
  fastify.get('/chat/:room', { websocket: true }, (socket, request) => {
    log.info('accepted')
    socket.on('message', () => {
      request.log.info('a message')
      socket.send('back')
    })
  })
  const preValidation = async () => {
    throw Object.assign(new Error('not you'), { statusCode: 403 })
  }
  fastify.get('/closed', { websocket: true, preValidation }, () => {})
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  const { port } = fastify.server.address() as AddressInfo
  const client = new WebSocket(`ws://127.0.0.1:${port}/chat/tea`)
  await once(client, 'open')
  client.send('there')
  await once(client, 'message')
  client.terminate()
  t.equal(await firstLine(port, get('/closed', HANDSHAKE)), 'HTTP/1.1 403 Forbidden')
  t.equal(await firstLine(port, get('/nowhere', HANDSHAKE)), 'HTTP/1.1 404 Not Found')
  const records = await access(3)
  t.match(records, [
    { level: 30, operation: 'GET /chat/:room', res: { statusCode: 101, contentLength: 0 } },
    { level: 40, operation: 'GET /closed', res: { statusCode: 403 }, err: { message: 'not you' } },
    { level: 40, operation: 'GET /nowhere', res: { statusCode: 404 } },
  ])
  for (const record of records) t.notOk('aborted' in record)
  t.equal(records.length, 3)
  const told = (await lines()).filter(({ msg }) => msg === 'accepted' || msg === 'a message')
  t.same(
    told.map(({ reqId }) => reqId),
    [records[0].reqId, records[0].reqId],
  )
})

t.test('what was promised about a body and not kept changes neither status nor count', async (t) => {
  const { log, access } = logged(t)
  const logRequest = requestLogger(log)
  const { server, port } = await listen(t, (req, res) => logRequest(req, res, () => answer(req, res)))
  server.on('checkContinue', (req, res) => {
    logRequest(req, res, () => {
      if (req.url === '/unwanted') return res.writeHead(413).end()
      res.writeContinue()
      req.on('data', () => {}).on('end', () => res.end('thanks'))
    })
  })
  function answer(req: IncomingMessage, res: http.ServerResponse) {
    if (req.url === '/hints') res.writeEarlyHints({ link: '</a.css>; rel=preload' })
    if (req.url === '/too-short') res.setHeader('Content-Length', 9)
    req.resume()
    res.end('four')
  }
  const expecting = 'Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n'
  const asked = await raw(port, get('/expected', expecting))
  t.match(await received(asked, '\r\n\r\n'), /^HTTP\/1\.1 100 Continue/)
  asked.write('12345')
  t.match(await received(asked), /^HTTP\/1\.1 200 OK/)
  t.equal(await firstLine(port, get('/unwanted', expecting)), 'HTTP/1.1 413 Payload Too Large')
  t.equal(await firstLine(port, get('/hints')), 'HTTP/1.1 103 Early Hints')
  const closing = 'Connection: close\r\n'
  await received(await raw(port, get('/too-short', closing)))
  // What goes beyond the length is another request, and none that can be read: Node answers it with 400 by itself.
  await received(await raw(port, `${get('/too-long', 'Content-Length: 2\r\n')}12345\r\n\r\n`))
  const left = await raw(port, get('/expected', expecting))
  await received(left, '\r\n\r\n')
  left.destroy()
  const records = await access(6)
  t.same(
    records.map(({ req, res, aborted }) => [req.url, res.statusCode, res.contentLength, aborted]),
    [
      ['/expected', 200, 6, undefined],
      ['/unwanted', 413, 0, undefined],
      ['/hints', 200, 4, undefined],
      ['/too-short', 200, 4, undefined],
      ['/too-long', 200, 4, undefined],
      ['/expected', null, 0, true],
    ],
  )
})

t.test(
  'over HTTP/2, streams of one session have records of their own, in node:http2 and in Fastify',
  async (t) => {
    for (const [name, make] of Object.entries(HTTP2)) {
      const { log, access } = logged(t)
      const origin = await make(t, log)
      const client = http2.connect(origin)
      const ask = async (path: string, headers = {}) => {
        const stream = client.request({ ':path': path, ...headers })
        const [answer] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
        await stream.resume().toArray()
        return answer['x-request-id']
      }
      const ids = await Promise.all(
        ['/orders/1', '/orders/2'].map((path) => ask(path, { 'x-forwarded-for': '203.0.113.9' })),
      )
      ids.push(await ask('/none', { ':method': 'HEAD' }))
      const reset = client.request({ ':path': '/events' })
      await once(reset, 'data')
      reset.close(http2.constants.NGHTTP2_CANCEL)
      await once(reset, 'close')
      client.request({ ':path': '/never' }).on('error', () => {})
      await sleep(30)
      client.destroy()
      const records = await access(5)
      const by = (path: string) => records.find(({ req }) => req.url === path) as Line
      t.equal(records.length, 5, name)
      t.same(
        ['/orders/1', '/orders/2', '/none'].map((path) => by(path).reqId),
        ids,
      )
      const order = { operation: 'GET /orders/:id', res: { statusCode: 200, contentLength: 8 } }
      t.match(by('/orders/1'), { ...order, level: 30, req: { remoteAddress: '203.0.113.9' } })
      t.match(by('/orders/2').msg, '"GET /orders/2 HTTP/2.0" 200 8 ')
      t.match(by('/none'), { req: { method: 'HEAD' }, res: { statusCode: 404, contentLength: 0 } })
      t.match(by('/events'), { level: 40, aborted: true, res: { statusCode: 200 } })
      t.match(by('/never'), { level: 40, aborted: true, res: { statusCode: null } })
      for (const record of records) t.notOk('err' in record, `${name} ${record.req.url}`)
    }
  },
)

type Log = ReturnType<typeof logged>['log']

const HTTP2: Record<string, (t: Test, log: Log) => Promise<string>> = {
  'node:http2': async (t, log) => {
    const logRequest = requestLogger(log, { operation: (req) => ROUTE[req.url ?? ''] })
    const server = http2.createServer((req, res) => {
      // node:http2 has no trust in proxies; what a framework puts there is taken.
      Object.defineProperty(req, 'ip', { value: req.headers['x-forwarded-for'] })
      logRequest(req as never, res as never, () => {
        if (req.url === '/events') res.write('data: 1\n\n')
        else if (req.url?.startsWith('/orders/')) res.end('an order')
        else if (req.url === '/none') res.writeHead(404).end()
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  },
  'Fastify on HTTP/2': async (t, log) => {
    const options = { ...fastifyOptions(log, Fastify), http2: true as const, trustProxy: true }
    const fastify = Fastify(options) as unknown as FastifyInstance
    t.teardown(() => fastify.close())
    await fastify.register(fastifyLogger, { log })
    fastify.get('/orders/:id', async () => 'an order')
    fastify.get('/events', (_request, reply) => {
      reply.hijack()
      reply.raw.write('data: 1\n\n')
    })
    fastify.get('/never', () => new Promise(() => {}))
    return fastify.listen({ port: 0, host: '127.0.0.1' })
  },
}

const ROUTE: Record<string, string> = { '/orders/1': 'GET /orders/:id', '/orders/2': 'GET /orders/:id' }

t.test('an address of IPv6 is whole, and one of IPv4 on such a socket stands as IPv4', async (t) => {
  const { log, access } = logged(t)
  const logRequest = requestLogger(log)
  const server = createServer((req, res) => logRequest(req, res, () => res.end()))
  server.listen(0, '::')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  for (const host of ['[::1]', '127.0.0.1']) await fetch(`http://${host}:${port}/`)
  const records = await access(2)
  t.same(
    records.map(({ req }) => req.remoteAddress),
    ['::1', '127.0.0.1'],
  )
  t.match(records[0].msg, /^::1 - - \[/)
})
