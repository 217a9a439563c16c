// Lines of a span bear its trace_id and span_id, once each, beside the operation and the id of the request.
// node examples/opentelemetry.js, and look into logs/sealed/.
import { register } from 'node:module'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'

// What a program's instrumentation.js does, loaded with node --import. It comes before the first import of hushlog.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(new BasicTracerProvider())
registerInstrumentations({ instrumentations: [new PinoInstrumentation()] })

const { hushlog, runOperation } = await import('hushlog')
const log = hushlog({ service: 'billing' })
const tracer = trace.getTracer('billing')

log.info('outside any span')
for (const month of ['march', 'april']) {
  await runOperation(`invoice ${month}`, () =>
    tracer.startActiveSpan('invoice', async (span) => {
      log.info({ month, token: 'invented-for-this-example' }, 'begins')
      log.child({ month }).info('done')
      span.end()
    }),
  )
}
await log.close()
