import { errorCode, HushlogError } from '../errors.ts'
import { LineSplitter } from '../keep/bounded-lines.ts'
import { timeOf } from '../keep/line-counter.ts'
import { LEASE } from '../store/recovery.ts'
import { thisWriter, type WriterState, writerState, writerText } from '../store/segment.ts'
import { isFrame } from './frame.ts'
import { chunksOf, type SegmentFile, statOf } from './log-directory.ts'

export interface OpenFacts {
  segments: number
  bytes: number
  lines: number
  /** Times of events, milliseconds since the epoch; undefined without any. */
  first: number | undefined
  last: number | undefined
  writers: Record<WriterState, number>
  /** Tails without a line end that dead writers left. */
  torn: { tails: number; bytes: number }
  /** Segments that ended over an hour ago and are not sealed. Of living writers, and of those that are gone. */
  unsealed: number
  abandoned: number
}

const HEAD = 256
const MAX_LINE = 4096
const HOUR = 3_600_000

interface Opened {
  writer: string
  state: WriterState
  order: number
  mtimeMs: number
}

/** Reads all that stands in open/, in bounded memory. @throws HushlogError `HUSHLOG_READ` */
export async function openFacts(files: SegmentFile[], now: number): Promise<OpenFacts> {
  const facts = noFacts()
  const opened: Opened[] = []
  const me = thisWriter()
  for (const { identity, path } of files) {
    const stat = await statOf(path)
    // Sealed since it was listed: then it is counted there.
    if (stat === undefined) continue
    const { writer, adopter, stamp, counter } = identity
    const state = writerState(adopter ?? writer, me)
    const { mtimeMs } = stat
    opened.push({ writer: writerText(adopter ?? writer), state, order: stamp * 1e3 + counter, mtimeMs })
    facts.segments++
    await addContent(facts, path, state).catch((error) => ignoreClosed(error, stat.uid))
  }
  judge(facts, opened, now)
  return facts
}

function noFacts(): OpenFacts {
  return {
    segments: 0,
    bytes: 0,
    lines: 0,
    first: undefined,
    last: undefined,
    writers: { alive: 0, dead: 0, unknown: 0 },
    torn: { tails: 0, bytes: 0 },
    unsealed: 0,
    abandoned: 0,
  }
}

/** What another user put there and closed to us is counted as a segment, and refused by its keeper. */
function ignoreClosed(error: unknown, owner: number): void {
  const isClosed = error instanceof HushlogError && errorCode(error.cause) === 'EACCES'
  if (!isClosed || owner === process.geteuid?.()) throw error
}

async function addContent(facts: OpenFacts, path: string, state: WriterState): Promise<void> {
  const splitter = new LineSplitter(MAX_LINE)
  let tail = 0
  for await (const chunk of chunksOf(path)) {
    const newline = chunk.lastIndexOf('\n')
    tail = newline === -1 ? tail + chunk.length : chunk.length - newline - 1
    facts.bytes += chunk.length
    for (const { bytes, isCut } of splitter.push(chunk)) if (isCut || !isFrame(bytes)) addLine(facts, bytes)
  }
  if (tail === 0 || state !== 'dead') return
  facts.torn.tails++
  facts.torn.bytes += tail
}

function addLine(facts: OpenFacts, line: Buffer): void {
  facts.lines++
  const time = Date.parse(timeOf(line.subarray(0, HEAD)) ?? '')
  if (Number.isNaN(time)) return
  facts.first = Math.min(facts.first ?? time, time)
  facts.last = Math.max(facts.last ?? time, time)
}

function judge(facts: OpenFacts, opened: Opened[], now: number): void {
  const newest = new Map<string, Opened>()
  for (const one of opened) {
    const other = newest.get(one.writer)
    if (other === undefined || other.order < one.order) newest.set(one.writer, one)
  }
  for (const { state } of newest.values()) facts.writers[state]++
  for (const one of opened) {
    const age = now - one.mtimeMs
    const isGone = one.state === 'dead' || (one.state === 'unknown' && age > LEASE)
    if (age <= HOUR || (!isGone && newest.get(one.writer) === one)) continue
    if (isGone) facts.abandoned++
    else facts.unsealed++
  }
}
