/**
 * One query over the lines of log directories.
 */

import { errorCode, HushlogError } from '../../errors.ts'
import { loadDuckDB, openDatabase, sqlError, type Wanted } from './duckdb.ts'
import type { Connection, DuckDBApi, Type, Value } from './duckdb-api.ts'
import { fill } from './fill.ts'
import { wantedBy } from './question.ts'
import { type Heard, type ReadFacts, rowsOf, type Sources } from './records.ts'

export interface Question extends Sources, Heard {
  /** Bytes that the views and the query may take. */
  memory: number
}

export interface Answer {
  duckdb: DuckDBApi
  names: readonly string[]
  types: readonly Type[]
  /** Some rows at a time. Throws HushlogError `HUSHLOG_SQL`. */
  rows(): AsyncGenerator<Value[][]>
}

export function noFacts(): ReadFacts {
  return { unreadable: 0, long: 0, deep: 0, encrypted: 0, untrusted: [], problems: [] }
}

/**
 * @param show told what was met on the way before the first row comes
 * @throws HushlogError `HUSHLOG_SQL`, or `HUSHLOG_UNAVAILABLE` without DuckDB
 */
export async function ask(
  query: string,
  question: Question,
  show: (answer: Answer, facts: ReadFacts) => Promise<void>,
): Promise<ReadFacts> {
  const duckdb = await loadDuckDB()
  const wanted = await wantedBy(duckdb, query)
  return withViews(duckdb, wanted, question, [], async (connection, facts) => {
    const result = await connection.stream(query)
    const rows = async function* () {
      for (;;) {
        const chunk = await result.fetchChunk().catch((error) => {
          throw sqlError(error)
        })
        if (chunk === null || chunk.rowCount === 0) return
        yield chunk.getRows()
      }
    }
    await show({ duckdb, names: result.deduplicatedColumnNames(), types: result.columnTypes(), rows }, facts)
  })
}

/** Fills the views that are wanted and does something with them. @param files that may be written: absolute paths */
export async function withViews(
  duckdb: DuckDBApi,
  wanted: Wanted,
  question: Question,
  files: readonly string[],
  answer: (connection: Connection, facts: ReadFacts) => Promise<void>,
): Promise<ReadFacts> {
  const facts = noFacts()
  const database = await openDatabase(duckdb, { wanted, memory: question.memory, files })
  try {
    await fill(database, wanted, rowsOf(question, new Set(wanted.keys()), facts, question))
    await answer(database.connection, facts)
    return facts
  } catch (error) {
    throw isDuckDBs(error) ? sqlError(error) : error
  } finally {
    database.close()
  }
}

/** Whether an error is DuckDB's: they bear no code and no class of their own. */
export function isDuckDBs(error: unknown): boolean {
  return error instanceof Error && !(error instanceof HushlogError) && errorCode(error) === 'Error'
}
