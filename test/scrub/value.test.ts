import { format } from 'node:util'
import fc from 'fast-check'
import hideWords from 'hide-secrets'
import t from 'tap'
import { withoutPackage } from '../../lib/scrub/bad-words.ts'
import { hideSecrets } from '../../lib/scrub/hide-secrets.ts'
import { createScrubber } from '../../lib/scrub/scrubber.ts'
import { boundedCopy } from '../../lib/scrub/value.ts'

const scrub = createScrubber({ env: false, hide: ['registered-value'] })

t.test('a copy is scrubbed and the original never touched', async (t) => {
  const original = Object.freeze({
    user: 'ada',
    password: 'hunter2',
    list: Object.freeze([{ token: 'abc' }]),
    url: 'x?sig=abcdef',
  })
  t.strictSame(scrub.value(original), {
    user: 'ada',
    password: '[SECRET:password]',
    list: [{ token: '[SECRET:token]' }],
    url: 'x?sig=[SECRET:query]',
  })
  t.equal(original.password, 'hunter2')
})

t.test('maps, sets, headers, URLs, dates, bytes and errors are copied as what they are', async (t) => {
  const error = new Error('password=hunter2', { cause: new Error('token=abc') })
  const copy = scrub.value({
    map: new Map<unknown, unknown>([
      ['password', 'a1'],
      ['n', 1],
    ]),
    set: new Set(['registered-value']),
    headers: new Headers({ authorization: 'Bearer abc', accept: '*/*' }),
    url: new URL('https://ada:hunter2@host/x?token=abc'),
    date: new Date(0),
    bytes: Buffer.from('hunter2'),
    error,
  })
  t.strictSame(
    copy.map,
    new Map<unknown, unknown>([
      ['password', '[SECRET:password]'],
      ['n', 1],
    ]),
  )
  t.strictSame(copy.set, new Set(['[SECRET:hidden]']))
  t.strictSame(copy.headers, { accept: '*/*', authorization: 'Bearer [SECRET:authorization]' })
  t.equal(copy.url, 'https://ada:[SECRET:url-password]@host/x?token=[SECRET:query]')
  t.strictSame(copy.date, new Date(0))
  t.equal(copy.bytes, '[Buffer 7 bytes]')
  t.match(copy.error, {
    type: 'Error',
    message: 'password=[SECRET:password]',
    cause: { message: 'token=[SECRET:token]' },
  })
  t.notMatch(JSON.stringify(copy), /hunter2|abc/)
})

t.test(
  'getters, proxies, cycles and hostile names break nothing, and each property is read once',
  async (t) => {
    let reads = 0
    const hostile: Record<string, unknown> = {
      get once() {
        reads++
        return 'x'
      },
      get thrower() {
        throw new Error('boom')
      },
      proxy: new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('boom')
          },
        },
      ),
      fn: function named() {},
      symbol: Symbol('token=abc'),
      big: 12345678901234567890n,
    }
    hostile.self = hostile
    Object.defineProperty(hostile, '__proto__', { value: { password: 'hunter2' }, enumerable: true })
    const copy = scrub.value(hostile)
    t.equal(reads, 1)
    t.match(copy, {
      once: 'x',
      thrower: '[Unreadable]',
      proxy: '[Unreadable]',
      self: '[Circular]',
      fn: '[Function named]',
      symbol: 'Symbol(token=[SECRET:token])',
      big: 12345678901234567890n,
    })
    t.strictSame(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value, { password: '[SECRET:password]' })
    t.equal(({} as { password?: string }).password, undefined)
  },
)

t.test('depth and number of members are bounded', async (t) => {
  let deep: unknown = 'hunter2'
  for (let i = 0; i < 100_000; i++) deep = { deep }
  t.match(JSON.stringify(scrub.value(deep)), /\[Truncated\]/)
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, 1]))
  t.ok(Object.keys(scrub.value(wide)).length < 25_000)
  t.ok((scrub.value(Array(50_000).fill(1)) as unknown[]).length < 25_000)
})

t.test('text is bounded too, and nothing of what lies beyond is shown', async (t) => {
  const copy = scrub.value({ first: 'a'.repeat(5e6), second: 'b'.repeat(5e6), pin: 1234, third: 'c' })
  t.equal(copy.first.length, 5e6)
  t.equal(copy.second, '[Truncated]')
})

t.test('a value loses what its line would lose', async (t) => {
  t.strictSame(
    scrub.value({
      cookie: 'a=1; b=2',
      password: '${DB_PASS}',
      hubspot_key: 'Ex4mple0Invented0Examp1e',
      cache_key: 'Example0Invented0Example',
      tokens: 1500,
      rawHeaders: ['X-Api-Key', 'swordfish', 'Host', 'h'],
      entries: [
        ['user', 'ada'],
        ['password', 'swordfish'],
      ],
      fields: ['password', 'token'],
      argv: ['--token', 'abcdef1', '-v'],
      list: [
        { name: 'Authorization', type: 'text', value: 'Bearer abc' },
        { key: 'user', value: 'ada' },
      ],
      credentials: { user: 'ada', more: [{ deep: 'x1' }] },
    }),
    {
      cookie: 'a=[SECRET:cookie]; b=[SECRET:cookie]',
      password: '${DB_PASS}',
      hubspot_key: '[SECRET:key]',
      cache_key: 'Example0Invented0Example',
      tokens: 1500,
      rawHeaders: ['X-Api-Key', '[SECRET:key]', 'Host', 'h'],
      entries: [
        ['user', 'ada'],
        ['password', '[SECRET:password]'],
      ],
      fields: ['password', 'token'],
      argv: ['--token', '[SECRET:token]', '-v'],
      list: [
        { name: 'Authorization', type: 'text', value: 'Bearer [SECRET:authorization]' },
        { key: 'user', value: 'ada' },
      ],
      credentials: { user: '[SECRET:credentials]', more: [{ deep: '[SECRET:credentials]' }] },
    },
  )
})

t.test('every kind of object is read as what it is, and none of its own code trusted', async (t) => {
  const form = new FormData()
  form.append('password', 'hunter2')
  form.append('tag', 'a')
  form.append('tag', 'b')
  form.append('file', new Blob(['hunter2']), 'f.txt')
  const endless = Object.assign(new Set(['x']), {
    *[Symbol.iterator]() {
      for (;;) yield 'hunter2'
    },
  })
  const bare = Object.assign(Object.create(null), { password: 'hunter2', n: 1 })
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const sparse: unknown[] = []
  sparse[3] = 'x'
  class Account {
    user = 'ada'
    #password = 'hunter2'
    get password() {
      return this.#password
    }
  }
  const copy = scrub.value({
    form,
    endless,
    bare,
    revoked: revoked.proxy,
    sparse,
    account: new Account(),
    boxed: [new String('token=abc'), new Number(5), Object(1n)],
    json: { toJSON: () => ({ password: 'hunter2' }) },
    self: {
      toJSON() {
        return [this]
      },
    },
    notJson: { toJSON: 5, password: 'hunter2' },
    typed: new Uint16Array(3),
    buffer: new ArrayBuffer(4),
    view: new DataView(new ArrayBuffer(2)),
    weak: new WeakMap(),
    fake: Object.create(Date.prototype),
    pattern: /password=hunter2/,
    [Symbol('token=abc')]: 'hunter2',
    secretDate: { password: new Date(0), secret: () => {}, token: Symbol('abc') },
    headers: new Headers([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]),
    ghp_Inv3ntedInv3ntedInv3ntedInv3nted0000: true,
    class: class Service {},
    unnamed: Object.defineProperty(() => {}, 'name', {
      get() {
        throw new Error('boom')
      },
    }),
  })
  t.strictSame(copy, {
    form: { password: '[SECRET:password]', tag: ['a', 'b'], file: '[File 7 bytes]' },
    endless: new Set(['x']),
    bare: { password: '[SECRET:password]', n: 1 },
    revoked: '[Unreadable]',
    sparse: [undefined, undefined, undefined, 'x'],
    account: { user: 'ada' },
    boxed: ['token=[SECRET:token]', 5, 1n],
    json: { password: '[SECRET:password]' },
    self: ['[Circular]'],
    notJson: { toJSON: 5, password: '[SECRET:password]' },
    typed: '[Uint16Array 6 bytes]',
    buffer: '[ArrayBuffer 4 bytes]',
    view: '[DataView 2 bytes]',
    weak: {},
    fake: '[Unreadable]',
    pattern: '/password=[SECRET:password]',
    secretDate: { password: '[SECRET:password]', secret: '[SECRET:secret]', token: '[SECRET:token]' },
    headers: { 'set-cookie': ['a=[SECRET:cookie]', 'b=[SECRET:cookie]'] },
    '[SECRET:github]': true,
    class: '[Function Service]',
    unnamed: '[Function ]',
  })
})

t.test('a date that is none stays one', async (t) => {
  t.ok(Number.isNaN(scrub.value(new Date(Number.NaN)).getTime()))
})

t.test('errors are copied whole: causes, AggregateError, members of their own, each read once', async (t) => {
  const reads: string[] = []
  const error = new AggregateError([new Error('token=abc1')], 'password=hunter2', { cause: 'pin: 1234' })
  Object.assign(error, { name: 'LoginError', config: { headers: { Authorization: 'Bearer abc1' } } })
  error.stack = 'LoginError: password=hunter2\n    at login (/app/login.js:1:2)'
  const watched = new Proxy(error, {
    get(target, name) {
      if (typeof name === 'string') reads.push(name)
      return Reflect.get(target, name)
    },
  })
  t.strictSame(scrub.value(watched), {
    name: 'LoginError',
    config: { headers: { Authorization: 'Bearer [SECRET:authorization]' } },
    message: 'password=[SECRET:password]',
    stack: 'LoginError: password=[SECRET:password]\n    at login (/app/login.js:1:2)',
    cause: 'pin: [SECRET:otp]',
    errors: [scrub.value(new Error('token=abc1'))].map((inner) => ({
      ...inner,
      stack: (copyOf(watched).errors as { stack: string }[])[0].stack,
    })),
    type: 'LoginError',
  })
  t.strictSame(new Set(reads).size * 2, reads.length, 'once in each of two copies')
})

function copyOf(value: object): Record<string, unknown> {
  return scrub.value(value) as Record<string, unknown>
}

t.test('whatever a value is made of, its copy is made once, stays harmless and loses no shape', async () => {
  const names = fc.constantFrom(
    'a',
    'user',
    'password',
    'token',
    '__proto__',
    'constructor',
    'toJSON',
    'length',
    'name',
    'value',
  )
  const leaf = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom('hunter2-Invented', 'token=hunter2-Invented', 'password'),
    fc.integer(),
    fc.bigInt(),
    fc.constantFrom(null, undefined, true, Number.NaN, Symbol('s'), () => {}),
    fc.date(),
  )
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }),
      tie('object'),
      tie('map'),
    ),
    object: fc.dictionary(names, tie('value'), { maxKeys: 4 }),
    map: fc.array(fc.tuple(names, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  }))
  fc.assert(
    fc.property(value.object, (input) => {
      const reads = new Map<object, string[]>()
      const copy = scrub.value(watch({ ...(input as object), toJSON: 1 }, reads)) as object
      for (const names of reads.values())
        if (new Set(names).size !== names.length) throw new Error(`read twice: ${names.join(' ')}`)
      const again = scrub.value(copy)
      if (inspect(again) !== inspect(copy)) throw new Error(`once ${inspect(copy)}\ntwice ${inspect(again)}`)
      const keys = Object.keys({ ...(input as object), toJSON: 1 })
      if (Object.keys(copy).join() !== keys.join())
        throw new Error(`names ${keys.join()} became ${Object.keys(copy).join()}`)
    }),
    { numRuns: 1000 },
  )
})

const inspect = (value: unknown) => format('%o', value)

/** A view of a value that notes each property which is read of it. */
function watch(value: unknown, reads: Map<object, string[]>): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Map || value instanceof Date)
    return value
  const names: string[] = []
  const view = new Proxy(value, {
    get(target, name) {
      if (typeof name === 'string') names.push(name)
      return watch(Reflect.get(target, name), reads)
    },
  })
  reads.set(view, names)
  return view
}

t.test('what goes from a value is counted and told like what goes from text', async (t) => {
  const told: string[] = []
  const counting = createScrubber({ env: false, onScrub: ({ rule }) => told.push(rule) })
  counting.value({ password: 'hunter2', n: { pin: 1234 }, msg: 'token=abc' })
  t.strictSame(counting.counts(), { password: 1, otp: 1, token: 1 })
  t.strictSame(told, ['password', 'otp', 'token'])
})

t.test('scalars under a secret name are cut, nothing and flags are not', async (t) => {
  t.strictSame(scrub.value({ pin: 1234, password: null, token: true, secret: 5n, cookie: undefined }), {
    pin: '[SECRET:otp]',
    password: null,
    token: true,
    secret: '[SECRET:secret]',
    cookie: undefined,
  })
})

t.test('hideSecrets() gives what hide-secrets gives for values without other secrets', async () => {
  const plainName = fc.constantFrom(
    'a',
    'user',
    'n',
    'list',
    'password',
    'pass',
    'token',
    'auth',
    'secret',
    'passphrase',
    'card',
  )
  const text = fc.constantFrom('', 'x', 'hello world', 'ada')
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('object'),
    ),
    object: fc.dictionary(plainName, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  }))
  fc.assert(
    fc.property(value.object, (input) => {
      const ours = JSON.stringify(hideSecrets(input))
      const theirs = JSON.stringify(hideWords(structuredClone(input)))
      if (ours !== theirs) throw new Error(`ours ${ours}\ntheirs ${theirs}`)
      const bundled = JSON.stringify(withoutPackage(input))
      if (bundled !== theirs) throw new Error(`bundled ${bundled}\ntheirs ${theirs}`)
    }),
    { numRuns: 1000 },
  )
})

t.test('hideSecrets() takes bad words, changes no argument and leaves no other secret', async (t) => {
  const options = Object.freeze({ badWords: ['username'] })
  const input = { username: 'ada', Password: 'hunter2', msg: 'token=abcdef', again: { username: 'bob' } }
  t.strictSame(hideSecrets(input, options), {
    username: '[SECRET]',
    Password: '[SECRET:password]',
    msg: 'token=[SECRET:token]',
    again: { username: '[SECRET]' },
  })
  t.equal(input.username, 'ada')
  const cycle: Record<string, unknown> = { password: 'x1' }
  cycle.self = cycle
  t.strictSame(hideSecrets(cycle), { password: '[SECRET]', self: '[Circular]' })
  t.equal(hideSecrets('plain'), 'plain')
  t.equal(hideSecrets(undefined), undefined)
})

t.test('a bounded copy keeps values as they are', async (t) => {
  t.strictSame(boundedCopy({ password: 'hunter2', n: 1 }), { password: 'hunter2', n: 1 })
})
