import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { HushlogError } from '../../lib/errors.ts'
import { SyslogSink } from '../../lib/ship/live/syslog.ts'
import { SyslogConnection } from '../../lib/ship/live/syslog-connection.ts'
import type { Failure } from '../../lib/ship/live/syslog-failure.ts'
import { Framer, headerText, LAST_SEQUENCE_ID, nextId, severityOf } from '../../lib/ship/live/syslog-frame.ts'
import { shipConfig } from '../../lib/ship-config.ts'
import { KIND, type Kind, type SyslogOptions } from '../../lib/types.ts'
import { certificate } from '../certificates.js'
import { folder, logger, runProgram } from '../helpers.ts'
import { batchOf } from '../store/helpers.ts'
import { FrameReader, messageOf, type Receiver, type ReceiverOptions, receiver } from './syslog-server.ts'

const authority = certificate({ name: 'an authority of this test', isAuthority: true })
const server = certificate({ name: 'localhost', dns: ['localhost'], ips: ['127.0.0.1'], issuer: authority })
const CA = { ca: authority.cert }
const RUN = new URL('programs/', import.meta.url)

function configOf(options: SyslogOptions) {
  const { syslog } = shipConfig({ syslog: options })
  if (syslog === undefined) throw new Error('no syslog')
  return syslog
}

interface Opened {
  sink: SyslogSink
  errors: HushlogError[]
}

function open(t: Test, port: number, options: Partial<SyslogOptions> = {}): Opened {
  const errors: HushlogError[] = []
  const sink = new SyslogSink(configOf({ host: '127.0.0.1', port, tls: false, ...options }), {
    host: 'web-1',
    appName: 'shop',
    pid: 42,
    onError: (error) => errors.push(error),
  })
  t.teardown(() => sink.close(1))
  return { sink, errors }
}

const lineOf = (n: number, more = '') =>
  `{"level":30,"time":"2026-11-24T02:29:31.123Z","n":${n},"msg":"line ${more}"}`

const numbersIn = ({ messages }: Receiver): Set<number> =>
  new Set(messages.filter(({ msgId }) => msgId === 'app').map(({ msg }) => JSON.parse(msg).n))

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1500 && !isSo(); i++) await sleep(20)
}

t.test('any line is one message whose parts and octets are right, however the stream is cut', async (t) => {
  const lines = fc.array(
    fc.record({
      text: fc
        .oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.constantFrom('\ufeff', '\ufeffé', '"] x', '12 <34>1 ', ',"time":"2026-11-24T02:29:31.123Z"'),
          fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }).map((date) => {
            return `{"level":30,"time":"${date.toISOString()}","msg":"x"}`
          }),
        )
        .map((text) => text.replaceAll('\n', ' ').toWellFormed()),
      level: fc.integer({ min: 0, max: 100 }),
      kind: fc.constantFrom<Kind>(...Object.values(KIND)),
    }),
    { minLength: 1, maxLength: 20 },
  )
  const property = fc.property(lines, fc.nat(7), fc.nat(30), (lines, cut, back) => {
    const framer = new Framer({ facility: 23, host: 'web 1', appName: 'shöp', pid: 42, now: () => 0 })
    const first = LAST_SEQUENCE_ID - back
    const { bytes } = framer.chunk(batchOf(lines), lines.length, first)
    const reader = new FrameReader()
    const frames: Buffer[] = []
    for (let at = 0; at < bytes.length; at += cut + 1)
      frames.push(...reader.take(bytes.subarray(at, at + cut + 1)))
    const messages = frames.map(messageOf)
    const names = Object.keys(KIND)
    const expected = lines.map(({ text, level, kind }, i) => ({
      pri: 23 * 8 + severityOf(level),
      timestamp: text.startsWith('{"level":30,"time"') ? text.slice(20, 44) : '1970-01-01T00:00:00.000Z',
      hostname: 'web?1',
      appName: 'sh?p',
      procId: '42',
      msgId: names[kind],
      sequenceId: nextId(first, i),
      msg: text,
    }))
    const time = ',"time":"2026-11-24T02:29:31.123Z"'
    for (const message of expected) if (message.msg === time) message.timestamp = time.slice(9, -1)
    return reader.isEmpty && isDeepStrictEqual(messages, expected)
  })
  fc.assert(property, { numRuns: 300 })
  t.equal(nextId(LAST_SEQUENCE_ID), 1)
  t.equal(nextId(LAST_SEQUENCE_ID - 1, 3), 2)
})

t.test('a level has the severity that it is nearest to', async (t) => {
  const severities = [10, 20, 30, 35, 40, 50, 60, 99, Number.NaN].map(severityOf)
  t.strictSame(severities, [7, 7, 6, 5, 4, 3, 2, 2, 7])
  t.equal(headerText('', 48), '-')
  t.equal(headerText('a'.repeat(60), 48).length, 48)
})

t.test('over TLS the server gets every line once, with its own time, and no secret', async (t) => {
  const secret = 'Kd8-wq2Zx9'
  const received = await receiver(t, { tls: server })
  const options = { host: 'localhost', port: received.port, tls: CA, facility: 'auth' }
  const { log, text } = logger(t, { service: 'shop', ship: { syslog: options }, scrub: { hide: [secret] } })
  for (let i = 0; i < 3000; i++) log.info({ i, password: `x${secret}${i}` }, `with ${secret} é`)
  await log.audit({ action: 'order.refund', actor: 'ada', outcome: 'success', details: { token: secret } })
  log.fatal('the end')
  await log.close()
  received.messages.sort((a, b) => a.sequenceId - b.sequenceId)
  t.equal(received.messages.map(({ msg }) => `${msg}\n`).join(''), text())
  t.ok(received.text().includes('[SECRET:'))
  t.notOk(received.text().includes(secret))
  for (const { msg, timestamp } of received.messages) if (JSON.parse(msg).time !== timestamp) t.fail(msg)
  t.match(received.messages[0], { pri: 4 * 8 + 6, appName: 'shop', procId: `${process.pid}`, msgId: 'app' })
  t.match(received.messages.at(-2), { msgId: 'audit' })
  t.match(received.messages.at(-1), { pri: 4 * 8 + 2, sequenceId: 3002 })
  t.match(log.stats().ship, { syslog: { sent: 3002, confirmed: 3002, missed: 0, waiting: { lines: 0 } } })
})

t.test('what a dying server may not have read is sent again with its numbers', async (t) => {
  let deaths = 0
  const received = await receiver(t, {
    onMessage: (socket, count) => {
      if (count % 700 === 0 && ++deaths <= 3) (socket as Socket).resetAndDestroy()
    },
  })
  const { sink } = open(t, received.port)
  for (let i = 0; i < 2000; i++) {
    sink.append(batchOf([lineOf(i)]))
    if (i % 50 === 0) await sleep(1)
  }
  await sink.close(20_000)
  const { sent, confirmed, resent, missed, waiting } = sink.stats()
  t.strictSame(
    { sent, confirmed, missed, waiting },
    { sent: 2000, confirmed: 2000, missed: 0, waiting: NONE },
  )
  t.equal(numbersIn(received).size, 2000)
  t.ok(deaths > 0)
  t.ok(resent > 0)
  for (const { msg, sequenceId } of received.messages)
    if (JSON.parse(msg).n + 1 !== sequenceId) t.fail(`${sequenceId} ${msg}`)
})

const NONE = { lines: 0, bytes: 0 }

t.test(
  'a server that was away learns how much it missed; received and missed is what was sent',
  async (t) => {
    const away = await receiver(t)
    await away.close()
    const { sink, errors } = open(t, away.port, { maxWaiting: 20_000 })
    for (let i = 0; i < 500; i++) sink.append(batchOf([lineOf(i), lineOf(i + 500)]))
    await until(() => errors.length > 0)
    const { missed, waiting } = sink.stats()
    t.equal(missed + waiting.lines, 1000)
    t.ok(waiting.bytes <= 20_000 && waiting.lines > 50)
    const received = await receiver(t, { port: away.port })
    await until(() => received.messages.length > 0)
    await sink.drain(10_000)
    sink.append(batchOf([lineOf(1000)]))
    await sink.close(10_000)
    t.equal(numbersIn(received).size + missed, 1001)
    const gaps = received.messages.filter(({ msgId }) => msgId === 'gap')
    t.equal(gaps.length, 1)
    t.match(JSON.parse(gaps[0].msg), {
      kind: 'gap',
      count: missed,
      msg: `${missed} lines missed here: the durable copy has them`,
    })
    const ids = received.messages.map(({ sequenceId }) => sequenceId)
    t.equal(new Set(ids).size, ids.length, 'missed lines have numbers of their own')
    t.strictSame([errors.length, errors[0].code, errors[0].hint], [1, 'HUSHLOG_LIVE', undefined])
    t.equal(
      errors[0].message,
      `lines cannot be sent to syslog at 127.0.0.1:${away.port}: nobody listens there (ECONNREFUSED)`,
    )
  },
)

t.test('a server that reads nothing costs bounded memory, and nothing waits for it', async (t) => {
  const received = await receiver(t, { onConnection: (socket) => void socket.pause() })
  const { sink, errors } = open(t, received.port, { maxWaiting: '1 MB' })
  const long = 'é'.repeat(5000)
  for (let i = 0; i < 1000; i++) {
    sink.append(batchOf([lineOf(i, long)]))
    if (i % 20 === 0) await sleep(1)
  }
  await sink.sync()
  sink.flushSync()
  const { sent, confirmed, missed, waiting } = sink.stats()
  t.ok(waiting.bytes <= 1024 * 1024 && missed > 800)
  t.equal(confirmed, 0)
  t.equal(missed + waiting.lines, 1000)
  t.ok(sent <= waiting.lines)
  t.match(errors, [{ code: 'HUSHLOG_LIVE', message: /it does not take them as fast as they come$/ }])
  await sink.close(50)
  sink.append(batchOf([lineOf(1001)]))
  t.strictSame(sink.stats().missed, 1001, 'what is not confirmed at the end is missed')
})

t.test('a line that is longer than all that may wait is missed alone', async (t) => {
  const received = await receiver(t)
  const { sink } = open(t, received.port, { maxWaiting: 2000 })
  sink.append(batchOf([lineOf(1), lineOf(2, 'x'.repeat(3000)), lineOf(3)]))
  await sink.drain(5000)
  sink.append(batchOf([lineOf(4)]))
  await sink.close(5000)
  t.strictSame([...numbersIn(received)], [1, 4])
  t.match(
    received.messages.map(({ msgId }) => msgId),
    ['app', 'gap', 'app'],
  )
  t.equal(sink.stats().missed, 2)
})

t.test('a server that closes at once is told once and not asked at full speed', async (t) => {
  const received = await receiver(t, { onConnection: (socket) => void socket.end() })
  const { sink, errors } = open(t, received.port)
  sink.append(batchOf([lineOf(1)]))
  await until(() => errors.length > 0)
  await sleep(200)
  t.match(errors, [{ code: 'HUSHLOG_LIVE', message: /: it (closed|broke) the connection/ }])
  t.equal(errors.length, 1)
  t.ok(received.connections < 10, `${received.connections} connections`)
  t.equal(sink.stats().waiting.lines, 1)
})

interface Refusal {
  name: string
  server: ReceiverOptions['tls']
  options: Partial<SyslogOptions>
  message: string
  hint: RegExp | undefined
}

const other = certificate({ name: 'other', dns: ['logs.example'], issuer: authority })
const old = certificate({ name: 'localhost', dns: ['localhost'], issuer: authority, from: -2000, to: -1000 })
const alone = certificate({ name: 'localhost', dns: ['localhost'] })

const REFUSALS: Refusal[] = [
  {
    name: 'bears another name',
    server: other,
    options: { tls: CA },
    message: 'its certificate bears another name (ERR_TLS_CERT_ALTNAME_INVALID)',
    hint: /tls\.servername/,
  },
  {
    name: 'signs itself',
    server: alone,
    options: { tls: {} },
    message: 'its certificate is signed by itself (DEPTH_ZERO_SELF_SIGNED_CERT)',
    hint: /tls\.ca/,
  },
  {
    name: 'is of an authority that nobody knows',
    server,
    options: { tls: {} },
    message: 'its certificate is of no authority that is trusted here (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    hint: /tls\.ca/,
  },
  {
    name: 'has expired',
    server: old,
    options: { tls: CA },
    message: 'its certificate has expired (CERT_HAS_EXPIRED)',
    hint: undefined,
  },
]

for (const { name, server, options, message, hint } of REFUSALS) {
  t.test(`a server gets nothing whose certificate ${name}`, async (t) => {
    const received = await receiver(t, server === undefined ? {} : { tls: server })
    const { sink, errors } = open(t, received.port, { host: 'localhost', ...options })
    sink.append(batchOf([lineOf(1)]))
    await until(() => errors.length > 0)
    t.equal(errors[0]?.message, `lines cannot be sent to syslog at localhost:${received.port}: ${message}`)
    if (hint === undefined) t.equal(errors[0].hint, undefined)
    else t.match(errors[0].hint, hint)
    t.equal(received.text(), '')
    t.equal(sink.stats().waiting.lines, 1)
  })
}

t.test('a server that bears another name than its host can be named', async (t) => {
  const received = await receiver(t, { tls: other })
  const { sink } = open(t, received.port, { tls: { ...CA, servername: 'logs.example' } })
  sink.append(batchOf([lineOf(1)]))
  await sink.close(5000)
  t.equal(received.messages.length, 1)
})

t.test('a port without TLS gets nothing of a program that wants it', async (t) => {
  const received = await receiver(t, { onConnection: (socket) => void socket.write('HTTP/1.1 400\r\n\r\n') })
  const { sink, errors } = open(t, received.port, { host: 'localhost', tls: CA })
  sink.append(batchOf([lineOf(1)]))
  await until(() => errors.length > 0)
  t.match(errors[0], { message: /: it does not speak TLS there \([A-Z_]+\)$/, hint: /ship\.syslog\.port/ })
})

t.test('an address is no name for a server to bear', async (t) => {
  const tls = { ...CA, servername: '127.0.0.1' }
  const start = () => logger(t, { storage: false, ship: { syslog: { host: 'localhost', tls } } })
  t.throws(start, { code: 'HUSHLOG_OPTION', message: /^option ship\.syslog\.tls\.servername takes a name/ })
})

t.test('certificates that cannot be read are refused at the start, without a word of them', async (t) => {
  const wrong = { cert: server.cert, key: authority.key }
  const CASES: [SyslogOptions['tls'], string][] = [
    [{ cert: 'no certificate' }, 'ship.syslog.tls.cert'],
    [{ ca: server.cert, ...wrong }, 'ship.syslog.tls'],
    [{ cert: server.cert, key: 'no key' }, 'ship.syslog.tls'],
  ]
  for (const [tls, name] of CASES) {
    const options = { host: 'localhost', tls } as SyslogOptions
    const start = () => logger(t, { storage: false, ship: { syslog: options } })
    t.throws(start, {
      code: 'HUSHLOG_OPTION',
      message: new RegExp(`^option ${name} takes .* \\([A-Z0-9_]+\\)$`),
    })
  }
})

/** Each state that must not last, and what it ends with. */
const LONG_WAITS = [
  { name: 'that does not answer to TLS', wait: 10_001, tls: true, reason: 'it does not answer' },
  { name: 'that reads no more', wait: 30_001, writes: true, reason: 'it reads nothing any more' },
  {
    name: 'that does not close',
    wait: 60_001,
    writes: true,
    ends: true,
    reason: 'it reads nothing any more',
  },
]

for (const { name, wait, tls = false, writes = false, ends = false, reason } of LONG_WAITS) {
  t.test(`a connection to a server ${name} is broken off`, async (t) => {
    const received = await receiver(t, { onConnection: (socket) => void socket.pause() })
    let isReady = false
    let over: { failure: Failure | undefined } | undefined
    const config = configOf({ host: 'localhost', port: received.port, tls: tls ? CA : false })
    const { createSecureContext } = await import('node:tls')
    const connection = new SyslogConnection(config, tls ? createSecureContext() : undefined, {
      onReady: () => (isReady = true),
      onOver: (failure) => (over = { failure }),
    })
    await until(() => (tls ? received.connections > 0 : isReady))
    const bytes = Buffer.alloc(1 << 20)
    while (writes && connection.canTake) {
      connection.write({ bytes, lines: 1, wasSent: false })
      await sleep(20)
    }
    if (ends) connection.end()
    connection.checkTime(performance.now() + wait - 1000)
    await sleep(50)
    t.equal(over, undefined)
    connection.checkTime(performance.now() + wait)
    await until(() => over !== undefined)
    t.strictSame(over, { failure: { reason } })
  })
}

t.test('a connection that has been idle is closed by its server without a word', async (t) => {
  let last: Socket | undefined
  const received = await receiver(t, {
    onConnection: (socket) => {
      last = socket
      socket.resume()
    },
  })
  const { sink, errors } = open(t, received.port)
  sink.append(batchOf([lineOf(1)]))
  await sink.drain(5000)
  t.equal(sink.stats().confirmed, 1)
  t.equal(last?.destroyed, true, 'ended to be confirmed')
  t.strictSame(errors, [])
  t.equal(sink.stats().state, 'idle')
})

t.test(
  'a program that comes to its end sends what waits, and does not stay for a server that is not there',
  async (t) => {
    const received = await receiver(t)
    const cwd = folder(t)
    const ended = await runProgram(new URL('syslog-end.js', RUN), [`${received.port}`, '200'], { cwd })
    t.equal(ended.code, 0)
    t.strictSame(numbersIn(received).size, 200)

    const nobody = createServer()
    await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve))
    const { port } = nobody.address() as { port: number }
    nobody.close()
    const alone = await runProgram(new URL('syslog-end.js', RUN), [`${port}`, '200'], { cwd })
    t.equal(alone.code, 0)
    t.match(alone.stderr, /lines cannot be sent to syslog at 127\.0\.0\.1:\d+: nobody listens there/)
  },
)

t.test('the certificate is checked also where the environment says that none is', async (t) => {
  const received = await receiver(t, { tls: server })
  const { NODE_TLS_REJECT_UNAUTHORIZED: before } = process.env
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
  })
  const other = certificate({ name: 'another authority', isAuthority: true })
  const { sink, errors } = open(t, received.port, { tls: { ca: other.cert } })
  sink.append(batchOf([lineOf(1)]))
  await until(() => errors.length > 0)
  t.match(errors, [{ code: 'HUSHLOG_LIVE', message: /its certificate is of no authority/ }])
  t.same(received.messages, [])
})

t.test('a connection with very many lines that breaks does not take the program with it', async (t) => {
  let last: Socket | undefined
  const received = await receiver(t, {
    // It reads all and closes nothing, so that the third connection goes on and on.
    onConnection: (socket, nth) => {
      if (nth === 3) last = socket
      socket.resume()
    },
    isHalfOpen: true,
  })
  const { sink } = open(t, received.port, { maxWaiting: '256 MB' })
  const lines = 220_000
  for (let i = 0; i < lines; i++) sink.append(batchOf(['{}']))
  await until(() => sink.stats().sent === lines)
  t.equal(sink.stats().sent, lines)
  last?.resetAndDestroy()
  await until(() => sink.stats().state === 'waiting')
  t.match(sink.stats(), { state: 'waiting', confirmed: 0, missed: 0, waiting: { lines } })
})
