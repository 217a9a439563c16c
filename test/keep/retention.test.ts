import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import * as fsPromises from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { HushlogError } from '../../lib/errors.ts'
import { checkChain, Ledger, ledgerPath, type SegmentFact } from '../../lib/keep/ledger.ts'
import { clockDoubt, MAX_STEP, prune, SETTLED } from '../../lib/keep/retention.ts'
import { seal } from '../../lib/keep/seal.ts'
import { logDirectory, systemError } from '../store/helpers.ts'
import { DAY, endedSegment, entriesOf, kinds, logLine, NOON } from './helpers.ts'

const KEEP = 90

/** A directory with one segment whose last event, and whose sealing, was at the given times. */
async function sealedAt(t: Test, last: number, sealing: number) {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir, () => sealing)
  await seal(ledger, endedSegment(dir, logLine(last)), 'size')
  const [, fact] = (await entriesOf(dir)) as unknown as SegmentFact[]
  const errors: HushlogError[] = []
  const pruneAt = (now: number) =>
    prune(ledger, { keepDays: KEEP, now, onError: (error) => errors.push(error) })
  return { dir, ledger, fact, file: join(dir, fact.path), errors, pruneAt }
}

t.test(
  'a segment is kept for keepDays after its last event and its sealing, and then leaves a tombstone',
  async (t) => {
    for (const { last, sealing, from } of [
      { last: NOON - DAY, sealing: NOON, from: NOON },
      { last: NOON + DAY, sealing: NOON, from: NOON + DAY },
    ]) {
      const { dir, fact, file, errors, pruneAt } = await sealedAt(t, last, sealing)
      utimesSync(file, 1, 1)
      t.equal(await pruneAt(from + KEEP * DAY - 1), 0)
      t.ok(existsSync(file))
      t.equal(await pruneAt(from + KEEP * DAY), 1)
      t.notOk(existsSync(file))
      t.match((await entriesOf(dir)).at(-1), {
        kind: 'pruned',
        name: fact.name,
        sha256: fact.sha256,
        last: fact.last,
      })
      t.equal(await pruneAt(from + KEEP * DAY), 0, 'once')
      t.equal((await checkChain(dir)).entries, 3)
      t.same(errors, [])
    }
  },
)

t.test('what the ledger does not list is never removed', async (t) => {
  const { dir, file, pruneAt } = await sealedAt(t, NOON, NOON)
  const foreign = `${file.slice(0, -7)}9.log.gz`
  writeFileSync(foreign, 'not listed')
  utimesSync(foreign, 1, 1)
  await pruneAt(NOON + 91 * DAY)
  t.ok(existsSync(foreign))
  t.same(kinds(await entriesOf(dir)), ['genesis', 'segment', 'pruned'])
})

t.test('a file that is not what the ledger lists is evidence, and stays', async (t) => {
  const changes: [string, (file: string) => void][] = [
    [
      'one byte more',
      (file) => {
        chmodSync(file, 0o600)
        appendFileSync(file, 'x')
      },
    ],
    [
      'a symlink',
      (file) => {
        rmSync(file)
        symlinkSync('/etc/hostname', file)
      },
    ],
  ]
  for (const [what, change] of changes) {
    const { dir, file, errors, pruneAt } = await sealedAt(t, NOON, NOON)
    change(file)
    t.equal(await pruneAt(NOON + 91 * DAY), 0)
    t.ok(existsSync(file), what)
    t.match(errors, [{ code: 'HUSHLOG_PRUNE' }])
    t.same(kinds(await entriesOf(dir)), ['genesis', 'segment'])
  }
})

t.test('a file that is missing gets no tombstone: its absence is for verify to tell', async (t) => {
  const { dir, file, pruneAt } = await sealedAt(t, NOON, NOON)
  rmSync(file)
  t.equal(await pruneAt(NOON + 91 * DAY), 0)
  t.same(kinds(await entriesOf(dir)), ['genesis', 'segment'])
})

t.test('a path in the ledger that leads out of sealed/ removes nothing', async (t) => {
  const { dir, fact, errors, pruneAt } = await sealedAt(t, NOON, NOON)
  const target = join(dir, 'ledger', 'precious.log.gz')
  writeFileSync(target, 'precious')
  const text = readFileSync(ledgerPath(dir), 'utf8')
  writeFileSync(
    ledgerPath(dir),
    text.replace(fact.path, 'sealed/2026/11/24/../../../../ledger/precious.log.gz'),
  )
  t.equal(await pruneAt(NOON + 91 * DAY), 0)
  t.ok(existsSync(target))
  t.match(errors, [{ code: 'HUSHLOG_PRUNE', message: /its path leads out of sealed/ }])
})

t.test('a removal that was broken off after its tombstone is finished by the next run', async (t) => {
  const { dir, ledger, file } = await sealedAt(t, NOON, NOON)
  const errors: HushlogError[] = []
  const mocked = await t.mockImport<typeof import('../../lib/keep/retention.ts')>(
    '../../lib/keep/retention.ts',
    {
      'node:fs/promises': { ...fsPromises, rm: async () => Promise.reject(systemError('EIO')) },
    },
  )
  const options = {
    keepDays: KEEP,
    now: NOON + 91 * DAY,
    onError: (error: HushlogError) => errors.push(error),
  }
  t.equal(await mocked.prune(ledger, options), 0)
  t.match(errors, [{ code: 'HUSHLOG_PRUNE', message: /EIO/ }])
  t.ok(existsSync(file))
  t.equal(await prune(ledger, options), 1)
  t.notOk(existsSync(file))
  t.same(kinds(await entriesOf(dir)), ['genesis', 'segment', 'pruned'], 'one tombstone')
})

t.test('two that prune at once leave one tombstone', async (t) => {
  const { dir, ledger } = await sealedAt(t, NOON, NOON)
  const options = { keepDays: KEEP, now: NOON + 91 * DAY, onError: () => {} }
  await Promise.all([prune(ledger, options), prune(new Ledger(dir), options)])
  t.same(kinds(await entriesOf(dir)), ['genesis', 'segment', 'pruned'])
})

t.test('nothing is removed while the clock is in doubt, and the reason is told', async (t) => {
  for (const { now, message } of [
    {
      now: NOON + MAX_STEP + 1,
      message: /nothing is removed: the clock went from 2026-11-24T12:00:00.000Z to 2027-05-23/,
    },
    {
      now: NOON - 2 * DAY,
      message: /nothing is removed: the clock says 2026-11-22.*newest entry is of 2026-11-24/,
    },
  ]) {
    const { file, errors, pruneAt } = await sealedAt(t, NOON - 1000 * DAY, NOON)
    t.equal(await pruneAt(now), 0)
    t.ok(existsSync(file))
    t.match(errors, [{ code: 'HUSHLOG_CLOCK', message }])
  }
})

t.test(
  'a clock that jumped is not believed by its own entries until they have gone on for long',
  async (t) => {
    const jumped = NOON + MAX_STEP + DAY
    const cases: [string, number[], number, boolean][] = [
      ['no entries yet', [], NOON, false],
      ['steady', [NOON, NOON + DAY], NOON + 2 * DAY, false],
      ['ahead, with entries made since', [NOON, jumped, jumped + DAY], jumped + 2 * DAY, true],
      ['ahead, and entries have gone on for long', [NOON, jumped, jumped + SETTLED], jumped + SETTLED, false],
      ['ahead for long, nothing recorded meanwhile', [NOON, jumped], jumped + SETTLED, false],
      ['ahead and set back', [NOON, jumped, NOON + DAY], NOON + 2 * DAY, false],
      ['a little back', [NOON], NOON - DAY, false],
      ['far back', [NOON], NOON - DAY - 1, true],
    ]
    for (const [what, times, now, doubtful] of cases)
      t.equal(clockDoubt(times, now) !== undefined, doubtful, what)
  },
)

t.test(
  'a step that a writer has seen is not believed before a month has passed, unless it was small or undone',
  async (t) => {
    const step = (days: number) => [{ step: days * DAY, from: NOON, to: NOON + days * DAY }]
    const cases: [string, number, number, boolean][] = [
      ['a year ahead', 365, NOON + 366 * DAY, true],
      ['two days ahead', 2, NOON + 2 * DAY, true],
      ['two days ahead, a month ago', 2, NOON + 2 * DAY + SETTLED, false],
      ['a year ahead, set back since', 365, NOON + 2 * DAY, false],
      ['a day ahead', 1, NOON + DAY, false],
      ['back', -2, NOON, false],
    ]
    for (const [what, days, now, doubtful] of cases)
      t.equal(clockDoubt([NOON], now, step(days)) !== undefined, doubtful || now > NOON + MAX_STEP, what)
    const { ledger, file, errors, pruneAt } = await sealedAt(t, NOON, NOON)
    await ledger.append({ kind: 'clock', ...step(100)[0] })
    t.equal(await pruneAt(NOON + 100 * DAY), 0)
    t.ok(existsSync(file))
    t.match(errors, [{ code: 'HUSHLOG_CLOCK', message: /the clock was set from 2026-11-24.* to 2027-03-04/ }])
    t.equal(await pruneAt(NOON + 100 * DAY + SETTLED), 1)
  },
)
