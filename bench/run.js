/**
 * Ours against others, in one run: npm run bench -- [NAME…] [--rounds N] [--dir DIR] [--size MB]
 *
 * NAME: lines, secrets, scanning, redact, peers, memory, load, scan, hostile; and what does not run unless it is named:
 * turns, store, larger, sealing, wrap, http, loop, live, ship, search, pieces.
 *
 * --size: of the text that ship sends, 200 unless HUSHLOG_FULL=1 makes it 5000, or that is searched, 300 or 20000.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { PAYLOADS } from './payloads.js'
import { installPeers, PEERS } from './peers.js'
import { median, printTable, ratio, spread } from './statistics.js'
import { MORE, ROWS } from './table.js'

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    dir: { type: 'string', default: tmpdir() },
    size: { type: 'string' },
  },
})
const rounds = Number(options.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number of 1 or more')
const megabytes = options.size === undefined ? undefined : Number(options.size)
if (megabytes !== undefined && (!Number.isInteger(megabytes) || megabytes < 1))
  throw new Error('--size takes a whole number of MB, 1 or more')
const isFull = process.env.HUSHLOG_FULL === '1'

/** The optimiser is not done with the way of a line that is cut before that. */
const WARM_UP_MS = 1000
const MS = 400
const TMPFS = 0x01021994
const MB = 1024 * 1024
const PARTS = { memory: measureMemory, load: measureLoad, scan: measureScan, hostile: measureHostile }
const MORE_PARTS = {
  http: measureHttp,
  loop: measureLoop,
  live: measureLive,
  ship: measureShip,
  search: measureSearch,
  pieces: measurePieces,
}
const known = [...ROWS, ...MORE].map(({ name }) => name).concat(Object.keys(PARTS), Object.keys(MORE_PARTS))
const unknown = names.find((name) => !known.includes(name))
if (unknown !== undefined)
  throw new Error(`no row is called ${unknown}; there are ${[...new Set(known)].join(', ')}`)

const rows = names.length === 0 ? ROWS : [...ROWS, ...MORE].filter(({ name }) => names.includes(name))
const parts = Object.entries(names.length === 0 ? PARTS : { ...PARTS, ...MORE_PARTS }).filter(
  ([name]) => names.length === 0 || names.includes(name),
)

const started = performance.now()
const folder = mkdtempSync(join(options.dir, 'hushlog-bench-'))
const peers = join(folder, 'peers')
try {
  printHeader()
  if (rows.some(({ name }) => name === 'peers' || name === 'store')) preparePeers()
  if (rows.length > 0) measureTable()
  for (const [, measure] of parts) await measure()
  console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function preparePeers() {
  mkdirSync(peers, { recursive: true })
  installPeers(peers)
  console.log(
    `\nInstalled for this run: ${Object.entries(PEERS)
      .map((peer) => peer.join(' '))
      .join(', ')}`,
  )
}

function printHeader() {
  const version = (name) =>
    `${name} ${JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url))).version}`
  const place =
    statfsSync(folder).type === TMPFS ? 'a tmpfs, NOT A DISK: give another one with --dir' : 'on a disk'
  const [load] = loadavg()
  console.log(`hushlog against ${['pino', 'sonic-boom', 'hide-secrets'].map(version).join(', ')}
Node ${process.version}, ${availableParallelism()} CPUs (${cpus()[0].model}), files in ${options.dir}, ${place}
${rounds} rounds; load when it began ${load.toFixed(1)}${load > 0.5 ? ': NOT CALM, trust the ratios less' : ''}

CPU time of the whole process, user and system, all threads: median [least-most]. Nanoseconds are this machine's,
today; compare only ratios, which are taken within a round. Loggers take turns, each sample is a process of its own,
${WARM_UP_MS} ms of CPU to warm up and ${MS} ms measured, ended by one fsync for each. The files are checked: all lines are
there, and in ours no secret is.

The same: the log calls, 100 in each turn of the event loop unless it is told, a real file, JSON.
Not the same:
- hushlog searches every line for all its rules, and cuts; of the others each cuts what it can. Their lines hold no
  secret in any sample.
- hushlog's lines are longer: operation, request id, service, host, ISO time.
- hushlog writes at the end of each turn, and errors before the call returns; pino keeps up to 16 or 4 KB in memory,
  which a killed process loses.
- pino with something else is pino async 4 KB with it.`)
}

function measureTable() {
  const samples = new Map()
  for (const row of rows) {
    for (const each of [sampleOf(row, row.ours, row.everyNth ?? 0), sampleOf(row, row.than, 0)])
      if (!samples.has(each.key)) samples.set(each.key, { ...each, results: [] })
  }
  for (let round = 0; round < rounds; round++)
    for (const each of samples.values()) each.results.push(take(each))

  console.log('\nCPU of a line\n')
  const resultsOf = (each) => samples.get(each.key).results
  printTable([
    ['', 'ours', 'over', 'times', 'at most', '', 'ns', 'ns of the other'],
    ...rows.map((row) => {
      const ours = resultsOf(sampleOf(row, row.ours, row.everyNth ?? 0)).map(({ nsPerLine }) => nsPerLine)
      const theirs = resultsOf(sampleOf(row, row.than, 0)).map(({ nsPerLine }) => nsPerLine)
      return [
        `${row.name}: ${whatOf(row)}`,
        row.ours,
        row.than,
        ratio(ours, theirs),
        ...verdict(row.atMost, median(ours.map((value, round) => value / theirs[round]))),
        spread(ours),
        spread(theirs),
      ]
    }),
  ])
  const sizes = [...samples.values()]
    .filter(({ logger, everyNth }) => logger === 'hushlog' && everyNth === 0)
    .map(
      ({ payload, results }) =>
        `${PAYLOADS[payload].is} ${Math.round(median(results.map((each) => each.bytesPerLine)))}`,
    )
  if (sizes.length > 0) console.log(`\n  bytes of a line of hushlog: ${sizes.join(', ')}`)
}

function sampleOf({ payload, perTurn = 100 }, logger, everyNth) {
  return { key: JSON.stringify([payload, perTurn, logger, everyNth]), payload, perTurn, logger, everyNth }
}

function whatOf({ payload, everyNth, perTurn }) {
  const secrets = everyNth === undefined ? '' : `, a secret in ${100 / everyNth} % of the lines`
  const turns = perTurn === undefined ? '' : `, ${perTurn} a turn`
  return `${PAYLOADS[payload].size}${secrets}${turns}`
}

function verdict(atMost, value) {
  return atMost === undefined ? ['', ''] : [String(atMost), value <= atMost ? 'met' : 'MISSED']
}

function take({ logger, payload, perTurn, everyNth }) {
  const dir = mkdtempSync(join(folder, 'sample-'))
  const result = runNode('sample.js', [
    JSON.stringify({ logger, payload, perTurn, everyNth, warmUpMs: WARM_UP_MS, ms: MS, dir, peers }),
  ])
  rmSync(dir, { recursive: true, force: true })
  return result
}

function measureMemory() {
  const rss = { hushlog: [], 'pino sync 16 KB': [] }
  for (let round = 0; round < rounds; round++) {
    for (const logger of Object.keys(rss)) {
      const dir = mkdtempSync(join(folder, 'memory-'))
      rss[logger].push(runNode('memory.js', [logger, dir], ['--expose-gc']).rss / MB)
    }
  }
  const more = rss.hushlog.map((value, round) => value - rss['pino sync 16 KB'][round])
  console.log('\nResident memory after 50,000 lines, at rest, all that is unused collected\n')
  printTable([
    ['', 'MB more', 'at most', '', 'MB', 'MB of pino'],
    [
      'memory',
      spread(more, 1),
      ...verdict(12, median(more)),
      spread(rss.hushlog, 1),
      spread(rss['pino sync 16 KB'], 1),
    ],
  ])
}

function measureLoad() {
  const ms = { hushlog: [], pino: [] }
  for (let round = 0; round < 2 * rounds; round++)
    for (const module of Object.keys(ms)) ms[module].push(runNode('load.js', [module]).ms)
  console.log('\nCPU until a module is loaded\n')
  printTable([
    ['', 'times pino', 'at most', '', 'ms', 'ms of pino'],
    [
      'load',
      ratio(ms.hushlog, ms.pino),
      ...verdict(1.5, median(ms.hushlog.map((value, round) => value / ms.pino[round]))),
      spread(ms.hushlog, 1),
      spread(ms.pino, 1),
    ],
  ])
}

function measureScan() {
  show('scan.js', String(rounds))
}

function measureHostile() {
  show('hostile.js')
}

async function measureHttp() {
  const http = await import('./http.js')
  console.log(`
HTTP: a server in a process of its own, 50 connections that never pause, 3 s a sample. CPU is that of one request;
added is what it is more than the same server's without a logger. Ratios are ours over theirs.
`)
  await http.measureHttp({ rounds, seconds: 3, folder })
}

function measureLoop() {
  const loggers = ['no logger', 'pino async 4 KB', 'hushlog, rotating']
  const samples = loggers.map(() => [])
  for (let round = 0; round < rounds; round++) {
    loggers.forEach((logger, i) => {
      const dir = mkdtempSync(join(folder, 'loop-'))
      samples[i].push(runNode('loop-sample.js', [logger, dir, '4']).p99)
      rmSync(dir, { recursive: true, force: true })
    })
  }
  console.log('\nEvent loop at 20,000 lines of 200 B a second, 99th percentile of its delay\n')
  printTable([
    ['', 'ms', 'x pino async'],
    ...loggers.map((logger, i) => [logger, spread(samples[i], 2), ratio(samples[i], samples[1])]),
  ])
}

function measureLive() {
  const modes = ['off', 'syslog over TLS', 'syslog over TCP', 'transport pino/file']
  const samples = modes.map(() => [])
  for (let round = 0; round < rounds; round++) {
    modes.forEach((mode, i) => {
      const dir = mkdtempSync(join(folder, 'live-'))
      samples[i].push(runNode('live-sample.js', [mode, dir, '2']))
      rmSync(dir, { recursive: true, force: true })
    })
  }
  const [cpu, p99] = ['cpu', 'p99'].map((name) => samples.map((round) => round.map((sample) => sample[name])))
  console.log(`\nLive lines of 200 B to a receiver that reads: CPU ns a line as fast as it goes; at 20,000 lines a second the
99th percentile of the event loop's delay, ms\n`)
  printTable([
    ['', 'ns', 'x off', 'p99', 'x off', 'missed'],
    ...modes.map((mode, i) => [
      mode,
      spread(cpu[i]),
      ratio(cpu[i], cpu[0]),
      spread(p99[i], 2),
      ratio(p99[i], p99[0]),
      spread(samples[i].map(({ missed }) => missed)),
    ]),
  ])
}

async function measureShip() {
  const ship = await import('./ship.js')
  await ship.measureShip({ rounds, megabytes: megabytes ?? (isFull ? 5000 : 200), folder })
}

async function measureSearch() {
  const search = await import('./search.js')
  const logs = join(folder, 'search')
  await search.measureSearch({ rounds, megabytes: megabytes ?? (isFull ? 20_000 : 300), folder: logs })
}

function measurePieces() {
  const { results } = runNode('micro.js', ['9', '60'])
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

function show(file, ...args) {
  execFileSync(process.execPath, [pathOf(file), ...args], { stdio: 'inherit' })
}

function runNode(file, args, flags = []) {
  const stdio = ['ignore', 'pipe', 'pipe']
  return JSON.parse(
    execFileSync(process.execPath, [...flags, pathOf(file), ...args], { stdio, encoding: 'utf8' }),
  )
}

function pathOf(file) {
  return fileURLToPath(new URL(`./${file}`, import.meta.url))
}
