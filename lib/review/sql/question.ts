/**
 * What a query reads. DuckDB is asked, in a database without rows, so that only those columns are filled.
 */

import { HushlogError } from '../../errors.ts'
import { type Database, openDatabase, sqlError, type Wanted } from './duckdb.ts'
import type { DuckDBApi } from './duckdb-api.ts'
import { VIEW_NAMES, VIEWS, type ViewName } from './views.ts'

export const EVERYTHING: Wanted = new Map(
  VIEW_NAMES.map((view) => [view, new Set(VIEWS[view].map(({ name }) => name))]),
)

/** Bytes. A plan without rows takes little. */
const MEMORY = 128 * 1024 * 1024

/**
 * The columns of each view that must be filled. A view may be asked for no column, as `count(*)` does.
 * @param options `isView`: it must be a query that a view can be made of, not `EXPLAIN`
 * @throws HushlogError `HUSHLOG_SQL` for what is not one query, or a wrong one
 */
export async function wantedBy(
  duckdb: DuckDBApi,
  query: string,
  options: { isView?: boolean } = {},
): Promise<Wanted> {
  const { EXPLAIN } = duckdb.StatementType
  const database = await openDatabase(duckdb, { wanted: EVERYTHING, memory: MEMORY, isForPlans: true })
  try {
    const type = await typeOfOne(database, query)
    if (type === EXPLAIN && options.isView === true) throw refused('got EXPLAIN')
    if (type === EXPLAIN) return EVERYTHING
    return wantedIn(await planOf(database, query))
  } catch (error) {
    throw sqlError(error)
  } finally {
    database.close()
  }
}

async function typeOfOne({ duckdb, connection }: Database, query: string): Promise<number> {
  const statements = await connection.extractStatements(query).catch((error) => {
    // It says no more of a text without any statement.
    throw String(error).includes('native callback') ? refused('there is none in it') : error
  })
  if (statements.count !== 1) throw refused(`got ${statements.count} statements`)
  const { statementType } = await statements.prepare(0)
  const { SELECT, EXPLAIN } = duckdb.StatementType
  if (statementType === SELECT || statementType === EXPLAIN) return statementType
  throw refused(`got ${duckdb.StatementType[statementType]}`)
}

function refused(got: string): HushlogError {
  return new HushlogError('HUSHLOG_SQL', `hushlog sql takes one query that reads, ${got}`, {
    hint: "hushlog sql 'select actor, count(*) from audit group by actor'",
  })
}

interface PlanNode {
  name?: unknown
  extra_info?: { Table?: unknown; Projections?: unknown }
  children?: unknown
}

async function planOf({ connection }: Database, query: string): Promise<unknown> {
  const plans = await connection.runAndReadAll(`EXPLAIN (FORMAT JSON) ${query}`)
  const plan = plans.getRows().find(([name]) => name === 'physical_plan')
  return plan === undefined ? undefined : JSON.parse(String(plan[1]))
}

/** All columns of all views when the plan is not written as we know it. */
export function wantedIn(plan: unknown): Wanted {
  const wanted = new Map<ViewName, Set<string>>()
  for (const node of nodesOf(plan)) {
    if (node === undefined) return EVERYTHING
    const { Table: table, Projections: projections } = node.extra_info ?? {}
    if (table === undefined) continue
    const view = viewCalled(table)
    const columns = view === undefined ? undefined : columnsIn(view, projections)
    if (view === undefined || columns === undefined) return EVERYTHING
    wanted.set(view, new Set([...(wanted.get(view) ?? []), ...columns]))
  }
  return wanted
}

/** Each node of a plan; undefined for what is none. */
function* nodesOf(plan: unknown): Generator<PlanNode | undefined> {
  const nodes: unknown[] = [plan]
  for (let node = nodes.pop(); nodes.length > 0 || node !== undefined; node = nodes.pop()) {
    if (Array.isArray(node)) {
      nodes.push(...node)
      continue
    }
    if (node === null || typeof node !== 'object' || typeof (node as PlanNode).name !== 'string')
      yield undefined
    else {
      yield node as PlanNode
      nodes.push((node as PlanNode).children ?? [])
    }
  }
  if (plan === undefined) yield undefined
}

function viewCalled(table: unknown): ViewName | undefined {
  const name = String(table).split('.').at(-1)?.replaceAll('"', '')
  return VIEW_NAMES.find((view) => view === name)
}

function columnsIn(view: ViewName, projections: unknown): string[] | undefined {
  if (projections === undefined) return undefined
  const names = Array.isArray(projections) ? projections : projections === '' ? [] : [projections]
  const known = new Set(VIEWS[view].map(({ name }) => name))
  return names.every((name) => known.has(name)) ? names : undefined
}
