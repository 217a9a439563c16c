/**
 * What a review finds in directories that real sealers left: each incident, and nothing that is none.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { generateIdentity } from '../../lib/keep/identities.ts'
import { readLedger } from '../../lib/keep/ledger.ts'
import { listSegments } from '../../lib/keep/reader.ts'
import type { ReportFinding } from '../../lib/review/report.ts'
import { STDOUT_NOT_READ } from '../../lib/types.ts'
import { DAY, vectorCopy } from '../keep/helpers.ts'
import {
  access,
  audit,
  HOUR,
  lineOf,
  login,
  look,
  MINUTE,
  NOW,
  quietWorld,
  type Record_,
  world,
} from './world.ts'

const told = ({ kind, severity, count, what }: ReportFinding) => `${severity} ${kind} ${count}: ${what}`
const yesterday = Math.floor(NOW / DAY) * DAY - DAY

t.test('a quiet week of a healthy shop has nothing to look at, and is told in full', async (t) => {
  const { dir } = await quietWorld(t)
  const { report, isPartial, counts } = await look(dir)
  t.same(report.findings.map(told), [])
  t.notOk(isPartial)
  t.same(report.remarks, [])
  t.match(report.directories, [
    {
      dir,
      state: 'read',
      hosts: ['web-1'],
      services: ['shop'],
      integrity: { ok: true, anchored: false },
      segments: { unreadable: 0, untrusted: 0 },
    },
  ])
  t.equal(report.directories[0].segments.indexed, report.directories[0].segments.sealed)
  // From 08:00 on seven days ago: of that day the last minutes of 40 requests, then seven whole days.
  t.equal(report.requests.requests, 7 * 41)
  t.same(report.requests.classes, [0, 7 * 40, 0, 0, 7])
  t.match(report.requests.latency, { p50: 5, max: 7 })
  t.match(report.logins, { succeeded: 14, failed: 7, bursts: [], newAddresses: [], knownDays: 13 })
  t.match(report.logins.byAddress[0], { address: '203.0.113.10', failed: 7, succeeded: 7, users: 1 })
  t.match(report.audit.byOutcome, { success: 21, failure: 7, denied: 7, unknown: 0 })
  t.match(report.audit.denials[0], { actor: 'bob', action: 'order.delete', unusual: false })
  t.match(report.secrets, { total: 7, byOperation: [{ operation: 'GET /search', rule: 'query', count: 7 }] })
  t.same(report.losses, { lines: 0, gaps: [], torn: [], clock: [], unended: 0, unreadable: 0 })
  t.equal(report.coverage.hosts[0].days.filter(({ state }) => state === 'lines').length, 21)
  t.equal(report.coverage.hosts[0].days.filter(({ state }) => state === 'before').length, 70)
  t.match(
    report.changes.rows.find(({ name }) => name === 'failed logins'),
    { now: 1, before: 1 },
  )
  t.equal(counts['failed-logins'], 7)
})

interface Incident {
  what: string
  /** Of so many days ago. */
  change?: (day: number, records: Record_[]) => Record_[]
  after?: (made: Awaited<ReturnType<typeof quietWorld>>, paths: string[]) => Promise<void> | void
  found: RegExp[]
}

const more =
  (wanted: number, ...added: Record_[]) =>
  (day: number, records: Record_[]) =>
    day === wanted ? [...records, ...added] : records
const many = (count: number, make: (i: number) => Record_) => Array.from({ length: count }, (_, i) => make(i))

const INCIDENTS: Incident[] = [
  {
    what: 'passwords are sprayed over users, and one fits',
    change: more(
      1,
      ...many(30, (i) => login(yesterday + 2 * HOUR + i * 20_000, `user${i}`, '198.51.100.7', 'failure')),
      login(yesterday + 2 * HOUR + 11 * MINUTE, 'user7', '198.51.100.7'),
    ),
    found: [
      /^critical bursts 1: spraying: 30 failed logins of 30 users from 198.51.100.7, 2026-05-31 02:00 to 02:09, then 1 success from there/,
    ],
  },
  {
    what: 'the password of one user is guessed',
    change: more(
      1,
      ...many(12, (i) => login(yesterday + 2 * HOUR + i * 30_000, 'ada', `198.51.100.${i}`, 'failure')),
    ),
    found: [/^warning bursts 1: guessing: 12 failed logins of ada from 12 addresses/],
  },
  {
    what: 'many different users fail, now and then',
    change: more(
      1,
      ...many(24, (i) => login(yesterday + i * 19 * MINUTE, `user${i}`, `192.0.2.${i}`, 'failure')),
    ),
    found: [/^notice failed-logins 31: 31 logins failed, where 7 would be usual/],
  },
  {
    what: 'somebody logs in from an address that is new',
    change: more(2, login(yesterday, 'ada', '192.0.2.77')),
    found: [
      /^notice new-addresses 1: 1 login from an address that is new for a known user: ada from 192.0.2.77/,
    ],
  },
  {
    what: 'the program tries to log a token',
    change: more(1, { time: yesterday + HOUR, operation: 'POST /pay', reqId: 'r', msg: 'x [SECRET:github]' }),
    found: [/^warning secrets 8: POST \/pay tries to log a secret \(github\), 1 time: it was cut out/],
  },
  {
    what: 'somebody is denied what nobody was denied before',
    change: more(1, audit(yesterday, 'user.promote', 'eve', 'denied', { target: 'eve' })),
    found: [
      /^warning denials 1: eve was denied user.promote on eve at 2026-05-31 00:00, for the first time in what is kept/,
    ],
  },
  {
    what: 'server errors become many',
    change: more(1, ...many(20, (i) => access(yesterday + i * MINUTE, 'POST /pay', 503))),
    found: [/^warning errors 27: 27 errors in requests and lines, where 7 would be usual/],
  },
  {
    what: 'a segment is deleted',
    after: (made, paths) => rmSync(join(made.dir, paths.at(-2) as string)),
    found: [/^critical integrity 1: .* is not as it was left: missing, sealed\/.*\.log\.gz is not there/],
  },
  {
    what: 'a byte of a segment is changed',
    after: (made, paths) => flip(join(made.dir, paths.at(-2) as string)),
    found: [/^critical integrity 1: .* is not as it was left: modified/],
  },
  {
    what: 'lines are lost, and the log and the ledger tell of it',
    change: more(1, {
      time: yesterday + HOUR,
      level: 50,
      kind: 'gap',
      reason: 'the disk was full',
      count: 17,
      levels: { 30: 17 },
      first: new Date(yesterday).toISOString(),
      last: new Date(yesterday + MINUTE).toISOString(),
    }),
    after: (made) =>
      made.enter(NOW - MINUTE, {
        kind: 'gap',
        reason: 'the disk was full',
        count: 17,
        levels: { 30: 17 },
        first: yesterday,
        last: yesterday + MINUTE,
      }),
    found: [/^warning gaps 1: 17 lines were lost in 1 gap, from 2026-05-31 00:00 on: the disk was full/],
  },
  {
    what: 'the clock is set, and the log and the ledger tell of it',
    change: more(1, {
      time: yesterday + HOUR,
      level: 40,
      kind: 'clock',
      step: 3_600_000,
      from: '',
      to: '',
      msg: 'the clock was set',
    }),
    after: (made) =>
      made.enter(yesterday + HOUR + 500, { kind: 'clock', step: 3_600_000, from: 0, to: 3_600_000 }),
    found: [/^notice clock 1: the clock was set 1 time, by 3,600 s at 2026-05-31 01:00/],
  },
]

function flip(path: string): void {
  chmodSync(path, 0o600)
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1] ^= 1
  writeFileSync(path, bytes)
}

for (const { what, change, after, found } of INCIDENTS)
  t.test(`what is found, and nothing else, when ${what}`, async (t) => {
    const made = await quietWorld(t, change)
    const paths = sealedPaths(made.dir)
    await after?.(made, paths)
    const { report } = await look(made.dir)
    const list = report.findings.map(told)
    t.equal(list.length, found.length, list.join('\n'))
    for (const [i, expected] of found.entries()) t.match(list[i], expected)
  })

t.test('a day without a line and without a keeper is silent, until a review has covered it', async (t) => {
  const made = await quietWorld(t)
  const host = 'web-2'
  const other = await quietWorld(t, (day, records) => (day === 9 ? [] : records), { host, silent: [9] })
  const both = await look([made.dir, other.dir])
  t.same(both.report.findings.map(told), [
    `warning silent-days 1: 1 day without a line and without a keeper: 2026-05-23 in ${other.dir}`,
  ])
  t.match(both.report.directories, [{ hosts: ['web-1'] }, { hosts: [host] }])
  t.equal(both.report.coverage.hosts.length, 2)
  const [since, until] = [new Date(NOW - 14 * DAY), new Date(NOW - 7 * DAY)].map((time) => time.toISOString())
  await other.enter(NOW - 7 * DAY, {
    kind: 'review',
    since,
    until,
    reviewer: 'eve',
    sha256: 'a'.repeat(64),
    findings: 1,
    by: 7,
  })
  const after = await look([made.dir, other.dir])
  t.same(after.report.findings, [])
  t.match(after.report.changes, {
    last: { at: until, by: 7, reviewer: 'eve', since, until },
    reviews: [{ dir: other.dir, at: until, by: 7, reviewer: 'eve' }],
  })
  const late = await look(made.dir, { now: NOW, since: NOW - 2 * DAY })
  t.same(late.report.findings, [], 'that one was never reviewed')
  const overdue = await look(other.dir, { since: NOW - 2 * DAY })
  t.same(overdue.report.findings.map(told), [
    'notice review-overdue 5: nobody has reviewed 5 days before this period: the last review ends 2026-05-25 08:30',
  ])
})

t.test('what cannot be read is told, and all the rest is reported', async (t) => {
  const identity = await generateIdentity(false)
  const wrong = await generateIdentity(false)
  const recipients = [identity.recipient]
  const made = await quietWorld(t, undefined, { recipients })
  const missing = join(made.dir, '..', 'web-9')
  const both = await look([made.dir, missing])
  t.ok(both.isPartial)
  t.match(both.report.findings.map(told), [
    /^critical missing-directory 1: .*web-9 cannot be looked at: there is no such directory/,
    /^warning unreadable 7: 7 segments of the period could not be read/,
  ])
  t.match(both.report.directories, [
    {
      state: 'partly',
      problems: ['7 segments are encrypted and not read: they take --identity'],
      segments: { unreadable: 7, sealed: 0 },
      integrity: { ok: true },
    },
    { state: 'missing', lines: 0, integrity: null },
  ])
  const refused = await look(made.dir, { identities: [wrong.identity] })
  t.match(refused.report.directories[0], { state: 'partly', segments: { unreadable: 7 } })
  t.match(refused.report.directories[0].problems[0], /the identity does not open it/)
  const opened = await look(made.dir, { identities: [identity.identity] })
  t.notOk(opened.isPartial)
  t.same(opened.report.findings, [])
  t.equal(opened.report.requests.requests, 7 * 41)
  t.match((await look(join(made.dir, 'open'))).report.directories[0], {
    state: 'missing',
    problems: [/no log directory/],
  })
})

t.test('what was sealed without an index is read in the period, and before it not', async (t) => {
  const dir = vectorCopy(t, 'ledger-v1')
  const [, segment] = (await readEntries(dir)).filter((entry) => entry.kind === 'segment')
  const time = Date.parse((segment as { last: string }).last)
  const now = await look(dir, { now: time + HOUR })
  t.ok(now.report.directories[0].lines > 0)
  t.equal(now.report.directories[0].segments.indexed, 0)
  const later = await look(dir, { now: time + 20 * DAY })
  t.equal(later.report.directories[0].lines, 0)
  t.match(later.report.remarks, [/no index, cannot be read or were changed: what was usual is known from/])
})

t.test('segments of audit records alone, and lines that are none, are counted all the same', async (t) => {
  const made = world(t)
  const logins = (from: number, count: number) =>
    many(count, (i) => login(from + i * MINUTE, `user${i}`, `192.0.2.${i % 200}`))
  await made.put(logins(NOW - 20 * HOUR, 700), { lines: ['no JSON', '[1]', 'null'] })
  made.open(logins(NOW - 8 * HOUR, 450))
  await made.put(logins(NOW - 40 * DAY, 10))
  const { report } = await look(made.dir, { since: NOW - 20 * DAY })
  t.equal(report.logins.succeeded, 1150)
  t.equal(report.audit.byOutcome.success, 1150)
  t.equal(report.losses.unreadable, 3)
  t.match(report.directories[0].segments, { sealed: 1, open: 1, indexed: 1 })
  t.equal(report.requests.step, 'day')
  t.equal(report.requests.series.length, 21)
  t.equal(report.logins.newAddresses.length, 100)
  t.equal(
    report.logins.series.reduce((sum, { succeeded }) => sum + succeeded, 0),
    1150,
  )
})

t.test('a waiting target and a small disk are told, and a torn tail', async (t) => {
  const made = await quietWorld(t)
  await made.enter(NOW - HOUR, { kind: 'torn', name: 'x', bytes: 17, sha256: 'a'.repeat(64) })
  writeFileSync(join(made.dir, 'torn', 'x.tail'), 'half a line')
  const disk = {
    state: 'ok',
    freeBytes: 1,
    totalBytes: 2,
    lastsDays: 20,
    plainBytesPerDay: 1,
    projectedBytes: 1,
    encrypted: 'no',
  } as const
  const shipping = [
    {
      to: 's3://b/p',
      shipped: 3,
      waiting: 4,
      waitingSince: new Date(NOW - 2 * HOUR).toISOString(),
      lastShipped: null,
    },
  ]
  const { report } = await look(made.dir, { surroundings: { shipping, disk } })
  const found = report.findings.map(told).filter((text) => !text.includes('integrity'))
  t.match(found, [
    /^warning shipping 4: 4 segments to ship to s3:\/\/b\/p, the oldest since 2026-06-01 06:30/,
    /^notice torn 1: a crash broke off 1 line: what is left of it is in .*torn/,
    /^notice disk 1: the disk of .* is full in 20 days at this rate/,
  ])
  const low = await look(made.dir, {
    surroundings: { shipping: [], disk: { ...disk, state: 'low', lastsDays: null } },
  })
  t.match(
    low.report.findings.map(told).find((text) => text.includes('disk')),
    /^critical disk 1: the disk of .* is nearly full/,
  )
})

function sealedPaths(dir: string): string[] {
  return listSegments(dir).map(({ path }) => path.slice(dir.length + 1))
}

async function readEntries(dir: string) {
  const entries = []
  for await (const entry of readLedger(dir)) entries.push(entry)
  return entries
}

const HARMLESS: [what: string, change: (day: number, records: Record_[]) => Record_[]][] = [
  [
    'a user mistypes three times',
    more(1, ...many(3, (i) => login(yesterday + i * MINUTE, 'ada', '203.0.113.9', 'failure'))),
  ],
  [
    'an office of mistypers shares one address',
    more(
      1,
      ...many(12, (i) => login(yesterday + i * 1000, `clerk${i % 6}`, '203.0.113.9', 'failure')),
      ...many(6, (i) => login(yesterday + MINUTE + i * 1000, `clerk${i}`, '203.0.113.9')),
    ),
  ],
  [
    'a sale brings ten times the requests',
    more(1, ...many(400, (i) => access(yesterday + i * 1000, 'GET /orders/:id'))),
  ],
  [
    'standard output was not read, and the store has every line',
    more(1, { time: yesterday, level: 40, kind: 'gap', reason: STDOUT_NOT_READ, count: 5 }),
  ],
]
for (const [what, change] of HARMLESS)
  t.test(`there is nothing to look at when ${what}`, async (t) => {
    const { report } = await look((await quietWorld(t, change)).dir)
    t.same(report.findings.map(told), [])
  })

interface Shape {
  host: string
  records: Record_[]
}

const operation = fc.constantFrom('GET /a', 'POST /login', 'process', '__proto__', 'POST /b "quoted"')
const record = fc.oneof(
  fc
    .record({
      operation,
      status: fc.constantFrom(200, 302, 404, 500),
      ms: fc.integer({ min: 0, max: 5000 }),
      at: fc.nat(20 * 24 * 60),
    })
    .map(({ operation: name, status, ms, at }) =>
      access(NOW - at * MINUTE, name, status, { responseTime: ms }),
    ),
  fc
    .record({
      user: fc.constantFrom('ada', 'bob', 'constructor'),
      from: fc.constantFrom('192.0.2.1', '192.0.2.2'),
      outcome: fc.constantFrom('success', 'failure'),
      at: fc.nat(20 * 24 * 60),
    })
    .map(({ user, from, outcome, at }) => login(NOW - at * MINUTE, user, from, outcome)),
  fc
    .record({
      action: fc.constantFrom('order.refund', 'toString'),
      actor: fc.constantFrom('ada', 'eve'),
      outcome: fc.constantFrom('success', 'failure', 'denied'),
      at: fc.nat(20 * 24 * 60),
    })
    .map(({ action, actor, outcome, at }) => audit(NOW - at * MINUTE, action, actor, outcome)),
  fc
    .record({ operation, at: fc.nat(20 * 24 * 60), rule: fc.constantFrom('query', 'jwt') })
    .map(({ operation: name, at, rule }) => ({
      time: NOW - at * MINUTE,
      level: 50,
      operation: name,
      msg: `x [SECRET:${rule}] y [SECRET:${rule}:0123456789ab]`,
    })),
)
const segment: fc.Arbitrary<Shape> = fc.record({
  host: fc.constantFrom('web-1', 'web-2'),
  records: fc
    .array(record, { minLength: 1, maxLength: 30 })
    .map((records) => records.sort((a, b) => a.time - b.time)),
})

t.test(
  'its sums are those of a naive count over the plain lines, whatever stands in how many segments and directories',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.array(segment, { maxLength: 2 }),
        async (first, second) => {
          const dirs = [world(t), world(t)]
          for (const [i, list] of [first, second].entries())
            for (const [j, { host, records }] of list.entries()) {
              if (j === list.length - 1) dirs[i].open(records, host)
              else await dirs[i].put(records, { host })
            }
          const { report } = await look(dirs.map(({ dir }) => dir))
          const begin = Math.floor((NOW - 7 * DAY) / HOUR) * HOUR
          const records = [...first, ...second].flatMap((one) => one.records)
          const now = records.filter(({ time }) => time >= begin)
          const is = (kind: string) => now.filter((one) => one.kind === kind)
          const logins = is('audit').filter(({ action }) => action === 'auth.login')
          const count = (list: Record_[], key: (one: Record_) => string) => {
            const counts = new Map<string, number>()
            for (const one of list) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1)
            return Object.fromEntries([...counts].sort())
          }
          const table = <T>(rows: T[], key: (row: T) => string, value: (row: T) => number) =>
            Object.fromEntries(
              rows
                .filter((row) => value(row) > 0)
                .map((row) => [key(row), value(row)] as const)
                .sort(),
            )
          const status = (one: Record_) => (one.res as { statusCode: number }).statusCode
          const equal = (name: string, got: unknown, wanted: unknown) => {
            if (JSON.stringify(got) !== JSON.stringify(wanted))
              throw new Error(`${name}: ${JSON.stringify(got)} is not ${JSON.stringify(wanted)}`)
          }
          equal(
            'lines',
            report.directories.reduce((sum, { lines }) => sum + lines, 0),
            now.length,
          )
          equal(
            'bytes',
            report.directories.reduce((sum, { bytes }) => sum + bytes, 0),
            now.reduce((sum, one) => sum + Buffer.byteLength(lineOf(one)) + 1, 0),
          )
          equal(
            'requests',
            table(
              report.requests.operations,
              (row) => row.operation,
              (row) => row.requests,
            ),
            count(is('access'), (one) => one.operation as string),
          )
          equal(
            'series',
            report.requests.series.reduce((sum, { requests }) => sum + requests, 0),
            is('access').length,
          )
          equal(
            'classes',
            report.requests.classes[4],
            is('access').filter((one) => status(one) === 500).length,
          )
          equal('errors', report.requests.errors, now.filter(({ level }) => (level as number) >= 50).length)
          equal(
            'failed by user',
            table(
              report.logins.byUser,
              (row) => row.user,
              (row) => row.failed,
            ),
            count(
              logins.filter(({ outcome }) => outcome === 'failure'),
              (one) => one.actor as string,
            ),
          )
          equal(
            'by address',
            table(
              report.logins.byAddress,
              (row) => row.address,
              (row) => row.failed + row.succeeded,
            ),
            count(logins, (one) => (one.details as { remoteAddress: string }).remoteAddress),
          )
          equal(
            'audit',
            table(
              report.audit.rows,
              (row) => `${row.action} ${row.outcome}`,
              (row) => row.count,
            ),
            count(is('audit'), (one) => `${one.action} ${one.outcome}`),
          )
          equal(
            'actors',
            table(
              report.audit.byActor,
              (row) => row.actor,
              (row) => row.count,
            ),
            count(is('audit'), (one) => one.actor as string),
          )
          const cut = now.filter(({ msg }) => typeof msg === 'string')
          equal(
            'secrets',
            table(
              report.secrets.byOperation,
              (row) => `${row.operation} ${row.rule}`,
              (row) => row.count / 2,
            ),
            count(
              cut,
              (one) => `${one.operation} ${(one.msg as string).includes('query') ? 'query' : 'jwt'}`,
            ),
          )
        },
      ),
      { numRuns: 25 },
    )
  },
)
