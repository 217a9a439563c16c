/** Rows about clocks that are set and about time that passes. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ledger, readLedger } from '../../../build/keep/ledger.js'
import { prune } from '../../../build/keep/retention.js'
import { seal } from '../../../build/keep/seal.js'
import { prepareDirectory } from '../../../build/store/directory.js'
import { segmentName, thisWriter } from '../../../build/store/segment.js'
import { compare, ledgerOf, problemsOf, recordsIn } from './directory.js'
import { folder, returnedOf, start, tmpfs } from './processes.js'

const FULL = process.env.HUSHLOG_FULL === '1'
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Far from midnight, so that nothing but the step ends a segment. */
const NOON = '2026-11-24 12:00:00'

const STEPS = [
  { name: '+3 h', from: NOON, to: '2026-11-24 15:00:00' },
  { name: '-3 h', from: NOON, to: '2026-11-24 09:00:00' },
  { name: '-48 h', from: NOON, to: '2026-11-22 12:00:00', days: 1 },
  { name: 'a year ahead', from: NOON, to: '2027-11-24 12:00:00', days: 1 },
  // In Berlin the clock goes from 03:00 to 02:00 at 01:00 UTC, and from 02:00 to 03:00; both in time, without a step.
  { name: 'end of summer time', from: '2026-10-25 02:59:59', zone: 'Europe/Berlin', steady: true },
  { name: 'start of summer time', from: '2026-03-29 01:59:59', zone: 'Europe/Berlin', steady: true },
  { name: 'into a leap day', from: '2028-02-28 23:59:59', days: 1, steady: true },
  { name: 'out of a leap day', from: '2028-02-29 23:59:59', days: 1, steady: true },
]

/** A program whose wall clock is set while it logs; its monotonic clock goes on. */
async function step({ name, from, to, days = 0, zone = 'UTC', steady = false }) {
  const dir = join(folder(), 'logs')
  const counter = `${dir}.count`
  const time = `${dir}.time`
  writeFileSync(time, `@${from}\n`)
  const env = {
    TZ: zone,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_TIMESTAMP_FILE: time,
  }
  const { LD_PRELOAD } = faked()
  const options = { dir, counter, durability: 'line', every: 5 }
  const writer = start('steady', options, { env: { ...env, LD_PRELOAD } })
  await writer.next()
  await sleep(steady ? 1500 : 500)
  if (to !== undefined) writeFileSync(time, `@${to}\n`)
  await sleep(500)
  writer.tell()
  const fate = await writer.ended
  const problems = await problemsOf(dir)
  const { records } = recordsIn(dir)
  const returned = returnedOf(counter)
  const numbers = records.filter(({ msg }) => msg === 'line').map(({ i }) => i)
  const found = compare(numbers, returned)
  const told = records.filter(({ kind }) => kind === 'clock')
  const entries = ledgerOf(dir)
  const reasons = entries.filter(({ kind }) => kind === 'segment').map(({ reason }) => reason)
  const check = (isGood, problem) => isGood || problems.push(`${name}: ${problem}`)
  check(fate.code === 0, fate.stderr)
  check(found.lost + found.twice === 0, JSON.stringify(found))
  // A file that was opened anew would hold records of two times in a row that do not follow each other.
  check(reasons.join() === [...Array(days).fill('day'), 'close'].join(), `segments ended by ${reasons}`)
  check(told.length === (steady ? 0 : 1), `${told.length} records tell of a step`)
  const inLedger = entries.filter(({ kind }) => kind === 'clock')
  check(inLedger.length === told.length, `the ledger tells of ${inLedger.length} steps`)
  const [said] = told
  const expected = to === undefined ? undefined : Date.parse(`${to}Z`) - Date.parse(`${from}Z`)
  check(
    said === undefined || Math.abs(said.step - expected) < 5000,
    `it tells of ${said?.step} ms, not ${expected}`,
  )
  return { name, problems, lines: returned, lost: found.lost }
}

/** What the command faketime puts into the environment, apart from a time. */
function faked() {
  for (const folder of ['x86_64-linux-gnu', 'aarch64-linux-gnu']) {
    const path = `/usr/lib/${folder}/faketime/libfaketime.so.1`
    if (existsSync(path)) return { LD_PRELOAD: path }
  }
  throw new Error('libfaketime.so.1 was not found')
}

async function steps() {
  const results = []
  for (const row of STEPS) results.push(await step(row))
  const lines = results.reduce((sum, row) => sum + row.lines, 0)
  const lost = results.reduce((sum, row) => sum + row.lost, 0)
  return {
    numbers: `${STEPS.map(({ name }) => name).join(', ')}: ${lines} lines, ${lost} lost, steps told and no name opened twice`,
    problems: results.flatMap(({ problems }) => problems),
  }
}

/** A year ahead: nothing may go, neither by the running program's clock nor by that of the next one. */
async function nothingEarly() {
  const dir = prepareDirectory(join(folder(), 'logs'), { explicit: true })
  const began = Date.now()
  const told = []
  const ledger = new Ledger(dir, () => began)
  await seal(ledger, segmentOf(dir, began, 1), 'day')
  const at = (days) =>
    prune(ledger, { keepDays: 90, now: began + days * DAY }).then(({ removed, refused }) => {
      for (const { kind } of refused) told.push(kind)
      return removed.length
    })
  const removed = [await at(365)]
  await new Ledger(dir, () => began + 100 * DAY).append({
    kind: 'clock',
    step: 100 * DAY,
    from: began,
    to: began + 100 * DAY,
  })
  removed.push(await at(100), await at(120))
  const early = removed.reduce((sum, count) => sum + count, 0)
  const problems =
    early > 0 || told.join() !== 'clock,clock,clock' ? [`removed ${removed}, told ${told}`] : []
  const late = await at(131)
  if (late !== 1) problems.push('a clock that has gone on for 30 days is not believed')
  return {
    numbers: `set ahead by 365 and 100 days: ${early} removed early, refused ${told.length} times`,
    problems,
  }
}

let counter = 0

function segmentOf(dir, time, lines) {
  const path = join(dir, 'open', segmentName(thisWriter('peer'), time, ++counter))
  const text = JSON.stringify({ level: 30, time: new Date(time).toISOString(), msg: 'hello' })
  writeFileSync(path, `${text}\n`.repeat(lines), { mode: 0o600 })
  return path
}

/** A segment an hour for over 90 days, and a look each midnight at what went. */
async function retention() {
  const days = FULL ? 200 : 95
  const perDay = FULL ? 24 : 8
  const dir = prepareDirectory(join(tmpfs('256m'), 'logs'), { explicit: true })
  const began = Date.UTC(2026, 0, 1)
  const clock = { now: began }
  const ledger = new Ledger(dir, () => clock.now)
  const problems = []
  let removed = 0
  for (let day = 0; day < days; day++) {
    for (let n = 0; n < perDay; n++) {
      clock.now = began + day * DAY + n * (DAY / perDay)
      await seal(ledger, segmentOf(dir, clock.now, 3), 'age')
    }
    clock.now = began + (day + 1) * DAY
    const report = await prune(ledger, { keepDays: 90, now: clock.now })
    for (const { reason } of report.refused) problems.push(reason)
    removed += report.removed.length
  }
  let wrong = 0
  let kept = 0
  for await (const entry of readLedger(dir)) {
    if (entry.kind !== 'segment') continue
    const isOld = clock.now - Date.parse(entry.last) >= 90 * DAY
    const isThere = existsSync(join(dir, entry.path)) && readFileSync(join(dir, entry.path)).length > 0
    if (isOld === isThere) wrong++
    if (isThere) kept++
  }
  if (wrong > 0 || removed === 0)
    problems.push(`${wrong} segments are there or gone wrongly, ${removed} were removed`)
  problems.push(...(await problemsOf(dir)).filter((problem) => !problem.includes('no-first-line')))
  const hint = FULL ? '' : ' (HUSHLOG_FULL=1 for 24 a day and 200 days)'
  return {
    numbers: `${perDay} segments a day for ${days} days${hint}: ${removed} removed, ${kept} kept, ${wrong} wrong`,
    problems,
  }
}

export const ROWS = {
  'clock steps': steps,
  'nothing early': nothingEarly,
  'retention, simulated clock': retention,
}
