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
import fc from 'fast-check'
import t from 'tap'
import { checkChain, findSegment, Ledger, ledgerPath } from '../../lib/keep/ledger.ts'
import { withLock } from '../../lib/keep/lock.ts'
import { thisWriter } from '../../lib/store/segment.ts'
import { ended, logDirectory, child as storeChild, systemError } from '../store/helpers.ts'
import { entriesOf, kinds, NOON } from './helpers.ts'

const child = (...args: string[]) => storeChild('../keep/child-ledger.ts', ...args)
const torn = (bytes: number) => ({ kind: 'torn' as const, name: 'name', bytes })
const ZEROS = '0'.repeat(64)

t.test('a ledger begins with its genesis, and each entry bears the hash of the one before', async (t) => {
  const dir = logDirectory(t)
  t.same(await checkChain(dir), { entries: 0, tip: ZEROS, broken: undefined }, 'no ledger is no fault')
  const ledger = new Ledger(dir, () => NOON)
  await ledger.append(torn(1))
  await ledger.append(torn(2), { kind: 'gap', reason: 'r', count: 2, levels: { 30: 2 }, first: 1, last: 2 })
  await ledger.update(async () => [])
  const entries = await entriesOf(dir)
  t.same(kinds(entries), ['genesis', 'torn', 'torn', 'gap'])
  t.same(
    entries.map(({ v, n, at }) => [v, n, at]),
    [0, 1, 2, 3].map((n) => [0, n, '2026-11-24T12:00:00.000Z']),
  )
  t.equal(entries[0].prev, ZEROS)
  t.match(await checkChain(dir), { entries: 4, broken: undefined })
  t.equal(statSync(ledgerPath(dir)).mode & 0o777, 0o600)
  t.same(readdirSync(join(dir, 'ledger')), ['ledger.jsonl'], 'the lock is gone')
  t.equal(await findSegment(dir, 'name'), undefined, 'only segments are found by name')
})

t.test('any flipped byte is noticed, in the last entry by its hash', async (t) => {
  const dir = logDirectory(t)
  await new Ledger(dir).append(torn(1), torn(22), torn(333))
  const good = readFileSync(ledgerPath(dir))
  const { tip } = await checkChain(dir)
  const property = fc.asyncProperty(
    fc.nat(good.length - 1),
    fc.integer({ min: 1, max: 255 }),
    async (at, flip) => {
      const bad = Buffer.from(good)
      bad[at] ^= flip
      writeFileSync(ledgerPath(dir), bad)
      const check = await checkChain(dir)
      return check.broken !== undefined || check.tip !== tip
    },
  )
  await t.resolves(fc.assert(property, { numRuns: 300 }))
})

t.test('a removed, added or exchanged entry is told by its number', async (t) => {
  const dir = logDirectory(t)
  await new Ledger(dir).append(torn(1), torn(2), torn(3))
  const [genesis, one, two, three] = readFileSync(ledgerPath(dir), 'utf8').split('\n')
  const tries: [string[], { n: number; problem: RegExp }][] = [
    [[one, two], { n: 0, problem: /expected number 0, got 1/ }],
    [[genesis, two, three], { n: 1, problem: /expected number 1, got 2/ }],
    [[genesis, one, one], { n: 2, problem: /expected number 2, got 1/ }],
    [
      [genesis, one.replace('"bytes":1', '"bytes":9'), two],
      { n: 2, problem: /the entry before it was changed/ },
    ],
    [[genesis, 'rubbish'], { n: 1, problem: /is not an entry/ }],
    [[one.replace(/"n":1,"prev":"\w+"/, `"n":0,"prev":"${ZEROS}"`)], { n: 0, problem: /one genesis/ }],
  ]
  for (const [lines, broken] of tries) {
    writeFileSync(ledgerPath(dir), `${lines.join('\n')}\n`)
    t.match(await checkChain(dir), { broken }, String(broken.problem))
  }
})

t.test('half an entry is moved to torn/ before the next is appended', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir, () => NOON)
  await ledger.append(torn(1))
  appendFileSync(ledgerPath(dir), '{"v":0,"n":2,')
  await ledger.append(torn(2))
  const entries = await entriesOf(dir)
  t.same(kinds(entries), ['genesis', 'torn', 'torn', 'torn'])
  t.match(entries[2], { name: `ledger-${NOON}`, bytes: 13 })
  t.equal(readFileSync(join(dir, 'torn', `ledger-${NOON}.tail`), 'utf8'), '{"v":0,"n":2,')
  t.equal((await checkChain(dir)).broken, undefined)
})

t.test('only the end of a ledger is read to append to it', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  await ledger.append(torn(1))
  const [genesis, one] = readFileSync(ledgerPath(dir), 'utf8').split('\n')
  const wide = JSON.stringify({ ...JSON.parse(one), name: 'x'.repeat(200_000) })
  writeFileSync(ledgerPath(dir), `${genesis}\n${wide}\n`)
  await ledger.append(torn(2))
  t.same(await checkChain(dir).then(({ entries, broken }) => ({ entries, broken })), {
    entries: 3,
    broken: undefined,
  })
})

t.test('nothing is appended to what is not a ledger', async (t) => {
  const dir = logDirectory(t)
  writeFileSync(ledgerPath(dir), 'rubbish\n')
  const ledger = new Ledger(dir)
  await t.rejects(ledger.append(torn(1)), {
    code: 'HUSHLOG_LEDGER',
    message: /its last entry is not one of ours/,
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
    { 'node:fs/promises': { open } },
  )
  const ledger = new Mocked(dir)
  const failure = { code: 'HUSHLOG_LEDGER', message: /cannot append to it: ENOSPC/ }
  await t.rejects(ledger.append(torn(2)), failure)
  t.equal(readFileSync(ledgerPath(dir), 'utf8'), before)
  refused.add('truncate')
  await t.rejects(ledger.append(torn(3)), failure, 'not even the cut works')
  refused.clear()
  await ledger.append(torn(4))
  const { broken, entries } = await checkChain(dir)
  t.equal(broken, undefined)
  t.equal(entries, 4)
})

t.test('many tasks and processes append to one ledger, although one died holding the lock', async (t) => {
  const dir = logDirectory(t)
  const other = ended(child('append', dir, '25'))
  const { signal } = await ended(child('hold', dir))
  t.equal(signal, 'SIGKILL')
  const ledger = new Ledger(dir)
  await Promise.all(Array.from({ length: 25 }, (_, i) => ledger.append(torn(i))))
  t.equal((await other).code, 0)
  const { entries, broken } = await checkChain(dir)
  t.equal(broken, undefined)
  t.equal(entries, 50 + 2, 'theirs, the genesis, and what was torn')
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
