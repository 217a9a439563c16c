import { channel } from 'node:diagnostics_channel'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Hushlog, HushlogOptions } from '../../lib/types.ts'
import { logger } from '../helpers.ts'

type Call = (log: Hushlog) => void

/** What each call writes when pino makes the line, and when it goes the short way: texts without their times. */
function bothWays(t: Test, calls: readonly Call[], options: HushlogOptions = {}): [string, string][] {
  const { log, text } = logger(t, {
    ...options,
    level: 'trace',
    scrub: { env: false },
    storage: { durability: 'line' },
  })
  // A child with serializers of its own is pino's alone.
  const long = log.child({ side: 1 }, { serializers: { nobody: String } })
  const short = log.child({ side: 1 })
  for (const level of ['trace', 'info', 'error'] as const)
    for (let i = 0; i < 2; i++) short[level]('until it is learned')
  const before = text().length
  for (const call of calls) {
    call(long)
    call(short)
  }
  const lines = text().slice(before).trimEnd().split('\n').map(withoutTime)
  return calls.map((_, i) => [lines[2 * i], lines[2 * i + 1]])
}

function withoutTime(line: string): string {
  return line.replace(/"time":"[^"]+"/, '"time":""')
}

t.test(
  'a line is the same whether pino made it or it went the short way: arguments of every kind',
  async (t) => {
    const circle: Record<string, unknown> = { a: 1 }
    circle.circle = circle
    class Order {
      id = 17
      get total() {
        return 3
      }
    }
    const calls: Record<string, Call> = {
      'fields and a message': (log) => log.info({ a: 1, b: 'x', c: null, d: [1, { e: true }] }, 'paid'),
      'a message': (log) => log.info('paid "in full" \u2028 \\ %s %d %%'),
      'fields alone': (log) => log.info({ a: 1 }),
      'no fields': (log) => log.info({}),
      'no fields and a message': (log) => log.info({}, 'paid'),
      'a format': (log) => log.info('paid %s of %d', 'a', 3),
      'fields and a format': (log) => log.info({ a: 1 }, 'paid %s', 'all'),
      'values that JSON has no word for': (log) =>
        log.info(
          { u: undefined, f: () => 1, s: Symbol('s'), n: Number.NaN, i: Number.POSITIVE_INFINITY, z: -0 },
          'x',
        ),
      'a BigInt': (log) => log.info({ n: 10n, a: 1 }, 'x'),
      'a cycle': (log) => log.info(circle, 'x'),
      'an error': (log) => log.error(Object.assign(new Error('e'), { stack: 'at' }), 'failed'),
      'an error by name': (log) =>
        log.error({ err: Object.assign(new Error('e'), { stack: 'at' }) }, 'failed'),
      'an error of any name': (log) =>
        log.error({ cause: Object.assign(new Error('e'), { stack: 'at' }) }, 'failed'),
      'an object of a class': (log) => log.info(new Order(), 'x'),
      'an object with toJSON': (log) => log.info({ a: 1, toJSON: () => ({ b: 2 }) }, 'x'),
      'toJSON inside': (log) => log.info({ when: new Date(0), url: new URL('https://shop.example/') }, 'x'),
      'a list': (log) => log.info(['a', 'b'], 'x'),
      'no prototype': (log) => log.info(Object.assign(Object.create(null), { a: 1 }), 'x'),
      'fields inherited': (log) =>
        log.info(Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true } }), 'x'),
      'a map': (log) => log.info(new Map([['a', 1]]), 'x'),
      'a getter that throws': (log) =>
        log.info(
          {
            get a() {
              throw new Error('no')
            },
            b: 1,
          } as object,
          'x',
        ),
      null: (log) => log.info(null, 'x'),
      'a number': (log) => log.info(17 as unknown as string),
      'a message that is a number': (log) => log.info({ a: 1 }, 17 as unknown as string),
      'names of the stamp': (log) => log.info({ time: 1, reqId: 'mine', msg: 'm', pid: 2 }, 'x'),
      'a message among the fields': (log) => log.info({ msg: 'm' }),
      'a name that needs escapes': (log) => log.info({ 'a"b\n': 1, ключ: 'ä' }, 'x'),
      'a secret': (log) => log.info({ password: 'invented0secret' }, 'token=invented0secret'),
      'another level': (log) => log.trace({ a: 1 }, 'x'),
    }
    const pairs = bothWays(t, Object.values(calls))
    for (const [i, name] of Object.keys(calls).entries()) t.equal(pairs[i][1], pairs[i][0], name)
    t.notMatch(pairs.flat().join(), /0secret/)
  },
)

t.test('a line is the same whether pino made it or it went the short way: any object', async (t) => {
  const fields = fc.object({ withDate: true, withNullPrototype: true, withSparseArray: true, withMap: true })
  const values = fc.sample(
    fc.tuple(fields, fc.option(fc.string({ unit: 'binary' }), { nil: undefined })),
    300,
  )
  const calls = values.map(
    ([fields, msg]): Call =>
      (log) =>
        log.info(fields, msg),
  )
  for (const [long, short] of bothWays(t, calls)) if (long !== short) t.equal(short, long)
  t.pass(`${values.length} objects`)
})

t.test('what the program says about its lines holds from the first to the last', async (t) => {
  const options: Record<string, HushlogOptions> = {
    'a prefix': { msgPrefix: 'shop: ' },
    'a key for fields': { nestedKey: 'fields' },
    'a key for messages': { messageKey: 'message' },
    'a serializer': { serializers: { a: () => 'serialised' } },
    redaction: { redact: ['a'] },
    'a mixin': { mixin: () => ({ mixed: 1 }) },
    'a formatter': { formatters: { log: (fields) => ({ ...fields, formatted: 1 }) } },
    'a formatter of levels': { formatters: { level: (label) => ({ level: label }) } },
    'a hook': { hooks: { streamWrite: (line) => line.replace('"a":1', '"a":2') } },
    'fields of all lines': { base: { region: 'eu' } },
  }
  for (const [name, each] of Object.entries(options)) {
    const { log, text } = logger(t, { ...each, storage: { durability: 'line' } })
    for (let i = 0; i < 4; i++) log.info({ a: 1 }, 'x')
    const lines = text().trimEnd().split('\n').map(withoutTime)
    t.equal(new Set(lines).size, 1, name)
    t.equal(lines.length, 4)
  }
})

t.test('half of a character stays valid JSON either way', async (t) => {
  // pino escapes it in texts of more than 100 characters and lets it become U+FFFD in shorter ones.
  const [[long, short]] = bothWays(t, [(log) => log.info({ half: '\ud800' }, 'x\udc00')])
  t.match(JSON.parse(long), { half: '\ufffd', msg: 'x\ufffd' })
  t.match(JSON.parse(short), { half: '\ud800', msg: 'x\udc00' })
})

t.test('bindings, levels and tracing that change later show in the next line', async (t) => {
  const { log, lines } = logger(t, { storage: { durability: 'line' } })
  const child = log.child({ a: 1 })
  for (let i = 0; i < 3; i++) child.info('x')
  child.setBindings({ b: 2 })
  for (let i = 0; i < 3; i++) child.info('x')
  for (let i = 0; i < 3; i++) child.child({ c: 3 }, { msgPrefix: 'p ' }).info('x')
  t.strictSame(
    lines().map(({ a, b, c, msg }) => [a, b, c, msg]),
    [
      ...Array(3).fill([1, undefined, undefined, 'x']),
      ...Array(3).fill([1, 2, undefined, 'x']),
      ...Array(3).fill([1, 2, 3, 'p x']),
    ],
  )
  const traced: unknown[] = []
  const start = channel('tracing:pino_asJson:start')
  const see = (message: unknown) => traced.push(message)
  start.subscribe(see)
  child.info('seen')
  start.unsubscribe(see)
  t.equal(traced.length, 1)
})
