/**
 * docs/threat-model.md promises nothing that no test shows: each row names one, or says that nothing can be done.
 */
import { readFileSync } from 'node:fs'
import t from 'tap'

const root = (path: string) => new URL(`../${path}`, import.meta.url)
const VERDICTS = ['prevents', 'detects', 'limits', 'cannot']

const rows = readFileSync(root('docs/threat-model.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .slice(2)

t.test('every row of the threat model says what becomes of it', async (t) => {
  t.ok(rows.length > 30, `${rows.length} rows`)
  for (const [, what, verdict, answer] of rows) {
    t.ok(VERDICTS.includes(verdict), what)
    t.ok(answer.length > 10, what)
  }
})

t.test('every test that it names is there, and only where nothing helps is none named', async (t) => {
  for (const [, what, verdict, , shownBy] of rows) {
    if (shownBy === '—') {
      t.equal(verdict, 'cannot', what)
      continue
    }
    const [, file, name] = /^`(test\/\S+)` "(.+)"$/.exec(shownBy) ?? []
    t.ok(file !== undefined && readFileSync(root(file), 'utf8').includes(name), `${what}: ${shownBy}`)
  }
})
