import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import commonLog from 'common-log-string'
import fc from 'fast-check'
import t from 'tap'
import { type AccessLine, accessLine, unscrubbedCommonLogString } from '../../lib/request/access-line.ts'
import { commonLogString } from '../../lib/request/common-log.ts'
import { type LineFields, lineWriter } from '../../lib/request/common-log-layout.ts'
import { type LogRequest, type LogResponse, withoutPackage } from '../../lib/request/common-log-package.ts'
import { bareField, cut, quotedField } from '../../lib/request/escape.ts'

const START = Date.UTC(2026, 10, 24, 2, 29, 31, 123)
const LINE: AccessLine = {
  remoteAddress: '203.0.113.9',
  user: 'ada',
  method: 'GET',
  url: '/orders/17?page=2',
  httpVersion: '1.1',
  statusCode: 200,
  userAgent: 'curl/8.5',
  accept: '*/*',
  bytes: 512,
  start: START,
  responseTime: 12,
  operation: 'GET /orders/:id',
  reqId: '0193-a',
}

/** As strict as a reader can be: exactly these fields, quotes and backslashes escaped, nothing unprintable. */
function parse(line: string): string[] | undefined {
  const fields: string[] = []
  let at = 0
  while (at < line.length) {
    const close = line[at] === '"' ? '"' : line[at] === '[' ? ']' : ' '
    const from = close === ' ' ? at : at + 1
    let to = from
    while (to < line.length && line[to] !== close) {
      if (line[to] === '\\' && close === '"') to++
      if (close === ' ' && '"[]'.includes(line[to])) return undefined
      to++
    }
    if (close !== ' ' && line[to] !== close) return undefined
    fields.push(line.slice(from, to))
    at = close === ' ' ? to : to + 1
    if (at < line.length && line[at] !== ' ') return undefined
    at++
  }
  return fields
}

/** Independently of the library's tables: what Unicode itself calls control, format, line or paragraph separator. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

const harmlessText = (max: number) =>
  fc
    .array(fc.constantFrom(...'abcXYZ0189-_.:/?&=%+,;()*[] éß€日'), { minLength: 1, maxLength: max })
    .map((characters) => characters.join(''))
const harmlessWord = (max: number) => harmlessText(max).map((text) => `a${text.replace(/[ [\]]/g, '-')}`)
const harmless = fc.record(
  {
    remoteAddress: fc.oneof(fc.ipV4(), fc.ipV6()),
    method: fc.constantFrom('GET', 'POST', 'M-SEARCH'),
    url: harmlessText(60).map((text) => `/${text.replaceAll(' ', '+')}`),
    httpVersion: fc.constantFrom('1.0', '1.1', '2.0'),
    statusCode: fc.integer({ min: 100, max: 599 }),
    referer: harmlessText(40),
    userAgent: harmlessText(60),
    accept: harmlessText(20),
    bytes: fc.nat(),
    start: fc.integer({ min: 1, max: Date.UTC(2099, 0) }),
    responseTime: fc.nat(),
    operation: harmlessText(20),
    reqId: fc.uuid(),
  },
  {
    requiredKeys: [
      'remoteAddress',
      'method',
      'url',
      'httpVersion',
      'statusCode',
      'start',
      'responseTime',
      'operation',
      'reqId',
    ],
  },
)

const evil = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      '\\',
      ' ',
      '[',
      ']',
      '\n',
      '\r',
      '\0',
      '\u001b',
      '\u0085',
      '\u2028',
      '\u202e',
      '\ud800',
      '\udfff',
      'a',
    ),
  }),
  fc.constantFrom('" 200 1 "-" "-', 'x\n127.0.0.1 - admin [', '\u00a0- -', '::ffff:::ffff:1.2.3.4', '\\'),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 60 }),
)
const hostile = fc.record({
  remoteAddress: evil,
  user: evil,
  method: evil.map((text) => `G${text}`),
  url: evil,
  httpVersion: evil,
  statusCode: fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
  referer: evil,
  userAgent: evil,
  accept: evil,
  bytes: fc.option(fc.nat(), { nil: undefined }),
  start: fc.integer({ min: 1, max: Date.UTC(2099, 0) }),
  responseTime: fc.nat(),
  operation: evil,
  reqId: evil.map((text) => `0${text}`),
})

/** What the package is given for a line of ours. */
function packageArguments(line: AccessLine): [object, object] {
  const headers = { referer: line.referer, 'user-agent': line.userAgent, accept: line.accept }
  const socket = { remoteAddress: line.remoteAddress }
  const data = line.bytes === undefined ? undefined : { length: line.bytes }
  return [
    { ...line, headers, socket },
    { statusCode: line.statusCode, _data: data, _time: line.start },
  ]
}

t.test('the line is the one that the documentation shows', async (t) => {
  t.equal(
    accessLine(LINE),
    '203.0.113.9 - ada [24/Nov/2026:02:29:31 +0000] "GET /orders/17?page=2 HTTP/1.1" 200 512 "-" "curl/8.5" "*/*" 12 ms "GET /orders/:id" 0193-a',
  )
})

t.test('what is not known is a dash, and an aborted request has no status', async (t) => {
  const line = accessLine({
    ...LINE,
    remoteAddress: undefined,
    user: '',
    statusCode: undefined,
    bytes: undefined,
    userAgent: '',
    accept: undefined,
  })
  t.equal(
    line,
    '- - - [24/Nov/2026:02:29:31 +0000] "GET /orders/17?page=2 HTTP/1.1" - - "-" "-" "-" 12 ms "GET /orders/:id" 0193-a',
  )
})

t.test('the date follows the second although it is made once a second', async (t) => {
  const dateOf = (start: number) => parse(accessLine({ ...LINE, start }))?.[3]
  t.equal(dateOf(START), '24/Nov/2026:02:29:31 +0000')
  t.equal(dateOf(START + 876), '24/Nov/2026:02:29:31 +0000')
  t.equal(dateOf(START + 877), '24/Nov/2026:02:29:32 +0000')
  t.equal(dateOf(Date.UTC(1999, 11, 31, 23, 59, 59)), '31/Dec/1999:23:59:59 +0000')
  t.equal(dateOf(START), '24/Nov/2026:02:29:31 +0000')
})

t.test(
  'on harmless input the line is byte for byte what the package gives, apart from clock and time zone',
  async () => {
    fc.assert(
      fc.property(harmless, (line) => {
        const theirs = commonLog(...packageArguments(line))
        const date = /\[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]/
        const elapsed = /-?\d+ ms$/
        const ours = accessLine(line)
        const [ourDate] = date.exec(ours) as RegExpExecArray
        const expected = theirs.replace(date, ourDate).replace(elapsed, `${line.responseTime} ms`)
        return ours === `${expected} "${line.operation}" ${line.reqId}`
      }),
    )
  },
)

/** Counts how often the package is called. */
function counting(commonLog: typeof withoutPackage) {
  const counted = Object.assign(
    (...args: Parameters<typeof withoutPackage>) => {
      counted.calls++
      return commonLog(...args)
    },
    { calls: 0 },
  )
  return counted
}

const ORDER: LineFields = [
  ...([
    '203.0.113.9',
    'ada',
    '24/Nov/2026:02:29:31 +0000',
    'GET',
    '/orders?page=2',
    '1.1',
    200,
    512,
  ] as const),
  ...(['https://a.example/', 'curl/8.5', '*/*', 12] as const),
]
const BARE_ORDER: LineFields = [
  ...(['::ffff:203.0.113.9', '-', '24/Nov/2026:02:29:31 +0000', 'GET', '/', '1.1', '-', undefined] as const),
  ...([undefined, undefined, undefined, 0] as const),
]

t.test('the package is called to learn its layout, and then never again', async (t) => {
  const counted = counting(commonLog)
  const write = lineWriter(counted)
  const { calls } = counted
  t.ok(calls > 1, 'once with markers, then to check')
  t.equal(
    write(ORDER),
    '203.0.113.9 - ada [24/Nov/2026:02:29:31 +0000] "GET /orders?page=2 HTTP/1.1" 200 512 "https://a.example/" "curl/8.5" "*/*" 12 ms',
  )
  t.equal(
    write(BARE_ORDER),
    '203.0.113.9 - - [24/Nov/2026:02:29:31 +0000] "GET / HTTP/1.1" - - "-" "-" "-" 0 ms',
  )
  t.equal(counted.calls, calls)
})

// No package with these layouts exists, so a fake one is right here: the installed one, its line changed.
const packageWith = (change: (line: string, request: LogRequest, response: LogResponse) => string) =>
  counting((request, response) => change(commonLog(request, response), request, response))
const REQUEST = '"GET /orders?page=2 HTTP/1.1"'
const UNLEARNED_PACKAGES: [name: string, ReturnType<typeof counting>, behindDate: string, bare: string][] = [
  [
    'that leaves a field out',
    packageWith((line, { headers }) => line.replace(` "${headers.accept || '-'}"`, '')),
    `${REQUEST} 200 512 "https://a.example/" "curl/8.5" 12 ms`,
    '"GET / HTTP/1.1" - - "-" "-" 0 ms',
  ],
  [
    'that writes a field twice',
    packageWith((line, { url }) => line.replace('HTTP', `${url} HTTP`)),
    '"GET /orders?page=2 /orders?page=2 HTTP/1.1" 200 512 "https://a.example/" "curl/8.5" "*/*" 12 ms',
    '"GET / / HTTP/1.1" - - "-" "-" "-" 0 ms',
  ],
  [
    'that has another order',
    packageWith((line, { method, url }) => line.replace(`${method} ${url}`, `${url} ${method}`)),
    '"/orders?page=2 GET HTTP/1.1" 200 512 "https://a.example/" "curl/8.5" "*/*" 12 ms',
    '"/ GET HTTP/1.1" - - "-" "-" "-" 0 ms',
  ],
  [
    'that has another sign for what is absent',
    packageWith((line) => line.replaceAll('"-"', '""')),
    `${REQUEST} 200 512 "https://a.example/" "curl/8.5" "*/*" 12 ms`,
    '"GET / HTTP/1.1" - - "" "" "" 0 ms',
  ],
  [
    'that cuts a long field',
    packageWith((line, { url }) => line.replace(String(url), String(url).slice(0, 12))),
    '"GET /orders?page HTTP/1.1" 200 512 "https://a.example/" "curl/8.5" "*/*" 12 ms',
    '"GET / HTTP/1.1" - - "-" "-" "-" 0 ms',
  ],
  [
    'that throws at a marker',
    packageWith((line, _request, { statusCode }) => {
      if (typeof statusCode === 'string' && statusCode !== '-') throw new TypeError('no status')
      return line
    }),
    `${REQUEST} 200 512 "https://a.example/" "curl/8.5" "*/*" 12 ms`,
    '"GET / HTTP/1.1" - - "-" "-" "-" 0 ms',
  ],
]

t.test('the layout is that of the package, also when it writes other separators', async (t) => {
  const other = packageWith((line) => line.replaceAll('" "', '"\t"').replace(' HTTP/', ' HTTP '))
  const write = lineWriter(other)
  const { calls } = other
  t.equal(
    write(ORDER),
    '203.0.113.9 - ada [24/Nov/2026:02:29:31 +0000] "GET /orders?page=2 HTTP 1.1" 200 512 "https://a.example/"\t"curl/8.5"\t"*/*" 12 ms',
  )
  t.equal(other.calls, calls)
})

for (const [name, other, behindDate, bare] of UNLEARNED_PACKAGES) {
  t.test(`a package ${name} is called for each line`, async (t) => {
    const write = lineWriter(other)
    const { calls } = other
    t.equal(write(ORDER), `203.0.113.9 - ada [24/Nov/2026:02:29:31 +0000] ${behindDate}`)
    t.equal(write(BARE_ORDER), `203.0.113.9 - - [24/Nov/2026:02:29:31 +0000] ${bare}`)
    t.equal(other.calls, calls + 2)
  })
}

t.test('on hostile input too the learned layout gives what the package gives', async () => {
  const learned = lineWriter(commonLog)
  // Nothing can be learned from an empty line.
  const called = lineWriter(packageWith((line, { method }) => (method === '{method}' ? '' : line)))
  const field = (max: number) => evil.map((text) => quotedField(text, max))
  const word = evil.map((text) => bareField(text, 128))
  const header = fc.option(
    evil.map((text) => quotedField(`h${text}`, 512)),
    { nil: undefined },
  )
  const fields = fc.tuple(
    ...([word, word, fc.constant('24/Nov/2026:02:29:31 +0000'), word, field(2048), word] as const),
    ...([fc.oneof(fc.nat(), fc.constant('-')), fc.option(fc.nat(), { nil: undefined })] as const),
    ...([header, header, header, fc.nat()] as const),
  )
  fc.assert(
    fc.property(fields, (line) => learned(line) === called(line)),
    { numRuns: 400 },
  )
})

t.test('where the package cannot be had, the same comes out without it', async (t) => {
  const elapsed = / -?\d+ ms$/
  fc.assert(
    fc.property(harmless, (line) => {
      const [req, res] = packageArguments(line) as [LogRequest, LogResponse]
      return withoutPackage(req, res).replace(elapsed, '') === commonLog(req, res).replace(elapsed, '')
    }),
  )
  const { TZ: before } = process.env
  t.teardown(() => {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  })
  for (const TZ of ['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Chatham']) {
    process.env.TZ = TZ
    for (const month of [0, 6]) {
      const req = { headers: {} }
      const res = { _time: Date.UTC(2026, month, 3, 4, 5, 6) }
      t.equal(withoutPackage(req, res).split(']')[0], commonLog(req, res).split(']')[0], TZ)
    }
  }
})

t.test('with TZ=UTC the package itself writes the same date', async (t) => {
  const starts = [
    1,
    START,
    Date.UTC(2024, 1, 29),
    Date.UTC(2000, 11, 31, 23, 59, 59, 999),
    Date.UTC(2026, 6, 5, 4, 3, 2),
  ]
  const lines = starts.map((start) => packageArguments({ ...LINE, start }))
  const program = `
    const commonLog = require(${JSON.stringify(createRequire(import.meta.url).resolve('common-log-string'))})
    for (const [req, res] of ${JSON.stringify(lines)}) console.log(commonLog(req, res))`
  const env = { ...process.env, TZ: 'UTC' }
  const theirs = execFileSync(process.execPath, ['-e', program], { env, encoding: 'utf8' }).trim().split('\n')
  for (const [index, start] of starts.entries()) {
    const ours = accessLine({ ...LINE, user: undefined, start })
    const withTheirClock = ours.replace(' 12 ms', theirs[index].slice(theirs[index].lastIndexOf('"') + 1))
    t.equal(withTheirClock, `${theirs[index]} "GET /orders/:id" 0193-a`)
  }
})

t.test('no input forges a field or a line', async () => {
  fc.assert(
    fc.property(hostile, (line) => {
      const text = accessLine(line)
      const fields = parse(text)
      // remote, -, user, date, request, status, bytes, referer, agent, accept, elapsed, ms, operation, id
      return !UNSEEN.test(text) && fields?.length === 14 && fields[4].split(' ').length === 3
    }),
    { numRuns: 400 },
  )
})

t.test('the drop-in forges nothing either', async () => {
  fc.assert(
    fc.property(hostile, evil, fc.boolean(), (line, forwarded, behindProxy) => {
      const [req, res] = packageArguments(line)
      Object.assign((req as { headers: object }).headers, { 'x-forwarded-for': `1${forwarded}` })
      const text = unscrubbedCommonLogString(
        req,
        res,
        behindProxy ? { ipHeader: 'x-forwarded-for' } : undefined,
      )
      // An address of nothing leaves an empty first field, as the package does.
      const fields = parse(text.startsWith(' ') ? `-${text}` : text)
      const status = line.statusCode === undefined ? '' : `${line.statusCode}`
      return !UNSEEN.test(text) && fields?.length === 12 && fields[5] === status
    }),
    { numRuns: 400 },
  )
})

t.test('the drop-in gives what the package gives on harmless input, local time zone included', async (t) => {
  fc.assert(
    fc.property(harmless, fc.option(harmlessWord(10), { nil: undefined }), (line, forwarded) => {
      const [req, res] = packageArguments(line)
      Object.assign((req as { headers: object }).headers, { 'x-real-ip': forwarded })
      const options = { ipHeader: 'x-real-ip' }
      const elapsed = / -?\d+ ms$/
      return (
        unscrubbedCommonLogString(req, res, options).replace(elapsed, '') ===
        commonLog(req, res, options).replace(elapsed, '')
      )
    }),
  )
  const bare = { httpVersion: '1.1', method: 'GET', url: '/', headers: {} }
  const today = (text: string) => text.replace(/\[.*?\]/, '[]')
  for (const [name, req, res] of [
    ['no request', undefined, {}],
    ['no response', {}, null],
    ['no socket', bare, {}],
    ['no address', { ...bare, socket: {} }, { statusCode: 204 }],
    [
      'no time and an empty body',
      { ...bare, socket: { remoteAddress: '::ffff:10.0.0.1' } },
      { statusCode: 200, _data: '' },
    ],
    ['a body that is text', bare, { statusCode: 200, _data: 'four' }],
    ['no url, method and version', { headers: {} }, { statusCode: 200 }],
  ] as const) {
    t.equal(today(unscrubbedCommonLogString(req, res)), today(commonLog(req, res)), name)
  }
  t.match(
    unscrubbedCommonLogString({ ...bare, headers: undefined }, {}, null),
    / "-" "-" "-" $/,
    'no headers do not throw',
  )
})

t.test('a whole X-Forwarded-For stays one field', async (t) => {
  const headers = {
    'x-forwarded-for': '1.2.3.4 - admin [01/Jan/2026:00:00:00 +0000] "GET /forged HTTP/1.1" 200 1',
  }
  const req = { method: 'GET', url: '/', httpVersion: '1.1', headers }
  const fields = parse(unscrubbedCommonLogString(req, { statusCode: 200 }, { ipHeader: 'x-forwarded-for' }))
  t.equal(
    fields?.[0],
    '1.2.3.4\\x20-\\x20admin\\x20\\x5B01/Jan/2026:00:00:00\\x20+0000\\x5D\\x20\\x22GET\\x20/forged\\x20HTTP/1.1\\x22\\x20200\\x201',
  )
})

t.test('long fields are cut where the documentation says and end in an ellipsis', async (t) => {
  const fields = parse(
    accessLine({ ...LINE, url: `/${'u'.repeat(5000)}`, userAgent: 'a'.repeat(600), user: 'b'.repeat(512) }),
  )
  t.equal(fields?.[4], `GET /${'u'.repeat(2046)}… HTTP/1.1`)
  t.equal(fields?.[8], `${'a'.repeat(511)}…`)
  t.equal(fields?.[2], `${'b'.repeat(127)}…`)
})

t.test('escapes', async (t) => {
  t.equal(quotedField('a "b" \\ [c]', 99), 'a \\"b\\" \\\\ [c]')
  t.equal(bareField('a "b" [c]\u00a0\u3000', 99), 'a\\x20\\x22b\\x22\\x20\\x5Bc\\x5D\\xA0\\u3000')
  t.equal(
    quotedField('\0\t\n\x7f\x85\u2028\u202e\ufeff', 99),
    '\\x00\\x09\\x0A\\x7F\\x85\\u2028\\u202E\\uFEFF',
  )
  t.equal(quotedField('😀 \ud800 \udc00', 99), '😀 \\uD800 \\uDC00', 'whole pairs stay')
  t.equal(quotedField('\u{e0041}\u{1d173}', 99), '\\uDB40\\uDC41\\uD834\\uDD73', 'invisible ones do not')
  t.equal(quotedField('ab😀cd', 4), 'ab…', 'a cut tears no pair')
  t.equal(quotedField('"b😀cd', 4), '\\"b…')
  t.equal(cut('abcd', 4), 'abcd')
  t.equal(cut('abcde', 4), 'abc…')
})

t.test('the drop-in for common-log-string gives what the package gives, less the secrets', async (t) => {
  const req = {
    httpVersion: '1.1',
    method: 'GET',
    url: '/orders/17?page=2',
    headers: { 'user-agent': 'curl/8.5', 'x-real-ip': '203.0.113.9' },
    socket: { remoteAddress: '10.0.0.1' },
  }
  const res = { statusCode: 200, _data: { length: 512 }, _time: START }
  const line = (text: string) => text.replace(/\d+ ms$/, 'N ms')
  for (const options of [undefined, { ipHeader: 'x-real-ip' }]) {
    t.equal(line(commonLogString(req, res, options)), line(commonLog(req, res, options)))
  }
  const secret = commonLogString({ ...req, url: '/orders?token=hunter2hunter2', method: 'GET"\n' }, res)
  t.match(secret, /\/orders\?token=\[SECRET:[a-z-]+\] HTTP/)
  t.notMatch(secret, /hunter2|\n/)
})

t.test('the suite of the package common-log-string, as it is installed, passes on the drop-in', async (t) => {
  const file = createRequire(import.meta.url).resolve('common-log-string/test.js')
  const names: string[] = []
  // What the suite takes of its runner and of its assertions.
  const must = {
    get(this: string) {
      return { match: (pattern: RegExp) => t.match(this, pattern) }
    },
    configurable: true,
  }
  const known: Record<string, () => unknown> = {
    './': () => commonLogString,
    'must/register': () => Object.defineProperty(String.prototype, 'must', must),
  }
  t.teardown(() => Reflect.deleteProperty(String.prototype, 'must'))
  const describe = (_name: string, body: () => void) => body()
  const it = (name: string, body: () => void) => {
    names.push(name)
    body()
  }
  const suite = new Function('require', 'describe', 'it', readFileSync(file, 'utf8'))
  suite((name: string) => known[name](), describe, it)
  t.same(names, [
    'uses request.socket.remoteAddress if no ipHeader provided',
    'uses ipHeader if option set and header exists',
    'falls back to remoteAddress if ipHeader not found',
  ])
})

t.test('the drop-in, secrets and all, gives what the package gives on harmless input', async () => {
  const elapsed = / -?\d+ ms$/
  fc.assert(
    fc.property(harmless, (line) => {
      const [req, res] = packageArguments({ ...line, url: '/orders?page=2', userAgent: 'curl/8.5' })
      return commonLogString(req, res).replace(elapsed, '') === commonLog(req, res).replace(elapsed, '')
    }),
    { numRuns: 50 },
  )
})

t.test('a header that is a whole entry of its own gives one line with the fields of one', async (t) => {
  // D3: with the package this reads as two entries, the first of them forged, and the token stands in the second.
  const headers = {
    'x-forwarded-for': '1.2.3.4 - admin [01/Jan/2026:00:00:00 +0000] "GET /forged HTTP/1.1" 200 1 - -',
    'user-agent': 'a" 200 5 "-" "b',
  }
  const req = { method: 'GET', url: '/x?access_token=hunter2hunter2', httpVersion: '1.1', headers }
  const text = commonLogString(req, { statusCode: 200 }, { ipHeader: 'x-forwarded-for' })
  const fields = parse(text)
  t.equal(fields?.length, 10)
  t.equal(fields?.[4], 'GET /x?access_token=[SECRET:query] HTTP/1.1')
  t.equal(fields?.[8], 'a\\" 200 5 \\"-\\" \\"b')
  t.notMatch(text, 'hunter2')
})
