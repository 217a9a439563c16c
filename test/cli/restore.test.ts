/**
 * `hushlog restore` as people type it: what was shipped comes back, also when it is killed on the way.
 */
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { restore as command, restoreInto } from '../../lib/cli/restore.ts'
import { segmentKey } from '../../lib/ship/keys.ts'
import { DAY, NOON, ShippedDirectory } from '../ship/shipped-directory.ts'
import { run, runHere, start } from './run.ts'

const restore = (...args: string[]) => runHere(command, restoreInto, args)

async function shipped(t: Test): Promise<ShippedDirectory> {
  const logs = new ShippedDirectory(t)
  await logs.sealed()
  await logs.sealed({ time: NOON + DAY, service: 'billing' })
  await logs.ship()
  return logs
}

const beside = (logs: ShippedDirectory, name: string) => join(logs.dir, '..', name)

t.test('what comes back opens with cat, and verify proves it again', async (t) => {
  const logs = await shipped(t)
  const dir = beside(logs, 'restored')
  const first = readFileSync(join(logs.dir, 'keys', 'first.pub'), 'utf8').trim()
  const back = await run(['restore', '--from', logs.path, '--to', dir, '--key', first])
  t.equal(back.stderr, '')
  t.equal(back.code, 0)
  t.match(back.stdout, /^note {5}restored: restored.json tells that it is a copy/m)
  t.match(back.stdout, /^first key {4}hushlog\/.*\n/m)
  t.match(back.stdout, /^segments {5}2 listed, 2 fetched, 0 were here, 0 gone for their age\n/m)
  t.match(
    back.stdout,
    /^anchored {5}yes, by the newest checkpoint in the target\ncomplete up to entry \d+, .*Z\n$/m,
  )
  const cat = await run(['cat', dir])
  t.equal(cat.stdout, (await run(['cat', logs.dir])).stdout)
  t.equal(cat.stdout.split('\n').length, 7)
  const verified = await run(['verify', dir, '--checkpoint', join(dir, 'checkpoint'), '--key', first])
  t.equal(verified.code, 0)
  const period = [
    '--since',
    new Date(NOON + DAY / 2).toISOString(),
    '--until',
    '2030-01-01',
    '--service',
    'billing',
  ]
  const part = beside(logs, 'part')
  t.match(
    (await restore('--from', `file://${logs.path}/`, '--to', part, ...period)).stdout,
    /^segments {5}1 listed, 1 fetched/m,
  )
  t.equal((await run(['verify', part, '--checkpoint', join(part, 'checkpoint'), ...period])).code, 0)
  t.equal(
    (await run(['verify', part, '--checkpoint', join(part, 'checkpoint')])).code,
    1,
    'the rest is missing',
  )
})

t.test('--json says the same, and what is missing makes the exit code 1', async (t) => {
  const logs = await shipped(t)
  const whole = await restore('--from', logs.path, '--to', beside(logs, 'whole'), '--json')
  t.equal(whole.code, 0)
  t.match(JSON.parse(whole.stdout), {
    ok: true,
    counts: {},
    ledger: { anchored: true },
    segments: { listed: 2, fetched: 2, unproven: 0 },
  })
  const [first] = await logs.segments()
  rmSync(join(logs.path, segmentKey(first)))
  const name = await logs.sealed()
  await logs.shipSegment((await logs.segments())[2])
  const missing = await restore('--from', logs.path, '--to', beside(logs, 'missing'))
  t.equal(missing.code, 1)
  t.match(missing.stdout, /^PROBLEM {2}missing: sealed\/.* cannot be had back from the target/m)
  t.match(missing.stdout, /^PROBLEM {2}inserted: unproven\/.* is not proven/m)
  t.match(missing.stdout, /^unproven {5}1, in unproven\/\n/m)
  t.match(missing.stdout, /\nproven up to entry \d+, .*\n2 problems\n$/)
  const [file] = readdirSync(join(beside(logs, 'missing'), 'unproven'))
  t.match((await run(['cat', join(beside(logs, 'missing'), 'unproven', file)])).stdout, /order 3\.2/)
  t.ok(file.startsWith(name))
  for (const part of readdirSync(logs.path, { recursive: true, encoding: 'utf8' }))
    if (part.endsWith('.checkpoint')) rmSync(join(logs.path, part))
  const loose = await run(['restore', '--from', logs.path, '--to', beside(logs, 'loose')])
  t.equal(loose.code, 1)
  t.match(loose.stdout, /^anchored {5}no$/m)
  t.match(loose.stderr, /no checkpoint in the target fits/)
})

t.test('ledgers are listed, and one has to be chosen when there are several', async (t) => {
  const logs = await shipped(t)
  const other = new ShippedDirectory(t, logs.path)
  await other.sealed()
  await other.shipLedger()
  const list = await restore('--from', logs.path, '--list')
  t.equal(list.code, 0)
  t.match(list.stdout, /^(\S+ hushlog\/[0-9a-f]{16} \d+ entries, newest checkpoint \d{4}-.*Z\n){2}$/)
  const rows = (await restore('--from', logs.path, '--list', '--json')).stdout.trim().split('\n')
  const [{ host, ledger }] = rows.map((row) => JSON.parse(row))
  const several = await run(['restore', '--from', logs.path, '--to', beside(logs, 'restored')])
  t.equal(several.code, 2)
  t.match(several.stderr, /(hushlog: hushlog\/\w+ of .*, \d+ entries\n){2}/)
  t.match(several.stderr, /error: 2 ledgers are there\nhushlog: hint: choose one with --ledger or --host\n$/)
  t.notOk(existsSync(beside(logs, 'restored')))
  await t.rejects(restore('--from', logs.path, '--to', beside(logs, 'restored')), {
    code: 'HUSHLOG_OPTION',
    message: /^2 ledgers/,
  })
  for (const choice of [ledger, ledger.slice('hushlog/'.length)])
    t.match(JSON.parse((await restore('--from', logs.path, '--list', '--json', '--ledger', choice)).stdout), {
      ledger,
    })
  const named = await restore('--from', logs.path, '--host', host, '--list')
  t.equal(named.stdout.split('\n').length, 3)
  const chosen = await restore('--from', logs.path, '--ledger', ledger, '--to', beside(logs, 'restored'))
  t.equal(chosen.code, 0)
})

t.test('what cannot be done is said, with what to do', async (t) => {
  const logs = await shipped(t)
  const [from, to] = [`--from=${logs.path}`, `--to=${beside(logs, 'restored')}`]
  const refused: [string[], RegExp][] = [
    [[to], /option --from is missing/],
    [[from], /option --to is missing/],
    [[from, to, 'more'], /unexpected argument more/],
    [[from, to, '--host=other'], /holds no ledger of that name/],
    [[from, to, '--ledger=hushlog/0123456789abcdef'], /holds no ledger of that name/],
    [[`--from=${logs.dir}`, to], /holds no ledger$/],
    [['--from=s4://bucket', to], /option --from takes s3:\/\/BUCKET\/PREFIX, file:\/\/\/DIR or a path/],
    [[from, to, '--since=noon'], /--since takes a time like/],
    [[from, to, '--key=x'], /--key: cannot read x: ENOENT/],
  ]
  for (const [args, message] of refused)
    await t.rejects(restore(...args), { code: 'HUSHLOG_OPTION', message }, args.join(' '))
  await t.rejects(restore('--from=/not/there', to), {
    code: 'HUSHLOG_SHIP',
    message: /is not there \(ENOENT\)$/,
  })
  await t.rejects(restore(from, `--to=${logs.dir}`), { code: 'HUSHLOG_DIRECTORY', message: /is logged into/ })
  t.notOk(existsSync(beside(logs, 'restored')))
})

t.test('one that is killed goes on where it was', async (t) => {
  const logs = new ShippedDirectory(t)
  for (let i = 0; i < 6; i++) await logs.sealed({ time: NOON + i * DAY, lines: 20_000 })
  await logs.ship()
  const dir = beside(logs, 'restored')
  const args = ['restore', '--from', logs.path, '--to', dir]
  for (const count of [1, 3]) {
    const child = start(args)
    const gone = once(child, 'close')
    while (sealedIn(dir) < count && child.exitCode === null) await sleep(1)
    child.kill('SIGKILL')
    await gone
  }
  const again = await run(args)
  t.equal(again.code, 0)
  t.match(again.stdout, /^segments {5}6 listed, \d fetched, [1-6] were here/m)
  t.same(
    readdirSync(dir).filter((name) => name === '.restore'),
    [],
  )
  t.equal((await run(['verify', dir, '--checkpoint', join(dir, 'checkpoint')])).code, 0)
})

function sealedIn(dir: string): number {
  const folder = join(dir, 'sealed')
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.gz')).length
    : 0
}
