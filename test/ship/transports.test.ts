import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { HushlogError } from '../../lib/errors.ts'
import type { HushlogOptions, TransportStats } from '../../lib/types.ts'
import { folder, type Logged, logger, runProgram } from '../helpers.ts'

type Transports = NonNullable<HushlogOptions['ship']>['transports']

function open(t: Test, transports: Transports, options: HushlogOptions = {}) {
  const errors: HushlogError[] = []
  const onError = (error: HushlogError) => void errors.push(error)
  const logged = logger(t, { ship: { transports }, onError, ...options } as HushlogOptions)
  return { ...logged, errors, stats: () => statsOf(logged) }
}

function statsOf({ log }: Logged): TransportStats[] {
  return log.stats().ship?.transports ?? []
}

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1500 && !isSo(); i++) await sleep(20)
}

/** A module of a transport. */
function target(t: Test, source: string): string {
  const file = join(folder(t), 'target.mjs')
  writeFileSync(
    file,
    `import { Writable } from 'node:stream'\nimport { appendFileSync } from 'node:fs'\n${source}`,
  )
  return file
}

/** Appends what it gets to a file; `dies` in a line ends its thread, `stuck` stops it. */
const WRITER = `export default ({ file }) => new Writable({
  highWaterMark: 1024,
  write(chunk, encoding, done) {
    if (String(chunk).includes('"dies"')) throw Object.assign(new Error('free text'), { code: 'EGONE' })
    appendFileSync(file, chunk)
    if (!String(chunk).includes('"stuck"')) setImmediate(done)
  },
})`

t.test('pino-socket and pino/file get what the store has, whole lines, and no secret', async (t) => {
  const secret = 'Kd8-wq2Zx9'
  let received = ''
  const server = createServer((socket) => socket.setEncoding('utf8').on('data', (text) => (received += text)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const file = join(folder(t), 'copy.log')
  const { log, text, stats } = open(
    t,
    [
      { target: 'pino-socket', options: { mode: 'tcp', address: '127.0.0.1', port } },
      { target: 'pino/file', options: { destination: file }, level: 'error' },
    ],
    { scrub: { hide: [secret] } },
  )
  for (let i = 0; i < 3000; i++) log[i % 3 === 0 ? 'error' : 'info']({ i, token: secret }, `with ${secret} é`)
  await log.audit({ action: 'order.refund', actor: 'ada', outcome: 'success' })
  await log.close()
  await until(() => received.length >= Buffer.from(text()).toString().length)
  t.equal(received, text())
  t.notOk(received.includes(secret))
  t.equal(
    readFileSync(file, 'utf8'),
    text()
      .split('\n')
      .filter((line) => line.includes('"level":50'))
      .map((line) => `${line}\n`)
      .join(''),
  )
  t.strictSame(
    stats().map(({ target, sent, missed }) => [target, sent, missed]),
    [
      ['pino-socket', 3001, 0],
      ['pino/file', 1000, 0],
    ],
  )
})

t.test(
  'a transport that is slow misses what does not fit, counted, and the rest comes in whole lines',
  async (t) => {
    const file = join(folder(t), 'copy.log')
    const { log, stats, errors, lines } = open(t, [{ target: target(t, WRITER), options: { file } }])
    log.info('stuck')
    await until(() => stats()[0].state === 'running')
    const long = 'x'.repeat(20_000)
    for (let i = 0; i < 300; i++) {
      log.info({ i }, long)
      if (i % 10 === 0) await sleep(1)
    }
    await log.flush()
    const [{ waiting, missed, sent }] = stats()
    t.ok(waiting.bytes <= 4 * 1024 * 1024 && waiting.lines > 100)
    t.ok(missed > 50)
    t.equal(sent + missed + waiting.lines, 301)
    t.match(errors, [
      { code: 'HUSHLOG_LIVE', message: /misses lines: it does not take lines as fast as they come$/ },
    ])
    const start = performance.now()
    await log.close()
    t.ok(performance.now() - start < 10_000, 'close waits two seconds for it')
    t.match(stats(), [{ sent, missed: 301 - sent, waiting: { lines: 0, bytes: 0 } }])
    t.equal(lines().length, 301, 'the store has all')
  },
)

t.test(
  'a transport that dies is started again; what it took and what it missed is what was sent',
  async (t) => {
    const file = join(folder(t), 'copy.log')
    const path = target(t, WRITER)
    const { log, stats, errors } = open(t, [{ target: path, options: { file } }])
    for (let i = 0; i < 100; i++) log.info({ i })
    await until(() => stats()[0].sent === 100)
    log.info('dies')
    log.info('with it')
    await until(() => stats()[0].state === 'waiting')
    for (let i = 100; i < 200; i++) log.info({ i })
    await until(() => stats()[0].sent >= 200)
    await log.close()
    const [{ sent, missed }] = stats()
    t.equal(sent + missed, 202)
    const written = readFileSync(file, 'utf8').split('\n').slice(0, -1)
    const numbers = written.map((line) => JSON.parse(line).i).filter((i) => i !== undefined)
    t.strictSame(
      numbers,
      Array.from({ length: 200 }, (_, i) => i),
    )
    t.match(errors, [
      { code: 'HUSHLOG_LIVE', message: `the transport ${path} misses lines: it ended by itself (EGONE)` },
    ])
    t.equal(errors.length, 1)
  },
)

t.test('a transport that cannot start is tried again, and told once', async (t) => {
  const { log, stats, errors } = open(t, [
    { target: target(t, 'export default () => { throw new TypeError("x") }') },
  ])
  log.info('one')
  await until(() => errors.length > 0)
  log.info('two')
  await log.close()
  t.match(errors, [{ code: 'HUSHLOG_LIVE', message: /it ended by itself \(TypeError\)$/ }])
  t.match(stats(), [{ sent: 0, missed: 2 }])
})

t.test('transports learn what pino tells them', async (t) => {
  const file = join(folder(t), 'copy.log')
  const build = new URL('../../node_modules/pino-abstract-transport/index.js', import.meta.url)
  const path = target(
    t,
    `import build from '${build}'
    export default ({ file }) => build(async (source) => {
      for await (const record of source)
        appendFileSync(file, [source.levels.labels[record.level], record[source.messageKey]].join(' ') + '\\n')
    }, { expectPinoConfig: true })`,
  )
  const options = { messageKey: 'text', customLevels: { loud: 55 } }
  const { log, errors } = open(t, [{ target: path, options: { file }, level: 'loud' }], options)
  log.error('not for it')
  ;(log as unknown as { loud(text: string): void }).loud('one')
  log.fatal('two')
  await log.close()
  t.equal(readFileSync(file, 'utf8'), 'loud one\nfatal two\n')
  t.strictSame(errors, [])
})

t.test('at an exit a transport has two seconds to write what it got', async (t) => {
  const cwd = folder(t)
  const program = new URL('programs/transport-exit.js', import.meta.url)
  const file = join(cwd, 'copy.log')
  const good = await runProgram(program, ['exit', 'pino/file', JSON.stringify({ destination: file })], {
    cwd,
  })
  t.equal(good.code, 3)
  t.equal(readFileSync(file, 'utf8').split('\n').length - 1, 500)
  const end = await runProgram(program, ['end', 'pino/file', JSON.stringify({ destination: file })], { cwd })
  t.equal(end.code, 0)
  t.equal(readFileSync(file, 'utf8').split('\n').length - 1, 1000)

  const stuck = target(t, 'export default () => new Promise(() => setInterval(() => {}, 1000))')
  const start = performance.now()
  const bad = await runProgram(program, ['exit', stuck, '{}'], { cwd })
  t.equal(bad.code, 3)
  t.ok(performance.now() - start < 18_000, 'pino would wait for 20 s')
})

t.test('a wrong transport is refused at the start by the name of its option', async (t) => {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  const CASES: [unknown, string][] = [
    ['pino/file', 'ship.transports takes an array of transport targets'],
    [[null], 'ship.transports[0] takes an object with a target, got null'],
    [[{}], 'ship.transports[0].target takes the name of a transport, got nothing'],
    [[{ target: '' }], 'ship.transports[0].target takes text that is not empty'],
    [
      [{ target: 'pino/file' }, { target: 'pino-nowhere' }],
      'ship.transports[1].target names a transport that is not there: pino-nowhere',
    ],
    [
      [{ target: 'pino/file', options: { a: new WeakMap() } }],
      'ship.transports[0].options takes what can be copied to another thread, got an object',
    ],
    [[{ pipeline: [] }], 'ship.transports[0].pipeline is not taken: a pipeline of transports'],
    [[{ target: 'pino/file', level: {} }], 'ship.transports[0].level takes a level of pino'],
    [
      [{ target: 'pino/file', level: 'lowd' }],
      'ship.transports[0].level takes a number, silent, or one of trace',
    ],
    [
      [{ target: 'pino/file', options: { circle, a: [{ format: () => '' }] } }],
      'ship.transports[0].options.a[0].format takes what can be copied to another thread, got a function',
    ],
  ]
  for (const [transports, message] of CASES) {
    const start = () => logger(t, { storage: false, ship: { transports: transports as never } })
    try {
      start()
      t.fail(message)
    } catch (error) {
      t.equal((error as HushlogError).code, 'HUSHLOG_OPTION')
      t.equal((error as HushlogError).message.slice(0, `option ${message}`.length), `option ${message}`)
    }
  }
})

t.test('a target that is given as a URL or by a bundler is found, and silence is kept', async (t) => {
  const file = join(folder(t), 'copy.log')
  const path = target(t, WRITER)
  const bundled = globalThis as { __bundlerPathsOverrides?: Record<string, string> }
  bundled.__bundlerPathsOverrides = { 'my-transport': path }
  t.teardown(() => delete bundled.__bundlerPathsOverrides)
  const { log, stats } = open(t, [
    { target: `file://${path}`, options: { file }, level: 'info' },
    { target: 'my-transport', options: { file } },
    { target: path, options: { file }, level: 'silent' },
  ])
  log.info('one')
  await log.close()
  log.info('after the end')
  t.strictSame(
    stats().map(({ sent, missed }) => [sent, missed]),
    [
      [1, 1],
      [1, 1],
      [0, 0],
    ],
  )
  t.equal(readFileSync(file, 'utf8').split('\n').length - 1, 2)
})
