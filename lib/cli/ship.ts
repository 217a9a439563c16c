/**
 * `hushlog ship`: takes what is sealed off this host, or tells whether a bucket keeps what it promises.
 */
import type { HushlogError } from '../errors.ts'
import { Ledger } from '../keep/ledger.ts'
import { visibleText } from '../logger/visible.ts'
import { placeOf, targetOf } from '../ship/place.ts'
import { bytesOf, ShipState } from '../ship/ship-state.ts'
import { Shipper } from '../ship/shipper.ts'
import type { TargetConfig } from '../ship-config.ts'
import type { TargetStats } from '../types.ts'
import { actAsOwner } from './as-owner.ts'
import { type Arguments, type Command, EXIT, usage } from './command.ts'
import { checkDirectory, directoryOperand } from './log-directory.ts'
import { probe } from './probe.ts'
import { Progress } from './progress.ts'
import { keepDaysOf, RETENTION_OPTIONS } from './retention-options.ts'
import { askedTargets, boundsOf, SHIP_OPTIONS, targetsOf } from './ship-options.ts'
import { stopSignal } from './stop-signal.ts'
import { Output, say, sayError } from './terminal.ts'

export const ship: Command = {
  name: 'ship',
  takes: '[DIR]',
  summary: 'take sealed segments and the ledger off this host',
  text: `
Sends each sealed segment of a log directory (default: logs), and the ledger, to
every target, reads back how it lies there, and enters that into the ledger. From
then on nothing is removed here that does not lie in every target. Without --to the
targets are those that the ledger names, by their places alone: what else the program
was given (region, object-lock, server-side-encryption) is given with --to each time.
Runs until it gets SIGTERM or SIGINT; with
--now it ends when it has tried everything once.

In S3-compatible storage each object is locked against deletion until its last
record is --keep-days old. Credentials come from where the AWS SDK looks for them:
the environment, a profile, a role. The package @aws-sdk/client-s3 must be installed.

--probe writes an object that is locked for one minute and tries to delete it: run
it once, with the rights of the program. --forget gives a target up; a program that
still names it takes it up again when it starts.

Exit code 0 when it was told to end; with --now 0 when all is shipped, 1 when
something still waits; 2 when the directory cannot be used.`,
  options: {
    ...SHIP_OPTIONS,
    ...RETENTION_OPTIONS,
    now: { help: 'try once to ship all that waits, also what waits for another try' },
    probe: { help: 'tell whether the targets keep what they are given' },
    forget: { value: 'TARGET', help: 'give a target up: nothing waits for it any more' },
    json: { help: 'with --now and --probe: one JSON object for each target' },
  },
  run: (args) => shipTo(new Output(), args),
}

/** @returns the exit code */
export async function shipTo(output: Output, args: Arguments): Promise<number> {
  const keepDays = keepDaysOf(args)
  const bounds = boundsOf(args)
  const dir = directoryOperand(args.operands)
  const asked = askedTargets(args)
  if (args.has('probe') && asked.length > 0) return probe(output, args, { targets: asked, keepDays })
  checkDirectory(dir)
  actAsOwner(dir)
  const [forgotten] = args.values('forget')
  if (forgotten !== undefined) return forget(dir, forgotten)
  const targets = await targetsOf(args, dir)
  if (args.has('probe')) return probe(output, args, { targets, keepDays })
  const options = { dir, targets, keepDays, ...bounds }
  return args.has('now') ? once(output, args, options) : untilStopped(options)
}

type Options = Omit<ConstructorParameters<typeof Shipper>[0], 'onError'>

async function untilStopped(options: Options): Promise<number> {
  const stopped = stopSignal()
  const shipper = new Shipper({ ...options, onError: sayError })
  say(`shipping ${options.dir} to ${options.targets.map(placeOf).join(' and ')}`)
  await shipper.start()
  await stopped
  await shipper.close()
  return EXIT.ok
}

async function once(output: Output, args: Arguments, options: Options): Promise<number> {
  const errors: HushlogError[] = []
  const progress = new Progress(process.stderr, await waitingBytes(options))
  const shipper = new Shipper({
    ...options,
    onError: (error) => errors.push(error),
    onProgress: (bytes) => progress.advance(bytes),
  })
  const isDone = await shipper.once(true)
  progress.clear()
  await shipper.close()
  for (const error of errors) sayError(error)
  const stats = shipper.stats()
  await output.write(
    stats
      .map((one) => `${visibleText(args.has('json') ? JSON.stringify(one) : textOf(one), false)}\n`)
      .join(''),
  )
  if (isDone) return EXIT.ok
  return errors.some(({ code }) => code !== 'HUSHLOG_SHIP') ? EXIT.failed : EXIT.found
}

/** Of all targets together. */
async function waitingBytes({ dir, targets }: Options): Promise<number> {
  const state = new ShipState(dir, targets.map(placeOf))
  await state.refresh()
  return targets
    .flatMap((target) => [...state.of(placeOf(target)).pending.values()])
    .reduce((sum, { fact }) => sum + bytesOf(fact), 0)
}

function textOf({ target, waiting, shipped }: TargetStats): string {
  const waits = waiting.segments === 0 ? 'nothing waits' : `${waiting.segments} wait since ${waiting.oldest}`
  return `${target}: ${shipped.segments} ${shipped.segments === 1 ? 'segment' : 'segments'} there, ${waits}`
}

async function forget(dir: string, text: string): Promise<number> {
  const place = placeIn(text)
  let before: string[] = []
  await new Ledger(dir).update(async ({ targets = [] }) => {
    before = targets
    const rest = targets.filter((target) => target !== place)
    return rest.length === targets.length ? [] : [{ kind: 'targets', to: rest }]
  })
  if (!before.includes(place))
    throw usage(
      `nothing is shipped to ${text}`,
      `the ledger names ${before.length === 0 ? 'no target' : before.join(' and ')}`,
    )
  say(`nothing waits for ${place} any more; what lies there stays there`)
  return EXIT.ok
}

function placeIn(text: string): string {
  const target: TargetConfig = targetOf(text, '--forget')
  return placeOf(target)
}
