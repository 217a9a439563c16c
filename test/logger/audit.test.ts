import fc from 'fast-check'
import t from 'tap'
import { runOperation } from '../../lib/context.ts'
import { defineActions } from '../../lib/logger/actions.ts'
import { auditDiff } from '../../lib/logger/audit-diff.ts'
import { createScrubber } from '../../lib/scrub/scrubber.ts'
import { linesIn, logger } from '../helpers.ts'

const event = { action: 'order.refund', actor: 'ada', target: 'order-17', outcome: 'success' as const }

t.test('an audit record stands on the disk before the call returns, whatever the level', async (t) => {
  const { log, dir } = logger(t, { level: 'silent' })
  const done = log.audit({
    ...event,
    reason: 'damaged',
    details: { amount: 5, nested: { password: 'hunter2', note: 'token=abc' } },
  })
  t.match(linesIn(dir), [
    {
      level: 30,
      kind: 'audit',
      operation: 'process',
      action: 'order.refund',
      actor: 'ada',
      target: 'order-17',
      outcome: 'success',
      reason: 'damaged',
      details: { amount: 5, nested: { password: '[SECRET]', note: 'token=[SECRET:token]' } },
      msg: 'order.refund success by ada',
    },
  ])
  await done
})

t.test('lines that were logged before an audit record stand before it', async (t) => {
  const { log, dir } = logger(t)
  log.info('first')
  log.audit(event)
  t.match(linesIn(dir), [{ msg: 'first' }, { kind: 'audit' }])
})

t.test('denied() writes the outcome, and a child’s bindings and operation count', async (t) => {
  const { log, lines } = logger(t)
  await runOperation('POST /refunds', () =>
    log.child({ tenant: 'acme' }).audit.denied({ action: 'order.refund', actor: 'eve' }),
  )
  t.match(lines(), [{ level: 40, outcome: 'denied', tenant: 'acme', operation: 'POST /refunds' }])
})

t.test(
  'an incomplete event is written as far as it goes, and the promise says what is missing',
  async (t) => {
    const { log, lines } = logger(t)
    for (const wrong of [undefined, null, {}, { action: 'x' }, { action: '', actor: 5, outcome: 'maybe' }]) {
      await t.rejects(log.audit(wrong as never), { code: 'HUSHLOG_AUDIT', message: /wrong or missing: / })
    }
    t.equal(lines().length, 5)
    t.match(lines()[3], { action: 'x', actor: 'unknown', outcome: 'unknown' })
  },
)

t.test('a target that is no text is named by its number, else by its type', async (t) => {
  const { log, lines } = logger(t)
  for (const target of [17, { password: 'hunter2' }, true, null])
    await log.audit({ ...event, target: target as never })
  t.strictSame(
    lines().map(({ target }) => target),
    ['17', 'object', 'boolean', undefined],
  )
})

t.test(
  'the message ends with the client’s address if details hold one, and no actor can forge that',
  async (t) => {
    const { log, lines } = logger(t)
    const failure = { action: 'auth.login', outcome: 'failure' as const }
    const addresses = [
      '203.0.113.9',
      '::ffff:203.0.113.9',
      '2001:db8::1',
      '203.0.113.9 from 10.0.0.1',
      5,
      undefined,
    ]
    for (const remoteAddress of addresses)
      await log.audit({ ...failure, actor: 'x from 198.51.100.1', details: { remoteAddress } })
    t.strictSame(
      lines().map(({ msg }) => msg?.slice('auth.login failure by x from 198.51.100.1'.length)),
      [' from 203.0.113.9', ' from 203.0.113.9', ' from 2001:db8::1', '', '', ''],
    )
  },
)

t.test('a logger that cannot say its bindings still leaves the record', async (t) => {
  const { log, lines } = logger(t)
  const child = Object.assign(log.child({ tenant: 'acme' }), {
    bindings() {
      throw new Error('the program’s own')
    },
  })
  await child.audit(event)
  t.match(lines(), [{ kind: 'audit', action: 'order.refund', actor: 'ada' }])
})

t.test('a rejection that nobody waits for does not end the program', async (t) => {
  const { log } = logger(t)
  const unhandled: unknown[] = []
  const listener = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', listener)
  log.audit({} as never)
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.off('unhandledRejection', listener)
  t.strictSame(unhandled, [])
})

t.test('hostile details are bounded and break nothing', async (t) => {
  const { log, lines } = logger(t)
  const details: Record<string, unknown> = {
    get boom() {
      throw new Error('x')
    },
    big: 5n,
    long: 'y'.repeat(100),
  }
  details.self = details
  await log.audit({ ...event, actor: 'a'.repeat(5000), details })
  const [line] = lines() as unknown as { actor: string; details: Record<string, unknown> }[]
  t.equal(line.actor.length, 1025)
  t.match(line.details, { boom: '[Unreadable]', self: '[Circular]' })
})

t.test('many audit records at once share their waits for the disk', async (t) => {
  const { log, lines } = logger(t)
  await Promise.all(Array.from({ length: 200 }, (_, i) => log.audit({ ...event, target: `order-${i}` })))
  t.strictSame(
    lines().map(({ target }) => target),
    Array.from({ length: 200 }, (_, i) => `order-${i}`),
  )
})

t.test('auditDiff() lists what changed, came and went, by path', async (t) => {
  const before = { id: 17, price: 10, address: { city: 'Bonn', zip: 1 }, tags: ['a', 'b', 'c'], old: null }
  const after = { address: { zip: 1, city: 'Köln' }, id: 17, price: 12, tags: ['b', 'c'], new: { by: 'ada' } }
  t.strictSame(auditDiff(before, after), {
    changed: { price: { from: 10, to: 12 }, 'address.city': { from: 'Bonn', to: 'Köln' } },
    added: { new: { by: 'ada' } },
    removed: { 'tags.0': 'a', old: null },
  })
  t.strictSame(auditDiff(undefined, { price: 1 }), { changed: {}, added: { price: 1 }, removed: {} })
  t.strictSame(auditDiff({ price: 1 }, null), { changed: {}, added: {}, removed: { price: 1 } })
  t.strictSame(auditDiff('draft', 'sent').changed, { '': { from: 'draft', to: 'sent' } })
  t.strictSame(auditDiff({ a: { b: 1 }, 'a.b': 1 }, { a: { b: 2 }, 'a.b': 3 }).changed, {
    'a.b': { from: 1, to: 2 },
    'a\\.b': { from: 1, to: 3 },
  })
  t.strictSame(auditDiff({ a: undefined, b: [1, { c: 2 }] }, { b: [1, { c: 2 }] }), {
    changed: {},
    added: {},
    removed: {},
  })
})

t.test('auditDiff() shows that a secret changed, and no secret', async (t) => {
  const user = (word: string) => ({
    password: word,
    credentials: { user: word, pin: [word] },
    headers: [{ name: 'Authorization', value: word }],
    argv: ['--password', word],
    profile: { pass: word, auth: { of: word }, note: `https://ada:${word}@db/` },
    sessions: new Map([['sid', { cookie: word }]]),
    [`ghp_${word}${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5'.slice(word.length)}`]: 1,
    kept: 'same',
  })
  const diff = auditDiff(user('hunter2'), user('opens3same'))
  t.notMatch(JSON.stringify(diff), /hunter2|opens3same/)
  t.strictSame(diff.changed.password, { from: '[SECRET:password]', to: '[SECRET:password]' })
  t.match(diff.changed['profile.auth.of'].from, /^\[SECRET/)
  t.match(diff.changed['profile.note'].to, /^https:\/\/ada:\[SECRET:[a-z-]+\]@db\/$/)
  for (const path of ['credentials.user', 'credentials.pin.0', 'headers.0.value', 'argv.1'])
    t.match(diff.changed[path].from, /^\[SECRET:[a-z-]+\]$/, path)
  t.match(Object.keys(diff.added), [/^\[SECRET:github\]$/])
  const scrubber = createScrubber({ keys: ['loyaltyNumber'] })
  const own = auditDiff({ ada: { loyaltyNumber: 'a1' } }, { ada: { loyaltyNumber: 'b2' } }, { scrubber })
  t.match(own.changed['ada.loyaltyNumber'], { from: '[SECRET:key-name]', to: '[SECRET:key-name]' })
})

t.test('auditDiff() compares dates, maps, sets, bytes and instances by what they hold', async (t) => {
  class Order {
    #secret = 'hidden'
    lines = 2
    get secret() {
      return this.#secret
    }
  }
  const of = (n: number) => ({
    date: new Date(n),
    map: new Map<unknown, unknown>([
      ['n', n],
      [1, 'one'],
    ]),
    odd: new Map([[{ n }, n]]),
    set: new Set(['x', `only-${n}`]),
    bytes: Buffer.from([1, 2, n]),
    order: Object.assign(new Order(), { lines: n }),
    big: BigInt(n),
    nan: Number.NaN,
  })
  t.strictSame(auditDiff(of(1), of(1)), { changed: {}, added: {}, removed: {} })
  const before = of(1)
  t.strictSame(auditDiff(before, of(2)), {
    changed: {
      date: { from: '1970-01-01T00:00:00.001Z', to: '1970-01-01T00:00:00.002Z' },
      'map.n': { from: 1, to: 2 },
      odd: { from: '[Map 1 entries]', to: '[Map 1 entries]' },
      bytes: { from: '[Buffer 3 bytes]', to: '[Buffer 3 bytes]' },
      'order.lines': { from: 1, to: 2 },
      big: { from: '1', to: '2' },
    },
    added: { 'set.1': 'only-2' },
    removed: { 'set.1': 'only-1' },
  })
  t.strictSame(before, of(1), 'the values stay as they are')
  t.strictSame(auditDiff({ a: [] }, { a: { 0: 1 } }).changed, { a: { from: [], to: { 0: 1 } } })
})

t.test('auditDiff() is bounded and throws for nothing that it compares', async (t) => {
  const self: Record<string, unknown> = {
    get boom() {
      throw new Error('x')
    },
  }
  self.self = self
  const trap = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('trap')
      },
    },
  )
  t.strictSame(auditDiff({ a: self, trap }, { a: { self: 1 }, trap: 1 }).changed, {
    'a.self': { from: '[Circular]', to: 1 },
    trap: { from: '[Unreadable]', to: 1 },
  })
  const polluting = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}')
  t.strictSame(Object.keys(auditDiff({}, polluting).added), ['__proto__', 'constructor'])
  t.equal(({} as Record<string, unknown>).polluted, undefined)

  const wide = Array.from({ length: 2000 }, (_, i) => ({ text: `${i}`.repeat(100) }))
  const diff = auditDiff(wide, wide.map(({ text }) => ({ text: `${text}x` })).reverse())
  t.equal(Object.keys(diff.changed).length + (diff.omitted ?? 0), 2000)
  t.equal(Object.keys(diff.changed).length, 100)
  t.ok(JSON.stringify(diff).length < 150_000)
  t.equal(Object.keys(auditDiff(wide, [], { maxChanges: 3 }).removed).length, 3)

  let deep: unknown = 1
  for (let i = 0; i < 10_000; i++) deep = [deep]
  t.strictSame(auditDiff(deep, [deep]), { changed: {}, added: {}, removed: {}, truncated: true })
  t.equal(auditDiff('x'.repeat(2 ** 21), 'y'.repeat(2 ** 21)).truncated, true)
  t.equal(auditDiff(Array(30_000).fill(1), []).truncated, true)

  for (const options of [{ maxChanges: 0 }, { maxChanges: 1.5 }, { scrubber: {} }, { max: 1 }])
    t.throws(() => auditDiff(1, 2, options as never), { code: 'HUSHLOG_OPTION', message: /auditDiff\./ })
})

t.test('auditDiff() is empty for equal values alone, and takes time in proportion to them', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (before, after) => {
      const isEmpty = (a: unknown, b: unknown) => {
        const { changed, added, removed } = auditDiff({ value: a }, { value: b })
        return [changed, added, removed].every((part) => Object.keys(part).length === 0)
      }
      const copy = JSON.parse(JSON.stringify(before))
      const isEqual = sorted(before) === sorted(after)
      return isEmpty(before, copy) && isEmpty(before, after) === isEqual
    }),
    { numRuns: 100 },
  )
  const timeOf = (n: number) => {
    const [a, b] = [1, 2].map((k) => Array.from({ length: n }, (_, i) => ({ i, k, text: 'same' })))
    const start = process.cpuUsage()
    auditDiff(a, b)
    return process.cpuUsage(start).user
  }
  timeOf(1000)
  const ratio = Math.min(...[1, 2, 3].map(() => timeOf(4000) / timeOf(500)))
  t.ok(ratio < 8 * 3, `8 times as much takes ${ratio.toFixed(1)} times as long`)
})

/** JSON with its members in the order of their names; what JSON writes alike is alike (-0 and 0). */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

t.test('defined actions write audit records, and tell what an event lacks', async (t) => {
  const { log, lines } = logger(t)
  const actions = defineActions({
    'order.refund': {},
    'order.delete': { reason: true },
    'auth.logout': { target: false },
  })
  const details = auditDiff({ state: 'paid', token: 'a1b2' }, { state: 'refunded', token: 'c3d4' })
  await actions['order.refund'](log, { actor: 'ada', target: 'order-17', outcome: 'success', details })
  await actions['order.delete'].denied(log.child({ tenant: 'acme' }), {
    actor: 'eve',
    target: 'order-17',
    reason: 'not an admin',
  })
  await actions['auth.logout'](log, { actor: 'ada', outcome: 'success' })
  t.match(lines(), [
    {
      kind: 'audit',
      action: 'order.refund',
      target: 'order-17',
      details: {
        changed: { state: { from: 'paid', to: 'refunded' }, token: { from: /SECRET/, to: /SECRET/ } },
      },
    },
    { action: 'order.delete', outcome: 'denied', tenant: 'acme', reason: 'not an admin' },
    { action: 'auth.logout', target: undefined, outcome: 'success' },
  ])
  const wrong: [Promise<void>, RegExp][] = [
    [actions['order.refund'](log, { actor: 'ada', outcome: 'success' } as never), /a target is missing/],
    [
      actions['order.delete'](log, { actor: 'ada', target: 'x', outcome: 'success' } as never),
      /a reason is missing/,
    ],
    [
      actions['auth.logout'](log, { actor: 'ada', target: 'x', outcome: 'success' } as never),
      /no target is expected/,
    ],
    [actions['order.refund'](log, null as never), /wrong or missing: actor, outcome/],
  ]
  for (const [done, message] of wrong) await t.rejects(done, { code: 'HUSHLOG_AUDIT', message })
  t.equal(lines().length, 7, 'each was written as far as it goes')
})

t.test('a table of actions with a bad name or rule is refused where it is defined', async (t) => {
  const wrong: [unknown, RegExp][] = [
    [null, /^option actions takes an object with a rule for each action, got null$/],
    [{ refund: {} }, /^defineActions takes names like "order.refund": .+; got "refund"$/],
    [{ 'order refund.x': {} }, /got "order refund.x"$/],
    [{ 'order.': {} }, /got "order."$/],
    [{ [`a.${'b'.repeat(70)}`]: {} }, /64 characters at most/],
    [{ 'order.refund': true }, /^option actions\["order.refund"\] takes an object/],
    [{ 'order.refund': { targt: true } }, /did you mean actions\["order.refund"\].target\?$/],
    [{ 'order.refund': { target: 'order' } }, /\.target takes true or false, got text of 5 characters$/],
  ]
  for (const [rules, message] of wrong)
    t.throws(() => defineActions(rules as never), { code: 'HUSHLOG_OPTION', message })
})
