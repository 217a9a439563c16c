/**
 * Requests, errors and latencies, by operation and over time, from the summaries of segments.
 */
import type { HourSummary, OperationSummary } from '../keep/search-index/summary.ts'
import { byCount, firstOf, type Remark, Table } from './bounded.ts'
import { Latencies } from './latency.ts'
import { DAY_MS, iso, type Period, stepOf } from './period.ts'
import type { RequestCounts, RequestsReport } from './report.ts'

const MAX_OPERATIONS = 2_000
const SHOWN = 200
const SHOWN_NEW = 50

interface Operation extends RequestCounts {
  latencies: Latencies
  before: number
}

/** Sums of a time, for comparisons. */
export interface RequestSums {
  requests: number
  serverErrors: number
  errorLines: number
  lines: number
  bytes: number
}

type Step = RequestCounts & { latencies: Latencies }

export class RequestTally {
  readonly #period: Period
  readonly #total = counts()
  readonly #latencies = new Latencies()
  readonly #steps: Step[]
  readonly #operations = new Table<Operation>(MAX_OPERATIONS, () => ({
    ...counts(),
    latencies: new Latencies(),
    before: 0,
  }))
  readonly #errorLines = new Table<{ count: number }>(MAX_OPERATIONS, () => ({ count: 0 }))
  readonly sums: { now: RequestSums; before: RequestSums } = { now: noSums(), before: noSums() }

  constructor(period: Period) {
    this.#period = period
    this.#steps = period.steps.map(() => ({ ...counts(), latencies: new Latencies() }))
  }

  add(hour: HourSummary, place: 'now' | 'before'): void {
    addTo(this.sums[place], hour)
    for (const [name, operation] of Object.entries(hour.operations))
      this.#request(name, operation, hour, place)
    if (place === 'now')
      for (const [name, count] of Object.entries(hour.errors)) this.#error(name, count, hour)
  }

  #request(name: string, operation: OperationSummary, { hour }: HourSummary, place: 'now' | 'before'): void {
    const row = this.#operations.at(name)
    if (place === 'before') row.before += operation.requests
    if (place === 'before') return
    const step = this.#steps[stepOf(this.#period, hour)]
    for (const sum of [row, step, this.#total]) addCounts(sum, operation)
    for (const latencies of [row.latencies, step.latencies, this.#latencies])
      latencies.add(operation.latencies)
  }

  #error(name: string, count: number, { hour }: HourSummary): void {
    this.#errorLines.at(name).count += count
    for (const sum of [this.#total, this.#steps[stepOf(this.#period, hour)]]) sum.errors += count
  }

  report(remark: Remark): RequestsReport {
    const { steps, step } = this.#period
    const errorLines = this.#errorLines.entries().map(([operation, { count }]) => ({ operation, count }))
    const errors = new Map(errorLines.map(({ operation, count }) => [operation, count]))
    const operations = this.#operations
      .entries()
      .filter(([, row]) => row.requests > 0)
      .map(([operation, { latencies, before, ...row }]) => ({
        operation,
        latency: latencies.result(),
        ...row,
        errors: row.errors + (errors.get(operation) ?? 0),
      }))
    operations.sort(
      byCount(
        ({ requests }) => requests,
        ({ operation }) => operation,
      ),
    )
    errorLines.sort(
      byCount(
        ({ count }) => count,
        ({ operation }) => operation,
      ),
    )
    return {
      ...this.#total,
      latency: this.#latencies.result(),
      step: step === DAY_MS ? 'day' : 'hour',
      series: this.#steps.map(({ latencies, ...sums }, i) => {
        const latency = latencies.result()
        return { at: iso(steps[i]), p50: latency?.p50 ?? null, p95: latency?.p95 ?? null, ...sums }
      }),
      operations: firstOf(operations, SHOWN, 'operations', remark),
      errorLines: firstOf(errorLines, SHOWN, 'operations with lines of level error', remark),
    }
  }

  /** Operations that were not seen in the time before. */
  newOperations(remark: Remark): string[] {
    const isNew = ([, { requests, before }]: [string, Operation]) => requests > 0 && before === 0
    const names = this.#operations.entries().filter(isNew)
    return firstOf(names.map(([name]) => name).sort(), SHOWN_NEW, 'new operations', remark)
  }
}

function counts(): RequestCounts {
  return { requests: 0, classes: [0, 0, 0, 0, 0], aborted: 0, errors: 0 }
}

function addCounts(sum: RequestCounts, operation: OperationSummary): void {
  sum.requests += operation.requests
  sum.aborted += operation.aborted
  sum.errors += operation.errors
  for (let i = 0; i < sum.classes.length; i++) sum.classes[i] += operation.classes[i]
}

function noSums(): RequestSums {
  return { requests: 0, serverErrors: 0, errorLines: 0, lines: 0, bytes: 0 }
}

const SERVER_ERROR = 4

function addTo(sums: RequestSums, { lines, bytes, operations, errors }: HourSummary): void {
  sums.lines += lines
  sums.bytes += bytes
  for (const { requests, classes } of Object.values(operations)) {
    sums.requests += requests
    sums.serverErrors += classes[SERVER_ERROR]
  }
  for (const count of Object.values(errors)) sums.errorLines += count
}
