/**
 * `hushlog verify` on a directory that the real keeper has sealed, and on what may be done to it.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { verify as command, verifyTo } from '../../lib/cli/verify.ts'
import { Ledger, ledgerPath } from '../../lib/keep/ledger.ts'
import { vector, vectorCopy } from '../keep/helpers.ts'
import { logDirectory } from '../store/helpers.ts'
import { run, runHere } from './run.ts'

const NAME = 'ledger-v1'
const NOW = Date.UTC(2026, 3, 20)
const KEY = vector(NAME, 'elsewhere', 'first.pub')
const CHECKPOINT = vector(NAME, 'elsewhere', 'checkpoint')

const verify = (...args: string[]) => runHere(command, verifyTo, args)
const json = async (...args: string[]) => {
  const { code, stdout } = await verify('--json', ...args)
  return { code, ...JSON.parse(stdout) }
}

t.test(
  'the exit code is 0 with a checkpoint, and without one only when that is said to be known',
  async (t) => {
    const dir = vectorCopy(t, NAME)
    const anchored = await verify(dir, '--key', KEY, '--checkpoint', CHECKPOINT)
    t.equal(anchored.code, 0)
    t.match(anchored.stdout, /^note {5}gap: entry \d+ 2 lines were lost from .*disk full/m)
    t.match(anchored.stdout, /^segments {5}4 read, 5 listed, 1 removed for their age$/m)
    t.match(anchored.stdout, new RegExp(`^first key {4}${quoted(readFileSync(KEY, 'utf8').trim())}$`, 'm'))
    t.match(anchored.stdout, /^proven up to entry \d+, 2026-04-15T14:00:00.000Z$/m)
    t.match(anchored.stdout, /^anchored {5}yes, by the checkpoint\nnothing is wrong\n$/m)

    const alone = await run(['verify', dir, '--key', KEY])
    t.equal(alone.code, 1)
    t.match(alone.stdout, /^anchored {5}no\nnothing is wrong\n$/m)
    t.match(alone.stderr, /no checkpoint was given: .*\n.*hint: keep checkpoints elsewhere/)
    t.equal((await verify(dir, '--allow-unanchored')).code, 0)
  },
)

function quoted(text: string): string {
  return text.replaceAll('+', '\\+')
}

t.test('--json says the same', async (t) => {
  const dir = vectorCopy(t, NAME)
  t.match(await json(dir, '--key', KEY, '--checkpoint', CHECKPOINT), {
    code: 0,
    ok: true,
    counts: {},
    problems: [],
    ledger: { anchored: true, old: 0, firstKey: readFileSync(KEY, 'utf8').trim() },
    segments: { listed: 5, pruned: 1, read: 4 },
  })
  t.match(await json(dir), { code: 1, ok: false, problems: [], ledger: { anchored: false } })
  unlinkSync(join(dir, 'keys', 'current'))
  t.match(await json(dir, '--allow-unanchored'), {
    code: 1,
    ok: false,
    counts: { missing: 1 },
    problems: [{ kind: 'missing', where: 'keys/current' }],
  })
})

t.test('the key may be given as a text, and more than one after a loss', async (t) => {
  const dir = vectorCopy(t, NAME)
  const key = readFileSync(KEY, 'utf8').trim()
  t.equal((await verify(dir, '--key', key, '--allow-unanchored')).code, 0)
  rmSync(join(dir, 'keys', 'current'))
  const ledger = new Ledger(dir, () => NOW, { newKey: true })
  let second = ''
  const told = new Ledger(dir, () => NOW, {
    newKey: true,
    onFirstKey: (verifierKey) => (second = verifierKey),
  })
  await told.append({ kind: 'heartbeat', open: 0 })
  await ledger.append({ kind: 'heartbeat', open: 0 })
  t.match(second, /^hushlog\//)
  const one = await verify(dir, '--key', key, '--allow-unanchored')
  t.equal(one.code, 1)
  t.match(one.stdout, /^PROBLEM {2}wrong-key: entry \d+ signatures go on with a new key here/m)
  t.equal((await verify(dir, '--key', key, '--key', second, '--allow-unanchored')).code, 0)
  const other = await json(vectorCopy(t, NAME), '--key', second, '--allow-unanchored')
  t.match(other, { code: 1, problems: [{ kind: 'wrong-key', where: 'entry 0' }] })
})

t.test('a checkpoint that was saved finds that everything was put back', async (t) => {
  const dir = vectorCopy(t, NAME)
  const saved = join(dir, '..', 'checkpoint')
  await new Ledger(dir, () => NOW).append({ kind: 'heartbeat', open: 0 })
  t.equal((await verify(dir, '--checkpoint', CHECKPOINT, '--save-checkpoint', saved)).code, 0)
  t.equal((await verify(dir, '--checkpoint', saved)).code, 0)

  const back = vectorCopy(t, NAME)
  const found = await json(back, '--checkpoint', saved)
  t.match(found, { code: 1, problems: [{ kind: 'truncated', what: /^the checkpoint has seen \d+ entries/ }] })
  const unknown = await verify(back)
  t.equal(unknown.code, 1, 'without it, nobody can tell')
  t.match(unknown.stdout, /^proven up to entry \d+, /m)

  rmSync(saved)
  unlinkSync(join(dir, 'keys', 'current'))
  t.equal((await verify(dir, '--save-checkpoint', saved)).code, 1)
  t.notOk(existsSync(saved), 'none is saved of what is wrong')
})

t.test('--since and --until read files of that time alone, and the ledger as a whole', async (t) => {
  const dir = vectorCopy(t, NAME)
  const read = async (...args: string[]) => (await json(dir, '--allow-unanchored', ...args)).segments.read
  t.equal(await read('--since', '2026-04-15T12:30:00Z'), 2)
  t.equal(await read('--until', '2026-04-15T12:30:00Z'), 2)
  t.equal(await read('--since', '2026-05-01'), 0)
  const lines = readFileSync(ledgerPath(dir), 'utf8')
  writeFileSync(ledgerPath(dir), lines.replace('"lines":3', '"lines":4'))
  t.match(await json(dir, '--since', '2026-05-01'), { code: 1, problems: [{ kind: 'modified' }] })
})

t.test('a corrupt ledger is a problem, half an entry at its end a note', async (t) => {
  const half = vectorCopy(t, NAME)
  appendFileSync(ledgerPath(half), '{"v":1,"n":26,"prev"')
  const { code, stdout } = await verify(half, '--checkpoint', CHECKPOINT)
  t.equal(code, 0)
  t.match(stdout, /^note {5}torn: entry \d+ an append was broken off: 20 bytes behind the last signature/m)

  const corrupt = vectorCopy(t, NAME)
  writeFileSync(ledgerPath(corrupt), '\u0000\u0001{}\nrubbish\n')
  const found = await verify(corrupt, '--checkpoint', CHECKPOINT)
  t.equal(found.code, 1)
  t.match(found.stdout, /^PROBLEM {2}modified: entry 0 is not an entry$/m)
})

t.test('names that somebody has chosen change neither the screen nor the lines', async (t) => {
  const dir = vectorCopy(t, NAME)
  const hostile = 'x\u001b[2J\nnothing is wrong\u0007\u202e'
  writeFileSync(join(dir, hostile), '')
  writeFileSync(join(dir, 'keys', hostile), '')
  mkdirSync(join(dir, 'sealed', hostile))
  writeFileSync(join(dir, 'sealed', hostile, `${hostile}.log.gz`), '')
  const { code, stdout } = await verify(dir, '--checkpoint', CHECKPOINT)
  t.equal(code, 1)
  t.notMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/)
  t.notMatch(stdout, /^nothing is wrong/m)
  t.match(stdout, /^2 problems$/m)
  const text = (await verify('--json', dir)).stdout
  t.equal(text.trimEnd().split('\n').length, 1)
  t.notMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/)
  t.match(JSON.parse(text).counts, { inserted: 2 })
})

t.test('what cannot be used is refused with a hint and exit code 2, before anything is read', async (t) => {
  const dir = vectorCopy(t, NAME)
  const missing = join(dir, '..', 'nowhere')
  const tries: [string[], RegExp][] = [
    [[missing], /nowhere/],
    [[dir, '--key', 'hushlog/x+y+z'], /--key: cannot read|--key takes a public key/],
    [[dir, '--key', CHECKPOINT], /--key takes a public key as hushlog prints it.*\n.*hint: it was printed/],
    [
      [dir, '--checkpoint', KEY],
      /--checkpoint takes a checkpoint, .* is none\n.*hint: hushlog verify --save/,
    ],
    [[dir, '--checkpoint', missing], /--checkpoint: cannot read .*ENOENT/],
    [[dir, '--since', 'noon'], /--since takes a time like/],
    [[dir, dir], /one directory at a time, got 2/],
  ]
  for (const [args, stderr] of tries) {
    const { code, stdout, stderr: said } = await run(['verify', ...args])
    t.equal(code, 2, args.slice(-2).join(' '))
    t.equal(stdout, '')
    t.match(said, stderr)
  }
})

t.test('a directory without a ledger has nothing that could be proven', async (t: Test) => {
  const dir = logDirectory(t)
  const { code, stdout } = await verify(dir)
  t.equal(code, 1)
  t.match(stdout, /^first key {4}none\nproven up to nothing\nanchored {5}no\n/m)
  await t.rejects(verify(dir, '--save-checkpoint', join(dir, 'x')), { message: /nothing is signed yet/ })
  t.match(await json(vectorCopy(t, 'ledger-v0'), '--allow-unanchored'), {
    code: 0,
    ledger: { old: 8, anchored: false },
    segments: { read: 2 },
  })
})
