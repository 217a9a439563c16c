/**
 * Adds up what the lines of a segment say. However hostile they are, what it holds is bounded: so many hours, so many
 * names a table, so many counts.
 */
import { parseFrame } from '../../store/frames.ts'
import { Extract } from './extract.ts'
import { LineSplitter } from './line-splitter.ts'
import { MarkerFinder } from './markers.ts'
import { RecordFields } from './record-fields.ts'
import {
  bucketOf,
  HOUR_MS,
  type HourSummary,
  MAX_NAMES,
  type OperationSummary,
  OTHER,
  type Summary,
} from './summary.ts'

const ERROR = 50
/** Hours of one segment; a line of yet another counts for the hour of the line before it. */
export const MAX_HOURS: number = 1000
/** Counts of a name in an hour, of one segment; what comes after counts for `OTHER`. */
const MAX_COUNTS = 50_000
/** Names are cut to so many characters. */
export const LONGEST_NAME: number = 256
/** Stands for records that tell no operation, and for audit records without action or outcome. */
export const NONE = '(none)'

const ACCESS = Buffer.from('access')
const AUDIT = Buffer.from('audit')
const FRAME_START = Buffer.from('segment-start')
const FRAME_END = Buffer.from('segment-end')

export class Summarizer {
  readonly #fields = new RecordFields()
  readonly #markers = new MarkerFinder()
  readonly #hours = new Map<number, HourSummary>()
  readonly #names = {
    operations: new Names(),
    errors: new Names(),
    secrets: new Names(),
    audits: new Names(),
  }
  readonly #levels = new Names()
  readonly #rules = new Names()
  #counts = 0
  #lines = 0
  #unreadable = 0
  #seen = 0
  #current: HourSummary | undefined
  /** Until a line tells the first time. */
  #timeless: HourSummary | undefined
  /** A line that is a frame if it is the last one. */
  #held: Buffer | undefined

  /**
   * A line, without its `\n`.
   * @param end where its `\n` stands
   */
  add(bytes: Buffer, start: number, end: number): void {
    this.addRead(this.#fields, this.#fields.read(bytes, start, end), start, end)
  }

  /** The same of a line whose fields somebody has read, with what `read` returned. */
  addRead(fields: RecordFields, isRecord: boolean, start: number, end: number): void {
    this.#countHeld()
    const isFirst = this.#seen++ === 0
    if (isRecord && isFirst && isFrame(fields, FRAME_START, start, end)) this.#tell(fields.time)
    else if (isRecord && isFrame(fields, FRAME_END, start, end))
      this.#held = Buffer.from(fields.bytes.subarray(start, end))
    else this.#count(fields, isRecord, start, end)
  }

  /** A line that is too long to be read counts as unreadable. @param length without its `\n` */
  addLong(length: number): void {
    this.#countHeld()
    this.#seen++
    this.#countUnreadable(length)
  }

  /** @param modified stands for the time of lines when none tells one, milliseconds since the epoch. Default: 0 */
  result(modified = 0): Summary {
    const hour = hourOf(modified)
    if (this.#timeless !== undefined) this.#hours.set(hour, { ...this.#timeless, hour })
    const hours = [...this.#hours.values()].filter(({ lines }) => lines > 0).sort((a, b) => a.hour - b.hour)
    return { lines: this.#lines, unreadable: this.#unreadable, hours }
  }

  #countHeld(): void {
    const held = this.#held
    if (held === undefined) return
    this.#held = undefined
    const fields = new RecordFields()
    this.#count(fields, fields.read(held, 0, held.length), 0, held.length)
  }

  #count(fields: RecordFields, isRecord: boolean, start: number, end: number): void {
    const hour = isRecord ? this.#countLine(fields.time, end - start) : this.#countUnreadable(end - start)
    if (isRecord) this.#countRecord(hour, fields)
    if (this.#markers.has(fields.bytes, start, end))
      this.#markers.each(fields.bytes, start, end, (rule) => this.#countSecret(hour, fields, isRecord, rule))
  }

  #countUnreadable(length: number): HourSummary {
    this.#unreadable++
    return this.#countLine(Number.NaN, length)
  }

  #countLine(time: number, length: number): HourSummary {
    const hour = this.#tell(time)
    this.#lines++
    hour.lines++
    hour.bytes += length + 1
    return hour
  }

  #countRecord(hour: HourSummary, fields: RecordFields): void {
    if (!Number.isNaN(fields.level)) this.#add(hour.levels, this.#levels, String(fields.level))
    if (fields.is('kind', ACCESS)) this.#countRequest(this.#operation(hour, operationOf(fields)), fields)
    else if (fields.level >= ERROR) this.#add(hour.errors, this.#names.errors, operationOf(fields))
    if (fields.is('kind', AUDIT)) this.#add(hour.audits, this.#names.audits, auditOf(fields))
  }

  #countRequest(
    operation: OperationSummary,
    { statusCode, level, aborted, responseTime }: RecordFields,
  ): void {
    operation.requests++
    const index = Math.floor(statusCode / 100) - 1
    if (index >= 0 && index < 5) operation.classes[index]++
    if (aborted) operation.aborted++
    if (level >= ERROR) operation.errors++
    if (Number.isNaN(responseTime)) return
    const bucket = bucketOf(responseTime)
    operation.latencies[bucket] = (operation.latencies[bucket] ?? 0) + 1
  }

  #countSecret(hour: HourSummary, fields: RecordFields, isRecord: boolean, rule: string): void {
    const operation = this.#room(hour.secrets, this.#names.secrets, isRecord ? operationOf(fields) : NONE)
    const rules = (hour.secrets[operation] ??= table())
    this.#add(rules, this.#rules, rule)
  }

  #operation(hour: HourSummary, name: string): OperationSummary {
    const known = this.#room(hour.operations, this.#names.operations, name)
    return (hour.operations[known] ??= {
      requests: 0,
      classes: [0, 0, 0, 0, 0],
      aborted: 0,
      errors: 0,
      latencies: table(),
    })
  }

  #add(counts: Record<string, number>, names: Names, name: string): void {
    const known = this.#room(counts, names, name)
    counts[known] = (counts[known] ?? 0) + 1
  }

  /** The name, or `OTHER` where it finds no room. */
  #room(counts: Record<string, unknown>, names: Names, name: string): string {
    if (counts[name] !== undefined) return name
    if (this.#counts >= MAX_COUNTS || !names.takes(name)) return OTHER
    this.#counts++
    return name
  }

  /** The hour for which a line counts. @param time milliseconds since the epoch, or NaN */
  #tell(time: number): HourSummary {
    const { hour } = this.#current ?? { hour: Number.NaN }
    if (time >= hour && time < hour + HOUR_MS) return this.#current!
    if (Number.isNaN(time)) return this.#current ?? (this.#timeless ??= emptyHour(Number.NaN))
    return (this.#current = this.#hour(hourOf(time)))
  }

  #hour(hour: number): HourSummary {
    const found = this.#hours.get(hour)
    if (found !== undefined) return found
    if (this.#current !== undefined && this.#hours.size >= MAX_HOURS) return this.#current
    const made = { ...(this.#timeless ?? emptyHour(hour)), hour }
    this.#timeless = undefined
    this.#hours.set(hour, made)
    return made
  }
}

function emptyHour(hour: number): HourSummary {
  const counts = { levels: table(), operations: table(), errors: table(), secrets: table(), audits: table() }
  return { hour, lines: 0, bytes: 0, ...counts } as HourSummary
}

/** Without a prototype: its keys are what somebody logged. */
function table<T>(): Record<string, T> {
  return Object.create(null)
}

function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS
}

function operationOf(fields: RecordFields): string {
  return named(fields.text('operation'))
}

function auditOf(fields: RecordFields): string {
  return named(`${fields.text('action') ?? NONE} ${fields.text('outcome') ?? NONE}`)
}

function named(text: string | undefined): string {
  if (text === undefined || text === '') return NONE
  return text.length <= LONGEST_NAME ? text : text.slice(0, LONGEST_NAME).toWellFormed()
}

function isFrame(fields: RecordFields, kind: Buffer, start: number, end: number): boolean {
  return fields.is('kind', kind) && parseFrame(fields.bytes.toString('utf8', start, end)) !== undefined
}

/** Names of a table, up to so many. */
class Names {
  readonly #names = new Set<string>()

  takes(name: string): boolean {
    if (this.#names.has(name)) return true
    if (this.#names.size >= MAX_NAMES) return false
    this.#names.add(name)
    return true
  }
}

export interface Summarized {
  summary: Summary
  /** As in a segment's index. */
  extract: Buffer[] | undefined
}

/**
 * Of a segment that has no index: an open one, or one that was sealed before there was any. What follows the last `\n`
 * is no line, and is left out.
 * @param modified stands for the time of lines when none tells one. Default: 0
 */
export async function summarize(chunks: AsyncIterable<Buffer>, modified = 0): Promise<Summarized> {
  const summarizer = new Summarizer()
  const extract = new Extract()
  const fields = new RecordFields()
  const lines = new LineSplitter({
    line(bytes, start, end) {
      const isRecord = fields.read(bytes, start, end)
      summarizer.addRead(fields, isRecord, start, end)
      extract.add(fields, isRecord, start, end)
    },
    longLine(length) {
      summarizer.addLong(length)
      extract.addLong(length)
    },
  })
  for await (const chunk of chunks) lines.push(chunk)
  return { summary: summarizer.result(modified), extract: extract.lines() }
}
