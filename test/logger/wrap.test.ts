import { Writable } from 'node:stream'
import pino from 'pino'
import t from 'tap'
import { unwrap, wrap } from '../../lib/logger/wrap/wrap.ts'

function sink(): { stream: Writable; text(): string } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}

t.test('a wrapped pino logger emits no secret, nor do its children, and stays the same logger', async (t) => {
  const { stream, text } = sink()
  const log = pino({ level: 'debug' }, stream)
  const early = log.child({ token: 'EARLY0secret' })
  t.equal(wrap(log), log)
  t.equal(wrap(log), log, 'twice is once')
  t.equal(log.level, 'debug')
  log.info({ password: 'hunter2' }, 'pwd=hunter2')
  log.child({ apiKey: 'hunter2' }).error(new Error('secret: hunter2'))
  early.info('early')
  const lines = text()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.equal(lines.length, 3)
  t.match(lines[0], { password: '[SECRET:password]', msg: 'pwd=[SECRET:password]' })
  t.notMatch(text(), /hunter2|0secret/)
  t.equal(unwrap(log), log)
  log.info({ password: 'hunter2' })
  t.match(text(), /hunter2/, 'and unwrapped it is as before')
  unwrap(log)
})

t.test('a wrapped pino logger keeps its stream’s own methods', async (t) => {
  const log = pino({}, pino.destination({ dest: '/dev/null', sync: true }))
  wrap(log)
  await new Promise<void>((resolve, reject) => log.flush((error) => (error ? reject(error) : resolve())))
  const multi = pino({}, pino.multistream([{ stream: sink().stream, level: 'info' }]))
  wrap(multi)
  multi.info('through a multistream')
  t.pass('nothing threw')
})

t.test('a multistream under a wrapped logger gets scrubbed lines by level', async (t) => {
  const info = sink()
  const error = sink()
  const log = wrap(
    pino(
      {},
      pino.multistream([
        { stream: info.stream, level: 'info' },
        { stream: error.stream, level: 'error' },
      ]),
    ),
  )
  log.info({ token: 'hunter2' }, 'one')
  log.error({ token: 'hunter2' }, 'two')
  t.match(info.text(), /one[\s\S]*two/)
  t.match(error.text(), /"token":"\[SECRET:token\]".*two/)
  t.notMatch(error.text(), /one/)
  t.notMatch(info.text() + error.text(), /hunter2/)
})

t.test('a wrapped console emits no secret by any method', async (t) => {
  const out = sink()
  const err = sink()
  const target = new console.Console(out.stream, err.stream)
  wrap(target)
  target.log('login password=%s', 'hunter2', { token: 'hunter2', n: 1 })
  target.info()
  target.error(new Error('secret: hunter2'))
  target.warn('%o', { apiKey: 'hunter2' })
  target.debug('plain 100% fine')
  target.dir({ password: 'hunter2' })
  target.table([{ password: 'hunter2', user: 'ada' }])
  target.group('token=hunter2')
  target.groupEnd()
  target.assert(false, 'pwd=hunter2')
  target.assert(true, 'never shown')
  target.trace('secret=hunter2')
  t.notMatch(out.text() + err.text(), /hunter2|never shown/)
  t.match(out.text(), /login password=\[SECRET:password\] \{ token: '\[SECRET:token\]', n: 1 \}/)
  t.match(out.text(), /plain 100% fine/)
  t.match(out.text(), /ada/)
  t.match(err.text(), /Assertion failed.*pwd=\[SECRET:password\]/)
  t.match(err.text(), /Error: secret: \[SECRET:secret\]/)
  unwrap(target)
  target.log('password=hunter2')
  t.match(out.text(), /password=hunter2/)
})

t.test('an argument that throws costs its line and not the program', async (t) => {
  const out = sink()
  const target = wrap(new console.Console(out.stream, out.stream))
  target.log('%s', {
    toString() {
      throw new Error('boom')
    },
  })
  target.table([
    new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('boom')
        },
      },
    ),
  ])
  target.log('after')
  t.match(out.text(), /after/)
})

t.test('anything else is refused by its kind', async (t) => {
  t.throws(() => wrap({ log() {} }), {
    code: 'HUSHLOG_OPTION',
    message: 'wrap() takes a pino logger or a console, got an object of class Object',
  })
  t.throws(() => wrap(Object.create(null)), { message: /class none/ })
  t.throws(() => wrap((() => {}) as never), { message: /got function/ })
})
