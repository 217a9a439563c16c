import { spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { readHolds } from '../../lib/keep/holds.ts'
import { takeInbox } from '../../lib/keep/inbox.ts'
import { Ledger } from '../../lib/keep/ledger.ts'
import { verify } from '../../lib/keep/verify.ts'
import { logDirectory } from '../store/helpers.ts'
import { entriesOf, kinds, NOON } from './helpers.ts'

const isRoot = process.getuid?.() === 0
const me = process.geteuid?.() ?? 0

function inbox(t: Test) {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir, () => NOON)
  const path = (file: string) => join(dir, 'inbox', file)
  let counter = 0
  const put = (request: unknown, file = `${++counter}.json`) => {
    writeFileSync(path(file), typeof request === 'string' ? request : JSON.stringify(request))
    return file
  }
  return { dir, ledger, path, put }
}

const add = { kind: 'hold', op: 'add', id: 'case-17' }
const remove = { kind: 'hold', op: 'remove', id: 'case-17' }

t.test('requests are entered in the order of their names, as one group, and are gone then', async (t) => {
  const { dir, ledger, put } = inbox(t)
  const [since, until] = ['2026-01-01T00:00:00.000Z', '2026-06-30T23:59:59.999Z']
  put({ ...add, since, until, reason: 'letter of the court, 3 March' })
  put({ ...add, id: 'x' })
  put({ ...remove, id: 'x' })
  const report = await takeInbox(ledger)
  t.same(report.refused, [])
  t.same(readdirSync(join(dir, 'inbox')), [])
  t.match(await entriesOf(dir), [
    { kind: 'genesis' },
    { ...add, since, until, reason: 'letter of the court, 3 March', by: me },
    { kind: 'hold', op: 'add', id: 'x', by: me },
    { kind: 'hold', op: 'remove', id: 'x', by: me },
  ])
  t.match((await readHolds(dir)).list(), [{ id: 'case-17', since, until, by: me }])
  t.same(await takeInbox(ledger), { taken: [], refused: [] }, 'nothing is left')
})

const reviewed = {
  kind: 'review',
  since: '2026-11-17T12:00:00.000Z',
  until: '2026-11-24T13:00:00.000Z',
  reviewer: 'ada',
  sha256: 'a'.repeat(64),
  findings: 3,
}

t.test('a review is entered with who asked, once, and changes nothing else', async (t) => {
  const { dir, ledger, path, put } = inbox(t)
  put(reviewed)
  t.same((await takeInbox(ledger, NOON)).refused, [])
  put(reviewed)
  t.same(
    await takeInbox(ledger, NOON),
    { taken: [], refused: [] },
    'a crash came before the request was gone',
  )
  t.notOk(existsSync(path('2.json')))
  const { reviewer, ...unnamed } = reviewed
  put({ ...unnamed, sha256: 'b'.repeat(64) })
  await takeInbox(ledger, NOON)
  const [, first, second] = await entriesOf(dir)
  t.match(first, { ...reviewed, by: me, at: new Date(NOON).toISOString() })
  t.same(Object.keys(second), ['v', 'n', 'prev', 'at', ...Object.keys(unnamed), 'by'])
  const { problems } = await verify({ dir, now: NOON })
  t.same(problems, [])
})

const WRONG: [string, unknown, RegExp][] = [
  ['no JSON', '{"kind":', /no JSON/],
  ['an array', [add], /no object/],
  ['null', 'null', /no object/],
  ['another kind', { ...add, kind: 'prune' }, /kind is none of hold/],
  ['a kind that every object has', { ...add, kind: 'constructor' }, /kind is none of hold/],
  ['an unknown field', { ...add, by: 0 }, /a field that is not known/],
  ['another op', { ...add, op: 'change' }, /neither add nor remove/],
  ['no id', { kind: 'hold', op: 'add' }, /id is not 1 to 64/],
  ['an id with a slash', { ...add, id: '../x' }, /id is not 1 to 64/],
  ['a long id', { ...add, id: 'x'.repeat(65) }, /id is not 1 to 64/],
  ['a date alone', { ...add, since: '2026-01-01' }, /not ISO 8601/],
  ['a number as time', { ...add, until: 5 }, /not ISO 8601/],
  [
    'an end before its beginning',
    { ...add, since: '2026-01-02T00:00:00.000Z', until: '2026-01-01T00:00:00.000Z' },
    /ends before it begins/,
  ],
  ['a reason of two lines', { ...add, reason: 'a\nb' }, /reason is not 1 to 200/],
  ['a reason that a terminal obeys', { ...add, reason: '\u009b31m' }, /reason is not 1 to 200/],
  ['a long reason', { ...add, reason: 'x'.repeat(201) }, /reason is not 1 to 200/],
  ['a removal of times', { ...remove, since: '2026-01-02T00:00:00.000Z' }, /its id alone/],
  ['a removal of nothing', remove, /no hold of this id stands/],
  ['a review that ends before it begins', { ...reviewed, until: reviewed.since }, /ends before it begins/],
  ['a review without times', { kind: 'review', sha256: reviewed.sha256, findings: 0 }, /not ISO 8601/],
  ['a review of days to come', { ...reviewed, until: '2026-11-24T15:00:00.000Z' }, /in the time to come/],
  ['a reviewer that a terminal obeys', { ...reviewed, reviewer: 'eve\u001b[2J' }, /reviewer is not 1 to 64/],
  ['a long reviewer', { ...reviewed, reviewer: 'x'.repeat(65) }, /reviewer is not 1 to 64/],
  ['a reviewer that is no text', { ...reviewed, reviewer: ['ada'] }, /reviewer is not 1 to 64/],
  ['a hash in capitals', { ...reviewed, sha256: 'A'.repeat(64) }, /sha256 is not 64/],
  ['a short hash', { ...reviewed, sha256: 'a'.repeat(63) }, /sha256 is not 64/],
  ['findings below none', { ...reviewed, findings: -1 }, /findings are no number/],
  ['a review with who asked', { ...reviewed, by: 0 }, /a field that is not known/],
  ['a review with a field of a hold', { ...reviewed, id: 'x' }, /a field that is not known/],
  ['more than 4 KB', `${JSON.stringify(add)}${' '.repeat(4096)}`, /4 KB/],
]

t.test(
  'what is wrong in any particular is refused with the reason, set aside, and stops no other',
  async (t) => {
    const { dir, ledger, put } = inbox(t)
    const files = WRONG.map(([, request]) => put(request))
    put({ ...add, id: 'right' }, 'z.json')
    const { taken, refused } = await takeInbox(ledger, NOON)
    t.match(taken, [{ id: 'right' }])
    for (const [i, [what, , reason]] of WRONG.entries())
      t.match(
        refused.find(({ file }) => file === files[i]),
        { reason },
        what,
      )
    t.equal(refused.length, WRONG.length)
    t.same(readdirSync(join(dir, 'inbox')), ['refused'])
    t.same(readdirSync(join(dir, 'inbox', 'refused')).sort(), [...files].sort())
    t.same(kinds(await entriesOf(dir)), ['genesis', 'hold'])
  },
)

t.test('what is no regular file with one name is refused and never followed', async (t) => {
  const { dir, ledger, path, put } = inbox(t)
  const target = join(dir, 'target')
  writeFileSync(target, JSON.stringify(add))
  symlinkSync(target, path('link.json'))
  linkSync(target, path('hard.json'))
  mkdirSync(path('folder.json'))
  spawnSync('mkfifo', [path('pipe.json')])
  put(add, '.half.json')
  put(add, 'other.txt')
  const { taken, refused } = await takeInbox(ledger)
  t.same(taken, [])
  t.same(refused.map(({ file }) => file).sort(), ['folder.json', 'hard.json', 'link.json', 'pipe.json'])
  t.equal(readFileSync(target, 'utf8'), JSON.stringify(add))
  t.same(readdirSync(join(dir, 'inbox')).sort(), ['.half.json', 'other.txt', 'refused'])
})

t.test(
  'a hold that stands is not replaced by a smaller one, and one that is entered already is done',
  async (t) => {
    const { dir, ledger, path, put } = inbox(t)
    put(add)
    await takeInbox(ledger)
    put(add)
    put({ ...add, until: '2020-01-01T00:00:00.000Z' })
    const { taken, refused } = await takeInbox(ledger)
    t.same(taken, [], 'a crash came before the request was gone')
    t.match(refused, [{ file: '3.json', reason: 'a hold of this id stands already' }])
    t.notOk(existsSync(path('2.json')))
    t.match((await readHolds(dir)).list(), [{ id: 'case-17' }])
  },
)

t.test(
  'only root and the keeper’s user may remove a hold; anybody whose request comes in may add one',
  { skip: isRoot ? false : 'only root can give files away' },
  async (t) => {
    const { dir, ledger, path, put } = inbox(t)
    chownSync(dir, 64001, 64001)
    for (const [file, request, owner] of [
      ['1.json', { ...add, id: 'a' }, 64002],
      ['2.json', { ...add, id: 'b' }, 0],
      ['3.json', { ...remove, id: 'a' }, 64002],
      ['4.json', { ...remove, id: 'b' }, 64001],
    ] as const)
      chownSync(path(put(request, file)), owner, owner)
    const { taken, refused } = await takeInbox(ledger)
    t.match(taken, [
      { op: 'add', id: 'a', by: 64002 },
      { op: 'add', id: 'b', by: 0 },
      { op: 'remove', id: 'b', by: 64001 },
    ])
    t.match(refused, [{ file: '3.json', reason: /only the keeper’s user and root/ }])
  },
)

t.test('without an inbox there is nothing to take, and one that cannot be read is told', async (t) => {
  const { dir, ledger } = inbox(t)
  rmSync(join(dir, 'inbox'), { recursive: true })
  t.same(await takeInbox(ledger), { taken: [], refused: [] })
  writeFileSync(join(dir, 'inbox'), '')
  await t.rejects(takeInbox(ledger), { code: 'HUSHLOG_INBOX', message: /cannot read .*inbox: ENOTDIR/ })
})

t.test('no bytes in a request do anything but add or remove a hold, or be refused', async (t) => {
  const { dir, ledger, put } = inbox(t)
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .record({
        kind: fc.constantFrom('hold', 'segment', 'pruned'),
        op: fc.constantFrom('add', 'remove', 'x'),
        id: fc.oneof(fc.constantFrom('a', 'b', '__proto__'), fc.string()),
        reason: fc.oneof(fc.constant(undefined), fc.string({ unit: 'binary' })),
        since: fc.oneof(fc.constant(undefined), fc.string()),
      })
      .map((request) => JSON.stringify(request)),
  )
  await fc.assert(
    fc.asyncProperty(text, async (request) => {
      put(request)
      const { taken, refused } = await takeInbox(ledger)
      if (taken.length + refused.length > 1) throw new Error('one request, one answer')
      const [one] = taken
      if (one !== undefined && (one.kind !== 'hold' || !['add', 'remove'].includes(one.op)))
        throw new Error(JSON.stringify(one))
    }),
    { numRuns: 60 },
  )
  t.ok((await entriesOf(dir)).every(({ kind }) => kind === 'genesis' || kind === 'hold' || kind === 'seal'))
})
