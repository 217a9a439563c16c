// Ships what is sealed: into a folder beside this program or, with BUCKET (and AWS_REGION and credentials in the
// environment), into an S3 bucket with Object Lock.
// node examples/ship.js, and look into backup/; hushlog restore --from backup --to restored brings it back.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { hushlog } from 'hushlog'

const { BUCKET, ENDPOINT } = process.env
if (BUCKET === undefined) mkdirSync('backup', { recursive: true, mode: 0o700 })

const log = hushlog({
  service: 'shop',
  ship:
    BUCKET === undefined ? { directory: resolve('backup') } : { s3: { bucket: BUCKET, endpoint: ENDPOINT } },
  onError: ({ message, hint }) => console.error(message, hint ?? ''),
})

log.info({ order: 17, password: 'made-up' }, 'paid')
await log.audit({ action: 'order.refund', actor: 'ada', target: 'order-17', outcome: 'success' })
await log.close()

for (const { target, shipped, waiting } of log.stats().ship.targets)
  console.log(`${target}: ${shipped.segments} there, ${waiting.segments} waiting`)
