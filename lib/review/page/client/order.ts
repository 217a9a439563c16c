/** How rows are compared and found; without a document, so that it can be tested alone. */

export type Kind = 'text' | 'number' | 'time'
export type Direction = 'ascending' | 'descending'

const collator = new Intl.Collator('en', { numeric: true })

/** The places of the keys in their order; equal ones stay as they are, and null comes last both ways. */
export function sorted(keys: readonly (string | number | null)[], direction: Direction): number[] {
  const sign = direction === 'ascending' ? 1 : -1
  return keys.map((_key, place) => place).sort((a, b) => compare(keys[a], keys[b], sign) || a - b)
}

function compare(a: string | number | null, b: string | number | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(`${a}`, `${b}`))
}

/** Numbers and times are looked for from their great end. */
export function nextDirection(kind: Kind, before: string | null): Direction {
  if (before === null) return kind === 'text' ? 'ascending' : 'descending'
  return before === 'ascending' ? 'descending' : 'ascending'
}

/** Whether a text holds every word of a query, in any order and case. */
export function holds(text: string, query: string): boolean {
  const lower = text.toLowerCase()
  return query
    .toLowerCase()
    .split(' ')
    .every((word) => lower.includes(word))
}
