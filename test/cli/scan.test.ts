import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { inventedToken, TOKEN_RULES } from '../../lib/scrub/token-rules.ts'
import { type Ended, folder } from '../helpers.ts'
import { BUILT, ended, type RunOptions, run, start } from './run.ts'

const TOKEN = inventedToken(TOKEN_RULES[0])
const KEY = '-----BEGIN PRIVATE KEY-----\nMIIEInvented0\n-----END PRIVATE KEY-----'
const TEXT = `nothing\né 💥 ${TOKEN} and password=hunter2hunter2\n${KEY}\n{"password":"hunter2"}\n`
const CLEAN = TEXT.replace(TOKEN, '[SECRET:github]')
  .replace(KEY, '[SECRET:private-key]')
  .replace('hunter2hunter2', '[SECRET:password]')
  .replace('"hunter2"', '"[SECRET:password]"')
const FOUND = [
  `:2:5 github (${TOKEN.length} characters)`,
  `:2:${TOKEN.length + 19} password (under 16 characters)`,
  `:3:1 private-key (${KEY.length} characters)`,
  ':6:14 password (under 16 characters)',
]
const SECRETS = /hunter2|Example0|Invented0|ghp_/

const found = (name: string) => FOUND.map((rest) => `${name}${rest}\n`).join('')

function files(t: Test, contents: Record<string, string | Uint8Array>): string {
  const dir = folder(t)
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(dir, name), content)
  return dir
}

/** Runs it on files of a folder; the folder's name is taken out of what it says. */
async function scan(dir: string, args: string[], options: RunOptions = {}): Promise<Ended> {
  const inDir = (arg: string) => (arg.startsWith('--') ? arg : join(dir, arg))
  const { stdout, stderr, ...rest } = await run(['scan', ...args.map(inDir)], options)
  return { ...rest, stdout: stdout.replaceAll(`${dir}/`, ''), stderr: stderr.replaceAll(`${dir}/`, '') }
}

t.test(`--fix writes a cleaned copy for its owner alone, packed as the original`, async (t) => {
  const dir = files(t, {
    'a.log': TEXT,
    'b.log.gz': gzipSync(TEXT),
    'c.log': 'nothing\n',
    d: gzipSync(TEXT),
  })
  const { code, stderr } = await scan(dir, ['--fix', 'a.log', 'b.log.gz', 'c.log', 'd'])
  t.equal(code, 1)
  t.match(stderr, /wrote a\.log\.scrubbed\n.*wrote b\.log\.scrubbed\.gz\n.*wrote d\.scrubbed\.gz\n/s)
  t.equal(readFileSync(join(dir, 'a.log.scrubbed'), 'utf8'), CLEAN)
  t.equal(gunzipSync(readFileSync(join(dir, 'b.log.scrubbed.gz'))).toString(), CLEAN)
  t.equal(gunzipSync(readFileSync(join(dir, 'd.scrubbed.gz'))).toString(), CLEAN)
  t.equal(statSync(join(dir, 'a.log.scrubbed')).mode & 0o777, 0o600)
  t.notOk(existsSync(join(dir, 'c.log.scrubbed')), 'none for a file without secrets')
  t.equal(readFileSync(join(dir, 'a.log'), 'utf8'), TEXT, 'the original stays')
  t.equal((await scan(dir, ['a.log.scrubbed', 'b.log.scrubbed.gz'])).code, 0)
})

t.test('--fail-on says what counts: all secrets, or those of a rule, over a number', async (t) => {
  const dir = files(t, { 'a.log': TEXT })
  for (const [list, code, words] of [
    ['secrets>4', 0, ''],
    ['secrets>3', 1, '--fail-on: secrets is 4, over 3'],
    ['jwt,password>1', 1, '--fail-on: password is 2, over 1'],
    ['jwt', 0, ''],
    ['gihub', 2, 'hint: did you mean github?'],
  ] as const) {
    const ended = await scan(dir, [`--fail-on=${list}`, 'a.log'])
    t.equal(ended.code, code, list)
    t.ok(ended.stderr.includes(words), ended.stderr)
  }
})

// From the sources too, for the sake of coverage; compiling them takes seconds.
for (const from of ['built', 'sources'] as const) {
  t.test(
    `what cannot be read is said, the others are scanned, no copy is left: from the ${from}`,
    async (t) => {
      const noise = Array.from({ length: 30_000 }, (_, i) => `${i * 7919} ${TOKEN}\n`).join('')
      const torn = gzipSync(noise)
      const dir = files(t, {
        'a.log': TEXT,
        'torn.gz': torn.subarray(0, torn.length >> 1),
        'bad.gz': '\u001f\u008b!',
      })
      writeFileSync(join(dir, 'bad.gz'), Buffer.from('1f8b0800deadbeef', 'hex'))
      symlinkSync('loop', join(dir, 'loop'))
      mkdirSync(join(dir, 'folder'))
      const args = ['--fix', 'gone', 'torn.gz', 'bad.gz', 'loop', 'folder', 'a.log']
      const { code, stdout, stderr } = await scan(dir, args, { from })
      t.equal(code, 2)
      t.ok(stdout.endsWith(found('a.log')))
      t.match(stderr, /cannot read gone: no such file\n/)
      t.match(stderr, /cannot read torn\.gz: Z_BUF_ERROR\n/)
      t.match(stderr, /cannot read bad\.gz: Z_/)
      t.match(stderr, /cannot read loop: ELOOP\n/)
      t.match(stderr, /folder is a directory\nhushlog: hint: with --recursive /)
      t.notOk(existsSync(join(dir, 'torn.scrubbed.gz')))
      t.ok(existsSync(join(dir, 'a.log.scrubbed')))
    },
  )
}

t.test(`each secret is told by file, line, column in characters, rule and length`, async (t) => {
  const dir = files(t, { 'a.log': TEXT, 'b.log.gz': gzipSync(TEXT), 'c.log': 'nothing here\n' })
  const { code, stdout, stderr } = await scan(dir, ['a.log', 'b.log.gz', 'c.log'])
  t.equal(code, 1)
  t.equal(stdout, found('a.log') + found('b.log.gz'))
  t.equal(stderr, 'hushlog: 8 secrets in 2 of 3 files\n')
  t.notMatch(stdout + stderr, SECRETS)
})

t.test(`--json gives one object for each, and no word of the secret`, async (t) => {
  const { code, stdout } = await scan(files(t, { 'a.log': TEXT }), ['--json', 'a.log'])
  t.equal(code, 1)
  const objects = stdout.trimEnd().split('\n')
  t.strictSame(JSON.parse(objects[0]), {
    ...{ file: 'a.log', line: 2, column: 5 },
    ...{ rule: 'github', hint: `${TOKEN.length} characters` },
  })
  t.equal(objects.length, 4)
  t.notMatch(stdout, SECRETS)
})

t.test(`a copy is never written over anything, and the file is scanned all the same`, async (t) => {
  const dir = files(t, { 'a.log': TEXT, 'a.log.scrubbed': 'mine', 'b.log': TEXT })
  symlinkSync(join(dir, 'nowhere'), join(dir, 'b.log.scrubbed'))
  const { code, stdout, stderr } = await scan(dir, ['--fix', 'a.log', 'b.log'])
  t.equal(code, 2)
  t.equal(stdout, found('a.log') + found('b.log'))
  t.match(stderr, /error: a\.log\.scrubbed is there already\nhushlog: hint: move it away first\n/)
  t.equal(readFileSync(join(dir, 'a.log.scrubbed'), 'utf8'), 'mine')
  t.notOk(existsSync(join(dir, 'nowhere')))
})

t.test(`--recursive goes into folders and follows no link`, async (t) => {
  const dir = files(t, { 'z.log': TEXT })
  mkdirSync(join(dir, 'logs/old'), { recursive: true })
  writeFileSync(join(dir, 'logs/old/a.log'), TEXT)
  writeFileSync(join(dir, 'logs/b.log'), TEXT)
  symlinkSync(dir, join(dir, 'logs/round'))
  symlinkSync(join(dir, 'z.log'), join(dir, 'logs/link'))
  const { code, stdout } = await scan(dir, ['--recursive', 'logs'])
  t.equal(code, 1)
  t.equal(stdout, found('logs/b.log') + found('logs/old/a.log'))
})

t.test(`standard input is scanned, packed or not`, async (t) => {
  for (const input of [TEXT, gzipSync(TEXT)]) {
    t.match(await run(['scan', '-'], { input }), { code: 1, stdout: found('-') })
  }
  t.match(await run(['scan', '-']), {
    code: 0,
    stdout: '',
    stderr: 'hushlog: no secret in 1 file\n',
  })
})

t.test(`text that no secret can be seen in is refused, with how to see it`, async (t) => {
  const dir = files(t, {
    'wide.log': Buffer.from(`\ufeff${TEXT}`, 'utf16le'),
    'a.zst': Buffer.from('28b52ffd00', 'hex'),
    'a.age': 'age-encryption.org/v1\n-> X25519 x\n',
  })
  const { code, stdout, stderr } = await scan(dir, ['wide.log', 'a.zst', 'a.age'])
  t.equal(code, 2)
  t.equal(stdout, '')
  t.match(
    stderr,
    /wide\.log is UTF-16\nhushlog: hint: iconv .*a\.zst is packed with zstd\n.*a\.age is encrypted\n/s,
  )
})

t.test(
  'a file that is not ours to read is said',
  { skip: process.getuid?.() === 0 && 'root reads all' },
  async (t) => {
    const dir = files(t, { 'a.log': TEXT })
    chmodSync(join(dir, 'a.log'), 0)
    t.match(await scan(dir, ['a.log']), { code: 2, stderr: /cannot read a\.log: permission denied\n/ })
  },
)

t.test('an empty file and a file of binary garbage have no secret in them', async (t) => {
  const garbage = Buffer.alloc(100_000, Buffer.from('00ff80c3280a7f1b', 'hex'))
  const dir = files(t, { empty: '', garbage })
  t.match(await scan(dir, ['empty', 'garbage']), { code: 0, stdout: '', stderr: /no secret in 2 files/ })
})

t.test('names that would do something on a terminal are shown without it', async (t) => {
  const { stdout } = await scan(files(t, { 'a\u001b[2J\nb': TEXT }), ['a\u001b[2J\nb'])
  t.equal(stdout, found('a?[2J?b'))
})

t.test('a copy that cannot be made costs the copy and not the findings', async (t) => {
  const dir = '/proc/self'
  t.match(await scan(dir, ['--fix', 'cmdline']), { code: 2, stderr: /cannot write cmdline\.scrubbed: E/ })
})

t.test('an interrupted run leaves no copy behind', async (t) => {
  const dir = folder(t)
  const fifo = join(dir, 'pipe')
  await once(spawn('mkfifo', [fifo]), 'close')
  const child = start(['scan', '--fix', 'pipe'], { cwd: dir })
  const writer = spawn('sh', ['-c', 'exec 3> pipe; echo password=hunter2hunter2 >&3; exec sleep 60'], {
    cwd: dir,
  })
  t.teardown(() => writer.kill('SIGKILL'))
  await once(child.stdout, 'data')
  t.ok(existsSync(`${fifo}.scrubbed`))
  child.kill('SIGTERM')
  t.strictSame(await once(child, 'close'), [null, 'SIGTERM'])
  t.notOk(existsSync(`${fifo}.scrubbed`))
})

t.test('who has read enough ends it quietly, and what was found still counts', async (t) => {
  const dir = files(t, { 'a.log': TEXT.repeat(20_000) })
  const command = `"${process.execPath}" "${BUILT}" scan a.log | head -n 1; echo "\${PIPESTATUS[0]}"`
  const child = spawn('bash', ['-c', command], { cwd: dir, env: { ...process.env, NODE_OPTIONS: '' } })
  const { stdout, stderr } = await ended(child)
  t.equal(stdout, `a.log${FOUND[0]}\n1\n`)
  t.equal(stderr, '')
})

t.test('places in a line of some megabytes are as exact as in a short one', async (t) => {
  const before = 'é and so on, '.repeat(400_000)
  const dir = files(t, { 'a.log': `first\n${before} ${TOKEN} ${before}\nlast ${TOKEN}\n` })
  const { stdout } = await scan(dir, ['a.log'])
  const length = `(${TOKEN.length} characters)`
  t.equal(stdout, `a.log:2:${before.length + 2} github ${length}\na.log:3:6 github ${length}\n`)
})
