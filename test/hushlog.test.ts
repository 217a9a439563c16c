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
import { join, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { mock } from 'node:test'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { nearest } from '../lib/checks.ts'
import { checkOptions } from '../lib/config.ts'
import { ERROR_CODES, errorCode, HushlogError } from '../lib/errors.ts'
import hushlog from '../lib/hushlog.ts'
import { type LedgerEntry, readLedger } from '../lib/keep/ledger.ts'
import { checkSequences } from '../lib/keep/sequence.ts'
import * as scrubbing from '../lib/scrub/scrubber.ts'
import { folder, linesIn, logger, runProgram } from './helpers.ts'
import { smallDisk, until } from './store/helpers.ts'

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
    [
      { stdout: 'y'.repeat(50) },
      `option stdout takes one of true, false, "json", "pretty", "common", got "${'y'.repeat(40)}…"`,
    ],
    [{ stdout: 5 }, 'option stdout takes one of true, false, "json", "pretty", "common", got 5'],
    [{ service: Symbol('s') }, 'option service takes text that is not empty, got a symbol'],
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

t.test('recipients are checked at the start, and a secret key among them is never shown', async (t) => {
  t.match(thrown({ storage: { encryptTo: 'age1x' } }), {
    code: 'HUSHLOG_OPTION',
    message: /^option storage\.encryptTo takes recipients as age writes them/,
  })
  t.match(thrown({ storage: { encryptTo: 17 } }), {
    message: /storage\.encryptTo takes text that is not empty/,
  })
  const { message } = thrown({ storage: { encryptTo: ['AGE-SECRET-KEY-1QQQQ'] } }) as Error
  t.match(message, /got a secret key \(not shown\)$/)
  t.notMatch(message, /QQQQ/)
})

t.test('what is not given has the default of the contract', async (t) => {
  t.match(checkOptions({ service: 'x' }), {
    stdout: undefined,
    scrub: {},
    storage: {
      dir: resolve('logs'),
      explicit: false,
      maxSize: 64 * 1024 * 1024,
      maxAge: 86_400_000,
      keepDays: 90,
      durability: 'turn',
      onFull: 'drop',
    },
  })
  t.match(checkOptions({ service: 'x', storage: { maxSize: '1.5 kb', maxAge: '12 h' } }), {
    storage: { maxSize: 1536, maxAge: 43_200_000 },
  })
})

t.test('without a name for the service the nearest package.json that has one gives it', async (t) => {
  const base = folder(t)
  const { argv } = process
  t.teardown(() => (process.argv = argv))
  mkdirSync(join(base, 'shop', 'src', 'bin'), { recursive: true })
  mkdirSync(join(base, 'elsewhere'))
  writeFileSync(join(base, 'shop', 'package.json'), '{"name":"shop"}')
  writeFileSync(join(base, 'shop', 'src', 'package.json'), '{"name":5}')
  writeFileSync(join(base, 'shop', 'src', 'bin', 'package.json'), 'no JSON')
  t.chdir(join(base, 'elsewhere'))
  process.argv = [process.execPath, join(base, 'shop', 'src', 'bin', 'main.js')]
  t.equal(checkOptions().service, 'shop', 'from the program up')
  process.argv = [process.execPath, join(base, 'elsewhere', 'main.js')]
  t.equal(checkOptions().service, 'app', 'where there is none')
  t.chdir(join(base, 'shop', 'src'))
  t.equal(checkOptions().service, 'shop', 'then from the working directory up')
  process.argv = [process.execPath]
  t.equal(checkOptions().service, 'shop', 'without a program too')
})

t.test('lines of a machine without a name bear localhost', async (t) => {
  const { checkOptions } = await t.mockImport<typeof import('../lib/config.ts')>('../lib/config.ts', {
    'node:os': { hostname: () => '' },
  })
  t.equal(checkOptions({ service: 'x' }).host, 'localhost')
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
  for (const name of ['', 'open', 'sealed', 'ledger', 'torn', 'inbox']) t.equal(mode(name), '700', name)
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

async function ledgerOf(dir: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  for await (const entry of readLedger(dir)) entries.push(entry)
  return entries
}

/** Puts a file in the place of a folder, where even root then cannot write. Returns what takes it away. */
function spoil(path: string): () => void {
  rmSync(path, { recursive: true })
  writeFileSync(path, '')
  return () => rmSync(path)
}

t.test('onError may log, flush and throw, and breaks nothing', async (t) => {
  const codes: string[] = []
  const { log, dir, lines } = logger(t, {
    onError: (error) => {
      codes.push(error.code)
      log.error({ failed: error.code }, 'told')
      log.flush().catch(() => {})
      throw new Error('the program’s own')
    },
  })
  const stderr = t.capture(process.stderr, 'write', () => true)
  await log.flush()
  const mend = spoil(join(dir, 'open'))
  log.error('one')
  t.strictSame(codes, ['HUSHLOG_WRITE'])
  t.match(stderr(), [{ args: [/^hushlog: onError threw while being told: cannot write .*open is a file/] }])
  mend()
  await until(() => log.stats().store!.state === 'ok')
  await log.flush()
  t.match(lines(), [{ msg: 'one' }, { msg: 'told', failed: 'HUSHLOG_WRITE' }])
  t.equal(lines().length, 2)
})

/** Puts a stream in the place of standard output, until the test ends. */
function standardOutput(t: Test, write: Writable['_write']): Writable {
  const stream = new Writable({ highWaterMark: 1024, write })
  t.intercept(process, 'stdout', { value: stream })
  return stream
}

t.test('without onError each kind of trouble is told on standard error, once a minute', async (t) => {
  const stdout = standardOutput(t, (_chunk, _encoding, done) => done())
  const stderr = t.capture(process.stderr, 'write', () => true)
  const told = () => stderr().map(({ args }) => String(args[0]))
  const { log, dir, lines } = logger(t, { stdout: 'json' })
  await log.flush()
  told()
  stdout.write = () => {
    throw Object.assign(new Error('holds hunter2'), { code: 'EIO' })
  }
  const mend = spoil(join(dir, 'open'))
  for (const msg of ['one', 'two', 'three']) log.error(msg)
  const first = told()
  t.match(first, [
    /^hushlog: cannot write .*open is a file.*\nhint: writing goes on by itself when it can\n$/,
    /^hushlog: lines were withheld: EIO\n$/,
  ])
  t.equal(first.length, 2)
  const now = performance.now.bind(performance)
  mock.method(performance, 'now', () => now() + 60_000)
  t.teardown(() => mock.restoreAll())
  log.error('four')
  t.match(told(), [/withheld: EIO/])
  mend()
  await until(() => log.stats().store!.state === 'ok')
  const written = lines().map(({ kind, msg }) => kind ?? msg)
  t.strictSame(written, ['one', 'two', 'three', 'four', 'clock'], 'the store has every line')
  delete (stdout as Partial<Writable>).write
})

t.test('flush() gives up after ten seconds when standard output is not read', async (t) => {
  standardOutput(t, () => {})
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const log = hushlog({ service: 'x', storage: false, stdout: 'json' })
  log.info('x')
  const told: unknown[] = []
  const done = log.flush((error) => told.push(error))
  mock.timers.tick(9_999)
  await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(told, [])
  mock.timers.tick(1)
  await t.rejects(done, { code: 'HUSHLOG_DEADLINE', message: 'flush() took longer than 10000 ms' })
  t.match(told, [{ code: 'HUSHLOG_DEADLINE' }], 'the callback is told too')
})

t.test('lines that a slow reader of standard output misses are in the store, and counted', async (t) => {
  let resume = () => {}
  const stdout = standardOutput(t, (_chunk, _encoding, done) => (resume = done))
  const { log, lines } = logger(t, { stdout: 'json' })
  for (let i = 0; i < 30; i++) log.error({ i, pad: 'x'.repeat(64 * 1024) }, 'line')
  while (stdout.writableLength > 0) {
    resume()
    await new Promise((resolve) => setImmediate(resolve))
  }
  log.error('last')
  t.equal(lines().filter(({ msg }) => msg === 'line').length, 30)
  const [gap, ...more] = lines().filter(({ kind }) => kind === 'gap')
  t.match(gap, { reason: 'standard output is not read', level: 50, operation: 'process' })
  t.ok((gap.count as number) > 10 && (gap.count as number) < 20, `${gap.count} lines were left out`)
  t.strictSame(more, [])
  stdout.destroy()
})

t.test('with durability buffer a line reaches the disk within a second', async (t) => {
  const { log, text } = logger(t, { storage: { durability: 'buffer' } })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  log.info('waits')
  mock.timers.tick(999)
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(text(), '')
  mock.timers.tick(1)
  t.match(text(), /waits/)
  mock.timers.reset()
})

t.test('where the gate itself breaks, the line is withheld and the program goes on', async (t) => {
  let broken = false
  const { hushlog } = await t.mockImport<typeof import('../lib/hushlog.ts')>('../lib/hushlog.ts', {
    '../lib/scrub/scrubber.ts': {
      ...scrubbing,
      createFinder(...args: Parameters<typeof scrubbing.createFinder>) {
        const finder = scrubbing.createFinder(...args)
        const cutsIn = finder.cutsIn.bind(finder)
        finder.cutsIn = (...at) => {
          if (broken) throw Object.assign(new Error('holds hunter2'), { code: 'EBROKEN' })
          return cutsIn(...at)
        }
        return finder
      },
    },
  })
  const dir = join(folder(t), 'logs')
  const log = hushlog({ service: 'x', stdout: false, storage: { dir } })
  t.teardown(() => log.close())
  broken = true
  log.error({ password: 'hunter2' }, 'one')
  broken = false
  log.error({ password: 'hunter2' }, 'two')
  t.match(linesIn(dir), [
    { level: 50, err: { code: 'EBROKEN' }, msg: 'a line was withheld: it could not be made safe' },
    { password: '[SECRET:password]', msg: 'two' },
  ])
  t.notMatch(JSON.stringify(linesIn(dir)), /hunter2/)
  t.equal(log.stats().withheld, 1)
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
    const [nothing, exit, uncaught, rejected, term, interrupt, hangup, itself, outlived, own, killed, error] =
      await Promise.all([
        run('nothing'),
        run('exit'),
        run('throw'),
        run('reject'),
        run('signal', 'SIGTERM'),
        run('signal', 'SIGINT'),
        run('signal', 'SIGHUP'),
        run('signal itself'),
        run('outlived signal'),
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
      hangup,
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
    t.match(hangup, { code: null, signal: 'SIGHUP' })
    t.match(itself, { signal: 'SIGTERM' })
    t.match(outlived, { code: 3 })
    t.equal(outlived.lines.at(-1)?.msg, 'later', 'what is logged after a signal that ended nothing')
    t.match(own, { code: 7 })
    t.equal(own.lines.at(-1)?.msg, 'in the handler')
    if (durability === 'line') t.equal(killed.lines.length, 100, 'not even a kill')
    t.equal(error.lines.length, 101, 'a line of level error takes all before it along')
  })
}

for (const durability of ['turn', 'line', 'buffer']) {
  t.test(`with durability ${durability} a worker thread that ends loses no line`, async (t) => {
    const program = new URL('./programs/worker-endings.js', import.meta.url)
    const run = async (ending: string) => {
      const dir = join(folder(t), 'logs')
      const { code, stdout, stderr } = await runProgram(program, [dir, ending, durability])
      t.equal(code, 0, stderr)
      return { exit: stdout.trim(), lines: linesIn(dir).length }
    }
    const [nothing, exit, uncaught, terminated] = await Promise.all(
      ['nothing', 'exit', 'throw', 'terminate'].map(run),
    )
    t.same(
      { nothing, exit, uncaught },
      {
        nothing: { exit: '0', lines: 100 },
        exit: { exit: '3', lines: 100 },
        uncaught: { exit: '1', lines: 100 },
      },
    )
    if (durability !== 'buffer') t.equal(terminated.lines, 100, 'terminated in a later turn')
  })
}

t.test('a program in a read-only folder logs to standard output up to its last line', async (t) => {
  const dir = folder(t)
  writeFileSync(join(dir, 'logs'), 'a file where the directory would be')
  // Run from lib/ with the loaders of this process, as test/store/helpers.ts does.
  const program = fileURLToPath(new URL('./child-homeless.ts', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, program, dir], {
    encoding: 'utf8',
  })
  t.equal(status, 3, stderr)
  t.match(stderr, /hushlog: the default log directory .*logs.*; lines go to standard output as JSON/)
  t.match(JSON.parse(stdout.trim()), {
    msg: 'the last words',
    password: '[SECRET:password]',
    service: 'hushlog',
  })
})

t.test('at the end of the process each logger is flushed, whatever another one throws', async (t) => {
  const listeners: (() => void)[] = []
  const { flushAtExit } = await t.mockImport<typeof import('../lib/exit.ts')>('../lib/exit.ts', {
    'signal-exit': { onExit: (listener: () => void) => listeners.push(listener) },
  })
  const flushed: string[] = []
  flushAtExit(() => {
    throw new Error('cannot be flushed')
  })
  flushAtExit(() => flushed.push('open'))
  const forget = flushAtExit(() => flushed.push('closed'))
  t.equal(listeners.length, 1, 'however many loggers there are')
  forget()
  listeners[0]()
  t.strictSame(flushed, ['open'], 'one that is closed has nothing left')
})

t.test('what waits for the end of the turn is written when the process ends in it', async (t) => {
  let exit = () => {}
  const { hushlog } = await t.mockImport<typeof import('../lib/hushlog.ts')>('../lib/hushlog.ts', {
    '../lib/exit.ts': {
      flushAtExit(flush: () => void) {
        exit = flush
        return () => {}
      },
    },
  })
  const dir = join(folder(t), 'logs')
  const log = hushlog({ service: 'x', stdout: false, storage: { dir } })
  t.teardown(() => log.close())
  log.info('waits')
  t.strictSame(linesIn(dir), [])
  exit()
  t.match(linesIn(dir), [{ msg: 'waits' }])
})

t.test('every error code is documented, and a code never holds data', async (t) => {
  for (const [code, meaning] of Object.entries(ERROR_CODES))
    t.ok(code.startsWith('HUSHLOG_') && meaning.length > 10)
  t.equal(errorCode(Object.assign(new Error('x'), { code: 'ENOSPC' })), 'ENOSPC')
  t.equal(errorCode(Object.assign(new Error('x'), { code: 'pass word', name: 'also bad!' })), 'Error')
  t.equal(errorCode(Object.assign(new TypeError('x'), { code: 5 })), 'TypeError')
  t.equal(errorCode(Object.assign(new Error('x'), { code: 'E2BIG_x' })), 'E2BIG_x')
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
    const { log, lines } = logger(t, {
      storage: { dir, maxSize: '8 MB' },
      onError: ({ code }) => errors.push(code),
    })
    const stderr = t.capture(process.stderr, 'write', () => true)
    const filler = join(disk.path, 'filler')
    const total = 30_000
    const pad = 'x'.repeat(150)
    log.info('before')
    await log.flush()
    const ledger = join(dir, 'ledger', 'ledger.jsonl')
    await until(() => existsSync(ledger) && readFileSync(ledger, 'utf8').includes('heartbeat'))
    writeFileSync(filler, Buffer.alloc(850 * 1024))
    for (let i = 0; i < total; i++) {
      log.info({ i, pad }, 'line')
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await t.rejects(log.flush(), { code: 'HUSHLOG_FULL' })
    await t.rejects(log.audit({ action: 'a.b', actor: 'ada', outcome: 'success' }), { code: 'HUSHLOG_FULL' })
    t.strictSame(errors, ['HUSHLOG_LOW', 'HUSHLOG_FULL'], 'each told once')
    t.match(
      lines().find(({ kind }) => kind === 'disk'),
      { level: 50, state: 'full', reason: 'disk full (ENOSPC)', operation: 'process' },
      'the full disk has room for the record that says so',
    )
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
    t.match(log.stats().store, { lostByLevel: { 30: lost }, lastGap: { count: lost } })
    t.strictSame(errors.slice(2), ['HUSHLOG_LOST'])
    const said = stderr().filter(({ args }) => String(args[0]).includes('were lost'))
    t.strictSame(
      said.map(({ args }) => args[0]),
      [`hushlog: ${lost} lines were lost: disk full (ENOSPC) (${lost} of level 30)\n`],
      'on standard error too',
    )
    await log.close()
    const gap = (await ledgerOf(dir)).filter(({ kind }) => kind === 'gap')
    t.match(gap, [{ count: lost, levels: { 30: lost }, reason: 'disk full (ENOSPC)' }])
    t.equal(gap.length, 1, 'the ledger has it too')
    t.match(await checkSequences(dir), { problems: [], unended: [], lines: lines().length })
  },
)
