/**
 * Has the ledger of each directory say that somebody has reviewed it.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { HushlogError } from '../errors.ts'
import { problemIn } from '../keep/inbox.ts'
import { RESTORED } from '../keep/restored.ts'
import type { ReviewRequest } from '../keep/review-request.ts'
import type { Report } from '../review/report.ts'
import { asOwner } from './as-owner.ts'
import { askKeeper } from './ask-keeper.ts'
import { type Arguments, printable, usage } from './command.ts'
import { say, sayError } from './terminal.ts'

/** @throws HushlogError `HUSHLOG_OPTION` for a name that the ledger does not take */
export function reviewerOf(args: Arguments): string | undefined {
  const [name] = args.values('reviewer')
  const reviewer = name ?? process.env.SUDO_USER ?? userName()
  const problem = reviewer === undefined ? undefined : problemIn(requestOf(EMPTY, '', reviewer))
  if (problem === undefined) return reviewer
  if (name !== undefined) throw usage(`--reviewer: ${problem}`)
  return undefined
}

const EMPTY = {
  period: { since: '2000-01-01T00:00:00.000Z', until: '2000-01-02T00:00:00.000Z' },
  made: '2000-01-02T00:00:00.000Z',
  findings: [],
} satisfies Reviewed

function userName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    // A user without an entry, as in a container.
    return undefined
  }
}

type Reviewed = Pick<Report, 'period' | 'made' | 'findings'>

function requestOf(
  { period, made, findings }: Reviewed,
  json: string,
  reviewer: string | undefined,
): ReviewRequest {
  // Of the hour that still runs nobody has seen the rest.
  const until = made > period.since && made < period.until ? made : period.until
  const sha256 = createHash('sha256').update(json).digest('hex')
  const named = reviewer === undefined ? {} : { reviewer }
  return { kind: 'review', since: period.since, until, ...named, sha256, findings: findings.length }
}

/**
 * @param json the report as `--json` prints it
 * @param mustBe whether it is an error when a directory cannot be told
 * @returns whether all is well
 */
export async function recordReview(
  report: Report,
  json: string,
  reviewer: string | undefined,
  mustBe: boolean,
): Promise<boolean> {
  const request = requestOf(report, json, reviewer)
  let isWell = true
  for (const { dir, state } of report.directories) {
    if (state === 'missing') continue
    try {
      await record(dir, request)
    } catch (error) {
      if (!(error instanceof HushlogError)) throw error
      isWell &&= !mustBe
      if (mustBe) sayError(error)
      else say(`the review is not recorded in ${printable(dir)}: ${error.message}`)
    }
  }
  return isWell
}

async function record(dir: string, request: ReviewRequest): Promise<void> {
  if (existsSync(join(dir, RESTORED)))
    throw new HushlogError('HUSHLOG_INBOX', 'it is a restored copy, which nobody keeps', {
      hint: 'review the directory that the program logs into',
    })
  const done = await asOwner(dir, (isRoot) => askKeeper(dir, request, isRoot))
  const by = request.reviewer === undefined ? '' : ` by ${request.reviewer}`
  if (done === 'entered') say(`the review${by} stands in the ledger of ${printable(dir)}`)
  else say(`the review waits in ${printable(dir)}/inbox for the keeper`)
}
