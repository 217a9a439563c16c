import type { ChartData } from './chart-data.ts'
import { type Html, html, words } from './html.ts'

export interface Section {
  id: string
  title: string
  body: Html
  charts: (ChartData | null)[]
}

/** A sentence of ours that stands alone. */
export function saying(text: string): Html {
  return html`<p>${words(text)}</p>`
}

/** A sentence for a section or a table without content. */
export function nothing(text: string): Html {
  return html`<p class="none">${words(text)}</p>`
}
