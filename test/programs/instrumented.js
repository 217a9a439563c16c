// A server whose pino is instrumented by OpenTelemetry, log sending included. Prints its lines and what was sent.
import { once } from 'node:events'
import http from 'node:http'
import { register } from 'node:module'
import { context, trace } from '@opentelemetry/api'
import { logs } from '@opentelemetry/api-logs'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(new BasicTracerProvider())
const sent = []
logs.setGlobalLoggerProvider({
  getLogger: () => ({ emit: (record) => sent.push(record), enabled: () => true }),
})
registerInstrumentations({ instrumentations: [new PinoInstrumentation()] })

const { captureLogs, hushlog, requestLogger } = await import('hushlog')
const { default: pino } = await import('pino')
pino({ enabled: true }, { write() {} }).info('the instrumentation is at work')

const log = captureLogs({ service: 'shop', mixin: () => ({ tenant: 'acme', trace_flags: 'mixed' }) })
const plain = captureLogs({ service: 'shop' })
const tracer = trace.getTracer('shop')
const logRequest = requestLogger(log)
const spans = []
const server = http.createServer((req, res) =>
  logRequest(req, res, () => {
    tracer.startActiveSpan('handler', (span) => {
      spans.push(span.spanContext())
      req.log.info({ password: 'hunter2' }, 'in the span')
      req.log.child({ trace_id: 'bound' }).info({ span_id: 'forged' }, 'in the span')
      for (let i = 0; i < 4; i++) plain.info({ i }, 'plain')
      span.end()
    })
    req.log.info('after the span')
    res.end()
  }),
)
await once(server.listen(0, '127.0.0.1'), 'listening')
for (const digit of ['a', 'b']) {
  const traceparent = `00-${digit.repeat(32)}-${digit.repeat(16)}-01`
  await (await fetch(`http://127.0.0.1:${server.address().port}/`, { headers: { traceparent } })).text()
}
plain.info('outside')
server.closeAllConnections()
server.close()
hushlog({ storage: false, stdout: false }).info({ password: 'hunter2' }, 'sent nowhere')
console.log(JSON.stringify({ lines: log.text(), plain: plain.text(), spans, sent }))
