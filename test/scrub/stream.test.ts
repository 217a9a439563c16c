import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import t from 'tap'
import { Cutter } from '../../lib/scrub/cutter.ts'
import { Finder } from '../../lib/scrub/finder.ts'
import { createFinder, createScrubber } from '../../lib/scrub/scrubber.ts'
import { type ScrubStream, scrubStream } from '../../lib/scrub/stream.ts'
import { type FeedSizes, TextFeed } from '../../lib/scrub/text-feed.ts'
import { inventedToken, TOKEN_RULES } from '../../lib/scrub/token-rules.ts'

const RUNS = Math.ceil(Number(process.env.HUSHLOG_RUNS ?? 2000) / 10)
const seed = Number(process.env.HUSHLOG_SEED ?? Date.now() % 2 ** 31)
t.comment(`seed ${seed}; HUSHLOG_SEED sets it`)

const scrubber = createScrubber({ env: false })
const TOKEN = inventedToken(TOKEN_RULES[0])
const BODY = 'MIIEInventedForThisTest0\nNotAKeyOfAnybody00000000\n'
const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${BODY}-----END RSA PRIVATE KEY-----`

/** What comes out when text goes in, in chunks that end where it is told. */
async function through(
  text: string | Buffer,
  cuts: readonly number[] = [],
  stream: ScrubStream = scrubStream({ env: false }),
): Promise<string> {
  return (await bytesThrough(Buffer.from(text), cuts, stream)).toString()
}

async function bytesThrough(bytes: Buffer, cuts: readonly number[], stream: ScrubStream): Promise<Buffer> {
  const out: Buffer[] = []
  stream.on('data', (chunk) => out.push(chunk))
  const ends = [...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b)
  let from = 0
  for (const to of [...ends, bytes.length]) {
    stream.write(bytes.subarray(from, to))
    from = to
  }
  stream.end()
  await once(stream, 'end')
  return Buffer.concat(out)
}

const everyByte = (text: string) => Array.from({ length: Buffer.byteLength(text) }, (_, at) => at)

const secrets = [
  TOKEN,
  'password=hunter2hunter2',
  'password: "hunter2 hunter2"',
  'Authorization: Bearer abcdefgh0invented',
  'postgres://shop:hunter2hunter2@db/shop',
  'card 4111111111111111',
  'https://a.example/?token=abcdef0123',
  '{"password":"hunter2","pin":1234,"a":["4111111111111111"]}',
  KEY,
]

t.test('however the text is chunked, what comes out is what the scrubber makes of the whole', async () => {
  const piece = fc.oneof(
    fc.constantFrom(...secrets),
    fc.constantFrom('\n', '\n', '\r\n', ' ', ', ', 'é', '💥', '\u2028', '\0', '{"a":1}\n', 'plain words '),
  )
  const text = fc.array(piece, { maxLength: 20 }).map((parts) => parts.join(''))
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(2000), { maxLength: 12 }), async (whole, cuts) => {
      assert.equal(await through(whole, cuts), scrubber.text(whole))
    }),
    { numRuns: RUNS, seed },
  )
})

/** Windows so small that a text of some thousand bytes has many seams. */
const SMALL: FeedSizes = { key: 2048, window: 4096, context: 1024, lookahead: 512 }

/** Through a feed with small windows: what comes out, and how often it could not be looked at. */
function throughWindows(text: string, step: number): string {
  const finder = createFinder({ env: false }, [])
  const cutter = new Cutter(new Finder(finder.rules, finder.registered))
  const out: Uint8Array[] = []
  const feed = new TextFeed(
    finder,
    {
      take: (bytes, start, end, cuts, json) =>
        out.push(cuts.length === 0 ? bytes.slice(start, end) : cutter.without(bytes, start, end, cuts, json)),
      withhold: (_bytes, _start, _end, error) => {
        throw error
      },
    },
    SMALL,
  )
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += step) feed.push(bytes.subarray(at, at + step))
  feed.end()
  return Buffer.concat(out).toString()
}

t.test('in a line that is longer than the window no secret is missed, wherever the seams fall', async () => {
  const inLine = secrets.filter((secret) => secret !== KEY)
  const filler = fc
    .integer({ min: 300, max: 1500 })
    .map((length) => 'and "so" it goes on; '.repeat(75).slice(0, length))
  const line = fc
    .array(fc.tuple(filler, fc.constantFrom(...inLine)), { minLength: 6, maxLength: 14 })
    .map((parts) => parts.map(([before, secret]) => `${before} ${secret} `).join(''))
  await fc.assert(
    fc.property(line, fc.integer({ min: 1, max: 5000 }), (long, step) => {
      const out = throughWindows(`first\n${long}\nlast password=hunter2hunter2`, step)
      assert.doesNotMatch(out, /hunter2|Example0|abcdefgh0|abcdef0123|4111111111111111/)
      assert.ok(out.startsWith('first\n'))
      assert.ok(out.endsWith('\nlast password=[SECRET:password]'))
      const markers = (text: string) => text.split('[SECRET:').length
      assert.equal(markers(out), markers(scrubber.text(long)) + 1)
    }),
    { numRuns: RUNS, seed },
  )
})

t.test('nor is one missed where secrets stand side by side', async () => {
  const inLine = secrets.filter((secret) => secret !== KEY && !secret.startsWith('{'))
  const dense = fc.array(fc.constantFrom(...inLine), { minLength: 150, maxLength: 400 })
  await fc.assert(
    fc.property(dense, fc.constantFrom(' ', ', ', ' and '), fc.nat(300), (parts, between, shift) => {
      const out = throughWindows('.'.repeat(shift) + between + parts.join(between), 1 + shift)
      assert.doesNotMatch(out, /hunter2|Example0|abcdefgh0|abcdef0123|4111111111111111/)
    }),
    { numRuns: RUNS / 4, seed },
  )
})

t.test('a long line without secrets comes out byte for byte, however it is chunked', async () => {
  const part = fc.constantFrom(
    'a "b" ',
    '\\',
    '\\"',
    '\\\\\\"',
    "it's ",
    '{"a":[',
    ']}',
    '💥',
    'x'.repeat(700),
  )
  await fc.assert(
    fc.property(
      fc.array(part, { minLength: 5, maxLength: 60 }),
      fc.integer({ min: 1, max: 9000 }),
      (parts, step) => {
        const line = parts.join('')
        assert.equal(throughWindows(line, step), line)
      },
    ),
    { numRuns: RUNS, seed },
  )
})

t.test('a secret that is longer than the window is cut whole', async (t) => {
  const long = 'hunter2 "is" it '.repeat(1000)
  const json = JSON.stringify({ a: 1, note: JSON.stringify({ password: long }), b: [2] })
  for (const step of [1, 1000, 70_000]) {
    const out = throughWindows(`${json}\nnext`, step)
    t.strictSame(JSON.parse(out.split('\n')[0]), { a: 1, note: '{"password":"[SECRET:password]"}', b: [2] })
    t.equal(out.split('\n')[1], 'next')
    // Outside strings nothing tells where it ends but the end of the line.
    t.equal(
      throughWindows(`a ghp_${'Example0Invented0'.repeat(600)} b\nnext`, step),
      'a [SECRET:github]\nnext',
    )
  }
})

t.test('a megabyte without a line end is let go before its end has come', async (t) => {
  const stream = scrubStream({ env: false })
  let bytes = 0
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  for (let i = 0; i < 40; i++) stream.write('words of no interest '.repeat(4000))
  t.ok(bytes > 2_000_000, `${bytes} bytes of 3,360,000`)
  stream.end(` password=hunter2hunter2 ${'and so on '.repeat(200_000)}`)
  await once(stream, 'end')
  t.equal(stream.counts().password, 1)
})

t.test('a line leaves when its end has come and not before', async (t) => {
  const stream = scrubStream({ env: false })
  stream.write('one\ntwo pass')
  t.equal(String(stream.read()), 'one\n')
  stream.write('word=hunter2hunter2')
  t.equal(stream.read(), null)
  stream.write('\n')
  t.equal(String(stream.read()), 'two password=[SECRET:password]\n')
})

t.test('a private key stays together over its lines, and what follows on its last line stays', async (t) => {
  const text = `before ${KEY} after\n${BODY}`
  const out = `before [SECRET:private-key] after\n${BODY}`
  t.equal(await through(text), out)
  t.equal(await through(text, everyByte(text)), out)
})

t.test('two keys that share a line are both cut', async (t) => {
  t.equal(await through(`${KEY}${KEY}\nlast\n`), '[SECRET:private-key][SECRET:private-key]\nlast\n')
})

t.test('a key whose end never comes is cut to the end of the stream', async (t) => {
  t.equal(await through(`a\n-----BEGIN PRIVATE KEY-----\n${BODY}`), 'a\n[SECRET:private-key]\n')
})

t.test('a key whose end does not come within 64 KB hides no more than that', async (t) => {
  const lines = Array.from({ length: 4000 }, (_, i) => `line ${i} of ordinary text\n`)
  const out = await through(`-----BEGIN PRIVATE KEY-----\n${lines.join('')}`)
  t.ok(out.startsWith('[SECRET:private-key]\nline '))
  const hidden = lines.join('').length - (out.length - '[SECRET:private-key]\n'.length)
  t.ok(hidden > 60_000 && hidden < 66_000, `${hidden} bytes`)
  t.ok(out.endsWith(lines.slice(-1)[0]))
})

t.test('a certificate, and a key that is mentioned in a closed string, hold nothing back', async (t) => {
  const stream = scrubStream({ env: false })
  const lines = [
    '-----BEGIN CERTIFICATE-----\nMIIBInvented\n',
    'expected "-----BEGIN PRIVATE KEY-----", got nothing\n',
    '{"msg":"-----BEGIN PRIVATE KEY-----\\ntorn"}\n',
  ]
  for (const line of lines) {
    stream.write(line)
    t.ok(stream.read() !== null, line)
  }
})

t.test(
  'a record of another writer in the middle of a key passes, and the rest of the key does not',
  async (t) => {
    const [first, second, third, last] = KEY.split('\n')
    const text = [first, second, '{"a":1}', '{"b":2}', third, last, 'next', ''].join('\n')
    const out = '[SECRET:private-key]\n{"a":1}\n{"b":2}\n[SECRET:private-key]\nnext\n'
    t.equal(await through(text), out)
    t.equal(await through(text, everyByte(text)), out)
    const endless = `${first}\n${'{"a":1}\n'.repeat(9000)}${BODY}`
    t.equal(await through(endless), `[SECRET:private-key]\n${'{"a":1}\n'.repeat(9000)}${BODY}`)
  },
)

t.test('a line of JSON stays JSON when a lone number is cut from it', async (t) => {
  const out = await through('{"pin":1234,"cards":[4111111111111111]}\n{"a":\n')
  t.strictSame(JSON.parse(out.split('\n')[0]), {
    pin: '[SECRET:otp]',
    cards: ['[SECRET:card-number]'],
  })
})

t.test('bytes that are not UTF-8 pass unchanged, also in a line with a secret', async (t) => {
  const bytes = Buffer.from('\xff\xfe\0\x80 password=hunter2hunter2 \xc3\n\xf0\x9f', 'latin1')
  const out = await bytesThrough(bytes, [1, 3, 5], scrubStream({ env: false }))
  t.equal(out.toString('latin1'), '\xff\xfe\0\x80 password=[SECRET:password] \xc3\n\xf0\x9f')
})

t.test('strings are taken in the encoding that they are written in', async (t) => {
  const stream = scrubStream({ env: false })
  stream.write('é password=', 'latin1')
  stream.end(Buffer.from('hunter2hunter2\n').toString('hex'), 'hex')
  t.equal(
    String(await stream.toArray()),
    Buffer.from('\xe9 password=[SECRET:password]\n', 'latin1').toString(),
  )
})

t.test('a record ends the stream with an error that says what to do', async (t) => {
  const refusal = /^scrubStream takes text as strings or Buffers, got object: turn records into lines first$/
  for (const [chunk, message] of [
    [{ password: 'hunter2' }, refusal],
    [null, /got null$/],
  ] as const) {
    const stream = scrubStream()
    t.equal(stream.write(chunk), false)
    t.match((await once(stream, 'error'))[0], { name: 'TypeError', message })
  }
  await t.rejects(pipeline(Readable.from([{ a: 1 }]), scrubStream(), new PassThrough()), { message: refusal })
})

t.test('a wrong option is refused at once', async (t) => {
  t.throws(() => scrubStream({ rules: [{ id: 'x', prefix: 'a' }] }), { code: 'HUSHLOG_OPTION' })
})

t.test('a line that the scrubber fails on is replaced by a stub, and the others pass', async (t) => {
  const { cutsIn, scan } = Finder.prototype
  t.teardown(() => Object.assign(Finder.prototype, { cutsIn, scan }))
  const failing = (bytes: Uint8Array, start: number, end: number) => {
    if (Buffer.from(bytes.subarray(start, end)).includes('breaks'))
      throw new RangeError('it breaks on hunter2')
  }
  const text = `password=hunter2\nthis breaks hunter2\n{"breaks":"hunter2"}\n${KEY.replace('MIIE', 'breaks')}\nlast\n`
  const expected = [
    'password=[SECRET:password]',
    '[a line was withheld: it could not be made safe (RangeError)]',
    '{"level":50,"msg":"a line was withheld: it could not be made safe","code":"RangeError"}',
    '[a line was withheld: it could not be made safe (RangeError)]',
    'last',
    '',
  ]
  const broken = {
    scan(this: Finder, ...[bytes, from, to]: Parameters<typeof scan>) {
      failing(bytes, from, to)
      return scan.call(this, bytes, from, to)
    },
    cutsIn(this: Finder, ...[bytes, start, end, json]: Parameters<typeof cutsIn>) {
      failing(bytes, start, end)
      return cutsIn.call(this, bytes, start, end, json)
    },
  }
  for (const part of ['scan', 'cutsIn'] as const) {
    Object.assign(Finder.prototype, { cutsIn, scan, [part]: broken[part] })
    const stream = scrubStream({ env: false })
    t.strictSame((await through(text, [], stream)).split('\n'), expected, part)
    t.equal(stream.withheld, 3)
  }
  const long = `${'words '.repeat(400_000)}breaks${' hunter2'.repeat(400_000)}\nlast`
  const out = await through(long)
  t.notMatch(out, /hunter2/)
  t.ok(out.endsWith('(RangeError)]\nlast'))
})

t.test(
  'counts, hidden values and onScrub work on what is still to come; a broken onScrub stops nothing',
  async (t) => {
    const told: string[] = []
    const stream = scrubStream({
      env: false,
      onScrub: ({ rule }) => {
        told.push(rule)
        throw new Error('broken')
      },
    })
    stream.hide('invented-word', 'word')
    t.equal(
      await through('invented-word\npassword=hunter2x\n', [], stream),
      '[SECRET:word]\npassword=[SECRET:password]\n',
    )
    t.strictSame(told, ['word', 'password'])
    t.strictSame(stream.counts(), { word: 1, password: 1 })
  },
)

t.test('who reads slowly slows the writer down', async (t) => {
  const stream = scrubStream({ env: false })
  let writes = 0
  while (writes < 1000 && stream.write('0123456789abcdef\n'.repeat(100))) writes++
  t.ok(writes < 100, `${writes} writes before it asked to wait`)
  stream.resume()
  await once(stream, 'drain')
})

t.test('an empty text stays empty, and a text without a line end gets none', async (t) => {
  t.equal(await through(''), '')
  t.equal(await through('a'), 'a')
  t.equal(await through('\n\n'), '\n\n')
})
