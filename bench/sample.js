/**
 * One sample: a logger, a payload, warm-up, then CPU time per line over a while. In a process of its own, for what
 * one logger leaves behind in the optimiser and the heap must not weigh on the next.
 *
 * node bench/sample.js '{"logger":"hushlog","payload":"P1","perTurn":100,"everyNth":0,"warmUpMs":1000,"ms":400,"dir":"…","peers":"…"}'
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { LOGGERS } from './loggers.js'
import { PAYLOADS, SECRET } from './payloads.js'

const { logger, payload, perTurn, everyNth, warmUpMs, ms, dir, peers } = JSON.parse(process.argv[2])
const TURNS_BETWEEN_LOOKS = 16

let lines = 0

const { log, finish, file, settled, frames = 0 } = await LOGGERS[logger](dir, peers)
await logFor(warmUpMs)
await settled()
const linesBefore = lines
const before = cpuMs()
await logFor(ms)
await finish()
const cpu = cpuMs() - before
const path = file()
const bytes = path === undefined ? 0 : checkFile(path)
process.stdout.write(
  JSON.stringify({ nsPerLine: (cpu * 1e6) / (lines - linesBefore), bytesPerLine: bytes / lines }),
)
process.exit()

function cpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** For so much CPU time, not for so long: on a busy machine the optimiser would else not have been at work yet. */
async function logFor(ms) {
  const write = PAYLOADS[payload].log
  const end = cpuMs() + ms
  do {
    for (let t = 0; t < TURNS_BETWEEN_LOOKS; t++) {
      for (let i = 0; i < perTurn; i++, lines++) write(log, lines, everyNth !== 0 && lines % everyNth === 0)
      await turn()
    }
  } while (cpuMs() < end)
}

/** A figure counts only if the lines are there, all of them, and without the secret where it is to be cut. */
function checkFile(path) {
  const { count, bytes, leaked } = scan(path)
  if (count !== lines + frames) throw new Error(`${logger}: ${lines} lines logged, ${count} in the file`)
  if (leaked) throw new Error(`${logger}: the secret is in the file`)
  return bytes
}

function scan(path) {
  const fd = openSync(path, 'r')
  const buffer = Buffer.alloc(1 << 20)
  let count = 0
  let bytes = 0
  let leaked = false
  let tail = ''
  for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
    const part = buffer.subarray(0, length)
    bytes += length
    for (let at = part.indexOf(10); at !== -1; at = part.indexOf(10, at + 1)) count++
    leaked ||= part.includes(SECRET) || (tail + part.toString('latin1', 0, SECRET.length)).includes(SECRET)
    tail = part.toString('latin1', Math.max(0, length - SECRET.length))
  }
  closeSync(fd)
  return { count, bytes, leaked }
}
