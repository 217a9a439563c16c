import { HOUR_MS, type HourSummary, type OperationSummary, type Summary } from './summary.ts'

type Json = Record<string, unknown>

/**
 * A summary as it was read from a file. Its tables have no prototype: their keys are what somebody logged.
 * @throws TypeError when it is none
 */
export function checkedSummary(found: unknown): Summary {
  const { lines, unreadable, hours } = members(found)
  return { lines: count(lines), unreadable: count(unreadable), hours: list(hours).map(hourOf) }
}

function hourOf(found: unknown): HourSummary {
  const hour = members(found)
  if (!Number.isSafeInteger(hour.hour) || (hour.hour as number) % HOUR_MS !== 0) throw wrong()
  return {
    hour: hour.hour as number,
    lines: count(hour.lines),
    bytes: count(hour.bytes),
    levels: table(hour.levels, count),
    operations: table(hour.operations, operationOf),
    errors: table(hour.errors, count),
    secrets: table(hour.secrets, (rules) => table(rules, count)),
    audits: table(hour.audits, count),
  }
}

function operationOf(found: unknown): OperationSummary {
  const { requests, classes, aborted, errors, latencies } = members(found)
  const five = list(classes).map(count)
  if (five.length !== 5) throw wrong()
  return {
    requests: count(requests),
    classes: five as OperationSummary['classes'],
    aborted: count(aborted),
    errors: count(errors),
    latencies: table(latencies, count),
  }
}

function members(found: unknown): Json {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw wrong()
  return found as Json
}

function list(found: unknown): unknown[] {
  if (!Array.isArray(found)) throw wrong()
  return found
}

function table<T>(found: unknown, read: (value: unknown) => T): Record<string, T> {
  const made: Record<string, T> = Object.create(null)
  for (const [name, value] of Object.entries(members(found))) made[name] = read(value)
  return made
}

function count(found: unknown): number {
  if (!Number.isSafeInteger(found) || (found as number) < 0) throw wrong()
  return found as number
}

function wrong(): TypeError {
  return new TypeError('no summary')
}
