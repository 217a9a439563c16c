/**
 * `hushlog review` as a command: its text, its exit codes, its page, and the record that it leaves in the ledger.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { review, reviewTo } from '../../lib/cli/review.ts'
import { reviewText } from '../../lib/cli/review-text.ts'
import { KeeperProcess } from '../../lib/keep/keeper-process.ts'
import type { Report } from '../../lib/review/report.ts'
import { logger } from '../helpers.ts'
import { DAY, entriesOf } from '../keep/helpers.ts'
import { access, audit, login, look, MINUTE, NOW, quietWorld, type Record_ } from '../review/world.ts'
import { BUILT, run, runHere } from './run.ts'

const yesterday = Math.floor(NOW / DAY) * DAY - DAY
const isRoot = process.getuid?.() === 0

/** Runs it in this process, at the time of the directories. */
function here(args: string[]) {
  return runHere(review, (output, given) => reviewTo(output, given, NOW), args)
}

const incident = (day: number, records: Record_[]) =>
  day === 1
    ? [
        ...records,
        ...Array.from({ length: 20 }, (_, i) =>
          login(yesterday + i * MINUTE, `user${i}`, '198.51.100.7', 'failure'),
        ),
      ]
    : records

async function reviewsIn(dir: string) {
  return (await entriesOf(dir)).filter(({ kind }) => kind === 'review')
}

t.test('the text fits a terminal, tells findings first, and the ledger names who has read it', async (t) => {
  const { dir } = await quietWorld(t, incident)
  const { code, stdout } = await here([dir, '--reviewer=ada', '--fail-on=bursts,gaps'])
  t.equal(code, 1)
  t.match(
    stdout,
    /^review of 2026-05-25 08:00 to 2026-06-01 09:00 UTC, 7 days\n1 host \(web-1\), shop: 349 lines/,
  )
  t.match(
    stdout,
    /\n1 thing to look at\n! warning {3}bursts: spraying: 20 failed logins of 20 users from 198.51.100.7/,
  )
  t.match(stdout, /\nGET \/orders\/:id +280 +0 +0 +5 ms +7 ms\n/)
  for (const line of stdout.split('\n')) t.ok([...line].length <= 80, line)
  t.match(await reviewsIn(dir), [
    {
      since: '2026-05-25T08:00:00.000Z',
      until: '2026-06-01T08:30:00.000Z',
      reviewer: 'ada',
      findings: 1,
      by: process.geteuid?.(),
    },
  ])
})

t.test('the hash in the ledger is that of the JSON, and the next review knows of it', async (t) => {
  const { dir } = await quietWorld(t)
  const { code, stdout } = await here([dir, '--json', '--reviewer=ada'])
  t.equal(code, 0)
  t.match(await reviewsIn(dir), [{ sha256: createHash('sha256').update(stdout).digest('hex'), findings: 0 }])
  const next = JSON.parse((await here([dir, '--json', '--no-record'])).stdout) as Report
  t.match(next.changes.last, { reviewer: 'ada', since: '2026-05-25T08:00:00.000Z' })
  t.equal((await reviewsIn(dir)).length, 1)
  t.match((await run(['status', dir])).stdout, /\nreviewed {4}\S+Z by ada, for 2026-05-25T08:00:00.000Z to /)
  t.equal((await run(['verify', dir, '--allow-unanchored'])).code, 0)
})

t.test('a keeper that runs enters the review by itself', async (t) => {
  const { dir } = await quietWorld(t)
  const owners = [process.geteuid?.() ?? 0]
  const keeper = new KeeperProcess({
    dir,
    keepDays: 90,
    owners,
    onError: (error) => t.fail(error.message),
    now: () => NOW,
  })
  await keeper.start()
  t.teardown(() => keeper.stop())
  const { code } = await here([dir, '--record'])
  t.equal(code, 0)
  t.equal((await reviewsIn(dir)).length, 1)
})

t.test('where it cannot be recorded that is said, and an error only with --record', async (t) => {
  const { dir } = await quietWorld(t)
  writeFileSync(join(dir, 'restored.json'), '{}')
  t.equal((await here([dir])).code, 0)
  t.equal((await here([dir, '--record'])).code, 2)
  t.same(await reviewsIn(dir), [])
  t.same(readdirSync(join(dir, 'inbox')), [])
})

t.test(
  'root records as root in the directories of two users, and is root again then',
  { skip: isRoot ? false : 'only root can give files away' },
  async (t) => {
    const dirs = [await quietWorld(t), await quietWorld(t)].map(({ dir }) => dir)
    for (const [i, dir] of dirs.entries()) {
      chmodSync(join(dir, '..'), 0o755)
      for (const path of ['', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })])
        chownSync(join(dir, path), 64001 + i, 64001 + i)
    }
    const { code } = await here([...dirs, '--record', '--reviewer=ada'])
    t.equal(code, 0)
    t.equal(process.geteuid?.(), 0)
    for (const [i, dir] of dirs.entries()) {
      t.match(await reviewsIn(dir), [{ by: 0, reviewer: 'ada' }])
      t.equal(lstatSync(join(dir, 'ledger', 'ledger.jsonl')).uid, 64001 + i)
    }
  },
)

t.test('the page is written whole, for us alone, and over nothing but a file', async (t) => {
  const { dir } = await quietWorld(t)
  const page = join(t.testdir({ folder: {} }), 'review.html')
  t.equal((await here([dir, '--html', page, '--no-record'])).code, 0)
  t.match(readFileSync(page, 'utf8'), /^<!doctype html>/i)
  t.equal(lstatSync(page).mode & 0o777, 0o600)
  writeFileSync(page, 'old')
  chmodSync(page, 0o644)
  await here([dir, '--html', page, '--no-record'])
  t.equal(lstatSync(page).mode & 0o777, 0o600)
  t.same(readdirSync(join(page, '..')).sort(), ['folder', 'review.html'])
  const link = join(page, '..', 'link.html')
  symlinkSync(page, link)
  for (const [path, problem] of [
    [link, /is no regular file/],
    [join(page, '..', 'folder'), /is no regular file/],
    [join(page, '..', 'none', 'x.html'), /cannot write .*: ENOENT/],
  ] as const)
    await t.rejects(here([dir, '--html', path, '--no-record']), { code: 'HUSHLOG_OPTION', message: problem })
})

t.test('what cannot be read makes the exit code 2, and the rest is told', async (t) => {
  const { dir } = await quietWorld(t)
  const { code, stdout } = await here([
    dir,
    join(dir, '..', 'web-2'),
    '--no-record',
    '--fail-on=missing-directory',
  ])
  t.equal(code, 2)
  t.match(stdout, /web-2: there is no such directory/)
  t.match(stdout, /! CRITICAL {2}missing-directory/)
})

const WRONG: [args: string[], problem: RegExp, hint?: RegExp][] = [
  [['--fail-on=burst'], /--fail-on: unknown kind burst/, /did you mean bursts\?/],
  [['--fail-on=gaps>ten'], /takes KIND or KIND>NUMBER, got gaps>ten/],
  [['--fail-on=gaps>1>2'], /takes KIND or KIND>NUMBER/],
  [['--fail-on='], /takes a value/],
  [['--since=tomorrow'], /--since takes a time like/],
  [['--since=2099-01-01'], /before --until, and before now/],
  [['--since=9999d'], /of the last 4000 days/],
  [['--record', '--no-record'], /exclude each other/],
  [['--reviewer=a\nb'], /--reviewer: its reviewer is not 1 to 64/],
  [['logs', './logs'], /is given twice/],
]
for (const [args, message, hint] of WRONG)
  t.test(`it refuses ${JSON.stringify(args.join(' '))}`, async (t) => {
    await t.rejects(async () => here(args), {
      code: 'HUSHLOG_OPTION',
      message,
      ...(hint === undefined ? {} : { hint }),
    })
  })

const HOSTILE = [
  '\u001b]0;owned\u0007',
  '\u001b[2J',
  '\r\nforged: line',
  '\u202egnp.exe',
  '\u009b31m',
  '\u2028next',
  '__proto__',
  'x'.repeat(5000),
]

t.test('nothing that was logged moves the terminal, forges a line, or breaks the JSON', async (t) => {
  const { dir } = await quietWorld(t, (day, records) =>
    day === 1 ? [...records, ...hostileRecords()] : records,
  )
  const { stdout } = await here([dir, '--no-record'])
  t.notMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e]/)
  t.notMatch(stdout, /^forged/m)
  for (const line of stdout.split('\n')) t.ok([...line].length <= 80, line)
  const { stdout: json } = await here([dir, '--json', '--no-record'])
  t.equal(json.trimEnd().split('\n').length, 1)
  t.ok((JSON.parse(json) as Report).logins.byUser.some(({ user }) => user === HOSTILE[0]))
})

function hostileRecords(): Record_[] {
  return HOSTILE.flatMap((text, i) => [
    access(yesterday + i, text, 500),
    login(yesterday + i, text, text, 'failure'),
    audit(yesterday + i, text, text, 'denied', { target: text, reason: text }),
    { time: yesterday + i, level: 50, operation: text, msg: '[SECRET:jwt]' },
    { time: yesterday + i, kind: 'gap', reason: text, count: 1, first: text, last: text },
  ])
}

t.test('tables say where they were cut, and the totals are of all', async (t) => {
  const { dir } = await quietWorld(t, (day, records) =>
    day === 1
      ? [
          ...records,
          ...Array.from({ length: 300 }, (_, i) =>
            login(yesterday + i * MINUTE, `user${i}`, `192.0.2.${i % 250}`),
          ),
        ]
      : records,
  )
  const { report } = await look(dir)
  t.equal(report.logins.succeeded, 314)
  t.equal(report.logins.byUser.length, 100)
  t.ok(report.remarks.some((remark) => remark === 'of 302 users the first 100 are listed'))
  t.match(reviewText(report), /of 302 users the first 100 are listed/)
})

const example = (file: string) => readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8')
/** Of a unit of systemd. */
const settings = (text: string) =>
  new Map(
    text
      .split('\n')
      .flatMap((line) =>
        line.startsWith('#') || !line.includes('=')
          ? []
          : [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const],
      ),
  )

t.test('the units and the crontab of the weekly review run the command as it is', async (t) => {
  const { dir } = await quietWorld(t, incident)
  const page = join(t.testdir({}), 'review.html')
  const unit = settings(example('hushlog-review.service'))
  const [program, name, ...args] = (unit.get('ExecStart') as string).split(' ')
  t.same([program, name], ['/usr/bin/hushlog', 'review'])
  const asHere = args.map((arg) => (arg === '/var/log/shop' ? dir : arg.endsWith('review.html') ? page : arg))
  const { code, stdout } = await here(asHere)
  t.equal(code, 1)
  t.match(stdout, /! warning {3}bursts/)
  t.ok(existsSync(page))
  t.same(await reviewsIn(dir), [], 'nobody has read it yet')
  t.ok(
    (args.find((arg) => arg.endsWith('review.html')) as string).startsWith(
      `/var/lib/${unit.get('StateDirectory')}/`,
    ),
  )
  t.match(
    settings(example('hushlog-review.timer')),
    new Map([
      ['OnCalendar', 'Mon *-*-* 06:00:00'],
      ['Persistent', 'yes'],
    ]),
  )

  const line = example('hushlog-review.cron').trimEnd().split('\n').at(-1) as string
  const [, ...fields] = /^(\S+ \S+ \S+ \S+ \S+) {2}(\S+) {2}(.*)$/.exec(line) as RegExpExecArray
  t.match(fields, ['0 6 * * 1', 'hushlog-keep', /^out=/])
  t.notMatch(line, /%/, 'cron takes it for the end of the line')
  const bin = t.testdir({ hushlog: t.fixture('symlink', BUILT) })
  const sh = (where: string) =>
    spawnSync('sh', ['-c', (fields[2] as string).replace('/var/log/shop', where)], {
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env.PATH}` },
    })
  t.match(sh(dir).stdout, /! warning {3}silent-days: 90 days/, 'the week of the test is long past')
  const { log, dir: quiet } = logger(t)
  log.info('all is well')
  await log.close()
  t.equal(sh(quiet).stdout, '', 'nothing to look at, no mail')
  t.match(sh(join(dir, 'no')).stdout, /CRITICAL {2}missing-directory/)
})

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
t.test('systemd takes the units', { skip: hasSystemd ? false : 'there is no systemd-analyze here' }, (t) => {
  const bin = t.testdir({
    'hushlog-review.timer': example('hushlog-review.timer'),
    'hushlog-review.service': example('hushlog-review.service').replace('/usr/bin/hushlog ', '/bin/true '),
  })
  const { stderr, status } = spawnSync(
    'systemd-analyze',
    ['verify', '--man=no', join(bin, 'hushlog-review.timer'), join(bin, 'hushlog-review.service')],
    { encoding: 'utf8' },
  )
  t.notMatch(stderr, /hushlog-review/)
  t.equal(status, 0, stderr)
  t.end()
})
