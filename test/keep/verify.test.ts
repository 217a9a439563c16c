import { spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { nextLine } from '../../lib/keep/chain.ts'
import type { SegmentFact } from '../../lib/keep/facts.ts'
import type { Finding, VerifyOptions } from '../../lib/keep/finding.ts'
import { Keeper } from '../../lib/keep/keeper.ts'
import { Ledger, ledgerPath } from '../../lib/keep/ledger.ts'
import { type Checkpoint, parseCheckpoint, parseVerifierKey } from '../../lib/keep/note.ts'
import { verify } from '../../lib/keep/verify.ts'
import { frameLine } from '../../lib/store/frames.ts'
import { segmentName, thisWriter, type Writer, writerText } from '../../lib/store/segment.ts'
import { logDirectory, stamp } from '../store/helpers.ts'
import { DAY, entriesOf, logLine, NOON, oldLedger } from './helpers.ts'

const HOUR = 3_600_000
const dead: Writer = { ...thisWriter('test'), pid: 2 ** 30 }

/** A segment in open/ as its writer has ended it. */
function segmentOf(
  dir: string,
  number: number,
  time: number,
  { writer = dead, isKilled = false } = {},
): string {
  const frame = { writer: writerText(writer), number, seq: 2 * number - 1 }
  const text = [
    frameLine(stamp(time), { kind: 'segment-start', ...frame }),
    logLine(time),
    logLine(time + 1),
    isKilled
      ? '{"level":30,"ti'
      : frameLine(stamp(time), { kind: 'segment-end', ...frame, seq: 2 * number, lines: 2, reason: 'size' }),
  ]
  const path = join(dir, 'open', segmentName(writer, time, number))
  writeFileSync(path, text.join(''), { mode: 0o600 })
  return path
}

interface Made {
  dir: string
  segments: SegmentFact[]
  key: string
  checkpoint: Checkpoint
}

/** Seven segments, one of them removed for its age, one torn; heartbeats and a gap. */
async function sealedDirectory(t: Test): Promise<Made> {
  const dir = logDirectory(t)
  let now = NOON
  const ledger = new Ledger(dir, () => now)
  const keeper = new Keeper({ dir, keepDays: 90, now: () => now, onError: (error) => t.fail(error.message) })
  await ledger.append({ kind: 'heartbeat', open: 0 })
  for (let number = 1; number <= 7; number++) {
    keeper.seal(segmentOf(dir, number, now, { isKilled: number === 7 }), 'size')
    await keeper.idle()
    now += number === 1 ? 91 * DAY : HOUR
  }
  await ledger.append({
    kind: 'gap',
    reason: 'disk full',
    count: 3,
    levels: { 20: 3 },
    first: NOON,
    last: NOON,
  })
  await keeper.start()
  await keeper.close()
  await ledger.append({ kind: 'heartbeat', open: 0 })
  const found = await verify({ dir })
  t.same(found.problems, [])
  const entries = await entriesOf(dir)
  return {
    dir,
    segments: entries.filter((entry) => entry.kind === 'segment').slice(1) as SegmentFact[],
    key: parseVerifierKey(found.ledger.firstKey as string) as string,
    checkpoint: parseCheckpoint(found.ledger.proven?.checkpoint as string) as Checkpoint,
  }
}

/** Changes with each byte, name and mode of a directory. */
function sumOf(dir: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = lstatSync(join(dir, name))
    hash.update(JSON.stringify([name, stat.mode, stat.size, stat.mtimeMs]))
    if (stat.isFile()) hash.update(readFileSync(join(dir, name)))
  }
  return hash.digest('hex')
}

function copyOf(dir: string, t: Test): string {
  const copy = join(logDirectory(t), '..', 'copy')
  cpSync(dir, copy, { recursive: true, preserveTimestamps: true })
  return copy
}

const linesOf = (dir: string) => readFileSync(ledgerPath(dir), 'utf8').trimEnd().split('\n')
const writeLines = (dir: string, lines: string[]) =>
  writeFileSync(ledgerPath(dir), lines.map((line) => `${line}\n`).join(''))

t.test('a directory as the keeper left it has no problems; what the keeper told is noted', async (t) => {
  const { dir, key, checkpoint } = await sealedDirectory(t)
  const before = sumOf(dir)
  const found = await verify({ dir, keys: [key], checkpoint })
  t.same(found.problems, [])
  const kinds = new Set(found.notes.map(({ kind }) => kind))
  t.same([...kinds].sort(), ['gap', 'silent', 'torn'])
  t.match(found, {
    ledger: { old: 0, anchored: true, proven: { entry: found.ledger.entries - 1 } },
    segments: { listed: 7, pruned: 1, read: 6 },
  })
  t.equal(sumOf(dir), before, 'nothing was changed')
  const some = await verify({ dir, since: NOON + 91 * DAY + 2 * HOUR, until: NOON + 91 * DAY + 4 * HOUR })
  t.match(some, { problems: [], segments: { read: 3 } }, 'only files of the time that is asked for are read')
})

t.test('what was done to a directory is told by its kind and by its place', async (t) => {
  const made = await sealedDirectory(t)
  const { segments, key, checkpoint } = made
  const [one, other] = segments
  const path = (dir: string, name: string) => join(dir, name)
  const torn = `torn/${segments[5].name}.tail`
  const seals = linesOf(made.dir).flatMap((line, n) => (line.includes('"kind":"seal"') ? [n] : []))
  const tries: [string, (dir: string) => void, Partial<Finding>, Partial<VerifyOptions>?][] = [
    [
      'a flipped byte of a segment',
      (dir) => flip(path(dir, one.path)),
      { kind: 'modified', where: one.path },
    ],
    ['a flipped byte of a tail', (dir) => flip(path(dir, torn)), { kind: 'modified', where: torn }],
    ['a removed tail', (dir) => unlinkSync(path(dir, torn)), { kind: 'missing', where: torn }],
    [
      'a flipped byte of .gitignore',
      (dir) => flip(path(dir, '.gitignore')),
      { kind: 'modified', where: '.gitignore' },
    ],
    [
      'a flipped byte of the private key',
      (dir) => flip(path(dir, 'keys/current'), 0),
      { kind: 'modified', where: 'keys/current' },
    ],
    [
      'a flipped byte of the public key',
      (dir) => flip(path(dir, 'keys/first.pub')),
      { kind: 'wrong-key', where: 'keys/first.pub' },
    ],
    ['a flipped byte of the ledger', (dir) => flip(ledgerPath(dir)), { kind: 'modified' }],
    ['a removed segment', (dir) => unlinkSync(path(dir, one.path)), { kind: 'missing', where: one.path }],
    ['a segment cut short', (dir) => shorten(path(dir, one.path)), { kind: 'truncated', where: one.path }],
    [
      'exchanged segments',
      (dir) => exchange(path(dir, one.path), path(dir, other.path)),
      { kind: 'reordered', where: one.path },
    ],
    [
      'a copy in another day',
      (dir) => copyTo(dir, one.path, `sealed/2030/01/01/${one.name}.log.gz`),
      { kind: 'inserted', where: `sealed/2030/01/01/${one.name}.log.gz` },
    ],
    [
      'a copy under another name',
      (dir) => copyTo(dir, one.path, 'sealed/x.gz'),
      { kind: 'inserted', where: 'sealed/x.gz', what: `is a copy of ${one.name}` },
    ],
    [
      'a link in place of a segment',
      (dir) => linkInstead(path(dir, one.path)),
      { kind: 'modified', where: one.path, what: 'is a symbolic link' },
    ],
    [
      'a pipe in place of a segment',
      (dir) => pipeInstead(path(dir, one.path)),
      { kind: 'modified', where: one.path, what: 'is no regular file' },
    ],
    [
      'a folder in place of a segment',
      (dir) => folderInstead(path(dir, one.path)),
      { kind: 'modified', where: one.path },
    ],
    [
      'a link in place of a folder',
      (dir) => linkInstead(path(dir, dirname(one.path))),
      { kind: 'inserted', where: dirname(one.path) },
    ],
    [
      'a pipe in place of the private key',
      (dir) => pipeInstead(path(dir, 'keys/current')),
      { kind: 'modified', where: 'keys/current' },
    ],
    [
      'a private key that others can read',
      (dir) => chmodSync(path(dir, 'keys/current'), 0o640),
      {
        kind: 'modified',
        where: 'keys/current',
        what: /has mode 0640: others can read it/ as unknown as string,
      },
    ],
    [
      'a file beside the ledger',
      (dir) => writeFileSync(path(dir, 'ledger/x'), ''),
      { kind: 'inserted', where: 'ledger/x' },
    ],
    [
      'a file beside the keys',
      (dir) => writeFileSync(path(dir, 'keys/x'), ''),
      { kind: 'inserted', where: 'keys/x' },
    ],
    ['the ledger removed', (dir) => unlinkSync(ledgerPath(dir)), { kind: 'inserted', where: one.path }],
    [
      'the last group cut off',
      (dir) => writeLines(dir, linesOf(dir).slice(0, (seals.at(-2) as number) + 1)),
      { kind: 'truncated', where: 'keys/current' },
    ],
    [
      'the last group and the key cut off',
      (dir) => {
        writeLines(dir, linesOf(dir).slice(0, (seals.at(-2) as number) + 1))
        unlinkSync(path(dir, 'keys/current'))
      },
      { kind: 'missing', where: 'keys/current' },
    ],
    [
      'the key removed',
      (dir) => unlinkSync(path(dir, 'keys/current')),
      { kind: 'missing', where: 'keys/current' },
    ],
    [
      'an older ledger without keys, and a checkpoint',
      (dir) => {
        writeLines(dir, linesOf(dir).slice(0, seals[0] + 1))
        rmSync(path(dir, 'keys'), { recursive: true })
      },
      { kind: 'truncated', where: `entry ${seals[0] + 1}` },
      { checkpoint },
    ],
    [
      'another first key',
      () => {},
      { kind: 'wrong-key', where: 'entry 0' },
      { keys: [Buffer.alloc(32, 1).toString('base64')] },
    ],
    [
      'a checkpoint of another ledger',
      () => {},
      { kind: 'wrong-key' },
      { checkpoint: { ...checkpoint, origin: 'hushlog/0000000000000000' } },
    ],
    [
      'a checkpoint of another text',
      () => {},
      { kind: 'modified' },
      { checkpoint: { ...checkpoint, text: 'x' } },
    ],
    [
      'a checkpoint with another signature',
      () => {},
      { kind: 'modified', what: 'the signature of the checkpoint itself is wrong' },
      { checkpoint: { ...checkpoint, sig: Buffer.alloc(64, 1).toString('base64') } },
    ],
  ]
  for (const [what, work, expected, options] of tries) {
    const dir = copyOf(made.dir, t)
    work(dir)
    const before = sumOf(dir)
    const { problems } = await verify({ dir, keys: [key], ...options })
    t.ok(
      problems.some((problem) => matches(problem, expected)),
      what,
      { problems: problems.slice(0, 5) },
    )
    t.equal(sumOf(dir), before, `${what}: nothing was changed`)
  }
})

function matches(problem: Finding, expected: Partial<Finding>): boolean {
  return Object.entries(expected).every(([name, value]) => {
    const got = problem[name as keyof Finding]
    return (value as unknown) instanceof RegExp ? (value as unknown as RegExp).test(got) : got === value
  })
}

function flip(path: string, at?: number): void {
  const bytes = readFileSync(path)
  bytes[at ?? bytes.length >> 1] ^= 1
  const { mode } = lstatSync(path)
  chmodSync(path, 0o600)
  writeFileSync(path, bytes)
  chmodSync(path, mode)
}

function shorten(path: string): void {
  chmodSync(path, 0o600)
  truncateSync(path, 20)
}

function exchange(one: string, other: string): void {
  renameSync(one, `${one}.x`)
  renameSync(other, one)
  renameSync(`${one}.x`, other)
}

function copyTo(dir: string, from: string, to: string): void {
  mkdirSync(dirname(join(dir, to)), { recursive: true, mode: 0o700 })
  copyFileSync(join(dir, from), join(dir, to))
}

function linkInstead(path: string): void {
  renameSync(path, join(dirname(path), '..', 'elsewhere'))
  symlinkSync('../elsewhere', path)
}

function pipeInstead(path: string): void {
  unlinkSync(path)
  spawnSync('mkfifo', ['-m', '600', path])
}

function folderInstead(path: string): void {
  unlinkSync(path)
  mkdirSync(path)
}

t.test('what stands where it does no harm is noted', async (t) => {
  const { dir } = await sealedDirectory(t)
  writeFileSync(join(dir, 'README'), 'ours\n')
  writeFileSync(join(dir, '.gitignore'), '*\n!.gitignore\n')
  writeFileSync(join(dir, 'torn', 'x.tail'), 'x')
  writeFileSync(join(dir, 'sealed', `x.${randomUUID()}.tmp`), 'x')
  appendFileSync(ledgerPath(dir), '{"v":1,"n":')
  rmSync(join(dir, 'keys', 'first.pub'))
  const { problems, notes } = await verify({ dir })
  t.same(problems, [])
  const expected = [
    'foreign .gitignore',
    'foreign README',
    'unfinished torn/x.tail',
    'unfinished keys/first.pub',
  ]
  const got = notes.map(({ kind, where }) => `${kind} ${where}`)
  for (const note of expected) t.ok(got.includes(note), note)
  t.ok(notes.some(({ kind, what }) => kind === 'torn' && what.includes('11 bytes behind the last signature')))
})

t.test('a segment that is being sealed is not finished; one that was copied in is not ours', async (t) => {
  const { dir, segments } = await sealedDirectory(t)
  const path = segmentOf(dir, 8, NOON + 100 * DAY)
  const file = `sealed/2027/03/04/${path.split('/').at(-1)}.gz`
  copyTo(dir, segments[0].path, file)
  const moved = await verify({ dir })
  t.ok(moved.notes.some(({ kind, where }) => kind === 'unfinished' && where === file))
  t.same(moved.problems, [])
  unlinkSync(path)
  t.match((await verify({ dir })).problems, [{ kind: 'inserted', where: file }])
})

t.test('segments and records that are missing between those of their writer are told', async (t) => {
  const { dir } = await sealedDirectory(t)
  segmentOf(dir, 3, NOON + 100 * DAY, { writer: { ...dead, pid: 2 ** 30 + 1 } })
  t.match((await verify({ dir })).problems, [
    { kind: 'missing', what: /^2 segments of its writer before it/ },
  ])
})

t.test('what a keeper does meanwhile is no fault', async (t) => {
  const made = await sealedDirectory(t)
  const { segments, checkpoint } = made

  await t.test('segments are sealed while the files are read', async (t) => {
    const dir = copyOf(made.dir, t)
    const writer = { ...dead, pid: 2 ** 30 + 2 }
    const first = segmentOf(dir, 1, NOON + 100 * DAY, { writer })
    const later = copyOf(dir, t)
    const keeper = new Keeper({
      dir: later,
      keepDays: 90,
      now: () => NOON + 100 * DAY,
      onError: (error) => t.fail(error.message),
    })
    keeper.seal(join(later, 'open', first.split('/').at(-1) as string), 'size')
    for (const number of [2, 3])
      keeper.seal(segmentOf(later, number, NOON + 100 * DAY + number, { writer }), 'size')
    await keeper.close()
    segmentOf(later, 4, NOON + 100 * DAY + 4, { writer })
    const onTotal = () => {
      rmSync(dir, { recursive: true })
      cpSync(later, dir, { recursive: true })
    }
    t.same((await verify({ dir, onTotal })).problems, [])
  })

  await t.test('the ledger and the key change between two looks at them', async (t) => {
    const dir = copyOf(made.dir, t)
    const broken = linesOf(dir).toSpliced(3, 1)
    const good = linesOf(dir)
    let looks = 0
    // It is asked for once before each look at the ledger.
    const options = {
      dir,
      get checkpoint() {
        looks++
        if (looks === 2) writeLines(dir, broken)
        if (looks === 3) writeLines(dir, good)
        return checkpoint
      },
    }
    t.same((await verify(options)).problems, [])
    t.equal(looks, 3)
  })

  await t.test('a fault that stays is told', async (t) => {
    const dir = copyOf(made.dir, t)
    writeLines(dir, linesOf(dir).toSpliced(3, 1))
    t.match((await verify({ dir })).problems[0], { kind: 'missing', where: 'entry 3' })
  })

  await t.test('a segment is removed for its age while the files are read', async (t) => {
    const dir = copyOf(made.dir, t)
    const onTotal = () => unlinkSync(join(dir, segments[0].path))
    t.match((await verify({ dir, onTotal })).problems, [{ kind: 'missing', where: segments[0].path }])
  })
})

t.test('what cannot be read is an error with its code, and nothing is changed', async (t) => {
  const made = await sealedDirectory(t)
  const tries: [string, (dir: string) => void, { code: string; message: RegExp }][] = [
    [
      'a pipe in place of the ledger',
      (dir) => pipeInstead(ledgerPath(dir)),
      { code: 'HUSHLOG_LEDGER', message: /it is no regular file with one name/ },
    ],
    [
      'a link in place of the ledger',
      (dir) => linkInstead(ledgerPath(dir)),
      { code: 'HUSHLOG_LEDGER', message: /cannot open it: ELOOP/ },
    ],
    [
      'a folder in place of the ledger',
      (dir) => folderInstead(ledgerPath(dir)),
      { code: 'HUSHLOG_LEDGER', message: /it is no regular file with one name/ },
    ],
  ]
  for (const [what, work, expected] of tries) {
    const dir = copyOf(made.dir, t)
    work(dir)
    const before = sumOf(dir)
    await t.rejects(verify({ dir }), expected, what)
    t.equal(sumOf(dir), before, `${what}: nothing was changed`)
  }
})

t.test('a clock in 1970 seals and removes nothing too early, and what it made can be verified', async (t) => {
  const { dir } = await sealedDirectory(t)
  const errors: string[] = []
  const keeper = new Keeper({ dir, keepDays: 90, now: () => 0, onError: ({ code }) => errors.push(code) })
  await keeper.start()
  keeper.seal(segmentOf(dir, 1, NOON, { writer: { ...dead, pid: 2 ** 30 + 3 } }), 'size')
  await keeper.close()
  t.same(
    errors.filter((code) => code !== 'HUSHLOG_CLOCK'),
    [],
  )
  const found = await verify({ dir })
  t.same(found.problems, [])
  t.match(found.segments, { listed: 8, pruned: 1 })
})

const mountless = process.getuid?.() === 0 ? false : 'only root can mount'

t.test('a directory on a read-only mount is verified, and left as it is', { skip: mountless }, async (t) => {
  const { dir, key, checkpoint } = await sealedDirectory(t)
  const before = sumOf(dir)
  t.teardown(() => spawnSync('umount', ['-l', dir]))
  spawnSync('mount', ['--bind', dir, dir])
  const { status } = spawnSync('mount', ['-o', 'remount,bind,ro', dir])
  if (status !== 0) return t.comment('nothing can be mounted here')
  t.throws(() => utimesSync(join(dir, 'open'), 1, 1), { code: 'EROFS' })
  t.same((await verify({ dir, keys: [key], checkpoint })).problems, [])
  t.equal(sumOf(dir), before)
  const appended = new Ledger(dir).append({ kind: 'heartbeat', open: 0 })
  await t.rejects(appended, { code: 'HUSHLOG_LEDGER', message: /EROFS/ })
})

t.test('an empty directory, and one that was never signed', async (t) => {
  const dir = logDirectory(t)
  t.match(await verify({ dir }), {
    problems: [],
    ledger: { entries: 0, firstKey: undefined, proven: undefined },
  })
  t.match((await verify({ dir, keys: [Buffer.alloc(32, 1).toString('base64')] })).problems, [
    { kind: 'wrong-key', where: 'entry 0', what: 'there is no ledger for the key that was given' },
  ])
})

t.test('a segment that was removed before its time is missing, although the removal is signed', async (t) => {
  const { dir, segments } = await sealedDirectory(t)
  const { name, sha256, last, path } = segments.at(-2) as SegmentFact
  const removedAt = Date.parse(last) + 30 * DAY
  await new Ledger(dir, () => removedAt).append({
    kind: 'pruned',
    name,
    sha256,
    last: new Date(0).toISOString(),
  })
  rmSync(join(dir, path))
  const { problems } = await verify({ dir })
  t.match(problems, [{ kind: 'missing', what: `${name} was removed 30 days after its last record, not 90` }])
  t.same((await verify({ dir, keepDays: 30 })).problems, [], 'who keeps them for 30 days says so')
})

/** What an entry says, without its place in the chain. */
function factIn(entry: SegmentFact): SegmentFact {
  const { v, n, prev, at, ...fact } = entry as SegmentFact & { v: 1; n: number; prev: string; at: string }
  return fact
}

t.test('an entry that is not signed proves no file, wherever its dates lead', async (t) => {
  for (const last of [new Date(NOON).toISOString(), 'x']) {
    const { dir, segments } = await sealedDirectory(t)
    const fact = factIn(segments.at(-1) as SegmentFact)
    const forged = Buffer.from('forged')
    chmodSync(join(dir, fact.path), 0o600)
    writeFileSync(join(dir, fact.path), forged)
    const lines = readFileSync(ledgerPath(dir), 'utf8').trimEnd().split('\n')
    const tip = { n: lines.length - 1, line: Buffer.from(lines.at(-1) as string) }
    const sum = createHash('sha256').update(forged).digest('hex')
    const entry = { ...fact, last, sha256: sum, sealedBytes: forged.length }
    appendFileSync(ledgerPath(dir), `${nextLine(tip, new Date(NOON).toISOString(), entry).line}\n`)
    const { problems } = await verify({ dir, since: 0 })
    t.match(problems, [{ kind: 'truncated', where: fact.path }], last)
  }
})

t.test('what was sealed is not changed by listing it again with the current key', async (t) => {
  const { dir, segments } = await sealedDirectory(t)
  const fact = factIn(segments.at(-1) as SegmentFact)
  const long = new Date(NOON - 365 * DAY).toISOString()
  await new Ledger(dir, () => NOON + 92 * DAY).append(
    { ...fact, first: long, last: long },
    { kind: 'pruned', name: fact.name, sha256: fact.sha256, last: long },
  )
  rmSync(join(dir, fact.path))
  const { problems } = await verify({ dir })
  t.same(problems.map(({ kind }) => kind).sort(), ['inserted', 'missing'])
  t.match(problems.map(({ what }) => what).join(), /lists .* a second time.*was removed 0 days after/)
})

t.test('a removal that is dated later than what was entered after it is as old as that', async (t) => {
  const { dir, segments } = await sealedDirectory(t)
  const { name, sha256, last, path } = segments.at(-1) as SegmentFact
  await new Ledger(dir, () => NOON + 9000 * DAY).append({ kind: 'pruned', name, sha256, last })
  rmSync(join(dir, path))
  t.match((await verify({ dir })).notes.map(({ what }) => what).join(), /is dated .* which is to come/)
  await new Ledger(dir, () => NOON + 92 * DAY).append({ kind: 'heartbeat', open: 0 })
  t.match((await verify({ dir })).problems, [
    { kind: 'missing', what: /was removed 0 days after its last record/ },
  ])
})

t.test('what is held is missing when it was removed', async (t) => {
  const { dir, segments } = await sealedDirectory(t)
  const { name, sha256, last, path } = segments.at(-1) as SegmentFact
  const ledger = new Ledger(dir, () => Date.parse(last) + 100 * DAY)
  await ledger.append({ kind: 'hold', op: 'add', id: 'case-7', by: 0 })
  await ledger.append({ kind: 'pruned', name, sha256, last })
  rmSync(join(dir, path))
  t.match((await verify({ dir })).problems, [
    { kind: 'missing', what: /was removed although it is held: case-7/ },
  ])
})

t.test('a ledger that is gone, or is one without signatures, is missing where keys tell of it', async (t) => {
  const { dir } = await sealedDirectory(t)
  rmSync(ledgerPath(dir))
  rmSync(join(dir, 'sealed'), { recursive: true })
  const missing = { kind: 'missing', where: 'ledger/ledger.jsonl' }
  t.match((await verify({ dir })).problems, [missing])
  rmSync(join(dir, 'keys', 'current'))
  t.match((await verify({ dir })).problems, [missing])
  writeFileSync(ledgerPath(dir), oldLedger([]), { mode: 0o600 })
  t.match((await verify({ dir })).problems, [missing])
})

t.test('nothing that was signed makes the verification stop', async (t) => {
  const { dir } = await sealedDirectory(t)
  const gap = { kind: 'gap', reason: 'x', count: 1, levels: {}, first: 1e300, last: 1e300 } as const
  await new Ledger(dir, () => NOON + 92 * DAY).append(gap, {
    kind: 'torn',
    name: 'a\0b',
    bytes: 1,
    sha256: '0'.repeat(64),
  })
  const strange = Buffer.concat([Buffer.from(join(dir, 'sealed')), Buffer.from('/'), Buffer.of(0xff, 0xfe)])
  writeFileSync(strange, 'x')
  writeFileSync(join(dir, 'sealed', 'x.tmp'), 'x')
  const { problems } = await verify({ dir })
  t.same(problems.map(({ kind, where }) => `${kind} ${where}`).sort(), [
    'inserted sealed/x.tmp',
    'inserted sealed/\ufffd\ufffd',
    'missing torn/a\0b.tail',
  ])
})
