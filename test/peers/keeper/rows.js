/** What keeper.peer.js shows, a row each. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { hushlog, KEEPER, pause, place, runProgram, startKeeper, startProgram, until } from './users.js'

const KILLS = process.env.HUSHLOG_FULL === '1' ? 50 : 10
const DENIED = ['EACCES', 'EPERM']

/** Names as a writer gives them, of one that is dead. */
function foreignName(counter) {
  return `host.ffffffffffff.1.${2 ** 22}.0.1.20261124120000000.${String(counter).padStart(6, '0')}.log`
}

/** How often each line of a program is in the sealed segments. */
function linesOf(dir) {
  const files = readdirSync(join(dir, 'sealed'), { recursive: true, encoding: 'utf8' })
  const counts = new Map()
  for (const file of files.filter((name) => name.endsWith('.log.gz')))
    for (const line of gunzipSync(readFileSync(join(dir, 'sealed', file)))
      .toString()
      .split('\n')) {
      const { id, i } = line === '' ? {} : JSON.parse(line)
      if (i !== undefined) counts.set(`${id}-${i}`, (counts.get(`${id}-${i}`) ?? 0) + 1)
    }
  return counts
}

function problemsOf(dir, programs, lines) {
  const counts = linesOf(dir)
  const problems = []
  for (let id = 0; id < programs; id++)
    for (let i = 0; i < lines; i++) {
      const count = counts.get(`${id}-${i}`) ?? 0
      if (count !== 1) problems.push(`line ${i} of program ${id} is there ${count} times`)
    }
  return problems
}

function segmentsIn(dir) {
  return readdirSync(join(dir, 'open')).filter((name) => name.endsWith('.log'))
}

async function stop(keeper) {
  keeper.child.kill('SIGTERM')
  return keeper.ended
}

/** A program reaches the segment that it writes, and nothing else. */
async function reach() {
  const { dir } = place()
  const keeper = await startKeeper(dir)
  await runProgram('app', 'log', { dir, lines: 100 })
  await until(() => segmentsIn(dir).length === 0)
  const other = startProgram('other', 'hold', { dir, id: 9 })
  await until(() => other.said.lines.length > 0)
  const { segment } = JSON.parse(other.said.lines[0])
  const sealed = join(
    dir,
    'sealed',
    readdirSync(join(dir, 'sealed'), { recursive: true }).find((name) => name.endsWith('.gz')),
  )
  mkdirSync(join(dir, 'keys'), { recursive: true, mode: 0o700 })
  chownSync(join(dir, 'keys'), KEEPER, KEEPER)
  const inside = ['sealed', 'ledger', 'torn', 'keys', 'inbox'].map((folder) => join(dir, folder))
  const targets = [
    ...inside.flatMap((path) => [
      ['list', path],
      ['make', join(path, 'x.json')],
      ['rename', path],
      ['chmod', path],
    ]),
    ...['read', 'write', 'unlink', 'rename', 'truncate', 'chmod', 'stat'].map((deed) => [deed, sealed]),
    ...['read', 'write', 'unlink', 'rename'].map((deed) => [deed, join(dir, 'ledger', 'ledger.jsonl')]),
    ...['write', 'unlink', 'rename', 'truncate', 'chmod'].map((deed) => [deed, segment]),
    ...['unlink', 'rename', 'write', 'chmod'].map((deed) => [deed, join(dir, 'keeper.json')]),
    ['make', join(dir, 'x')],
    ['rename', join(dir, 'open')],
    ['chmod', join(dir, 'open')],
  ]
  const { results } = await runProgram('app', 'reach', { targets })
  const problems = results.filter(([, , result]) => !DENIED.includes(result)).map((row) => row.join(' '))
  const stranger = await runProgram('stranger', 'reach', {
    targets: [
      ['list', dir],
      ['list', join(dir, 'open')],
      ['read', segment],
      ['read', join(dir, 'keeper.json')],
      ['make', join(dir, 'open', 'x')],
    ],
  })
  problems.push(
    ...stranger.results
      .filter(([, , result]) => !DENIED.includes(result))
      .map((row) => `stranger: ${row.join(' ')}`),
  )
  const mode = (statSync(segment).mode & 0o777).toString(8)
  if (mode !== '640') problems.push(`a segment has mode ${mode}`)
  other.child.stdin.end()
  await other.ended
  await until(() => segmentsIn(dir).length === 0)
  const { code } = await stop(keeper)
  if (code !== 0) problems.push(`the keeper ended with ${code}`)
  return {
    numbers: `${results.length} deeds of a program and ${stranger.results.length} of a stranger refused`,
    problems,
  }
}

/** What lies in open/ and is no segment is refused and told, and stops nothing. */
async function refuse() {
  const { dir, folder } = place()
  const keeper = await startKeeper(dir)
  const secret = join(folder, 'shadow')
  writeFileSync(secret, 'root:secret:1:\n')
  chmodSync(secret, 0o600)
  const names = [1, 2, 3, 4, 5, 6, 7].map(foreignName)
  const at = (name) => join(dir, 'open', name)
  const { linked } = await runProgram('app', 'plant', {
    dir,
    targets: [names[0], names[1], names[2], secret],
  })
  // What the kernel keeps a user from (fs.protected_hardlinks) root does in its place.
  spawnSync('ln', [secret, at(names[1])])
  spawnSync('mkfifo', [at(names[3])])
  mkdirSync(at(names[4]))
  const server = createServer().listen(join(folder, 'socket'))
  await new Promise((resolve) => server.once('listening', resolve))
  spawnSync('mv', [join(folder, 'socket'), at(names[5])])
  spawnSync('mknod', [at(names[6]), 'c', '1', '3'])
  const closed = foreignName(9)
  writeFileSync(at(closed), 'x\n', { mode: 0 })
  chownSync(at(closed), 64002, 64002)
  const foreign = foreignName(8)
  writeFileSync(at(foreign), '{"level":30,"id":7,"i":0}\n')
  chownSync(at(foreign), 64009, 64009)
  await runProgram('app', 'log', { dir, lines: 20_000 })
  await until(() => segmentsIn(dir).length <= 11 && linesOf(dir).size >= 20_000)
  const status = JSON.parse(hushlog('keeper', 'status', '--json', dir).stdout)
  const problems = problemsOf(dir, 1, 20_000)
  const left = readdirSync(join(dir, 'open')).length
  if (left !== 10) problems.push(`${left} entries are left in open/, 10 were planted`)
  if (status.refused !== 10) problems.push(`status says that ${status.refused} are refused`)
  if (readFileSync(secret, 'utf8') !== 'root:secret:1:\n') problems.push('the target of a link was changed')
  if (linesOf(dir).has('7-0')) problems.push('a file of another user was sealed')
  const { code, stderr } = await stop(keeper)
  server.close()
  const told = stderr.split('\n').filter((line) => line.includes('is refused and left alone'))
  if (told.length !== 10) problems.push(`${told.length} of 10 were told: ${stderr}`)
  if (code !== 0) problems.push(`the keeper ended with ${code}: ${stderr}`)
  return {
    numbers: `10 refused and told once each, 20,000 lines sealed (hard link by the user itself: ${linked})`,
    problems,
  }
}

/** A keeper that is killed at any moment loses nothing and doubles nothing. */
async function kill() {
  const { dir } = place()
  const lines = 400 * KILLS
  let keeper = await startKeeper(dir)
  const programs = [
    runProgram('app', 'log', { dir, lines, id: 0, maxSize: '8 KB', pauseFor: 25 }),
    runProgram('other', 'log', { dir, lines, id: 1, maxSize: '8 KB', pauseFor: 25 }),
  ]
  for (let i = 0; i < KILLS; i++) {
    await pause(Math.random() * 400)
    keeper.child.kill('SIGKILL')
    await keeper.ended
    keeper = await startKeeper(dir)
  }
  const ended = await Promise.all(programs)
  await until(() => segmentsIn(dir).length === 0)
  const problems = [
    ...problemsOf(dir, 2, lines),
    ...ended.filter(({ lost }) => lost > 0).map(({ lost }) => `${lost} lost`),
  ]
  const names = readFileSync(join(dir, 'ledger', 'ledger.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"kind":"segment"'))
    .map((line) => JSON.parse(line).name)
  if (new Set(names).size !== names.length) problems.push('a segment is listed twice')
  const { code } = await stop(keeper)
  if (code !== 0) problems.push(`the last keeper ended with ${code}`)
  return { numbers: `${KILLS} kills, ${2 * lines} lines once each in ${names.length} segments`, problems }
}

/** Programs start and run without a keeper; one that comes later takes all. */
async function late() {
  const { dir } = place()
  await stop(await startKeeper(dir))
  const problems = []
  const { stderr, lost } = await runProgram('app', 'log', { dir, lines: 5000 })
  if (!stderr.includes('no keeper is up')) problems.push(`the program says: ${stderr}`)
  if (lost > 0) problems.push(`${lost} lost`)
  const before = JSON.parse(hushlog('app', 'status', '--json', dir).stdout)
  if (before.keeper.state !== 'none' || before.keeper.waiting === 0)
    problems.push(JSON.stringify(before.keeper))
  if (before.unseen.join() !== 'sealed,ledger') problems.push(`a program sees ${before.unseen}`)
  const keeper = await startKeeper(dir)
  await until(() => segmentsIn(dir).length === 0)
  const after = JSON.parse(hushlog('app', 'status', '--json', dir).stdout)
  if (after.keeper.state !== 'running' || after.keeper.waiting !== 0)
    problems.push(JSON.stringify(after.keeper))
  problems.push(...problemsOf(dir, 1, 5000))
  keeper.child.kill('SIGKILL')
  await keeper.ended
  const gone = JSON.parse(hushlog('app', 'status', '--json', dir).stdout)
  if (gone.keeper.state !== 'gone' || !gone.alarms.includes('keeper-gone'))
    problems.push(JSON.stringify(gone.keeper))
  return { numbers: `${before.keeper.waiting} segments waited and were sealed`, problems }
}

/** Root asks, the keeper enters it; what is held stays; nothing that root does is closed to the keeper. */
async function holds() {
  const { dir } = place()
  const keeper = await startKeeper(dir)
  const problems = []
  const added = hushlog('root', 'hold', 'add', 'case-17', '--reason=letter', dir)
  if (added.code !== 0) problems.push(added.stderr)
  const app = hushlog('app', 'hold', 'add', 'x', dir)
  if (app.code !== 2) problems.push(`a program may ask: ${app.stderr}`)
  const { code } = await stop(keeper)
  if (code !== 0) problems.push(`the keeper ended with ${code}`)
  const removed = hushlog('root', 'hold', 'remove', 'case-17', dir)
  if (removed.code !== 0) problems.push(removed.stderr)
  const list = hushlog('keeper', 'hold', 'list', dir)
  if (list.code !== 0 || list.stdout !== '') problems.push(`${list.stdout}${list.stderr}`)
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  const foreign = files.filter((name) => statSync(join(dir, name)).uid !== KEEPER)
  if (foreign.length > 0) problems.push(`not the keeper's: ${foreign}`)
  if (existsSync(join(dir, 'keeper.json'))) problems.push('it is still said to be up')
  return { numbers: 'added with a keeper, removed without one', problems }
}

export const ROWS = {
  'a program reaches its open segments and nothing else': reach,
  'links, pipes, sockets, devices and files of others in open/ are refused while 20,000 lines are sealed':
    refuse,
  'a keeper that is killed at random loses and doubles nothing': kill,
  'programs run without a keeper, and one that comes later takes all': late,
  'root’s requests are entered, and leave nothing that the keeper cannot read': holds,
}
