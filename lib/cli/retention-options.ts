import { LEAST_KEEP_DAYS } from '../config.ts'
import type { Arguments, Option } from './command.ts'
import { usage } from './command.ts'
import { wholeNumber } from './whole-number.ts'

/** What an option of days takes. */
export const DAYS: { standard: number; min: number; max: number } = {
  standard: LEAST_KEEP_DAYS,
  min: 1,
  max: 36_500,
}

export const RETENTION_OPTIONS: Record<string, Option> = {
  'keep-days': {
    value: 'DAYS',
    help: `days that a segment is kept after its last line; default ${LEAST_KEEP_DAYS}`,
  },
  'allow-short-retention': { help: `needed for less than ${LEAST_KEEP_DAYS} days` },
}

/** @throws HushlogError `HUSHLOG_OPTION` for less than 90 days, unless that is allowed in so many words */
export function keepDaysOf(args: Arguments): number {
  const days = wholeNumber(args, 'keep-days', DAYS)
  if (days >= LEAST_KEEP_DAYS || args.has('allow-short-retention')) return days
  throw usage(
    `option --keep-days takes ${LEAST_KEEP_DAYS} or more, got ${days}`,
    'for a shorter retention put --allow-short-retention beside it',
  )
}
