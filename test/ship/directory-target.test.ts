/**
 * A directory as a target: real files, a real small disk where one can be mounted, and a process that is killed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import t from 'tap'
import { directoryFailure } from '../../lib/ship/directory-failure.ts'
import { DirectoryTarget } from '../../lib/ship/directory-target.ts'
import { ShipFailure } from '../../lib/ship/failure.ts'
import type { ShipObject } from '../../lib/ship/target.ts'
import { folder } from '../helpers.ts'
import { logDirectory, smallDisk, systemError } from '../store/helpers.ts'

const UPLOADS = '.hushlog-uploads'
const isRoot = process.getuid?.() === 0

const target = (path: string) => new DirectoryTarget({ option: '--to', path })
const sumOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

function objectOf(key: string, content: Uint8Array, more: Partial<ShipObject> = {}): ShipObject {
  const md5 = createHash('md5').update(content).digest('hex')
  const fixed = { type: 'application/gzip', lockUntil: Date.now(), open: () => Readable.from([content]) }
  return { key, sha256: sumOf(content), md5, bytes: content.length, ...fixed, ...more }
}

async function keysBelow(path: string, prefix = ''): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of target(path).list(prefix)) keys.push(key)
  return keys
}

t.test('what is put lies there whole, for its owner alone to read, and comes back', async (t) => {
  const path = folder(t)
  const content = randomBytes(3 << 20)
  const object = objectOf('service=shop/date=2026-11-24/host=web-1/a.log.gz', content)
  const there = target(path)
  t.equal(await there.find(object), undefined)
  t.same(await there.put(object), {})
  t.same(await there.find(object), {})
  t.same(readFileSync(join(path, object.key)), content)
  t.equal(lstatSync(join(path, object.key)).mode & 0o777, 0o400)
  for (const name of ['service=shop', 'service=shop/date=2026-11-24', UPLOADS])
    t.equal(lstatSync(join(path, name)).mode & 0o777, 0o700, name)
  t.same(readdirSync(join(path, UPLOADS)), [])
  t.same(await buffer(await there.get(object.key, object.sha256)), content)
  there.close()
})

t.test('what lies there already is kept, and never written over when it is something else', async (t) => {
  const path = folder(t)
  const object = objectOf('ledger/a', Buffer.from('right'))
  await target(path).put(object)
  const { ino } = lstatSync(join(path, object.key))
  const never = { open: () => Readable.from(['never read']) }
  t.same(await target(path).put({ ...object, ...never }), {})
  t.equal(lstatSync(join(path, object.key)).ino, ino)
  for (const other of ['wrong', 'longer than that']) {
    chmodSync(join(path, object.key), 0o600)
    writeFileSync(join(path, object.key), other)
    t.equal(await target(path).find(object), undefined)
    await t.rejects(target(path).put(object), {
      code: 'HUSHLOG_SHIP',
      scope: 'object',
      isPermanent: true,
      message: /"ledger\/a": something else lies there, and nothing is written over it$/,
    })
    t.equal(readFileSync(join(path, object.key), 'utf8'), other)
  }
})

t.test('a content that is not what its hash says is not stored, and not handed out', async (t) => {
  const path = folder(t)
  const changed = objectOf('a', Buffer.from('as it was'), { open: () => Readable.from(['as it is now']) })
  await t.rejects(target(path).put(changed), {
    scope: 'object',
    message: /what is to be shipped is not what it was/,
  })
  t.same(await keysBelow(path), [])
  t.same(readdirSync(join(path, UPLOADS)), [])
  writeFileSync(join(path, 'a'), 'of somebody else')
  await t.rejects(buffer(await target(path).get('a', changed.sha256)), {
    scope: 'object',
    message: /"a": is not what its name says$/,
  })
  await t.rejects(target(path).get('b', changed.sha256), { scope: 'object', message: /"b": is not there$/ })
})

t.test(
  'a source that fails and a signal leave nothing, and the other contents are not touched',
  async (t) => {
    const path = folder(t)
    const failing = { open: () => Readable.from(failingSource()) }
    await t.rejects(target(path).put(objectOf('a', Buffer.from('a'), failing)), {
      code: 'HUSHLOG_SHIP',
      scope: 'target',
    })
    const abort = new AbortController()
    const waiting = { open: () => new Readable({ read: () => abort.abort() }) }
    await t.rejects(target(path).put(objectOf('a', Buffer.from('a'), waiting), abort.signal), {
      code: 'HUSHLOG_SHIP',
      scope: 'object',
      message: /"a": cannot be done \(ABORT_ERR\)$/,
    })
    const late = objectOf('a', Buffer.from('a'))
    await t.rejects(target(path).put(late, AbortSignal.abort()), { code: 'HUSHLOG_SHIP', scope: 'object' })
    t.same(await keysBelow(path), [])
    t.same(readdirSync(join(path, UPLOADS)), [])
  },
)

async function* failingSource() {
  yield Buffer.from('half of it')
  throw systemError('EIO')
}

t.test('a process that is killed while it writes leaves nothing to be seen', async (t) => {
  const path = folder(t)
  const child = putInChild(path, 'service=shop/a.log.gz')
  await once(child.stdout as Readable, 'data')
  child.kill('SIGKILL')
  await once(child, 'close')
  t.same(await keysBelow(path), [])
  const [left] = readdirSync(join(path, UPLOADS))
  t.ok(left.endsWith('.tmp'))

  await target(path).check()
  t.same(readdirSync(join(path, UPLOADS)), [left], 'it may belong to one that runs')
  const old = Date.now() / 1000 - 86_500
  utimesSync(join(path, UPLOADS, left), old, old)
  await target(path).check()
  t.same(readdirSync(join(path, UPLOADS)), [])
})

function putInChild(path: string, key: string): ChildProcess {
  const file = fileURLToPath(new URL('./child-put.ts', import.meta.url))
  return spawn(process.execPath, [...process.execArgv, file, path, key], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

t.test('a directory that is not there is not made, and one that goes away is not filled', async (t) => {
  const path = join(folder(t), 'mounted')
  const object = objectOf('a/b', Buffer.from('content'))
  const missing = { scope: 'target', message: /mounted\/: is not there \(ENOENT\)$/, hint: /is it mounted/ }
  await t.rejects(target(path).check(), missing)
  await t.rejects(target(path).put(object), missing)
  await t.rejects(target(path).find(object), missing)
  await t.rejects(keysBelow(path), missing)
  t.notOk(existsSync(path))

  mkdirSync(path)
  const there = target(path)
  await there.check()
  renameSync(path, `${path}-elsewhere`)
  mkdirSync(path)
  await t.rejects(there.put(object), missing)
  t.same(readdirSync(path), [], 'an empty mount point stays empty')
  const gone = { scope: 'target', isPermanent: false, message: /what was shipped there before is gone$/ }
  await t.rejects(there.check(), gone, 'however often it is looked at')
  await t.rejects(target(path).check(90, true), gone, 'and by the next process, which knows that it was used')
  t.same(readdirSync(path), [])
  await target(path).check(90, false)
  t.same(readdirSync(path), [UPLOADS], 'one that was never used is begun')
})

t.test('a link, a file, and what lies in a log directory are refused', async (t) => {
  const path = folder(t)
  mkdirSync(join(path, 'real'))
  symlinkSync(join(path, 'real'), join(path, 'link'))
  writeFileSync(join(path, 'file'), '')
  await t.rejects(target(join(path, 'link')).check(), { scope: 'target', message: /it is a symbolic link/ })
  await t.rejects(target(join(path, 'file')).check(), { scope: 'target', message: /it is no directory/ })
  const logs = logDirectory(t)
  mkdirSync(join(logs, 'sealed', 'backup'))
  symlinkSync(join(logs, 'sealed'), join(path, 'elsewhere'))
  for (const inside of [logs, join(logs, 'sealed', 'backup'), join(path, 'elsewhere', 'backup')])
    await t.rejects(target(inside).check(), { scope: 'target', message: /it lies in a log directory/ })
})

t.test('no key leads out of the directory', async (t) => {
  const path = join(folder(t), 'target')
  mkdirSync(path)
  const content = Buffer.from('content')
  mkdirSync(join(path, '..', 'outside'))
  writeFileSync(join(path, '..', 'outside', 'a'), content)
  symlinkSync('../outside', join(path, 'link'))
  symlinkSync('../outside/a', join(path, 'a'))
  const keys = [
    '../outside/a',
    'b/../../outside/a',
    '/etc/hostname',
    '',
    'a//b',
    './a',
    'a\\b',
    'a\0',
    `${UPLOADS}/a`,
  ]
  for (const key of [...keys, 'link/a', 'link/new', 'a']) {
    const refused = { code: 'HUSHLOG_SHIP', scope: 'object', isPermanent: true }
    await t.rejects(target(path).get(key, sumOf(content)), refused, `get ${JSON.stringify(key)}`)
    await t.rejects(target(path).put(objectOf(key, content)), refused, `put ${JSON.stringify(key)}`)
  }
  t.same(await keysBelow(path), [], 'links are not followed')
  for (const prefix of ['../', '../outside/', 'link/', '/', './'])
    t.same(await keysBelow(path, prefix), [], prefix)
  t.same(readdirSync(join(path, '..', 'outside')), ['a'])
  mkdirSync(join(path, 'folder'))
  await t.rejects(target(path).find(objectOf('folder', content)), {
    scope: 'object',
    message: /it is no file/,
  })
  await t.rejects(target(path).put(objectOf('x'.repeat(300), content)), {
    message: /name is too long.*ENAMETOOLONG/,
  })
  writeFileSync(join(path, 'file'), content)
  await t.rejects(target(path).put(objectOf('file/a', content)), {
    scope: 'object',
    message: /file is no folder/,
  })
})

t.test('what cannot be read back as it was sent is not stored', async (t) => {
  const path = folder(t)
  await t.rejects(target(path).put(objectOf('a', Buffer.from('a'), { bytes: 2 })), {
    scope: 'object',
    message: /"a": what was read back is not what was written$/,
  })
  if (process.platform !== 'linux') return
  // The kernel itself lets nobody read the first page of a process.
  await t.rejects(target(`/proc/${process.pid}`).find(objectOf('mem', Buffer.alloc(0))), {
    scope: 'target',
    message: /the disk fails \(EIO\)$/,
  })
})

t.test('keys are listed in the order of their bytes, each once, below a prefix', async (t) => {
  const part = fc.stringMatching(/^[a-c.=é-]{1,3}$/).filter((text) => text !== '.' && text !== '..')
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.array(part, { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
      part,
      async (paths, prefix) => {
        const path = folder(t)
        const kept: string[] = []
        for (const parts of paths) {
          const key = parts.join('/')
          try {
            await target(path).put(objectOf(key, Buffer.from(key)))
            kept.push(key)
          } catch (error) {
            // One name cannot be a folder and a file at once.
            t.ok(error instanceof ShipFailure)
          }
        }
        const sorted = [...new Set(kept)].sort((a, b) => Buffer.from(a).compare(Buffer.from(b)))
        t.same(await keysBelow(path), sorted)
        for (const start of [prefix, `${prefix}/`, kept[0] ?? 'a'])
          t.same(
            await keysBelow(path, start),
            sorted.filter((key) => key.startsWith(start)),
          )
        rmSync(path, { recursive: true })
      },
    ),
    { numRuns: 25 },
  )
})

t.test('what the system says is told with whom it is about and what to do', async (t) => {
  const failure = (code: string) => directoryFailure('file:///mnt/', systemError(code), 'a/b')
  for (const code of ['ENOSPC', 'EDQUOT', 'ESTALE', 'EIO', 'ETIMEDOUT', 'ENOENT', 'EMFILE', 'ENFILE'])
    t.match(failure(code), { scope: 'target', isPermanent: false, hint: /./, message: `(${code})` })
  for (const code of ['EROFS', 'EACCES', 'EPERM'])
    t.match(failure(code), { scope: 'target', isPermanent: true, hint: /./ })
  t.match(failure('ENAMETOOLONG'), {
    scope: 'object',
    isPermanent: true,
    message: /^file:\/\/\/mnt\/: "a\/b": /,
  })
  t.match(failure('EWHATEVER'), {
    scope: 'object',
    isPermanent: false,
    message: /cannot be done \(EWHATEVER\)$/,
  })
  t.match(directoryFailure('file:///mnt/', new Error('what somebody said')), {
    message: /cannot be done \(Error\)$/,
  })
})

t.test('a directory that may not be written is refused', { skip: isRoot && 'root writes all' }, async (t) => {
  const path = folder(t)
  chmodSync(path, 0o500)
  await t.rejects(target(path).check(), { scope: 'target', message: /permission denied/ })
})

t.test('a disk that is full, or read-only, is told, and takes the rest when there is room', async (t) => {
  const disk = smallDisk(t)
  if ('skip' in disk) return t.pass(disk.skip)
  const there = target(disk.path)
  const small = objectOf('a', randomBytes(500_000))
  await there.put(small)
  const large = objectOf('b', randomBytes(900_000))
  await t.rejects(there.put(large), { scope: 'target', isPermanent: false, message: /full \(ENOSPC\)/ })
  t.same(await keysBelow(disk.path), ['a'])
  t.same(readdirSync(join(disk.path, UPLOADS)), [])
  rmSync(join(disk.path, 'a'))
  t.same(await there.put(large), {})
  t.equal(spawnSync('mount', ['-o', 'remount,ro', disk.path]).status, 0)
  await t.rejects(there.put(small), { scope: 'target', isPermanent: true, message: /read-only \(EROFS\)/ })
  t.same(await there.find(large), {}, 'and can still be read')
})
