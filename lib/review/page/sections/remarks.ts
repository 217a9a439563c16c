import type { Report } from '../../report.ts'
import { html, sentence } from '../html.ts'
import { nothing, type Section } from '../section.ts'

export function remarks({ remarks }: Report): Section {
  const body =
    remarks.length === 0
      ? nothing('Nothing was cut or left out.')
      : html`<ul>${remarks.map((remark) => html`<li>${sentence(remark)}</li>`)}</ul>`
  return { id: 'remarks', title: 'Remarks', body, charts: [] }
}
