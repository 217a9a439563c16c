/**
 * Keepers that are killed at every system call of sealing and of the ledger's change of keys, with three others at work
 * on the same directory. npm run test:peers -- kill; HUSHLOG_FULL=1 for all boundaries instead of a sample. Needs
 * Debian's strace, and fails without.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { Keeper } from '../../build/keep/keeper.js'
import { verify } from '../../build/keep/verify.js'
import { prepareDirectory } from '../../build/store/directory.js'
import { parseSegmentName, segmentName, thisWriter } from '../../build/store/segment.js'

const FULL = process.env.HUSHLOG_FULL === '1'
const KEEPER = fileURLToPath(new URL('./kill/keeper.js', import.meta.url))
const CALLS = {
  openat: 'openat',
  rename: 'rename,renameat,renameat2',
  fsync: 'fsync,fdatasync',
  write: 'write,pwrite64,writev,pwritev',
  unlink: 'unlink,unlinkat',
  truncate: 'ftruncate',
  mkdir: 'mkdir',
  chmod: 'chmod,fchmod,fchmodat',
  utime: 'utimensat',
  link: 'link,linkat',
}
const KEEPERS = 4
const OWN_SEGMENTS = 2
/** Of each kind of call. */
const SAMPLE = 8
const ALL_DIE = FULL ? 100 : 10
const AT_ONCE = 2
const TRIES = 3
const TIMEOUT = 60_000

const folders = []
const problems = []
const random = (below) => Math.floor(Math.random() * below)

needStrace()
const templates = [await template(0), await template(2)]
const boundaries = await countBoundaries()
const chosen = FULL ? boundaries : evenly(boundaries, SAMPLE)
const counts = Object.keys(CALLS).map((kind) => `${boundaries.filter((b) => b.kind === kind).length} ${kind}`)
console.log(`  one keeper makes up to ${boundaries.length} such calls a thread: ${counts.join(', ')}`)
const sum = { runs: 0, hit: new Set(), killed: 0, segments: 0, temporary: 0 }
const rounds = [
  ...chosen.map((boundary) => [boundary]),
  ...Array.from({ length: ALL_DIE }, () =>
    Array.from({ length: KEEPERS }, () => boundaries[random(boundaries.length)]),
  ),
]
await Promise.all(Array.from({ length: AT_ONCE }, work))
for (const path of folders) rmSync(path, { recursive: true, force: true })
console.log(
  `  ${sum.runs} runs with ${KEEPERS} keepers: ${sum.killed} killed at ${sum.hit.size} boundaries of ${chosen.length} tried; ` +
    `${sum.segments} segments, each sealed and listed once, ${sum.temporary} temporary files left: ${problems.length} problems`,
)
if (sum.hit.size < chosen.length / 2) problems.push('too few were killed where they should have been')
for (const problem of problems.slice(0, 20)) console.log(`         ${problem}`)
process.exitCode = problems.length === 0 ? 0 : 1

async function work() {
  for (let round = rounds.shift(); round !== undefined && problems.length < 20; round = rounds.shift()) {
    const label = round.map(({ kind, n }) => `${kind} ${n}`).join(', ')
    await run(round).catch((error) => problems.push(`${label}: ${error.stack}`))
    if (round.length === 1) onceMore(round[0])
    for (let i = 0; i < problems.length; i++)
      if (!problems[i].startsWith('at ')) problems[i] = `at ${label}: ${problems[i]}`
  }
}

/** Where the others were quicker, the first keeper has not come as far as it should have. */
function onceMore(boundary) {
  boundary.tries = (boundary.tries ?? 0) + 1
  if (boundary.tries < TRIES && !sum.hit.has(`${boundary.kind} ${boundary.n}`)) rounds.push([boundary])
}

/** A directory with segments of dead writers, two of them with half a line at the end, and a ledger of so many groups. */
async function template(groups) {
  const dir = prepareDirectory(join(folder(), 'logs'), { explicit: true })
  for (let i = 1; i <= groups + 3; i++) {
    if (i === groups + 1) await sealAll(dir)
    const path = join(dir, 'open', segmentName({ ...thisWriter('example'), pid: 2 ** 30 }, Date.now(), i))
    const record = JSON.stringify({ level: 30, time: new Date().toISOString(), msg: `dead-${i}-1` })
    writeFileSync(path, `${record}\n${i % 2 === 1 ? '{"level":30,"ti' : ''}`, { mode: 0o600 })
  }
  return { dir, expected: Array.from({ length: groups + 3 }, (_, i) => `dead-${i + 1}`) }
}

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'hushlog-kill-'))
  folders.push(path)
  return path
}

/**
 * Each call that a keeper makes, alone and beside three others. Beside others it may be left nothing to adopt; what it
 * comes to alone is `late`: the others follow when it is dead.
 */
async function countBoundaries() {
  const [beside, alone] = [await countCalls(false), await countCalls(true)]
  return Object.keys(CALLS).flatMap((kind) =>
    Array.from({ length: Math.max(alone[kind], beside[kind]) }, (_, i) => ({
      kind,
      n: i + 1,
      late: i >= beside[kind],
    })),
  )
}

/** By thread, as strace counts them. */
async function countCalls(late) {
  const dir = copyOf(templates[0].dir)
  const log = join(folder(), 'trace')
  const keepers = await startAll(dir)
  await trace(keepers[0], ['-o', log, '-e', `trace=${Object.values(CALLS).join()}`])
  await finish(keepers, dir, late)
  const lines = readFileSync(log, 'utf8').split('\n')
  const counts = Object.entries(CALLS).map(([kind, names]) => {
    const byThread = new Map()
    for (const line of lines) {
      const [, thread, name] = /^(\d+) +(\w+)\(/.exec(line) ?? []
      if (names.split(',').includes(name)) byThread.set(thread, (byThread.get(thread) ?? 0) + 1)
    }
    return [kind, Math.max(0, ...byThread.values())]
  })
  return Object.fromEntries(counts)
}

function copyOf(dir) {
  const copy = join(folder(), 'logs')
  cpSync(dir, copy, { recursive: true, preserveTimestamps: true })
  return copy
}

/** So many of each kind, evenly spread. */
function evenly(all, count) {
  return Object.keys(CALLS).flatMap((kind) => {
    const some = all.filter((boundary) => boundary.kind === kind)
    const step = Math.max(1, some.length / count)
    return some.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
  })
}

/** One directory, four keepers, and as many boundaries as of them are to die. */
async function run(round) {
  const { dir: from, expected } = templates[random(templates.length)]
  const dir = copyOf(from)
  const keepers = await startAll(dir)
  await Promise.all(
    round.map(({ kind, n }, i) =>
      trace(keepers[i], [
        '-o',
        '/dev/null',
        '-e',
        `trace=${CALLS[kind]}`,
        '-e',
        `inject=${CALLS[kind]}:signal=KILL:when=${n}`,
      ]),
    ),
  )
  const late = round.length === 1 && round[0].late
  const ends = await finish(keepers, dir, late)
  sum.runs++
  ends.forEach(({ signal, said }, i) => {
    if (signal === 'SIGKILL') sum.killed++
    if (signal === 'SIGKILL' && round.length === 1) sum.hit.add(`${round[0].kind} ${round[0].n}`)
    for (const line of said) {
      if (line === 'ready' || line.startsWith('wrote ') || signal === 'SIGKILL') continue
      problems.push(`keeper ${i} was told: ${line}`)
    }
  })
  const own = ends.flatMap(({ said }) =>
    said.flatMap((line) => (line.startsWith('wrote ') ? [line.slice(6)] : [])),
  )
  await sealAll(dir)
  await check(dir, [...expected, ...own])
  rmSync(dir, { recursive: true, force: true })
}

function startAll(dir) {
  return Promise.all(Array.from({ length: KEEPERS }, (_, i) => start(dir, `keeper${i}`)))
}

async function start(dir, id) {
  const child = spawn(process.execPath, [KEEPER, dir, id, String(OWN_SEGMENTS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // One thread of the pool, so that its calls are counted in one row.
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  })
  const said = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    said.push(...lines)
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, said }))
  await Promise.race([once(child.stdout, 'data'), ended])
  return { child, ended }
}

/** Attaches strace to all threads of a keeper. */
async function trace({ child }, args) {
  const strace = spawn('strace', ['-f', '-p', String(child.pid), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  strace.stderr.setEncoding('utf8')
  for await (const text of strace.stderr.iterator({ destroyOnReturn: false })) {
    said += text
    const threads = readdirSync(`/proc/${child.pid}/task`).length
    if ((said.match(/ attached/g) ?? []).length >= threads || /attached with \d+ threads/.test(said)) break
  }
  strace.stderr.resume()
  if (!said.includes('attached')) throw new Error(`strace cannot attach: ${said}`)
}

/** Lets them work, and waits for their ends. */
async function finish(keepers, dir, late) {
  // A lock whose maker died before it had written it is judged by its age alone: 30 s that are not waited for here.
  const aging = setInterval(() => ageLocks(dir), 100)
  const deadline = setTimeout(() => {
    problems.push('a keeper did not end')
    for (const { child } of keepers) child.kill('SIGKILL')
  }, TIMEOUT)
  try {
    await begin(keepers, late)
    return await Promise.all(keepers.map(({ ended }) => ended))
  } finally {
    clearInterval(aging)
    clearTimeout(deadline)
  }
}

/** The first one, which is traced, is slower: the others follow when it has begun, or ended. */
async function begin(keepers, late) {
  for (const { child } of keepers) child.stdin.on('error', () => {})
  const [first, ...others] = keepers
  first.child.stdin.write('go\n')
  await (late ? first.ended : Promise.race([once(first.child.stdout, 'data'), first.ended]))
  for (const { child } of others) child.stdin.write('go\n')
}

function ageLocks(dir) {
  const ledger = join(dir, 'ledger')
  for (const name of readdirSync(ledger).filter((name) => name.startsWith('lock'))) {
    const path = join(ledger, name)
    try {
      const { size, mtimeMs } = statSync(path)
      if (size === 0 && Date.now() - mtimeMs > 500) utimesSync(path, 1, 1)
    } catch {
      // It was given back meanwhile.
    }
  }
}

/** The last keeper, which nobody kills. */
async function sealAll(dir) {
  const errors = []
  ageLocks(dir)
  const keeper = new Keeper({ dir, keepDays: 90, onError: ({ message }) => errors.push(message) })
  await keeper.start()
  await keeper.close()
  if (errors.length > 0) throw new Error(`the last keeper was told: ${errors.join('; ')}`)
}

async function check(dir, expected) {
  const left = readdirSync(join(dir, 'open')).filter((name) => parseSegmentName(name) !== undefined)
  if (left.length > 0) problems.push(`${left.length} segments are still open`)
  const entries = readFileSync(join(dir, 'ledger', 'ledger.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(JSON.parse)
  const listed = entries.filter(({ kind }) => kind === 'segment')
  const names = new Set(listed.map(({ name }) => name))
  sum.segments += listed.length
  if (names.size !== listed.length) problems.push('a segment is listed twice')
  const files = readdirSync(join(dir, 'sealed'), { recursive: true }).filter((name) => name.endsWith('.gz'))
  if (files.length !== listed.length) problems.push(`${listed.length} are listed, ${files.length} are there`)
  const found = files.flatMap((name) => messagesIn(join(dir, 'sealed', name)))
  for (const segment of expected)
    if (found.filter((msg) => msg.startsWith(`${segment}-`)).length !== (segment.startsWith('dead') ? 1 : 3))
      problems.push(
        `of ${segment} these lines are there: ${found.filter((msg) => msg.startsWith(`${segment}-`))}`,
      )
  if (new Set(found).size !== found.length) problems.push('a line is there twice')
  const verification = await verify({ dir })
  if (verification.problems.length > 0)
    problems.push(`verify: ${JSON.stringify(verification.problems.slice(0, 3))}`)
  const temporary = [...readdirSync(join(dir, 'sealed')), ...readdirSync(join(dir, 'keys'))].filter((name) =>
    name.endsWith('.tmp'),
  )
  sum.temporary += temporary.length
  if (temporary.length > KEEPERS)
    problems.push(`${temporary.length} temporary files are left: ${temporary.map((name) => basename(name))}`)
  if (existsSync(join(dir, 'keys', 'next'))) problems.push('keys/next is left')
}

function messagesIn(path) {
  const text = gunzipSync(readFileSync(path)).toString()
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).msg)
}

function needStrace() {
  if (spawnSync('strace', ['--version']).status === 0) return
  spawnSync('apt-get', ['update'], { stdio: 'ignore' })
  const { status, stderr } = spawnSync('apt-get', ['install', '-y', 'strace'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`strace cannot be installed: ${stderr}`)
}
