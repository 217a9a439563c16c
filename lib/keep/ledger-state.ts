import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { errorCode, HushlogError } from '../errors.ts'
import { BEGINNING, isSeal, MAX_GROUP, parseEntry, prevOf, type Tip } from './chain.ts'
import type { LedgerEntry } from './facts.ts'
import { wholeLines } from './lines.ts'

/*
 * What the ledger says, read once and then only what has been added. A group counts when its seal stands there:
 * what follows the last seal is the rest of an append that was broken off.
 */

export interface Committed {
  /** The last line that counts. */
  tip: Tip
  /** Bytes up to its end. */
  size: number
  /** The public key that the first group was signed by; undefined while nothing is signed. */
  firstKey: string | undefined
  /** The public key that signs the next group; undefined while nothing is signed. */
  nextKey: string | undefined
  /** Where each segment's entry begins, and how long it is. */
  segments: Map<string, { at: number; length: number }>
  /** Of the newest entry of its kind. */
  recipients: string[] | undefined
  targets: string[] | undefined
  heartbeat: string | undefined
}

interface Line {
  entry: LedgerEntry
  at: number
  length: number
}

/** Told of what counts, in order, and each entry once. */
export interface LedgerFollower {
  /** Another ledger stands there: all that was told before is void. */
  onForget(): void
  /** `at` is where its line begins, `length` how long it is without its `\n`, in bytes. */
  onEntry(entry: LedgerEntry, at: number, length: number): void
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants

export class LedgerState {
  readonly #path: string
  readonly #follower: LedgerFollower | undefined
  #file: { dev: number; ino: number } | undefined
  #committed: Committed = nothing()

  constructor(path: string, follower?: LedgerFollower) {
    this.#path = path
    this.#follower = follower
  }

  /**
   * What stands in the ledger now, and how many bytes follow that do not count.
   * @throws HushlogError `HUSHLOG_LEDGER` when an entry is none of ours or does not follow from the one before it
   */
  async read(): Promise<Committed & { rest: number }> {
    const handle = await openLedger(this.#path)
    if (handle === undefined) {
      this.#forget(undefined)
      return { ...this.#committed, rest: 0 }
    }
    try {
      const { dev, ino, size } = await handle.stat()
      const isSame = this.#file?.dev === dev && this.#file.ino === ino && size >= this.#committed.size
      if (!isSame || !(await this.#endsAsBefore(handle))) this.#forget({ dev, ino })
      await this.#readOn(handle)
      return { ...this.#committed, rest: size - this.#committed.size }
    } finally {
      await handle.close()
    }
  }

  /** The entry of a segment, as it was read. */
  async segment(name: string): Promise<LedgerEntry | undefined> {
    const place = this.#committed.segments.get(name)
    const handle = place === undefined ? undefined : await openLedger(this.#path)
    if (place === undefined || handle === undefined) return undefined
    try {
      return parseEntry(await bytesAt(handle, place.at, place.length))
    } finally {
      await handle.close()
    }
  }

  #forget(file: { dev: number; ino: number } | undefined): void {
    this.#file = file
    this.#committed = nothing()
    this.#follower?.onForget()
  }

  /** Another file may have been written into the same one. */
  async #endsAsBefore(handle: FileHandle): Promise<boolean> {
    const { tip, size } = this.#committed
    if (size === 0) return true
    const { length } = tip.line
    return (await bytesAt(handle, size - length - 1, length)).equals(tip.line)
  }

  async #readOn(handle: FileHandle): Promise<void> {
    const source = handle.createReadStream({ autoClose: false, start: this.#committed.size })
    let { tip, size: at } = this.#committed
    let group: Line[] = []
    let broken: BrokenEnd | undefined
    for await (const lines of wholeLines(source)) {
      for (const line of lines) {
        const entry = parseEntry(line)
        const problem = problemOf(entry, tip)
        if (broken !== undefined) broken.lines++
        if (broken !== undefined && isSeal(line)) broken.isSealed = true
        if (entry === undefined || problem !== undefined)
          broken ??= { n: tip.n + 1, problem: problem as string, lines: 1, isSealed: isSeal(line) }
        if (entry === undefined || broken !== undefined) continue
        group.push({ entry, at, length: line.length })
        at += line.length + 1
        tip = { n: entry.n, line }
        if (entry.kind === 'seal' || entry.v === 0) {
          commit(this.#committed, group, { tip: copyOf(tip), size: at })
          for (const one of group) this.#follower?.onEntry(one.entry, one.at, one.length)
          group = []
        }
        if (group.length >= MAX_GROUP) throw failure(this.#path, tip.n, 'belongs to a group without a seal')
      }
    }
    if (broken !== undefined && (this.#committed.nextKey === undefined || !isBrokenOff(broken)))
      throw failure(this.#path, broken.n, broken.problem)
  }
}

/** Lines from the first one that does not follow from the one before it. */
export interface BrokenEnd {
  n: number
  problem: string
  lines: number
  /** There is a seal among them. */
  isSealed: boolean
}

/** Whether they may be what a power cut has left of the last append; else somebody has changed the ledger. */
export function isBrokenOff({ lines, isSealed }: Pick<BrokenEnd, 'lines' | 'isSealed'>): boolean {
  return !isSealed && lines <= MAX_GROUP
}

// A line is a part of a large chunk, which it would keep in memory.
function copyOf({ n, line }: Tip): Tip {
  return { n, line: Buffer.from(line) }
}

function nothing(): Committed {
  return {
    tip: BEGINNING,
    size: 0,
    firstKey: undefined,
    nextKey: undefined,
    segments: new Map(),
    recipients: undefined,
    targets: undefined,
    heartbeat: undefined,
  }
}

function commit(state: Committed, group: Line[], end: Pick<Committed, 'tip' | 'size'>): void {
  for (const { entry, at, length } of group) {
    if (entry.kind === 'genesis' && entry.key !== undefined) begin(state, entry.key)
    if (entry.kind === 'key') begin(state, entry.key)
    if (entry.kind === 'seal') state.nextKey = entry.next
    // The first counts: what was sealed is not changed by listing it again.
    if (entry.kind === 'segment' && !state.segments.has(entry.name))
      state.segments.set(entry.name, { at, length })
    if (entry.kind === 'recipients') state.recipients = entry.to
    if (entry.kind === 'targets') state.targets = entry.to
    if (entry.kind === 'heartbeat') state.heartbeat = entry.at
  }
  Object.assign(state, end)
}

function begin(state: Committed, key: string): void {
  state.firstKey ??= key
  state.nextKey = key
}

/** What is wrong with a line as the one that follows a tip. */
export function problemOf(entry: LedgerEntry | undefined, tip: Tip): string | undefined {
  if (entry === undefined) return 'is not an entry'
  if (entry.n !== tip.n + 1) return `expected number ${tip.n + 1}, got ${entry.n}`
  if (entry.prev !== prevOf(tip, entry.v)) return 'the entry before it was changed'
  if ((entry.kind === 'genesis') !== (entry.n === 0)) return 'a ledger has one genesis, as its first entry'
  return undefined
}

/**
 * Opens the ledger for reading; undefined when there is none.
 * @throws HushlogError `HUSHLOG_LEDGER` for what is no regular file with one name
 */
export async function openLedger(path: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const stat = await handle.stat()
    if (stat.isFile() && stat.nlink === 1) return handle
    await handle.close()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw ledgerError(path, `cannot open it: ${errorCode(error)}`, error)
  }
  throw ledgerError(path, 'it is no regular file with one name')
}

async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await handle.read(bytes, 0, length, at)
  return bytes.subarray(0, bytesRead)
}

function failure(path: string, n: number, problem: string): HushlogError {
  return ledgerError(
    path,
    `entry ${n}: ${problem}`,
    undefined,
    'run hushlog verify; nothing is added to a ledger that was changed',
  )
}

export function ledgerError(path: string, what: string, cause?: unknown, hint?: string): HushlogError {
  return new HushlogError('HUSHLOG_LEDGER', `ledger ${path}: ${what}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  })
}
