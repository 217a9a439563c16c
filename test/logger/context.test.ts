/**
 * What stands in a line besides what was logged: stamps, bindings, mixins, instrumentations, and that no name stands
 * twice.
 */
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import t from 'tap'
import { Operation, runInside, runOperation } from '../../lib/context.ts'
import { type LoggedRequest, requestLogger } from '../../lib/request/http.ts'
import { captureLogs } from '../../lib/testing/capture.ts'
import { folder, type Line, linesIn, runProgram } from '../helpers.ts'

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

const NAMES =
  'level time service host pid operation reqId trace_id span_id trace_flags kind msg err a b req res responseTime'.split(
    ' ',
  )
const someFields = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.oneof(fc.constantFrom('access', 'audit', 'x'), fc.nat(9), fc.constant(null), fc.constant({ a: [1] })),
  { maxKeys: 5 },
)

t.test('no name stands twice in a line, whatever is bound, mixed in and logged', async () => {
  fc.assert(
    fc.property(
      fc.record({
        base: fc.option(someFields, { nil: undefined }),
        mixin: fc.option(someFields, { nil: undefined }),
        bindings: someFields,
        more: someFields,
        fields: someFields,
        traced: fc.boolean(),
        messageKey: fc.constantFrom(undefined, 'message', 'a'),
      }),
      ({ base, mixin, bindings, more, fields, traced, messageKey }) => {
        const log = captureLogs({
          service: 'test',
          scrub: { env: false },
          ...(base && { base: { ...base } }),
          ...(mixin && { mixin: () => ({ ...mixin }) }),
          ...(messageKey && { messageKey }),
        })
        const trace = traced ? `,"trace_id":"${'1'.repeat(32)}","span_id":"${'2'.repeat(16)}"` : ''
        runInside(new Operation('GET /', { trace }), () => {
          const child = log.child(bindings)
          const below = child.child(more)
          for (const logger of [log, child, below]) {
            for (let i = 0; i < 3; i++) logger.info({ ...fields }, 'hello')
            logger.info({ ...fields })
            logger.audit({ action: 'a.b', actor: 'ada', outcome: 'success', details: fields })
          }
          child.setBindings(more)
          child.warn({ ...fields }, 'hello')
        })
        const lines = log.text().split('\n').slice(0, -1)
        const isUnique = lines.every((line) => JSON.stringify(JSON.parse(line)) === line)
        const isStamped = linesOf(log.text()).every(
          ({ service, trace_id }) =>
            service === 'test' && (!traced || mixin?.trace_id !== undefined || trace_id === '1'.repeat(32)),
        )
        return lines.length > 0 && isUnique && isStamped
      },
    ),
    { numRuns: 100 },
  )
})

t.test(
  'with OpenTelemetry each line bears the trace of the span that runs, once, and none goes around the gate',
  async (t) => {
    const program = new URL('../programs/instrumented.js', import.meta.url)
    const { code, stdout, stderr } = await runProgram(program, [])
    t.equal(code, 0, stderr)
    const { lines, plain, spans, sent } = JSON.parse(stdout)
    const records = linesOf(lines)
    for (const [i, digit] of ['a', 'b'].entries()) {
      const { traceId, spanId } = spans[i]
      const ofRequest = records.slice(4 * i, 4 * i + 4)
      t.match(ofRequest, [
        {
          trace_id: traceId,
          span_id: spanId,
          trace_flags: 'mixed',
          tenant: 'acme',
          password: '[SECRET:password]',
        },
        { span_id: 'forged', tenant: 'acme' },
        { trace_id: digit.repeat(32), span_id: digit.repeat(16), msg: 'after the span' },
        { trace_id: digit.repeat(32), kind: 'access' },
      ])
      const ofPlain = linesOf(plain).slice(4 * i, 4 * i + 4)
      t.strictSame(
        ofPlain.map(({ trace_id, span_id }) => [trace_id, span_id]),
        Array(4).fill([traceId, spanId]),
        'lines of the short way too',
      )
    }
    for (const line of `${lines}${plain}`.split('\n').slice(0, -1))
      t.equal(JSON.stringify(JSON.parse(line)), line, 'no name stands twice')
    t.equal(linesOf(plain).at(-1)?.trace_id, undefined, 'outside any span no trace is left')
    t.match(sent, [{ body: 'the instrumentation is at work' }])
    t.equal(sent.length, 1, 'the lines of hushlog are not sent before they are scrubbed')
  },
)

t.test(
  'a message of a queue and a task of a pool log as what they are, and a bare pool as whoever filled it',
  async (t) => {
    const log = captureLogs({ scrub: { env: false } })
    const waiting: (() => void)[] = []
    const worker = (async () => {
      await sleep(5)
      for (const task of waiting) task()
    })()
    runOperation('producer', () => waiting.push(() => runOperation('message 1', () => log.info('own'))))
    runOperation('producer', () => waiting.push(() => log.info('none')))
    await worker
    t.match(log.records, [
      { operation: 'message 1', msg: 'own' },
      { operation: 'process', msg: 'none' },
    ])
  },
)

t.test(
  'the access record bears its request where no context is: after a pool’s callback and a lost client',
  async (t) => {
    const log = captureLogs({ scrub: { env: false } })
    const pool = new EventEmitter()
    setInterval(() => pool.emit('connection'), 5).unref()
    const seen: string[] = []
    const logRequest = requestLogger(log)
    const server = createServer((req, res) =>
      logRequest(req, res, () => {
        res.on('close', () => (req as unknown as LoggedRequest).log.info({ path: req.url }, 'closed'))
        if (req.url === '/pool') pool.once('connection', () => res.end('x'))
        else seen.push(req.url ?? '')
      }),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const answer = await fetch(`${url}/pool`)
    const leaving = new AbortController()
    fetch(`${url}/never`, { signal: leaving.signal }).catch(() => {})
    while (seen.length === 0) await sleep(5)
    leaving.abort()
    while (log.records.length < 4) await sleep(5)
    server.closeAllConnections()
    server.close()
    const of = (operation: string) => log.records.filter((record) => record.operation === operation)
    t.equal(of('GET /pool').length, 2)
    t.ok(of('GET /pool').every(({ reqId }) => reqId === answer.headers.get('x-request-id')))
    t.equal(of('GET /never').length, 2)
    t.equal(new Set(of('GET /never').map(({ reqId }) => reqId)).size, 1)
    t.match(
      of('GET /never').find(({ kind }) => kind === 'access'),
      { aborted: true, res: { statusCode: null } },
    )
  },
)

t.test(
  'worker threads with loggers of their own share a directory, and an operation goes no further than its thread',
  async (t) => {
    const dir = folder(t)
    const index = new URL('../../dist/index.js', import.meta.url).href
    const program = `
    import { hushlog, runOperation } from '${index}'
    import { workerData } from 'node:worker_threads'
    const log = hushlog({ service: 'pool', stdout: false, storage: { dir: ${JSON.stringify(`${dir}/logs`)} } })
    for (let i = 0; i < 50; i++)
      await runOperation(\`task \${workerData}\`, async () => {
        log.info({ i, token: 'abcdef' }, 'begins')
        await null
        log.info({ i }, 'done')
      }, { reqId: \`\${workerData}-\${i}\` })
    await log.close()
  `
    const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
    const run = (n: number) =>
      new Promise((resolve, reject) => {
        const thread = new Worker(url, { workerData: n, stderr: true, execArgv: [] })
        thread.once('error', reject)
        thread.once('exit', resolve)
      })
    const codes = await runOperation('main thread', () => Promise.all([1, 2, 3].map(run)))
    t.strictSame(codes, [0, 0, 0])
    const lines = linesIn(`${dir}/logs`)
    for (const n of [1, 2, 3]) {
      const own = lines.filter(({ operation }) => operation === `task ${n}`)
      t.equal(own.length, 100)
      t.ok(own.every(({ reqId, i }) => reqId === `${n}-${i}`))
    }
    t.equal(lines.length, 300, 'no line is lost, and none is the main thread’s')
  },
)
