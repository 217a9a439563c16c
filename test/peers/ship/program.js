/**
 * The program of ship.peer.js: node program.js OPTIONS, the options as JSON. Logs, ships, and says on standard output
 * what became of it, one JSON text a line.
 */
import { writeSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { hushlog } from 'hushlog'
import { textOf } from './text.js'

const options = JSON.parse(process.argv[2])
const { dir, ship, maxSize, bytes = 4096, every = 5, perTick = 4 } = options
const say = (message) => writeSync(1, `${JSON.stringify(message)}\n`)
const errors = {}
const log = hushlog({
  service: 'peer',
  stdout: false,
  scrub: { env: false },
  storage: { dir, ...(maxSize && { maxSize }), ...options.storage },
  ...(ship && { ship }),
  onError({ code, message, hint }) {
    errors[code] ??= { message, hint, times: 0 }
    errors[code].times++
  },
})

let count = 0
const filling = textOf(bytes)

function tick() {
  for (let i = 0; i < perTick; i++)
    log.info({ i: count++, text: options.plain ? filling : textOf(bytes) }, 'line')
}

function asked() {
  return new Promise((resolve) => process.stdin.once('data', resolve))
}

function told() {
  const { store, ship } = log.stats()
  return { count, errors, store, ship }
}

async function close() {
  const start = performance.now()
  await log.close()
  return performance.now() - start
}

const ENDINGS = {
  async close() {
    const took = await close()
    say({ took, ...told() })
  },
  natural() {},
  exit: () => process.exit(),
}

const MODES = {
  /** Logs until it is told to stop, closes and ends. */
  async steady() {
    const timer = setInterval(tick, every)
    say('ready')
    await asked()
    clearInterval(timer)
    const took = await close()
    say({ took, ...told() })
    process.exit()
  },

  /** Logs so many lines, waits for a while and ends in one of three ways. */
  async ending() {
    for (let i = 0; i < options.ticks; i++) tick()
    await sleep(options.wait ?? 0)
    say('ending')
    await ENDINGS[options.ending]()
  },

  /** Says how long the event loop waits while it logs, and while all that waits is shipped. */
  async delay() {
    setInterval(tick, every)
    await sleep(500)
    gc()
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss / 1e6)), 20)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const start = performance.now()
    if (ship === undefined) await sleep(options.for)
    else while (!(log.stats().ship.targets[0]?.shipped.segments >= options.segments)) await sleep(20)
    delay.disable()
    const took = performance.now() - start
    clearInterval(watch)
    say({ p99: delay.percentile(99) / 1e6, took, most, ...told() })
    process.exit()
  },
}

await MODES[options.mode]()
