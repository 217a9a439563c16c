/**
 * Lines that were found, as people or programs want to read them. Those of a segment that is not as it was sealed are
 * marked, each of them.
 */
import type { JsonRecord } from '../review/line.ts'
import type { Found } from '../review/search.ts'
import type { Doubt } from '../review/trust.ts'
import { valueAt } from '../review/where.ts'
import { type Arguments, type Option, usage } from './command.ts'
import { csvText } from './csv.ts'
import { FORMAT_OPTIONS, formatted, jsonLine, lineFormat } from './shown-lines.ts'

export const FOUND_OPTIONS: Record<string, Option> = {
  ...FORMAT_OPTIONS,
  format: { value: 'FORMAT', help: 'json, pretty, common or csv; default: pretty on a terminal, else json' },
  fields: { value: 'NAMES', help: 'the columns of csv, with commas: time,operation,res.statusCode' },
}

/** What prints what was found, and what is printed before anything is. */
export interface FoundPrinter {
  head: string
  text(found: Pick<Found, 'lines' | 'doubt'>): string
}

const MARK = 'untrusted'
/** Between groups of lines, as grep has it; JSON, one record a line, has no place for it. */
const BETWEEN = '--\n'

/** @throws HushlogError for a format that is not known */
export function foundPrinter(args: Arguments): FoundPrinter {
  const isCsv = !args.has('json') && args.values('format')[0] === 'csv'
  if (args.has('fields') && !isCsv) throw usage('--fields goes with --format=csv')
  return isCsv ? csvPrinter(args) : linePrinter(args)
}

function linePrinter(args: Arguments): FoundPrinter {
  const format = lineFormat(args, ', csv')
  const line = (bytes: Buffer, doubt: Doubt | undefined) => {
    const text = bytes.toString()
    if (doubt === undefined) return formatted(format, text)
    return format === jsonLine ? jsonLine(marked(text, doubt)) : `[${MARK}] ${formatted(format, text)}`
  }
  let between = ''
  return {
    head: '',
    text({ lines, doubt }) {
      const text = between + lines.map((bytes) => line(bytes, doubt)).join('')
      if (args.has('context') && format !== jsonLine) between = BETWEEN
      return text
    },
  }
}

/** With one more member, the last. What is no object stays as it is, behind a mark. */
function marked(line: string, doubt: Doubt): string {
  const record = parsed(line)
  const end = line.lastIndexOf('}')
  if (record === undefined) return `[${MARK}] ${line}`
  const name = Object.hasOwn(record, MARK) ? `${MARK}_` : MARK
  const comma = Object.keys(record).length > 0 ? ',' : ''
  return `${line.slice(0, end)}${comma}"${name}":"${doubt}"}`
}

const COLUMNS = 'time,host,level,operation,reqId,user,status,msg'

/** Short names for what stands deeper, or in one of several places. */
const PLACES: Record<string, readonly string[]> = {
  user: ['req.user', 'actor', 'user'],
  status: ['res.statusCode', 'status'],
  ip: ['req.remoteAddress', 'details.remoteAddress', 'remoteAddress'],
}

function csvPrinter(args: Arguments): FoundPrinter {
  const columns = (args.values('fields')[0] ?? COLUMNS).split(',').map((name) => name.trim())
  if (columns.includes('')) throw usage('option --fields takes names of fields with commas between them')
  const row = (cells: string[]) => `${cells.map(csvText).join()}\n`
  return {
    head: row([...columns, MARK]),
    text: ({ lines, doubt = '' }) =>
      lines.map((bytes) => row([...cellsOf(bytes.toString(), columns), doubt])).join(''),
  }
}

/** A line that is no object is all message. */
function cellsOf(line: string, columns: readonly string[]): string[] {
  const record = parsed(line) ?? { msg: line }
  return columns.map((name) => {
    const places = Object.hasOwn(PLACES, name) ? PLACES[name] : [name]
    return textOf(places.map((place) => valueAt(record, place)).find((value) => value !== undefined))
  })
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function parsed(line: string): JsonRecord | undefined {
  try {
    const value = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
