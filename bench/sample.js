/**
 * One sample: a logger, a payload, warm-up, then CPU time per line over a while. In a process of its own, for what
 * one logger leaves behind in the optimiser and the heap must not weigh on the next.
 *
 * node bench/sample.js '{"logger":"hushlog","payload":"P1","perTurn":100,"everyNth":0,"ms":400,"dir":"/tmp/x"}'
 */
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { hushlog } from 'hushlog'
import pino from 'pino'
import { PAYLOADS, SECRET } from './payloads.js'

const { logger, payload, perTurn, everyNth, ms, dir } = JSON.parse(process.argv[2])

const NEVER_FULL = '64 GB'
const OFTEN_FULL = '4 MB'

/**
 * For each logger: the logger, what waits until all is on the disk, the file that it writes, and what waits until
 * nothing of the warm-up is left to be written or sealed.
 */
const LOGGERS = {
  none: () => ({
    log: { info() {}, error() {} },
    finish: async () => {},
    file: () => undefined,
    settled() {},
  }),
  'pino sync': () => pinoTo({ sync: true, minLength: 16000 }),
  'pino async': () => pinoTo({ sync: false, minLength: 4096 }),
  hushlog: () => hushlogTo(NEVER_FULL, (log) => log.flush()),
  'hushlog sealing': () => hushlogTo(OFTEN_FULL, (log) => log.close()),
}

function pinoTo(options) {
  const dest = join(dir, 'pino.log')
  const destination = pino.destination({ dest, ...options })
  // Not flush(): its callback comes while lines under minLength are still in memory.
  const finish = () => {
    destination.end()
    return once(destination, 'close')
  }
  const log = pino(destination)
  const settled = () => new Promise((resolve) => log.flush(resolve))
  return { log, finish, file: () => dest, settled }
}

function hushlogTo(maxSize, finish) {
  const logs = join(dir, 'logs')
  const log = hushlog({
    service: 'bench',
    stdout: false,
    scrub: { env: false },
    storage: { dir: logs, maxSize },
  })
  const open = join(logs, 'open')
  return {
    log,
    finish: () => finish(log),
    file: () => (maxSize === NEVER_FULL ? join(open, readdirSync(open)[0]) : undefined),
    settled: async () => {
      await log.flush()
      while (maxSize === OFTEN_FULL && readdirSync(open).length > 1) await sleep(5)
    },
  }
}

let lines = 0

const TURNS_BETWEEN_LOOKS = 16

function cpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** For so much CPU time, not for so long: on a busy machine the optimiser would else not have been at work yet. */
async function logFor(ms, log) {
  const write = PAYLOADS[payload].log
  const end = cpuMs() + ms
  do {
    for (let t = 0; t < TURNS_BETWEEN_LOOKS; t++) {
      for (let i = 0; i < perTurn; i++, lines++) write(log, lines, everyNth !== 0 && lines % everyNth === 0)
      await turn()
    }
  } while (cpuMs() < end)
}

const { log, finish, file, settled } = LOGGERS[logger]()
await logFor(ms, log)
await settled()
const linesBefore = lines
const before = cpuMs()
await logFor(ms, log)
await finish()
const cpu = cpuMs() - before
const path = file()
const bytes = path === undefined ? 0 : checkFile(path)
const measured = lines - linesBefore
process.stdout.write(
  JSON.stringify({
    nsPerLine: (cpu * 1e6) / measured,
    lines: measured,
    bytesPerLine: bytes / lines,
  }),
)
process.exit()

/** A figure counts only if the lines are there, all of them, and without the secret where it is to be cut. */
function checkFile(path) {
  const { count, bytes, leaked } = scan(path)
  if (count !== lines) throw new Error(`${logger}: ${lines} lines logged, ${count} in the file`)
  if (leaked) throw new Error(`${logger}: the secret is in the file`)
  return bytes
}

function scan(path) {
  const fd = openSync(path, 'r')
  const buffer = Buffer.alloc(1 << 20)
  let count = 0
  let bytes = 0
  let leaked = false
  for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
    const part = buffer.subarray(0, length)
    bytes += length
    for (let at = part.indexOf(10); at !== -1; at = part.indexOf(10, at + 1)) count++
    leaked ||= part.includes(SECRET)
  }
  closeSync(fd)
  return { count, bytes, leaked }
}
