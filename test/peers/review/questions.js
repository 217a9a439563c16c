/**
 * Questions whose answers are known before they are asked: those of hushlog search and hushlog sql are compared with
 * what was counted while the lines were made.
 */
import { join } from 'node:path'
import { INCIDENTS } from './incidents.js'
import { hushlog } from './measured.js'
import { merge, period, without } from './tally.js'
import { DAY, HOSTS, PEOPLE, usersOf } from './world.js'

export const DIRS = HOSTS.map(({ host }) => host)

/** What is asked of the logs in a folder, with its truth at hand. */
export class Asked {
  constructor(folder, truth) {
    this.folder = folder
    this.truth = truth
    this.dirs = DIRS.map((host) => join(folder, host))
    this.identity = ['--identity', join(folder, 'identity')]
    this.users = usersOf(truth.megabytes)
    this.lost = this.truth.parts.deleted ?? {}
  }

  time(moment) {
    return new Date(moment).toISOString()
  }

  /** `YYYY-MM-DD` of a day that is counted from 0. */
  day(number) {
    return this.time(this.truth.start + number * DAY).slice(0, 10)
  }

  /** What came from one day to another, both included. @param parts which damaged segments are left out */
  counts(from, to, parts = []) {
    const all = period(this.truth.whole, this.day(from), this.day(to))
    return parts.reduce((left, part) => without(left, this.part(part, from, to)), all)
  }

  part(name, from = 0, to = 90) {
    const tally = this.truth.parts[name]
    return tally === undefined ? undefined : period(tally, this.day(from), this.day(to))
  }

  since(from, to) {
    const { start } = this.truth
    return ['--since', this.time(start + from * DAY), '--until', this.time(start + (to + 1) * DAY - 1)]
  }

  search(args, options) {
    const dirs = this.dirs.flatMap((dir) => ['--dir', dir])
    return hushlog(['search', ...this.identity, ...dirs, ...args], options)
  }

  sql(args, options) {
    const dirs = this.dirs.flatMap((dir) => ['--dir', dir])
    return hushlog(['sql', ...this.identity, ...dirs, '--json', ...args], options)
  }
}

export function sum(counts, isWanted = () => true) {
  return Object.entries(counts ?? {}).reduce((all, [key, count]) => all + (isWanted(key) ? count : 0), 0)
}

export function sumNested(counts, isWanted = () => true) {
  return Object.values(counts ?? {}).reduce((all, inner) => all + sum(inner, isWanted), 0)
}

const WEEK = [83, 89]
const DAMAGED = [70, 76]
const EVER = [0, 90]

/**
 * Each: the options, the days, and how many lines there must be of what is counted of these days.
 */
function searches(asked) {
  const [spraying, guessing] = [INCIDENTS.spraying, INCIDENTS.guessing].map(({ facts }) => facts)
  const guessed = asked.users[guessing.user]
  const failed = ({ failed: counts }) => sum(counts)
  const statuses = (isWanted) => (counts) => sumNested(counts.requests, isWanted)
  return [
    ['every line of a week', [], WEEK, ({ lines }) => lines],
    ['every line of the damaged week', [], DAMAGED, ({ lines }) => lines],
    ['every line there is', [], EVER, ({ lines }) => lines],
    ['failed logins', ['--audit=auth.login', '--outcome', 'failure'], WEEK, failed],
    ['failed logins, ever', ['--audit=auth.login', '--outcome', 'failure'], EVER, failed],
    [
      'failed logins of one user',
      ['--audit=auth.login', '--outcome', 'failure', '--user', guessed.name],
      WEEK,
      ({ failed: counts }) => sum(counts, (key) => key.startsWith(`${guessed.name} `)),
    ],
    // The audit record and the access record.
    [
      'lines of an address',
      ['--ip', spraying.address],
      EVER,
      () => (spraying.failed + spraying.succeeded) * 2,
    ],
    [
      'lines of an operation',
      ['--operation', 'POST /login'],
      WEEK,
      ({ requests }) => 3 * sum(requests['POST /login']),
    ],
    ['status 5xx', ['--status', '5xx'], EVER, statuses((status) => status === '500')],
    ['status 4xx', ['--status', '4xx'], WEEK, statuses((status) => status.startsWith('4'))],
    ['status 403', ['--status', '403'], EVER, statuses((status) => status === '403')],
    ['a field', ['--where', 'res.statusCode=404'], WEEK, statuses((status) => status === '404')],
    [
      'two fields',
      ['--where', 'res.statusCode>=500', '--where', 'req.method=POST'],
      EVER,
      serverErrorsOfPosts,
    ],
    ['level error', ['--level', 'error'], EVER, ({ levels }) => sum(levels, (level) => Number(level) >= 50)],
    ['level warn', ['--level', 'warn'], WEEK, ({ levels }) => sum(levels, (level) => Number(level) >= 40)],
    ['access records', ['--kind', 'access'], WEEK, statuses(() => true)],
    ['audit records', ['--audit'], EVER, ({ audits }) => sum(audits)],
    [
      'an action and an actor',
      ['--audit=invoice.delete', '--actor', 'support-2'],
      EVER,
      ({ actors }) => actors['support-2 invoice.delete denied'] ?? 0,
    ],
    [
      'all actions of a prefix',
      ['--audit=invoice.*'],
      EVER,
      ({ audits }) => sum(audits, (key) => key.startsWith('invoice.')),
    ],
    ['gaps', ['--kind', 'gap'], EVER, () => 1],
    ['free text', ['order loaded'], WEEK, ({ messages }) => messages['order loaded']],
    ['free text, ever', ['provider answered'], EVER, ({ messages }) => messages['provider answered']],
    ['two texts', ['provider answered', '"level":30'], WEEK, ({ messages }) => messages['provider answered']],
    ['text that is nowhere', ['no such text'], EVER, () => 0],
    [
      'a marker',
      ['[SECRET:authorization]'],
      EVER,
      ({ markers }) => markers['POST /webhooks']?.authorization ?? 0,
    ],
  ].map(([name, options, days, count]) => ({ name, options, days, count }))
}

function serverErrorsOfPosts({ requests }) {
  return Object.entries(requests).reduce(
    (all, [operation, statuses]) => all + (operation.startsWith('POST ') ? (statuses[500] ?? 0) : 0),
    0,
  )
}

/** Counts of `hushlog search --count`. */
export async function countedSearches(asked) {
  const problems = []
  let peak = 0
  const questions = searches(asked)
  for (const { name, options, days, count } of questions) {
    const {
      stdout,
      stderr,
      code,
      peak: used,
    } = await asked.search(['--count', ...asked.since(...days), ...options])
    peak = Math.max(peak, used)
    const found = Number(stdout)
    const [least, most] = bounds(asked, days, count)
    if (!(found >= least && found <= most))
      problems.push(
        `${name}: search counts ${stdout.trim()}, there are ${range(least, most)}: ${said(stderr)}`,
      )
    const isDamaged = days[0] <= DAMAGED[1] && days[1] >= DAMAGED[0]
    const codes = isDamaged ? [0, 1, 2] : [found > 0 ? 0 : 1]
    if (!codes.includes(code)) problems.push(`${name}: exit code ${code}, not ${codes}: ${said(stderr)}`)
  }
  return { numbers: `${questions.length} questions, at most ${peak.toFixed(0)} MB`, problems, peak }
}

/** Of a segment with a flipped bit any part may be left. */
function bounds(asked, [from, to], count) {
  const most = count(asked.counts(from, to, ['deleted']))
  const flipped = asked.part('flipped', from, to)
  return [flipped === undefined ? most : most - (count({ ...EMPTY, ...flipped }) ?? 0), most]
}

const EMPTY = { requests: {}, failed: {}, levels: {}, audits: {}, actors: {}, messages: {}, markers: {} }

function said(stderr) {
  return stderr.trim().slice(0, 200)
}

function range(least, most) {
  return least === most ? String(most) : `${least} to ${most}`
}

/** Whole stories, line by line. */
export async function toldStories(asked) {
  const problems = []
  const { stories, people } = asked.truth.whole
  const lostLines = new Set(
    Object.values(asked.truth.parts).flatMap((part) =>
      [part.stories, part.people].flatMap(Object.values).flat(),
    ),
  )
  const cases = [
    ...Object.keys(stories).map((id) => ({ options: ['--request-id', id], lines: stories[id] })),
    ...PEOPLE.map((i) => asked.users[i].name).map((user) => ({
      options: ['--user', user],
      lines: people[user] ?? [],
    })),
  ]
  let peak = 0
  for (const { options, lines } of cases) {
    const { stdout, stderr, peak: used } = await asked.search(['--json', ...options])
    peak = Math.max(peak, used)
    const found = stdout.split('\n').filter((line) => line !== '')
    // What stands in damaged segments is another row's.
    const wanted = lines.filter((line) => !lostLines.has(line))
    const name = options.join(' ')
    const missing = without({ lines: wanted }, { lines: found }).lines
    const more = without({ lines: found }, { lines }).lines.filter((line) => !line.includes('"untrusted"'))
    if (missing.length > 0)
      problems.push(`${name}: ${missing.length} of ${lines.length} lines missing: ${said(stderr)}`)
    if (more.length > 0) problems.push(`${name}: ${more.length} lines too many, the first ${more[0]}`)
    const times = found.map((line) => JSON.parse(line).time)
    if (times.some((time, i) => i > 0 && time < times[i - 1]))
      problems.push(`${name}: not in the order of time`)
  }
  return { numbers: `${cases.length} stories, at most ${peak.toFixed(0)} MB`, problems }
}

/** Every view of `hushlog sql`. */
export async function answeredQueries(asked) {
  const problems = []
  const [from, to] = WEEK
  const counts = asked.counts(from, to)
  const ask = async (query) => {
    const { stdout, stderr, code } = await asked.sql([...asked.since(from, to), query])
    if (code !== 0) problems.push(`${query}: exit code ${code}: ${said(stderr)}`)
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  }
  const compare = (name, rows, wanted) => {
    const found = Object.fromEntries(rows.map(({ key, n }) => [key, Number(n)]))
    const left = { ...without(found, wanted), ...without(wanted, found) }
    if (Object.keys(left).length > 0)
      problems.push(`${name}: differs by ${JSON.stringify(left).slice(0, 300)}`)
  }
  const flat = (nested) =>
    Object.fromEntries(
      Object.entries(nested).flatMap(([outer, inner]) =>
        Object.entries(inner).map(([key, n]) => [`${outer} ${key}`, n]),
      ),
    )
  const queries = {
    'requests by operation and status': [
      `select operation || ' ' || coalesce(cast(status as varchar), 'aborted') as key, count(*) as n from access group by 1`,
      flat(counts.requests),
    ],
    'audit records by action and outcome': [
      `select action || ' ' || outcome as key, count(*) as n from audit group by 1`,
      counts.audits,
    ],
    'failed logins by user and address': [
      `select actor || ' ' || remote_address as key, count(*) as n from audit where action = 'auth.login' and outcome = 'failure' group by 1`,
      counts.failed,
    ],
    'the staff’s actions': [
      `select actor || ' ' || action || ' ' || outcome as key, count(*) as n from audit where action <> 'auth.login' group by 1`,
      counts.actors,
    ],
    'lines of the program by message': [
      `select msg as key, count(*) as n from app where operation <> 'process' group by 1`,
      counts.messages,
    ],
    'lines by level': [
      `select cast(level as varchar) as key, count(*) as n from (select level from access union all select level from audit union all select level from app) group by 1`,
      without(counts.levels, { 50: 1 }),
    ],
    'lost lines': [
      `select reason as key, max(count) as n from gaps group by 1`,
      { 'disk full (ENOSPC)': 137 },
    ],
  }
  for (const [name, [query, wanted]] of Object.entries(queries)) compare(name, await ask(query), wanted)
  const all = await asked.sql(['select count(*) as n from access'])
  const wanted = asked.counts(0, 90, ['deleted'])
  const most = sumNested(wanted.requests)
  const least = most - sumNested(merge({}, asked.part('flipped') ?? {}).requests)
  const found = Number(JSON.parse(all.stdout.trim() || '{"n":-1}').n)
  if (!(found >= least && found <= most))
    problems.push(`all requests: ${found}, there are ${range(least, most)}: ${said(all.stderr)}`)
  return {
    numbers: `${Object.keys(queries).length + 1} queries; all ${most} requests in ${all.seconds.toFixed(1)} s, ${all.peak.toFixed(0)} MB`,
    problems,
  }
}
