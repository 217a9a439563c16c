/**
 * The keeper as a process of its own: what it takes from open/, what it refuses, and how it says that it is up.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { HushlogError } from '../../lib/errors.ts'
import { KeeperProcess, type KeeperProcessOptions } from '../../lib/keep/keeper-process.ts'
import { keptDirectory } from '../../lib/keep/kept-directory.ts'
import { examineOpen } from '../../lib/keep/open-folder.ts'
import { ANNOUNCE_EVERY, announce, readPresence, withdraw } from '../../lib/keep/presence.ts'
import { findAbandoned } from '../../lib/store/recovery.ts'
import {
  adoptedName,
  parseSegmentName,
  segmentName,
  thisWriter,
  writerText,
} from '../../lib/store/segment.ts'
import { batchOf, logDirectory, openWriter, stamp, until } from '../store/helpers.ts'
import { endedSegment, entriesOf, kinds, logLine, NOON } from './helpers.ts'

const isRoot = process.getuid?.() === 0
const me = process.geteuid?.() ?? 0
const dead = { ...thisWriter('test'), pid: 2 ** 30 }

function keeperOf(t: Test, dir: string, options: Partial<KeeperProcessOptions> = {}) {
  const errors: HushlogError[] = []
  const keeper = new KeeperProcess({
    dir,
    keepDays: 90,
    owners: [me],
    onError: (error) => errors.push(error),
    ...options,
  })
  t.teardown(() => keeper.stop())
  return { keeper, errors }
}

function placeIn(t: Test): string {
  const parent = mkdtempSync(join(tmpdir(), 'hushlog-'))
  t.teardown(() => rmSync(parent, { recursive: true, force: true }))
  return join(parent, 'logs')
}

t.test(
  'it seals what living writers have ended and dead ones left, and leaves what is being written',
  async (t) => {
    const dir = logDirectory(t)
    const { writer } = openWriter(t, dir, { stamp, external: true })
    writer.append(batchOf([logLine(NOON).trim()]))
    writer.rotate('size')
    writer.append(batchOf([logLine(NOON).trim()]))
    endedSegment(dir, logLine(NOON), dead)
    const { keeper, errors } = keeperOf(t, dir)
    await keeper.start()
    t.same(keeper.stats(), { sealed: 2, pruned: 0 })
    t.equal(readdirSync(join(dir, 'open')).length, 1)
    writer.rotate('age')
    await until(() => readdirSync(join(dir, 'open')).length === 0, 10_000)
    const sealed = (await entriesOf(dir)).flatMap((entry) => (entry.kind === 'segment' ? [entry.reason] : []))
    t.same(sealed, ['adopted', 'size', 'age'])
    t.same(errors, [])
  },
)

t.test('a segment that could not get its last line is taken when its writer has begun another', async (t) => {
  const dir = logDirectory(t)
  const writer = thisWriter('test')
  const frame = (number: number) =>
    `{"level":30${stamp(NOON)},"kind":"segment-start","segment":{"writer":"${[writer.host, writer.boot, writer.pidns, writer.pid, writer.tid, writer.start].join('.')}","number":${number},"seq":1},"msg":"a segment begins"}\n`
  const left = endedSegment(dir, frame(1) + logLine(NOON))
  endedSegment(dir, frame(2) + logLine(NOON))
  t.match(examineOpen(dir).ended, [{ path: left, reason: 'error' }])
  t.equal(examineOpen(dir).ended.length, 1)
})

t.test(
  'a file of another user under a writer’s name ends no segment of that writer, and is not taken',
  { skip: isRoot ? false : 'only root can make files of others' },
  async (t) => {
    const stranger = 64002
    const frameOf = (writer: string, number: number) =>
      `{"level":30${stamp(NOON)},"kind":"segment-start","segment":{"writer":"${writer}","number":${number},"seq":1},"msg":"a segment begins"}\n`
    for (const [what, writer, refused] of [
      ['a process that runs', thisWriter('test'), ['a file in the name of another user’s process']],
      ['a process that nobody here can see', { ...thisWriter('test'), boot: 'ffffffffffff' }, []],
    ] as const) {
      const dir = logDirectory(t)
      const open = endedSegment(dir, frameOf(writerText(writer), 1) + logLine(NOON), writer)
      const forged = endedSegment(dir, frameOf(writerText(writer), 9999) + logLine(NOON), writer)
      chownSync(forged, stranger, stranger)
      const folder = examineOpen(dir, [me, stranger])
      t.same(folder.ended, [], what)
      t.same(
        folder.refused.map(({ reason }) => reason),
        refused,
        what,
      )
      const { keeper } = keeperOf(t, dir, { owners: [me, stranger] })
      await keeper.once()
      t.ok(existsSync(open), what)
    }
    const dir = logDirectory(t)
    const mine = thisWriter('test')
    const taken = adoptedName(parseSegmentName(segmentName(mine, NOON, 77))!, dead)
    writeFileSync(join(dir, 'open', taken), logLine(NOON))
    chownSync(join(dir, 'open', taken), stranger, stranger)
    t.same(findAbandoned(dir), [], 'nor when it is said that somebody had adopted it')
  },
)

t.test('a last line counts only at the very end, and only of the writer whose segment it is', async (t) => {
  const dir = logDirectory(t)
  const end = (host: string) => {
    const { boot, pidns, pid, tid, start } = thisWriter()
    const segment = {
      writer: [host, boot, pidns, pid, tid, start].join('.'),
      number: 1,
      seq: 1,
      lines: 1,
      reason: 'x',
    }
    return `${JSON.stringify({ level: 30, kind: 'segment-end', segment, msg: 'a segment ends' })}\n`
  }
  endedSegment(dir, `${logLine(NOON)}${end('other')}`)
  endedSegment(dir, `${logLine(NOON)}${end('test')}more`)
  endedSegment(dir, `${logLine(NOON, end('test'))}`)
  endedSegment(dir, '')
  t.same(examineOpen(dir).ended, [])
  const path = endedSegment(dir, `${logLine(NOON)}${end('test')}`)
  t.match(examineOpen(dir).ended, [{ path, reason: 'error' }])
})

/** What somebody may put into open/, each under the name of a segment. */
async function plant(t: Test, dir: string): Promise<Record<string, string>> {
  let counter = 900
  const name = () => segmentName(dead, NOON, ++counter)
  const path = (file: string) => join(dir, 'open', file)
  const outside = join(dir, '..', 'outside')
  writeFileSync(outside, 'precious\n')
  const files: Record<string, string> = {
    'a symbolic link': name(),
    'a file with several names': name(),
    'a pipe': name(),
    'a directory': name(),
    'a socket': name(),
    'not the name of a segment': 'x\u001b[31m.log',
  }
  symlinkSync(outside, path(files['a symbolic link']))
  linkSync(outside, path(files['a file with several names']))
  spawnSync('mkfifo', [path(files['a pipe'])])
  mkdirSync(path(files['a directory']))
  writeFileSync(path(files['not the name of a segment']), 'x\n')
  // The name of a socket may not be long when it is made.
  const server = createServer().listen(join(dir, '..', 'socket'))
  t.teardown(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  renameSync(join(dir, '..', 'socket'), path(files['a socket']))
  if (isRoot) {
    files['a file of another user'] = name()
    writeFileSync(path(files['a file of another user']), logLine(NOON))
    chownSync(path(files['a file of another user']), 64002, 64002)
  }
  return files
}

t.test(
  'links, pipes, directories, sockets, files of others and foreign names are refused, told once and left',
  async (t) => {
    const dir = logDirectory(t)
    const files = await plant(t, dir)
    writeFileSync(join(dir, 'open', '.reserve-1-a'), '')
    mkdirSync(join(dir, 'open', '.reserve-2-b'))
    const good = endedSegment(dir, logLine(NOON).repeat(1000), dead)
    const { keeper, errors } = keeperOf(t, dir)
    await keeper.once()
    await keeper.once()
    t.notOk(existsSync(good))
    t.match(await entriesOf(dir), [{ kind: 'genesis' }, { kind: 'segment', lines: 1000 }])
    const told = errors.map(({ code, message }) => `${code} ${message.split(': ').at(-1)}`).sort()
    t.same(
      told,
      Object.keys(files)
        .map((reason) => `HUSHLOG_FOREIGN ${reason}`)
        .sort(),
    )
    for (const { message } of errors)
      t.notOk(message.includes('\u001b'), 'no name reaches a terminal as it is')
    const { refused, refusals } = examineOpen(dir, [me])
    t.same([refused.length, refusals], [errors.length, errors.length])
    t.equal(readFileSync(join(dir, '..', 'outside'), 'utf8'), 'precious\n')
    t.same(readdirSync(join(dir, 'open')).sort(), ['.reserve-2-b', ...Object.values(files)].sort())
  },
)

t.test('a segment that waits is not replaced by a file that comes later under its name', async (t) => {
  const dir = logDirectory(t)
  const left = endedSegment(dir, logLine(NOON, 'first'), dead)
  const { keeper, errors } = keeperOf(t, dir)
  const blocker = join(dir, 'sealed', '2026')
  writeFileSync(blocker, 'a file where a folder should be')
  await keeper.once()
  await sleep(20)
  writeFileSync(left, logLine(NOON, 'second'))
  await keeper.once()
  await keeper.once()
  const told = errors.filter(({ code }) => code === 'HUSHLOG_FOREIGN').map(({ message }) => message)
  t.match(told, [/a second file of one segment$/])
  t.equal(told.length, 1)
  rmSync(blocker)
  await keeper.stop()
  t.equal(keeper.stats().sealed, 1)
  const [file] = readdirSync(join(dir, 'open'))
  t.match(readFileSync(join(dir, 'open', file), 'utf8'), /second/)
})

t.test('it says that it is up, once a minute, and takes that back at its end', async (t) => {
  const dir = logDirectory(t)
  t.same(readPresence(dir), { state: 'none' })
  const { keeper } = keeperOf(t, dir, { owners: [me, 64002] })
  await keeper.start()
  t.match(readPresence(dir), {
    state: 'running',
    presence: { from: [me, 64002], writer: { pid: process.pid } },
  })
  t.equal(
    lstatSync(join(dir, 'keeper.json')).mode & 0o777,
    0o600,
    'no group reads a directory that is ours alone',
  )
  const second = keeperOf(t, dir)
  await t.rejects(second.keeper.start(), {
    code: 'HUSHLOG_KEEPER',
    message: /has a keeper: process \d+, last seen 20/,
  })
  await keeper.stop()
  t.same(readPresence(dir), { state: 'none' })
})

t.test(
  'a keeper that died is gone, and one that cannot be judged is gone after three silent minutes',
  async (t) => {
    const dir = logDirectory(t)
    const said = { since: new Date(NOON).toISOString(), last: new Date(NOON).toISOString(), from: [1] }
    announce(dir, { writer: dead, ...said })
    t.match(readPresence(dir, NOON), { state: 'gone', presence: said })
    withdraw(dir)
    t.ok(existsSync(join(dir, 'keeper.json')), 'another keeper’s announcement is not ours')
    announce(dir, { writer: { ...dead, boot: 'ffffffffffff' }, ...said })
    t.equal(readPresence(dir, NOON + 3 * ANNOUNCE_EVERY).state, 'running')
    t.equal(readPresence(dir, NOON + 3 * ANNOUNCE_EVERY + 1).state, 'gone')
    const path = join(dir, 'keeper.json')
    for (const text of ['', '{', 'null', '{"writer":{},"since":"x"}', `{"a":"${'x'.repeat(20_000)}"}`]) {
      writeFileSync(path, text)
      t.equal(readPresence(dir).state, 'unreadable', text.slice(0, 20))
    }
    rmSync(path)
    symlinkSync('/etc/hostname', path)
    t.equal(readPresence(dir).state, 'unreadable')
    rmSync(path)
    spawnSync('mkfifo', [path])
    t.equal(readPresence(dir).state, 'unreadable')
  },
)

t.test('a request in inbox/ is entered, and one that is refused is told', async (t) => {
  const dir = logDirectory(t)
  writeFileSync(join(dir, 'inbox', 'a.json'), '{"kind":"hold","op":"add","id":"a"}')
  writeFileSync(join(dir, 'inbox', 'b.json'), '{"kind":"hold","op":"add"}')
  const { keeper, errors } = keeperOf(t, dir)
  await keeper.once()
  t.match(await entriesOf(dir), [{ kind: 'genesis' }, { kind: 'hold', id: 'a' }])
  t.match(errors, [{ code: 'HUSHLOG_INBOX', message: /"b.json" is refused: its id/ }])
})

t.test('what fails is told and tried again, and a callback that throws does no harm', async (t) => {
  const dir = logDirectory(t)
  const codes: string[] = []
  const { keeper } = keeperOf(t, dir, {
    onError: ({ code }) => {
      codes.push(code)
      throw new Error('from the program')
    },
  })
  rmSync(join(dir, 'open'), { recursive: true })
  await keeper.once()
  t.ok(codes.includes('HUSHLOG_KEEPER'))
  mkdirSync(join(dir, 'open'))
  endedSegment(dir, logLine(NOON), dead)
  await keeper.once()
  t.ok(kinds(await entriesOf(dir)).includes('segment'))
})

t.test('its directory is made with the modes that keep others out, or set to them', async (t) => {
  const alone = placeIn(t)
  t.equal(keptDirectory(alone, undefined), alone)
  t.equal(lstatSync(join(alone, 'open')).mode & 0o7777, 0o700)
  if (!isRoot) return t.pass('only root can give a directory to any group')
  const dir = placeIn(t)
  for (let i = 0; i < 2; i++) {
    keptDirectory(dir, 64010)
    const modes = Object.fromEntries(
      ['.', 'open', 'sealed', 'ledger', 'torn', 'inbox'].map((folder) => {
        const { mode, gid } = lstatSync(join(dir, folder))
        return [folder, `${(mode & 0o7777).toString(8)} ${gid}`]
      }),
    )
    t.same(modes, {
      '.': '750 64010',
      open: '3770 64010',
      sealed: '700 0',
      ledger: '700 0',
      torn: '700 0',
      inbox: '700 0',
    })
    for (const folder of ['.', 'open', 'ledger']) chmodSync(join(dir, folder), 0o777)
    // As of a program that kept it itself.
    for (const folder of ['inbox', 'torn']) chownSync(join(dir, folder), 0, 64011)
  }
  announce(dir, { writer: dead, since: '', last: '', from: [] })
  const { mode, gid } = lstatSync(join(dir, 'keeper.json'))
  t.same([mode & 0o777, gid], [0o640, 64010], 'its group sees whether a keeper is up')
})

t.test(
  'a link, a file and the directory of another user are refused, and nothing is made in them',
  async (t) => {
    const [dir, target] = [placeIn(t), placeIn(t)]
    mkdirSync(target)
    symlinkSync(target, dir)
    t.throws(() => keptDirectory(dir, 0), {
      code: 'HUSHLOG_DIRECTORY',
      message: /is a symbolic link/,
      hint: /leads to/,
    })
    t.same(readdirSync(target), [])
    const file = placeIn(t)
    writeFileSync(file, '')
    t.throws(() => keptDirectory(file, 0), {
      code: 'HUSHLOG_DIRECTORY',
      message: /is a symbolic link or a file/,
    })
    if (!isRoot) return
    const theirs = placeIn(t)
    mkdirSync(theirs)
    chownSync(theirs, 64001, 64001)
    t.throws(() => keptDirectory(theirs, 0), {
      code: 'HUSHLOG_DIRECTORY',
      message: /belongs to user 64001, we are 0/,
      hint: /run this as user 64001/,
    })
    t.same(readdirSync(theirs), [])
  },
)

t.test('an hour gets one heartbeat, however many keepers there are', async (t) => {
  const dir = logDirectory(t)
  for (const now of [NOON, NOON + 1, NOON + 3_600_000])
    await Promise.all([1, 2, 3].map(() => keeperOf(t, dir, { now: () => now }).keeper.once()))
  const beats =
    readFileSync(join(dir, 'ledger', 'ledger.jsonl'), 'utf8').split('"kind":"heartbeat"').length - 1
  t.equal(beats, 2)
})
