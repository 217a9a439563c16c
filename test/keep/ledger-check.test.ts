import { spawnSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { nextLine, type Tip } from '../../lib/keep/chain.ts'
import type { Fact } from '../../lib/keep/facts.ts'
import { Ledger, ledgerPath } from '../../lib/keep/ledger.ts'
import { type ChainProblem, type ProvenSeal, verifyLedger } from '../../lib/keep/ledger-check.ts'
import {
  formatCheckpoint,
  isSignedBy,
  originOf,
  parseCheckpoint,
  parseVerifierKey,
  verifierKey,
} from '../../lib/keep/note.ts'
import { logDirectory } from '../store/helpers.ts'
import { entriesOf, kinds, NOON, oldLedger } from './helpers.ts'

const torn = (bytes: number): Fact => ({ kind: 'torn', name: 'name', bytes })
const key = (dir: string, name = 'current') => join(dir, 'keys', name)
const linesIn = (dir: string) => readFileSync(ledgerPath(dir), 'utf8').trimEnd().split('\n')
const write = (dir: string, lines: string[]) =>
  writeFileSync(ledgerPath(dir), lines.map((line) => `${line}\n`).join(''))

async function problemAfter(dir: string, lines: string[]): Promise<ChainProblem | undefined> {
  write(dir, lines)
  return (await verifyLedger(dir)).problem
}

t.test('any flipped byte of the ledger is noticed, or moves the end of what is proven', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  for (const n of [1, 22, 333]) await ledger.append(torn(n), torn(n))
  const good = readFileSync(ledgerPath(dir))
  const { entries } = await verifyLedger(dir)
  const property = fc.asyncProperty(
    fc.nat(good.length - 1),
    fc.integer({ min: 1, max: 255 }),
    async (at, flip) => {
      const bad = Buffer.from(good)
      bad[at] ^= flip
      writeFileSync(ledgerPath(dir), bad)
      const check = await verifyLedger(dir)
      return check.problem !== undefined || check.entries < entries
    },
  )
  await t.resolves(fc.assert(property, { numRuns: 500 }))
})

t.test('what was done to the ledger is told by its kind and by the number of the entry', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  await ledger.append(torn(1), torn(2), torn(3))
  await ledger.append(torn(4))
  await ledger.append(torn(5))
  // genesis 0, 1 to 3, seal 4; 5, seal 6; 7, seal 8
  const good = linesIn(dir)
  t.equal(await problemAfter(dir, good), undefined)
  const inserted = (at: number, fact: Fact) => {
    const tip: Tip = { n: at - 1, line: Buffer.from(good[at - 1]) }
    return String(nextLine(tip, new Date(NOON).toISOString(), fact).line)
  }
  const forged = {
    kind: 'pruned' as const,
    name: 'x',
    sha256: '0'.repeat(64),
    last: new Date(NOON).toISOString(),
  }
  const swapped = [...good.slice(0, 2), good[3], good[2], ...good.slice(4)]
  const tries: [string, string[], Partial<ChainProblem>][] = [
    ['a changed entry', good.with(2, good[2].replace('"bytes":2', '"bytes":9')), { kind: 'modified', n: 2 }],
    ['a changed number', good.with(2, good[2].replace('"n":2', '"n":7')), { kind: 'modified', n: 2 }],
    [
      'an entry with a member twice',
      good.with(3, good[3].replace('"bytes":3', '"bytes":9,"bytes":3')),
      { kind: 'modified', n: 3 },
    ],
    ['a changed genesis', good.with(0, good[0].replace('genesis', 'geneses')), { kind: 'modified', n: 0 }],
    ['a removed entry', good.toSpliced(2, 1), { kind: 'missing', n: 2 }],
    ['a removed group', good.toSpliced(5, 2), { kind: 'missing', n: 5 }],
    ['the first entry removed', good.slice(1), { kind: 'missing', n: 0 }],
    ['two entries exchanged', swapped, { kind: 'reordered', n: 2 }],
    ['an entry twice', good.toSpliced(3, 0, good[2]), { kind: 'inserted', n: 3 }],
    [
      'an entry that follows, inserted',
      good.toSpliced(5, 0, inserted(5, forged)),
      { kind: 'inserted', n: 5 },
    ],
    ['an entry from nowhere', good.toSpliced(2, 0, good[7]), { kind: 'inserted', n: 2 }],
    ['rubbish inserted', good.toSpliced(3, 0, 'rubbish'), { kind: 'modified', n: 3 }],
    [
      'a changed signature',
      good.with(
        6,
        good[6].replace(/"sig":"./, (text) => `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`),
      ),
      { kind: 'modified', n: 6 },
    ],
    [
      'a changed next key',
      good.with(
        4,
        good[4].replace(/"next":"./, (text) => `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`),
      ),
      { kind: 'modified', n: 4 },
    ],
  ]
  for (const [what, lines, expected] of tries) t.match(await problemAfter(dir, lines), expected, what)
})

t.test('whoever has the current key can sign neither the past nor a tail that was cut off', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir, () => NOON)
  for (const n of [1, 2, 3]) await ledger.append(torn(n))
  const good = linesIn(dir)
  const stolen = readFileSync(key(dir), 'utf8')
  // The tail is cut, and the ledger goes on with the key of today: our own code refuses, so it is made to believe.
  for (const keep of [3, 5]) {
    const forgery = logDirectory(t)
    mkdirSync(join(forgery, 'keys'), { mode: 0o700 })
    const seal = JSON.parse(good[keep - 1])
    write(forgery, good.slice(0, keep))
    writeFileSync(key(forgery), stolen, { mode: 0o600 })
    await t.rejects(new Ledger(forgery).append(torn(9)), { code: 'HUSHLOG_KEY', message: /is not the key/ })
    const next = { ...seal, next: JSON.parse(good.at(-1) as string).next }
    write(forgery, [...good.slice(0, keep - 1), JSON.stringify(next)])
    await new Ledger(forgery, () => NOON).append(torn(9))
    t.match((await verifyLedger(forgery)).problem, { kind: 'wrong-key' }, `cut at ${keep}`)
  }
})

t.test('signatures can be checked with openssl, and a checkpoint is a signed note', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir, () => NOON)
  await ledger.append(torn(1))
  await ledger.append(torn(2))
  const seals: ProvenSeal[] = []
  const check = await verifyLedger(dir, { onSeal: (seal) => seals.push(seal) })
  t.same(
    seals.map(({ n }) => n),
    [2, 4],
  )
  for (const { n, text, sig, key: by } of seals) {
    const parent = join(dir, '..')
    const der = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(by, 'base64').toString('base64url') },
      format: 'jwk',
    })
    writeFileSync(join(parent, 'pub.pem'), der.export({ type: 'spki', format: 'pem' }))
    writeFileSync(join(parent, 'text'), text)
    writeFileSync(join(parent, 'sig'), Buffer.from(sig, 'base64'))
    const args = 'pkeyutl -verify -pubin -inkey pub.pem -rawin -in text -sigfile sig'.split(' ')
    t.match(
      spawnSync('openssl', args, { cwd: parent, encoding: 'utf8' }),
      { status: 0, stdout: /Verified Successfully/ },
      String(n),
    )
    const note = formatCheckpoint(text, sig, by)
    const origin = originOf(check.firstKey as string)
    t.match(
      note,
      new RegExp(
        `^${origin}\n${n + 1}\n[A-Za-z0-9+/=]{44}\n2026-11-24T12:00:00.000Z\n\n\u2014 ${origin} [A-Za-z0-9+/=]+\n$`,
      ),
    )
    const parsed = parseCheckpoint(note)
    t.match(parsed, { origin, size: n + 1, text, sig })
    t.ok(isSignedBy(by, text, sig))
    t.notOk(isSignedBy(by, `${text} `, sig))
  }
})

t.test('a checkpoint or a key that is not written as we write it is none', async (t) => {
  const dir = logDirectory(t)
  await new Ledger(dir).append(torn(1))
  const { proven, firstKey } = await verifyLedger(dir)
  const { text, sig, key: by } = proven as ProvenSeal
  const note = formatCheckpoint(text, sig, by)
  const full = verifierKey(firstKey as string)
  t.equal(parseVerifierKey(full), firstKey)
  for (const bad of [
    '',
    'x',
    `${note}x`,
    note.slice(1),
    note.trimEnd(),
    note.replace('\n\n', '\n'),
    note.replace(/\n\d+\n/, '\n007\n'),
  ])
    t.equal(parseCheckpoint(bad), undefined, JSON.stringify(bad.slice(0, 20)))
  fc.assert(
    fc.property(fc.nat(note.length - 1), fc.constantFrom('\n', 'A', 'B', '=', ' '), (at, put) => {
      const bad = note.slice(0, at) + put + note.slice(at + 1)
      const parsed = parseCheckpoint(bad)
      return (
        bad === note ||
        parsed === undefined ||
        parsed.text !== text ||
        parsed.sig !== sig ||
        parsed.keyId !== parseCheckpoint(note)?.keyId
      )
    }),
  )
  fc.assert(
    fc.property(fc.nat(full.length - 1), fc.constantFrom('a', 'A', '0', '+', '/'), (at, put) => {
      const bad = full.slice(0, at) + put + full.slice(at + 1)
      return bad === full || parseVerifierKey(bad) === undefined
    }),
  )
})

t.test('a ledger of version 0 is signed from here on, its old entries included', async (t) => {
  const dir = logDirectory(t)
  writeFileSync(ledgerPath(dir), oldLedger([torn(1), torn(2)]))
  t.match(await verifyLedger(dir), { problem: undefined, entries: 3, old: 3, proven: undefined })
  await new Ledger(dir).append(torn(3))
  t.same(kinds(await entriesOf(dir)), ['genesis', 'torn', 'torn', 'key', 'torn'])
  t.match(await verifyLedger(dir), { problem: undefined, entries: 6, old: 3, proven: { n: 5 } })
  const lines = linesIn(dir)
  const tries: [string, string[], string][] = [
    ['changed', lines.with(1, lines[1].replace('"bytes":1', '"bytes":9')), 'modified'],
    ['removed', lines.toSpliced(1, 1), 'missing'],
    ['the last old one changed', lines.with(2, lines[2].replace('"bytes":2', '"bytes":9')), 'modified'],
    ['an old one after the signatures began', [...lines, lines[2].replace('"n":2', '"n":6')], 'inserted'],
  ]
  for (const [what, forged, kind] of tries) {
    const last = JSON.parse(lines.at(-1) as string).n
    const problem = await problemAfter(dir, forged)
    if (kind === 'inserted') t.equal((await verifyLedger(dir)).entries, last + 1, what)
    else t.match(problem, { kind }, what)
  }
})

t.test(
  'a key that is lost, of others, or no key: nothing is appended, and the error says what to do',
  async (t) => {
    const dir = logDirectory(t)
    await new Ledger(dir).append(torn(1))
    const before = readFileSync(ledgerPath(dir), 'utf8')
    const pem = readFileSync(key(dir), 'utf8')
    const putBack = () => {
      rmSync(key(dir), { force: true, recursive: true })
      writeFileSync(key(dir), pem, { mode: 0o600 })
    }
    const other = logDirectory(t)
    await new Ledger(other).append(torn(1))
    const cases: [string, () => void, RegExp, RegExp][] = [
      ['missing', () => rmSync(key(dir)), /is missing, and the ledger is signed/, /--new-key/],
      ['open to others', () => chmodSync(key(dir), 0o640), /has mode 0640: others can read it/, /chmod 600/],
      [
        'another one',
        () => writeFileSync(key(dir), readFileSync(key(other))),
        /is not the key that the newest signature/,
        /hushlog verify/,
      ],
      ['half of one', () => writeFileSync(key(dir), pem.slice(0, 60)), /is no Ed25519 key/, /--new-key/],
      ['one with a blank more', () => writeFileSync(key(dir), `${pem}\n`), /is no Ed25519 key/, /--new-key/],
      [
        'a link',
        () => {
          renameSync(key(dir), key(dir, 'moved'))
          symlinkSync('moved', key(dir))
        },
        /is a symbolic link/,
        /put a link in its place/,
      ],
      [
        'a file with two names',
        () => linkSync(key(dir), key(dir, 'second')),
        /no regular file of a key with one name/,
        /who has put it there/,
      ],
      [
        'a directory',
        () => {
          rmSync(key(dir))
          mkdirSync(key(dir))
        },
        /no regular file of a key/,
        /who has put it there/,
      ],
    ]
    for (const [what, damage, message, hint] of cases) {
      damage()
      await t.rejects(new Ledger(dir).append(torn(2)), { code: 'HUSHLOG_KEY', message, hint }, what)
      t.equal(readFileSync(ledgerPath(dir), 'utf8'), before, `${what}: nothing is changed`)
      for (const name of ['moved', 'second']) rmSync(key(dir, name), { force: true })
      putBack()
    }
    await new Ledger(dir).append(torn(3))
    t.match(await verifyLedger(dir), { problem: undefined, restarts: [] })
    t.notOk(existsSync(key(dir, 'next')))
  },
)

t.test('the operator may go on with a new key, and that is told for ever', async (t) => {
  const dir = logDirectory(t)
  await new Ledger(dir).append(torn(1))
  rmSync(key(dir))
  const told: string[] = []
  await new Ledger(dir, () => NOON, { newKey: true, onFirstKey: (first) => told.push(first) }).append(torn(2))
  await new Ledger(dir, () => NOON, { newKey: true }).append(torn(3))
  t.same(kinds(await entriesOf(dir)), ['genesis', 'torn', 'key', 'torn', 'torn'])
  const { problem, restarts } = await verifyLedger(dir)
  t.equal(problem, undefined)
  t.match(restarts, [{ n: 3 }])
  t.same(told, [verifierKey(restarts[0].key)], 'the new key is told as the first one was')
})

t.test('a ledger that is gone is not begun anew without a word', async (t) => {
  const dir = logDirectory(t)
  await new Ledger(dir).append(torn(1))
  rmSync(ledgerPath(dir))
  const refused = {
    code: 'HUSHLOG_LEDGER',
    message: /tells of a signed ledger that is not here/,
    hint: /put it back/,
  }
  await t.rejects(new Ledger(dir).append(torn(2)), refused)
  writeFileSync(ledgerPath(dir), oldLedger([torn(1)]))
  await t.rejects(new Ledger(dir).append(torn(2)), refused, 'one without signatures in its place')
  t.same(readdirSync(join(dir, 'keys')).sort(), ['current', 'first.pub'])
  rmSync(ledgerPath(dir))
  await new Ledger(dir, () => NOON, { newKey: true }).append(torn(3))
  t.match(await verifyLedger(dir), { problem: undefined, entries: 3 })
})

t.test('a key change that was broken off anywhere is finished or undone', async (t) => {
  const dir = logDirectory(t)
  const ledger = new Ledger(dir)
  await ledger.append(torn(1))
  const [before, ledgerBefore] = [readFileSync(key(dir)), readFileSync(ledgerPath(dir))]
  await ledger.append(torn(2))
  const [after, ledgerAfter] = [readFileSync(key(dir)), readFileSync(ledgerPath(dir))]
  const unused = readFileSync(key(dir))
  const states: [string, Buffer, Buffer, Buffer | undefined][] = [
    ['next is made', ledgerBefore, before, after],
    ['half of the group is written', ledgerAfter.subarray(0, ledgerBefore.length + 40), before, after],
    ['the seal is half written', ledgerAfter.subarray(0, -10), before, after],
    ['the group is written', ledgerAfter, before, after],
    ['next has taken the place of current', ledgerAfter, after, undefined],
    ['another keeper made the key after that', ledgerAfter, after, unused],
  ]
  for (const [what, text, current, next] of states) {
    writeFileSync(ledgerPath(dir), text)
    writeFileSync(key(dir), current)
    if (next !== undefined) writeFileSync(key(dir, 'next'), next, { mode: 0o600 })
    writeFileSync(key(dir, 'next.0.tmp'), 'half', { mode: 0o600 })
    await new Ledger(dir).append(torn(3))
    t.match(await verifyLedger(dir), { problem: undefined }, what)
    t.same((await entriesOf(dir)).at(-1), { ...(await entriesOf(dir)).at(-1), bytes: 3 }, what)
    t.same(readdirSync(join(dir, 'keys')).sort(), ['current', 'first.pub'], what)
  }
})

t.test('the ledger can be read again without reading it anew, also when it was put back', async (t) => {
  const dir = logDirectory(t)
  const [one, two] = [new Ledger(dir), new Ledger(dir)]
  await one.append(torn(1))
  const [before, keyBefore] = [readFileSync(ledgerPath(dir)), readFileSync(key(dir))]
  await two.append(torn(2))
  await one.append(torn(3))
  t.equal((await verifyLedger(dir)).entries, 7)
  writeFileSync(ledgerPath(dir), before)
  writeFileSync(key(dir), keyBefore)
  await one.append(torn(4))
  t.match(await verifyLedger(dir), { problem: undefined, entries: 5 })
})
