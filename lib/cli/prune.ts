/**
 * `hushlog prune`: removes what is old enough, or tells what would go, what stays and why.
 */
import { Ledger } from '../keep/ledger.ts'
import { type PruneReport, prune as removeOld } from '../keep/retention.ts'
import { visibleText } from '../logger/visible.ts'
import { actAsOwner } from './as-owner.ts'
import { type Arguments, type Command, EXIT } from './command.ts'
import { checkDirectory, directoryOperand } from './log-directory.ts'
import { keepDaysOf, RETENTION_OPTIONS } from './retention-options.ts'
import { Output, say } from './terminal.ts'

export const prune: Command = {
  name: 'prune',
  takes: '[DIR]',
  summary: 'remove sealed segments that are old enough, or tell which would go',
  text: `
Removes the sealed segments of a log directory (default: logs) whose last line is
older than --keep-days, as the ledger says it, and that are under no legal hold. A
keeper does that by itself, every day; here one sees what goes, what is held, and
what is refused and why. Each removal leaves an entry in the ledger.

Exit code 0 when nothing was refused, 1 when something was, 2 when the directory or
its ledger cannot be read.`,
  options: {
    ...RETENTION_OPTIONS,
    'dry-run': { help: 'tell what would be removed, and remove nothing' },
    json: { help: 'one JSON object instead of text' },
  },
  run: (args) => pruneTo(new Output(), args),
}

/** @returns the exit code */
export async function pruneTo(output: Output, args: Arguments): Promise<number> {
  const keepDays = keepDaysOf(args)
  const dir = directoryOperand(args.operands)
  const dryRun = args.has('dry-run')
  checkDirectory(dir)
  actAsOwner(dir)
  const report = await removeOld(new Ledger(dir), { keepDays, now: Date.now(), dryRun })
  await output.write(args.has('json') ? jsonOf(report, dryRun) : textOf(report, dryRun))
  if (report.removed.length + report.held.length + report.refused.length === 0)
    say(`nothing is older than ${keepDays} days`)
  return report.refused.length > 0 ? EXIT.found : EXIT.ok
}

function jsonOf(report: PruneReport, dryRun: boolean): string {
  return `${visibleText(JSON.stringify({ dryRun, ...report }), false)}\n`
}

function textOf({ removed, held, refused }: PruneReport, dryRun: boolean): string {
  const rows = [
    ...removed.map(({ path, last }) => `${dryRun ? 'would remove' : 'removed'} ${path}, last line ${last}`),
    ...held.map(({ path, holds }) => `held ${path}: ${holds.join(', ')}`),
    ...refused.map(({ path, reason }) => `refused ${path ?? 'all'}: ${reason}`),
  ]
  return rows.map((row) => `${visibleText(row, false)}\n`).join('')
}
