/**
 * `hushlog keep`: the keeper of a directory as a process of its own, under another user if need be.
 */

import type { HushlogError } from '../errors.ts'
import { KeeperProcess } from '../keep/keeper-process.ts'
import { keptDirectory } from '../keep/kept-directory.ts'
import { lastRecipients } from '../keep/listed.ts'
import { Shipper } from '../ship/shipper.ts'
import { type Arguments, type Command, EXIT, usage } from './command.ts'
import { sayFirstKey } from './first-key.ts'
import { directoryOperand } from './log-directory.ts'
import { askedRecipients, RECIPIENT_OPTIONS } from './recipient-options.ts'
import { keepDaysOf, RETENTION_OPTIONS } from './retention-options.ts'
import { askedTargets, boundsOf, SHIP_OPTIONS } from './ship-options.ts'
import { stopSignal } from './stop-signal.ts'
import { say, sayError } from './terminal.ts'
import { FROM_OPTION, groupId, ownersOf } from './users.ts'

export const keep: Command = {
  name: 'keep',
  takes: '[DIR]',
  summary: 'seal and keep the segments that programs write, as a process of its own',
  text: `
Seals what programs with storage.keeper: 'external' write into a log directory
(default: logs), keeps the ledger, and removes what is old enough. Runs until it
gets SIGTERM or SIGINT, finishes what it does, and ends with exit code 0.

With --group the members of a group write into open/ and can reach nothing else.
It makes the directory, or sets its modes. --from names the users whose segments
are taken; what else lies in open/ is told once and left alone.

Segments are encrypted to the recipients that are given; when none is, to those to
whom the last segment was encrypted, as the ledger says.

With --to what is sealed is shipped to a target, as hushlog ship does.

Exit code 2 when the directory cannot be used, or has a keeper already; with --once
also when something failed.`,
  options: {
    ...FROM_OPTION,
    group: { value: 'GROUP', help: 'the group whose members log there; default: none' },
    ...RETENTION_OPTIONS,
    ...RECIPIENT_OPTIONS,
    ...SHIP_OPTIONS,
    once: { help: 'do what is to be done now, and end' },
    'new-key': { help: 'go on with a new key when the one that signs the ledger is lost' },
  },
  run: keepOn,
}

async function keepOn(args: Arguments): Promise<number> {
  const keepDays = keepDaysOf(args)
  const owners = ownersOf(args)
  const asked = await askedRecipients(args)
  const [targets, bounds] = [askedTargets(args), boundsOf(args)]
  const isBound = args.has('max-bandwidth') || args.has('max-concurrency')
  if (isBound && targets.length === 0)
    throw usage('--max-bandwidth and --max-concurrency are for --to TARGET')
  const [group] = args.values('group').map((name) => groupId('--group', name))
  const dir = keptDirectory(directoryOperand(args.operands), group)
  const recipients = asked ?? (await lastRecipients(dir))
  let failures = 0
  const onError = (error: HushlogError) => {
    // What is refused in open/ is left alone as it should be.
    if (error.code !== 'HUSHLOG_FOREIGN') failures++
    sayError(error)
  }
  const shipping = { dir, keepDays, ...bounds, targets, onError }
  const shipper = targets.length === 0 ? undefined : new Shipper(shipping)
  const keeper = new KeeperProcess({
    dir,
    keepDays,
    owners,
    recipients,
    newKey: args.has('new-key'),
    onError,
    onFirstKey: sayFirstKey,
    onSealed: () => shipper?.wake(),
  })
  if (args.has('once')) {
    await once(keeper, shipper)
    return failures > 0 ? EXIT.failed : EXIT.ok
  }
  await untilStopped(keeper, shipper, dir)
  return EXIT.ok
}

async function once(keeper: KeeperProcess, shipper: Shipper | undefined): Promise<void> {
  await keeper.once()
  await keeper.stop()
  await shipper?.once()
  await shipper?.close()
  const { sealed, pruned } = keeper.stats()
  const waits = shipper?.stats().map(({ target, waiting }) => `, ${waiting.segments} wait for ${target}`)
  say(`sealed ${sealed}, removed ${pruned}${waits?.join('') ?? ''}`)
}

async function untilStopped(keeper: KeeperProcess, shipper: Shipper | undefined, dir: string): Promise<void> {
  const stopped = stopSignal()
  await keeper.start()
  await shipper?.start()
  say(`keeping ${dir}`)
  await stopped
  await keeper.stop()
  await shipper?.close()
}
