/**
 * What a query answers, or all lines, as Parquet.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDuckDBs, noFacts, type Question, withViews } from './ask.ts'
import { type Database, loadDuckDB, openDatabase, quoted, sqlError } from './duckdb.ts'
import type { Connection } from './duckdb-api.ts'
import { openTables, type Table } from './fill.ts'
import { EVERYTHING, wantedBy } from './question.ts'
import { type ReadFacts, rowsOf } from './records.ts'
import { newFile, newFolder } from './unfinished.ts'
import { VIEWS } from './views.ts'

/**
 * Writes what a query answers to a new file, for its owner alone.
 * @throws HushlogError `HUSHLOG_SQL`; `HUSHLOG_OPTION` for a file that is there or cannot be written
 */
export async function saveAnswer(query: string, file: string, question: Question): Promise<ReadFacts> {
  const duckdb = await loadDuckDB()
  const wanted = await wantedBy(duckdb, query, { isView: true })
  const part = newFile(file)
  try {
    const facts = await withViews(duckdb, wanted, question, [part.path], async (connection) => {
      // Named, not put between brackets: a query may end in a comment.
      await connection.run(`CREATE TEMP VIEW answer AS ${query}`)
      await connection.run(`COPY answer TO ${quoted(part.path)} ${PARQUET}`)
    })
    part.keep()
    return facts
  } finally {
    part.remove()
  }
}

/** A group of rows is made in memory: larger ones take more of it than the rows themselves. */
const PARQUET = '(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 40960, USE_TMP_FILE false)'

/** Bytes of lines and rows in a part at most, roughly: a part is made in memory. */
const PART_BYTES = 64 * 1024 * 1024
const PART_ROWS = 250_000

/**
 * Writes each view into a folder of its own in a new folder, in parts: `access/part-000001.parquet`.
 * @throws HushlogError `HUSHLOG_OPTION` for a folder that is there or cannot be made
 */
export async function saveViews(folder: string, question: Question): Promise<ReadFacts> {
  const duckdb = await loadDuckDB()
  const parts = newFolder(folder)
  try {
    const database = await openDatabase(duckdb, {
      wanted: EVERYTHING,
      memory: question.memory,
      folders: [parts.path],
    })
    try {
      const facts = await saveParts(database, parts.path, question)
      parts.keep()
      return facts
    } catch (error) {
      throw isDuckDBs(error) ? sqlError(error) : error
    } finally {
      database.close()
    }
  } finally {
    parts.remove()
  }
}

async function saveParts(database: Database, folder: string, question: Question): Promise<ReadFacts> {
  const facts = noFacts()
  const tables = await openTables(database, EVERYTHING)
  const numbers = new Map<Table, number>()
  async function save(table: Table): Promise<void> {
    const number = (numbers.get(table) ?? 0) + 1
    numbers.set(table, number)
    await savePart(database.connection, table, join(folder, table.view), number)
    await table.empty()
  }
  for await (const rows of rowsOf(question, new Set(tables.keys()), facts, question)) {
    for (const row of rows) tables.get(row.view)?.append(row)
    for (const table of tables.values()) {
      if (table.rows >= PART_ROWS || table.bytes >= PART_BYTES) await save(table)
      else if (table.isLarge()) await table.pack()
    }
  }
  // A view without rows has a part that says its columns.
  for (const table of tables.values()) if (table.rows > 0 || !numbers.has(table)) await save(table)
  for (const table of tables.values()) table.close()
  return facts
}

/** JSON is written as text, which every engine reads. */
async function savePart(connection: Connection, table: Table, folder: string, number: number): Promise<void> {
  await table.pack()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `part-${String(number).padStart(6, '0')}.parquet`)
  writeFileSync(path, '', { flag: 'wx', mode: 0o600 })
  const texts = VIEWS[table.view].flatMap(({ name, type }) =>
    type === 'JSON' ? [`"${name}"::VARCHAR AS "${name}"`] : [],
  )
  await connection.run(
    `COPY (SELECT * REPLACE (${texts.join()}) FROM ${table.view}) TO ${quoted(path)} ${PARQUET}`,
  )
}
