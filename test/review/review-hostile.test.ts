/**
 * What who controls users, addresses, names and paths cannot do to a review.
 */
import { appendFileSync, chmodSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import { burstsIn } from '../../lib/review/bursts.ts'
import { LoginEvents } from '../../lib/review/login-events.ts'
import { textIn } from '../../lib/review/own-line.ts'
import { DAY } from '../keep/helpers.ts'
import { audit, HOUR, login, look, MINUTE, NOW, quietWorld, world } from './world.ts'

const midnight = Math.floor(NOW / DAY) * DAY

t.test('a segment that was changed is left out, however the directory is written', async (t) => {
  const made = world(t)
  const file = join(made.dir, await made.put([login(NOW - DAY, 'ada', '203.0.113.9')]))
  chmodSync(file, 0o600)
  appendFileSync(file, 'x')
  const link = join(t.testdir({}), 'logs')
  symlinkSync(made.dir, link)
  const here = relative(process.cwd(), made.dir)
  for (const dir of [made.dir, `${made.dir}//`, `${made.dir}/open/..`, here, `./${here}/`, `${link}/`]) {
    const { report } = await look(dir)
    t.match(report.directories[0].segments, { untrusted: 1, sealed: 0 }, dir)
    t.equal(report.logins.succeeded, 0, dir)
  }
})

t.test('as many bursts as users are found in little time', (t) => {
  const events = new LoginEvents()
  const users = 20_000
  for (let i = 0; i < users * 10; i++) events.add(i, i % users, i % users, false)
  events.add(users * 10, 7, 7, true)
  events.add(users * 10, 7, 8, true)
  events.add(users * 10, 8, 7, true)
  const begun = performance.now()
  const found = burstsIn(events, {
    usualRate: 0,
    isMany: { users: () => false, addresses: () => false },
  })
  t.equal(found.length, users)
  t.match(found[0], { kind: 'guessing', user: 7, address: 7, failed: 10, succeeded: 1 })
  t.equal(found[1].succeeded, 0)
  // Each looked at all events once: half a minute.
  t.ok(performance.now() - begun < 5_000)
  t.end()
})

t.test('hosts that end, as containers do, leave no silent days where others log', async (t) => {
  const made = world(t)
  for (const day of [6, 5, 4, 2, 1])
    await made.put([login(midnight - day * DAY + HOUR, 'ada', '203.0.113.9')], { host: `pod-${day}` })
  const { report, counts } = await look(made.dir)
  t.equal(counts['silent-days'], 1)
  t.match(report.findings, [{ kind: 'silent-days', what: /^1 day without a line .* 2026-05-29 in / }])
})

const reviewed = (since: number, until: number) => ({
  kind: 'review' as const,
  by: 0,
  findings: 0,
  sha256: 'a'.repeat(64),
  since: new Date(since).toISOString(),
  until: new Date(until).toISOString(),
})

t.test(
  'a review of a time long ago does not hide the one of last week, nor one of another host',
  async (t) => {
    const made = await quietWorld(t)
    await made.enter(NOW - 7 * DAY, reviewed(NOW - 14 * DAY, NOW - 7 * DAY))
    await made.enter(NOW - 5 * DAY, reviewed(NOW - 20 * DAY, NOW - 18 * DAY))
    t.same((await look(made.dir)).report.findings, [])
    const other = await quietWorld(t, undefined, { host: 'web-2' })
    await other.enter(NOW - 12 * DAY, reviewed(NOW - 19 * DAY, NOW - 12 * DAY))
    const { report } = await look([made.dir, other.dir])
    t.match(report.findings, [{ kind: 'review-overdue', count: 5, what: /ends 2026-05-20 08:30$/ }])
  },
)

t.test(
  'who fails under any number of names hides nobody who is denied or comes from elsewhere',
  async (t) => {
    const { dir, put } = await quietWorld(t)
    const denied = Array.from({ length: 20_100 }, (_, i) =>
      audit(NOW - DAY, 'auth.login', `x${i}`, 'denied', { details: { remoteAddress: '192.0.2.1' } }),
    )
    const failed = Array.from({ length: 30_000 }, (_, i) => login(NOW - DAY, `y${i}`, '192.0.2.1', 'failure'))
    await put([...denied, ...failed])
    await put([audit(NOW - HOUR, 'keys.export', 'eve', 'denied')])
    await put([login(NOW - 3 * MINUTE, 'ada', '203.0.113.10')])
    const { report } = await look(dir)
    t.match(
      report.findings.find(({ kind }) => kind === 'denials'),
      { count: 5_001, what: /^eve was denied keys\.export .*, and 5,000 more such$/ },
    )
    t.match(
      report.findings.find(({ kind }) => kind === 'new-addresses'),
      { count: 1, what: /: ada from 203\.0\.113\.10$/ },
    )
    t.match(
      report.remarks.join('\n'),
      'of 15100 denials it is not known whether they are the first of their kind',
    )
    t.match(report.remarks.join('\n'), 'not all new addresses are told')
  },
)

t.test('a text that was cut does not keep all of it in memory', (t) => {
  const long = (i: number) => JSON.parse(JSON.stringify(`${i}${'y'.repeat(200_000)}`))
  const before = process.memoryUsage().heapUsed
  const kept = Array.from({ length: 1_000 }, (_, i) => textIn(long(i)))
  t.equal(kept[17]?.length, 301)
  t.ok(process.memoryUsage().heapUsed - before < 100_000_000)
  t.end()
})
