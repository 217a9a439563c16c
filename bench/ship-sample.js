/**
 * One program that logs, or ships, or rests; prints what it found as JSON.
 *
 * node bench/ship-sample.js JSON
 *
 * JSON has a mode, a log directory, and with `ship` that option of hushlog.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { hushlog } from 'hushlog'
import { Requests } from './ship-lines.js'

const MB = 1e6
const PER_TURN = 30
/** Of about 370 bytes. */
const LINES_A_MS = 2
const WARM_UP = 2000

const { mode, dir, ship, megabytes, segments, seconds, maxSize } = JSON.parse(process.argv[2])
const errors = new Set()
const log = hushlog({
  ...{
    service: 'bench',
    stdout: false,
    scrub: { env: false },
    storage: { dir, ...(maxSize && { maxSize }) },
  },
  ...(ship && { ship }),
  onError: ({ message }) => errors.add(message),
})
const requests = new Requests()

const MODES = {
  /** Logs so much text as fast as it goes, and seals all of it. */
  async make() {
    while (log.stats().store.written.bytes < megabytes * MB) {
      for (let i = 0; i < PER_TURN; i++) requests.log(log)
      await turn()
    }
    await log.close()
    return {}
  },

  /** Resident memory of a program that has made its logger. */
  async rest() {
    await sleep(3000)
    return { rss: process.memoryUsage.rss() }
  },

  /** Ships what lies there; the most memory on the way. */
  async ship() {
    let rss = 0
    const start = performance.now()
    while (!isShipped()) {
      rss = Math.max(rss, process.memoryUsage.rss())
      await sleep(5)
    }
    const took = performance.now() - start
    await log.close()
    return { rss, took }
  },

  /** The event loop's delay at 2,000 lines a second, until the time is over or what lies there is shipped. */
  async pace() {
    const histogram = monitorEventLoopDelay({ resolution: 1 })
    setTimeout(() => histogram.enable(), WARM_UP)
    const start = performance.now()
    const end = start + WARM_UP + seconds * 1000
    for (let lines = 0, now = start; now < end && !isShipped(); now = performance.now()) {
      for (const due = (now - start) * LINES_A_MS; lines < due; ) lines += requests.log(log)
      await sleep(1)
    }
    histogram.disable()
    const { segments = 0, bytes = 0 } = log.stats().ship?.targets[0]?.shipped ?? {}
    return { p99: histogram.percentile(99) / 1e6, took: performance.now() - start, segments, bytes }
  },
}

function isShipped() {
  const target = log.stats().ship?.targets[0]
  return segments !== undefined && target !== undefined && target.shipped.segments >= segments
}

const result = await MODES[mode]()
if (errors.size > 0) throw new Error([...errors].join('; '))
process.stdout.write(JSON.stringify(result))
process.exit()
