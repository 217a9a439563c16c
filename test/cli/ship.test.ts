/**
 * `hushlog ship`, and `hushlog keep --to`. The target is a directory; test/peers has a real S3 server.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ship, shipTo } from '../../lib/cli/ship.ts'
import { status, statusTo } from '../../lib/cli/status.ts'
import { Keeper } from '../../lib/keep/keeper.ts'
import { ledgerPath } from '../../lib/keep/ledger.ts'
import { lastTargets } from '../../lib/keep/listed.ts'
import { thisWriter } from '../../lib/store/segment.ts'
import { folder } from '../helpers.ts'
import { endedSegment, logLine, NOON } from '../keep/helpers.ts'
import { logDirectory, until } from '../store/helpers.ts'
import { ended, run, runHere, start } from './run.ts'

const dead = { ...thisWriter('web-1'), pid: 2 ** 30 }
const shipHere = (...args: string[]) => runHere(ship, shipTo, args)

async function sealed(t: Test, count: number): Promise<{ dir: string; backup: string }> {
  const dir = logDirectory(t)
  const backup = join(folder(t), 'backup')
  mkdirSync(backup, { mode: 0o700 })
  for (let i = 0; i < count; i++) endedSegment(dir, logLine(NOON + i), dead)
  const keeper = new Keeper({ dir, keepDays: 90, onError: () => {} })
  await keeper.start()
  await keeper.close()
  return { dir, backup }
}

function segmentsIn(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.log.gz'))
}

t.test('--now ships what waits, tells how it stands, and remembers the target', async (t) => {
  const { dir, backup } = await sealed(t, 3)
  const first = await run(['ship', dir, '--to', backup, '--now'])
  t.match(first, { code: 0, stdout: `file://${backup}/: 3 segments there, nothing waits\n`, stderr: '' })
  t.equal(segmentsIn(backup).length, 3)
  const again = await shipHere(dir, '--now', '--json')
  t.equal(again.code, 0)
  t.match(JSON.parse(again.stdout), {
    target: `file://${backup}/`,
    waiting: { segments: 0 },
    shipped: { segments: 3 },
  })
  const { stdout } = await runHere(status, statusTo, [dir, '--keep-days=36500'])
  t.match(stdout, `shipped     file://${backup}/: 3 segments there, `)
  t.match(stdout, /3 not locked; nothing waits; ledger there up to entry \d+, 2/)
})

t.test('it runs until it is told to end, and ships what is sealed meanwhile', async (t) => {
  const { dir, backup } = await sealed(t, 1)
  const child = start(['ship', dir, '--to', backup])
  const end = ended(child)
  await until(() => segmentsIn(backup).length === 1, 20_000)
  child.kill('SIGTERM')
  t.match(await end, { code: 0, stderr: `hushlog: shipping ${dir} to file://${backup}/\n` })
})

t.test('what cannot be shipped stays, with a reason, and the exit code says so', async (t) => {
  const { dir, backup } = await sealed(t, 2)
  renameSync(backup, `${backup}-not-mounted`)
  const failed = await run(['ship', dir, '--to', backup, '--now'])
  t.match(failed, {
    code: 1,
    stdout: /0 segments there, 2 wait since 2/,
    stderr: /^hushlog: error: .*\nhushlog: hint: /,
  })
  t.same(
    await lastTargets(dir),
    [`file://${backup}/`],
    'nothing is removed from now on that does not lie there',
  )
  t.match(await runHere(status, statusTo, [dir]), {
    stdout: /0 segments there, 0 B; 2 segments wait, .*; no ledger there yet/,
  })
  t.match(await shipHere(dir, '--forget', backup), { code: 0 })
  t.same(await lastTargets(dir), [])
  for (const [args, message] of [
    [[dir, '--forget', backup], /nothing is shipped to .*backup/],
    [[dir, '--now'], /nothing has been shipped from .* yet: name a target/],
    [[dir, '--to', 'https://example.com/x'], /--to takes s3:/],
    [[dir, '--to', backup, '--max-bandwidth', 'fast'], /^option --max-bandwidth takes/],
    [[dir, '--to', backup, '--keep-days', '30'], /--keep-days takes 90 or more/],
    [[join(dir, 'open'), '--to', backup], /is no log directory/],
  ] as const)
    await t.rejects(shipHere(...args), { message }, args.join(' '))
})

t.test('--probe tells of a directory what it cannot do', async (t) => {
  const { backup } = await sealed(t, 0)
  const { code, stdout } = await shipHere('--probe', '--to', backup)
  t.equal(code, 1)
  t.match(
    stdout,
    /^file:.*\nok {4}it is set up to keep logs for 90 days\nFAIL {2}nobody can delete what lies there: /,
  )
  const json = await shipHere('--probe', '--json', '--to', backup, '--to', `${backup}/none`)
  const lines = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(lines, [{ ok: false, findings: [{ ok: true }, { ok: false }] }, { findings: [{ ok: false }, {}] }])
})

t.test('hushlog keep --to seals and ships', async (t) => {
  const { dir, backup } = await sealed(t, 1)
  endedSegment(dir, logLine(NOON + 9), dead)
  const once = await run(['keep', dir, '--once', '--to', backup])
  t.match(once, { code: 0, stderr: `sealed 1, removed 0, 0 wait for file://${backup}/\n` })
  t.equal(segmentsIn(backup).length, 2)
  t.match(await run(['keep', dir, '--once', '--max-bandwidth', '10 MB']), {
    code: 2,
    stderr: /are for --to TARGET/,
  })
  const child = start(['keep', dir, '--to', backup])
  const end = ended(child)
  await until(() => existsSync(join(dir, 'keeper.json')), 20_000)
  endedSegment(dir, logLine(NOON + 10), dead)
  const isShipped = () => readFileSync(ledgerPath(dir), 'utf8').split('"kind":"shipped"').length === 4
  await until(isShipped, 20_000)
  child.kill('SIGTERM')
  t.match(await end, { code: 0, stderr: /^hushlog: keeping .*logs\n$/ })
  t.equal(isShipped(), true)
  t.equal(segmentsIn(backup).length, 3)
})
