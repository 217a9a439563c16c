// Each run of a cron job is an operation with an id of its own; croner calls it, and any other library may.
// node examples/cron.js, and look into logs/sealed/.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Cron } from 'croner'
import { hushlog, runOperation } from 'hushlog'

const log = hushlog({ service: 'billing' })

const job = new Cron('* * * * * *', { maxRuns: 2, protect: true }, () => runOperation('cleanup', cleanup))
while (job.runsLeft() > 0 || job.isBusy()) await sleep(20)
await log.close()

async function cleanup() {
  log.info('begins')
  await once(AbortSignal.timeout(10), 'abort')
  log.info({ removed: 17 }, 'done')
}
