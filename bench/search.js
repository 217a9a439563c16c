/**
 * Searching and reviewing 90 days of three hosts, sealed and encrypted, beside `zcat | grep` over the same lines in plain
 * gzip: npm run bench -- search, or
 *
 *   node bench/search.js [--mb 300] [--dir DIR] [--rounds 3]
 *
 * The logs are generated (test/peers/review/generate.js) into DIR if it is empty, and used again if it is not; without
 * --dir into a temporary folder. --mb 20000 takes 6 GB of disk. Needs the build.
 */
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generate } from '../test/peers/review/generate.js'
import { CLI, peakIn, TELLING_MEMORY } from '../test/peers/review/measured.js'
import { DAY, HOSTS } from '../test/peers/review/world.js'
import { median, printTable, ratio, spread } from './statistics.js'

const MB = 1e6
const WEEK = 7 * DAY
const ALL = 90 * DAY
/** In the lines of few downloads. */
const FREE_TEXT = '"file":"manual-17.pdf"'

/** @param folder where the logs are, or are made */
export async function measureSearch({ rounds, megabytes, folder }) {
  const truth = await generate({ dir: folder, megabytes })
  const scratch = mkdtempSync(join(folder, 'scratch-'))
  try {
    describe(folder, truth)
    const questions = questionsOf(folder, truth)
    const samples = questions.map(() => ({ ours: [], theirs: [] }))
    for (let round = 0; round < rounds; round++)
      questions.forEach(({ ours, theirs }, i) => {
        samples[i].theirs.push(timed(theirs, scratch))
        samples[i].ours.push(timed(ours, scratch, true))
      })
    show(questions, samples)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function describe(folder, { hosts, seconds, megabytes }) {
  const sum = (name) => hosts.reduce((all, host) => all + host[name], 0)
  const sealed = HOSTS.reduce((all, { host }) => all + bytesBelow(join(folder, host, 'sealed')), 0)
  const plain = bytesBelow(join(folder, 'plain'))
  console.log(`
Searching ${(sum('bytes') / MB).toFixed(0)} MB of text (${megabytes} asked for), ${sum('requests')} requests of ${HOSTS.length} hosts in 90 days:
${sum('segments')} segments, ${(sealed / MB).toFixed(1)} MB sealed and encrypted, ${(plain / MB).toFixed(1)} MB as plain gzip; generated at ${(sum('bytes') / MB / seconds).toFixed(0)} MB/s
`)
}

function bytesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

/**
 * Each: what is asked of hushlog and of grep; `lines`: both must print as many; `least` times faster or `most` times as
 * long as wanted.
 */
function questionsOf(folder, truth) {
  const { start, end, whole } = truth
  const time = (moment) => new Date(moment).toISOString()
  const dirs = HOSTS.map(({ host }) => join(folder, host))
  const identity = ['--identity', join(folder, 'identity')]
  const search = (...args) => [
    ...['search', '--verbose', '--json', ...identity, ...dirs.flatMap((dir) => ['--dir', dir])],
    ...['--until', time(end), ...args],
  ]
  const review = (days) => [
    ...['review', '--json', '--no-record', ...identity],
    ...['--since', time(end - days), '--until', time(end), ...dirs],
  ]
  // One that went through two services.
  const id = Object.keys(whole.stories).find((name) => new Set(whole.stories[name].map(hostOf)).size === 2)
  const files = filesOf(folder)
  const ofWeek = filesOf(
    folder,
    time(end - WEEK)
      .slice(0, 10)
      .replaceAll('-', ''),
  )
  const days = Array.from({ length: 7 }, (_, i) => time(end - (i + 1) * DAY).slice(0, 10)).join('|')
  const failed = `grep -F '"outcome":"failure"' | grep -F '"action":"auth.login"' | grep -E '"time":"(${days})'`
  const weekly = ['--since', time(end - WEEK), '--audit=auth.login', '--outcome', 'failure']
  const zcat = (list, rest) => `zcat ${list.join(' ')} | ${rest}`
  return [
    {
      name: 'one request id',
      ours: search('--request-id', id),
      theirs: zcat(files, `grep -F ${id}`),
      lines: true,
      least: 50,
    },
    {
      name: 'failed logins of a week',
      ours: search(...weekly),
      theirs: zcat(files, failed),
      lines: true,
      least: 10,
    },
    {
      name: "the same, over that week's files alone",
      ours: search(...weekly),
      theirs: zcat(ofWeek, failed),
      lines: true,
    },
    {
      name: 'free text, everywhere',
      ours: search('--since', time(start), FREE_TEXT),
      theirs: zcat(files, `grep -F '${FREE_TEXT}'`),
      most: 1.5,
    },
    {
      name: 'review of 7 days, over grep of all',
      ours: review(WEEK),
      theirs: zcat(files, `grep -cF '"kind":"audit"'`),
      most: 1.5,
    },
    {
      name: 'review of 90 days, over grep of all',
      ours: review(ALL),
      theirs: zcat(files, `grep -cF '"kind":"audit"'`),
      most: 1.5,
    },
  ]
}

function hostOf(line) {
  return JSON.parse(line).host
}

/** Of plain gzip, from a day on. */
function filesOf(folder, since = '') {
  return HOSTS.flatMap(({ host }) => {
    const below = join(folder, 'plain', host)
    return readdirSync(below)
      .filter((file) => file.split('.').at(-4) >= since)
      .sort()
      .map((file) => join(below, file))
  })
}

/** Seconds on the wall and of CPU of all that it starts; of ours the memory too, and what it says of segments. */
function timed(command, scratch, isOurs = false) {
  const [out, err, memory, script] = ['out', 'err', 'memory', 'script'].map((name) => join(scratch, name))
  const text = isOurs ? '"$@"' : command
  // Whoever finds damaged segments, or nothing, says so with the exit code.
  writeFileSync(script, `TIMEFORMAT='%R %U %S'\n{ time { ${text}; } >"$OUT" 2>"$ERR"; } 2>&1 || true\n`)
  const args = isOurs ? [process.execPath, '--import', TELLING_MEMORY, CLI, ...command] : []
  const env = { ...process.env, LC_ALL: 'C', OUT: out, ERR: err, MEMORY: memory }
  const printed = execFileSync('bash', [script, ...args], { env, encoding: 'utf8' })
  const said = readFileSync(err, 'utf8')
  if (isOurs && !existsSync(memory)) throw new Error(`hushlog did not come to its end: ${said}`)
  const [seconds, user, system] = printed.trim().split(/\s+/).map(Number)
  const peak = isOurs ? peakIn(memory) : 0
  return { seconds, cpu: user + system, lines: countLines(out), said, peak }
}

function countLines(path) {
  return Number(execFileSync('wc', ['-l', path], { encoding: 'utf8' }).split(' ')[0])
}

function show(questions, samples) {
  const rows = questions.map(({ name, lines, least, most }, i) => {
    const { ours, theirs } = samples[i]
    if (lines && ours[0].lines !== theirs[0].lines)
      throw new Error(
        `${name}: hushlog found ${ours[0].lines} lines, grep ${theirs[0].lines}: ${ours[0].said}`,
      )
    const of = (list, key) => list.map((sample) => sample[key])
    const seconds = [of(ours, 'seconds'), of(theirs, 'seconds')]
    const value = median(seconds[1].map((theirs, round) => theirs / seconds[0][round]))
    const isMet = least !== undefined ? value >= least : value >= 1 / (most ?? Infinity)
    const wanted = least !== undefined ? `${least}` : most !== undefined ? `${(1 / most).toFixed(2)}` : ''
    return [
      name,
      ratio(seconds[1], seconds[0]),
      wanted,
      wanted === '' ? '' : isMet ? 'met' : 'MISSED',
      ratio(of(theirs, 'cpu'), of(ours, 'cpu')),
      spread(seconds[0], 2),
      spread(seconds[1], 2),
      spread(of(ours, 'peak')),
      segmentsIn(ours[0].said),
    ]
  })
  console.log('Seconds on the wall of zcat | grep over those of hushlog, and CPU of it over its CPU\n')
  printTable([
    ['', 'times', 'at least', '', 'CPU times', 's', 's of grep', 'peak MB', 'segments opened'],
    ...rows,
  ])
}

/** `4 of 1204`, of `12 found; 4 of 1204 segments searched, 1200 skipped, 0.4 s` */
function segmentsIn(said) {
  return /[\d,]+ of [\d,]+(?= segments searched)/.exec(said)?.[0] ?? ''
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()

async function main() {
  const { values } = parseArgs({
    options: {
      mb: { type: 'string', default: '300' },
      dir: { type: 'string' },
      rounds: { type: 'string', default: '3' },
    },
  })
  const folder = values.dir ?? mkdtempSync(join(tmpdir(), 'hushlog-search-'))
  mkdirSync(folder, { recursive: true })
  try {
    await measureSearch({ rounds: Number(values.rounds), megabytes: Number(values.mb), folder })
  } finally {
    if (values.dir === undefined) rmSync(folder, { recursive: true, force: true })
  }
}
