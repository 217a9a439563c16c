import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import * as fsPromises from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Holds } from '../../lib/keep/holds.ts'
import { type Fact, Ledger, ledgerPath, type SegmentFact } from '../../lib/keep/ledger.ts'
import {
  clockDoubt,
  MAX_STEP,
  type PruneReport,
  prune,
  type Refusal,
  SETTLED,
} from '../../lib/keep/retention.ts'
import { seal } from '../../lib/keep/seal.ts'
import { logDirectory, systemError } from '../store/helpers.ts'
import { DAY, endedSegment, entriesOf, kinds, logLine, NOON } from './helpers.ts'

const KEEP = 90

/** What the ledger can be given once more. */
function segmentFact({
  kind,
  name,
  path,
  sha256,
  plainSha256,
  bytes,
  sealedBytes,
  lines,
  ...rest
}: SegmentFact): SegmentFact {
  const { first, last, writer, reason } = rest
  return { kind, name, path, sha256, plainSha256, bytes, sealedBytes, lines, first, last, writer, reason }
}

/** A directory with one segment whose last event, and whose sealing, was at the given times. */
async function sealedAt(t: Test, last: number, sealing: number) {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir, () => sealing)
  await seal(ledger, endedSegment(dir, logLine(last)), 'size')
  const [, fact] = (await entriesOf(dir)) as unknown as SegmentFact[]
  const refused: Refusal[] = []
  const held: PruneReport['held'] = []
  /** Returns how many were removed. */
  const pruneAt = async (now: number) => {
    const report = await prune(ledger, { keepDays: KEEP, now })
    refused.push(...report.refused)
    held.push(...report.held)
    return report.removed.length
  }
  return { dir, ledger, fact, file: join(dir, fact.path), refused, held, pruneAt }
}

t.test(
  'a segment is kept for keepDays after its last event and its sealing, and then leaves a tombstone',
  async (t) => {
    for (const { last, sealing, from } of [
      { last: NOON - DAY, sealing: NOON, from: NOON },
      { last: NOON + DAY, sealing: NOON, from: NOON + DAY },
    ]) {
      const { dir, fact, file, refused, pruneAt } = await sealedAt(t, last, sealing)
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
      t.equal((await entriesOf(dir)).length, 3)
      t.same(refused, [])
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
    ['a file with a second name', (file) => linkSync(file, `${file}.kept`)],
    [
      'a pipe that nobody writes to',
      (file) => {
        rmSync(file)
        execFileSync('mkfifo', [file])
      },
    ],
  ]
  for (const [what, change] of changes) {
    const { dir, fact, file, refused, pruneAt } = await sealedAt(t, NOON, NOON)
    change(file)
    t.equal(await pruneAt(NOON + 91 * DAY), 0)
    t.ok(existsSync(file), what)
    t.same(refused, [
      { kind: 'changed', path: fact.path, reason: 'it is not the file that the ledger lists' },
    ])
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
  const { dir, ledger, fact, pruneAt, refused } = await sealedAt(t, NOON, NOON)
  const target = join(dir, 'ledger', 'precious.log.gz')
  writeFileSync(target, 'precious')
  const sha256 = createHash('sha256').update('precious').digest('hex')
  const path = 'sealed/2026/11/24/../../../../ledger/precious.log.gz'
  await ledger.append({ ...segmentFact(fact), name: 'forged', path, sha256 })
  t.equal(await pruneAt(NOON + 91 * DAY), 1, 'the other one')
  t.ok(existsSync(target))
  t.same(refused, [{ kind: 'path', path, reason: 'its path leads out of sealed/' }])
})

t.test('a second entry of a segment makes it no older, and keeps it', async (t) => {
  const { ledger, fact, file, refused, pruneAt } = await sealedAt(t, NOON + 80 * DAY, NOON)
  const old = new Date(NOON - 1000 * DAY).toISOString()
  await ledger.append({ ...segmentFact(fact), first: old, last: old })
  t.equal(await pruneAt(NOON + 91 * DAY), 0)
  t.same(refused, [], 'it is not old enough yet')
  t.equal(await pruneAt(NOON + 171 * DAY), 0)
  t.ok(existsSync(file))
  const reason = 'the ledger lists it more than once'
  t.same(refused, [{ kind: 'ledger', path: fact.path, reason }])
})

t.test('nothing is removed by a ledger that does not verify', async (t) => {
  const { dir, ledger, file, refused, pruneAt } = await sealedAt(t, NOON, NOON)
  await ledger.append({ kind: 'heartbeat', open: 0 })
  const text = readFileSync(ledgerPath(dir), 'utf8')
  writeFileSync(ledgerPath(dir), text.replace('"lines":1', '"lines":2'))
  t.equal(await pruneAt(NOON + 91 * DAY), 0)
  t.ok(existsSync(file))
  t.match(refused, [{ kind: 'ledger', reason: /ledger/ }])
})

t.test('a legal hold keeps what is old enough until it is removed', async (t) => {
  const { dir, ledger, fact, file, held, pruneAt } = await sealedAt(t, NOON, NOON)
  const hold = { kind: 'hold', op: 'add', by: 0 } as const
  await ledger.append(
    { ...hold, id: 'before', until: new Date(NOON - 1).toISOString() },
    { ...hold, id: 'after', since: new Date(NOON + 1).toISOString() },
    { ...hold, id: 'at', since: new Date(NOON).toISOString(), until: new Date(NOON).toISOString() },
    { ...hold, id: 'all' },
  )
  t.equal(await pruneAt(NOON + 91 * DAY), 0)
  t.match(held, [{ name: fact.name, path: fact.path, holds: ['at', 'all'] }])
  await ledger.append({ ...hold, op: 'remove', id: 'all' })
  t.equal(await pruneAt(NOON + 91 * DAY), 0)
  t.match(held[1], { holds: ['at'] })
  t.ok(existsSync(file))
  await ledger.append({ ...hold, op: 'remove', id: 'at' })
  t.equal(await pruneAt(NOON + 91 * DAY), 1)
  t.equal((await entriesOf(dir)).at(-1)?.kind, 'pruned')
})

t.test('a hold that is entered while segments are looked at holds', async (t) => {
  const { dir, ledger, file } = await sealedAt(t, NOON, NOON)
  const late = new Ledger(dir, () => NOON)
  const update = ledger.update.bind(ledger)
  ledger.update = async (decide) => {
    await late.append({ kind: 'hold', op: 'add', id: 'late', by: 0 })
    return update(decide)
  }
  const report = await prune(ledger, { keepDays: KEEP, now: NOON + 91 * DAY })
  t.match(report, { removed: [], held: [{ holds: ['late'] }], refused: [] })
  t.ok(existsSync(file))
})

t.test('with dryRun it tells what would go, and nothing goes', async (t) => {
  const { dir, ledger, fact, file } = await sealedAt(t, NOON, NOON)
  const report = await prune(ledger, { keepDays: KEEP, now: NOON + 91 * DAY, dryRun: true })
  t.same(report, {
    removed: [{ name: fact.name, path: fact.path, last: fact.last }],
    held: [],
    refused: [],
  })
  t.ok(existsSync(file))
  t.same(kinds(await entriesOf(dir)), ['genesis', 'segment'])
})

t.test('a removal that was broken off after its tombstone is finished by the next run', async (t) => {
  const { dir, ledger, file } = await sealedAt(t, NOON, NOON)
  const mocked = await t.mockImport<typeof import('../../lib/keep/retention.ts')>(
    '../../lib/keep/retention.ts',
    {
      'node:fs/promises': { ...fsPromises, rm: async () => Promise.reject(systemError('EIO')) },
    },
  )
  const options = { keepDays: KEEP, now: NOON + 91 * DAY }
  t.match(await mocked.prune(ledger, options), { removed: [], refused: [{ kind: 'system', reason: 'EIO' }] })
  t.ok(existsSync(file))
  t.equal((await prune(ledger, options)).removed.length, 1)
  t.notOk(existsSync(file))
  t.same(kinds(await entriesOf(dir)), ['genesis', 'segment', 'pruned'], 'one tombstone')
})

t.test('two that prune at once leave one tombstone', async (t) => {
  const { dir, ledger } = await sealedAt(t, NOON, NOON)
  const options = { keepDays: KEEP, now: NOON + 91 * DAY }
  await Promise.all([prune(ledger, options), prune(new Ledger(dir), options)])
  t.same(kinds(await entriesOf(dir)), ['genesis', 'segment', 'pruned'])
})

t.test('nothing is removed while the clock is in doubt, and the reason is told', async (t) => {
  for (const { now, reason } of [
    {
      now: NOON + MAX_STEP + 1,
      reason: /^the clock went from 2026-11-24T12:00:00.000Z to 2027-05-23/,
    },
    {
      now: NOON - 2 * DAY,
      reason: /^the clock says 2026-11-22.*newest entry is of 2026-11-24/,
    },
  ]) {
    const { file, refused, pruneAt } = await sealedAt(t, NOON - 1000 * DAY, NOON)
    t.equal(await pruneAt(now), 0)
    t.ok(existsSync(file))
    t.match(refused, [{ kind: 'clock', reason }])
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
    const { ledger, file, refused, pruneAt } = await sealedAt(t, NOON, NOON)
    await ledger.append({ kind: 'clock', ...step(100)[0] })
    t.equal(await pruneAt(NOON + 100 * DAY), 0)
    t.ok(existsSync(file))
    t.match(refused, [{ kind: 'clock', reason: /the clock was set from 2026-11-24.* to 2027-03-04/ }])
    t.equal(await pruneAt(NOON + 100 * DAY + SETTLED), 1)
  },
)

const time = fc.integer({ min: NOON - 400 * DAY, max: NOON + 400 * DAY })
const isoTime = time.map((at) => new Date(at).toISOString())
const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc
    .record({ first: isoTime, last: isoTime, n: fc.nat(5) })
    .map(({ first, last, n }) => segmentOf(`s${n}`, first, last)),
  fc
    .record({
      id: fc.constantFrom('a', 'b'),
      since: fc.option(isoTime, { nil: undefined }),
      until: fc.option(isoTime, { nil: undefined }),
    })
    .map((hold) => ({ kind: 'hold' as const, op: 'add' as const, by: 0, ...hold })),
  fc.constantFrom('a', 'b').map((id) => ({ kind: 'hold' as const, op: 'remove' as const, by: 0, id })),
  fc
    .record({ from: time, to: time })
    .map(({ from, to }) => ({ kind: 'clock' as const, step: to - from, from, to })),
  fc.nat(3).map((open) => ({ kind: 'heartbeat' as const, open })),
)
const CONTENT = Buffer.from('sealed')

function segmentOf(name: string, first: string, last: string): SegmentFact {
  const sha256 = createHash('sha256').update(CONTENT).digest('hex')
  const path = `sealed/2026/11/24/${name}.log.gz.age`
  const sizes = { bytes: 1, sealedBytes: CONTENT.length, lines: 1 }
  return {
    kind: 'segment',
    name,
    path,
    sha256,
    plainSha256: sha256,
    ...sizes,
    first,
    last,
    writer: 'w',
    reason: 'size',
  }
}

t.test(
  'nothing younger than keepDays and nothing held goes, whatever the entries, the clock and the holds',
  async (t) => {
    const run = fc.record({
      facts: fc.array(fc.tuple(fact, fc.integer({ min: -DAY, max: 100 * DAY })), {
        minLength: 1,
        maxLength: 12,
      }),
      later: fc.integer({ min: -10 * DAY, max: 400 * DAY }),
      keepDays: fc.integer({ min: 1, max: 120 }),
    })
    let removedInAll = 0
    await fc.assert(
      fc.asyncProperty(run, async ({ facts, later, keepDays }) => {
        const dir = logDirectory(t)
        let now = NOON
        const ledger = new Ledger(dir, () => now)
        const folder = join(dir, 'sealed', '2026', '11', '24')
        mkdirSync(folder, { recursive: true })
        const [youngest, holds] = [new Map<string, number>(), new Holds()]
        const times = new Map<string, { first: string; last: string }>()
        for (const [one, step] of facts) {
          now += step
          await ledger.append(one)
          holds.note({ v: 1, n: 0, prev: '', at: '', ...one })
          if (one.kind !== 'segment') continue
          writeFileSync(join(dir, one.path), CONTENT)
          youngest.set(one.name, Math.max(youngest.get(one.name) ?? 0, Date.parse(one.last), now))
          times.set(one.name, one)
        }
        now += later
        const { removed } = await prune(ledger, { keepDays, now })
        removedInAll += removed.length
        for (const { name } of removed) {
          const { first, last } = times.get(name)!
          if (now - youngest.get(name)! < keepDays * DAY) throw new Error(`${name} is too young`)
          if (holds.over(first, last).length > 0) throw new Error(`${name} is held`)
        }
        const gone = [...times.keys()].filter((name) => !existsSync(join(folder, `${name}.log.gz.age`)))
        if (
          gone.sort().join() !==
          removed
            .map(({ name }) => name)
            .sort()
            .join()
        )
          throw new Error('it says what went')
        rmSync(dir, { recursive: true })
      }),
      { numRuns: 60 },
    )
    t.ok(removedInAll > 0, 'some went')
  },
)

t.test('a forged path never leads out of sealed/', async (t) => {
  const part = fc.constantFrom(
    'sealed',
    '..',
    '.',
    '2026',
    '11',
    '24',
    '',
    'ledger',
    'x.log.gz',
    'x.log.gz.age',
    '\\',
    '%2e',
    '\n',
  )
  const dir = logDirectory(t)
  const outside = join(dir, 'ledger', 'x.log.gz')
  writeFileSync(outside, CONTENT)
  writeFileSync(`${outside}.age`, CONTENT)
  const ledger = new Ledger(dir, () => NOON)
  let name = 0
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 9 }), async (parts) => {
      const iso = new Date(NOON).toISOString()
      const path = parts.join('/')
      await ledger.append({ ...segmentOf(`x${++name}`, iso, iso), path })
      const before = readdirSync(dir, { recursive: true }).length
      const { removed } = await prune(ledger, { keepDays: KEEP, now: NOON + 91 * DAY })
      const isInside = /^sealed\/2026\/11\/24\/x\.log\.gz(\.age)?$/.test(path)
      if (removed.length > 0 && !isInside) throw new Error(path)
      if (readdirSync(dir, { recursive: true }).length < before) throw new Error(path)
    }),
    { numRuns: 60 },
  )
  t.ok(existsSync(outside))
})
