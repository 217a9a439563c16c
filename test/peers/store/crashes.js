/** Rows about processes that are killed, and about those that end by themselves. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { compare, ledgerOf, problemsOf, recordsIn, recover } from './directory.js'
import { folder, returnedOf, start } from './processes.js'

const FULL = process.env.HUSHLOG_FULL === '1'
const LINES = 200_000

/** Kills a writer after its last call and counts what is there afterwards. */
async function killed(options) {
  const dir = join(folder(), 'logs')
  const { signal, stderr } = await start('kill', { dir, lines: LINES, ...options }).ended
  const errors = await recover(dir)
  const { records, broken } = recordsIn(dir)
  const found = compare(
    records.map(({ i }) => i),
    LINES,
  )
  const problems = [...(await problemsOf(dir)), ...errors.map(({ message }) => message)]
  if (signal !== 'SIGKILL') problems.push(`it ended with ${signal}: ${stderr}`)
  if (found.twice + found.disordered + found.more > 0) problems.push(JSON.stringify(found))
  const torn = ledgerOf(dir).filter(({ kind }) => kind === 'torn').length + broken.length
  return { dir, lost: found.lost, torn, problems }
}

async function line() {
  const { lost, torn, problems } = await killed({ durability: 'line', perTurn: 1000 })
  if (lost + torn > 0) problems.push('a line was lost or torn')
  return { numbers: `${LINES} lines, ${lost} lost, ${torn} torn`, problems }
}

async function laterTurn() {
  const { lost, torn, problems } = await killed({ durability: 'turn', later: true })
  if (lost + torn > 0) problems.push('a line was lost or torn')
  return { numbers: `${LINES} lines in turns of 100, ${lost} lost, ${torn} torn`, problems }
}

async function sameTurn() {
  const { dir, lost, torn, problems } = await killed({ durability: 'turn' })
  if (lost > 100) problems.push('more than the lines of the last turn were lost')
  const told = ledgerOf(dir).filter(
    ({ kind, reason, broken }) => kind === 'segment' && broken && reason === 'adopted',
  )
  if (told.length !== 1)
    problems.push(`the ledger lists ${told.length} adopted segments without a last line, not 1`)
  return {
    numbers: `${LINES} lines in turns of 100, ${lost} lost, ${torn} torn, told by the ledger`,
    problems,
  }
}

const ENDINGS = {
  'process.exit': { code: 3 },
  uncaughtException: { code: 1 },
  unhandledRejection: { code: 1 },
  SIGTERM: { signal: 'SIGTERM' },
  SIGINT: { signal: 'SIGINT' },
  SIGHUP: { signal: 'SIGHUP' },
}

async function endings() {
  const lines = 5000
  const problems = []
  let lost = 0
  const cases = ['turn', 'line', 'buffer'].flatMap((durability) =>
    Object.keys(ENDINGS).map((ending) => ({ durability, ending })),
  )
  for (const { durability, ending } of cases) {
    const dir = join(folder(), 'logs')
    const began = performance.now()
    const { code, signal } = await start('ending', { dir, lines, durability, ending, perTurn: lines }).ended
    const took = performance.now() - began
    const expected = ENDINGS[ending]
    const found = compare(
      recordsIn(dir).records.map(({ i }) => i),
      lines,
    )
    lost += found.lost
    const isAsExpected = code === (expected.code ?? null) && signal === (expected.signal ?? null)
    if (!isAsExpected || took > 10_000)
      problems.push(`${durability}, ${ending}: code ${code}, ${signal}, ${took} ms`)
    if (found.lost + found.twice + found.disordered > 0)
      problems.push(`${durability}, ${ending}: ${JSON.stringify(found)}`)
  }
  return {
    numbers: `${cases.length} endings of ${lines} lines, ${lost} lost, codes and signals as without`,
    problems,
  }
}

async function audit() {
  const rounds = FULL ? 50 : 10
  const problems = []
  let records = 0
  let lost = 0
  for (let round = 0; round < rounds; round++) {
    const dir = join(folder(), 'logs')
    const counter = `${dir}.count`
    const { child, ended } = start('audit', { dir, counter, durability: 'buffer' })
    while (returnedOf(counter) < 50 + Math.random() * 2000) await sleep(5)
    child.kill('SIGKILL')
    await ended
    const returned = returnedOf(counter)
    await recover(dir)
    const actors = recordsIn(dir).records.flatMap(({ kind, actor }) =>
      kind === 'audit' ? Number(actor.split(' ')[1]) : [],
    )
    const found = compare(actors, returned)
    records += returned
    lost += found.lost
    // The call that the kill broke off may have written its record.
    if (found.lost + found.twice + found.disordered > 0 || found.more > 1)
      problems.push(JSON.stringify(found))
    problems.push(...(await problemsOf(dir)))
  }
  return { numbers: `${rounds} kills, ${records} audit calls returned, ${lost} lost`, problems }
}

const CALLS = {
  append: ['writeSync', 'openSync', 'fchmodSync', 'closeSync'],
  seal: [
    'open',
    'rm',
    'chmod',
    'stat',
    'renameSync',
    'mkdirSync',
    'fdatasync',
    'writeFileSync',
    'unlinkSync',
  ],
  recover: ['ftruncateSync', 'fsyncSync', 'renameSync', 'readdirSync', 'futimesSync', 'readSync', 'open'],
}

/** Each crash meets what those before it have left; each directory sees 25 of them. */
async function random() {
  const crashes = FULL ? 1000 : 200
  const perDirectory = 25
  const problems = []
  const total = { returned: 0, lost: 0, kills: 0, torn: 0, segments: 0 }
  for (let n = 0; n < crashes; n += perDirectory) await crashesIn(n, perDirectory, total, problems)
  const hint = FULL ? '' : ' (HUSHLOG_FULL=1 for 1,000)'
  return {
    numbers:
      `${crashes} crashes${hint}, ${total.kills} before the end, ${total.returned} calls returned, ${total.lost} lost, ` +
      `${total.segments} segments listed, ${total.torn} tails torn`,
    problems,
  }
}

async function crashesIn(first, count, total, problems) {
  const dir = join(folder(), 'logs')
  const returned = new Map()
  for (let id = first; id < first + count; id++) {
    const counter = `${dir}.${id}.count`
    const [point, names] = Object.entries(CALLS)[id % 3]
    const calls = 1 + Math.floor(Math.random() * (point === 'append' ? 400 : 60))
    const options = {
      dir,
      id,
      counter,
      calls,
      names,
      lines: 200,
      perTurn: 20,
      durability: 'line',
      maxSize: 8192,
    }
    const { signal, code, stderr } = await start('crash', options).ended
    if (signal === 'SIGKILL') total.kills++
    else if (code !== 0) problems.push(`crash ${id} ended with ${code}: ${stderr.slice(0, 500)}`)
    returned.set(id, returnedOf(counter))
    const found = await problemsOf(dir, { isQuiet: false })
    problems.push(...found.map((problem) => `after crash ${id} (${point}, call ${calls}): ${problem}`))
  }
  const errors = await recover(dir)
  problems.push(...errors.map(({ message }) => message), ...(await problemsOf(dir)))
  const left = readdirSync(join(dir, 'open'))
  if (left.length > 0) problems.push(`left in open/: ${left.join(', ')}`)
  const { records, broken } = recordsIn(dir)
  if (broken.length > 0) problems.push(`${broken.length} broken lines`)
  for (const [id, calls] of returned) {
    const numbers = records.filter((record) => record.id === id).map(({ i }) => i)
    const found = compare(numbers, calls)
    total.returned += calls
    total.lost += found.lost
    if (found.lost + found.twice > 0 || found.more > 1) problems.push(`crash ${id}: ${JSON.stringify(found)}`)
  }
  const entries = ledgerOf(dir)
  total.torn += entries.filter(({ kind }) => kind === 'torn').length
  total.segments += entries.filter(({ kind }) => kind === 'segment').length
}

export const ROWS = {
  'kill, line': line,
  'kill, turn, in a later turn': laterTurn,
  'kill, turn, in the same turn': sameTurn,
  endings,
  'audit at SIGKILL': audit,
  'random crashes': random,
}
