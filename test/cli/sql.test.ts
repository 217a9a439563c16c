/**
 * `hushlog sql` as a command: its formats, what it writes, what it says.
 */
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { sql, sqlTo } from '../../lib/cli/sql.ts'
import { PRINTERS } from '../../lib/cli/sql-format.ts'
import { generateIdentity } from '../../lib/keep/identities.ts'
import { Ledger } from '../../lib/keep/ledger.ts'
import { seal } from '../../lib/keep/seal.ts'
import { folder } from '../helpers.ts'
import { endedSegment, NOON } from '../keep/helpers.ts'
import { duckdb, inParquet, recordOf } from '../review/sql-helpers.ts'
import { logDirectory } from '../store/helpers.ts'
import { run, runHere } from './run.ts'

const textOf = (records: unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('')

function directoryOf(t: Test, records: unknown[]): string {
  const dir = logDirectory(t)
  endedSegment(dir, textOf(records))
  return dir
}

interface Answered {
  code: number
  stdout: string
  said: string
}

async function answered(t: Test, args: string[]): Promise<Answered> {
  const writes = t.capture(process.stderr, 'write', () => true)
  const result = await runHere(sql, sqlTo, args).finally(() => writes.restore())
  const said = writes().map(({ args: [text] }) => text)
  return { ...result, said: said.join('') }
}

const HOSTILE = [
  '=cmd|"/c calc"!A1',
  '+1',
  '-1+1',
  '@SUM(A1)',
  ' \t=1',
  '\uff1d1',
  'a,b;c"d',
  'two\nlines\r\n',
  '\u001b]0;title\u0007\u001b[2J',
  'right\u202eleft',
  "'quoted",
  '<script>alert(1)</script>',
]

t.test('hostile text is shown and not obeyed in every format, and CSV holds no formula', async (t) => {
  const dir = directoryOf(
    t,
    HOSTILE.map((msg, k) => ({ level: 30, pid: -k, msg })),
  )
  const query = 'select pid, msg, msg || level as "=head\u001b" from app order by pid desc'
  const csv = await answered(t, [query, '--dir', dir, '--format', 'csv'])
  t.equal(
    csv.stdout,
    [
      "pid,msg,'=head\\u001b",
      '0,"\'=cmd|""/c calc""!A1","\'=cmd|""/c calc""!A130"',
      "-1,'+1,'+130",
      "-2,'-1+1,'-1+130",
      "-3,'@SUM(A1),'@SUM(A1)30",
      "-4,' \\u0009=1,' \\u0009=130",
      "-5,'\uff1d1,'\uff1d130",
      '-6,"a,b;c""d","a,b;c""d30"',
      '-7,two\\u000alines\\u000d\\u000a,two\\u000alines\\u000d\\u000a30',
      '-8,"\\u001b]0;title\\u0007\\u001b[2J","\\u001b]0;title\\u0007\\u001b[2J30"',
      '-9,right\\u202eleft,right\\u202eleft30',
      "-10,'quoted,'quoted30",
      '-11,<script>alert(1)</script>,<script>alert(1)</script>30',
      '',
    ].join('\n'),
  )
  const json = await answered(t, [query, '--dir', dir, '--json'])
  t.strictSame(
    json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    HOSTILE.map((msg, k) => ({ pid: k === 0 ? 0 : -k, msg, '=head\u001b': `${msg}30` })),
  )
  const table = await answered(t, [query, '--dir', dir, '--format=table'])
  for (const { stdout } of [csv, json, table])
    for (const character of ['\u001b', '\u0007', '\u202e']) t.notOk(stdout.includes(character))
  t.match(table.stdout, /^pid {2}msg +=head\\u001b\n-{3} {2}-+ {2}-+\n {2}0 {2}=cmd\|"\/c calc"!A1 +=cmd/)
  t.equal(table.stdout.split('\n').length, HOSTILE.length + 3)
})

t.test(
  'a table is as wide as its first rows, cuts what is long, and shows its head without rows',
  async (t) => {
    const answer = {
      duckdb,
      names: ['k', 'text'],
      types: [duckdb.INTEGER, duckdb.VARCHAR],
      rows: async function* () {},
    }
    t.equal(PRINTERS.table(answer).end(), 'k  text\n-  ----\n')
    t.equal(PRINTERS.csv(answer).end(), 'k,text\n')
    t.equal(PRINTERS.json(answer).end(), '')
    const printer = PRINTERS.table(answer)
    t.equal(printer.rows([[1, 'a']]), '', 'it waits')
    const text = printer.rows(Array.from({ length: 1000 }, (_, k) => [k, null]))
    t.ok(text.startsWith('  k  text\n---  ----\n  1  a\n  0\n'))
    t.equal(printer.rows([[1000, `${'é'.repeat(101)}`]]), `1000  ${'é'.repeat(99)}…\n`)
    t.equal(printer.end(), '')
  },
)

t.test('a query comes from standard input too, and the built command answers in each format', async (t) => {
  const dir = directoryOf(t, [recordOf(0, NOON), recordOf(1, NOON)])
  const input = 'select count(*) as n,\n max(time) as t from access -- a comment'
  const result = await run(['sql', '--dir', dir, '-'], { input })
  t.match(result, { code: 0, stdout: '{"n":2,"t":"2026-11-24T12:00:00.000Z"}\n', stderr: '' })
  const table = await run(['sql', 'select 1 as one', '--dir', dir, '--format', 'table'])
  t.equal(table.stdout, 'one\n---\n  1\n')
})

t.test('what is left out is told, and the exit code says it', async (t) => {
  const keys = folder(t)
  const { recipient } = await generateIdentity(false)
  const dir = logDirectory(t)
  const path = endedSegment(dir, textOf([recordOf(7, NOON)]))
  await seal(new Ledger(dir), path, 'size', { recipients: [recipient] })
  endedSegment(dir, `${textOf([recordOf(8, NOON)])}no json\n`)
  const query = 'select count(*) n from app'
  const closed = await answered(t, [query, '--dir', dir, '--json'])
  t.strictSame(closed, {
    code: 2,
    stdout: '{"n":1}\n',
    said:
      'hushlog: error: 1 segment left out: encrypted\n' +
      'hushlog: hint: hushlog sql --identity FILE opens them\n' +
      'hushlog: 1 line left out: no JSON object\n',
  })
  const key = join(keys, 'key')
  await run(['keygen', '-o', key])
  const wrong = await answered(t, [query, '--dir', dir, '-i', key, '--json'])
  t.match(wrong, {
    code: 2,
    stdout: '{"n":1}\n',
    said: /^hushlog: error: cannot decrypt .*: the identity does not open it\n/,
  })
  const half = await answered(t, [
    query,
    '--dir',
    directoryOf(t, [recordOf(8, NOON)]),
    '--dir',
    join(keys, 'no'),
    '--json',
  ])
  t.match(half, { code: 2, stdout: '{"n":1}\n', said: /cannot read .*no: no such directory/ })
  await t.rejects(answered(t, [query, '--dir', join(keys, 'no')]), { code: 'HUSHLOG_READ' })

  const changed = logDirectory(t)
  const paths = []
  for (const k of [7, 8]) {
    const { path } = await seal(
      new Ledger(changed),
      endedSegment(changed, textOf([recordOf(k, NOON)])),
      'size',
    )
    paths.push(join(changed, path as string))
  }
  const other = readFileSync(paths[1])
  chmodSync(paths[0], 0o600)
  writeFileSync(paths[0], other)
  const untrusted = await answered(t, [
    "select order_, trusted from (select fields->>'$.order' order_, trusted from app)",
    '--dir',
    changed,
    '--json',
  ])
  t.match(untrusted, {
    code: 1,
    said: /^hushlog: test\.\S+ is not the segment that the ledger lists.*\nhushlog: hint: 1 segment so; hushlog verify/,
  })
  t.strictSame(untrusted.stdout.split('\n').sort(), [
    '',
    '{"order_":"8","trusted":false}',
    '{"order_":"8","trusted":true}',
  ])
})

t.test('many problems are told in few lines', async (t) => {
  const dir = logDirectory(t)
  const { recipient } = await generateIdentity(false)
  const key = join(folder(t), 'key')
  await run(['keygen', '-o', key])
  for (let k = 0; k < 12; k++)
    await seal(new Ledger(dir), endedSegment(dir, textOf([recordOf(k, NOON)])), 'size', {
      recipients: [recipient],
    })
  const { code, said } = await answered(t, ['select count(*) n from app', '--dir', dir, '-i', key])
  t.equal(code, 2)
  t.equal(said.split('error: cannot decrypt').length - 1, 10)
  t.match(said, /\nhushlog: error: and 2 more like these\n$/)
})

t.test('an error of DuckDB is told as it stands there, with nothing that a terminal obeys', async (t) => {
  const dir = directoryOf(t, [{ msg: 'x\u001b[2J' }])
  await t.rejects(answered(t, ['select msg::integer from app', '--dir', dir]), {
    code: 'HUSHLOG_SQL',
    message:
      /^Conversion Error: Could not convert string 'x\\u001b\[2J' to INT32.*\n\nLINE 1: select msg::integer/,
  })
  const result = await run(['sql', 'select nope from audit', '--dir', dir])
  t.match(result, {
    code: 2,
    stdout: '',
    stderr: /^hushlog: error: Binder Error: Referenced column "nope" not found/,
  })
})

t.test('arguments that it does not take are refused before anything is read', async (t) => {
  const dir = directoryOf(t, [recordOf(0, NOON)])
  for (const [args, message] of [
    [[], 'hushlog sql takes a query'],
    [['select', '1'], 'one query, got 2 arguments'],
    [[' \n'], 'the query is empty'],
    [['select 1', '--format', 'xml\u001b'], 'option --format takes table, json or csv, got xml?'],
    [['select 1', '--json', '--parquet', 'x'], '--parquet and a format do not go together'],
    [['select 1', '--since', 'yesterdayy'], /^--since takes a time/],
    [['select 1', '--memory', 'much'], /--memory takes a number of bytes/],
    [['select 1', '--memory', '1 MB'], 'option --memory takes 64 MB or more'],
  ] as const)
    await t.rejects(answered(t, [...args, '--dir', dir]), { code: 'HUSHLOG_OPTION', message }, args.join(' '))
})

t.test('--parquet writes the answer to a new file of its own, or nothing', async (t) => {
  const dir = directoryOf(
    t,
    Array.from({ length: 300 }, (_, k) => recordOf(k, NOON + k * 1000)),
  )
  const place = folder(t)
  const file = join(place, "it's.parquet")
  const query = 'select status, count(*) n, min(time) t from access group by 1 order by 1; -- the end'
  const result = await answered(t, [query, '--dir', dir, '--parquet', file])
  t.strictSame(result, { code: 0, stdout: '', said: '' })
  t.equal(statSync(file).mode & 0o777, 0o600)
  const { stdout } = await answered(t, [query, '--dir', dir, '--json'])
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const path = file.replaceAll("'", "''")
  t.same(
    await inParquet(`select status, n::integer, strftime(t, '%Y-%m-%dT%H:%M:%S.%gZ') from '${path}'`),
    rows.map(({ status, n, t }) => [status, n, t]),
  )
  t.same(await inParquet(`select distinct compression from parquet_metadata('${path}')`), [['ZSTD']])
  const before = readFileSync(file)
  await t.rejects(answered(t, [query, '--dir', dir, '--parquet', file]), {
    code: 'HUSHLOG_OPTION',
    message: `cannot write ${file}: it is there already`,
  })
  for (const [wrong, message] of [
    ['select nope from access', /^Binder Error/],
    ['explain select 1', /got EXPLAIN/],
    ["select error('stop' || max(url)) from access", /stop/],
    [`select * from read_parquet('${path}')`, /^Permission Error/],
  ] as const)
    await t.rejects(answered(t, [wrong, '--dir', dir, '--parquet', join(place, 'other')]), { message }, wrong)
  await t.rejects(answered(t, [query, '--dir', dir, '--parquet', join(place, 'no', 'x')]), {
    message: /: ENOENT$/,
  })
  t.strictSame(readdirSync(place), ["it's.parquet"], 'a failed run leaves nothing')
  t.ok(before.equals(readFileSync(file)))
})

t.test('--parquet without a query writes each view to a folder, whole', async (t) => {
  const records = Array.from({ length: 900 }, (_, k) => recordOf(k, NOON + k * 1000))
  const dir = directoryOf(t, records)
  const place = folder(t)
  const to = join(place, 'archive')
  t.strictSame(await answered(t, ['--dir', dir, '--parquet', to]), { code: 0, stdout: '', said: '' })
  t.strictSame(readdirSync(to).sort(), ['access', 'app', 'audit', 'gaps'])
  t.equal(statSync(to).mode & 0o777, 0o700)
  t.equal(statSync(join(to, 'app', 'part-000001.parquet')).mode & 0o777, 0o600)
  const lines: unknown[] = []
  for (const view of ['access', 'audit', 'app']) {
    const files = `'${to}/${view}/*.parquet'`
    lines.push(...(await inParquet(`select line from ${files}`)))
  }
  t.same(
    lines.map((row) => (row as string[])[0]).sort(),
    records.map((record) => JSON.stringify(record)).sort(),
  )
  t.same(await inParquet(`select count(*) from '${to}/gaps/*.parquet'`), [['0']])
  t.same(await inParquet(`select typeof(details), typeof(time) from '${to}/audit/*.parquet' limit 1`), [
    ['VARCHAR', 'TIMESTAMP'],
  ])
  await t.rejects(answered(t, ['--dir', dir, '--parquet', to]), { message: /it is there already/ })
  t.strictSame(readdirSync(place), ['archive'])
})

t.test('it is one of the commands', async (t) => {
  const { stdout } = await run(['help', 'sql'])
  t.match(stdout, /^usage: hushlog sql \[OPTIONS\] QUERY\|-\n.*--parquet PATH /s)
})
