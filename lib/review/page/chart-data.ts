/** What the script of the page draws: it stands as JSON in the page. */

export interface ChartData {
  /** Of the element that it is drawn into. */
  id: string
  unit: 'count' | 'ms'
  /** Seconds since 1970; the last one ends the last step. */
  times: number[]
  step: 'hour' | 'day'
  series: ChartSeries[]
}

export interface ChartSeries {
  name: string
  style: SeriesStyle
  /** One a time; null where nothing is known. */
  values: (number | null)[]
}

/** Which colour and dashes; the legend shows the same. */
export type SeriesStyle = 'main' | 'second' | 'third' | 'alert'
