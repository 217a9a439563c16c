import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { FRAMEWORKS } from './frameworks.ts'
import { get, type Line, listen, logged, raw, received } from './helpers.ts'

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const TRACE = { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7' }
const json = (body: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** `pattern` is the operation of a framework that knows routes. */
interface Case {
  path: string
  /** What stands in the record, if not the path. */
  shown?: string
  init?: RequestInit
  pattern: string
  /** The operation where nobody knows routes; default the same. */
  masked?: string
  record: Line
}

const CASES: Case[] = [
  {
    path: '/orders/17?page=2',
    pattern: 'GET /orders/:id',
    record: { level: 30, res: { statusCode: 200, contentLength: 8 } },
  },
  {
    path: '/orders/ada',
    init: { method: 'HEAD' },
    pattern: 'HEAD /orders/:id',
    masked: 'HEAD /orders/ada',
    record: { level: 30, res: { statusCode: 200, contentLength: 0 } },
  },
  {
    path: '/fails',
    pattern: 'GET /fails',
    record: { level: 50, res: { statusCode: 500 }, err: { type: 'TypeError', message: 'the real one' } },
  },
  {
    path: '/echo',
    init: json({ name: 'ada' }),
    pattern: 'POST /echo',
    record: { level: 30, res: { statusCode: 200, contentLength: 3 } },
  },
  { path: '/nothing', pattern: 'GET /nothing', record: { res: { statusCode: 204, contentLength: 0 } } },
  { path: '/same', pattern: 'GET /same', record: { res: { statusCode: 304, contentLength: 0 } } },
  { path: '/chunks', pattern: 'GET /chunks', record: { res: { statusCode: 200, contentLength: 5 } } },
  {
    path: '/login',
    init: json({ username: 'ada', password: 'hunter2' }),
    pattern: 'POST /login',
    record: { level: 40, res: { statusCode: 401 } },
  },
  {
    path: '/none/18?access_token=opensesame-1&auth%5Btoken%5D=opensesame-2&next=https%3A%2F%2Fa.example%2Fcb%3Ftoken%3Dopensesame-3',
    shown:
      '/none/18?access_token=[SECRET:query]&auth%5Btoken%5D=[SECRET:query]&next=https%3A%2F%2Fa.example%2Fcb%3Ftoken%3D[SECRET:token]',
    init: {
      headers: {
        referer: 'https://app.example/reset?token=opensesame-4',
        authorization: 'Bearer opensesame-5',
        cookie: 'sid=opensesame-6',
        'user-agent': 'agent" 200 1 "-" "password=opensesame-7',
      },
    },
    pattern: 'GET /none/:id',
    record: { level: 40, res: { statusCode: 404 } },
  },
  { path: '/none/18', pattern: 'GET /none/:id', record: { level: 40, res: { statusCode: 404 } } },
]

const isLogin = ({ path }: Case) => path === '/login'

for (const { name, make, routes, proxy } of FRAMEWORKS) {
  t.test(
    `${name}: each request leaves one record, with its route, status, bytes, error and id, and a failed login its audit record`,
    async (t) => {
      const { log, access, lines } = logged(t)
      const { url } = await listen(t, await make(log, t))
      const ids: (string | null)[] = []
      for (const { path, init } of CASES) {
        const response = await fetch(url + path, init)
        await response.text()
        ids.push(response.headers.get('x-request-id'))
      }
      await (await fetch(`${url}/health`)).text()
      const records = await access(CASES.length)
      t.equal(records.length, CASES.length, 'one each, and none of what is ignored')
      for (const [index, { path, shown = path, init, pattern, masked, record }] of CASES.entries()) {
        const operation = routes ? pattern : (masked ?? pattern)
        const req = { method: init?.method ?? 'GET', url: shown, remoteAddress: '127.0.0.1' }
        t.match(records[index], { operation, req, ...record }, path)
        t.equal(records[index].reqId, ids[index], `the answer to ${path} bears its id`)
        t.match(records[index].reqId, UUID7)
        t.equal('err' in records[index], 'err' in record, `an error of ${path}`)
        t.notOk('aborted' in records[index])
      }
      const all = await lines()
      t.notMatch(JSON.stringify(all), /opensesame|hunter2/, 'no secret of a URL, a header or a cookie')
      const audits = all.filter(({ kind }) => kind === 'audit')
      t.equal(audits.length, 1)
      t.match(audits[0], {
        ...{ action: 'auth.login', outcome: 'failure', reason: '401', reqId: ids[CASES.findIndex(isLogin)] },
        // Hono keeps no parsed body; there the option `user` of the login route tells.
        actor: name === 'Hono' ? 'unknown' : 'ada',
      })
      const told = all.filter(({ msg }) => msg === 'in the handler')
      t.same(
        told.map(({ of }) => of),
        ['/orders/17?page=2', '/orders/ada', '/echo'].map((path) =>
          ['NestJS', 'Hono'].includes(name) ? path.split('?')[0] : path,
        ),
      )
      for (const { of, reqId, operation } of told) {
        const record = records.find(({ req }) => req.url.split('?')[0] === of.split('?')[0])
        t.same([reqId, operation], [record?.reqId, record?.operation], `a line of ${of}`)
      }
    },
  )

  t.test(`${name}: what the client leaves is one record, aborted, with what was sent`, async (t) => {
    const { log, access } = logged(t)
    const { port } = await listen(t, await make(log, t))
    for (const [path, awaited] of [
      ['/never', undefined],
      ['/events', '1\n\n'],
    ] as const) {
      const socket = await raw(port, get(path))
      if (awaited === undefined) await sleep(30)
      else await received(socket, awaited)
      socket.destroy()
    }
    const reset = await raw(port, get('/never'))
    await sleep(30)
    reset.resetAndDestroy()
    const records = await access(3)
    t.equal(records.length, 3)
    const never = { level: 40, aborted: true, operation: 'GET /never', res: { statusCode: null } }
    t.match(
      records.find(({ req }) => req.url === '/events'),
      { level: 40, aborted: true, operation: 'GET /events', res: { statusCode: 200 } },
    )
    for (const record of records) t.notOk('err' in record, 'it is no error of ours')
    t.match(
      records.filter(({ req }) => req.url === '/never'),
      [never, never],
    )
  })

  t.test(`${name}: requests in one packet have ids, names, traces and addresses of their own`, async (t) => {
    const { log, access, lines } = logged(t)
    const { port } = await listen(t, await make(log, t))
    const header = [
      `traceparent: 00-${TRACE.trace_id}-${TRACE.span_id}-01\r\n`,
      `traceparent: 00-${'0'.repeat(32)}-${TRACE.span_id}-01\r\nX-Forwarded-For: 203.0.113.9\r\n`,
      `traceparent: 00-${TRACE.trace_id}-nonsense-01\r\nX-Request-Id: forged\r\nConnection: close\r\n`,
    ]
    const socket = await raw(port, header.map((headers, i) => get(`/orders/${i + 1}`, headers)).join(''))
    const answers = await received(socket)
    t.equal(answers.split('an order').length, 4)
    const records = await access(3)
    t.same(
      records.map(({ req }) => req.url),
      ['/orders/1', '/orders/2', '/orders/3'],
    )
    t.equal(new Set(records.map(({ reqId }) => reqId)).size, 3)
    for (const { reqId } of records) t.match(answers, new RegExp(`x-request-id: ${reqId}\r\n`, 'i'))
    const [traced, zero, wrong] = (await lines()).filter(({ msg }) => msg === 'in the handler')
    t.match(traced, TRACE)
    t.match(records[0], TRACE)
    for (const line of [zero, wrong, records[1], records[2]]) t.notOk('trace_id' in line || 'span_id' in line)
    t.same(
      records.map(({ req }) => req.remoteAddress),
      ['127.0.0.1', proxy ? '203.0.113.9' : '127.0.0.1', '127.0.0.1'],
    )
  })
}
