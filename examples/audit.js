// Audit records: who did what to what, and how it ended. On the disk before the call returns, whatever the level.
// node examples/audit.js, and look into logs/sealed/.
import { hushlog } from 'hushlog'

const log = hushlog({ service: 'shop', level: 'silent' })

// Await where a power failure matters: the promise resolves when the disk has the record.
await log.audit({
  action: 'order.refund',
  actor: 'ada',
  target: 'order 17',
  outcome: 'success',
  details: { amount: 1200, currency: 'EUR', token: 'invented-for-this-example' },
})
await log.audit.denied({ action: 'order.delete', actor: 'eve', target: 'order 17', reason: 'not an admin' })
await log.close()
