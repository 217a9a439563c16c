import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import {
  appendFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import * as fsPromises from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { checkChain, Ledger, type LedgerEntry, type SegmentFact } from '../../lib/keep/ledger.ts'
import { LineCounter } from '../../lib/keep/line-counter.ts'
import { seal } from '../../lib/keep/seal.ts'
import { type Frame, frameLine } from '../../lib/store/frames.ts'
import { logDirectory, stamp, systemError } from '../store/helpers.ts'
import { endedSegment, entriesOf, kinds, logLine, NOON } from './helpers.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

t.test(
  'a segment is compressed, moved to the day of its last line, listed, and its plaintext removed',
  async (t) => {
    const dir = logDirectory(t)
    const lines = [
      logLine(NOON),
      'no time in this one\n',
      logLine(NOON + 86_400_000, '"time":"2001-01-01T00:00:00.000Z"'),
    ]
    const text = lines.join('')
    const path = endedSegment(dir, text)
    const name = basename(path, '.log')
    t.equal(await seal(new Ledger(dir), path, 'size'), 'listed')

    const sealed = join(dir, 'sealed', '2026', '11', '25', `${name}.log.gz`)
    const bytes = readFileSync(sealed)
    t.equal(gunzipSync(bytes).toString(), text)
    t.equal(statSync(sealed).mode & 0o777, 0o400)
    t.equal(statSync(join(dir, 'sealed', '2026')).mode & 0o777, 0o700)
    t.notOk(existsSync(path))
    t.same(readdirSync(join(dir, 'sealed')), ['2026'], 'nothing temporary is left')
    t.match((await entriesOf(dir))[1], {
      kind: 'segment',
      name,
      path: `sealed/2026/11/25/${name}.log.gz`,
      sha256: sha256(bytes),
      plainSha256: sha256(Buffer.from(text)),
      bytes: text.length,
      sealedBytes: bytes.length,
      lines: 3,
      first: '2026-11-24T12:00:00.000Z',
      last: '2026-11-25T12:00:00.000Z',
      writer: name.split('.').slice(0, -2).join('.'),
      reason: 'size',
    })
  },
)

t.test(
  'broken off at any step and begun again, a segment is listed once and its plaintext is gone',
  async (t) => {
    let left = 0
    const failing = <F>(fn: F): F =>
      ((...args: unknown[]) => {
        if (left-- === 0) throw systemError('EIO')
        return (fn as (...args: unknown[]) => unknown)(...args)
      }) as F
    const { open, chmod, lstat, readdir, stat, rm } = fsPromises
    const mocked = await t.mockImport<typeof import('../../lib/keep/seal.ts')>('../../lib/keep/seal.ts', {
      'node:fs': {
        ...fs,
        createWriteStream: failing(fs.createWriteStream),
        renameSync: failing(fs.renameSync),
      },
      'node:fs/promises': {
        open: failing(open),
        chmod: failing(chmod),
        stat: failing(stat),
        rm: failing(rm),
        lstat,
        readdir,
      },
    })
    let broken = 0
    for (let step = 0; ; step++) {
      const dir = logDirectory(t)
      const path = endedSegment(dir, logLine(NOON))
      left = step
      const failed = await mocked.seal(new Ledger(dir), path, 'size').then(
        () => false,
        () => true,
      )
      const wasWhole = left >= 0
      left = -1
      await mocked.seal(new Ledger(dir), path, 'size')
      t.notOk(existsSync(path), `plaintext after step ${step}`)
      const segments = (await entriesOf(dir)).filter((entry) => entry.kind === 'segment')
      t.equal(segments.length, 1, `entries after step ${step}`)
      t.equal(sha256(readFileSync(join(dir, segments[0].path))), segments[0].sha256)
      if (failed) broken++
      if (wasWhole) break
    }
    t.ok(broken >= 6, `${broken} steps were broken off`)
  },
)

t.test('a segment that the ledger lists is not listed again, whatever a crash left', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  const text = logLine(NOON)
  const path = endedSegment(dir, text)
  await seal(ledger, path, 'size')
  writeFileSync(path, text)
  t.equal(await seal(ledger, path, 'adopted'), 'kept')
  t.notOk(existsSync(path))
  t.same(kinds(await entriesOf(dir)), ['genesis', 'segment'])
  writeFileSync(path, logLine(NOON, 'forged'))
  await t.rejects(seal(ledger, path, 'adopted'), {
    code: 'HUSHLOG_SEAL',
    message: /it was changed after it was sealed/,
  })
  t.ok(existsSync(path), 'what differs is kept')
})

t.test('of keepers that seal one segment at once, one lists it', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON))
  const results = await Promise.allSettled(
    Array.from({ length: 4 }, () => seal(new Ledger(dir), path, 'adopted')),
  )
  t.equal(results.filter((result) => result.status === 'fulfilled' && result.value === 'listed').length, 1)
  const [, fact] = (await entriesOf(dir)) as unknown as SegmentFact[]
  t.equal(sha256(readFileSync(join(dir, fact.path))), fact.sha256)
  t.equal((await checkChain(dir)).entries, 2)
})

t.test('an empty segment goes without an entry, and one that is gone is no fault', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, '')
  t.equal(await seal(new Ledger(dir), path, 'close'), 'kept')
  t.notOk(existsSync(path))
  t.equal(await seal(new Ledger(dir), path, 'close'), 'gone')
  t.same(await entriesOf(dir), [])
})

t.test('a torn tail is cut off and told before the rest is sealed', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, `${logLine(NOON)}half`)
  const cuts: unknown[] = []
  await seal(new Ledger(dir), path, 'adopted', async (torn) => void cuts.push(torn))
  t.same(cuts, [{ name: basename(path, '.log'), bytes: 4 }])
  t.match((await entriesOf(dir))[1], { lines: 1, bytes: logLine(NOON).length })
})

t.test(
  'a torn tail goes to torn/ although nobody asked, and a plaintext that another removed is no fault',
  async (t) => {
    const gone = async () => Promise.reject(systemError('ENOENT'))
    const mocked = await t.mockImport<typeof import('../../lib/keep/seal.ts')>('../../lib/keep/seal.ts', {
      'node:fs/promises': { ...fsPromises, stat: gone },
    })
    const dir = logDirectory(t)
    const path = endedSegment(dir, `${logLine(NOON)}half`)
    t.equal(await mocked.seal(new Ledger(dir), path, 'adopted'), 'listed')
    t.same(readdirSync(join(dir, 'torn')), [`${basename(path, '.log')}.tail`])
  },
)

t.test('what is not a segment of one name is not sealed', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  await t.rejects(seal(ledger, join(dir, 'open', 'app.log'), 'size'), {
    code: 'HUSHLOG_SEAL',
    message: /not the name of a segment/,
  })
  const secret = join(dir, 'secret.txt')
  writeFileSync(secret, 'secret\n')
  const places: [string, (path: string) => void, RegExp][] = [
    ['symlink', (path) => symlinkSync(secret, path), /ELOOP/],
    ['hard link', (path) => linkSync(secret, path), /no regular file with one name/],
  ]
  for (const [what, make, message] of places) {
    const path = endedSegment(dir, '')
    fs.rmSync(path)
    make(path)
    await t.rejects(seal(ledger, path, 'adopted'), { code: 'HUSHLOG_SEAL', message }, what)
  }
  t.equal(readFileSync(secret, 'utf8'), 'secret\n')
  t.same(await entriesOf(dir), [])
})

t.test('lines that are appended while a segment is being sealed are not lost', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON).repeat(20_000))
  const sealing = seal(new Ledger(dir), path, 'adopted')
  const timer = setInterval(() => existsSync(path) && appendFileSync(path, logLine(NOON, 'late')), 1)
  await t.rejects(sealing, { code: 'HUSHLOG_SEAL', message: /it (grew|was changed)|it grew after/ })
  clearInterval(timer)
  t.match(readFileSync(path, 'utf8'), /late/)
})

t.test('a line that is appended after the last look at a segment keeps its plaintext', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON))
  const { chmod } = fsPromises
  const mocked = await t.mockImport<typeof import('../../lib/keep/seal.ts')>('../../lib/keep/seal.ts', {
    'node:fs/promises': {
      ...fsPromises,
      chmod: async (...args: Parameters<typeof chmod>) => {
        appendFileSync(path, logLine(NOON, 'late'))
        await chmod(...args)
      },
    },
  })
  await t.rejects(mocked.seal(new Ledger(dir), path, 'adopted'), {
    code: 'HUSHLOG_SEAL',
    message: `cannot seal ${path}: it grew after it was sealed`,
  })
  t.match(readFileSync(path, 'utf8'), /late/)
})

t.test('a segment whose lines tell no time is dated by its file', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, 'plain\n{"time":"yesterday"}\n{"time":"2026-13-01T00:00:00.000Z"}\n')
  utimesSync(path, NOON / 1000, NOON / 1000)
  await seal(new Ledger(dir), path, 'adopted')
  t.match((await entriesOf(dir))[1], {
    first: '2026-11-24T12:00:00.000Z',
    last: '2026-11-24T12:00:00.000Z',
    lines: 3,
  })
})

t.test('lines are counted and dated the same however the stream is cut into chunks', async (t) => {
  const text = Buffer.from(
    ['', 'x'.repeat(300), logLine(NOON).trim(), 'y'.repeat(400), logLine(NOON + 1).trim(), ''].join('\n'),
  )
  const property = fc.property(fc.array(fc.integer({ min: 1, max: 200 })), (sizes) => {
    const counter = new LineCounter()
    let at = 0
    for (const size of sizes) counter.add(text.subarray(at, Math.min((at += size), text.length)))
    if (at < text.length) counter.add(text.subarray(at))
    const { lines, all, first, last } = counter.result()
    return (
      lines === 5 &&
      all === 5 &&
      counter.bytes === text.length &&
      first === new Date(NOON).toISOString() &&
      last === new Date(NOON + 1).toISOString()
    )
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('frames are no records: they do not count, do not date, and number what is listed', async (t) => {
  const frame = (time: number, kind: Frame['kind'], rest: object) =>
    frameLine(stamp(time), { kind, writer: 'w', number: 3, seq: 8, ...rest }).toString()
  const start = frame(NOON - 5000, 'segment-start', {})
  const end = frame(NOON + 5000, 'segment-end', { seq: 9, lines: 2, reason: 'size' })
  const lines = logLine(NOON) + logLine(NOON + 1)
  const listed = async (text: string) => {
    const dir = logDirectory(t)
    await seal(new Ledger(dir), endedSegment(dir, text), 'size')
    return (await entriesOf(dir))[1] as SegmentFact & LedgerEntry
  }
  const times = { first: new Date(NOON).toISOString(), last: new Date(NOON + 1).toISOString() }
  t.match(await listed(start + lines + end), { lines: 2, number: 3, seq: 8, broken: undefined, ...times })
  t.match(await listed(start + lines), { lines: 2, number: 3, seq: 8, broken: true, ...times })
  t.match(await listed(lines), { lines: 2, number: undefined, broken: undefined, ...times })
  t.match(
    await listed(start + end),
    { lines: 0, first: new Date(NOON - 5000).toISOString(), last: new Date(NOON + 5000).toISOString() },
    'a segment without records is kept too: its number must not be missing',
  )
  t.match(await listed(start.replace('"w"', '"w+2"') + lines), { stream: 'w+2' })
})
