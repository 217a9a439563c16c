/**
 * `hushlog ship --probe`: whether a target keeps what it is given.
 */
import { visibleText } from '../logger/visible.ts'
import { openTarget } from '../ship/open-target.ts'
import { placeOf } from '../ship/place.ts'
import type { ProbeFinding } from '../ship/s3/probe.ts'
import type { TargetConfig } from '../ship-config.ts'
import { type Arguments, EXIT } from './command.ts'
import type { Output } from './terminal.ts'

/** @returns the exit code: 1 when a target does not keep what it is given */
export async function probe(
  output: Output,
  args: Arguments,
  { targets, keepDays }: { targets: readonly TargetConfig[]; keepDays: number },
): Promise<number> {
  let isGood = true
  for (const config of targets) {
    const findings = await findingsOf(config, keepDays)
    const isKept = findings.every(({ ok }) => ok)
    isGood &&= isKept
    const target = placeOf(config)
    const text = args.has('json')
      ? JSON.stringify({ target, ok: isKept, findings })
      : textOf(target, findings)
    await output.write(`${visibleText(text, !args.has('json'))}\n`)
  }
  return isGood ? EXIT.ok : EXIT.found
}

/** A directory cannot lock: whoever may write there can delete. */
const NO_LOCKS: ProbeFinding = {
  what: 'nobody can delete what lies there',
  ok: false,
  hint: 'a directory cannot lock: take storage that can, or let another user copy it away',
}

async function findingsOf(config: TargetConfig, keepDays: number): Promise<ProbeFinding[]> {
  const configured = await checked(config, keepDays)
  if (config.kind === 'directory') return [configured, NO_LOCKS]
  const { probeTarget } = await import('../ship/s3/probe.ts')
  return [configured, ...(await probeTarget(config))]
}

/** As it is checked whenever shipping starts. */
async function checked(config: TargetConfig, keepDays: number): Promise<ProbeFinding> {
  const target = await openTarget(config)
  const what = `it is set up to keep logs for ${keepDays} days`
  try {
    await target.check(keepDays)
    return { what, ok: true }
  } catch (error) {
    const { message, hint } = error as { message: string; hint?: string }
    return { what, ok: false, hint: hint === undefined ? message : `${message}; ${hint}` }
  } finally {
    target.close()
  }
}

function textOf(target: string, findings: ProbeFinding[]): string {
  const rows = findings.map(
    ({ what, ok, hint }) => `${ok ? 'ok  ' : 'FAIL'}  ${what}${hint === undefined ? '' : `: ${hint}`}`,
  )
  return [target, ...rows].join('\n')
}
