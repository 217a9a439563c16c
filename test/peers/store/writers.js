/** Rows about several writers on one directory: containers, threads, processes, and what audit costs. */
import { existsSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { compare, ledgerOf, problemsOf, recordsIn, recover, segmentsIn } from './directory.js'
import { folder, returnedOf, start } from './processes.js'

const FULL = process.env.HUSHLOG_FULL === '1'
const CONTAINER = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']
const LEASE = 15 * 60

/** Lets a lease run out without waiting for it. */
function age(dir) {
  const then = Date.now() / 1000 - LEASE - 60
  for (const name of readdirSync(join(dir, 'open'))) {
    if (name.endsWith('.log')) utimesSync(join(dir, 'open', name), then, then)
  }
}

const adoptedIn = (dir) =>
  ledgerOf(dir).filter(({ kind, reason }) => kind === 'segment' && reason === 'adopted').length +
  readdirSync(join(dir, 'open')).filter((name) => name.startsWith('~')).length

function lossesOf(dir, counts) {
  const { records, broken } = recordsIn(dir)
  const problems = broken.map((line) => `broken: ${line.slice(0, 100)}`)
  let lost = 0
  for (const [id, count] of Object.entries(counts)) {
    const numbers = records.filter((record) => String(record.id) === id).map(({ i }) => i)
    const found = compare(numbers, count)
    lost += found.lost
    if (found.lost + found.twice > 0 || found.more > 1)
      problems.push(`writer ${id}: ${JSON.stringify(found)}`)
  }
  return { lost, problems }
}

async function containers() {
  const dir = join(folder(), 'logs')
  const counters = [0, 1, 2].map((id) => `${dir}.${id}.count`)
  const options = (id) => ({ dir, id, counter: counters[id], durability: 'line', maxSize: 20_000 })
  const [first, second] = [0, 1].map((id) => start('steady', options(id), { prefix: CONTAINER }))
  await first.next()
  await second.next()
  await sleep(300)
  const problems = []

  // Somebody else starts: both live, in pid namespaces that it cannot see into.
  await start('recover', { dir }, { prefix: CONTAINER }).ended
  if (adoptedIn(dir) > 0) problems.push('a segment was adopted from a living container')

  // One dies and starts again, with the same pid as before: what it left is kept until its lease has run out.
  first.child.kill('SIGKILL')
  await first.ended
  const third = start('steady', options(2), { prefix: CONTAINER })
  await third.next()
  const early = adoptedIn(dir)
  if (early > 0) problems.push('a segment was adopted before its lease had run out')
  await sleep(200)
  third.tell()
  second.tell()
  await Promise.all([second.ended, third.ended])
  age(dir)
  await start('recover', { dir }, { prefix: CONTAINER }).ended
  const adopted = adoptedIn(dir)
  if (adopted === 0) problems.push('nothing was adopted from the dead container')
  const counts = Object.fromEntries(counters.map((path, id) => [id, returnedOf(path)]))
  const { lost, problems: losses } = lossesOf(dir, counts)
  problems.push(...losses, ...(await problemsOf(dir)))
  const lines = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return {
    numbers: `2 pid namespaces and a restart, ${lines} lines, ${adopted} segments adopted, ${lost} lost`,
    problems,
  }
}

async function stopped() {
  const dir = join(folder(), 'logs')
  const counter = `${dir}.count`
  const writer = start('steady', { dir, counter, durability: 'line' })
  await writer.next()
  await sleep(200)
  const problems = []
  writer.child.kill('SIGSTOP')
  age(dir)
  await recover(dir)
  if (adoptedIn(dir) > 0) problems.push('a stopped writer that can be seen was taken for dead')
  await start('recover', { dir }, { prefix: CONTAINER }).ended
  if (adoptedIn(dir) === 0) problems.push('a writer that was silent past its lease was not adopted')
  await sleep(300)
  writer.child.kill('SIGCONT')
  await sleep(300)
  writer.tell()
  await writer.ended
  const { lost, problems: losses } = lossesOf(dir, { 0: returnedOf(counter) })
  problems.push(...losses, ...(await problemsOf(dir)))
  return { numbers: `${returnedOf(counter)} lines before and after SIGSTOP, ${lost} lost`, problems }
}

async function threads() {
  const dir = join(folder(), 'logs')
  const counter = `${dir}.count`
  const main = start('threads', { dir, counter, for: 1500 })
  await main.next()
  const returned = returnedOf(counter)
  const problems = []
  await recover(dir)
  if (adoptedIn(dir) > 0) problems.push('a segment was adopted while its process lives and its lease runs')
  main.child.kill('SIGKILL')
  await main.ended
  await recover(dir)
  const { lost, problems: losses } = lossesOf(dir, { 0: returned })
  problems.push(...losses, ...(await problemsOf(dir)))
  if (adoptedIn(dir) === 0) problems.push('nothing was adopted from the terminated thread')
  return { numbers: `worker.terminate() after ${returned} lines, ${lost} lost`, problems }
}

/** Many processes at once, killed and started again; all their recoveries meet. */
async function crowd() {
  const lines = FULL ? 100_000 : 25_000
  const limit = 1024 * 1024
  const dir = join(folder(), 'logs')
  const counts = {}
  const writer = async (id, kills) => {
    const counter = `${dir}.${id}.count`
    const { child, ended } = start('ending', {
      dir,
      id,
      lines,
      counter,
      durability: 'line',
      maxSize: limit,
      perTurn: 10,
      ending: 'process.exit',
    })
    if (kills) {
      while (returnedOf(counter) < lines * (0.2 + Math.random() * 0.6)) await sleep(20)
      child.kill('SIGKILL')
    }
    await ended
    counts[id] = returnedOf(counter)
    if (kills) await writer(id + 10, false)
  }
  await Promise.all([writer(0, false), writer(1, true), writer(2, true), writer(3, true)])
  const errors = await recover(dir)
  const { lost, problems } = lossesOf(dir, counts)
  problems.push(...errors.map(({ message }) => message), ...(await problemsOf(dir)))
  const segments = ledgerOf(dir).filter(({ kind }) => kind === 'segment')
  const over = segments.filter(({ bytes }) => bytes > limit)
  if (over.length > 0) problems.push(`${over.length} segments are over the limit`)
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const hint = FULL ? '' : ' (HUSHLOG_FULL=1 for 100,000)'
  return {
    numbers:
      `4 × ${lines} lines${hint}, 3 killed and restarted: ${all} calls returned, ${lost} lost, ` +
      `${segments.length} segments, ${over.length} over 1 MB`,
    problems,
  }
}

async function recoverers() {
  const dir = join(folder(), 'logs')
  const lines = 20_000
  await start('kill', { dir, lines, durability: 'line', maxSize: 100_000 }).ended
  const left = segmentsIn(dir).length
  await Promise.all(Array.from({ length: 6 }, () => start('recover', { dir }).ended))
  const { lost, problems } = lossesOf(dir, { 0: lines })
  problems.push(...(await problemsOf(dir)))
  if (readdirSync(join(dir, 'open')).length > 0) problems.push('something was left in open/')
  return { numbers: `6 at once over ${left} segments of a dead writer, ${lost} lines lost`, problems }
}

async function logins() {
  const rounds = 5
  const seconds = FULL ? 10 : 3
  const ratios = []
  const problems = []
  const measure = async (audit) => {
    const dir = join(folder(), 'logs')
    const { said, stderr } = await start('logins', { dir, audit, seconds, perSecond: 2000 }).ended
    if (said.length !== 1) throw new Error(stderr)
    if (said[0].store.lost > 0 || !existsSync(dir)) problems.push('lines were lost')
    return said[0].p99
  }
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [false, true] : [true, false]
    const p99 = {}
    for (const audit of order) p99[audit] = await measure(audit)
    ratios.push(p99.true / p99.false)
  }
  const median = ratios.sort((a, b) => a - b)[rounds >> 1]
  const late = median > 2 ? ['the event loop waits more than twice as long with audit'] : []
  const hint = FULL ? '' : ' (HUSHLOG_FULL=1 for 10 s)'
  return {
    numbers:
      `2,000 failed logins a second, ${rounds} rounds of ${seconds} s${hint}: p99 of the event loop's delay × ` +
      `${median.toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`,
    problems,
    late,
  }
}

export const ROWS = {
  'failed logins': logins,
  'pid namespaces': containers,
  'SIGSTOP past the lease': stopped,
  'worker.terminate()': threads,
  'recoverers at once': recoverers,
  '4 processes': crowd,
}
