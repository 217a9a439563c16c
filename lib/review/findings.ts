/**
 * What somebody should look at. What a healthy system shows in a quiet week is no finding; docs/review.md has the rule
 * of each.
 */
import type { UnusualDenials } from './audit.ts'
import { type Days, isMore, scaled } from './changes.ts'
import { silentDays } from './coverage.ts'
import type { NewAddresses } from './logins.ts'
import { DAY_MS, iso } from './period.ts'
import { FINDING_KINDS, type FindingKindOfReport, type Report, type ReportFinding } from './report.ts'

/** A report without its findings, and what they go by besides it. */
export interface Evidence {
  report: Omit<Report, 'findings'>
  /** Also of what the report does not list. */
  totals: { problems: number; bursts: number; errors: number; gaps: number; torn: number; clock: number }
  days: Days
  news: NewAddresses
  unusual: UnusualDenials
  /** Of the time before. */
  before: { failedLogins: number; errors: number }
  /** All pairs of an operation and a rule, also those that the report does not list. */
  secrets: Report['secrets']['byOperation']
  /** Up to when the time before the period was reviewed; undefined when no review tells. */
  reviewedUntil: number | undefined
  /** Milliseconds since the epoch. */
  now: number
}

export type Counts = Record<FindingKindOfReport, number>

type Told = Pick<ReportFinding, 'severity' | 'what'>

interface Rule {
  count(evidence: Evidence): number
  /** Undefined when it is nothing to look at. */
  tell(evidence: Evidence, count: number): Told | undefined
}

const SEVERITIES: ReportFinding['severity'][] = ['critical', 'warning', 'notice']
/** Milliseconds that a sealed segment may wait. */
const LATE = 3_600_000
const FEW = 10
const MANY_FAILED = 20
/** Of all requests, when there is no time to compare with. */
const MANY_ERRORS = 0.01

const RULES: Record<FindingKindOfReport, Rule> = {
  integrity: {
    count: ({ totals }) => totals.problems,
    tell: ({ report }, count) => {
      const bad = report.directories.find(({ integrity }) => integrity?.ok === false)
      const [first] = bad?.integrity?.problems ?? []
      if (bad === undefined || first === undefined) return undefined
      const more = count > 1 ? `, and ${number(count - 1)} more` : ''
      return critical(`${bad.dir} is not as it was left: ${first.kind}, ${first.where} ${first.what}${more}`)
    },
  },
  unreadable: {
    // What was changed is a matter of integrity.
    count: ({ report }) => sum(report.directories, ({ segments }) => segments.unreadable),
    tell: ({ report }, count) => {
      const dirs = report.directories.filter(({ segments }) => segments.unreadable > 0)
      const where = listed(dirs.map(({ dir }) => dir))
      return count === 0
        ? undefined
        : warning(`${many(count, 'segment')} of the period could not be read, in ${where}`)
    },
  },
  'missing-directory': {
    count: ({ report }) => report.directories.filter(({ state }) => state === 'missing').length,
    tell: ({ report }, count) => {
      const dirs = report.directories.filter(({ state }) => state === 'missing')
      return count === 0
        ? undefined
        : critical(`${listed(dirs.map(({ dir }) => dir))} cannot be looked at: ${dirs[0].problems[0]}`)
    },
  },
  gaps: {
    count: ({ totals }) => totals.gaps,
    tell: ({ report: { losses } }, count) => {
      const [first] = losses.gaps
      return (
        first &&
        warning(
          `${many(losses.lines, 'line')} were lost in ${many(count, 'gap')}, from ${minute(first.first)} on: ${first.reason}`,
        )
      )
    },
  },
  'silent-days': {
    count: (evidence) => silent(evidence).length,
    tell: (evidence, count) => {
      const [first] = silent(evidence)
      const days = many(count, 'day')
      return (
        first &&
        warning(
          `${days} without a line and without a keeper: ${first.day} in ${first.dir}${count > 1 ? ' and later' : ''}`,
        )
      )
    },
  },
  'failed-logins': {
    count: ({ report }) => report.logins.failed,
    tell: ({ report: { logins }, before, days }) => {
      // Those of a burst are told as such.
      const count = logins.failed - sum(logins.bursts, ({ failed }) => failed)
      const usual = scaled(before.failedLogins, days)
      const isOdd = usual === null ? count > logins.succeeded : isMore(count, usual)
      if (count < MANY_FAILED || !isOdd) return undefined
      const than =
        usual === null ? 'more than succeeded' : `where ${number(Math.round(usual))} would be usual`
      return notice(`${many(count, 'login')} failed, ${than}`)
    },
  },
  bursts: {
    count: ({ totals }) => totals.bursts,
    tell: ({ report }, count) => {
      const [first] = report.logins.bursts
      if (first === undefined) return undefined
      const who = first.user ?? many(first.users, 'user')
      const where = first.address ?? `${number(first.addresses)} addresses`
      const success =
        first.succeeded > 0 ? `, then ${many(first.succeeded, 'success', 'successes')} from there` : ''
      const more = count > 1 ? `, and ${many(count - 1, 'burst')} more` : ''
      const what = `${first.kind}: ${many(first.failed, 'failed login')} of ${who} from ${where}, ${minute(first.first)} to ${clock(first)}${success}${more}`
      return first.succeeded > 0 ? critical(what) : warning(what)
    },
  },
  'new-addresses': {
    count: ({ news }) => news.now,
    tell: ({ report, news, days }, count) => {
      const usual = news.before === null ? 0 : scaled(news.before, days)
      if (count === 0 || !isMore(count, usual ?? 0)) return undefined
      const [first] = report.logins.newAddresses
      const example =
        count === 1 && report.logins.newAddresses.length === 1 ? `: ${first.user} from ${first.address}` : ''
      return notice(`${many(count, 'login')} from an address that is new for a known user${example}`)
    },
  },
  denials: {
    count: ({ unusual }) => unusual.now,
    tell: ({ unusual, days }, count) => {
      const usual = unusual.before === null ? 0 : scaled(unusual.before, days)
      const one = unusual.example
      if (one === undefined || !isMore(count, usual ?? 0)) return undefined
      const target = one.target === null ? '' : ` on ${one.target}`
      return warning(
        `${one.actor} was denied ${one.action}${target} at ${minute(one.at)}, for the first time in what is kept${count > 1 ? `, and ${number(count - 1)} more such` : ''}`,
      )
    },
  },
  secrets: {
    count: ({ report }) => report.secrets.total,
    tell: ({ secrets, days }) => {
      const grown = secrets.filter(({ count, before }) => isMore(count, scaled(before, days) ?? 0))
      const [first] = grown
      if (first === undefined) return undefined
      const how = first.before === 0 ? '' : ', more than before'
      const more = grown.length > 1 ? `, and ${number(grown.length - 1)} more such` : ''
      return warning(
        `${first.operation} tries to log a secret (${first.rule}), ${many(first.count, 'time')}${how}${more}: it was cut out`,
      )
    },
  },
  errors: {
    // Server errors, and lines of level error that are no access records.
    count: ({ totals }) => totals.errors,
    tell: ({ report: { requests }, before, days }, count) => {
      const usual = scaled(before.errors, days)
      const isOdd = usual === null ? count > MANY_ERRORS * requests.requests : isMore(count, usual)
      if (count < FEW || !isOdd) return undefined
      return warning(
        `${many(count, 'error')} in requests and lines${usual === null ? '' : `, where ${number(Math.round(usual))} would be usual`}`,
      )
    },
  },
  clock: {
    count: ({ totals }) => totals.clock,
    tell: ({ report }, count) => {
      const [first] = report.losses.clock
      return (
        first &&
        notice(
          `the clock was set ${many(count, 'time')}, by ${seconds(first.step)} at ${minute(first.at)} in ${first.dir}`,
        )
      )
    },
  },
  torn: {
    count: ({ totals }) => totals.torn,
    tell: ({ report }, count) => {
      const [first] = report.losses.torn
      return (
        first &&
        notice(
          `a crash broke off ${many(count, 'line')}: what is left of ${count > 1 ? 'them' : 'it'} is in ${first.dir}/torn`,
        )
      )
    },
  },
  shipping: {
    count: (evidence) => sum(late(evidence), ({ waiting }) => waiting),
    tell: (evidence, count) => {
      const [first] = late(evidence)
      return (
        first &&
        warning(
          `${many(count, 'segment')} to ship to ${first.to}, the oldest since ${minute(first.waitingSince as string)}`,
        )
      )
    },
  },
  disk: {
    count: ({ report }) => report.directories.filter(({ disk }) => isSmall(disk)).length,
    tell: ({ report }) => {
      const small =
        report.directories.find(({ disk }) => disk?.state === 'low') ??
        report.directories.find(({ disk }) => isSmall(disk))
      if (small === undefined || small.disk === null) return undefined
      const { lastsDays, state } = small.disk
      const what = lastsDays === null ? 'is nearly full' : `is full in ${many(lastsDays, 'day')}`
      return state === 'low'
        ? critical(`the disk of ${small.dir} ${what}`)
        : notice(`the disk of ${small.dir} ${what} at this rate`)
    },
  },
  'review-overdue': {
    count: unreviewedDays,
    tell: ({ reviewedUntil }, count) =>
      count === 0 || reviewedUntil === undefined
        ? undefined
        : notice(
            `nobody has reviewed ${many(count, 'day')} before this period: the last review ends ${minute(iso(reviewedUntil))}`,
          ),
  },
}

/** The gravest first. */
export function findingsOf(evidence: Evidence): ReportFinding[] {
  const counts = countsOf(evidence)
  const found = FINDING_KINDS.flatMap((kind) => {
    const told = RULES[kind].tell(evidence, counts[kind])
    return told === undefined ? [] : [{ kind, severity: told.severity, count: counts[kind], what: told.what }]
  })
  return found.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
}

/** Of each kind how many there are, findings or not: what `--fail-on` compares. */
export function countsOf(evidence: Evidence): Counts {
  return Object.fromEntries(FINDING_KINDS.map((kind) => [kind, RULES[kind].count(evidence)])) as Counts
}

/** Days that no review has covered yet are told; the first one tells all of them. */
function silent({ report, reviewedUntil }: Evidence): { dir: string; day: string }[] {
  const from =
    reviewedUntil === undefined ? '' : iso(Math.min(reviewedUntil, Date.parse(report.period.since)))
  return silentDays(report.coverage, from.slice(0, DATE))
}

const DATE = '2026-11-24'.length

function late({ report, now }: Evidence) {
  const targets = report.directories.flatMap(({ shipping }) => shipping)
  return targets.filter(({ waitingSince }) => waitingSince !== null && now - Date.parse(waitingSince) > LATE)
}

function isSmall(disk: Report['directories'][number]['disk']): boolean {
  return disk !== null && (disk.state === 'low' || disk.lastsDays !== null)
}

function unreviewedDays({ report: { period }, reviewedUntil }: Evidence): number {
  if (reviewedUntil === undefined) return 0
  return Math.max(0, Math.ceil((Date.parse(period.since) - reviewedUntil) / DAY_MS))
}

const critical = (what: string): Told => ({ severity: 'critical', what })
const warning = (what: string): Told => ({ severity: 'warning', what })
const notice = (what: string): Told => ({ severity: 'notice', what })

function sum<T>(list: readonly T[], count: (one: T) => number): number {
  return list.reduce((total, one) => total + count(one), 0)
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}

function many(count: number, what: string, more = `${what}s`): string {
  return `${number(count)} ${count === 1 ? what : more}`
}

const SHOWN = 3

function listed(names: string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return `${names.slice(0, SHOWN).join(', ')}${more}`
}

/** `2026-11-24 02:29`, in UTC. */
function minute(time: string): string {
  return `${time.slice(0, DATE)} ${time.slice(DATE + 1, DATE + 6)}`
}

/** When a burst ends: without the date when it is the same. */
function clock({ first, last }: { first: string; last: string }): string {
  return first.slice(0, DATE) === last.slice(0, DATE) ? last.slice(DATE + 1, DATE + 6) : minute(last)
}

function seconds(step: number): string {
  return `${(step / 1000).toLocaleString('en-US', { maximumFractionDigits: 1 })} s`
}
