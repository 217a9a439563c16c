/**
 * Search, sql and review on 90 days of three hosts that are generated with incidents in them: whether each incident is
 * told of and nothing else, whether all numbers are those that were counted while the lines were made, and in how much
 * memory. npm run test:peers -- review, or node test/peers/review.peer.js [ROW …]; HUSHLOG_FULL=1 for 20 GB of text.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  halfLine,
  missingHost,
  openSegment,
  tamperedLines,
  wrongIdentities,
  wrongQuestions,
} from './review/bad-input.js'
import { generate } from './review/generate.js'
import { Asked, answeredQueries, countedSearches, toldStories } from './review/questions.js'
import { recounted } from './review/recount.js'
import { findingProblems, review, sumProblems } from './review/reports.js'
import { runRows } from './rows.js'

const MEGABYTES = process.env.HUSHLOG_FULL === '1' ? 20_000 : 150
const CALM_MEGABYTES = 40
const MOST_MEMORY = 200
const WEEK = [83, 89]
const DAMAGED_WEEK = [70, 76]

const folder = mkdtempSync(join(tmpdir(), 'hushlog-review-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Made when they are first asked of. */
const made = {}
function logs(name, options) {
  const dir = join(folder, name)
  made[name] ??= generate({ dir, ...options }).then((truth) => {
    const text = truth.hosts.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
    console.log(`         made ${text.toFixed(0)} MB of ${name} logs in ${truth.seconds.toFixed(1)} s`)
    return new Asked(dir, truth)
  })
  return made[name]
}
const eventful = () => logs('eventful', { megabytes: MEGABYTES })
const calm = () => logs('calm', { megabytes: CALM_MEGABYTES, incidents: false })

const rows = {
  'the lines are as hushlog writes them': async () => recounted(await eventful(), [70, 89]),
  'search counts as was counted': async () => bounded(await countedSearches(await eventful())),
  'search tells whole stories': async () => toldStories(await eventful()),
  'sql counts as was counted': async () => answeredQueries(await eventful()),
  'review of the last week': async () => reviewed(await eventful(), WEEK),
  'review of the week in which segments are damaged': async () => reviewed(await eventful(), DAMAGED_WEEK),
  'review of 90 days': async () => longReview(await eventful()),
  'review of a calm week': async () => reviewed(await calm(), WEEK),
  'no identity, and a wrong one': async () => wrongIdentities(await eventful()),
  'tampered segments': async () => tamperedLines(await eventful()),
  'a host is missing': async () => missingHost(await eventful()),
  'a segment is being written': () => openSegment(),
  'half a line': async () => halfLine(await calm()),
  'wrong questions': async () => wrongQuestions(await eventful()),
}

await runRows(rows, process.argv.slice(2), () => {})

async function reviewed(asked, days) {
  const result = await review(asked, days)
  const isDamaged = days === DAMAGED_WEEK
  const problems = [
    ...findingProblems(asked, result, days),
    ...(isDamaged ? [] : sumProblems(asked, result, days)),
  ]
  const { findings } = result.report
  return bounded({
    numbers: `${findings.length} findings in ${result.seconds.toFixed(1)} s, ${result.peak.toFixed(0)} MB`,
    problems,
    peak: result.peak,
  })
}

/** No segment is to be left out of it, and the memory is bounded. */
async function longReview(asked) {
  const result = await review(asked, [0, 89])
  const most = asked.counts(0, 89, ['deleted']).lines
  const least = most - asked.part('flipped').lines - asked.part('forged').lines
  const lines = result.report.directories.reduce((sum, directory) => sum + directory.lines, 0)
  return bounded({
    numbers: `${lines} lines in ${result.seconds.toFixed(1)} s, ${result.peak.toFixed(0)} MB`,
    problems:
      lines >= least && lines <= most ? [] : [`${lines} lines in the report, ${least} to ${most} counted`],
    peak: result.peak,
  })
}

function bounded({ peak, problems, ...rest }) {
  const isLarge = peak > MOST_MEMORY
  return { ...rest, problems: isLarge ? [...problems, `${peak.toFixed(0)} MB of memory`] : problems }
}
