// A logger for each thread, all on one directory: threads share no file. The operation is handed over with the work.
// node examples/worker-threads.js, and look into logs/sealed/.
import { once } from 'node:events'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { currentOperation, hushlog, runOperation } from 'hushlog'

const log = hushlog({ service: 'shop' })

if (isMainThread) {
  await runOperation('POST /thumbnails', async () => {
    log.info('handing over')
    const { name, reqId } = currentOperation()
    await once(new Worker(new URL(import.meta.url), { workerData: { name, reqId } }), 'exit')
    log.info('done')
  })
} else {
  runOperation(workerData.name, () => log.info('scaled'), { reqId: workerData.reqId })
}
await log.close()
