// The main job on real input: an Express app and a Fastify app, real requests, and what then stands on the disk.
// npm run demo, or node examples/demo.js --keep DIR to look into the log directory afterwards.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  checkLedger,
  filesIn,
  ledgerIn,
  linesIn,
  occurrences,
  problemOf,
  segmentsOf,
} from './demo/evidence.js'
import { formsOf, inventSecrets } from './demo/secrets.js'
import { claim, heading, logLine, note, number, say, table } from './demo/terminal.js'
import { sendTraffic } from './demo/traffic.js'

const REQUESTS = 600
const APPS = [
  { framework: 'Express', service: 'shop', file: 'express-app.js' },
  { framework: 'Fastify', service: 'stock', file: 'fastify-app.js' },
]

const { keep } = parseArgs({ options: { keep: { type: 'string' } } }).values
const started = performance.now()
const { word, secrets } = inventSecrets()
const folder = makeFolder()
const dir = join(folder, 'logs')
try {
  const running = await Promise.all(APPS.map(runApp))
  const filesBefore = filesIn(dir)
  const apps = await Promise.all(running.map(async ({ stop, ...app }) => ({ ...app, stats: await stop() })))
  const files = filesIn(dir)
  const lines = linesIn(files)
  const records = lines.filter((line) => problemOf(line) === undefined).map((line) => JSON.parse(line))
  showTraffic(apps)
  showLines(records)
  showCuts(apps)
  showSegments(files)
  const claims = [
    ...checkRequests(apps, records),
    ...checkLines(lines, records),
    ...checkStore(apps, files),
    ...checkSecrets(filesBefore, files),
  ]
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  say(`\n${claims.every(Boolean) ? 'All of it holds' : 'Not all of it holds'}; ${seconds} s.`)
  if (keep !== undefined) say(`The log directory is ${dir}`)
  process.exitCode = claims.every(Boolean) ? 0 : 1
} finally {
  if (keep === undefined) rmSync(folder, { recursive: true, force: true })
}

function makeFolder() {
  if (keep === undefined) return mkdtempSync(join(tmpdir(), 'hushlog-demo-'))
  mkdirSync(keep, { recursive: true })
  return mkdtempSync(join(resolve(keep), 'demo-'))
}

/** One server in a process of its own, as in life; both log into one directory. */
async function runApp({ framework, service, file }) {
  const path = fileURLToPath(new URL(`./demo/${file}`, import.meta.url))
  const env = { PATH: process.env.PATH, DB_PASSWORD: secrets['password in the environment'] }
  const child = fork(path, { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let words = ''
  child.stderr.on('data', (data) => (words += data))
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the ${framework} app ended with code ${code}: ${words}`)
  })
  ended.catch(() => {})
  const told = async () => (await Promise.race([once(child, 'message'), ended]))[0]

  child.send({
    dir,
    hidden: secrets['value given to hide()'],
    databasePassword: secrets['password in a connection string'],
  })
  const { port } = await told()
  const counts = await sendTraffic(port, secrets, REQUESTS)
  const stop = async () => {
    child.send('stop')
    return (await told()).stats
  }
  return { framework, service, counts, stop }
}

function showTraffic(apps) {
  heading('Requests sent')
  const statuses = [...new Set(apps.flatMap(({ counts }) => Object.keys(counts.statuses)))].sort()
  table([
    ['app', 'sent', ...statuses, 'aborted'],
    ...apps.map(({ framework, counts }) => [
      framework,
      counts.sent,
      ...statuses.map((status) => counts.statuses[status] ?? 0),
      counts.aborted,
    ]),
  ])
  note('401: failed logins. 500: a database error. Half of the aborted ones got the beginning of an answer.')
}

function showLines(records) {
  heading('On the disk')
  const access = (wanted) => records.find((record) => record.kind === 'access' && wanted(record))
  note('an access record, its message:')
  logLine(access(({ msg }) => msg.includes('access_token')).msg)
  note('of requests that were aborted before and in the middle of the answer:')
  logLine(access(({ aborted, operation }) => aborted && operation === 'GET /slow').msg)
  logLine(access(({ aborted, operation }) => aborted && operation === 'GET /export').msg)
  note('what a careless handler logged:')
  logLine(JSON.stringify(records.find(({ body }) => body?.webhook !== undefined)), 14)
  note('a failed login, written as an audit record by itself:')
  logLine(JSON.stringify(records.find(({ kind, outcome }) => kind === 'audit' && outcome === 'failure')))
  note('the error of a 500, without its stack:')
  const { err } = access(({ res }) => res.statusCode === 500)
  logLine(JSON.stringify({ type: err.type, message: err.message }))
}

function showCuts(apps) {
  heading('What was cut, by rule')
  const total = new Map()
  for (const { stats } of apps) {
    for (const [rule, count] of Object.entries(stats.scrubbed))
      total.set(rule, (total.get(rule) ?? 0) + count)
  }
  const rules = [...total].sort((a, b) => b[1] - a[1])
  const rows = Math.ceil(rules.length / 3)
  const cells = (i) => [0, 1, 2].flatMap((column) => rules[i + column * rows] ?? ['', ''])
  table(Array.from({ length: rows }, (_, i) => cells(i)))
}

function showSegments(files) {
  const segments = segmentsOf(ledgerIn(files))
  heading(`Sealed segments: ${segments.length}, the first and the last of them`)
  table([
    ['file', 'lines', 'bytes', 'compressed', 'ended by'],
    ...[...segments.slice(0, 2), ...segments.slice(-2)].map((segment) => [
      `…${segment.path.slice(-48)}`,
      segment.lines,
      segment.bytes,
      segment.sealedBytes,
      segment.reason,
    ]),
  ])
  heading('The ledger, its first two entries')
  for (const entry of ledgerIn(files).slice(0, 2)) logLine(entry)
}

function checkRequests(apps, records) {
  heading('Requests')
  const access = records.filter(({ kind }) => kind === 'access')
  const counted = apps.map(({ framework, service, counts }) => {
    const found = access.filter((record) => record.service === service).length
    return claim(
      found === counts.sent,
      `${framework}: ${number(counts.sent)} requests sent, ${number(found)} access records`,
    )
  })
  const ids = new Set(access.map(({ reqId }) => reqId))
  const aborted = access.filter((record) => record.aborted).length
  const abortedSent = apps.reduce((sum, { counts }) => sum + counts.aborted, 0)
  const failed = records.filter(
    ({ action, outcome }) => action === 'auth.login' && outcome === 'failure',
  ).length
  const failedSent = apps.reduce((sum, { counts }) => sum + counts.statuses[401], 0)
  return [
    ...counted,
    claim(ids.size === access.length, `${number(ids.size)} different request ids`),
    claim(aborted === abortedSent, `${abortedSent} requests aborted, ${aborted} access records say so`),
    claim(failed === failedSent, `${failedSent} logins failed, ${failed} audit records say so`),
  ]
}

function checkLines(lines, records) {
  heading('Lines')
  const problem = lines.map(problemOf).find(Boolean)
  const gaps = records.filter(({ kind }) => kind === 'gap').length
  return [
    claim(
      problem === undefined,
      `${number(lines.length)} lines: JSON, each with time, operation and reqId exactly once`,
      problem,
    ),
    claim(gaps === 0, 'no gap record: no line was lost'),
  ]
}

function checkStore(apps, files) {
  heading('Store')
  const entries = ledgerIn(files)
  const problem = checkLedger(entries, files)
  const full = segmentsOf(entries).filter(({ reason }) => reason === 'size').length
  const sealed = apps.reduce((sum, { stats }) => sum + stats.store.sealed, 0)
  return [
    claim(
      full >= 2,
      `${full} segments were full, so sealed while the apps ran; ${sealed} with those that close() sealed`,
    ),
    claim(
      problem === undefined,
      `${entries.length} ledger entries: chained, signed, and each sealed file has the hash that they list`,
      problem,
    ),
    claim(!files.some(({ path }) => path.startsWith('open/')), 'nothing is left in open/'),
  ]
}

function checkSecrets(filesBefore, files) {
  heading('Secrets')
  note(`invented for this run: ${Object.keys(secrets).join(', ')}`)
  const open = filesBefore.filter(({ path }) => path.startsWith('open/'))
  const searched = [...open, ...files]
  const wanted = Object.entries(secrets).map(([place, secret]) => ({
    place,
    found: occurrences(searched, formsOf(secret)).size,
  }))
  const leaked = wanted.filter(({ found }) => found > 0).map(({ place }) => place)
  const parts = occurrences(searched, [...formsOf(word), word.toUpperCase()]).size
  const control = occurrences(searched, ['"username":"ada"']).get('"username":"ada"') ?? 0
  const bytes = searched.reduce((sum, { plain }) => sum + plain.length, 0)
  note(
    `searched ${searched.length} files, ${number(bytes)} bytes uncompressed: ${open.length} segments while they were open, ` +
      'all sealed ones, the ledger and whatever else lies in the directory',
  )
  return [
    claim(
      leaked.length === 0,
      `${wanted.length} secrets sent or logged; as they are, percent-encoded and in base64: ${leaked.length} found`,
      leaked.join(', '),
    ),
    claim(
      parts === 0,
      'the word that all but the card number are made of is nowhere, so no part of one either',
    ),
    claim(control > 0, `the same search finds what is no secret: the user "ada" ${number(control)} times`),
  ]
}
