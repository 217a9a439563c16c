import type { ChangesReport, Report } from '../../report.ts'
import { count as counted, minute, NONE_SHOWN, percent } from '../format.ts'
import { type Html, html, type Part, words } from '../html.ts'
import { nothing, type Section } from '../section.ts'
import { type Column, count, table, text, time } from '../table.ts'

type Row = ChangesReport['rows'][number]
type Review = ChangesReport['reviews'][number]

export function changes({ changes }: Report): Section {
  const body = html`${last(changes)}
${compared(changes)}
${newOperations(changes)}
${reviews(changes)}`
  return { id: 'changes', title: 'Changes since the last review', body, charts: [] }
}

function last({ last }: ChangesReport): Html {
  if (last === null) return nothing('No earlier review is recorded.')
  const { at, by, reviewer, since, until } = last
  return html`<p>The last review was made on ${minute(at)} by ${person(reviewer, by)} and looked at ${minute(since)} to ${minute(until)}.</p>`
}

/** Who said to have reviewed, and as which user of the machine. */
function person(reviewer: string | null, by: number): Part {
  const user = words(`user ${by}`)
  return reviewer === null ? user : [reviewer, words(' ('), user, words(')')]
}

function compared({ rows }: ChangesReport): Html {
  const columns: Column<Row>[] = [
    text('What', (row) => row.name),
    count('Now', (row) => row.now),
    count('Before', (row) => row.before),
    { name: 'Change', kind: 'number', value: changeOf, cell: (row) => words(change(row)) },
  ]
  return table({
    id: 'compared',
    caption: 'A day of this period, and of the time of the same length before it',
    columns,
    rows,
    none: 'There is nothing to compare with.',
  })
}

function changeOf({ now, before }: Row): number | null {
  return before === null ? null : now - before
}

function change({ now, before }: Row): string {
  const by = before === null ? null : now - before
  if (by === null || before === null) return 'not kept'
  if (by === 0) return 'none'
  const sign = by > 0 ? '+' : '−'
  return before === 0 ? `${sign}${counted(Math.abs(by))}` : `${sign}${percent(Math.abs(by), before)}`
}

function newOperations({ newOperations }: ChangesReport): Html {
  const rows = newOperations.map((operation) => ({ operation }))
  return table<{ operation: string }>({
    id: 'new-operations',
    caption: 'Operations that are new',
    columns: [text('Operation', (row) => row.operation)],
    rows,
    none: 'No operation is new.',
  })
}

function reviews({ reviews: rows }: ChangesReport): Html {
  return table<Review>({
    id: 'reviews',
    caption: 'Reviews that the ledgers list',
    columns: [
      time('Time', (row) => row.at),
      text('Reviewer', (row) => row.reviewer ?? NONE_SHOWN),
      { name: 'User', kind: 'number', value: (row) => row.by, cell: (row) => words(String(row.by)) },
      text('Directory', (row) => row.dir),
    ],
    rows,
    none: 'No review is recorded in the ledgers.',
  })
}
