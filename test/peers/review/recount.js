/**
 * Looks at the generated lines once more, from the plain gzip files: whether each is what the library itself would write
 * of the same, and whether they are as many as were counted while they were made.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { accessLine } from '../../../build/request/access-line.js'
import { parseFrame } from '../../../build/store/frames.js'
import { add, addNested, dayOf, emptyTally } from './tally.js'
import { HOSTS } from './world.js'

/** Of the days from one to another; of today nothing is sealed. */
export function recounted(asked, [from, to]) {
  const problems = []
  const tally = emptyTally()
  let lines = 0
  for (const path of filesOf(asked, from, to)) {
    for (const line of wholeLines(path)) {
      const record = JSON.parse(line)
      const problem = problemOf(line, record)
      if (problem !== undefined) problems.push(`${problem}: ${line}`)
      count(tally, line, record)
      lines++
    }
  }
  for (let number = from; number <= to; number++) {
    const day = asked.day(number)
    const { latencies, ...found } = dayOf(tally, day)
    const { latencies: _, ...counted } = asked.truth.whole.days[day]
    for (const key of Object.keys(counted))
      if (!isDeepStrictEqual(found[key], counted[key]))
        problems.push(
          `${key} of ${day}: ${JSON.stringify(found[key])} in the lines, ${JSON.stringify(counted[key])}`,
        )
  }
  return { numbers: `${lines} lines of ${to - from + 1} days`, problems }
}

/** A segment ends with its day, and its name says when it begins. */
function filesOf(asked, from, to) {
  const [first, last] = [from, to].map((number) => asked.day(number).replaceAll('-', ''))
  return HOSTS.flatMap(({ host }) => {
    const below = join(asked.folder, 'plain', host)
    return readdirSync(below)
      .filter((file) => {
        const day = file.split('.').at(-4).slice(0, 8)
        return day >= first && day <= last
      })
      .map((file) => join(below, file))
  })
}

/** Behind the last line end there may be half a line, of a writer that was killed. */
function wholeLines(path) {
  return gunzipSync(readFileSync(path)).toString().split('\n').slice(0, -1)
}

function problemOf(line, record) {
  if (JSON.stringify(record) !== line) return 'not as JSON.stringify writes it'
  if (record.kind === 'access' && record.msg !== commonLog(record)) return 'not the common log string'
  if (record.kind?.startsWith('segment-') && parseFrame(line) === undefined) return 'no frame'
  return undefined
}

/** What does not stand in the record is taken from the message. */
function commonLog({ time, req, res, responseTime, operation, reqId, msg }) {
  const quoted = msg.split('"')
  return accessLine({
    ...req,
    httpVersion: '1.1',
    statusCode: res.statusCode ?? undefined,
    userAgent: quoted[5],
    accept: quoted[7],
    bytes: res.contentLength,
    start: Date.parse(time) - responseTime,
    responseTime,
    operation,
    reqId,
  })
}

function count(tally, line, record) {
  const { time, kind, level, operation, res, aborted, action, actor, outcome, details, msg } = record
  if (kind?.startsWith('segment-')) return
  const day = dayOf(tally, time.slice(0, 10))
  day.lines++
  day.bytes += line.length + 1
  add(day.levels, level)
  for (const [, rule] of line.matchAll(/\[SECRET:([a-z0-9-]+)\]/g)) addNested(day.markers, operation, rule)
  if (kind === 'access') addNested(day.requests, operation, aborted ? 'aborted' : res.statusCode)
  if (kind === undefined && operation !== 'process') add(day.messages, msg)
  if (kind !== 'audit') return
  add(day.audits, `${action} ${outcome}`)
  if (action !== 'auth.login') add(day.actors, `${actor} ${action} ${outcome}`)
  else if (outcome === 'success') day.succeeded++
  else add(day.failed, `${actor} ${details.remoteAddress}`)
}
