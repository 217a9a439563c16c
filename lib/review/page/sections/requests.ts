import type { Report, RequestsReport } from '../../report.ts'
import { chart, numbersOf } from '../chart.ts'
import { count as counted, duration as inTime, counted as inWords, minute, percent } from '../format.ts'
import { type Html, html } from '../html.ts'
import { nothing, type Section, saying } from '../section.ts'
import { type Column, count, duration, table, text, time } from '../table.ts'

type Step = RequestsReport['series'][number]
type Operation = RequestsReport['operations'][number]

export function requests({ requests }: Report): Section {
  const isEmpty = requests.requests === 0 && requests.errorLines.length === 0
  const drawn = charts(requests)
  const body = isEmpty
    ? nothing('No requests were logged in this period.')
    : html`${saying(summary(requests))}
${drawn.map(({ figure }) => figure)}
${series(requests)}
${operations(requests)}
${errorLines(requests)}`
  return { id: 'requests', title: 'Requests', body, charts: drawn.map(({ data }) => data) }
}

function summary({ requests, classes, aborted, errors, latency }: RequestsReport): string {
  const answers = `${inWords(requests, 'request')}: ${counted(classes[4])} answered with 5xx (${percent(classes[4], requests)}), ${counted(classes[3])} with 4xx, ${counted(aborted)} aborted. ${inWords(errors, 'record')} of level error and above.`
  if (latency === null) return answers
  const { p50, p95, p99, max } = latency
  return `${answers} Half of the requests took ${inTime(p50)} at most, 95 % ${inTime(p95)}, 99 % ${inTime(p99)}, the longest ${inTime(max)}; these times are right to 12.5 %.`
}

const NUMBERS = 'requests-over-time'

function charts({ series: rows, step }: RequestsReport) {
  const common = { step, rows, numbers: NUMBERS }
  return [
    chart<Step>({
      ...common,
      id: 'chart-answered',
      title: `Requests per ${step}`,
      unit: 'count',
      series: [
        { name: 'All', style: 'main', of: (row) => row.requests },
        { name: '2xx', style: 'second', of: (row) => row.classes[1] },
        { name: '3xx', style: 'third', of: (row) => row.classes[2] },
      ],
    }),
    chart<Step>({
      ...common,
      id: 'chart-failed',
      title: `Failed requests per ${step}`,
      unit: 'count',
      series: [
        { name: '5xx', style: 'alert', of: (row) => row.classes[4] },
        { name: '4xx', style: 'second', of: (row) => row.classes[3] },
        { name: 'Aborted', style: 'third', of: (row) => row.aborted },
      ],
    }),
    chart<Step>({
      ...common,
      id: 'chart-latency',
      title: 'Latency',
      unit: 'ms',
      series: [
        { name: '95th percentile', style: 'main', of: (row) => row.p95 },
        { name: 'Median', style: 'second', of: (row) => row.p50 },
      ],
    }),
  ]
}

interface Counted {
  requests: number
  classes: readonly number[]
  aborted: number
  errors: number
}

const COUNTS: Column<Counted>[] = [
  count('Requests', (row) => row.requests),
  count('2xx', (row) => row.classes[1]),
  count('3xx', (row) => row.classes[2]),
  count('4xx', (row) => row.classes[3]),
  count('5xx', (row) => row.classes[4]),
  count('Aborted', (row) => row.aborted),
  count('Errors', (row) => row.errors),
]

/** Few servers answer with 1xx: the column stands only where there are some. */
function countsOf(rows: readonly Counted[]): Column<Counted>[] {
  const [first, ...rest] = COUNTS
  const isUsed = rows.some(({ classes }) => classes[0] > 0)
  return isUsed ? [first, count('1xx', (row) => row.classes[0]), ...rest] : COUNTS
}

function series({ series: rows, step }: RequestsReport): Html | null {
  if (rows.length === 0) return null
  const columns: Column<Step>[] = [
    time(step === 'hour' ? 'Hour' : 'Day', (row) => row.at, minute),
    ...countsOf(rows),
    duration('p50', (row) => row.p50),
    duration('p95', (row) => row.p95),
  ]
  return numbersOf({ id: NUMBERS, caption: `Requests per ${step}`, columns, rows })
}

function operations({ operations: rows }: RequestsReport): Html {
  const columns: Column<Operation>[] = [
    text('Operation', (row) => row.operation),
    ...countsOf(rows),
    duration('p50', (row) => row.latency?.p50 ?? null),
    duration('p95', (row) => row.latency?.p95 ?? null),
    duration('p99', (row) => row.latency?.p99 ?? null),
    duration('Longest', (row) => row.latency?.max ?? null),
  ]
  return table({
    id: 'operations',
    caption: 'Operations',
    columns,
    rows,
    none: 'No operation was requested.',
  })
}

function errorLines({ errorLines: rows }: RequestsReport): Html {
  return table<RequestsReport['errorLines'][number]>({
    id: 'error-lines',
    caption: 'Errors that are no requests, by operation',
    columns: [text('Operation', (row) => row.operation), count('Records', (row) => row.count)],
    rows,
    none: 'No errors were logged besides those of requests.',
  })
}
