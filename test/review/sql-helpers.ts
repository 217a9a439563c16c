/** What the tests of `hushlog sql` share. */
import * as duckdb from '@duckdb/node-api'
import { type Answer, ask, type Question } from '../../lib/review/sql/ask.ts'
import type { Value } from '../../lib/review/sql/duckdb-api.ts'
import type { ReadFacts } from '../../lib/review/sql/records.ts'
import { valueJson } from '../../lib/review/sql/values.ts'

export { duckdb }

export const MB = 1024 * 1024

export function questionOf(dirs: string[], more: Partial<Question> = {}): Question {
  return {
    directories: dirs,
    identities: [],
    since: undefined,
    until: undefined,
    memory: 256 * MB,
    onTotal() {},
    onProgress() {},
    ...more,
  }
}

export interface Asked {
  rows: Record<string, unknown>[]
  facts: ReadFacts
}

/** The rows of an answer as their JSON says them. */
export async function asked(query: string, question: Question): Promise<Asked> {
  const rows: Record<string, unknown>[] = []
  const facts = await ask(query, question, async (answer) => {
    for await (const chunk of answer.rows()) rows.push(...chunk.map((row) => objectOf(answer, row)))
  })
  return { rows, facts }
}

function objectOf({ names, types }: Answer, row: Value[]): Record<string, unknown> {
  return Object.fromEntries(row.map((value, i) => [names[i], JSON.parse(valueJson(duckdb, value, types[i]))]))
}

/** What a file of Parquet holds, asked of a DuckDB of its own. */
export async function inParquet(sql: string): Promise<unknown[]> {
  const instance = await duckdb.DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const result = await connection.runAndReadAll(sql)
  const rows = result.getRowsJson()
  connection.closeSync()
  instance.closeSync()
  return rows
}

const USERS = ['ada', 'bob', 'eve']
const OPERATIONS = ['GET /orders/:id', 'POST /login', 'process']

/** One of a mix of records, the same for the same number. */
export function recordOf(k: number, time: number): Record<string, unknown> {
  const base = {
    level: k % 11 === 0 ? 50 : 30,
    time: new Date(time).toISOString(),
    service: 'shop',
    host: `web-${k % 2}`,
    pid: 42,
    operation: OPERATIONS[k % 3],
    reqId: `r${k % 50}`,
  }
  if (k % 10 < 5)
    return {
      ...base,
      kind: 'access',
      req: { method: 'GET', url: `/orders/${k}`, remoteAddress: `203.0.113.${k % 20}`, user: USERS[k % 3] },
      res: { statusCode: [200, 404, 500][k % 3], contentLength: k },
      responseTime: (k * 37) % 900,
      ...(k % 25 === 0 ? { aborted: true } : {}),
      msg: `"GET /orders/${k} HTTP/1.1"`,
    }
  if (k % 10 < 7)
    return {
      ...base,
      kind: 'audit',
      action: k % 4 === 0 ? 'auth.login' : 'order.refund',
      actor: USERS[k % 3],
      target: `order-${k}`,
      outcome: ['success', 'failure', 'denied'][k % 3],
      details: { remoteAddress: `198.51.100.${k % 9}`, n: k },
      msg: 'an audit record that says "access"',
    }
  return {
    ...base,
    order: k,
    err: k % 7 === 0 ? { type: 'TypeError', message: 'no' } : undefined,
    msg: `${k}`,
  }
}
