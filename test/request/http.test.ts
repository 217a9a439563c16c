import { EventEmitter, once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import http2 from 'node:http2'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGzip, gunzipSync } from 'node:zlib'
import connectApp from 'connect'
import t, { type Test } from 'tap'
import { bindOperation, currentOperation, setOperation } from '../../lib/context.ts'
import { type LoggedRequest, requestLogger } from '../../lib/request/http.ts'
import type { RequestOptions } from '../../lib/request/options.ts'
import { gate, get, listen, logged, raw, received } from './helpers.ts'

type Req = IncomingMessage & LoggedRequest
type Handler = (req: Req, res: ServerResponse) => unknown

/** A plain server whose handler runs inside the request's operation. */
async function serve(t: Test, handler: Handler, options?: RequestOptions) {
  const kept = logged(t)
  const logRequest = requestLogger(kept.log, options)
  const at = await listen(t, (req, res) => logRequest(req, res, () => handler(req as Req, res)))
  return { ...kept, ...at }
}

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

t.test('a finished request leaves one access record, with all that the contract names', async (t) => {
  const { url, access, lines, log } = await serve(
    t,
    async (req, res) => {
      await sleep(5)
      log.info('by the context')
      req.log.info('by the request')
      res.statusCode = 201
      res.end('häuser')
    },
    { user: () => 'ada', headers: ['Accept-Language', 'X-None'] },
  )
  const response = await fetch(`${url}/orders/17?page=2`, {
    headers: { 'accept-language': 'de', 'user-agent': 'ua "x"' },
  })
  const [record, ...more] = await access(1)
  t.same(more, [])
  t.match(record, {
    level: 30,
    operation: 'GET /orders/:id',
    req: {
      method: 'GET',
      url: '/orders/17?page=2',
      remoteAddress: '127.0.0.1',
      user: 'ada',
      headers: { 'accept-language': 'de' },
    },
    res: { statusCode: 201, contentLength: 7 },
  })
  t.same(Object.keys(record.req.headers), ['accept-language'])
  t.ok(Number.isInteger(record.responseTime) && record.responseTime >= 4)
  t.notOk('aborted' in record || 'err' in record)
  t.match(record.reqId, UUID7)
  t.equal(response.headers.get('x-request-id'), record.reqId, 'the id is echoed')
  t.match(
    record.msg,
    new RegExp(
      `^127\\.0\\.0\\.1 - ada \\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000\\] "GET /orders/17\\?page=2 HTTP/1\\.1" 201 7 "-" "ua \\\\"x\\\\"" "\\*/\\*" ${record.responseTime} ms "GET /orders/:id" ${record.reqId}$`,
    ),
  )
  t.same(
    (await lines()).map(({ reqId }) => reqId),
    [record.reqId, record.reqId, record.reqId],
  )
})

t.test(
  'each way in which a request can end gives exactly one record, and never a made-up status',
  async (t) => {
    const waiting = new Map<string, () => void>()
    const { port, server, access, url } = await serve(t, async (req, res) => {
      const path = req.url as string
      waiting.get(path)?.()
      if (path === '/half') res.write('half of')
      if (path === '/head-made') res.writeHead(200)
      if (path === '/flushed') res.flushHeaders()
      if (path === '/refused') res.writeHead(403).end()
      if (path === '/broken') res.writeHead(503).end('no')
      if (path === '/late') req.socket.once('close', () => setTimeout(() => res.end('too late'), 20))
      if (path === '/queued') res.end('waits for the one before')
      if (path === '/destroyed') {
        res.write('some')
        setTimeout(() => res.destroy(new Error('the pool is gone')), 10)
      }
      if (path === '/failed-head') {
        res.statusCode = 500
        Object.assign(res, { err: new TypeError('kept by hand') })
        res.end()
      }
    })
    const arrival = (path: string) => new Promise<void>((resolve) => waiting.set(path, resolve))
    const leave = async (...paths: string[]) => {
      const arrived = Promise.all(paths.map(arrival))
      const socket = await raw(port, paths.map((path) => get(path)).join(''))
      await arrived
      await sleep(20)
      socket.destroy()
    }
    const cases: [
      path: string,
      level: number,
      status: number | null,
      bytes: number,
      aborted: boolean,
      err?: string,
    ][] = [
      ['/never', 40, null, 0, true],
      ['/half', 40, 200, 7, true],
      ['/head-made', 40, null, 0, true],
      ['/flushed', 40, 200, 0, true],
      ['/late', 40, null, 0, true],
      ['/first', 40, null, 0, true],
      ['/queued', 40, null, 0, true],
      ['/upload', 40, null, 0, true],
      ['/server-closed', 40, null, 0, true],
      ['/destroyed', 50, 200, 4, true, 'the pool is gone'],
      ['/refused', 40, 403, 0, false],
      ['/broken', 50, 503, 2, false],
      ['/failed-head', 50, 500, 0, false, 'kept by hand'],
    ]
    for (const path of ['/never', '/half', '/head-made', '/flushed', '/late']) await leave(path)
    await leave('/first', '/queued')
    const upload = await raw(port, 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nonly this')
    await sleep(20)
    upload.destroy()
    for (const path of ['/refused', '/broken', '/failed-head']) await (await fetch(url + path)).text()
    await fetch(`${url}/destroyed`)
      .then((response) => response.text())
      .catch(() => {})
    const arrived = arrival('/server-closed')
    await raw(port, get('/server-closed'))
    await arrived
    server.closeAllConnections()

    const records = await access(cases.length)
    await sleep(80)
    t.equal((await access(cases.length)).length, cases.length, 'one each')
    for (const [path, level, statusCode, contentLength, aborted, err] of cases) {
      const found = records.filter(({ req }) => req.url === path)
      t.equal(found.length, 1, `one record of ${path}`)
      const [record] = found
      t.match(
        record,
        { level, res: { statusCode, contentLength }, req: { remoteAddress: '127.0.0.1' } },
        path,
      )
      t.equal(record.aborted, aborted || undefined, `${path} ${aborted ? 'was' : 'was not'} aborted`)
      t.equal(record.err?.message, err, `the error of ${path}`)
      t.match(record.msg, ` HTTP/1.1" ${statusCode ?? '-'} ${contentLength} "-"`)
      t.ok(record.msg.endsWith(` ms "${record.operation}" ${record.reqId}`))
    }
  },
)

t.test('an error of the response is kept, and still ends in the program', async (t) => {
  const { url, access } = await serve(t, (_req, res) => {
    res.on('error', (error) => seen.push(error))
    res.write('x')
    res.emit('error', new RangeError('a broken body'))
    res.end()
  })
  const seen: unknown[] = []
  await (await fetch(url)).text()
  const [record] = await access(1)
  t.match(record, {
    level: 50,
    res: { statusCode: 200 },
    err: { type: 'RangeError', message: 'a broken body' },
  })
  t.equal(seen.length, 1)
  const handlerless = new http.ServerResponse(new http.IncomingMessage(undefined as never))
  const { log } = logged(t)
  requestLogger(log)(handlerless.req, handlerless)
  t.throws(
    () => handlerless.emit('error', new Error('unhandled')),
    { message: 'unhandled' },
    'we do not handle it',
  )
})

t.test('bytes of the body are counted as they are sent', async (t) => {
  const bodies: Record<string, (res: ServerResponse) => void> = {
    '/text': (res) => res.end('hé€😀'),
    '/latin1': (res) => res.end('hé', 'latin1'),
    '/hex': (res) => res.end('0a0b0c', 'hex'),
    '/buffer': (res) => res.end(Buffer.alloc(5)),
    '/bytes': (res) => res.end(new Uint8Array(6)),
    '/callback': (res) => res.end(() => {}),
    '/text-callback': (res) => res.end('four', () => {}),
    '/pieces': (res) => {
      t.equal(
        res.write('12', () => {}),
        true,
        'write returns what it returns',
      )
      res.write(Buffer.alloc(3), undefined as never)
      res.write('aGk=', 'base64')
      t.equal(res.end('1'), res, 'end returns the response')
      res.on('error', () => {})
      res.write('after the end')
    },
    '/nothing': (res) => res.writeHead(204).end('not sent'),
    '/unchanged': (res) => res.writeHead(304).end('not sent'),
    '/piped': (res) => {
      const source = createGzip()
      source.on('data', (chunk) => res.write(chunk))
      source.on('end', () => res.end())
      source.end('x'.repeat(10_000))
    },
    '/thrown': (res) => {
      t.throws(() => res.end(5 as never), { code: 'ERR_INVALID_ARG_TYPE' })
      res.end('ok')
    },
  }
  const { url, access } = await serve(t, (req, res) => bodies[req.url as string](res))
  const sent: Record<string, number> = {}
  for (const path of Object.keys(bodies)) {
    const response = await new Promise<IncomingMessage>((resolve) => http.get(url + path, resolve))
    sent[path] = (await response.toArray()).reduce((sum, chunk) => sum + chunk.length, 0)
  }
  await fetch(`${url}/text`, { method: 'HEAD' })
  const records = await access(Object.keys(bodies).length + 1)
  const counted = Object.fromEntries(records.slice(0, -1).map(({ req, res }) => [req.url, res.contentLength]))
  t.same(counted, sent, 'what we counted is what the client got')
  t.match(sent, { '/text': 10, '/latin1': 2, '/hex': 3, '/pieces': 8, '/nothing': 0, '/unchanged': 0 })
  t.equal(records.at(-1)?.req.method, 'HEAD')
  t.equal(records.at(-1)?.res.contentLength, 0)
})

t.test('under a compression mounted later the compressed bytes count', async (t) => {
  const { log, access } = logged(t)
  const app = connectApp()
  app.use(requestLogger(log))
  app.use((_req: IncomingMessage, res: ServerResponse, next: () => void) => {
    const { write, end } = res
    const gzip = createGzip()
    gzip.on('data', (chunk: Buffer) => write.call(res, chunk, 'utf8'))
    gzip.on('end', () => end.call(res, undefined as never, 'utf8'))
    res.setHeader('content-encoding', 'gzip')
    res.write = (chunk: Buffer) => gzip.write(chunk)
    res.end = ((chunk: Buffer) => gzip.end(chunk)) as never
    next()
  })
  app.use((_req: IncomingMessage, res: ServerResponse) => {
    res.end('a'.repeat(50_000))
  })
  const { url } = await listen(t, app)
  const response = await new Promise<IncomingMessage>((resolve) => http.get(url, resolve))
  const body = Buffer.concat(await response.toArray())
  t.equal(gunzipSync(body).length, 50_000)
  const [{ res }] = await access(1)
  t.equal(res.contentLength, body.length)
})

t.test('mounted twice, there is one id and one record', async (t) => {
  const { log, access } = logged(t)
  const app = connectApp()
  let asked = 0
  const ignore = () => {
    asked++
    return false
  }
  app.use(requestLogger(log, { autoLogging: { ignore } }))
  app.use('/api', requestLogger(log, { requestIdHeader: 'X-Other' }))
  const ids: string[] = []
  app.use('/api', (req: IncomingMessage, res: ServerResponse) => {
    ids.push((req as Req).id, currentOperation().reqId)
    res.end('ok')
  })
  const { url } = await listen(t, app)
  const response = await fetch(`${url}/api/x`)
  const records = await access(1)
  t.equal(records.length, 1)
  t.same(new Set([...ids, response.headers.get('x-request-id')]), new Set([records[0].reqId]))
  t.equal(asked, 1)
  t.equal(records[0].req.url, '/api/x', 'the URL is whole again')
  t.equal(response.headers.get('x-other'), null)
})

t.test('over one pool and one emitter no line bears the id of another request', async (t) => {
  // A pool with one worker: it calls back in the context of whoever freed it.
  const queue: (() => void)[] = []
  let busy = false
  const pool = (task: () => void) => {
    queue.push(task)
    if (busy) return
    busy = true
    setImmediate(function work() {
      queue.shift()?.()
      busy = queue.length > 0
      if (busy) setImmediate(work)
    })
  }
  const bus = new EventEmitter()
  const { url, lines, access, log } = await serve(t, (req, res) => {
    const of = req.url
    bus.once('tick', () => req.log.info({ of }, 'emitter, by the request'))
    bus.once(
      'tick',
      bindOperation(() => log.info({ of }, 'emitter, bound')),
    )
    pool(() => {
      req.log.info({ of }, 'pool, by the request')
      req.log.child({ part: 1 }).info({ of }, 'pool, by a child')
    })
    pool(bindOperation(() => log.info({ of }, 'pool, bound')))
    pool(() => setTimeout(() => res.end('done'), 5))
    setTimeout(() => bus.emit('tick'), 2)
  })
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `/${name}x`)
  await Promise.all(names.map((path) => fetch(url + path).then((response) => response.text())))
  const ids = new Map((await access(names.length)).map(({ req, reqId }) => [req.url, reqId]))
  t.equal(new Set(ids.values()).size, names.length)
  const told = (await lines()).filter(({ of }) => of !== undefined)
  t.equal(told.length, names.length * 5)
  for (const { of, reqId, operation, msg } of told) {
    t.equal(reqId, ids.get(of), `${msg} of ${of}`)
    t.equal(operation, `GET ${of}`)
  }
})

t.test(
  'without a handler req.log is right and the context never leaks to the next request of a connection',
  async (t) => {
    const { log, lines, access } = logged(t)
    const logRequest = requestLogger(log)
    const { port } = await listen(t, async (req, res) => {
      if (req.url !== '/unlogged') logRequest(req, res)
      log.info({ of: req.url }, 'by the context')
      await sleep(5)
      ;(req as Req).log?.info({ of: req.url }, 'by the request')
      log.info({ of: req.url }, 'by the context')
      res.end(`<${req.url}>`)
    })
    const socket = await raw(port, get('/one') + get('/two') + get('/unlogged'))
    await received(socket, '</unlogged>')
    socket.write(get('/unlogged'))
    await received(socket, '</unlogged>')
    socket.destroy()
    const ids = new Map((await access(2)).map(({ req, reqId }) => [req.url, reqId]))
    t.equal(ids.size, 2)
    for (const { of, msg, reqId, operation } of await lines()) {
      if (msg === 'by the request') t.equal(reqId, ids.get(of), `${of} by the request`)
      if (msg === 'by the context') t.equal(operation, 'process', `${of} by the context is nobody's`)
    }
  },
)

t.test('pipelined requests of one connection keep their own names and ids', async (t) => {
  const { port, lines, access, log } = await serve(t, async (req, res) => {
    await sleep(req.url === '/slow' ? 20 : 1)
    log.info({ of: req.url }, 'by the context')
    res.end(`<${req.url}>`)
  })
  const socket = await raw(port, get('/slow') + get('/quick') + get('/last'))
  await received(socket, '</last>')
  socket.destroy()
  const ids = new Map((await access(3)).map(({ req, reqId }) => [req.url, reqId]))
  const told = (await lines()).filter(({ of }) => of !== undefined)
  t.equal(told.length, 3)
  for (const { of, reqId, operation } of told) t.same([reqId, operation], [ids.get(of), `GET ${of}`])
})

t.test('many requests on one connection make no listener pile up', async (t) => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  const { port, access } = await serve(t, (req, res) => res.end(`<${req.url}>`))
  const socket = await raw(port, Array.from({ length: 40 }, (_, i) => get(`/n${i}`)).join(''))
  await received(socket, '</n39>')
  socket.destroy()
  t.equal((await access(40)).length, 40)
  process.off('warning', onWarning)
  t.same(warnings, [])
})

t.test('forged ids are refused, trusted ones are used, and every answer bears one', async (t) => {
  const { port, access } = await serve(t, (req, res) => res.end(`<${req.id}>`), {
    trustRequestId: (req) => req.headers['x-proxy'] === 'ours',
  })
  const forged = [`${'a'.repeat(8000)}`, 'a"b', '<script>', 'x\x85y', 'x\xffy', 'plain']
  for (const id of forged) {
    const trusted = id === 'plain' ? '' : 'X-Proxy: ours\r\n'
    const socket = await raw(port, get('/', `X-Request-Id: ${id}\r\n${trusted}Connection: close\r\n`))
    const text = await received(socket)
    t.match(text, /\r\nX-Request-Id: [0-9a-f-]{36}\r\n/, `${id.slice(0, 9)} is refused`)
    t.notMatch(text, id.slice(0, 60))
  }
  const socket = await raw(port, get('/', 'X-Request-Id: edge-7\r\nX-Proxy: ours\r\nConnection: close\r\n'))
  t.match(await received(socket), /\r\nX-Request-Id: edge-7\r\n[\s\S]*<edge-7>/)
  const records = await access(forged.length + 1)
  t.equal(records.at(-1)?.reqId, 'edge-7')
  t.ok(records.every((record) => JSON.stringify(record).length < 2000))
})

t.test('nothing that a client sends forges a field of the record', async (t) => {
  const basic = (text = '') => Buffer.from(text.split(' ')[1], 'base64').toString().split(':')[0]
  const { port, access } = await serve(t, (_req, res) => res.end('ok'), {
    user: (req) => basic(req.headers.authorization),
  })
  const visitor = Buffer.from('bob\n127.0.0.1 - admin [x] "GET /forged HTTP/1.1" 200:x').toString('base64')
  const evil = '" 200 1 "-" "x" "y" 1 ms "GET /admin" id'
  const socket = await raw(
    port,
    get(
      `/a"b\\${'u'.repeat(3000)}`,
      `User-Agent: ${evil}\x85\r\nReferer: ${evil}\\\r\nAccept: \x9b31m\r\nAuthorization: Basic ${visitor}\r\nConnection: close\r\n`,
    ),
  )
  await received(socket)
  const [{ msg, req }] = await access(1)
  const escaped = evil.replaceAll('"', '\\"')
  t.equal(msg.split(`"${escaped}\\\\" "${escaped}\\x85" "\\x9B31m" `).length, 2)
  t.match(msg, /^127\.0\.0\.1 - bob\\x0A127\.0\.0\.1\\x20-\\x20admin\\x20\\x5Bx\\x5D\\x20\\x22GET\\x20\S+ \[/)
  t.match(msg, /"GET \/a\\"b\\\\u{2042}… HTTP\/1\.1" 200 2 /)
  t.equal(req.url.length, 2048)
})

t.test('a traceparent stands in every line of its request', async (t) => {
  const { url, lines, log } = await serve(t, (_req, res) => {
    log.info('inside')
    res.end()
  })
  const [trace_id, span_id] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
  await fetch(url, { headers: { traceparent: `00-${trace_id}-${span_id}-01` } })
  await fetch(url, { headers: { traceparent: `00-${trace_id}-${span_id}-01"` } })
  await sleep(20)
  const all = await lines()
  t.equal(all.length, 4)
  for (const line of all.slice(0, 2)) t.match(line, { trace_id, span_id })
  for (const line of all.slice(2)) t.notOk('trace_id' in line)
})

t.test('options of pino-http do what they do there', async (t) => {
  const seen: unknown[] = []
  const { url, access } = await serve(
    t,
    (req, res) => {
      if (req.url === '/500') res.statusCode = 500
      res.end()
    },
    {
      genReqId: (req) => `made${req.url?.replace('/', '-')}`,
      customLogLevel: (req, res, err) => {
        seen.push([req.url, res.statusCode, err])
        return req.url === '/silent' ? 'silent' : req.url === '/odd' ? 'no such level' : 'warn'
      },
      customProps: (req) => ({
        tenant: req.url,
        res: 'forged',
        reqId: 'forged',
        msg: 'forged',
        aborted: true,
        kind: 'audit',
        level: 1,
      }),
      autoLogging: { ignore: (req) => req.url === '/health' },
      operation: (req) => (req.url === '/named' ? 'ping' : undefined),
    },
  )
  for (const path of ['/silent', '/health', '/odd', '/500', '/named']) await fetch(url + path)
  const records = await access(3)
  t.same(
    records.map(({ level, reqId, operation, tenant, res, kind }) => [
      level,
      reqId,
      operation,
      tenant,
      res.statusCode,
      kind,
    ]),
    [
      [30, 'made-odd', 'GET /odd', '/odd', 200, 'access'],
      [40, 'made-500', 'GET /:id', '/500', 500, 'access'],
      [40, 'made-named', 'ping', '/named', 200, 'access'],
    ],
  )
  for (const record of records) t.notMatch(JSON.stringify(record), /forged|aborted/)
  t.same(seen, [
    ['/silent', 200, undefined],
    ['/odd', 200, undefined],
    ['/500', 500, undefined],
    ['/named', 200, undefined],
  ])
})

t.test('option functions that throw never break the request', async (t) => {
  const broken = () => {
    throw new Error('a broken option')
  }
  const { url, access, lines } = await serve(t, (req, res) => res.end(req.id), {
    genReqId: broken,
    customLogLevel: broken,
    customProps: broken,
    operation: broken,
    user: broken,
    trustRequestId: broken,
    autoLogging: { ignore: broken },
    login: [{ path: '/login', user: broken }],
  })
  t.match(await (await fetch(url)).text(), UUID7)
  t.equal((await fetch(`${url}/login`, { method: 'POST' })).status, 200)
  const records = await access(2)
  t.match(records[0], { level: 30, operation: 'GET /', res: { statusCode: 200 } })
  t.notOk('user' in records[0].req)
  t.match(
    (await lines()).find(({ kind }) => kind === 'audit'),
    { actor: 'unknown' },
  )
})

t.test('a request whose URL the program has taken away is no login, and breaks nothing', async (t) => {
  const { url, lines } = await serve(
    t,
    (req, res) => {
      req.url = undefined
      res.end('answered')
    },
    { autoLogging: false, login: [{ path: '/login' }] },
  )
  t.equal(await (await fetch(`${url}/login`, { method: 'POST' })).text(), 'answered')
  t.same(await lines(), [])
})

t.test('with autoLogging off there is no record, and the context is there all the same', async (t) => {
  const { url, lines, log } = await serve(
    t,
    (_req, res) => {
      log.info('inside')
      res.end()
    },
    { autoLogging: false },
  )
  const response = await fetch(`${url}/a`)
  await sleep(20)
  const all = await lines()
  t.equal(all.length, 1)
  t.match(all[0], { operation: 'GET /a', reqId: response.headers.get('x-request-id') as string })
})

t.test('a level that the logger leaves out leaves the record out', async (t) => {
  const { log, access } = logged(t, { level: 'warn' })
  const logRequest = requestLogger(log)
  const { url } = await listen(t, (req, res) => {
    logRequest(req, res)
    res.writeHead(req.url === '/404' ? 404 : 200).end()
  })
  await fetch(url)
  await fetch(`${url}/404`)
  const records = await access(1)
  t.same(
    records.map(({ level, req }) => [level, req.url]),
    [[40, '/404']],
  )
})

t.test('setOperation names the request from there on, in its record too', async (t) => {
  const { url, access } = await serve(t, (_req, res) => {
    setOperation('rpc orders.list')
    res.end()
  })
  await fetch(`${url}/rpc`)
  const [record] = await access(1)
  t.equal(record.operation, 'rpc orders.list')
  t.match(record.msg, ' ms "rpc orders.list" ')
})

t.test('an id and a logger that the program has given before stand', async (t) => {
  const { log, access } = logged(t)
  const logRequest = requestLogger(log)
  const other = { info() {} }
  const { url } = await listen(t, (req, res) => {
    Object.assign(req, { id: req.url === '/ok' ? 'given-1' : 'not an id', log: other })
    logRequest(req, res, () => {
      t.equal((req as Req).log as unknown, other)
      res.end((req as Req).id)
    })
  })
  const good = await fetch(`${url}/ok`)
  const bad = await fetch(`${url}/bad`)
  t.equal(await good.text(), 'given-1')
  t.equal(good.headers.get('x-request-id'), 'given-1')
  t.equal(await bad.text(), 'not an id')
  t.match(bad.headers.get('x-request-id'), UUID7)
  t.same(
    (await access(2)).map(({ reqId }) => reqId),
    ['given-1', bad.headers.get('x-request-id')],
  )
})

t.test('headers that are sent already are left alone', async (t) => {
  const { log, access } = logged(t)
  const logRequest = requestLogger(log)
  const { url } = await listen(t, (req, res) => {
    res.write('early')
    logRequest(req, res, () => res.end('!'))
  })
  const response = await fetch(url)
  t.equal(await response.text(), 'early!')
  t.equal(response.headers.get('x-request-id'), null)
  t.match(await access(1), [{ res: { statusCode: 200, contentLength: 1 } }])
})

t.test('over a unix socket there is no address', async (t) => {
  const { log, access } = logged(t)
  const logRequest = requestLogger(log)
  const server = http.createServer((req, res) => logRequest(req, res, () => res.end()))
  const path = join(t.testdir(), 's')
  server.listen(path)
  await once(server, 'listening')
  t.teardown(() => server.close())
  const response = await new Promise<IncomingMessage>((resolve) =>
    http.get({ socketPath: path, path: '/x', agent: false }, resolve),
  )
  response.resume()
  const [{ req, msg }] = await access(1)
  t.notOk('remoteAddress' in req)
  t.match(msg, /^- - - \[/)
})

t.test('HTTP/2 through its compatibility interface: status, bytes and aborts', async (t) => {
  const { log, access } = logged(t)
  const logRequest = requestLogger(log)
  const left = gate()
  const server = http2.createServer((req, res) => {
    logRequest(req as never, res as never, () => {
      if (req.url === '/never') left.open()
      else {
        res.write('five!')
        res.statusCode = 500
        res.end()
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const client = http2.connect(`http://127.0.0.1:${(server.address() as { port: number }).port}`)
  const ok = client.request({ ':path': '/ok' })
  ok.resume()
  await once(ok, 'close')
  client.request({ ':path': '/never' }).on('error', () => {})
  await left.opened
  client.destroy()
  const [first, second, ...more] = await access(2)
  t.same(more, [])
  t.match(first, { operation: 'GET /ok', res: { statusCode: 200, contentLength: 5 } })
  t.match(first.msg, '"GET /ok HTTP/2.0" 200 5 ')
  t.match(second, { level: 40, aborted: true, res: { statusCode: null, contentLength: 0 } })
})

t.test('a caller of requestLogger with another logger is told at once', async (t) => {
  t.throws(() => requestLogger(console as never), {
    code: 'HUSHLOG_OPTION',
    message: /^requestLogger: takes a logger made by hushlog/,
  })
  const { log } = logged(t)
  t.throws(() => requestLogger(log, { header: [] } as never), {
    message: 'requestLogger: option header is unknown: did you mean headers?',
  })
})

t.test('a logger with levels of its own alone still gets its access records', async (t) => {
  const { log, access } = logged(t, {
    customLevels: { note: 35, loud: 60 },
    useOnlyCustomLevels: true,
    level: 'note',
  } as never)
  const { url } = await listen(t, (req, res) => {
    requestLogger(log)(req, res)
    res.statusCode = Number(req.url?.slice(1))
    res.end()
  })
  for (const status of [200, 404, 500]) await fetch(`${url}/${status}`)
  t.same(
    (await access(3)).map(({ level }) => level),
    [35, 35, 60],
  )
})

t.test('whatever a program puts on its request, it gets a record and goes on', async (t) => {
  const odd: Record<string, (req: never, res: never) => void> = {
    'no URL': (req: IncomingMessage) => (req.url = undefined),
    'a URL that is an object': (req: object) => Object.assign(req, { originalUrl: new URL('http://a/b') }),
    'a mount that is a number': (req: object) => Object.assign(req, { baseUrl: 5, route: { path: '/a*' } }),
    'a route that throws': (req: object) =>
      Object.assign(req, {
        route: {
          get path() {
            throw new Error('no path')
          },
        },
      }),
    'a method that is none': (req: object) => Object.assign(req, { method: Symbol('GET') }),
    'no version': (req: object) => Object.assign(req, { httpVersion: null }),
    'no headers': (req: object) => Object.assign(req, { headers: undefined }),
    'an error that throws': (_req, res: object) =>
      Object.defineProperty(res, 'err', {
        get() {
          throw new Error('no error')
        },
      }),
  }
  const { log, access } = logged(t)
  const { url } = await listen(t, (req, res) => {
    requestLogger(log)(req, res)
    odd[decodeURIComponent(req.url?.slice(1) ?? '')](req as never, res as never)
    ;(req as IncomingMessage & LoggedRequest).log.info('inside')
    res.end()
  })
  for (const name of Object.keys(odd)) t.equal((await fetch(`${url}/${name}`)).status, 200, name)
  const records = await access(Object.keys(odd).length)
  t.equal(records.length, Object.keys(odd).length)
  for (const record of records) t.match(record, { res: { statusCode: 200 } })
})

t.test('the status is the one that was sent, whatever is set afterwards', async (t) => {
  const { log, access, lines } = logged(t)
  const { url } = await listen(t, (req, res) => {
    requestLogger(log, { login: [{ path: '/login', method: 'GET', user: () => 'ada' }] })(req, res)
    res.writeHead(201)
    res.write('begun')
    res.statusCode = 500
    res.end()
  })
  t.equal((await fetch(`${url}/login`)).status, 201)
  t.match(await access(1), [{ level: 30, res: { statusCode: 201, contentLength: 5 } }])
  t.match((await lines())[0], { kind: 'audit', outcome: 'success' })
})
