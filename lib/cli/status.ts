/**
 * `hushlog status`: whether the logs of a directory are in order. It only reads.
 */
import { visibleText } from '../logger/visible.ts'
import { type Arguments, type Command, EXIT } from './command.ts'
import { directoryOperand } from './log-directory.ts'
import { DAYS } from './retention-options.ts'
import { statusOf } from './status-facts.ts'
import { alarmsOf, notesOf, statusText } from './status-text.ts'
import { Output, say } from './terminal.ts'
import { wholeNumber } from './whole-number.ts'

export const status: Command = {
  name: 'status',
  takes: '[DIR]',
  summary: 'what a log directory holds, what was lost, how long the disk lasts',
  text: `
Looks at a log directory (default: logs) and tells what stands in it, what was
lost, and how long the disk lasts. It only reads, also while programs log there.

What is wrong is said on standard error, with a hint. Losses, torn tails and clock
steps are those of the last 90 days, or of as many as --days says: in a daily
check, --days=1 tells each of them once.

Exit code 0 when all is well, 1 when lines were lost or torn, segments are not
sealed, missing or not in the ledger, or the disk is low, 2 when the directory is
not there or cannot be read.`,
  options: {
    days: { value: 'DAYS', help: 'tell what was lost in so many days; default 90' },
    'keep-days': { value: 'DAYS', help: 'the keepDays of the program; default 90' },
    json: { help: 'one JSON object instead of text' },
  },
  run: (args) => statusTo(new Output(), args),
}

/** @returns the exit code */
export async function statusTo(output: Output, args: Arguments): Promise<number> {
  const days = wholeNumber(args, 'days', DAYS)
  const keepDays = wholeNumber(args, 'keep-days', DAYS)
  const found = await statusOf(directoryOperand(args.operands), { keepDays, days, now: Date.now() })
  const [alarms, notes] = [alarmsOf(found), notesOf(found)]
  const names = { alarms: alarms.map(({ name }) => name), notes: notes.map(({ name }) => name) }
  const json = visibleText(JSON.stringify({ ...found, ...names }), false)
  await output.write(args.has('json') ? `${json}\n` : statusText(found))
  for (const { words, hint } of alarms) tell(`error: ${words}`, hint)
  for (const { words, hint } of notes) tell(words, hint)
  return alarms.length > 0 ? EXIT.found : EXIT.ok
}

function tell(words: string, hint: string): void {
  say(words)
  say(`hint: ${hint}`)
}
