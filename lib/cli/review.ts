/**
 * `hushlog review`: the regular audit in one document, and the record that it was made.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadIdentities } from '../keep/identities.ts'
import { visibleText } from '../logger/visible.ts'
import type { Surroundings } from '../review/directory.ts'
import { type Period, periodOf } from '../review/period.ts'
import { FINDING_KINDS, type Report } from '../review/report.ts'
import { type Reviewed, review as reviewDirectories } from '../review/review.ts'
import { type Arguments, type Command, EXIT, printable, usage } from './command.ts'
import { conditionsOf, FAIL_ON, failing } from './fail-on.ts'
import { DEFAULT_DIRECTORY } from './log-directory.ts'
import { momentOf } from './moment.ts'
import { askPassphrase, IDENTITY_OPTIONS } from './passphrase.ts'
import { withBar } from './progress.ts'
import { recordReview, reviewerOf } from './record-review.ts'
import { DAYS } from './retention-options.ts'
import { reviewText } from './review-text.ts'
import { statusOf } from './status-facts.ts'
import { Output, say } from './terminal.ts'
import { wholeNumber } from './whole-number.ts'
import { checkPlace, writePrivate } from './write-private.ts'

const DAY = 86_400_000
const WEEK = 7 * DAY
/** A longer one would be told in more days than anybody reads. */
const LONGEST = 4_000 * DAY

export const review: Command = {
  name: 'review',
  takes: '[DIR...]',
  summary: 'the regular audit: what to look at, who did what, what was lost',
  text: `
Tells of the logs of a week what somebody should look at: faults and losses, failed
logins and bursts of them, logins from new addresses, unusual denials, secrets that
a program tries to log, silent days, what is otherwise than in the week before. Of
one log directory (default: logs) or of several, one for each host.

Encrypted segments are opened with the identities that are given. What was changed
since it was sealed is left out of all sums, and said.

The review is entered into the ledger of each directory, with who made it and the
SHA-256 of the report as --json prints it, so that it can be proven.

Exit code 0, 1 when something holds that --fail-on names, 2 when something could
not be read; the report tells what, and all the rest. --fail-on takes
${kindsText()}`,
  options: {
    since: { value: 'TIME', help: 'a time like 2026-11-24, or 7d, 12h for so long ago; default 7d' },
    until: { value: 'TIME', help: 'the same; default: now. Both are taken to whole hours' },
    ...IDENTITY_OPTIONS,
    html: { value: 'FILE', help: 'write it as a page too, for a browser; a file that is there is replaced' },
    json: { help: 'one JSON object instead of text' },
    'fail-on': FAIL_ON,
    record: { help: 'exit code 2 when the review cannot be entered into a ledger' },
    'no-record': { help: 'do not enter it' },
    reviewer: { value: 'NAME', help: 'who reviews; default: the name of the user' },
    'keep-days': { value: 'DAYS', help: 'the keepDays of the program; default 90' },
  },
  run: (args) => reviewTo(new Output(), args),
}

function kindsText(): string {
  const lines = ['']
  for (const [i, kind] of FINDING_KINDS.entries()) {
    const word = i === FINDING_KINDS.length - 1 ? `${kind}.` : `${kind}, `
    if ((lines.at(-1) as string).length + word.length > 80) lines.push('')
    lines[lines.length - 1] += word
  }
  return lines.map((line) => line.trimEnd()).join('\n')
}

/** @returns the exit code */
export async function reviewTo(output: Output, args: Arguments, now: number = Date.now()): Promise<number> {
  const conditions = conditionsOf(args, FINDING_KINDS) ?? []
  const reviewer = reviewerOf(args)
  if (args.has('record') && args.has('no-record')) throw usage('--record and --no-record exclude each other')
  const [html] = args.values('html')
  if (html !== undefined) checkPlace('html', html)
  const found = await reviewed(args, now)
  const json = `${visibleText(JSON.stringify(found.report), false)}\n`
  const failed = failing(conditions, found.counts)
  await output.write(
    args.has('json')
      ? json
      : reviewText(
          found.report,
          failed.map(({ kind }) => kind),
        ),
  )
  if (html !== undefined) await writePage(html, found.report)
  for (const { words } of failed) say(words)
  const isRecorded =
    args.has('no-record') || (await recordReview(found.report, json, reviewer, args.has('record')))
  if (found.isPartial || !isRecorded) return EXIT.failed
  return failed.length > 0 ? EXIT.found : EXIT.ok
}

/** The page is large, and loaded by nobody else. */
async function writePage(path: string, report: Report): Promise<void> {
  const { reportPage } = await import('../review/page/page.ts')
  writePrivate('html', path, reportPage(report))
  say(`wrote ${printable(path)}`)
}

async function reviewed(args: Arguments, now: number): Promise<Reviewed> {
  const keepDays = wholeNumber(args, 'keep-days', DAYS)
  const [dirs, period] = [directoriesOf(args), askedFor(args, now)]
  const identities = await loadIdentities(args.values('identity'), (path) => askPassphrase(args, path))
  const surroundings = (dir: string) => surroundingsOf(dir, keepDays, now)
  return withBar((bar) =>
    reviewDirectories({ dirs, period, now, identities, keepDays, surroundings, version: version(), ...bar }),
  )
}

function directoriesOf({ operands }: Arguments): string[] {
  const dirs = operands.length === 0 ? [DEFAULT_DIRECTORY] : operands
  const twice = dirs.find((dir, i) => dirs.findIndex((other) => resolve(other) === resolve(dir)) !== i)
  if (twice !== undefined) throw usage(`${printable(twice)} is given twice: its lines would count twice`)
  return dirs
}

function askedFor(args: Arguments, now: number): Period {
  const since = momentOf(args, 'since', now) ?? now - WEEK
  const until = Math.min(momentOf(args, 'until', now) ?? now, now)
  if (since >= until) throw usage('--since takes a time before --until, and before now')
  if (until - since > LONGEST) throw usage(`--since takes a time of the last ${LONGEST / DAY} days`)
  return periodOf(since, until)
}

async function surroundingsOf(dir: string, keepDays: number, now: number): Promise<Surroundings> {
  const { ship, disk, rate, encrypted } = await statusOf(dir, { keepDays, days: keepDays, now })
  const { plainBytesPerDay, projectedBytes } = rate
  return {
    shipping: ship.map(({ target, waiting, shipped }) => ({
      to: target,
      shipped: shipped.segments,
      waiting: waiting.segments,
      waitingSince: waiting.oldest,
      lastShipped: shipped.last,
    })),
    disk: { ...disk, plainBytesPerDay, projectedBytes, encrypted },
  }
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}
