/**
 * Shapes and encodings in which secrets come into logs, one test each: the secret is gone, what stands around it is
 * still there, JSON is still JSON, and going in once more it comes out the same.
 */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { inspect } from 'node:util'
import t, { type Test } from 'tap'
import { createScrubber } from '../../lib/scrub/scrubber.ts'
import { scrubStream } from '../../lib/scrub/stream.ts'
import { logger } from '../helpers.ts'

const scrubber = createScrubber({ env: false })
const json = JSON.stringify
const SECRET = 'Inv3nted-hunter2'
const TOKEN = 'ghp_Inv3ntedInv3ntedInv3ntedInv3nted0000'
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** `stays` is checked as it reads when the JSON is parsed. */
function check(t: Test, input: string, stays: readonly string[], secret = SECRET): string {
  const output = scrubber.text(input)
  const shown = `${json(input)} became ${json(output)}`
  const isGone = !output.includes(secret)
  const isSettled = scrubber.text(output) === output
  const lost = stays.filter((part) => !output.includes(part))
  if (!isGone) t.fail(`left: ${shown}`)
  else if (!isSettled) t.fail(`twice is not once: ${shown}`)
  else if (lost.length > 0) t.fail(`lost ${json(lost)}: ${shown}`)
  else t.pass()
  return output
}

/** Text as it is, as the message of a line, and as that of a line in a line. */
function text(t: Test, input: string, stays: readonly string[], secret = SECRET): void {
  check(t, input, stays, secret)
  const line = check(t, json({ level: 30, msg: input, n: 1 }), [])
  const outer = check(t, json({ body: json({ msg: input, n: 1 }), n: 1 }), [])
  for (const { msg, n } of [JSON.parse(line), JSON.parse(JSON.parse(outer).body)]) {
    t.equal(n, 1)
    for (const part of stays) if (!msg.includes(part)) t.fail(`lost ${json(part)}: ${json(msg)}`)
    if (msg.includes(secret)) t.fail(`left: ${json(msg)}`)
  }
}

/** A record as a line and as a value. */
function record(t: Test, input: unknown, after: unknown): void {
  t.strictSame(JSON.parse(check(t, json(input), [])), after, 'as a line')
  t.strictSame(scrubber.value(input), after, 'as a value')
}

t.test('1: JSON in a string of JSON, three times', async (t) => {
  let line = json({ password: `a"b\\${SECRET}`, user: 'ada' })
  for (let depth = 0; depth < 4; depth++) {
    const output = check(t, line, ['user'])
    let inner = JSON.parse(output)
    for (let i = 0; i < depth; i++) inner = JSON.parse(inner.body)
    t.strictSame(inner, { password: '[SECRET:password]', user: 'ada' })
    line = json({ body: line })
  }
  check(t, `odd \\\\"password\\\\":\\\\"${SECRET}\\\\" end`, ['odd', ' end'])
  check(t, `broken off {\\"password\\":\\"${SECRET}`, ['broken off', 'password'])
})

t.test('2: names that are written with escapes', async (t) => {
  for (const name of ['\\u0070assword', 'pass\\u0077ord', '\\x70assword', 'pass\\x77ord']) {
    check(t, `{"${name.replace('\\x', '\\\\x')}":"${SECRET}","n":1}`, ['"n":1'])
    text(t, `before "${name}":"${SECRET}" after`, ['before', name, 'after'])
    text(t, `before ${name}=${SECRET} after`, ['before', name, 'after'])
  }
  for (const name of ['&#112;assword', 'pass&#119;ord', 'pass&#x77;ord', '%70assword', 'pass%77ord']) {
    text(t, `/x?a=1&${name}=${SECRET}&b=2`, ['/x?a=1&', name, '&b=2'])
    text(t, `<p>${name}: ${SECRET}</p>`, [name, '</p>'])
  }
  check(t, json({ 'pass&#119;ord': SECRET, n: 1 }), ['pass&#119;ord', '"n":1'])
})

t.test('3: values that hold quotes and backslashes', async (t) => {
  for (const value of [
    `"${SECRET}`,
    `a\\"${SECRET}`,
    `a\\\\"${SECRET}\\`,
    `'"\`${SECRET}`,
    `\n\t"${SECRET}"`,
  ]) {
    record(t, { password: value, user: 'ada' }, { password: '[SECRET:password]', user: 'ada' })
  }
  text(t, `password="a\\"${SECRET}" user=ada`, ['password="', ' user=ada'])
})

t.test('4: percent-encoded text, up to three times over', async (t) => {
  const form = `user=ada&password=${SECRET}&n=1`
  const body = json({ user: 'ada', password: SECRET, n: 1 })
  for (const plain of [form, body, `a=1&b=${body}`]) {
    let encoded = plain
    for (let i = 0; i < 3; i++) {
      encoded = encodeURIComponent(encoded)
      text(t, `GET /x?next=${encoded} 200`, ['GET /x?next=', 'user', 'ada', 'password', ' 200'])
    }
  }
  text(t, `data=%7B%22a%22%3A1%2C%22password%22%3A+%22${SECRET}%20x%22%7D&b=2`, ['%7B%22a%22%3A1', '%7D&b=2'])
  text(t, `%27token%27%3a%27${SECRET}%27 end`, ['%27token%27', '%27 end'])
  text(t, `back=%2Flogin%3Faccess_token%253D${SECRET}%2526x%253D1`, [
    '%2Flogin%3F',
    'access_token',
    'x%253D1',
  ])
})

t.test('5: base64 of credentials, of a JWT and of a private key', async (t) => {
  const basic = base64(`ada:${SECRET}`)
  text(t, `sent Basic ${basic} to api`, ['sent Basic ', ' to api'], basic)
  text(t, `authorization: Basic ${basic}`, ['authorization: Basic '], basic)
  const jwt = `${base64(json({ alg: 'none' }))}.${base64(json({ sub: SECRET }))}.c2ln`.replaceAll('=', '')
  text(t, `got ${jwt} back`, ['got ', ' back'], jwt)
  record(t, { token: base64(json({ password: SECRET })) }, { token: '[SECRET:token]' })
})

t.test('6: a name and its value as neighbours', async (t) => {
  record(
    t,
    {
      rawHeaders: [
        'Host',
        'h',
        'Authorization',
        `Bearer ${SECRET}`,
        'X-Api-Key',
        'swordfish',
        'Cookie',
        `a=${SECRET}; b=2`,
      ],
    },
    {
      rawHeaders: [
        ...['Host', 'h', 'Authorization', 'Bearer [SECRET:authorization]', 'X-Api-Key', '[SECRET:key]'],
        ...['Cookie', 'a=[SECRET:cookie]; b=[SECRET:cookie]'],
      ],
    },
  )
  record(
    t,
    {
      entries: [
        ['user', 'ada'],
        ['password', 'swordfish'],
        ['n', '1'],
      ],
      list: ['password', 'token'],
    },
    {
      entries: [
        ['user', 'ada'],
        ['password', '[SECRET:password]'],
        ['n', '1'],
      ],
      list: ['password', 'token'],
    },
  )
  for (const [name, value] of [
    ['name', 'value'],
    ['Name', 'Value'],
    ['key', 'value'],
    ['field', 'content'],
    ['header', 'val'],
  ]) {
    record(
      t,
      [{ [name]: 'DB_PASSWORD', [value]: SECRET }],
      [{ [name]: 'DB_PASSWORD', [value]: '[SECRET:password]' }],
    )
    record(
      t,
      [{ [value]: SECRET, [name]: 'DB_PASSWORD' }],
      [{ [value]: '[SECRET:password]', [name]: 'DB_PASSWORD' }],
    )
    record(
      t,
      { [name]: 'DB_PASSWORD', enabled: true, type: 'a "text"', [value]: SECRET, n: 1 },
      { [name]: 'DB_PASSWORD', enabled: true, type: 'a "text"', [value]: '[SECRET:password]', n: 1 },
    )
    record(
      t,
      { n: 1, [value]: SECRET, enabled: true, type: 'a "text"', [name]: 'DB_PASSWORD' },
      { n: 1, [value]: '[SECRET:password]', enabled: true, type: 'a "text"', [name]: 'DB_PASSWORD' },
    )
    record(t, [{ [name]: 'city', [value]: 'Oslo' }], [{ [name]: 'city', [value]: 'Oslo' }])
  }
  record(
    t,
    { Env: ['PATH=/bin', `DB_PASS=${SECRET}`, 'X=1'] },
    { Env: ['PATH=/bin', 'DB_PASS=[SECRET:password]', 'X=1'] },
  )
  text(t, `[{"name": "Authorization", "value": "Bearer ${SECRET}"}]`, ['"Authorization"', '"Bearer '])
})

t.test('7: the header text that a failed request of node:http carries', async (t) => {
  const server = createServer((_req, res) => res.destroy()).listen(0)
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const headers = {
    Authorization: `Basic ${base64(`ada:${SECRET}`)}`,
    Cookie: `sid=${SECRET}; lang=en`,
    'X-Api-Key': SECRET,
  }
  const sent = request({ port, path: `/orders?token=${SECRET}`, headers })
  sent.end()
  const [failure] = await once(sent, 'error')
  // The members of an AxiosError, as axios documents them; its request is node's own.
  const error = Object.assign(failure, {
    config: { method: 'get', url: `/orders?token=${SECRET}`, headers },
    request: sent,
  })
  const header = (sent as unknown as { _header: string })._header
  t.match(header, base64(`ada:${SECRET}`))
  const { log, text: written, lines } = logger(t)
  log.error(error, 'failed')
  log.error({ failure: { request: { _header: header }, options: { headers } } }, 'failed')
  log.error({ all: inspect(sent, { depth: 3 }) }, 'failed')
  await log.flush()
  t.notMatch(written(), SECRET)
  t.notMatch(written(), base64(`ada:${SECRET}`))
  const [first, second] = lines() as unknown as [
    { err: { code: string; config: { url: string } } },
    { failure: { request: { _header: string } } },
  ]
  t.equal(first.err.code, 'ECONNRESET')
  t.equal(first.err.config.url, '/orders?token=[SECRET:query]')
  t.equal(
    second.failure.request._header,
    'GET /orders?token=[SECRET:query] HTTP/1.1\r\nAuthorization: Basic [SECRET:authorization]\r\n' +
      `Cookie: sid=[SECRET:cookie]; lang=[SECRET:cookie]\r\nX-Api-Key: [SECRET:key]\r\nHost: localhost:${port}\r\nConnection: keep-alive\r\n\r\n`,
  )
})

t.test('8: Buffers and typed arrays, in every form that JSON gives them', async (t) => {
  const buffer = Buffer.from(SECRET)
  const digits = [...buffer].join(',')
  const { log, lines, text: written } = logger(t)
  log.info({
    buffer,
    deep: { list: [buffer] },
    typed: new Uint8Array(buffer),
    again: json({ buffer, typed: new Uint8Array(buffer) }),
  })
  await log.flush()
  t.notMatch(written(), digits)
  t.notMatch(written(), '"0":73')
  const [{ buffer: logged, deep, typed, again }] = lines() as Record<string, unknown>[]
  t.strictSame(logged, { type: 'Buffer', data: '[16 bytes]' })
  t.strictSame(deep, { list: [{ type: 'Buffer', data: '[16 bytes]' }] })
  t.equal(typed, '[16 bytes]')
  t.strictSame(JSON.parse(again as string), {
    buffer: { type: 'Buffer', data: '[16 bytes]' },
    typed: '[16 bytes]',
  })
  check(t, json({ buffer }).replace('104', ' 104').slice(0, 50), ['{"buffer":{"type":"Buffer"'], '104,')
  t.strictSame(scrubber.value({ buffer, typed: new Uint16Array(buffer) }), {
    buffer: '[Buffer 16 bytes]',
    typed: '[Uint16Array 32 bytes]',
  })
  const counts = Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [hour, hour % 7]))
  for (const stays of [{ counts }, { data: [1, 2, 3], type: 'Buffer' }, { type: 'Buffered', data: [1] }])
    record(t, stays, stays)
})

t.test('9: maps, sets, headers, URLs and their parameters', async (t) => {
  const headers = { accept: '*/*', authorization: `Bearer ${SECRET}` }
  const copy = scrubber.value({
    map: new Map([
      ['password', SECRET],
      ['user', 'ada'],
    ]),
    set: new Set([TOKEN]),
    headers: new Headers(headers),
    url: new URL(`https://ada:${SECRET}@host/x?token=${SECRET}&b=2`),
    params: new URLSearchParams({ token: SECRET, b: '2' }),
    request: new Request('http://host/x', { headers }),
    proxy: new Proxy({ password: SECRET, user: 'ada' }, {}),
    blob: new Blob([SECRET]),
    weak: new WeakMap(),
  })
  t.strictSame(copy, {
    map: new Map([
      ['password', '[SECRET:password]'],
      ['user', 'ada'],
    ]),
    set: new Set(['[SECRET:github]']),
    headers: { accept: '*/*', authorization: 'Bearer [SECRET:authorization]' },
    url: 'https://ada:[SECRET:url-password]@host/x?token=[SECRET:query]&b=2',
    params: 'token=[SECRET:token]&b=2',
    request: {},
    proxy: { password: '[SECRET:password]', user: 'ada' },
    blob: `[Blob ${SECRET.length} bytes]`,
    weak: {},
  })
  for (const value of [
    new Map(Object.entries(headers)),
    new Headers(headers),
    new URLSearchParams(headers),
  ]) {
    check(t, inspect({ value }), ['accept', '*/*', 'authorization'])
  }
  check(t, inspect({ url: new URL(`https://ada:${SECRET}@host/?token=${SECRET}`) }), [
    'https://ada:',
    '@host',
  ])
})

t.test('10: errors: message, stack, causes, AggregateError, members of their own', async (t) => {
  const { log, lines, text: written } = logger(t)
  const cause = Object.assign(new Error(`connect postgres://ada:${SECRET}@db:5432/x`), {
    sql: `ALTER USER a PASSWORD '${SECRET}'`,
  })
  const parameters = { password: SECRET, user: 'ada' }
  log.error(Object.assign(new Error(`login with password=${SECRET}`, { cause }), { parameters }))
  log.error(new AggregateError([new Error(`token: ${SECRET}`), cause], `all failed for pin=482913`))
  log.error({ err: new Error('x'), nested: { error: Object.assign(new Error(), parameters) } })
  // undici's own error repeats the URL that it refuses.
  const refused = await fetch(`http://ada:${SECRET}@127.0.0.1/`).catch((error: Error) => error)
  log.error(refused as Error)
  await log.flush()
  t.match((refused as Error).message, SECRET)
  t.notMatch(written(), SECRET)
  t.notMatch(written(), '482913')
  const [first, second, third, fourth] = lines() as unknown as {
    err: Record<string, unknown>
    nested: object
  }[]
  t.match(first.err, {
    type: 'Error',
    sql: undefined,
    parameters: { password: '[SECRET:password]', user: 'ada' },
  })
  t.match(first.err.stack, 'shapes.test.ts')
  t.match(first.err.message, 'login with password=[SECRET:password]')
  t.equal((second.err.aggregateErrors as object[]).length, 2)
  t.strictSame(third.nested, { error: parameters.user && { password: '[SECRET:password]', user: 'ada' } })
  t.match(fourth.err.message, 'Request cannot be constructed from a URL')
})

t.test(
  '11: getters, toJSON and proxies: what they give is scrubbed, and the original is not touched',
  async (t) => {
    const made = {
      get password() {
        return SECRET
      },
      get broken() {
        throw new Error(SECRET)
      },
      session: { toJSON: () => ({ id: SECRET, sessionId: SECRET, on: true }) },
      proxy: new Proxy(
        {},
        {
          ownKeys: () => ['token'],
          getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
          get: (_, name) => (name === 'token' ? SECRET : undefined),
        },
      ),
    }
    t.strictSame(scrubber.value(made), {
      password: '[SECRET:password]',
      broken: '[Unreadable]',
      session: { id: '[SECRET:session]', sessionId: '[SECRET:session]', on: true },
      proxy: { token: '[SECRET:token]' },
    })
    const { log, text: written, lines } = logger(t)
    const frozen = Object.freeze({ user: 'ada', password: SECRET, list: Object.freeze([{ token: SECRET }]) })
    log.info(made, 'made')
    log.info(frozen, 'frozen')
    await log.flush()
    t.notMatch(written(), SECRET)
    t.match(lines(), [{ msg: 'made' }, { msg: 'frozen', user: 'ada', list: [{ token: '[SECRET:token]' }] }])
    t.equal(frozen.password, SECRET)
  },
)

t.test('12: symbols, functions, BigInt, instances, objects without a prototype, `__proto__`', async (t) => {
  class Account {
    password = SECRET
    user = 'ada'
  }
  const bare = Object.assign(Object.create(null), { password: SECRET, n: 1 })
  const hostile = JSON.parse(`{"__proto__":{"password":"${SECRET}"},"n":1}`)
  const sparse: unknown[] = []
  sparse[2] = { token: SECRET }
  const odd = {
    [Symbol('x')]: SECRET,
    symbol: Symbol(`token=${SECRET}`),
    fn: Object.assign(function named() {}, { password: SECRET }),
    account: new Account(),
    bare,
    hostile,
    sparse,
  }
  const copy = scrubber.value({ ...odd, pin: 482913n })
  t.notMatch(inspect(copy, { depth: 9, showHidden: true }), SECRET)
  t.match(copy, {
    symbol: 'Symbol(token=[SECRET:token]',
    fn: '[Function named]',
    account: { user: 'ada' },
    bare: { n: 1 },
    pin: '[SECRET:otp]',
  })
  t.equal(copy.sparse.length, 3)
  t.equal(({} as { password?: string }).password, undefined)
  const { log, text: written, lines } = logger(t)
  log.info(odd, 'odd')
  log.info({ pin: 482913n, n: 1 }, 'big')
  await log.flush()
  t.notMatch(written(), SECRET)
  t.notMatch(written(), '482913')
  t.match(lines(), [
    { msg: 'odd', account: { password: '[SECRET:password]', user: 'ada' } },
    { msg: 'big', n: 1 },
  ])
})

t.test('13: cycles, depth and width end in a word, never in the raw rest', async (t) => {
  let deep: unknown = { password: SECRET }
  for (let i = 0; i < 5000; i++) deep = i % 2 === 0 ? { deep } : [deep]
  const cycle: Record<string, unknown> = { password: SECRET, user: 'ada' }
  cycle.self = { again: cycle }
  const wide = Object.fromEntries(
    Array.from({ length: 30_000 }, (_, i) => [`k${i}`, i < 29_999 ? 1 : SECRET]),
  )
  const long = [SECRET.repeat(1000), 'x'.repeat(9e6), SECRET]
  for (const value of [deep, cycle, wide, { password: long }]) {
    const copy = json(scrubber.value(value))
    t.notMatch(copy, SECRET)
    t.match(copy, value === cycle ? '[Circular]' : '[Truncated]')
  }
  const { log, text: written } = logger(t)
  log.info({ deep: cycle, deeper: deep }, 'deep')
  await log.flush()
  t.notMatch(written(), SECRET)
})

t.test('14: very long strings, and a private key that is cut in the middle', async (t) => {
  const filler = 'lorem ipsum, '.repeat(20_000)
  check(t, json({ msg: `${filler}password=${SECRET}`, n: 1 }), ['lorem ipsum', '"n":1'])
  const pem = `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n${'QUJD'.repeat(400)}`
  text(t, `key: ${pem}`, ['key'])
  text(t, `loaded ${pem.slice(0, 60)}`, ['loaded '])
  record(t, { pem, n: 1 }, { pem: '[SECRET:private-key]', n: 1 })
  check(t, `{"err":{"msg":"${pem.replaceAll('\n', '\\n')}`, ['{"err":{"msg":"'])
  const token = `{"headers":{"authorization":"Bearer ${SECRET.repeat(9000)}`
  check(t, token, ['{"headers":{"authorization":"Bearer '])
})

t.test('15: text in chunks, cut at every place', async (t) => {
  const input = `a password=${SECRET} b\n{"token":"${SECRET}","n":1}\nx ${TOKEN} \u001b[32m${TOKEN}\u001b[0m\n-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----\nend\n`
  const expected = scrubber.text(input)
  t.notMatch(expected, SECRET)
  const bytes = Buffer.from(input)
  for (let size = 1; size < bytes.length; size = Math.ceil(size * 1.3)) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    )
    t.equal(
      await readAll(Readable.from(chunks).pipe(scrubStream({ env: false }))),
      expected,
      `chunks of ${size}`,
    )
  }
})

t.test('16: every way that pino offers into a line', async (t) => {
  const {
    log,
    text: written,
    lines,
  } = logger(t, {
    mixin: () => ({ mixed: { password: SECRET } }),
    msgPrefix: `[token=${SECRET}] `,
    nestedKey: 'payload',
    errorKey: 'problem',
    customLevels: { notice: 35 },
    base: { note: `secret: ${SECRET}` },
    formatters: {
      log: (fields) => ({ ...fields, formatted: { apiKey: SECRET } }),
      bindings: (bound) => ({ ...bound, password: SECRET }),
    },
    serializers: { user: (user: { name: string }) => ({ ...user, password: SECRET }) },
  })
  log.info('token %s and %j and %o', SECRET, { token: SECRET }, { pin: 482913 })
  log.info('password=%s', SECRET)
  log
    .child(
      { authorization: `Bearer ${SECRET}` },
      { msgPrefix: `pwd=${SECRET} `, serializers: { more: () => `token=${SECRET}` } },
    )
    .info({ user: { name: 'ada' }, more: 1 })
  log.error(new Error(`password=${SECRET}`))
  log.setBindings({ sessionId: SECRET })
  ;(log as unknown as Record<string, (fields: object) => void>).notice({ cookie: `sid=${SECRET}` })
  await log.flush()
  t.equal(lines().length, 5)
  const left = written().replaceAll(`token ${SECRET} and`, '')
  t.notMatch(left, SECRET)
  t.notMatch(left, '482913')
})

t.test('17: forms, both of their kinds', async (t) => {
  const part = (headers: string) =>
    `--b\r\nContent-Disposition: form-data; name="password"${headers}\r\n\r\n${SECRET}\r\n--b--`
  text(t, part(''), ['name="password"\r\n\r\n', '\r\n--b--'])
  text(t, part('\r\nContent-Type: text/plain; charset=utf-8'), ['Content-Type: text/plain', '\r\n--b--'])
  text(t, part('\r\nContent-Type: text/plain\r\nX-A: b'), ['X-A: b\r\n\r\n', '\r\n--b--'])
  text(t, `user=ada&password=${SECRET}&remember=on`, ['user=ada&password=', '&remember=on'])
  const form = new FormData()
  form.append('user', 'ada')
  form.append('password', SECRET)
  check(t, await new Response(form).text(), ['name="user"\r\n\r\nada', 'name="password"\r\n\r\n'])
})

t.test('18: XML and HTML, plain and written for another medium', async (t) => {
  const elements = [
    `<user>ada</user><password>${SECRET}</password><n>1</n>`,
    `<user>ada</user><wsse:Password Type="http://docs.example/x#PasswordText">${SECRET}</wsse:Password><n>1</n>`,
    `<user>ada</user><password type="string">\n  ${SECRET}\n</password><n>1</n>`,
    `<user>ada</user><password><![CDATA[${SECRET}]]></password><n>1</n>`,
    `<user>ada</user><entry><key>password</key><value>${SECRET}</value></entry><n>1</n>`,
    `<user>ada</user><dict><key>apiKey</key>\n  <string>${SECRET}</string></dict><n>1</n>`,
    `<user>ada</user><property name="password">${SECRET}</property><n>1</n>`,
  ]
  const attributes = [
    `<db user="ada" password="${SECRET}" n="1"/>`,
    `<add user="ada" key="Password" value="${SECRET}" n="1" />`,
    `<input user="ada" name="csrf_token" type="hidden" value="${SECRET}" n="1">`,
  ]
  for (const markup of [...elements, ...attributes]) text(t, markup, ['ada', '1'])
  const asEntities = (markup: string) =>
    markup.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  const asEscapes = (markup: string) =>
    markup.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('"', '\\u0022')
  for (const markup of [elements[0], elements[4], attributes[0]]) text(t, asEntities(markup), ['ada', '1'])
  for (const markup of [elements[0], attributes[0]]) {
    check(t, `{"msg":"${asEscapes(markup)}"}`, ['ada', '1'])
    text(t, asEscapes(markup), ['ada', '1'])
  }
  text(t, asEntities(json({ user: 'ada', password: SECRET, n: 1 })), ['ada', '&quot;n&quot;:1'])
  text(t, 'a <password> must be given, see <b>manual</b>', ['a <password> must be given, see <b>manual</b>'])
})

t.test('19: configuration and the prints of many languages', async (t) => {
  const prints = [
    `user: ada\npassword: ${SECRET}\nn: 1`,
    `user: ada\npassword: |\n  ${SECRET}\n  more-${SECRET}\nn: 1`,
    `user: ada\ndb:\n  - password: >-\n      ${SECRET}\n\n      more-${SECRET}\n    n: 1`,
    `- name: user\n  value: ada\n- name: DB_PASSWORD\n  value: ${SECRET}\n- name: n\n  value: 1`,
    `user = "ada"\npassword = "${SECRET}"\nn = 1`,
    `user=ada password=${SECRET} n=1`,
    `user=ada password="a ${SECRET}" n=1`,
    `{:user=>"ada", :password=>"${SECRET}", "n" => 1}`,
    `{'user': 'ada', 'password': '${SECRET}', 'n': 1}`,
    `('user', 'ada'), ('password', '${SECRET}'), ('n', 1)`,
    `{User:ada Password:${SECRET} N:1}`,
    `map[user:ada password:${SECRET} n:1]`,
    `main.Login{User:"ada", Password:"${SECRET}", N:1}`,
    `Login(user=ada, password=${SECRET}, n=1)`,
    `{ user: 'ada', password: '${SECRET}', n: 1 }`,
    `Login { user: "ada", password: "${SECRET}", n: 1 }`,
    `Login { user: "ada", password: Some("${SECRET}"), n: 1 }`,
    `Map(user -> ada, password -> ${SECRET}, n -> 1)`,
    `["user" => "ada", "password" => "${SECRET}", "n" => 1]`,
    `[user] => ada [password] => ${SECRET} [n] => 1`,
    `user := "ada"; password := "${SECRET}"; n := 1`,
    `user ::= ada; password ::= ${SECRET}; n ::= 1`,
    `user ?= ada; password ?= ${SECRET}; n ?= 1`,
    `user == "ada" && password == "${SECRET}" && n == 1`,
    `env["user"] = "ada"; env["password"] = "${SECRET}"; n = 1`,
    `%{user: "ada", password: "${SECRET}", n: 1}`,
  ]
  for (const print of prints) text(t, print, ['ada', '1'])
  check(t, inspect({ user: 'ada', password: SECRET, n: 1 }, { colors: true }), ['ada', '1'])
  for (const harmless of [
    'csrf-tokens -> csrf',
    'a->token->kind = 1',
    'fields: ["password", "email"]',
    'Enter password: ',
  ])
    check(t, harmless, [harmless])
})

t.test('20: statements of SQL', async (t) => {
  const statements = [
    `CREATE USER ada IDENTIFIED BY '${SECRET}' ACCOUNT LOCK`,
    `CREATE USER ada IDENTIFIED WITH mysql_native_password BY '${SECRET}' ACCOUNT LOCK`,
    `CREATE USER ada IDENTIFIED BY "${SECRET}" ACCOUNT LOCK`,
    `create user ada identified by '${SECRET}' account lock`,
    `ALTER ROLE ada WITH LOGIN PASSWORD '${SECRET}' VALID`,
    `ALTER ROLE ada WITH ENCRYPTED PASSWORD '${SECRET}' VALID`,
    `ALTER LOGIN ada WITH PASSWORD = N'${SECRET}' MUST_CHANGE`,
    `SET PASSWORD FOR 'ada'@'%' = PASSWORD('${SECRET}') `,
    `INSERT INTO t (who, hash) VALUES ('ada', pwdencrypt('${SECRET}'))`,
    `UPDATE users SET password = '${SECRET}', \`token\`='${SECRET}' WHERE name = 'ada'`,
  ]
  for (const statement of statements) text(t, statement, ['ada', statement.slice(0, 5), statement.slice(-2)])
})

t.test('21: command lines', async (t) => {
  const commands = [
    `tool --user ada --password ${SECRET} --verbose`,
    `tool --user ada --password=${SECRET} --verbose`,
    `mysql -u ada -p${SECRET} shop`,
    `mysqldump -uada -p${SECRET} shop`,
    `curl -u ada:${SECRET} https://host/x`,
    `curl --user ada:${SECRET} https://host/x`,
    `curl -H "Authorization: Bearer ${SECRET}" https://ada.example/x`,
    `curl -H 'X-Api-Key: ${SECRET}' https://ada.example/x`,
    `docker login -u ada -p ${SECRET} registry.example`,
    `sshpass -p ${SECRET} ssh ada@host`,
    `sshpass -p'${SECRET}' ssh ada@host`,
    `psexec \\\\host -u ada -p ${SECRET} cmd`,
    `PGPASSWORD=${SECRET} psql -U ada`,
    `net user ada ${SECRET} /add`,
    `$ada = ConvertTo-SecureString "${SECRET}" -AsPlainText -Force`,
    `plink -l ada -pw ${SECRET} host`,
    `tool -l ada -pw:${SECRET} host`,
    `redis-cli -h ada -a ${SECRET} ping`,
  ]
  for (const command of commands) text(t, command, ['ada'])
  record(
    t,
    { argv: ['tool', '--password', SECRET, '-v'] },
    { argv: ['tool', '--password', '[SECRET:password]', '-v'] },
  )
  check(t, json({ argv: ['mysql', `-p${SECRET}`, 'shop'] }), ['"-p', '"shop"'])
  for (const harmless of [
    'docker run -p 8080:80 web',
    'mysql port: docker run -p3306:3306 web',
    'net user ada /delete',
    'mkdir -p mysql/data',
    'use --password to set it',
  ]) {
    text(t, harmless, [harmless])
  }
})

t.test('22: environments, as objects and as text', async (t) => {
  const env = {
    PATH: '/bin',
    DB_PASS: SECRET,
    AWS_SECRET_ACCESS_KEY: SECRET,
    DATABASE_URL: `postgres://ada:${SECRET}@db/x`,
    N: '1',
  }
  const after = {
    PATH: '/bin',
    DB_PASS: '[SECRET:password]',
    AWS_SECRET_ACCESS_KEY: '[SECRET:key]',
    DATABASE_URL: '[SECRET:connection-string]',
    N: '1',
  }
  record(t, { env }, { env: after })
  for (const head of ['', 'export ', 'declare -x ', 'set ']) {
    text(
      t,
      Object.entries(env)
        .map(([name, value]) => `${head}${name}=${value}`)
        .join('\n'),
      ['PATH=/bin', 'DB_PASS=', 'N=1'],
    )
    text(
      t,
      Object.entries(env)
        .map(([name, value]) => `${head}${name}="${value}"`)
        .join('\n'),
      ['PATH="/bin"', 'DB_PASS="', 'N="1"'],
    )
  }
})

t.test('23: a header as the text of another name', async (t) => {
  record(
    t,
    { headers: `authorization: Bearer ${SECRET}`, n: 1 },
    { headers: 'authorization: Bearer [SECRET:authorization]', n: 1 },
  )
  record(
    t,
    { line: `Set-Cookie: sid=${SECRET}; Path=/` },
    { line: 'Set-Cookie: sid=[SECRET:cookie]; Path=/' },
  )
  text(t, `headers -> x-api-key: ${SECRET}`, ['headers -> x-api-key: '])
})

t.test('24: invisible characters, other alphabets, colours', async (t) => {
  const names = [
    'pass\u200bword',
    '\ufeffpassword',
    'pass\u00adword',
    'pass\u2060word',
    'ｐａｓｓｗｏｒｄ',
    'pаsswоrd',
    'ΡASSWORD',
  ]
  for (const name of names) {
    record(t, { [name]: SECRET, n: 1 }, { [name]: '[SECRET:password]', n: 1 })
    text(t, `user=ada ${name}=${SECRET} n=1`, ['user=ada', name, 'n=1'])
  }
  check(t, `{"pass\\u200bword":"${SECRET}","n":1}`, ['"n":1'])
  for (const gap of ['\u00a0=\u00a0', '\t=\t', '：', '＝', ' :\u00a0', ' = '])
    text(t, `user=ada password${gap}${SECRET} n=1`, ['user=ada', 'password', 'n=1'])
  const colour = (code: number | string, inner: string) => `\u001b[${code}m${inner}\u001b[0m`
  const coloured = [
    `${colour(35, 'password')}: ${colour(32, `'${SECRET}'`)}`,
    `${colour('1;36', 'password')}=${SECRET}`,
    `${colour(36, '"password"')}${colour(2, ':')} ${colour('38;2;100;200;255', `"${SECRET}"`)}`,
    `password=${colour(32, SECRET)}`,
  ]
  for (const print of coloured) text(t, `user=ada ${print} n=1`, ['user=ada', 'password', 'n=1', '\u001b['])
  for (const before of [
    '\u001b[32m',
    '\u001b[0K',
    '\u001b[38;2;100;200;255m',
    '\u200b',
    '\\n',
    '\\u0022',
    '%3D',
    '\\x22',
  ]) {
    text(t, `got ${before}${TOKEN} n=1`, ['got', 'n=1'], TOKEN)
  }
})

t.test('25: a secret as the name of a member', async (t) => {
  record(t, { [TOKEN]: true, n: 1 }, { '[SECRET:github]': true, n: 1 })
  record(
    t,
    { cache: { [`session:${SECRET}`]: { hits: 1 } } },
    { cache: { 'session:[SECRET:session]': { hits: 1 } } },
  )
  text(t, `cache["token:${SECRET}"] = 1`, ['cache["token:', '"] = 1'])
  t.strictSame(scrubber.value(new Map([[TOKEN, 1]])), new Map([['[SECRET:github]', 1]]))
})

t.test('26: secrets that are numbers', async (t) => {
  record(
    t,
    {
      pin: 1234,
      otp: 482913,
      cvv: 123,
      card: 4111111111111111,
      n: 4111111111111111,
      tokens: 1500,
      id: 4111111111111112,
    },
    {
      pin: '[SECRET:otp]',
      otp: '[SECRET:otp]',
      cvv: '[SECRET:cvv]',
      card: '[SECRET:card]',
      n: '[SECRET:card-number]',
      tokens: 1500,
      id: 4111111111111112,
    },
  )
  text(
    t,
    'paid with 4111 1111 1111 1111 and 5555-5555-5555-4444 on 2026-11-24',
    ['paid with ', 'on 2026-11-24'],
    '4111',
  )
  text(t, 'pin: 482913, tokens: 1500', ['pin: ', 'tokens: 1500'], '482913')
})

t.test('27: placeholders and what has been cut already stay as they are', async (t) => {
  const settled = [
    'password=[SECRET:password] token=${TOKEN}',
    'password: [REDACTED], pin=****',
    'token=%s secret=<hidden>',
    '{"password":"[SECRET:password]","token":"***","pin":null}',
  ]
  for (const line of settled) t.equal(scrubber.text(line), line)
  t.equal(
    scrubber.text('password=[REDACTED][REDACTED]'),
    scrubber.text(scrubber.text('password=[REDACTED][REDACTED]')),
  )
  check(t, `password=[SECRET:${SECRET}]`, ['password='])
})

t.test('28: what could forge a line stays escaped', async (t) => {
  for (const control of [
    '\n',
    '\r',
    '\r\n',
    '\u0085',
    '\u2028',
    '\0',
    '\u001b[2J',
    '\u007f',
    '\ud83d\ude00',
    '\ud800',
  ]) {
    const line = json({
      msg: `a${control}b password="${control}${SECRET}${control}" c`,
      password: `${control}${SECRET}`,
      n: 1,
    })
    const output = check(t, line, [])
    t.equal(
      [...output].findIndex(
        (character) => character < ' ' || character === '\u007f' || character === '\u0085',
      ),
      -1,
    )
    t.match(JSON.parse(output), { password: '[SECRET:password]', n: 1 })
    t.ok(JSON.parse(output).msg.startsWith(`a${control}b password="`), 'the character stays')
  }
})

t.test('29: several secrets on a line, side by side and repeated without a name', async (t) => {
  text(t, `${TOKEN},${TOKEN};${TOKEN}`, [',', ';'], TOKEN)
  text(t, `password=${SECRET},token=${SECRET};n=1`, ['password=', 'token=', 'n=1'])
  record(t, { msg: 'x', password: SECRET, n: 1 }, { msg: 'x', password: '[SECRET:password]', n: 1 })
  const repeated = {
    msg: `got ${SECRET}!`,
    login: { password: SECRET },
    err: { stack: `Error: ${SECRET}\n    at x` },
  }
  t.strictSame(JSON.parse(check(t, json(repeated), [])), {
    msg: 'got [SECRET:password]!',
    login: { password: '[SECRET:password]' },
    err: { stack: 'Error: [SECRET:password]\n    at x' },
  })
  t.match(JSON.parse(scrubber.text(json({ reqId: SECRET, n: 'x', token: SECRET }))), {
    reqId: SECRET,
    token: '[SECRET:token]',
  })
  text(t, `password=${SECRET} was wrong: ${SECRET}`, [' was wrong: '])
  const harmless = {
    token: 'enabled',
    state: 'enabled',
    secret: 'checkout',
    service: 'checkout',
    credentials: { host: 'db-1.example' },
    host: 'db-1.example',
  }
  t.match(JSON.parse(scrubber.text(json(harmless))), {
    state: 'enabled',
    service: 'checkout',
    host: 'db-1.example',
  })
  t.equal(scrubber.text('this.authToken = authToken1; x'), 'this.authToken = [SECRET:token]; x')
  t.equal(scrubber.text('this.authToken = authToken; x'), 'this.authToken = authToken; x')
  t.equal(scrubber.text(`password=one\nabcdefgh-1`), 'password=[SECRET:password]\nabcdefgh-1')
  const many = Array.from({ length: 20 }, (_, i) => `password=${SECRET}${i} again ${SECRET}${i}`).join(' ')
  t.notMatch(scrubber.text(many).split(' ').slice(0, 24).join(' '), SECRET)
})

t.test('30: a secret in parts: each part goes by its own name, and no other way', async (t) => {
  record(
    t,
    { user: 'u', pass1: 'abc', password2: 'def' },
    { user: 'u', pass1: '[SECRET:password]', password2: '[SECRET:password]' },
  )
  record(t, { parts: ['abc', 'def'] }, { parts: ['abc', 'def'] })
})

t.test('what a value is changed to, as Terraform shows it, is a string or is left alone', async (t) => {
  t.equal(
    scrubber.text(`password: "${SECRET}" -> "${SECRET}x"`),
    'password: "[SECRET:password]" -> "[SECRET:password]"',
  )
  for (const next of ['password', 'abcdefgh', '(known after apply)', '', '\\', '\\\\'])
    text(t, `password: "${SECRET}" -> ${next}`, ['password: ', ` -> ${next.replaceAll('\\', '')}`])
})
