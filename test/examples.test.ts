/**
 * Runs each example as a user would, in an empty folder, and looks at what it prints and leaves on the disk. They
 * use hushlog as it is built: `npm run build` first.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import WebSocket from 'ws'
import { isFrame } from './helpers.ts'

const FOLDER = fileURLToPath(new URL('../examples/', import.meta.url))
const DEADLINE = 60_000

interface Ended {
  code: number | null
  out: string
  err: string
  cwd: string
}

interface Running {
  child: ChildProcess
  /** The lines on standard output, as they come. */
  lines(): string[]
  ended: Promise<Ended>
}

function start(t: Test, file: string, env: Record<string, string> = {}): Running {
  const cwd = mkdtempSync(join(tmpdir(), 'hushlog-example-'))
  t.teardown(() => rmSync(cwd, { recursive: true, force: true }))
  const child = spawn(process.execPath, [join(FOLDER, file)], {
    cwd,
    env: { PATH: process.env.PATH, TMPDIR: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE,
  })
  t.teardown(() => child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.on('data', (data) => (out += data))
  child.stderr.on('data', (data) => (err += data))
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err, cwd })))
  return { child, lines: () => out.split('\n').slice(0, -1), ended }
}

/** Runs one that ends by itself. What an example promises goes for all: no exception, no secret. */
async function run(t: Test, file: string): Promise<Ended> {
  const ended = await start(t, file).ended
  t.equal(ended.code, 0, `${file} ends well: ${ended.err}`)
  t.notMatch(ended.out + ended.err, SECRETS)
  return ended
}

/** The passwords and keys that stand in the examples' own code. */
/** What a start says: where lines go, that they are not encrypted, and the ledger's first key. */
const START = new RegExp(
  [
    '^hushlog: lines go to [^\\n]+',
    'hushlog: whoever can read [^\\n]+',
    'hint: [^\\n]+',
    'hushlog: the ledger is signed, beginning with the public key hushlog/[^\\n]+',
    'hushlog: hint: [^\\n]+',
    '$',
  ].join('\\n'),
)
const SECRETS = /invented|made-up|opensesame/i

interface LogRecord {
  [name: string]: unknown
  msg: string
}

function recordsIn(cwd: string): LogRecord[] {
  const sealed = join(cwd, 'logs', 'sealed')
  const files = readdirSync(sealed, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.gz'),
  )
  const texts = files.map((name) => gunzipSync(readFileSync(join(sealed, name))).toString())
  const lines = texts.flatMap((text) => text.split('\n').slice(0, -1)).map((line) => JSON.parse(line))
  return lines.filter((line) => !isFrame(line))
}

/** Starts a server, does something with it, stops it as an operator would, and gives what it has logged. */
async function serve(t: Test, file: string, use: (url: string) => Promise<unknown>): Promise<LogRecord[]> {
  const { child, lines, ended } = start(t, file, { PORT: '0' })
  const port = await listeningPort(lines, ended)
  await use(`http://localhost:${port}`)
  child.kill('SIGTERM')
  const { code, err, cwd } = await ended
  t.equal(code, 0, `${file} ends when asked: ${err}`)
  t.match(err, START, 'nothing on standard error but where lines go, and the key of the ledger')
  const records = recordsIn(cwd)
  t.notMatch(JSON.stringify(records), SECRETS)
  return records
}

async function listeningPort(lines: () => string[], ended: Promise<Ended>): Promise<number> {
  const dead = ended.then(({ err }) => Promise.reject(new Error(`ended before it listened: ${err}`)))
  dead.catch(() => {})
  for (;;) {
    const line = lines().find((text) => text.includes('"msg":"listening"'))
    if (line !== undefined) return JSON.parse(line).port
    await Promise.race([dead, new Promise((resolve) => setTimeout(resolve, 20))])
  }
}

function login(url: string, password: string): Promise<Response> {
  const body = JSON.stringify({ username: 'ada', password })
  return fetch(`${url}/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
}

/** What the example of each framework shows. */
async function shop(t: Test, file: string): Promise<void> {
  let reqId: string | null = null
  const records = await serve(t, file, async (url) => {
    const order = await fetch(`${url}/orders/17?token=opensesame`)
    t.strictSame(await order.json(), { id: '17', items: 3 })
    reqId = order.headers.get('x-request-id')
    t.equal((await login(url, 'wrong')).status, 401)
    t.equal((await login(url, 'invented-for-this-example')).status, 200)
    t.equal((await fetch(`${url}/report`)).status, 500)
  })

  const ofOrder = records.filter((record) => record.reqId === reqId)
  t.strictSame(
    ofOrder.map(({ operation, kind, order }) => ({ operation, kind, order })),
    [
      { operation: 'GET /orders/:id', kind: undefined, order: '17' },
      { operation: 'GET /orders/:id', kind: 'access', order: undefined },
    ],
    'the line of the handler and the access record bear the id that the client got',
  )
  t.match(ofOrder[1].msg, /"GET \/orders\/17\?token=\[SECRET:query\] HTTP\/1\.1" 200 /)
  const audits = records.filter(({ kind }) => kind === 'audit')
  t.match(audits, [
    { action: 'auth.login', actor: 'ada', outcome: 'failure' },
    { action: 'auth.login', actor: 'ada', outcome: 'success' },
  ])
  const failed = records.find(({ operation, kind }) => operation === 'GET /report' && kind === 'access')
  t.match(failed, {
    level: 50,
    err: { message: /^cannot connect to postgres:\/\/shop:\[SECRET:url-password\]@db/ },
  })
  t.equal(records.filter(({ kind }) => kind === 'access').length, 4)
}

const EXPECTED: Record<string, (t: Test, file: string) => Promise<void>> = {
  'express.js': shop,
  'fastify.js': shop,
  'connect.js': shop,
  'koa.js': shop,
  'hono.js': shop,
  'nestjs.js': shop,

  'websocket.js': async (t, file) => {
    const records = await serve(t, file, async (url) => {
      const client = new WebSocket(`${url.replace('http', 'ws')}/chat/tea?token=opensesame`)
      await once(client, 'open')
      client.send('hello')
      await once(client, 'message')
      client.close()
      await once(new WebSocket(`${url.replace('http', 'ws')}/admin`), 'error')
      t.equal((await fetch(`${url}/chat/tea`)).status, 426)
    })
    t.match(
      records.filter(({ kind }) => kind === 'access'),
      [
        { req: { url: '/chat/tea?token=[SECRET:query]' }, res: { statusCode: 101 } },
        { req: { url: '/admin' }, res: { statusCode: 403 } },
        { req: { url: '/chat/tea' }, res: { statusCode: 426 } },
      ],
    )
    const message = records.find(({ msg }) => msg === 'a message')
    t.match(message, { operation: 'GET /chat/tea', bytes: 5 })
    t.equal(message?.reqId, records.find(({ kind }) => kind === 'access')?.reqId)
  },

  'node-http.js': async (t, file) => {
    const records = await serve(t, file, async (url) => {
      t.equal(await (await fetch(`${url}/orders/17?token=opensesame`)).text(), 'hello\n')
    })
    const ofRequest = records.filter(({ operation }) => operation === 'GET /orders/:id')
    t.equal(new Set(ofRequest.map(({ reqId }) => reqId)).size, 1)
    t.match(ofRequest, [{ msg: 'answering', path: '/orders/17?token=[SECRET:query]' }, { kind: 'access' }])
  },

  'job.js': async (t, file) => {
    const records = recordsIn((await run(t, file)).cwd)
    for (const month of ['march', 'april']) {
      const ofRun = records.filter(({ operation }) => operation === `invoice ${month}`)
      t.strictSame(
        ofRun.map(({ msg }) => msg),
        ['begins', 'billed', 'done'],
      )
      t.equal(new Set(ofRun.map(({ reqId }) => reqId)).size, 1, 'one id through promises and timers')
      t.match(ofRun[1], { order: { month, customer: 'ada', apiKey: '[SECRET:key]' } })
    }
    t.equal(new Set(records.map(({ reqId }) => reqId)).size, 2, 'another id for each run')
  },

  'cron.js': async (t, file) => {
    const records = recordsIn((await run(t, file)).cwd)
    t.strictSame(
      records.map(({ operation, msg }) => `${operation}: ${msg}`),
      ['cleanup: begins', 'cleanup: done', 'cleanup: begins', 'cleanup: done'],
    )
    t.equal(records[0].reqId, records[1].reqId)
    t.not(records[1].reqId, records[2].reqId, 'another id for each run')
  },

  'queue.js': async (t, file) => {
    const records = recordsIn((await run(t, file)).cwd)
    for (const order of [17, 18]) {
      const [ordered, packed, sent] = ['ordered', 'packed', 'sent'].map((msg) =>
        records.find((record) => record.msg === msg && record.order === order),
      )
      t.match(ordered, { operation: 'POST /orders' })
      t.match(packed, { operation: 'POST /orders', reqId: ordered?.reqId })
      t.match(sent, { operation: 'send mail', smtpPassword: '[SECRET:password]' })
      t.not(sent?.reqId, ordered?.reqId)
    }
    t.equal(records.length, 6)
  },

  'worker-threads.js': async (t, file) => {
    const records = recordsIn((await run(t, file)).cwd)
    t.strictSame(records.map(({ msg }) => msg).sort(), ['done', 'handing over', 'scaled'])
    t.equal(new Set(records.map(({ reqId }) => reqId)).size, 1)
    t.strictSame([...new Set(records.map(({ operation }) => operation))], ['POST /thumbnails'])
  },

  'opentelemetry.js': async (t, file) => {
    const records = recordsIn((await run(t, file)).cwd)
    t.match(records, [
      { msg: 'outside any span', trace_id: undefined },
      { operation: 'invoice march', trace_id: /^[0-9a-f]{32}$/, span_id: /^[0-9a-f]{16}$/, token: /SECRET/ },
      { operation: 'invoice march', trace_id: records[1].trace_id, span_id: records[1].span_id },
      { operation: 'invoice april' },
      { operation: 'invoice april', trace_id: records[3].trace_id },
    ])
    t.not(records[1].trace_id, records[3].trace_id)
  },

  'wrap-pino.js': async (t, file) => {
    const lines = (await run(t, file)).out.split('\n').slice(0, -1)
    t.strictSame(JSON.parse(lines[0]), {
      level: 30,
      user: 'ada',
      password: '[SECRET:password]',
      msg: 'signed up',
    })
    t.match(JSON.parse(lines[1]), { authorization: /\[SECRET:[a-z]+\]$/, msg: 'retrying' })
    t.match(
      JSON.parse(lines[2]).err.stack,
      /^Error: .*redis:\/\/default:\[SECRET:url-password\]@cache\.example:6379\n/,
    )
    t.equal(lines.length, 3)
  },

  'wrap-console.js': async (t, file) => {
    const { out, err } = await run(t, file)
    t.equal(out, 'calling https://api.example/v1/orders?access_token=[SECRET:query]\n')
    t.match(err, /user: 'ada'[\s\S]*clientSecret: '\[SECRET:secret\]', retries: 3/)
  },

  'wrap-winston.js': async (t, file) => {
    const { out, cwd } = await run(t, file)
    t.match(out, /"message":"signed up","password":"\[SECRET:password\]","user":"ada"/)
    const records = recordsIn(cwd)
    t.match(records, [
      { level: 30, msg: 'signed up', user: 'ada', password: '[SECRET:password]' },
      { level: 40, msg: 'retrying' },
      { level: 50, msg: 'failed', err: { message: /redis:\/\/default:\[SECRET:url-password\]@cache/ } },
    ])
    t.equal(records.length, 3)
  },

  'wrap-bunyan.js': async (t, file) => {
    const lines = (await run(t, file)).out.split('\n').slice(0, -1)
    t.match(JSON.parse(lines[0]), {
      name: 'shop',
      user: 'ada',
      password: '[SECRET:password]',
      msg: 'signed up',
    })
    t.match(JSON.parse(lines[1]), {
      module: 'orders',
      err: { message: /default:\[SECRET:url-password\]@cache/ },
    })
    t.equal(lines.length, 2)
  },

  'morgan.js': async (t, file) => {
    const { out } = await run(t, file)
    t.match(out, /^127\.0\.0\.1 - - \[.*\] "GET \/pay\?access_token=\[SECRET:query\] HTTP\/1\.1" 200 /)
    t.match(out, /"https:\/\/shop\.example\/reset\?token=\[SECRET:query\]" "node"\n$/)
  },

  'audit.js': async (t, file) => {
    const records = recordsIn((await run(t, file)).cwd)
    t.match(records, [
      { kind: 'audit', action: 'order.refund', actor: 'ada', outcome: 'success', details: { amount: 1200 } },
      { kind: 'audit', action: 'order.delete', actor: 'eve', outcome: 'denied', reason: 'not an admin' },
    ])
    t.equal(records.length, 2, 'also with the level silent')
  },

  'scrubber.js': async (t, file) => {
    const lines = (await run(t, file)).out.split('\n')
    t.equal(lines[0], 'GET /callback?code=17&client_secret=[SECRET:query] HTTP/1.1')
    t.strictSame(JSON.parse(lines[1]), {
      id: 17,
      loyaltyNumber: '[SECRET:key-name]',
      note: 'say "[SECRET:greeting]"',
    })
    t.match(lines[2], /^true/)
    t.match(lines[3], /greeting: 1/)
  },

  'scrub-stream.js': async (t, file) => {
    const lines = (await run(t, file)).out.split('\n')
    t.strictSame(lines.slice(0, 3), [
      'listening',
      'GET /callback?client_secret=[SECRET:query]',
      '{"user":"ada","password":"[SECRET:password]"}',
    ])
    t.match(lines[3], 'query: 1, password: 1')
  },

  'ship.js': async (t, file) => {
    const { out, cwd } = await run(t, file)
    t.match(out, /^file:\/\/.*\/backup\/: 1 there, 0 waiting$/m)
    const there = readdirSync(join(cwd, 'backup'), { recursive: true, encoding: 'utf8' })
    t.equal(there.filter((name) => name.startsWith('service=shop/') && name.endsWith('.log.gz')).length, 1)
    t.ok(there.some((name) => name.endsWith('.checkpoint')))
  },

  'demo.js': async (t, file) => {
    const { code, out, err, cwd } = await start(t, file).ended
    t.equal(code, 0, `all claims hold: ${err}${out.split('\n').filter((line) => line.includes('FAILED'))}`)
    t.match(out, /18 secrets sent or logged; [^\n]+: 0 found\n/)
    t.notMatch(out, '\x1b', 'no colour where there is no terminal')
    t.strictSame(
      out.split('\n').filter((line) => line.length > 100),
      [],
      'reads well at 100 columns',
    )
    t.strictSame(readdirSync(cwd), [], 'cleans up behind itself')
  },
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.js'))) {
  t.test(`examples/${basename(file)} does what it says`, async (t) => {
    const check = EXPECTED[file]
    if (check === undefined) t.fail(`examples/${file} has no expectation here`)
    else await check(t, file)
  })
}
