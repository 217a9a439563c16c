import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { scrubStream, wrap } from '../../lib/index.ts'
import { createScrubber } from '../../lib/scrub/scrubber.ts'
import { canonical } from '../../lib/scrub/tag.ts'
import { soupOf } from './soup.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const RUNS = Number(process.env.HUSHLOG_RUNS ?? 1000)
const seed = Number(process.env.HUSHLOG_SEED ?? Date.now() % 2 ** 31)
t.comment(`seed ${seed}; HUSHLOG_SEED sets it`)

const key = Buffer.from('0123456789abcdef0123456789abcdef')
const scrubber = createScrubber({ env: false, correlate: key, hide: ['registered-value'] })
const tagOf = (secret: string) => createHmac('sha256', key).update(secret).digest('hex').slice(0, 12)

t.test('a marker bears 12 hexadecimal digits of a keyed hash of the secret', async (t) => {
  t.equal(
    scrubber.text('{"password":"hunter2","pin":1234}'),
    `{"password":"[SECRET:password:${tagOf('hunter2')}]","pin":"[SECRET:otp:${tagOf('1234')}]"}`,
  )
  t.equal(scrubber.text('x registered-value'), `x [SECRET:hidden:${tagOf('registered-value')}]`)
  const other = createScrubber({ env: false, correlate: Buffer.alloc(16) })
  t.not(other.text('password=hunter2'), scrubber.text('password=hunter2'), 'another key, another tag')
})

t.test('the key is copied: wiping it changes nothing', async (t) => {
  const own = Buffer.from(key)
  const wiped = createScrubber({ env: false, correlate: own })
  own.fill(0)
  t.equal(wiped.text('password=hunter2'), scrubber.text('password=hunter2'))
})

t.test('the same secret has the same tag, however it is written', async (t) => {
  const secret = 'a"b\\c/é%d'
  const once = JSON.stringify({ password: secret })
  const forms = [
    once,
    JSON.stringify({ body: once }),
    JSON.stringify({ body: JSON.stringify({ body: once }) }),
    `{"token":"${[...secret].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`,
  ]
  for (const form of forms) t.ok(scrubber.text(form).includes(`:${tagOf(secret)}]`), form)
  const plain = 'b\\c/é%d'
  for (const form of [
    JSON.stringify({ token: plain }),
    `token=${encodeURIComponent(plain)} x`,
    `GET /x?token=${encodeURIComponent(plain)}`,
    `token=${encodeURIComponent(encodeURIComponent(plain))}`,
  ])
    t.ok(scrubber.text(form).includes(`:${tagOf(plain)}]`), form)
  const value = scrubber.value({ password: secret, deep: { token: secret } })
  t.strictSame(value, {
    password: `[SECRET:password:${tagOf(secret)}]`,
    deep: { token: `[SECRET:token:${tagOf(secret)}]` },
  })
})

t.test('groups of a number and capitals of an address make no difference', async (t) => {
  const pii = createScrubber({ env: false, correlate: key, pii: true })
  const same = [
    [
      '4111 1111 1111 1111',
      '4111-1111-1111-1111',
      '{"cardNumber":"4111 1111 1111 1111"}',
      '{"card":4111111111111111}',
    ],
    ['GB82 WEST 1234 5698 7654 32', 'GB82WEST12345698765432', 'iban: GB82WEST12345698765432'],
    ['+49 30 1234567', '+49 (30) 123-4567'],
    ['ada@example.com', 'Ada@EXAMPLE.com', '?q=ada%40example.com'],
  ]
  const tagIn = (text: string) =>
    pii
      .text(text)
      .slice(-16)
      .match(/[0-9a-f]{12}/)?.[0]
  for (const forms of same) {
    const tags = new Set(forms.map(tagIn))
    t.equal(tags.size, 1, forms.join(' | '))
    t.notOk(tags.has(undefined))
  }
})

t.test('only a whole marker with a known id, and a tag that can be one, is left alone', async (t) => {
  const stays = ['[SECRET:password]', '[SECRET:password:0123456789ab]', '[SECRET:hidden:0123456789ab]']
  const goes = [
    '[SECRET:password:hunter2hunte]',
    '[SECRET:password:0123456789AB]',
    '[SECRET:password:0123456789a]',
    '[SECRET:password:0123456789abc]',
    '[SECRET:password:0123456789ab:hunter2]',
    '[SECRET:password:0123456789ab]hunter2',
    'hunter2[SECRET:password:0123456789ab]',
    '[SECRET:unknown-id:0123456789ab]',
    '[SECRET:hunter2]',
    '[SECRET hunter2]',
    '[SECRET:password:0123456789ab',
  ]
  for (const scrub of [scrubber, createScrubber({ env: false, hide: ['registered-value'] })]) {
    for (const password of stays) {
      t.equal(scrub.text(JSON.stringify({ password })), JSON.stringify({ password }))
      t.equal(scrub.value({ password }).password, password)
    }
    for (const password of goes) {
      for (const left of [JSON.parse(scrub.text(JSON.stringify({ password }))), scrub.value({ password })]) {
        t.match(left.password, /^\[SECRET:password(:[0-9a-f]{12})?\]$/, password)
        t.not(left.password, password)
      }
    }
  }
})

t.test('streams and wrapped loggers tag as well', async (t) => {
  const stream = scrubStream({ env: false, correlate: key })
  stream.end('password=hunter2\n')
  t.equal(String(await stream.toArray()), `password=[SECRET:password:${tagOf('hunter2')}]\n`)
  const said: unknown[][] = []
  const log = (...args: unknown[]) => said.push(args)
  wrap({ ...console, log }, { scrub: { env: false, correlate: key } }).log('password=hunter2')
  t.strictSame(said, [['%s', `password=[SECRET:password:${tagOf('hunter2')}]`]])
})

t.test('any text comes out the same when it goes in a second time, and JSON stays JSON', async () => {
  const piece = fc.oneof(
    soupOf(4),
    fc.constantFrom('[SECRET:password:0123456789ab]', '[SECRET:', ':0123456789ab]', 'registered-value', '"'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (parts, asJson) => {
      const soup = parts.join('')
      const before = asJson ? JSON.stringify({ msg: soup, [soup]: [1] }) : soup
      const once = scrubber.text(before)
      if (asJson && !isJson(once))
        throw new Error(`no JSON any more: ${JSON.stringify(before)} ${JSON.stringify(once)}`)
      const twice = scrubber.text(once)
      if (twice !== once) throw new Error(`once  ${JSON.stringify(once)}\ntwice ${JSON.stringify(twice)}`)
    }),
    { numRuns: RUNS, seed },
  )
})

t.test('the canonical form of a text and of any way to write it is one', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.integer({ min: 0, max: 4 }),
      (text, times) => {
        let written = text
        for (let i = 0; i < times; i++) written = JSON.stringify(written).slice(1, -1)
        if (canonical(written, 'token') !== canonical(text, 'token')) throw new Error(JSON.stringify(written))
        const encoded = encodeURIComponent(text.toWellFormed())
        if (canonical(encoded, 'token') !== canonical(text.toWellFormed(), 'token')) throw new Error(encoded)
      },
    ),
    { numRuns: 300, seed },
  )
})
