// A queue runs its tasks whenever there is room, in nobody's context. bindOperation ties a task to the request that
// made it; runOperation makes it an operation of its own.
// node examples/queue.js, and look into logs/sealed/.
import { setTimeout as sleep } from 'node:timers/promises'
import { bindOperation, hushlog, runOperation } from 'hushlog'
import PQueue from 'p-queue'

const log = hushlog({ service: 'shop' })
const queue = new PQueue({ concurrency: 1 })

for (const order of [17, 18]) {
  await runOperation(`POST /orders`, async () => {
    log.info({ order }, 'ordered')
    queue.add(bindOperation(() => pack(order)))
    queue.add(() => runOperation('send mail', () => mail(order), { user: 'ada' }))
  })
}
await queue.onIdle()
await log.close()

async function pack(order) {
  await sleep(5)
  log.info({ order }, 'packed')
}

async function mail(order) {
  log.info({ order, smtpPassword: 'invented-for-this-example' }, 'sent')
}
