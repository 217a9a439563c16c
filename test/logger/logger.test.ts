import { EventEmitter } from 'node:events'
import pino from 'pino'
import t from 'tap'
import { bindOperation, currentOperation, Operation, runOperation, setOperation } from '../../lib/context.ts'
import { bindLogger } from '../../lib/logger/logger.ts'
import { logger } from '../helpers.ts'

t.test('a line has the fields of the contract, in their order', async (t) => {
  const { log, text } = logger(t)
  log.info({ orderId: 17 }, 'paid')
  await log.flush()
  const line = text()
  t.match(JSON.parse(line), {
    level: 30,
    service: 'test',
    pid: process.pid,
    operation: 'process',
    orderId: 17,
    msg: 'paid',
  })
  t.strictSame(Object.keys(JSON.parse(line)), [
    'level',
    'time',
    'service',
    'host',
    'pid',
    'operation',
    'reqId',
    'orderId',
    'msg',
  ])
  const { time, reqId } = JSON.parse(line)
  t.equal(new Date(time).toISOString(), time)
  t.match(reqId, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

t.test('whatever way a secret takes into a line, it does not come out', async (t) => {
  const { log, text, lines } = logger(t, {
    mixin: () => ({ mixed: 'token=MIXIN0secret' }),
    base: { note: 'password=BASE0secret' },
    msgPrefix: 'pwd=PREFIX0secret ',
    formatters: { log: (fields) => ({ ...fields, formatted: { apiKey: 'FORMAT0secret' } }) },
    serializers: { custom: () => ({ secret: 'SERIAL0secret' }) },
  })
  log.info('login with password=%s and %j', 'PRINTF0secret', { token: 'PRINTJ0secret' })
  log.child({ authorization: 'Bearer BINDING0secret' }).warn({ custom: 1 }, 'child')
  log.error(new Error('postgres://u:ERROR0secret@db', { cause: new Error('secret: CAUSE0secret') }))
  log.info({ toJSON: () => ({ nested: { password: 'TOJSON0secret' } }) })
  log.setBindings({ sessionId: 'SETBIND0secret' })
  log.info({ nested: { Deep: [{ 'X-API-Key': 'DEEP0secret' }] } }, 'done')
  await log.flush()
  t.equal(lines().length, 5)
  t.notMatch(text(), /0secret/)
})

t.test('pino’s own API works: levels, children, serializers, redact, custom levels, printf', async (t) => {
  const { log, lines } = logger(t, {
    level: 'debug',
    customLevels: { notice: 35 },
    redact: ['customer.name'],
  })
  log.debug('shown %d %s %o', 1, 'two', { three: 3 })
  log.trace('not shown')
  ;(log as unknown as Record<string, (msg: string) => void>).notice('custom')
  log
    .child({ module: 'a' }, { serializers: { user: (user: { id: number }) => user.id } })
    .info({ user: { id: 7, name: 'ada' } })
  log.info({ customer: { name: 'ada', city: 'Oslo' } })
  log.level = 'error'
  log.info('not shown')
  t.equal(log.isLevelEnabled('warn'), false)
  t.strictSame(log.bindings(), {})
  await log.flush()
  t.match(lines(), [
    { level: 20, msg: 'shown 1 two {"three":3}' },
    { level: 35, msg: 'custom' },
    { level: 30, module: 'a', user: 7 },
    { level: 30, customer: { name: '[Redacted]', city: 'Oslo' } },
  ])
  t.equal(lines().length, 4)
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

t.test('a log call never throws, whatever it is given, and the program goes on', async (t) => {
  const cycle: Record<string, unknown> = { name: 'cycle' }
  cycle.self = cycle
  const hostile: Record<string, unknown[]> = {
    'a getter that throws': [
      {
        get x() {
          throw new Error('boom')
        },
      },
      'kept',
    ],
    'a cycle': [cycle, 'kept'],
    'a cycle as the message': [{}, cycle],
    'a BigInt as the message': [{}, { n: 1n }],
    'a BigInt': [{ n: 12345678901234567890n }, 'kept'],
    'a symbol': [Symbol('s')],
    'a symbol as a field': [{ s: Symbol('s') }, 'kept'],
    'a function': [() => {}],
    'a toJSON that throws': [
      {
        x: {
          toJSON() {
            throw new Error('boom')
          },
        },
      },
      'kept',
    ],
    'a toJSON that gives nothing': [{}, { toJSON: () => undefined }],
    'a proxy that throws': [
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('boom')
          },
          get() {
            throw new Error('boom')
          },
        },
      ),
      'kept',
    ],
    nothing: [undefined],
    null: [null],
    'a lone surrogate': ['\ud800 alone'],
    'an invalid date': [{ at: new Date(Number.NaN) }, 'kept'],
    'control characters': ['\u0000\u001b[2J\u007f\u009b\u2028\r\nforged'],
    'ten million characters': ['x'.repeat(10_000_000)],
    'an error with a getter': [
      Object.defineProperty(new Error('e'), 'bad', {
        enumerable: true,
        get() {
          throw new Error('boom')
        },
      }),
    ],
    'names that are stamps': [
      {
        level: 1,
        time: 2,
        pid: 3,
        reqId: 'forged',
        operation: 'forged',
        service: 'x',
        host: 'y',
        kind: 'audit',
        msg: 'own',
      },
      'kept',
    ],
    'a revoked proxy': [revoked(), 'kept'],
    'a revoked proxy after the message': ['kept %s', 'x', revoked()],
  }
  const { log, lines, text } = logger(t)
  for (const args of Object.values(hostile)) (log.info as (...args: unknown[]) => void)(...args)
  log.info('after')
  await log.flush()
  const written = lines()
  t.equal(written.length, Object.keys(hostile).length + 1, 'one line for each call')
  t.equal(written.at(-1)?.msg, 'after')
  const processId = written[0].reqId
  for (const line of written) t.match(line, { operation: 'process', reqId: processId, service: 'test' })
  for (const code of [0, 0x1b, 0x7f]) t.notOk(text().includes(String.fromCharCode(code)))
  t.notOk(text().includes('\u009b'))
  const forged = written[Object.keys(hostile).indexOf('names that are stamps')]
  t.match(forged, {
    level: 30,
    level_: 1,
    time_: 2,
    pid_: 3,
    reqId_: 'forged',
    operation_: 'forged',
    kind_: 'audit',
    msg: 'kept',
  })
  t.equal(forged.kind, undefined)
})

t.test('a stamp’s field moves on to a name that is free', async (t) => {
  const { log, lines } = logger(t)
  log.info({ pid: 'mine', pid_: 'mine too', pid__: 'and this' }, 'x')
  await log.flush()
  t.match(lines(), [{ pid: process.pid, pid_: 'mine too', pid__: 'and this', pid___: 'mine' }])
})

t.test('what a streamWrite hook makes of a line goes on, whole or not', async (t) => {
  const made = ['plain text, password=hunter2', '{"level":30,"n":1', '{"level":30,"level":20']
  const { log, text } = logger(t, { hooks: { streamWrite: () => made.shift() as string } })
  for (let i = 0; i < 3; i++) log.info({ kind: 'audit' }, 'x')
  await log.flush()
  t.strictSame(text().split('\n'), [
    'plain text, password=[SECRET:password]',
    '{"level":30,"n":1}',
    '{"level":30,"level_":20}',
    '',
  ])
})

t.test('a serializer, a mixin or a hook that throws costs the fields and never the line', async (t) => {
  const boom = () => {
    throw new Error('holds hunter2')
  }
  for (const [name, options] of Object.entries({
    serializer: { serializers: { x: boom } },
    mixin: { mixin: boom },
    formatter: { formatters: { log: boom } },
    hook: { hooks: { logMethod: boom } },
  })) {
    const { log, lines, text } = logger(t, options)
    log.warn({ x: 1, password: 'hunter2' }, 'password=hunter2')
    await log.flush()
    t.match(
      lines(),
      [
        {
          level: 40,
          operation: 'process',
          err: { code: 'Error' },
          msg: 'a line was withheld: it could not be made safe',
        },
      ],
      name,
    )
    t.notMatch(text(), /hunter2/)
    t.equal(log.stats().withheld, 1)
  }
})

t.test('no name ever stands twice in a line', async (t) => {
  const { log, text } = logger(t, { base: { app: 'one' }, mixin: () => ({ mixed: 1, tenant: 'mixin' }) })
  const child = log.child({ tenant: 'acme' }).child({ tenant: 'other', app: 'two', kind: 'gap' })
  child.info({ tenant: 'field', 'we"ird': { tenant: 1 }, mixed: 2 }, 'x')
  child.info({ msg: 'own' }, 'given')
  await log.flush()
  for (const line of text().trim().split('\n')) {
    const names: string[] = []
    JSON.parse(line)
    let depth = 0
    for (const [token] of line.matchAll(/"(?:[^"\\]|\\.)*"(?=:)|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
      if (token === '{' || token === '[') depth++
      else if (token === '}' || token === ']') depth--
      else if (depth === 1) names.push(token)
    }
    const keys = names.filter((name) => line.includes(`${name}:`))
    t.equal(new Set(keys).size, keys.length, line)
  }
  t.match(JSON.parse(text().split('\n')[0]), {
    tenant: 'field',
    app: 'two',
    kind_: 'gap',
    mixed: 2,
    'we"ird': { tenant: 1 },
  })
})

t.test(
  'lines inside an operation bear its name and id, through promises, timers and bound callbacks',
  async (t) => {
    const { log, lines } = logger(t)
    const emitter = new EventEmitter()
    const ids: string[] = []
    const job = (name: string) =>
      runOperation(name, async () => {
        ids.push(currentOperation().reqId)
        log.info('start')
        await new Promise((resolve) => setTimeout(resolve, 5))
        log.info('later')
        emitter.on(
          'tick',
          bindOperation(() => log.info('bound')),
        )
        await new Promise((resolve) => setImmediate(resolve))
      })
    await Promise.all([job('one'), job('two')])
    emitter.emit('tick')
    log.info('outside')
    await log.flush()
    const of = (operation: string) => lines().filter((line) => line.operation === operation)
    t.strictSame(
      of('one').map(({ msg }) => msg),
      ['start', 'later', 'bound'],
    )
    t.strictSame(
      of('two').map(({ msg }) => msg),
      ['start', 'later', 'bound'],
    )
    for (const [i, name] of ['one', 'two'].entries()) t.ok(of(name).every((line) => line.reqId === ids[i]))
    t.match(of('process'), [{ msg: 'outside' }])
  },
)

t.test('an operation can be renamed, takes a valid id and replaces any other', async (t) => {
  runOperation(
    'job',
    () => {
      t.strictSame(currentOperation(), { name: 'job', reqId: 'job-17', user: 'ada' })
      setOperation('job: second half')
      t.equal(currentOperation().name, 'job: second half')
    },
    { reqId: 'job-17', user: 'ada' },
  )
  runOperation('job', () => t.match(currentOperation().reqId, /^[0-9a-f-]{36}$/), { reqId: 'forged\n"id' })
  runOperation(`${'x'.repeat(199)}😀 and more`, () => {
    t.equal(
      currentOperation().name,
      `${'x'.repeat(199)}\ufffd`,
      'cut at 200 characters, and never within one',
    )
  })
  setOperation('nobody')
  t.equal(currentOperation().name, 'process')
  t.throws(() => runOperation('', () => {}), {
    code: 'HUSHLOG_OPTION',
    message: /runOperation: the name must be text.*got empty text/,
  })
  t.throws(() => runOperation(5 as never, () => {}), { code: 'HUSHLOG_OPTION', message: /got number/ })
})

t.test('a logger’s own binding of an id wins over the context, and a bound logger over both', async (t) => {
  const { log, lines } = logger(t)
  runOperation('outer', () => {
    log.child({ reqId: 'own-id' }).info('child')
    log.child({ operation: 'own operation' }).info('child')
    bindLogger(log, new Operation('bound', { reqId: 'bound-id', trace: ',"trace_id":"t1"' }))
      .child({ a: 1 })
      .info('view')
  })
  await log.flush()
  t.match(lines(), [
    { operation: 'outer', reqId: 'own-id' },
    { operation: 'own operation' },
    { operation: 'bound', reqId: 'bound-id', trace_id: 't1', a: 1 },
  ])
})

t.test('a serializer that logs does not confuse the line that it serializes for', async (t) => {
  const { log, lines } = logger(t, {
    serializers: {
      x: () => {
        runOperation('inner', () => log.error('inside'))
        return 'x'
      },
    },
  })
  runOperation('outer', () => log.info({ x: 1 }, 'around'))
  await log.flush()
  t.match(lines(), [
    { msg: 'inside', operation: 'inner', level: 50 },
    { msg: 'around', operation: 'outer', level: 30 },
  ])
})

t.test('errors are logged in full, without the insides of HTTP clients', async (t) => {
  const { log, lines } = logger(t)
  const error = Object.assign(new TypeError('failed', { cause: new Error('deeper') }), {
    code: 'E_X',
    config: { method: 'get', url: '/x', headers: { authorization: 'Bearer abc' }, data: 'big' },
    request: { method: 'GET', _header: 'Authorization: Bearer abc' },
    response: { status: 502, data: { token: 'abc' } },
  })
  log.error({ err: error }, 'call failed')
  log.error({ err: 'no error' }, 'text')
  log.error({ err: Object.assign(new Error('x'), { response: 'text', request: null, config: undefined }) })
  await log.flush()
  const { err } = lines()[0] as unknown as { err: Record<string, unknown> }
  t.match(err, {
    type: 'TypeError',
    message: 'failed: deeper',
    code: 'E_X',
    config: { method: 'get', url: '/x' },
    request: { method: 'GET' },
    response: { status: 502 },
  })
  t.strictSame(err.response, { status: 502 })
  t.match(String(err.stack), /caused by: Error: deeper/)
  t.equal((lines()[1] as unknown as { err: string }).err, 'no error')
  t.match(lines()[2], { err: { message: 'x', response: 'text', request: null } })
})

t.test('an error is logged in full under the name error too, which pino leaves empty', async (t) => {
  const { log, lines } = logger(t)
  for (let i = 0; i < 3; i++) log.error({ error: new RangeError('password=hunter2') }, 'failed')
  log.child({ error: new RangeError('password=hunter2') }).error('failed')
  log.error({ error: { code: 17 } }, 'no error')
  await log.flush()
  for (const line of lines().slice(0, 4))
    t.match(line, {
      error: { type: 'RangeError', message: 'password=[SECRET:password]', stack: /logger\.test/ },
    })
  t.match(lines()[4], { error: { code: 17 } })
})

t.test(
  'an error after the message is kept, whatever stands between, and the message as it was',
  async (t) => {
    const { log, lines } = logger(t)
    const error = new TypeError('cannot reach postgres://u:hunter2@db/x')
    const calls: unknown[][] = [
      ['failed', error],
      ['order %s failed', 17, error],
      ['failed: %s', error],
      ['failed', { order: 17 }, error],
    ]
    for (const args of calls) (log.error as (...args: unknown[]) => void)(...args)
    log.child({ a: 1 }).error(...(calls[0] as [string]))
    await log.flush()
    t.strictSame(
      lines().map(({ msg }) => msg),
      [
        'failed',
        'order 17 failed',
        'failed: TypeError: cannot reach postgres://u:[SECRET:url-password]@db/x',
        'failed',
        'failed',
      ],
    )
    for (const line of lines())
      t.match(line, { err: { type: 'TypeError', message: /SECRET/, stack: /logger\.test/ } })
  },
)

t.test('what is logged stays as it was, secrets, order and prototypes included', async (t) => {
  const { log } = logger(t, { redact: ['password', '*.password'] })
  const made = () => ({
    password: 'hunter2',
    deep: { list: [{ token: 'hunter2', at: new Date(0) }], none: null },
    err: Object.assign(new Error('password=hunter2', { cause: { password: 'hunter2' } }), { stack: 'at' }),
  })
  const given = made()
  log.info(given, 'x')
  log.child(given).info({ again: given }, 'password=%s', 'hunter2')
  log.error(given.err)
  await log.audit({ action: 'a.b', actor: 'ada', outcome: 'success', details: given })
  t.strictSame(given, made())
  t.strictSame(Object.keys(given), Object.keys(made()))
})

t.test('hide() cuts from the next line on, on children too', async (t) => {
  const { log, text } = logger(t, { scrub: { env: false, hide: ['from-the-options'] } })
  log.child({ a: 1 }).hide('run-time-value', 'session')
  log.info('with run-time-value and from-the-options')
  await log.flush()
  t.match(text(), /with \[SECRET:session\] and \[SECRET:hidden\]/)
  t.equal(log.stats().hidden.values, 2)
})

t.test('child() throws what pino throws for a caller’s mistake, and survives hostile bindings', async (t) => {
  const { log, lines } = logger(t)
  t.throws(() => log.child(undefined as never), { message: /missing bindings/ })
  const child = log.child({
    get bad() {
      throw new Error('boom')
    },
    good: 1,
  })
  child.info('alive')
  await log.flush()
  t.match(lines().at(-1), { msg: 'alive', good: 1, bad: '[Unreadable]' })
  t.throws(() => log.child({ a: 1 }, { level: 'nonsense' }), { message: /unknown level nonsense/ })
  const boom = () => {
    throw new Error('boom')
  }
  const quiet = log.child({ user: 'ada' }, { level: 'warn', serializers: { user: boom } })
  log.setBindings(undefined as never)
  quiet.info('below its level')
  quiet.warn('alive too')
  await log.flush()
  t.match(lines().at(-1), { msg: 'alive too', user: 'ada' })
  t.equal(log.stats().withheld, 2)
})

t.test('it is a pino logger', async (t) => {
  const { log } = logger(t)
  t.equal(Object.prototype.toString.call(log), '[object Pino]')
  t.equal(log.version, pino.version)
  t.type(log.child({}).audit, 'function')
})

t.test(
  'callbacks that log for each line are heard later, within bounds, and what is dropped is told',
  async (t) => {
    const audit = { action: 'a.b', actor: 'ada', outcome: 'success' } as const
    const audits: Promise<void>[] = []
    const { log, lines } = logger(t, {
      scrub: {
        env: false,
        onScrub: () => {
          if (audits.length > 0) return
          audits.push(log.audit({ ...audit, target: 'kept' }))
          for (let i = 0; i < 1200; i++) log.info({ i }, 'noise')
          audits.push(log.audit({ ...audit, target: 'dropped' }))
        },
      },
    })
    log.error({ password: 'hunter2' }, 'first')
    await audits[0]
    t.equal(
      lines().filter(({ target }) => target === 'kept').length,
      1,
      'on the disk when its promise resolves',
    )
    await t.rejects(audits[1], { code: 'HUSHLOG_FULL' })
    await log.flush()
    t.equal(lines().filter(({ msg }) => msg === 'noise').length, 999)
    t.match(
      lines().find(({ kind }) => kind === 'gap'),
      { count: 202, levels: { 30: 201, audit: 1 }, reason: 'callbacks log faster than lines are written' },
    )
  },
)

t.test('a mixin that is no function is refused, as pino refuses it', async (t) => {
  t.throws(() => logger(t, { mixin: 'fields' as never, storage: false }), {
    message: 'Unknown mixin type "string" - expected "function"',
  })
})

class Held {
  #password = 'hunter2'
  get password() {
    return this.#password
  }
}

interface Missed {
  name: string
  args: unknown[]
}

const circular: Record<string, unknown> = { password: 'hunter2' }
circular.self = circular

const MISSED_BY_REDACT: Missed[] = [
  { name: 'a message', args: ['login with password=%s', 'hunter2'] },
  { name: 'another case', args: [{ Password: 'hunter2', PASSWORD: 'hunter2', user_password: 'hunter2' }] },
  { name: 'a deeper level', args: [{ a: { b: { c: { password: 'hunter2' } } } }] },
  { name: 'an array', args: [{ users: [{ password: 'hunter2' }] }] },
  { name: 'JSON in text', args: [{ body: JSON.stringify({ password: 'hunter2' }) }] },
  { name: 'an error', args: [new Error('cannot connect to postgres://u:hunter2@db/x')] },
  { name: 'a cause', args: [new Error('outer', { cause: new Error('password: hunter2') })] },
  { name: 'toJSON', args: [{ c: { toJSON: () => ({ nested: { password: 'hunter2' } }) } }] },
  { name: 'a circle', args: [{ c: circular }] },
  { name: 'a URL', args: [{ u: new URL('https://u:hunter2@h/') }] },
  { name: 'a getter of a private field', args: [{ u: new Held() }] },
  {
    name: 'a response in a cause',
    args: [
      new Error('outer', { cause: new Response('hunter2', { headers: { 'set-cookie': 'sid=hunter2' } }) }),
    ],
  },
  { name: 'a field beside nothing', args: [{ a: null, b: { password: 'hunter2', token: null } }] },
  {
    name: 'an error whose request can only be read (gaxios)',
    args: [
      Object.defineProperty(new Error('password=hunter2'), 'config', {
        enumerable: true,
        get: () => ({ headers: { Authorization: 'Bearer hunter2' }, password: 'hunter2' }),
      }),
    ],
  },
  { name: 'wildcards inside lists', args: [{ a: [{ samples: { x: { password: 'hunter2' } } }] }] },
  { name: 'a request', args: [{ u: new Request('https://h/?password=hunter2') }] },
]

const REDACT = [
  ['password', '*.password', '**.password', '*password'],
  ['*.token'],
  ['*[*].samples.*.password'],
  ['err.config.headers.authorization', '*.headers.authorization'],
]

for (const redact of REDACT) {
  t.test(`what redact ${redact[0]} misses or throws at is cut, and its line is there`, async (t) => {
    const { log, lines, text } = logger(t, { redact })
    for (const { name, args } of MISSED_BY_REDACT) {
      const said = typeof args[0] === 'string' ? args : [args[0], name]
      t.doesNotThrow(() => log.info(...(said as [string])), name)
    }
    await log.flush()
    t.equal(lines().length, MISSED_BY_REDACT.length)
    t.notMatch(text(), 'hunter2')
  })
}
