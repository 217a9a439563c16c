import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import express from 'express'
import expressWinston from 'express-winston'
import t, { type Test } from 'tap'
import winston from 'winston'
import type TransportStream from 'winston-transport'
import { unwrap, wrap } from '../../lib/wrap.ts'
import { folder, linesIn, sink } from '../helpers.ts'

const { combine, json, simple, splat, printf, errors, colorize, timestamp } = winston.format
const MESSAGE = Symbol.for('message')
const SPLAT = Symbol.for('splat')

/** It has no type of its own. */
const { Transport } = winston as unknown as { Transport: typeof TransportStream }

type Info = Record<string | symbol, unknown> & { level: string; message: string }

function objects(): { stream: Writable; infos: Info[] } {
  const infos: Info[] = []
  const stream = new Writable({
    objectMode: true,
    write(info, _encoding, done) {
      infos.push(info)
      done()
    },
  })
  return { stream, infos }
}

/** All that can be read of a record: fields, symbols, what is not enumerable in errors. */
function shown(infos: unknown[]): string {
  const seen = new Set<unknown>()
  const show = (value: unknown): string => {
    if (value === null || typeof value !== 'object') return String(value)
    if (seen.has(value)) return ''
    seen.add(value)
    return Reflect.ownKeys(value)
      .map((name) => `${String(name)}=${show((value as Record<PropertyKey, unknown>)[name])}`)
      .join('\n')
  }
  return infos.map(show).join('\n')
}

function logEverything(log: winston.Logger): void {
  log.info('pwd=hunter2', { password: 'hunter2', nested: [{ apiKey: 'hunter2' }] })
  log.info('login password=%s', 'hunter2')
  log.info('login %s', 'ada', { token: 'hunter2' })
  log.warn({ message: 'secret: hunter2', user: 'ada' })
  log.error(new Error('db postgres://u:hunter2@db/x', { cause: new Error('token=hunter2') }))
  log.error('failed', new Error('secret: hunter2'))
  log.error('failed', { err: Object.assign(new Error('secret: hunter2'), { clientSecret: 'hunter2' }) })
  log.child({ sessionToken: 'hunter2' }).info('of a child')
  log.log('info', 'Authorization: Bearer hunter2hunter2')
  log.log({ level: 'info', message: 'password=%s', splat: ['hunter2'] })
  log.profile('token=hunter2')
  log.profile('token=hunter2')
  log.startTimer().done({ message: 'password=hunter2' })
}

const FORMATS: Record<string, winston.Logform.Format | undefined> = {
  'none of its own': undefined,
  'json()': json(),
  'splat() and simple()': combine(splat(), simple()),
  'colours, errors and printf': combine(
    (errors as (options: object) => winston.Logform.Format)({ stack: true, cause: true }),
    colorize(),
    timestamp(),
    splat(),
    printf(
      ({ level, message, stack, ...rest }) => `${level} ${message} ${stack ?? ''} ${JSON.stringify(rest)}`,
    ),
  ),
}

for (const [name, format] of Object.entries(FORMATS)) {
  for (const place of ['logger', 'transports']) {
    t.test(
      `no transport of a wrapped winston logger gets a secret; format of the ${place}: ${name}`,
      async (t) => {
        const line = sink()
        const object = objects()
        const piped = objects()
        const custom: Info[] = []
        const logged: Info[] = []
        class Custom extends Transport {
          override log = (info: Info, done: () => void): void => {
            custom.push(info)
            done()
          }
        }
        const own = place === 'transports' ? { format } : {}
        const transports = [
          new winston.transports.Stream({ stream: line.stream, ...own }),
          new winston.transports.Stream({ stream: object.stream, ...own }),
          new Custom(own as never),
        ]
        const log = winston.createLogger({ transports, ...(place === 'logger' ? { format } : {}) })
        const early = log.child({ refreshToken: 'hunter2' })
        t.equal(wrap(log), log)
        log.pipe(piped.stream)
        transports[0].on('logged', (info) => logged.push(info))
        logEverything(log)
        early.info('of an early child')
        await new Promise((resolve) => setImmediate(resolve))
        t.equal(line.text().match(/of an early child/g)?.length, 1)
        t.equal(object.infos.length, custom.length)
        t.ok(logged.length > 10)
        t.notMatch(line.text(), /hunter2/, 'text')
        for (const infos of [object.infos, custom, piped.infos, logged])
          t.notMatch(shown(infos), /hunter2/, 'objects')
        t.match(shown(custom), /\[SECRET:password\]/)
        unwrap(log)
        log.info('pwd=hunter2')
        t.match(line.text(), /hunter2/, 'and unwrapped it is as before')
        t.match(shown(custom), /hunter2/)
      },
    )
  }
}

t.test('a record keeps what it is: fields, finished text, errors of their class', async (t) => {
  class DatabaseError extends Error {}
  const { stream, infos } = objects()
  const log = wrap(winston.createLogger({ transports: [new winston.transports.Stream({ stream })] }))
  const error = Object.assign(new DatabaseError('token=hunter2'), { code: 'E1' })
  log.info('sold', { orderId: 17, at: new Date(0), err: error })
  log.error(error)
  t.match(infos[0], { level: 'info', message: 'sold', orderId: 17, at: new Date(0) })
  t.ok(infos[0].err instanceof DatabaseError)
  t.match(infos[0].err, { message: 'token=[SECRET:token]', code: 'E1' })
  t.equal((infos[0][SPLAT] as { orderId: number }[])[0].orderId, 17)
  t.equal(JSON.parse(infos[0][MESSAGE] as string).orderId, 17)
  t.ok((infos[1] as unknown) instanceof DatabaseError)
  t.equal(infos[1].message, 'token=[SECRET:token]')
  t.equal(error.message, 'token=hunter2', 'the program’s own error is as it was')
})

t.test('arguments that only the text makes secret are not in the record either', async (t) => {
  const { stream, infos } = objects()
  const log = wrap(winston.createLogger({ transports: [new winston.transports.Stream({ stream })] }))
  log.info('password=%s for %s', 'hunter2', 'ada')
  t.strictSame(infos[0][SPLAT], ['[SECRET:hidden]', 'ada'])
})

t.test('File, Http and old transports, those added later, query() and stream() give no secret', async (t) => {
  const bodies: string[] = []
  const server = createServer((req, res) => {
    let body = ''
    req
      .on('data', (chunk) => (body += chunk))
      .on('end', () => {
        bodies.push(body)
        res.end()
      })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close().closeAllConnections())
  const { port } = server.address() as { port: number }
  const dirname = folder(t)
  const file = new winston.transports.File({ dirname, filename: 'app.log' })
  const log = wrap(winston.createLogger({ transports: [file] }))
  const tailed = log.stream({ start: -1 })
  t.teardown(() => (tailed as unknown as Writable).destroy())
  const tail = new Promise((resolve) => tailed.on('log', resolve))
  log.info('pwd=hunter2', { apiKey: 'hunter2' })
  t.match(await tail, { apiKey: '[SECRET:key]', message: 'pwd=[SECRET:password]' })
  const found = await new Promise((resolve, reject) =>
    log.query({ fields: undefined as never }, (failed, results) =>
      failed ? reject(failed) : resolve(results),
    ),
  )
  t.match(found, { file: [{ apiKey: '[SECRET:key]' }] })

  log.add(new winston.transports.Http({ host: '127.0.0.1', port, format: combine(timestamp(), json()) }))
  const old: unknown[][] = []
  const { error } = console
  console.error = () => {}
  log.add({
    name: 'old',
    on() {},
    removeListener() {},
    log: (...args: unknown[]) => old.push(args.slice(0, 3)),
  } as never)
  console.error = error
  log.info('pwd=hunter2', { apiKey: 'hunter2' })
  while (bodies.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  t.match(JSON.parse(bodies[0]), { apiKey: '[SECRET:key]', message: 'pwd=[SECRET:password]' })
  t.match(old, [['info', 'pwd=[SECRET:password]', { apiKey: '[SECRET:key]' }]])
  const done = once(file, 'finish')
  log.end()
  await done
  t.notMatch(readFileSync(join(dirname, 'app.log'), 'utf8') + bodies + shown(old), /hunter2/)
})

t.test('a wrapped logger may be configured anew, and is behind the gate still', async (t) => {
  const { stream, text: printed } = sink()
  const log = wrap(winston.createLogger())
  log.configure({ format: simple(), transports: [new winston.transports.Stream({ stream })] })
  log.info('pwd=hunter2')
  const [transport] = log.transports
  transport.format = printf(() => 'token=hunter2')
  log.info('again')
  t.equal(printed(), 'info: pwd=[SECRET:password]\ntoken=[SECRET:token]\n')
})

t.test('without a transport what winston itself prints of a record has no secret', async (t) => {
  const { error } = console
  const said: unknown[] = []
  console.error = (...args) => said.push(args)
  t.teardown(() => (console.error = error))
  wrap(winston.createLogger()).info('pwd=hunter2', { apiKey: 'hunter2' })
  t.match(JSON.stringify(said), /no transports[\s\S]*\[SECRET:password\]/)
  t.notMatch(JSON.stringify(said), /hunter2/)
})

t.test(
  'a child, the module and a shared transport are wrapped with the logger that writes for them',
  async (t) => {
    const { stream, text: printed } = sink()
    const shared = new winston.transports.Stream({ stream, format: simple() })
    const first = winston.createLogger({ transports: [shared] })
    const second = winston.createLogger({ transports: [shared] })
    wrap(first.child({ a: 1 }))
    wrap(second)
    t.equal(wrap(winston), winston)
    winston.add(shared)
    winston.info('pwd=hunter2 by the module')
    first.info('pwd=hunter2')
    unwrap(first)
    second.info('pwd=hunter2')
    t.notMatch(printed(), /hunter2/)
    t.equal(printed().split('\n').length, 4)
    unwrap(winston)
    winston.remove(shared)
    t.equal(wrap(second), second)
    unwrap(second)
    second.info('pwd=hunter2')
    t.match(printed(), /hunter2/)
  },
)

t.test('code of what was logged fails no format of a transport: private fields, DOMException', async (t) => {
  class Refused extends Error {
    #code = 'E_REFUSED'
    get code() {
      return this.#code
    }
    toJSON() {
      return { code: this.#code }
    }
    override toString() {
      return this.#code
    }
  }
  const hostile = {
    toString() {
      throw new Error('pwd=hunter2')
    },
  }
  const { stream, text: printed } = sink()
  const { stream: raw, infos } = objects()
  const format = combine(
    splat(),
    printf((info) => {
      const err = info.err as Refused
      return `${info.message} ${err?.name} ${err?.code} ${JSON.stringify(err)} ${inspect(err)} ${err}`
    }),
  )
  const log = wrap(
    winston.createLogger({
      transports: [
        new winston.transports.Stream({ stream, format }),
        new winston.transports.Stream({ stream: raw }),
      ],
    }),
  )
  log.info('private', { err: new Refused('pwd=hunter2') })
  log.info('inherited', { err: Object.create(Object.assign(new Error('no'), { apiKey: 'hunter2' })) })
  log.info('aborted', { err: new DOMException('pwd=hunter2', 'AbortError') })
  log.info('text of %s', hostile)
  log.info('user %s', { toString: () => 'ada' })
  const starts = printed()
    .split('\n')
    .filter((line) => !line.startsWith(' '))
  t.match(
    ['private Error', 'inherited', 'aborted AbortError', 'text of', 'user', ''].map((word, i) =>
      starts[i]?.startsWith(word),
    ),
    [true, true, true, true, true, true],
    printed(),
  )
  t.notMatch(printed() + shown(infos), /hunter2/)
  const [refused] = infos as unknown as { err: Refused }[]
  t.ok(refused.err instanceof Refused)
})

t.test('what the scrubber fails on is withheld: text and record', async (t) => {
  const { stream, infos } = objects()
  const line = sink()
  const log = wrap(
    winston.createLogger({
      transports: [
        new winston.transports.Stream({ stream }),
        new winston.transports.Stream({ stream: line.stream }),
      ],
    }),
  )
  const { decode } = TextDecoder.prototype
  t.teardown(() => (TextDecoder.prototype.decode = decode))
  TextDecoder.prototype.decode = () => {
    throw new Error('broken')
  }
  log.warn('pwd=hunter2', { user: 'ada' })
  t.match(infos, [{ level: 'error', message: 'a line was withheld: it could not be made safe' }])
  t.equal(line.text(), '{"level":"error","message":"a line was withheld: it could not be made safe"}\n')
})

t.test('in text no logged value begins a line or moves the cursor, and colours stay (D13)', async (t) => {
  const { stream, text: printed } = sink()
  const format = combine(timestamp({ format: () => 'T' }), colorize(), simple())
  const log = wrap(winston.createLogger({ format, transports: [new winston.transports.Stream({ stream })] }))
  log.info('login user=bob\n2026-11-24T00:00:00.000Z info: login user=admin OK')
  log.info('bel \x07 and \x1b[2J\x1b[1;1H\rend')
  t.equal(
    printed(),
    [
      '\x1b[32minfo\x1b[39m: login user=bob',
      '    2026-11-24T00:00:00.000Z info: login user=admin OK {"timestamp":"T"}',
      '\x1b[32minfo\x1b[39m: bel \\u0007 and \\u001b[2J\\u001b[1;1H\\u000dend {"timestamp":"T"}',
      '',
    ].join('\n'),
  )
  const raw = sink()
  const asItWas = wrap(
    winston.createLogger({
      format: simple(),
      transports: [new winston.transports.Stream({ stream: raw.stream })],
    }),
    { escape: false },
  )
  asItWas.info('a\n\x07b')
  t.equal(raw.text(), 'info: a\n\x07b\n')
})

/** A program of its own, for what ends one. */
async function run(
  t: Test,
  program: string,
): Promise<{ code: number | null; out: string; err: string; cwd: string }> {
  const cwd = folder(t)
  const dist = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
  const modules = fileURLToPath(new URL('../../node_modules/winston/lib/winston.js', import.meta.url))
  const source = `import winston from '${modules}'\nimport { wrap } from '${dist}'\n${program}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    cwd,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (data) => (out += data))
  child.stderr.on('data', (data) => (err += data))
  const [code] = await once(child, 'close')
  return { code, out, err, cwd }
}

t.test(
  'an uncaught exception and an unhandled rejection go out without secrets, and end the program',
  async (t) => {
    const made = `
    const { Console, File } = winston.transports
    wrap(winston.createLogger({
      transports: [new Console({ handleExceptions: true, handleRejections: true })],
      exceptionHandlers: [new File({ filename: 'exceptions.log' })],
      rejectionHandlers: [new File({ filename: 'rejections.log' })],
    }))`
    const [thrown, rejected] = await Promise.all([
      run(t, `${made}\nsetTimeout(() => { throw new Error('db postgres://u:hunter2@db/x') })`),
      run(t, `${made}\nPromise.reject(Object.assign(new Error('token=hunter2'), { apiKey: 'hunter2' }))`),
    ])
    t.equal(thrown.code, 1)
    t.equal(rejected.code, 1)
    t.match(thrown.out, /uncaughtException: db postgres:\/\/u:\[SECRET:url-password\]@db\/x/)
    t.match(rejected.out, /unhandledRejection: token=\[SECRET:token\]/)
    const files = [
      readFileSync(join(thrown.cwd, 'exceptions.log'), 'utf8'),
      readFileSync(join(rejected.cwd, 'rejections.log'), 'utf8'),
    ]
    t.match(files[0], /url-password/)
    t.match(files[1], /SECRET:token/)
    t.notMatch(files + thrown.out + thrown.err + rejected.out + rejected.err, /hunter2/)
  },
)

t.test('what a winston file loses at process.exit() is in the store, with its errors in full', async (t) => {
  const { cwd, err } = await run(
    t,
    `
    const log = wrap(
      winston.createLogger({ transports: [new winston.transports.File({ filename: 'app.log' })] }),
      { service: 'shop', storage: { dir: 'logs' } },
    )
    for (let n = 0; n < 200; n++) log.info('line', { n, password: 'hunter2' })
    log.error('failed', { err: new Error('token=hunter2', { cause: new Error('why') }) })
    process.exit(1)`,
  )
  const lines = linesIn(join(cwd, 'logs')).filter(({ msg }) => msg === 'line' || msg === 'failed')
  t.equal(lines.length, 201, err)
  t.match(lines[7], { level: 30, service: 'shop', operation: 'process', n: 7, password: '[SECRET:password]' })
  t.match(lines[200], {
    level: 50,
    err: { type: 'Error', message: /^token=\[SECRET:token\]/, stack: /Error: token/ },
  })
})

t.test('express-winston on a wrapped logger shows no header, query or body secret', async (t) => {
  const { stream, text: printed } = sink()
  const log = wrap(
    winston.createLogger({ format: json(), transports: [new winston.transports.Stream({ stream })] }),
  )
  const app = express()
  app.use(express.json())
  app.use(
    expressWinston.logger({
      winstonInstance: log,
      requestWhitelist: ['url', 'headers', 'method', 'query', 'body'],
      responseWhitelist: ['statusCode', 'body'],
      headerBlacklist: [],
    }),
  )
  app.post('/login', (_req, res) => void res.json({ access_token: 'hunter2' }))
  app.use(() => {
    throw new Error('db postgres://u:hunter2@db/x')
  })
  app.use(expressWinston.errorLogger({ winstonInstance: log, headerBlacklist: [] }))
  app.use(((_error, _req, res, _next) => void res.sendStatus(500)) as express.ErrorRequestHandler)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close().closeAllConnections())
  const { port } = server.address() as { port: number }
  const headers = {
    authorization: 'Bearer hunter2',
    cookie: 'sid=hunter2',
    'content-type': 'application/json',
  }
  const body = JSON.stringify({ user: 'ada', password: 'hunter2' })
  await fetch(`http://127.0.0.1:${port}/login?token=hunter2`, { method: 'POST', headers, body })
  await fetch(`http://127.0.0.1:${port}/fails?token=hunter2`, { headers })
  const records = printed()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(records[0], {
    meta: {
      req: {
        url: '/login?token=[SECRET:query]',
        headers: { authorization: /^Bearer \[SECRET:/, cookie: /^sid=\[SECRET:/ },
        body: { user: 'ada', password: /^\[SECRET:/ },
      },
      res: { statusCode: 200 },
    },
  })
  t.equal(records.length, 3, 'the request, the error and its request')
  t.notMatch(printed(), /hunter2/)
})
