import type { DirectoryReport, IntegrityReport, Report } from '../../report.ts'
import { count as counted, counted as inWords, moment } from '../format.ts'
import { type Html, html, words } from '../html.ts'
import { CRITICAL, GOOD, labelled, WARNING } from '../icon.ts'
import { nothing, type Section } from '../section.ts'
import { count, table, text } from '../table.ts'

interface Verified {
  dir: string
  integrity: IntegrityReport
}

export function integrity({ directories }: Report): Section {
  const verified = directories.filter((directory): directory is DirectoryReport & Verified => {
    return directory.integrity !== null
  })
  const missing = directories.filter(({ integrity }) => integrity === null)
  const body =
    directories.length === 0
      ? nothing('There is no directory to verify.')
      : html`${verified.length > 0 && ledgers(verified)}
${missing.map(({ dir }) => html`<p>${labelled(WARNING, 'Not verified')} ${dir}</p>`)}
${verified.length > 0 && details(verified)}`
  return { id: 'integrity', title: 'Integrity', body, charts: [] }
}

function ledgers(rows: Verified[]): Html {
  return table<Verified>({
    id: 'ledgers',
    caption: 'What the ledgers prove',
    columns: [
      text('Directory', (row) => row.dir),
      text('Result', ({ integrity }) => result(integrity)),
      text('Proven up to', ({ integrity }) => provenUpTo(integrity)),
      text('Anchored', ({ integrity }) => words(integrity.anchored ? 'yes' : 'no')),
      count('Entries', (row) => row.integrity.entries),
      count('Segments', (row) => row.integrity.segments),
      count('Removed for age', (row) => row.integrity.pruned),
    ],
    rows,
    none: '',
  })
}

function result({ ok, problems }: IntegrityReport): Html {
  return ok ? labelled(GOOD, 'Nothing is wrong') : labelled(CRITICAL, inWords(problems.length, 'problem'))
}

function provenUpTo({ proven }: IntegrityReport): Html {
  if (proven === null) return words('nothing is proven')
  return html`${words(`entry ${counted(proven.entry)}, `)}${moment(proven.at)}`
}

function details(verified: Verified[]): Html {
  const all = (of: 'problems' | 'notes') =>
    verified.flatMap(({ dir, integrity }) => integrity[of].map((found) => ({ dir, ...found })))
  const columns = [
    text<Found>('Kind', (row) => row.kind),
    text<Found>('Where', (row) => row.where),
    text<Found>('What', (row) => row.what),
    text<Found>('Directory', (row) => row.dir),
  ]
  return html`${table({ id: 'problems', caption: 'What is wrong', columns, rows: all('problems'), none: 'Nothing was modified, removed, exchanged, inserted or cut off.' })}
${table({ id: 'notes', caption: 'Notes', columns, rows: all('notes'), none: 'There are no notes.' })}`
}

interface Found {
  dir: string
  kind: string
  where: string
  what: string
}
