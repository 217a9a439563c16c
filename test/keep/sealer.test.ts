/**
 * Sealing in a thread of its own: when it is started and ended, what comes back from it, and what happens without it.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as threads from 'node:worker_threads'
import t, { type Test } from 'tap'
import type { HushlogError } from '../../lib/errors.ts'
import { generateIdentity } from '../../lib/keep/identities.ts'
import { Keeper } from '../../lib/keep/keeper.ts'
import { Ledger } from '../../lib/keep/ledger.ts'
import { readSegments } from '../../lib/keep/reader.ts'
import { openSealed } from '../../lib/keep/sealed-file.ts'
import { Sealer } from '../../lib/keep/sealer.ts'
import { checkSequences } from '../../lib/keep/sequence.ts'
import { threadFile } from '../../lib/keep/thread.ts'
import { frameLine } from '../../lib/store/frames.ts'
import { folder } from '../helpers.ts'
import { logDirectory, stamp } from '../store/helpers.ts'
import { endedSegment, entriesOf, kinds, logLine, NOON } from './helpers.ts'

const LARGE = logLine(NOON).repeat(20_000)
const ADA = await generateIdentity(false)
const EVE = await generateIdentity(false)

const { Worker } = threads

/** Notes the threads that are started. */
function watchedWorkers(): { Worker: typeof Worker; started: threads.Worker[] } {
  const started: threads.Worker[] = []
  class Watched extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args)
      started.push(this)
    }
  }
  return { Worker: Watched, started }
}

async function sealerWith(t: Test, workers: object): Promise<typeof import('../../lib/keep/sealer.ts')> {
  return t.mockImport('../../lib/keep/sealer.ts', { 'node:worker_threads': { ...threads, ...workers } })
}

t.test('a large segment is sealed in a thread, which later ones use too, and a small one here', async (t) => {
  const workers = watchedWorkers()
  const { Sealer } = await sealerWith(t, workers)
  const dir = logDirectory(t)
  const sealer = new Sealer({ ledger: new Ledger(dir) })
  t.match(await sealer.seal(endedSegment(dir, logLine(NOON)), 'size'), { outcome: 'listed' })
  t.equal(workers.started.length, 0)
  const large = endedSegment(dir, `${LARGE}half`)
  t.match(await sealer.seal(large, 'size'), {
    outcome: 'listed',
    torn: { name: basename(large, '.log'), bytes: 4 },
  })
  t.match(await sealer.seal(endedSegment(dir, logLine(NOON)), 'close'), { outcome: 'listed' })
  t.match(await sealer.seal(endedSegment(dir, LARGE), 'size'), { outcome: 'listed' })
  t.equal(workers.started.length, 1)
  t.same(kinds(await entriesOf(dir)), ['genesis', 'segment', 'torn', 'segment', 'segment', 'segment'])
  await sealer.close()
})

t.test('what fails in the thread is the error that it would be here, and work goes on', async (t) => {
  const dir = logDirectory(t)
  const sealer = new Sealer({ ledger: new Ledger(dir), recipients: [ADA.recipient] })
  const stray = join(dir, 'open', 'app.log')
  await t.rejects(sealer.seal(stray, 'size'), {
    name: 'HushlogError',
    code: 'HUSHLOG_SEAL',
    message: `cannot seal ${stray}: this is not the name of a segment`,
  })
  t.match(await sealer.seal(endedSegment(dir, logLine(NOON)), 'size'), { outcome: 'listed', path: /\.age$/ })
  await sealer.close()
})

t.test('a thread that dies is told, and the next segment gets another one', async (t) => {
  const workers = watchedWorkers()
  const { Sealer } = await sealerWith(t, workers)
  const dir = logDirectory(t)
  const sealer = new Sealer({ ledger: new Ledger(dir) })
  await sealer.seal(endedSegment(dir, LARGE), 'size')
  const path = endedSegment(dir, LARGE)
  const sealing = sealer.seal(path, 'size')
  workers.started[0]?.terminate()
  await t.rejects(sealing, {
    code: 'HUSHLOG_SEAL',
    message: `cannot seal ${path}: the thread that sealed it ended with code 1`,
  })
  t.ok(existsSync(path))
  t.match(await sealer.seal(path, 'size'), { outcome: 'listed' })
  t.equal(workers.started.length, 2)
  await sealer.close()
})

t.test('where no thread can be made, or it cannot be loaded, segments are sealed here', async (t) => {
  class Refused {
    constructor() {
      throw new Error('no threads here')
    }
  }
  class Broken extends Worker {
    constructor() {
      super('throw new Error("cannot be loaded")', { eval: true })
    }
  }
  for (const [Kind, failures] of [
    [Refused, 0],
    [Broken, 1],
  ] as const) {
    const { Sealer } = await sealerWith(t, { Worker: Kind })
    const dir = logDirectory(t)
    const sealer = new Sealer({ ledger: new Ledger(dir) })
    const path = endedSegment(dir, LARGE)
    for (let i = 0; i < failures; i++) await t.rejects(sealer.seal(path, 'size'), { code: 'HUSHLOG_SEAL' })
    t.match(await sealer.seal(path, 'size'), { outcome: 'listed' }, Kind.name)
  }
})

t.test('the thread’s file is found beside the code or in its folder, and not in a bundle', async (t) => {
  const dir = folder(t)
  mkdirSync(join(dir, 'dist', 'keep'), { recursive: true })
  const file = join(dir, 'dist', 'keep', 'seal-worker.js')
  writeFileSync(file, '')
  const from = (place: string) =>
    threadFile(pathToFileURL(join(dir, place)).href, 'keep', 'seal-worker')?.pathname
  for (const place of ['dist/index.js', 'dist/shared-ABC.js', 'dist/cli/main.js', 'dist/keep/sealer.js'])
    t.equal(from(place), file, place)
  t.equal(from('program.mjs'), undefined)
  t.equal(threadFile(undefined, 'keep', 'seal-worker'), undefined)
  t.equal(threadFile('data:text/javascript,0', 'keep', 'seal-worker'), undefined)
  t.match(
    threadFile(new URL('../../lib/keep/sealer.ts', import.meta.url).href, 'keep', 'seal-worker')?.pathname,
    /lib\/keep\/seal-worker\.ts$/,
  )
})

t.test('the thread ends when it has had nothing to do for a while', async (t) => {
  const workers = watchedWorkers()
  const timers: { callback: () => void; ms: number }[] = []
  const { Sealer } = await sealerWith(t, workers)
  const dir = logDirectory(t)
  const sealer = new Sealer({ ledger: new Ledger(dir) })
  const { setTimeout } = globalThis
  globalThis.setTimeout = ((callback: () => void, ms: number) => {
    if (ms === 10_000) timers.push({ callback, ms })
    return setTimeout(ms === 10_000 ? () => {} : callback, ms)
  }) as typeof setTimeout
  t.teardown(() => (globalThis.setTimeout = setTimeout))
  await sealer.seal(endedSegment(dir, LARGE), 'size')
  t.equal(timers.length, 1)
  const ended = new Promise((resolve) => workers.started[0]?.once('exit', resolve))
  timers[0]?.callback()
  await ended
  await sealer.seal(endedSegment(dir, LARGE), 'size')
  t.equal(workers.started.length, 2)
  await sealer.close()
})

t.test('a keeper tries again what a dying thread left undone', async (t) => {
  const dir = logDirectory(t)
  const errors: HushlogError[] = []
  const { Keeper } = await t.mockImport<typeof import('../../lib/keep/keeper.ts')>(
    '../../lib/keep/keeper.ts',
    {
      'node:worker_threads': {
        ...threads,
        Worker: class extends Worker {
          constructor(...args: ConstructorParameters<typeof Worker>) {
            super(...args)
            if (errors.length === 0) this.once('online', () => this.terminate())
          }
        },
      },
    },
  )
  const keeper = new Keeper({ dir, keepDays: 90, onError: (error) => errors.push(error) })
  keeper.seal(endedSegment(dir, LARGE), 'size')
  await keeper.idle()
  t.match(errors, [{ code: 'HUSHLOG_SEAL', message: /the thread that sealed it ended with code/ }])
  await keeper.close()
  t.match(keeper.stats(), { sealed: 1 })
  t.same(readdirSync(join(dir, 'open')), [])
})

t.test(
  'after a change of recipients old segments open with the old identity, new ones with the new',
  async (t) => {
    const dir = logDirectory(t)
    for (const { recipient } of [ADA, EVE]) {
      const keeper = new Keeper({ dir, keepDays: 90, recipients: [recipient], onError: t.fail })
      for (const msg of ['one', 'two']) keeper.seal(endedSegment(dir, logLine(NOON, msg)), 'size')
      await keeper.close()
    }
    const entries = await entriesOf(dir)
    const recipients = entries.flatMap((entry) => (entry.kind === 'recipients' ? [entry.to] : []))
    t.same(recipients, [[ADA.recipient], [EVE.recipient]])
    const paths = entries.flatMap((entry) => (entry.kind === 'segment' ? [join(dir, entry.path)] : []))
    for (const [i, path] of paths.entries()) {
      const [own, other] = i < 2 ? [ADA, EVE] : [EVE, ADA]
      await (await openSealed(path, [own.identity])).close()
      await t.rejects(openSealed(path, [other.identity]), { code: 'HUSHLOG_KEY' })
    }
    const lines: string[] = []
    for await (const { line } of readSegments(dir, { identities: [ADA.identity, EVE.identity] }))
      lines.push(line)
    t.equal(lines.length, 4)
    await t.rejects(readSegments(dir).next(), { code: 'HUSHLOG_KEY', message: /it is encrypted$/ })
  },
)

t.test(
  'sequences are checked by the ledger where segments are encrypted, and by the text with identities',
  async (t) => {
    const dir = logDirectory(t)
    const ledger = new Ledger(dir)
    const sealer = new Sealer({ ledger, recipients: [ADA.recipient] })
    const text = (number: number) => {
      const seq = number * 2 - 1
      const start = frameLine(stamp(NOON), { kind: 'segment-start', writer: 'w', number, seq })
      const end = {
        kind: 'segment-end',
        writer: 'w',
        number,
        seq: seq + 1,
        lines: 2,
        reason: 'size',
      } as const
      return `${start}${logLine(NOON).repeat(2)}${frameLine(stamp(NOON), end)}`
    }
    for (const number of [1, 2]) await sealer.seal(endedSegment(dir, text(number)), 'size')
    endedSegment(dir, text(3))
    t.match(await checkSequences(dir, { identities: [ADA.identity] }), { segments: 3, lines: 6, unread: [] })
    t.match(await checkSequences(dir), { segments: 3, lines: 6, unended: [] })
    const check = await checkSequences(dir)
    t.equal(check.unread.length, 2)
    await sealer.close()
  },
)
