/**
 * Fills the views: rows are appended, and packed in memory from time to time.
 */

import { type Database, filledColumns, makeTable, TABLES, type Wanted } from './duckdb.ts'
import type { Appender } from './duckdb-api.ts'
import type { Cell, Column, ColumnType, Row, ViewName } from './views.ts'

/** As many as DuckDB packs at a time. */
const PACKED_ROWS = 122_880
/** Bytes of lines that may lie there unpacked. */
const PACKED_BYTES = 80 * 1024 * 1024

export interface Table {
  view: ViewName
  /** Rows in it, and bytes of their lines. */
  rows: number
  bytes: number
  append(row: Row): void
  /** Whether so much was appended that it should be packed. */
  isLarge(): boolean
  pack(): Promise<void>
  /** Takes all rows out. */
  empty(): Promise<void>
  close(): void
}

async function openTable(database: Database, view: ViewName, columns: ReadonlySet<string>): Promise<Table> {
  const { connection, duckdb } = database
  const putters = filledColumns(view, columns).map((column) => putterOf(column, duckdb))
  const openAppender = () => connection.createAppender(view, TABLES, 'logs')
  let appender = await openAppender()
  let [looseRows, looseBytes] = [0, 0]
  const table: Table = {
    view,
    rows: 0,
    bytes: 0,
    append(row) {
      for (const put of putters) put(appender, row)
      appender.endRow()
      const length = row.text?.length ?? 0
      table.rows++
      table.bytes += length
      looseRows++
      looseBytes += length
    },
    isLarge: () => looseRows >= PACKED_ROWS || looseBytes >= PACKED_BYTES,
    async pack() {
      appender.flushSync()
      await connection.run('CHECKPOINT logs')
      looseRows = looseBytes = 0
    },
    async empty() {
      appender.closeSync()
      await makeTable(database, view, columns)
      await connection.run('CHECKPOINT logs')
      appender = await openAppender()
      table.rows = table.bytes = looseRows = looseBytes = 0
    },
    close: () => appender.closeSync(),
  }
  return table
}

/** Fills the columns that are wanted with what the rows tell. */
export async function fill(database: Database, wanted: Wanted, rows: AsyncIterable<Row[]>): Promise<void> {
  const tables = await openTables(database, wanted)
  for await (const some of rows) {
    for (const row of some) tables.get(row.view)?.append(row)
    for (const table of tables.values()) if (table.isLarge()) await table.pack()
  }
  for (const table of tables.values()) {
    await table.pack()
    table.close()
  }
}

export async function openTables(database: Database, wanted: Wanted): Promise<Map<ViewName, Table>> {
  const tables = new Map<ViewName, Table>()
  for (const [view, columns] of wanted) tables.set(view, await openTable(database, view, columns))
  return tables
}

type Put = (appender: Appender, row: Row) => void

function putterOf({ type, cell }: Column, { DuckDBTimestampValue }: Database['duckdb']): Put {
  const put: Record<ColumnType, (appender: Appender, value: Exclude<Cell, null>) => void> = {
    TIMESTAMP: (appender, value) =>
      appender.appendTimestamp(new DuckDBTimestampValue(BigInt(value as number) * 1000n)),
    INTEGER: (appender, value) => appender.appendInteger(value as number),
    BIGINT: (appender, value) => appender.appendBigInt(BigInt(value as number)),
    DOUBLE: (appender, value) => appender.appendDouble(value as number),
    BOOLEAN: (appender, value) => appender.appendBoolean(value as boolean),
    VARCHAR: (appender, value) => appender.appendVarchar(value as string),
    JSON: (appender, value) => appender.appendVarchar(value as string),
  }
  const putValue = put[type]
  return (appender, row) => {
    const value = cell(row)
    if (value === null) appender.appendNull()
    else putValue(appender, value)
  }
}
