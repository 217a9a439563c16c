import t from 'tap'
import { createScrubber } from '../../lib/scrub/scrubber.ts'

const scrubber = createScrubber({ env: false })

/** A record goes in; what comes out is still JSON, and going in again it comes out the same. */
function scrubbed(record: unknown): Record<string, unknown> {
  const line = scrubber.text(JSON.stringify(record))
  t.equal(scrubber.text(line), line, 'scrubbing twice is scrubbing once')
  return JSON.parse(line)
}

interface Shape {
  name: string
  before: unknown
  after: unknown
}

const json = JSON.stringify
const shapes: Shape[] = [
  {
    name: 'a string under a secret name',
    before: { password: 'hunter2' },
    after: { password: '[SECRET:password]' },
  },
  {
    name: 'a value with quotes and backslashes',
    before: { password: 'a"b\\' },
    after: { password: '[SECRET:password]' },
  },
  { name: 'a number', before: { pin: 1234, n: 5 }, after: { pin: '[SECRET:otp]', n: 5 } },
  {
    name: 'counts, flags and nothing at all',
    before: { tokens: 1500, hasToken: true, token: null, auth: false, password: '' },
    after: { tokens: 1500, hasToken: true, token: null, auth: false, password: '' },
  },
  {
    name: 'a number too large to be a count',
    before: { token: 123456789 },
    after: { token: '[SECRET:token]' },
  },
  {
    name: 'an array',
    before: { secrets: ['a1', 'b2', { deep: 'c3' }] },
    after: { secrets: ['[SECRET:secret]', '[SECRET:secret]', { deep: '[SECRET:secret]' }] },
  },
  {
    name: 'an object, whose names stay',
    before: { credentials: { user: 'ada', n: 12345, on: true } },
    after: { credentials: { user: '[SECRET:credentials]', n: '[SECRET:credentials]', on: true } },
  },
  {
    name: 'an empty object and an empty array',
    before: { secrets: {}, tokens: [] },
    after: { secrets: {}, tokens: [] },
  },
  {
    name: 'JSON in a string',
    before: { body: json({ password: 'x"y', a: 1 }) },
    after: { body: json({ password: '[SECRET:password]', a: 1 }) },
  },
  {
    name: 'JSON in JSON in JSON',
    before: { a: json({ b: json({ c: json({ token: 'q"\\', pin: 4321 }) }) }) },
    after: { a: json({ b: json({ c: json({ token: '[SECRET:token]', pin: '[SECRET:otp]' }) }) }) },
  },
  {
    name: 'an array of JSON in a string',
    before: { body: json({ tokens: ['a"b', 'c'] }) },
    after: { body: json({ tokens: ['[SECRET:token]', '[SECRET:token]'] }) },
  },
  {
    name: 'a query',
    before: { url: '/x?a=1&access_token=abc&sig=zz#top' },
    after: { url: '/x?a=1&access_token=[SECRET:query]&sig=[SECRET:query]#top' },
  },
  {
    name: 'a form',
    before: { msg: 'password=p%40ss&user=ada' },
    after: { msg: 'password=[SECRET:password]&user=ada' },
  },
  {
    name: 'a form that is percent-encoded once more',
    before: { msg: 'x=password%3Dhunter2%26user%3Dada' },
    after: { msg: 'x=password%3D[SECRET:password]%26user%3Dada' },
  },
  {
    name: 'JSON that is percent-encoded',
    before: { msg: '%22password%22%3A%22hunter2%22' },
    after: { msg: '%22password%22%3A%22[SECRET:password]%22' },
  },
  {
    name: 'a name in brackets',
    before: { msg: 'user[password]=hunter2&b=1' },
    after: { msg: 'user[password]=[SECRET:password]&b=1' },
  },
  {
    name: 'logfmt',
    before: { msg: 'level=info password="a b" token=abc user=ada' },
    after: { msg: 'level=info password="[SECRET:password]" token=[SECRET:token] user=ada' },
  },
  {
    name: 'YAML',
    before: { msg: 'user: ada\npassword: hunter2\nport: 1' },
    after: { msg: 'user: ada\npassword: [SECRET:password]\nport: 1' },
  },
  {
    name: 'a Ruby hash',
    before: { msg: '{:password=>"hunter2", "token" => "x1"}' },
    after: { msg: '{:password=>"[SECRET:password]", "token" => "[SECRET:token]"}' },
  },
  {
    name: 'a Python dictionary',
    before: { msg: "{'password': 'hunter2', 'user': 'ada'}" },
    after: { msg: "{'password': '[SECRET:password]', 'user': 'ada'}" },
  },
  {
    name: 'XML',
    before: { msg: '<a><password>hunter2</password><ns:Token>x1</ns:Token></a>' },
    after: { msg: '<a><password>[SECRET:password]</password><ns:Token>[SECRET:token]</ns:Token></a>' },
  },
  {
    name: 'a connection string',
    before: { msg: 'Server=db;Password=a,b;Database=x' },
    after: { msg: 'Server=db;Password=[SECRET:password];Database=x' },
  },
  {
    name: 'credentials in a URL',
    before: { msg: 'connect postgres://ada:hunter2@db:5432/x failed' },
    after: { msg: 'connect postgres://ada:[SECRET:url-password]@db:5432/x failed' },
  },
  {
    name: 'a password in a URL whose words tell of secrets',
    before: { msg: 'redis://default:my-token-1@cache.example:6379' },
    after: { msg: 'redis://default:[SECRET:url-password]@cache.example:6379' },
  },
  {
    name: 'a token for a user in a URL',
    before: { msg: 'clone https://Example0Invented0Example@host/x' },
    after: { msg: 'clone https://[SECRET:url-password]@host/x' },
  },
  {
    name: 'an Authorization header, whose scheme stays',
    before: { authorization: 'Bearer abc', h: 'Authorization: Basic dXNlcjpwYXNz\r\nHost: x' },
    after: {
      authorization: 'Bearer [SECRET:authorization]',
      h: 'Authorization: Basic [SECRET:authorization]\r\nHost: x',
    },
  },
  {
    name: 'a Bearer in running text',
    before: { msg: 'sent Bearer Example0Invented0 to api' },
    after: { msg: 'sent Bearer [SECRET:bearer] to api' },
  },
  {
    name: 'cookies, whose names and attributes stay',
    before: { cookie: 'a=1; b=2', 'set-cookie': ['sid=9; Path=/; HttpOnly'] },
    after: {
      cookie: 'a=[SECRET:cookie]; b=[SECRET:cookie]',
      'set-cookie': ['sid=[SECRET:cookie]; Path=/; HttpOnly'],
    },
  },
  {
    name: 'a Cookie header in text',
    before: { msg: 'Cookie: a=1; b=2\r\nHost: x' },
    after: { msg: 'Cookie: a=[SECRET:cookie]; b=[SECRET:cookie]\r\nHost: x' },
  },
  {
    name: 'a private key',
    before: { msg: 'key -----BEGIN RSA PRIVATE KEY-----\nMIIx\n-----END RSA PRIVATE KEY----- end' },
    after: { msg: 'key [SECRET:private-key] end' },
  },
  {
    name: 'a private key under its name, in text',
    before: { msg: 'private_key: -----BEGIN PRIVATE KEY-----\nMIIx\n-----END PRIVATE KEY-----\nport: 1' },
    after: { msg: 'private_key: [SECRET:key]\nport: 1' },
  },
  {
    name: 'a private key without its end',
    before: { msg: 'key -----BEGIN PRIVATE KEY-----\nMIIx', b: 1 },
    after: { msg: 'key [SECRET:private-key]', b: 1 },
  },
  {
    name: 'a certificate, which is public',
    before: { msg: '-----BEGIN CERTIFICATE-----\nMIIx\n-----END CERTIFICATE-----' },
    after: { msg: '-----BEGIN CERTIFICATE-----\nMIIx\n-----END CERTIFICATE-----' },
  },
  {
    name: 'a JWT and one without a signature',
    before: {
      msg: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln and eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.',
    },
    after: { msg: '[SECRET:jwt] and [SECRET:jwt]' },
  },
  {
    name: 'a card number, in text and as a number',
    before: { msg: 'paid with 4111 1111 1111 1111.', n: 4111111111111111, a: [5555555555554444] },
    after: { msg: 'paid with [SECRET:card-number].', n: '[SECRET:card-number]', a: ['[SECRET:card-number]'] },
  },
  {
    name: 'numbers that are no cards',
    before: {
      t: 1732415371123,
      id: '4111-1111-1111-1112',
      uuid: '41111111-1111-4111-8111-111111111111',
      v: '4111111111111111.2',
      same: '4444444444444444',
    },
    after: {
      t: 1732415371123,
      id: '4111-1111-1111-1112',
      uuid: '41111111-1111-4111-8111-111111111111',
      v: '4111111111111111.2',
      same: '4444444444444444',
    },
  },
  {
    name: 'an escaped name',
    before: { msg: 'x "pass\\u0077ord":"hunter2"' },
    after: { msg: 'x "pass\\u0077ord":"[SECRET:password]"' },
  },
  {
    name: 'the end of a string after a name',
    before: { msg: 'enter password:', b: 'x', c: json({ ask: 'the password:', d: 1 }) },
    after: { msg: 'enter password:', b: 'x', c: json({ ask: 'the password:', d: 1 }) },
  },
  {
    name: 'a header in a list of headers, whichever comes first',
    before: {
      h: [
        { name: 'Authorization', value: 'Bearer abc' },
        { value: 'a=1', name: 'Cookie' },
        { name: 'Host', value: 'x' },
      ],
    },
    after: {
      h: [
        { name: 'Authorization', value: 'Bearer [SECRET:authorization]' },
        { value: 'a=[SECRET:cookie]', name: 'Cookie' },
        { name: 'Host', value: 'x' },
      ],
    },
  },
  {
    name: 'raw headers, name and value in turn',
    before: {
      rawHeaders: ['Authorization', 'Bearer abc', 'Host', 'h', 'Cookie', 'a=1'],
      list: ['token', 'secret', 'password'],
    },
    after: {
      rawHeaders: [
        'Authorization',
        'Bearer [SECRET:authorization]',
        'Host',
        'h',
        'Cookie',
        'a=[SECRET:cookie]',
      ],
      list: ['token', 'secret', 'password'],
    },
  },
  {
    name: 'attributes of XML and variables of YAML that are named beside their values',
    before: {
      xml: '<add key="Password" value="hunter2"/>',
      yaml: '- name: DB_PASSWORD\n  value: hunter2\n- name: PORT\n  value: 80',
    },
    after: {
      xml: '<add key="Password" value="[SECRET:password]"/>',
      yaml: '- name: DB_PASSWORD\n  value: [SECRET:password]\n- name: PORT\n  value: 80',
    },
  },
  {
    name: 'the part of a form',
    before: { body: '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n--b--' },
    after: {
      body: '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n[SECRET:password]\r\n--b--',
    },
  },
  {
    name: 'a Kubernetes Secret',
    before: { msg: 'kind: Secret\ndata:\n  any: aHVudGVyMg==\n  other: eHh4\nmetadata:\n  name: x' },
    after: {
      msg: 'kind: Secret\ndata:\n  any: [SECRET:secret]\n  other: [SECRET:secret]\nmetadata:\n  name: x',
    },
  },
  {
    name: 'assignments of many languages',
    before: {
      msg: 'A_TOKEN ?= "ab1"; $token .= "ab1"; var token string = "ab1"; token: string = "ab1"; password     => \'ab1\'; setProperty("A_TOKEN", "abcde1")',
    },
    after: {
      msg: 'A_TOKEN ?= "[SECRET:token]"; $token .= "[SECRET:token]"; var token string = "[SECRET:token]"; token: string = "[SECRET:token]"; password     => \'[SECRET:password]\'; setProperty("A_TOKEN", "[SECRET:token]")',
    },
  },
  {
    name: 'command lines',
    before: {
      msg: 'x --password hunter2 -v; curl -u ada:hunter2 http://x; sshpass -p hunter2 ssh x; use --password to set it',
      args: ['--token', 'abcdef1', 'x'],
    },
    after: {
      msg: 'x --password [SECRET:password] -v; curl -u ada:[SECRET:password] http://x; sshpass -p [SECRET:password] ssh x; use --password to set it',
      args: ['--token', '[SECRET:token]', 'x'],
    },
  },
  {
    name: 'statements of SQL and sentences',
    before: {
      msg: "CREATE USER a IDENTIFIED BY 'hunter2'; ALTER ROLE b PASSWORD 'hunter2'; WITH PASSWORD = N'hunter2'; the password is 'hunter2'; the password is long",
      netrc: 'machine h login ada password hunter2',
    },
    after: {
      msg: "CREATE USER a IDENTIFIED BY '[SECRET:password]'; ALTER ROLE b PASSWORD '[SECRET:password]'; WITH PASSWORD = N'[SECRET:password]'; the password is '[SECRET:password]'; the password is long",
      netrc: 'machine h login ada password [SECRET:password]',
    },
  },
  {
    name: 'a scheme that is in no list',
    before: { msg: 'Authorization: SSWS 00Example0Invented0' },
    after: { msg: 'Authorization: [SECRET:authorization]' },
  },
  {
    name: 'keys that only their values tell',
    before: {
      hubspot_key: 'Ex4mple0Invented0Examp1e',
      cache_key: 'Example0Invented0Example',
      answer_key: 'forty-two',
      heroku_key: 'short',
    },
    after: {
      hubspot_key: '[SECRET:key]',
      cache_key: 'Example0Invented0Example',
      answer_key: 'forty-two',
      heroku_key: 'short',
    },
  },
  {
    name: 'what is left inside a value that was spared',
    before: { msg: 'SERVICE_ROLE_KEY=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln' },
    after: { msg: 'SERVICE_ROLE_KEY=[SECRET:jwt]' },
  },
  {
    name: 'placeholders and masks',
    before: { msg: 'password=${DB_PASS} token=**** secret=[REDACTED] pwd=%s', password: '***' },
    after: { msg: 'password=${DB_PASS} token=**** secret=[REDACTED] pwd=%s', password: '***' },
  },
  {
    name: 'words that tell a state',
    before: { msg: 'password: missing, token: expired; authorization: denied' },
    after: { msg: 'password: missing, token: expired; authorization: denied' },
  },
  {
    name: 'innocent names',
    before: { author: 'ada', monkey: 'x', max_tokens: 100000, primaryKey: 'id', tokenType: 'Bearer' },
    after: { author: 'ada', monkey: 'x', max_tokens: 100000, primaryKey: 'id', tokenType: 'Bearer' },
  },
  {
    name: 'control characters that JSON leaves raw',
    before: { msg: 'a\u007fb\u009bc' },
    after: { msg: 'a\u007fb\u009bc' },
  },
]

for (const { name, before, after } of shapes) {
  t.test(`scrubs ${name}`, async (t) => t.strictSame(scrubbed(before), after))
}

t.test('DEL and the C1 controls leave as escapes', async (t) => {
  t.equal(scrubber.text('{"msg":"a\u007fb\u009bc"}'), '{"msg":"a\\u007fb\\u009bc"}')
})

t.test('a marker that is there already stays, whatever name it stands under', async (t) => {
  const line = '{"password":"[SECRET:github]","msg":"token=[SECRET:query] Bearer [SECRET:bearer]"}'
  t.equal(scrubber.text(line), line)
})

t.test('what looks like a marker and bears no known id is a value like any other', async (t) => {
  t.equal(scrubber.text('{"password":"[SECRET:hunter2]"}'), '{"password":"[SECRET:password]"}')
})

t.test('text that is no JSON is scrubbed too', async (t) => {
  t.equal(
    scrubber.text('password: "a b" and {"pin": 12, broken'),
    'password: "[SECRET:password]" and {"pin": "[SECRET:otp]", broken',
  )
  t.equal(scrubber.text('{"password":"cut o'), '{"password":"[SECRET:password]')
  t.equal(scrubber.text(''), '')
})

t.test('lines of JSON between lines of text are scrubbed as what they are', async (t) => {
  const input =
    'start password=a1\n{"n":4111111111111111}\nkey -----BEGIN PRIVATE KEY-----\nMIIx\n-----END PRIVATE KEY-----\nend'
  t.equal(
    scrubber.text(input),
    'start password=[SECRET:password]\n{"n":"[SECRET:card-number]"}\nkey [SECRET:private-key]\nend',
  )
})

t.test('the same secrets are counted by rule and told without their values', async (t) => {
  const told: string[] = []
  const counting = createScrubber({ env: false, onScrub: ({ rule }) => told.push(rule) })
  counting.text('{"password":"a1","token":"b2","x":{"password":"c3"}}')
  t.strictSame(counting.counts(), { password: 2, token: 1 })
  t.strictSame(told, ['password', 'token', 'password'])
})

t.test('a container that is broken off inside a string ends with that string', async (t) => {
  for (const quote of ['\\"', '\\\\\\"', '\\\\\\\\\\"']) {
    const text = `${quote}password${quote}:[x:${quote}password${quote}:\\"`
    const line = `{"msg":"${text}","${text}":[1]}`
    t.doesNotThrow(() => JSON.parse(line))
    const once = scrubber.text(line)
    t.strictSame(Object.values(JSON.parse(once))[1], [1], once)
    t.equal(scrubber.text(once), once)
  }
})

t.test('names of the program are cut, allowed names are not', async (t) => {
  const own = createScrubber({ env: false, keys: ['badgeCode'], allowKeys: ['session'] })
  t.equal(
    own.text('{"badge_code":"x1","session":"abc"}'),
    '{"badge_code":"[SECRET:key-name]","session":"abc"}',
  )
})

t.test('text() takes text only', async (t) => {
  t.throws(() => scrubber.text(5 as never), { message: /text must be a string, got number/ })
})
