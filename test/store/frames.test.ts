import * as fs from 'node:fs'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { mock } from 'node:test'
import t from 'tap'
import { prepareDirectory } from '../../lib/store/directory.ts'
import { type Frame, frameLine, parseFrame } from '../../lib/store/frames.ts'
import type { Gap } from '../../lib/types.ts'
import {
  batchOf,
  logDirectory,
  openWriter,
  segmentTexts,
  smallDisk,
  stamp,
  systemError,
  until,
} from './helpers.ts'

const START: Frame = { kind: 'segment-start', writer: 'host.boot.1.2.0.3', number: 1, seq: 1 }
const END: Frame = { ...START, kind: 'segment-end', seq: 7, lines: 7, reason: 'size' }

interface TestRecord {
  [name: string]: unknown
  segment: Frame
}

function records(text: string): TestRecord[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

t.test('the service is the line’s own, bounded, whatever else it holds', async (t) => {
  const serviceIn = (line: object) => parseFrame(JSON.stringify(line))?.service
  const line = { kind: 'segment-start', segment: { writer: 'x', number: 1, seq: 1, service: 'forged' } }
  t.equal(serviceIn({ ...line, service: 'shop' }), 'shop')
  t.equal(serviceIn({ ...line, service: 'é'.repeat(100) }), 'é'.repeat(64))
  t.equal(serviceIn({ ...line, service: `${'x'.repeat(63)}😀` }), `${'x'.repeat(63)}�`, 'no half a character')
  for (const service of [undefined, '', 7, null, ['shop'], { shop: 1 }])
    t.equal(serviceIn({ ...line, service }), undefined)
})

t.test('a frame is read back as it was written, and no other line passes for one', async (t) => {
  for (const frame of [START, END])
    t.same(parseFrame(frameLine(stamp(0), frame).toString()), { ...frame, service: 'test' })
  for (const line of [
    '{"kind":"segment-start"}',
    '{"kind":"segment-start","segment":{"writer":"x","number":1}}',
    '{"kind":"segment-end","segment":{"writer":"x","number":1,"seq":1}}',
    '{"kind":"segment-end","segment":{"writer":"x","number":1,"seq":1,"lines":1.5}}',
    '{"kind":"app","segment":{"writer":"x","number":1,"seq":1,"lines":1}}',
    '{"msg":"\\"kind\\":\\"segment-start\\""}',
    '"kind":"segment-start" and no JSON',
  ])
    t.equal(parseFrame(line), undefined, line)
})

t.test('every segment begins and ends with a record that numbers it and what stands in it', async (t) => {
  const dir = logDirectory(t)
  const { writer } = openWriter(t, dir, { stamp, maxSize: 700 })
  for (let i = 0; i < 6; i++) writer.append(batchOf([`{"i":${i},"pad":"${'x'.repeat(60)}"}`]))
  await writer.close()
  writer.append(batchOf(['{"i":6}']))
  const segments = segmentTexts(dir).map(records)
  t.ok(segments.length > 2)
  let seq = 0
  for (const [index, lines] of segments.entries()) {
    const isLast = index === segments.length - 1
    const inside = isLast ? lines.slice(1) : lines.slice(1, -1)
    t.match(lines[0], {
      level: 30,
      time: /^\d{4}-\d\d-\d\dT/,
      operation: 'process',
      reqId: 'r',
      kind: 'segment-start',
      segment: { writer: /^test\.[0-9a-f]+\.\d+\.\d+\.\d+\.\d+(\+\d+)?$/, number: index + 1, seq: seq + 1 },
    })
    t.same(
      inside.map(({ i }) => i),
      inside.map((_, i) => seq + i),
    )
    seq += inside.length
    if (isLast) continue
    const reason = index === segments.length - 2 ? 'close' : 'size'
    t.match(lines.at(-1), {
      kind: 'segment-end',
      segment: { number: index + 1, seq, lines: inside.length, reason },
    })
  }
  t.ok(
    segmentTexts(dir).every((text, i) => text.length <= 700 || segments[i].length === 3),
    'no segment exceeds maxSize but by a lone line',
  )
  t.match(writer.stats().written, { lines: 7 }, 'frames do not count')
})

t.test('two writers of a thread number their segments under names of their own', async (t) => {
  const dir = logDirectory(t)
  for (const text of ['a', 'b']) openWriter(t, dir, { stamp }).writer.append(batchOf([`{"msg":"${text}"}`]))
  const writers = segmentTexts(dir).map((text) => records(text)[0].segment)
  t.equal(new Set(writers.map(({ writer }) => writer)).size, 2)
  t.same(
    writers.map(({ number, seq }) => [number, seq]),
    [
      [1, 1],
      [1, 1],
    ],
  )
})

t.test(
  'a first line that the disk takes only a part of is written anew, and the number is not used up',
  async (t) => {
    const dir = logDirectory(t)
    let room = 40
    const writeSync = (fd: number, bytes: Uint8Array, offset: number, length: number) => {
      if (room === 0) throw systemError('ENOSPC')
      const written = fs.writeSync(fd, bytes, offset, Math.min(length, room))
      room -= written
      return written
    }
    const { writer, heard } = openWriter(t, dir, { stamp, fs: { writeSync, statfsSync: noStatfs } })
    writer.append(batchOf(['{"msg":"one"}']))
    t.same(segmentTexts(dir), [''])
    t.match(heard.errors, [{ code: 'HUSHLOG_FULL' }])
    room = 400
    writer.flushSync()
    t.match(records(segmentTexts(dir)[0]), [{ segment: { number: 1, seq: 1 } }, { msg: 'one' }])
    room = 10
    await writer.close()
    t.match(
      records(segmentTexts(dir)[0]),
      [{}, { msg: 'one' }],
      'a last line that does not fit is left out whole',
    )
  },
)

function noStatfs(): never {
  throw systemError('ENOSYS')
}

t.test(
  'a disk with little room is told once, and well again only when half as much more is free',
  async (t) => {
    mock.timers.enable({ apis: ['setInterval'] })
    t.teardown(() => mock.timers.reset())
    let free = 1000
    const statfsSync = () => ({ bavail: free, bsize: 1000 })
    const { writer, heard } = openWriter(t, logDirectory(t), { stamp, maxSize: 400_000, fs: { statfsSync } })
    const stateAt = (blocks: number) => {
      free = blocks
      mock.timers.tick(60_000)
      return writer.stats().state
    }
    writer.append(batchOf(['{"msg":"one"}']))
    t.equal(writer.stats().state, 'ok')
    t.same([800, 799, 1199, 700, 1200, 801, 799].map(stateAt), ['ok', 'low', 'low', 'low', 'ok', 'ok', 'low'])
    t.match(heard.errors, [
      { code: 'HUSHLOG_LOW', message: /^the disk of .* is nearly full: 799000 bytes are free$/ },
      { code: 'HUSHLOG_LOW' },
    ])
    t.equal(heard.errors.length, 2)
  },
)

t.test('the room that is held back has no name, and a writer that closes gives it back', async (t) => {
  const dir = logDirectory(t)
  const open = new Map<number, string>()
  const openSync = (path: string, flags: number, mode: number) => {
    const fd = fs.openSync(path, flags, mode)
    open.set(fd, basename(path))
    return fd
  }
  const closeSync = (fd: number) => {
    open.delete(fd)
    fs.closeSync(fd)
  }
  const { writer } = openWriter(t, dir, { stamp, fs: { openSync, closeSync } })
  writer.append(batchOf(['{"msg":"one"}']))
  t.equal(readdirSync(join(dir, 'open')).length, 1)
  const [[fd, name]] = [...open].filter(([, name]) => name.startsWith('.reserve'))
  const { size, blocks, mode, nlink } = fs.fstatSync(fd)
  t.match(
    { name, size, mode: mode & 0o777, nlink },
    { name: /^\.reserve-/, size: 65536, mode: 0o600, nlink: 0 },
  )
  t.ok(blocks * 512 >= 65536, 'not a hole')
  await writer.close()
  t.equal(open.size, 0)
  t.match(readdirSync(join(dir, 'open')), [/\.log$/])
})

const disk = smallDisk(t)
t.test(
  'a full disk says so at once, and when the process ends on it, what is lost',
  'skip' in disk ? disk : {},
  async (t) => {
    if ('skip' in disk) return
    const dir = prepareDirectory(join(disk.path, 'logs'), { explicit: true })
    const { writer, heard } = openWriter(t, dir, { stamp, maxWaiting: 50_000 })
    writer.append(batchOf(['{"msg":"first"}']))
    try {
      for (;;) fs.appendFileSync(join(disk.path, 'filler'), Buffer.alloc(4096))
    } catch (error) {
      t.match(error, { code: 'ENOSPC' })
    }
    const line = `{"pad":"${'x'.repeat(100)}"}`
    for (let i = 0; i < 1000; i++) writer.append(batchOf([line, line]))
    t.equal(records(segmentTexts(dir)[0]).filter(({ kind }) => kind === 'disk').length, 1)
    t.match(heard.errors, [{ code: 'HUSHLOG_LOW' }, { code: 'HUSHLOG_FULL' }])
    const { lost, waiting, written } = writer.stats()
    t.ok(waiting.lines > 100 && lost > 100)
    const gap = writer.giveUp() as Gap
    t.match(gap, {
      count: lost + waiting.lines,
      reason: /^disk full \(ENOSPC\)/,
      levels: { 30: lost + waiting.lines },
    })
    const last = records(segmentTexts(dir)[0]).at(-1)
    t.match(last, { level: 50, kind: 'gap', count: gap.count, levels: gap.levels, operation: 'process' })
    t.match(writer.stats(), {
      lost: gap.count,
      lostByLevel: gap.levels,
      lastGap: gap,
      waiting: { lines: 0, bytes: 0 },
    })
    t.equal(writer.stats().written.lines + gap.count, 2001 + 2, 'every line, and two records of our own')
    t.ok(written.lines < 2001)
    t.equal(writer.giveUp(), undefined, 'told once')
  },
)

t.test('a step of the wall clock is told, drift and passing time are not', async (t) => {
  const clock = {
    wall: Date.UTC(2026, 10, 24, 12),
    steady: 0,
    now: () => clock.wall,
    monotonic: () => clock.steady,
  }
  const steps: number[] = []
  const { writer } = openWriter(t, logDirectory(t), { clock, onClockStep: ({ step }) => steps.push(step) })
  const pass = (wall: number, steady: number) => {
    clock.wall += wall
    clock.steady += steady
    writer.append(batchOf(['line']))
  }
  pass(0, 0)
  pass(3_600_000, 3_600_000)
  pass(3_000, 1_000)
  t.same(steps, [])
  pass(3_001, 1_000)
  pass(-3 * 3_600_000, 0)
  pass(1_000, 3_001)
  pass(365 * 86_400_000, 10.5)
  t.same(steps, [2_001, -3 * 3_600_000, -2_001, 365 * 86_400_000 - 10])
})

t.test(
  'a directory that stands in the place of ours is checked before anything is written there',
  async (t) => {
    const dir = logDirectory(t)
    const { writer, heard } = openWriter(t, dir, { stamp })
    writer.append(batchOf(['{"msg":"one"}']))
    fs.renameSync(dir, `${dir}.old`)
    fs.mkdirSync(join(dir, 'open'), { recursive: true })
    fs.chmodSync(join(dir, 'open'), 0o777)
    writer.rotate('age')
    writer.append(batchOf(['{"msg":"two"}']))
    t.same(readdirSync(join(dir, 'open')), [])
    t.match(heard.errors.at(-1), {
      code: 'HUSHLOG_WRITE',
      message: /open has mode 0777; it takes a directory of our own/,
    })
    fs.chmodSync(join(dir, 'open'), 0o700)
    await until(() => writer.stats().state !== 'full')
    t.match(records(segmentTexts(dir)[0]), [{ segment: { number: 2, seq: 2 } }, { msg: 'two' }])
    t.match(records(segmentTexts(`${dir}.old`)[0]), [{}, { msg: 'one' }])
  },
)

t.test('who may no longer look at the path writes on: what it holds open is still there', async (t) => {
  const dir = logDirectory(t)
  let code: string | undefined
  const lstatSync = (path: string) => {
    if (code !== undefined) throw systemError(code)
    return fs.lstatSync(path)
  }
  const { writer, heard } = openWriter(t, dir, { fs: { lstatSync } })
  writer.append(batchOf(['one']))
  code = 'EACCES'
  await writer.sync()
  writer.append(batchOf(['two']))
  t.same(segmentTexts(dir), ['one\ntwo\n'])
  code = 'ENOENT'
  await writer.sync()
  code = undefined
  writer.append(batchOf(['three']))
  t.same(segmentTexts(dir), ['one\ntwo\n', 'three\n'], 'a path that leads nowhere is not ours')
  t.same(heard.errors, [])
})

t.test('what was removed and cannot be written again now waits, and is written when it can be', async (t) => {
  const dir = logDirectory(t)
  let code: string | undefined
  const readSync = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) => {
    if (code !== undefined) throw systemError(code)
    return fs.readSync(fd, bytes, offset, length, position)
  }
  const { writer, heard } = openWriter(t, dir, { stamp, fs: { readSync } })
  writer.append(batchOf(['{"msg":"one"}']))
  fs.unlinkSync(writer.stats().segment as string)
  code = 'EIO'
  await t.rejects(writer.sync(), {
    code: 'HUSHLOG_WRITE',
    message: /cannot write again what was removed from .*: EIO/,
  })
  t.same(readdirSync(join(dir, 'open')), [], 'nothing half copied is left')
  await new Promise((resolve) => setTimeout(resolve, 260))
  writer.append(batchOf(['{"msg":"two"}']))
  t.equal(writer.stats().state, 'full')
  code = undefined
  await until(() => writer.stats().state !== 'full')
  t.match(records(segmentTexts(dir)[0]), [{ segment: { number: 1 } }, { msg: 'one' }, { msg: 'two' }])
  t.ok(heard.errors.some(({ code }) => code === 'HUSHLOG_REMOVED'))
})

t.test(
  'a segment that was adopted and sealed while its writer stood still is not written again',
  async (t) => {
    const dir = logDirectory(t)
    const { writer, heard } = openWriter(t, dir, { stamp })
    writer.append(batchOf(['{"msg":"one"}']))
    const path = writer.stats().segment as string
    const day = join(dir, 'sealed', ...new Date().toISOString().slice(0, 10).split('-'))
    fs.mkdirSync(day, { recursive: true })
    fs.copyFileSync(path, join(day, `${basename(path)}.gz`))
    fs.unlinkSync(path)
    await writer.sync()
    writer.append(batchOf(['{"msg":"two"}']))
    t.match(records(segmentTexts(dir)[0]), [{ segment: { number: 2, seq: 2 } }, { msg: 'two' }])
    t.equal(segmentTexts(dir).length, 1)
    t.same(heard.errors, [])
  },
)

t.test('small lines are bounded in number too, since each costs more than its bytes', async (t) => {
  const writeSync = () => {
    throw systemError('EIO')
  }
  const { writer } = openWriter(t, logDirectory(t), { fs: { writeSync }, maxWaiting: 1 << 20 })
  for (let i = 0; i < 100; i++) writer.append(batchOf(Array.from({ length: 100 }, () => 'x')))
  t.match(writer.stats(), { waiting: { lines: 4096, bytes: 8192 }, lost: 10_000 - 4096 })
})
