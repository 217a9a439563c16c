import { spawnSync } from 'node:child_process'
import {
  chmodSync,
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
import t from 'tap'
import { nearest } from '../lib/config.ts'
import { ERROR_CODES, errorCode, HushlogError } from '../lib/errors.ts'
import hushlog from '../lib/hushlog.ts'
import { folder, linesIn, logger, runProgram } from './helpers.ts'
import { smallDisk } from './store/helpers.ts'

function thrown(options: unknown): HushlogError {
  try {
    hushlog(options as never)
  } catch (error) {
    return error as HushlogError
  }
  throw new Error('nothing was thrown')
}

t.test('a wrong option is told by its name, what it got and what it takes', async (t) => {
  const wrong: [unknown, string][] = [
    [null, 'option options takes an object, got null'],
    [{ service: 5 }, 'option service takes text that is not empty, got 5'],
    [{ service: '' }, 'option service takes text that is not empty, got empty text'],
    [{ stdout: 'xml' }, 'option stdout takes one of true, false, "json", "pretty", "common", got "xml"'],
    [{ storage: true }, 'option storage takes false or an object, got true'],
    [
      { storage: { maxSize: '64 apples' } },
      'option storage.maxSize takes a number of bytes from 1024, or text like "64 MB", got "64 apples"',
    ],
    [
      { storage: { maxSize: 10 } },
      'option storage.maxSize takes a number of bytes from 1024, or text like "64 MB", got 10',
    ],
    [
      { storage: { maxAge: -1 } },
      'option storage.maxAge takes a number of milliseconds from 1000, or text like "1 day", got -1',
    ],
    [{ storage: { keepDays: 30 } }, 'option storage.keepDays takes 90 or more, got 30'],
    [
      { storage: { keepDays: '90' } },
      'option storage.keepDays takes a number of days above 0, got text of 2 characters',
    ],
    [
      { storage: { durability: 'never' } },
      'option storage.durability takes one of "turn", "line", "buffer", got "never"',
    ],
    [
      { storage: { onFull: 'panic' } },
      'option storage.onFull takes one of "drop", "block", "exit", got "panic"',
    ],
    [
      { storage: { allowShortRetention: 'yes' } },
      'option storage.allowShortRetention takes true or false, got text of 3 characters',
    ],
    [
      { scrub: { hide: 'my-secret-value' } },
      'option scrub.hide takes an array of texts that are not empty, got text of 15 characters',
    ],
    [{ scrub: { keys: [1] } }, 'option scrub.keys takes an array of texts that are not empty, got an array'],
    [{ scrub: { rules: {} } }, 'option scrub.rules takes an array of rules, got an object'],
    [{ scrub: [] }, 'option scrub takes an object, got an array'],
    [{ onError: 'x' }, 'option onError takes a function, got text of 1 characters'],
    [{ servcie: 'x' }, 'option servcie is unknown: did you mean service?'],
    [{ storage: { maxsize: 1 } }, 'option storage.maxsize is unknown: did you mean storage.maxSize?'],
    [{ transport: {} }, 'option transport is not taken: a transport would lead lines around the gate'],
    [
      { timestamp: false },
      'option timestamp is not taken: every line bears its time in ISO 8601 and UTC; read it from there',
    ],
  ]
  for (const [options, message] of wrong)
    t.match(thrown(options), { name: 'HushlogError', code: 'HUSHLOG_OPTION', message })
  t.match(thrown({ anything: 1 }), { message: /option anything is unknown: known are service, stdout, / })
})

t.test('what is still to come is refused rather than taken silently', async (t) => {
  t.match(thrown({ storage: { encryptTo: 'age1x' } }), {
    code: 'HUSHLOG_UNAVAILABLE',
    message: /storage.encryptTo is not in this version: sealed segments are not encrypted yet/,
  })
  t.match(thrown({ ship: {} }), { code: 'HUSHLOG_UNAVAILABLE' })
  t.match(thrown({ scrub: { pii: true } }), { code: 'HUSHLOG_UNAVAILABLE' })
})

t.test('a near miss is at most two edits away', async (t) => {
  t.equal(nearest('STORGE', ['storage', 'stdout']), 'storage')
  t.equal(nearest('x'.repeat(100_000), ['storage']), undefined)
})

t.test('a directory that cannot be used is an error that names it, and nothing is left behind', async (t) => {
  const base = folder(t)
  const dir = (name: string) => join(base, name)
  writeFileSync(dir('file'), '')
  mkdirSync(dir('open-to-all'), { mode: 0o777 })
  chmodSync(dir('open-to-all'), 0o777)
  mkdirSync(dir('real'), { mode: 0o700 })
  symlinkSync(dir('real'), dir('link'))
  for (const name of ['file', 'open-to-all', 'link', 'file/below']) {
    const error = thrown({ stdout: false, storage: { dir: dir(name) } })
    t.match(error, { code: 'HUSHLOG_DIRECTORY' }, name)
    t.ok(error.message.includes(dir(name)), error.message)
  }
  t.strictSame(readdirSync(dir('open-to-all')), [])
  t.strictSame(readdirSync(dir('real')), [])
})

t.test('files and folders are for their owner alone, whatever the umask', async (t) => {
  const umask = process.umask(0o000)
  t.teardown(() => process.umask(umask))
  const { log, dir } = logger(t)
  log.info('x')
  await log.flush()
  const mode = (...path: string[]) => (statSync(join(dir, ...path)).mode & 0o777).toString(8)
  for (const name of ['', 'open', 'sealed', 'ledger', 'torn']) t.equal(mode(name), '700', name)
  t.equal(mode('open', readdirSync(join(dir, 'open'))[0]), '600')
  t.equal(readFileSync(join(dir, '.gitignore'), 'utf8').trim(), '*')
})

t.test('close() seals what is open, and a line that comes later is kept all the same', async (t) => {
  const { log, dir, lines } = logger(t)
  log.info('before')
  await log.close()
  t.equal(readdirSync(join(dir, 'open')).length, 0)
  const [sealed] = readdirSync(join(dir, 'sealed'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.gz'),
  )
  t.equal((statSync(join(dir, 'sealed', sealed)).mode & 0o777).toString(8), '400')
  log.info('after')
  t.strictSame(
    lines().map(({ msg }) => msg),
    ['before', 'after'],
  )
  t.match(log.stats().store, { dir, state: 'ok', sealed: 1, lost: 0 })
})

t.test('flush() calls back and resolves; without storage it has nothing to wait for', async (t) => {
  const { log } = logger(t)
  log.info('x')
  await new Promise<void>((resolve, reject) => log.flush((error) => (error ? reject(error) : resolve())))
  const nowhere = hushlog({ service: 'x', storage: false, stdout: false })
  nowhere.info('x')
  await nowhere.flush()
  t.equal(nowhere.stats().store, undefined)
  t.equal(nowhere.stats().lines, 1)
  await nowhere.close()
})

t.test('segments rotate by size between lines, and all lines are there in order', async (t) => {
  const { log, dir, lines } = logger(t, { storage: { maxSize: 4096 } })
  for (let i = 0; i < 400; i++) log.info({ i }, 'a line of some length')
  await log.close()
  t.strictSame(
    lines().map(({ i }) => i),
    Array.from({ length: 400 }, (_, i) => i),
  )
  t.ok(log.stats().store!.sealed > 10, `${log.stats().store!.sealed} segments were sealed`)
  const entries = readFileSync(join(dir, 'ledger', 'ledger.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.equal(entries.filter(({ kind }) => kind === 'segment').length, log.stats().store!.sealed)
})

t.test('onError may log and may throw, and breaks nothing', async (t) => {
  const codes: string[] = []
  const { log, dir, lines } = logger(t, {
    onError: (error) => {
      codes.push(error.code)
      log.warn({ failed: error.code }, 'told')
      throw new Error('the program’s own')
    },
  })
  log.info('one')
  await log.flush()
  chmodSync(join(dir, 'open'), 0o700)
  await t.rejects(log.audit({} as never))
  t.strictSame(codes, [])
  t.equal(lines().length, 2)
})

for (const durability of ['turn', 'line', 'buffer']) {
  t.test(`with durability ${durability} no ending but a kill loses a line`, async (t) => {
    const program = new URL('./programs/endings.js', import.meta.url)
    const run = async (ending: string, signal?: NodeJS.Signals) => {
      const dir = join(folder(t), 'logs')
      const onLine = (line: string, kill: (signal: NodeJS.Signals) => void) => {
        if (line === 'ready' && signal !== undefined) kill(signal)
      }
      const ended = await runProgram(program, [dir, ending, durability], { onLine })
      return { ...ended, lines: existsSync(dir) ? linesIn(dir) : [] }
    }
    const [nothing, exit, uncaught, rejected, term, interrupt, itself, own, killed, error] =
      await Promise.all([
        run('nothing'),
        run('exit'),
        run('throw'),
        run('reject'),
        run('signal', 'SIGTERM'),
        run('signal', 'SIGINT'),
        run('signal itself'),
        run('own handler', 'SIGTERM'),
        run('kill -9'),
        run('error and kill -9'),
      ])
    for (const [name, ended] of Object.entries({
      nothing,
      exit,
      uncaught,
      rejected,
      term,
      interrupt,
      itself,
    })) {
      t.equal(ended.lines.length, 100, `${name}: ${ended.stderr}`)
    }
    t.match(nothing, { code: 0 })
    t.match(exit, { code: 3 })
    t.match(uncaught, { code: 1, stderr: /Error: uncaught/ })
    t.match(rejected, { code: 1, stderr: /unhandled/ })
    t.match(term, { code: null, signal: 'SIGTERM' })
    t.match(interrupt, { code: null, signal: 'SIGINT' })
    t.match(itself, { signal: 'SIGTERM' })
    t.match(own, { code: 7 })
    t.equal(own.lines.at(-1)?.msg, 'in the handler')
    if (durability === 'line') t.equal(killed.lines.length, 100, 'not even a kill')
    t.equal(error.lines.length, 101, 'a line of level error takes all before it along')
  })
}

t.test('a program in a read-only folder logs to standard output and says so', async (t) => {
  const dir = folder(t)
  writeFileSync(join(dir, 'logs'), 'a file where the directory would be')
  const { stdout, stderr, code } = await runProgram(new URL('./programs/homeless.js', import.meta.url), [], {
    cwd: dir,
  })
  t.equal(code, 0, stderr)
  t.match(stderr, /hushlog: the default log directory .*logs.*; lines go to standard output as JSON/)
  t.match(JSON.parse(stdout.trim()), { msg: 'hello', password: '[SECRET:password]', service: 'hushlog' })
})

t.test('every error code is documented, and a code never holds data', async (t) => {
  for (const [code, meaning] of Object.entries(ERROR_CODES))
    t.ok(code.startsWith('HUSHLOG_') && meaning.length > 10)
  t.equal(errorCode(Object.assign(new Error('x'), { code: 'ENOSPC' })), 'ENOSPC')
  t.equal(errorCode(Object.assign(new Error('x'), { code: 'pass word', name: 'also bad!' })), 'Error')
  t.equal(errorCode(Object.assign(new TypeError('x'), { code: 5 })), 'TypeError')
  t.equal(errorCode('x'), 'string')
  t.match(new HushlogError('HUSHLOG_WRITE', 'm', { hint: 'h', cause: 1 }), { hint: 'h', cause: 1 })
})

t.test(
  'on a full disk the program lives, lines wait whole and in order, and what is lost is counted',
  async (t) => {
    const disk = smallDisk(t)
    if ('skip' in disk) return t.pass(`left out: ${disk.skip}`)
    const errors: string[] = []
    const dir = join(disk.path, 'logs')
    const { log, lines } = logger(t, { storage: { dir }, onError: ({ code }) => errors.push(code) })
    const filler = join(disk.path, 'filler')
    const total = 30_000
    const pad = 'x'.repeat(150)
    writeFileSync(filler, Buffer.alloc(900 * 1024))
    for (let i = 0; i < total; i++) {
      log.info({ i, pad }, 'line')
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await t.rejects(log.flush(), { code: 'HUSHLOG_FULL' })
    await t.rejects(log.audit({ action: 'a.b', actor: 'ada', outcome: 'success' }), { code: 'HUSHLOG_FULL' })
    t.strictSame(errors, ['HUSHLOG_FULL'], 'told once')
    t.equal(log.stats().store!.state, 'full')
    t.ok(log.stats().store!.waiting.bytes <= 8 * 1024 * 1024)
    rmSync(filler)
    spawnSync('mount', ['-o', 'remount,size=64m', disk.path])
    for (let i = 0; i < 100 && log.stats().store!.state === 'full'; i++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    t.equal(log.stats().store!.state, 'ok', 'writing goes on by itself')
    await log.flush()
    const written = lines()
      .filter(({ msg }) => msg === 'line')
      .map(({ i }) => i as number)
    t.strictSame(
      written,
      written.toSorted((a, b) => a - b),
    )
    const gaps = lines().filter(({ kind }) => kind === 'gap') as unknown as {
      count: number
      reason: string
      levels: object
    }[]
    const lost = gaps.reduce((sum, { count }) => sum + count, 0)
    t.ok(lost > 0)
    t.equal(written.length + lost, total)
    t.match(gaps[0], { level: 50, reason: 'disk full (ENOSPC)', levels: { 30: lost }, operation: 'process' })
    t.match(
      lines().find(({ kind }) => kind === 'audit'),
      { action: 'a.b' },
    )
    t.equal(log.stats().store!.lost, lost)
  },
)
