/**
 * keygen, seal and cat: from an identity to segments that are encrypted to it, and back to their lines.
 */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { cat, catTo } from '../../lib/cli/cat.ts'
import { readArguments } from '../../lib/cli/command.ts'
import { keygen, keygenTo } from '../../lib/cli/keygen.ts'
import { ask, askNewPassphrase } from '../../lib/cli/passphrase.ts'
import { seal, sealTo } from '../../lib/cli/seal.ts'
import { loadIdentities } from '../../lib/keep/identities.ts'
import { Ledger } from '../../lib/keep/ledger.ts'
import { thisWriter } from '../../lib/store/segment.ts'
import { folder } from '../helpers.ts'
import { endedSegment, entriesOf, logLine, NOON } from '../keep/helpers.ts'
import { logDirectory } from '../store/helpers.ts'
import { BUILT, run, runHere } from './run.ts'

/** A process that does not run any more: its segments are adopted. */
const dead = { ...thisWriter('test'), pid: 2 ** 30 }

async function identityIn(dir: string, ...options: string[]): Promise<{ path: string; recipient: string }> {
  const path = join(dir, `key${readdirSync(dir).length}`)
  const { stdout } = await runHere(keygen, keygenTo, ['-o', path, ...options])
  return { path, recipient: stdout.trim() }
}

/** What is said on standard error while something runs. */
async function heard<T>(t: Test, work: () => Promise<T>): Promise<{ result: T; said: string }> {
  const writes = t.capture(process.stderr, 'write', () => true)
  const result = await work()
  return {
    result,
    said: writes()
      .map(({ args: [text] }) => text)
      .join(''),
  }
}

const messages = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg)

t.test(
  'keygen writes an identity that age knows, for its owner alone, and prints the recipient',
  async (t) => {
    const dir = folder(t)
    const { path, recipient } = await identityIn(dir)
    t.match(recipient, /^age1[a-z0-9]{58}$/)
    t.equal(statSync(path).mode & 0o777, 0o600)
    t.match(
      readFileSync(path, 'utf8'),
      new RegExp(`^# created: .*Z\n# public key: ${recipient}\nAGE-SECRET-KEY-1[A-Z0-9]+\n$`),
    )
    t.match((await identityIn(dir, '--pq')).recipient, /^age1pq1/)
    t.strictSame(readdirSync(dir).sort(), ['key0', 'key1'], 'nothing temporary is left')
  },
)

t.test('keygen never writes over anything, nor to a screen', async (t) => {
  const dir = folder(t)
  const path = join(dir, 'key')
  writeFileSync(path, 'mine')
  symlinkSync(join(dir, 'nowhere'), join(dir, 'link'))
  for (const place of [path, join(dir, 'link')])
    await t.rejects(runHere(keygen, keygenTo, ['-o', place]), {
      code: 'HUSHLOG_KEY',
      message: `cannot write ${place}: it is there already`,
    })
  t.equal(readFileSync(path, 'utf8'), 'mine')
  t.notOk(existsSync(join(dir, 'nowhere')))
  await t.rejects(runHere(keygen, keygenTo, ['-o', join(dir, 'no', 'key')]), { message: /: ENOENT$/ })
  await t.rejects(runHere(keygen, keygenTo, []), { code: 'HUSHLOG_OPTION', message: 'keygen takes -o FILE' })
  await t.rejects(runHere(keygen, keygenTo, ['-o', 'x', 'y']), { message: 'keygen takes no operand' })
  t.strictSame(readdirSync(dir).sort(), ['key', 'link'])
})

t.test('an identity is protected by a passphrase from a file that others cannot read', async (t) => {
  const dir = folder(t)
  const file = join(dir, 'passphrase')
  writeFileSync(file, 'correct horse battery\r\nmore\n', { mode: 0o600 })
  const { path } = await identityIn(dir, '--passphrase-file', file)
  t.match(readFileSync(path, 'utf8'), /^-----BEGIN AGE ENCRYPTED FILE-----\n/)
  t.equal((await loadIdentities([path], async () => 'correct horse battery')).length, 1)
  writeFileSync(file, 'short\n')
  await t.rejects(identityIn(dir, '--passphrase-file', file), {
    message: 'a passphrase takes 12 characters or more',
  })
  writeFileSync(file, '\nsecond line\n')
  await t.rejects(identityIn(dir, '--passphrase-file', file), {
    message: /has no passphrase in its first line/,
  })
})

/** A terminal on which this is typed. */
function typing(...chunks: string[]): {
  keyboard: () => PassThrough & { setRawMode(on: boolean): void }
  raw: boolean[]
} {
  const raw: boolean[] = []
  const keyboard = () => {
    const stream = new PassThrough()
    const text = chunks.shift()
    if (text === undefined) stream.end()
    else stream.write(text)
    return Object.assign(stream, { setRawMode: (on: boolean) => void raw.push(on) })
  }
  return { keyboard, raw }
}

t.test('a passphrase is asked for twice, is not shown, and may be corrected while it is typed', async (t) => {
  const none = readArguments(keygen, [])
  const { keyboard, raw } = typing('correct hor\u007frse\b\bse\r', 'correct horse\n')
  const { result, said } = await heard(t, () => askNewPassphrase(none, keyboard))
  t.equal(result, 'correct horse')
  t.equal(said, 'new passphrase: \nthe same again: \n')
  t.strictSame(raw, [true, false, true, false])
  const differ = typing('correct horse\r', 'correct house\r')
  await heard(t, () =>
    t.rejects(askNewPassphrase(none, differ.keyboard), { message: 'the two passphrases differ' }),
  )
  const broken = typing('corr\u0003')
  await heard(t, () => t.rejects(ask('? ', broken.keyboard), { code: 'HUSHLOG_KEY', message: 'interrupted' }))
  t.strictSame(broken.raw, [true, false])
  await heard(t, () => t.rejects(ask('? ', typing().keyboard), { message: 'no passphrase was given' }))
})

t.test('without a terminal a passphrase must come from a file', async (t) => {
  const dir = folder(t)
  const { status, stderr } = spawnSync(
    'setsid',
    [process.execPath, BUILT, 'keygen', '--passphrase', '-o', join(dir, 'k')],
    {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  t.equal(status, 2)
  t.match(
    stderr,
    /there is no terminal to ask for a passphrase: ENXIO\nhushlog: hint: --passphrase-file FILE takes it/,
  )
  t.strictSame(readdirSync(dir), [])
})

t.test('seal seals what dead programs left, encrypted to whom it is told, and cat prints it', async (t) => {
  const keys = folder(t)
  const dir = logDirectory(t)
  const [ada, eve] = [await identityIn(keys), await identityIn(keys)]
  endedSegment(dir, `${logLine(NOON, 'one')}half`, dead)
  const alive = endedSegment(dir, logLine(NOON, 'alive'), {
    ...thisWriter('test'),
    pid: process.ppid,
    start: 0,
  })
  rmSync(alive)
  const args = ['--encrypt-to', ada.recipient, '--encrypt-to', eve.recipient, dir]
  const { result, said } = await heard(t, () => runHere(seal, sealTo, args))
  t.match(result, { code: 0, stdout: /^sealed\/2026\/11\/24\/.*\.log\.gz\.age\n$/ })
  t.match(said, /half a line was put into torn\/.*\.tail\n.*sealed 1 segment, encrypted to 2\n$/s)
  endedSegment(dir, logLine(NOON, 'two'), dead)
  const again = await heard(t, () => runHere(seal, sealTo, [dir]))
  t.match(again.result.stdout, /\.age\n$/, 'to those to whom the last segment was')
  t.match(await heard(t, () => runHere(seal, sealTo, [dir])), {
    result: { code: 0, stdout: '' },
    said: /sealed 0 segments\n$/,
  })
  endedSegment(dir, logLine(NOON, 'open'))
  for (const { path } of [ada, eve]) {
    const { code, stdout } = await runHere(cat, catTo, ['-i', path, dir])
    t.strictSame([code, messages(stdout)], [0, ['one', 'two', 'open']])
  }
  const file = join(dir, result.stdout.trim())
  t.strictSame(messages((await runHere(cat, catTo, ['--identity', ada.path, file])).stdout), ['one'])
})

t.test('recipients come from a file too, and secret keys among them are refused unseen', async (t) => {
  const keys = folder(t)
  const dir = logDirectory(t)
  const { path, recipient } = await identityIn(keys)
  const file = join(keys, 'recipients')
  writeFileSync(file, `# the auditor\n\n${recipient}\n`)
  endedSegment(dir, logLine(NOON), dead)
  const { result } = await heard(t, () => runHere(seal, sealTo, ['--recipients', file, dir]))
  t.match(result.stdout, /\.age\n$/)
  t.match(
    (await entriesOf(dir)).find(({ kind }) => kind === 'recipients'),
    { to: [recipient] },
  )
  const error = await runHere(seal, sealTo, ['--recipients', path, dir]).catch((error) => error)
  t.match(error, {
    code: 'HUSHLOG_OPTION',
    message: /^option --recipients takes .*, got a secret key \(not shown\)$/,
  })
  t.notMatch(`${error.message}${error.hint}`, /SECRET-KEY/)
  writeFileSync(file, '# nobody\n')
  await t.rejects(runHere(seal, sealTo, ['--recipients', file, dir]), { message: /there is none in/ })
  await t.rejects(runHere(seal, sealTo, ['--recipients', join(keys, 'no'), dir]), { code: 'HUSHLOG_READ' })
  await t.rejects(runHere(seal, sealTo, ['--encrypt-to', 'me', dir]), {
    message: /^option --encrypt-to takes/,
  })
  await t.rejects(runHere(seal, sealTo, [join(keys, 'no')]), { code: 'HUSHLOG_READ' })
})

t.test('what cannot be sealed is told, the rest is sealed, and the exit code says so', async (t) => {
  const dir = logDirectory(t)
  const [first] = [endedSegment(dir, logLine(NOON), dead), endedSegment(dir, logLine(NOON, 'two'), dead)]
  await new Ledger(dir).append({
    ...{
      kind: 'segment',
      name: (first.split('/').at(-1) as string).slice(0, -4),
      path: 'sealed/2026/11/24/x.log.gz',
    },
    ...{ sha256: '0'.repeat(64), plainSha256: '0'.repeat(64), bytes: 1, sealedBytes: 1, lines: 1 },
    ...{
      first: new Date(NOON).toISOString(),
      last: new Date(NOON).toISOString(),
      writer: 'w',
      reason: 'size',
    },
  })
  const { result, said } = await heard(t, () => runHere(seal, sealTo, [dir]))
  t.equal(result.code, 2)
  t.match(result.stdout, /^sealed\/.*\n$/)
  t.match(said, /it was changed after it was sealed\n.*sealed 1 segment, not encrypted\n$/s)
})

t.test('a ledger whose key is lost goes on with a new one, even when nothing is to be sealed', async (t) => {
  const dir = logDirectory(t)
  endedSegment(dir, logLine(NOON), dead)
  await heard(t, () => runHere(seal, sealTo, [dir]))
  rmSync(join(dir, 'keys', 'current'))
  endedSegment(dir, logLine(NOON), dead)
  const { result } = await heard(t, () => runHere(seal, sealTo, [dir]))
  t.equal(result.code, 2)
  const { said } = await heard(t, () => runHere(seal, sealTo, ['--new-key', dir]))
  t.match(said, /the ledger is signed, from here on, beginning with the public key .*\n.*sealed 1 segment/s)
  t.match((await heard(t, () => runHere(seal, sealTo, [dir]))).result, { code: 0 })
})

const isRoot = process.getuid?.() === 0

t.test('root leaves the directory of another user alone', { skip: !isRoot }, async (t) => {
  const dir = logDirectory(t)
  spawnSync('chown', ['-R', '1234', dir])
  await t.rejects(runHere(seal, sealTo, [dir]), {
    code: 'HUSHLOG_DIRECTORY',
    message: `${dir} belongs to user 1234, we are root`,
  })
})

t.test('cat goes on after what it cannot read, and shows nothing that a terminal obeys', async (t) => {
  const keys = folder(t)
  const dir = logDirectory(t)
  const { path, recipient } = await identityIn(keys)
  const time = new Date(NOON).toISOString()
  const record = { level: 30, time, host: 'web', operation: 'op', reqId: 'id', msg: '\u001b[2J\u202e' }
  endedSegment(dir, logLine(NOON, 'one'), dead)
  await heard(t, () => runHere(seal, sealTo, ['--encrypt-to', recipient, dir]))
  const frame = JSON.stringify({
    level: 30,
    time,
    kind: 'segment-start',
    segment: { writer: 'w', number: 1, seq: 1 },
  })
  const open = endedSegment(dir, `${frame}\n${JSON.stringify(record)}\nno JSON \u001b[2J\nhalf`)
  const without = await heard(t, () => runHere(cat, catTo, [dir]))
  t.equal(without.result.code, 2)
  t.match(without.said, /: it is encrypted\nhushlog: hint: it takes an identity/)
  t.match(without.result.stdout, /^\{.*"msg":"\\u001b\[2J\\u202e"\}\nno JSON \\u001b\[2J\n$/)
  for (const [format, shown] of [
    ['common', /"\\u001b\[2J\\u202e"\nno JSON/],
    ['pretty', /INFO.*: \\u001b\[2J\\u202e\n/],
  ] as const) {
    const { code, stdout } = await runHere(cat, catTo, ['--format', format, open])
    t.equal(code, 0)
    t.match(stdout, shown)
    t.notMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  }
  t.equal((await runHere(cat, catTo, ['--frames', open])).stdout.split('\n').length, 4)
  const missing = await heard(t, () => runHere(cat, catTo, [join(dir, 'none'), '-i', path, dir]))
  t.match(missing, { result: { code: 2, stdout: /"msg":"one"/ }, said: /cannot read .*none/ })
  await t.rejects(runHere(cat, catTo, ['--format=xml', dir]), {
    message: /takes json, pretty or common, got xml/,
  })
  await t.rejects(runHere(cat, catTo, ['-i', join(keys, 'none'), dir]), { code: 'HUSHLOG_KEY' })
})

t.test(
  'cat opens a protected identity, leaves out lines beyond all bounds, and reads files of any name',
  async (t) => {
    const keys = folder(t)
    const dir = logDirectory(t)
    const phrase = join(keys, 'passphrase')
    writeFileSync(phrase, 'correct horse battery\n', { mode: 0o600 })
    const { path, recipient } = await identityIn(keys, '--passphrase-file', phrase)
    endedSegment(dir, `${logLine(NOON, 'one')}${'x'.repeat(17 * 1024 * 1024)}\n${logLine(NOON, 'two')}`, dead)
    const { result } = await heard(t, () => runHere(seal, sealTo, ['--encrypt-to', recipient, dir]))
    const copy = join(keys, 'copy.log.gz.age')
    writeFileSync(copy, readFileSync(join(dir, result.stdout.trim())))
    const shown = await heard(t, () => runHere(cat, catTo, ['-i', path, '--passphrase-file', phrase, copy]))
    t.strictSame(messages(shown.result.stdout), ['one', 'two'])
    t.match(shown.said, /a line of over 16777216 bytes is left out/)
  },
)

t.test('cat ends without a word when its reader goes away', async (t) => {
  const dir = logDirectory(t)
  endedSegment(dir, logLine(NOON).repeat(20_000))
  const command = `${BUILT} cat ${dir} | head -n 1 > /dev/null; echo "\${PIPESTATUS[0]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', command], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  t.strictSame([stdout, stderr], ['0\n', ''])
})

t.test('the built command goes the whole way', async (t) => {
  const dir = folder(t)
  mkdirSync(join(dir, 'logs', 'open'), { recursive: true, mode: 0o700 })
  for (const folder of [dir, join(dir, 'logs'), join(dir, 'logs', 'open')])
    spawnSync('chmod', ['700', folder])
  const { stdout: recipient } = await run(['keygen', '-o', 'key'], { cwd: dir })
  endedSegment(join(dir, 'logs'), logLine(NOON, 'one'), dead)
  const sealing = await run(['seal', '--encrypt-to', recipient.trim()], { cwd: dir })
  t.match(sealing, { code: 0, stdout: /\.age\n$/ })
  t.match(await run(['cat', '-i', 'key'], { cwd: dir }), { code: 0, stdout: logLine(NOON, 'one') })
})
