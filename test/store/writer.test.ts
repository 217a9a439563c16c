import * as fs from 'node:fs'
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { mock } from 'node:test'
import fc from 'fast-check'
import t from 'tap'
import { prepareDirectory } from '../../lib/store/directory.ts'
import { adoptedName, parseSegmentName, thisWriter } from '../../lib/store/segment.ts'
import { KIND, type Kind } from '../../lib/types.ts'
import {
  batchOf,
  child,
  ended,
  logDirectory,
  openWriter,
  segmentTexts,
  smallDisk,
  systemError,
  until,
} from './helpers.ts'

const DAY = 86_400_000

/** A disk whose writes can be made to fail, or to take only some bytes. */
function brokenDisk() {
  const disk = {
    code: undefined as string | undefined,
    room: 0,
    truncates: true,
    syncs: 0,
    inFlight: 0,
    mostInFlight: 0,
    syncCode: undefined as string | undefined,
  }
  const writeSync = (fd: number, bytes: Uint8Array, offset: number, length: number) => {
    if (disk.code === undefined) return fs.writeSync(fd, bytes, offset, length)
    if (disk.room === 0) throw systemError(disk.code)
    const taken = fs.writeSync(fd, bytes, offset, Math.min(length, disk.room))
    disk.room -= taken
    return taken
  }
  const ftruncateSync = (fd: number, length: number) => {
    if (!disk.truncates) throw systemError('EIO')
    fs.ftruncateSync(fd, length)
  }
  const fdatasync = (fd: number, done: fs.NoParamCallback) => {
    disk.syncs++
    disk.mostInFlight = Math.max(disk.mostInFlight, ++disk.inFlight)
    fs.fdatasync(fd, (error) => {
      disk.inFlight--
      done(disk.syncCode === undefined ? error : systemError(disk.syncCode))
    })
  }
  return { disk, fs: { writeSync, ftruncateSync, fdatasync } }
}

function steppingClock() {
  const clock = {
    wall: Date.UTC(2026, 10, 24, 12),
    steady: 0,
    now: () => clock.wall,
    monotonic: () => clock.steady,
  }
  return clock
}

t.test('lines are in the file when append returns, and the file is ours alone', async (t) => {
  const dir = logDirectory(t)
  const { writer } = openWriter(t, dir)
  t.equal(writer.stats().segment, undefined, 'no file before the first line')
  const before = process.umask(0)
  writer.append(batchOf(['one', 'two']))
  process.umask(before)
  const { segment, written, state } = writer.stats()
  t.equal(readFileSync(segment!, 'utf8'), 'one\ntwo\n')
  t.equal(dirname(segment!), join(dir, 'open'))
  t.equal(parseSegmentName(basename(segment!))?.writer.pid, process.pid)
  t.equal(statSync(segment!).mode & 0o777, 0o600)
  t.same({ written, state }, { written: { lines: 2, bytes: 8 }, state: 'ok' })
})

t.test(
  'whatever batches come, segments hold all lines in order and only a lone line exceeds maxSize',
  async (t) => {
    const line = fc.string({ maxLength: 60 }).map((text) => text.replaceAll('\n', ' '))
    const batches = fc.array(
      fc.oneof(fc.array(line, { minLength: 1, maxLength: 12 }), fc.constant('rotate' as const)),
      { maxLength: 12 },
    )
    const property = fc.asyncProperty(batches, fc.integer({ min: 1, max: 200 }), async (batches, maxSize) => {
      const dir = logDirectory(t)
      const { writer, heard } = openWriter(t, dir, { maxSize })
      for (const batch of batches) batch === 'rotate' ? writer.rotate('age') : writer.append(batchOf(batch))
      await writer.close()
      const texts = segmentTexts(dir)
      const expected = batches
        .flatMap((batch) => (batch === 'rotate' ? [] : batch))
        .map((text) => `${text}\n`)
        .join('')
      const fitting = texts.every(
        (text) => Buffer.byteLength(text) <= maxSize || text.indexOf('\n') === text.length - 1,
      )
      return texts.join('') === expected && fitting && heard.sealable.length === texts.length
    })
    await t.resolves(fc.assert(property, { numRuns: 60 }))
  },
)

t.test('lines that fit together are written with one write', async (t) => {
  let writes = 0
  const writeSync = (fd: number, bytes: Uint8Array, offset: number, length: number) => {
    writes++
    return fs.writeSync(fd, bytes, offset, length)
  }
  const { writer } = openWriter(t, logDirectory(t), { maxSize: 100, fs: { writeSync } })
  writer.append(batchOf(Array.from({ length: 20 }, () => '123456789')))
  t.equal(writes, 2)
})

t.test(
  'a segment ends by size, by monotonic age and by UTC day in either direction, and no name comes back',
  async (t) => {
    const dir = logDirectory(t)
    const clock = steppingClock()
    const { writer, heard } = openWriter(t, dir, { clock, maxSize: 30, maxAge: 1000 })
    const steps: [string, () => void][] = [
      ['first', () => {}],
      ['by age', () => (clock.steady += 1000)],
      ['a day on', () => (clock.wall += DAY)],
      ['a day back', () => (clock.wall -= DAY)],
      ['hours on, no new day', () => (clock.wall += 3 * 3_600_000)],
      ['too long for what is there', () => {}],
    ]
    for (const [text, step] of steps) {
      step()
      writer.append(batchOf([text]))
    }
    t.same(
      segmentTexts(dir),
      steps.map(([text]) => `${text}\n`),
    )
    t.same(
      heard.sealable.map(({ reason }) => reason),
      ['age', 'day', 'day', 'size', 'size'],
    )
  },
)

t.test(
  'a segment whose path leads elsewhere is left, and one that was removed is written again, in a directory made anew',
  async (t) => {
    const dir = logDirectory(t)
    const clock = steppingClock()
    const { writer, heard } = openWriter(t, dir, { clock })
    writer.append(batchOf(['before']))
    const adopted = join(dir, 'adopted')
    renameSync(writer.stats().segment!, adopted)
    writer.append(batchOf(['at once']))
    clock.steady += 250
    writer.append(batchOf(['after']))
    t.equal(readFileSync(adopted, 'utf8'), 'before\nat once\n')
    t.same(segmentTexts(dir), ['after\n'])
    t.same(heard.sealable, [], 'what was adopted is not ours to seal')
    rmSync(dir, { recursive: true })
    writer.append(batchOf(['into the void']))
    clock.steady += 250
    writer.append(batchOf(['made again']))
    t.same(segmentTexts(dir), ['after\ninto the void\nmade again\n'])
    t.match(heard.errors, [{ code: 'HUSHLOG_REMOVED', message: /its 2 lines were written again$/ }])
    rmSync(dir, { recursive: true })
    await writer.sync()
    t.same(
      segmentTexts(dir),
      ['after\ninto the void\nmade again\n'],
      'sync does not vouch for what has no name',
    )
    t.equal(statSync(join(dir, 'open')).mode & 0o777, 0o700)
    t.equal(writer.stats().written.lines, 5)
  },
)

t.test('a segment that an adopter has taken and sealed is not written again', async (t) => {
  const dir = logDirectory(t)
  const clock = steppingClock()
  const { writer, heard } = openWriter(t, dir, { clock })
  writer.append(batchOf(['before']))
  const path = writer.stats().segment!
  const adopted = join(dir, 'open', adoptedName(parseSegmentName(basename(path))!, thisWriter()))
  renameSync(path, adopted)
  rmSync(adopted)
  clock.steady += 250
  writer.append(batchOf(['after']))
  t.same(segmentTexts(dir), ['after\n'])
  t.same([heard.errors, heard.sealable], [[], []])
  const { writer: other, heard: told } = openWriter(t, dir, {
    clock,
    fs: {
      readlinkSync: () => {
        throw systemError('ENOENT')
      },
    },
  })
  other.append(batchOf(['once']))
  rmSync(other.stats().segment!)
  clock.steady += 250
  other.append(batchOf(['more']))
  t.match(told.errors, [{ code: 'HUSHLOG_REMOVED' }], 'where nobody can tell, twice is better than never')
})

t.test(
  'every minute the lease is renewed, and a segment whose time has come ends although nobody writes',
  async (t) => {
    mock.timers.enable({ apis: ['setInterval'] })
    t.teardown(() => mock.timers.reset())
    const dir = logDirectory(t)
    const clock = steppingClock()
    const { writer, heard } = openWriter(t, dir, { clock, maxAge: 1000 })
    writer.append(batchOf(['line']))
    const path = writer.stats().segment!
    utimesSync(path, 1, 1)
    mock.timers.tick(60_000)
    t.equal(statSync(path).mtimeMs, clock.wall)
    t.equal(heard.sealable.length, 0)
    clock.steady += 1000
    mock.timers.tick(60_000)
    t.same(heard.sealable, [{ path, reason: 'age' }])
    mock.timers.tick(60_000)
    writer.append(batchOf(['another']))
    unlinkSync(writer.stats().segment!)
    mock.timers.tick(60_000)
    t.same(segmentTexts(dir), ['line\n', 'another\n'], 'a segment that is gone is written again')
  },
)

t.test('a short write is completed', async (t) => {
  const dir = logDirectory(t)
  const writeSync = (fd: number, bytes: Uint8Array, offset: number, length: number) =>
    fs.writeSync(fd, bytes, offset, Math.min(length, 3))
  const { writer } = openWriter(t, dir, { fs: { writeSync } })
  writer.append(batchOf(['a long line', 'another']))
  t.same(segmentTexts(dir), ['a long line\nanother\n'])
})

for (const { code, error } of [
  { code: 'ENOSPC', error: 'HUSHLOG_FULL' },
  { code: 'EDQUOT', error: 'HUSHLOG_FULL' },
  { code: 'EIO', error: 'HUSHLOG_WRITE' },
  { code: 'EROFS', error: 'HUSHLOG_WRITE' },
]) {
  t.test(
    `after ${code} in the middle of a line no line is torn or lost, and one error is told`,
    async (t) => {
      const dir = logDirectory(t)
      const broken = brokenDisk()
      const { writer, heard } = openWriter(t, dir, { fs: broken.fs })
      writer.append(batchOf(['zero']))
      Object.assign(broken.disk, { code, room: 7 })
      writer.append(batchOf(['one', 'two', 'three']))
      writer.append(batchOf(['four']))
      t.equal(segmentTexts(dir).join(''), 'zero\none\n', 'whole lines only')
      t.equal(writer.stats().waiting.lines, 3)
      t.equal(writer.stats().state, 'full')
      await t.rejects(writer.sync(), { code: error }, 'what waits is not on the disk')
      t.match(heard.errors, [{ code: error, message: new RegExp(`^cannot write ${dir}.*: ${code}`) }])
      t.equal(heard.errors.length, 1)
      broken.disk.code = undefined
      await until(() => writer.stats().state === 'ok')
      t.equal(segmentTexts(dir).join(''), 'zero\none\ntwo\nthree\nfour\n', 'it went on by itself')
      t.match(writer.stats(), {
        state: 'ok',
        written: { lines: 5, bytes: 24 },
        waiting: { lines: 0, bytes: 0 },
        lost: 0,
      })
      t.same(heard.gaps, [], 'nothing was lost, so no gap')
      await writer.sync()
      broken.disk.code = code
      writer.append(batchOf(['five']))
      t.equal(heard.errors.length, 2, 'after a recovery the next failure is told again')
      broken.disk.code = undefined
    },
  )
}

t.test('lines that wait are copies: the memory that they came in may be used again', async (t) => {
  const dir = logDirectory(t)
  const broken = brokenDisk()
  broken.disk.code = 'ENOSPC'
  const { writer } = openWriter(t, dir, { fs: broken.fs })
  const batch = batchOf(['first', 'second'])
  writer.append(batch)
  batch.bytes.fill(0x21)
  broken.disk.code = undefined
  await until(() => writer.stats().state === 'ok')
  t.same(segmentTexts(dir), ['first\nsecond\n'])
})

t.test('a part of a line that cannot be cut off ends its segment', async (t) => {
  const dir = logDirectory(t)
  const broken = brokenDisk()
  const { writer, heard } = openWriter(t, dir, { fs: broken.fs })
  Object.assign(broken.disk, { code: 'ENOSPC', room: 6, truncates: false })
  writer.append(batchOf(['one', 'two']))
  broken.disk.code = undefined
  writer.flushSync()
  t.same(segmentTexts(dir), ['one\ntw', 'two\n'])
  t.same(
    heard.sealable.map(({ reason }) => reason),
    ['error'],
  )
})

t.test('a file that cannot be opened is tried again', async (t) => {
  const dir = logDirectory(t)
  let code: string | undefined = 'EMFILE'
  const openSync = (path: string, flags: number, mode: number) => {
    if (code !== undefined) throw systemError(code)
    return fs.openSync(path, flags, mode)
  }
  const { writer, heard } = openWriter(t, dir, { fs: { openSync } })
  writer.append(batchOf(['line']))
  t.match(heard.errors, [{ code: 'HUSHLOG_WRITE', message: `cannot write ${join(dir, 'open')}: EMFILE` }])
  code = undefined
  writer.flushSync()
  t.same(segmentTexts(dir), ['line\n'])
})

t.test('when memory is full debug goes first and audit last, and one gap counts them by level', async (t) => {
  const dir = logDirectory(t)
  const broken = brokenDisk()
  const clock = steppingClock()
  const { writer, heard } = openWriter(t, dir, { clock, fs: broken.fs, maxWaiting: 50 })
  broken.disk.code = 'ENOSPC'
  const line = (text: string, level: number, kind: 0 | 2 = KIND.app) => ({
    text: text.padEnd(9, '.'),
    level,
    kind,
  })
  const first = clock.wall
  writer.append(
    batchOf([
      line('debug 1', 20),
      line('info 1', 30),
      line('trace', 10),
      line('audit 1', 10, KIND.audit),
      line('fatal', 60),
    ]),
  )
  t.equal(writer.stats().waiting.bytes, 50)
  writer.append(batchOf([line('info 2', 30), line('debug 2', 20), line('audit 2', 30, KIND.audit)]))
  clock.wall += 5
  writer.append(
    batchOf([
      line('audit 3', 30, KIND.audit),
      line('error', 50),
      line('audit 4', 30, KIND.audit),
      line('audit 5', 30, KIND.audit),
    ]),
  )
  writer.append(batchOf([line('audit 6', 30, KIND.audit), 'x'.repeat(60)]))
  t.equal(writer.stats().lost, 9)
  await t.rejects(writer.sync(), { code: 'HUSHLOG_FULL' })
  t.same(heard.gaps, [], 'not told while nothing can be written')
  broken.disk.code = undefined
  writer.flushSync()
  t.same(
    segmentTexts(dir)
      .join('')
      .match(/\w+ \d/g),
    ['audit 1', 'audit 2', 'audit 3', 'audit 4', 'audit 5'],
  )
  const levels = { 10: 1, 20: 2, 30: 3, 50: 1, 60: 1, audit: 1 }
  t.same(heard.gaps, [{ reason: 'disk full (ENOSPC)', count: 9, levels, first, last: first + 5 }])
})

t.test('a lost line makes sync reject even when the disk is back by then', async (t) => {
  const broken = brokenDisk()
  const { writer, heard } = openWriter(t, logDirectory(t), { fs: broken.fs, maxWaiting: 4 })
  broken.disk.code = 'ENOSPC'
  writer.append(batchOf(['too long to wait']))
  broken.disk.code = undefined
  await t.rejects(writer.sync(), { code: 'HUSHLOG_FULL' })
  t.equal(heard.gaps.length, 1)
  await t.resolves(writer.sync(), 'it was told, what comes after is another matter')
})

t.test(
  'the gap and the error may be logged by those who are told, and their faults do no harm',
  async (t) => {
    const dir = logDirectory(t)
    const broken = brokenDisk()
    const { writer } = openWriter(t, dir, {
      fs: broken.fs,
      maxWaiting: 12,
      onGap: ({ count }) => writer.append(batchOf([`gap of ${count}`])),
      onError: () => {
        writer.append(batchOf(['error']))
        throw new Error('from the program')
      },
    })
    broken.disk.code = 'ENOSPC'
    writer.append(batchOf(['first', 'second']))
    broken.disk.code = undefined
    writer.flushSync()
    t.same(segmentTexts(dir), ['first\nerror\ngap of 1\n'])
  },
)

t.test('block waits for room before it drops', async (t) => {
  const dir = logDirectory(t)
  const broken = brokenDisk()
  const clock = steppingClock()
  clock.monotonic = () => {
    if ((clock.steady += 10) > 1000) broken.disk.code = undefined
    return clock.steady
  }
  const { writer, heard } = openWriter(t, dir, { clock, fs: broken.fs, maxWaiting: 10, onFull: 'block' })
  broken.disk.code = 'ENOSPC'
  writer.append(batchOf(['12345678', '2', '3']))
  t.same(segmentTexts(dir), ['12345678\n2\n3\n'])
  t.same(heard.gaps, [])
})

t.test('block drops after five seconds of a call', async (t) => {
  const broken = brokenDisk()
  const clock = steppingClock()
  clock.monotonic = () => (clock.steady += 500)
  const { writer } = openWriter(t, logDirectory(t), { clock, fs: broken.fs, maxWaiting: 10, onFull: 'block' })
  broken.disk.code = 'ENOSPC'
  const start = clock.steady
  writer.append(batchOf(['12345678', '2', '3', '4']))
  t.equal(writer.stats().lost, 3)
  t.ok(clock.steady - start >= 5000)
  broken.disk.code = undefined
})

t.test('flushSync gives up after a second', async (t) => {
  const broken = brokenDisk()
  const { writer } = openWriter(t, logDirectory(t), { fs: broken.fs })
  broken.disk.code = 'ENOSPC'
  writer.append(batchOf(['line']))
  const start = performance.now()
  writer.flushSync()
  const took = performance.now() - start
  t.ok(took >= 1000 && took < 1500, `${took} ms`)
  t.equal(writer.stats().waiting.lines, 1)
  broken.disk.code = undefined
})

t.test(
  'calls of sync share at most one fdatasync at a time, and the last line is always covered',
  async (t) => {
    const broken = brokenDisk()
    const { writer } = openWriter(t, logDirectory(t), { fs: broken.fs })
    const calls: Promise<void>[] = []
    for (let turn = 0; turn < 20; turn++) {
      for (let i = 0; i < 20; i++) {
        writer.append(batchOf(['line']))
        calls.push(writer.sync())
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(calls)
    t.equal(broken.disk.mostInFlight, 1)
    t.ok(broken.disk.syncs <= 21, `${broken.disk.syncs} for 400 calls`)
    const before = broken.disk.syncs
    await writer.sync()
    t.equal(broken.disk.syncs, before, 'nothing new, nothing to force')
  },
)

t.test('sync covers segments that ended meanwhile, and hands their descriptors back', async (t) => {
  const dir = logDirectory(t)
  const broken = brokenDisk()
  const open = new Set<number>()
  const openSync = (path: string, flags: number, mode: number) => {
    const fd = fs.openSync(path, flags, mode)
    open.add(fd)
    return fd
  }
  const closeSync = (fd: number) => {
    fs.closeSync(fd)
    open.delete(fd)
  }
  const { writer, heard } = openWriter(t, dir, { maxSize: 1, fs: { ...broken.fs, openSync, closeSync } })
  writer.append(batchOf(Array.from({ length: 30 }, (_, i) => `line ${i}`)))
  t.equal(heard.sealable.length, 29)
  t.ok(open.size <= 9, `${open.size} descriptors after a burst of rotations`)
  const sync = writer.sync()
  writer.append(batchOf(['while it runs']))
  await sync
  await writer.sync()
  t.equal(open.size, 1)
})

t.test('a descriptor is never closed under a running fdatasync', async (t) => {
  const running = new Map<number, () => void>()
  const closed: number[] = []
  const fdatasync = (fd: number, done: (error: Error | null) => void) =>
    void running.set(fd, () => done(null))
  const closeSync = (fd: number) => {
    t.notOk(running.has(fd))
    closed.push(fd)
    fs.closeSync(fd)
  }
  const { writer } = openWriter(t, logDirectory(t), { maxSize: 1, fs: { fdatasync, closeSync } })
  const finish = () => {
    for (const [fd, done] of running) {
      running.delete(fd)
      done()
    }
  }
  writer.append(batchOf(['first']))
  const sync = writer.sync()
  await until(() => running.size > 0)
  const [first] = running.keys()
  writer.append(batchOf(Array.from({ length: 20 }, (_, i) => `${i}`)))
  t.ok(closed.length > 0 && !closed.includes(first))
  const timer = setInterval(finish, 1)
  t.teardown(() => clearInterval(timer))
  await sync
  await writer.close()
  t.ok(closed.includes(first))
})

t.test('a system that takes no bytes is a failure, not an endless loop', async (t) => {
  const { writer, heard } = openWriter(t, logDirectory(t), { fs: { writeSync: () => 0 } })
  writer.append(batchOf(['line']))
  t.match(heard.errors, [{ code: 'HUSHLOG_WRITE' }])
})

t.test('a failed fdatasync rejects, and nothing more goes into that file', async (t) => {
  const dir = logDirectory(t)
  const broken = brokenDisk()
  const { writer, heard } = openWriter(t, dir, { fs: broken.fs })
  writer.append(batchOf(['one']))
  broken.disk.syncCode = 'EIO'
  await t.rejects(writer.sync(), { code: 'HUSHLOG_SYNC', message: /cannot force .*: EIO/ })
  broken.disk.syncCode = undefined
  writer.append(batchOf(['two']))
  await writer.sync()
  t.same(segmentTexts(dir), ['one\n', 'two\n'])
  t.same(
    heard.sealable.map(({ reason }) => reason),
    ['error'],
  )
})

t.test('a segment that ended and cannot be forced to the disk is told, although nobody asked', async (t) => {
  const broken = brokenDisk()
  const { writer, heard } = openWriter(t, logDirectory(t), { fs: broken.fs })
  broken.disk.syncCode = 'EIO'
  writer.append(batchOf(['line']))
  writer.rotate('age')
  await until(() => heard.errors.length > 0)
  t.match(heard.errors, [{ code: 'HUSHLOG_SYNC' }])
  broken.disk.syncCode = undefined
})

t.test('faults of calls that only tidy up are survived', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const dir = logDirectory(t)
  const fault = () => {
    throw systemError('EIO')
  }
  const { writer, heard } = openWriter(t, dir, {
    maxSize: 1,
    fs: { futimesSync: fault, closeSync: fault, fdatasyncSync: fault },
  })
  writer.append(batchOf(Array.from({ length: 12 }, (_, i) => `${i}`)))
  mock.timers.tick(60_000)
  await writer.close()
  t.equal(segmentTexts(dir).length, 12)
  t.same(heard.errors, [])
})

t.test('lines that came and went do not count when room is made', async (t) => {
  const dir = logDirectory(t)
  const broken = brokenDisk()
  const { writer, heard } = openWriter(t, dir, { fs: broken.fs, maxWaiting: 6 })
  broken.disk.code = 'ENOSPC'
  const line = (text: string, level: number, kind: Kind = KIND.app) => ({ text, level, kind })
  writer.append(batchOf([line('a', 20), line('b', 20), line('c', 30)]))
  broken.disk.room = 4
  writer.flushSync()
  t.equal(writer.stats().waiting.lines, 1, 'two were written before the disk was full again')
  writer.append(batchOf([line('d', 20), line('e', 20), line('gap', 30, KIND.gap), line('f', 30)]))
  broken.disk.code = undefined
  writer.flushSync()
  t.equal(segmentTexts(dir).join(''), 'a\nb\nc\ngap\n', 'a gap record outranks debug')
  t.equal(heard.gaps[0].count, writer.stats().lost)
})

t.test('close hands the last segment on, and a late line opens another', async (t) => {
  const dir = logDirectory(t)
  const { writer, heard } = openWriter(t, dir)
  await writer.close()
  t.same(heard.sealable, [], 'nothing was opened, so nothing is sealed')
  writer.append(batchOf(['line']))
  const path = writer.stats().segment!
  await writer.close()
  t.same(heard.sealable, [{ path, reason: 'close' }])
  writer.append(batchOf(['late']))
  t.same(segmentTexts(dir), ['line\n', 'late\n'])
})

const disk = smallDisk(t)
t.test(
  'a disk that is really full loses only what memory cannot hold, and says so',
  'skip' in disk ? disk : {},
  async (t) => {
    if ('skip' in disk) return
    const dir = prepareDirectory(join(disk.path, 'logs'), { explicit: true })
    const { writer, heard } = openWriter(t, dir, { maxWaiting: 100_000 })
    writeFileSync(join(disk.path, 'filler'), Buffer.alloc(600_000))
    const line = (i: number) => `${i}`.padEnd(99, '.')
    for (let i = 0; i < 10_000; i += 10)
      writer.append(batchOf(Array.from({ length: 10 }, (_, j) => line(i + j))))
    t.same(
      heard.errors.map(({ code }) => code),
      ['HUSHLOG_FULL'],
    )
    const { lost, waiting } = writer.stats()
    t.ok(lost > 0 && waiting.bytes <= 100_000)
    unlinkSync(join(disk.path, 'filler'))
    await until(() => writer.stats().state === 'ok')
    t.equal(heard.gaps[0]?.count, lost)
    const numbers = segmentTexts(dir).join('').split('\n').slice(0, -1)
    t.equal(numbers.length, 10_000 - lost)
    t.same(
      numbers,
      numbers.map((_, i) => line(i)),
      'in order, none torn, the oldest kept',
    )
    mkdirSync(join(disk.path, 'proof'))
  },
)

t.test('a killed process loses nothing', async (t) => {
  const dir = logDirectory(t)
  const { signal } = await ended(child('child-writer.ts', 'kill', dir))
  t.equal(signal, 'SIGKILL')
  t.equal(segmentTexts(dir).join(''), Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join(''))
})

t.test('exit ends the program at the first failed write, after the error was told', async (t) => {
  const broken = brokenDisk()
  const exits = t.capture(process, 'exit', () => undefined as never)
  const { writer, heard } = openWriter(t, logDirectory(t), { fs: broken.fs, onFull: 'exit' })
  broken.disk.code = 'ENOSPC'
  writer.append(batchOf(['one']))
  writer.append(batchOf(['two']))
  t.same(
    exits().map(({ args }) => args),
    [[1]],
  )
  t.equal(heard.errors.length, 1)
  broken.disk.code = undefined
})
