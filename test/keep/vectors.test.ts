/**
 * Directories that were sealed by versions of hushlog, in test/vectors/: they must verify, open and be continued for
 * ever. test/vectors/make.js has made them.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { Keeper } from '../../lib/keep/keeper.ts'
import { readLedger } from '../../lib/keep/ledger.ts'
import { type Checkpoint, parseCheckpoint, parseVerifierKey } from '../../lib/keep/note.ts'
import { readSegments } from '../../lib/keep/reader.ts'
import { verify } from '../../lib/keep/verify.ts'
import { parseFrame } from '../../lib/store/frames.ts'
import { BUILT } from '../cli/run.ts'
import { DAY, endedSegment, entriesOf, logLine, vector, vectorCopy } from './helpers.ts'

const LATER = Date.UTC(2026, 3, 20)

async function linesIn(dir: string, identities: string[]): Promise<string[]> {
  const lines: string[] = []
  for await (const { line } of readSegments(dir, { identities }))
    if (parseFrame(line) === undefined) lines.push(line)
  return lines.sort()
}

const linesOf = (name: string): string[] =>
  JSON.parse(readFileSync(vector(name, 'lines.json'), 'utf8')).sort()

/** Seals one segment more, as today's version does. */
async function goOn(t: Test, dir: string, recipients: string[] = []): Promise<string> {
  const line = logLine(LATER, 'of today')
  const path = endedSegment(dir, line)
  const onError = (error: Error) => t.fail(error.message)
  const keeper = new Keeper({ dir, keepDays: 90, recipients, now: () => LATER, onError })
  keeper.seal(path, 'size')
  await keeper.start()
  await keeper.close()
  return line.trimEnd()
}

t.test(
  'a directory with a signed ledger verifies with key and checkpoint, opens, and is continued',
  async (t) => {
    const name = 'ledger-v1'
    const dir = vectorCopy(t, name)
    const elsewhere = (file: string) => readFileSync(vector(name, 'elsewhere', file), 'utf8')
    const options = {
      dir,
      keys: [parseVerifierKey(elsewhere('first.pub').trim()) as string],
      checkpoint: parseCheckpoint(elsewhere('checkpoint')) as Checkpoint,
    }
    const identities = [elsewhere('auditor.key').trim()]
    const found = await verify(options)
    t.match(found, {
      problems: [],
      ledger: { old: 0, anchored: true, proven: { checkpoint: elsewhere('checkpoint') } },
      segments: { listed: 5, pruned: 1, read: 4 },
    })
    t.same([...new Set(found.notes.map(({ kind }) => kind))].sort(), ['gap', 'silent', 'torn'])
    const expected = [
      'gap',
      'clock',
      'torn',
      'heartbeat',
      'hold',
      'recipients',
      'pruned',
      'segment',
      'genesis',
    ]
    const kinds = new Set<string>()
    for await (const { kind } of readLedger(dir)) kinds.add(kind)
    t.same([...kinds].sort(), [...expected, 'seal'].sort(), 'it holds an entry of each kind')
    t.same(await linesIn(dir, identities), linesOf(name))
    await t.rejects(linesIn(dir, []), { code: 'HUSHLOG_KEY' }, 'two of its segments are encrypted')

    const line = await goOn(t, dir)
    t.match(await verify(options), {
      problems: [],
      ledger: { anchored: true },
      segments: { listed: 6, read: 5 },
    })
    t.same(await linesIn(dir, identities), [...linesOf(name), line].sort())
  },
)

t.test('the encrypted segments open with age and gunzip alone', async (t) => {
  const age = spawnSync('age', ['--version'])
  if (age.status !== 0) return t.comment('age is not installed')
  const key = vector('ledger-v1', 'elsewhere', 'auditor.key')
  const files = readdirSync(vector('ledger-v1', 'directory'), { recursive: true, encoding: 'utf8' })
  const encrypted = files.filter((path) => path.endsWith('.age'))
  t.equal(encrypted.length, 2)
  for (const path of encrypted) {
    const command = `age -d -i '${key}' '${vector('ledger-v1', 'directory', path)}' | gunzip`
    const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
    const lines = stdout.trimEnd().split('\n').slice(1, -1)
    t.equal(lines.length, 3, basename(path))
    for (const line of lines) t.ok(linesOf('ledger-v1').includes(line))
  }
})

t.test('a directory of hushlog 0.1 verifies, opens, and goes on with signatures', async (t) => {
  const name = 'ledger-v0'
  const dir = vectorCopy(t, name)
  const found = await verify({ dir })
  t.match(found, {
    problems: [],
    ledger: { entries: 8, old: 8, firstKey: undefined, proven: undefined, anchored: false },
    segments: { listed: 3, pruned: 1, read: 2 },
  })
  t.ok(found.notes.some(({ kind }) => kind === 'unsigned'))
  t.same(await linesIn(dir, []), linesOf(name))

  const line = await goOn(t, dir)
  const signed = await verify({ dir })
  t.match(signed, { problems: [], ledger: { old: 8 }, segments: { listed: 4, pruned: 1, read: 3 } })
  t.ok(signed.ledger.proven)
  t.equal((await entriesOf(dir))[8].kind, 'key')
  t.same(await linesIn(dir, []), [...linesOf(name), line].sort())
  const { keys, checkpoint } = {
    keys: [parseVerifierKey(signed.ledger.firstKey as string) as string],
    checkpoint: parseCheckpoint(signed.ledger.proven?.checkpoint as string) as Checkpoint,
  }
  t.match(await verify({ dir, keys, checkpoint }), { problems: [], ledger: { anchored: true } })
})

t.test('what was old enough in the directory of an earlier version is removed today', async (t) => {
  for (const [name, left] of [
    ['ledger-v0', 0],
    ['ledger-v1', 0],
  ] as const) {
    const dir = vectorCopy(t, name)
    const keeper = new Keeper({
      dir,
      keepDays: 90,
      now: () => LATER + 100 * DAY,
      onError: (error) => t.fail(error.message),
    })
    await keeper.start()
    await keeper.close()
    const { problems, segments } = await verify({ dir })
    t.same(problems, [], name)
    t.equal(segments.read, left, name)
    t.ok(existsSync(join(dir, 'keys', 'current')), name)
  }
})

t.test('the command verifies them', async (t) => {
  const dir = vectorCopy(t, 'ledger-v1')
  const elsewhere = (file: string) => vector('ledger-v1', 'elsewhere', file)
  const args = ['verify', dir, '--key', elsewhere('first.pub'), '--checkpoint', elsewhere('checkpoint')]
  const { status, stdout } = spawnSync(process.execPath, [BUILT, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  t.equal(status, 0)
  t.match(stdout, /^nothing is wrong$/m)
  t.match(stdout, /^anchored {5}yes/m)
})
