import t from 'tap'
import { ShipCounter } from '../../lib/cli/ship-facts.ts'

const AT = '2026-11-24T12:00:00.000Z'
const LATER = Date.parse('2027-11-24T12:00:00.000Z')
const segment = (name: string) => ({ kind: 'segment', name, sha256: name, sealedBytes: 10, at: AT })
const shipped = (to: string, name: string, until?: string) => {
  return { kind: 'shipped', to, name, sha256: name, at: AT, until }
}

function factsOf(entries: object[], now = Date.parse(AT)) {
  const counter = new ShipCounter()
  for (const entry of entries) counter.note(entry as Record<string, unknown>)
  return counter.result(now)
}

t.test('what was shipped while a target was given up does not wait when it is taken up again', (t) => {
  const targets = (...to: string[]) => ({ kind: 'targets', to })
  const facts = factsOf([
    ...[targets('a'), segment('one'), shipped('a', 'one', '2027-01-01T00:00:00.000Z'), targets()],
    ...[segment('two'), shipped('a', 'two', '2027-01-01T00:00:00.000Z')],
    ...[{ kind: 'anchored', to: 'a', size: 7, at: AT }, targets('a')],
  ])
  t.match(facts, [
    { target: 'a', waiting: { segments: 0 }, shipped: { segments: 2, unlocked: 0 }, ledger: { entries: 7 } },
  ])
  t.end()
})

t.test('a lock that has ended is none any more, and neither is one whose date is none', (t) => {
  const entries = [
    ...[{ kind: 'targets', to: ['a'] }, ...['one', 'two', 'three'].map(segment)],
    shipped('a', 'one', '2027-01-01T00:00:00.000Z'),
    shipped('a', 'two', 'for ever'),
    shipped('a', 'three', '2030-01-01T00:00:00.000Z'),
  ]
  t.match(factsOf(entries), [{ shipped: { segments: 3, unlocked: 1 } }])
  t.match(factsOf(entries, LATER), [{ shipped: { segments: 3, unlocked: 2 } }])
  t.end()
})

t.test('a ledger that names ever more places takes no more memory', (t) => {
  const places = Array.from({ length: 1000 }, (_, i) => shipped(`place ${i}`, 'one', AT))
  const facts = factsOf([segment('one'), ...places, { kind: 'targets', to: ['place 0', 'place 999'] }])
  t.match(facts, [{ shipped: { segments: 1 } }, { shipped: { segments: 0 } }])
  t.end()
})
