import type { RotationReason } from './rotation.ts'
import { type Writer, writerText } from './segment.ts'

/*
 * The first and the last line of a segment. They number the writer's segments and its records, so that a line or a
 * segment that is missing can be proven. A writer that was killed, or whose disk was full, leaves no last one.
 */

/** What stands in `segment` of a first line (`segment-start`) and of a last one (`segment-end`). */
export interface Frame {
  kind: 'segment-start' | 'segment-end'
  writer: string
  /** The writer's how-manieth segment, from 1. */
  number: number
  /**
   * Records are numbered over all segments of a writer, from 1; frames are not counted. In a first line the number of
   * the first record that follows, in a last line that of the last record before it.
   */
  seq: number
  /** Only in a last line: how many records stand between the two. */
  lines?: number
  reason?: RotationReason
  /** As the line itself says it; only what is read has it. 64 characters at most. */
  service?: string
}

/**
 * What follows the level in every line: time, service, host, pid, operation, request id. Text that begins with a
 * comma, scrubbed.
 * @param now milliseconds since the epoch
 */
export type Stamp = (now: number) => string

const INFO = 30

/** A record that the store makes itself. `fields` hold nothing that a program logged. */
export function ownLine(stamp: string, level: number, kind: string, fields: object, msg: string): Buffer {
  const members = JSON.stringify({ kind, ...fields, msg }).slice(1)
  return Buffer.from(`{"level":${level}${stamp},${members}\n`)
}

export function frameLine(stamp: string, { kind, ...segment }: Frame): Buffer {
  const msg = kind === 'segment-start' ? 'a segment begins' : 'a segment ends'
  return ownLine(stamp, INFO, kind, { segment }, msg)
}

/** What a last line may be longer than the first one of the same segment. */
export const LONGER_END = 96

const MARKS = ['"kind":"segment-start"', '"kind":"segment-end"']

/** The frame that a line is, or undefined for any other line. */
export function parseFrame(line: string): Frame | undefined {
  if (!MARKS.some((mark) => line.includes(mark))) return undefined
  try {
    const { kind, segment, service } = JSON.parse(line)
    const frame = { ...segment, kind, service: typeof service === 'string' ? named(service) : undefined }
    return isFrame(frame) ? frame : undefined
  } catch {
    return undefined
  }
}

const LONGEST_SERVICE = 64

function named(service: string): string | undefined {
  return service === '' ? undefined : service.slice(0, LONGEST_SERVICE).toWellFormed()
}

function isFrame({ kind, writer, number, seq, lines }: Frame): boolean {
  const isNumbered = typeof writer === 'string' && Number.isSafeInteger(number) && Number.isSafeInteger(seq)
  return isNumbered && (kind === 'segment-start' || (kind === 'segment-end' && Number.isSafeInteger(lines)))
}

// Each logger of a thread numbers its own segments, so each needs a name of its own.
let writers = 0

/** The writer as its frames name it: as in the names of its segments, and for a thread's later loggers `+2`, `+3`. */
export function frameWriter(writer: Writer): string {
  const text = writerText(writer)
  return ++writers === 1 ? text : `${text}+${writers}`
}
