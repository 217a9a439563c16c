/**
 * Tables: a list of columns, and rows. The script of the page makes them sort and filter; without it they are complete.
 */
import { bytes as bytesOf, count as counted, duration as durationOf, moment, NONE_SHOWN } from './format.ts'
import { attributes, type Html, html, type Part, words } from './html.ts'

export interface Column<Row> {
  name: string
  /** How it is aligned and sorted; text is sorted as it shows. */
  kind: 'text' | 'number' | 'time'
  cell(row: Row): Part
  /** What a number is sorted by. */
  value?(row: Row): number | null
}

export interface Table<Row> {
  id: string
  caption: string
  columns: Column<Row>[]
  rows: readonly Row[]
  /** A sentence in its place when it has no rows. */
  none: string
}

export function text<Row>(name: string, cell: (row: Row) => Part): Column<Row> {
  return { name, kind: 'text', cell }
}

export function time<Row>(
  name: string,
  at: (row: Row) => string | null,
  show: (at: string) => Part = moment,
): Column<Row> {
  const cell = (row: Row) => {
    const value = at(row)
    return value === null ? NONE_SHOWN : show(value)
  }
  return { name, kind: 'time', cell }
}

type NumberColumn = <Row>(name: string, value: (row: Row) => number | null) => Column<Row>

const numberColumn =
  (show: (value: number | null) => string): NumberColumn =>
  (name, value) => ({ name, kind: 'number', value, cell: (row) => words(show(value(row))) })

export const count: NumberColumn = numberColumn(counted)
export const duration: NumberColumn = numberColumn(durationOf)
export const bytes: NumberColumn = numberColumn(bytesOf)

export function table<Row>({ id, caption, columns, rows, none }: Table<Row>): Html {
  if (rows.length === 0) return html`<p class="none">${words(none)}</p>`
  return html`
<div class="table" id="${id}"><div class="scroll"><table>
<caption>${words(caption)} <span class="rows">${words(counted(rows.length))}</span></caption>
<thead><tr>${columns.map(heading)}</tr></thead>
<tbody>${rows.map(
    (row) => html`
<tr>${columns.map((column, i) => (i === 0 ? rowHeading(column, row) : cellOf(column, row)))}</tr>`,
  )}
</tbody></table></div></div>`
}

function heading<Row>({ name, kind }: Column<Row>): Html {
  return html`<th scope="col" class="${CLASSES[kind]}" data-kind="${kind}">${words(name)}</th>`
}

function rowHeading<Row>(column: Column<Row>, row: Row): Html {
  return html`<th scope="row"${attributesOf(column, row)}>${column.cell(row)}</th>`
}

function cellOf<Row>(column: Column<Row>, row: Row): Html {
  return html`<td${attributesOf(column, row)}>${column.cell(row)}</td>`
}

function attributesOf<Row>({ kind, value }: Column<Row>, row: Row) {
  const number = value?.(row)
  const isKnown = typeof number === 'number' && Number.isFinite(number)
  return attributes({ class: CLASSES[kind], 'data-v': isKnown && number })
}

/** Short, for they stand in every cell. */
const CLASSES = { text: 'x', number: 'n', time: 't' }
