/** What is wrong with logs, keys and questions must be said clearly, and the rest be answered all the same. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { generateX25519Identity } from 'age-encryption'
import { hushlog } from './measured.js'
import { review } from './reports.js'

const index = new URL('../../../build/index.js', import.meta.url).href
const root = fileURLToPath(new URL('../../..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'hushlog-bad-input-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

/** Collects what is not as it should be. */
function checks() {
  const problems = []
  const check = (name, isRight, { code, stdout, stderr }) => {
    if (!isRight) problems.push(`${name}: exit code ${code}: ${stdout.slice(0, 200)} ${stderr.slice(0, 500)}`)
  }
  return { problems, check }
}

const dirsOf = (asked, option = '--dir') => asked.dirs.flatMap((dir) => [option, dir].filter(Boolean))
const number = ({ stdout }) => Number(stdout.trim() || 'NaN')

/** With no identity, and with one that opens nothing: the open segments are all that can be read. */
export async function wrongIdentities(asked) {
  const { problems, check } = checks()
  const wrong = join(scratch, 'wrong')
  writeFileSync(wrong, `${await generateX25519Identity()}\n`, { mode: 0o600 })
  const today = asked.truth.whole.days[asked.day(90)]?.lines ?? 0
  for (const [name, identity] of Object.entries({
    'no identity': [],
    'a wrong one': ['--identity', wrong],
  })) {
    const search = await hushlog(['search', '--count', ...identity, ...dirsOf(asked)])
    check(`search with ${name}`, search.code === 2 && number(search) === today, search)
    check(`search with ${name} says so`, saysIdentity(search), search)
    const sql = await hushlog([
      'sql',
      '--json',
      ...identity,
      ...dirsOf(asked),
      'select count(*) as n from access',
    ])
    check(`sql with ${name}`, sql.code === 2 && saysIdentity(sql) && sql.stdout.includes('"n"'), sql)
    const withoutKey = Object.assign(Object.create(Object.getPrototypeOf(asked)), asked, { identity })
    const report = await review(withoutKey, [83, 89])
    const unreadable = report.report.directories.reduce((all, { segments }) => all + segments.unreadable, 0)
    const kinds = report.report.findings.map(({ kind }) => kind)
    check(`review with ${name}`, report.code === 2 && unreadable > 0 && kinds.includes('unreadable'), report)
    check(`review with ${name} verifies`, kinds.includes('integrity'), report)
  }
  return { numbers: '2 identities', problems }
}

function saysIdentity({ stderr }) {
  return stderr.includes('identity') && /\d+ .*segments/.test(stderr)
}

/** Of the segment that was forged every line is marked, and no other. */
export async function tamperedLines(asked) {
  const { problems, check } = checks()
  const forged = asked.truth.parts.forged
  const lines = Object.values(forged.days).reduce((all, day) => all + day.lines, 0)
  const dir = ['--dir', join(asked.folder, 'api-1'), ...asked.identity]
  const json = await hushlog(['search', '--json', ...dir, ...asked.since(75, 77)])
  const records = json.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const marked = records.filter(({ untrusted }) => untrusted === 'modified')
  check(`${lines} lines are marked, not ${marked.length}`, marked.length === lines && json.code === 2, json)
  check(
    'the line that was changed is among them',
    marked.some(({ res }) => res?.statusCode === 201) &&
      records.filter(({ res }) => res?.statusCode === 201).length === 1,
    json,
  )
  check('search names the segment', json.stderr.includes(nameOf(asked, 'forged')), json)
  const common = await hushlog([
    'search',
    '--format',
    'common',
    ...dir,
    ...asked.since(75, 77),
    '--status',
    '201',
  ])
  check('common text is marked', common.stdout.startsWith('[untrusted] '), common)
  const flipped = await hushlog([
    ...['search', '--count', ...asked.identity, '--dir', join(asked.folder, 'web-2'), ...asked.since(73, 75)],
  ])
  check(
    'search names the damaged segment',
    flipped.code === 2 && flipped.stderr.includes(nameOf(asked, 'flipped')),
    flipped,
  )
  return { numbers: `${lines} lines of a forged segment`, problems }
}

function nameOf({ truth }, part) {
  const { path } = truth.hosts.flatMap(({ damaged }) => damaged).find((one) => one.part === part)
  return path.split('/').at(-1).split('.log')[0]
}

/** One of three directories is not there: the others are searched, and it is named. */
export async function missingHost(asked) {
  const { problems, check } = checks()
  const missing = join(scratch, 'no-such-host')
  const there = asked.truth.hosts.filter(({ host }) => host !== 'web-1')
  const wanted = there.reduce((all, { days }) => all + sumOf(days, asked.day(83), asked.day(89)), 0)
  const dirs = [...there.flatMap(({ host }) => ['--dir', join(asked.folder, host)]), '--dir', missing]
  const search = await hushlog(['search', '--count', ...asked.identity, ...asked.since(83, 89), ...dirs])
  check(`the others have ${wanted} lines`, number(search) === wanted && search.code === 2, search)
  check('search names it', search.stderr.includes(missing), search)
  const some = Object.assign(Object.create(Object.getPrototypeOf(asked)), asked, {
    dirs: [missing, ...there.map(({ host }) => join(asked.folder, host))],
  })
  const report = await review(some, [83, 89])
  const row = report.report.directories.find(({ dir }) => dir === missing)
  check('review tells of it', row?.state === 'missing' && report.code === 2, report)
  check(
    'as a finding',
    report.report.findings.some(
      ({ kind, what }) => kind === 'missing-directory' && what.includes('no-such-host'),
    ),
    report,
  )
  const sql = await hushlog([
    'sql',
    '--json',
    ...asked.identity,
    ...dirs,
    ...asked.since(89, 89),
    'select 1 as one',
  ])
  check('sql names it', sql.code === 2 && sql.stderr.includes(missing) && sql.stdout.includes('"one"'), sql)
  return { numbers: `1 of ${asked.dirs.length} directories`, problems }
}

function sumOf(days, from, to) {
  return Object.entries(days).reduce((all, [day, lines]) => all + (day >= from && day <= to ? lines : 0), 0)
}

const WRITER = `
  import { hushlog } from ${JSON.stringify(index)}
  const [dir] = process.argv.slice(1)
  const log = hushlog({ service: 'busy', stdout: false, storage: { dir, maxSize: '64 KB', durability: 'line' } })
  let order = 0
  const timer = setInterval(() => {
    for (let i = 0; i < 20; i++) log.info({ order: ++order }, 'order shipped')
    process.stdout.write(order + '\\n')
  }, 10)
  process.stdin.resume().on('end', async () => {
    clearInterval(timer)
    await log.close()
  })`

/** A program writes, ends segments and seals them meanwhile: no line is missing, none is there twice. */
export async function openSegment() {
  const { problems, check } = checks()
  const dir = join(scratch, 'busy')
  const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER, dir], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let written = 0
  writer.stdout.on('data', (text) => {
    written = Number(text.toString().trim().split('\n').at(-1))
  })
  const deadline = performance.now() + 20_000
  while (written === 0 && performance.now() < deadline) await sleep(20)
  let tries = 0
  for (; tries < 8; tries++) {
    const before = written
    const result = await hushlog(['search', '--json', '--dir', dir, 'order shipped'])
    const after = written
    const orders = result.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).order)
    const isOnce = new Set(orders).size === orders.length
    const isAll = orders.length >= before && orders.length <= after + 40
    check(
      `${orders.length} lines while ${before} to ${after} were written`,
      isOnce && isAll && result.code === 0,
      result,
    )
    check(
      'in their order',
      orders.every((order, i) => order === i + 1),
      result,
    )
  }
  const ended = once(writer, 'exit')
  writer.stdin.end()
  await ended
  const all = await hushlog(['search', '--count', '--dir', dir, 'order shipped'])
  check('all of them at last', number(all) >= written, all)
  return { numbers: `${tries} searches while ${written} lines were written`, problems }
}

/** Half a line at the end of an open segment is none. */
export async function halfLine(asked) {
  const { problems, check } = checks()
  const dir = join(scratch, 'half')
  cpSync(join(asked.folder, 'web-1'), dir, { recursive: true, preserveTimestamps: true })
  const [open] = readdirSync(join(dir, 'open'))
  if (open === undefined) return { numbers: 'nothing is open in the first hour of a day', problems }
  const args = ['search', '--count', ...asked.identity, '--dir', dir, '--since', asked.time(asked.truth.end)]
  const before = number(await hushlog(args))
  appendFileSync(join(dir, 'open', open), '{"level":30,"time":"')
  const after = await hushlog(args)
  check(`${before} lines as before`, number(after) === before && before > 0 && after.code === 0, after)
  return { numbers: `${before} lines`, problems }
}

/** Each: what is asked, and what must be said. */
const QUESTIONS = [
  [['search', '--where', 'res.statuscode=500'], 'res.statusCode'],
  [['search', '--where', 'res.statusCode'], '--where'],
  [['search', '--since', 'yesterdayy'], '--since'],
  [['search', '--until', '2026-13-45'], '--until'],
  [['search', '--status', '6xx'], '--status'],
  [['search', '--level', 'loud'], '--level'],
  [['search', '--format', 'xml'], '--format'],
  [['search', '--operaton', 'GET /'], '--operation'],
  [['review', '--since', 'never'], '--since'],
  [['review', '--fail-on', 'failed-login>3'], 'failed-logins'],
  [['sql', 'selekt 1'], 'selekt'],
  [['sql', 'select nothing from access'], 'nothing'],
  [['sql', "select * from read_csv('/etc/passwd')"], ''],
]

export async function wrongQuestions(asked) {
  const { problems, check } = checks()
  for (const [[command, ...args], hint] of QUESTIONS) {
    const dirs = dirsOf(asked, command === 'review' ? '' : '--dir')
    const period = args.some((arg) => ['--since', '--until'].includes(arg)) ? [] : asked.since(88, 88)
    const result = await hushlog([command, ...asked.identity, ...period, ...args, ...dirs])
    const isUnknownField = hint === 'res.statusCode'
    const name = [command, ...args].join(' ')
    check(`${name}: exit code`, result.code === (isUnknownField ? 1 : 2), result)
    check(`${name}: says ${hint}`, result.stderr.includes(hint) && result.stdout === '', result)
    check(`${name}: no trace of our own`, !result.stderr.includes('    at '), result)
  }
  return { numbers: `${QUESTIONS.length} questions`, problems }
}
