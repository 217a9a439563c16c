/**
 * What the gate has cut out: by rule, and by the operations whose program tries to log it.
 */
import type { HourSummary } from '../keep/search-index/summary.ts'
import { byCount, firstOf, type Remark, Table } from './bounded.ts'
import type { SecretsReport } from './report.ts'

const MAX_ROWS = 10_000
const SHOWN = 200
// No id of a rule holds one.
const SEPARATOR = ' '

export class SecretTally {
  readonly #rows = new Table<{ now: number; before: number }>(MAX_ROWS, () => ({ now: 0, before: 0 }))
  readonly sums = { now: 0, before: 0 }

  add({ secrets }: HourSummary, place: 'now' | 'before'): void {
    for (const [operation, rules] of Object.entries(secrets))
      for (const [rule, count] of Object.entries(rules)) {
        this.#rows.at(rule + SEPARATOR + operation)[place] += count
        this.sums[place] += count
      }
  }

  /** All rows, the most cut first. */
  rows(): SecretsReport['byOperation'] {
    const rows = this.#rows.entries().map(([key, { now, before }]) => {
      const [rule, ...operation] = key.split(SEPARATOR)
      return { operation: operation.join(SEPARATOR), rule: rule as string, count: now, before }
    })
    return rows
      .filter(({ count }) => count > 0)
      .sort(
        byCount(
          ({ count }) => count,
          ({ operation, rule }) => operation + rule,
        ),
      )
  }

  report(remark: Remark): SecretsReport {
    const byRule = new Map<string, number>()
    const rows = this.rows()
    for (const { rule, count } of rows) byRule.set(rule, (byRule.get(rule) ?? 0) + count)
    const rules = [...byRule].map(([rule, count]) => ({ rule, count }))
    return {
      total: this.sums.now,
      byRule: rules.sort(
        byCount(
          ({ count }) => count,
          ({ rule }) => rule,
        ),
      ),
      byOperation: firstOf(rows, SHOWN, 'operations and rules of secrets', remark),
    }
  }
}
