/**
 * `hushlog restore`: what was shipped off a host comes back, and is proven.
 */
import { visibleText } from '../logger/visible.ts'
import { openTarget } from '../ship/open-target.ts'
import { targetOf } from '../ship/place.ts'
import { type Restored, restore as restoreTo } from '../ship/restore/restore.ts'
import { readCheckpoint, type ShippedLedger, shippedLedgers } from '../ship/restore/shipped-ledgers.ts'
import type { ShipTarget } from '../ship/target.ts'
import { type Arguments, type Command, EXIT, printable, usage } from './command.ts'
import { momentOf } from './moment.ts'
import { withBar } from './progress.ts'
import { DAYS } from './retention-options.ts'
import { Output, say } from './terminal.ts'
import { countsOf, findingRows, keyIn, MOST, provenText, serviceOf } from './verify.ts'
import { wholeNumber } from './whole-number.ts'

export const restore: Command = {
  name: 'restore',
  takes: '--from TARGET --to DIR',
  summary: 'bring back what was shipped off a host, and prove it',
  text: `
Brings a ledger and the segments that it lists back from where they were shipped,
into a new directory, and verifies them there. TARGET is what the program ships to:
s3://BUCKET/PREFIX?region=REGION, file:///DIR or a path. Only reading is needed there,
and no key that opens segments.

Parts of the ledger that are forged, missing or doubled are told: of all that lies
there, what follows from the first entry and is rightly signed counts. Segments that
no part lists are put into DIR/unproven. When it is broken off, run it again: what is
there and right is kept.

hushlog cat DIR opens what came back; hushlog verify DIR --checkpoint DIR/checkpoint
proves it again.

Exit code 0 when all that was asked for is here and proven, 1 when something is
missing or wrong, 2 when it could not be done, or when several ledgers are there and
none was chosen.`,
  options: {
    from: { value: 'TARGET', help: 'where it was shipped' },
    to: { value: 'DIR', help: 'a new directory, or one of a restore that was broken off' },
    list: { help: 'list the ledgers that are there, and restore nothing' },
    host: { value: 'HOST', help: 'the ledger of this host' },
    ledger: { value: 'LEDGER', help: 'this ledger, hushlog/… or what follows the slash' },
    key: { value: 'KEY', help: 'the first public key, as it was printed, or a file of it' },
    since: { value: 'TIME', help: 'only segments with records from then on' },
    until: { value: 'TIME', help: 'only segments with records until then' },
    service: { value: 'SERVICE', help: 'only segments of this service' },
    'keep-days': { value: 'DAYS', help: 'the keepDays of the program; default 90' },
    json: { help: 'one JSON object instead of text' },
  },
  run: (args) => restoreInto(new Output(), args),
}

/** @returns the exit code */
export async function restoreInto(output: Output, args: Arguments): Promise<number> {
  const asked = askedFor(args)
  const target = await openTarget(targetOf(asked.from, '--from'))
  try {
    const ledgers = await ledgersIn(target, args)
    if (args.has('list')) return await list(output, args, target, ledgers)
    const shipped = onlyOne(ledgers)
    const { dir, ...rest } = asked
    if (dir === undefined) throw usage('option --to is missing', 'it takes a new directory')
    const found = await withBar((bar) => restoreTo({ target, shipped, dir, ...rest, ...bar }), { rate: true })
    const isProven = found.problems.length === 0 && found.ledger.anchored
    await output.write(args.has('json') ? jsonOf(shipped, found, isProven) : textOf(shipped, found))
    if (!found.ledger.anchored)
      say('no checkpoint in the target fits: what was taken out at its end cannot be told')
    return isProven ? EXIT.ok : EXIT.found
  } finally {
    target.close()
  }
}

function askedFor(args: Arguments) {
  if (args.operands.length > 0)
    throw usage(
      `unexpected argument ${printable(args.operands[0])}`,
      'name the target with --from, the directory with --to',
    )
  const [from] = args.values('from')
  if (from === undefined)
    throw usage('option --from is missing', 'it takes s3://BUCKET/PREFIX, file:///DIR or a path')
  const [[dir], [key]] = [args.values('to'), args.values('key')]
  return {
    from,
    dir,
    key: key === undefined ? undefined : keyIn(key),
    since: momentOf(args, 'since'),
    until: momentOf(args, 'until'),
    keepDays: wholeNumber(args, 'keep-days', DAYS),
    ...serviceOf(args),
  }
}

async function ledgersIn(target: ShipTarget, args: Arguments): Promise<ShippedLedger[]> {
  const [[host], [ledger]] = [args.values('host'), args.values('ledger')]
  const ledgers = await shippedLedgers(target, { host, ledger })
  if (ledgers.length > 0) return ledgers
  const isChosen = host !== undefined || ledger !== undefined
  throw usage(
    `${target.place} holds no ledger${isChosen ? ' of that name' : ''}`,
    isChosen ? 'hushlog restore --from TARGET --list lists those that are there' : 'is the prefix right?',
  )
}

function onlyOne(ledgers: ShippedLedger[]): ShippedLedger {
  if (ledgers.length === 1) return ledgers[0]
  for (const { host, ledger, parts } of ledgers.slice(0, MOST))
    say(`${ledger} of ${host}, ${entriesIn(parts)} entries`)
  throw usage(`${ledgers.length} ledgers are there`, 'choose one with --ledger or --host')
}

function entriesIn(parts: ShippedLedger['parts']): number {
  return parts.reduce((most, { to }) => Math.max(most, to + 1), 0)
}

async function list(
  output: Output,
  args: Arguments,
  target: ShipTarget,
  ledgers: ShippedLedger[],
): Promise<number> {
  for (const shipped of ledgers) {
    const { host, ledger, parts } = shipped
    const row = { host, ledger, entries: entriesIn(parts), checkpoint: await newestTime(target, shipped) }
    const text = `${host} ${ledger} ${row.entries} entries, newest checkpoint ${row.checkpoint ?? 'none'}`
    await output.write(`${args.has('json') ? JSON.stringify(row) : visibleText(text, false)}\n`)
  }
  return EXIT.ok
}

/** As it says itself: nothing is proven yet. */
async function newestTime(target: ShipTarget, { checkpoints }: ShippedLedger): Promise<string | null> {
  const [newest] = checkpoints
  const checkpoint = newest === undefined ? undefined : await readCheckpoint(target, newest)
  return checkpoint?.text.split('\n')[3] ?? null
}

function jsonOf({ host }: ShippedLedger, { problems, notes, ...facts }: Restored, ok: boolean): string {
  const lists = { problems: problems.slice(0, MOST), notes: notes.slice(0, MOST) }
  return `${visibleText(JSON.stringify({ ok, host, counts: countsOf(problems), ...lists, ...facts }), false)}\n`
}

function textOf({ host }: ShippedLedger, found: Restored): string {
  const { problems, ledger, segments } = found
  const { listed, fetched, kept, gone, unproven } = segments
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = [
    ...findingRows(found),
    `host         ${host}`,
    `first key    ${ledger.firstKey ?? 'none'}`,
    `segments     ${listed} listed, ${fetched} fetched, ${kept} were here, ${gone} gone for their age`,
    ...(unproven === 0 ? [] : [`unproven     ${unproven}, in unproven/`]),
    `anchored     ${ledger.anchored ? 'yes, by the newest checkpoint in the target' : 'no'}`,
    problems.length === 0 ? `complete up to ${provenText(ledger)}` : `proven up to ${provenText(ledger)}`,
    ...(problems.length === 0 ? [] : [count]),
  ]
  return `${lines.map((line) => visibleText(line, false)).join('\n')}\n`
}
