/** Numbers and times as the page writes them: in English, whatever the machine speaks. */
import { type Html, html, type Part, words } from './html.ts'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

export const NONE = '–'

export function count(value: number | null): string {
  return isNumber(value) ? whole.format(value) : NONE
}

/** `1 line`, `2 lines`. */
export function counted(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

export function percent(part: number, all: number): string {
  const share = (100 * part) / all
  if (!isNumber(share)) return NONE
  if (share > 0 && share < 0.01) return 'under 0.01 %'
  return `${short.format(share < 99.995 || part === all ? share : 99.99)} %`
}

/** Of milliseconds. */
export function duration(value: number | null): string {
  if (!isNumber(value)) return NONE
  if (value !== 0 && Math.abs(value) < 1) return 'under 1 ms'
  if (Math.abs(value) < 1000) return `${short.format(value)} ms`
  if (Math.abs(value) < 120_000) return `${short.format(value / 1000)} s`
  return Math.abs(value) < 7_200_000
    ? `${short.format(value / 60_000)} min`
    : `${short.format(value / 3_600_000)} h`
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB']

export function bytes(value: number | null): string {
  if (!isNumber(value) || value < 0) return NONE
  const fits = UNITS.findIndex((_unit, power) => value / 1000 ** power < 999.5)
  const power = fits === -1 ? UNITS.length - 1 : fits
  return `${short.format(value / 1000 ** power)} ${UNITS[power]}`
}

export function days(value: number | null): string {
  return isNumber(value) ? counted(Math.floor(value), 'day') : NONE
}

function isNumber(value: number | null): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** Seconds since 1970, null for what is no time. */
export function secondsOf(at: string): number | null {
  const time = dateOf(at)
  return time === null ? null : time.getTime() / 1000
}

function dateOf(at: string): Date | null {
  if (typeof at !== 'string' || at.length > 40) return null
  const date = new Date(at)
  const year = date.getUTCFullYear()
  return year >= 1970 && year <= 9999 ? date : null
}

const DATE = 10
const MINUTES = 16
const SECONDS = 19

/** `2026-11-24 02:29:31`; what is no time is shown as it is. */
export function moment(at: string | null, length: number = SECONDS): Part {
  if (at === null) return NONE_SHOWN
  const date = dateOf(at)
  if (date === null) return at
  const iso = date.toISOString()
  return html`<time datetime="${iso}">${words(iso.slice(0, length).replace('T', ' '))}</time>`
}

/** `2026-11-24 02:00`. */
export function minute(at: string): Part {
  return moment(at, MINUTES)
}

export function day(at: string): Part {
  return moment(at, DATE)
}

/** As text, for what is no markup. */
export function plainMinute(at: string): string {
  return dateOf(at)?.toISOString().slice(0, MINUTES).replace('T', ' ') ?? at
}

export const NONE_SHOWN: Html = words(NONE)

/** `7 days`, `36 hours`. */
export function span(since: string, until: string): string | null {
  const [from, to] = [secondsOf(since), secondsOf(until)]
  if (from === null || to === null || to <= from) return null
  const hours = Math.round((to - from) / 3600)
  return hours % 24 === 0 ? counted(hours / 24, 'day') : counted(hours, 'hour')
}

/** `a, b and c`; of more than the limit, `a, b and 7 more`. */
export function listed(items: readonly string[], limit: number): Part {
  const shown = items.length > limit ? items.slice(0, limit - 1) : items
  const rest = items.length - shown.length
  const parts: Part[] = shown.map((item, i) => {
    const before = i === 0 ? '' : i === items.length - 1 ? ' and ' : ', '
    return [words(before), item]
  })
  return rest === 0 ? parts : [...parts, words(` and ${count(rest)} more`)]
}
