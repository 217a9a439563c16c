/** A program on one host of a fleet: writer.js DIRECTORY RECORDS [S3 OPTIONS]. With options it ships what it seals. */
import { setTimeout as sleep } from 'node:timers/promises'
import { hushlog } from 'hushlog'

const [dir, records, options] = process.argv.slice(2)
const ship = options === undefined ? {} : { ship: { s3: JSON.parse(options) } }
const log = hushlog({ service: 'shop', stdout: false, storage: { dir, maxSize: '16 KB' }, ...ship })
// Those that are sealed before the shipping thread is up would be looked for first.
while (options !== undefined && (log.stats().ship.targets?.length ?? 0) === 0) await sleep(20)
for (let order = 1; order <= Number(records); order++) {
  log.info({ order }, 'order shipped')
  if (order % 20 === 0) await sleep(5)
}
await log.close()
