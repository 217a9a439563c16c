import { type Arguments, printable, usage } from './command.ts'

const DAY = 86_400_000
const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: DAY }
/** How many days ago they began, in UTC. */
const DAYS: Record<string, number> = { today: 0, yesterday: 1 }
const TAKES =
  'a time like 2026-11-24, 2026-11-24T08:00:00Z, today, yesterday, or 7d, 12h, 30m for so long ago'

/** Milliseconds since the epoch, or undefined without the option. @throws HushlogError `HUSHLOG_OPTION` */
export function momentOf(args: Arguments, option: string, now: number = Date.now()): number | undefined {
  const text = args.values(option)[0]
  if (text === undefined) return undefined
  const moment = dayOf(text, now) ?? ago(text, now) ?? dated(text)
  if (moment === undefined) throw usage(`--${option} takes ${TAKES}, got ${printable(text).slice(0, 40)}`)
  return moment
}

function dayOf(text: string, now: number): number | undefined {
  return Object.hasOwn(DAYS, text) ? now - (now % DAY) - DAYS[text] * DAY : undefined
}

function ago(text: string, now: number): number | undefined {
  const unit = UNITS[text.slice(-1)]
  const count = Number(text.slice(0, -1))
  return unit === undefined || text.length < 2 || !Number.isSafeInteger(count) || count < 0
    ? undefined
    : now - count * unit
}

// A date alone is one of UTC; a time without a zone would be one of this machine.
function dated(text: string): number | undefined {
  const isDated = text.length >= 10 && text[4] === '-' && text[7] === '-'
  const isZoned = text.length === 10 || text.endsWith('Z') || '+-'.includes(text.at(-6) ?? ' ')
  const moment = Date.parse(text)
  return isDated && isZoned && !Number.isNaN(moment) ? moment : undefined
}
