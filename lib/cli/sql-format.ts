/**
 * The rows of an answer for people and for programs. What stands in a log is hostile: control characters are shown and
 * not obeyed, and no cell is a formula to a spreadsheet.
 */
import { visibleText } from '../logger/visible.ts'
import type { Answer } from '../review/sql/ask.ts'
import type { Value } from '../review/sql/duckdb-api.ts'
import { isNumeric, valueJson, valueText } from '../review/sql/values.ts'
import { csvText } from './csv.ts'

export type SqlFormat = 'table' | 'json' | 'csv'

export interface Printer {
  /** Text for some rows; a table may wait for more. */
  rows(rows: Value[][]): string
  end(): string
}

export const PRINTERS: Record<SqlFormat, (answer: Answer) => Printer> = {
  json: jsonPrinter,
  csv: csvPrinter,
  table: tablePrinter,
}

function jsonPrinter({ duckdb, names, types }: Answer): Printer {
  const keys = names.map((name) => `${JSON.stringify(name)}:`)
  const rowOf = (row: Value[]) =>
    `{${row.map((value, i) => keys[i] + valueJson(duckdb, value, types[i])).join()}}`
  // Where a control character may stand in JSON, an escape may.
  return { rows: (rows) => rows.map((row) => `${visibleText(rowOf(row), false)}\n`).join(''), end: () => '' }
}

function csvPrinter(answer: Answer): Printer {
  const { names } = answer
  const cells = cellsOf(answer)
  const line = (fields: string[]) => `${fields.join()}\n`
  let head = line(names.map(csvText))
  const take = () => {
    const text = head
    head = ''
    return text
  }
  return {
    rows: (rows) => take() + rows.map((row) => line(cells(row).map(csvField))).join(''),
    end: take,
  }
}

interface Cell {
  text: string
  isNumber: boolean
}

function cellsOf({ duckdb, types }: Answer): (row: Value[]) => Cell[] {
  const isNumber = types.map((type) => isNumeric(duckdb, type))
  return (row) => row.map((value, i) => ({ text: valueText(duckdb, value, types[i]), isNumber: isNumber[i] }))
}

function csvField({ text, isNumber }: Cell): string {
  return isNumber ? text : csvText(text)
}

/** Columns are as wide as in the first rows. */
const MEASURED_ROWS = 1000
const WIDEST = 100
const GAP = '  '

function tablePrinter(answer: Answer): Printer {
  const { names } = answer
  const toCells = cellsOf(answer)
  const cells = (row: Value[]) =>
    toCells(row).map(({ text, isNumber }) => ({ text: visibleText(text, false), isNumber }))
  const waiting: Cell[][] = []
  let widths: number[] | undefined
  const head: Cell[] = names.map((name) => ({ text: visibleText(name, false), isNumber: false }))
  function flush(): string {
    const rows = waiting.splice(0)
    if (widths !== undefined) return rows.map((row) => tableLine(row, widths as number[])).join('')
    const measured = [head, ...rows]
    const found = head.map((_, i) => Math.max(...measured.map((row) => widthOf(cut(row[i].text)))))
    widths = found
    const heads = head.map(({ text }, i) => ({ text, isNumber: rows[0]?.[i].isNumber ?? false }))
    const rule = found.map((width) => '-'.repeat(width)).join(GAP)
    return `${tableLine(heads, found)}${rule}\n${rows.map((row) => tableLine(row, found)).join('')}`
  }
  return {
    rows(rows) {
      waiting.push(...rows.map(cells))
      return widths === undefined && waiting.length < MEASURED_ROWS ? '' : flush()
    },
    end: () => (widths === undefined || waiting.length > 0 ? flush() : ''),
  }
}

function tableLine(row: Cell[], widths: number[]): string {
  const fields = row.map(({ text, isNumber }, i) => {
    const short = cut(text)
    const blanks = ' '.repeat(Math.max(0, widths[i] - widthOf(short)))
    return isNumber ? blanks + short : short + blanks
  })
  return `${fields.join(GAP).trimEnd()}\n`
}

function widthOf(text: string): number {
  return [...text].length
}

function cut(text: string): string {
  if (text.length <= WIDEST) return text
  const characters = [...text]
  return characters.length <= WIDEST ? text : `${characters.slice(0, WIDEST - 1).join('')}…`
}
