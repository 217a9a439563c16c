/**
 * Common log text of any record: an access record's own, else `host - user [date] "operation" level reqId "msg"`.
 */
import { visibleText } from './visible.ts'

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const NAMES: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

export function commonText(record: Record<string, unknown>): string {
  if (record.kind === 'access' && typeof record.msg === 'string') return visibleText(record.msg, false)
  const level = NAMES[record.level as number] ?? String(record.level)
  const user = record.actor ?? record.user
  return [
    word(record.host),
    '-',
    word(user),
    `[${commonDate(String(record.time))}]`,
    quoted(record.operation),
    word(level),
    word(record.reqId),
    quoted(record.msg),
  ].join(' ')
}

/** `24/Nov/2026:02:29:31 +0000` of an ISO time in UTC. */
function commonDate(iso: string): string {
  const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? 'Jan'
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}

function quoted(value: unknown): string {
  const text = value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value)
  return `"${visibleText(text.replaceAll('\\', '\\\\').replaceAll('"', '\\"'), false)}"`
}

function word(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-'
  return visibleText(String(value), false).replaceAll(' ', '\\x20').replaceAll('"', '\\x22')
}
