/**
 * A condition on any field: `res.statusCode>=500`, `user.role!=admin`, `msg~timeout`.
 */
import type { JsonRecord } from './line.ts'

export interface Condition {
  /** As it was written: `res.statusCode`. */
  field: string
  operator: Operator
  value: string
}

/** By what they begin with, the longer first. `~`: contains. */
export const OPERATORS = ['!=', '>=', '<=', '=', '>', '<', '~'] as const
export type Operator = (typeof OPERATORS)[number]

/** Undefined when it has no field or no operator. */
export function parseCondition(text: string): Condition | undefined {
  for (let at = 1; at < text.length; at++) {
    const operator = OPERATORS.find((one) => text.startsWith(one, at))
    if (operator !== undefined)
      return { field: text.slice(0, at), operator, value: text.slice(at + operator.length) }
  }
  return undefined
}

/** Whether a record meets a condition. A field that is not there is unequal to everything, and nothing else. */
export function meets(record: JsonRecord, { field, operator, value }: Condition): boolean {
  const found = valueAt(record, field)
  if (found === undefined) return operator === '!='
  return TESTS[operator](found, value)
}

const TESTS: Record<Operator, (found: unknown, value: string) => boolean> = {
  '=': isSame,
  '!=': (found, value) => !isSame(found, value),
  '>': (found, value) => compare(found, value) > 0,
  '>=': (found, value) => compare(found, value) >= 0,
  '<': (found, value) => compare(found, value) < 0,
  '<=': (found, value) => compare(found, value) <= 0,
  '~': (found, value) => textOf(found).includes(value),
}

function isSame(found: unknown, value: string): boolean {
  return typeof found === 'number' ? found === numberIn(value) : textOf(found) === value
}

/** As numbers where both are, else as text, so that times compare too; NaN for what has no order. */
function compare(found: unknown, value: string): number {
  if (typeof found === 'number') return found - numberIn(value)
  if (typeof found !== 'string') return Number.NaN
  return found < value ? -1 : Number(found > value)
}

/** NaN for what is no number: `Number` takes an empty text for 0. */
function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}

/** Objects as their JSON, so that `~` finds what stands in them. */
function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** The value of a field, in objects within objects: `req.headers.host`. A name may hold dots itself. */
export function valueAt(record: JsonRecord, field: string): unknown {
  if (Object.hasOwn(record, field)) return record[field]
  for (let dot = field.indexOf('.'); dot !== -1; dot = field.indexOf('.', dot + 1)) {
    const name = field.slice(0, dot)
    const inner = Object.hasOwn(record, name) ? record[name] : undefined
    if (typeof inner !== 'object' || inner === null) continue
    const found = valueAt(inner as JsonRecord, field.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

const MAX_NAMES = 1000
const MAX_DEPTH = 3

/** Names of fields that records have, to find out that one is misspelt. */
export class FieldNames {
  readonly #names = new Set<string>()

  note(record: JsonRecord, prefix = '', depth = 1): void {
    for (const [name, value] of Object.entries(record)) {
      if (this.#names.size >= MAX_NAMES) return
      this.#names.add(prefix + name)
      if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < MAX_DEPTH)
        this.note(value as JsonRecord, `${prefix}${name}.`, depth + 1)
    }
  }

  list(): string[] {
    return [...this.#names]
  }
}
