import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import type { HushlogError } from '../../lib/errors.ts'
import { Keeper, type KeeperOptions } from '../../lib/keep/keeper.ts'
import { adoptedName, parseSegmentName, thisWriter } from '../../lib/store/segment.ts'
import type { Gap } from '../../lib/types.ts'
import { batchOf, child, ended, logDirectory, openWriter } from '../store/helpers.ts'
import { DAY, endedSegment, entriesOf, kinds, logLine, NOON } from './helpers.ts'

const dead = { ...thisWriter(), pid: 2 ** 30 }

function openKeeper(t: Test, dir: string, options: Partial<KeeperOptions> = {}) {
  const errors: HushlogError[] = []
  const torn: unknown[] = []
  const keeper = new Keeper({
    dir,
    keepDays: 90,
    onError: (error) => errors.push(error),
    onTorn: (cut) => torn.push(cut),
    ...options,
  })
  t.teardown(() => keeper.close())
  return { keeper, errors, torn }
}

t.test('at its start it seals what dead writers left, and tells what was torn', async (t) => {
  const dir = logDirectory(t)
  const left = endedSegment(dir, `${logLine(NOON)}half`, dead)
  endedSegment(dir, logLine(NOON), dead)
  const { writer } = openWriter(t, dir)
  writer.append(batchOf(['alive']))
  const { keeper, errors, torn } = openKeeper(t, dir)
  await keeper.start()
  t.same(keeper.stats(), { sealed: 2, pruned: 0 })
  t.same(readdirSync(join(dir, 'open')), [basename(writer.stats().segment!)])
  t.match(torn, [{ name: basename(left, '.log'), bytes: 4, sha256: /^[0-9a-f]{64}$/ }])
  t.same(kinds(await entriesOf(dir)), ['genesis', 'torn', 'segment', 'segment'])
  t.match((await entriesOf(dir))[2], { reason: 'adopted', name: basename(left, '.log') })
  t.same(errors, [])
})

t.test('a writer that dies later is found within 15 minutes', async (t) => {
  const dir = logDirectory(t)
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const { keeper, errors } = openKeeper(t, dir)
  await keeper.start()
  endedSegment(dir, logLine(NOON), dead)
  mock.timers.tick(15 * 60_000 - 1)
  await keeper.idle()
  t.equal(keeper.stats().sealed, 0)
  mock.timers.tick(1)
  await keeper.idle()
  t.equal(keeper.stats().sealed, 1)
  t.same(errors, [])
})

t.test('what a writer ends is sealed in order, and gaps are recorded between', async (t) => {
  const dir = logDirectory(t)
  const { keeper, errors } = openKeeper(t, dir)
  const { writer } = openWriter(t, dir, {
    maxSize: 100,
    onSealable: (path, reason) => keeper.seal(path, reason),
  })
  for (let i = 0; i < 5; i++) writer.append(batchOf([logLine(NOON + i).trim(), logLine(NOON + i).trim()]))
  const gap = { reason: 'disk full (ENOSPC)', count: 3, levels: { 20: 3 }, first: NOON, last: NOON + 1 }
  keeper.record({ kind: 'gap', ...gap })
  await writer.close()
  await keeper.idle()
  const entries = await entriesOf(dir)
  t.same(kinds(entries), ['genesis', ...Array(9).fill('segment'), 'gap', 'segment'])
  const counters = entries.flatMap((entry) =>
    entry.kind === 'segment' ? Number(entry.name.split('.').at(-1)) : [],
  )
  t.same(
    counters,
    [...counters].sort((a, b) => a - b),
  )
  t.equal(keeper.stats().sealed, 10)
  t.same(errors, [])
})

t.test('a segment that cannot be sealed is told, tried again, and does not stop the others', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const dir = logDirectory(t)
  const { keeper, errors } = openKeeper(t, dir)
  const blocker = join(dir, 'sealed', '2026')
  writeFileSync(blocker, 'a file where a folder should be')
  const [first, second] = [endedSegment(dir, logLine(NOON)), endedSegment(dir, logLine(Date.UTC(2027, 0)))]
  const third = endedSegment(dir, logLine(NOON))
  for (const path of [first, second, third]) keeper.seal(path, 'size')
  await keeper.idle()
  t.match(errors, [{ code: 'HUSHLOG_SEAL', message: /cannot seal .*: (ENOTDIR|EEXIST)/ }])
  t.equal(keeper.stats().sealed, 1)
  t.ok(existsSync(first))
  mock.timers.tick(1000)
  await keeper.idle()
  t.equal(errors.length, 4, 'both were tried again, in vain')
  rmSync(blocker)
  mock.timers.tick(1999)
  await keeper.idle()
  t.ok(existsSync(first), 'the second try comes after twice the time')
  mock.timers.tick(1)
  await keeper.idle()
  t.same([existsSync(first), existsSync(third)], [false, false], 'both at once')
  t.equal(keeper.stats().sealed, 3)
})

t.test('a file with a hole for a tail is told once, tried once, and stops no other', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const dir = logDirectory(t)
  const hole = endedSegment(dir, logLine(NOON), dead)
  truncateSync(hole, 2 ** 40)
  const other = endedSegment(dir, logLine(NOON), dead)
  const { keeper, errors } = openKeeper(t, dir)
  for (let look = 0; look < 3; look++) {
    keeper.adopt()
    await keeper.idle()
    mock.timers.tick(300_000)
  }
  await keeper.idle()
  t.match(errors, [{ code: 'HUSHLOG_SEAL', message: /over 16777216 bytes follow/ }])
  t.equal(errors.length, 1)
  t.same([existsSync(other), keeper.stats().sealed], [false, 1])
})

t.test(
  'it removes old segments at its start, every day, and after a seal at most once an hour',
  async (t) => {
    mock.timers.enable({ apis: ['setInterval'] })
    t.teardown(() => mock.timers.reset())
    const dir = logDirectory(t)
    let now = NOON
    const { keeper, errors } = openKeeper(t, dir, { now: () => now })
    const sealAt = async (time: number) => {
      now = time
      keeper.seal(endedSegment(dir, logLine(time)), 'day')
      await keeper.idle()
    }
    await sealAt(NOON)
    await sealAt(NOON + 1000)
    await keeper.start()
    t.equal(keeper.stats().pruned, 0)
    await sealAt(NOON + 90 * DAY)
    t.equal(keeper.stats().pruned, 1, 'after a seal')
    await sealAt(NOON + 90 * DAY + 1000)
    t.equal(keeper.stats().pruned, 1, 'not again within the hour')
    mock.timers.tick(DAY)
    await keeper.idle()
    t.equal(keeper.stats().pruned, 2, 'by the timer')
    await keeper.close()
    now += 100 * DAY
    mock.timers.tick(DAY)
    await keeper.idle()
    t.equal(keeper.stats().pruned, 2, 'a closed keeper removes nothing')
    const next = openKeeper(t, dir, { now: () => now })
    await next.keeper.start()
    t.equal(next.keeper.stats().pruned, 2, 'at the start of the next')
    t.same(errors, [])
  },
)

t.test('a clock in doubt is told, and removes nothing', async (t) => {
  const dir = logDirectory(t)
  const early = openKeeper(t, dir, { now: () => NOON })
  early.keeper.seal(endedSegment(dir, logLine(NOON)), 'day')
  await early.keeper.idle()
  const { keeper, errors } = openKeeper(t, dir, { now: () => NOON + 1000 * DAY })
  await keeper.start()
  t.match(errors, [{ code: 'HUSHLOG_CLOCK', message: /nothing is removed: the clock went from 2026-11-24/ }])
  t.equal(errors.length, 1)
  t.equal(keeper.stats().pruned, 0)
})

t.test('half-compressed files of crashed keepers are swept away, those of today are not', async (t) => {
  const dir = logDirectory(t)
  const [old, young] = ['old.tmp', 'young.tmp'].map((name) => join(dir, 'sealed', name))
  for (const path of [old, young]) writeFileSync(path, '')
  utimesSync(old, 1, 1)
  writeFileSync(join(dir, 'open', '.reserve-1-x'), '')
  // As one that another keeper moves into place in this moment.
  symlinkSync('nowhere', join(dir, 'sealed', 'gone.tmp'))
  const { keeper, errors } = openKeeper(t, dir)
  await keeper.start()
  t.same(errors, [])
  t.same([existsSync(old), existsSync(young)], [false, true])
  t.same(readdirSync(join(dir, 'open')), [], 'what a writer held back and could not make nameless')
})

t.test('faults of the directory and of the program’s callback do not stop it', async (t) => {
  const dir = logDirectory(t)
  const codes: string[] = []
  const { keeper } = openKeeper(t, dir, {
    onError: ({ code }) => {
      codes.push(code)
      throw new Error('from the program')
    },
  })
  rmSync(join(dir, 'open'), { recursive: true })
  await keeper.start()
  t.same(
    codes,
    ['HUSHLOG_SEAL', 'HUSHLOG_SEAL'],
    'it can neither look for dead writers nor say how many are open',
  )
  mkdirSync(join(dir, 'open'))
  keeper.seal(endedSegment(dir, logLine(NOON)), 'size')
  await keeper.idle()
  t.equal(keeper.stats().sealed, 1)
})

t.test('a keeper finishes its work and then lets the process end', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON).repeat(50_000))
  const { code, out } = await ended(child('../keep/child-keeper.ts', dir, path))
  t.equal(code, 0)
  t.match(out, /HUSHLOG_SEAL/, 'the second segment failed and waits for another try')
  t.notOk(existsSync(path))
  t.match((await entriesOf(dir))[1], { kind: 'segment', lines: 50_000 })
})

t.test(
  'a keeper that closes while another holds the ledger waits for it once, whatever is left',
  async (t) => {
    const dir = logDirectory(t)
    const lock = await import('../../lib/keep/lock.ts')
    const { Keeper: Impatient } = await t.mockImport<typeof import('../../lib/keep/keeper.ts')>(
      '../../lib/keep/keeper.ts',
      {
        '../../lib/errors.ts': await import('../../lib/errors.ts'),
        '../../lib/keep/lock.ts': {
          withLock: (...[dir, work]: Parameters<typeof lock.withLock>) =>
            lock.withLock(dir, work, { deadline: 300, lease: 30_000 }),
        },
      },
    )
    const errors: HushlogError[] = []
    const keeper = new Impatient({ dir, keepDays: 90, onError: (error) => errors.push(error) })
    for (let i = 0; i < 20; i++) keeper.seal(endedSegment(dir, logLine(NOON + i), dead), 'size')
    await lock.withLock(dir, async () => {
      const start = performance.now()
      await keeper.close()
      t.ok(performance.now() - start < 3000, 'not 300 ms for each')
    })
    t.match(errors, [{ code: 'HUSHLOG_LEDGER', message: /was not free within 300 ms/ }])
    t.equal(readdirSync(join(dir, 'open')).length, 20, 'they are left for the next keeper')
    const { keeper: next } = openKeeper(t, dir)
    await next.start()
    t.equal(next.stats().sealed, 20)
  },
)

t.test('what the ledger cannot take now is written into it later', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const dir = logDirectory(t)
  const { keeper, errors } = openKeeper(t, dir)
  rmSync(join(dir, 'ledger'), { recursive: true })
  keeper.record({
    kind: 'gap',
    reason: 'disk full (ENOSPC)',
    count: 3,
    levels: { 20: 3 },
    first: NOON,
    last: NOON + 1,
  })
  keeper.record({ kind: 'clock', step: 10_800_000, from: NOON, to: NOON + 10_800_000 })
  await keeper.idle()
  t.match(errors, [{ code: 'HUSHLOG_LEDGER' }])
  t.equal(errors.length, 1, 'both in one group')
  mkdirSync(join(dir, 'ledger'))
  mock.timers.tick(1000)
  await keeper.idle()
  t.match(await entriesOf(dir), [
    { kind: 'genesis' },
    { kind: 'gap', count: 3, levels: { 20: 3 } },
    { kind: 'clock', step: 10_800_000 },
  ])
})

t.test(
  'a segment that is removed before it is sealed is a gap, one that another keeper has is not',
  async (t) => {
    const dir = logDirectory(t)
    const gaps: Gap[] = []
    const { keeper, errors } = openKeeper(t, dir, { now: () => NOON, onGap: (gap) => gaps.push(gap) })
    const [removed, adopted, sealed] = [1, 2, 3].map((n) => endedSegment(dir, logLine(NOON).repeat(n)))
    rmSync(removed)
    renameSync(adopted, join(dir, 'open', adoptedName(parseSegmentName(basename(adopted))!, dead)))
    keeper.seal(sealed, 'size', 3)
    for (const path of [removed, adopted, sealed]) keeper.seal(path, 'size', 5)
    await keeper.idle()
    const reason = 'a segment was removed before it was sealed'
    t.same(gaps, [{ reason, count: 5, levels: {}, first: NOON, last: NOON }])
    t.match(await entriesOf(dir), [
      { kind: 'genesis' },
      { kind: 'segment' },
      { kind: 'gap', reason, count: 5 },
    ])
    t.same(errors, [])
  },
)
