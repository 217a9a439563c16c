/**
 * Wrapped loggers whose records also go into the store, and what wrap() refuses.
 */
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import bunyan from 'bunyan'
import express from 'express'
import morgan from 'morgan'
import pino from 'pino'
import t, { type Test } from 'tap'
import winston from 'winston'
import { runOperation, scrubStream, unwrap, wrap } from '../lib/index.ts'
import { folder, type Line, linesIn, logger } from './helpers.ts'

const NOWHERE = { write: () => true } as never

function discard(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}

/** What every record of the store has, once. */
function checkFrame(t: Test, lines: Line[]): void {
  for (const line of lines) {
    t.match(line, { service: 'test', operation: String, reqId: String, pid: process.pid })
    t.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  }
}

interface Case {
  log: object
  use(log: never): void
  /** Level, message and fields of each record. */
  records: [number, string | undefined, object?][]
}

const ERROR = Object.assign(new Error('token=hunter2', { cause: new Error('why') }), { code: 'E1' })

const HOSTILE = {
  toString() {
    throw new Error('hunter2')
  },
}

const CASES: Record<string, () => Case> = {
  pino: () => ({
    log: pino({ level: 'trace', customLevels: { loud: 35 } }, NOWHERE),
    use(log: pino.Logger<'loud'>) {
      log.info({ password: 'hunter2', pid: 1 }, 'pwd=hunter2')
      log.trace({ time: 'now', operation: 'forged', reqId: 'forged', kind: 'audit' })
      log.child({ a: 1 }).loud('loud')
      log.fatal(ERROR)
      log.info({ msg: 17 })
    },
    records: [
      [30, 'pwd=[SECRET:password]', { password: '[SECRET:password]' }],
      [10, undefined, { operation: 'job', operation_: 'forged', reqId_: 'forged', kind_: 'audit' }],
      [30, 'loud', { a: 1 }],
      [60, 'token=[SECRET:token]', { err: { code: 'E1', type: 'Error' } }],
      [30, undefined, { msg: 17 }],
    ],
  }),
  winston: () => ({
    log: winston.createLogger({
      level: 'silly',
      transports: [new winston.transports.Stream({ stream: discard() })],
    }),
    use(log: winston.Logger) {
      log.info('pwd=hunter2', { password: 'hunter2', timestamp: 'now' })
      log.http('GET /', { level_: 1, time: 'now', reqId: 'forged' })
      log.silly('of %s: %s', 'ada', 'token=hunter2')
      log.error(ERROR)
      log.error('failed', { err: ERROR })
      log.child({ a: 1 }).warn('child')
      log.info({ user: 'ada', password: 'hunter2' })
      log.info('of %s', HOSTILE)
      log.log({ level: 'info', message: Object.create(null) })
    },
    records: [
      [30, 'pwd=[SECRET:password]', { password: '[SECRET:password]', timestamp: 'now' }],
      [30, 'GET /', { severity: 'http', time_: 'now', reqId_: 'forged' }],
      [10, 'of ada: token=[SECRET:token]', { severity: 'silly' }],
      [50, 'token=[SECRET:token]', { err: { code: 'E1', stack: /Error: token=/ } }],
      [50, 'failed', { err: { code: 'E1', message: /^token=\[SECRET:token\]/ } }],
      [40, 'child', { a: 1 }],
      [30, undefined, { user: 'ada', password: '[SECRET:password]' }],
      [30, 'of %s'],
      [30, undefined],
    ],
  }),
  'winston with the levels of syslog': () => ({
    log: winston.createLogger({
      levels: winston.config.syslog.levels,
      transports: [new winston.transports.Stream({ stream: discard() })],
    }),
    use(log: winston.Logger) {
      log.emerg('a')
      log.notice('b')
    },
    records: [
      [60, 'a', { severity: 'emerg' }],
      [30, 'b', { severity: 'notice' }],
    ],
  }),
  bunyan: () => ({
    log: bunyan.createLogger({
      name: 'shop',
      level: 'trace',
      stream: discard(),
      serializers: bunyan.stdSerializers,
    }),
    use(log: bunyan) {
      log.info({ password: 'hunter2' }, 'pwd=%s', 'hunter2')
      log.child({ a: 1 }).trace({ time: new Date(), reqId: 'forged' }, 'child')
      log.fatal(ERROR)
    },
    records: [
      [30, 'pwd=[SECRET:password]', { name: 'shop', password: '[SECRET:password]' }],
      [10, 'child', { a: 1, reqId_: 'forged' }],
      [60, 'token=[SECRET:token]', { err: { code: 'E1' } }],
    ],
  }),
  console: () => ({
    log: new console.Console(discard()),
    use(log: Console) {
      log.log('pwd=%s', 'hunter2')
      log.debug({ token: 'hunter2' })
      log.warn('two\nlines')
      log.error(ERROR)
      log.trace('here')
      log.assert(false, 'wrong')
      log.group('a group')
      log.count('n')
      log.groupEnd()
    },
    records: [
      [30, 'pwd=[SECRET:password]'],
      [20, "{ token: '[SECRET:token]' }"],
      [40, 'two\n    lines'],
      [50, undefined],
      [10, undefined],
      [50, 'Assertion failed: wrong'],
      [30, 'a group'],
      [30, 'n: 1'],
    ],
  }),
}

for (const [name, make] of Object.entries(CASES)) {
  t.test(`with storage each record of ${name} is in the store, stamped and clean, once`, async (t) => {
    const { log: store, dir, lines, text } = logger(t, { level: 'trace' })
    const { log, use, records } = make()
    t.equal(wrap(log, { storage: store }), log)
    runOperation('job', () => use(log as never), { reqId: 'job-17' })
    await store.flush()
    const stored = lines()
    checkFrame(t, stored)
    t.equal(stored.length, records.length)
    records.forEach(([level, msg, fields = {}], i) => {
      t.match(stored[i], { level, operation: 'job', reqId: 'job-17', ...fields })
      if (msg !== undefined) t.equal(stored[i].msg, msg)
    })
    t.notMatch(text(), /hunter2/)
    for (const line of text().trim().split('\n'))
      t.equal(JSON.stringify(JSON.parse(line)), line, 'no name stands twice')
    unwrap(log)
    runOperation('job', () => use(log as never))
    await store.flush()
    t.equal(linesIn(dir).length, records.length, 'and after unwrap() nothing more')
  })
}

t.test('a record that waited for a slow transport bears the operation in which it was logged', async (t) => {
  const { log: store, lines } = logger(t)
  const waiting: (() => void)[] = []
  const slow = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write: (_info, _encoding, done) => void waiting.push(done),
  })
  const log = winston.createLogger()
  wrap(log, { storage: store })
  log.pipe(slow)
  for (let n = 0; n < 40; n++) runOperation(`job ${n}`, () => log.info(`line ${n}`))
  await runOperation('another', async () => {
    while (waiting.length > 0) {
      waiting.shift()?.()
      await turn()
    }
  })
  await store.flush()
  t.equal(lines().length, 40)
  for (const { msg, operation } of lines()) t.equal(operation, msg?.replace('line', 'job'))
})

t.test('a store of its own is opened by wrap(), written by unwrap() and closed', async (t) => {
  const dir = join(folder(t), 'logs')
  const log = pino({}, NOWHERE)
  wrap(log, { service: 'test', storage: { dir }, scrub: { keys: ['badge'] } })
  wrap(log, { service: 'test', storage: { dir } })
  log.debug('under its level')
  log.info({ badge: 'x1y2z3' }, 'one')
  unwrap(log)
  const written = linesIn(dir)
  t.match(written, [{ msg: 'one', level: 30, badge: '[SECRET:key-name]' }])
  t.equal(written.length, 1)
  while (readdirSync(join(dir, 'open')).some((file) => file.endsWith('.log')))
    await new Promise((resolve) => setTimeout(resolve, 10))
  t.match(linesIn(dir), [{ msg: 'one' }], 'sealed, too')
})

t.test('a stream that fails costs its own line and not the store’s', async (t) => {
  const { log: store, lines } = logger(t)
  const destination = pino.destination({ dest: '/dev/null', sync: true })
  const log = wrap(pino({}, destination), { storage: store })
  destination.destroy()
  t.throws(() => log.info('late'), { message: 'SonicBoom destroyed' }, 'as pino does it')
  await store.flush()
  t.match(lines(), [{ msg: 'late' }])
})

t.test('wrong loggers and options are refused by their name', async (t) => {
  const { log: store } = logger(t, { storage: false })
  const refused = (logger: unknown, options: object | undefined, message: string | RegExp) =>
    t.throws(() => wrap(logger as object, options as never), { code: 'HUSHLOG_OPTION', message })
  refused(morgan, undefined, /got a function$/)
  refused(null, undefined, /got null$/)
  refused('console', undefined, /got a string$/)
  refused(console, { store: {} }, /^option store is unknown: did you mean storage\?/)
  refused(console, { escape: 'yes' }, /^option escape takes true or false, got/)
  refused(console, { storage: 'logs' }, /^option storage takes a logger of hushlog or an object of options/)
  refused(console, { storage: { dri: 'logs' } }, /^option storage.dri is unknown: did you mean storage.dir\?/)
  refused(console, { scrub: { key: [] } }, /^option scrub.key is unknown/)
  refused(store, { storage: store }, /not for a logger of hushlog/)
  t.equal(wrap(store), store, 'whose lines go through the gate anyway')
  const log = wrap(pino({}, NOWHERE))
  refused(log, { storage: store }, /comes too late: the logger is wrapped already/)
  t.equal(unwrap(unwrap(log)), log)
  t.equal(unwrap(morgan as object), morgan)
  t.equal(console.log.name, 'log', 'nothing was wrapped by what was refused')
})

t.test('wrapping needs none of the loggers that it wraps', async (t) => {
  const sources = readdirSync('lib', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const imports = sources.flatMap((file) =>
    [...readFileSync(join('lib', file), 'utf8').matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name),
  )
  t.ok(imports.includes('pino'))
  t.strictSame(
    imports.filter((name) => ['winston', 'bunyan', 'morgan', 'triple-beam', 'logform'].includes(name)),
    [],
  )
})

/** Sends bytes as they are; a client that is nobody's friend does. */
async function send(port: number, head: string): Promise<void> {
  const socket = (await import('node:net')).connect(port, '127.0.0.1')
  socket.end(`${head}\r\nConnection: close\r\n\r\n`)
  socket.resume()
  await once(socket, 'close')
}

t.test(
  'morgan through scrubStream() or into the store: no secret, and one line a request (D1, D2)',
  async (t) => {
    const { log: store, lines, text } = logger(t)
    const clean = scrubStream()
    let printed = ''
    clean.on('data', (chunk) => (printed += chunk))
    const app = express()
    app.use(morgan('combined', { stream: clean }))
    app.use(morgan('combined', { stream: { write: (line) => store.info(line.trimEnd()) } }))
    // What morgan did before 1.11: whatever the client says goes in as it is.
    const unescaped: morgan.FormatFn = (_tokens, req) => {
      const [name] = Buffer.from(req.headers.authorization?.slice(6) ?? '', 'base64')
        .toString()
        .split(':')
      return `${name} "GET ${req.url}" `
    }
    app.use(morgan(unescaped, { stream: { write: (line) => store.info(line.trimEnd()) } }))
    app.use((_req, res) => void res.end('ok'))
    const server = http.createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => void server.close().closeAllConnections())
    const { port } = server.address() as { port: number }
    const forged = 'bob\n127.0.0.1 - admin [x] "GET /forged HTTP/1.1" 200'
    const user = Buffer.from(`${forged}:hunter2`).toString('base64')
    await send(
      port,
      [
        'GET /x?access_token=ghp_hunter2hunter2hunter2hunter2hunter2hunt&password=hunter2 HTTP/1.1',
        'Host: localhost',
        `Authorization: Basic ${user}`,
        'Referer: https://app.example/reset?token=hunter2',
        'User-Agent: evil" 200 1 "-" "fake',
      ].join('\r\n'),
    )
    await store.flush()
    t.match(printed, /"GET \/x\?access_token=\[SECRET:query\]&password=\[SECRET:query\] HTTP\/1\.1" 200/)
    t.match(printed, /"https:\/\/app\.example\/reset\?token=\[SECRET:query\]"/)
    t.equal(printed.split('\n').length, 2, 'one line')
    t.match(printed, /"evil\\" 200 1 \\"-\\" \\"fake"\n$/, 'no field is forged')
    t.equal(lines().length, 2)
    t.match(lines()[0].msg, /access_token=\[SECRET:query\]/)
    t.match(
      lines()[1].msg,
      /^bob\n127\.0\.0\.1 - admin/,
      'what no format escapes is inside one record of JSON',
    )
    t.equal(text().trim().split('\n').length, 2)
    t.notMatch(printed + text(), /hunter2/)
  },
)
