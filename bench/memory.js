/**
 * Resident memory of a process that has logged for a while and then rests, everything unused collected: the keeper has
 * nothing to do. In a process of its own.
 *
 * node --expose-gc bench/memory.js LOGGER DIR
 */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { LOGGERS } from './loggers.js'
import { PAYLOADS } from './payloads.js'

const LINES = 50_000
const PER_TURN = 100
const [, , logger, dir] = process.argv

const { log, settled } = await LOGGERS[logger](dir)
for (let n = 0; n < LINES; n++) {
  PAYLOADS.P1.log(log, n, false)
  if (n % PER_TURN === 0) await turn()
}
await settled()
globalThis.gc()
await sleep(100)
globalThis.gc()
process.stdout.write(JSON.stringify({ rss: process.memoryUsage().rss }))
process.exit()
