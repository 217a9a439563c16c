import { createRequire } from 'node:module'
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

/** Loads pino's files anew, as when two packages depend on two versions of it. */
function anotherPino(): typeof pino {
  const require = createRequire(import.meta.url)
  const mine = Object.keys(require.cache).filter((path) => /[\\/]node_modules[\\/]pino[\\/]/.test(path))
  const before = mine.map((path) => [path, require.cache[path]] as const)
  for (const path of mine) delete require.cache[path]
  try {
    return require('pino')
  } finally {
    for (const [path, module] of before) require.cache[path] = module
  }
}

t.test('a logger of another copy of pino emits no secret either, wrapped itself or as a child', async (t) => {
  const other = anotherPino()
  t.not(other.symbols.streamSym, pino.symbols.streamSym, 'it is another copy')
  for (const asChild of [false, true]) {
    const { stream, text } = sink()
    const log = other({}, stream)
    const wrapped = wrap(asChild ? log.child({ module: 'a' }) : log)
    wrapped.info({ password: 'hunter2' }, 'pwd=hunter2')
    wrapped.child({ token: 'hunter2' }).info('child')
    t.match(text(), /"password":"\[SECRET:password\]"/, `asChild: ${asChild}`)
    t.notMatch(text(), /hunter2/, `asChild: ${asChild}`)
    unwrap(wrapped)
    wrapped.info({ password: 'hunter2' })
    t.match(text(), /hunter2/, `asChild: ${asChild}, unwrapped`)
  }
})

t.test('a line or value that cannot be scrubbed is withheld and not shown', async (t) => {
  const { stream, text } = sink()
  const log = wrap(pino({}, stream))
  const { decode } = TextDecoder.prototype
  t.teardown(() => (TextDecoder.prototype.decode = decode))
  TextDecoder.prototype.decode = () => {
    throw new Error('broken')
  }
  log.info({ password: 'hunter2' })
  t.strictSame(JSON.parse(text()), { level: 50, msg: 'a line was withheld: it could not be made safe' })
  const out = sink()
  const target = wrap(new console.Console(out.stream, out.stream))
  target.log('password=hunter2')
  target.table('password=hunter2')
  t.equal(out.text(), 'a line was withheld: it could not be made safe\n'.repeat(2))
})

t.test('a console that lacks some methods is wrapped as far as it goes', async (t) => {
  const shown: unknown[][] = []
  const method = (...args: unknown[]) => void shown.push(args)
  const target = wrap({ log: method, error: method, dir: method, table: method, trace: method })
  t.strictSame(Object.keys(target), ['log', 'error', 'dir', 'table', 'trace'], 'and gets none')
  target.log('password=hunter2')
  target.dir({ password: 'hunter2' })
  t.match(shown, [
    ['%s', 'password=[SECRET:password]'],
    ['%s', /\[SECRET:password\]/],
  ])
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
  t.throws(() => wrap({ child() {}, bindings() {} }), { code: 'HUSHLOG_OPTION' }, 'no stream to stand before')
  t.throws(() => wrap(Object.create(null)), { message: /class none/ })
  t.throws(() => wrap((() => {}) as never), { message: /got function/ })
})
