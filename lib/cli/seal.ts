/**
 * `hushlog seal`: seals now what a directory holds that no program writes any more.
 */
import { lstatSync } from 'node:fs'
import { basename, join } from 'node:path'
import { HushlogError } from '../errors.ts'
import { keptDirectory } from '../keep/kept-directory.ts'
import { Ledger } from '../keep/ledger.ts'
import { lastRecipients } from '../keep/listed.ts'
import { seal as sealSegment } from '../keep/seal.ts'
import { prepareDirectory } from '../store/directory.ts'
import { findAbandoned } from '../store/recovery.ts'
import { type Arguments, type Command, EXIT, printable } from './command.ts'
import { checkDirectory, directoryOperand, listOpen } from './log-directory.ts'
import { Progress } from './progress.ts'
import { askedRecipients, RECIPIENT_OPTIONS } from './recipient-options.ts'
import { Output, say, sayError } from './terminal.ts'
import { FROM_OPTION, ownersOf } from './users.ts'

export const seal: Command = {
  name: 'seal',
  takes: '[DIR]',
  summary: 'seal now what no program writes any more',
  text: `
Seals the segments in a log directory (default: logs) that programs have left there
which do not run any more, as the next program to start would. What running programs
write is left to them. Prints where each sealed segment lies in the directory.

In a directory that hushlog keep --group made, our own segments are taken and those
of the users of --from.

Segments are encrypted to the recipients that are given; when none is, to those to
whom the last segment was encrypted, as the ledger says.

Exit code 0, or 2 when a segment cannot be sealed; the others are sealed all the same.`,
  options: {
    ...FROM_OPTION,
    ...RECIPIENT_OPTIONS,
    'new-key': { help: 'go on with a new key when the one that signs the ledger is lost' },
  },
  run: (args) => sealTo(new Output(), args),
}

export async function sealTo(output: Output, args: Arguments): Promise<number> {
  const dir = directoryOperand(args.operands)
  const asked = await askedRecipients(args)
  checkDirectory(dir)
  checkOwner(dir)
  const group = groupOf(dir)
  const owners = group === undefined && !args.has('from') ? undefined : ownersOf(args)
  const path = group === undefined ? prepareDirectory(dir, { explicit: true }) : keptDirectory(dir, group)
  const ledger = new Ledger(path, Date.now, {
    newKey: args.has('new-key'),
    onFirstKey: (key) => say(`the ledger is signed, from here on, beginning with the public key ${key}`),
  })
  // A key counts only when something is signed by it.
  if (args.has('new-key')) await ledger.append({ kind: 'heartbeat', open: listOpen(dir).segments.length })
  const recipients = asked ?? (await lastRecipients(ledger.dir))
  const left = findAbandoned(ledger.dir, Date.now(), owners)
  const progress = new Progress(
    process.stderr,
    left.reduce((sum, { path }) => sum + sizeOf(path), 0),
  )
  let sealed = 0
  let failed = 0
  for (const { path } of left) {
    const size = sizeOf(path)
    try {
      const result = await sealSegment(ledger, path, 'adopted', {
        recipients,
        ...(owners === undefined ? {} : { owners }),
      })
      progress.clear()
      if (result.torn !== undefined) say(`half a line was put into torn/${result.torn.name}.tail`)
      if (result.path !== undefined) await output.write(`${result.path}\n`)
      if (result.outcome === 'listed') sealed++
    } catch (error) {
      if (error instanceof HushlogError && error.code === 'HUSHLOG_STDOUT') throw error
      progress.clear()
      sayError(error)
      failed++
    }
    progress.advance(size)
  }
  progress.clear()
  say(summaryOf(sealed, recipients.length, listOpen(dir).segments.length - failed))
  return failed > 0 ? EXIT.failed : EXIT.ok
}

const GROUP_MAY_WRITE = 0o020

/** The group that logs into a keeper's directory; undefined for one that its owner alone writes. */
function groupOf(dir: string): number | undefined {
  const { mode, gid } = lstatSync(join(dir, 'open'))
  return (mode & GROUP_MAY_WRITE) === 0 ? undefined : gid
}

/** What root writes into the directory of another user, that user's programs could not read. */
function checkOwner(dir: string): void {
  const { uid } = lstatSync(dir)
  if (process.geteuid?.() !== 0 || uid === 0) return
  throw new HushlogError('HUSHLOG_DIRECTORY', `${printable(dir)} belongs to user ${uid}, we are root`, {
    hint: `run it as that user: sudo -u '#${uid}' hushlog seal ${printable(basename(dir))}`,
  })
}

function sizeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function summaryOf(sealed: number, recipients: number, open: number): string {
  const what = sealed === 1 ? '1 segment' : `${sealed} segments`
  const how = recipients === 0 ? 'not encrypted' : `encrypted to ${recipients}`
  const rest = open > 0 ? `, ${open} left to programs that run` : ''
  return `sealed ${what}${sealed > 0 ? `, ${how}` : ''}${rest}`
}
