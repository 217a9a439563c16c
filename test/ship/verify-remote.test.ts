/**
 * A log directory against what was shipped from it: what is missing there, what was changed here or there, and what was
 * put back.
 */
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { verify as command, verifyTo } from '../../lib/cli/verify.ts'
import type { Finding } from '../../lib/keep/finding.ts'
import { verifyLedger } from '../../lib/keep/ledger-check.ts'
import { formatCheckpoint, originOf } from '../../lib/keep/note.ts'
import { ShipFailure } from '../../lib/ship/failure.ts'
import { checkpointKey, ledgerPartKey, parseLedgerKey, segmentKey } from '../../lib/ship/keys.ts'
import type { RemoteOptions } from '../../lib/ship/restore/ledger-here.ts'
import { restore } from '../../lib/ship/restore/restore.ts'
import { shippedLedgers } from '../../lib/ship/restore/shipped-ledgers.ts'
import { verifyRemote } from '../../lib/ship/restore/verify-remote.ts'
import type { ShipObject, Stored } from '../../lib/ship/target.ts'
import { runHere } from '../cli/run.ts'
import { DAY, NOON, ShippedDirectory, sumOf } from './shipped-directory.ts'

/** Two segments of a service each, on two days, all shipped. */
async function shipped(t: Test): Promise<ShippedDirectory> {
  const logs = new ShippedDirectory(t)
  await logs.sealed()
  await logs.ship()
  await logs.sealed({ time: NOON + DAY, service: 'billing' })
  await logs.ship()
  return logs
}

function compared(logs: ShippedDirectory, options: Partial<RemoteOptions> = {}) {
  return verifyRemote({ dir: logs.dir, target: logs.target, ...options })
}

async function keysIn(logs: ShippedDirectory, end: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of logs.target.list('')) if (key.endsWith(end)) keys.push(key)
  return keys
}

function kindsOf(findings: Finding[]): string[] {
  return findings.map(({ kind }) => kind)
}

t.test(
  'a directory that was shipped as it is fits, and the newest checkpoint there anchors it',
  async (t) => {
    const logs = await shipped(t)
    const found = await compared(logs)
    t.same(found.problems, [])
    t.match(found.notes, [{ kind: 'unlocked', where: logs.target.place, what: /does not lock/ }])
    t.equal(found.notes.length, 1)
    t.match(found.remote, { place: logs.target.place, segments: 2, waiting: 0, oldest: undefined })
    t.equal(found.remote.entries, found.checkpoint?.size)

    t.match((await compared(logs, { since: NOON + DAY })).remote, { segments: 1 })
    t.match((await compared(logs, { service: 'shop' })).remote, { segments: 1 })
    t.match((await compared(logs, { until: NOON - DAY })).remote, { segments: 0 })
  },
)

t.test('what is not shipped yet is a note, with the oldest of it', async (t) => {
  const logs = new ShippedDirectory(t)
  await logs.sealed({ time: NOON + DAY })
  await logs.sealed()
  const found = await compared(logs)
  t.same(found.problems, [])
  t.match(found.notes, [
    {
      kind: 'unfinished',
      what: `has not got 2 segments yet, the oldest of ${new Date(NOON + 2).toISOString()}`,
    },
  ])
  t.match(found.remote, { entries: 0, segments: 0, waiting: 2 })
  await logs.ship()
  await logs.sealed()
  t.match((await compared(logs)).notes[0], { what: /has not got 1 segment yet/ })
  t.match(await verifyRemote({ dir: new ShippedDirectory(t).dir, target: logs.target }), {
    remote: { segments: 0 },
  })
})

t.test('a target to which nothing is shipped is told, with those to which it is', async (t) => {
  const logs = await shipped(t)
  const other = new ShippedDirectory(t)
  const { problems } = await verifyRemote({ dir: logs.dir, target: other.target })
  const what = `has nothing of this ledger, which is shipped to ${logs.target.place}`
  t.same(problems, [{ kind: 'missing', where: other.target.place, what }])
})

t.test('a segment that was shipped and is gone or changed there is missing', async (t) => {
  const logs = await shipped(t)
  const [first, second] = await logs.segments()
  rmSync(join(logs.path, segmentKey(first)))
  chmodSync(join(logs.path, segmentKey(second)), 0o600)
  writeFileSync(join(logs.path, segmentKey(second)), 'x'.repeat(second.sealedBytes))
  const found = await compared(logs)
  const what = /does not lie in the target as it should, although the ledger says that it was shipped/
  t.match(found.problems, [
    { kind: 'missing', where: first.path, what },
    { kind: 'missing', where: second.path, what },
  ])
  t.match(found.remote, { segments: 0, waiting: 0 })
  rmSync(logs.path, { recursive: true })
  mkdirSync(logs.path)
  t.match((await compared(logs)).problems[0], { kind: 'missing', what: /nothing of this ledger, although/ })
})

t.test('a directory that was put back to an earlier day is found by what was shipped since', async (t) => {
  const logs = new ShippedDirectory(t)
  await logs.sealed()
  await logs.ship()
  const before = join(logs.dir, '..', 'before')
  cpSync(logs.dir, before, { recursive: true })
  await logs.sealed()
  await logs.ship()
  const found = await compared(logs, { dir: before })
  t.match(found.problems, [
    {
      kind: 'truncated',
      where: /\.jsonl$/,
      what: /goes on to entry \d+, \d+ are here: the ledger was cut or put back/,
    },
    { kind: 'truncated', where: /\.checkpoint$/, what: /the checkpoint has seen \d+ entries, \d+ are here/ },
  ])
  t.equal(found.problems.length, 2)
})

t.test('parts and checkpoints that are not what the ledger says here are told', async (t) => {
  const logs = await shipped(t)
  const [first, second] = (await keysIn(logs, '.jsonl')).map(parseLedgerKey)
  const { firstKey, proven } = await verifyLedger(logs.dir)
  const garbage = Buffer.from('garbage\n')
  await logs.put(ledgerPartKey(first!.folder, 0, 1, sumOf(garbage)), garbage)
  writeFileSync(join(logs.path, ledgerPartKey(first!.folder, 0, 1, 'ab'.repeat(32))), 'a lie')
  const origin = originOf(firstKey!)
  const forged = Buffer.from(
    formatCheckpoint(proven!.text.replace(/\n\d+\n/, `\n${second!.to + 1}\n`), proven!.sig, firstKey!),
  )
  await logs.put(checkpointKey(first!.folder, second!.to, sumOf(forged)), forged)
  await logs.put(checkpointKey(first!.folder, second!.to, sumOf(garbage)), garbage)
  const found = await compared(logs)
  t.equal(found.checkpoint?.origin, origin)
  t.ok(kindsOf(found.problems).every((kind) => kind === 'modified'))
  const told = found.problems.map(({ what }) => what)
  t.ok(told.includes('is not what the ledger says here'))
  t.ok(told.includes('is not what its name says'))

  rmSync(join(logs.path, first!.key))
  const without = await compared(logs)
  t.equal(without.remote.entries, 0)
  t.ok(
    without.problems.some(({ kind, what }) => kind === 'missing' && /and a checkpoint of entry/.test(what)),
  )
})

/** A directory cannot lock: this stands for a target that can. S3 itself is tried against a real server. */
class Locking {
  readonly #logs: ShippedDirectory
  readonly #until: string

  constructor(logs: ShippedDirectory, until: string) {
    this.#logs = logs
    this.#until = until
  }

  get place(): string {
    return this.#logs.target.place
  }

  async find(object: ShipObject): Promise<Stored | undefined> {
    const found = await this.#logs.target.find(object)
    const isLocked = object.lockUntil <= Date.parse(this.#until)
    return found === undefined || !isLocked ? undefined : { version: '1', until: this.#until }
  }

  list = (prefix: string) => this.#logs.target.list(prefix)
  get = (key: string, sha256: string) => this.#logs.target.get(key, sha256)
  put = () => Promise.reject(new Error('it only reads'))
  check = () => Promise.resolve()
  close = () => {}
}

t.test('a lock that ends before a segment may be removed here is a problem', async (t) => {
  const logs = await shipped(t)
  const until = new Date(NOON + 90 * DAY + DAY / 2).toISOString()
  const found = await compared(logs, { target: new Locking(logs, until) })
  const [, second] = await logs.segments()
  t.match(found.problems, [
    { kind: 'unlocked', where: second.path, what: `can be removed from the target from ${until} on` },
  ])
  t.equal(found.problems.length, 1)
  t.same(found.notes, [])
  t.same((await compared(logs, { target: new Locking(logs, until), keepDays: 30 })).problems, [])
})

t.test('a path or a file of somebody else is not read for a segment', async (t) => {
  const logs = await shipped(t)
  const [first, second] = await logs.segments()
  rmSync(join(logs.dir, first.path))
  mkdirSync(join(logs.dir, first.path))
  rmSync(join(logs.dir, second.path))
  t.same((await compared(logs)).problems, [], 'it lies in the target')
})

t.test(
  'a target that does not answer is no finding, and a key that leads elsewhere is passed over',
  async (t) => {
    const logs = await shipped(t)
    const [fact] = await logs.segments()
    const { name, sha256 } = fact
    await logs.ledger.append({
      kind: 'shipped',
      to: logs.target.place,
      name,
      sha256,
      key: '../../etc/passwd',
    })
    t.same((await compared(logs)).problems, [])
    const away = new ShipFailure('nobody answers', { scope: 'target' })
    for (const end of ['.checkpoint', '.jsonl', 'segments']) {
      const failing = new Locking(logs, '2100-01-01T00:00:00.000Z')
      const { get } = failing
      failing.get = (key, hash) => (key.endsWith(end) ? Promise.reject(away) : get(key, hash))
      if (end === 'segments') failing.find = () => Promise.reject(away)
      await t.rejects(compared(logs, { target: failing }), away, end)
    }
    for (const key of await keysIn(logs, '.checkpoint')) rmSync(join(logs.path, key))
    const without = await compared(logs)
    t.same(without.problems, [])
    t.equal(without.checkpoint, undefined)
  },
)

t.test('a restored directory is proven complete up to the last checkpoint that was shipped', async (t) => {
  const logs = await shipped(t)
  const dir = join(logs.dir, '..', 'restored')
  const [found] = await shippedLedgers(logs.target)
  await restore({ target: logs.target, shipped: found, dir })
  const { code, stdout } = await runHere(command, verifyTo, ['--remote', logs.path, dir])
  t.equal(code, 0)
  t.match(stdout, /^note {5}restored: restored.json /m)
  t.match(
    stdout,
    /^target {7}file:\/\/.*\/target\/: the ledger up to entry \d+, 2 segments, 0 not there yet$/m,
  )
  t.match(stdout, /^anchored {5}yes, by the newest checkpoint in the target\nnothing is wrong\n$/m)
})

t.test('hushlog verify --remote says what it finds in both places', async (t) => {
  const logs = await shipped(t)
  const verify = (...args: string[]) => runHere(command, verifyTo, [logs.dir, '--remote', logs.path, ...args])
  const whole = await verify('--json')
  t.equal(whole.code, 0)
  t.match(JSON.parse(whole.stdout), { ok: true, ledger: { anchored: true }, remote: { segments: 2 } })
  const [first] = await logs.segments()
  rmSync(join(logs.path, segmentKey(first)))
  const missing = await verify()
  t.equal(missing.code, 1)
  t.match(missing.stdout, /^PROBLEM {2}missing: sealed\/.* does not lie in the target as it should/m)
  t.match(missing.stdout, /^1 problem$/m)
  t.equal((await verify('--service', 'billing')).code, 0)
  for (const key of await keysIn(logs, '')) rmSync(join(logs.path, key))
  const none = await verify()
  t.match(none.stdout, /^target .*: nothing of the ledger, 0 segments, 0 not there yet$/m)
  t.match(none.stdout, /^anchored {5}no$/m)
  rmSync(logs.path, { recursive: true })
  await t.rejects(verify(), { code: 'HUSHLOG_SHIP', message: /is not there \(ENOENT\)$/ })
  await t.rejects(runHere(command, verifyTo, [logs.dir, '--remote', 'ftp://host/']), {
    code: 'HUSHLOG_OPTION',
  })
})
