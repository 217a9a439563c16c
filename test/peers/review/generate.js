/**
 * Log directories of three hosts over 90 days, as hushlog would have left them, with what is planted into them; the same
 * lines as plain gzip; and a count of them that no code of hushlog's has made.
 *
 *   node test/peers/review/generate.js --dir DIR [--mb 150] [--seed 1] [--calm]
 *
 * Makes DIR/web-1, DIR/web-2 and DIR/api-1 (log directories), DIR/plain/HOST/SEGMENT.log.gz, DIR/identity (the key to
 * the segments) and DIR/truth.json (what is in them, and what a report must say). --mb is the text of all hosts in MB;
 * 20000 takes some 6 GB of disk. --calm plants nothing that a report would tell of. Where the same was made before it
 * stays. Needs the build.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { toldOf } from './incidents.js'
import { emptyTally, merge } from './tally.js'
import { DAY, DAYS, HOSTS, HOUR, usersOf } from './world.js'

/** Whenever the generator makes other lines or other files. */
const VERSION = 3
const MB = 1e6
/** As hushlog's default; a smaller log gets smaller ones, so that there are as many of them. */
const LARGEST_SEGMENT = 64 * 1024 * 1024
const SMALLEST_SEGMENT = 64 * 1024
const SEGMENTS = 500

/**
 * @param options `{ dir, megabytes, seed?, incidents?, now? }`; `now` in milliseconds since the epoch: up to its hour
 * there are lines
 * @returns what stands in truth.json
 */
export async function generate({ dir, megabytes = 150, seed = 1, incidents = true, now = Date.now() }) {
  const made = readTruth(dir)
  if (made !== undefined) {
    if (
      made.version === VERSION &&
      made.megabytes === megabytes &&
      made.seed === seed &&
      made.isCalm === !incidents
    )
      return made
    throw new Error(
      `${dir} holds other logs: ${made.megabytes} MB of seed ${made.seed}, version ${made.version}`,
    )
  }
  if (existsSync(dir) && readdirSync(dir).length > 0) throw new Error(`${dir} is not empty`)
  mkdirSync(dir, { recursive: true })
  const recipient = await makeIdentity(join(dir, 'identity'))
  const hour = Math.floor(now / HOUR) * HOUR
  const end = Math.floor(hour / DAY) * DAY
  const start = end - DAYS * DAY
  const began = performance.now()
  const hosts = await Promise.all(
    HOSTS.map(({ host }, index) =>
      runHost({
        ...{ index, seed, megabytes, start, incidents, now: hour },
        dir: join(dir, host),
        plain: join(dir, 'plain', host),
        scratch: join(dir, 'scratch', host),
        recipients: [recipient],
        maxSize: segmentSize(megabytes),
      }),
    ),
  )
  rmSync(join(dir, 'scratch'), { recursive: true, force: true })
  const users = usersOf(megabytes)
  const truth = {
    ...{ version: VERSION, megabytes, seed, isCalm: !incidents, start, end, now: hour },
    seconds: (performance.now() - began) / 1000,
    hosts: hosts.map(({ whole, parts, ...numbers }) => ({ ...numbers, days: linesByDay(whole, parts) })),
    incidents: incidents ? toldOf(start, users) : [],
    whole: hosts.reduce(
      (sum, { whole, parts }) => Object.values(parts).reduce(merge, merge(sum, whole)),
      emptyTally(),
    ),
    parts: Object.assign({}, ...hosts.map(({ parts }) => parts)),
  }
  writeFileSync(join(dir, 'truth.json'), JSON.stringify(truth))
  return truth
}

function readTruth(dir) {
  const path = join(dir, 'truth.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

async function makeIdentity(path) {
  const identity = await generateX25519Identity()
  writeFileSync(path, `${identity}\n`, { mode: 0o600 })
  return identityToRecipient(identity)
}

function segmentSize(megabytes) {
  const size = Math.round((megabytes * MB) / SEGMENTS)
  return Math.min(LARGEST_SEGMENT, Math.max(SMALLEST_SEGMENT, size))
}

async function runHost(settings) {
  const program = fileURLToPath(new URL('host.js', import.meta.url))
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${HOSTS[settings.index].host} could not be made`)
  return JSON.parse(readFileSync(join(settings.scratch, 'truth.json'), 'utf8'))
}

/** Lines of each day, those of damaged segments too. */
function linesByDay(whole, parts) {
  const days = {}
  for (const tally of [whole, ...Object.values(parts)])
    for (const [day, { lines }] of Object.entries(tally.days)) days[day] = (days[day] ?? 0) + lines
  return days
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()

async function main() {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string' },
      mb: { type: 'string', default: process.env.HUSHLOG_FULL === '1' ? '20000' : '150' },
      seed: { type: 'string', default: '1' },
      calm: { type: 'boolean', default: false },
    },
  })
  const megabytes = Number(values.mb)
  if (values.dir === undefined || !(megabytes >= 10 && megabytes <= 20_000))
    throw new Error('it takes --dir DIR, and --mb from 10 to 20000')
  const seed = Number(values.seed)
  const { hosts, seconds } = await generate({ dir: values.dir, megabytes, seed, incidents: !values.calm })
  for (const { host, segments, bytes, requests } of hosts)
    console.log(`${host}: ${segments} segments, ${(bytes / MB).toFixed(1)} MB, ${requests} requests`)
  const text = hosts.reduce((sum, { bytes }) => sum + bytes, 0) / MB
  console.log(`${text.toFixed(0)} MB in ${seconds.toFixed(1)} s: ${(text / seconds).toFixed(1)} MB/s`)
}
