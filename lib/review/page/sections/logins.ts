import type { Burst, LoginsReport, Report, RequestsReport } from '../../report.ts'
import { chart, numbersOf } from '../chart.ts'
import { count as counted, counted as inWords, minute, NONE_SHOWN } from '../format.ts'
import { html } from '../html.ts'
import { nothing, type Section, saying } from '../section.ts'
import { count, table, text, time } from '../table.ts'

type Step = RequestsReport['step']

export function logins({ logins, requests: { step } }: Report): Section {
  const drawn = failures(logins, step)
  const isEmpty = logins.failed === 0 && logins.succeeded === 0
  const body = isEmpty
    ? nothing('Nobody logged in or tried to in this period.')
    : html`${saying(summary(logins))}
${bursts(logins)}
${newAddresses(logins)}
${drawn.figure}
${series(logins, step)}
${byUser(logins)}
${byAddress(logins)}`
  return { id: 'logins', title: 'Logins', body, charts: isEmpty ? [] : [drawn.data] }
}

function summary({ failed, succeeded, bursts, newAddresses }: LoginsReport): string {
  return `${inWords(failed, 'login')} failed and ${counted(succeeded)} succeeded. ${inWords(bursts.length, 'burst')} of failures, ${inWords(newAddresses.length, 'login')} from a new address.`
}

const NUMBERS = 'logins-over-time'

function failures({ series: rows }: LoginsReport, step: Step) {
  return chart<LoginsReport['series'][number]>({
    id: 'chart-logins',
    title: `Logins per ${step}`,
    unit: 'count',
    step,
    rows,
    numbers: NUMBERS,
    series: [
      { name: 'Failed', style: 'alert', of: (row) => row.failed },
      { name: 'Succeeded', style: 'second', of: (row) => row.succeeded },
    ],
  })
}

function series({ series: rows }: LoginsReport, step: Step) {
  if (rows.length === 0) return null
  const columns = [
    time<LoginsReport['series'][number]>(step === 'hour' ? 'Hour' : 'Day', (row) => row.at, minute),
    count<LoginsReport['series'][number]>('Failed', (row) => row.failed),
    count<LoginsReport['series'][number]>('Succeeded', (row) => row.succeeded),
  ]
  return numbersOf({ id: NUMBERS, caption: `Logins per ${step}`, columns, rows })
}

const KINDS = new Map<string, string>([
  ['spraying', 'Spraying: one address, many users'],
  ['guessing', 'Guessing: one user, many tries'],
  ['flood', 'Flood: many addresses, many users'],
])

function bursts({ bursts: rows }: LoginsReport) {
  return table<Burst>({
    id: 'bursts',
    caption: 'Bursts of failed logins',
    columns: [
      text('Kind', (row) => KINDS.get(row.kind) ?? row.kind),
      text('Address', (row) => row.address ?? NONE_SHOWN),
      text('User', (row) => row.user ?? NONE_SHOWN),
      count('Failed', (row) => row.failed),
      count('Succeeded there', (row) => row.succeeded),
      count('Users', (row) => row.users),
      count('Addresses', (row) => row.addresses),
      time('First', (row) => row.first),
      time('Last', (row) => row.last),
    ],
    rows,
    none: 'No burst of failed logins was found.',
  })
}

function newAddresses({ newAddresses: rows, knownDays }: LoginsReport) {
  return table<LoginsReport['newAddresses'][number]>({
    id: 'new-addresses',
    caption: `Logins from addresses that the user had not used in the ${inWords(knownDays, 'day')} before`,
    columns: [
      text('User', (row) => row.user),
      text('Address', (row) => row.address),
      count('Logins', (row) => row.count),
      time('First', (row) => row.first),
    ],
    rows,
    none: `Nobody logged in from an address that was new; ${inWords(knownDays, 'day')} before the period were looked at.`,
  })
}

function byUser({ byUser: rows }: LoginsReport) {
  return table<LoginsReport['byUser'][number]>({
    id: 'logins-by-user',
    caption: 'Logins by user',
    columns: [
      text('User', (row) => row.user),
      count('Failed', (row) => row.failed),
      count('Succeeded', (row) => row.succeeded),
      count('Addresses', (row) => row.addresses),
      time('First', (row) => row.first),
      time('Last', (row) => row.last),
    ],
    rows,
    none: 'No login names a user.',
  })
}

function byAddress({ byAddress: rows }: LoginsReport) {
  return table<LoginsReport['byAddress'][number]>({
    id: 'logins-by-address',
    caption: 'Logins by address',
    columns: [
      text('Address', (row) => row.address),
      count('Failed', (row) => row.failed),
      count('Succeeded', (row) => row.succeeded),
      count('Users', (row) => row.users),
      time('First', (row) => row.first),
      time('Last', (row) => row.last),
    ],
    rows,
    none: 'No login names an address.',
  })
}
