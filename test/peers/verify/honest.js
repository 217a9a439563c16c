/**
 * Directories as they come about when programs crash, each verified several times: nothing may be wrong with any of
 * them, at any moment.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { hushlog } from 'hushlog'
import { verify } from '../../../build/keep/verify.js'
import { relinked } from './attacker.js'
import { folder } from './directory.js'

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url))
const DIRECTORIES = process.env.HUSHLOG_FULL === '1' ? 1000 : 80
const PER_PROGRAM = 4
const AT_ONCE = 3
// Errors that a program is told of when its disk is full, or when others hold the ledger.
const EXPECTED = /ENOSPC|was not free within|HUSHLOG_LOW|HUSHLOG_LOST|HUSHLOG_WRITE|HUSHLOG_DISK/

const SAID = /^(ready|lost)$/

const RECIPIENT = await identityToRecipient(await generateX25519Identity())

const random = (below) => Math.floor(Math.random() * below)
const oneOf = (...values) => values[random(values.length)]
const chance = (p) => Math.random() < p

/** @returns what is wrong */
export async function honest() {
  const sum = {
    directories: 0,
    kills: 0,
    verified: 0,
    running: 0,
    full: 0,
    segments: 0,
    torn: 0,
    gaps: 0,
    problems: [],
  }
  const { write } = process.stderr
  process.stderr.write = () => true
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, () => someDirectories(sum)))
    await loss(sum)
  } finally {
    process.stderr.write = write
  }
  const { directories, kills, verified, running, full, segments, torn, gaps, problems } = sum
  console.log(
    `  ${directories} honest directories: ${kills} kills, ${full} full disks, ${segments} segments, ${torn} torn tails, ` +
      `${gaps} gaps; verified ${verified} times, ${running} of them while programs ran: ${problems.length} false alarms`,
  )
  // What cannot fail proves nothing.
  if (Math.min(kills, running, segments, 2 * torn) < directories / 5 || full === 0 || gaps === 0)
    problems.push('too little has happened')
  return problems
}

async function someDirectories(sum) {
  while (sum.directories < DIRECTORIES && sum.problems.length < 10) {
    await fourDirectories(sum, sum.directories === 0 || chance(0.05))
  }
}

async function fourDirectories(sum, isSmall) {
  sum.directories += PER_PROGRAM
  if (isSmall) sum.full += PER_PROGRAM
  const disks = Array.from({ length: PER_PROGRAM }, () => (isSmall ? smallDisk() : folder()))
  const dirs = disks.map((disk) => join(disk, 'logs'))
  await crashes(dirs, sum, isSmall ? disks : [])
  if (isSmall && chance(0.7)) await start(dirs, 'close').ended
  for (const dir of dirs) await lastLook(dir, sum, isSmall)
  if (isSmall) for (const disk of disks) spawnSync('umount', ['-l', disk])
}

/** Whether a disk that is full for some time costs lines hangs on the machine: this one stays full until it has. */
async function loss(sum) {
  // What waits in memory has room on it when it is empty again.
  const disk = smallDisk(128)
  const dir = join(disk, 'logs')
  const program = start([dir], 'close', 0, true)
  await program.ready
  const filler = fill(disk, 128)
  await program.lost
  rmSync(filler)
  const { said } = await program.ended
  report(said, sum)
  sum.directories++
  sum.full++
  await lastLook(dir, sum, true)
  spawnSync('umount', ['-l', disk])
}

/** Programs that log into the same directories, most of which are killed; more than once. */
async function crashes(dirs, sum, smallDisks) {
  for (let round = 1 + random(3); round > 0; round--) {
    const programs = Array.from({ length: 1 + random(3) }, () => start(dirs))
    // One of them lives long enough to tell what it has lost.
    if (smallDisks.length > 0) programs.push(start(dirs, 'close', 1500))
    for (const disk of smallDisks) programs.at(-1).ready.then(() => fillFor(disk, 100, 400))
    if (chance(0.6)) {
      await sleep(200 + random(300))
      for (const dir of dirs) if (await verified(dir, sum, 'while programs run')) sum.running++
    }
    for (const { signal, said } of await Promise.all(programs.map(({ ended }) => ended))) {
      if (signal === 'SIGKILL') sum.kills++
      report(said, sum)
    }
    for (const dir of dirs) {
      if (chance(0.3)) cutPower(dir)
      if (chance(0.4)) await verified(dir, sum, 'after programs were killed')
    }
  }
}

function report(said, sum) {
  for (const line of said.split('\n'))
    if (line !== '' && !SAID.test(line) && !EXPECTED.test(line))
      sum.problems.push(`a program was told: ${line}`)
}

async function lastLook(dir, sum, isSmall) {
  if (!isSmall && chance(0.7)) await restart(dir, sum)
  const { notes, segments } = (await verified(dir, sum, 'at the end')) ?? {
    notes: [],
    segments: { listed: 0 },
  }
  sum.segments += segments.listed
  sum.torn += notes.filter(({ kind }) => kind === 'torn').length
  sum.gaps += notes.filter(({ kind }) => kind === 'gap').length
  rmSync(dir, { recursive: true, force: true })
}

/** Of each program the last segment: those before it were forced to the disk. */
function newestOpen(folder) {
  const byProgram = new Map()
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : [])
    if (name.endsWith('.log'))
      byProgram.set(
        name
          .replace(/^~[^~]*~/, '')
          .split('.')
          .slice(0, -3)
          .join('.'),
        join(folder, name),
      )
  return [...byProgram.values()]
}

/** What was not forced to the disk yet is gone, in the middle of a line; half of the last append to the ledger is there. */
function cutPower(dir) {
  for (const path of newestOpen(join(dir, 'open')))
    if (chance(0.5)) truncateSync(path, Math.max(0, statSync(path).size - random(200)))
  const ledger = join(dir, 'ledger', 'ledger.jsonl')
  const lines = existsSync(ledger) ? readFileSync(ledger, 'utf8').split('\n').slice(0, -1) : []
  if (lines.length === 0 || JSON.parse(lines.at(-1)).kind !== 'seal' || chance(0.5)) return
  const { n } = JSON.parse(lines.at(-1))
  const next = relinked(
    '{"v":1,"n":0,"prev":"","at":"2026-04-12T00:00:00.000Z","kind":"heartbeat","open":1}',
    n + 1,
    lines.at(-1),
  )
  appendFileSync(ledger, oneOf(next.slice(0, random(next.length)), `${next}\n`, `${next}\n{"v":1,"n`))
}

async function verified(dir, sum, when) {
  if (!existsSync(dir)) return undefined
  sum.verified++
  try {
    const found = await verify({ dir })
    if (found.problems.length > 0) sum.problems.push(`${when}: ${JSON.stringify(found.problems.slice(0, 3))}`)
    return found
  } catch (error) {
    sum.problems.push(`${when}: ${error.message}`)
    return undefined
  }
}

/** Most are killed: some of them before they have logged anything. */
function start(
  dirs,
  ending = oneOf('none', 'none', 'none', 'none', 'close', 'exit'),
  forMs = random(300),
  untilLost = false,
) {
  const storages = dirs.map((dir) => ({
    dir,
    maxSize: 2000 + random(30_000),
    durability: oneOf('turn', 'line', 'buffer'),
    ...(chance(0.3) ? { encryptTo: RECIPIENT } : {}),
  }))
  const options = {
    untilLost,
    storages: [...storages, ...(chance(0.3) && !untilLost ? [storages[0]] : [])],
    every: oneOf(0, 1, 5),
    forMs,
    ending,
  }
  const child = spawn(process.execPath, [CHILD, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text))
  const ready = once(child.stdout, 'data')
  const ended = once(child, 'close')
  const lost = until(child.stdout, ended, () => said.includes('lost\n'))
  const timer = ending === 'none' ? setTimeout(() => child.kill('SIGKILL'), 200 + random(900)) : undefined
  return {
    ready,
    lost,
    ended: ended.then(([, signal]) => {
      clearTimeout(timer)
      return { signal, said }
    }),
  }
}

/** Resolves when something is so after some output, or the program has ended. */
function until(stdout, ended, isSo) {
  return new Promise((resolve) => {
    stdout.on('data', () => isSo() && resolve())
    ended.then(resolve)
  })
}

/** Whoever starts next takes over what dead programs left. */
async function restart(dir, sum) {
  const onError = ({ code, message }) => {
    if (!EXPECTED.test(`${code} ${message}`)) sum.problems.push(`restarted: ${code} ${message}`)
  }
  const log = hushlog({
    service: 'recovery',
    stdout: false,
    scrub: { env: false },
    storage: { dir },
    onError,
  })
  log.info('restarted')
  await log.close()
}

function smallDisk(megabytes = 12) {
  const path = folder()
  const { status, stderr } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'none', path],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`cannot mount a small disk: ${stderr}; run this as root`)
  return path
}

/** Takes what room there is, and gives it back. */
function fillFor(disk, after, ms) {
  setTimeout(() => {
    const filler = fill(disk)
    setTimeout(() => rmSync(filler, { force: true }), ms)
  }, after)
}

function fill(disk, megabytes = 12) {
  const filler = join(disk, 'filler')
  try {
    writeFileSync(filler, Buffer.alloc(megabytes << 20))
  } catch {
    // It is full: that is what was wanted.
  }
  return filler
}
