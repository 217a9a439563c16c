import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { HushlogError } from '../../lib/errors.ts'
import { Keeper } from '../../lib/keep/keeper.ts'
import { Ledger, type LedgerEntry, ledgerPath, type SegmentFact } from '../../lib/keep/ledger.ts'
import { parseCheckpoint } from '../../lib/keep/note.ts'
import { prune } from '../../lib/keep/retention.ts'
import { verify } from '../../lib/keep/verify.ts'
import { Backoff } from '../../lib/ship/backoff.ts'
import { Claim } from '../../lib/ship/claim.ts'
import { parseLedgerKey, segmentKey } from '../../lib/ship/keys.ts'
import { sealedObject } from '../../lib/ship/sealed-object.ts'
import { Shipper, type ShipperOptions } from '../../lib/ship/shipper.ts'
import { Throttle } from '../../lib/ship/throttle.ts'
import { thisWriter } from '../../lib/store/segment.ts'
import { DAY, endedSegment, entriesOf, logLine, NOON } from '../keep/helpers.ts'
import { logDirectory } from '../store/helpers.ts'
import { failure, MemoryTarget } from './memory-target.ts'

const dead = (pid: number) => ({ ...thisWriter('web-1'), pid })

/** A log directory with so many sealed segments, of two writers in turn. */
async function sealed(t: Test, count: number): Promise<string> {
  const dir = logDirectory(t)
  for (let i = 0; i < count; i++) endedSegment(dir, logLine(NOON + i), dead(2 ** 30 + (i % 2)))
  const keeper = new Keeper({ dir, keepDays: 90, onError: (error) => t.fail(error.message) })
  await keeper.start()
  await keeper.close()
  return dir
}

function openShipper(t: Test, dir: string, targets: MemoryTarget[], options: Partial<ShipperOptions> = {}) {
  const errors: HushlogError[] = []
  const shipper = new Shipper({
    dir,
    targets: targets.map(({ place }) => ({
      kind: 's3',
      option: 'ship.s3',
      bucket: place.slice('s3://'.length, -1),
      prefix: '',
      objectLock: 'compliance',
    })),
    keepDays: 90,
    maxConcurrency: 2,
    maxBandwidth: undefined,
    onError: (error) => errors.push(error),
    open: async (config) => {
      const bucket = config.kind === 's3' ? config.bucket : ''
      return targets.find(({ place }) => place === `s3://${bucket}/`) as MemoryTarget
    },
    ...options,
  })
  t.teardown(() => shipper.close())
  return { shipper, errors }
}

function shippedIn(entries: LedgerEntry[], to: string): string[] {
  return entries.flatMap((entry) => (entry.kind === 'shipped' && entry.to === to ? entry.name : []))
}

function namesIn(entries: LedgerEntry[]): string[] {
  return entries.flatMap((entry) => (entry.kind === 'segment' ? entry.name : []))
}

t.test('each segment and the whole ledger lie in the target once, and the ledger says so', async (t) => {
  const dir = await sealed(t, 5)
  const target = new MemoryTarget()
  const { shipper, errors } = openShipper(t, dir, [target])
  t.equal(await shipper.once(), true)
  const entries = await entriesOf(dir)
  const segments = entries.filter((entry) => entry.kind === 'segment')
  t.same(shippedIn(entries, target.place).toSorted(), namesIn(entries).toSorted())
  for (const segment of segments) {
    const object = target.objects.get(segmentKey(segment))
    t.same(object?.bytes, readFileSync(join(dir, segment.path)))
    const lockUntil = Date.parse(segment.at) + 90 * DAY
    t.equal(object?.lockUntil, lockUntil, 'from its sealing, which was later than its last record')
    t.equal(object?.versions, 1)
    const shipped = entries.find((entry) => entry.kind === 'shipped' && entry.name === segment.name)
    const until = new Date(lockUntil).toISOString()
    t.match(shipped, { sha256: segment.sha256, key: segmentKey(segment), version: 'v1', until })
  }
  t.same(shipper.stats(), [
    {
      target: target.place,
      waiting: { segments: 0, bytes: 0, oldest: undefined },
      shipped: {
        segments: 5,
        bytes: segments.reduce((sum, { sealedBytes }) => sum + sealedBytes, 0),
        last: entries.findLast(({ kind }) => kind === 'shipped')?.at,
      },
      failure: undefined,
    },
  ])
  t.same(errors, [])
  await checkLedger(t, dir, target)
  const calls = target.calls.length
  t.equal(await shipper.once(), true)
  t.equal(target.calls.length, calls, 'nothing is asked when nothing waits')
})

/** The parts of the ledger in a target follow each other, are the beginning of ours, and its checkpoints prove it. */
async function checkLedger(t: Test, dir: string, target: MemoryTarget): Promise<void> {
  const ledger = readFileSync(ledgerPath(dir))
  const keys = [...target.objects.keys()].map(parseLedgerKey).filter((key) => key !== undefined)
  const parts = keys.filter(({ kind }) => kind === 'part').toSorted((a, b) => a.from - b.from)
  let entries = 0
  let bytes = Buffer.alloc(0)
  for (const part of parts) {
    t.equal(part.from, entries)
    entries = part.to + 1
    bytes = Buffer.concat([bytes, target.objects.get(part.key)?.bytes as Buffer])
  }
  t.same(bytes, ledger.subarray(0, bytes.length))
  const rest = ledger.subarray(bytes.length).toString().split('\n').slice(0, -1)
  const kinds = rest.map((line) => JSON.parse(line).kind)
  t.same(
    [...new Set(kinds)].toSorted(),
    ['anchored', 'seal'],
    'only that the ledger was shipped is not shipped',
  )
  const notes = keys.filter(({ kind }) => kind === 'checkpoint').toSorted((a, b) => a.to - b.to)
  t.equal(notes.at(-1)?.to, entries - 1)
  for (const { key, to } of notes) {
    const checkpoint = parseCheckpoint(target.objects.get(key)?.bytes.toString() as string)
    t.equal(checkpoint?.size, to + 1)
    const found = await verify({ dir, checkpoint, now: NOON })
    t.same(found.problems, [])
    t.equal(found.ledger.anchored, true)
  }
}

t.test(
  'a target that fails is tried again later, and then nothing is missing and nothing sent twice',
  async (t) => {
    const dir = await sealed(t, 6)
    const target = new MemoryTarget()
    const { shipper, errors } = openShipper(t, dir, [target])
    for (const [call, after] of [
      ['check', 0],
      ['put', 0],
      ['put', 2],
      ['stored', 1],
      ['find', 0],
    ] as const) {
      let left = after
      target.onCall = (now) => {
        if (now === call && left-- === 0) throw failure('target', 'ECONNREFUSED')
      }
      t.equal(await shipper.once(), false, `${call} ${after}`)
      t.match(shipper.stats(), [{ failure: { message: 'cannot ship: ECONNREFUSED', permanent: false } }])
    }
    t.equal(errors.length, 5)
    target.onCall = () => {}
    t.equal(await shipper.once(), true)
    t.equal(shipper.stats()[0].failure, undefined)
    t.ok([...target.objects.values()].every(({ versions }) => versions === 1))
    t.same(shippedIn(await entriesOf(dir), target.place).length, 6)
    await checkLedger(t, dir, target)
  },
)

t.test('whatever is broken off, the next shipper finds what was sent and sends the rest', async (t) => {
  const dir = await sealed(t, 4)
  const target = new MemoryTarget()
  for (let stop = 1; stop < 40; stop++) {
    let left = stop
    let die = () => {}
    const died = new Promise<void>((resolve) => {
      // As if the process had died there: it hears no answer and writes nothing any more.
      target.onCall = async () => {
        if (--left > 0) return
        const dead = new Promise<void>((_, reject) => (die = () => reject(failure('target', 'dead'))))
        resolve()
        await dead
      }
    })
    const { shipper } = openShipper(t, dir, [target], { maxConcurrency: 1 })
    const done = await Promise.race([shipper.once(), died])
    const closed = shipper.close()
    die()
    await closed
    if (done === true) break
  }
  const entries = await entriesOf(dir)
  t.same(shippedIn(entries, target.place), namesIn(entries))
  t.ok([...target.objects.values()].every(({ versions }) => versions === 1))
  await checkLedger(t, dir, target)
})

t.test(
  'a segment that cannot be shipped is told, holds back no other, and is shipped when it is mended',
  async (t) => {
    const dir = await sealed(t, 6)
    const segments = (await entriesOf(dir)).filter((entry) => entry.kind === 'segment')
    const [changed, gone] = segments.map(({ path }) => join(dir, path))
    const bytes = readFileSync(changed)
    chmodSync(changed, 0o600)
    writeFileSync(changed, Buffer.from(bytes).fill(0, 20, 21))
    renameSync(gone, join(dir, 'aside'))
    const target = new MemoryTarget()
    const { shipper, errors } = openShipper(t, dir, [target])
    t.equal(await shipper.once(), false)
    t.match(errors, [{ code: 'HUSHLOG_SHIP' }, { code: 'HUSHLOG_SHIP' }])
    t.same(
      errors.map(({ message }) => message).toSorted(),
      [
        `cannot ship ${segments[0].path}: it is not the file that the ledger lists`,
        `cannot ship ${segments[1].path}: it is gone`,
      ].toSorted(),
    )
    t.match(shipper.stats(), [{ waiting: { segments: 2 }, failure: { permanent: true } }])
    const entries = await entriesOf(dir)
    t.same(shippedIn(entries, target.place).toSorted(), namesIn(entries).slice(2).toSorted())
    writeFileSync(changed, bytes)
    renameSync(join(dir, 'aside'), gone)
    t.equal(await shipper.once(), true)
    await checkLedger(t, dir, target)
  },
)

t.test('the segments of one writer are sent in their order, those of two at once', async (t) => {
  const dir = await sealed(t, 8)
  const target = new MemoryTarget()
  let most = 0
  let running = 0
  target.onCall = async (call, key) => {
    if (call !== 'put' || key.startsWith('ledger/')) return
    most = Math.max(most, ++running)
    await sleep(Math.random() * 20)
    running--
  }
  const { shipper } = openShipper(t, dir, [target], { maxConcurrency: 4 })
  t.equal(await shipper.once(), true)
  t.equal(most, 2)
  const names = namesIn(await entriesOf(dir))
  for (const writer of [2 ** 30, 2 ** 30 + 1]) {
    const own = names.filter((name) => name.includes(`.${writer}.`))
    const sent = [...target.objects.keys()].filter((key) => key.includes(`.${writer}.`))
    t.same(
      sent,
      own.map((name) => sent.find((key) => key.includes(name))),
    )
    t.equal(sent.length, 4)
  }
})

t.test('of two shippers of one directory one ships, and the other when that one is gone', async (t) => {
  const dir = await sealed(t, 3)
  const target = new MemoryTarget()
  const first = openShipper(t, dir, [target])
  let release = () => {}
  const reached = new Promise<void>((resolve) => {
    target.onCall = (call) => {
      if (call !== 'put') return
      resolve()
      return new Promise((go) => (release = go))
    }
  })
  void first.shipper.start()
  await reached
  const claim = new Claim(dir, target.place)
  t.equal(await claim.hold(), true, 'of this very thread it is one and the same')
  t.match(JSON.parse(readFileSync(join(dir, 'ledger', claim.file), 'utf8')), { writer: { pid: process.pid } })
  const others = { writer: { ...thisWriter(), pid: process.ppid, start: 1 }, last: Date.now() }
  target.onCall = () => {}
  release()
  await first.shipper.close()
  t.equal(existsSync(join(dir, 'ledger', claim.file)), false, 'given up')
  const write = (record: object) => writeFileSync(join(dir, 'ledger', claim.file), JSON.stringify(record))
  write({ ...others, writer: { ...others.writer, boot: 'ffffffffffff' } })
  t.equal(await new Claim(dir, target.place).hold(), false, 'of another machine, and fresh')
  const second = openShipper(t, dir, [target])
  await second.shipper.start()
  await sleep(100)
  t.equal(second.shipper.isDone, false)
  write({ ...others, writer: { ...others.writer, boot: 'ffffffffffff' }, last: Date.now() - 200_000 })
  t.equal(await new Claim(dir, target.place).hold(), true, 'silent for over three minutes')
  write(others)
  t.equal(await new Claim(dir, target.place).hold(), true, 'dead')
  write({ writer: 7 })
  t.equal(await new Claim(dir, target.place).hold(), true, 'nobody’s')
  write({ ...others, writer: { ...others.writer, boot: 'ffffffffffff' } })
  t.equal(await second.shipper.once(), false, 'whoever closes leaves it to him')
  t.equal(await second.shipper.once(true), true, 'somebody waits at a terminal')
})

/** As if another machine had begun to ship. */
function claimByOther(dir: string, place: string): void {
  const writer = { ...thisWriter(), boot: 'ffffffffffff' }
  writeFileSync(join(dir, 'ledger', new Claim(dir, place).file), JSON.stringify({ writer, last: Date.now() }))
}

async function sealOneMore(dir: string): Promise<void> {
  endedSegment(dir, logLine(NOON), dead(2 ** 30 + 7))
  const keeper = new Keeper({ dir, keepDays: 90, onError: () => {} })
  await keeper.start()
  await keeper.close()
}

t.test('whoever is forced to leave a target to another begins nothing more there', async (t) => {
  const dir = await sealed(t, 6)
  const target = new MemoryTarget()
  const { shipper, errors } = openShipper(t, dir, [target])
  target.onCall = (call) => {
    if (call === 'put') claimByOther(dir, target.place)
  }
  t.equal(await shipper.once(), false)
  t.equal(target.objects.size, 2, 'what was on its way, and neither the others nor the ledger')
  t.same(errors, [])
  t.equal(shippedIn(await entriesOf(dir), target.place).length, 2)
  target.onCall = () => {}
  t.equal(await shipper.once(true), true)
  t.ok([...target.objects.values()].every(({ versions }) => versions === 1))
})

t.test('what another has sent before it died is not sent again, whenever it was sealed', async (t) => {
  const dir = await sealed(t, 1)
  const target = new MemoryTarget()
  const { shipper } = openShipper(t, dir, [target])
  t.equal(await shipper.once(), true)
  await sealOneMore(dir)
  const segment = (await entriesOf(dir)).findLast((entry) => entry.kind === 'segment') as SegmentFact
  const object = await sealedObject(dir, segment, Date.parse(segment.last) + 90 * DAY)
  await target.put(object)
  await object.close()
  t.equal(await shipper.once(), true)
  t.equal(target.objects.get(segmentKey(segment))?.versions, 1)
})

t.test('what is sealed while the ledger itself is sent is shipped in the same run', async (t) => {
  const dir = await sealed(t, 1)
  const target = new MemoryTarget()
  const { shipper } = openShipper(t, dir, [target])
  let left = 1
  target.onCall = (call, key) => {
    if (call === 'put' && key.endsWith('.checkpoint') && left-- > 0) return sealOneMore(dir)
  }
  t.equal(await shipper.once(), true)
  const entries = await entriesOf(dir)
  t.equal(namesIn(entries).length, 2)
  t.same(shippedIn(entries, target.place), namesIn(entries))
})

t.test('what is sealed while a target does not answer stands in stats at once', async (t) => {
  const dir = await sealed(t, 1)
  const target = new MemoryTarget()
  let answer = () => {}
  target.onCall = () => new Promise((resolve) => (answer = resolve))
  const { shipper } = openShipper(t, dir, [target])
  await shipper.start()
  while (target.calls.length === 0) await sleep(10)
  await sealOneMore(dir)
  shipper.wake()
  for (let i = 0; i < 300 && shipper.stats()[0].waiting.segments < 2; i++) await sleep(10)
  t.equal(shipper.stats()[0].waiting.segments, 2)
  const closed = shipper.close()
  target.onCall = () => {}
  answer()
  await closed
})

t.test('nothing is removed that does not lie in every target, unless a target is given up', async (t) => {
  const dir = await sealed(t, 2)
  const [one, two] = [new MemoryTarget('s3://one/'), new MemoryTarget('s3://two/')]
  two.onCall = (call) => {
    if (call === 'check') throw failure('target', 'NoSuchBucket', true)
  }
  const { shipper, errors } = openShipper(t, dir, [one, two])
  t.equal(await shipper.once(), false)
  t.equal(errors.length, 1)
  t.match(shipper.stats(), [
    { waiting: { segments: 0 } },
    { waiting: { segments: 2 }, failure: { permanent: true } },
  ])
  const ledger = new Ledger(dir)
  const late = { keepDays: 90, now: Date.now() + 100 * DAY }
  const refused = await prune(ledger, late)
  t.match(refused, {
    removed: [],
    refused: [{ kind: 'unshipped', reason: 'it does not lie in s3://two/ yet' }, { kind: 'unshipped' }],
  })
  await ledger.append({ kind: 'targets', to: [one.place] })
  const { removed } = await prune(ledger, late)
  t.equal(removed.length, 2)
})

t.test('what a changed ledger says is not shipped over what lies there', async (t) => {
  const dir = await sealed(t, 2)
  const target = new MemoryTarget()
  const { shipper, errors } = openShipper(t, dir, [target])
  t.equal(await shipper.once(), true)
  const path = ledgerPath(dir)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace('"reason":"adopted"', '"reason":"size"'))
  endedSegment(dir, logLine(NOON), dead(2 ** 30))
  t.equal(await shipper.once(), false)
  t.match(errors, [{ message: /entry \d+: the entry before it was changed/ }])
})

t.test('an empty directory has nothing to ship, and says so', async (t) => {
  const dir = logDirectory(t)
  const target = new MemoryTarget()
  const { shipper, errors } = openShipper(t, dir, [target])
  t.equal(await shipper.once(), true)
  t.same(errors, [])
  t.same(
    [...target.objects.keys()].map((key) => parseLedgerKey(key)?.kind),
    ['part', 'checkpoint'],
  )
})

t.test('a target whose package is missing does not keep the others from their work', async (t) => {
  const dir = await sealed(t, 1)
  const [one, two] = [new MemoryTarget('s3://one/'), new MemoryTarget('s3://two/')]
  const { shipper, errors } = openShipper(t, dir, [one, two], {
    open: async (config) => {
      if (config.kind === 's3' && config.bucket === 'two') throw new Error('Cannot find package')
      return one
    },
  })
  t.equal(await shipper.once(), false)
  t.match(errors, [{ code: 'HUSHLOG_SHIP', message: `cannot ship from ${dir}: Error` }])
  t.match(shipper.stats(), [
    { target: one.place, waiting: { segments: 0 } },
    { target: two.place, waiting: { segments: 1 }, failure: { message: /Error$/, permanent: true } },
  ])
  t.equal(shipper.isFailing, true)
})

t.test('targets are opened once, however soon after the start they are needed', async (t) => {
  const dir = await sealed(t, 1)
  const target = new MemoryTarget()
  let opened = 0
  const { shipper } = openShipper(t, dir, [target], {
    open: async () => {
      opened++
      await sleep(20)
      return target
    },
  })
  void shipper.start()
  t.equal(await shipper.once(), true)
  t.equal(opened, 1)
  t.equal(shipper.stats().length, 1)
})

t.test('waits grow from seconds to hours, each a random part of its length', (t) => {
  const backoff = new Backoff(2000, 3_600_000)
  const waits = Array.from({ length: 60 }, () => backoff.next())
  for (const [i, wait] of waits.entries()) {
    const longest = Math.min(3_600_000, 2000 * 2 ** i)
    t.ok(wait >= longest / 2 && wait <= longest)
  }
  backoff.reset()
  t.ok(backoff.next() <= 2000)
  t.end()
})

t.test('a bound of bytes a second holds for all streams together', async (t) => {
  const throttle = new Throttle(1_000_000)
  const start = performance.now()
  const stream = () => throttle.slow(Readable.from(Array.from({ length: 10 }, () => Buffer.alloc(20_000))))
  const sums = await Promise.all(
    [stream(), stream()].map(async (slow) => {
      let bytes = 0
      for await (const chunk of slow) bytes += chunk.length
      return bytes
    }),
  )
  t.same(sums, [200_000, 200_000])
  t.ok(performance.now() - start > 280, 'the last tenth of a second is free')
})
