/**
 * A program that logs into several directories until its time has come: node child.js OPTIONS, as JSON. `ending` says
 * how it ends: by `close`, `exit`, or not at all, so that it must be killed. With `untilLost` it goes on until each of
 * its disks has cost it lines, says `lost`, and works on until they have been told in the log.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { hushlog } from 'hushlog'

const { storages, every, forMs, ending, untilLost } = JSON.parse(process.argv[2])

// Nobody is left to kill it.
process.stdin.on('end', () => process.exit()).resume()

const logs = storages.map((storage) =>
  hushlog({ service: 'peer', stdout: false, scrub: { env: false }, storage, onError }),
)
let hasSaid = false
console.log('ready')
const end = performance.now() + forMs
for (let i = 0; ending === 'none' || performance.now() < end || isWaiting(); i++) {
  const log = logs[i % logs.length]
  // More than may wait in memory for a full disk: lines are lost, and told.
  const pad = log.stats().store.state === 'full' && !hasSaid ? 1_000_000 : 200
  for (let n = 0; n < 20; n++) log.info({ i, n, pad: 'x'.repeat(pad * Math.random()) }, 'line')
  if (i % 7 === 3) log.audit({ action: 'peer.audit', actor: `user ${i}`, outcome: 'success' }).catch(() => {})
  await sleep(every * Math.random())
}
if (ending === 'close') await Promise.all(logs.map((log) => log.close()))
process.exit()

/** Whether it still waits for a loss, or for the disk that takes the gap record. */
function isWaiting() {
  if (!untilLost) return false
  const stores = logs.map((log) => log.stats().store)
  const lost = stores.filter(({ lost }) => lost > 0).length
  if (lost === logs.length && !hasSaid) {
    hasSaid = true
    console.log('lost')
  }
  return lost < logs.length || stores.some(({ state }) => state === 'full')
}

function onError({ code, message }) {
  console.log(`${code} ${message}`)
}
