/**
 * What was shipped comes back: from what an honest shipper left, from what crashes left of it, and from what somebody
 * with the writer's credentials has put beside it.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import type { Fact } from '../../lib/keep/facts.ts'
import type { Finding } from '../../lib/keep/finding.ts'
import { Ledger, ledgerPath } from '../../lib/keep/ledger.ts'
import { verifyLedger } from '../../lib/keep/ledger-check.ts'
import { formatCheckpoint, originOf, parseCheckpoint } from '../../lib/keep/note.ts'
import { readSegments } from '../../lib/keep/reader.ts'
import { verify } from '../../lib/keep/verify.ts'
import { ShipFailure } from '../../lib/ship/failure.ts'
import { checkpointKey, ledgerPartKey, parseLedgerKey, segmentKey } from '../../lib/ship/keys.ts'
import { Groups } from '../../lib/ship/restore/ledger-groups.ts'
import { type Restored, restore } from '../../lib/ship/restore/restore.ts'
import type { RestoreOptions } from '../../lib/ship/restore/restore-options.ts'
import { shippedLedgers } from '../../lib/ship/restore/shipped-ledgers.ts'
import { verifyRemote } from '../../lib/ship/restore/verify-remote.ts'
import { folder } from '../helpers.ts'
import { DAY, NOON, ShippedDirectory, sumOf } from './shipped-directory.ts'

/** Two rounds of shipping: two segments each, and a part of the ledger for each round. */
async function shipped(t: Test): Promise<ShippedDirectory> {
  const logs = new ShippedDirectory(t)
  for (let round = 0; round < 2; round++) {
    await logs.sealed({ time: NOON + round * DAY })
    await logs.sealed({ time: NOON + round * DAY, service: 'billing' })
    await logs.ship()
  }
  return logs
}

async function restored(
  logs: ShippedDirectory,
  options: Partial<RestoreOptions> = {},
): Promise<Restored & { dir: string }> {
  const { dir = join(logs.dir, '..', 'restored') } = options
  const [found] = await shippedLedgers(logs.target, { ledger: await originHere(logs.dir) })
  return { dir, ...(await restore({ target: logs.target, shipped: found, ...options, dir })) }
}

async function originHere(dir: string): Promise<string> {
  const { firstKey = '' } = await verifyLedger(dir)
  return originOf(firstKey)
}

async function linesIn(dir: string): Promise<string[]> {
  const lines: string[] = []
  for await (const { line } of readSegments(dir)) lines.push(line)
  return lines
}

async function keysIn(logs: ShippedDirectory, prefix = 'ledger/'): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of logs.target.list(prefix)) keys.push(key)
  return keys
}

async function partsIn(logs: ShippedDirectory): Promise<string[]> {
  return (await keysIn(logs)).filter((key) => key.endsWith('.jsonl'))
}

/** Puts something else in the place of what was shipped. */
function replace(logs: ShippedDirectory, key: string, content: string): void {
  chmodSync(join(logs.path, key), 0o600)
  writeFileSync(join(logs.path, key), content)
}

/** That nothing is wrong, which `t.match` alone would not see, and what else is so. */
function fine(t: Test, found: { problems: Finding[] }, expected: object): void {
  t.same(found.problems, [])
  t.match(found, expected)
}

function kindsOf(findings: Finding[]): string[] {
  return findings.map(({ kind }) => kind)
}

t.test('all that was shipped comes back as it was, and is proven up to the last part', async (t) => {
  const logs = await shipped(t)
  const found = await restored(logs)
  t.same(found.problems, [])
  t.match(found.segments, { listed: 4, fetched: 4, kept: 0, gone: 0, unproven: 0 })
  t.match(found.ledger, { anchored: true, old: 0 })
  const [last] = (await partsIn(logs)).map(parseLedgerKey).slice(-1)
  t.equal(found.ledger.proven?.entry, last?.to)
  t.equal(found.until, found.ledger.proven?.at)
  t.same(await linesIn(found.dir), await linesIn(logs.dir))

  const whole = readFileSync(ledgerPath(logs.dir))
  const back = readFileSync(ledgerPath(found.dir))
  t.ok(back.length > 0 && whole.subarray(0, back.length).equals(back))
  for (const { path } of await logs.segments()) {
    t.same(readFileSync(join(found.dir, path)), readFileSync(join(logs.dir, path)))
    t.equal(lstatSync(join(found.dir, path)).mode & 0o777, 0o400)
  }
  t.equal(lstatSync(found.dir).mode & 0o777, 0o700)
  t.equal(lstatSync(ledgerPath(found.dir)).mode & 0o777, 0o600)
  t.same(readdirSync(found.dir).sort(), [
    '.gitignore',
    'checkpoint',
    'inbox',
    'keys',
    'ledger',
    'open',
    'restored.json',
    'sealed',
    'torn',
  ])
  t.equal(
    readFileSync(join(found.dir, 'keys', 'first.pub'), 'utf8'),
    readFileSync(join(logs.dir, 'keys', 'first.pub'), 'utf8'),
  )

  const checkpoint = parseCheckpoint(readFileSync(join(found.dir, 'checkpoint'), 'utf8'))
  const again = await verify({ dir: found.dir, checkpoint, now: Math.max(logs.now, Date.now()) })
  fine(t, again, { restored: true, ledger: { anchored: true } })
  t.same(kindsOf(again.notes), ['restored'])
})

t.test('what crashes left costs nothing: parts that overlap, are doubled, or reach further', async (t) => {
  const logs = await shipped(t)
  await logs.shipLedger({ from: 0, isEntered: false })
  await logs.shipLedger({ isEntered: false })
  await logs.sealed()
  await logs.shipLedger({ from: 3, isEntered: false })
  const found = await restored(logs)
  t.same(kindsOf(found.problems), ['missing'], 'the one that was not shipped')
  t.equal(found.segments.listed, 5)
  t.equal(readFileSync(ledgerPath(found.dir), 'utf8'), readFileSync(ledgerPath(logs.dir), 'utf8'))
})

t.test(
  'only the time and the service that were asked for come back, and verify asks for no more',
  async (t) => {
    const logs = await shipped(t)
    const asked = { since: NOON + DAY, service: 'billing' }
    const found = await restored(logs, asked)
    fine(t, found, { segments: { listed: 1, fetched: 1, unproven: 0 } })
    fine(t, await verify({ dir: found.dir, ...asked }), { segments: { listed: 4, read: 1 } })
    const rest = await restored(logs, { until: NOON + DAY / 2 })
    fine(t, rest, { segments: { listed: 2, fetched: 2 } })
    fine(t, await restored(logs), { segments: { listed: 4, fetched: 1, kept: 3 } })
  },
)

t.test('what was removed for its age comes back as long as it is in the target', async (t) => {
  const logs = new ShippedDirectory(t)
  const old = [await logs.sealed({ time: NOON - 100 * DAY }), await logs.sealed({ time: NOON - 100 * DAY })]
  await logs.ship()
  const facts = await logs.segments()
  const pruned = facts.map(({ name, sha256, last }) => ({ kind: 'pruned' as const, name, sha256, last }))
  await logs.ledger.append(...pruned)
  await logs.shipLedger()
  rmSync(join(logs.path, segmentKey(facts[1])))
  const found = await restored(logs)
  fine(t, found, { segments: { listed: 2, fetched: 1, gone: 1 } })
  t.match((await linesIn(found.dir)).length, 5)
  t.ok(existsSync(join(found.dir, facts[0].path)), old[0])
  replaceLocal(join(found.dir, facts[0].path))
  t.match(await verify({ dir: found.dir }), { problems: [{ kind: 'truncated', where: facts[0].path }] })
})

t.test('what crashes broke off is not shipped, and not missed in a copy', async (t) => {
  const logs = new ShippedDirectory(t)
  const name = await logs.sealed()
  await logs.ledger.append({ kind: 'torn', name, bytes: 4, sha256: sumOf(Buffer.from('half')) })
  await logs.ship()
  const { dir, ...found } = await restored(logs)
  t.same(found.problems, [])
  const told = [{ kind: 'restored' }, { kind: 'torn', where: `torn/${name}.tail`, what: /^is not here/ }]
  t.match(found.notes, [...told, { kind: 'torn', where: /^entry/ }])
  for (const spoil of [
    () => writeFileSync(join(dir, 'torn', 'other.tail'), ''),
    () => writeFileSync(join(dir, 'restored.json'), '{"v":1,"ledger":"hushlog/0000000000000000"}'),
    () => writeFileSync(join(dir, 'restored.json'), ''),
  ]) {
    const before = readFileSync(join(dir, 'restored.json'))
    spoil()
    const said = await verify({ dir })
    t.equal(said.restored, false, 'the file alone makes no copy')
    t.same(kindsOf(said.problems), ['missing', 'missing'])
    rmSync(join(dir, 'torn', 'other.tail'), { force: true })
    writeFileSync(join(dir, 'restored.json'), before)
  }
  writeFileSync(join(dir, 'open', 'somebody.log'), '')
  const live = await verify({ dir })
  t.equal(live.restored, false, 'what is logged into is no copy, whatever it says')
  t.same(kindsOf(live.problems), ['missing', 'missing'], 'the key, and what was cut off')
})

function replaceLocal(path: string): void {
  chmodSync(path, 0o600)
  writeFileSync(path, 'garbage')
}

t.test('a segment that is garbage or gone is told, and the others come back', async (t) => {
  const logs = await shipped(t)
  const [first, second] = await logs.segments()
  replace(logs, segmentKey(first), 'garbage')
  rmSync(join(logs.path, segmentKey(second)))
  const found = await restored(logs)
  t.match(found.problems, [
    {
      kind: 'missing',
      where: first.path,
      what: /although the ledger says that it was shipped: .*is not what its name says/,
    },
    {
      kind: 'missing',
      where: second.path,
      what: /although the ledger says that it was shipped: .*is not there/,
    },
  ])
  t.equal(found.problems.length, 2, 'each is told once')
  t.match(found.segments, { listed: 4, fetched: 2 })
  t.notOk(existsSync(join(found.dir, first.path)))
  t.notOk(existsSync(join(found.dir, '.restore')))
})

t.test('what is longer than the ledger says is not read to its end', async (t) => {
  const logs = await shipped(t)
  const [first] = await logs.segments()
  replace(logs, segmentKey(first), 'garbage'.repeat(1_000_000))
  const found = await restored(logs)
  t.match(found.problems, [
    { kind: 'missing', where: first.path, what: / is longer than the \d+ bytes that it should have$/ },
  ])
  t.match(found.segments, { listed: 4, fetched: 3 })
})

t.test('a part that is missing ends what is proven, and what follows is told apart', async (t) => {
  const logs = await shipped(t)
  await logs.sealed()
  await logs.ship()
  const parts = await partsIn(logs)
  t.equal(parts.length, 3)
  rmSync(join(logs.path, parts[1]))
  const found = await restored(logs)
  const { from } = parseLedgerKey(parts[1]) ?? { from: -1 }
  t.equal(found.ledger.entries, from)
  t.match(found.problems[0], {
    kind: 'missing',
    where: `entry ${from}`,
    what: /lie in no part that can be proven/,
  })
  t.match(found.problems[1], { kind: 'missing', where: parts[2] })
  t.same(kindsOf(found.problems.slice(2, 4)), ['truncated', 'truncated'], 'two checkpoints have seen more')
  t.match(found.ledger, { anchored: true }, 'the first one fits')
  t.match(found.segments, { listed: 2, fetched: 2, unproven: 3 })
  t.equal(readdirSync(join(found.dir, 'unproven')).length, 3)
})

t.test('a segment that no part lists lies apart, and is not proven', async (t) => {
  const logs = await shipped(t)
  const name = await logs.sealed()
  const fact = (await logs.segments()).at(-1)
  await logs.shipSegment(fact!)
  const forged = segmentKey({ ...fact!, sha256: 'ab'.repeat(32) })
  mkdirSync(join(logs.path, forged, '..'), { recursive: true })
  writeFileSync(join(logs.path, forged), 'not what it says')
  const found = await restored(logs)
  t.match(
    found.problems.sort((a, b) => (a.kind < b.kind ? -1 : 1)),
    [
      { kind: 'inserted', where: /^unproven\//, what: /no part of the ledger lists it/ },
      { kind: 'modified', where: forged, what: /is not what its name says/ },
    ],
  )
  const [file] = readdirSync(join(found.dir, 'unproven'))
  t.ok(file.startsWith(name))
  t.same(readFileSync(join(found.dir, 'unproven', file)), readFileSync(join(logs.dir, fact!.path)))
  t.equal((await linesIn(found.dir)).length, 4 * 5, 'and no other command takes it for a proven one')
})

t.test('a clock that began in 1970 does not make it list each day since', async (t) => {
  const logs = new ShippedDirectory(t)
  await logs.sealed({ time: DAY })
  await logs.sealed()
  await logs.ship()
  const key = segmentKey({ ...(await logs.segments())[0], sha256: '0'.repeat(64) })
  mkdirSync(join(logs.path, key, '..'), { recursive: true })
  writeFileSync(join(logs.path, key), 'x')
  const prefixes: string[] = []
  const { target } = logs
  const list = target.list.bind(target)
  target.list = (prefix) => {
    prefixes.push(prefix)
    return list(prefix)
  }
  const found = await restored(logs)
  t.match(found.segments, { listed: 2, fetched: 2 })
  t.match(found.problems, [{ kind: 'modified', where: key, what: /no part of the ledger lists it/ }])
  t.ok(prefixes.some((prefix) => prefix.includes('date=1970-01-02')))
  t.ok(prefixes.length < 2000, `${prefixes.length} requests`)
})

t.test('parts that are forged are told, and change nothing', async (t) => {
  const logs = await shipped(t)
  const parts = await partsIn(logs)
  const { folder, to = -1 } = parseLedgerKey(parts[1]) ?? {}
  const clean = await restored(logs)

  // A whole ledger of somebody else under this one's name, longer than it.
  const other = new ShippedDirectory(t)
  for (let i = 0; i < 12; i++) await other.ledger.append({ kind: 'heartbeat', open: i })
  const theirs = readFileSync(ledgerPath(other.dir))
  await logs.put(ledgerPartKey(folder!, 0, 24, sumOf(theirs)), theirs)
  // What goes on where ours ends, signed by a key that was never named.
  const more = forgedPart(logs, other.dir, to)
  await logs.put(ledgerPartKey(folder!, to + 1, to + 2, sumOf(more)), more)
  for (const garbage of ['garbage\n', '{"v":1,"n":0,"kind":"seal"}\n', '{', 'x'.repeat(2 << 20)])
    await logs.put(ledgerPartKey(folder!, 0, 3, sumOf(Buffer.from(garbage))), Buffer.from(garbage))
  const lying = ledgerPartKey(folder!, 0, 2, 'ab'.repeat(32))
  writeFileSync(join(logs.path, lying), readFileSync(join(logs.path, parts[0])))
  await logs
    .put('ledger/host=web-1/../../secret', Buffer.from(''))
    .catch((error) => t.ok(error instanceof ShipFailure))

  const found = await restored(logs, { dir: join(logs.dir, '..', 'again') })
  t.same(found.ledger, clean.ledger)
  t.match(found.segments, { listed: 4, fetched: 4, unproven: 0 })
  const told = (kind: string) => found.problems.filter((finding) => finding.kind === kind).length
  t.equal(told('wrong-key'), 2, 'the other ledger, and what is signed by no key of this one')
  t.equal(found.problems.length, 2 + 4 + 1 + 1, 'the garbage, the lie, and what follows from no entry')
})

/** A group that follows from the last entry that was shipped, signed by a key of somebody else. */
function forgedPart(logs: ShippedDirectory, dir: string, to: number): Buffer {
  const ours = readFileSync(ledgerPath(logs.dir), 'utf8')
    .split('\n')
    .slice(to + 1, to + 3)
  const seal = JSON.parse(ours[1])
  const theirs = readFileSync(ledgerPath(dir), 'utf8').split('\n')
  const { sig, next } = JSON.parse(theirs.filter((line) => line.includes('"kind":"seal"'))[0])
  return Buffer.from(`${ours[0]}\n${JSON.stringify({ ...seal, next, sig })}\n`)
}

t.test(
  'of two ways in which the ledger goes on, both rightly signed, the longer counts, and that is told',
  async (t) => {
    const logs = new ShippedDirectory(t)
    await logs.sealed()
    await logs.ship()
    // The key is taken, or the directory put back from a backup: it goes on twice.
    const stolen = join(logs.dir, '..', 'stolen')
    cpSync(logs.dir, stolen, { recursive: true })
    await logs.sealed()
    await logs.sealed()
    await logs.ship()
    const before = (await partsIn(logs)).length
    await new Ledger(stolen, () => NOON + 5 * DAY).append({ kind: 'heartbeat', open: 7 })
    const thief = Object.assign(Object.create(Object.getPrototypeOf(logs)), logs, {
      dir: stolen,
    }) as ShippedDirectory
    const theirs = readFileSync(ledgerPath(stolen))
    const { entries } = await verifyLedger(stolen)
    const [part] = (await partsIn(logs)).map(parseLedgerKey)
    await thief.put(ledgerPartKey(part!.folder, 0, entries - 1, sumOf(theirs)), theirs)
    t.equal((await partsIn(logs)).length, before + 1)
    const found = await restored(logs)
    t.match(found.problems, [
      { kind: 'inserted', where: /^entry \d+$/, what: /followed in more than one way, each rightly signed/ },
      { kind: 'inserted', where: /\.jsonl$/, what: /goes on from entry \d+ in another way/ },
    ])
    t.match(found.segments, { listed: 3, fetched: 3 })
  },
)

t.test('checkpoints that do not fit are told, and the newest that fits counts', async (t) => {
  const logs = await shipped(t)
  const parts = (await partsIn(logs)).map(parseLedgerKey)
  const { folder, to } = parts.at(-1)!
  const { proven } = await verifyLedger(logs.dir)
  const origin = await originHere(logs.dir)
  const other = new ShippedDirectory(t)
  await other.sealed()
  const key = (await verifyLedger(other.dir)).firstKey!
  const text = (n: number) => [origin, n + 1, ...proven!.text.split('\n').slice(2)].join('\n')
  const notes: [number, Buffer][] = [
    [to, Buffer.from(formatCheckpoint(text(to), proven!.sig, key))],
    [to + 20, Buffer.from(formatCheckpoint(text(to + 20), proven!.sig, key))],
    [to + 30, Buffer.from('no checkpoint')],
    [to + 40, Buffer.from(formatCheckpoint(text(to), proven!.sig, key))],
    [to + 50, Buffer.alloc(20_000)],
  ]
  for (const [n, note] of notes) await logs.put(checkpointKey(folder, n, sumOf(note)), note)
  writeFileSync(join(logs.path, checkpointKey(folder, to + 60, 'ab'.repeat(32))), 'a lie')
  const found = await restored(logs)
  t.equal(found.ledger.anchored, true)
  t.same(kindsOf(found.problems).slice(0, 5), ['modified', 'modified', 'modified', 'modified', 'truncated'])
  t.ok(found.problems.length <= 6)

  for (const name of (await keysIn(logs)).filter((name) => name.endsWith('.checkpoint')))
    rmSync(join(logs.path, name))
  const without = await restored(logs, { dir: join(logs.dir, '..', 'without') })
  fine(t, without, { ledger: { anchored: false } })
  t.notOk(existsSync(join(without.dir, 'checkpoint')))
})

t.test('a target that does not answer is no finding', async (t) => {
  const logs = await shipped(t)
  const away = new ShipFailure('nobody answers', { scope: 'target' })
  for (const end of ['.jsonl', '.checkpoint', '.gz']) {
    const { target } = logs
    const failing = {
      place: target.place,
      get: async (key: string, sha256: string) => {
        if (key.endsWith(end)) throw away
        return target.get(key, sha256)
      },
      list: (prefix: string) => target.list(prefix),
    }
    const dir = join(logs.dir, '..', `without${end}`)
    await t.rejects(
      restored(logs, { target: failing as unknown as RestoreOptions['target'], dir }),
      away,
      end,
    )
  }
})

t.test('with another first key nothing of the ledger counts', async (t) => {
  const logs = await shipped(t)
  const other = new ShippedDirectory(t)
  await other.sealed()
  const { firstKey } = await verifyLedger(other.dir)
  const found = await restored(logs, { key: firstKey })
  t.equal(found.ledger.entries, 0)
  t.ok(found.problems.some(({ kind, where }) => kind === 'wrong-key' && where === 'entry 0'))
  const { firstKey: right } = await verifyLedger(logs.dir)
  fine(t, await restored(logs, { key: right, dir: join(logs.dir, '..', 'right') }), {})
})

t.test('what the ledger itself says leads nowhere else', async (t) => {
  const logs = new ShippedDirectory(t)
  const name = await logs.sealed()
  const [fact] = await logs.segments()
  await logs.shipSegment(fact)
  const { place } = logs.target
  await logs.ledger.append(
    { kind: 'shipped', to: place, name, sha256: fact.sha256, key: '../../../etc/passwd' },
    { ...factOnly(fact), name: `${name.slice(0, -1)}9`, path: '../../outside.log.gz' },
  )
  await logs.shipLedger()
  const found = await restored(logs)
  t.ok(existsSync(join(found.dir, fact.path)), 'it lies where its hash says')
  t.match(found.problems, [{ kind: 'modified', where: '../../outside.log.gz', what: 'leads out of sealed/' }])
  t.notOk(existsSync(join(found.dir, '..', '..', 'outside.log.gz')))
})

function factOnly(fact: object) {
  const { v, n, prev, at, ...rest } = fact as Record<string, unknown>
  return rest as unknown as Awaited<ReturnType<ShippedDirectory['segments']>>[number]
}

t.test('an entry of another shape, rightly signed, keeps nothing else from coming back', async (t) => {
  const logs = new ShippedDirectory(t)
  const name = await logs.sealed()
  const [fact] = await logs.segments()
  await logs.ship()
  const { place: to } = logs.target
  const shapes = [
    { last: 5 },
    { writer: null },
    { path: 7 },
    { service: {} },
    { sealedBytes: 'x' },
    { sha256: [] },
  ]
  const odd = shapes.map((shape, i) => ({ ...factOnly(fact), name: `${name}${i}`, ...shape }))
  const others = [
    { kind: 'shipped', to, name: `${name}0`, sha256: fact.sha256, key: 5 },
    { kind: 'anchored', to, size: 1, key: 5, checkpoint: 5 },
  ]
  const { ledger } = logs
  await Ledger.prototype.update.call(ledger, async () => [...odd, ...others] as unknown as Fact[])
  await logs.shipLedger()
  const found = await restored(logs)
  t.match(found.segments, { listed: 7, fetched: 1 })
  t.ok(existsSync(join(found.dir, fact.path)))
  t.equal(found.problems.filter(({ kind }) => kind === 'missing').length, 5, 'the odd ones')
  t.equal((await verifyRemote({ dir: logs.dir, target: logs.target })).remote.segments, 1)
})

t.test('two ledgers of one host in one target are not taken for each other', async (t) => {
  const logs = await shipped(t)
  const beside = new ShippedDirectory(t, logs.path)
  await beside.sealed({ lines: 1 })
  await beside.ship()
  const found = await restored(logs)
  fine(t, found, { segments: { listed: 4, unproven: 0 } })
  const other = await restored(beside)
  fine(t, other, { segments: { listed: 1, unproven: 0 } })
  t.equal((await linesIn(other.dir)).length, 3)
})

t.test('a restore that was broken off goes on with what is there', async (t) => {
  const logs = await shipped(t)
  let left = 2
  const failing = Object.assign(Object.create(logs.target), {
    get: async (key: string, sha256: string) => {
      if (key.startsWith('service=') && left-- <= 0)
        throw new ShipFailure('nobody answers', { scope: 'target' })
      return logs.target.get(key, sha256)
    },
    list: (prefix: string) => logs.target.list(prefix),
  })
  Object.defineProperty(failing, 'place', { value: logs.target.place })
  await t.rejects(restored(logs, { target: failing }), { message: 'nobody answers', scope: 'target' })
  const totals: number[] = []
  let done = 0
  const bar = {
    onTotal: (bytes: number) => totals.push(bytes),
    onProgress: (bytes: number) => (done += bytes),
  }
  fine(t, await restored(logs, bar), { segments: { listed: 4, fetched: 2, kept: 2 } })
  t.equal(
    done,
    totals.reduce((sum, bytes) => sum + bytes),
  )
})

t.test('nothing is restored over what is not a former restore of that ledger', async (t) => {
  const logs = await shipped(t)
  const place = (name: string) => join(logs.dir, '..', name)
  await t.rejects(restored(logs, { dir: logs.dir }), {
    code: 'HUSHLOG_DIRECTORY',
    message:
      /is logged into: there are open segments or a private key; it takes a new directory, or a former restore$/,
  })
  mkdirSync(place('full'))
  writeFileSync(join(place('full'), 'mine'), '')
  await t.rejects(restored(logs, { dir: place('full') }), { message: /is not empty/ })
  symlinkSync(place('full'), place('link'))
  await t.rejects(restored(logs, { dir: place('link') }), { message: /is a symbolic link/ })
  await t.rejects(restored(logs, { dir: join(place('full'), 'mine') }), { message: /is no directory/ })
  await t.rejects(restored(logs, { dir: join(place('full'), 'not', 'there') }), {
    message: /cannot be made or read \(ENOENT\)/,
  })

  const { dir } = await restored(logs)
  writeFileSync(join(dir, 'open', 'x.log'), '')
  await t.rejects(restored(logs), { message: /is logged into/ })
  rmSync(join(dir, 'open', 'x.log'))
  const other = new ShippedDirectory(t)
  await other.sealed()
  await other.ship()
  await t.rejects(restored(other, { dir }), { message: /of another ledger/ })
  const [, second] = await partsIn(logs)
  rmSync(join(logs.path, second))
  await t.rejects(restored(logs), {
    message: /holds \d+ entries of a former restore, of which the target has \d+ now$/,
  })
  writeFileSync(join(dir, 'restored.json'), 'garbage')
  await t.rejects(restored(logs), { message: /is not empty/ })
})

t.test('very many groups in one place are told apart without being read again for each', async (t) => {
  const file = await open(join(folder(t), 'groups'), 'wx+')
  t.teardown(() => file.close())
  const read = t.capture(file, 'read', file.read)
  const groups = new Groups(file)
  const line = (i: number) => `{"v":1,"n":0,"prev":"${'0'.repeat(64)}","kind":"seal","sig":"${i}"}\n`
  const lines = Array.from({ length: 500 }, (_, i) => line(i % 400)).join('')
  t.equal(await groups.take(0, Readable.from([Buffer.from(lines)])), true)
  t.equal([...groups].length, 400)
  t.same(read(), [])
})
