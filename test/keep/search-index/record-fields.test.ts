/** The reader of a record's fields, against JSON.parse. */
import fc from 'fast-check'
import t from 'tap'
import { isoTime } from '../../../lib/keep/search-index/iso-time.ts'
import { MarkerFinder } from '../../../lib/keep/search-index/markers.ts'
import { RecordFields, type SpanName } from '../../../lib/keep/search-index/record-fields.ts'

const KEYS = [
  ...['level', 'time', 'kind', 'operation', 'reqId', 'user', 'actor', 'remoteAddress', 'action', 'outcome'],
  ...[
    'responseTime',
    'aborted',
    'req',
    'res',
    'details',
    'statusCode',
    'levels',
    'tim',
    '__proto__',
    'msg',
    '',
  ],
]

const text = fc.oneof(
  fc.constantFrom('POST /login', 'access', '"', '\\', '\u0000', '\ud800', 'ä€😀', '2026-11-30T07:00:12.549Z'),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(30, 401),
)
const leaf = fc.oneof(text, number, fc.boolean(), fc.constant(null))
const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...KEYS) }, { weight: 1, arbitrary: text })
const { value } = fc.letrec<{ value: Raw; members: Raw }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf.chain(written),
    tie('members'),
    fc
      .array(tie('value'), { maxLength: 3 })
      .chain((items) => blank().map((b) => `[${b}${items.join(`,${b}`)}${b}]`)),
  ),
  members: fc
    .array(fc.tuple(key.chain(written), tie('value'), blank()), { maxLength: 6 })
    .map((all) => `{${all.map(([name, item, b]) => `${name}${b}:${b}${item}`).join(',')}}`),
}))
type Raw = string

/** JSON text of a value, with escapes where none is needed. */
function written(of: unknown): fc.Arbitrary<Raw> {
  const json = JSON.stringify(of)
  if (typeof of !== 'string') return fc.constant(json)
  return fc
    .array(fc.boolean(), { minLength: 4, maxLength: 4 })
    .map((flags) =>
      flags[0] && flags[1] ? `"${[...of].map((c, i) => escaped(c, flags[(i % 2) + 2])).join('')}"` : json,
    )
}

function escaped(char: string, isWanted: boolean): string {
  if (!isWanted) return JSON.stringify(char).slice(1, -1)
  return Array.from(
    { length: char.length },
    (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('')
}

function blank(): fc.Arbitrary<string> {
  return fc.constantFrom('', '', '', ' ', '\t \r')
}

const record = fc
  .array(fc.tuple(key.chain(written), value, blank()), { maxLength: 12 })
  .map((all) => `{${all.map(([name, item, b]) => `${b}${name}${b}:${b}${item}${b}`).join(',')}}`)

// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse gives
type Parsed = any

const SPANS: Record<SpanName, (r: Parsed) => unknown> = {
  operation: (r) => r.operation,
  reqId: (r) => r.reqId,
  kind: (r) => r.kind,
  user: (r) => r.user,
  requestUser: (r) => own(r.req, 'user'),
  actor: (r) => r.actor,
  address: (r) => r.remoteAddress,
  requestAddress: (r) => own(r.req, 'remoteAddress'),
  detailsAddress: (r) => own(r.details, 'remoteAddress'),
  action: (r) => r.action,
  outcome: (r) => r.outcome,
}

function own(holder: Parsed, name: string): unknown {
  return holder !== null && typeof holder === 'object' && !Array.isArray(holder) ? holder[name] : undefined
}

/** Only strings are read as text. */
function textual(found: unknown): unknown {
  return typeof found === 'string' ? found : undefined
}

function numeric(found: unknown): number {
  return typeof found === 'number' ? found : Number.NaN
}

function timeOf(found: unknown): number {
  const time = typeof found === 'string' ? Date.parse(found) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString() === found ? time : Number.NaN
}

function parsed(line: string): Parsed {
  try {
    const found = JSON.parse(line, (name, item) => (name === '__proto__' ? undefined : item))
    return found !== null && typeof found === 'object' && !Array.isArray(found) ? found : undefined
  } catch {
    return undefined
  }
}

function agrees(bytes: Buffer, start: number, end: number): boolean {
  const fields = new RecordFields()
  const isRecord = fields.read(bytes, start, end)
  const expected = parsed(bytes.toString('utf8', start, end))
  if (!isRecord || expected === undefined) return isRecord === (expected !== undefined)
  for (const [name, get] of Object.entries(SPANS))
    if (fields.text(name as SpanName) !== textual(get(expected))) return false
  return (
    Object.is(fields.level, numeric(expected.level)) &&
    Object.is(fields.time, timeOf(expected.time)) &&
    Object.is(fields.statusCode, numeric(own(expected.res, 'statusCode'))) &&
    Object.is(fields.responseTime, numeric(expected.responseTime)) &&
    fields.aborted === (expected.aborted === true)
  )
}

t.test('the fields of a record are those that JSON.parse finds', async (t) => {
  const around = fc.constantFrom('', '\n', '{"level":1}\n', '"')
  const property = fc.property(record, around, around, (line, before, after) => {
    const bytes = Buffer.from(before + line + after)
    const start = Buffer.byteLength(before)
    return agrees(bytes, start, start + Buffer.byteLength(line))
  })
  fc.assert(property, { numRuns: 5000 })
  t.pass('none differed')
})

t.test('what JSON.parse refuses is no record, and what it takes is one', async (t) => {
  const signs = fc.constantFrom(...'{}[]",:\\ \t0123456789-+.eEtruefalsn/u', '\u0001', 'ä', '\ufeff')
  const changed = fc.property(
    record,
    fc.nat(),
    fc.nat(3),
    fc.string({ unit: signs, maxLength: 2 }),
    (line, at, cut, put) => {
      const from = at % (line.length + 1)
      const bytes = Buffer.from(line.slice(0, from) + put + line.slice(from + cut))
      return agrees(bytes, 0, bytes.length)
    },
  )
  fc.assert(changed, { numRuns: 10_000 })
  fc.assert(
    fc.property(fc.string({ unit: signs, maxLength: 12 }), (inner) => {
      const bytes = Buffer.from(`{"level":${inner}}`)
      return agrees(bytes, 0, bytes.length)
    }),
    { numRuns: 10_000 },
  )
  const lines = [
    '',
    '{}',
    ' { } ',
    '[]',
    '1',
    'null',
    '{"a":[[[]]],"b":{"c":{}}}',
    '{"a":[}',
    '{"a":1,}',
    '{"a":tru}',
    '{"level":01}',
  ]
  for (const line of lines) t.ok(agrees(Buffer.from(line), 0, line.length), line)
})

t.test('bytes that are no UTF-8 are read as a Buffer shows them', async (t) => {
  const property = fc.property(fc.uint8Array({ maxLength: 8 }), (junk) => {
    const bytes = Buffer.concat([Buffer.from('{"user":"'), junk, Buffer.from('","level":30}')])
    return agrees(bytes, 0, bytes.length)
  })
  fc.assert(property, { numRuns: 5000 })
  t.pass('none differed')
})

t.test('a value that nests a million deep is walked over, and costs no stack', async (t) => {
  const deep = 1_000_000
  const fields = new RecordFields()
  const whole = Buffer.from(`{"a":${'[{"b":'.repeat(deep)}1${'}]'.repeat(deep)},"level":40}`)
  t.ok(fields.read(whole, 0, whole.length))
  t.equal(fields.level, 40)
  t.notOk(fields.read(whole, 0, whole.length - 20))
  const req = Buffer.from(`${'{"req":'.repeat(deep)}1${'}'.repeat(deep)}`)
  t.ok(fields.read(req, 0, req.length))
})

t.test('a time is read as Date reads it, or not at all', async (t) => {
  const property = fc.property(
    fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    }),
    fc.nat(23),
    fc.constantFrom('', '0', '9', '3', '-', 'Z', ' '),
    (date, at, put) => {
      const text = date.toISOString()
      const changed = Buffer.from(text.slice(0, at) + put + text.slice(at + put.length))
      return Object.is(isoTime(changed, 0, changed.length), timeOf(changed.toString()))
    },
  )
  fc.assert(property, { numRuns: 5000 })
  const leap = [
    '2024-02-29',
    '2023-02-29',
    '2000-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
  ]
  for (const day of leap) {
    const text = Buffer.from(`${day}T23:00:00.000Z`)
    t.ok(Object.is(isoTime(text, 0, text.length), timeOf(text.toString())), day)
  }
})

t.test('markers are found as often as they stand in a line, whole ones alone', async (t) => {
  const part = fc.constantFrom(
    ...[
      '[SECRET:password]',
      '[SECRET:aws-key:0123456789ab]',
      '[SECRET:',
      '[SECRET:x',
      'SECRET',
      ']',
      'a',
      '\n',
      '\n',
      '[SECRET:A]',
    ],
    ...['[SECRET:a:]', '[SECRET:a:XYZ]', `[SECRET:${'i'.repeat(32)}]`, `[SECRET:${'i'.repeat(33)}]`],
  )
  const property = fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
    const bytes = Buffer.from(parts.join(''))
    const finder = new MarkerFinder()
    let start = 0
    for (const line of parts.join('').split('\n')) {
      const found: string[] = []
      finder.each(bytes, start, start + line.length, (id) => found.push(id))
      const expected = [...line.matchAll(/\[SECRET:([a-z0-9-]{1,32})(?::[0-9a-f]+)?\]/g)].map(([, id]) => id)
      if (found.join() !== expected.join()) return false
      start += line.length + 1
    }
    return true
  })
  fc.assert(property, { numRuns: 5000 })
  t.pass('none differed')
})
