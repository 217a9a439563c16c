/**
 * DuckDB, an optional package: a database in memory that writes nothing to the disk and reads nothing from it.
 */
import { errorCode, HushlogError } from '../../errors.ts'
import type { Connection, DuckDBApi } from './duckdb-api.ts'
import { type Column, VIEW_NAMES, VIEWS, type ViewName } from './views.ts'

export interface Database {
  duckdb: DuckDBApi
  connection: Connection
  close(): void
}

export interface DatabaseOptions {
  wanted: Wanted
  /** Bytes that tables and queries may take. */
  memory: number
  /** The only files and folders that may be written: absolute paths. */
  files?: readonly string[]
  folders?: readonly string[]
  /** Default: as many as there are cores. */
  threads?: number
  /** Only to tell what a query reads: nothing is left out of its plan because the tables are empty. */
  isForPlans?: boolean
}

/**
 * @throws HushlogError `HUSHLOG_UNAVAILABLE` when it is not installed. A bundler that does not find the package leaves
 * the import as it is, since its failure is caught.
 */
export async function loadDuckDB(): Promise<DuckDBApi> {
  return import('@duckdb/node-api').catch((error) => {
    const isMissing = errorCode(error) === 'ERR_MODULE_NOT_FOUND'
    const why = isMissing ? 'is not installed' : `cannot be loaded: ${errorCode(error)}`
    throw new HushlogError('HUSHLOG_UNAVAILABLE', `hushlog sql: the package @duckdb/node-api ${why}`, {
      hint: 'npm install @duckdb/node-api',
    })
  })
}

/*
 * Lines that were opened must not lie on the disk in the clear, and the encryption that DuckDB has without its extension
 * httpfs is, in its own words, not secure: so nothing is put aside into files, and what has no room is an error.
 */
const CLOSED = {
  temp_directory: '',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_unsigned_extensions: 'false',
  preserve_insertion_order: 'false',
}

/** A database with the views, empty. Whoever asks it can reach nothing outside of it. */
export async function openDatabase(duckdb: DuckDBApi, options: DatabaseOptions): Promise<Database> {
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    ...CLOSED,
    memory_limit: `${options.memory}B`,
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
  })
  const connection = await instance.connect()
  const { files = [], folders = [], isForPlans = false } = options
  await connection.run("ATTACH ':memory:' AS logs (COMPRESS)")
  await connection.run('USE logs')
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(`CREATE SCHEMA ${TABLES}`)
  for (const view of VIEW_NAMES) await makeView({ connection }, view, options.wanted.get(view))
  if (isForPlans) await keepPlansWhole(connection)
  if (files.length > 0) await connection.run(`SET allowed_paths = [${files.map(quoted).join()}]`)
  if (folders.length > 0) await connection.run(`SET allowed_directories = [${folders.map(quoted).join()}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
  return {
    duckdb,
    connection,
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** The rows lie in tables that have only the columns that are wanted; in the others of the view stands NULL. */
async function makeView(
  { connection }: Pick<Database, 'connection'>,
  view: ViewName,
  wanted: Columns,
): Promise<void> {
  await makeTable({ connection }, view, wanted)
  const filled = filledColumns(view, wanted)
  const columns = VIEWS[view].map((column) => {
    const { name, type } = column
    return filled.includes(column) ? `"${name}"` : `NULL::${type} AS "${name}"`
  })
  await connection.run(`CREATE VIEW ${view} AS SELECT ${columns.join()} FROM ${TABLES}.${view}`)
}

/** Makes the table of a view, or takes all rows out of it. */
export async function makeTable(
  { connection }: Pick<Database, 'connection'>,
  view: ViewName,
  wanted: Columns,
): Promise<void> {
  const definitions = filledColumns(view, wanted).map(({ name, type }) => `"${name}" ${type}`)
  await connection.run(`CREATE OR REPLACE TABLE ${TABLES}.${view} (${definitions.join()})`)
}

/** The schema of the tables. */
export const TABLES = 'rows'

/** Names of columns, of each view that is filled. */
export type Wanted = ReadonlyMap<ViewName, ReadonlySet<string>>
type Columns = ReadonlySet<string> | undefined

/** A table has one column at least. */
export function filledColumns(view: ViewName, wanted: Columns): Column[] {
  const columns = VIEWS[view].filter(({ name }) => wanted?.has(name))
  return columns.length > 0 ? columns : VIEWS[view].slice(-1)
}

async function keepPlansWhole(connection: Connection): Promise<void> {
  const names = await connection.runAndReadAll('SELECT name FROM duckdb_optimizers()')
  const others = names.getRows().flatMap(([name]) => (name === 'unused_columns' ? [] : [String(name)]))
  await connection.run(`SET disabled_optimizers = ${quoted(others.join())}`)
}

/** A text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

const FULL = ['Out of Memory', 'could not allocate', 'failed to allocate', 'failed to pin']

/** What DuckDB says: it may quote what stands in the log, so whoever shows it makes it visible first. */
export function sqlError(error: unknown): HushlogError {
  if (error instanceof HushlogError) return error
  const text = error instanceof Error ? error.message : String(error)
  if (FULL.some((words) => text.includes(words)))
    return new HushlogError('HUSHLOG_SQL', 'there is not enough memory for what the query reads and does', {
      cause: error,
      hint: 'give more with --memory, ask of less time with --since and --until, or name only the columns that are needed',
    })
  const said = text.startsWith(EXTRACTING) ? text.slice(EXTRACTING.length) : text
  return new HushlogError('HUSHLOG_SQL', said.trim(), { cause: error })
}

const EXTRACTING = 'Failed to extract statements: '
