import { createWriteStream } from 'node:fs'
import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import t from 'tap'
import { commonText } from '../../lib/logger/common-text.ts'
import { OutputSink, outputFormat } from '../../lib/logger/stdout.ts'
import { isoTime } from '../../lib/logger/timestamp.ts'
import { visible } from '../../lib/logger/visible.ts'
import { batchOf } from '../store/helpers.ts'

function output(format: 'json' | 'pretty' | 'common', write?: Writable['_write'], Sink = OutputSink) {
  const chunks: string[] = []
  const stream = new Writable({
    highWaterMark: 1024,
    write:
      write ??
      ((chunk, _encoding, done) => {
        chunks.push(String(chunk))
        done()
      }),
  })
  const gaps: number[] = []
  const errors: string[] = []
  const sink = new Sink({
    format,
    stream,
    onGap: (count) => gaps.push(count),
    onError: ({ code }) => errors.push(code),
  })
  return { sink, stream, gaps, errors, text: () => chunks.join('') }
}

const record = {
  level: 30,
  time: '2026-11-24T02:29:31.123Z',
  service: 's',
  host: 'web-1',
  pid: 1,
  operation: 'process',
  reqId: 'id-1',
  msg: 'hello',
}

t.test('lines leave as JSON as they are', async (t) => {
  const { sink, text } = output('json')
  sink.append(batchOf([JSON.stringify(record), JSON.stringify({ ...record, msg: 'two' })]))
  await sink.sync()
  t.equal(text(), `${JSON.stringify(record)}\n${JSON.stringify({ ...record, msg: 'two' })}\n`)
})

t.test('common text shows every record in one line that nothing in it can forge', async (t) => {
  const { sink, text } = output('common')
  sink.append(
    batchOf([
      JSON.stringify(record),
      JSON.stringify({ ...record, level: 35, user: 'a b"', msg: 'x"\n1.2.3.4 - admin \u001b[2J' }),
      'no JSON',
    ]),
  )
  t.equal(
    text(),
    [
      'web-1 - - [24/Nov/2026:02:29:31 +0000] "process" info id-1 "hello"',
      'web-1 - a\\x20b\\x22 [24/Nov/2026:02:29:31 +0000] "process" 35 id-1 "x\\"\\u000a1.2.3.4 - admin \\u001b[2J"',
      'no JSON',
      '',
    ].join('\n'),
  )
  t.equal(
    commonText({ ...record, kind: 'access', msg: '1.2.3.4 - - [x] "GET / HTTP/1.1" 200' }),
    '1.2.3.4 - - [x] "GET / HTTP/1.1" 200',
  )
  t.match(commonText({ level: 30, time: 'x', msg: { a: 1 } }), /- - - \[.*\] "-" info - "\{\\"a\\":1\}"/)
})

t.test('pretty text obeys no control character of a logged value', async (t) => {
  const { sink, text } = output('pretty')
  sink.append(
    batchOf([
      JSON.stringify({
        ...record,
        msg: 'bob\n[00:00:00] INFO: forged \u001b[2J',
        err: { type: 'Error', message: 'm', stack: 'Error: m\n\t at x \u001b[1m' },
      }),
    ]),
  )
  t.match(text(), /bob\\u000a\[00:00:00\] INFO: forged \\u001b\[2J/)
  t.match(text(), /Error: m\n\s+at x \\u001b\[1m/, 'stacks keep their lines and tabs, and nothing else')
  t.strictSame(visible({ 'a\u0007': ['\u202e', 1, null] }), { 'a\\u0007': ['\\u202e', 1, null] })
  t.equal(visible('\u2028\u2029\u202a\u2066\u2069'), '\\u2028\\u2029\\u202a\\u2066\\u2069')
  t.equal(visible('é\u00a0\u202f\u2065\u206a日'), 'é\u00a0\u202f\u2065\u206a日', 'other text stays')
})

t.test('without pino-pretty, pretty text is JSON, and standard error says so once', async (t) => {
  const missing = () => {
    throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' })
  }
  const { OutputSink } = await t.mockImport<typeof import('../../lib/logger/stdout.ts')>(
    '../../lib/logger/stdout.ts',
    { 'node:module': { default: { createRequire: () => missing } } },
  )
  const told = t.capture(process.stderr, 'write', () => true)
  const { sink, text } = output('pretty', undefined, OutputSink)
  output('pretty', undefined, OutputSink)
  told.restore()
  sink.append(batchOf([JSON.stringify(record)]))
  t.equal(text(), `${JSON.stringify(record)}\n`)
  t.strictSame(told.args(), [
    ['hushlog: lines are JSON: pino-pretty is not installed\nhint: npm install --save-dev pino-pretty\n'],
  ])
})

t.test('a reader that does not read costs lines that are counted, and no memory', async (t) => {
  let resume = () => {}
  const { sink, stream, gaps } = output('json', (_chunk, _encoding, done) => (resume = done))
  const batch = batchOf([JSON.stringify({ ...record, msg: 'x'.repeat(64 * 1024) })])
  for (let i = 0; i < 100; i++) sink.append(batch)
  t.strictSame(gaps, [])
  while (stream.writableLength > 0) {
    resume()
    await new Promise((resolve) => setImmediate(resolve))
  }
  sink.append(batch)
  t.equal(gaps.length, 1)
  t.ok(gaps[0] > 50 && gaps[0] < 100, `${gaps[0]} lines were left out`)
})

t.test('a broken pipe is told once and lines go on without it', async (t) => {
  const { sink, stream, errors } = output('json')
  stream.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }))
  await new Promise((resolve) => setImmediate(resolve))
  sink.append(batchOf(['{}']))
  sink.flushSync()
  await sink.sync()
  t.strictSame(errors, ['HUSHLOG_STDOUT'])
})

t.test('the format follows the option, then the kind of standard output', async (t) => {
  t.equal(outputFormat(false, { isTTY: true }), undefined)
  t.equal(outputFormat('common', { isTTY: true }), 'common')
  t.equal(outputFormat(undefined, { isTTY: true }), 'pretty')
  t.equal(outputFormat(true, {}), 'json')
  t.equal(outputFormat(true, { isTTY: true }), 'pretty')
  const file = createWriteStream('/dev/null')
  const socket = new Socket()
  for (const [stream, format] of [
    [socket, 'json'],
    [file, undefined],
  ] as const) {
    const stdout = t.intercept(process, 'stdout', { value: stream })
    t.equal(outputFormat(undefined), format)
    stdout.restore()
  }
  file.destroy()
  socket.destroy()
})

t.test('time is ISO 8601 in UTC for every millisecond', async (t) => {
  for (const now of [
    0, 7, 42, 999, 1000, 1_764_000_000_009, 1_764_000_000_099, 1_764_000_000_100, 253_402_300_799_999,
  ]) {
    t.equal(isoTime(now), new Date(now).toISOString())
  }
})
