/**
 * `hushlog status` on directories that the real store wrote, and on what else may lie there.
 */
import { spawnSync } from 'node:child_process'
import fs, {
  appendFileSync,
  chmodSync,
  createReadStream,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import fsPromises from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { status, statusTo } from '../../lib/cli/status.ts'
import { diskOf, type Rate, type Status, statusOf } from '../../lib/cli/status-facts.ts'
import { ALARMS, alarmsOf, NOTES, notesOf, size, statusText } from '../../lib/cli/status-text.ts'
import { Keeper } from '../../lib/keep/keeper.ts'
import { keptDirectory } from '../../lib/keep/kept-directory.ts'
import { type Fact, Ledger, ledgerPath } from '../../lib/keep/ledger.ts'
import { announce } from '../../lib/keep/presence.ts'
import { seal } from '../../lib/keep/seal.ts'
import { segmentName, thisWriter } from '../../lib/store/segment.ts'
import { DAY, endedSegment, entriesOf, logLine, NOON } from '../keep/helpers.ts'
import { batchOf, logDirectory, openWriter, smallDisk, stamp } from '../store/helpers.ts'
import { BUILT, run, runHere } from './run.ts'

const HOUR = 3_600_000
const dead = { ...thisWriter('test'), pid: 2 ** 22 + 1, start: 1 }
const elsewhere = { ...thisWriter('test'), boot: 'ffffffffffff' }

function look(
  dir: string,
  options: { now?: number; keepDays?: number; days?: number } = {},
): Promise<Status> {
  return statusOf(dir, { now: Date.now(), keepDays: 90, days: 90, ...options })
}

function names(status: Status): string[] {
  return [...alarmsOf(status), ...notesOf(status)].map(({ name }) => name)
}

/** All files under a folder with their sizes, modes and times. */
function snapshot(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((file) => {
      const { size, mode, mtimeMs } = statSync(join(dir, file))
      return `${file} ${size} ${mode} ${mtimeMs}`
    })
}

t.test('a directory in use: what the writer and the keeper left, and nothing is changed', async (t) => {
  const dir = logDirectory(t)
  const errors: string[] = []
  const keeper = new Keeper({
    dir,
    keepDays: 90,
    onError: (error) => errors.push(error.code),
    now: () => NOON + 2 * DAY,
  })
  const { writer } = openWriter(t, dir, {
    maxSize: 1000,
    onSealable: (path, reason) => keeper.seal(path, reason),
  })
  for (let i = 0; i < 100; i++) writer.append(batchOf([logLine(NOON + i * HOUR).trim()]))
  await keeper.close()
  t.strictSame(errors, [])
  const before = snapshot(dir)
  const status = await look(dir, { now: NOON + 101 * HOUR })
  t.strictSame(snapshot(dir), before)
  const { open, sealed } = status
  t.equal(open.segments, 1)
  t.equal(open.bytes, statSync(writer.stats().segment!).size)
  t.equal(open.lines + sealed.lines, 100)
  t.equal(
    sealed.segments,
    readdirSync(join(dir, 'sealed'), { recursive: true }).filter((file) => String(file).endsWith('.gz'))
      .length,
  )
  t.equal(open.bytes + sealed.plainBytes, writer.stats().written.bytes)
  t.strictSame(status.events, {
    first: new Date(NOON).toISOString(),
    last: new Date(NOON + 99 * HOUR).toISOString(),
  })
  t.strictSame(status.days, { keep: 90, kept: 4, toFill: 86, removedSegments: 0 })
  t.strictSame(status.writers, { alive: 1, dead: 0, unknown: 0 })
  t.equal(status.encrypted, 'no')
  t.strictSame(status.sealing, { compression: 'gzip', chained: true, signed: true })
  t.match(status.ledger, { unreadable: 0, missing: 0, unlisted: 0 })
  t.equal(status.rate.isRatioMeasured, true)
  const daily = writer.stats().written.bytes / (101 / 24)
  t.ok(Math.abs((status.rate.plainBytesPerDay as number) / daily - 1) < 0.001)
  t.strictSame(names(status), [])
})

t.test('a new directory without a line', async (t) => {
  const status = await look(logDirectory(t))
  t.match(status, { open: { segments: 0 }, events: { first: null, last: null }, ledger: { entries: 0 } })
  t.match(statusText(status), /^events {6}none yet\nkept {8}0 of 90 days, 90 to fill\n/m)
  t.strictSame(names(status), [])
})

t.test('losses by level and reason, torn tails and clock steps, of as many days as asked for', async (t) => {
  const dir = logDirectory(t)
  let now = NOON
  const ledger = new Ledger(dir, () => now)
  const gap = { kind: 'gap', reason: 'disk full (ENOSPC)', first: NOON - 5000, last: NOON } as const
  await ledger.append({ ...gap, count: 5, levels: { 20: 3, audit: 2 } })
  await ledger.append({
    ...gap,
    reason: 'write failed (EIO)',
    count: 1200,
    levels: { 20: 1200 },
    last: NOON + 1,
  })
  await ledger.append({ kind: 'torn', name: 'x', bytes: 17 }, {
    kind: 'clock',
    step: -10_800_000,
  } as unknown as Fact)
  const status = await look(dir, { now: NOON + DAY })
  t.strictSame(status.losses, {
    lines: 1205,
    records: 2,
    levels: { 20: 1203, audit: 2 },
    reasons: { 'disk full (ENOSPC)': 5, 'write failed (EIO)': 1200 },
    first: new Date(NOON - 5000).toISOString(),
    last: new Date(NOON + 1).toISOString(),
  })
  t.strictSame(status.torn, { tails: 1, bytes: 17 })
  t.strictSame(status.clock, { steps: 1, last: new Date(NOON).toISOString(), lastStep: -10_800_000 })
  t.strictSame(names(status), ['lost', 'torn'])
  const text = statusText(status)
  t.match(
    text,
    /^lost {8}1,205 lines \(debug 1,203, audit 2\), 2026-11-24T.* to .*: disk full \(ENOSPC\) 5, write/m,
  )
  t.match(text, /^torn {8}1 torn tail, 17 B$/m)
  t.match(text, /^clock {7}1 step, the last by -10800\.0 s at 2026-11-24T12/m)
  now += 3 * DAY
  await ledger.append({ ...gap, count: 1, levels: { 50: 1 } })
  const lately = await look(dir, { now: NOON + 4 * DAY, days: 2 })
  t.match(lately, { losses: { lines: 1 }, torn: { tails: 0 }, clock: { steps: 0 } })
})

t.test('writers are alive, dead or unknown, and what waits too long is told', async (t) => {
  const dir = logDirectory(t)
  const now = Date.now()
  const place = (text: string, hours: number, writer = thisWriter('test')) =>
    utimesSync(endedSegment(dir, text, writer), now / 1000 - hours * 3600, now / 1000 - hours * 3600)
  place(logLine(NOON), 2)
  place(logLine(NOON), 2)
  place(`${logLine(NOON)}half`, 0, dead)
  place(`${logLine(NOON)}half of a line that is being written`, 0, elsewhere)
  const status = await look(dir)
  t.strictSame(status.writers, { alive: 1, dead: 1, unknown: 1 })
  t.match(status.open, { segments: 4, lines: 4, unsealed: 1, abandoned: 0 })
  t.strictSame(status.torn, { tails: 1, bytes: 4 }, 'only a dead writer’s tail is torn')
  t.strictSame(names(status), ['torn', 'unsealed'])
  place(logLine(NOON), 2, dead)
  place(logLine(NOON), 2, { ...elsewhere, pid: 7 })
  t.match(await look(dir), { open: { unsealed: 1, abandoned: 2 } })
  t.ok(names(await look(dir)).includes('abandoned'))
})

t.test('segments that are missing, unlisted or removed in time are told apart', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  for (let i = 0; i < 4; i++) await seal(ledger, endedSegment(dir, logLine(NOON)), 'size')
  const segments = (await entriesOf(dir)).flatMap((entry) => (entry.kind === 'segment' ? [entry] : []))
  const [gone, pruned, moved] = segments.map(({ path }) => join(dir, path))
  rmSync(gone)
  rmSync(pruned)
  await ledger.append({
    kind: 'pruned',
    name: segments[1].name,
    sha256: segments[1].sha256,
    last: segments[1].last,
  })
  const stray = basename(moved).replace('.000', '.900')
  renameSync(moved, join(moved, '..', stray))
  utimesSync(join(moved, '..', stray), 1, 1)
  const status = await look(dir)
  t.strictSame(status.ledger, { entries: 11, unreadable: 0, missing: 2, unlisted: 1 })
  t.equal(status.days.removedSegments, 1)
  t.strictSame(names(status), ['missing', 'unlisted'])
})

t.test('a segment that is open and sealed, after a crash, counts once', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON))
  await seal(new Ledger(dir), path, 'size')
  writeFileSync(path, logLine(NOON))
  t.match(await look(dir), { open: { segments: 0 }, sealed: { segments: 1, lines: 1 } })
})

t.test('frame records are not counted as lines', async (t) => {
  const dir = logDirectory(t)
  const frame = (kind: string) =>
    `${JSON.stringify({ level: 30, time: new Date(NOON).toISOString(), kind, segment: { writer: 'w', number: 1, seq: 1 } })}\n`
  endedSegment(dir, `${frame('segment-start')}${logLine(NOON)}${frame('segment-end')}`)
  endedSegment(
    dir,
    `${JSON.stringify({ time: '', a: { kind: 'segment-start' } })}\n{"kind":"segment-end"broken\n`,
  )
  t.equal((await look(dir)).open.lines, 3)
})

t.test('segments whose writers were killed are told, of as many days as asked for', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON))
  await seal(new Ledger(dir, () => NOON), path, 'adopted')
  const [, entry] = await entriesOf(dir)
  appendFileSync(ledgerPath(dir), `${JSON.stringify({ ...entry, n: 2, name: 'other', broken: true })}\n`)
  const status = await look(dir, { now: NOON + DAY })
  t.equal(status.sealed.unended, 1)
  t.ok(names(status).includes('unended'))
  t.equal((await look(dir, { now: NOON + 2 * DAY, days: 1 })).sealed.unended, 0)
})

t.test('links, pipes and foreign files are counted and left alone', async (t) => {
  const dir = logDirectory(t)
  const outside = join(dir, '..', 'outside')
  writeFileSync(outside, logLine(NOON))
  const segment = (counter: number) => segmentName(thisWriter('test'), NOON, counter)
  symlinkSync(outside, join(dir, 'open', segment(900_001)))
  spawnSync('mkfifo', [join(dir, 'open', segment(900_002))])
  linkSync(outside, join(dir, 'open', segment(900_003)))
  mkdirSync(join(dir, 'open', segment(900_004)))
  writeFileSync(join(dir, 'open', 'app.log'), logLine(NOON))
  mkdirSync(join(dir, 'sealed', '2026', '11', '24'), { recursive: true })
  symlinkSync(outside, join(dir, 'sealed', '2026', '11', '24', `${segment(900_005)}.gz`))
  symlinkSync(tmpdir(), join(dir, 'sealed', '2025'))
  const status = await look(dir)
  t.match(status, { open: { segments: 1, bytes: 0, lines: 0 }, sealed: { segments: 0 }, foreign: 5 })
})

t.test('a ledger full of rubbish is read in bounded memory, and its entries are told', async (t) => {
  const dir = logDirectory(t)
  await seal(new Ledger(dir), endedSegment(dir, logLine(NOON)), 'size')
  const entry = (fact: object) =>
    `${JSON.stringify({ v: 0, n: 9, at: new Date(NOON).toISOString(), ...fact })}\n`
  const levels = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`l${i}`, 1]))
  const gap = { kind: 'gap', reason: '\u001b[2J\u009b\u202ewiped', first: 'never', last: 1e300 }
  const rubbish = [
    'no JSON\n',
    'null\n',
    entry({ kind: 'segment', at: 'x' }),
    entry({ kind: 'gap', filler: 'x'.repeat(100_000) }),
    entry({ ...gap, count: 1, levels }),
    entry({ ...gap, count: -5, levels: JSON.parse('{"__proto__":2,"constructor":1e99,"30":"many"}') }),
    entry({ kind: 'segment', name: ['x'], path: '../../etc/\0passwd', bytes: {}, first: [], last: NOON }),
    entry({ kind: 'constructor' }),
  ]
  for (const line of rubbish) appendFileSync(ledgerPath(dir), line)
  appendFileSync(ledgerPath(dir), 'x'.repeat(50e6))
  const before = process.memoryUsage().rss
  const status = await look(dir, { now: NOON + DAY })
  t.ok(process.memoryUsage().rss - before < 30e6)
  t.match(status.ledger, { entries: 11, unreadable: 4, missing: 1 })
  t.equal(status.losses.lines, 1)
  t.ok(Object.keys(status.losses.levels).length <= 33)
  const text = statusText(status)
  t.match(text, /\\u001b\[2J\\u009b\\u202ewiped 1/)
  t.notMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

t.test('the disk: how long it lasts, and when it is low', async (t) => {
  const GB = 1024 ** 3
  const rate = (daily: number | null): Rate => ({
    plainBytesPerDay: daily,
    ratio: 0.1,
    isRatioMeasured: true,
    projectedBytes: daily === null ? null : daily * 9,
  })
  const cases = [
    { free: 50, total: 100, daily: null, used: 0, state: 'ok', lastsDays: null },
    { free: 50, total: 100, daily: 5, used: 0, state: 'ok', lastsDays: null },
    { free: 50, total: 100, daily: 10, used: 0, state: 'ok', lastsDays: 50 },
    { free: 50, total: 100, daily: 10, used: 40, state: 'ok', lastsDays: null },
    { free: 6, total: 100, daily: 10, used: 0, state: 'low', lastsDays: 6 },
    { free: 0.19, total: 100, daily: null, used: 0, state: 'low', lastsDays: null },
    { free: 0.19, total: 1, daily: null, used: 0, state: 'ok', lastsDays: null },
  ]
  for (const { free, total, daily, used, state, lastsDays } of cases) {
    const disk = diskOf({ free: free * GB, total: total * GB }, rate(daily && daily * GB), {
      used: used * GB,
      largest: 0.1 * GB,
    })
    t.match(disk, { state, lastsDays }, JSON.stringify({ free, daily, used }))
  }
})

t.test('the size of all days is told from the last seven', async (t) => {
  const dir = logDirectory(t)
  const text = (time: number) => logLine(time, 'x'.repeat(999)).repeat(1000)
  let now = NOON
  const ledger = new Ledger(dir, () => now)
  for (const day of [0, 20, 21, 22]) {
    now = NOON + day * DAY
    await seal(ledger, endedSegment(dir, text(now)), 'day')
  }
  const status = await look(dir, { now: NOON + 23 * DAY, keepDays: 100 })
  const daily = text(NOON).length
  t.equal(status.rate.plainBytesPerDay, daily)
  t.equal(status.rate.ratio, status.sealed.bytes / (4 * daily))
  t.equal(status.rate.projectedBytes, Math.round(daily * status.rate.ratio * 100))
  t.strictSame(status.days, { keep: 100, kept: 23, toFill: 77, removedSegments: 0 })
  const small = statusText({ ...status, disk: { ...status.disk, state: 'ok', lastsDays: 50 } })
  t.match(small, /^disk .* full in 50 days at this rate$/m)
  t.match(statusText(status), /^projected {3}[\d.]+ [KM]B for 100 days: 1\.0 MB a day, packed to \d %$/m)
  t.strictSame(names({ ...status, disk: { ...status.disk, lastsDays: 50 } }), ['disk-small'])
})

t.test('sizes are told in steps of 1024', async (t) => {
  t.strictSame([0, 1, 1023, 1024, 1.5 * 1024 ** 2, 2 ** 70].map(size), [
    '0 B',
    '1 B',
    '1023 B',
    '1.0 KB',
    '1.5 MB',
    '1048576.0 PB',
  ])
})

t.test('a directory that is not there, is none of ours or cannot be read', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'hushlog-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'file'), '')
  await t.rejects(look(join(dir, 'none')), {
    code: 'HUSHLOG_READ',
    message: /cannot read .*none: no such directory/,
  })
  await t.rejects(look(join(dir, 'file')), { message: /file: it is no directory$/ })
  await t.rejects(look(dir), { message: `${dir} is no log directory: there is no open/ in it` })
  const logs = logDirectory(t)
  mkdirSync(ledgerPath(logs))
  t.equal((await look(logs)).ledger.entries, 0, 'what is no file is no ledger')
})

/** Runs the command; unprivileged, since root may read everything. */
function asNobody(t: Test, args: string[]): { status: number | null; stderr: string } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const { status, stderr, error } = spawnSync(process.execPath, args, {
    uid: 65534,
    gid: 65534,
    encoding: 'utf8',
  })
  return error === undefined ? { status, stderr } : (t.fail(error.message) as never)
}

t.test('the command: text, JSON, exit codes and words', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  await seal(ledger, endedSegment(dir, logLine(Date.now())), 'size')
  const well = await runHere(status, statusTo, [dir])
  t.equal(well.code, 0)
  t.match(well.stdout, /^directory {3}\/.*\/logs\nopen {8}0 segments, 0 B, 0 lines\nsealed {6}1 segment, /)
  const now = Date.now()
  const gap = {
    kind: 'gap',
    reason: 'disk full (ENOSPC)',
    count: 3,
    levels: { 30: 3 },
    first: now,
    last: now,
  } as const
  await ledger.append(gap)
  const ill = await run(['status', '--json', '--days=7', '--keep-days', '120'], { cwd: join(dir, '..') })
  t.equal(ill.code, 1)
  t.match(JSON.parse(ill.stdout), {
    ...{ directory: 'logs', losses: { lines: 3 }, days: { keep: 120 }, alarms: ['lost'], notes: [] },
  })
  t.equal(
    ill.stderr,
    'hushlog: error: 3 lines were lost\n' +
      'hushlog: hint: the row "lost" says when and why; the gap records in the log say the same\n',
  )
  for (const [args, message] of [
    [['none'], 'cannot read none: no such directory'],
    [['a', 'b'], 'one directory at a time, got 2'],
    [['--days=1.5'], 'option --days takes a whole number from 1 to 36500, got 1.5'],
    [['--keep-days=0'], 'option --keep-days takes a whole number from 1 to 36500, got 0'],
  ] as const)
    await t.rejects(runHere(status, statusTo, [...args]), { message }, args.join(' '))
})

t.test('what only its owner may read is an error that says so', async (t) => {
  const dir = logDirectory(t)
  chmodSync(join(dir, '..'), 0o755)
  const refused = asNobody(t, [BUILT, 'status', dir])
  if (refused === undefined) return t.pass('only root can become another user')
  t.match(refused, {
    status: 2,
    stderr: /cannot read .*logs: permission denied\n.*run this as the user of the program/,
  })
})

t.test('what cannot be read is an error, never an answer without it', async (t) => {
  const denied = (...[path]: unknown[]): never => {
    throw Object.assign(new Error(`EACCES ${path}`), { code: 'EACCES' })
  }
  const failing = createReadStream('/')
  failing.on('error', () => {})
  const mocked = await t.mockImport<typeof import('../../lib/cli/log-directory.ts')>(
    '../../lib/cli/log-directory.ts',
    {
      'node:fs': { ...fs, readdirSync: denied, openSync: denied },
      'node:fs/promises': { ...fsPromises, lstat: async () => denied('x') },
    },
  )
  const refused = {
    code: 'HUSHLOG_READ',
    message: /^cannot read .*: permission denied$/,
    hint: /as the user/,
  }
  t.throws(() => mocked.listOpen('x'), refused)
  t.throws(() => mocked.openRegular('x'), refused)
  await t.rejects(mocked.statOf('x'), refused)
  const broken = await t.mockImport<typeof import('../../lib/cli/log-directory.ts')>(
    '../../lib/cli/log-directory.ts',
    {
      'node:fs': {
        ...fs,
        openSync: () => 0,
        fstatSync: () => ({ isFile: () => true, nlink: 1 }),
        createReadStream: () => failing,
      },
    },
  )
  await t.rejects(broken.chunksOf('x').next(), { code: 'HUSHLOG_READ', message: 'cannot read x: EISDIR' })
})

t.test('what is wrong and what is worth a note is said on standard error, with a hint', async (t) => {
  const dir = logDirectory(t)
  utimesSync(endedSegment(dir, `${logLine(NOON)}half`, dead), 1, 1)
  const said = t.capture(process.stderr, 'write', () => true)
  t.equal((await runHere(status, statusTo, [dir])).code, 1)
  t.equal(
    said()
      .map(({ args: [text] }) => text)
      .join(''),
    'hushlog: error: a crash broke off 1 torn tail\n' +
      'hushlog: hint: what is left of them is in torn/, or will be when the program starts\n' +
      'hushlog: 1 segment left by writers that are gone\n' +
      'hushlog: hint: the next program that starts on this directory seals them\n',
  )
})

t.test('a full disk is low', async (t) => {
  const disk = smallDisk(t)
  if ('skip' in disk) return t.pass(disk.skip)
  const dir = join(disk.path, 'logs')
  for (const folder of ['open', 'sealed', 'ledger', 'torn']) mkdirSync(join(dir, folder), { recursive: true })
  t.equal((await look(dir)).disk.state, 'ok')
  writeFileSync(join(disk.path, 'filler'), Buffer.alloc(1_000_000))
  const status = await look(dir)
  t.match(status.disk, { state: 'low', totalBytes: 1024 * 1024 })
  t.match(alarmsOf(status), [{ name: 'disk-low', words: /^[\d.]+ K?B are free on the disk$/ }])
})

t.test('every alarm and note is explained in the operating guide', async (t) => {
  const guide = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8')
  for (const { name } of [...ALARMS, ...NOTES]) t.ok(guide.includes(`\n| \`${name}\` |`), name)
})

t.test('a keeper of its own is told: running, gone or none, and what waits for it', async (t) => {
  const dir = logDirectory(t)
  const { writer } = openWriter(t, dir, { stamp })
  writer.append(batchOf([logLine(Date.now()).trim()]))
  writer.rotate('size')
  const [path] = readdirSync(join(dir, 'open')).map((file) => join(dir, 'open', file))
  const soon = await look(dir)
  t.match(soon.keeper, { state: 'none', since: null, waiting: 1 })
  t.strictSame(names(soon), [])
  utimesSync(path, Date.now() / 1000 - 601, Date.now() / 1000 - 601)
  const late = await look(dir)
  t.strictSame(names(late), ['no-keeper'])
  t.match(
    statusText(late),
    /^keeper +none, programs seal by themselves; 1 segment to seal, the oldest for 601 s$/m,
  )
  const time = new Date(NOON).toISOString()
  announce(dir, { writer: thisWriter(), since: time, last: time, from: [0] })
  const running = await look(dir)
  t.match(running.keeper, { state: 'running', since: time, last: time, waiting: 1, oldestSeconds: 601 })
  t.match(statusText(running), /^keeper +running since 2026-11-24T12:00:00.000Z; 1 segment/m)
  announce(dir, { writer: dead, since: time, last: time, from: [0] })
  const gone = await look(dir)
  t.strictSame(names(gone), ['keeper-gone'])
  t.match(statusText(gone), /^keeper +gone, last seen 2026-11-24T12:00:00.000Z; /m)
  t.match(alarmsOf(gone), [{ words: 'the keeper is gone, last seen 2026-11-24T12:00:00.000Z' }])
})

t.test('heartbeats, holds, recipients and what is refused stand in it', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir, () => NOON)
  const holds = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ kind: 'hold', op: 'add', id, by: 0 }) as const)
  await ledger.append({ kind: 'heartbeat', open: 0 }, ...holds, {
    kind: 'recipients',
    to: ['age1x', 'age1y'],
  })
  symlinkSync('/etc/hostname', join(dir, 'open', segmentName(dead, NOON, 1)))
  const status = await look(dir)
  t.match(status, { heartbeat: new Date(NOON).toISOString(), recipients: 2, refused: 1, unseen: [] })
  t.equal(status.holds.length, 6)
  t.match(
    statusText(status),
    /^heartbeat +2026-11-24T12.*\nholds +a, b, c, d, e and 1 more\nreviewed +never, as far as the ledger says\nrefused +1 in open\/$/m,
  )
  t.match(statusText(status), /^encrypted +no, to 2 recipients from here on$/m)
  t.strictSame(names(status), ['refused'])
  await ledger.append({ kind: 'hold', op: 'remove', id: 'f', by: 0 }, { kind: 'recipients', to: ['age1x'] })
  t.match(statusText(await look(dir)), /^holds +a, b, c, d, e$.*to 1 recipient from/ms)
  await ledger.append({ kind: 'hold', op: 'add', id: 5, by: 0 } as unknown as Fact)
  t.equal((await look(dir)).holds.length, 5, 'what is no hold is none')
})

t.test('a user who may see open/ alone is told what that says, and what it does not', async (t) => {
  if (process.getuid?.() !== 0) return t.pass('only root can become another user')
  const dir = join(mkdtempSync(join(tmpdir(), 'hushlog-')), 'logs')
  t.teardown(() => rmSync(join(dir, '..'), { recursive: true }))
  chmodSync(join(dir, '..'), 0o755)
  keptDirectory(dir, 65534)
  announce(dir, {
    writer: thisWriter(),
    since: new Date(NOON).toISOString(),
    last: new Date().toISOString(),
    from: [0],
  })
  const {
    status: code,
    stdout,
    stderr,
  } = spawnSync(process.execPath, [BUILT, 'status', dir], {
    uid: 65534,
    gid: 65534,
    encoding: 'utf8',
  })
  t.equal(code, 0, stderr)
  t.match(stdout, /^keeper +running since 2026.*^encrypted +unknown$/ms)
  t.match(
    stderr,
    /this user may not look into sealed and ledger: it is not counted\n.*hint: run this as the user of the keeper/,
  )
})
