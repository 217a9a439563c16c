/**
 * A review as people read it on a terminal: what to look at first, then a few rows of each section.
 */
import { visibleText } from '../logger/visible.ts'
import type { Report } from '../review/report.ts'
import { size } from './status-text.ts'

const WIDTH = 80
const KEY = 12
const FEW = 5
const DATE = '2026-11-24'.length

/** @param failed kinds of findings that `--fail-on` names and that hold */
export function reviewText(report: Report, failed: readonly string[] = []): string {
  const blocks = [head(report), findings(report, failed), ...SECTIONS.map((section) => section(report))]
  return `${blocks
    .filter((rows) => rows.length > 0)
    .map((rows) => `${rows.map((row) => `${row.trimEnd()}\n`).join('')}`)
    .join('\n')}`
}

type Section = (report: Report) => string[]

function head({ period, directories }: Report): string[] {
  const hours = Math.round((Date.parse(period.until) - Date.parse(period.since)) / 3_600_000)
  const length = hours < 48 ? many(hours, 'hour') : many(Math.round(hours / 24), 'day')
  const hosts = unique(directories.flatMap((one) => one.hosts))
  const services = unique(directories.flatMap((one) => one.services))
  const lines = total(directories, (one) => one.lines)
  const bytes = total(directories, (one) => one.bytes)
  const segments = total(directories, (one) => one.segments.sealed + one.segments.open)
  return [
    `review of ${minute(period.since)} to ${minute(period.until)} UTC, ${length}`,
    shown(
      `${many(hosts.length, 'host')}${hosts.length === 0 ? '' : ` (${few(hosts)}), ${few(services) || 'no service'}`}: ${many(lines, 'line')}, ${size(bytes)}, ${many(segments, 'segment')}`,
      WIDTH,
    ),
    ...directories.flatMap(({ dir, problems }) =>
      problems.slice(0, FEW).flatMap((problem) => wrapped(`${dir}: ${problem}`, 2, 4)),
    ),
  ]
}

function findings({ findings: list }: Report, failed: readonly string[]): string[] {
  if (list.length === 0) return ['nothing to look at']
  const rows = list.flatMap(({ kind, severity, what }) => {
    const mark = failed.includes(kind) ? '!' : ' '
    const label = severity === 'critical' ? 'CRITICAL' : severity
    return wrapped(`${mark} ${label.padEnd(9)} ${kind}: ${what}`, 0, KEY)
  })
  return [`${many(list.length, 'thing')} to look at`, ...rows]
}

const requests: Section = ({ requests: all }) => {
  const { classes, aborted, errors, latency, series, operations } = all
  if (all.requests === 0) return [row('requests', `none; ${many(errors, 'line')} of level error`)]
  const [, ok, redirects, bad, failures] = classes
  const times =
    latency === null ? '' : `, p50 ${latency.p50} ms, p95 ${latency.p95} ms, p99 ${latency.p99} ms`
  return [
    row(
      'requests',
      `${number(all.requests)}: 2xx ${number(ok)}, 3xx ${number(redirects)}, 4xx ${number(bad)}, 5xx ${number(failures)}`,
    ),
    row('', `aborted ${number(aborted)}, errors ${number(errors)}${times}`),
    row('', sparkline(series.map((step) => step.requests))),
    columns(['operation', 'requests', '5xx', 'errors', 'p50', 'p95'], OPERATION_WIDTHS),
    ...operations
      .slice(0, FEW)
      .map((one) =>
        columns(
          [
            one.operation,
            number(one.requests),
            number(one.classes[4]),
            number(one.errors),
            ms(one.latency?.p50),
            ms(one.latency?.p95),
          ],
          OPERATION_WIDTHS,
        ),
      ),
  ]
}

const OPERATION_WIDTHS = [36, 11, 8, 8, 7, 7]

const logins: Section = ({ logins: all }) => {
  const { succeeded, failed, series, bursts, byAddress, newAddresses } = all
  if (succeeded + failed === 0) return [row('logins', 'none')]
  const worst = byAddress.filter((one) => one.failed > 0).slice(0, FEW)
  return [
    row(
      'logins',
      `${number(succeeded)} succeeded, ${number(failed)} failed, ${many(bursts.length, 'burst')}, ${many(newAddresses.length, 'new address', 'new addresses')}`,
    ),
    ...(failed === 0 ? [] : [row('failed', sparkline(series.map((step) => step.failed)))]),
    ...bursts
      .slice(0, FEW)
      .map((burst) =>
        row(
          burst.kind,
          `${number(burst.failed)} of ${burst.user ?? many(burst.users, 'user')} from ${burst.address ?? many(burst.addresses, 'address', 'addresses')}, ${minute(burst.first)}, ${number(burst.succeeded)} got in`,
        ),
      ),
    ...(worst.length === 0
      ? []
      : [columns(['address', 'failed', 'succeeded', 'users', 'last'], LOGIN_WIDTHS)]),
    ...worst.map((one) =>
      columns(
        [one.address, number(one.failed), number(one.succeeded), number(one.users), minute(one.last)],
        LOGIN_WIDTHS,
      ),
    ),
  ]
}

const SHOWN_DENIALS = 3
const LOGIN_WIDTHS = [28, 10, 11, 8, 19]

const audit: Section = ({ audit: { total: count, byOutcome, rows, denials } }) => {
  if (count === 0) return [row('audit', 'no records')]
  const { success, failure, denied } = byOutcome
  return [
    row(
      'audit',
      `${many(count, 'record')}: ${number(success)} success, ${number(failure)} failure, ${number(denied)} denied`,
    ),
    ...rows
      .slice(0, FEW)
      .map((one) =>
        row('', `${number(one.count)} ${one.action} ${one.outcome}, ${many(one.actors, 'actor')}`),
      ),
    ...denials
      .slice(0, SHOWN_DENIALS)
      .map((one) =>
        row(
          'denied',
          `${minute(one.at)} ${one.actor} ${one.action}${one.target === null ? '' : ` ${one.target}`}${one.unusual ? ' (unusual)' : ''}`,
        ),
      ),
  ]
}

const secrets: Section = ({ secrets: { total: count, byOperation } }) => [
  row('secrets', count === 0 ? 'none were cut' : `${number(count)} cut`),
  ...byOperation
    .slice(0, FEW)
    .map((one) =>
      row('', `${number(one.count)} ${one.rule} in ${one.operation} (before: ${number(one.before)})`),
    ),
]

const losses: Section = ({ losses: { lines, gaps, torn, clock, unended, unreadable } }) => [
  row('lost', lines === 0 ? 'nothing' : `${many(lines, 'line')} in ${many(gaps.length, 'gap')}`),
  ...gaps.slice(0, FEW).map((gap) => row('', `${number(gap.count)} at ${minute(gap.first)}: ${gap.reason}`)),
  row(
    'torn',
    `${many(torn.length, 'tail')}; ${many(unended, 'writer')} killed, ${many(unreadable, 'line')} no JSON`,
  ),
  row('clock', clock.length === 0 ? 'no steps' : many(clock.length, 'step')),
]

const WORST = ['silent', 'quiet', 'removed', 'lines', 'before'] as const
const MARKS = { silent: '!', quiet: '-', removed: 'r', lines: '#', before: '.' }
const WEEK = 7
const SHOWN_HOSTS = 10

const coverage: Section = ({ coverage: { days, hosts } }) => {
  const rows = hosts.slice(0, SHOWN_HOSTS).map(({ host, service, days: states }) => {
    const weeks = Array.from({ length: Math.ceil(days.length / WEEK) }, (_, i) =>
      states.slice(i * WEEK, (i + 1) * WEEK),
    )
    const bar = weeks
      .map((week) => MARKS[WORST.find((state) => week.some((day) => day.state === state)) ?? 'before'])
      .join('')
    const counts = WORST.flatMap((state) => {
      const count = states.filter((day) => day.state === state).length
      return count === 0 || state === 'before' ? [] : [`${state} ${count}`]
    })
    return row('', `${bar} ${counts.join(', ')}: ${host} ${service}`)
  })
  const more =
    hosts.length > SHOWN_HOSTS ? [row('', `and ${many(hosts.length - SHOWN_HOSTS, 'host')} more`)] : []
  return [
    row('coverage', `${days.length} days by weeks: # lines, - quiet, ! silent, r removed, . before`),
    ...rows,
    ...more,
  ]
}

const directories: Section = ({ directories: all }) =>
  all.flatMap(({ dir, integrity, shipping, disk }) => {
    if (integrity === null) return [row('directory', dir), row('integrity', 'not known')]
    const { ok, problems, proven, segments } = integrity
    const faults = ok ? 'nothing is wrong' : many(problems.length, 'problem')
    const until = proven === null ? 'nothing is signed' : `proven up to ${minute(proven.at)}`
    return [
      row('directory', dir),
      row('integrity', `${faults}, ${many(segments, 'segment')} listed, ${until}`),
      ...problems.slice(0, FEW).map(({ kind, where, what }) => row('', `${kind}: ${where} ${what}`)),
      ...shipping.map(({ to, shipped, waiting }) =>
        row('shipped', `${to}: ${number(shipped)} there, ${number(waiting)} wait`),
      ),
      ...(disk === null ? [] : [row('disk', diskText(disk))]),
    ]
  })

function diskText({
  state,
  freeBytes,
  lastsDays,
  encrypted,
}: NonNullable<Report['directories'][number]['disk']>): string {
  const lasts = lastsDays === null ? 'enough at this rate' : `full in ${many(lastsDays, 'day')}`
  return `${state}, ${size(freeBytes)} free, ${lasts}; encrypted: ${encrypted}`
}

const changes: Section = ({ changes: { last, rows: all, newOperations } }) => {
  const rows = all.filter(({ now, before }) => now > 0 || (before ?? 0) > 0)
  return [
    row(
      'reviewed',
      last === null
        ? 'never before, as far as the ledger says'
        : `${minute(last.at)} by ${last.reviewer ?? `user ${last.by}`}, up to ${minute(last.until)}`,
    ),
    ...(rows.length === 0 ? [] : [columns(['a day', 'now', 'before', ''], CHANGE_WIDTHS)]),
    ...rows.map(({ name, now, before }) =>
      columns(
        [name, number(now), before === null ? 'not kept' : number(before), change(now, before)],
        CHANGE_WIDTHS,
      ),
    ),
    ...(newOperations.length === 0 ? [] : [row('new', few(newOperations))]),
  ]
}

const CHANGE_WIDTHS = [KEY + 14, 16, 16, 10]

function change(now: number, before: number | null): string {
  if (before === null || before === 0) return ''
  const percent = Math.round((now / before - 1) * 100)
  return `${percent > 0 ? '+' : ''}${number(percent)} %`
}

const remarks: Section = ({ remarks: list }) =>
  list.slice(0, 2 * FEW).flatMap((remark) => wrapped(remark, 0, 2))

const SECTIONS: Section[] = [
  requests,
  logins,
  audit,
  secrets,
  losses,
  coverage,
  directories,
  changes,
  remarks,
]

const BARS = '▁▂▃▄▅▆▇█'
const NOTHING = '·'
const SPARKS = WIDTH - KEY

/** A bar for each of some equal parts of the time. */
function sparkline(counts: number[]): string {
  const per = Math.ceil(counts.length / SPARKS)
  const parts = Array.from({ length: Math.ceil(counts.length / per) }, (_, i) =>
    total(counts.slice(i * per, (i + 1) * per), (count) => count),
  )
  const most = Math.max(1, ...parts)
  return parts
    .map((part) => (part === 0 ? NOTHING : BARS[Math.ceil((part / most) * (BARS.length - 1))]))
    .join('')
}

function row(key: string, text: string): string {
  return key.padEnd(KEY) + shown(text, WIDTH - KEY)
}

/** The first to the left, the others to the right. */
function columns(cells: string[], widths: number[]): string {
  return cells
    .map((cell, i) => {
      const text = shown(cell, (widths[i] as number) - 1)
      return i === 0 ? text.padEnd(widths[i] as number) : text.padStart(widths[i] as number)
    })
    .join('')
}

/** What a log says, cut to a width, with nothing in it that a terminal obeys. */
function shown(text: string, width: number): string {
  const characters = [...visibleText(text, false)]
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : characters.join('')
}

/** All of a text, in lines between words. */
function wrapped(text: string, indent: number, hanging: number): string[] {
  const lines: string[] = []
  let line = ' '.repeat(indent)
  let isBegun = false
  for (const word of visibleText(text, false)
    .split(' ')
    .flatMap((long) => pieces(long, WIDTH - hanging))) {
    if (isBegun && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = ' '.repeat(hanging) + word
    } else line += isBegun ? ` ${word}` : word
    isBegun = true
  }
  return [...lines, line]
}

function pieces(word: string, length: number): string[] {
  const count = Math.max(1, Math.ceil(word.length / length))
  return Array.from({ length: count }, (_, i) => word.slice(i * length, (i + 1) * length))
}

function minute(time: string): string {
  return `${time.slice(0, DATE)} ${time.slice(DATE + 1, DATE + 6)}`
}

function ms(time: number | undefined): string {
  return time === undefined ? '' : `${number(time)} ms`
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}

function many(count: number, what: string, more = `${what}s`): string {
  return `${number(count)} ${count === 1 ? what : more}`
}

function few(names: string[]): string {
  const more = names.length > FEW ? ` and ${names.length - FEW} more` : ''
  return `${names.slice(0, FEW).join(', ')}${more}`
}

function unique(names: string[]): string[] {
  return [...new Set(names)].sort()
}

function total<T>(list: readonly T[], count: (one: T) => number): number {
  return list.reduce((sum, one) => sum + count(one), 0)
}
