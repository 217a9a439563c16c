/**
 * Questions in SQL over log directories, answered by the real DuckDB and compared with counts over the plain lines.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import fc from 'fast-check'
import t from 'tap'
import { generateIdentity } from '../../lib/keep/identities.ts'
import { Ledger } from '../../lib/keep/ledger.ts'
import { seal } from '../../lib/keep/seal.ts'
import { withViews } from '../../lib/review/sql/ask.ts'
import { isDeep, jsonOf, lineJson, MAX_DEPTH } from '../../lib/review/sql/json.ts'
import { EVERYTHING, wantedBy, wantedIn } from '../../lib/review/sql/question.ts'
import { valueJson } from '../../lib/review/sql/values.ts'
import { VIEW_NAMES, VIEWS, type ViewName } from '../../lib/review/sql/views.ts'
import { folder } from '../helpers.ts'
import { endedSegment, NOON } from '../keep/helpers.ts'
import { logDirectory } from '../store/helpers.ts'
import { asked, duckdb, MB, questionOf, recordOf } from './sql-helpers.ts'

// biome-ignore lint/suspicious/noExplicitAny: records of all kinds
type Fields = Record<string, any>

const textOf = (records: unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('')
const group = (keys: string[]) =>
  [...new Set(keys)].map((key) => [key, keys.filter((other) => other === key).length] as const)
const sorted = <T>(rows: T[]) => rows.map((row) => JSON.stringify(row)).sort()

t.test('answers are those of a count over the plain lines: open, sealed, encrypted, two hosts', async (t) => {
  const dirs = [logDirectory(t), logDirectory(t)]
  const { identity, recipient } = await generateIdentity(false)
  const records: Fields[] = []
  for (let k = 0; k < 6; k++) {
    const some = Array.from({ length: 200 }, (_, i) => recordOf(k * 200 + i, NOON + (k * 200 + i) * 60_000))
    records.push(...some)
    const frame = { level: 30, kind: 'segment-start', segment: { writer: 'w', number: 1, seq: 1 } }
    const path = endedSegment(dirs[k % 2], textOf([frame, ...some]))
    if (k < 4) await seal(new Ledger(dirs[k % 2]), path, 'size', { recipients: k < 2 ? [recipient] : [] })
  }
  const question = questionOf(dirs, { identities: [identity] })
  const of = (kind: string | undefined) => records.filter((record) => record.kind === kind)

  const failed = await asked(
    `select actor, count(*) n from audit where action = 'auth.login' and outcome = 'failure' group by 1`,
    question,
  )
  const failures = of('audit').filter(
    ({ action, outcome }) => action === 'auth.login' && outcome === 'failure',
  )
  t.strictSame(
    sorted(failed.rows),
    sorted(group(failures.map(({ actor }) => actor)).map(([actor, n]) => ({ actor, n }))),
  )
  t.ok(failed.rows.length > 0)

  const classes = await asked(
    `select operation || ' ' || status || ' ' || time::date::varchar as k, count(*) n, max(response_time_ms) m
     from access group by 1`,
    question,
  )
  const keyOf = (record: Fields) => `${record.operation} ${record.res.statusCode} ${record.time.slice(0, 10)}`
  t.strictSame(
    sorted(classes.rows),
    sorted(
      group(of('access').map(keyOf)).map(([k, n]) => {
        const times = of('access').map((record) => (keyOf(record) === k ? record.responseTime : 0))
        return { k, n, m: Math.max(...times) }
      }),
    ),
  )

  const whole = await asked(
    'select line from access union all select line from audit union all select line from app',
    question,
  )
  t.strictSame(sorted(whole.rows.map(({ line }) => line)), sorted(records), 'each line once, as it is')
  t.strictSame(
    (await asked('select distinct trusted, directory from app order by all', question)).rows,
    [...dirs]
      .sort()
      .flatMap((directory) => [
        { trusted: true, directory },
        { trusted: null, directory },
      ])
      .sort((a, b) => Number(b.trusted) - Number(a.trusted) || (a.directory < b.directory ? -1 : 1)),
  )

  const [since, until] = [NOON + 300 * 60_000, NOON + 800 * 60_000]
  const cut = await asked(
    'select count(*) n, min(time) a, max(time) b from (select time from app union all select time from access)',
    {
      ...question,
      since,
      until,
    },
  )
  const inTime = [...of('access'), ...of(undefined)].filter(
    ({ time }) => Date.parse(time) >= since && Date.parse(time) <= until,
  )
  t.strictSame(cut.rows, [
    {
      n: inTime.length,
      a: inTime.map(({ time }) => time).sort()[0],
      b: inTime
        .map(({ time }) => time)
        .sort()
        .at(-1),
    },
  ])

  const [row] = (await asked("select * from access where url = '/orders/4'", question)).rows
  const { segment, directory, ...columns } = row
  t.strictSame(columns, {
    time: '2026-11-24T12:04:00.000Z',
    level: 30,
    service: 'shop',
    host: 'web-0',
    pid: 42,
    operation: 'POST /login',
    req_id: 'r4',
    method: 'GET',
    url: '/orders/4',
    remote_address: '203.0.113.4',
    user_name: 'bob',
    status: 404,
    content_length: 4,
    response_time_ms: 148,
    aborted: false,
    err_type: null,
    err_message: null,
    msg: '"GET /orders/4 HTTP/1.1"',
    line: records[4],
    trusted: true,
  })
  t.match(segment, /^test\./)

  const closed = await asked('select count(*) n from app', questionOf(dirs))
  t.equal(closed.facts.encrypted, 2, 'without an identity they are left out, and counted')
  const [, other] = [await generateIdentity(false), await generateIdentity(false)]
  const wrong = await asked('select count(*) n from app', questionOf(dirs, { identities: [other.identity] }))
  t.match(wrong.facts.problems, [{ code: 'HUSHLOG_KEY' }, { code: 'HUSHLOG_KEY' }])
  t.strictSame(wrong.rows, closed.rows)
})

const READS = [
  'select a.actor from audit a join access b using (req_id) where status = 500',
  'select count(*) from access',
  'from audit',
  'select access from access order by time limit 3',
  "select time from access where line->>'$.req.user' = 'ada' order by all",
  'select x.url from access x, access y where x.status = y.content_length',
  'summarize audit',
  'select (select max(details) from audit) m, url from access group by all',
  'with t as materialized (select * from access) select sum(content_length) from t',
  "select max(columns('.*_.*')) from access",
  'select url from access where operation in (select operation from audit where false)',
  'pivot access on status in (200, 500) using count(*) group by host',
  'select * from access asof join audit on access.time >= audit.time order by all limit 5',
  'select msg from access union all select msg from audit',
  'select sum(response_time_ms) over (partition by host order by time) w from access order by all limit 9',
  "select fields->>'order' o from app order by all",
  'select count(*) from access natural join audit',
  'select 1',
  'from (values (1)) v(x), lateral (select count(*) from app where level > x)',
  'with recursive r as (select 1 k union all select k + 1 from r, gaps where k < 3) from r',
  'select distinct on (host) host, msg from app order by host, time',
  'describe access',
  'select count(*) filter (aborted) from access having max(status) = 500',
]

t.test('a query answers from the columns that its plan names what it answers from all', async (t) => {
  const dir = logDirectory(t)
  endedSegment(dir, textOf(Array.from({ length: 200 }, (_, k) => recordOf(k, NOON + k * 1000))))
  const few = []
  for (const query of READS) {
    const wanted = await wantedBy(duckdb, query)
    const answers: string[][] = []
    for (const columns of [wanted, EVERYTHING])
      await withViews(duckdb, columns, questionOf([dir]), [], async (connection) => {
        const result = await connection.runAndReadAll(query)
        answers.push(
          result
            .getRows()
            .map((row) => row.map(String).join())
            .sort(),
        )
      })
    t.strictSame(answers[0], answers[1], query)
    few.push([...wanted.values()].reduce((sum, { size }) => sum + size, 0))
  }
  t.strictSame(few.slice(0, 2), [4, 0], 'and few are filled')
  t.strictSame(await wantedBy(duckdb, 'explain select 1'), EVERYTHING)
})

t.test('a plan that is not written as we know it means all columns', async (t) => {
  const scan = (table: unknown, projections: unknown) => ({
    name: 'SEQ_SCAN',
    children: [],
    extra_info: { Table: table, Projections: projections },
  })
  const around = (...children: unknown[]) => [{ name: 'PROJECTION', children, extra_info: {} }]
  t.strictSame(
    wantedIn(
      around(
        scan('logs.rows."access"', ['time', 'msg']),
        scan('logs.rows.audit', 'actor'),
        scan('audit', ''),
      ),
    ),
    new Map([
      ['audit', new Set(['actor'])],
      ['access', new Set(['time', 'msg'])],
    ]),
  )
  t.strictSame(wantedIn([{ name: 'DUMMY_SCAN', children: [], extra_info: {} }]), new Map())
  for (const plan of [
    undefined,
    'text',
    [null],
    [{ children: [] }],
    around(scan('other', 'time')),
    around(scan('access', 'nothing')),
    around(scan('access', undefined)),
    around(scan('access', ['time', 'line.x'])),
    around(scan('access', 'time'), 'text'),
  ])
    t.equal(wantedIn(plan), EVERYTHING, JSON.stringify(plan))
})

const SECRET = '/etc/passwd'

t.test('a query reaches nothing outside: no file, no network, no extension, no setting', async (t) => {
  const dir = logDirectory(t)
  endedSegment(dir, textOf([recordOf(0, NOON)]))
  const place = folder(t)
  const home = process.env.HOME
  process.env.HOME = place
  t.teardown(() => void (process.env.HOME = home))
  const to = join(place, 'x')
  for (const [query, message] of [
    [`select * from read_csv('${SECRET}')`, /^Permission Error/],
    [`select * from read_text('${SECRET}')`, /^Permission Error/],
    ["select * from read_blob('/proc/self/environ')", /^Permission Error/],
    ["select * from read_json('https://example.org/x.json')", /^Permission Error/],
    ["select * from read_parquet('s3://logs/x.parquet')", /^Permission Error/],
    ["select * from glob('/etc/*')", /^Permission Error/],
    [`select * from sniff_csv('${SECRET}')`, /^Permission Error/],
    [`from '${SECRET}'`, /^Catalog Error/],
    [`select * from query('copy access to ''${to}''')`, /Error/],
    ['select * from duckdb_secrets()', /^Permission Error/],
    [`copy access to '${to}'`, /^Permission Error|got COPY/],
    [`explain analyze copy access to '${to}'`, /^Permission Error/],
    [`attach '${to}' as x`, /^Permission Error|got ATTACH/],
    [`export database '${to}'`, /Permission Error|got EXPORT/],
    ['install httpfs', /got LOAD|Permission Error/],
    ['load httpfs', /got LOAD|Permission Error/],
    ['set enable_external_access = true', /got SET/],
    ["set temp_directory = '/tmp'", /got SET/],
    ['pragma enable_profiling', /got PRAGMA/],
    ['create table x as select 1', /got CREATE/],
    ['delete from rows.access', /got DELETE/],
    ['prepare x as select 1', /got PREPARE/],
    ['checkpoint', /got CALL/],
    ['select 1; select 2', /got 2 statements/],
    [`select 1; copy access to '${to}'`, /got 2 statements/],
    ['-- nothing', /there is none in it/],
    ['selct 1', /^Parser Error: syntax error at or near "selct"/],
    ['select $1', /not provided|parameters, but none/],
  ] as const)
    await t.rejects(asked(query, questionOf([dir])), { code: 'HUSHLOG_SQL', message }, query)
  t.strictSame(readdirSync(place), [], 'nothing was written')
  const { rows } = await asked(
    "select name from duckdb_settings() where name in ('enable_external_access', 'temp_directory', 'lock_configuration') and value in ('false', '', 'true') order by 1",
    questionOf([dir]),
  )
  t.equal(rows.length, 3)
})

t.test('what has no room in memory is an error, and nothing goes to the disk instead', async (t) => {
  const dir = logDirectory(t)
  endedSegment(dir, textOf([recordOf(0, NOON)]))
  const before = readdirSync('.')
  const small = questionOf([dir], { memory: 64 * MB })
  for (const query of [
    'select count(distinct md5(i::varchar)) from range(2000000) t(i)',
    'select list(md5(i::varchar)) from range(2000000) t(i)',
  ])
    await t.rejects(asked(query, small), {
      code: 'HUSHLOG_SQL',
      message: /^there is not enough memory/,
      hint: /--memory/,
    })
  const random = Array.from({ length: 18 }, () => ({ x: randomBytes(2 * MB).toString('hex') }))
  const full = logDirectory(t)
  for (const record of random) endedSegment(full, textOf([record]))
  await t.rejects(asked('select max(line) from app', questionOf([full], { memory: 64 * MB })), {
    message: /^there is not enough memory/,
  })
  t.strictSame(readdirSync('.'), before)
})

/** JSON as hostile as it comes: halves of surrogate pairs, NUL, `__proto__`, large numbers. */
const hostile = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' })
const halves = fc.constantFrom('\ud800', 'x\udc00y', '\\ud800', '\u0000', '__proto__', '"\\', '\ud83d\ude00')
const member = fc.oneof(hostile, halves, fc.constantFrom(1e308, -0, 123456789012345680000))
const records = fc.array(
  fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        'kind',
        'time',
        'level',
        'msg',
        'details',
        'req',
        'res',
        'err',
        'actor',
        'reason',
        'count',
        'levels',
      ),
      halves,
    ),
    member,
  ),
  { minLength: 1, maxLength: 12 },
)

t.test(
  'whatever the lines hold, each of an asked view is a row, and its JSON is JSON to DuckDB',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(records, fc.constantFrom('access', 'audit', 'gap', undefined), async (some, kind) => {
        const dir = logDirectory(t)
        const lines = some.map((record) => JSON.stringify(kind === undefined ? record : { ...record, kind }))
        endedSegment(dir, `${lines.join('\n')}\n`)
        const view = kind === undefined ? 'app' : kind === 'gap' ? 'gaps' : kind
        const jsons = VIEWS[view as ViewName].filter(({ type }) => type === 'JSON').map(({ name }) => name)
        const checks = jsons.map(
          (name) =>
            `bool_and(json_valid(${name}) or ${name} is null) ok_${name}, max(length(json_structure(${name})))`,
        )
        const { rows, facts } = await asked(
          `select count(*) n, ${checks}, max(columns(*)) from ${view}`,
          questionOf([dir]),
        )
        const kinds = new Set(['access', 'audit', 'gap'])
        const expected = lines.filter((line) =>
          kind === undefined ? !kinds.has(JSON.parse(line).kind) : true,
        ).length
        return (
          rows[0].n === expected &&
          jsons.every((name) => rows[0][`ok_${name}`] !== false) &&
          facts.problems.length === 0
        )
      }),
      { numRuns: 25 },
    )
    fc.assert(
      fc.property(member, (value) => {
        const text = JSON.stringify(value)
        const [ours, line] = [
          JSON.parse(jsonOf(JSON.parse(text))),
          JSON.parse(lineJson(text, JSON.parse(text))),
        ]
        const plain = (one: unknown) =>
          JSON.stringify(one, (_key, item) => (typeof item === 'string' ? item.toWellFormed() : item))
        return plain(ours) === plain(line) && !jsonOf(value).includes('\ufffe')
      }),
    )
  },
)

t.test(
  'what is nested without end, is no JSON object or too long is told, and nothing else is lost',
  async (t) => {
    t.notOk(isDeep('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH)))
    t.ok(isDeep('['.repeat(MAX_DEPTH + 1) + ']'.repeat(MAX_DEPTH + 1)))
    t.notOk(isDeep(`["${'['.repeat(1000)}\\"${'{'.repeat(1000)}"${',[]'.repeat(300)}]`))
    const dir = logDirectory(t)
    const deep = `${'{"a":['.repeat(20_000)}1${']}'.repeat(20_000)}`
    const lines = [
      `{"kind":"audit","actor":"deep","details":${deep},"target":${deep}}`,
      '{"kind":"audit","actor":"fine","details":{"remoteAddress":"203.0.113.9"},"target":{"id":1}}',
      '{"kind":"aud\\u0069t","actor":"escaped"}',
      '["audit"]',
      'null "audit"',
      '{"kind":"audit","actor":"torn',
      `{"kind":"audit","msg":"${'x'.repeat(17 * MB)}"}`,
      '{"msg":"audit, as it happens","kind":"segment-start"}',
      '{"kind":"segment-end","segment":{}}',
      `{"app":${deep}}`,
      '{"kind":"audit","actor":"half a line',
    ]
    const path = endedSegment(dir, `${lines.slice(0, -1).join('\n')}\n`)
    appendFileSync(path, lines.at(-1)!)
    const audit = await asked(
      'select actor, target, details, json_structure(line) as l from audit',
      questionOf([dir]),
    )
    t.match(audit.rows, [
      { actor: 'deep', target: null, details: null, l: null },
      { actor: 'fine', target: '{"id":1}', details: { remoteAddress: '203.0.113.9' } },
      { actor: 'escaped', details: null },
    ])
    t.match(audit.facts, { unreadable: 3, long: 1, deep: 1, problems: [] })
    const app = await asked('select kind, msg, fields from app order by msg', questionOf([dir]))
    t.strictSame(app.rows, [
      { kind: 'segment-start', msg: 'audit, as it happens', fields: {} },
      { kind: null, msg: null, fields: null },
    ])
    t.match(app.facts, { unreadable: 3, long: 1, deep: 1 })
  },
)

t.test('gaps of the log and of the ledger are one row each, cut to the time that is asked for', async (t) => {
  const dir = logDirectory(t)
  const gap = (count: number) => ({
    reason: 'disk full',
    count,
    levels: { 30: count },
    first: NOON,
    last: NOON + 1000,
  })
  const iso = (time: number) => new Date(time).toISOString()
  const told = (count: number) => ({
    ...gap(count),
    kind: 'gap',
    first: iso(NOON),
    last: iso(NOON + 1000),
    time: iso(NOON + 2000),
  })
  endedSegment(dir, textOf([told(1), told(2)]))
  let now = NOON
  const ledger = new Ledger(dir, () => now)
  await ledger.append({ kind: 'gap', ...gap(2) })
  await ledger.append({ kind: 'gap', ...gap(3) })
  now += 3_600_000
  await ledger.append({ kind: 'gap', ...gap(4) })
  const query = 'select count, source, reason, levels, first, last from gaps order by count'
  const row = (count: number, source: string) => ({
    ...{ count, source, reason: 'disk full', levels: { 30: count } },
    ...{ first: iso(NOON), last: iso(NOON + 1000) },
  })
  const all = [row(1, 'log'), row(2, 'both'), row(3, 'ledger'), row(4, 'ledger')]
  t.strictSame((await asked(query, questionOf([dir]))).rows, all)
  t.strictSame((await asked(query, questionOf([dir], { until: NOON + 60_000 }))).rows, all.slice(0, 3))
  t.strictSame((await asked(query, questionOf([dir], { since: NOON + 60_000 }))).rows, all.slice(3))
  writeFileSync(join(dir, 'ledger', 'ledger.jsonl'), 'nothing of ours\n')
  const broken = await asked(query, questionOf([dir]))
  t.match(broken.facts.problems, [{ code: 'HUSHLOG_LEDGER' }])
  t.equal(broken.rows.length, 2, 'what the log says is there all the same')
})

t.test('a segment that is not the one of the ledger, a damaged one and a foreign one are told', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  const paths: string[] = []
  for (const k of [0, 1, 2]) {
    const result = await seal(ledger, endedSegment(dir, textOf([recordOf(7, NOON + k)])), 'size')
    paths.push(join(dir, result.path!))
    chmodSync(paths[k], 0o600)
  }
  cpSync(paths[2], paths[0])
  writeFileSync(paths[1], 'no gzip')
  const { rows, facts } = await asked(
    'select trusted, count(*) n from app group by 1 order by 1',
    questionOf([dir]),
  )
  t.strictSame(rows, [
    { trusted: false, n: 1 },
    { trusted: true, n: 1 },
  ])
  t.equal(facts.untrusted.length, 2)
  t.match(facts.problems, [{ code: 'HUSHLOG_READ' }])
})

t.test('segments without lines of the time are not opened', async (t) => {
  const dir = logDirectory(t)
  const day = 86_400_000
  for (const k of [0, 1, 2]) {
    const result = await seal(
      new Ledger(dir),
      endedSegment(dir, textOf([recordOf(7, NOON + k * day)])),
      'size',
    )
    if (k === 1) continue
    chmodSync(join(dir, result.path!), 0o600)
    writeFileSync(join(dir, result.path!), 'no gzip')
  }
  const since = NOON + day - 1000
  const { rows, facts } = await asked(
    'select count(*) n from app',
    questionOf([dir], { since, until: since + 2000 }),
  )
  t.strictSame([rows, facts.problems], [[{ n: 1 }], []])
})

t.test('an empty directory has all views, without rows', async (t) => {
  const dir = logDirectory(t)
  for (const view of VIEW_NAMES)
    t.strictSame(
      (await asked(`select count(*) n from (from ${view})`, questionOf([dir]))).rows,
      [{ n: 0 }],
      view,
    )
})

t.test('values are JSON that loses nothing', async (t) => {
  const { rows } = await asked(
    `select 9007199254740993 a, sum(i) b, 1.50 c, timestamp '2026-01-01 00:00:00.123456' d, date '2026-01-01' e,
     [1, null] f, {'x': now() > timestamp '2026-01-01', 'y': [timestamptz '2026-01-01 02:00:00+02']} g, map {'k': 1} h,
     interval 1 day i, '{"a":\n 9007199254740993}'::json j, 'nan'::double k, timestamp 'infinity' l,
     '\\xaa'::blob m, time '10:00:00' n, 1.5::float o, timestamp_ms '1969-12-31 23:59:59.999' p, null q,
     timestamp '1969-12-31 23:59:59.999999' r, timestamp_s '2026-01-01' s, timestamp_ns '2026-01-01' t, true u,
     'x'::enum('x') v, array_value(1, 2) w, union_value(k := 1) x, 1 a
     from range(3) t(i)`,
    questionOf([]),
  )
  t.strictSame(rows, [
    {
      ...{
        a: 9007199254740992,
        b: 3,
        c: 1.5,
        d: '2026-01-01T00:00:00.123456Z',
        e: '2026-01-01',
        f: [1, null],
      },
      ...{ g: { x: true, y: ['2026-01-01T00:00:00.000Z'] }, h: [{ key: 'k', value: 1 }], i: '1 day' },
      ...{ j: { a: 9007199254740992 }, k: 'NaN', l: 'infinity', m: '\\xAA', n: '10:00:00', o: 1.5 },
      ...{ p: '1969-12-31T23:59:59.999Z', q: null, r: '1969-12-31T23:59:59.999999Z' },
      ...{
        s: '2026-01-01T00:00:00.000Z',
        t: '2026-01-01T00:00:00.000Z',
        u: true,
        v: 'x',
        w: [1, 2],
        x: '1',
        'a:1': 1,
      },
    },
  ])
  t.equal(valueJson(duckdb, 9007199254740993n, duckdb.BIGINT), '9007199254740993', 'all digits')
})

const root = fileURLToPath(new URL('../..', import.meta.url))

t.test('without DuckDB it says what to install', async (t) => {
  const dir = folder(t)
  const place = join(dir, 'away')
  mkdirSync(place)
  await build({
    entryPoints: [join(root, 'lib/review/sql/duckdb.ts')],
    outfile: join(place, 'duckdb.mjs'),
    ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' },
  })
  t.ok(existsSync(join(place, 'duckdb.mjs')))
  const program = `import { loadDuckDB } from './duckdb.mjs'
    loadDuckDB().catch(({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })))`
  writeFileSync(join(place, 'program.mjs'), program)
  const { stdout } = await promisify(execFile)(process.execPath, [join(place, 'program.mjs')], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  t.strictSame(JSON.parse(stdout), {
    code: 'HUSHLOG_UNAVAILABLE',
    message: 'hushlog sql: the package @duckdb/node-api is not installed',
    hint: 'npm install @duckdb/node-api',
  })
})
