/**
 * What DuckDB answers, as JSON that loses nothing and as text.
 */
import type { DuckDBApi, Type, Value } from './duckdb-api.ts'

interface ListType extends Type {
  valueType: Type
}

interface StructType extends Type {
  entryNames: readonly string[]
  entryTypes: readonly Type[]
}

interface MapType extends ListType {
  keyType: Type
}

const MICROS = 1000n
const LAST_MS = 8_640_000_000_000_000n

/** JSON of a value: numbers keep all their digits, times are ISO 8601 in UTC, JSON stays JSON. */
export function valueJson(duckdb: DuckDBApi, value: Value, type: Type): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  // NaN and the infinities are no JSON.
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : JSON.stringify(String(value))
  if (typeof value === 'string') return type.alias === 'JSON' ? oneLine(value) : JSON.stringify(value)
  if (typeof value !== 'object') return JSON.stringify(String(value))
  const moment = momentOf(duckdb, value)
  if (moment !== undefined) return JSON.stringify(moment)
  if (value instanceof duckdb.DuckDBDecimalValue) return value.toString()
  return nestedJson(duckdb, value, type) ?? JSON.stringify(value.toString())
}

/** A value as people read it; empty for NULL. */
export function valueText(duckdb: DuckDBApi, value: Value, type: Type): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  const json = valueJson(duckdb, value, type)
  return json.startsWith('"') ? JSON.parse(json) : json
}

/** Whether values of a type are numbers, which line up at the right. */
export function isNumeric(duckdb: DuckDBApi, { typeId }: Type): boolean {
  const { DuckDBTypeId: id } = duckdb
  const numbers: number[] = [
    ...[id.TINYINT, id.SMALLINT, id.INTEGER, id.BIGINT, id.HUGEINT, id.UTINYINT, id.USMALLINT],
    ...[id.UINTEGER, id.UBIGINT, id.UHUGEINT, id.FLOAT, id.DOUBLE, id.DECIMAL],
  ]
  return numbers.includes(typeId)
}

/** Line ends in JSON stand between values, never in a text. */
function oneLine(json: string): string {
  return json.replaceAll('\n', ' ').replaceAll('\r', ' ').replaceAll('\t', ' ')
}

function momentOf(duckdb: DuckDBApi, value: object): string | undefined {
  const { DuckDBTimestampValue, DuckDBTimestampTZValue, DuckDBTimestampMillisecondsValue } = duckdb
  const { DuckDBTimestampSecondsValue, DuckDBTimestampNanosecondsValue } = duckdb
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return isoOf(value.micros) ?? value.toString()
  if (value instanceof DuckDBTimestampMillisecondsValue)
    return isoOf(value.millis * MICROS) ?? value.toString()
  if (value instanceof DuckDBTimestampSecondsValue)
    return isoOf(value.seconds * MICROS * 1000n) ?? value.toString()
  if (value instanceof DuckDBTimestampNanosecondsValue) return isoOf(value.nanos / MICROS) ?? value.toString()
  return undefined
}

/** Milliseconds, and microseconds where there are some; undefined for what is no date, as infinity. */
function isoOf(micros: bigint): string | undefined {
  const rest = ((micros % MICROS) + MICROS) % MICROS
  const ms = (micros - rest) / MICROS
  if (ms > LAST_MS || ms < -LAST_MS) return undefined
  const iso = new Date(Number(ms)).toISOString()
  return rest === 0n ? iso : `${iso.slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}

function nestedJson(duckdb: DuckDBApi, value: object, type: Type): string | undefined {
  const list = (items: readonly Value[], of: Type) =>
    `[${items.map((item) => valueJson(duckdb, item, of)).join()}]`
  if (value instanceof duckdb.DuckDBListValue) return list(value.items, (type as ListType).valueType)
  if (value instanceof duckdb.DuckDBArrayValue) return list(value.items, (type as ListType).valueType)
  if (value instanceof duckdb.DuckDBStructValue) {
    const { entryNames, entryTypes } = type as StructType
    const members = entryNames.map(
      (name, i) => `${JSON.stringify(name)}:${valueJson(duckdb, value.entries[name], entryTypes[i])}`,
    )
    return `{${members.join()}}`
  }
  if (value instanceof duckdb.DuckDBMapValue) {
    const { keyType, valueType } = type as MapType
    const entries = value.entries.map(
      (entry) =>
        `{"key":${valueJson(duckdb, entry.key, keyType)},"value":${valueJson(duckdb, entry.value, valueType)}}`,
    )
    return `[${entries.join()}]`
  }
  return undefined
}
