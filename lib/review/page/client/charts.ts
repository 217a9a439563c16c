import uPlot from 'uplot'
import type { ChartData, ChartSeries, SeriesStyle } from '../chart-data.ts'

const HEIGHT = 190
/** What A4 has between its margins, in pixels of CSS. */
const PAPER_WIDTH = 660
const DAY = 86_400
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Told apart without colour; page.css draws the samples of the legend in the same way. */
const STYLES: Record<SeriesStyle, { width: number; dash?: number[]; isFilled?: boolean }> = {
  main: { width: 1.5, isFilled: true },
  second: { width: 1.5, dash: [5, 3] },
  third: { width: 1.75, dash: [1.5, 2.5] },
  alert: { width: 2, isFilled: true },
}

interface Charts {
  forPaper(): void
  forScreen(): void
}

interface Drawn {
  place: HTMLElement
  draw(width: number): void
}

export function drawCharts(): Charts {
  const charts: ChartData[] = JSON.parse(document.getElementById('charts')?.textContent ?? '[]')
  const all = charts.map(chartIn)
  const redraw = () => {
    for (const { place, draw } of all) draw(place.clientWidth)
  }
  for (const { place, draw } of all) {
    new ResizeObserver(() => {
      if (!isOnPaper()) draw(place.clientWidth)
    }).observe(place)
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
  return {
    forPaper() {
      for (const { draw } of all) draw(PAPER_WIDTH)
    },
    forScreen: redraw,
  }
}

function isOnPaper(): boolean {
  return document.documentElement.classList.contains('printing')
}

function chartIn(data: ChartData): Drawn {
  const place = document.getElementById(data.id) as HTMLElement
  const figure = place.closest('figure') as HTMLElement
  const readout = figure.querySelector('.readout') as HTMLElement
  figure.hidden = false
  let plot: uPlot | undefined
  let drawn = ''
  const draw = (width: number) => {
    const key = `${width} ${colour('main')} ${isOnPaper()}`
    if (key === drawn || width === 0) return
    drawn = key
    plot?.destroy()
    const values = data.series.map(({ values }) => values)
    plot = new uPlot(optionsOf(data, width, readout), [data.times, ...values], place)
  }
  return { place, draw }
}

function optionsOf(data: ChartData, width: number, readout: HTMLElement): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: colour('muted'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { stroke: colour('grid'), width: 1, size: 4 },
  }
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        space: 70,
        values: (_plot, times, _axis, _space, step) => times.map((at) => tick(at, step)),
      },
      {
        ...axis,
        size: 56,
        space: 36,
        incrs: data.unit === 'count' ? wholeSteps() : undefined,
        values: (_plot, values) => values.map((value) => shown(value, data.unit)),
      },
    ],
    series: [{}, ...data.series.map((series) => seriesOf(series, data.unit))],
    hooks: { setCursor: [({ cursor }) => (readout.textContent = read(data, cursor.idx))] },
  }
}

function seriesOf({ name, style }: ChartSeries, unit: ChartData['unit']): uPlot.Series {
  const { isFilled, ...line } = STYLES[style]
  return {
    label: name,
    stroke: colour(style),
    fill: isFilled ? colour(`${style}-fill`) : undefined,
    ...line,
    // A count holds for its whole step.
    paths: unit === 'count' ? uPlot.paths.stepped?.({ align: 1 }) : uPlot.paths.linear?.(),
    points: { show: false },
  }
}

/** Of the style sheet, so that the chart is as light or dark as the page. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

function wholeSteps(): number[] {
  return Array.from({ length: 15 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat()
}

const dayAndMonth = (date: Date) => `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`
const hourAndMinute = (date: Date) => date.toISOString().slice(11, 16)

function tick(at: number, step: number): string {
  const date = new Date(at * 1000)
  return step >= DAY || at % DAY === 0 ? dayAndMonth(date) : hourAndMinute(date)
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

function shown(value: number, unit: ChartData['unit']): string {
  if (unit === 'count') return compact.format(value)
  return value < 1000 ? `${compact.format(value)} ms` : `${compact.format(value / 1000)} s`
}

/** What stands at the pointer. */
function read({ times, series, step, unit }: ChartData, place: number | null | undefined): string {
  if (typeof place !== 'number' || place >= times.length - 1) return ''
  const date = new Date(times[place] * 1000)
  const at = step === 'hour' ? `${dayAndMonth(date)} ${hourAndMinute(date)}` : dayAndMonth(date)
  const values = series.map(({ name, values }) => {
    const value = values[place]
    const text = value === null ? '–' : unit === 'ms' ? `${whole.format(value)} ms` : whole.format(value)
    return `${name} ${text}`
  })
  return `${at}: ${values.join(', ')}`
}
