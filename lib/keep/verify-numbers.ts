import { constants } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../errors.ts'
import { type Frame, parseFrame } from '../store/frames.ts'
import { parseSegmentName } from '../store/segment.ts'
import type { SegmentFact } from './facts.ts'
import type { Finding, Listed } from './finding.ts'

/*
 * Each writer numbers its segments and its records. The ledger bears the numbers of what was sealed, so that a segment
 * that was removed before it was sealed is missing here.
 */

interface Numbered {
  name: string
  number: number
  /** Of its first record, and how many there are; undefined in a segment that is still written. */
  seq: number
  lines: number | undefined
}

export interface OpenFrame {
  /** The segment's name. */
  name: string
  frame: Frame
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const HEAD = 4096

/** @param open the first lines of segments in open/, read before the ledger was */
export function numberFindings(open: OpenFrame[], listed: Listed): Finding[] {
  const byWriter = new Map<string, Numbered[]>()
  const add = (writer: string, numbered: Numbered) => {
    const list = byWriter.get(writer)
    if (list === undefined) byWriter.set(writer, [numbered])
    else list.push(numbered)
  }
  for (const fact of listed.segments.values()) addFact(fact, add)
  for (const { frame, name } of open)
    if (!listed.segments.has(name))
      add(frame.writer, { name, number: frame.number, seq: frame.seq, lines: undefined })
  return [...byWriter.values()].flatMap(holesIn)
}

function addFact(fact: SegmentFact, add: (writer: string, numbered: Numbered) => void): void {
  const { name, number, seq, lines, writer, stream } = fact
  if (number !== undefined && seq !== undefined) add(stream ?? writer, { name, number, seq, lines })
}

const AGAIN = 5

/** The first lines of segments in open/. */
export async function openFrames(dir: string): Promise<OpenFrame[]> {
  const folder = join(dir, 'open')
  for (let left = AGAIN; ; left--) {
    const files = await readdir(folder).catch(() => [])
    const frames: (OpenFrame | 'gone' | undefined)[] = []
    // One after the other: there may be more of them than descriptors.
    for (const file of files) frames.push(await openFrame(folder, file))
    // One that is adopted meanwhile has another name now; one that is sealed is in the ledger.
    if (left === 0 || !frames.includes('gone')) return frames.filter((frame) => typeof frame === 'object')
  }
}

async function openFrame(folder: string, file: string): Promise<OpenFrame | 'gone' | undefined> {
  const name = parseSegmentName(file)?.name
  if (name === undefined) return undefined
  const frame = await firstFrame(join(folder, file))
  return typeof frame === 'object' ? { name, frame } : frame
}

async function firstFrame(path: string): Promise<Frame | 'gone' | undefined> {
  let handle: FileHandle
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'gone' : undefined
  }
  try {
    if (!(await handle.stat()).isFile()) return undefined
    const head = Buffer.alloc(HEAD)
    const { bytesRead } = await handle.read(head, 0, HEAD, 0)
    const line = head.toString('utf8', 0, bytesRead).split('\n', 1)[0]
    const frame = parseFrame(line)
    return frame?.kind === 'segment-start' ? frame : undefined
  } finally {
    await handle.close()
  }
}

function holesIn(list: Numbered[]): Finding[] {
  const sorted = list.sort((a, b) => a.number - b.number)
  const findings: Finding[] = []
  let before: Numbered | undefined
  for (const segment of sorted) {
    const missing = segment.number - (before?.number ?? 0) - 1
    if (missing > 0)
      findings.push(
        finding('missing', segment, `${missing} segments of its writer before it were never sealed`),
      )
    else if (missing < 0)
      findings.push(
        finding('inserted', segment, `has number ${segment.number} of its writer, as ${before?.name} has`),
      )
    else if (before !== undefined) findings.push(...stepBetween(before, segment))
    before = segment
  }
  return findings
}

function stepBetween(before: Numbered, segment: Numbered): Finding[] {
  if (before.lines === undefined) return []
  const missing = segment.seq - before.seq - before.lines
  if (missing === 0) return []
  return missing > 0
    ? [finding('missing', before, `${missing} records at its end were never sealed`)]
    : [finding('inserted', before, `holds ${-missing} records more than its writer has counted`)]
}

function finding(kind: Finding['kind'], { name }: Numbered, what: string): Finding {
  return { kind, where: name, what }
}
