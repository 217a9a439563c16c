/**
 * `hushlog hold`: asks the keeper to keep segments whatever their age, and tells what is asked for.
 */
import type { HoldRequest } from '../keep/hold-request.ts'
import { type Hold, readHolds } from '../keep/holds.ts'
import { problemIn } from '../keep/inbox.ts'
import { visibleText } from '../logger/visible.ts'
import { actAsOwner } from './as-owner.ts'
import { askKeeper } from './ask-keeper.ts'
import { type Arguments, type Command, EXIT, printable, usage } from './command.ts'
import { checkDirectory, DEFAULT_DIRECTORY } from './log-directory.ts'
import { Output, say } from './terminal.ts'

export const hold: Command = {
  name: 'hold',
  takes: 'add ID [DIR] | remove ID [DIR] | list [DIR]',
  summary: 'keep segments whatever their age until the hold is removed',
  text: `
A legal hold keeps the segments with lines from --since to --until, whatever their
age, until it is removed. It stands in the ledger of the log directory (default:
logs), with the number of the user who asked for it. ID is 1 to 64 of
A-Z a-z 0-9 _ . -

Where a keeper runs, it enters the request within two seconds; where none does, it
is entered at once. Only the keeper's user and root may ask.

Exit code 2 when the request is refused, with the reason.`,
  options: {
    since: { value: 'TIME', help: '2026-11-24, or 2026-11-24T02:29:31.123Z; default: from the beginning' },
    until: { value: 'TIME', help: 'the same, the whole day for a date; default: without an end' },
    reason: { value: 'TEXT', help: 'up to 200 characters' },
    json: { help: 'list: one JSON object for each hold' },
  },
  run: (args) => holdTo(new Output(), args),
}

/** @returns the exit code */
export async function holdTo(output: Output, args: Arguments): Promise<number> {
  const [what, ...rest] = args.operands
  if (what === 'list') return list(output, args, directoryIn(rest))
  if (what !== 'add' && what !== 'remove')
    throw usage(`hushlog hold takes add, remove or list, got ${printable(what ?? 'nothing')}`)
  const [id, ...more] = rest
  if (id === undefined) throw usage(`hushlog hold ${what} takes the id of a hold`)
  return ask(directoryIn(more), requestOf(args, what, id))
}

function directoryIn(operands: string[]): string {
  if (operands.length > 1) throw usage(`one directory at a time, got ${operands.length}`)
  const dir = operands[0] ?? DEFAULT_DIRECTORY
  checkDirectory(dir)
  return dir
}

const DATE = '2026-11-24'.length

function requestOf(args: Arguments, op: HoldRequest['op'], id: string): HoldRequest {
  const [since] = args.values('since').map((text) => (text.length === DATE ? `${text}T00:00:00.000Z` : text))
  const [until] = args.values('until').map((text) => (text.length === DATE ? `${text}T23:59:59.999Z` : text))
  const [reason] = args.values('reason')
  const request: HoldRequest = { kind: 'hold', op, id, since, until, reason }
  const problem = problemIn(request)
  if (problem !== undefined) throw usage(`hushlog hold ${op}: ${problem}`)
  return request
}

async function ask(dir: string, request: HoldRequest): Promise<number> {
  const isRoot = actAsOwner(dir)
  const done = await askKeeper(dir, request, isRoot)
  if (done === 'waits') say('the request waits in inbox/ for the keeper')
  else say(`hold ${request.id} ${request.op === 'add' ? 'stands' : 'is removed'}, as the ledger says`)
  return EXIT.ok
}

async function list(output: Output, args: Arguments, dir: string): Promise<number> {
  actAsOwner(dir)
  const holds = (await readHolds(dir)).list()
  const rows = holds.map((one) => (args.has('json') ? JSON.stringify(one) : textOf(one)))
  await output.write(rows.map((row) => `${visibleText(row, false)}\n`).join(''))
  return EXIT.ok
}

function textOf({ id, since, until, reason, by, at }: Hold): string {
  const time = `${since ?? 'the beginning'} to ${until ?? 'no end'}`
  return `${id}: ${time}, by user ${by} at ${at}${reason === undefined ? '' : `: ${reason}`}`
}
