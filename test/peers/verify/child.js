/**
 * A program that logs into several directories until its time has come: node child.js OPTIONS, as JSON. `ending` says
 * how it ends: by `close`, `exit`, or not at all, so that it must be killed.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { hushlog } from 'hushlog'

const { storages, every, forMs, ending } = JSON.parse(process.argv[2])

// Nobody is left to kill it.
process.stdin.on('end', () => process.exit()).resume()

const logs = storages.map((storage) =>
  hushlog({ service: 'peer', stdout: false, scrub: { env: false }, storage, onError }),
)
console.log('ready')
const end = performance.now() + forMs
for (let i = 0; ending === 'none' || performance.now() < end; i++) {
  const log = logs[i % logs.length]
  // More than may wait in memory for a full disk: lines are lost, and told.
  const pad = log.stats().store.state === 'full' ? 1_000_000 : 200
  for (let n = 0; n < 20; n++) log.info({ i, n, pad: 'x'.repeat(pad * Math.random()) }, 'line')
  if (i % 7 === 3) log.audit({ action: 'peer.audit', actor: `user ${i}`, outcome: 'success' }).catch(() => {})
  await sleep(every * Math.random())
}
if (ending === 'close') await Promise.all(logs.map((log) => log.close()))
process.exit()

function onError({ code, message }) {
  console.log(`${code} ${message}`)
}
