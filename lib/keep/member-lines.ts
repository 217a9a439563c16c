/** The lines of a sealed segment, read from its members: several are unpacked at a time, on as many cores. */
import { Damaged } from './damaged.ts'
import type { Member } from './gzip-members.ts'
import { LONGEST_LINE } from './search-index/line-splitter.ts'
import type { SegmentIndex } from './search-index/segment-index.ts'

const NEWLINE = 0x0a
/** Members that are unpacked before they are asked for. */
const AHEAD = 3

export interface MemberSource {
  readonly members: readonly Member[] | undefined
  member(index: number): Promise<Buffer>
  index(): Promise<SegmentIndex | undefined>
}

/**
 * The lines that begin in these members, in order, in chunks that end with `\n`.
 * @throws Damaged for a line that is too long
 */
export async function* linesOfMembers(file: MemberSource, numbers: Iterable<number>): AsyncGenerator<Buffer> {
  const count = file.members?.length ?? 0
  const wanted = new Set([...numbers].filter((number) => file.members?.[number] !== undefined))
  const index = wanted.size < count ? await file.index() : undefined
  const plan = membersToRead(wanted, count, index)
  const members = new Ahead(file, plan)
  /** Of a line that began in a member that is wanted. */
  let begun: Buffer[] = []
  let endsLine = true
  for (let number: number | undefined = plan[0], at = 0; number !== undefined; ) {
    const text = await members.take(number)
    let start: number | undefined
    if (begun.length > 0) {
      start = text.indexOf(NEWLINE) + 1
      begun.push(start === 0 ? text : text.subarray(0, start))
      checkLength(begun)
      if (start > 0) {
        yield Buffer.concat(begun)
        begun = []
      }
    } else start = index === undefined ? firstLine(text, endsLine) : index.members[number].firstLine
    if (begun.length === 0 && start !== undefined && wanted.has(number)) {
      const end = Math.max(start, text.lastIndexOf(NEWLINE) + 1)
      if (end > start) yield text.subarray(start, end)
      if (end < text.length) begun = [text.subarray(end)]
    }
    endsLine = text.at(-1) === NEWLINE
    const next: number = number + 1
    while (plan[at] < next) at++
    number = begun.length > 0 && next < count ? next : plan[at]
  }
}

/**
 * Those that are wanted, those into which their last lines go on, and, where no index tells where the first line begins,
 * those before them.
 */
function membersToRead(
  wanted: ReadonlySet<number>,
  count: number,
  index: SegmentIndex | undefined,
): number[] {
  const numbers = new Set<number>()
  for (const number of wanted) {
    if (index === undefined) numbers.add(number - 1)
    numbers.add(number)
    if (index?.members[number + 1]?.firstLine !== 0) numbers.add(number + 1)
  }
  return [...numbers].filter((number) => number >= 0 && number < count).sort((a, b) => a - b)
}

function firstLine(text: Buffer, isAtStart: boolean): number | undefined {
  if (isAtStart) return 0
  const newline = text.indexOf(NEWLINE)
  return newline === -1 ? undefined : newline + 1
}

function checkLength(parts: readonly Buffer[]): void {
  if (parts.reduce((sum, part) => sum + part.length, 0) > LONGEST_LINE + 1) throw longLine()
}

function longLine(): Damaged {
  return new Damaged('it has a line of more than 16 MB')
}

/** Members in their order, of which some are unpacked while one is looked at. */
class Ahead {
  readonly #file: MemberSource
  readonly #plan: readonly number[]
  readonly #begun = new Map<number, Promise<Buffer>>()
  #next = 0

  constructor(file: MemberSource, plan: readonly number[]) {
    this.#file = file
    this.#plan = plan
  }

  take(number: number): Promise<Buffer> {
    const text = this.#begun.get(number) ?? this.#file.member(number)
    this.#begun.delete(number)
    while (this.#plan[this.#next] <= number) this.#next++
    for (; this.#begun.size < AHEAD && this.#next < this.#plan.length; this.#next++)
      this.#begin(this.#plan[this.#next])
    return text
  }

  #begin(number: number): void {
    const text = this.#file.member(number)
    // Looked at when it is taken; until then a failure is nobody's.
    text.catch(() => {})
    this.#begun.set(number, text)
  }
}

/** The same of a text that has no members. */
export async function* wholeLinesIn(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun: Buffer[] = []
  for await (const chunk of text) {
    const end = chunk.lastIndexOf(NEWLINE) + 1
    if (end > 0) {
      yield Buffer.concat([...begun, chunk.subarray(0, end)])
      begun = []
    }
    if (end < chunk.length) begun.push(chunk.subarray(end))
    checkLength(begun)
  }
}
