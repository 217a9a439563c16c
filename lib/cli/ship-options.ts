import { bytesOf } from '../checks.ts'
import { lastTargets } from '../keep/listed.ts'
import { targetOf } from '../ship/place.ts'
import type { TargetConfig } from '../ship-config.ts'
import { type Arguments, type Option, usage } from './command.ts'
import { wholeNumber } from './whole-number.ts'

export const SHIP_OPTIONS: Record<string, Option> = {
  to: {
    value: 'TARGET',
    multiple: true,
    help: 's3://BUCKET/PREFIX?region=NAME, or a directory; repeatable',
  },
  'max-concurrency': { value: 'COUNT', help: 'objects sent at once to a target; default 2' },
  'max-bandwidth': { value: 'BYTES', help: 'bytes a second to a target, or text like "10 MB"' },
}

const CONCURRENCY = { standard: 2, min: 1, max: 32 }

/** @throws HushlogError `HUSHLOG_OPTION` */
export function boundsOf(args: Arguments): { maxConcurrency: number; maxBandwidth: number | undefined } {
  const [text] = args.values('max-bandwidth')
  const value = text === undefined ? undefined : Number(text)
  const maxBandwidth =
    value === undefined ? undefined : bytesOf(Number.isNaN(value) ? text : value, '--max-bandwidth')
  return { maxConcurrency: wholeNumber(args, 'max-concurrency', CONCURRENCY), maxBandwidth }
}

/** Those of `--to`. @throws HushlogError `HUSHLOG_OPTION` */
export function askedTargets(args: Arguments): TargetConfig[] {
  return args.values('to').map((text) => targetOf(text, '--to'))
}

/**
 * Those of `--to`, else those that the ledger names.
 * @throws HushlogError `HUSHLOG_OPTION` when there is none
 */
export async function targetsOf(args: Arguments, dir: string): Promise<TargetConfig[]> {
  const asked = askedTargets(args)
  const targets = asked.length > 0 ? asked : (await lastTargets(dir)).map((place) => targetOf(place, '--to'))
  if (targets.length > 0) return targets
  throw usage(
    `nothing has been shipped from ${dir} yet: name a target`,
    '--to s3://BUCKET/PREFIX, or --to DIRECTORY',
  )
}
