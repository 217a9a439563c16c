import fc from 'fast-check'
import t from 'tap'
import type { SegmentFact } from '../../lib/keep/facts.ts'
import {
  checkpointKey,
  hivePart,
  ledgerFolder,
  ledgerPartKey,
  parseLedgerKey,
  parseSegmentKey,
  segmentKey,
} from '../../lib/ship/keys.ts'

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`))
const SHA256 = hex(64)
const NUMBER = fc.integer({ min: 0, max: 10 ** 13 })
const SUM = 'ab'.repeat(32)
const FOLDER = 'ledger/host=web-1/0123456789abcdef/'

t.test(
  'a part is a name that every file system takes, and texts that differ have parts that differ',
  async (t) => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 90 }),
        fc.string({ unit: 'binary' }),
        (text, other) => {
          const part = hivePart(text)
          t.match(part, /^([A-Za-z0-9_.-]|%[0-9A-F]{2})+$/)
          t.ok(part.length <= 200)
          const isSame = Buffer.from(text).equals(Buffer.from(other))
          if (text !== '' && other !== '') t.equal(part === hivePart(other), isSame)
          if (part.length < 180 && text.isWellFormed())
            t.equal(decodeURIComponent(part), text === '' ? '_' : text)
        },
      ),
    )
    t.equal(hivePart('shop'), 'shop')
    t.equal(hivePart('a/b=c%é'), 'a%2Fb%3Dc%25%C3%A9')
    t.equal(hivePart(''), '_')
    for (let length = 20; length < 30; length++) {
      const [one, two] = [
        `${'a'.repeat(length)}${'語'.repeat(40)}`,
        `${'a'.repeat(length)}${'語'.repeat(41)}`,
      ]
      t.match(hivePart(one), /^a+(%[0-9A-F]{2})+-[0-9a-f]{16}$/)
      t.not(hivePart(one), hivePart(two), 'what is cut off counts')
    }
  },
)

t.test('the keys that are made for a ledger are read as what they name', async (t) => {
  const hosts = fc.string({ unit: 'binary', minLength: 1, maxLength: 64 })
  fc.assert(
    fc.property(hosts, hex(16), NUMBER, NUMBER, SHA256, (host, ledger, one, other, sha256) => {
      const folder = ledgerFolder(host, `hushlog/${ledger}`)
      const [from, to] = [Math.min(one, other), Math.max(one, other)]
      const part = ledgerPartKey(folder, from, to, sha256)
      t.same(parseLedgerKey(part), { key: part, kind: 'part', folder, from, to, sha256 })
      const key = checkpointKey(folder, to, sha256)
      t.same(parseLedgerKey(key), { key, kind: 'checkpoint', folder, from: to, to, sha256 })
    }),
  )
})

t.test('whatever else is read is a key that is made, or none', async (t) => {
  const pieces = [
    'ledger',
    'host=',
    'web-1',
    '/',
    '..',
    '.',
    '-',
    '%2F',
    '%2f',
    '000000000001',
    SUM,
    'jsonl',
    'checkpoint',
  ]
  const soup = fc.array(fc.constantFrom(...pieces, '0123456789abcdef', '0', ' '), { maxLength: 14 })
  fc.assert(
    fc.property(
      fc.oneof(
        soup.map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (key) => {
        const found = parseLedgerKey(key)
        if (found === undefined) return
        const { folder, from, to, sha256, kind } = found
        t.equal(
          key,
          kind === 'part' ? ledgerPartKey(folder, from, to, sha256) : checkpointKey(folder, to, sha256),
        )
      },
    ),
  )
  t.ok(parseLedgerKey(`${FOLDER}000000000000-000000000001.${SUM}.jsonl`))
  for (const key of [
    `ledger/host=web-1/../000000000000-000000000001.${SUM}.jsonl`,
    `ledger/host=../..//000000000000-000000000001.${SUM}.jsonl`,
    `ledger/host=/0123456789abcdef/000000000000-000000000001.${SUM}.jsonl`,
    `ledger/host=a%2fb/0123456789abcdef/000000000000-000000000001.${SUM}.jsonl`,
    `ledger/host=a%41/0123456789abcdef/000000000000-000000000001.${SUM}.jsonl`,
    `ledger/host=a%/0123456789abcdef/000000000000-000000000001.${SUM}.jsonl`,
    `ledger/web-1/0123456789abcdef/000000000000-000000000001.${SUM}.jsonl`,
    `x/${FOLDER}000000000000-000000000001.${SUM}.jsonl`,
    `${FOLDER}x/000000000000-000000000001.${SUM}.jsonl`,
    `${FOLDER}000000000001-000000000000.${SUM}.jsonl`,
    `${FOLDER}000000000000-000000000001-000000000002.${SUM}.jsonl`,
    `${FOLDER}000000000000.${SUM}.jsonl`,
    `${FOLDER}000000000000-000000000001.${SUM}.checkpoint`,
    `${FOLDER}0-1.${SUM}.jsonl`,
    `${FOLDER}0x0000000000-000000000001.${SUM}.jsonl`,
    `${FOLDER}0000000000000-0000000000001.${SUM}.jsonl`,
    `${FOLDER}000000000000-000000000001.${SUM.toUpperCase()}.jsonl`,
    `${FOLDER}000000000000-000000000001.${SUM.slice(2)}.jsonl`,
    `${FOLDER}000000000000-000000000001.${SUM}.jsonl.tmp`,
    `${FOLDER}000000000001`,
    FOLDER,
  ])
    t.equal(parseLedgerKey(key), undefined, key)
})

const NAME = 'web.1.0a1b2c3d4e5f.4026531836.101.0.4711.20260415120000000.000002'

t.test(
  'the key of a segment says whose it is, of which day, and what is in it, and is read as that',
  async (t) => {
    const services = fc.option(fc.string({ unit: 'binary', maxLength: 64 }), { nil: undefined })
    fc.assert(
      fc.property(services, SHA256, fc.boolean(), (service, sha256, isEncrypted) => {
        const key = segmentKey(factOf({ service, sha256, path: isEncrypted ? 'a.log.gz.age' : 'a.log.gz' }))
        const folder = `service=${hivePart(service ?? 'unknown')}/date=2026-04-15/host=web.1/`
        t.equal(key, `${folder}${NAME}.${sha256}.log.gz${isEncrypted ? '.age' : ''}`)
        t.same(parseSegmentKey(key), { key, folder, name: NAME, sha256, isEncrypted })
        for (const part of key.split('/')) t.ok(part.length <= 255)
      }),
    )
    const key = segmentKey(factOf({ sha256: SUM }))
    for (const other of [
      key.replace('date=2026-04-15', 'date=2026-04-31'),
      key.replace('date=2026-04-15', 'date=..'),
      key.replace('date=2026-04-15', 'day=2026-04-15'),
      key.replace('service=', ''),
      key.replace('service=unknown', 'service='),
      key.replace('host=', 'host=/'),
      key.replace('host=web.1/', ''),
      key.replace(SUM, SUM.slice(1)),
      key.replace(NAME, '..'),
      key.replace(NAME, `~${NAME}`),
      key.replace('.log.gz', '.log'),
      key.replace('.log.gz', '.gz.age'),
      `${key}.age.age`,
      `x/${key}`,
      '',
      '.age',
      '.log.gz',
    ])
      t.equal(parseSegmentKey(other), undefined, other)
  },
)

function factOf(more: Partial<SegmentFact>): SegmentFact {
  const fixed = { kind: 'segment', name: NAME, path: 'a.log.gz', last: '2026-04-15T13:00:00.000Z' } as const
  const writer = 'web.1.0a1b2c3d4e5f.4026531836.101.0.4711'
  return { ...fixed, writer, ...more } as SegmentFact
}
