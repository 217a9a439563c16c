/**
 * What is used of @duckdb/node-api, as types of our own: declarations must not need a package that may be missing.
 */

export interface DuckDBApi {
  DuckDBInstance: { create(path: string, options: Record<string, string>): Promise<Instance> }
  StatementType: Record<number, string> & { SELECT: number; EXPLAIN: number }
  DuckDBTypeId: Record<NumericTypeName, number>
  DuckDBTimestampValue: new (micros: bigint) => { micros: bigint }
  DuckDBTimestampTZValue: Class<{ micros: bigint }>
  DuckDBTimestampSecondsValue: Class<{ seconds: bigint }>
  DuckDBTimestampMillisecondsValue: Class<{ millis: bigint }>
  DuckDBTimestampNanosecondsValue: Class<{ nanos: bigint }>
  DuckDBDecimalValue: Class<object>
  DuckDBListValue: Class<{ items: readonly Value[] }>
  DuckDBArrayValue: Class<{ items: readonly Value[] }>
  DuckDBStructValue: Class<{ entries: Readonly<Record<string, Value>> }>
  DuckDBMapValue: Class<{ entries: readonly { key: Value; value: Value }[] }>
}

// biome-ignore lint/suspicious/noExplicitAny: classes of any constructor, of which only instances are looked at
type Class<T> = new (...parts: any[]) => T

export type NumericTypeName =
  | 'TINYINT'
  | 'SMALLINT'
  | 'INTEGER'
  | 'BIGINT'
  | 'HUGEINT'
  | 'UTINYINT'
  | 'USMALLINT'
  | 'UINTEGER'
  | 'UBIGINT'
  | 'UHUGEINT'
  | 'FLOAT'
  | 'DOUBLE'
  | 'DECIMAL'

/** A boolean, a number, a bigint, a text, null, or an object of a class of DuckDB's. */
export type Value = unknown

export interface Type {
  typeId: number
  alias?: string
}

export interface Instance {
  connect(): Promise<Connection>
  closeSync(): void
}

export interface Connection {
  run(sql: string): Promise<unknown>
  runAndReadAll(sql: string): Promise<{ getRows(): Value[][] }>
  stream(sql: string): Promise<Result>
  extractStatements(sql: string): Promise<Statements>
  createAppender(table: string, schema: string, catalog: string): Promise<Appender>
  closeSync(): void
}

export interface Result {
  /** No rows, or null, at the end. */
  fetchChunk(): Promise<{ rowCount: number; getRows(): Value[][] } | null>
  deduplicatedColumnNames(): readonly string[]
  columnTypes(): readonly Type[]
}

export interface Statements {
  count: number
  prepare(index: number): Promise<{ statementType: number }>
}

export interface Appender {
  appendNull(): void
  appendTimestamp(value: { micros: bigint }): void
  appendInteger(value: number): void
  appendBigInt(value: bigint): void
  appendDouble(value: number): void
  appendBoolean(value: boolean): void
  appendVarchar(value: string): void
  endRow(): void
  flushSync(): void
  closeSync(): void
}
