import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { inspect } from 'node:util'
import pino from 'pino'
import t from 'tap'
import { unwrap, wrap } from '../../lib/wrap.ts'
import { folder, sink } from '../helpers.ts'

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

t.test('what pino tells a stream of the last call has no secret either', async (t) => {
  interface Told extends Writable {
    lastLevel: number
    lastObj: object
    lastMsg: string
  }
  const seen: object[] = []
  const stream = sink().stream as Told
  const write = stream.write.bind(stream)
  const telling = Object.assign(stream, {
    [Symbol.for('pino.metadata')]: true,
    write(this: Told, line: string) {
      seen.push({ level: this.lastLevel, obj: this.lastObj, msg: this.lastMsg })
      return write(line)
    },
  })
  for (const destination of [telling, pino.multistream([{ stream: telling, level: 'info' }])]) {
    const log = wrap(pino({}, destination as never))
    log.warn({ password: 'hunter2' }, 'pwd=hunter2')
    t.match(seen.pop(), { level: 40, obj: { password: '[SECRET:password]' }, msg: 'pwd=[SECRET:password]' })
    unwrap(log)
    log.warn({ password: 'hunter2' }, 'pwd=hunter2')
    t.match(seen.pop(), { level: 40, obj: { password: 'hunter2' }, msg: 'pwd=hunter2' })
  }
})

t.test(
  'a worker transport under a wrapped logger gets clean lines, and flush() waits for them',
  async (t) => {
    const destination = join(folder(t), 'app.log')
    const transport = pino.transport({ target: 'pino/file', options: { destination } })
    const log = wrap(pino({}, transport))
    log.info({ password: 'hunter2' }, 'one')
    log.fatal('token=hunter2')
    await new Promise<void>((resolve, reject) => log.flush((error) => (error ? reject(error) : resolve())))
    t.match(
      readFileSync(destination, 'utf8'),
      /"password":"\[SECRET:password\]"[\s\S]*"msg":"token=\[SECRET:token\]"/,
    )
    // The worker thread does not keep the process alive.
    const alive = setInterval(() => {}, 1000)
    transport.end()
    await once(transport, 'close')
    clearInterval(alive)
  },
)

t.test('a child can be wrapped alone; where its parent is wrapped already it is too', async (t) => {
  const { stream, text } = sink()
  const root = pino({}, stream)
  const child = wrap(root.child({ a: 1 }))
  child.info('pwd=hunter2')
  child.child({ b: 2 }).info('pwd=hunter2')
  t.notMatch(text(), /hunter2/)
  unwrap(child)
  wrap(root)
  wrap(child)
  unwrap(child)
  child.info('pwd=hunter2')
  t.notMatch(text(), /hunter2/, 'the parent’s gate is there still')
  unwrap(root)
  child.info('pwd=hunter2')
  t.match(text(), /hunter2/)
})

t.test('a destroyed stream makes a wrapped logger neither worse nor better than it was', async (t) => {
  const outcomeOf = (log: pino.Logger, destination: pino.DestinationStream & { destroy(): void }) => {
    destination.destroy()
    try {
      log.info('late')
      return 'nothing'
    } catch (error) {
      return (error as Error).message
    }
  }
  const [first, second] = [1, 2].map(() => pino.destination({ dest: '/dev/null', sync: true }))
  t.equal(outcomeOf(wrap(pino({}, second)), second), outcomeOf(pino({}, first), first))
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

t.test('every method of a wrapped console says what it says, without secrets', async (t) => {
  const out = sink()
  const err = sink()
  const target = new console.Console(out.stream, err.stream)
  const plain = sink()
  const untouched = new console.Console(plain.stream, plain.stream)
  wrap(target)
  for (const each of [target, untouched]) {
    each.dirxml({ apiKey: 'hunter2' }, 'pwd=hunter2')
    each.dir({ a: { b: { c: { d: { token: 'hunter2' } } } } }, { depth: 0 })
    each.dir({ a: { b: { c: { d: { token: 'hunter2' } } } } }, { depth: null })
    each.count('token=hunter2')
    each.count('token=hunter2')
    each.count()
    each.countReset('token=hunter2')
    each.groupCollapsed('token=hunter2')
    each.log('inside a group\nof two lines')
    each.groupEnd()
    each.table([{ password: 'hunter2', user: 'ada' }], ['password', 'user'])
    each.table('token=hunter2')
    each.log(
      '%s is %d%% of %j, %i %f %o %O %c%%',
      'ada',
      7,
      { a: 1 },
      1.5,
      2.5,
      [1],
      new Map([[1, 2]]),
      'css',
      'rest',
    )
  }
  t.notMatch(out.text(), /hunter2/)
  const shape = (text: string) =>
    text
      .replaceAll(/\[SECRET:[a-z-]+\]|'?hunter2'?/g, '#')
      .replaceAll(/'#'|#:/g, '#')
      .replaceAll(/[─ ]+/g, ' ')
  t.equal(shape(out.text()), shape(plain.text()), 'apart from them the same')
  target.time('token=hunter2')
  target.timeLog('token=hunter2', { password: 'hunter2' }, 'pwd=hunter2')
  target.timeEnd('token=hunter2')
  target.assert(false)
  target.assert(false, { apiKey: 'hunter2' } as never)
  target.trace('token=%s', 'hunter2')
  target.trace()
  t.match(
    out.text(),
    /token=\[SECRET:token\] [\d.]+ms \{ password: '\[SECRET:password\]' \} pwd=\[SECRET:password\]\n/,
  )
  t.match(err.text(), /^Assertion failed\nAssertion failed \{ apiKey: '\[SECRET:key\]' \}\n/)
  const [, said, first] = err.text().match(/(Trace: token=\[SECRET:token\])\n\s+(at .*)\n/) ?? []
  t.ok(said)
  t.match(first, /wrap\.test/, 'the stack begins where the call stands')
  t.match(err.text(), /\nTrace\n\s+at /)
  t.notMatch(out.text() + err.text(), /hunter2/)
})

t.test('what Node says of labels by a warning has no secret', async (t) => {
  const warnings: string[] = []
  const { emitWarning } = process
  process.emitWarning = ((text: string) => warnings.push(text)) as never
  t.teardown(() => (process.emitWarning = emitWarning))
  const target = wrap(new console.Console(sink().stream))
  target.time('token=hunter2')
  target.time('token=hunter2')
  target.timeEnd('pwd=hunter2')
  target.countReset('pwd=hunter2')
  t.equal(warnings.length, 3)
  t.notMatch(warnings.join('\n'), /hunter2/)
})

t.test('on a terminal with colours the wrapped console shows objects in colour', async (t) => {
  const out = sink()
  const terminal = Object.assign(out.stream, { isTTY: true, getColorDepth: () => 8 })
  const target = wrap(new console.Console(terminal))
  target.log({ n: 1, token: 'hunter2' })
  t.match(out.text(), /n: \x1b\[33m1\x1b\[39m, token: .*\[SECRET:token\]/)
  t.notMatch(out.text(), /hunter2/)
})

t.test(
  'no text that is logged begins a line or moves the cursor, and what is inspected stays as it is',
  async (t) => {
    const out = sink()
    const target = wrap(new console.Console(out.stream))
    target.log('login user=%s', 'bob\r\n2026-11-24T00:00:00.000Z login user=admin OK')
    target.log('\x1b[2J\x1b]0;title\x07\x1b[31mred\x1b[0m\x9b\u2028\u202e\ttab\rover')
    target.log({ a: 'x'.repeat(80), b: ['y'.repeat(80), new Map([[1, 'z']])] })
    target.log('usage:\n  one\n\n\ttwo\n')
    const [first, forged, second, ...rest] = out.text().split('\n')
    t.equal(first, 'login user=bob\r')
    t.equal(forged, '    2026-11-24T00:00:00.000Z login user=admin OK')
    t.equal(second, '\\u001b[2J\\u001b]0;title\\u0007\x1b[31mred\x1b[0m\\u009b\\u2028\\u202e\ttab\\u000dover')
    const inspected = `${inspect({ a: 'x'.repeat(80), b: ['y'.repeat(80), new Map([[1, 'z']])] })}`
    t.equal(rest.join('\n'), `${inspected}\nusage:\n  one\n\n\ttwo\n\n`)
    const raw = sink()
    wrap(new console.Console(raw.stream), { escape: false }).log('a\nb\x07')
    t.equal(raw.text(), 'a\nb\x07\n')
  },
)

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
    message:
      'wrap() takes a logger of pino, winston 3 or bunyan, or a console, got an object of class Object',
  })
  t.throws(() => wrap({ child() {}, bindings() {} }), { code: 'HUSHLOG_OPTION' }, 'no stream to stand before')
  t.throws(() => wrap(Object.create(null)), { message: /class none/ })
  t.throws(() => wrap((() => {}) as never), { message: /got a function/ })
})
