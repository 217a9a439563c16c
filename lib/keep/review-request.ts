import type { ReviewFact } from './facts.ts'
import { isPlainText, isTime, type RequestKind, type Standing } from './request-kind.ts'

/** A request to enter a review, as it stands in a file. */
export type ReviewRequest = Omit<ReviewFact, 'by'>

export const MAX_REVIEWER = 64
const MAX_FINDINGS = 1_000_000
const HASH_LENGTH = 64
/** A review goes on to the end of the hour that runs; clocks of two users of one machine do not differ more. */
const YET_TO_COME = 2 * 3_600_000

export const REVIEW_REQUEST: RequestKind<ReviewFact> = {
  fields: ['kind', 'since', 'until', 'reviewer', 'sha256', 'findings'],
  checks: [
    [
      ({ since, until }) => !isTime(since) || !isTime(until),
      'a time is not ISO 8601 in UTC with milliseconds',
    ],
    [({ since, until }) => since >= until, 'it ends before it begins'],
    [
      ({ reviewer }) => reviewer !== undefined && !isPlainText(reviewer, MAX_REVIEWER),
      `its reviewer is not 1 to ${MAX_REVIEWER} characters without control characters`,
    ],
    [({ sha256 }) => !isHash(sha256), 'its sha256 is not 64 hexadecimal digits in lower case'],
    [
      ({ findings }) => !Number.isSafeInteger(findings) || findings < 0 || findings > MAX_FINDINGS,
      `its findings are no number from 0 to ${MAX_FINDINGS}`,
    ],
  ],
  // What claims to have looked at days to come would hide that nobody has.
  refusal: ({ until }, { now }) =>
    Date.parse(until) > now + YET_TO_COME ? 'it ends in the time to come' : undefined,
  isEntered,
}

const HEX = '0123456789abcdef'

function isHash(text: unknown): boolean {
  return typeof text === 'string' && text.length === HASH_LENGTH && [...text].every((c) => HEX.includes(c))
}

function isEntered({ since, until, reviewer, sha256, by }: ReviewFact, { reviews }: Standing): boolean {
  return reviews
    .list()
    .some(
      (review) =>
        review.sha256 === sha256 &&
        review.since === since &&
        review.until === until &&
        review.reviewer === reviewer &&
        review.by === by,
    )
}
