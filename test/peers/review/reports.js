/**
 * What `hushlog review --json` says, against what was planted and what was counted. Every finding must be that of an
 * incident; every incident must be told of.
 */
import { hushlog } from './measured.js'
import { sum, sumNested } from './questions.js'
import { DAY } from './world.js'

/** @param days from and to, both included, or undefined for the last 7 days up to now */
export async function review(asked, [from, to], args = []) {
  const { start } = asked.truth
  const period = ['--since', asked.time(start + from * DAY), '--until', asked.time(start + (to + 1) * DAY)]
  const result = await hushlog([
    'review',
    '--json',
    '--no-record',
    ...asked.identity,
    ...period,
    ...args,
    ...asked.dirs,
  ])
  try {
    return { ...result, report: JSON.parse(result.stdout) }
  } catch {
    throw new Error(`no report, exit code ${result.code}: ${result.stderr || result.stdout.slice(0, 300)}`)
  }
}

/** Where an incident shows beside its finding: how many of what it planted the report tells of, and must. */
const SHOWN = {
  spraying: ({ logins }, { address, users, failed }) =>
    logins.bursts.some(
      (burst) =>
        burst.kind === 'spraying' &&
        burst.address === address &&
        burst.users === users &&
        burst.failed === failed &&
        burst.succeeded >= 1,
    ),
  guessing: ({ logins }, { address, user, failed }) =>
    logins.bursts.some(
      (burst) =>
        burst.kind === 'guessing' && burst.user === user && burst.failed === failed && isFrom(burst, address),
    ),
  'new address': ({ logins }, { address, user }) =>
    logins.newAddresses.some(
      (login) => login.address === address && login.user === user && login.count === 1,
    ),
  denial: ({ audit }, { action, actor }) =>
    audit.denials.some((denial) => denial.unusual && denial.action === action && denial.actor === actor),
  token: ({ secrets }, { operation, rule }) =>
    secrets.byOperation.some(
      (row) => row.operation === operation && row.rule === rule && row.count > 0 && row.before === 0,
    ),
  'silent day': ({ coverage }, _facts, { host, at }) => statesOf(coverage, host, at).includes('silent'),
  gap: ({ losses }, { lines }) => losses.lines === lines && losses.gaps.length === 1,
  'clock step': ({ losses }, { step }) => losses.clock.length === 1 && losses.clock[0].step === step,
  'torn tail': ({ losses }) => losses.torn.length === 1 && losses.unended === 1,
  'stopped shipping': ({ directories }, _facts, { host, at }) =>
    directories.every(({ dir, shipping }) =>
      dir.endsWith(`/${host}`)
        ? shipping.length === 1 && shipping[0].waiting > 0 && Date.parse(shipping[0].waitingSince) >= at
        : shipping.length === 1 && shipping[0].waiting === 0,
    ),
  deleted: isInIntegrity,
  flipped: isInIntegrity,
  forged: isInIntegrity,
}

/** Whoever saw the login of one address may or may not name that of its users. */
function isFrom({ address, addresses }, wanted) {
  return address === wanted || addresses === 1
}

function isInIntegrity({ directories }, { kinds }, { host }) {
  const directory = directories.find(({ dir }) => dir.endsWith(`/${host}`))
  return directory?.integrity?.problems.some(({ kind }) => kinds.includes(kind)) === true
}

function statesOf({ days, hosts }, host, at) {
  const day = days.indexOf(new Date(at).toISOString().slice(0, 10))
  return hosts.filter((row) => row.host === host).map((row) => row.days[day]?.state)
}

/** What is so now is told whatever the period is; all else in its period alone. */
const ALWAYS = ['deleted', 'flipped', 'forged', 'silent day', 'stopped shipping']

/** The findings of a report, each explained by an incident, and each incident told of. */
export function findingProblems(asked, { report }, [from, to]) {
  const { start, incidents } = asked.truth
  const begin = start + from * DAY
  const end = start + (to + 1) * DAY
  const inPeriod = incidents.filter(({ name, at }) => ALWAYS.includes(name) || (at >= begin && at < end))
  const problems = []
  for (const { kind, what } of report.findings)
    if (!inPeriod.some(({ expect }) => expect.includes(kind)))
      problems.push(`not explained: ${kind}: ${what}`)
  const kinds = new Set(report.findings.map(({ kind }) => kind))
  for (const incident of inPeriod) {
    const { name, expect, facts } = incident
    if (!kinds.has(expect[0])) problems.push(`${name}: no finding of the kind ${expect[0]}`)
    if (!SHOWN[name](report, facts, incident)) problems.push(`${name}: not in the report as it was planted`)
  }
  return [
    ...problems,
    ...surplus(
      report,
      inPeriod.map(({ name }) => name),
    ),
  ]
}

/** Nothing of a kind stands there but what was planted. */
function surplus(report, names) {
  const has = (name) => (names.includes(name) ? 1 : 0)
  const { logins, audit, secrets, losses, coverage, directories } = report
  const numbers = {
    bursts: [logins.bursts.length, has('spraying') + has('guessing')],
    // The one that the sprayer was let in as, too.
    'logins from new addresses': [logins.newAddresses.length, has('new address') + has('spraying')],
    'unusual denials': [audit.denials.filter(({ unusual }) => unusual).length, has('denial')],
    'secrets that are new': [secrets.byOperation.filter(({ before }) => before === 0).length, has('token')],
    gaps: [losses.gaps.length, has('gap')],
    'steps of a clock': [losses.clock.length, has('clock step')],
    'torn tails': [losses.torn.length, has('torn tail')],
    'lines that are no JSON': [losses.unreadable, 0],
    'silent days': [
      coverage.hosts.flatMap(({ days }) => days).filter(({ state }) => state === 'silent').length,
      has('silent day'),
    ],
    'problems of integrity': [
      directories.reduce((all, { integrity }) => all + (integrity?.problems.length ?? 0), 0),
      has('deleted') + has('flipped') + has('forged'),
    ],
  }
  return Object.entries(numbers).flatMap(([name, [found, planted]]) =>
    found === planted ? [] : [`${name}: ${found} in the report, ${planted} planted`],
  )
}

/** The sums of a report, for days in which no segment is damaged. */
export function sumProblems(asked, { report }, [from, to]) {
  const counts = asked.counts(from, to)
  const { requests, logins, audit, secrets, directories } = report
  const statuses = (first) => sumNested(counts.requests, (status) => status.startsWith(String(first)))
  const numbers = {
    lines: [directories.reduce((all, { lines }) => all + lines, 0), counts.lines],
    bytes: [directories.reduce((all, { bytes }) => all + bytes, 0), counts.bytes],
    requests: [requests.requests, sumNested(counts.requests)],
    'requests of the series': [total(requests.series, 'requests'), sumNested(counts.requests)],
    aborted: [requests.aborted, sumNested(counts.requests, (status) => status === 'aborted')],
    ...Object.fromEntries(
      [2, 4, 5].map((first) => [`${first}xx`, [requests.classes[first - 1], statuses(first)]]),
    ),
    'failed logins': [logins.failed, sum(counts.failed)],
    'logins of the series': [total(logins.series, 'failed'), sum(counts.failed)],
    logins: [logins.succeeded, counts.succeeded],
    'audit records': [audit.total, sum(counts.audits)],
    denied: [audit.byOutcome.denied, sum(counts.audits, (key) => key.endsWith(' denied'))],
    secrets: [secrets.total, sumNested(counts.markers)],
  }
  return [
    ...Object.entries(numbers).flatMap(([name, [found, wanted]]) =>
      found === wanted ? [] : [`${name}: ${found} in the report, ${wanted} counted`],
    ),
    ...tableProblems(report, counts),
    ...coverageProblems(asked, report),
  ]
}

function total(rows, name) {
  return rows.reduce((all, row) => all + row[name], 0)
}

function tableProblems({ requests, logins, audit, secrets }, counts) {
  const problems = []
  const check = (name, found, wanted) => {
    if (found !== wanted) problems.push(`${name}: ${found} in the report, ${wanted} counted`)
  }
  for (const [operation, statuses] of Object.entries(counts.requests)) {
    const row = requests.operations.find((row) => row.operation === operation)
    check(`requests of ${operation}`, row?.requests, sum(statuses))
    problems.push(...latencyProblems(operation, row?.latency, counts.latencies[operation]))
  }
  for (const { user, failed } of logins.byUser)
    check(
      `failed logins of ${user}`,
      failed,
      sum(counts.failed, (key) => key.startsWith(`${user} `)),
    )
  for (const { address, failed } of logins.byAddress)
    check(
      `failed logins from ${address}`,
      failed,
      sum(counts.failed, (key) => key.endsWith(` ${address}`)),
    )
  for (const [key, count] of Object.entries(counts.audits)) {
    const row = audit.rows.find(({ action, outcome }) => `${action} ${outcome}` === key)
    check(`audit records of ${key}`, row?.count, count)
  }
  for (const [operation, rules] of Object.entries(counts.markers))
    for (const [rule, count] of Object.entries(rules)) {
      const row = secrets.byOperation.find((row) => row.operation === operation && row.rule === rule)
      check(`secrets of ${rule} in ${operation}`, row?.count, count)
    }
  return problems
}

/** Right to 12.5 %, as the report promises. */
function latencyProblems(operation, latency, counts) {
  if (counts === undefined || latency === undefined || latency === null) return []
  const sorted = Object.entries(counts).map(([ms, count]) => [Number(ms), count])
  const all = sorted.reduce((sum, [, count]) => sum + count, 0)
  const quantile = (share) => {
    let left = Math.ceil(all * share)
    return sorted.find(([, count]) => (left -= count) <= 0)[0]
  }
  return Object.entries({ p50: 0.5, p95: 0.95, p99: 0.99 }).flatMap(([name, share]) => {
    const exact = quantile(share)
    const isRight = latency[name] >= exact * 0.875 - 1 && latency[name] <= exact * 1.125 + 1
    return isRight ? [] : [`${name} of ${operation}: ${latency[name]} ms in the report, ${exact} counted`]
  })
}

/** Lines of each whole day and host, where no segment is damaged. */
function coverageProblems(asked, { coverage }) {
  return asked.truth.hosts.flatMap(({ host, days }) => {
    const rows = coverage.hosts.filter((row) => row.host === host)
    const isWhole = (day) => day >= asked.day(0) && day < asked.day(90)
    const isDamaged = (day) => day >= asked.day(70) && day <= asked.day(76)
    return [
      ...(rows.length === 1 ? [] : [`${host} has ${rows.length} rows in the coverage`]),
      ...coverage.days.flatMap((day, i) => {
        const lines = rows.reduce((sum, row) => sum + row.days[i].lines, 0)
        const wanted = days[day] ?? 0
        const isRight = lines === wanted || !isWhole(day) || isDamaged(day)
        return isRight ? [] : [`${host} on ${day}: ${lines} lines in the coverage, ${wanted} counted`]
      }),
    ]
  })
}
