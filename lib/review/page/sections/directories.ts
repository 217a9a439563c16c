import type { DirectoryReport, Report } from '../../report.ts'
import { listed, NONE_SHOWN } from '../format.ts'
import { html, sentence } from '../html.ts'
import { CRITICAL, GOOD, labelled, type Sign, WARNING } from '../icon.ts'
import type { Section } from '../section.ts'
import { bytes, count, table, text } from '../table.ts'

const STATES = new Map<string, [Sign, string]>([
  ['read', [GOOD, 'Read']],
  ['partly', [WARNING, 'Read partly']],
  ['missing', [CRITICAL, 'Missing']],
])

export function directories({ directories: rows }: Report): Section {
  const body = table<DirectoryReport>({
    id: 'read',
    caption: 'What was read for this report',
    columns: [
      text('Directory', (row) => row.dir),
      text('State', (row) => stateOf(row)),
      text('Hosts', (row) => (row.hosts.length === 0 ? NONE_SHOWN : listed(row.hosts, 12))),
      text('Services', (row) => (row.services.length === 0 ? NONE_SHOWN : listed(row.services, 12))),
      count('Sealed', (row) => row.segments.sealed),
      count('Open', (row) => row.segments.open),
      count('Unreadable', (row) => row.segments.unreadable),
      count('Untrusted', (row) => row.segments.untrusted),
      count('Indexed', (row) => row.segments.indexed),
      count('Lines', (row) => row.lines),
      bytes('Size', (row) => row.bytes),
    ],
    rows,
    none: 'No directory was given.',
  })
  return { id: 'directories', title: 'Directories', body: html`${body}${problems(rows)}`, charts: [] }
}

function stateOf({ state }: DirectoryReport) {
  const known = STATES.get(state)
  return known === undefined ? state : labelled(...known)
}

function problems(rows: readonly DirectoryReport[]) {
  const told = rows.flatMap(({ dir, problems }) => problems.map((problem) => ({ dir, problem })))
  if (told.length === 0) return null
  return html`<ul>${told.map(({ dir, problem }) => html`<li>${dir}: ${sentence(problem)}</li>`)}</ul>`
}
