/** Reports for the tests of the page: invented, and the same on every run. */

const HOUR = 3_600_000
const DAY = 24 * HOUR
const SINCE = Date.parse('2026-11-17T00:00:00.000Z')
const UNTIL = Date.parse('2026-11-24T00:00:00.000Z')
const OPERATIONS = [
  'GET /products/:id',
  'GET /products',
  'GET /cart',
  'POST /cart/items',
  'GET /orders/:id',
  'POST /orders',
  'POST /login',
  'GET /search',
  'GET /health',
  'PATCH /account/address',
  'POST /payments/:id/capture',
  'GET /admin/exports/:id',
  'DELETE /cart/items/:id',
  'GET /invoices/:id.pdf',
]
const USERS = [
  'ada',
  'grace',
  'margaret',
  'katherine',
  'dorothy',
  'annie',
  'joan',
  'radia',
  'barbara',
  'karen',
]
const OUTCOMES = ['success', 'failure', 'denied']

const iso = (time) => new Date(time).toISOString()

function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >> 8) / 2 ** 23
  }
}

const list = (length, make) => Array.from({ length }, (_, i) => make(i))

export function sampleReport() {
  return reportOf({ rows: { operations: 14, users: 10, denials: 9 }, hosts: 3 })
}

export function largeReport(rows) {
  return reportOf({ rows: { operations: rows, users: rows, denials: rows, other: rows }, hosts: 20 })
}

function reportOf({ rows, hosts }) {
  const random = randomNumbers(7)
  const between = (from, to) => Math.round(from + random() * (to - from))
  const other = (usual) => rows.other ?? usual
  const someTime = () => iso(SINCE + Math.floor(random() * (UNTIL - SINCE)))
  const times = () => {
    const [first, last] = [someTime(), someTime()].sort()
    return { first, last }
  }
  const operation = (i) => OPERATIONS[i % OPERATIONS.length] + (i < OPERATIONS.length ? '' : `/${i}`)
  const user = (i) => USERS[i % USERS.length] + (i < USERS.length ? '' : `-${i}`)
  const dir = (i) => `/srv/logs/web-${i + 1}`
  const series = list(168, (i) => stepOf(i, random))
  const sum = (of) => series.reduce((total, step) => total + of(step), 0)
  const classes = list(5, (i) => sum((step) => step.classes[i]))
  const requests = sum((step) => step.requests)
  const attempts = list(168, (i) => ({
    at: iso(SINCE + i * HOUR),
    failed: between(0, 4) + (i === 99 ? 412 : i === 100 ? 188 : 0),
    succeeded: between(4, 60),
  }))
  const failed = attempts.reduce((total, step) => total + step.failed, 0)
  return {
    v: 1,
    made: '2026-11-24T06:00:12.345Z',
    version: '0.5.0',
    period: { since: iso(SINCE), until: iso(UNTIL) },
    findings: findings(failed),
    directories: list(hosts, (i) => directory(i, dir(i), between)),
    requests: {
      requests,
      classes,
      aborted: sum((step) => step.aborted),
      errors: sum((step) => step.errors),
      latency: { p50: 14, p95: 112, p99: 480, max: 30_000 },
      step: 'hour',
      series,
      operations: list(rows.operations, (i) => operationOf(operation(i), i, requests, between)),
      errorLines: list(other(4), (i) => ({
        operation: i === 0 ? 'process' : `job nightly-export-${i}`,
        count: between(1, 40),
      })),
    },
    logins: {
      succeeded: attempts.reduce((total, step) => total + step.succeeded, 0),
      failed,
      series: attempts,
      byUser: list(rows.users, (i) => ({
        user: user(i),
        failed: between(0, 60),
        succeeded: between(0, 40),
        addresses: between(1, 4),
        ...times(),
      })),
      byAddress: list(other(12), (i) => ({
        address:
          i === 0 ? '203.0.113.77' : i % 5 === 4 ? `2001:db8::${i.toString(16)}` : `198.51.100.${i % 250}`,
        failed: i === 0 ? 600 : between(0, 9),
        succeeded: between(0, 40),
        users: i === 0 ? 187 : between(1, 3),
        ...times(),
      })),
      bursts: [
        {
          kind: 'spraying',
          address: '203.0.113.77',
          user: null,
          failed: 600,
          users: 187,
          addresses: 1,
          succeeded: 1,
          first: '2026-11-21T03:12:09.000Z',
          last: '2026-11-21T04:40:51.000Z',
        },
        ...list(other(2) - 1, (i) => ({
          kind: i % 2 === 0 ? 'guessing' : 'flood',
          address: null,
          user: i % 2 === 0 ? user(i) : null,
          failed: between(20, 60),
          users: 1,
          addresses: between(2, 20),
          succeeded: 0,
          ...times(),
        })),
      ],
      newAddresses: list(other(2), (i) => ({
        user: user(i + 3),
        address: i === 0 ? '203.0.113.77' : `192.0.2.${i % 250}`,
        first: someTime(),
        count: between(1, 5),
      })),
      knownDays: 83,
    },
    audit: {
      total: 1893,
      byOutcome: { success: 1790, failure: 72, denied: 31, unknown: 0 },
      rows: list(other(9), (i) => ({
        action:
          ['auth.login', 'order.refund', 'user.role.change', 'export.create'][i % 4] +
          (i < 12 ? '' : `.${i}`),
        outcome: OUTCOMES[i % 3],
        actors: between(1, 40),
        count: between(1, 900),
        ...times(),
      })),
      byActor: list(other(8), (i) => ({
        actor: user(i),
        count: between(1, 300),
        denied: between(0, 6),
        failed: between(0, 9),
        actions: between(1, 7),
        last: someTime(),
      })),
      denials: list(rows.denials, (i) => ({
        at: iso(UNTIL - (i + 1) * 5 * HOUR - between(0, HOUR)),
        action: i === 2 ? 'export.create' : 'order.refund',
        actor: i === 2 ? 'joan' : user(i),
        target: i % 3 === 0 ? null : `order:${between(1000, 9999)}`,
        reason: i % 4 === 1 ? null : 'needs the role accountant',
        unusual: i === 2,
      })),
    },
    secrets: {
      total: 4211,
      byRule: list(other(4), (i) => ({
        rule: ['password', 'token', 'jwt', 'github'][i] ?? `rule-${i}`,
        count: between(10, 3000),
      })),
      byOperation: list(other(5), (i) => ({
        operation: operation(i + 5),
        rule: ['password', 'token', 'jwt'][i % 3],
        count: between(10, 3000),
        before: i === 1 ? 0 : between(10, 3000),
      })),
    },
    losses: {
      lines: 1204,
      gaps: list(other(2), (i) => ({
        dir: dir(i % hosts),
        ...times(),
        count: between(1, 1200),
        reason: 'disk-full',
      })),
      torn: list(other(1), (i) => ({
        dir: dir(1),
        name: `20261119T101112Z-web-2-4242-${i}.log`,
        bytes: 1873,
        at: '2026-11-19T10:14:01.000Z',
      })),
      clock: list(other(1), () => ({ dir: dir(2), at: '2026-11-20T02:00:00.500Z', step: -3417 })),
      unended: 1,
      unreadable: 3,
    },
    coverage: coverageOf(hosts, dir, random),
    changes: {
      last: {
        at: '2026-11-17T06:03:55.000Z',
        by: 1001,
        reviewer: 'Grace',
        since: '2026-11-10T00:00:00.000Z',
        until: '2026-11-17T00:00:00.000Z',
      },
      reviews: list(other(6), (i) => ({
        dir: dir(i % hosts),
        at: iso(UNTIL - (i + 1) * 7 * DAY + 6 * HOUR + 235_000),
        by: 1001 + (i % 2),
        reviewer: i % 3 === 2 ? null : 'Grace',
      })),
      rows: [
        { name: 'Requests', now: requests / 7, before: 401_220 },
        { name: 'Answered with 5xx', now: classes[4] / 7, before: 160 },
        { name: 'Failed logins', now: failed / 7, before: 49 },
        { name: 'Denied actions', now: 31 / 7, before: 4 },
        { name: 'Secrets cut', now: 601, before: 0 },
        { name: 'Lines lost', now: 172, before: null },
      ],
      newOperations: ['GET /admin/exports/:id', 'POST /payments/:id/capture'],
    },
    remarks: [
      'The table of addresses was cut at 1,000 rows of 1,274.',
      'The lines of 1 segment are marked untrusted, for verify found it modified.',
    ],
  }
}

function stepOf(i, random) {
  const hour = i % 24
  const busy = 0.25 + Math.max(0, Math.sin(((hour - 6) / 24) * 2 * Math.PI)) ** 0.8
  const requests = Math.round(26_000 * busy * (0.9 + random() * 0.2))
  const failing = i === 130 || i === 131
  const bad = Math.round(failing ? requests * 0.02 : random() * 6)
  const refused = Math.round(requests * (0.008 + random() * 0.004))
  const moved = Math.round(requests * 0.06)
  return {
    at: iso(SINCE + i * HOUR),
    requests,
    classes: [0, requests - bad - refused - moved, moved, refused, bad],
    aborted: Math.round(random() * 12),
    errors: bad + Math.round(random() * 3),
    p50: Math.round(11 + busy * 5 + random() * 2),
    p95: Math.round(failing ? 900 : 80 + busy * 40 + random() * 25),
  }
}

function operationOf(operation, i, all, between) {
  const requests = Math.max(1, Math.round(all / (4 + i * 3)))
  const bad = between(0, requests / 800)
  const refused = between(0, requests / 60)
  const moved = between(0, requests / 12)
  const p50 = between(3, 60)
  return {
    operation,
    requests,
    classes: [0, Math.max(0, requests - bad - refused - moved), moved, refused, bad],
    aborted: between(0, 30),
    errors: bad,
    latency: i === 8 ? null : { p50, p95: p50 * 6, p99: p50 * 22, max: p50 * 310 },
  }
}

function findings(failed) {
  return [
    {
      kind: 'integrity',
      severity: 'critical',
      count: 1,
      what: '1 segment of /srv/logs/web-3 was modified: sealed/2026/11/19/20261119T090000Z-web-3-811.log.gz.age is not what was signed',
    },
    {
      kind: 'bursts',
      severity: 'critical',
      count: 2,
      what: '203.0.113.77 tried 187 users with 600 failed logins from 2026-11-21 03:12 to 04:40, and 1 login from there succeeded',
    },
    {
      kind: 'silent-days',
      severity: 'warning',
      count: 1,
      what: 'web-2 wrote nothing on 2026-11-12, and no keeper ran',
    },
    {
      kind: 'failed-logins',
      severity: 'warning',
      count: failed,
      what: `${failed} logins failed, 13 times as many as in the week before`,
    },
    {
      kind: 'gaps',
      severity: 'warning',
      count: 2,
      what: '1,204 lines were lost while the disk of web-1 was full',
    },
    {
      kind: 'secrets',
      severity: 'warning',
      count: 1,
      what: 'POST /orders tries to log a token since 2026-11-18',
    },
    {
      kind: 'denials',
      severity: 'notice',
      count: 1,
      what: 'joan was denied export.create, which she had never tried before',
    },
    { kind: 'clock', severity: 'notice', count: 1, what: 'the clock of web-3 was set back by 3.4 s' },
  ]
}

function directory(i, dir, between) {
  const isBroken = i === 2
  return {
    dir,
    state: i === 1 ? 'partly' : 'read',
    problems: i === 1 ? ['1 segment cannot be decrypted with the identities that were given'] : [],
    hosts: [`web-${i + 1}`],
    services: ['shop', 'billing'],
    segments: {
      sealed: between(60, 80),
      open: 2,
      unreadable: i === 1 ? 1 : 0,
      untrusted: isBroken ? 1 : 0,
      indexed: 60,
    },
    lines: between(1_900_000, 2_200_000),
    bytes: between(700_000_000, 900_000_000),
    integrity: {
      ok: !isBroken,
      problems: isBroken
        ? [
            {
              kind: 'modified',
              where: 'sealed/2026/11/19/20261119T090000Z-web-3-811.log.gz.age',
              what: 'its sha256 is not the one that the ledger lists',
            },
          ]
        : [],
      notes: [{ kind: 'gap', where: 'entry 5120', what: '1,204 lines were lost: disk-full' }],
      entries: between(9_000, 12_000),
      proven: { entry: between(9_000, 12_000), at: '2026-11-24T05:59:58.000Z' },
      anchored: i === 0,
      segments: between(800, 900),
      pruned: between(0, 90),
    },
    shipping: [
      {
        to: 's3://example-logs/shop',
        shipped: between(800, 900),
        waiting: i === 1 ? 3 : 0,
        waitingSince: i === 1 ? '2026-11-24T03:10:00.000Z' : null,
        lastShipped: '2026-11-24T05:02:11.000Z',
      },
    ],
    disk: {
      state: i === 1 ? 'low' : 'ok',
      freeBytes: i === 1 ? 4_100_000_000 : 61_000_000_000,
      totalBytes: 80_000_000_000,
      lastsDays: i === 1 ? 11 : null,
      plainBytesPerDay: 118_000_000,
      projectedBytes: 2_300_000_000,
      encrypted: 'yes',
    },
  }
}

function coverageOf(hosts, dir, random) {
  const days = list(91, (i) => iso(UNTIL - (90 - i) * DAY).slice(0, 10))
  const stateOf = (host, day) => {
    if (host === 2 && day < 12) return 'before'
    if (host === 0 && day < 2) return 'removed'
    if (host === 1 && days[day] === '2026-11-12') return 'silent'
    if (host === 1 && (day === 30 || day === 31)) return 'quiet'
    return 'lines'
  }
  return {
    days,
    hosts: list(hosts, (host) => ({
      dir: dir(host),
      host: `web-${host + 1}`,
      service: 'shop',
      days: days.map((_date, day) => {
        const state = stateOf(host, day)
        const isWeekend = day % 7 === 4 || day % 7 === 5
        const lines =
          state === 'lines' ? Math.round((isWeekend ? 120_000 : 280_000) * (0.7 + random() * 0.5)) : 0
        return { state, lines: day === 90 ? Math.round(lines / 4) : lines }
      }),
    })),
  }
}

export function emptyReport() {
  return {
    v: 1,
    made: '2026-11-24T06:00:12.345Z',
    version: '0.5.0',
    period: { since: iso(SINCE), until: iso(UNTIL) },
    findings: [],
    directories: [],
    requests: {
      requests: 0,
      classes: [0, 0, 0, 0, 0],
      aborted: 0,
      errors: 0,
      latency: null,
      step: 'hour',
      series: [],
      operations: [],
      errorLines: [],
    },
    logins: {
      succeeded: 0,
      failed: 0,
      series: [],
      byUser: [],
      byAddress: [],
      bursts: [],
      newAddresses: [],
      knownDays: 0,
    },
    audit: {
      total: 0,
      byOutcome: { success: 0, failure: 0, denied: 0, unknown: 0 },
      rows: [],
      byActor: [],
      denials: [],
    },
    secrets: { total: 0, byRule: [], byOperation: [] },
    losses: { lines: 0, gaps: [], torn: [], clock: [], unended: 0, unreadable: 0 },
    coverage: { days: [], hosts: [] },
    changes: { last: null, reviews: [], rows: [], newOperations: [] },
    remarks: [],
  }
}

export function withStrings(report, replace) {
  const copy = (value, path) => {
    if (typeof value === 'string') return replace(value, path.join('.'))
    if (Array.isArray(value)) return value.map((item, i) => copy(item, [...path, i]))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, copy(item, [...path, name])]),
    )
  }
  return copy(report, [])
}

export const HOSTILE = [
  '<script>alert(1)</script>',
  '</script><script>alert(2)</script>',
  '</title></style></textarea><img src=x onerror=alert(3)>',
  '"><svg onload=alert(4)>',
  "' autofocus onfocus=alert(5) x='",
  '<iframe srcdoc="<script>alert(6)</script>">',
  '<a href="javascript:alert(7)">here</a>',
  '<meta http-equiv="refresh" content="0;url=http://evil.example/">',
  '<base href="http://evil.example/">',
  '<link rel=stylesheet href=http://evil.example/x.css>',
  '<form action=http://evil.example><button>go</button></form>',
  '<!-- no end',
  '--><b>bold</b>',
  ']]><b>bold</b><![CDATA[',
  '&lt;b&gt; &amp;amp; &#60;b&#62; &copy',
  '=HYPERLINK("http://evil.example","here")',
  "+cmd|' /C calc'!A0",
  '@SUM(1+1)*cmd',
  '-2+3',
  'ada\u202egnp.exe\u202c',
  '\u2066isolated\u2069\u200f\u061c',
  'zero\u200b\u200c\u200d\ufeff\u2060width\u00ad',
  '\u001b[2J\u001b]0;title\u0007red\u001b[31m',
  'nul\u0000 tab\t feed\n return\r next\u0085',
  '\u2028line\u2029paragraph',
  'half \ud800 and \udfff',
  '{{constructor.constructor("alert(8)")()}} ${alert(9)} <%= 1 %>',
  '__proto__',
  `${'a\u0301'.repeat(40)} \ud83d\ude00 \u5b57 ${'z\u0335\u0321'.repeat(40)}`,
  '<b>long</b>'.repeat(20_000),
  '\\u003cscript\\u003e \\x3c `backtick` \'"',
  'https://evil.example/?a=1&b=2#<x>',
]
