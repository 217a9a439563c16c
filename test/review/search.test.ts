/** Searching, against a filter over the plain lines. */
import { chmodSync, rmSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { Ledger } from '../../lib/keep/ledger.ts'
import { ContextLines } from '../../lib/review/context.ts'
import { merged } from '../../lib/review/merge.ts'
import { makeQuery, type QueryOptions } from '../../lib/review/query.ts'
import { candidates } from '../../lib/review/scan.ts'
import { type Found, Search, type SearchWork } from '../../lib/review/search.ts'
import { sourcesOf } from '../../lib/review/sources.ts'
import { meets, parseCondition, valueAt } from '../../lib/review/where.ts'
import { NOON } from '../keep/helpers.ts'
import {
  access,
  app,
  at,
  audit,
  flip,
  type Json,
  type Kept,
  newDirectory,
  pair,
  segmentOf,
} from './search-world.ts'

interface Result {
  lines: string[]
  found: Found[]
  told: string[]
  work: SearchWork
}

async function searched(
  dirs: string[],
  options: QueryOptions,
  { context = 0, identities = [pair.identity] } = {},
): Promise<Result> {
  const told: string[] = []
  const search = new Search({
    dirs,
    query: makeQuery(options),
    identities,
    context,
    onError: (error) => told.push(`error ${(error as Error).message}`),
    onDoubt: (doubt) => told.push(doubt),
    onLedger: (_dir, problem) => told.push(`ledger ${problem}`),
  })
  const found: Found[] = []
  for await (const one of search.run()) found.push(one)
  const lines = found.flatMap((one) => one.lines.map(String))
  return { lines, found, told, work: search.work }
}

const NAMES = ['ada', 'eve', 'm\u00fcller', 'o"brien', 'back\\slash', 'a b', '42', '', '__proto__']
const OPERATIONS = ['GET /orders/:id', 'POST /login', 'process']
const IDS = ['r1', 'r2', '0193f3a2-aaaa', 'x'.repeat(300)]
const name = fc.constantFrom(...NAMES)

/** Records of all kinds, and lines that are none. */
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        seconds: fc.integer({ min: 0, max: 5000 }),
        id: fc.constantFrom(...IDS),
        user: name,
        status: fc.constantFrom(200, 204, 301, 404, 500, 503),
        operation: fc.constantFrom(...OPERATIONS),
      })
      .map(({ seconds, id, ...more }) => access(seconds, id, more)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 0, max: 5000 }),
        fc.constantFrom('auth.login', 'auth.logout', 'order.refund'),
        name,
        fc.constantFrom('success', 'failure', 'denied'),
      )
      .map(([seconds, action, actor, outcome]) => audit(seconds, action, actor, outcome)),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        seconds: fc.integer({ min: 0, max: 5000 }),
        id: fc.constantFrom(...IDS),
        level: fc.constantFrom(20, 30, 35, 50, 60),
        user: fc.oneof(name, fc.constant({ id: 7 })),
        n: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant('7')),
      })
      .map(({ seconds, id, ...more }) => app(seconds, id, more)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('no JSON at all', '[1,2]', '{"level":30', '{}', '{"msg":"timeless"}', '"ada"'),
  },
)

const query: fc.Arbitrary<QueryOptions> = fc.record(
  {
    texts: fc.array(
      fc.constantFrom('ada', 'order loaded', 'ORDER', '"level":30', 'no such text', 'JSON', 'm\u00fc'),
      { maxLength: 2 },
    ),
    ignoreCase: fc.boolean(),
    reqIds: fc.array(fc.constantFrom(...IDS, 'r9'), { maxLength: 2 }),
    operations: fc.array(fc.constantFrom(...OPERATIONS, 'GET /x'), { maxLength: 2 }),
    users: fc.array(name, { maxLength: 2 }),
    actors: fc.array(name, { maxLength: 1 }),
    addresses: fc.array(fc.constantFrom('203.0.113.9', '198.51.100.7', '::1'), { maxLength: 1 }),
    statuses: fc.array(
      fc.constantFrom({ from: 500, to: 599 }, { from: 404, to: 404 }, { from: 100, to: 300 }),
      { maxLength: 2 },
    ),
    level: fc.constantFrom(30, 35, 50, 61),
    audit: fc.array(fc.constantFrom('auth.login', 'auth.*', 'order.refund'), { maxLength: 2 }),
    outcomes: fc.array(fc.constantFrom('failure', 'denied'), { maxLength: 2 }),
    kinds: fc.array(fc.constantFrom('access', 'audit', 'app', 'gap'), { maxLength: 2 }),
    hosts: fc.array(fc.constantFrom('web-1', 'web-2'), { maxLength: 1 }),
    where: fc
      .array(
        fc.constantFrom(
          'res.statusCode>=404',
          'n=7',
          'n!=7',
          'user.id=7',
          'actor=ada',
          'msg~load',
          'req.user="',
        ),
        { maxLength: 1 },
      )
      .map((texts) => texts.map((text) => parseCondition(text) as never)),
    since: fc.integer({ min: 0, max: 5000 }).map((seconds) => NOON + seconds * 1000),
    until: fc.integer({ min: 0, max: 5000 }).map((seconds) => NOON + seconds * 1000),
  },
  { requiredKeys: [] },
)

/** By what the options mean, from the parsed record alone. */
function isWanted(text: string, time: number, options: QueryOptions): boolean {
  const record = parsed(text)
  const any = (values: readonly unknown[] | undefined, ...found: unknown[]) =>
    values === undefined ||
    values.length === 0 ||
    (record !== undefined && found.some((one) => values.includes(one)))
  const fold = (one: string) => [...one].map((c) => (c >= 'A' && c <= 'Z' ? c.toLowerCase() : c)).join('')
  const {
    texts = [],
    ignoreCase,
    level,
    audit: actions,
    where = [],
    since = -Infinity,
    until = Infinity,
  } = options
  const isAudit = record?.kind === 'audit'
  return (
    time >= since &&
    time <= until &&
    texts.every((one) => (ignoreCase ? fold(text).includes(fold(one)) : text.includes(one))) &&
    any(options.reqIds, record?.reqId) &&
    any(options.operations, record?.operation) &&
    any(options.users, record?.req?.user, record?.actor, record?.user) &&
    any(options.actors, record?.actor) &&
    any(
      options.addresses,
      record?.req?.remoteAddress,
      isAudit ? record?.details?.remoteAddress : undefined,
    ) &&
    (!options.statuses?.length ||
      options.statuses.some(
        ({ from, to }) => record?.res?.statusCode >= from && record?.res?.statusCode <= to,
      )) &&
    (level === undefined || record?.level >= level) &&
    (actions === undefined ||
      (isAudit &&
        (actions.length === 0 ||
          actions.some((one) =>
            one.endsWith('*') ? record.action.startsWith(one.slice(0, -1)) : record.action === one,
          )))) &&
    (!options.outcomes?.length || (isAudit && options.outcomes.includes(record.outcome))) &&
    any(options.kinds, record?.kind ?? 'app') &&
    any(options.hosts, record?.host) &&
    where.every((condition) => record !== undefined && meets(record, condition))
  )
}

function parsed(text: string): Json {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

const timeIn = (text: string): number => Date.parse(parsed(text)?.time)

t.test('finds what a filter over the plain lines finds', async (t) => {
  const segments = fc.array(
    fc.record({
      lines: fc.array(line, { minLength: 1, maxLength: 30 }),
      kept: fc.constantFrom<Kept>('open', 'sealed', 'encrypted'),
      dir: fc.nat(1),
    }),
    { minLength: 1, maxLength: 5 },
  )
  await fc.assert(
    fc.asyncProperty(segments, fc.array(query, { minLength: 8, maxLength: 8 }), async (world, queries) => {
      const dirs = [newDirectory(t), newDirectory(t)]
      // As a program writes them: a line that tells a time comes first, and time goes on.
      const texts = world.map(({ lines }) => [
        app(0, 'r0'),
        ...lines.filter((one) => !Number.isNaN(timeIn(one))).sort((a, b) => timeIn(a) - timeIn(b)),
        ...lines.filter((one) => Number.isNaN(timeIn(one))),
      ])
      for (const [i, { kept, dir }] of world.entries()) await segmentOf(dirs[dir], texts[i], kept)
      for (const options of queries) {
        const wanted = texts.flatMap((lines) => {
          let time = 0
          return lines.filter((one) =>
            isWanted(one, (time = Number.isNaN(timeIn(one)) ? time : timeIn(one)), options),
          )
        })
        const { lines, found, told } = await searched(dirs, options)
        t.strictSame([...lines].sort(), wanted.sort(), `${JSON.stringify(options)}`)
        const times = found.map(({ time }) => time)
        t.strictSame(
          times,
          [...times].sort((a, b) => a - b),
          'in the order of time',
        )
        t.strictSame(told, [])
      }
      for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
    }),
    { numRuns: 25 },
  )
})

t.test('opens only what the ledger and the index do not rule out', async (t) => {
  const dir = newDirectory(t)
  for (let i = 0; i < 10; i++)
    await segmentOf(dir, [access(i * 1000, `r${i}`, { user: `user ${i}` })], 'encrypted')
  t.match((await searched([dir], { reqIds: ['r3'] })).work, { segments: 10, opened: 1, skipped: 9 })
  t.match((await searched([dir], { users: ['user 3', 'user 4'] })).work, { opened: 2, skipped: 8 })
  t.match((await searched([dir], { since: NOON + 8000_000 })).work, { opened: 2, skipped: 8 })
  t.match((await searched([dir], { level: 50 })).work, { opened: 0, skipped: 10 })
  t.match((await searched([dir], {})).work, { opened: 10, skipped: 0 })
})

t.test('members are skipped, and the lines that begin in the others are whole', async (t) => {
  const dir = newDirectory(t)
  const lines = Array.from({ length: 8000 }, (_, i) => app(i, `r${i}`, { pad: 'x'.repeat(60) }))
  await segmentOf(dir, lines, 'sealed')
  const { lines: found, work } = await searched([dir], { reqIds: ['r5000'] })
  t.strictSame(found, [lines[5000]])
  t.ok(work.allMembers > 4 && work.members < work.allMembers, `${work.members} of ${work.allMembers}`)
  const slice = await searched([dir], { since: NOON + 5000_000, until: NOON + 5009_000 })
  t.strictSame(slice.lines, lines.slice(5000, 5010))
  t.ok(slice.work.members < slice.work.allMembers)
})

t.test('context is of the same segment, and groups that meet are one', async (t) => {
  const dir = newDirectory(t)
  const lines = Array.from({ length: 6000 }, (_, i) => app(i, `r${i}`, { pad: 'x'.repeat(80) }))
  await segmentOf(dir, lines, 'sealed')
  const { found } = await searched([dir], { reqIds: ['r10', 'r12', 'r3000', 'r5999'] }, { context: 2 })
  t.strictSame(
    found.map((one) => one.lines.map(String)),
    [lines.slice(8, 15), lines.slice(2998, 3003), lines.slice(5997)],
  )
})

t.test('a segment that is not as it was sealed is told, and its lines with it', async (t) => {
  const dir = newDirectory(t)
  await segmentOf(dir, [app(0, 'r0')], 'sealed')
  const path = await segmentOf(dir, [app(1, 'r1'), app(2, 'r2')], 'sealed')
  const other = await segmentOf(newDirectory(t), [app(1, 'r1', { msg: 'forged' }), app(2, 'r2')], 'sealed')
  const { readFileSync, writeFileSync } = await import('node:fs')
  chmodSync(path, 0o600)
  writeFileSync(path, readFileSync(other))
  const { found, told } = await searched([dir], {})
  t.strictSame(
    found.map(({ doubt }) => doubt),
    [undefined, 'modified', 'modified'],
  )
  t.strictSame(told, ['modified'])
})

t.test('what is damaged is told, and the rest is found', async (t) => {
  const dir = newDirectory(t)
  await segmentOf(dir, [app(0, 'r0')], 'encrypted')
  const path = await segmentOf(dir, [app(1, 'r1')], 'encrypted')
  chmodSync(path, 0o600)
  flip(path, 300)
  const { lines, told } = await searched([dir], {})
  t.strictSame(lines, [app(0, 'r0')])
  t.equal(told.length, 1)
  t.match(told[0], /^error cannot read .*\.age/)
})

t.test('a ledger that was changed hides nothing', async (t) => {
  const dir = newDirectory(t)
  await segmentOf(dir, [app(0, 'r0')], 'sealed')
  const { readFileSync, writeFileSync } = await import('node:fs')
  const ledger = `${dir}/ledger/ledger.jsonl`
  writeFileSync(ledger, readFileSync(ledger, 'utf8').replaceAll('2026-11-24T12:00', '2020-11-24T12:00'))
  const { lines, told } = await searched([dir], { since: NOON - 1000 })
  t.strictSame(lines, [app(0, 'r0')])
  t.ok(told.some((words) => words.startsWith('ledger ')))
})

t.test('without an identity only what is not encrypted is searched', async (t) => {
  const dir = newDirectory(t)
  await segmentOf(dir, [app(0, 'r0')], 'encrypted')
  await segmentOf(dir, [app(1, 'r1')], 'open')
  const none = await searched([dir], {}, { identities: [] })
  t.strictSame(none.lines, [app(1, 'r1')])
  t.match(none.work, { closed: 1, segments: 2 })
})

t.test('many streams at once, more than are read at a time', async (t) => {
  const numbers = fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 5 }), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(numbers, async (all) => {
      const streams = all.map((times) => {
        const sorted = [...times].sort((a, b) => a - b)
        return {
          first: Math.min(60, ...times),
          async *open() {
            for (const time of sorted) yield time % 2 ? [{ time }] : [{ time }, ...[]]
            yield []
          },
        }
      })
      const got: number[] = []
      for await (const { time } of merged(streams)) got.push(time)
      t.strictSame(
        got,
        all.flat().sort((a, b) => a - b),
      )
    }),
    { numRuns: 50 },
  )
  const many = Array.from({ length: 200 }, (_, i) => ({
    first: 0,
    async *open() {
      yield [{ time: i }]
    },
  }))
  let count = 0
  for await (const _ of merged(many)) count++
  t.equal(count, 200)
})

t.test('needles: the lines in which one stands, each once', async () => {
  const text = fc.array(fc.constantFrom('aab', 'b', 'abab', '', 'ba'), { maxLength: 12 })
  fc.assert(
    fc.property(
      text,
      fc.array(fc.constantFrom('ab', 'ba', 'bb'), { minLength: 1, maxLength: 3 }),
      (lines, needles) => {
        const chunk = Buffer.from(lines.map((one) => `${one}\n`).join(''))
        const got = [
          ...candidates(
            chunk,
            needles.map((one) => Buffer.from(one)),
          ),
        ]
        t.strictSame(
          got.map(([start, end]) => chunk.toString('utf8', start, end)),
          lines.filter((one) => needles.some((needle) => one.includes(needle))),
        )
      },
    ),
  )
})

t.test('conditions', async (t) => {
  const record = { n: 7, text: 'abc', 'a.b': 1, a: { c: { d: true } }, none: null, list: [1] }
  const cases: [string, boolean][] = [
    ['n=7', true],
    ['n=7.0', true],
    ['n!=7', false],
    ['n>6', true],
    ['n>=7', true],
    ['n<7', false],
    ['n<=7', true],
    ['n=', false],
    ['n=x', false],
    ['text=abc', true],
    ['text~b', true],
    ['text>abb', true],
    ['text<abb', false],
    ['a.b=1', true],
    ['a.c.d=true', true],
    ['none=null', true],
    ['missing=1', false],
    ['missing!=1', true],
    ['missing~', false],
    ['list~1', true],
    ['list>0', false],
    ['constructor!=1', true],
    ['a.constructor~', false],
  ]
  for (const [text, wanted] of cases) t.equal(meets(record, parseCondition(text) as never), wanted, text)
  for (const text of ['', 'n', '=7', '~']) t.equal(parseCondition(text), undefined, text)
  t.strictSame(parseCondition('a>=b=c'), { field: 'a', operator: '>=', value: 'b=c' })
  t.equal(valueAt({ a: { b: { c: 1 } } }, 'a.b.c'), 1)
})

t.test('an address of IPv4 is found as IPv6 writes it, and the other way round', async (t) => {
  const dir = newDirectory(t)
  const lines = ['203.0.113.9', '::ffff:203.0.113.9', '203.0.113.90'].map((address, i) =>
    access(i, `r${i}`, { address }),
  )
  await segmentOf(dir, lines, 'sealed')
  for (const address of ['203.0.113.9', '::ffff:203.0.113.9'])
    t.strictSame((await searched([dir], { addresses: [address] })).lines, lines.slice(0, 2), address)
})

t.test('an object that another encoder wrote is found by its JSON', async (t) => {
  const dir = newDirectory(t)
  const line = `{"time":"${at(0)}","a": {"b": 1000, "c": 1e3, "d": true}}`
  await segmentOf(dir, [line], 'sealed')
  for (const text of ['a~"b":1000,', 'a~"c":1000', 'a~:true'])
    t.strictSame((await searched([dir], { where: [parseCondition(text) as never] })).lines, [line], text)
})

t.test('without regard to case only lines in which the text may stand are read', (t) => {
  const { needles, isFolded } = makeQuery({ texts: ['ORDER'], ignoreCase: true })
  t.match({ needles: needles?.map(String), isFolded }, { needles: ['order'], isFolded: true })
  t.end()
})

t.test('a segment that is listed and neither there nor pruned is missing', async (t) => {
  const dir = newDirectory(t)
  await segmentOf(dir, [app(0, 'r0')], 'sealed')
  rmSync(await segmentOf(dir, [app(10_000, 'r1')], 'sealed'))
  const missing = async (since: number, until: number) =>
    (await sourcesOf(dir, NOON + since * 1000, NOON + until * 1000)).missing
  t.equal((await missing(0, 20_000)).length, 1)
  t.strictSame(await missing(0, 100), [], 'not of another time')
  const [name] = await missing(0, 20_000)
  await new Ledger(dir).append({ kind: 'pruned', name, sha256: '0'.repeat(64), last: at(10_000) })
  t.strictSame(await missing(0, 20_000), [], 'one that was pruned is not')
})

t.test('context over the ends of chunks', async (t) => {
  const run = (chunks: string[], count: number) => {
    const context = new ContextLines(count, (one) => (String(one).startsWith('!') ? 1 : undefined))
    const hits = [...chunks.flatMap((chunk) => context.take(Buffer.from(chunk))), ...context.end()]
    return hits.map(({ lines }) => lines.map(String).join())
  }
  t.strictSame(run(['a\nb\n', '!c\n', 'd\ne\n'], 1), ['b,!c,d'])
  t.strictSame(run(['a\n!b\nc\nd\n!e\n'], 1), ['a,!b,c', 'd,!e'])
  t.strictSame(run(['!a\n', '!b\n', 'c\n'], 2), ['!a,!b,c'])
  t.strictSame(run(['a\n'], 2), [])
})

t.test('times', async (t) => {
  const dir = newDirectory(t)
  await segmentOf(dir, [app(0, 'r0'), 'no time', app(2, 'r2')], 'sealed')
  const { lines } = await searched([dir], { since: NOON, until: NOON })
  t.strictSame(
    lines,
    [app(0, 'r0'), 'no time'],
    `a line without a time has that of the line before it: ${at(0)}`,
  )
})
