/**
 * One sample of what live lines cost: CPU time of the whole process a line, nanoseconds, as fast as it goes in turns of
 * 100 lines; and the 99th percentile of the event loop's delay at 20,000 lines a second, milliseconds.
 *
 * node bench/live-sample.js MODE DIR SECONDS
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { hushlog } from '../dist/index.js'
import { certificate } from '../test/certificates.js'
import { PAYLOADS } from './payloads.js'

const PER_TURN = 100
const PER_MS = 20
const WARM_UP = 1

const [, , mode, dir, seconds] = process.argv
const ours = certificate({ name: 'localhost', dns: ['localhost'] })
const [port, server] = mode.startsWith('syslog') ? await startServer() : []
const syslog = { host: 'localhost', port, maxWaiting: '64 MB' }
const MODES = {
  off: undefined,
  'syslog over TLS': { syslog: { ...syslog, tls: { ca: ours.cert } } },
  'syslog over TCP': { syslog: { ...syslog, tls: false } },
  'transport pino/file': { transports: [{ target: 'pino/file', options: { destination: '/dev/null' } }] },
}

const log = hushlog({ service: 'bench', stdout: false, storage: { dir }, ship: MODES[mode] })
const write = PAYLOADS.P1.log
await asFastAsItGoes(WARM_UP)
await sleep(200)
const cpu = await asFastAsItGoes(Number(seconds))
await sleep(500)
const p99 = await paced(Number(seconds))
await log.close()
const { syslog: counts, transports: [transport] = [] } = log.stats().ship ?? {}
server?.disconnect()
process.stdout.write(JSON.stringify({ cpu, p99, missed: counts?.missed ?? transport?.missed ?? 0 }))
process.exit()

async function startServer() {
  const child = fork(fileURLToPath(new URL('live-server.js', import.meta.url)))
  child.send(mode === 'syslog over TCP' ? 'plain' : { cert: ours.cert, key: ours.key })
  const [port] = await once(child, 'message')
  return [port, child]
}

async function asFastAsItGoes(seconds) {
  const before = process.cpuUsage()
  const end = performance.now() + seconds * 1000
  let lines = 0
  while (performance.now() < end) {
    for (let i = 0; i < PER_TURN; i++) write(log, lines++, false)
    await new Promise(setImmediate)
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / lines
}

async function paced(seconds) {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  const start = performance.now()
  for (let lines = 0, now = start; now < start + seconds * 1000; now = performance.now()) {
    for (const due = (now - start) * PER_MS; lines < due; lines++) write(log, lines, false)
    await sleep(1)
  }
  histogram.disable()
  return histogram.percentile(99) / 1e6
}
