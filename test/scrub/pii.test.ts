import fc from 'fast-check'
import t from 'tap'
import { createScrubber } from '../../lib/scrub/scrubber.ts'
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

const scrubber = createScrubber({ env: false, pii: true })

interface Case {
  name: string
  before: string
  /** What comes out; the same as `before` when it is not told. */
  after?: string
}

const CASES: Case[] = [
  {
    name: 'an address in a sentence, a header, brackets',
    before: 'mail ada@example.com. To: Ada <ada.l+x@mail.example.co.uk>',
    after: 'mail [SECRET:email]. To: Ada <[SECRET:email]>',
  },
  {
    name: 'an address in other alphabets',
    before: 'müller@exämple.de käthe@例え.テスト',
    after: '[SECRET:email] [SECRET:email]',
  },
  {
    name: 'an address behind an escape',
    before: '{"msg":"a\\nada@example.com\\tx\\u0020bob@example.com"}',
    after: '{"msg":"a\\n[SECRET:email]\\tx\\u0020[SECRET:email]"}',
  },
  {
    name: 'an address that is percent-encoded, once and twice',
    before: '/x?email=ada%2Bt%40example.com&r=a%3Dada%40example.com&s=ada%2540example.com',
    after: '/x?email=[SECRET:email]&r=a%3D[SECRET:email]&s=[SECRET:email]',
  },
  { name: 'an address as a name', before: '{"ada@example.com":1}', after: '{"[SECRET:email]":1}' },
  {
    name: 'versions of packages, users of hosts',
    before:
      'pkg@1.2.3 pkg@1.2.3-beta.rc @scope/pkg@4.0.0 git@github.com:a/b https://ada@host.example/ @ada a@b',
  },
  {
    name: 'the password of a URL, whose host stays',
    before: 'postgres://ada:p4ssw0rd@db.example.com/x',
    after: 'postgres://ada:[SECRET:url-password]@db.example.com/x',
  },
  {
    name: 'addresses of IPv4, with a port, in a path, in a list',
    before: '203.0.113.9:443 /ip/203.0.113.19 203.0.113.1,198.51.100.7-198.51.100.9 10.0.0.1/8.',
    after: '203.0.113.0:443 /ip/203.0.113.0 203.0.113.0,198.51.100.0-198.51.100.0 10.0.0.0/8.',
  },
  {
    name: 'addresses and numbers behind an escape',
    before: '{"msg":"a\\n203.0.113.9\\nfe80:1::2\\t+4915112345670"}',
    after: '{"msg":"a\\n203.0.113.0\\nfe80:1::\\t[SECRET:phone]"}',
  },
  {
    name: 'addresses behind characters that are escapes themselves',
    before: '{"a":"\u007f::ffff:2001:db8::1","b":"\\u00e4fe80:1::2","c":"%20203.0.113.9 %5B2001:db8::1"}',
    after: '{"a":"\\u007f::ffff:2001:db8::1","b":"\\u00e4fe80:1::","c":"%20203.0.113.0 %5B2001:db8::"}',
  },
  {
    name: 'loopback, versions and other numbers with dots',
    before:
      '127.0.0.1 0.0.0.0 v1.2.3.4 version 1.2.3.4 "version":"1.2.3.4" build-1.2.3.4 (X11) Example/1.2.3.4 1.2.3.4.5 1.2.3 1.2.3.256 a1.2.3.4 1.2.3.4.tar.gz',
  },
  {
    name: 'addresses of IPv6 in all their forms',
    before:
      '2001:db8:85a3::8a2e:370:7334 [2001:db8::1]:443 2001:0DB8:0:1:2:3:4:5 ::ffff:203.0.113.9 64:ff9b::203.0.113.9 ip:2001:db8:1:2::/64 fe80::1%eth0',
    after:
      '2001:db8:85a3:: [2001:db8::]:443 2001:db8:: ::ffff:203.0.113.0 64:ff9b::203.0.113.0 ip:2001:db8:1::/64 fe80::%eth0',
  },
  {
    name: 'what has colons and is no address',
    before:
      '::1 :: 02:29:31 00:11:22:33:44:55 std::vector fe::add a::b 2026-11-24T02:29:31 1:2:3:4:5:6:7:8:9 :::: host:80',
  },
  {
    name: 'telephone numbers in international form',
    before: 'call +49 30 1234567, +1 (555) 010-9999 or +4915112345670; q=%2B4915112345670',
    after: 'call [SECRET:phone], [SECRET:phone] or [SECRET:phone]; q=[SECRET:phone]',
  },
  {
    name: 'telephone numbers under their name, as text and as a number',
    before: '{"phone":"030 1234567","mobileNumber":15112345670,"fax":"(030) 123-4567","n":15112345670}',
    after:
      '{"phone":"[SECRET:phone]","mobileNumber":"[SECRET:phone]","fax":"[SECRET:phone]","n":15112345670}',
  },
  {
    name: 'what is no telephone number',
    before:
      'Tue Nov 24 +0000 2026 1+4915112345670 +12345 {"phone_id":12345678,"microphone":12345678,"phones":2,"x":"+1.5"}',
  },
  {
    name: 'an access record, which stays one',
    before: JSON.stringify({
      kind: 'access',
      req: { method: 'GET', url: '/orders/17', remoteAddress: '::ffff:203.0.113.9', user: 'ada@example.com' },
      msg: '::ffff:203.0.113.9 - ada@example.com [24/Nov/2026:02:29:31 +0000] "GET /orders/17 HTTP/1.1" 200 512 "-" "Mozilla/5.0 (X11) Chrome/138.0.0.0" "*/*" 12 ms "GET /orders/:id" 0193',
    }),
    after: JSON.stringify({
      kind: 'access',
      req: { method: 'GET', url: '/orders/17', remoteAddress: '::ffff:203.0.113.0', user: '[SECRET:email]' },
      msg: '::ffff:203.0.113.0 - [SECRET:email] [24/Nov/2026:02:29:31 +0000] "GET /orders/17 HTTP/1.1" 200 512 "-" "Mozilla/5.0 (X11) Chrome/138.0.0.0" "*/*" 12 ms "GET /orders/:id" 0193',
    }),
  },
]

for (const { name, before, after = before } of CASES) {
  t.test(`${after === before ? 'stay' : 'go'}: ${name}`, async (t) => {
    t.equal(scrubber.text(before), after)
    t.equal(scrubber.text(after), after, 'scrubbing twice is scrubbing once')
  })
}

t.test('nothing of a person is looked for unless asked, and only what is asked', async (t) => {
  const text = 'ada@example.com +49 30 1234567 203.0.113.9'
  const by = (pii?: true | false | ('email' | 'phone' | 'ip')[]) =>
    createScrubber(pii === undefined ? { env: false } : { env: false, pii }).text(text)
  t.equal(by(), text)
  t.equal(by(false), text)
  t.equal(by(['email']), '[SECRET:email] +49 30 1234567 203.0.113.9')
  t.equal(by(['phone']), 'ada@example.com [SECRET:phone] 203.0.113.9')
  t.equal(by(['ip']), 'ada@example.com +49 30 1234567 203.0.113.0')
  t.equal(by(['ip', 'email', 'phone']), '[SECRET:email] [SECRET:phone] 203.0.113.0')
})

t.test('a copy of a value has them taken out too', async (t) => {
  t.strictSame(scrubber.value({ to: ['ada@example.com'], ip: '203.0.113.9', n: 5 }), {
    to: ['[SECRET:email]'],
    ip: '203.0.113.0',
    n: 5,
  })
})

const PIECES = (
  'ada@example.com @ %40 %2540 @x.de ada +49 + %2B 30 (030) - . 1234567 phone " ":" "phone": 203.0.113.9 203.0.113 .9 127.0.0.1 ' +
  'version v / Example/ 2001:db8::1 :: : fe80 ::ffff: a:b: %2 é 例 [SECRET:phone] [SECRET:email:0123456789ab] [SECRET:ip] \\n \\u00e9'
).split(' ')

t.test('whatever stands together, it comes out the same the second time, and JSON stays JSON', async () => {
  const both = [scrubber, createScrubber({ env: false, pii: true, correlate: Buffer.alloc(32, 1) })]
  const text = fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...PIECES, ' ', ',') },
        { weight: 1, arbitrary: soupOf(3) },
      ),
      { maxLength: 16 },
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, fc.boolean(), (soup, asJson) => {
      const before = asJson ? JSON.stringify({ msg: soup, [soup]: [1], n: 4915112345670 }) : soup
      for (const scrub of both) {
        const once = scrub.text(before)
        if (asJson && !isJson(once))
          throw new Error(`no JSON any more: ${JSON.stringify(before)} ${JSON.stringify(once)}`)
        const twice = scrub.text(once)
        if (twice !== once) throw new Error(`once  ${JSON.stringify(once)}\ntwice ${JSON.stringify(twice)}`)
      }
    }),
    { numRuns: RUNS, seed },
  )
})

const FLOODS = [
  'a@',
  '@',
  'a@b.co',
  '%40',
  '1.2.3.',
  '1.2.3.4 ',
  'a:',
  '::',
  '2001:db8::',
  '+4',
  '+1 ',
  '"phone":1',
  'phone=(',
  '2.',
  'é@é.',
]

t.test('floods of what an address starts with cost in proportion to their length', async (t) => {
  const cost = (text: string) => {
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < 5; i++) {
      const before = process.cpuUsage()
      scrubber.text(text)
      const { user, system } = process.cpuUsage(before)
      least = Math.min(least, user + system)
    }
    return least
  }
  for (const flood of FLOODS) {
    const of = (size: number) => flood.repeat(Math.ceil(size / flood.length))
    cost(of(8192))
    const once = cost(of(32_768))
    const four = cost(of(131_072))
    // Sixteen times would be quadratic; more cuts make more work for the collector.
    t.ok(four < Math.max(once, 4000) * 12, `${flood}: ${once} µs, then ${four} µs`)
  }
})
