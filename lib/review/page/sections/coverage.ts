import type { CoverageReport, DayState, Report } from '../../report.ts'
import { count as counted, day as dateOf, listed, secondsOf } from '../format.ts'
import { attributes, type Html, html, type Part, words } from '../html.ts'
import { nothing, type Section, saying } from '../section.ts'
import { type Column, count, table, text } from '../table.ts'

type Host = CoverageReport['hosts'][number]
type Day = Host['days'][number]

/** What a cell says, and what the legend says of it. */
const STATES: Record<DayState, { short: string; meaning: string }> = {
  lines: { short: 'lines', meaning: 'Lines: the darker, the more of them' },
  quiet: { short: 'quiet', meaning: 'Quiet: no lines, and the keeper ran' },
  silent: { short: 'silent', meaning: 'Silent: no lines, and nothing shows that the keeper ran' },
  removed: { short: 'removed', meaning: 'Removed for its age' },
  before: { short: 'not begun', meaning: 'The host had not begun' },
}
const ORDER: DayState[] = ['lines', 'quiet', 'silent', 'removed', 'before']

export function coverage({ coverage }: Report): Section {
  const isEmpty = coverage.hosts.length === 0 || coverage.days.length === 0
  const body = isEmpty
    ? nothing('No host has written to these directories.')
    : html`${saying(summary(coverage))}
${legend()}
${grid(coverage)}
${hosts(coverage)}`
  return { id: 'coverage', title: 'Coverage', body, charts: [] }
}

function summary({ days, hosts }: CoverageReport): string {
  const silent = hosts.reduce((sum, host) => sum + daysIn(host, 'silent'), 0)
  const told =
    silent === 0 ? 'No day is silent' : `${counted(silent)} ${silent === 1 ? 'day is' : 'days are'} silent`
  return `${told}, of the last ${counted(days.length)} UTC days of ${counted(hosts.length)} ${hosts.length === 1 ? 'host' : 'hosts'}.`
}

function daysIn({ days }: Host, state: DayState): number {
  return days.filter((day) => day.state === state).length
}

function legend(): Html {
  const items = ORDER.map((state) => {
    const sample = state === 'lines' ? ['l1', 'l2', 'l3', 'l4'] : [state]
    return html`<li>${sample.map((name) => html`<span class="cell ${name}"></span>`)} ${words(STATES[state].meaning)}</li>`
  })
  return html`<ul class="legend days" aria-label="Legend">${items}</ul>`
}

function grid({ days, hosts }: CoverageReport): Html {
  return html`
<div class="table" id="days"><div class="scroll"><table class="grid">
<caption>Days of each host, the oldest first</caption>
<thead><tr class="months"><td></td>${months(days)}</tr>
<tr class="dates"><th scope="col"><span class="vh">Host</span></th>${days.map(date)}</tr></thead>
<tbody>${hosts.map(
    (host) => html`
<tr><th scope="row">${nameOf(host, hosts)}</th>${cells(host, days)}</tr>`,
  )}
</tbody></table></div></div>`
}

/** The service too, where a host has several. */
function nameOf({ host, service }: Host, hosts: Host[]): Part {
  const isAlone = hosts.every((other) => other.host !== host || other.service === service)
  return isAlone ? host : [host, words(' '), service]
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The name of each month over its days, if there are enough of them for it. */
function months(days: readonly string[]): Html[] {
  const groups: { month: string; length: number }[] = []
  for (const day of days) {
    const month = monthOf(day)
    const last = groups.at(-1)
    if (last?.month === month) last.length++
    else groups.push({ month, length: 1 })
  }
  return groups.map(
    ({ month, length }) =>
      html`<td${attributes({ colspan: length })} aria-hidden="true">${words(length < 4 ? '' : month)}</td>`,
  )
}

function monthOf(day: string): string {
  const seconds = secondsOf(day)
  return seconds === null ? '' : MONTHS[new Date(seconds * 1000).getUTCMonth()]
}

function date(day: string): Html {
  return html`<th scope="col"><span class="vh">${dateOf(day)}</span></th>`
}

function cells({ days: known }: Host, days: readonly string[]): Html[] {
  const most = known.reduce((sum, { lines }) => Math.max(sum, lines), 1)
  return days.map((at, i) => {
    const day = known[i]
    if (day === undefined) return html`<td></td>`
    const said = sayingOf(day)
    const title = `${at.slice(0, 10)}: ${typeof said === 'string' ? said : ''}`
    return html`<td class="${classOf(day, most)}" title="${title}"><span class="vh">${said}</span></td>`
  })
}

function isState(state: string): state is DayState {
  return Object.hasOwn(STATES, state)
}

/** What a cell says: words of ours, or a state that this version does not know. */
function sayingOf({ state, lines }: Day): Part {
  if (state === 'lines') return words(`${counted(lines)} ${lines === 1 ? 'line' : 'lines'}`)
  return isState(state) ? words(STATES[state].short) : state
}

const SHADES = 4

function classOf({ state, lines }: Day, most: number): string {
  if (state !== 'lines') return isState(state) ? state : ''
  const shade = Math.ceil((SHADES * lines) / most)
  return `l${Math.min(SHADES, Math.max(1, Number.isFinite(shade) ? shade : 1))}`
}

function hosts({ days, hosts: rows }: CoverageReport): Html {
  const inState = (name: string, state: DayState): Column<Host> => count(name, (row) => daysIn(row, state))
  const silentDays = (row: Host) => days.filter((_day, i) => row.days[i]?.state === 'silent')
  return table<Host>({
    id: 'hosts',
    caption: 'Days by host',
    columns: [
      text('Host', (row) => row.host),
      text('Service', (row) => row.service),
      text('Directory', (row) => row.dir),
      inState('With lines', 'lines'),
      inState('Quiet', 'quiet'),
      inState('Silent', 'silent'),
      inState('Removed', 'removed'),
      text('Silent days', (row) => listed(silentDays(row), 5)),
    ],
    rows,
    none: '',
  })
}
