import type { Report, SecretsReport } from '../../report.ts'
import { counted as inWords } from '../format.ts'
import { html } from '../html.ts'
import { nothing, type Section, saying } from '../section.ts'
import { count, table, text } from '../table.ts'

export function secrets({ secrets }: Report): Section {
  const body =
    secrets.total === 0
      ? nothing('No secrets were cut out of the lines of this period.')
      : html`${saying(`${inWords(secrets.total, 'secret')} ${secrets.total === 1 ? 'was' : 'were'} cut out before anything was written. A program that keeps trying to log one should be mended where it does.`)}
${byOperation(secrets)}
${byRule(secrets)}`
  return { id: 'secrets', title: 'Secrets cut', body, charts: [] }
}

function byOperation({ byOperation: rows }: SecretsReport) {
  return table<SecretsReport['byOperation'][number]>({
    id: 'secrets-by-operation',
    caption: 'Where the program tries to log them',
    columns: [
      text('Operation', (row) => row.operation),
      text('Rule', (row) => row.rule),
      count('Cut', (row) => row.count),
      count('In the time before', (row) => row.before),
    ],
    rows,
    none: 'No operation is known for them.',
  })
}

function byRule({ byRule: rows }: SecretsReport) {
  return table<SecretsReport['byRule'][number]>({
    id: 'secrets-by-rule',
    caption: 'What they were',
    columns: [text('Rule', (row) => row.rule), count('Cut', (row) => row.count)],
    rows,
    none: 'No rule is known for them.',
  })
}
