/**
 * What shipping costs, against a real gateway on loopback: bytes on the wire, memory, the program's event loop, and
 * throughput against the SDK's bare PutObject.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Keeper } from '../build/keep/keeper.js'
import { prepareDirectory } from '../build/store/directory.js'
import { segmentName, thisWriter } from '../build/store/segment.js'
import { startPlace } from './ship-place.js'
import { median, printTable, ratio, spread } from './statistics.js'

const MB = 1e6
const MOST_ON_WIRE = 0.15
const MOST_MEMORY = 90
const MOST_P99 = 1.1
const LEAST_THROUGHPUT = 0.8
const CONCURRENCY = 2
const WRITERS = 4
const PACED_SECONDS = 5
const SIZES = [
  { name: '8 MB', bytes: 8 * MB, count: 16 },
  { name: '1 MB', bytes: MB, count: 64 },
]
/** Of 8 MB. */
const BACKLOG = 48

const runFile = promisify(execFile)

/**
 * @param megabytes of text whose way over the wire is counted
 * @param folder where logs go
 */
export async function measureShip({ rounds, megabytes, folder }) {
  for (const measure of [measureDay, measureLoop, measureThroughput]) {
    const place = await startPlace()
    const scratch = mkdtempSync(join(folder, 'ship-'))
    try {
      await measure({ rounds, megabytes, place, folder: scratch })
    } finally {
      await place.stop()
      rmSync(scratch, { recursive: true, force: true })
    }
  }
}

async function measureDay({ rounds, megabytes, place, folder }) {
  const made = join(folder, 'made')
  await sample(place, { mode: 'make', dir: made, megabytes })
  const segments = segmentsOf(made)
  const [text, sealed] = ['bytes', 'sealedBytes'].map((name) => sum(segments, name))
  const [shares, rest, most, more] = [[], [], [], []]
  for (let round = 0; round < rounds; round++) {
    const dir = copyOf(made, folder)
    const wire = await place.wire()
    const ship = { s3: { bucket: await place.bucket(), endpoint: wire.endpoint } }
    rest.push((await sample(place, { mode: 'rest', dir })).rss / MB)
    most.push((await sample(place, { mode: 'ship', dir, ship, segments: segments.length })).rss / MB)
    wire.close()
    checkShipped(dir, segments.length)
    more.push(most[round] - rest[round])
    shares.push((wire.bytes.sent + wire.bytes.received) / text)
    rmSync(dir, { recursive: true })
  }
  console.log(`
Shipping ${(text / MB).toFixed(0)} MB of text, ${segments.length} segments, ${(sealed / text).toFixed(4)} of it when sealed
`)
  printTable([
    ['', '', 'at most', '', 'shipping', 'at rest'],
    ['bytes on the wire / text', spread(shares, 4), ...verdict(MOST_ON_WIRE, median(shares)), '', ''],
    [
      'memory, MB more',
      spread(more, 1),
      ...verdict(MOST_MEMORY, median(more)),
      spread(most, 1),
      spread(rest, 1),
    ],
  ])
}

async function measureLoop({ rounds, place, folder }) {
  const backlog = await sealedDirectory(folder, { bytes: 8 * MB, count: BACKLOG })
  const pace = { mode: 'pace', seconds: PACED_SECONDS, maxSize: '1 MB' }
  const shipping = async () => ({ ship: { s3: { bucket: await place.bucket(), endpoint: place.endpoint } } })
  const rows = {
    'not shipping': async () => pace,
    'shipping what it seals': async () => ({ ...pace, ...(await shipping()) }),
    'not shipping, a backlog': async () => ({ ...pace, from: backlog }),
    'shipping the backlog': async () => ({
      ...pace,
      ...(await shipping()),
      from: backlog,
      segments: BACKLOG,
    }),
  }
  const samples = Object.fromEntries(Object.keys(rows).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, row] of Object.entries(rows)) {
      const { from, ...options } = await row()
      const dir = from === undefined ? join(mkdtempSync(join(folder, 'loop-')), 'logs') : copyOf(from, folder)
      samples[name].push(await sample(place, { ...options, dir }))
      rmSync(dir, { recursive: true })
    }
  }
  const p99 = (name) => samples[name].map(({ p99 }) => p99)
  const row = (name, than) => [
    name,
    spread(p99(name), 2),
    than === undefined ? '' : ratio(p99(name), p99(than)),
    ...(than === undefined ? ['', ''] : verdict(MOST_P99, medianRatio(p99(name), p99(than)))),
    spread(samples[name].map(({ segments }) => segments)),
    spread(
      samples[name].map(({ bytes }) => bytes / MB),
      1,
    ),
    spread(
      samples[name].map(({ took }) => took / 1000),
      1,
    ),
  ]
  console.log('\nEvent loop at 2,000 lines a second, sealed each 1 MB, 99th percentile of its delay\n')
  printTable([
    ['', 'ms', 'x not shipping', 'at most', '', 'segments shipped', 'MB', 's'],
    row('not shipping'),
    row('shipping what it seals', 'not shipping'),
    row('not shipping, a backlog'),
    row('shipping the backlog', 'not shipping, a backlog'),
  ])
}

async function measureThroughput({ rounds, place, folder }) {
  const table = [['', 'ours / bare', 'at least', '', 'MB/s', 'MB/s bare', 'CPU s', 'CPU s bare']]
  for (const size of SIZES) {
    const made = await sealedDirectory(folder, size)
    const segments = segmentsOf(made)
    const files = segments.map(({ path, sealedBytes }) => ({ path, bytes: sealedBytes }))
    const samples = { hushlog: [], bare: [] }
    for (let round = 0; round < rounds; round++) {
      for (const sender of Object.keys(samples)) {
        const dir = copyOf(made, folder)
        const bucket = await place.bucket(sender === 'hushlog')
        const job = { sender, dir, files, bucket, endpoint: place.endpoint, concurrency: CONCURRENCY }
        samples[sender].push(await runNode('ship-throughput.js', place.env, job))
        if (sender === 'hushlog') checkShipped(dir, segments.length)
        rmSync(dir, { recursive: true })
      }
    }
    rmSync(made, { recursive: true })
    const rates = (sender) =>
      samples[sender].map(({ seconds }) => sum(segments, 'sealedBytes') / MB / seconds)
    const cpu = (sender) =>
      spread(
        samples[sender].map(({ cpu }) => cpu),
        2,
      )
    const value = medianRatio(rates('hushlog'), rates('bare'))
    table.push([
      `${segments.length} segments of ${size.name}`,
      ratio(rates('hushlog'), rates('bare')),
      String(LEAST_THROUGHPUT),
      value >= LEAST_THROUGHPUT ? 'met' : 'MISSED',
      ...['hushlog', 'bare'].map((sender) => spread(rates(sender), 1)),
      ...['hushlog', 'bare'].map(cpu),
    ])
  }
  console.log(
    `\nThroughput, ${CONCURRENCY} at once, of ${WRITERS} writers: looked for, sent, read back and recorded\n`,
  )
  printTable(table)
}

function sample({ env }, options) {
  return runNode('ship-sample.js', env, options)
}

async function runNode(file, env, options) {
  const path = fileURLToPath(new URL(`./${file}`, import.meta.url))
  const { stdout } = await runFile(process.execPath, [path, JSON.stringify(options)], { env })
  return JSON.parse(stdout)
}

/** Segments that packing makes no smaller, of writers that are dead. */
async function sealedDirectory(folder, { bytes, count }) {
  const dir = prepareDirectory(join(mkdtempSync(join(folder, 'sealed-')), 'logs'), { explicit: true })
  for (let i = 1; i <= count; i++) {
    const writer = { ...thisWriter('bench'), pid: 2 ** 30 + (i % WRITERS) }
    const line = () =>
      JSON.stringify({ time: new Date().toISOString(), msg: randomBytes(3072).toString('base64') })
    const text = Array.from({ length: Math.ceil(bytes / 3100) }, line)
    writeFileSync(join(dir, 'open', segmentName(writer, Date.now(), i)), `${text.join('\n')}\n`, {
      mode: 0o600,
    })
  }
  const errors = []
  const keeper = new Keeper({ dir, keepDays: 90, onError: ({ message }) => errors.push(message) })
  await keeper.start()
  await keeper.close()
  if (errors.length > 0) throw new Error(errors.join('; '))
  return dir
}

function copyOf(made, folder) {
  const dir = join(mkdtempSync(join(folder, 'copy-')), 'logs')
  cpSync(made, dir, { recursive: true, preserveTimestamps: true })
  return dir
}

function entriesOf(dir) {
  return readFileSync(join(dir, 'ledger', 'ledger.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(JSON.parse)
}

function segmentsOf(dir) {
  return entriesOf(dir).filter(({ kind }) => kind === 'segment')
}

function checkShipped(dir, least) {
  const entries = entriesOf(dir)
  const shipped = entries.filter(({ kind }) => kind === 'shipped').length
  const isAnchored = entries.some(({ kind }) => kind === 'anchored')
  if (shipped < least || !isAnchored) throw new Error(`${shipped} of ${least} segments were shipped`)
}

function sum(rows, name) {
  return rows.reduce((total, row) => total + row[name], 0)
}

function medianRatio(ours, theirs) {
  return median(ours.map((value, round) => value / theirs[round]))
}

function verdict(atMost, value) {
  return [String(atMost), value <= atMost ? 'met' : 'MISSED']
}
