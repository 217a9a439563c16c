/** A chart: an empty place for the script, a legend, and in words what it shows; its numbers stand in a table. */
import type { ChartData, SeriesStyle } from './chart-data.ts'
import { count, duration, plainMinute, secondsOf } from './format.ts'
import { type Html, html, verbatim, words } from './html.ts'
import { type Column, table } from './table.ts'

export interface Figure<Row> {
  id: string
  title: string
  unit: 'count' | 'ms'
  step: 'hour' | 'day'
  series: { name: string; style: SeriesStyle; of(row: Row): number | null }[]
  rows: readonly Row[]
  /** Of the element with its numbers. */
  numbers: string
}

export interface Drawn {
  figure: Html | null
  data: ChartData | null
}

const HOUR = 3600

/** Nothing when there is nothing to draw. */
export function chart<Row extends { at: string }>(figure: Figure<Row>): Drawn {
  const rows = figure.rows.filter(({ at }) => secondsOf(at) !== null)
  const isEmpty = figure.series.every(({ of }) => rows.every((row) => !of(row)))
  if (isEmpty) return { figure: null, data: null }
  return { figure: markup(figure, rows), data: dataOf(figure, rows) }
}

function markup<Row extends { at: string }>(figure: Figure<Row>, rows: readonly Row[]): Html {
  const { id, title, series, numbers } = figure
  return html`
<figure class="chart" hidden><figcaption><span class="title">${words(title)}</span>
<ul class="legend">${series.map(({ name, style }) => html`<li>${SAMPLES[style]}${words(name)}</li>`)}</ul></figcaption>
<div class="plot" id="${id}" role="img" aria-label="${inWords(figure, rows)}" aria-describedby="${numbers}"></div>
<p class="readout" aria-hidden="true"></p></figure>`
}

/** The ends of the time, and of each series the most and when. */
function inWords<Row extends { at: string }>(figure: Figure<Row>, rows: readonly Row[]): string {
  const show = figure.unit === 'ms' ? duration : count
  const peaks = figure.series.map(({ name, of }) => {
    const top = rows.reduce((best, row) => ((of(row) ?? 0) > (of(best) ?? 0) ? row : best))
    const most = of(top) ?? 0
    return most === 0 ? `${name}: none` : `${name}: ${show(most)} at most, at ${plainMinute(top.at)}`
  })
  const ends = `Line chart from ${plainMinute(rows[0].at)} to ${plainMinute(rows[rows.length - 1].at)}`
  return `${figure.title}. ${ends}. ${peaks.join('; ')}. The numbers are in the table that follows.`
}

function dataOf<Row extends { at: string }>(figure: Figure<Row>, rows: readonly Row[]): ChartData {
  const { id, unit, step, series } = figure
  const times = rows.map(({ at }) => secondsOf(at) as number)
  const end = times[times.length - 1] + (step === 'hour' ? HOUR : 24 * HOUR)
  const repeated = (values: (number | null)[]) => [...values, values[values.length - 1]]
  return {
    id,
    unit,
    step,
    times: [...times, end],
    series: series.map(({ name, style, of }) => ({ name, style, values: repeated(rows.map(of).map(known)) })),
  }
}

function known(value: number | null): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function sample(style: SeriesStyle): Html {
  return verbatim(
    `<svg class="sample ${style}" viewBox="0 0 28 10" width="28" height="10" aria-hidden="true"><path d="M0 5h28"/></svg>`,
  )
}

const SAMPLES: Record<SeriesStyle, Html> = {
  main: sample('main'),
  second: sample('second'),
  third: sample('third'),
  alert: sample('alert'),
}

export interface Numbers<Row> {
  id: string
  caption: string
  columns: Column<Row>[]
  rows: readonly Row[]
}

/** The numbers of a chart; the script folds them. */
export function numbersOf<Row>({ id, caption, columns, rows }: Numbers<Row>): Html {
  return html`<details class="numbers" open><summary>${words(caption)}, as a table</summary>
${table({ id, caption, columns, rows, none: '' })}</details>`
}
