/**
 * The regular audit of log directories, as one document. It only reads, and holds no more than a bounded part of what
 * it reads.
 */
import { AuditTally } from './audit.ts'
import type { Remark } from './bounded.ts'
import { changesReport, type Days, daysOf, knownFrom, reviewedUntil } from './changes.ts'
import { coveredDays } from './coverage.ts'
import { type DirectoryPart, type DirectoryQuestion, readDirectory, type Tallies } from './directory.ts'
import { type Counts, countsOf, type Evidence, findingsOf } from './findings.ts'
import { LoginTally } from './logins.ts'
import { Losses } from './losses.ts'
import { DAY_MS, iso, type Period } from './period.ts'
import type { CoverageReport, Report, ReportFinding } from './report.ts'
import { RequestTally } from './requests.ts'
import { SecretTally } from './secrets.ts'

export interface ReviewOptions extends Omit<DirectoryQuestion, 'dir'> {
  dirs: readonly string[]
  /** Of hushlog. */
  version: string
}

export interface Reviewed {
  report: Report
  /** Of each kind of finding how many there are, whether it is one or not. */
  counts: Counts
  /** Something could not be read. */
  isPartial: boolean
}

/** What cannot be read is told in the report. */
export async function review(options: ReviewOptions): Promise<Reviewed> {
  const tallies = talliesOf(options.period)
  const parts: DirectoryPart[] = []
  for (const dir of options.dirs) parts.push(await readDirectory({ ...options, dir }, tallies))
  const evidence = evidenceOf(options, tallies, parts)
  return {
    report: withFindings(evidence.report, findingsOf(evidence)),
    counts: countsOf(evidence),
    isPartial: parts.some((part) => part.isPartial),
  }
}

function talliesOf(period: Period): Tallies {
  return {
    requests: new RequestTally(period),
    logins: new LoginTally(period),
    audit: new AuditTally(period),
    secrets: new SecretTally(),
  }
}

/** In the order in which people read it. */
function withFindings(report: Evidence['report'], findings: ReportFinding[]): Report {
  const { v, made, version, period, ...sections } = report
  return { v, made, version, period, findings, ...sections }
}

function evidenceOf(
  { period, now, version }: ReviewOptions,
  tallies: Tallies,
  parts: DirectoryPart[],
): Evidence {
  const remarks: string[] = []
  const remark: Remark = (sentence) => remarks.push(sentence)
  const known = knownFrom(parts, period)
  const days = daysOf(period, known, now)
  const losses = lossesOf(parts)
  tellUnread(parts, remark)
  const { logins, news } = tallies.logins.report(known, usualRate(tallies, days, period), remark)
  const { audit, unusual } = tallies.audit.report(known, remark)
  const { sums } = tallies.requests
  return {
    report: {
      v: 1,
      made: iso(now),
      version,
      period: { since: iso(period.since), until: iso(period.until) },
      directories: parts.map((part) => part.report),
      requests: tallies.requests.report(remark),
      logins,
      audit,
      secrets: tallies.secrets.report(remark),
      losses: losses.report(remark),
      coverage: coverageOf(parts, now, remark),
      changes: changesReport(parts, tallies, days, remark),
      remarks,
    },
    totals: {
      problems: parts.reduce((sum, { problems }) => sum + problems, 0),
      bursts: tallies.logins.bursts,
      errors: sums.now.serverErrors + sums.now.errorLines,
      ...losses.totals,
    },
    before: {
      failedLogins: tallies.logins.sums.before.failed,
      errors: sums.before.serverErrors + sums.before.errorLines,
    },
    days,
    news,
    unusual,
    secrets: tallies.secrets.rows(),
    reviewedUntil: reviewedUntil(parts, period),
    now,
  }
}

/** Failed logins a millisecond: of the time before, or of the period when that is not kept. */
function usualRate({ logins: { sums } }: Tallies, days: Days, period: Period): number {
  if (days.before !== null) return sums.before.failed / (days.before * DAY_MS)
  return sums.now.failed / (period.until - period.since)
}

function tellUnread(parts: DirectoryPart[], remark: Remark): void {
  const unread = parts.flatMap(({ unreadUntil }) => (unreadUntil === undefined ? [] : [unreadUntil]))
  if (unread.length === 0) return
  const from = iso(Math.max(...unread))
  remark(
    `some segments from before the period have no index, cannot be read or were changed: what was usual is known from ${from} on`,
  )
}

function lossesOf(parts: DirectoryPart[]): Losses {
  const leftOut = parts.reduce((sum, { losses, story }) => sum + losses.leftOut + story.leftOut, 0)
  const unended = parts.reduce((sum, part) => sum + part.unended, 0)
  const unreadable = parts.reduce((sum, part) => sum + part.unreadableLines, 0)
  const lists = parts.map(({ report, losses, story }) => losses.report(report.dir, story))
  return new Losses(lists, { unended, unreadable }, leftOut)
}

const DATE = '2026-11-24'.length

function coverageOf(parts: DirectoryPart[], now: number, remark: Remark): CoverageReport {
  const days = coveredDays(now)
  if (parts.some(({ coverage }) => coverage.leftOut > 0))
    remark('the coverage does not list all hosts: there are too many')
  return {
    days: days.map((day) => iso(day * DAY_MS).slice(0, DATE)),
    hosts: parts.flatMap(({ report, coverage, story }) => coverage.report(report.dir, days, story)),
  }
}
