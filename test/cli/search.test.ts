/** `hushlog search` on directories that the real store and the real sealer write. */
import { once } from 'node:events'
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { search, searchTo } from '../../lib/cli/search.ts'
import { hushlog } from '../../lib/index.ts'
import { generateIdentity } from '../../lib/keep/identities.ts'
import { folder } from '../helpers.ts'
import { access, app, audit, newDirectory, pair, segmentOf } from '../review/search-world.ts'
import { runHere, start } from './run.ts'

interface Asked {
  code: number
  lines: string[]
  said: string
}

async function asked(args: string[]): Promise<Asked> {
  let said = ''
  const { write } = process.stderr
  process.stderr.write = ((text: string) => {
    said += text
    return true
  }) as typeof write
  try {
    const { code, stdout } = await runHere(search, searchTo, args)
    return { code, lines: stdout.split('\n').slice(0, -1), said }
  } finally {
    process.stderr.write = write
  }
}

async function world(t: Test) {
  const web = newDirectory(t)
  const api = newDirectory(t)
  await segmentOf(
    web,
    [access(1, 'r1', { user: 'ada' }), app(2, 'r1'), access(3, 'r2', { status: 503 })],
    'encrypted',
  )
  await segmentOf(
    api,
    [
      app(1.5, 'r1', { host: 'api-1', msg: 'stock \u001b[31m checked' }),
      audit(4, 'auth.login', 'eve', 'failure'),
    ],
    'sealed',
  )
  await segmentOf(api, [app(5, 'r3', { level: 50, msg: '=cmd()' })], 'open')
  const identity = join(folder(t), 'identity')
  writeFileSync(identity, `${pair.identity}\n`, { mode: 0o600 })
  return {
    web,
    api,
    identity,
    dirs: ['--dir', web, '--dir', api],
    all: ['--dir', web, '--dir', api, '-i', identity],
  }
}

const ids = (lines: string[]) =>
  lines.map((line) => JSON.parse(line)).map(({ reqId, host }) => `${reqId} ${host}`)

t.test('the whole story of a request, of two hosts, in order', async (t) => {
  const { all } = await world(t)
  const { code, lines, said } = await asked([...all, '--request-id', 'r1', '--verbose'])
  t.equal(code, 0)
  t.strictSame(ids(lines), ['r1 web-1', 'r1 api-1', 'r1 web-1'])
  t.match(said, /^hushlog: 3 found; 3 of 3 segments searched, 0 skipped, [\d.]+ s\n$/)
})

t.test('filters, counts and limits', async (t) => {
  const { all } = await world(t)
  const count = async (...args: string[]) => (await asked([...all, '--count', ...args])).lines
  t.strictSame(await count(), ['6'])
  t.strictSame(await count('--user', 'ada', '--user', 'eve'), ['2'])
  t.strictSame(await count('--status', '5xx,404'), ['1'])
  t.strictSame(await count('--status', '>=500'), ['1'])
  t.strictSame(await count('--level', 'error'), ['2'])
  t.strictSame(await count('--level', '40'), ['2'])
  t.strictSame(await count('--audit'), ['1'])
  t.strictSame(await count('--audit=auth.*', '--outcome', 'failure'), ['1'])
  t.strictSame(await count('--audit', '--outcome', 'denied'), ['0'])
  t.strictSame(await count('--ip', '198.51.100.7'), ['1'])
  t.strictSame(await count('--where', 'res.statusCode=503', '--operation', 'GET /orders/:id'), ['1'])
  t.strictSame(await count('order loaded'), ['1'])
  t.strictSame(await count('ORDER', 'loaded'), ['0'])
  t.strictSame(await count('ORDER', 'loaded', '--ignore-case'), ['1'])
  t.strictSame(await count('--since', '2026-11-24T12:00:02.000Z', '--until', '2026-11-24T12:00:03.000Z'), [
    '2',
  ])
  t.strictSame(await count('--host', 'api-1'), ['1'])
  t.strictSame((await asked([...all, '--limit', '2'])).lines.length, 2)
  t.equal((await asked([...all, 'no such text'])).code, 1)
})

t.test('formats, none of which a terminal or a spreadsheet obeys', async (t) => {
  const { all } = await world(t)
  const json = await asked([...all, '--json', 'checked'])
  t.match(json.lines[0], /stock \\u001b\[31m checked/)
  const common = await asked([...all, '--format', 'common', '--status', '503'])
  t.strictSame(common.lines, ['common log string'])
  const csv = await asked([...all, '--format=csv', '--level', 'error'])
  t.strictSame(csv.lines, [
    'time,host,level,operation,reqId,user,status,msg,untrusted',
    '2026-11-24T12:00:03.000Z,web-1,50,GET /orders/:id,r2,,503,common log string,',
    "2026-11-24T12:00:05.000Z,web-1,50,GET /orders/:id,r3,,,'=cmd(),",
  ])
  const fields = await asked([
    ...all,
    '--format=csv',
    '--fields',
    'reqId, res.statusCode,req',
    '--status',
    '503',
  ])
  t.match(fields.lines[1], /^r2,503,"\{""method""/)
  const around = [...all, '-C', '1', '--user', 'ada', '--user', 'eve']
  const context = await asked([...around, '--format=common'])
  t.equal(context.lines[2], '--')
  const records = await asked([...around, '--json'])
  t.equal(records.lines.length, 4)
  t.doesNotThrow(() => records.lines.map((line) => JSON.parse(line)), 'JSON has nothing between groups')
})

t.test('what cannot be searched is said, and the rest is', async (t) => {
  const { web, dirs, api } = await world(t)
  const none = await asked([...dirs, '--count'])
  t.equal(none.code, 2)
  t.strictSame(none.lines, ['3'])
  t.match(
    none.said,
    '1 of 3 segments are encrypted and were not searched: there is no identity\nhushlog: hint: hushlog search --identity FILE',
  )
  const wrong = join(folder(t), 'wrong')
  writeFileSync(wrong, `${(await generateIdentity(false)).identity}\n`, { mode: 0o600 })
  const other = await asked([...dirs, '--count', '-i', wrong])
  t.equal(other.code, 2)
  t.strictSame(other.lines, ['3'])
  t.match(other.said, '1 of 3 segments were not searched: no identity that was given opens them')
  const missing = await asked(['--dir', join(web, 'nowhere'), '--dir', api, '--count'])
  t.equal(missing.code, 2)
  t.strictSame(missing.lines, ['3'])
  t.match(missing.said, /error: cannot read .*nowhere: no such directory/)
  const empty = newDirectory(t)
  t.match(await asked(['--dir', empty]), { code: 1, lines: [], said: '' })
})

t.test('lines of a segment that was changed are marked in each format', async (t) => {
  const dir = newDirectory(t)
  const path = await segmentOf(dir, [app(1, 'r1')], 'sealed')
  const other = await segmentOf(
    newDirectory(t),
    [app(1, 'r1', { msg: 'forged' }), '{}', '{"untrusted":1}', 'plain'],
    'sealed',
  )
  chmodSync(path, 0o600)
  writeFileSync(path, readFileSync(other))
  const json = await asked(['--dir', dir])
  t.equal(json.code, 2)
  t.match(json.said, /segment \S+ is not the file that the ledger lists: its lines are marked untrusted/)
  t.match(JSON.parse(json.lines[0]), { msg: 'forged', untrusted: 'modified' })
  t.strictSame(json.lines.slice(1), [
    '{"untrusted":"modified"}',
    '{"untrusted":1,"untrusted_":"modified"}',
    '[untrusted] plain',
  ])
  const common = await asked(['--dir', dir, '--format=common', 'forged'])
  t.match(common.lines[0], /^\[untrusted\] /)
  const csv = await asked(['--dir', dir, '--format=csv', '--fields=msg', 'forged'])
  t.strictSame(csv.lines, ['msg,untrusted', 'forged,modified'])
})

t.test('a field that no line has is told, with the one that was meant', async (t) => {
  const { all } = await world(t)
  const { code, said } = await asked([...all, '--where', 'res.statuscode=503'])
  t.equal(code, 1)
  t.equal(
    said,
    'hushlog: no line that was looked at has a field res.statuscode\nhushlog: hint: did you mean res.statusCode?\n',
  )
})

t.test('bad input names the option and what it takes', async (t) => {
  const cases: [args: string[], message: RegExp][] = [
    [['--since', 'yesterdayy'], /--since takes a time like/],
    [['--until', '2026-13-45'], /--until takes a time like/],
    [['--since', '1d', '--until', '2d'], /--until is before --since/],
    [['--status', '6xx'], /--status takes a status like 500, 5xx or '>=400', got 6xx/],
    [['--status', '>=99'], /--status takes/],
    [['--level', 'loud'], /--level takes trace, debug, info, warn, error, fatal or a number, got loud/],
    [['--outcome', 'won'], /--outcome takes success, failure or denied, got won/],
    [['--where', 'res.statusCode'], /--where takes a field, one of/],
    [['--format', 'xml'], /--format takes json, pretty, csv or common, got xml/],
    [['--fields', 'a'], /--fields goes with --format=csv/],
    [['--format=csv', '--fields', 'a,,b'], /--fields takes names of fields/],
    [['--follow', '--count'], /--follow and --count do not go together/],
    [['--limit', '0'], /--limit takes a whole number from 1/],
    [[''], /an empty TEXT/],
  ]
  for (const [args, message] of cases)
    await t.rejects(runHere(search, searchTo, args), { code: 'HUSHLOG_OPTION', message }, args.join(' '))
  await t.rejects(async () => runHere(search, searchTo, ['--operaton', 'x']), {
    code: 'HUSHLOG_OPTION',
    hint: 'did you mean --operation?',
  })
})

t.test('a status above those of HTTP is an error too', async (t) => {
  const dir = newDirectory(t)
  await segmentOf(dir, [access(1, 'r1', { status: 799 })], 'sealed')
  t.strictSame((await asked(['--dir', dir, '--count', '--status', '>=400'])).lines, ['1'])
})

t.test('frames are not shown around lines', async (t) => {
  const dir = newDirectory(t)
  await logged(dir)
  const shown = async (...more: string[]) =>
    (await asked(['--dir', dir, '-C', '2', 'once', ...more])).lines.map((line) => JSON.parse(line).kind)
  t.notOk((await shown()).some((kind) => kind === 'segment-start' || kind === 'segment-end'))
  t.ok((await shown('--frames')).includes('segment-start'))
})

t.test('a segment that is missing is told', async (t) => {
  const dir = newDirectory(t)
  await segmentOf(dir, [app(1, 'r1')], 'sealed')
  rmSync(await segmentOf(dir, [app(2, 'r2')], 'sealed'))
  const { code, lines, said } = await asked(['--dir', dir])
  t.equal(code, 2)
  t.equal(lines.length, 1)
  t.match(said, /1 segment of this time is missing, listed in the ledger and never pruned: /)
})

/** What a program writes that logs once, frames and all. */
async function logged(dir: string): Promise<void> {
  const log = hushlog({ service: 'test', stdout: false, storage: { dir } })
  log.info('once')
  await log.close()
}

t.test('goes on with what comes, each line once', async (t) => {
  const dir = newDirectory(t)
  const now = (n: number) =>
    app((Date.now() - Date.UTC(2026, 10, 24, 12)) / 1000, `r${n}`, { msg: n % 2 ? 'odd' : 'even' })
  const path = await segmentOf(dir, [now(1), now(2), now(3)], 'open')
  const child = start(['search', '--dir', dir, '--follow', 'odd'])
  t.teardown(() => child.kill())
  let text = ''
  const until = async (count: number) => {
    while (text.split('\n').length <= count) text += (await once(child.stdout, 'data'))[0]
  }
  await until(2)
  for (let n = 4; n <= 7; n++) appendFileSync(path, `${now(n)}\n`)
  await until(4)
  mkdirSync(join(dir, 'torn'), { recursive: true })
  await segmentOf(dir, [now(8), now(9)], 'open')
  await until(5)
  t.strictSame(
    ids(text.split('\n').slice(0, -1)).map((id) => id.split(' ')[0]),
    ['r1', 'r3', 'r5', 'r7', 'r9'],
  )
})
