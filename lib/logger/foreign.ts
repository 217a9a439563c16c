/**
 * Lines of another logger as records of ours: what every record says stands in front, once and in our form, taken
 * from the line where it says so itself; everything else stays as it was written.
 */
import { membersOf } from './duplicates.ts'
import { isoTime } from './timestamp.ts'

export interface ForeignRecord {
  /** JSON in which a name may stand twice: `withoutDuplicates` makes them unique. */
  text: string
  level: number
}

export interface ForeignOptions {
  /** `,"time":…` to `"reqId":…`, as our own records bear it. */
  stamp: string
  /** Whether the service was given: then the `name` of pino's does not stand for it. */
  named: boolean
}

/** A member of the record, its value as JSON. */
interface Field {
  name: string
  value: string
}

/** Our value for what the line says under the same name; nothing where that is no such value. */
type Reading = (value: string) => string | undefined

const LEVELS: Record<string, number> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }
/** A smaller number is a time in seconds, as pino's `unixTime` writes it: milliseconds of 1973. */
const LEAST_MILLISECONDS = 1e11
const LAST_MILLISECOND = 253_402_300_799_999

const READINGS: Record<string, Reading> = {
  level: numberIn,
  time: timeIn,
  service: textIn,
  host: textIn,
  pid: numberIn,
  operation: textIn,
  reqId: (value) => textIn(value) ?? quoted(numberIn(value)),
}

/** The record of a line; nothing when the line is no JSON object. */
export function foreignRecord(line: string, { stamp, named }: ForeignOptions): ForeignRecord | undefined {
  const fields = fieldsOf(line)
  if (fields === undefined) return undefined
  const first = new Map(fields.toReversed().map((field) => [field.name, field]))
  const standIns: Record<string, string | undefined> = {
    level: levelNamed(first.get('level')?.value),
    service: named ? undefined : textIn(first.get('name')?.value),
    host: textIn(first.get('hostname')?.value),
  }
  const taken = new Set<Field>()
  const frame = frameOf(stamp).map(({ name, value }) => {
    const own = first.get(name)
    const read = own === undefined ? undefined : READINGS[name]?.(own.value)
    if (own !== undefined && read !== undefined) taken.add(own)
    return { name, value: read ?? standIns[name] ?? value }
  })
  const rest = fields.filter((field) => !taken.has(field))
  const members = [...frame, ...rest].map(({ name, value }) => `${JSON.stringify(name)}:${value}`)
  return { text: `{${members.join(',')}}`, level: Number(frame[0].value) }
}

function frameOf(stamp: string): Field[] {
  return [{ name: 'level', value: '30' }, ...splitFields(`{${stamp.slice(1)}}`)!]
}

function fieldsOf(line: string): Field[] | undefined {
  const record = parsed(line)
  if (record === null || typeof record !== 'object' || Array.isArray(record)) return undefined
  return splitFields(line) ?? rewritten(record)
}

/** Without blanks. Nothing where it is too deep to be written. */
function rewritten(record: object): Field[] | undefined {
  try {
    return splitFields(JSON.stringify(record))
  } catch {
    return undefined
  }
}

/** Text that is not parsed keeps its numbers as they are. Nothing when there are blanks between the members. */
function splitFields(line: string): Field[] | undefined {
  const members = membersOf(line)
  const end = members?.at(-1)?.end ?? 1
  if (members === undefined || end !== line.length - 1) return undefined
  if (members.some(({ nameEnd }) => line[nameEnd] !== ':')) return undefined
  return members.map(({ name, nameEnd, end }) => ({ name, value: line.slice(nameEnd + 1, end) }))
}

function textIn(value: string | undefined): string | undefined {
  return value?.startsWith('"') && value !== '""' ? value : undefined
}

function numberIn(value: string | undefined): string | undefined {
  return typeof parsed(value) === 'number' ? value?.trim() : undefined
}

function timeIn(value: string): string | undefined {
  const time = parsed(value)
  if (typeof time === 'string')
    return time.endsWith('Z') && !Number.isNaN(Date.parse(time)) ? value : undefined
  if (typeof time !== 'number' || !(time > 0)) return undefined
  const milliseconds = Math.floor(time < LEAST_MILLISECONDS ? time * 1000 : time)
  return milliseconds <= LAST_MILLISECOND ? `"${isoTime(milliseconds)}"` : undefined
}

/** What `formatters.level` writes in place of the number. */
function levelNamed(value: string | undefined): string | undefined {
  const name = parsed(value)
  return typeof name === 'string' && Object.hasOwn(LEVELS, name.toLowerCase())
    ? String(LEVELS[name.toLowerCase()])
    : undefined
}

function quoted(value: string | undefined): string | undefined {
  return value === undefined ? undefined : `"${value}"`
}

function parsed(value: string | undefined): unknown {
  try {
    return JSON.parse(value as string)
  } catch {
    return undefined
  }
}
