import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import {
  appendFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import * as fsPromises from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { generateIdentity } from '../../lib/keep/identities.ts'
import { Ledger, type LedgerEntry, type SegmentFact } from '../../lib/keep/ledger.ts'
import { LineCounter } from '../../lib/keep/line-counter.ts'
import { SEAL_STEPS, type SealStep, seal } from '../../lib/keep/seal.ts'
import { LONGEST_TAIL } from '../../lib/keep/seal-failure.ts'
import { verify } from '../../lib/keep/verify.ts'
import { type Frame, frameLine } from '../../lib/store/frames.ts'
import { adoptedName, parseSegmentName, type SegmentIdentity, thisWriter } from '../../lib/store/segment.ts'
import { logDirectory, stamp, systemError } from '../store/helpers.ts'
import { endedSegment, entriesOf, kinds, logLine, NOON } from './helpers.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

t.test(
  'a segment is compressed, moved to the day of its last line, listed, and its plaintext removed',
  async (t) => {
    const dir = logDirectory(t)
    const lines = [
      logLine(NOON),
      'no time in this one\n',
      logLine(NOON + 86_400_000, '"time":"2001-01-01T00:00:00.000Z"'),
    ]
    const text = lines.join('')
    const path = endedSegment(dir, text)
    const name = basename(path, '.log')
    t.equal((await seal(new Ledger(dir), path, 'size')).outcome, 'listed')

    const sealed = join(dir, 'sealed', '2026', '11', '25', `${name}.log.gz`)
    const bytes = readFileSync(sealed)
    t.equal(gunzipSync(bytes).toString(), text)
    t.equal(statSync(sealed).mode & 0o777, 0o400)
    t.equal(statSync(join(dir, 'sealed', '2026')).mode & 0o777, 0o700)
    t.notOk(existsSync(path))
    t.same(readdirSync(join(dir, 'sealed')), ['2026'], 'nothing temporary is left')
    t.match((await entriesOf(dir))[1], {
      kind: 'segment',
      name,
      path: `sealed/2026/11/25/${name}.log.gz`,
      sha256: sha256(bytes),
      plainSha256: sha256(Buffer.from(text)),
      bytes: text.length,
      sealedBytes: bytes.length,
      lines: 3,
      first: '2026-11-24T12:00:00.000Z',
      last: '2026-11-25T12:00:00.000Z',
      writer: name.split('.').slice(0, -2).join('.'),
      reason: 'size',
    })
  },
)

const STOP = new Error('stop')

t.test(
  'broken off before any step and begun again, a segment and its half line are listed once, plaintext gone',
  async (t) => {
    for (const text of [`${logLine(NOON)}half`, 'half'])
      for (const recipients of [[], [(await generateIdentity(false)).recipient]]) {
        const taken: SealStep[] = []
        for (const broken of SEAL_STEPS) {
          const dir = logDirectory(t)
          const path = endedSegment(dir, text)
          const what = `${broken}, ${text.length} bytes, ${recipients.length} recipients`
          const onStep = (step: SealStep) => {
            taken.push(step)
            if (step === broken) throw STOP
          }
          const first = await seal(new Ledger(dir), path, 'size', { recipients, onStep }).catch(
            () => undefined,
          )
          t.equal(existsSync(path), first === undefined, what)
          if (first === undefined) await seal(new Ledger(dir), path, 'size', { recipients })
          t.notOk(existsSync(path), what)
          const entries = await entriesOf(dir)
          const encrypted = recipients.length > 0 && text !== 'half' ? ['recipients'] : []
          const segment = text === 'half' ? [] : ['segment']
          t.same(kinds(entries), ['genesis', ...encrypted, 'torn', ...segment], what)
          for (const entry of entries)
            if (entry.kind === 'segment')
              t.equal(sha256(readFileSync(join(dir, entry.path))), entry.sha256, what)
          const files = readdirSync(join(dir, 'sealed'), { recursive: true, encoding: 'utf8' })
          t.equal(files.filter((file) => file.includes('.log')).length, segment.length, `${what}: ${files}`)
        }
        t.same(
          SEAL_STEPS.filter((step) => !taken.includes(step)),
          text === 'half' ? ['write', 'sync', 'move', 'list'] : [],
          'all steps were broken off',
        )
      }
  },
)

t.test('a sealed file of a crash before the listing is replaced, encrypted or not by then', async (t) => {
  const { recipient } = await generateIdentity(false)
  for (const [before, after] of [
    [[], [recipient]],
    [[recipient], []],
    [[recipient], [recipient]],
  ]) {
    const dir = logDirectory(t)
    const path = endedSegment(dir, logLine(NOON))
    const onStep = (step: SealStep) => {
      if (step === 'list') throw STOP
    }
    await t.rejects(seal(new Ledger(dir), path, 'size', { recipients: before, onStep }))
    const day = join(dir, 'sealed', '2026', '11', '24')
    t.equal(readdirSync(day).length, 1)
    const { path: place } = await seal(new Ledger(dir), path, 'size', { recipients: after })
    t.same(readdirSync(day), [basename(place as string)])
    t.equal(place?.endsWith('.age'), after.length > 0)
  }
})

t.test('a segment that the ledger lists is not listed again, whatever a crash left', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  const text = logLine(NOON)
  const path = endedSegment(dir, text)
  await seal(ledger, path, 'size')
  writeFileSync(path, text)
  t.equal((await seal(ledger, path, 'adopted')).outcome, 'kept')
  t.notOk(existsSync(path))
  t.same(kinds(await entriesOf(dir)), ['genesis', 'segment'])
  writeFileSync(path, logLine(NOON, 'forged'))
  await t.rejects(seal(ledger, path, 'adopted'), {
    code: 'HUSHLOG_SEAL',
    message: /it was changed after it was sealed/,
  })
  t.ok(existsSync(path), 'what differs is kept')
})

t.test('of keepers that seal one segment at once, one lists it', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON))
  const results = await Promise.allSettled(
    Array.from({ length: 4 }, () => seal(new Ledger(dir), path, 'adopted')),
  )
  t.equal(
    results.filter((result) => result.status === 'fulfilled' && result.value.outcome === 'listed').length,
    1,
  )
  const [, fact] = (await entriesOf(dir)) as unknown as SegmentFact[]
  t.equal(sha256(readFileSync(join(dir, fact.path))), fact.sha256)
  t.equal((await entriesOf(dir)).length, 2)
})

t.test('an empty segment goes without an entry, and one that is gone is no fault', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, '')
  t.equal((await seal(new Ledger(dir), path, 'close')).outcome, 'kept')
  t.notOk(existsSync(path))
  t.equal((await seal(new Ledger(dir), path, 'close')).outcome, 'gone')
  t.same(await entriesOf(dir), [])
})

t.test('half a line goes to torn/ and is listed with the segment, whose file is not touched', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, `${logLine(NOON)}half`)
  const name = basename(path, '.log')
  const { torn } = await seal(new Ledger(dir), path, 'adopted', {
    onStep: (step) => {
      if (step === 'remove the plaintext') t.match(readFileSync(path, 'utf8'), /half$/)
    },
  })
  t.match(torn, { name, bytes: 4, sha256: sha256(Buffer.from('half')) })
  const tail = join(dir, 'torn', `${name}.tail`)
  t.equal(readFileSync(tail, 'utf8'), 'half')
  t.equal(statSync(tail).mode & 0o777, 0o600)
  t.match((await entriesOf(dir)).slice(1), [
    { kind: 'torn', name, bytes: 4, sha256: sha256(Buffer.from('half')) },
    { kind: 'segment', lines: 1, bytes: logLine(NOON).length },
  ])
})

t.test('what lies in torn/ is never replaced, whoever makes a segment of that name again', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  const text = logLine(NOON)
  const path = endedSegment(dir, `${text}first`)
  const name = basename(path, '.log')
  const tail = join(dir, 'torn', `${name}.tail`)
  await seal(ledger, path, 'size')
  for (const forged of [`${text}other`, `${logLine(NOON, 'forged')}other`, 'other']) {
    writeFileSync(path, forged)
    await t.rejects(seal(new Ledger(dir), path, 'adopted'), {
      code: 'HUSHLOG_SEAL',
      message: `cannot seal ${path}: it was changed after it was sealed`,
    })
    t.ok(existsSync(path))
    t.same([readFileSync(tail, 'utf8'), readdirSync(join(dir, 'torn')).length], ['first', 1])
  }
  writeFileSync(path, `${text}first`)
  t.equal((await seal(ledger, path, 'adopted')).outcome, 'kept', 'a crash before it was removed')
})

t.test(
  'another tail of a segment without a whole line lies beside the first, and both are listed',
  async (t) => {
    const dir = logDirectory(t)
    const path = endedSegment(dir, 'first')
    const name = basename(path, '.log')
    const other = `${name}.${sha256(Buffer.from('second')).slice(0, 16)}`
    for (const text of ['first', 'second', 'first', 'second']) {
      writeFileSync(path, text)
      const { torn } = await seal(new Ledger(dir), path, 'adopted')
      t.equal(torn?.name, text === 'first' ? name : other)
      t.equal(readFileSync(join(dir, 'torn', `${torn?.name}.tail`), 'utf8'), text)
    }
    t.match((await entriesOf(dir)).slice(1), [
      { kind: 'torn', name, sha256: sha256(Buffer.from('first')) },
      { kind: 'torn', name: other, sha256: sha256(Buffer.from('second')) },
    ])
    t.equal((await entriesOf(dir)).length, 3)
    t.match(await verify({ dir }), { problems: [] })
    writeFileSync(join(dir, 'torn', `${other}.tail`), 'x')
    writeFileSync(path, 'second')
    await t.rejects(seal(new Ledger(dir), path, 'adopted'), { message: /another file stands in its place/ })
  },
)

t.test('a tail that is longer than any line is neither read to its beginning nor copied', async (t) => {
  const dir = logDirectory(t)
  for (const text of ['', logLine(NOON)]) {
    const path = endedSegment(dir, text)
    fs.truncateSync(path, 2 ** 40)
    await t.rejects(seal(new Ledger(dir), path, 'size'), {
      code: 'HUSHLOG_SEAL',
      message: `cannot seal ${path}: over 16777216 bytes follow its last whole line`,
      hint: /find out what has written it/,
    })
    t.equal(statSync(path).size, 2 ** 40)
  }
  t.same(readdirSync(join(dir, 'torn')), [])
  const longest = endedSegment(dir, `${logLine(NOON)}${'x'.repeat(LONGEST_TAIL - 1)}`)
  t.match(await seal(new Ledger(dir), longest, 'size'), { torn: { bytes: LONGEST_TAIL - 1 } })
})

t.test('a plaintext that another removes meanwhile is no fault, one that he replaces is', async (t) => {
  const sealWith = async (replace: (path: string) => void) => {
    const dir = logDirectory(t)
    const path = endedSegment(dir, logLine(NOON))
    return seal(new Ledger(dir), path, 'adopted', {
      onStep: (step) => {
        if (step === 'remove the plaintext') replace(path)
      },
    })
  }
  t.match(await sealWith((path) => fs.rmSync(path)), { outcome: 'listed' })
  await t.rejects(
    sealWith((path) => {
      fs.renameSync(path, `${path}.old`)
      writeFileSync(path, logLine(NOON, 'other'))
    }),
    { code: 'HUSHLOG_SEAL', message: /: another file stands in its place$/ },
  )
})

t.test('a segment that another keeper takes over after the first look is no fault', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON))
  const taken = join(
    dir,
    'open',
    adoptedName(parseSegmentName(basename(path)) as SegmentIdentity, thisWriter()),
  )
  const { seal: mocked } = await t.mockImport<typeof import('../../lib/keep/seal.ts')>(
    '../../lib/keep/seal.ts',
    {
      'node:fs/promises': {
        ...fsPromises,
        open: async (...args: Parameters<typeof fsPromises.open>) => {
          if (args[0] === path && existsSync(path)) fs.renameSync(path, taken)
          return fsPromises.open(...args)
        },
      },
    },
  )
  t.match(await mocked(new Ledger(dir), path, 'adopted'), { outcome: 'kept' })
  t.match(await seal(new Ledger(dir), taken, 'adopted'), { outcome: 'listed' })
})

t.test('a plaintext that cannot be looked at is not taken for one that is gone', async (t) => {
  const lstat = async () => Promise.reject(systemError('EACCES'))
  const mocked = await t.mockImport<typeof import('../../lib/keep/plaintext.ts')>(
    '../../lib/keep/plaintext.ts',
    { 'node:fs/promises': { ...fsPromises, lstat } },
  )
  const path = endedSegment(logDirectory(t), logLine(NOON))
  const plaintext = await mocked.Plaintext.open(path)
  await t.rejects(plaintext.remove(), { code: 'EACCES' })
  await plaintext.close()
})

t.test('a segment of another user is sealed only where that user may write', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON))
  const mine = process.getuid?.() ?? 0
  await t.rejects(seal(new Ledger(dir), path, 'size', { owners: [mine + 1] }), {
    code: 'HUSHLOG_SEAL',
    message: `cannot seal ${path}: it belongs to user ${mine}, who may not write here`,
  })
  t.match(await seal(new Ledger(dir), path, 'size', { owners: [mine + 1, mine] }), { outcome: 'listed' })
})

t.test('new recipients stand in the ledger before the first segment that is for them', async (t) => {
  const dir = logDirectory(t)
  const [a, b] = [(await generateIdentity(false)).recipient, (await generateIdentity(false)).recipient]
  for (const recipients of [[], [a, b], [b, a], [b], [], []])
    await seal(new Ledger(dir), endedSegment(dir, logLine(NOON)), 'size', { recipients })
  const entries = await entriesOf(dir)
  t.same(
    entries.map((entry) => (entry.kind === 'recipients' ? entry.to : entry.kind)),
    ['genesis', 'segment', [a, b], 'segment', 'segment', [b], 'segment', [], 'segment', 'segment'],
  )
})

t.test('what is not a segment of one name is not sealed', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  await t.rejects(seal(ledger, join(dir, 'open', 'app.log'), 'size'), {
    code: 'HUSHLOG_SEAL',
    message: /not the name of a segment/,
  })
  const secret = join(dir, 'secret.txt')
  writeFileSync(secret, 'secret\n')
  const places: [string, (path: string) => void, RegExp][] = [
    ['symlink', (path) => symlinkSync(secret, path), /ELOOP/],
    ['pipe', (path) => spawnSync('mkfifo', [path]), /no regular file with one name/],
    ['hard link', (path) => linkSync(secret, path), /no regular file with one name/],
  ]
  for (const [what, make, message] of places) {
    const path = endedSegment(dir, '')
    fs.rmSync(path)
    make(path)
    await t.rejects(seal(ledger, path, 'adopted'), { code: 'HUSHLOG_SEAL', message }, what)
  }
  t.equal(readFileSync(secret, 'utf8'), 'secret\n')
  t.same(await entriesOf(dir), [])
})

t.test('lines that are appended while a segment is being sealed are not lost', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON).repeat(20_000))
  const sealing = seal(new Ledger(dir), path, 'adopted')
  const timer = setInterval(() => existsSync(path) && appendFileSync(path, logLine(NOON, 'late')), 1)
  await t.rejects(sealing, { code: 'HUSHLOG_SEAL', message: /it (grew|was changed)|it grew after/ })
  clearInterval(timer)
  t.match(readFileSync(path, 'utf8'), /late/)
})

t.test('a line that is appended after the last look at a segment keeps its plaintext', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, logLine(NOON))
  const late = (moment: SealStep) => (step: SealStep) => {
    if (step === moment) appendFileSync(path, logLine(NOON, 'late'))
  }
  await t.rejects(seal(new Ledger(dir), path, 'adopted', { onStep: late('sync') }), {
    code: 'HUSHLOG_SEAL',
    message: `cannot seal ${path}: it grew while it was being sealed`,
  })
  await t.rejects(seal(new Ledger(dir), path, 'adopted', { onStep: late('remove the plaintext') }), {
    code: 'HUSHLOG_SEAL',
    message: `cannot seal ${path}: it grew after it was sealed`,
  })
  t.match(readFileSync(path, 'utf8'), /late/)
})

t.test('a segment whose lines tell no time is dated by its file', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, 'plain\n{"time":"yesterday"}\n{"time":"2026-13-01T00:00:00.000Z"}\n')
  utimesSync(path, NOON / 1000, NOON / 1000)
  await seal(new Ledger(dir), path, 'adopted')
  t.match((await entriesOf(dir))[1], {
    first: '2026-11-24T12:00:00.000Z',
    last: '2026-11-24T12:00:00.000Z',
    lines: 3,
  })
})

t.test('lines are counted and dated the same however the stream is cut into chunks', async (t) => {
  const text = Buffer.from(
    ['', 'x'.repeat(300), logLine(NOON).trim(), 'y'.repeat(400), logLine(NOON + 1).trim(), ''].join('\n'),
  )
  const property = fc.property(fc.array(fc.integer({ min: 1, max: 200 })), (sizes) => {
    const counter = new LineCounter()
    let at = 0
    for (const size of sizes) counter.add(text.subarray(at, Math.min((at += size), text.length)))
    if (at < text.length) counter.add(text.subarray(at))
    const { lines, all, first, last } = counter.result()
    return (
      lines === 5 &&
      all === 5 &&
      counter.bytes === text.length &&
      first === new Date(NOON).toISOString() &&
      last === new Date(NOON + 1).toISOString()
    )
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('frames are no records: they do not count, do not date, and number what is listed', async (t) => {
  const frame = (time: number, kind: Frame['kind'], rest: object) =>
    frameLine(stamp(time), { kind, writer: 'w', number: 3, seq: 8, ...rest }).toString()
  const start = frame(NOON - 5000, 'segment-start', {})
  const end = frame(NOON + 5000, 'segment-end', { seq: 9, lines: 2, reason: 'size' })
  const lines = logLine(NOON) + logLine(NOON + 1)
  const listed = async (text: string) => {
    const dir = logDirectory(t)
    await seal(new Ledger(dir), endedSegment(dir, text), 'size')
    return (await entriesOf(dir))[1] as SegmentFact & LedgerEntry
  }
  const times = { first: new Date(NOON).toISOString(), last: new Date(NOON + 1).toISOString() }
  t.match(await listed(start + lines + end), { lines: 2, number: 3, seq: 8, broken: undefined, ...times })
  t.match(await listed(start + lines), { lines: 2, number: 3, seq: 8, broken: true, ...times })
  t.match(await listed(lines), { lines: 2, number: undefined, broken: undefined, ...times })
  t.match(
    await listed(start + end),
    { lines: 0, first: new Date(NOON - 5000).toISOString(), last: new Date(NOON + 5000).toISOString() },
    'a segment without records is kept too: its number must not be missing',
  )
  t.match(await listed(start.replace('"w"', '"w+2"') + lines), { stream: 'w+2' })
})
