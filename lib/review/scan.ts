/**
 * The lines of one segment that a query is about: members that its index rules out are not unpacked, and lines in which
 * no needle stands are not read.
 */
import { HushlogError } from '../errors.ts'
import { wholeLinesIn } from '../keep/member-lines.ts'
import { segmentText } from '../keep/reader.ts'
import { openSealed } from '../keep/sealed-file.ts'
import { ContextLines } from './context.ts'
import { type Hit, Line } from './line.ts'
import { folded, matches, membersFor, type Query } from './query.ts'
import type { Source } from './sources.ts'
import type { FieldNames } from './where.ts'

export interface ScanOptions {
  identities: readonly string[]
  /** Lines before and after each that matches. */
  context: number
  /** Told of names of fields, where the query asks for any. */
  names: FieldNames
  /** Told of what was done. */
  onStep(step: ScanStep, count: number): void
}

export type ScanStep = 'opened' | 'skipped' | 'members' | 'all-members'

const NEWLINE = 0x0a
const COMMA = 0x2c
const CLOSE_BRACE = 0x7d
/** Records of a segment whose fields are noted. */
const NOTED = 50

/**
 * In the order in which they stand there, some at a time, in batches that may be empty.
 * @throws HushlogError `HUSHLOG_READ`, `HUSHLOG_KEY`
 */
export async function* hitsIn(source: Source, query: Query, options: ScanOptions): AsyncGenerator<Hit[]> {
  const scanner = new Scanner(query, source.first, options)
  let hasGiven = false
  try {
    for await (const chunk of chunksOf(source, query, options)) {
      const hits = scanner.take(chunk)
      hasGiven = true
      yield hits
    }
  } catch (error) {
    // Moved between being listed and being opened: it is looked for once more, and then where it is.
    if (hasGiven || !isGone(error)) throw error
    for await (const chunk of wholeLinesIn(segmentText(source.dir, source.segment, options.identities)))
      yield scanner.take(chunk)
  }
  yield scanner.end()
}

function isGone(error: unknown): boolean {
  return !(error instanceof HushlogError) && (error as NodeJS.ErrnoException)?.code === 'ENOENT'
}

async function* chunksOf(
  { dir, segment }: Source,
  query: Query,
  { identities, context, onStep }: ScanOptions,
): AsyncGenerator<Buffer> {
  if (!segment.sealed) {
    onStep('opened', 1)
    yield* wholeLinesIn(segmentText(dir, segment, identities))
    return
  }
  const file = await openSealed(segment.path, identities)
  try {
    const index = await file.index()
    const extract = query.isInExtract && context === 0 ? index?.extract : undefined
    if (extract !== undefined) {
      onStep(extract.length === 0 ? 'skipped' : 'opened', 1)
      yield* extractChunks(extract)
      return
    }
    const all = index?.members.length ?? 0
    const wanted = index === undefined ? undefined : membersFor(query, index)
    // Lines that surround others are those of the file, not those of the members that are wanted.
    const members = context > 0 && wanted?.length !== 0 ? undefined : wanted
    onStep(members?.length === 0 ? 'skipped' : 'opened', 1)
    onStep('members', members?.length ?? all)
    onStep('all-members', all)
    if (members?.length !== 0) yield* file.lines(members)
  } finally {
    await file.close()
  }
}

/** Lines together, as members have them. */
const LINES_AT_ONCE = 500

function* extractChunks(lines: readonly Buffer[]): Generator<Buffer> {
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE)
    yield Buffer.concat(lines.slice(at, at + LINES_AT_ONCE).flatMap((line) => [line, NEWLINE_BYTES]))
}

const NEWLINE_BYTES = Buffer.from('\n')

class Scanner {
  readonly #query: Query
  readonly #names: FieldNames
  readonly #context: ContextLines | undefined
  readonly #line = new Line()
  #time: number
  #toNote: number

  /** @param time stands for that of lines that tell none, as long as none has told one */
  constructor(query: Query, time: number, { context, names }: ScanOptions) {
    this.#query = query
    this.#time = time
    this.#names = names
    this.#context =
      context > 0
        ? new ContextLines(
            context,
            (line) => this.#isMatch(line),
            () => !query.frames && this.#line.isFrame,
          )
        : undefined
    this.#toNote = query.where.length > 0 ? NOTED : 0
  }

  /** @param chunk whole lines */
  take(chunk: Buffer): Hit[] {
    if (this.#toNote > 0) this.#note(chunk)
    if (this.#context !== undefined) return this.#context.take(chunk)
    const hits: Hit[] = []
    let seen = 0
    const { needles, isFolded, admits } = this.#query
    for (const [start, end] of candidates(isFolded ? folded(chunk) : chunk, needles, admits)) {
      const bytes = chunk.subarray(start, end)
      if (Number.isNaN(this.#timeIn(bytes))) this.#passOver(chunk, seen, start)
      const time = this.#isMatch(bytes)
      if (time !== undefined) hits.push({ time, lines: [bytes] })
      seen = end + 1
    }
    this.#passOver(chunk, seen, chunk.length)
    return hits
  }

  end(): Hit[] {
    return this.#context?.end() ?? []
  }

  /** Lines that are no candidates: the last one that tells a time tells that of what follows. */
  #passOver(chunk: Buffer, from: number, to: number): void {
    for (let end = to - 1; end > from; ) {
      const start = Math.max(from, chunk.lastIndexOf(NEWLINE, end - 1) + 1)
      const time = this.#timeIn(chunk.subarray(start, end))
      if (!Number.isNaN(time)) {
        this.#time = time
        return
      }
      end = start - 1
    }
  }

  #timeIn(bytes: Buffer): number {
    this.#line.set(bytes)
    return this.#line.time
  }

  /** The time of a line that matches. */
  #isMatch(bytes: Buffer): number | undefined {
    const line = this.#line
    if (line.bytes !== bytes) line.set(bytes)
    const { time } = line
    if (!Number.isNaN(time)) this.#time = time
    const { since, until } = this.#query
    if (this.#time < since || this.#time > until) return undefined
    return matches(this.#query, line) ? this.#time : undefined
  }

  #note(chunk: Buffer): void {
    for (const [start, end] of candidates(chunk, undefined)) {
      if (this.#toNote-- <= 0) return
      this.#line.set(chunk.subarray(start, end))
      const record = this.#line.record()
      if (record !== undefined) this.#names.note(record)
    }
  }
}

/** Where lines stand in which a needle does, with a number that is admitted if it has one; all lines without needles. */
export function* candidates(
  chunk: Buffer,
  needles: readonly Buffer[] | undefined,
  admits?: (value: number) => boolean,
): Generator<[start: number, end: number]> {
  if (needles === undefined) {
    for (let start = 0; start < chunk.length; ) {
      const end = endOf(chunk, start)
      yield [start, end]
      start = end + 1
    }
    return
  }
  const next = needles.map((needle) => chunk.indexOf(needle))
  for (let from = 0; from < chunk.length; ) {
    let at = -1
    for (const [i, needle] of needles.entries()) {
      if (next[i] !== -1 && next[i] < from) next[i] = chunk.indexOf(needle, from)
      if (next[i] !== -1 && (at === -1 || next[i] < at)) at = next[i]
    }
    if (at === -1) return
    if (admits !== undefined && !isAdmitted(chunk, at + needles[0].length, admits)) {
      from = at + 1
      continue
    }
    const start = chunk.lastIndexOf(NEWLINE, at) + 1
    const end = endOf(chunk, at)
    yield [start, end]
    from = end + 1
  }
}

const NUMBER = Buffer.from('":')
const MOST_DIGITS = 9

/** Behind a name. Whatever is not written as our lines are is looked at. */
function isAdmitted(chunk: Buffer, at: number, admits: (value: number) => boolean): boolean {
  if (chunk[at] !== NUMBER[0] || chunk[at + 1] !== NUMBER[1]) return true
  const start = at + NUMBER.length
  let value = 0
  let end = start
  for (; end < start + MOST_DIGITS && chunk[end] >= 0x30 && chunk[end] <= 0x39; end++)
    value = value * 10 + chunk[end] - 0x30
  const isNumber = end > start && (chunk[end] === COMMA || chunk[end] === CLOSE_BRACE)
  return !isNumber || admits(value)
}

function endOf(chunk: Buffer, from: number): number {
  const end = chunk.indexOf(NEWLINE, from)
  return end === -1 ? chunk.length : end
}
