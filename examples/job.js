// A nightly job: each run is an operation with an id of its own, which all its lines bear.
// node examples/job.js, and look into logs/sealed/.
import { setTimeout as sleep } from 'node:timers/promises'
import { hushlog, runOperation } from 'hushlog'

const log = hushlog({ service: 'billing' })

await Promise.all(['march', 'april'].map((month) => runOperation(`invoice ${month}`, () => invoice(month))))
await log.close()

async function invoice(month) {
  log.info({ month }, 'begins')
  await sleep(10)
  await bill({ month, customer: 'ada', apiKey: 'invented-for-this-example' })
  log.info({ month }, 'done')
}

async function bill(order) {
  log.info({ order }, 'billed')
}
