import { type Frame, parseFrame } from '../store/frames.ts'
import { parseSegmentName } from '../store/segment.ts'
import type { SegmentFact } from './facts.ts'
import { readLedger } from './ledger.ts'
import { type ReadOptions, readSegments } from './reader.ts'

/** What the first and last lines of segments, which number segments and records, say is not as it should be. */
export interface SequenceProblem {
  kind:
    | 'missing-segments'
    | 'missing-lines'
    | 'extra-lines'
    | 'misplaced-frame'
    | 'no-first-line'
    | 'number-twice'
  writer: string
  /** The name of the segment in which, or before which, it was noticed. */
  name: string
  /** How many segments or lines; 1 where nothing is counted. */
  count: number
}

export interface SequenceCheck {
  /** Segments that were looked at, and the records in them. */
  segments: number
  lines: number
  problems: SequenceProblem[]
  /** Names of segments without a last line: their writer was killed or is still writing, or its disk was full. */
  unended: string[]
  /** Names of encrypted segments that were not read: of these the ledger's word was taken. */
  unread: string[]
}

interface Seen {
  name: string
  start: Frame | undefined
  end: Frame | undefined
  lines: number
  problems: SequenceProblem[]
}

/**
 * Checks that every segment holds as many records as it says, and that of each writer no segment and no record is
 * missing between the first and the last that are there. Segments that the ledger says were removed for their age do
 * not count as missing. What is missing at a writer's very end only the ledger can tell.
 * @throws HushlogError `HUSHLOG_READ` or `HUSHLOG_LEDGER` when something cannot be read at all
 */
export async function checkSequences(
  dir: string,
  options: Pick<ReadOptions, 'identities'> = {},
): Promise<SequenceCheck> {
  const check: SequenceCheck = { segments: 0, lines: 0, problems: [], unended: [], unread: [] }
  const byWriter = new Map<string, Seen[]>()
  const take = (seen: Seen, isEnded: boolean) => {
    check.segments++
    check.lines += seen.lines
    check.problems.push(...seen.problems)
    if (!isEnded) check.unended.push(seen.name)
    if (seen.start === undefined) check.problems.push(problem('no-first-line', seen))
    else listOf(byWriter, seen.start.writer).push(seen)
  }
  const onEncrypted = (name: string) => check.unread.push(name)
  for await (const seen of segmentsOf(dir, { ...options, onEncrypted })) take(seen, seen.end !== undefined)
  const { pruned, listed } = await ledgerNumbers(dir, new Set(check.unread))
  for (const fact of listed) take(seenIn(fact), fact.broken === undefined)
  for (const [writer, list] of byWriter) check.problems.push(...gapsIn(list, listOf(pruned, writer)))
  return check
}

function listOf<K, V>(map: Map<K, V[]>, key: K): V[] {
  const list = map.get(key) ?? []
  map.set(key, list)
  return list
}

function problem(kind: SequenceProblem['kind'], { name, start }: Seen, count = 1): SequenceProblem {
  return { kind, writer: start?.writer ?? writerIn(name), name, count }
}

function writerIn(name: string): string {
  return parseSegmentName(`${name}.log`) === undefined ? '' : name.split('.').slice(0, -2).join('.')
}

/** What the ledger says of a segment, as if it had been read. */
function seenIn({ name, number, seq, lines, stream, writer }: SegmentFact): Seen {
  const seen: Seen = { name, start: undefined, end: undefined, lines, problems: [] }
  if (number === undefined || seq === undefined) return seen
  return { ...seen, start: { kind: 'segment-start', writer: stream ?? writer, number, seq } }
}

async function* segmentsOf(dir: string, options: ReadOptions): AsyncGenerator<Seen> {
  let seen: Seen | undefined
  for await (const { name, line } of readSegments(dir, options)) {
    if (seen?.name !== name) {
      if (seen !== undefined) yield finished(seen)
      seen = { name, start: undefined, end: undefined, lines: 0, problems: [] }
    }
    take(seen, parseFrame(line))
  }
  if (seen !== undefined) yield finished(seen)
}

function take(seen: Seen, frame: Frame | undefined): void {
  const isFirst = seen.start === undefined && seen.lines === 0
  // Nothing comes after a last line, and a first line comes first.
  if (seen.end !== undefined || (frame?.kind === 'segment-start' && !isFirst))
    seen.problems.push(problem('misplaced-frame', seen))
  if (frame?.kind === 'segment-start') seen.start ??= frame
  else if (frame?.kind === 'segment-end') seen.end ??= frame
  else seen.lines++
}

/** Compares a segment with what its own last line says. */
function finished(seen: Seen): Seen {
  const { start, end, lines } = seen
  if (end === undefined) return seen
  const said = end.lines as number
  if (said > lines) seen.problems.push(problem('missing-lines', seen, said - lines))
  if (said < lines) seen.problems.push(problem('extra-lines', seen, lines - said))
  const agree = start === undefined || (end.writer === start.writer && end.number === start.number)
  if (!agree || (start !== undefined && end.seq - start.seq + 1 !== said))
    seen.problems.push(problem('misplaced-frame', seen))
  return seen
}

/** Compares the segments of one writer with each other. */
function gapsIn(list: Seen[], pruned: number[]): SequenceProblem[] {
  const sorted = [...list].sort((a, b) => numberOf(a) - numberOf(b))
  const problems: SequenceProblem[] = []
  const gone = new Set(pruned)
  let before = 0
  for (const [index, seen] of sorted.entries()) {
    const number = numberOf(seen)
    const missing = number - before - 1 - countBetween(gone, before, number)
    if (missing > 0) problems.push(problem('missing-segments', seen, missing))
    if (number === before) problems.push(problem('number-twice', seen))
    const previous = sorted[index - 1]
    if (previous !== undefined && number === before + 1) problems.push(...stepFrom(previous, seen))
    before = number
  }
  return problems
}

/** Whether the first record of a segment has the number that follows the last one of the segment before it. */
function stepFrom(previous: Seen, seen: Seen): SequenceProblem[] {
  // A segment with a last line has been compared with that.
  const last = previous.end?.seq ?? (previous.start as Frame).seq + previous.lines - 1
  const missing = (seen.start as Frame).seq - 1 - last
  if (missing === 0) return []
  const kind = missing > 0 ? 'missing-lines' : 'extra-lines'
  return [problem(kind, previous, Math.abs(missing))]
}

function numberOf({ start }: Seen): number {
  return (start as Frame).number
}

function countBetween(numbers: Set<number>, after: number, before: number): number {
  return [...numbers].filter((number) => number > after && number < before).length
}

interface LedgerNumbers {
  /** Of segments that were removed for their age, by writer. */
  pruned: Map<string, number[]>
  /** What it says of the segments that were asked for. */
  listed: SegmentFact[]
}

async function ledgerNumbers(dir: string, names: ReadonlySet<string>): Promise<LedgerNumbers> {
  const numbers = new Map<string, { writer: string; number: number }>()
  const pruned = new Map<string, number[]>()
  const listed: SegmentFact[] = []
  for await (const entry of readLedger(dir)) {
    if (entry.kind === 'segment' && names.has(entry.name)) listed.push(entry)
    if (entry.kind === 'segment' && entry.number !== undefined)
      numbers.set(entry.name, { writer: entry.stream ?? entry.writer, number: entry.number })
    const gone = entry.kind === 'pruned' ? numbers.get(entry.name) : undefined
    if (gone !== undefined) listOf(pruned, gone.writer).push(gone.number)
  }
  return { pruned, listed }
}
