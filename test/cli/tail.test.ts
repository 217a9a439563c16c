/**
 * `hushlog tail` on directories that the real store writes: in this process where it can be, as a process of its own
 * for signals and pipes.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { readArguments } from '../../lib/cli/command.ts'
import { DirectoryTail, type DirectoryTailOptions } from '../../lib/cli/directory-tail.ts'
import { LastLines, SegmentClock } from '../../lib/cli/last-lines.ts'
import { tail, tailTo } from '../../lib/cli/tail.ts'
import { Keeper } from '../../lib/keep/keeper.ts'
import { Ledger } from '../../lib/keep/ledger.ts'
import { seal } from '../../lib/keep/seal.ts'
import { adoptedName, parseSegmentName, segmentName, thisWriter } from '../../lib/store/segment.ts'
import { endedSegment, logLine, NOON } from '../keep/helpers.ts'
import { batchOf, logDirectory, openWriter } from '../store/helpers.ts'
import { BUILT, ended, runHere, start } from './run.ts'

interface Viewed {
  view: DirectoryTail
  /** What was shown since the last call: the messages, or a line itself. */
  taken(): string[]
  said: string[]
  errors: string[]
}

function viewOf(t: Test, dir: string, options: Partial<DirectoryTailOptions> = {}): Viewed {
  const shown: string[] = []
  const said: string[] = []
  const errors: string[] = []
  const view = new DirectoryTail({
    dir,
    count: 10,
    frames: false,
    stay: true,
    show: async (lines) => void shown.push(...lines.map((line) => messageOf(line.toString()))),
    say: (words) => void said.push(words),
    onError: (error) => void errors.push((error as Error).message),
    ...options,
  })
  t.teardown(() => view.close())
  return { view, taken: () => shown.splice(0), said, errors }
}

function messageOf(line: string): string {
  try {
    return JSON.parse(line).msg ?? line
  } catch {
    return line
  }
}

async function lastOf(
  t: Test,
  dir: string,
  count: number,
  options: Partial<DirectoryTailOptions> = {},
): Promise<string[]> {
  const { view, taken } = viewOf(t, dir, { count, stay: false, ...options })
  await view.last()
  return taken()
}

const from = (first: number, last: number, name: string) =>
  Array.from({ length: last - first + 1 }, (_, i) => `${name}${first + i}`)

/** Lines a minute apart. */
const lines = (first: number, last: number, name: string, offset = 0) =>
  from(first, last, name)
    .map((msg, i) => logLine(NOON + (first + i) * 60_000 + offset, msg))
    .join('')

async function sealed(
  dir: string,
  text: string,
  sealedAt: number,
  writer = thisWriter('test'),
): Promise<void> {
  const before = new Set(readdirSync(join(dir, 'sealed'), { recursive: true }).map(String))
  await seal(new Ledger(dir), endedSegment(dir, text, writer), 'size')
  for (const file of readdirSync(join(dir, 'sealed'), { recursive: true }).map(String))
    if (file.endsWith('.gz') && !before.has(file))
      utimesSync(join(dir, 'sealed', file), sealedAt / 1000, sealedAt / 1000)
}

t.test('the last lines of all open segments, by their times', async (t) => {
  const dir = logDirectory(t)
  endedSegment(dir, lines(0, 9, 'a'))
  endedSegment(dir, `${lines(0, 9, 'b', 1000)}half of a li`)
  t.strictSame(await lastOf(t, dir, 3), ['b8', 'a9', 'b9'])
  t.strictSame(await lastOf(t, dir, 0), [])
  t.equal((await lastOf(t, dir, 100)).length, 20)
})

t.test('sealed segments are read only as far back as needed', async (t) => {
  const dir = logDirectory(t)
  const minute = (n: number) => NOON + n * 60_000
  await sealed(dir, lines(0, 9, 'a'), minute(9.5))
  await sealed(dir, lines(10, 19, 'b'), minute(19.5))
  endedSegment(dir, lines(20, 22, 'c'))
  // Were it opened, this would be an error.
  await sealed(dir, lines(-20, -10, 'old'), minute(-9))
  const old = readdirSync(join(dir, 'sealed'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.gz'))
    .at(-1) as string
  chmodSync(join(dir, 'sealed', old), 0o600)
  writeFileSync(join(dir, 'sealed', old), 'rubbish')
  utimesSync(join(dir, 'sealed', old), minute(-9) / 1000, minute(-9) / 1000)
  t.strictSame(await lastOf(t, dir, 2), ['c21', 'c22'])
  t.strictSame(await lastOf(t, dir, 5), ['b18', 'b19', ...from(20, 22, 'c')])
  t.strictSame(await lastOf(t, dir, 15), [...from(8, 9, 'a'), ...from(10, 19, 'b'), ...from(20, 22, 'c')])
  const { view, taken, errors } = viewOf(t, dir, { count: 30, stay: false })
  await view.last()
  t.equal(taken().length, 23)
  t.match(errors, [/cannot read .*: Z_DATA_ERROR/])
})

t.test('a sealed segment that is younger than open lines is merged with them', async (t) => {
  const dir = logDirectory(t)
  endedSegment(dir, lines(0, 5, 'idle'))
  await sealed(dir, lines(3, 7, 'busy', 1000), NOON + 8 * 60_000, { ...thisWriter('test'), pid: 7 })
  t.strictSame(await lastOf(t, dir, 4), ['idle5', 'busy5', 'busy6', 'busy7'])
})

t.test('lines of a segment keep their order when the clock goes back, or says nothing', async (t) => {
  const dir = logDirectory(t)
  endedSegment(dir, `${lines(5, 6, 'a')}${lines(1, 2, 'a')}no JSON\n{"msg":"no time"}\n`)
  endedSegment(dir, lines(4, 4, 'b'))
  t.strictSame(await lastOf(t, dir, 10), ['b4', 'a5', 'a6', 'a1', 'a2', 'no JSON', 'no time'])
})

t.test('it follows what the real store writes, through rotation and sealing, each line once', async (t) => {
  const dir = logDirectory(t)
  const keeper = new Keeper({ dir, keepDays: 90, onError: () => {} })
  const writers = [1, 2].map(
    (i) =>
      openWriter(t, dir, {
        host: `test${i}`,
        maxSize: 1000,
        onSealable: (path, reason) => keeper.seal(path, reason),
      }).writer,
  )
  writers[0].append(batchOf([logLine(Date.now(), 'before').trim()]))
  const { view, taken, errors } = viewOf(t, dir)
  await view.last()
  t.strictSame(taken(), ['before'])
  const wanted: string[] = []
  const got: string[] = []
  for (let i = 0; i < 600; i++) {
    const msg = `${i}`
    wanted.push(msg)
    writers[i % 2].append(batchOf([logLine(Date.now(), msg).trim()]))
    if (i % 50 === 0) await keeper.idle()
    if (i % 7 === 0) await turn()
    if (i % 23 === 0) {
      await view.next()
      got.push(...taken())
    }
  }
  await Promise.all(writers.map((writer) => writer.close()))
  await keeper.close()
  t.ok(keeper.stats().sealed > 20, 'many segments were sealed meanwhile')
  while (await view.next()) got.push(...taken())
  t.strictSame(
    got.map(Number).sort((a, b) => a - b),
    wanted.map(Number),
  )
  t.strictSame(errors, [])
})

t.test('what a sealed and an adopted segment still held is shown, once', async (t) => {
  const dir = logDirectory(t)
  const [path, adopted] = [endedSegment(dir, lines(0, 0, 'a')), endedSegment(dir, lines(0, 0, 'b'))]
  const { view, taken } = viewOf(t, dir)
  await view.last()
  taken()
  appendFileSync(path, lines(1, 3, 'a'))
  await seal(new Ledger(dir), path, 'size')
  appendFileSync(adopted, `${lines(1, 1, 'b')}half`)
  const now = join(dirname(adopted), adoptedName(parseSegmentName(basename(adopted))!, thisWriter('test')))
  renameSync(adopted, now)
  await view.next()
  t.strictSame(taken(), ['a1', 'b1', 'a2', 'a3'])
  await seal(new Ledger(dir), now, 'adopted')
  while (await view.next());
  t.strictSame(taken(), [], 'the torn half is no line')
  const short = endedSegment(dir, lines(5, 6, 'short'))
  await seal(new Ledger(dir), short, 'close')
  await view.next()
  t.strictSame(taken(), ['short5', 'short6'], 'opened and sealed between two looks')
  while (await view.next());
  t.strictSame(taken(), [])
})

t.test('half a line that its writer cuts off again is not shown', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, lines(0, 0, 'a'))
  const { view, taken } = viewOf(t, dir)
  await view.last()
  taken()
  const whole = readFileSync(path).length
  appendFileSync(path, '{"level":10,"msg":"half a debug li')
  await view.next()
  truncateSync(path, whole)
  appendFileSync(path, lines(1, 1, 'a'))
  await view.next()
  t.strictSame(taken(), ['a1'])
  truncateSync(path, 3)
  await view.next()
  appendFileSync(path, 'x\n')
  await view.next()
  t.strictSame(taken(), ['x'], 'of a file that somebody cut, what comes then')
})

const frame = (kind: string, number = 1) =>
  `${JSON.stringify({ level: 30, time: new Date(NOON).toISOString(), kind, segment: { writer: 'w', number, seq: 1 } })}\n`

t.test('frames are shown only when asked for, and take no line’s place', async (t) => {
  const dir = logDirectory(t)
  const text = `${frame('segment-start')}${lines(0, 3, 'a')}${frame('segment-end')}`
  endedSegment(dir, text)
  await sealed(dir, text, NOON + 10 * 60_000)
  t.strictSame(await lastOf(t, dir, 4), ['a2', 'a2', 'a3', 'a3'])
  t.equal((await lastOf(t, dir, 100)).length, 8)
  t.equal((await lastOf(t, dir, 100, { frames: true })).length, 12)
})

t.test('a segment that was removed and is written once more by its writer is not shown twice', async (t) => {
  const dir = logDirectory(t)
  const text = `${frame('segment-start')}${lines(0, 3, 'a')}`
  const path = endedSegment(dir, text)
  const { view, taken } = viewOf(t, dir)
  await view.last()
  t.strictSame(taken(), from(0, 3, 'a'))
  rmSync(path)
  if (await view.next()) t.fail('nothing has come')
  const empty = endedSegment(dir, '')
  await view.next()
  appendFileSync(empty, text.slice(0, text.length / 2 + 100))
  await view.next()
  appendFileSync(empty, text.slice(text.length / 2 + 100) + lines(4, 4, 'a'))
  await view.next()
  rmSync(empty)
  endedSegment(dir, `${text}${lines(4, 5, 'a')}`)
  endedSegment(dir, `${frame('segment-start', 2)}${lines(6, 6, 'a')}`)
  await view.next()
  t.strictSame(taken(), ['a4', 'a5', 'a6'])
})

t.test('a directory that loses its folders, and gets them back, is followed on', async (t) => {
  const dir = logDirectory(t)
  const { view, taken } = viewOf(t, dir)
  await view.last()
  for (const folder of ['open', 'sealed']) rmSync(join(dir, folder), { recursive: true })
  t.equal(await view.next(), false)
  mkdirSync(join(dir, 'open'))
  endedSegment(dir, lines(0, 1, 'a'))
  await view.next()
  t.strictSame(taken(), ['a0', 'a1'])
})

t.test(
  'links, pipes and foreign files are not read; what is ours and cannot be read is told once',
  async (t) => {
    const dir = logDirectory(t)
    const outside = join(dir, '..', 'outside')
    writeFileSync(outside, lines(0, 1, 'outside'))
    const segment = (counter: number) => segmentName(thisWriter('test'), NOON, counter)
    const place = (counter: number) => join(dir, 'open', segment(counter))
    symlinkSync(outside, place(900_001))
    spawnSync('mkfifo', [place(900_002)])
    linkSync(outside, place(900_003))
    mkdirSync(place(900_004))
    writeFileSync(join(dir, 'open', 'app.log'), lines(0, 1, 'foreign'))
    const day = join(dir, 'sealed', '2026', '11', '24')
    mkdirSync(day, { recursive: true })
    writeFileSync(join(day, `${segment(900_005)}.gz.age`), 'age-encryption.org/v1')
    writeFileSync(join(day, `${segment(900_006)}.gz`), 'rubbish')
    endedSegment(dir, lines(3, 3, 'mine'))
    const { view, taken, said, errors } = viewOf(t, dir)
    await view.last()
    await view.next()
    t.strictSame(taken(), ['mine3'])
    t.match(errors, [/900003\.log is no regular file with one name$/, /900006\.log\.gz: Z_DATA_ERROR$/])
    t.equal(errors.length, 2)
    t.strictSame(said, ['encrypted segments are left out'])
  },
)

t.test('a line of many megabytes is left out, and the lines around it are shown', async (t) => {
  const dir = logDirectory(t)
  const huge = Buffer.alloc(17 * 1024 * 1024, 'x')
  const path = endedSegment(dir, `${lines(0, 0, 'a')}`)
  for (const part of [huge, '\n', lines(1, 1, 'a'), huge.subarray(0, 1e6), '\n', lines(2, 2, 'a')])
    appendFileSync(path, part)
  const { view, taken, said } = viewOf(t, dir)
  await view.last()
  t.strictSame(
    taken().map((line) => line.slice(0, 3)),
    ['a0', 'a1', 'xxx', 'a2'],
  )
  t.strictSame(said, ['a line of over 16777216 bytes is left out'])
  await view.next()
  await seal(new Ledger(dir), path, 'size')
  const packed = viewOf(t, dir)
  await packed.view.last()
  t.equal(packed.taken().length, 4)
  t.equal(packed.said.length, 1)
})

t.test('the last lines are held within a bound of bytes', async (t) => {
  const clock = new SegmentClock(parseSegmentName(segmentName(thisWriter('test'), NOON, 1))!)
  const last = new LastLines(100, 1000)
  for (let i = 0; i < 5000; i++) last.add(clock.timed(Buffer.from(String(i).padEnd(100))))
  t.equal(last.oldest, 0)
  t.equal(last.isShort, true)
  t.strictSame(
    last.take().map(({ bytes }) => Number(bytes.toString())),
    from(4990, 4999, '').map(Number),
  )
})

t.test('more segments than can be held open are told', async (t) => {
  const dir = logDirectory(t)
  for (let i = 0; i < 520; i++) endedSegment(dir, lines(i, i, 'a'))
  const { view, taken, said } = viewOf(t, dir, { count: 1 })
  await view.last()
  t.strictSame(taken(), ['a519'])
  t.strictSame(said, ['only 512 segments are followed'])
  t.equal((await lastOf(t, dir, 600)).length, 520)
})

t.test('formats, and nothing in them that a terminal obeys', async (t) => {
  const dir = logDirectory(t)
  const time = new Date(NOON).toISOString()
  const record = { level: 30, time, host: 'web', operation: 'op', reqId: 'id', msg: '\u001b[2J\u009b\u202e' }
  endedSegment(dir, `${JSON.stringify(record)}\nno JSON \u001b[2J\n`)
  const shown = async (...args: string[]) => {
    const { code, stdout } = await runHere(tail, tailTo, [...args, dir])
    t.equal(code, 0)
    t.notMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/, args.join(' '))
    return stdout
  }
  const json = await shown()
  t.strictSame(JSON.parse(json.split('\n')[0]), record, 'escapes do not change what JSON means')
  t.match(json, /\nno JSON \\u001b\[2J\n$/)
  t.match(await shown('-n1', '--json'), /^no JSON \\u001b\[2J\n$/)
  t.match(
    await shown('--format', 'common'),
    /^web - - \[24\/Nov\/2026:12:00:00 \+0000\] "op" info id "\\u001b\[2J\\u009b\\u202e"\nno JSON/,
  )
  t.match(await shown('--format=pretty', '-n', '2'), /^\[2026-11-24 .*\] INFO.*: \\u001b\[2J\\u009b\\u202e\n/)
})

t.test('arguments that it does not take, and directories that it cannot read', async (t) => {
  for (const [args, message] of [
    [['-n', 'ten'], 'option --lines takes a whole number from 0 to 100000, got ten'],
    [['--lines=-1'], 'option --lines takes a whole number from 0 to 100000, got -1'],
    [['-n100001'], 'option --lines takes a whole number from 0 to 100000, got 100001'],
    [['--format=xml'], 'option --format takes json, pretty or common, got xml'],
    [['--format=constructor'], 'option --format takes json, pretty or common, got constructor'],
    [['a', 'b'], 'one directory at a time, got 2'],
    [['none'], 'cannot read none: no such directory'],
    [['-f', 'none'], 'cannot read none: no such directory'],
    [['/'], '/ is no log directory: there is no open/ in it'],
  ] as const)
    await t.rejects(runHere(tail, tailTo, [...args]), { message }, args.join(' '))
})

t.test('a damaged segment is told, and the exit code says so', async (t) => {
  const dir = logDirectory(t)
  const day = join(dir, 'sealed', '2026', '11', '24')
  mkdirSync(day, { recursive: true })
  writeFileSync(join(day, `${segmentName(thisWriter('test'), NOON, 900_000)}.gz`), 'rubbish')
  endedSegment(dir, lines(0, 0, 'a'))
  const said = t.capture(process.stderr, 'write', () => true)
  const { code, stdout } = await runHere(tail, tailTo, [dir])
  const stderr = said()
    .map(({ args: [text] }) => text)
    .join('')
  t.match(
    { code, stdout, stderr },
    { code: 2, stdout: /a0/, stderr: /^hushlog: error: cannot read .*: Z_DATA_ERROR\n$/ },
  )
})

t.test('pretty without pino-pretty is refused, and told how to get it', async (t) => {
  const missing = () => {
    throw Object.assign(new Error('no'), { code: 'MODULE_NOT_FOUND' })
  }
  const mocked = await t.mockImport<typeof import('../../lib/cli/tail.ts')>('../../lib/cli/tail.ts', {
    'node:module': { default: { createRequire: () => missing }, createRequire: () => missing },
  })
  await t.rejects(mocked.tail.run(readArguments(tail, ['--format=pretty'])), {
    code: 'HUSHLOG_UNAVAILABLE',
    hint: 'npm install pino-pretty',
  })
})

t.test('an interrupt ends it as an interrupt, after it has shown what came', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, lines(0, 0, 'a'))
  const child = start(['tail', '--follow', dir])
  const over = ended(child)
  await once(child.stdout, 'data')
  appendFileSync(path, lines(1, 1, 'a'))
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  const { signal, stdout, stderr } = await over
  t.equal(signal, 'SIGINT')
  t.strictSame(stdout.trim().split('\n').map(messageOf), ['a0', 'a1'])
  t.equal(stderr, '')
})

t.test('a reader that goes away ends it without a word', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, lines(0, 2000, 'a'))
  const sh = (command: string) =>
    spawnSync('bash', ['-c', command], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } })
  const { stdout, stderr } = sh(`${BUILT} tail -n 100000 ${dir} | head -n 1; echo "\${PIPESTATUS[0]}"`)
  t.match(stdout, /"msg":"a0"\}\n0\n$/)
  t.equal(stderr, '')
  const child = start(['tail', '-f', dir])
  const over = once(child, 'close')
  child.stdout.once('data', () => child.stdout.destroy())
  let error = ''
  child.stderr.on('data', (data) => (error += data))
  const writing = setInterval(() => appendFileSync(path, lines(3000, 3000, 'a')), 20)
  t.strictSame(await over, [0, null])
  clearInterval(writing)
  t.equal(error, '')
})
