/** The index of a sealed segment, against a count over its plain lines; and its lines, read by members. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { indexMembers, MEMBER_SIZE, packMember, type Row, readIndex } from '../../../lib/keep/gzip-members.ts'
import { generateIdentity } from '../../../lib/keep/identities.ts'
import { Ledger } from '../../../lib/keep/ledger.ts'
import { seal } from '../../../lib/keep/seal.ts'
import { openSealed, type SealedFile } from '../../../lib/keep/sealed-file.ts'
import { IndexBuilder } from '../../../lib/keep/search-index/index-builder.ts'
import { decodeIndex } from '../../../lib/keep/search-index/index-format.ts'
import type { IndexedField, SegmentIndex, Term } from '../../../lib/keep/search-index/segment-index.ts'
import { MAX_HOURS, NONE, Summarizer, summarize } from '../../../lib/keep/search-index/summarize.ts'
import { bucketOf, HOUR_MS, MAX_NAMES, OTHER, type Summary } from '../../../lib/keep/search-index/summary.ts'
import { frameLine } from '../../../lib/store/frames.ts'
import { logDirectory, stamp } from '../../store/helpers.ts'
import { endedSegment, vector } from '../helpers.ts'

const HOUR = Date.UTC(2026, 10, 30, 7)

// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse gives
type Json = any

async function sealedFile(t: Test, text: string | Buffer, recipients: string[] = []): Promise<string> {
  const dir = logDirectory(t)
  const path = endedSegment(dir, '')
  writeFileSync(path, text)
  const { path: place } = await seal(new Ledger(dir), path, 'size', { recipients })
  return join(dir, place as string)
}

async function withSealed<T>(
  t: Test,
  text: string | Buffer,
  use: (file: SealedFile) => Promise<T>,
  pair?: { recipient: string; identity: string },
): Promise<T> {
  const path = await sealedFile(t, text, pair === undefined ? [] : [pair.recipient])
  const file = await openSealed(path, pair === undefined ? [] : [pair.identity])
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

/** The index of a text that was cut into members anywhere. */
async function indexOf(members: readonly Buffer[], modified = 0): Promise<SegmentIndex> {
  const builder = new IndexBuilder()
  for (const member of members) builder.add(member)
  const bytes = (await builder.finish(modified)) as Buffer
  return decodeIndex(
    bytes,
    'FILE',
    members.map(({ length }) => length),
  ) as SegmentIndex
}

function cutAt(text: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % text.length), text.length])].sort((a, b) => a - b)
  return places.slice(1).map((end, i) => text.subarray(places[i], end))
}

const name = fc.oneof(
  fc.constantFrom('ada', 'bob', '__proto__', 'toString', 'POST /login', 'ä€😀', '"\\', 'x'.repeat(300)),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const time = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3 * HOUR_MS).map((ms) => new Date(HOUR + ms).toISOString()) },
  { weight: 1, arbitrary: fc.constantFrom('now', 5, undefined) },
)
const record = fc
  .record({
    level: fc.constantFrom<unknown>(30, 30, 40, 50, 60, 35.5, 'info', undefined),
    time,
    operation: maybe(fc.oneof(name, fc.constant(7 as unknown))),
    reqId: maybe(name),
    kind: fc.constantFrom('access', 'access', 'audit', 'gap', undefined, 'segment-start', 'segment-end'),
    user: maybe(fc.oneof(name, fc.constant({ id: 1 } as unknown))),
    actor: maybe(name),
    action: maybe(name),
    outcome: fc.constantFrom('success', 'failure', 'denied', undefined),
    remoteAddress: maybe(name),
    req: maybe(fc.record({ user: maybe(name), remoteAddress: maybe(name) })),
    res: maybe(fc.record({ statusCode: fc.constantFrom(200, 404, 500, null, 999) })),
    responseTime: maybe(fc.nat(100_000)),
    aborted: fc.constantFrom(true, undefined),
    details: maybe(fc.record({ remoteAddress: maybe(name) })),
    msg: fc.constantFrom('hello', '[SECRET:password] and [SECRET:aws-key:0123456789ab]', '[SECRET:', '\n'),
  })
  .map((fields) => JSON.stringify(fields))
const line = fc.oneof(
  { weight: 12, arbitrary: record },
  { weight: 1, arbitrary: fc.constantFrom('', 'no json', '[]', '{"level":30', 'é [SECRET:password]') },
)
const lines = fc.array(line, { maxLength: 40 })

function parsed(text: string): Json {
  try {
    const found = JSON.parse(text)
    return found !== null && typeof found === 'object' && !Array.isArray(found) ? found : undefined
  } catch {
    return undefined
  }
}

/** What a record is found by, said in another way than the index is made. */
function termsOf(found: Json): Term[] {
  const of = (field: IndexedField, value: unknown): Term[] =>
    typeof value === 'string' ? [{ field, value }] : []
  const { statusCode } = found.res ?? {}
  return [
    ...of('reqId', found.reqId),
    ...of('operation', found.operation),
    ...[found.user, found.actor, found.req?.user].flatMap((value) => of('user', value)),
    ...[found.remoteAddress, found.req?.remoteAddress].flatMap((value) => of('address', value)),
    ...of('kind', found.kind ?? 'app'),
    ...(typeof found.level === 'number' ? of('level', String(found.level)) : []),
    ...(typeof statusCode === 'number' ? of('status', `${Math.floor(statusCode / 100)}xx`) : []),
    ...(found.kind === 'audit'
      ? [
          ...of('address', found.details?.remoteAddress),
          ...of('action', found.action),
          ...of('outcome', found.outcome),
        ]
      : []),
  ]
}

t.test('the index names each member in which a record of these terms begins', async (t) => {
  const property = fc.asyncProperty(lines, fc.array(fc.nat(), { maxLength: 8 }), async (all, cuts) => {
    const text = Buffer.from(all.map((text) => `${text}\n`).join('') || '\n')
    const members = cutAt(text, cuts)
    const index = await indexOf(members)
    const begins = members.map((_, i) => members.slice(0, i).reduce((sum, { length }) => sum + length, 0))
    const firstLines: (number | undefined)[] = members.map(() => undefined)
    const times: number[][] = members.map(() => [])
    let at = 0
    for (const one of all.length === 0 ? [''] : all) {
      const member = begins.findLastIndex((begin) => begin <= at)
      firstLines[member] ??= at - begins[member]
      at += Buffer.byteLength(one) + 1
      const found = parsed(one)
      if (found === undefined) continue
      const ms = Date.parse(typeof found.time === 'string' ? found.time : '')
      if (!Number.isNaN(ms)) times[member].push(ms)
      const terms = termsOf(found)
      for (const term of terms) if (!index.membersWith([[term]]).includes(member)) return false
      if (
        !index.membersWith(terms.map((term) => [{ field: 'user', value: 'nobody' }, term])).includes(member)
      )
        return false
    }
    return index.members.every(
      ({ firstLine, first, last }, i) =>
        firstLine === firstLines[i] &&
        first === (times[i].length === 0 ? undefined : Math.min(...times[i])) &&
        last === (times[i].length === 0 ? undefined : Math.max(...times[i])),
    )
  })
  await fc.assert(property, { numRuns: 400 })
  t.pass('none was missed')
})

t.test('a term that is nowhere is taken for there in fewer than one of 300 members', async (t) => {
  const members = Array.from({ length: 40 }, (_, member) =>
    Buffer.from(
      Array.from(
        { length: 300 },
        (_, i) => `{"reqId":"${member}-${i}","user":"u${(i * 7) % 50}","kind":"access"}\n`,
      ).join(''),
    ),
  )
  const index = await indexOf(members)
  let named = 0
  for (let i = 0; i < 500; i++) named += index.membersWith([[{ field: 'reqId', value: `none-${i}` }]]).length
  t.ok(named / (500 * members.length) < 1 / 300, `${named} of ${500 * members.length}`)
  t.strictSame(
    index.membersWith([[{ field: 'reqId', value: '7-12' }], [{ field: 'level', value: '50' }]]),
    [],
  )
  t.strictSame(index.membersWith([[]]), [])
  t.equal(index.membersWith([]).length, 40)
})

t.test('bytes that are no UTF-8 and values of any length are found by what a reader shows', async (t) => {
  const property = fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (junk) => {
    const inner = Buffer.from(
      junk.map((byte) => (byte < 0x20 || byte === 0x22 || byte === 0x5c ? 0x61 : byte)),
    )
    const text = Buffer.concat([Buffer.from('{"reqId":"'), inner, Buffer.from('"}\n')])
    const value = JSON.parse(text.toString()).reqId
    return (await indexOf([text])).membersWith([[{ field: 'reqId', value }]]).length === 1
  })
  await fc.assert(property, { numRuns: 300 })
  t.pass('none was missed')
})

/** The summary of lines, counted one by one. */
function counted(all: readonly string[], modified: number): Summary {
  const hours = new Map<number, Json>()
  const isFrame = (text: string, i: number) =>
    (i === 0 && text.includes('"kind":"segment-start"') && text.includes('"segment":')) ||
    (i === all.length - 1 && text.includes('"kind":"segment-end"') && text.includes('"segment":'))
  const timeIn = (text: string) => Date.parse(parsed(text)?.time?.endsWith?.('Z') ? parsed(text).time : '')
  const firstTime = all.map(timeIn).find((ms) => !Number.isNaN(ms)) ?? modified
  let hour = Math.floor(firstTime / HOUR_MS) * HOUR_MS
  let total = 0
  let unreadable = 0
  const add = (table: Json, name: string) => {
    table[name] = (table[name] ?? 0) + 1
  }
  const named = (text: unknown) =>
    typeof text === 'string' && text !== '' ? text.slice(0, 256).toWellFormed() : NONE
  for (const [i, text] of all.entries()) {
    const ms = timeIn(text)
    if (!Number.isNaN(ms)) hour = Math.floor(ms / HOUR_MS) * HOUR_MS
    if (isFrame(text, i)) continue
    const table = () => Object.create(null)
    if (!hours.has(hour))
      hours.set(hour, {
        ...{ hour, lines: 0, bytes: 0, levels: table(), operations: table() },
        ...{ errors: table(), secrets: table(), audits: table() },
      })
    const into = hours.get(hour)
    total++
    into.lines++
    into.bytes += Buffer.byteLength(text) + 1
    const found = parsed(text)
    const operation = named(found?.operation)
    for (const [, rule] of text.matchAll(/\[SECRET:([a-z0-9-]{1,32})(?::[0-9a-f]+)?\]/g))
      add((into.secrets[operation] ??= table()), rule)
    if (found === undefined) {
      unreadable++
      continue
    }
    if (typeof found.level === 'number') add(into.levels, String(found.level))
    if (found.kind === 'audit') add(into.audits, named(`${found.action ?? NONE} ${found.outcome ?? NONE}`))
    if (found.kind !== 'access') {
      if (found.level >= 50) add(into.errors, operation)
      continue
    }
    const empty = { requests: 0, classes: [0, 0, 0, 0, 0], aborted: 0, errors: 0, latencies: table() }
    const counts = (into.operations[operation] ??= empty)
    counts.requests++
    const status = found.res?.statusCode
    if (status >= 100 && status < 600) counts.classes[Math.floor(status / 100) - 1]++
    if (found.aborted === true) counts.aborted++
    if (found.level >= 50) counts.errors++
    if (found.responseTime !== undefined) add(counts.latencies, String(bucketOf(found.responseTime)))
  }
  return { lines: total, unreadable, hours: [...hours.values()].sort((a, b) => a.hour - b.hour) }
}

const FRAMES = (['segment-start', 'segment-end'] as const).map((kind) =>
  frameLine(stamp(HOUR), { kind, writer: 'w', number: 1, seq: 1, lines: 5 }).toString().trimEnd(),
)

t.test('a summary is what counting line by line gives, of members and of chunks', async (t) => {
  const [start, end] = FRAMES
  const around = fc.constantFrom(
    [[], []],
    [[start], [end]],
    [[start], []],
    [[end], [start]],
    [
      [start, start],
      [end, end],
    ],
  )
  const modified = HOUR + 90_000
  const property = fc.asyncProperty(
    lines,
    around,
    fc.array(fc.nat(), { maxLength: 6 }),
    async (some, [before, after], cuts) => {
      const all = [...before, ...some, ...after]
      const text = Buffer.from(all.map((one) => `${one}\n`).join(''))
      const expected = counted(all, modified)
      const parts = text.length === 0 ? [] : cutAt(text, cuts)
      async function* chunks() {
        yield* parts
        yield Buffer.from('{"level":50,"kind":"audit"')
      }
      const { summary, extract } = await summarize(chunks(), modified)
      const index = await indexOf(parts, modified)
      const kept = all.filter((one) => {
        const kind = parsed(one)?.kind
        return typeof kind === 'string' && !['access', 'segment-start', 'segment-end'].includes(kind)
      })
      t.strictSame(summary, expected)
      t.strictSame(index.summary, expected)
      t.strictSame(extract?.map(String), kept)
      t.strictSame(index.extract?.map(String), kept)
    },
  )
  await fc.assert(property, { numRuns: 150 })
})

t.test('a log of hostile names and times fills no table beyond its bound, and loses no count', async (t) => {
  const summarizer = new Summarizer()
  const count = 3 * MAX_HOURS
  for (let i = 0; i < count; i++) {
    const time = new Date(HOUR + i * HOUR_MS).toISOString()
    const operation = `GET /${i}${'x'.repeat(400)}`
    const text = {
      level: 50 + i,
      time,
      operation,
      kind: i % 2 === 0 ? 'access' : 'audit',
      action: operation,
      msg: `[SECRET:r${i}]`,
    }
    const bytes = Buffer.from(JSON.stringify(text))
    summarizer.add(bytes, 0, bytes.length)
  }
  const { hours, lines } = summarizer.result()
  t.equal(lines, count)
  t.equal(hours.length, MAX_HOURS)
  const names = (of: (hour: Json) => object) => new Set(hours.flatMap((hour) => Object.keys(of(hour))))
  const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0)
  for (const table of ['operations', 'errors', 'audits', 'secrets', 'levels'] as const) {
    const found = names((hour) => hour[table])
    t.equal(found.size, MAX_NAMES + 1, table)
    t.ok(found.has(OTHER), table)
    for (const one of found) if (one.length > 256) t.fail(`${table} has a name of ${one.length} characters`)
  }
  t.equal(
    sum(hours.flatMap(({ operations }) => Object.values(operations).map(({ requests }) => requests))),
    count / 2,
  )
  t.equal(sum(hours.flatMap(({ levels }) => Object.values(levels))), count)
  t.equal(
    sum(hours.flatMap(({ secrets }) => Object.values(secrets).flatMap((rules) => Object.values(rules)))),
    count,
  )
})

t.test('an extract that is a large part of the text is not held twice', async (t) => {
  const audit = Buffer.from(`{"kind":"audit","msg":"${'x'.repeat(1000)}"}\n`)
  const access = Buffer.from(`{"kind":"access","msg":"${'x'.repeat(1000)}"}\n`)
  const extractOf = async (audits: number, others: number) =>
    (await indexOf([...Array(audits).fill(audit), ...Array(others).fill(access)])).extract?.length
  t.equal(await extractOf(60, 0), 60, 'under 64 KB')
  t.equal(await extractOf(70, 0), undefined, 'over 64 KB, and all of the text')
  t.equal(await extractOf(70, 230), 70, 'less than a quarter')
  t.equal(await extractOf(8500, 40_000), undefined, 'over 8 MB')
})

/** Lines of all lengths, of which some go over members. */
function manyLines(bytes: number, longest: number): Buffer {
  const parts: string[] = []
  for (let length = 0, i = 0; length < bytes; i++) {
    const text = `{"level":30,"reqId":"r${i}","msg":"${'m'.repeat((i * 7919) % longest)}"}\n`
    parts.push(text)
    length += text.length
  }
  return Buffer.from(parts.join(''))
}

/** The lines that begin in these members of a text. */
function slice(text: Buffer, members: readonly number[]): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at) + 1
    if (members.includes(Math.floor(at / MEMBER_SIZE))) parts.push(text.subarray(at, end))
    at = end
  }
  return Buffer.concat(parts)
}

async function linesOf(file: SealedFile, members?: readonly number[]): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const chunk of file.lines(members)) {
    if (chunk.at(-1) !== 0x0a) throw new Error('a chunk that does not end with a line')
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

t.test('lines of members are those that begin in them, with an index and without', async (t) => {
  const texts: Record<string, Buffer> = {
    'short lines': manyLines(5 * MEMBER_SIZE, 900),
    'lines over members': manyLines(9 * MEMBER_SIZE, 3 * MEMBER_SIZE),
    'one line over all of them': Buffer.from(`{"msg":"${'m'.repeat(3 * MEMBER_SIZE)}"}\n`),
    'a line ends where a member does': Buffer.from(
      `${'x'.repeat(MEMBER_SIZE - 1)}\nab\n${'y'.repeat(MEMBER_SIZE - 4)}\nz\n`,
    ),
    'one line': Buffer.from('{}\n'),
  }
  for (const [what, text] of Object.entries(texts)) {
    const path = await sealedFile(t, text)
    const bare = `${path}.bare`
    writeFileSync(bare, await withoutIndex(readFileSync(path)))
    for (const place of [path, bare]) {
      const file = await openSealed(place)
      const count = file.members?.length as number
      const label = `${what}, ${place === path ? 'with' : 'without'} an index`
      t.equal((await file.index()) === undefined, place === bare, label)
      t.ok((await linesOf(file)).equals(text), `${label}: all`)
      const property = fc.asyncProperty(fc.subarray([...Array(count).keys()]), async (members) =>
        (await linesOf(file, members)).equals(slice(text, members)),
      )
      await fc.assert(property, { numRuns: 25 })
      t.equal((await linesOf(file, [-1, count, 0.5])).length, 0, `${label}: members that are none`)
      const first = await file.lines().next()
      t.ok(first.value?.length, `${label}: whoever leaves early`)
      await file.close()
    }
  }
})

/** As hushlog 0.4 sealed it. */
async function withoutIndex(bytes: Buffer): Promise<Buffer> {
  const members = (await readIndex({
    size: bytes.length,
    read: async (at, length) => bytes.subarray(at, at + length),
  }))!
  return Buffer.concat([
    bytes.subarray(0, members.at(-1)!.start + members.at(-1)!.packed),
    indexMembers(members),
  ])
}

t.test(
  'a sealed file with an index is gzip for all others, also encrypted, and the ledger is content',
  async (t) => {
    const pair = await generateIdentity(false)
    const text = manyLines(3 * MEMBER_SIZE, 900)
    const path = await sealedFile(t, text)
    t.ok(gunzipSync(readFileSync(path)).equals(text))
    t.equal(spawnSync('gzip', ['-t', path]).stderr.toString(), '')
    t.ok(spawnSync('zcat', [path], { maxBuffer: 1 << 24 }).stdout.equals(text))
    await withSealed(
      t,
      text,
      async (file) => {
        const index = (await file.index()) as SegmentIndex
        t.equal(index.members.length, file.members?.length)
        t.strictSame(index.membersWith([[{ field: 'reqId', value: 'r0' }]]), [0])
        t.equal(await file.index(), index, 'read once')
        t.ok((await linesOf(file, [1])).equals(slice(text, [1])))
      },
      pair,
    )
  },
)

t.test('files that earlier versions sealed have no index, and all of their lines', async (t) => {
  for (const version of ['ledger-v0', 'ledger-v1']) {
    const sealed = vector(version, 'directory', 'sealed')
    const files = readdirSync(sealed, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.gz'),
    )
    t.ok(files.length > 0)
    for (const path of files) {
      const file = await openSealed(join(sealed, path))
      t.equal(await file.index(), undefined, path)
      t.ok((await linesOf(file)).equals(gunzipSync(readFileSync(join(sealed, path)))), path)
      await file.close()
    }
  }
})

t.test('an index of which a byte was changed is none, or says what is wrong when it is asked', async (t) => {
  const text = manyLines(2 * MEMBER_SIZE, 900)
  const path = await sealedFile(t, text)
  const bytes = readFileSync(path)
  const bare = (await withoutIndex(bytes)).length
  const changed = `${path}.changed`
  const property = fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, xor) => {
    const copy = Buffer.from(bytes)
    // Behind the rows and before the last member.
    const place = bare - 42 + (at % (bytes.length - bare))
    copy[place] ^= xor
    writeFileSync(changed, copy)
    const file = await openSealed(changed)
    try {
      const index = await file.index().catch((error) => {
        if (error.code !== 'HUSHLOG_READ') throw error
        return undefined
      })
      // Bytes of a member that hold no index may be others.
      return index === undefined || index.summary.lines > 0
    } finally {
      await file.close()
    }
  })
  await fc.assert(property, { numRuns: 300 })
  t.pass('nothing else was thrown')
  chmodSync(path, 0o600)
})

t.test('an index that is no index of this file, hostile or of another version, is left alone', async (t) => {
  const text = Buffer.from('{"kind":"audit","reqId":"a"}\n')
  const builder = new IndexBuilder()
  builder.add(text)
  const bytes = (await builder.finish(0)) as Buffer
  const { crc32 } = await import('node:zlib')
  const changed = (at: number, put: number, to = bytes.length) => {
    const copy = Buffer.from(bytes.subarray(0, to))
    copy.writeUInt32LE(put, at)
    copy.writeUInt32LE(crc32(copy.subarray(5)), 1)
    return copy
  }
  const none: [string, Buffer][] = [
    ['empty', Buffer.alloc(0)],
    ['another version', Buffer.concat([Buffer.from([2]), bytes.subarray(1)])],
    ['more members', changed(5, 2)],
    ['very many members', changed(5, 0xffffffff)],
    ['a long summary', changed(9, 0xfffffff0)],
    ['a summary that would be large', changed(13, 0xfffffff0)],
    ['an extract that would be large', changed(21, 0xfffffff0)],
    ['a first line behind the end', changed(25, text.length)],
    ['a long filter', changed(29, 0xfffffff0)],
    ['cut off', changed(25, 0, bytes.length - 1)],
    ['only a head', changed(5, 0, 25)],
  ]
  for (const [what, hostile] of none) t.equal(decodeIndex(hostile, 'FILE', [text.length]), undefined, what)
  const damaged = { code: 'HUSHLOG_READ', message: 'cannot read FILE: its search index is damaged' }
  const lying = decodeIndex(changed(13, 7), 'FILE', [text.length]) as SegmentIndex
  t.throws(() => lying.summary, damaged)
  t.equal(lying.extract?.length, 1)
  t.throws(() => decodeIndex(changed(21, 7), 'FILE', [text.length])?.extract, damaged)
  const random = fc.property(fc.uint8Array({ maxLength: 200 }), (junk) => {
    const copy = Buffer.concat([bytes.subarray(0, 25), junk])
    copy.writeUInt32LE(crc32(copy.subarray(5)), 1)
    const index = decodeIndex(copy, 'FILE', [text.length])
    if (index === undefined) return true
    index.membersWith([[{ field: 'kind', value: 'audit' }]])
    try {
      return index.summary.lines >= 0
    } catch (error) {
      return (error as { code?: string }).code === 'HUSHLOG_READ'
    }
  })
  fc.assert(random, { numRuns: 2000 })
})

t.test('rows alone are read when a file is opened, however large its index', async (t) => {
  const packed = await packMember(Buffer.from('{}\n'))
  const rows: Row[] = [{ packed: packed.length, plain: 3 }]
  const file = Buffer.concat([packed, indexMembers(rows, Buffer.alloc(3_000_000))])
  let read = 0
  const counting = {
    size: file.length,
    read: async (at: number, length: number) => {
      read += length
      return file.subarray(at, at + length)
    },
  }
  t.equal((await readIndex(counting))?.length, 1)
  t.ok(read < 100_000, `${read} bytes`)
  t.equal(gunzipSync(file).toString(), '{}\n')
})

t.test('an empty segment has an index of nothing', async (t) => {
  const index = await indexOf([])
  t.strictSame(index.members, [])
  t.strictSame(index.summary, { lines: 0, unreadable: 0, hours: [] })
  t.strictSame(index.extract, [])
  t.strictSame(index.membersWith([]), [])
})
