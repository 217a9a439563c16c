/**
 * What people read of a status: a line for each thing, and a word for each that is wrong.
 */
import { visibleText } from '../logger/visible.ts'
import type { LastReview, Losses } from './ledger-facts.ts'
import type { ShipFacts } from './ship-facts.ts'
import type { Disk, KeeperFacts, Rate, Status } from './status-facts.ts'

const KEY_WIDTH = 12
/** Seconds. */
const LONG = 600
/** Milliseconds. */
const LATE = 3_600_000
const LEVELS: Record<string, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

export function statusText(status: Status): string {
  const rows = [...ROWS, ...status.ship.map(shipRow)].map(
    ([name, text]) => `${name.padEnd(KEY_WIDTH)}${visibleText(text(status), false)}\n`,
  )
  return rows.join('')
}

const ROWS: [string, (status: Status) => string][] = [
  ['directory', ({ directory }) => directory],
  ['open', ({ open }) => `${segments(open.segments)}, ${size(open.bytes)}, ${number(open.lines)} lines`],
  ['sealed', ({ sealed }) => sealedText(sealed)],
  ['events', ({ events: { first, last } }) => (first === null ? 'none yet' : `${first} to ${last}`)],
  ['kept', ({ days }) => `${days.kept} of ${days.keep} days, ${days.toFill} to fill`],
  ['lost', ({ losses }) => lossText(losses)],
  ['torn', ({ torn }) => (torn.tails === 0 ? 'nothing' : `${tails(torn.tails)}, ${size(torn.bytes)}`)],
  ['clock', ({ clock }) => clockText(clock)],
  ['disk', ({ disk, rate }) => diskText(disk, rate)],
  ['projected', ({ rate, days }) => rateText(rate, days.keep)],
  ['writers', ({ writers: { alive, dead, unknown } }) => `${alive} alive, ${dead} dead, ${unknown} unknown`],
  ['keeper', ({ keeper }) => keeperText(keeper)],
  ['heartbeat', ({ heartbeat }) => heartbeat ?? 'none yet'],
  ['holds', ({ holds }) => (holds.length === 0 ? 'none' : holdsText(holds.map(({ id }) => id)))],
  ['reviewed', ({ review }) => reviewText(review)],
  ['refused', ({ refused }) => (refused === 0 ? 'nothing' : `${number(refused)} in open/`)],
  ['encrypted', ({ encrypted, recipients }) => encryptedText(encrypted, recipients)],
  [
    'sealing',
    ({ sealing }) => `${sealing.compression}, ledger chained, ${sealing.signed ? '' : 'not '}signed`,
  ],
]

function shipRow({ target, waiting, shipped, ledger }: ShipFacts): [string, () => string] {
  const waits =
    waiting.segments === 0 ? 'nothing waits' : `${segments(waiting.segments)} wait, ${size(waiting.bytes)}`
  const there = `${segments(shipped.segments)} there, ${size(shipped.bytes)}`
  const unlocked = shipped.unlocked === 0 ? '' : `, ${number(shipped.unlocked)} not locked`
  return ['shipped', () => `${target}: ${there}${unlocked}; ${waits}; ${ledgerText(ledger)}`]
}

function ledgerText({ entries, last }: ShipFacts['ledger']): string {
  return last === null ? 'no ledger there yet' : `ledger there up to entry ${entries - 1}, ${last}`
}

function segments(count: number): string {
  return `${number(count)} segment${count === 1 ? '' : 's'}`
}

function tails(count: number): string {
  return `${number(count)} torn tail${count === 1 ? '' : 's'}`
}

function sealedText({ segments: count, bytes, plainBytes, lines }: Status['sealed']): string {
  if (count === 0) return segments(0)
  return `${segments(count)}, ${size(bytes)} (${size(plainBytes)} before packing), ${number(lines)} lines`
}

function lossText({ lines, levels, reasons, first, last }: Losses): string {
  if (lines === 0) return 'nothing'
  const byLevel = Object.entries(levels).map(([level, count]) => `${LEVELS[level] ?? level} ${number(count)}`)
  const why = Object.entries(reasons).map(([reason, count]) => `${reason} ${number(count)}`)
  return `${number(lines)} lines (${byLevel.join(', ')}), ${first} to ${last}: ${why.join(', ')}`
}

function clockText({ steps, last, lastStep }: Status['clock']): string {
  if (steps === 0) return 'no steps'
  const by = lastStep === null ? '' : ` by ${(lastStep / 1000).toFixed(1)} s`
  return `${number(steps)} step${steps === 1 ? '' : 's'}, the last${by} at ${last}`
}

function diskText({ state, freeBytes, totalBytes, lastsDays }: Disk, { plainBytesPerDay }: Rate): string {
  const space = `${state}, ${size(freeBytes)} of ${size(totalBytes)} free`
  if (plainBytesPerDay === null) return space
  return `${space}, ${lastsDays === null ? 'enough for all days' : `full in ${number(lastsDays)} days`} at this rate`
}

function rateText({ plainBytesPerDay, projectedBytes, ratio, isRatioMeasured }: Rate, days: number): string {
  if (plainBytesPerDay === null || projectedBytes === null)
    return 'too early to tell, less than an hour of logs'
  const packed = `packed to ${(ratio * 100).toFixed(0)} %${isRatioMeasured ? '' : ' (assumed)'}`
  return `${size(projectedBytes)} for ${days} days: ${size(plainBytesPerDay)} a day, ${packed}`
}

const KEEPERS: Record<KeeperFacts['state'], string> = {
  running: 'running',
  gone: 'gone',
  none: 'none, programs seal by themselves',
  unreadable: 'cannot be seen',
}

function keeperText({ state, since, last, waiting, oldestSeconds }: KeeperFacts): string {
  const time = since === null ? '' : ` since ${since}`
  const when = state === 'gone' ? `, last seen ${last}` : state === 'running' ? time : ''
  const waits =
    waiting === 0 ? '' : `; ${segments(waiting)} to seal, the oldest for ${number(oldestSeconds ?? 0)} s`
  return `${KEEPERS[state]}${when}${waits}`
}

const SHOWN_HOLDS = 5

function holdsText(ids: string[]): string {
  const more = ids.length > SHOWN_HOLDS ? ` and ${number(ids.length - SHOWN_HOLDS)} more` : ''
  return `${ids.slice(0, SHOWN_HOLDS).join(', ')}${more}`
}

function reviewText(review: LastReview | null): string {
  if (review === null) return 'never, as far as the ledger says'
  const { at, by, reviewer, since, until } = review
  return `${at} by ${reviewer ?? `user ${by}`}, for ${since} to ${until}`
}

function encryptedText(encrypted: Status['encrypted'], recipients: number | null): string {
  if (recipients === null || recipients === 0) return encrypted
  return `${encrypted}, to ${recipients} recipient${recipients === 1 ? '' : 's'} from here on`
}

export interface Finding {
  name: string
  words: string
  hint: string
}

interface Check {
  name: string
  isFound(status: Status): boolean
  words(status: Status): string
  hint: string
}

/** What is wrong. Each is explained under its name in docs/operating.md. */
export const ALARMS: Check[] = [
  {
    name: 'lost',
    isFound: ({ losses }) => losses.lines > 0,
    words: ({ losses }) => `${number(losses.lines)} lines were lost`,
    hint: 'the row "lost" says when and why; the gap records in the log say the same',
  },
  {
    name: 'torn',
    isFound: ({ torn }) => torn.tails > 0,
    words: ({ torn }) => `a crash broke off ${tails(torn.tails)}`,
    hint: 'what is left of them is in torn/, or will be when the program starts',
  },
  {
    name: 'disk-low',
    isFound: ({ disk }) => disk.state === 'low',
    words: ({ disk }) => `${size(disk.freeBytes)} are free on the disk`,
    hint: 'make room or a larger disk; logs that are due to be kept are never removed',
  },
  {
    name: 'unsealed',
    isFound: ({ open }) => open.unsealed > 0,
    words: ({ open }) => `${segments(open.unsealed)} ended over an hour ago and not sealed`,
    hint: 'who seals has the reason: onError or standard error of the program, or of hushlog keep',
  },
  {
    name: 'keeper-gone',
    isFound: ({ keeper }) => keeper.state === 'gone',
    words: ({ keeper }) => `the keeper is gone, last seen ${keeper.last}`,
    hint: 'start hushlog keep again; segments wait in open/ until then',
  },
  {
    name: 'unshipped',
    isFound: (status) => late(status).length > 0,
    words: (status) => {
      const [{ target, waiting }] = late(status)
      return `${segments(waiting.segments)} to ship to ${target}, the oldest since ${waiting.oldest}`
    },
    hint: 'who ships has the reason: onError or standard error; hushlog ship --now tries at once',
  },
  {
    name: 'missing',
    isFound: ({ ledger }) => ledger.missing > 0,
    words: ({ ledger }) => `${segments(ledger.missing)} in the ledger and not in sealed/`,
    hint: 'somebody removed or moved them',
  },
  {
    name: 'unlisted',
    isFound: ({ ledger }) => ledger.unlisted > 0,
    words: ({ ledger }) => `${segments(ledger.unlisted)} in sealed/ and not in the ledger`,
    hint: 'they are kept for ever, since only what the ledger lists is removed',
  },
  {
    name: 'ledger',
    isFound: ({ ledger }) => ledger.unreadable > 0,
    words: ({ ledger }) => `${number(ledger.unreadable)} entries of the ledger cannot be read`,
    hint: 'nothing is removed while the ledger is damaged; compare it with a copy',
  },
]

/** What is worth a word and not wrong. */
export const NOTES: Check[] = [
  {
    name: 'unended',
    isFound: ({ sealed }) => sealed.unended > 0,
    words: ({ sealed }) => `${segments(sealed.unended)} without a last record: the writer was killed`,
    hint: 'what it logged in its last turn may be lost, unless durability is line',
  },
  {
    name: 'abandoned',
    isFound: ({ open }) => open.abandoned > 0,
    words: ({ open }) => `${segments(open.abandoned)} left by writers that are gone`,
    hint: 'the next program that starts on this directory seals them',
  },
  {
    name: 'no-keeper',
    isFound: ({ keeper }) => keeper.state === 'none' && (keeper.oldestSeconds ?? 0) > LONG,
    words: ({ keeper }) => `${segments(keeper.waiting)} ended over ten minutes ago, and no keeper is up`,
    hint: "programs with keeper: 'external' need hushlog keep on the directory",
  },
  {
    name: 'refused',
    isFound: ({ refused }) => refused > 0,
    words: ({ refused }) => `${number(refused)} in open/ that no keeper takes`,
    hint: 'links, pipes, files of other users or foreign names: find out who put them there',
  },
  {
    name: 'unseen',
    isFound: ({ unseen }) => unseen.length > 0,
    words: ({ unseen }) => `this user may not look into ${unseen.join(' and ')}: it is not counted`,
    hint: 'run this as the user of the keeper, or as root',
  },
  {
    name: 'disk-small',
    isFound: ({ disk }) => disk.state === 'ok' && disk.lastsDays !== null,
    words: ({ days }) => `the disk has no room for ${days.keep} days at the present rate`,
    hint: 'docs/operating.md tells how to size it',
  },
]

/** Targets that a segment has waited for longer than an hour. */
function late({ ship, time }: Status): ShipFacts[] {
  const isLate = ({ waiting: { oldest } }: ShipFacts) =>
    oldest !== null && Date.parse(time) - Date.parse(oldest) > LATE
  return ship.filter(isLate)
}

export function alarmsOf(status: Status): Finding[] {
  return found(ALARMS, status)
}

export function notesOf(status: Status): Finding[] {
  return found(NOTES, status)
}

function found(checks: Check[], status: Status): Finding[] {
  return checks
    .filter(({ isFound }) => isFound(status))
    .map(({ name, words, hint }) => ({ name, words: words(status), hint }))
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']

/** `1.5 MB`, in steps of 1024 as in the options. */
export function size(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return step === 0 ? `${bytes} B` : `${(bytes / 1024 ** step).toFixed(1)} ${UNITS[step]}`
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}
