import fc from 'fast-check'
import hideWords from 'hide-secrets'
import t from 'tap'
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
  t.strictSame(copy.headers, { accept: '*/*', authorization: '[SECRET:authorization]' })
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
