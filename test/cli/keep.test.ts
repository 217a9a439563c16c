/**
 * `hushlog keep`, `hold` and `prune`: the commands around a keeper.
 */
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readArguments } from '../../lib/cli/command.ts'
import { hold, holdTo } from '../../lib/cli/hold.ts'
import { keep } from '../../lib/cli/keep.ts'
import { prune, pruneTo } from '../../lib/cli/prune.ts'
import { groupId, userId } from '../../lib/cli/users.ts'
import { Ledger, ledgerPath } from '../../lib/keep/ledger.ts'
import { announce, readPresence } from '../../lib/keep/presence.ts'
import { seal } from '../../lib/keep/seal.ts'
import { thisWriter } from '../../lib/store/segment.ts'
import { folder, logger } from '../helpers.ts'
import { DAY, endedSegment, entriesOf, logLine } from '../keep/helpers.ts'
import { logDirectory, until } from '../store/helpers.ts'
import { ended, run, runHere, start } from './run.ts'

const isRoot = process.getuid?.() === 0
const dead = { ...thisWriter('test'), pid: 2 ** 30 }

const holdHere = (...args: string[]) => runHere(hold, holdTo, args)
const pruneHere = (...args: string[]) => runHere(prune, pruneTo, args)

/** What a command says on standard error while a test runs. */
function hear(t: Test): () => string {
  const said = t.capture(process.stderr, 'write', () => true)
  let text = ''
  return () =>
    (text += said()
      .map(({ args: [words] }) => words)
      .join(''))
}

t.test('a keeper runs until it is told to end, and takes what a program writes meanwhile', async (t) => {
  const dir = join(folder(t), 'logs')
  const child = start(['keep', dir])
  const end = ended(child)
  await until(() => readPresence(dir).state === 'running', 20_000)
  const said = hear(t)
  const { log } = logger(t, { storage: { dir, keeper: 'external' } })
  log.info('x')
  await log.close()
  t.match(said(), /lines go to .*logs \(a keeper of its own seals them\)/)
  t.match(log.stats().store, { sealed: 0, pruned: 0, written: { lines: 1 } })
  await until(() => readdirSync(join(dir, 'open')).length === 0, 20_000)
  const second = await run(['keep', dir])
  t.match(second, { code: 2, stderr: /error: .* has a keeper: process \d+.*\nhushlog: hint: one is enough/ })
  child.kill('SIGTERM')
  t.match(await end, {
    code: 0,
    signal: null,
    stdout: '',
    stderr: /^hushlog: the ledger is signed, .*\nhushlog: keeping .*logs\n$/s,
  })
  t.notOk(existsSync(join(dir, 'keeper.json')))
  t.match(
    (await entriesOf(dir)).filter(({ kind }) => kind === 'segment'),
    [{ lines: 1, reason: 'close' }],
  )
})

t.test('a program with an external keeper runs without one, and says so', async (t) => {
  const dir = join(folder(t), 'logs')
  const said = hear(t)
  const { log, lines } = logger(t, { storage: { dir, keeper: 'external', maxSize: '4 KB' } })
  for (let i = 0; i < 100; i++) log.info({ i }, 'x')
  await log.close()
  t.match(said(), /\(no keeper is up: they wait in open\/, hint: hushlog keep /)
  t.equal(lines().length, 100)
  t.same([existsSync(ledgerPath(dir)), readdirSync(join(dir, 'sealed'))], [false, []])
  announce(dir, { writer: dead, since: '2026-11-24', last: '2026-11-24', from: [] })
  logger(t, { storage: { dir, keeper: 'external' } })
  t.match(said(), /no keeper is up, last seen 2026-11-24: they wait/)
  const { code, stderr } = await run(['keep', '--once', dir])
  t.equal(code, 0)
  t.match(stderr, /\nhushlog: sealed \d+, removed 0\n$/)
  t.equal(lines().length, 100)
})

t.test('a keeper takes its own segments besides those of others: they were handed over to it', async (t) => {
  const dir = logDirectory(t)
  endedSegment(dir, logLine(Date.now()), dead)
  const { code, stderr } = await run(['keep', '--once', '--from', '64002', dir])
  t.match(stderr, /\nhushlog: sealed 1, removed 0\n$/)
  t.equal(code, 0)
})

t.test(
  'a lost key is replaced in a keeper’s directory, by keep as by seal, and its modes stay',
  { skip: isRoot ? false : 'only root can give a directory to any group' },
  async (t) => {
    for (const command of ['keep', 'seal']) {
      const dir = join(folder(t), 'logs')
      const once = command === 'keep' ? ['keep', '--once', '--group', '64010'] : ['seal']
      t.equal((await run(['keep', '--once', '--group', '64010', dir])).code, 0)
      rmSync(join(dir, 'keys', 'current'))
      const theirs = endedSegment(dir, logLine(Date.now()), dead)
      chownSync(theirs, 64002, 64010)
      endedSegment(dir, logLine(Date.now()), dead)
      const failed = await run([...once, dir])
      t.match(failed, { code: 2, stderr: /keys\/current is missing/ }, command)
      const { code, stderr } = await run([...once, '--new-key', dir])
      t.equal(code, 0, `${command}: ${stderr}`)
      const entries = await entriesOf(dir)
      t.match(
        entries.map((entry) => (entry.kind === 'key' ? entry.reason : entry.kind)),
        ['genesis', 'lost', 'segment'],
        command,
      )
      t.equal(lstatSync(join(dir, 'open')).mode & 0o7777, 0o3770)
      t.ok(existsSync(theirs), 'a segment of another user')
      t.equal((await run([...once, '--from', '64002', dir])).code, 0)
      t.notOk(existsSync(theirs))
    }
  },
)

t.test('options of keep are checked before anything is made', async (t) => {
  const dir = join(folder(t), 'logs')
  for (const [args, message] of [
    [['--keep-days', '30'], /--keep-days takes 90 or more, got 30/],
    [['--from', 'no-such-user-here'], /--from takes a user of this machine, got no-such-user-here/],
    [['--group', 'no-such-group-here'], /--group takes a group of this machine/],
    [['--from', '4294967295'], /takes a user of this machine/],
    [[dir, 'more'], /one directory at a time/],
  ] as const)
    await t.rejects(keep.run(readArguments(keep, [...args, dir])), { code: 'HUSHLOG_OPTION', message })
  t.notOk(existsSync(dir))
})

t.test('users and groups are told by name or number', async (t) => {
  t.equal(userId('--from', 'root'), 0)
  t.equal(userId('--from', '64002'), 64002)
  t.equal(groupId('--group', 'root'), 0)
  t.throws(() => userId('--from', ''), { code: 'HUSHLOG_OPTION' })
  t.throws(() => groupId('--group', '-x'), { code: 'HUSHLOG_OPTION' })
})

t.test('a hold stands in the ledger when the command returns, until it is removed', async (t) => {
  const dir = logDirectory(t)
  const said = hear(t)
  t.equal(
    (await holdHere('add', 'case-17', dir, '--since=2026-01-01', '--until=2026-06-30', '--reason=letter'))
      .code,
    0,
  )
  t.match(said(), /hold case-17 stands, as the ledger says/)
  t.equal((await holdHere('add', 'all', dir)).code, 0)
  const { stdout } = await holdHere('list', dir)
  t.match(
    stdout,
    /^case-17: 2026-01-01T00:00:00.000Z to 2026-06-30T23:59:59.999Z, by user \d+ at .*Z: letter\nall: the beginning to no end, by user/,
  )
  const [first] = (await holdHere('list', dir, '--json')).stdout.split('\n')
  t.match(JSON.parse(first), { id: 'case-17', since: '2026-01-01T00:00:00.000Z', reason: 'letter' })
  t.equal((await holdHere('remove', 'case-17', dir)).code, 0)
  t.match(said(), /hold case-17 is removed, as the ledger says/)
  t.match((await holdHere('list', dir)).stdout, /^all: /)
  t.same(readdirSync(join(dir, 'inbox')), [])
})

t.test('a hold that is wrong, stands already or does not stand is refused', async (t) => {
  const dir = logDirectory(t)
  hear(t)
  await holdHere('add', 'x', dir)
  for (const [args, code, message] of [
    [[], 'HUSHLOG_OPTION', /takes add, remove or list, got nothing/],
    [['change', 'x'], 'HUSHLOG_OPTION', /takes add, remove or list, got change/],
    [['add'], 'HUSHLOG_OPTION', /hold add takes the id/],
    [['add', '../x', dir], 'HUSHLOG_OPTION', /its id is not/],
    [['add', 'y', dir, '--since=yesterday'], 'HUSHLOG_OPTION', /not ISO 8601/],
    [['add', 'x', dir, '--until=2020-01-01'], 'HUSHLOG_INBOX', /a hold of this id stands already/],
    [['remove', 'y', dir], 'HUSHLOG_INBOX', /no hold of this id stands/],
    [['list', dir, 'more'], 'HUSHLOG_OPTION', /one directory at a time/],
    [['list', join(dir, 'nowhere')], 'HUSHLOG_READ', /no such directory/],
  ] as const)
    await t.rejects(holdHere(...args), { code, message })
  rmSync(join(dir, 'inbox'), { recursive: true })
  await t.rejects(holdHere('add', 'y', dir), {
    code: 'HUSHLOG_INBOX',
    message: /cannot write into .*inbox: it is not there/,
    hint: /start the keeper/,
  })
  t.notOk(existsSync(join(dir, 'inbox')), 'a command makes none')
  const elsewhere = folder(t)
  for (const make of [
    () => writeFileSync(join(dir, 'inbox'), ''),
    () => symlinkSync(elsewhere, join(dir, 'inbox')),
  ]) {
    make()
    await t.rejects(holdHere('add', 'y', dir), {
      code: 'HUSHLOG_INBOX',
      message: /cannot write into .*inbox: it is no directory of user/,
    })
    rmSync(join(dir, 'inbox'))
  }
  t.same(readdirSync(elsewhere), [])
})

t.test('where a keeper runs, the request is left to it', async (t) => {
  const dir = logDirectory(t)
  const said = hear(t)
  announce(dir, { writer: thisWriter(), since: '2026-11-24', last: '2026-11-24', from: [] })
  t.equal((await holdHere('add', 'x', dir)).code, 0)
  t.match(said(), /the request waits in inbox\/ for the keeper/)
  t.match(readdirSync(join(dir, 'inbox')), [/^hold-.*\.json$/])
})

t.test(
  'root acts as the keeper’s user: what it makes, the keeper can read',
  { skip: isRoot ? false : 'only root can' },
  async (t) => {
    const dir = logDirectory(t)
    chmodSync(join(dir, '..'), 0o755)
    for (const path of ['.', 'open', 'sealed', 'ledger', 'torn', 'inbox'])
      chownSync(join(dir, path), 64001, 64001)
    const { code, stderr } = await run(['hold', 'add', 'x', dir])
    t.equal(code, 0, stderr)
    t.equal(lstatSync(ledgerPath(dir)).uid, 64001)
    t.match(await entriesOf(dir), [{ kind: 'genesis' }, { kind: 'hold', id: 'x', by: 0 }])
    // Where a link leads, the owner could not write.
    const elsewhere = folder(t)
    chmodSync(elsewhere, 0o755)
    for (const what of ['inbox', 'parent']) {
      const theirs = logDirectory(t)
      chmodSync(join(theirs, '..'), 0o755)
      chownSync(theirs, 64001, 64001)
      rmSync(join(theirs, 'inbox'), { recursive: true })
      if (what === 'inbox') symlinkSync(elsewhere, join(theirs, 'inbox'))
      else mkdirSync(join(theirs, 'inbox'))
      t.match(await run(['hold', 'add', 'x', theirs]), {
        code: 2,
        stderr: /cannot write into .*inbox: it is no directory of user 64001/,
      })
      t.same([readdirSync(elsewhere), readdirSync(theirs).includes('ledger.jsonl')], [[], false])
    }
    const pruned = await run(['prune', dir])
    t.match(pruned, { code: 0, stdout: '', stderr: /nothing is older than 90 days/ })
  },
)

/** A directory with a segment that is 100 days old. */
async function oldDirectory(t: Test) {
  const dir = logDirectory(t)
  const then = Date.now() - 100 * DAY
  const ledger = new Ledger(dir, () => then)
  await seal(ledger, endedSegment(dir, logLine(then)), 'size')
  const fact = (await entriesOf(dir)).find(({ kind }) => kind === 'segment') as unknown as { path: string }
  return { dir, ledger, path: fact.path, file: join(dir, fact.path) }
}

t.test('prune tells what would go, and removes it when it is asked to', async (t) => {
  const { dir, path, file } = await oldDirectory(t)
  t.match(await pruneHere('--dry-run', dir), {
    code: 0,
    stdout: new RegExp(`^would remove ${path}, last line 20`),
  })
  t.ok(existsSync(file))
  const { stdout } = await pruneHere('--json', '--dry-run', dir)
  t.match(JSON.parse(stdout), { dryRun: true, removed: [{ path }], held: [], refused: [] })
  t.match(await pruneHere(dir), { code: 0, stdout: new RegExp(`^removed ${path}`) })
  t.notOk(existsSync(file))
  t.match(await pruneHere(dir), { code: 0, stdout: '' })
})

t.test(
  'prune says what a hold keeps and what is refused, and takes no short retention by accident',
  async (t) => {
    const { dir, ledger, path, file } = await oldDirectory(t)
    await ledger.append({ kind: 'hold', op: 'add', id: 'case-17', by: 0 })
    t.match(await pruneHere(dir), { code: 0, stdout: `held ${path}: case-17\n` })
    await ledger.append({ kind: 'hold', op: 'remove', id: 'case-17', by: 0 })
    chmodSync(file, 0o600)
    writeFileSync(file, 'changed')
    t.match(await pruneHere(dir), {
      code: 1,
      stdout: `refused ${path}: it is not the file that the ledger lists\n`,
    })
    const text = readFileSync(ledgerPath(dir), 'utf8')
    writeFileSync(ledgerPath(dir), text.replace('"lines":1', '"lines":9'))
    t.match(await pruneHere(dir), { code: 1, stdout: /^refused all: .*ledger/ })
    await t.rejects(pruneHere('--keep-days=89', dir), {
      code: 'HUSHLOG_OPTION',
      message: /--keep-days takes 90 or more, got 89/,
      hint: /--allow-short-retention/,
    })
    t.equal((await pruneHere('--keep-days=89', '--allow-short-retention', dir)).code, 1)
    const nowhere = folder(t)
    mkdirSync(join(nowhere, 'x'))
    await t.rejects(pruneHere(nowhere), { code: 'HUSHLOG_READ', message: /is no log directory/ })
  },
)
