import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { cutTornTail, findAbandoned, LEASE } from '../../lib/store/recovery.ts'
import {
  adoptedName,
  parseSegmentName,
  segmentName,
  thisWriter,
  type Writer,
} from '../../lib/store/segment.ts'
import { batchOf, child, ended, logDirectory, openWriter } from './helpers.ts'

const me = thisWriter()
const dead: Writer = { ...me, pid: 2 ** 30 }
const elsewhere: Writer = { ...me, boot: 'aaaaaaaaaaaa' }

function leave(dir: string, writer: Writer, counter: number, text = 'line\n'): string {
  const path = join(dir, 'open', segmentName(writer, Date.now(), counter))
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

t.test('segments of dead writers are adopted once, those of living ones are left', async (t) => {
  const dir = logDirectory(t)
  const left = leave(dir, dead, 1)
  leave(dir, { ...me, tid: me.tid + 1 }, 2)
  const { writer } = openWriter(t, dir)
  writer.append(batchOf(['alive']))
  const found = findAbandoned(dir)
  t.same(
    found.map(({ identity }) => identity.name),
    [basename(left, '.log')],
  )
  t.match(found, [{ identity: { writer: dead, adopter: { pid: process.pid } } }])
  t.equal(readFileSync(found[0].path, 'utf8'), 'line\n')
  t.equal(readdirSync(join(dir, 'open')).length, 3)
  t.same(
    findAbandoned(dir).map(({ path }) => path),
    [found[0].path],
    'what we adopted and did not finish is ours still',
  )
})

t.test('a writer that cannot be judged keeps its segment for as long as it touches it', async (t) => {
  const dir = logDirectory(t)
  const path = leave(dir, elsewhere, 1)
  const touched = Math.floor(Date.now() / 1000) * 1000 - LEASE
  utimesSync(path, touched / 1000, touched / 1000)
  t.same(findAbandoned(dir, touched + LEASE), [])
  t.same(findAbandoned(dir, touched - LEASE), [], 'a clock that went back ends no lease')
  const [found] = findAbandoned(dir, touched + LEASE + 1000)
  t.equal(statSync(found.path).mtimeMs, touched + LEASE + 1000, 'the adopter has a lease of its own')
})

t.test('a segment whose adopter died is adopted again, one whose adopter lives is not', async (t) => {
  const dir = logDirectory(t)
  const identity = parseSegmentName(segmentName(dead, Date.now(), 1))!
  writeFileSync(join(dir, 'open', adoptedName(identity, { ...dead, pid: dead.pid - 1 })), 'line\n')
  const other = parseSegmentName(segmentName(dead, Date.now(), 2))!
  writeFileSync(join(dir, 'open', adoptedName(other, { ...me, tid: me.tid + 1 })), 'line\n')
  t.match(findAbandoned(dir), [{ identity: { name: identity.name, adopter: { pid: process.pid } } }])
})

t.test('a file that comes later under the name of a segment replaces none and is not taken', async (t) => {
  const dir = logDirectory(t)
  const folder = join(dir, 'open')
  const left = leave(dir, dead, 1, 'first\n')
  const [found] = findAbandoned(dir)
  await sleep(20)
  writeFileSync(left, 'second\n')
  const paths = findAbandoned(dir).map(({ path }) => path)
  t.same(paths, [found.path], 'the first waits, adopted, for another try')
  t.equal(readFileSync(found.path, 'utf8'), 'first\n')
  t.equal(readFileSync(left, 'utf8'), 'second\n')

  const other = leave(dir, dead, 2, 'first\n')
  const identity = parseSegmentName(basename(other))!
  const squatted = join(folder, adoptedName(identity, me))
  await sleep(20)
  writeFileSync(squatted, 'second\n')
  const second = findAbandoned(dir).find(({ identity: { counter } }) => counter === 2)
  t.equal(second?.path, other, 'where its new name is taken it keeps its own')
  t.same([readFileSync(other, 'utf8'), readFileSync(squatted, 'utf8')], ['first\n', 'second\n'])
  rmSync(squatted)
  symlinkSync('nowhere', join(folder, adoptedName(identity, { ...dead, pid: dead.pid - 1 })))
  t.equal(findAbandoned(dir).filter(({ identity: { counter } }) => counter === 2).length, 1)
})

t.test('links, pipes, folders and foreign names in open/ are left alone', async (t) => {
  const dir = logDirectory(t)
  const name = (counter: number) => join(dir, 'open', segmentName(dead, Date.now(), counter))
  writeFileSync(join(dir, 'secret'), 'half a line')
  symlinkSync(join(dir, 'secret'), name(1))
  linkSync(join(dir, 'secret'), name(2))
  mkdirSync(name(3))
  spawnSync('mkfifo', [name(4)])
  writeFileSync(join(dir, 'open', 'app.log'), 'half a line')
  const before = readdirSync(join(dir, 'open'))
  t.same(findAbandoned(dir), [])
  t.same(readdirSync(join(dir, 'open')), before)
  for (const counter of [1, 2, 3, 4]) t.equal(cutTornTail(dir, name(counter), 'x'), undefined)
  t.equal(readFileSync(join(dir, 'secret'), 'utf8'), 'half a line')
  t.same(readdirSync(join(dir, 'torn')), [])
})

t.test('a torn tail of any length goes to torn/, and whole lines stay', async (t) => {
  const dir = logDirectory(t)
  const sizes = fc.oneof(fc.nat(100), fc.constantFrom(65_535, 65_536, 65_537, 200_000))
  const property = fc.property(sizes, sizes, (whole, torn) => {
    const head = Buffer.alloc(whole, 'a\n')
    if (whole > 0) head[whole - 1] = 0x0a
    const path = leave(dir, dead, 1, `${head}${'x'.repeat(torn)}`)
    const cut = cutTornTail(dir, path, 'name')
    const kept = readFileSync(path).equals(head)
    if (torn === 0) return kept && cut === undefined
    const tail = join(dir, 'torn', 'name.tail')
    return (
      kept &&
      cut?.bytes === torn &&
      readFileSync(tail, 'utf8') === 'x'.repeat(torn) &&
      (statSync(tail).mode & 0o777) === 0o600
    )
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 40 }))
})

t.test('of two that adopt at once, the second gets nothing, and other faults are told', async (t) => {
  const dir = logDirectory(t)
  let code = 'ENOENT'
  const renameSync = () => {
    throw Object.assign(new Error(code), { code })
  }
  const mocked = await t.mockImport<typeof import('../../lib/store/recovery.ts')>(
    '../../lib/store/recovery.ts',
    { 'node:fs': { ...fs, renameSync } },
  )
  const path = leave(dir, dead, 1)
  t.same(mocked.findAbandoned(dir), [])
  code = 'EACCES'
  t.throws(() => mocked.findAbandoned(dir), { code })
  writeFileSync(path, 'half')
  rmSync(join(dir, 'torn'), { recursive: true })
  t.throws(() => cutTornTail(dir, path, 'name'), { code: 'ENOENT' }, 'a tail that cannot be kept is not cut')
  t.equal(readFileSync(path, 'utf8'), 'half')
})

t.test('a fault of the system is not taken for a foreign file', async (t) => {
  const dir = logDirectory(t)
  t.throws(() => cutTornTail(dir, join(dir, 'x'.repeat(300)), 'name'), { code: 'ENAMETOOLONG' })
})

t.test('where directories cannot be synced a tail is cut all the same', async (t) => {
  const dir = logDirectory(t)
  const { restore } = t.intercept(process, 'platform', { value: 'win32' })
  t.equal(cutTornTail(dir, leave(dir, dead, 1, 'half'), 'name')?.bytes, 4)
  restore()
})

t.test('a process that was killed in the middle of a line leaves its whole lines', async (t) => {
  const dir = logDirectory(t)
  const { signal } = await ended(child('child-writer.ts', 'tear', dir))
  t.equal(signal, 'SIGKILL')
  const found = findAbandoned(dir)
  const cuts = found.flatMap(({ path, identity }) => cutTornTail(dir, path, identity.name) ?? [])
  t.same(
    cuts.map(({ bytes }) => bytes),
    [9],
  )
  t.equal(readFileSync(join(dir, 'torn', `${cuts[0].name}.tail`), 'utf8'), 'half a li')
  const lines = found.map(({ path }) => readFileSync(path, 'utf8')).join('')
  t.equal(lines, Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join(''))
})
