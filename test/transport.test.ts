import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import pino from 'pino'
import t, { type Test } from 'tap'
import hushlogTransport, { type TransportOptions } from '../lib/transport.ts'
import { type Ended, folder, type Line, linesIn, runProgram, textIn } from './helpers.ts'

const LONGEST_LINE = 16 * 1024 * 1024

interface Opened {
  stream: ReturnType<typeof hushlogTransport>
  dir: string
  /** Ends it and gives what was stored. */
  stored(): Promise<Line[]>
}

function open(t: Test, options: TransportOptions = {}): Opened {
  const dir = join(folder(t), 'logs')
  const stream = hushlogTransport({ service: 'test', storage: { dir }, ...options })
  const closed = new Promise((resolve) => stream.on('close', resolve))
  const stored = async () => {
    stream.end()
    await closed
    return linesIn(dir)
  }
  t.teardown(stored)
  return { stream, dir, stored }
}

async function storedOf(t: Test, text: string, options?: TransportOptions): Promise<Line[]> {
  const { stream, stored } = open(t, options)
  stream.write(text)
  return stored()
}

const FRAME = ['level', 'time', 'service', 'host', 'pid', 'operation', 'reqId']

t.test(
  'a line of pino keeps its level and fields, its time becomes ISO, and what it lacks is stamped',
  async (t) => {
    const [line] = await storedOf(
      t,
      '{"level":35,"time":1763951371123,"pid":7,"hostname":"web-1","big":12345678901234567890,"password":"hunter2","msg":"hi"}\n',
    )
    t.strictSame(Object.keys(line), [...FRAME, 'hostname', 'big', 'password', 'msg'])
    t.match(line, {
      level: 35,
      time: '2025-11-24T02:29:31.123Z',
      service: 'test',
      host: 'web-1',
      pid: 7,
      operation: 'process',
      password: '[SECRET:password]',
    })
    const { stream, stored, dir } = open(t)
    stream.write('{"level":30,"big":12345678901234567890,"small":1e-7}\n')
    await stored()
    t.match(textIn(dir), '"big":12345678901234567890,"small":1e-7', 'numbers stay as they were written')
  },
)

interface Reading {
  name: string
  line: string
  expected: Record<string, unknown>
  service?: string | undefined
}

const READINGS: Reading[] = [
  { name: 'a time in seconds', line: '{"time":1763951371}', expected: { time: '2025-11-24T02:29:31.000Z' } },
  {
    name: 'a time in seconds with a fraction',
    line: '{"time":1763951371.5}',
    expected: { time: '2025-11-24T02:29:31.500Z' },
  },
  {
    name: 'an ISO time',
    line: '{"time":"2025-11-24T02:29:31.123456789Z"}',
    expected: { time: '2025-11-24T02:29:31.123456789Z' },
  },
  { name: 'a time that is none', line: '{"time":"noon"}', expected: { time: /^20..-/, time_: 'noon' } },
  { name: 'a time beyond all years', line: '{"time":1e300}', expected: { time: /^20..-/, time_: 1e300 } },
  { name: 'the name of a level', line: '{"level":"error"}', expected: { level: 50, level_: 'error' } },
  { name: 'no level', line: '{"msg":"hi"}', expected: { level: 30, msg: 'hi' } },
  { name: 'a level that is an object', line: '{"level":{"a":1}}', expected: { level: 30, level_: { a: 1 } } },
  {
    name: 'an operation and an id of its own',
    line: '{"operation":"GET /","reqId":17}',
    expected: { operation: 'GET /', reqId: '17' },
  },
  {
    name: 'an operation that is no text',
    line: '{"operation":["a"]}',
    expected: { operation: 'process', operation_: ['a'] },
  },
  {
    name: "pino's name, and no service option",
    line: '{"name":"billing"}',
    expected: { service: 'billing', name: 'billing' },
    service: undefined,
  },
  {
    name: "pino's name beside a service option",
    line: '{"name":"billing"}',
    expected: { service: 'test', name: 'billing' },
  },
  { name: 'a service of its own', line: '{"service":"billing"}', expected: { service: 'billing' } },
  {
    name: 'an id that a field repeats',
    line: '{"reqId":"a","reqId":"b"}',
    expected: { reqId: 'a', reqId_: 'b' },
  },
  { name: 'a field that stands twice', line: '{"a":1,"a":2}', expected: { a: 2 } },
  { name: 'the kind of an audit record', line: '{"kind":"audit"}', expected: { kind_: 'audit' } },
  {
    name: 'blanks between members',
    line: ' { "level" : 40 , "a" : [ 1 , "x, y" ] } ',
    expected: { level: 40, a: [1, 'x, y'] },
  },
  { name: 'an empty object', line: '{}', expected: { level: 30 } },
  {
    name: 'text',
    line: 'listening on port 80, token=hunter2',
    expected: { level: 30, msg: 'listening on port 80, token=[SECRET:token]' },
  },
  { name: 'half a record', line: '{"level":30,"a":', expected: { level: 30, msg: '{"level":30,"a":' } },
  { name: 'an array', line: '[1,2]', expected: { msg: '[1,2]' } },
  { name: 'a number', line: '17', expected: { msg: '17' } },
  { name: 'control characters', line: 'a\u0000\u001b[2J\tb', expected: { msg: 'a\u0000\u001b[2J\tb' } },
]

/** What comes out on the readable side, without a store. */
async function passed(chunks: (string | Buffer)[], service: string | undefined = undefined): Promise<Line[]> {
  const stream = hushlogTransport({ service, storage: false })
  const target = new PassThrough()
  const [out] = await Promise.all([text(target), pipeline(Readable.from(chunks), stream, target)])
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

t.test('each line becomes one record, whatever it says of the frame:', async (t) => {
  for (const service of ['test', undefined]) {
    const rows = READINGS.filter((row) => ('service' in row ? row.service : 'test') === service)
    const lines = await passed([rows.map(({ line }) => `${line}\n`).join('')], service)
    t.equal(lines.length, rows.length)
    rows.forEach(({ name, expected }, i) => {
      t.strictSame(Object.keys(lines[i]).slice(0, FRAME.length), FRAME, name)
      t.match(lines[i], expected, name)
    })
  }
})

t.test('a line that is hostile by its form costs no more than another, and stops nothing', async (t) => {
  const [deep, many] = [20_000, 4_000]
  const lines = await passed(
    [
      `{ "a":${'['.repeat(deep)}${']'.repeat(deep)}}\n`,
      `{"level":30,${'"time":"never",'.repeat(many)}"a":1}\n`,
      '{"msg":"after"}\n',
    ],
    'test',
  )
  t.equal(lines.length, 3)
  t.match(lines[0].msg, /^\{ "a":\[\[/, 'too deep to be written without its blanks')
  t.equal(Object.keys(lines[1]).length, FRAME.length + many + 1)
  t.match(lines[1], { time: /^20..-/, time_: 'never', time_4000: 'never' })
  t.equal(lines[2].msg, 'after')
})

t.test('no line and no character is torn, wherever the chunks are', async (t) => {
  const values = fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 8 })
  const torn = (bytes: Buffer, sizes: number[]) => {
    const chunks: Buffer[] = []
    for (let at = 0; at < bytes.length; at += chunks.at(-1)!.length)
      chunks.push(bytes.subarray(at, at + 1 + sizes[chunks.length % sizes.length]))
    return chunks
  }
  await fc.assert(
    fc.asyncProperty(values, fc.array(fc.nat(30), { minLength: 1 }), async (values, sizes) => {
      const json = values.map((value, i) => `${JSON.stringify({ level: 30, i, value })}\r\n`).join('')
      const lines = await passed(torn(Buffer.from(json), sizes))
      t.strictSame(
        lines.map(({ i }) => i),
        values.map((_, i) => i),
      )
      t.notMatch(JSON.stringify(lines), '\ufffd')
    }),
    { numRuns: 30 },
  )
})

t.test('the last line needs no end, and empty lines are none', async (t) => {
  const lines = await storedOf(t, '\n\r\n{"a":1}\n\n{"a":2}')
  t.strictSame(
    lines.map(({ a }) => a),
    [1, 2],
  )
})

t.test('a line beyond all bounds is left out and told, and the next one is whole', async (t) => {
  const { stream, stored } = open(t)
  const part = 'x'.repeat(1 << 20)
  stream.write('{"a":"')
  for (let written = 0; written <= LONGEST_LINE; written += part.length) stream.write(part)
  stream.write('"}\n{"a":2}\n')
  const lines = await stored()
  t.match(lines[0], { kind: 'gap', count: 1, reason: `a line of over ${LONGEST_LINE} characters` })
  t.equal(lines[1].a, 2)
  t.equal(lines.length, 2)
})

t.test('in a pipeline the next stage gets the scrubbed records, each as a line', async (t) => {
  const { stream, dir } = open(t)
  const source = new PassThrough()
  let out = ''
  const target = new PassThrough().on('data', (chunk) => (out += chunk))
  const done = pipeline(source, stream, target)
  const lines = 500
  for (let i = 0; i < lines; i++) source.write(`{"level":30,"i":${i},"token":"hunter2"}\n`)
  source.end()
  await done
  t.equal(out, textIn(dir), 'the same as the store')
  t.equal(out.split('\n').length - 1, lines)
  t.notMatch(out, 'hunter2')
})

t.test('a pino logger in the same thread may write into it, and flush waits for the disk', async (t) => {
  const { stream, dir } = open(t)
  const log = pino({}, stream)
  log.error({ err: new Error('redis://default:hunter2@cache') }, 'failed')
  await new Promise<void>((resolve, reject) => log.flush((error) => (error ? reject(error) : resolve())))
  t.match(linesIn(dir), [{ level: 50, err: { message: 'redis://default:[SECRET:url-password]@cache' } }])
  stream.flushSync()
})

t.test('wrong options are told by name, with what the transport takes', async (t) => {
  const make = (options: unknown) => () => hushlogTransport(options as TransportOptions)
  const code = 'HUSHLOG_OPTION'
  t.throws(make({ level: 'info' }), {
    code,
    message: 'option level is unknown: known are service, scrub, storage, stdout',
  })
  t.throws(make({ storag: {} }), { code, message: /did you mean storage\?/ })
  t.throws(make({ storage: { keepDays: 30 } }), {
    code,
    message: 'option storage.keepDays takes 90 or more, got 30',
  })
  t.throws(make(null), { code, message: 'option options takes an object, got null' })
  t.throws(make({ stdout: 'xml' }), { code })
})

const PROGRAM = new URL('./programs/transport.js', import.meta.url)

async function run(t: Test, shape: string, ending: string): Promise<Ended & { lines: Line[]; ms: number }> {
  const dir = join(folder(t), 'logs')
  const started = performance.now()
  const ended = await runProgram(PROGRAM, [dir, shape, ending])
  const lines = existsSync(dir) ? linesIn(dir) : []
  return { ...ended, lines, ms: performance.now() - started }
}

interface Ending {
  shape: string
  ending: string
  code: number | null
  signal?: NodeJS.Signals
}

const ENDINGS: Ending[] = [
  { shape: 'alone', ending: 'nothing', code: 0 },
  { shape: 'alone', ending: 'exit', code: 3 },
  { shape: 'alone', ending: 'throw', code: 1 },
  { shape: 'alone', ending: 'own handler', code: 143 },
  { shape: 'alone', ending: 'signal when it is up', code: null, signal: 'SIGTERM' },
  { shape: 'alone', ending: 'flush and kill -9', code: null, signal: 'SIGKILL' },
  { shape: 'targets', ending: 'exit', code: 3 },
  { shape: 'pipeline', ending: 'exit when it is up', code: 3 },
]

for (const { shape, ending, code, signal = null } of ENDINGS) {
  t.test(`a worker transport has stored every line when the program ends: ${shape}, ${ending}`, async (t) => {
    const ended = await run(t, shape, ending)
    t.strictSame({ code: ended.code, signal: ended.signal }, { code, signal })
    t.strictSame(
      ended.lines.map(({ i }) => i),
      Array.from({ length: 100 }, (_, i) => i),
    )
    t.match(ended.lines[99], { service: 'shop', password: '[SECRET:password]', msg: 'größer 💥' })
    t.equal(ended.stdout.split('\n').length - 1, shape === 'pipeline' ? 100 : 0, 'and so has the next stage')
    t.notMatch(ended.stdout + ended.stderr, 'hunter2')
  })
}

t.test(
  'what a signal interrupts before the worker has taken it is lost, as docs/transport.md says',
  async (t) => {
    const { lines, signal } = await run(t, 'alone', 'signal at once')
    t.equal(signal, 'SIGTERM')
    t.equal(lines.length, 0)
  },
)

t.test(
  'standard output is written by the worker itself, so that process.exit loses none of it',
  async (t) => {
    const { stdout } = await run(t, 'stdout', 'exit')
    t.equal(stdout.split('\n').length - 1, 100)
    t.notMatch(stdout, 'hunter2')
  },
)

t.test('options that are wrong end the program at its start with their names', async (t) => {
  const expected: [shape: string, message: string][] = [
    ['short retention', 'option storage.keepDays takes 90 or more, got 30'],
    ['unknown option', 'option level is unknown: known are service, scrub, storage, stdout'],
  ]
  const runs = expected.map(async ([shape, message]) => {
    const { code, stderr } = await run(t, shape, 'nothing')
    t.equal(code, 1, shape)
    t.match(stderr, message)
  })
  await Promise.all(runs)
})
