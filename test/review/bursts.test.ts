/** Bursts beside a naive look at every window, and the bounds of what is told apart. */
import fc from 'fast-check'
import t from 'tap'
import { AuditTally } from '../../lib/review/audit.ts'
import { Names, Table } from '../../lib/review/bounded.ts'
import { type BurstOptions, burstsIn } from '../../lib/review/bursts.ts'
import { LoginEvents } from '../../lib/review/login-events.ts'
import { periodOf } from '../../lib/review/period.ts'
import { HOUR, MINUTE, NOW } from './world.ts'

interface Attempt {
  at: number
  user: number
  address: number
}

const NONE: BurstOptions = { isMany: { users: () => false, addresses: () => false }, usualRate: 0 }

function eventsOf(attempts: Attempt[], isSuccess = false, events = new LoginEvents()): LoginEvents {
  for (const { at, user, address } of attempts) events.add(NOW + at, user, address, isSuccess)
  return events
}

function isSprayed(attempts: Attempt[], address: number): boolean {
  const own = attempts.filter((one) => one.address === address)
  return own.some(({ at }) => {
    const within = own.filter((other) => other.at <= at && at - other.at <= 10 * MINUTE)
    return within.length >= 10 && new Set(within.map(({ user }) => user)).size >= 5
  })
}

const attempt = fc.record({ at: fc.nat(60).map((n) => n * MINUTE), user: fc.nat(6), address: fc.nat(2) })

t.test(
  'an address sprays when some ten minutes hold ten failures of five users, and each failure belongs to one burst',
  (t) => {
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 90 }), (attempts) => {
        const found = burstsIn(eventsOf(attempts), NONE)
        for (const address of [0, 1, 2])
          if (
            found.some((burst) => burst.kind === 'spraying' && burst.address === address) !==
            isSprayed(attempts, address)
          )
            return false
        return found.reduce((sum, { failed }) => sum + failed, 0) <= attempts.length
      }),
    )
    t.end()
  },
)

const each = (count: number, make: (i: number) => Attempt) => Array.from({ length: count }, (_, i) => make(i))

t.test('who takes their time is found by the day', (t) => {
  const slow = each(60, (i) => ({ at: i * 20 * MINUTE, user: i, address: 7 }))
  t.match(burstsIn(eventsOf(slow), NONE), [{ kind: 'spraying', address: 7, failed: 60, users: 60 }])
  const one = each(60, (i) => ({ at: i * 20 * MINUTE, user: 3, address: i }))
  t.match(burstsIn(eventsOf(one), NONE), [{ kind: 'guessing', user: 3, addresses: 60 }])
  t.same(burstsIn(eventsOf(slow.slice(0, 40)), NONE), [])
  t.end()
})

t.test('a flood is of many users from many addresses, and more than usual', (t) => {
  const flood = each(120, (i) => ({ at: i * 1000, user: i % 40, address: i % 60 }))
  t.match(burstsIn(eventsOf(flood), NONE), [
    { kind: 'flood', address: undefined, user: undefined, failed: 120, users: 40, addresses: 60 },
  ])
  t.same(burstsIn(eventsOf(flood), { ...NONE, usualRate: 100 / (10 * MINUTE) }), [])
  t.end()
})

t.test('what stands for many is neither one address nor one user', (t) => {
  const isMany = { users: () => true, addresses: () => true }
  t.same(burstsIn(eventsOf(each(30, (i) => ({ at: i, user: i % 9, address: 1 }))), { ...NONE, isMany }), [])
  t.end()
})

t.test('a guess that succeeds is told as such, by that user and from there alone', (t) => {
  const events = eventsOf(each(12, (i) => ({ at: i * 1000, user: 1, address: 2 })))
  eventsOf(
    [
      { at: 30 * MINUTE, user: 1, address: 2 },
      { at: 31 * MINUTE, user: 4, address: 2 },
      { at: 32 * MINUTE, user: 1, address: 3 },
      { at: 3 * HOUR, user: 1, address: 2 },
    ],
    true,
    events,
  )
  t.match(burstsIn(events, NONE), [{ kind: 'guessing', user: 1, address: 2, failed: 12, succeeded: 1 }])
  t.end()
})

t.test('names that find no room are one', (t) => {
  const names = new Names(2)
  t.same(
    ['a', 'b', 'c', 'd', 'a'].map((name) => names.nameOf(names.numberOf(name))),
    ['a', 'b', '(other)', '(other)', 'a'],
  )
  const long = new Names(1)
  t.equal(long.nameOf(long.numberOf('x'.repeat(500))), `${'x'.repeat(199)}…`)
  const table = new Table(1, () => ({ count: 0 }))
  for (const name of ['a', 'b', 'c', 'a']) table.at(name).count++
  t.same(table.entries(), [
    ['a', { count: 2 }],
    ['(other)', { count: 2 }],
  ])
  const audit = new AuditTally(periodOf(NOW - HOUR, NOW))
  for (let i = 0; i < 2_500; i++)
    audit.add({
      kind: 'audit',
      time: NOW - MINUTE - i,
      action: `a${i}`,
      actor: `u${i}`,
      outcome: 'denied',
      target: null,
      reason: null,
      address: undefined,
    })
  const remarks: string[] = []
  const { audit: report } = audit.report(undefined, (sentence) => remarks.push(sentence))
  t.equal(report.total, 2_500)
  t.match(report.rows[0], { action: '(other)', count: 500 })
  t.equal(report.denials.length, 200)
  t.ok(remarks.some((remark) => remark === 'of 2500 denials 200 are listed, unusual ones before others'))
  t.end()
})
