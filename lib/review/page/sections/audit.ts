import type { AuditReport, Report } from '../../report.ts'
import { count as counted, counted as inWords, NONE_SHOWN } from '../format.ts'
import { html, words } from '../html.ts'
import { labelled, WARNING } from '../icon.ts'
import { nothing, type Section, saying } from '../section.ts'
import { count, table, text, time } from '../table.ts'

export function audit({ audit }: Report): Section {
  const isEmpty = audit.total === 0
  const body = isEmpty
    ? nothing('No audit records were written in this period.')
    : html`${saying(summary(audit))}
${denials(audit)}
${actions(audit)}
${actors(audit)}`
  return { id: 'audit', title: 'Audit', body, charts: [] }
}

function summary({ total, byOutcome }: AuditReport): string {
  const { success, failure, denied, unknown } = byOutcome
  const rest = unknown === 0 ? '' : `, ${counted(unknown)} without a known outcome`
  return `${inWords(total, 'audit record')}: ${counted(success)} succeeded, ${counted(failure)} failed, ${counted(denied)} were denied${rest}.`
}

function denials({ denials: rows }: AuditReport) {
  return table<AuditReport['denials'][number]>({
    id: 'denials',
    caption: 'Denied, the newest first',
    columns: [
      time('Time', (row) => row.at),
      text('Action', (row) => row.action),
      text('Actor', (row) => row.actor),
      text('Target', (row) => row.target ?? NONE_SHOWN),
      text('Reason', (row) => row.reason ?? NONE_SHOWN),
      text('Unusual', (row) => (row.unusual ? labelled(WARNING, 'Unusual') : words('no'))),
    ],
    rows,
    none: 'Nothing was denied.',
  })
}

function actions({ rows }: AuditReport) {
  return table<AuditReport['rows'][number]>({
    id: 'actions',
    caption: 'What was done',
    columns: [
      text('Action', (row) => row.action),
      text('Outcome', (row) => row.outcome),
      count('Records', (row) => row.count),
      count('Actors', (row) => row.actors),
      time('First', (row) => row.first),
      time('Last', (row) => row.last),
    ],
    rows,
    none: 'No actions are listed.',
  })
}

function actors({ byActor: rows }: AuditReport) {
  return table<AuditReport['byActor'][number]>({
    id: 'actors',
    caption: 'Who did it',
    columns: [
      text('Actor', (row) => row.actor),
      count('Records', (row) => row.count),
      count('Denied', (row) => row.denied),
      count('Failed', (row) => row.failed),
      count('Actions', (row) => row.actions),
      time('Last', (row) => row.last),
    ],
    rows,
    none: 'No actors are listed.',
  })
}
