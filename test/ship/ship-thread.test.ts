import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import type { HushlogError } from '../../lib/errors.ts'
import hushlog from '../../lib/hushlog.ts'
import { Keeper } from '../../lib/keep/keeper.ts'
import { verify } from '../../lib/keep/verify.ts'
import { ShipThread } from '../../lib/ship/ship-thread.ts'
import { thisWriter } from '../../lib/store/segment.ts'
import { folder } from '../helpers.ts'
import { endedSegment, entriesOf, kinds, logLine, NOON } from '../keep/helpers.ts'
import { logDirectory } from '../store/helpers.ts'

const dead = { ...thisWriter('web-1'), pid: 2 ** 30 }

function backupFolder(t: Test): string {
  const path = join(folder(t), 'backup')
  mkdirSync(path, { mode: 0o700 })
  return path
}

function filesIn(path: string): string[] {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.log.gz'))
}

async function seal(dir: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) endedSegment(dir, logLine(NOON + i), dead)
  const keeper = new Keeper({ dir, keepDays: 90, onError: () => {} })
  await keeper.start()
  await keeper.close()
}

function openThread(t: Test, dir: string, path: string, Kind = ShipThread) {
  const errors: HushlogError[] = []
  const shipping = new Kind({
    dir,
    targets: [{ kind: 'directory', option: 'ship.directory', path }],
    keepDays: 90,
    maxConcurrency: 2,
    maxBandwidth: undefined,
    onError: (error) => errors.push(error),
  })
  t.teardown(() => shipping.close())
  return { shipping, errors }
}

t.test('what a logger seals lies in the other directory when it is closed', async (t) => {
  const [dir, path] = [logDirectory(t), backupFolder(t)]
  const log = hushlog({
    service: 'shop',
    stdout: false,
    storage: { dir, maxSize: 2000 },
    ship: { directory: path },
  })
  for (let i = 0; i < 40; i++) log.info('a line of some length, so that segments end now and then')
  await log.close()
  const entries = await entriesOf(dir)
  const segments = entries.filter(({ kind }) => kind === 'segment')
  t.ok(segments.length > 1)
  t.equal(entries.filter(({ kind }) => kind === 'shipped').length, segments.length)
  t.same(filesIn(path).length, segments.length)
  t.ok(filesIn(path).every((file) => file.startsWith('service=shop/date=')))
  t.match(log.stats().ship, {
    targets: [
      { target: `file://${path}/`, waiting: { segments: 0 }, shipped: { segments: segments.length } },
    ],
  })
  t.same((await verify({ dir })).problems, [])
})

t.test('a thread that dies is told, and another ships what is left', async (t) => {
  const [dir, path] = [logDirectory(t), backupFolder(t)]
  await seal(dir, 2)
  const workers: Worker[] = []
  const { ShipThread: Spied } = (await t.mockImport('../../lib/ship/ship-thread.ts', {
    '../../lib/keep/thread.ts': {
      startThread(_here: string, place: string, name: string) {
        const worker = new Worker(new URL(`../../lib/${place}/${name}.ts`, import.meta.url), {
          execArgv: process.execArgv,
        })
        workers.push(worker)
        return worker
      },
    },
  })) as { ShipThread: typeof ShipThread }
  const { shipping, errors } = openThread(t, dir, path, Spied)
  shipping.start()
  await workers[0].terminate()
  await until(() => workers.length === 2)
  t.match(errors, [{ code: 'HUSHLOG_SHIP', message: /^the thread that ships from .* ended with code \d$/ }])
  await until(() => filesIn(path).length === 2)
  await shipping.close()
  t.equal(shipping.stats()[0].shipped.segments, 2)
})

t.test('without a thread it ships all the same', async (t) => {
  const [dir, path] = [logDirectory(t), backupFolder(t)]
  await seal(dir, 2)
  const { ShipThread: Bundled } = (await t.mockImport('../../lib/ship/ship-thread.ts', {
    '../../lib/keep/thread.ts': { startThread: () => undefined },
  })) as { ShipThread: typeof ShipThread }
  const { shipping, errors } = openThread(t, dir, path, Bundled)
  shipping.start()
  await until(() => filesIn(path).length === 2)
  await shipping.close()
  t.match(shipping.stats(), [{ waiting: { segments: 0 }, shipped: { segments: 2 } }])
  t.same(errors, [])
})

t.test('a target that is not there is told with a hint, and close does not wait for it', async (t) => {
  const [dir, path] = [logDirectory(t), join(folder(t), 'not-mounted')]
  await seal(dir, 1)
  const { shipping, errors } = openThread(t, dir, path)
  shipping.start()
  await until(() => errors.length > 0)
  t.match(errors, [{ code: 'HUSHLOG_SHIP', message: /not-mounted/, hint: /.+/ }])
  const start = performance.now()
  await shipping.close()
  t.ok(performance.now() - start < 8000)
  t.equal(existsSync(path), false, 'it is not made: what should be mounted there is not')
  t.same(kinds(await entriesOf(dir)).includes('shipped'), false)
})

t.test('a program ends by itself while something waits for its target', async (t) => {
  const [dir, path] = [logDirectory(t), join(folder(t), 'not-mounted')]
  // As it is built: from its sources no thread could be started there.
  const url = new URL('../../dist/index.js', import.meta.url).href
  const program = `
    const { hushlog } = await import(${JSON.stringify(url)})
    const log = hushlog({ service: 'shop', stdout: false, storage: { dir: ${JSON.stringify(dir)} }, ship: { directory: ${JSON.stringify(path)} } })
    log.info('hello')`
  const args = ['--input-type=module', '--eval', program]
  const env = { ...process.env, NODE_OPTIONS: '' }
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000, env })
  t.equal(status, 0)
  t.match(stderr, /lines go to/)
})

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 300 && !isSo(); i++) await sleep(50)
}
