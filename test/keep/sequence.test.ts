import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Ledger } from '../../lib/keep/ledger.ts'
import { prune } from '../../lib/keep/retention.ts'
import { seal } from '../../lib/keep/seal.ts'
import { checkSequences, type SequenceProblem } from '../../lib/keep/sequence.ts'
import { batchOf, logDirectory, openWriter, stamp } from '../store/helpers.ts'
import { DAY, endedSegment, entriesOf, logLine, NOON } from './helpers.ts'

/** A directory with this many records in segments of about three, by one writer. */
async function written(t: Test, records: number): Promise<string> {
  const dir = logDirectory(t)
  const { writer } = openWriter(t, dir, { stamp, maxSize: 1100 })
  for (let i = 0; i < records; i++) writer.append(batchOf([`{"i":${i},"pad":"${'x'.repeat(120)}"}`]))
  await writer.close()
  return dir
}

const segments = (dir: string) =>
  readdirSync(join(dir, 'open'))
    .sort((a, b) => counter(a) - counter(b))
    .map((file) => join(dir, 'open', file))
const counter = (name: string) => Number(name.split('.').at(-2))
const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1)
const write = (path: string, lines: string[]) =>
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))

async function problemsOf(dir: string): Promise<Pick<SequenceProblem, 'kind' | 'count'>[]> {
  return (await checkSequences(dir)).problems.map(({ kind, count }) => ({ kind, count }))
}

t.test('a directory in which nothing is missing has no problems, sealed or not', async (t) => {
  const dir = await written(t, 10)
  t.match(await checkSequences(dir), { segments: segments(dir).length, lines: 10, problems: [], unended: [] })
  await seal(new Ledger(dir), segments(dir)[1], 'size')
  t.match(await checkSequences(dir), { lines: 10, problems: [], unended: [] })
  t.match(await checkSequences(logDirectory(t)), { segments: 0, lines: 0, problems: [] })
})

t.test('whichever record or segment is taken out, put in or moved, it is noticed', async (t) => {
  const dir = await written(t, 12)
  const paths = segments(dir)
  const saved = paths.map((path) => linesOf(path))
  t.ok(paths.length >= 3)
  const restore = () => {
    for (const [i, path] of paths.entries()) write(path, saved[i])
  }
  const inner = fc.nat({ max: paths.length - 1 })
  const deeds: Record<string, (at: number, line: number) => unknown> = {
    'take a record out': (at, line) => write(paths[at], saved[at].toSpliced(line, 1)),
    'put one in': (at, line) => write(paths[at], saved[at].toSpliced(line, 0, '{"forged":true}')),
    'take the first line away': (at) => write(paths[at], saved[at].slice(1)),
    'append a record': (at) => write(paths[at], [...saved[at], '{"forged":true}']),
    'cut off last line and last record': (at) =>
      at < paths.length - 1 && write(paths[at], saved[at].slice(0, -2)),
    'remove a segment': (at) => at < paths.length - 1 && rmSync(paths[at]),
    'put a copy of another in its place': (at) => write(paths[at], saved[(at + 1) % paths.length]),
  }
  const property = fc.asyncProperty(
    fc.constantFrom(...Object.keys(deeds)),
    inner,
    fc.nat(1000),
    async (deed, at, seed) => {
      restore()
      const records = saved[at].length - 2
      const isDone = deeds[deed](at, 1 + (seed % records))
      const { problems } = await checkSequences(dir)
      return isDone === false || problems.length > 0
    },
  )
  await t.resolves(fc.assert(property, { numRuns: 80 }))
  restore()
  t.same(await problemsOf(dir), [], 'and what was put back is whole')
})

t.test('what is missing is named and counted', async (t) => {
  const dir = await written(t, 12)
  const [first, second, third] = segments(dir)
  const lines = linesOf(first)
  write(first, [lines[0], ...lines.slice(2)])
  t.same(await problemsOf(dir), [{ kind: 'missing-lines', count: 1 }])
  write(first, [...lines.slice(0, -2)])
  t.same(
    await problemsOf(dir),
    [{ kind: 'missing-lines', count: 1 }],
    'by the first line of the next segment',
  )
  t.equal((await checkSequences(dir)).unended.length, 1)
  write(first, [...lines.slice(0, 2), '{"forged":true}', ...lines.slice(2)])
  t.same(await problemsOf(dir), [{ kind: 'extra-lines', count: 1 }])
  write(first, lines)
  rmSync(second)
  rmSync(third)
  t.same(await problemsOf(dir), [{ kind: 'missing-segments', count: 2 }])
})

t.test('a crashed writer leaves no last line, and that is no problem', async (t) => {
  const dir = await written(t, 6)
  const last = segments(dir).at(-1) as string
  write(last, linesOf(last).slice(0, -1))
  const { problems, unended } = await checkSequences(dir)
  t.same(problems, [])
  t.equal(unended.length, 1)
  endedSegment(dir, logLine(NOON))
  t.same(
    await problemsOf(dir),
    [{ kind: 'no-first-line', count: 1 }],
    'but a segment without a first line is',
  )
})

t.test('segments that were removed for their age are not missing', async (t) => {
  const dir = await written(t, 12)
  const ledger = new Ledger(dir, () => NOON)
  const old = segments(dir).slice(0, 2)
  for (const path of old) await seal(ledger, path, 'size')
  const young = new Ledger(dir, () => NOON + 80 * DAY)
  for (const path of segments(dir)) await seal(young, path, 'size')
  const last = Date.parse(((await entriesOf(dir))[2] as { last: string } & object).last)
  const { removed, refused } = await prune(ledger, {
    keepDays: 1,
    now: Math.max(last, NOON + 80 * DAY) + DAY - 1,
  })
  t.ok(removed.length >= 1)
  t.same(refused, [])
  t.same(await problemsOf(dir), [])
})
