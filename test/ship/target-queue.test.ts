/**
 * The queue of one target against directories and a target in memory: what others do to it while it waits.
 */
import { createHook } from 'node:async_hooks'
import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { HushlogError } from '../../lib/errors.ts'
import type { SegmentFact } from '../../lib/keep/facts.ts'
import { Ledger } from '../../lib/keep/ledger.ts'
import { lastTargets } from '../../lib/keep/listed.ts'
import { ShipFailure } from '../../lib/ship/failure.ts'
import { parseLedgerKey, parseSegmentKey, segmentKey } from '../../lib/ship/keys.ts'
import { ShipState } from '../../lib/ship/ship-state.ts'
import { Shipper, type ShipperOptions } from '../../lib/ship/shipper.ts'
import { Throttle } from '../../lib/ship/throttle.ts'
import { thisWriter } from '../../lib/store/segment.ts'
import { failure, MemoryTarget } from './memory-target.ts'
import { DAY, ShippedDirectory } from './shipped-directory.ts'

function openShipper(t: Test, dir: string, options: Partial<ShipperOptions>) {
  const errors: HushlogError[] = []
  const shipper = new Shipper({
    dir,
    targets: [],
    keepDays: 90,
    maxConcurrency: 2,
    maxBandwidth: undefined,
    onError: (error) => errors.push(error),
    ...options,
  })
  t.teardown(() => shipper.close())
  return { shipper, errors }
}

async function withSealed(t: Test, count: number): Promise<{ dir: string; sealed: string[] }> {
  const directory = new ShippedDirectory(t)
  const sealed: string[] = []
  for (let i = 0; i < count; i++) sealed.push(await directory.sealed())
  return { dir: directory.dir, sealed }
}

/** Ships to targets in memory. */
function inMemory(t: Test, dir: string, targets: MemoryTarget[], options: Partial<ShipperOptions> = {}) {
  const config = { kind: 's3', option: 'ship.s3', prefix: '', objectLock: 'compliance' } as const
  return openShipper(t, dir, {
    targets: targets.map(({ place }) => ({ ...config, bucket: place.slice('s3://'.length, -1) })),
    open: async (config) => {
      const bucket = config.kind === 's3' ? config.bucket : ''
      return targets.find(({ place }) => place === `s3://${bucket}/`) as MemoryTarget
    },
    ...options,
  })
}

t.test('a disk that is not mounted is not taken for an empty target, also after a new start', async (t) => {
  const shipped = new ShippedDirectory(t)
  await shipped.sealed()
  await shipped.ship()
  const { dir, path } = shipped
  const targets = [{ kind: 'directory', option: '--to', path }] as const
  renameSync(path, `${path}-unmounted`)
  mkdirSync(path)
  await shipped.sealed()
  const { shipper, errors } = openShipper(t, dir, { targets })
  t.equal(await shipper.once(), false)
  t.equal(await shipper.once(), false)
  t.match(errors, [{ message: /what was shipped there before is gone/, hint: /is it mounted/ }, {}])
  t.same(readdirSync(path), [], 'nothing lies on the disk below')
  renameSync(`${path}-unmounted`, path)
  t.equal(await shipper.once(), true)
  t.equal(readdirSync(join(path, 'service=shop')).length, 1)
})

t.test(
  'what another process has shipped meanwhile is tried no more, and is no failure any more',
  async (t) => {
    const { dir, sealed } = await withSealed(t, 2)
    const target = new MemoryTarget()
    const { shipper } = inMemory(t, dir, [target])
    target.onCall = (call, key) => {
      if (call === 'put' && key.includes(sealed[0])) throw failure('object', 'BadDigest')
    }
    await shipper.start()
    while (shipper.stats()[0]?.failure === undefined || shipper.stats()[0].shipped.segments === 0)
      await sleep(10)
    target.onCall = () => {}
    const other = inMemory(t, dir, [target])
    while (!(await other.shipper.once())) await sleep(20)
    // Its own next try comes within two seconds; from then on there is nothing to do.
    await sleep(2500)
    t.match(shipper.stats(), [{ waiting: { segments: 0 }, failure: undefined }])
    let looks = 0
    const hook = createHook({ init: (_, type) => void (type === 'Timeout' && looks++) }).enable()
    await sleep(500)
    hook.disable()
    t.ok(looks < 10, `${looks} timers in half a second`)
  },
)

t.test('a program that ends while it opens its targets opens each of them once', async (t) => {
  const { dir } = await withSealed(t, 3)
  const target = new MemoryTarget()
  let opened = 0
  const { shipper } = inMemory(t, dir, [target], {
    open: async () => {
      opened++
      await sleep(50)
      return target
    },
  })
  void shipper.start()
  t.equal(await shipper.once(), true)
  t.equal(opened, 1)
  t.equal(shipper.stats().length, 1)
  const puts = target.calls.filter((call) => call.startsWith('put service='))
  t.equal(puts.length, 3, 'each segment leaves once')
})

t.test('one that closes before its targets are open closes them all the same', async (t) => {
  const { dir } = await withSealed(t, 1)
  const target = new MemoryTarget()
  const { shipper } = inMemory(t, dir, [target], { open: () => sleep(50, target) })
  void shipper.start()
  await shipper.close()
  t.equal(target.isClosed, true)
  t.same(target.calls, [])
})

t.test('while the ledger cannot be had for one target, the other goes on, and once at a time', async (t) => {
  const { dir } = await withSealed(t, 2)
  const [one, two] = [new MemoryTarget('s3://one/'), new MemoryTarget('s3://two/')]
  const { shipper, errors } = inMemory(t, dir, [one, two])
  t.equal(await shipper.once(), true)
  // Of two reads of one file, one after the other, no real fault could be made to meet the first alone.
  const refresh = ShipState.prototype.refresh
  t.teardown(() => (ShipState.prototype.refresh = refresh))
  let [calls, running, most] = [0, 0, 0]
  ShipState.prototype.refresh = async function () {
    if (calls++ === 1) throw new HushlogError('HUSHLOG_LEDGER', 'EMFILE')
    return refresh.call(this)
  }
  two.onCall = async (call) => {
    if (call !== 'find') return
    most = Math.max(most, ++running)
    await sleep(100)
    running--
  }
  await new Ledger(dir).append({ kind: 'heartbeat', open: 0 })
  await shipper.once()
  t.equal(running, 0, 'what was begun has ended')
  t.match(errors, [{ message: 'EMFILE' }])
  t.equal(await shipper.once(), true)
  t.equal(most, 1)
})

t.test('a segment that cannot be shipped does not make its target one that fails', async (t) => {
  const { dir, sealed } = await withSealed(t, 2)
  const target = new MemoryTarget()
  const { shipper } = inMemory(t, dir, [target])
  target.onCall = (call, key) => {
    if (call === 'put' && key.includes(sealed[0])) throw failure('object', 'EntityTooLarge', true)
  }
  t.equal(await shipper.once(), false)
  t.equal(shipper.isFailing, false, 'whoever closes ships what has come since')
  target.onCall = (call) => {
    if (call === 'find') throw failure('target', 'ECONNREFUSED')
  }
  t.equal(await shipper.once(), false)
  t.equal(shipper.isFailing, true)
})

t.test('what waits for a target that cannot be opened is counted when it is the only one', async (t) => {
  const { dir } = await withSealed(t, 2)
  const target = new MemoryTarget()
  const { shipper } = inMemory(t, dir, [target], {
    open: async () => {
      throw new Error('no such module')
    },
  })
  t.equal(await shipper.once(), false)
  t.match(shipper.stats(), [{ target: target.place, waiting: { segments: 2 }, failure: { permanent: true } }])
})

t.test('a target that is named twice is one', async (t) => {
  const { dir } = await withSealed(t, 4)
  const target = new MemoryTarget()
  const { shipper } = inMemory(t, dir, [target, target])
  t.equal(await shipper.once(), true)
  t.equal(shipper.stats().length, 1)
  t.equal(target.calls.filter((call) => call.startsWith('put service=')).length, 4)
  t.same(await lastTargets(dir), [target.place])
})

t.test(
  'whatever the ledger says of a segment, no key leads elsewhere and the others are shipped',
  async (t) => {
    const directory = new ShippedDirectory(t)
    const { dir } = directory
    const ledger = new Ledger(dir, () => directory.now)
    await directory.sealed()
    const [entry] = await directory.segments()
    const { v: _v, n: _n, prev: _prev, at: _at, ...good } = entry as SegmentFact & Record<string, unknown>
    const wrong: Record<string, unknown>[] = [
      { name: '../../../../etc/passwd' },
      { name: '../x', at: 'nonsense' },
      { name: `${good.name}/x` },
      { last: 'nonsense' },
      { last: '../../2026' },
      { last: 7 },
      { writer: 7 },
      { service: 7 },
      { sha256: 7 },
      { sha256: '../x' },
      { path: 7 },
      { path: '../keys/current' },
      { path: `${'x'.repeat(9000)}` },
      { sealedBytes: 1e308 },
      { sealedBytes: '7' },
      { sealedBytes: -1 },
    ]
    for (const [i, members] of wrong.entries()) {
      const name = good.name.replace(/\d{6}$/, String(700_000 + i))
      await ledger.append({ ...good, name, ...members } as SegmentFact)
    }
    await directory.sealed()
    const target = new MemoryTarget()
    const { shipper, errors } = inMemory(t, dir, [target])
    t.equal(await shipper.once(), false)
    t.equal(shipper.isFailing, false)
    t.match(shipper.stats(), [{ waiting: { segments: wrong.length }, shipped: { segments: 2 } }])
    t.ok(Number.isSafeInteger(shipper.stats()[0].waiting.bytes))
    t.equal(errors.length, wrong.length)
    t.ok(
      errors.every((error) => error instanceof ShipFailure && error.scope === 'object' && error.isPermanent),
    )
    t.ok(errors.every(({ message }) => message.length < 1000))
    const keys = [...target.objects.keys()]
    t.ok(keys.every((key) => (parseSegmentKey(key) ?? parseLedgerKey(key)) !== undefined))
  },
)

t.test('a lock counts from the later of last record and sealing, and is one that servers take', async (t) => {
  const directory = new ShippedDirectory(t)
  const sealedAt = directory.now
  const times = {
    past: Date.parse('1970-01-01'),
    soon: sealedAt + DAY,
    far: Date.parse('9999-12-31T23:59:59Z'),
  }
  for (const time of Object.values(times)) await directory.sealed({ time, lines: 1 })
  const target = new MemoryTarget()
  const { shipper, errors } = inMemory(t, directory.dir, [target])
  t.equal(await shipper.once(), true)
  t.same(errors, [])
  const [past, soon, far] = (await directory.segments()).map(
    (fact) => target.objects.get(segmentKey(fact))?.lockUntil as number,
  )
  t.equal(past, sealedAt + 90 * DAY)
  t.equal(soon, times.soon + 90 * DAY)
  t.ok(far > sealedAt + 36_000 * DAY && far < Date.now() + 36_500 * DAY, new Date(far).toISOString())
})

t.test('each writer has its turn: one with many segments does not hold back another', async (t) => {
  const directory = new ShippedDirectory(t)
  const [many, few] = [4242, 4243].map((pid) => ({ ...thisWriter('web-1'), pid }))
  for (let i = 0; i < 5; i++) await directory.sealed({ writer: many })
  const last = await directory.sealed({ writer: few })
  const target = new MemoryTarget()
  const { shipper } = inMemory(t, directory.dir, [target], { maxConcurrency: 1 })
  t.equal(await shipper.once(), true)
  const sent = [...target.objects.keys()].filter((key) => key.startsWith('service='))
  t.equal(
    sent.findIndex((key) => key.includes(last)),
    1,
  )
  const own = sent.map((key) => parseSegmentKey(key)?.name).filter((name) => name !== last)
  t.same(own, own.toSorted(), 'the segments of one writer in their order')
})

t.test('a slow bound sends small pieces, so that no connection is silent for long', async (t) => {
  const throttle = new Throttle(100_000)
  const pieces: number[] = []
  for await (const piece of throttle.slow(Readable.from([Buffer.alloc(25_000)]))) pieces.push(piece.length)
  t.same(pieces, [10_000, 10_000, 5_000])
})
