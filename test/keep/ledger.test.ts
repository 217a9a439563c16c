import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import * as fsPromises from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { nextLine } from '../../lib/keep/chain.ts'
import { readKey } from '../../lib/keep/keys.ts'
import { findSegment, Ledger, type LedgerEntry, ledgerPath, readLedger } from '../../lib/keep/ledger.ts'
import { verifyLedger } from '../../lib/keep/ledger-check.ts'
import { withLock } from '../../lib/keep/lock.ts'
import { verifierKey } from '../../lib/keep/note.ts'
import { thisWriter } from '../../lib/store/segment.ts'
import { ended, logDirectory, child as storeChild, systemError } from '../store/helpers.ts'
import { entriesOf, kinds, NOON } from './helpers.ts'

const child = (...args: string[]) => storeChild('../keep/child-ledger.ts', ...args)
const torn = (bytes: number) => ({ kind: 'torn' as const, name: 'name', bytes })
const ZEROS = '0'.repeat(64)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

async function allEntries(dir: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  for await (const entry of readLedger(dir)) entries.push(entry)
  return entries
}

/** A line that would follow, as an append leaves it that is broken off before its seal. */
function followingLine(dir: string): string {
  const last = Buffer.from(readFileSync(ledgerPath(dir), 'utf8').trimEnd().split('\n').at(-1) as string)
  const { n } = JSON.parse(last.toString())
  return `${nextLine({ n, line: last }, new Date(NOON).toISOString(), torn(9)).line}\n`
}

t.test(
  'a ledger begins with its genesis, each entry bears the hash of the one before, each group ends in a seal',
  async (t) => {
    const dir = logDirectory(t)
    t.match(
      await verifyLedger(dir),
      { entries: 0, proven: undefined, problem: undefined },
      'no ledger is no fault',
    )
    const told: string[] = []
    const ledger = new Ledger(dir, () => NOON, { onFirstKey: (key) => told.push(key) })
    await ledger.append(torn(1))
    await ledger.append(torn(2), { kind: 'gap', reason: 'r', count: 2, levels: { 30: 2 }, first: 1, last: 2 })
    await ledger.update(async () => [])
    const entries = await allEntries(dir)
    t.same(kinds(entries), ['genesis', 'torn', 'seal', 'torn', 'gap', 'seal'])
    t.same(
      entries.map(({ v, n, at }) => [v, n, at]),
      [0, 1, 2, 3, 4, 5].map((n) => [1, n, '2026-11-24T12:00:00.000Z']),
    )
    t.equal(entries[0].prev, ZEROS)
    const check = await verifyLedger(dir)
    t.match(check, {
      entries: 6,
      problem: undefined,
      old: 0,
      restarts: [],
      proven: { n: 5 },
    })
    t.equal(told.length, 1, 'the first public key is told once')
    t.equal(told[0], verifierKey(check.firstKey as string))
    t.equal(readFileSync(join(dir, 'keys', 'first.pub'), 'utf8'), `${told[0]}\n`)
    for (const file of ['keys/current', 'keys/first.pub', 'ledger/ledger.jsonl'])
      t.equal(statSync(join(dir, file)).mode & 0o777, 0o600, file)
    t.equal(statSync(join(dir, 'keys')).mode & 0o777, 0o700)
    t.same(readdirSync(join(dir, 'keys')).sort(), ['current', 'first.pub'], 'no key is left but the next one')
    t.same(readdirSync(join(dir, 'ledger')), ['ledger.jsonl'], 'the lock is gone')
    t.equal(await findSegment(dir, 'name'), undefined, 'only segments are found by name')
  },
)

t.test('a group has 256 lines at most, and each is signed by a key of its own', async (t) => {
  const dir = logDirectory(t)
  await new Ledger(dir).append(...Array.from({ length: 600 }, (_, i) => torn(i)))
  const entries = await allEntries(dir)
  t.same(
    entries.filter(({ kind }) => kind === 'seal').map(({ n }) => n),
    [255, 511, 603],
  )
  const keys = entries.map((entry) => (entry.kind === 'seal' ? entry.next : '')).filter((key) => key !== '')
  t.equal(new Set(keys).size, 3)
  t.match(await verifyLedger(dir), { problem: undefined, entries: 604 })
})

t.test('the private key that signed a group is gone when the group is on the disk', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  await ledger.append(torn(1))
  const stolen = readFileSync(join(dir, 'keys', 'current'), 'utf8')
  await ledger.append(torn(2))
  t.not(readFileSync(join(dir, 'keys', 'current'), 'utf8'), stolen)
  t.equal((await verifyLedger(dir)).nextKey, (await readKey(dir, 'current'))?.publicKey)
})

t.test('half an entry is moved to torn/ before the next is appended', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir, () => NOON)
  await ledger.append(torn(1))
  const rests = [
    () => '{"v":1,"n":3,',
    followingLine,
    (of: string) => `${followingLine(of)}{"v":1`,
    () => '\0\0\n{"v"',
  ]
  for (const [i, restOf] of rests.entries()) {
    const rest = restOf(dir)
    appendFileSync(ledgerPath(dir), rest)
    t.match(
      await verifyLedger(dir),
      { problem: undefined, entries: 3 * (i + 1) },
      'what was broken off proves nothing, and is no fault',
    )
    await ledger.append(torn(2))
    const cut = (await entriesOf(dir)).at(-2)
    t.match(cut, { name: `ledger-${NOON}`, bytes: rest.length, sha256: sha256(rest) }, JSON.stringify(rest))
    t.equal(readFileSync(join(dir, 'torn', `ledger-${NOON}.tail`), 'utf8'), rest)
    t.match(await verifyLedger(dir), { problem: undefined, entries: 3 * (i + 2) })
  }
})

t.test('nothing is appended to what is not a ledger', async (t) => {
  const dir = logDirectory(t)
  writeFileSync(ledgerPath(dir), 'rubbish\n')
  const ledger = new Ledger(dir)
  await t.rejects(ledger.append(torn(1)), {
    code: 'HUSHLOG_LEDGER',
    message: /entry 0: is not an entry/,
    hint: /hushlog verify/,
  })
  await t.rejects(entriesOf(dir), { code: 'HUSHLOG_LEDGER' })
  t.equal(readFileSync(ledgerPath(dir), 'utf8'), 'rubbish\n')
  const other = logDirectory(t)
  symlinkSync(join(other, 'elsewhere'), ledgerPath(other))
  await t.rejects(new Ledger(other).append(torn(1)), {
    code: 'HUSHLOG_LEDGER',
    message: /cannot open it: ELOOP/,
  })
  t.notOk(existsSync(join(other, 'elsewhere')))
})

t.test('an append that the disk refuses is told, leaves nothing of itself and can be repeated', async (t) => {
  const dir = logDirectory(t)
  await new Ledger(dir).append(torn(1))
  const before = readFileSync(ledgerPath(dir), 'utf8')
  const refused = new Set(['sync'])
  const open = async (...args: Parameters<typeof fsPromises.open>) => {
    const handle = await fsPromises.open(...args)
    if (args[0] !== ledgerPath(dir)) return handle
    return new Proxy(handle, {
      get(target, name) {
        if (refused.has(String(name))) return async () => Promise.reject(systemError('ENOSPC'))
        const member = Reflect.get(target, name, target)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  }
  const { Ledger: Mocked } = await t.mockImport<typeof import('../../lib/keep/ledger.ts')>(
    '../../lib/keep/ledger.ts',
    { 'node:fs/promises': { ...fsPromises, open } },
  )
  const ledger = new Mocked(dir)
  const failure = { code: 'HUSHLOG_LEDGER', message: /cannot append to it: ENOSPC/ }
  await t.rejects(ledger.append(torn(2)), failure)
  t.equal(readFileSync(ledgerPath(dir), 'utf8'), before)
  refused.add('truncate')
  await t.rejects(ledger.append(torn(3)), failure, 'not even the cut works')
  refused.clear()
  await ledger.append(torn(4))
  const entries = await entriesOf(dir)
  t.same(kinds(entries), ['genesis', 'torn', 'torn', 'torn'])
  t.same(
    entries
      .filter(({ kind }) => kind === 'torn')
      .map((entry) => 'bytes' in entry && entry.bytes)
      .slice(1),
    [3, 4],
    'a group that was whole on the disk counts',
  )
  t.equal((await verifyLedger(dir)).problem, undefined)
})

t.test('many tasks and processes append to one ledger, although one died holding the lock', async (t) => {
  const dir = logDirectory(t)
  const other = ended(child('append', dir, '25'))
  const { signal } = await ended(child('hold', dir))
  t.equal(signal, 'SIGKILL')
  const ledger = new Ledger(dir)
  await Promise.all(Array.from({ length: 25 }, (_, i) => ledger.append(torn(i))))
  t.equal((await other).code, 0)
  t.equal((await entriesOf(dir)).length, 50 + 2, 'theirs, the genesis, and what was torn')
  t.equal((await verifyLedger(dir)).problem, undefined)
  t.same(readdirSync(join(dir, 'ledger')), ['ledger.jsonl'])
})

const times = { deadline: 300, lease: 100 }

t.test('a living holder keeps the lock, and who waits is told who has it', async (t) => {
  const dir = logDirectory(t)
  await withLock(
    dir,
    async () => {
      await t.rejects(
        withLock(dir, async () => t.fail('two hold it'), times),
        {
          code: 'HUSHLOG_LEDGER',
          message: new RegExp(`lock was not free within 300 ms: process ${process.pid} holds it`),
        },
      )
    },
    times,
  )
  t.notOk(existsSync(join(dir, 'ledger', 'lock')), 'a lock that was held long is dropped too')
})

t.test('a holder that cannot be judged loses the lock when its lease is over', async (t) => {
  const foreign = JSON.stringify({ token: '0'.repeat(36), writer: { ...thisWriter(), boot: 'aaaaaaaaaaaa' } })
  for (const text of ['', '{"token":"../../x"}', foreign]) {
    const dir = logDirectory(t)
    const path = join(dir, 'ledger', 'lock')
    writeFileSync(path, text)
    utimesSync(path, new Date(), new Date(Date.now() + 5000))
    await t.rejects(
      withLock(dir, async () => {}, times),
      { code: 'HUSHLOG_LEDGER' },
      `${text}, still held`,
    )
    utimesSync(path, 1, 1)
    t.equal(await withLock(dir, async () => 'mine', times), 'mine')
    t.same(readdirSync(join(dir, 'ledger')), [])
  }
})

t.test(
  'of many that find a dead lock, and a dead one who tried before them, one at a time holds it',
  async (t) => {
    const dir = logDirectory(t)
    const dead = { ...thisWriter(), pid: 2 ** 30 }
    const token = '1'.repeat(36)
    writeFileSync(join(dir, 'ledger', 'lock'), JSON.stringify({ token, writer: dead }))
    writeFileSync(
      join(dir, 'ledger', `lock.${token}`),
      JSON.stringify({ token: '2'.repeat(36), writer: dead }),
    )
    let holders = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++holders)
      await new Promise((resolve) => setTimeout(resolve, 2))
      holders--
    }
    await Promise.all(Array.from({ length: 20 }, () => withLock(dir, work)))
    t.equal(most, 1)
    t.same(readdirSync(join(dir, 'ledger')), [])
  },
)

t.test('a failed task frees the lock', async (t) => {
  const dir = logDirectory(t)
  await t.rejects(
    withLock(dir, async () => Promise.reject(new Error('its own'))),
    /its own/,
  )
  t.equal(await withLock(dir, async () => 'free', times), 'free')
})

t.test('a dead lock that a living process is about to take away is left to that process', async (t) => {
  const dir = logDirectory(t)
  const lock = join(dir, 'ledger', 'lock')
  const token = '1'.repeat(36)
  const dead = { ...thisWriter(), pid: 2 ** 30 }
  writeFileSync(lock, JSON.stringify({ token, writer: dead }))
  writeFileSync(`${lock}.${token}`, JSON.stringify({ token: '2'.repeat(36), writer: thisWriter() }))
  await t.rejects(
    withLock(dir, async () => t.fail('two hold it'), { deadline: 50, lease: 60_000 }),
    { code: 'HUSHLOG_LEDGER', message: new RegExp(`within 50 ms: process ${dead.pid} holds it`) },
  )
  t.ok(existsSync(lock))
  unlinkSync(`${lock}.${token}`)
  t.equal(await withLock(dir, async () => 'mine', times), 'mine', 'and taken over when it is gone')
})

t.test('a lock that cannot be read, made or dropped holds up nobody longer than the deadline', async (t) => {
  const dir = logDirectory(t)
  const lock = join(dir, 'ledger', 'lock')
  symlinkSync(join(dir, 'nowhere'), lock)
  await t.rejects(
    withLock(dir, async () => t.fail('it is not free'), { deadline: 50, lease: 100 }),
    { code: 'HUSHLOG_LEDGER', message: /was not free within 50 ms: an unknown process holds it/ },
  )
  t.same(readdirSync(join(dir, 'ledger')), ['lock'], 'what is not ours stays')
  unlinkSync(lock)
  const work = async () => unlinkSync(lock)
  await t.resolves(withLock(dir, work, times), 'somebody has removed it meanwhile')
  await t.rejects(
    withLock(join(dir, 'gone'), async () => t.fail('there is no lock'), times),
    { code: 'HUSHLOG_LEDGER', message: /^cannot make .*lock: ENOENT$/ },
  )
})

t.test(
  'a lock that cannot be opened for want of descriptors is not taken away from its holder',
  async (t) => {
    const dir = logDirectory(t)
    const { withLock: mocked } = await t.mockImport<typeof import('../../lib/keep/lock.ts')>(
      '../../lib/keep/lock.ts',
      {
        'node:fs': {
          ...fs,
          existsSync: () => false,
          writeFileSync: () => {
            throw systemError('EMFILE')
          },
        },
      },
    )
    await withLock(dir, async () => {
      const refused = { code: 'HUSHLOG_LEDGER', message: /cannot make .*lock: EMFILE$/ }
      await t.rejects(
        mocked(dir, async () => t.fail('two hold it'), times),
        refused,
      )
      t.ok(existsSync(join(dir, 'ledger', 'lock')))
    })
  },
)

t.test('a lock whose holder has no descriptors left is free again when its work is done', async (t) => {
  const dir = logDirectory(t)
  const program = fileURLToPath(new URL('./child-ledger.ts', import.meta.url))
  const args = ['-c', 'ulimit -n 120 && exec "$@"', 'sh', process.execPath, ...process.execArgv]
  const { stdout, stderr } = spawnSync('sh', [...args, program, 'starve', dir], { encoding: 'utf8' })
  const free = JSON.stringify({ again: 'free', left: [], isQuick: true })
  t.equal(stdout, `${free}\n${free}\n`, stderr)
})

t.test('a lock is renewed while it is held, and its loss is noticed', async (t) => {
  const dir = logDirectory(t)
  const lock = join(dir, 'ledger', 'lock')
  await withLock(
    dir,
    async (isHeld) => {
      t.ok(isHeld())
      utimesSync(lock, 1, 1)
      await new Promise((resolve) => setTimeout(resolve, 100))
      t.ok(Date.now() - statSync(lock).mtimeMs < 5000)
      writeFileSync(lock, JSON.stringify({ token: '3'.repeat(36), writer: thisWriter() }))
      t.notOk(isHeld())
    },
    { deadline: 300, lease: 120 },
  )
  t.ok(existsSync(lock), 'what another holds by now stays')
})
