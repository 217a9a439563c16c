/**
 * One sample of how long the event loop is held up: 20,000 lines a second for some seconds, as they fall due in turns
 * of about a millisecond. Tells the 99th percentile of the delay, milliseconds.
 *
 * node bench/loop-sample.js LOGGER DIR SECONDS
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { LOGGERS } from './loggers.js'
import { PAYLOADS } from './payloads.js'

const PER_MS = 20
const WARM_UP = 2

const [, , logger, dir, seconds] = process.argv
const { log, finish } = await LOGGERS[logger](dir)
const write = PAYLOADS.P1.log
const histogram = monitorEventLoopDelay({ resolution: 1 })
const start = performance.now()
const end = start + (WARM_UP + Number(seconds)) * 1000
let lines = 0

setTimeout(() => histogram.enable(), WARM_UP * 1000)
const timer = setInterval(async () => {
  const now = performance.now()
  for (const due = (now - start) * PER_MS; lines < due; lines++) write(log, lines, false)
  if (now < end) return
  clearInterval(timer)
  histogram.disable()
  await finish()
  process.stdout.write(
    JSON.stringify({ p99: histogram.percentile(99) / 1e6, perSecond: lines / ((now - start) / 1000) }),
  )
  process.exit()
}, 1)
