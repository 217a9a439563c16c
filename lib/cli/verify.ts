/**
 * `hushlog verify`: whether the logs of a directory are all there and unchanged. It only reads.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { errorCode, HushlogError } from '../errors.ts'
import type { Finding } from '../keep/finding.ts'
import { type Checkpoint, parseCheckpoint, parseVerifierKey } from '../keep/note.ts'
import { type Verification, verify as verifyDirectory } from '../keep/verify.ts'
import { visibleText } from '../logger/visible.ts'
import { openTarget } from '../ship/open-target.ts'
import { targetOf } from '../ship/place.ts'
import type { RemoteOptions } from '../ship/restore/ledger-here.ts'
import { type RemoteVerification, verifyRemote } from '../ship/restore/verify-remote.ts'
import { type Arguments, type Command, EXIT, printable, usage } from './command.ts'
import { checkDirectory, directoryOperand } from './log-directory.ts'
import { momentOf } from './moment.ts'
import { withBar } from './progress.ts'
import { DAYS } from './retention-options.ts'
import { Output, say } from './terminal.ts'
import { wholeNumber } from './whole-number.ts'

export const verify: Command = {
  name: 'verify',
  takes: '[DIR]',
  summary: 'prove that sealed logs are all there and unchanged',
  text: `
Reads the ledger of a log directory (default: logs) and every file that it lists,
and tells what was modified, removed, exchanged, inserted, cut off or signed with a
wrong key. No private key is needed, and nothing is changed.

What lies in one place can be put back together, to an earlier day: ledger, files
and key. Only --checkpoint finds that, with a checkpoint that was kept elsewhere;
--save-checkpoint writes one. Without it the exit code is 1, unless
--allow-unanchored says that this is known.

With --remote what was shipped is looked at too: the ledger there must be the one that
is here, each segment must lie there as it should, locked for as long as it is to be
kept, and the newest checkpoint there serves for --checkpoint.

Exit code 0 when nothing is wrong, 1 when something is or no checkpoint was given,
2 when the directory is not there or cannot be read.`,
  options: {
    key: { value: 'KEY', multiple: true, help: 'the first public key, as it was printed, or a file of it' },
    checkpoint: { value: 'FILE', help: 'a checkpoint that was kept elsewhere' },
    'save-checkpoint': { value: 'FILE', help: 'write a checkpoint of what is proven, if nothing is wrong' },
    'allow-unanchored': { help: 'exit code 0 without --checkpoint' },
    since: { value: 'TIME', help: 'read only files with records from then on' },
    until: { value: 'TIME', help: 'read only files with records until then' },
    service: { value: 'SERVICE', help: 'read only files of this service' },
    remote: { value: 'TARGET', help: 'look at what was shipped there: s3://BUCKET/PREFIX or a directory' },
    'keep-days': { value: 'DAYS', help: 'the keepDays of the program; default 90' },
    json: { help: 'one JSON object instead of text' },
  },
  run: (args) => verifyTo(new Output(), args),
}

/** @returns the exit code */
export async function verifyTo(output: Output, args: Arguments): Promise<number> {
  const dir = directoryOperand(args.operands)
  const [keys, checkpoint] = [args.values('key').map(keyIn), checkpointIn(args.values('checkpoint')[0])]
  const [since, until] = ['since', 'until'].map((option) => momentOf(args, option))
  const keepDays = wholeNumber(args, 'keep-days', DAYS)
  const asked = { dir, keepDays, since, until, ...serviceOf(args) }
  checkDirectory(dir)
  const remote = await remoteFound(args, asked)
  const found = merged(
    await withBar((bar) =>
      verifyDirectory({ ...asked, keys, checkpoint: checkpoint ?? remote?.checkpoint, ...bar }),
    ),
    remote,
  )
  const isGood = found.problems.length === 0
  if (isGood) saveCheckpoint(args.values('save-checkpoint')[0], found)
  const isEnough = isGood && (found.ledger.anchored || args.has('allow-unanchored'))
  await output.write(args.has('json') ? jsonOf(found, isEnough) : textOf(found, checkpoint === undefined))
  if (isGood && !isEnough) tellUnanchored()
  return isEnough ? EXIT.ok : EXIT.found
}

type Found = Verification & Partial<Pick<RemoteVerification, 'remote'>>

async function remoteFound(
  args: Arguments,
  asked: Omit<RemoteOptions, 'target'>,
): Promise<RemoteVerification | undefined> {
  const [text] = args.values('remote')
  if (text === undefined) return undefined
  const target = await openTarget(targetOf(text, '--remote'))
  try {
    return await withBar((bar) => verifyRemote({ ...asked, target, ...bar }))
  } finally {
    target.close()
  }
}

function merged(found: Verification, remote: RemoteVerification | undefined): Found {
  if (remote === undefined) return found
  const problems = [...found.problems, ...remote.problems]
  return { ...found, problems, notes: [...found.notes, ...remote.notes], remote: remote.remote }
}

/** The value of --service, if there is one. */
export function serviceOf(args: Arguments): { service?: string } {
  const [service] = args.values('service')
  return service === undefined ? {} : { service }
}

/** The public key (base64) in the value of --key. @throws HushlogError `HUSHLOG_OPTION` */
export function keyIn(text: string): string {
  const key = parseVerifierKey(text) ?? parseVerifierKey(contentOf('key', text).trim())
  if (key !== undefined) return key
  throw usage(
    '--key takes a public key as hushlog prints it, hushlog/…+…+…, or a file that holds one',
    'it was printed when the ledger began, and stands in keys/first.pub as long as nobody changes that',
  )
}

function checkpointIn(path: string | undefined): Checkpoint | undefined {
  if (path === undefined) return undefined
  const checkpoint = parseCheckpoint(contentOf('checkpoint', path))
  if (checkpoint !== undefined) return checkpoint
  throw usage(
    `--checkpoint takes a checkpoint, ${printable(path)} is none`,
    'hushlog verify --save-checkpoint FILE writes one',
  )
}

const LARGEST = 16 * 1024

function contentOf(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, LARGEST)
  } catch (error) {
    throw usage(`--${option}: cannot read ${printable(path)}: ${errorCode(error)}`)
  }
}

function saveCheckpoint(path: string | undefined, { ledger }: Verification): void {
  if (path === undefined) return
  if (ledger.proven === undefined) throw usage('--save-checkpoint: nothing is signed yet')
  try {
    writeFileSync(path, ledger.proven.checkpoint)
  } catch (error) {
    throw new HushlogError('HUSHLOG_READ', `cannot write ${printable(path)}: ${errorCode(error)}`, {
      cause: error,
    })
  }
}

function tellUnanchored(): void {
  say('no checkpoint was given: what was put back together to an earlier time would look the same')
  say('hint: keep checkpoints elsewhere and give one with --checkpoint, or say --allow-unanchored')
}

/** Findings are shown up to so many. */
export const MOST = 1000

function jsonOf({ problems, notes, ...facts }: Found, ok: boolean): string {
  const lists = { problems: problems.slice(0, MOST), notes: notes.slice(0, MOST) }
  return `${visibleText(JSON.stringify({ ok, counts: countsOf(problems), ...lists, ...facts }), false)}\n`
}

/** How many there are of each kind. */
export function countsOf(findings: Finding[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** @param isByTarget it can be anchored by a checkpoint in the target alone */
function textOf(found: Found, isByTarget: boolean): string {
  const { problems, ledger, segments, remote } = found
  const anchor = isByTarget && remote !== undefined ? 'the newest checkpoint in the target' : 'the checkpoint'
  const lines = [
    ...findingRows(found),
    `segments     ${segments.read} read, ${segments.listed} listed, ${segments.pruned} removed for their age`,
    ...(remote === undefined ? [] : [`target       ${remoteText(remote)}`]),
    `first key    ${ledger.firstKey ?? 'none'}`,
    `proven up to ${provenText(ledger)}`,
    `anchored     ${ledger.anchored ? `yes, by ${anchor}` : 'no'}`,
    problems.length === 0
      ? 'nothing is wrong'
      : `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
  ]
  return `${lines.map((line) => visibleText(line, false)).join('\n')}\n`
}

/** A row for each of what was found, of so many. */
export function findingRows({ problems, notes }: Pick<Verification, 'problems' | 'notes'>): string[] {
  return [
    ...problems.slice(0, MOST).map((finding) => row(finding, 'PROBLEM')),
    ...(problems.length > MOST ? [`PROBLEM  ${problems.length - MOST} more`] : []),
    ...notes
      .filter(({ kind }) => kind !== 'unanchored')
      .slice(0, MOST)
      .map((finding) => row(finding, 'note')),
  ]
}

function remoteText({ place, entries, segments, waiting }: RemoteVerification['remote']): string {
  const ledger = entries === 0 ? 'nothing of the ledger' : `the ledger up to entry ${entries - 1}`
  return `${place}: ${ledger}, ${segments} segments, ${waiting} not there yet`
}

function row({ kind, where, what }: Finding, label: string): string {
  return `${label.padEnd(8)} ${kind}: ${where} ${what}`
}

export function provenText({ proven, old }: Verification['ledger']): string {
  if (proven === undefined) return 'nothing'
  const since = old === 0 ? '' : `, entries before ${old} as they were when signing began`
  return `entry ${proven.entry}, ${proven.at}${since}`
}
