/**
 * Ours against pino, in one run: npm run bench -- [--quick] [--rounds N] [--dir DIR]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureHttp } from './http.js'
import { PAYLOADS } from './payloads.js'
import { median, printTable, ratio, spread } from './statistics.js'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    dir: { type: 'string', default: tmpdir() },
  },
})
const rounds = Number(options.rounds ?? (options.quick ? 2 : 5))
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number of 1 or more')

const MS = 400
const TMPFS = 0x01021994

const loop = { name: 'the loop without a logger', logger: 'none', everyNth: 0 }
const sync = { name: 'pino sync, 16 KB', logger: 'pino sync', everyNth: 0 }
const async = { name: 'pino async, 4 KB', logger: 'pino async', everyNth: 0 }
const clean = { name: 'hushlog', logger: 'hushlog', everyNth: 0 }
const few = { name: 'hushlog, a secret in 1 % of the lines', logger: 'hushlog', everyNth: 100 }
const many = { name: 'hushlog, a secret in 20 % of the lines', logger: 'hushlog', everyNth: 5 }
const sealing = { name: 'hushlog, sealing each 4 MB', logger: 'hushlog sealing', everyNth: 0 }

const CASES = [
  { payload: 'P1', perTurn: 1, loggers: [loop, sync, async, clean] },
  { payload: 'P1', perTurn: 3, loggers: [sync, async, clean] },
  { payload: 'P1', perTurn: 100, loggers: [sync, async, clean, few, many, sealing] },
  { payload: 'P2', perTurn: 100, loggers: [sync, async, clean, few, many] },
  { payload: 'P3', perTurn: 100, loggers: [sync, async, clean, many] },
  { payload: 'P4', perTurn: 100, loggers: [sync, async, clean, many] },
]
const QUICK = CASES.filter(
  ({ payload, perTurn }) => perTurn === 100 && (payload === 'P1' || payload === 'P2'),
).map((each) => ({
  ...each,
  loggers: [sync, async, clean, many],
}))

const started = performance.now()
const folder = mkdtempSync(join(options.dir, 'hushlog-bench-'))
try {
  printHeader()
  for (const each of options.quick ? QUICK : CASES) measureCase(each)
  console.log('\nHTTP: Express 5 in its own process, 50 connections, one access record a request\n')
  await measureHttp({ rounds: options.quick ? 1 : Math.min(rounds, 3), seconds: 2, folder })
  measurePieces()
  console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function printHeader() {
  const version = (name) =>
    `${name} ${JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url))).version}`
  const place =
    statfsSync(folder).type === TMPFS ? 'a tmpfs, NOT A DISK: give another one with --dir' : 'on a disk'
  console.log(
    `hushlog against ${['pino', 'sonic-boom', 'uuid', 'common-log-string', 'express'].map(version).join(', ')}`,
  )
  console.log(
    `Node ${process.version}, ${availableParallelism()} CPUs (${cpus()[0].model}), files in ${options.dir}, ${place}`,
  )
  console.log(`${rounds} rounds; load when it began ${loadavg()[0].toFixed(1)}${loadavg()[0] > 0.5 ? ': NOT CALM, trust the ratios less' : ''}

CPU time of the whole process for each line, user and system, all threads: median [least-most]. Nanoseconds are
this machine's, today; compare only ratios, which are taken within a round. Loggers take turns, each sample is a
process of its own, ${MS} ms of CPU to warm up and ${MS} ms measured, ended by one fsync for each. The files are
checked, but for those of the row "sealing": all lines are there, and no secret is.

The same: the log calls, the kind of file, pino's own making of the JSON.
Not the same:
- pino here cuts nothing; hushlog searches every line and cuts. pino's lines hold no secret in any sample.
- hushlog's lines are longer (B/line): operation, request id, service, ISO time.
- hushlog writes at the end of each turn, and errors (P4) before the call returns; pino keeps up to 16 or 4 KB in
  memory, which a killed process loses.
- Compressing and listing full segments is left out, but for the row "sealing"; pino has nothing of the kind.
- Latency and memory are not measured, and neither are transports in worker threads.`)
}

function measureCase({ payload, perTurn, loggers }) {
  const results = new Map(loggers.map((logger) => [logger, []]))
  for (let round = 0; round < rounds; round++) {
    for (const logger of loggers) results.get(logger).push(sample({ ...logger, payload, perTurn }))
  }
  const turns = `${perTurn} line${perTurn === 1 ? '' : 's'} a turn`
  console.log(`\n${payload}, ${PAYLOADS[payload].is}, ${turns}\n`)
  const cpu = (logger) => results.get(logger).map(({ nsPerLine }) => nsPerLine)
  const length = (logger) => Math.round(median(results.get(logger).map(({ bytesPerLine }) => bytesPerLine)))
  printTable([
    ['', 'CPU ns/line', 'B/line', 'x pino sync 16 KB', 'x pino async 4 KB'],
    ...loggers.map((logger) => [
      logger.name,
      spread(cpu(logger)),
      String(length(logger) || '-'),
      ratio(cpu(logger), cpu(sync)),
      ratio(cpu(logger), cpu(async)),
    ]),
  ])
}

function sample({ logger, payload, perTurn, everyNth }) {
  const dir = mkdtempSync(join(folder, 'sample-'))
  const result = runNode('sample.js', JSON.stringify({ logger, payload, perTurn, everyNth, ms: MS, dir }))
  rmSync(dir, { recursive: true, force: true })
  return result
}

function measurePieces() {
  const { results } = runNode('micro.js', String(options.quick ? 3 : 9), '60')
  console.log('\nPieces, in one process, CPU ns for each call\n')
  const row = (name, than) => [
    name,
    spread(results[name]),
    than === undefined ? '' : `${ratio(results[name], results[than])} x ${than}`,
  ]
  printTable([
    row('newId()', 'uuid v7() alone'),
    row('uuid v7() alone'),
    row('access line', 'common-log-string alone'),
    row('common-log-string alone'),
  ])
}

function runNode(file, ...args) {
  const path = fileURLToPath(new URL(`./${file}`, import.meta.url))
  const stdio = ['ignore', 'pipe', 'pipe']
  return JSON.parse(execFileSync(process.execPath, [path, ...args], { stdio, encoding: 'utf8' }))
}
