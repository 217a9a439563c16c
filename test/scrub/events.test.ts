import t from 'tap'
import { hushlog, scrubStream, wrap } from '../../lib/index.ts'
import { createScrubber } from '../../lib/scrub/scrubber.ts'
import type { ScrubEvent } from '../../lib/types.ts'

const TOKEN = 'ghp_Example0Invented0Example'

function told(use: (onScrub: (event: ScrubEvent) => void) => void): string[] {
  const events: string[] = []
  use(({ rule, path }) => events.push(`${rule} at ${path}`))
  return events
}

const toldByText = (text: string) =>
  told((onScrub) => createScrubber({ env: false, hide: ['registered-value'], onScrub }).text(text))
const toldByValue = (value: unknown) =>
  told((onScrub) => createScrubber({ env: false, hide: ['registered-value'], onScrub }).value(value))

t.test('each cut is told by its rule and the names that lead to it', async (t) => {
  const record = {
    msg: `two: ${TOKEN} registered-value`,
    req: { headers: { authorization: 'Bearer abc', cookie: 'a=1; b=2' }, url: '/?sig=zz' },
    items: [{ n: 1 }, { token: 'x1y2' }, [TOKEN]],
    'a,b:{"c"': { pin: 1234 },
    body: JSON.stringify({ password: 'a"b' }),
  }
  const events = [
    'github at msg',
    'hidden at msg',
    'authorization at req.headers.authorization',
    'cookie at req.headers.cookie',
    'cookie at req.headers.cookie',
    'query at req.url',
    'token at items.1.token',
    'github at items.2.0',
    'otp at a,b:{\\"c\\".pin',
    'password at body',
  ]
  t.strictSame(toldByText(JSON.stringify(record)), events)
  // A copy has plain names, and one marker for a value that goes because of its name.
  const plain = (all: string[]) => [...new Set(all.map((event) => event.replaceAll('\\', '')))]
  t.strictSame(plain(toldByValue({ ...record, body: 'password=x1' })), plain(events))
})

t.test('text that is no JSON has no path; JSON in a value goes on from it', async (t) => {
  t.strictSame(toldByText('password=hunter2 x'), ['password at '])
  t.strictSame(toldByText('plain password=hunter2\n{"a":{"token":"x1"}}\n'), [
    'password at ',
    'token at a.token',
  ])
  t.strictSame(toldByValue({ out: ['{"a":{"token":"x1"}}'] }), ['token at out.0.a.token'])
})

t.test('a name that is secret itself stands in no path', async (t) => {
  for (const secret of [TOKEN, 'registered-value', '4111111111111111']) {
    const record = { [secret]: { password: 'hunter2', deep: { [`x ${secret}`]: { token: 'a1b2' } } } }
    for (const events of [toldByText(JSON.stringify(record)), toldByValue(record)]) {
      t.match(events.join(), /password at \[SECRET:[a-z-]+\]\.password/)
      t.match(events.join(), /token at \[SECRET:[a-z-]+\]\.deep\.x \[SECRET:[a-z-]+\]\.token/)
      t.notMatch(events.join(), new RegExp(secret))
    }
  }
})

t.test('a path is bounded in depth and length, and a cut that comes to light late has one', async (t) => {
  let deep: unknown = { token: 'a1b2' }
  for (let i = 0; i < 30; i++) deep = { [`level-${i}`]: deep }
  const wide = { ['x'.repeat(500)]: { token: 'a1b2' }, y: { token: 'c3d4' } }
  for (const tell of [(value: unknown) => toldByText(JSON.stringify(value)), toldByValue]) {
    const [event] = tell(deep)
    t.match(event, /^token at level-29\.level-28\..*\.…$/)
    t.ok(event.length < 270, `${event.length}`)
    const [long, next] = tell(wide)
    t.equal(long, `token at ${'x'.repeat(64)}….token`)
    t.equal(next, 'token at y.token')
  }
  // The registered value stands between two halves of a token.
  const half = TOKEN.length - 4
  const late = `${TOKEN.slice(0, half)}registered-value`
  t.ok(
    toldByText(JSON.stringify({ a: { b: late }, c: { password: 'x1' } })).includes('password at c.password'),
  )
})

t.test('what onScrub throws is counted and goes no further, whoever calls it', async (t) => {
  const onScrub = () => {
    throw new Error('the program’s own')
  }
  const scrub = { env: false, onScrub }
  const cut = '{"password":"[SECRET:password]"}'
  const scrubber = createScrubber(scrub)
  t.equal(scrubber.text('{"password":"one"}'), cut)
  t.strictSame(scrubber.value({ password: 'one' }), { password: '[SECRET:password]' })
  t.strictSame(scrubber.counts(), { password: 2 })
  const stream = scrubStream(scrub)
  stream.end('{"password":"one"}\n')
  t.equal(String(await stream.toArray()), `${cut}\n`)
  const said: unknown[][] = []
  wrap({ ...console, log: (...args: unknown[]) => said.push(args) }, { scrub }).log('password=one')
  t.strictSame(said, [['%s', 'password=[SECRET:password]']])
  const log = hushlog({ service: 'a', storage: false, stdout: false, scrub })
  log.info({ password: 'one' }, 'token=a1b2c3')
  await log.flush()
  t.match(log.stats(), { scrubbed: { password: 1, token: 1 }, onScrubFailures: 2, withheld: 0 })
  await log.close()
})

t.test('an onScrub that scrubs and logs itself disturbs nothing', async (t) => {
  const inner: string[] = []
  const scrubber = createScrubber({
    env: false,
    onScrub: ({ path }) => {
      if (inner.length < 4) inner.push('', scrubber.text(`{"inner":"password=x1","p":"${path}"}`))
    },
  })
  t.equal(
    scrubber.text('{"a":{"token":"x1"},"b":"token=a1b2 password=c3d4"}\n{"c":{"token":"x1"}}'),
    '{"a":{"token":"[SECRET:token]"},"b":"token=[SECRET:token] password=[SECRET:password]"}\n{"c":{"token":"[SECRET:token]"}}',
  )
  t.ok(inner.includes('{"inner":"password=[SECRET:password]","p":"a.token"}'))
})
