/** Searching what somebody has tampered with, and what a clock or a foreign writer has put out of order. */
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { Ledger } from '../../lib/keep/ledger.ts'
import { merged } from '../../lib/review/merge.ts'
import { makeQuery, type QueryOptions } from '../../lib/review/query.ts'
import { type Found, Search } from '../../lib/review/search.ts'
import { NOON } from '../keep/helpers.ts'
import { app, newDirectory, pair, segmentOf } from './search-world.ts'

async function searched(dirs: string[], options: QueryOptions, context = 0) {
  const told: string[] = []
  const search = new Search({
    dirs,
    query: makeQuery(options),
    identities: [pair.identity],
    context,
    onError: (error) => told.push(`error ${(error as Error).message}`),
    onDoubt: (doubt) => told.push(doubt),
    onLedger: (_dir, problem) => told.push(`ledger ${problem}`),
  })
  const found: Found[] = []
  for await (const one of search.run()) found.push(one)
  return { lines: found.flatMap((one) => one.lines.map(String)), found, told }
}

const ledgerOf = (dir: string) => join(dir, 'ledger', 'ledger.jsonl')

t.test('a file of the same name in another day hides no segment', async (t) => {
  const dir = newDirectory(t)
  const path = await segmentOf(dir, [app(0, 'r0')], 'sealed')
  const other = await segmentOf(newDirectory(t), [app(0, 'harmless')], 'sealed')
  const planted = join(dir, 'sealed', '9999', '12', '31')
  mkdirSync(planted, { recursive: true })
  cpSync(other, join(planted, basename(path)))
  const { lines, told } = await searched([dir], { reqIds: ['r0'] })
  t.strictSame(lines, [app(0, 'r0')])
  t.comment(told)
})

t.test('lines of a segment whose entry was changed with it are not trusted', async (t) => {
  const dir = newDirectory(t)
  const path = await segmentOf(dir, [app(0, 'r0')], 'sealed')
  const forgedDir = newDirectory(t)
  const forged = await segmentOf(forgedDir, [app(0, 'r0', { msg: 'forged' })], 'sealed')
  const sum = (file: string) =>
    /"sha256":"([0-9a-f]+)"/.exec(readFileSync(ledgerOf(file), 'utf8'))?.[1] as string
  writeFileSync(ledgerOf(dir), readFileSync(ledgerOf(dir), 'utf8').replace(sum(dir), sum(forgedDir)))
  chmodSync(path, 0o600)
  writeFileSync(path, readFileSync(forged))
  const { found, told } = await searched([dir], {})
  t.equal(found.length, 1)
  t.ok(found[0]?.doubt !== undefined, 'marked')
  t.comment(told)
})

t.test('a ledger that cannot be read hides no segment', async (t) => {
  const dir = newDirectory(t)
  await segmentOf(dir, [app(0, 'r0')], 'sealed')
  await segmentOf(dir, [app(1, 'r1')], 'open')
  renameSync(ledgerOf(dir), `${ledgerOf(dir)}.away`)
  mkdirSync(ledgerOf(dir))
  const { lines, told } = await searched([dir], {})
  t.strictSame(lines, [app(0, 'r0'), app(1, 'r1')])
  t.comment(told)
})

t.test('a segment in which the clock was set back is searched by its latest time', async (t) => {
  const dir = newDirectory(t)
  const lines = [app(0, 'r0'), app(7200, 'late'), app(3900, 'back')]
  await segmentOf(dir, lines, 'sealed')
  await new Ledger(dir).append({ kind: 'clock', step: -3300_000, from: NOON + 7200_000, to: NOON + 3900_000 })
  const { lines: found } = await searched([dir], { since: NOON + 5400_000 })
  t.strictSame(found, [lines[1]])
})

t.test('a segment in which the clock was set forth and back begins with its earliest time', async (t) => {
  const dir = newDirectory(t)
  const lines = [app(7200, 'early'), app(0, 'r0'), app(9000, 'r1')]
  await segmentOf(dir, lines, 'sealed')
  await new Ledger(dir).append({ kind: 'clock', step: -7200_000, from: NOON + 7200_000, to: NOON })
  const { lines: found } = await searched([dir], { until: NOON + 3600_000 })
  t.strictSame(found, [lines[1]])
})

t.test('a line without a time has that of the line before it, found or not', async (t) => {
  for (const kept of ['open', 'sealed'] as const) {
    const dir = newDirectory(t)
    await segmentOf(dir, [app(0, 'r0'), app(7200, 'r1'), 'panic: no JSON'], kept)
    const { lines } = await searched([dir], { texts: ['panic'], since: NOON + 3600_000 })
    t.strictSame(lines, ['panic: no JSON'], kept)
  }
})

t.test('what is of one moment keeps the order of the segments', async (t) => {
  const stream = (name: string, times: number[]) => ({
    first: times[0] as number,
    async *open() {
      yield times.map((time) => ({ time, name }))
    },
  })
  for (const streams of [[stream('x', [1]), stream('a', [1, 1]), stream('b', [1, 1])]]) {
    const got: string[] = []
    for await (const { name } of merged(streams)) got.push(name)
    t.strictSame(got, ['x', 'a', 'a', 'b', 'b'])
  }
})

t.test('context never joins lines that do not follow each other', async (t) => {
  const dir = newDirectory(t)
  const lines = Array.from({ length: 1500 }, (_, i) => app(i, `r${i}`, { pad: 'x'.repeat(2000) }))
  await segmentOf(dir, lines, 'sealed')
  const { found } = await searched([dir], { reqIds: ['r100', 'r1300'] }, 400)
  t.strictSame(
    found.map((one) => one.lines.map((line) => Number(JSON.parse(String(line)).reqId.slice(1)))),
    [Array.from({ length: 501 }, (_, i) => i), Array.from({ length: 600 }, (_, i) => 900 + i)],
  )
})

t.test('many hits in a row lose no line of their context', async (t) => {
  const dir = newDirectory(t)
  const lines = Array.from({ length: 1010 }, (_, i) => app(i, i < 1000 ? 'hit' : 'miss'))
  await segmentOf(dir, lines, 'open')
  const { lines: found } = await searched([dir], { reqIds: ['hit'] }, 3)
  t.equal(found.length, 1003)
})

t.test('a segment that is just being sealed is no doubt', async (t) => {
  const dir = newDirectory(t)
  const path = await segmentOf(dir, [app(0, 'r0')], 'sealed')
  const plain = join(dir, 'open', basename(path).slice(0, -3))
  writeFileSync(plain, `${app(0, 'r0')}\n`, { mode: 0o600 })
  rmSync(ledgerOf(dir))
  const { lines, told } = await searched([dir], {})
  t.strictSame(lines, [app(0, 'r0')])
  t.strictSame(told, [])
})

t.test('numbers are found however a line is written', async (t) => {
  const dir = newDirectory(t)
  const head = `"time":"${new Date(NOON).toISOString()}"`
  const lines = [
    `{"level":30,${head},"note":"statusCode","res":{"statusCode":503}}`,
    `{"level":30,${head},"res":{"statusCode":200},"old":{"statusCode":503}}`,
    `{ "level" : 50, ${head}, "res" : { "statusCode" : 503 } }`,
    `{"level":30,${head},"other":{"statusCode":200},"res":{"statusCode":5.03e2,"x":"level"}}`,
    `{${head},"inner":{"level":30},"level":50}`,
  ]
  for (const kept of ['open', 'sealed'] as const) await segmentOf(dir, lines, kept)
  const wanted = (...numbers: number[]) => [...numbers, ...numbers].map((i) => lines[i]).sort()
  t.strictSame((await searched([dir], { statuses: [{ from: 500, to: 599 }] })).lines.sort(), wanted(0, 2, 3))
  t.strictSame((await searched([dir], { level: 40 })).lines.sort(), wanted(2, 4))
})
