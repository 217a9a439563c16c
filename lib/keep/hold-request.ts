import { lstatSync } from 'node:fs'
import { isRequestId } from '../id.ts'
import type { HoldFact } from './facts.ts'
import { isPlainText, isTime, type RequestKind, type Standing } from './request-kind.ts'

/** A request to add or to remove a legal hold, as it stands in a file. */
export type HoldRequest = Omit<HoldFact, 'by'>

const MAX_REASON = 200

export const HOLD_REQUEST: RequestKind<HoldFact> = {
  fields: ['kind', 'op', 'id', 'since', 'until', 'reason'],
  checks: [
    [({ op }) => op !== 'add' && op !== 'remove', 'its op is neither add nor remove'],
    [({ id }) => typeof id !== 'string' || !isRequestId(id), 'its id is not 1 to 64 of A-Z a-z 0-9 _ . -'],
    [
      ({ since, until }) => ![since, until].every((time) => time === undefined || isTime(time)),
      'a time is not ISO 8601 in UTC with milliseconds',
    ],
    [
      ({ since, until }) => since !== undefined && until !== undefined && since > until,
      'it ends before it begins',
    ],
    [
      ({ reason }) => reason !== undefined && !isPlainText(reason, MAX_REASON),
      `its reason is not 1 to ${MAX_REASON} characters without control characters`,
    ],
    [
      ({ op, since, until, reason }) =>
        op === 'remove' && [since, until, reason].some((field) => field !== undefined),
      'to remove a hold takes its id alone',
    ],
  ],
  refusal,
  isEntered,
}

function refusal(request: HoldFact, standing: Standing): string | undefined {
  const { holds, dir } = standing
  if (request.op === 'add')
    return holds.has(request.id) && !isEntered(request, standing)
      ? 'a hold of this id stands already'
      : undefined
  if (request.by !== 0 && request.by !== lstatSync(dir).uid)
    return 'only the keeper’s user and root may remove a hold'
  return holds.has(request.id) ? undefined : 'no hold of this id stands'
}

function isEntered({ op, id, since, until, reason, by }: HoldFact, { holds }: Standing): boolean {
  if (op === 'remove') return false
  return holds
    .list()
    .some(
      (hold) =>
        hold.id === id &&
        hold.since === since &&
        hold.until === until &&
        hold.reason === reason &&
        hold.by === by,
    )
}
