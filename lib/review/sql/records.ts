/**
 * The lines of log directories as rows of views. Each line is parsed once, and only when a view that is asked for may
 * have it.
 */
import { lstat } from 'node:fs/promises'
import { errorCode, HushlogError } from '../../errors.ts'
import { type BoundedLine, LineSplitter } from '../../keep/bounded-lines.ts'
import { type Segment, segmentText } from '../../keep/reader.ts'
import type { Gap } from '../../types.ts'
import { isDeep } from './json.ts'
import { isIn, isTrusted, type LedgerWords, type Period, segmentsOf } from './segments.ts'
import { type Fields, type Origin, type Row, signOf, timeIn, type ViewName, viewOf } from './views.ts'

export interface Sources extends Period {
  directories: readonly string[]
  /** As `loadIdentities` returns them. */
  identities: readonly string[]
}

export interface Heard {
  onTotal(bytes: number): void
  onProgress(bytes: number): void
}

/** What was met on the way; what is left out of the views is counted here. */
export interface ReadFacts {
  /** Lines that are no JSON object. Lines that no view which was asked for can have are not looked at. */
  unreadable: number
  /** Lines of over 16 MB. */
  long: number
  /** Rows whose JSON is nested too deep to be shown. */
  deep: number
  /** Encrypted segments that no identity was given for. */
  encrypted: number
  /** Segments that are not the ones that the ledger lists; their rows say so. */
  untrusted: string[]
  problems: HushlogError[]
}

const LONGEST_LINE = 16 * 1024 * 1024
const ESCAPE = '\\u'

/** Rows of the views that are asked for, some at a time. What cannot be read is told in `facts`, and the rest is read. */
export async function* rowsOf(
  sources: Sources,
  views: ReadonlySet<ViewName>,
  facts: ReadFacts,
  heard: Heard,
): AsyncGenerator<Row[]> {
  if (views.size === 0) return
  const listed = []
  for (const dir of sources.directories) listed.push({ dir, ...(await segmentsOf(dir, sources)) })
  const sizes = await Promise.all(
    listed.flatMap(({ segments }) =>
      segments.map(async (segment) => [segment, await sizeOf(segment)] as const),
    ),
  )
  const sizeOfEach = new Map(sizes)
  heard.onTotal(sizes.reduce((sum, [, size]) => sum + size, 0))
  for (const { dir, segments, ledger, problem } of listed) {
    if (problem !== undefined) facts.problems.push(problem)
    const gaps = new LedgerGaps(ledger)
    for (const segment of segments) {
      for await (const rows of segmentRows({ dir, segment, ledger, sources, views, facts })) {
        yield rows.map((row) => gaps.joined(row))
      }
      heard.onProgress(sizeOfEach.get(segment) ?? 0)
    }
    if (views.has('gaps')) yield gaps.others(dir)
  }
}

interface SegmentQuestion {
  dir: string
  segment: Segment
  ledger: LedgerWords
  sources: Sources
  views: ReadonlySet<ViewName>
  facts: ReadFacts
}

async function* segmentRows(question: SegmentQuestion): AsyncGenerator<Row[]> {
  const { dir, segment, ledger, sources, facts } = question
  if (segment.encrypted && sources.identities.length === 0) {
    facts.encrypted++
    return
  }
  try {
    const trusted = await isTrusted(segment, ledger)
    if (trusted === false) facts.untrusted.push(segment.name)
    const toRows = rowMaker(question, { directory: dir, segment: segment.name, trusted })
    const splitter = new LineSplitter(LONGEST_LINE)
    for await (const chunk of segmentText(dir, segment, sources.identities)) {
      const rows = splitter.push(chunk).flatMap(toRows)
      if (rows.length > 0) yield rows
    }
  } catch (error) {
    facts.problems.push(problemOf(segment, error))
  }
}

function problemOf({ path }: Segment, error: unknown): HushlogError {
  if (error instanceof HushlogError) return error
  return new HushlogError('HUSHLOG_READ', `cannot read ${path}: ${errorCode(error)}`, { cause: error })
}

/** Lines without a time are of the time of the line before them. */
function rowMaker({ views, facts, sources }: SegmentQuestion, origin: Origin): (line: BoundedLine) => Row[] {
  const mayBeAsked = lineFilter(views)
  let time: number | null = null
  return ({ bytes, isCut }) => {
    if (isCut) facts.long++
    if (isCut || !mayBeAsked(bytes)) return []
    const text = bytes.toString()
    const record = objectIn(text)
    if (record === undefined) {
      facts.unreadable++
      return []
    }
    const view = viewOf(record)
    time = timeIn(record.time) ?? time
    if (view === undefined || !views.has(view) || !isIn(sources, time)) return []
    const row: Row = { view, record, text, isDeep: isDeep(text), origin }
    if (row.isDeep) facts.deep++
    return [row]
  }
}

/** Passes over lines that are surely of no view that is asked for: a value is written as it is, or with an escape. */
function lineFilter(views: ReadonlySet<ViewName>): (line: Buffer) => boolean {
  const signs = [...views].map(signOf)
  const known = signs.filter((sign) => sign !== undefined)
  if (known.length < signs.length) return () => true
  return (line) => known.some((sign) => line.includes(sign)) || line.includes(ESCAPE)
}

function objectIn(text: string): Fields | undefined {
  try {
    const value = JSON.parse(text)
    return value === null || typeof value !== 'object' || Array.isArray(value) ? undefined : value
  } catch {
    return undefined
  }
}

async function sizeOf({ path }: Segment): Promise<number> {
  return lstat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** A gap may stand in the log, in the ledger or in both: it is one row. */
class LedgerGaps {
  readonly #waiting = new Map<string, Gap & { at: string }>()

  constructor({ gaps }: LedgerWords) {
    for (const gap of gaps) this.#waiting.set(keyOf(gap), gap)
  }

  joined(row: Row): Row {
    if (row.view !== 'gaps') return row
    return { ...row, source: this.#waiting.delete(keyOf(row.record)) ? 'both' : 'log' }
  }

  /** Those that no line told. */
  others(directory: string): Row[] {
    const origin: Origin = { directory, segment: null, trusted: null }
    return [...this.#waiting.values()].map(({ at, reason, count, levels, first, last }) => ({
      view: 'gaps',
      record: { time: at, reason, count, levels, first, last },
      text: undefined,
      isDeep: false,
      origin,
      source: 'ledger',
    }))
  }
}

function keyOf({
  reason,
  count,
  first,
  last,
}: {
  reason?: unknown
  count?: unknown
  first?: unknown
  last?: unknown
}) {
  return JSON.stringify([reason, count, timeIn(first), timeIn(last)])
}
