import { createHash } from 'node:crypto'
import { constants, createReadStream, existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import type { ClockStep } from '../store/clock-watch.ts'
import { syncDirectory } from '../store/directory.ts'
import { cutTornTail, type Torn } from '../store/recovery.ts'
import type { RotationReason } from '../store/rotation.ts'
import type { Gap } from '../types.ts'
import { wholeLines } from './lines.ts'
import { withLock } from './lock.ts'

export interface SegmentFact {
  kind: 'segment'
  name: string
  /** Relative to the log directory: `sealed/YYYY/MM/DD/NAME.log.gz`. */
  path: string
  /** Of the sealed file and of its plaintext. */
  sha256: string
  plainSha256: string
  bytes: number
  sealedBytes: number
  /** Records, without the first and the last line that the store adds. */
  lines: number
  /** Which of its writer's segments it is and the number of its first record, as its first line says. */
  number?: number
  seq?: number
  /** The writer as its first line names it, where that differs: the second logger of a thread and later ones. */
  stream?: string
  /** There is no last line: its writer was killed, or could not write it. */
  broken?: true
  /** Time of the first and the last record, ISO 8601. */
  first: string
  last: string
  writer: string
  reason: RotationReason
}

export type Fact =
  | { kind: 'genesis' }
  | SegmentFact
  | ({ kind: 'torn' } & Torn)
  | ({ kind: 'gap' } & Gap)
  | ({ kind: 'clock' } & ClockStep)
  | { kind: 'pruned'; name: string; sha256: string; last: string }

export type LedgerEntry = { v: 0; n: number; prev: string; at: string } & Fact

interface Tip {
  n: number
  hash: string
}

const FILE = 'ledger.jsonl'
const NOTHING = '0'.repeat(64)
const BLOCK = 64 * 1024
const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW } = constants

export function ledgerPath(dir: string): string {
  return join(dir, 'ledger', FILE)
}

/** The chain of what happened to the segments of a directory. All its processes append to the one file. */
export class Ledger {
  readonly dir: string
  readonly #now: () => number
  #last: Promise<void> = Promise.resolve()

  constructor(dir: string, now: () => number = Date.now) {
    this.dir = dir
    this.#now = now
  }

  append(...facts: Fact[]): Promise<void> {
    return this.update(async () => facts)
  }

  /** Under the lock: decides by what the ledger says now, and appends what `decide` returns. */
  update(decide: () => Promise<Fact[]>): Promise<void> {
    // One after the other, so that the tasks of one process do not compete with each other for the lock.
    const turn = this.#last.then(() => withLock(this.dir, () => this.#decided(decide)))
    this.#last = turn.catch(() => {})
    return turn
  }

  async #decided(decide: () => Promise<Fact[]>): Promise<void> {
    const facts = await decide()
    if (facts.length > 0) await this.#write(facts)
  }

  async #write(facts: Fact[]): Promise<void> {
    const path = ledgerPath(this.dir)
    const isNew = !existsSync(path)
    const handle = await opened(path)
    try {
      // A crash in the middle of an append; the file is opened anew for the cut, under the same lock.
      const torn = cutTornTail(this.dir, path, `ledger-${this.#now()}`)
      const tip = await readTip(handle, path)
      const begin: Fact[] = tip.n < 0 ? [{ kind: 'genesis' }] : []
      const cut: Fact[] = torn === undefined ? [] : [{ kind: 'torn', ...torn }]
      await appendWhole(handle, path, chained(tip, [...begin, ...cut, ...facts], this.#now()))
    } finally {
      await handle.close()
    }
    if (isNew) await syncDirectory(join(this.dir, 'ledger'))
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
  } catch (error) {
    throw failure(path, `cannot open it: ${errorCode(error)}`, error)
  }
}

/** The last entry, found from the end: a ledger is never read whole to append to it. */
async function readTip(handle: FileHandle, path: string): Promise<Tip> {
  const { size } = await handle.stat()
  if (size === 0) return { n: -1, hash: NOTHING }
  const line = await lastLine(handle, size)
  const entry = parseEntry(line)
  if (entry === undefined) throw failure(path, 'its last entry is not one of ours; run hushlog verify')
  return { n: entry.n, hash: sha256(line) }
}

async function lastLine(handle: FileHandle, size: number): Promise<Buffer> {
  let length = Math.min(size, BLOCK)
  for (;;) {
    const buffer = Buffer.alloc(length)
    await handle.read(buffer, 0, length, size - length)
    const start = buffer.lastIndexOf('\n', -2)
    if (start !== -1 || length === size) return buffer.subarray(start + 1, -1)
    length = Math.min(size, length * 2)
  }
}

function chained(tip: Tip, facts: Fact[], now: number): string {
  const at = new Date(now).toISOString()
  let { n, hash } = tip
  return facts
    .map((fact) => {
      const line = JSON.stringify({ v: 0, n: ++n, prev: hash, at, ...fact })
      hash = sha256(Buffer.from(line))
      return `${line}\n`
    })
    .join('')
}

/** All of it, on the disk, or nothing of it. */
async function appendWhole(handle: FileHandle, path: string, text: string): Promise<void> {
  const { size } = await handle.stat()
  try {
    await handle.writeFile(text)
    await handle.sync()
  } catch (error) {
    // What cannot be cut off now is cut off as torn by the next append.
    await handle.truncate(size).catch(() => {})
    throw failure(path, `cannot append to it: ${errorCode(error)}`, error)
  }
}

function failure(path: string, what: string, cause?: unknown): HushlogError {
  return new HushlogError('HUSHLOG_LEDGER', `ledger ${path}: ${what}`, { cause })
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function parseEntry(line: Buffer): LedgerEntry | undefined {
  try {
    const entry = JSON.parse(line.toString())
    return entry?.v === 0 && Number.isSafeInteger(entry.n) ? entry : undefined
  } catch {
    return undefined
  }
}

async function* ledgerLines(dir: string): AsyncGenerator<Buffer> {
  const path = ledgerPath(dir)
  if (existsSync(path)) for await (const lines of wholeLines(createReadStream(path))) yield* lines
}

/** All entries in order. Does not check the chain; an entry that cannot be parsed is an error. */
export async function* readLedger(dir: string): AsyncGenerator<LedgerEntry> {
  for await (const line of ledgerLines(dir)) {
    const entry = parseEntry(line)
    if (entry === undefined) throw failure(ledgerPath(dir), 'an entry cannot be read; run hushlog verify')
    yield entry
  }
}

/** Whether, and how, the ledger lists a segment. */
export async function findSegment(dir: string, name: string): Promise<SegmentFact | undefined> {
  for await (const line of ledgerLines(dir)) {
    if (!line.includes(name)) continue
    const entry = parseEntry(line)
    if (entry?.kind === 'segment' && entry.name === name) return entry
  }
  return undefined
}

export interface ChainCheck {
  entries: number
  /** Hash of the last entry. Nothing in the ledger vouches for that one: compare it with a copy kept elsewhere. */
  tip: string
  /** The first entry that does not follow from the one before it. */
  broken: { n: number; problem: string } | undefined
}

export async function checkChain(dir: string): Promise<ChainCheck> {
  let tip = NOTHING
  let n = 0
  for await (const line of ledgerLines(dir)) {
    const problem = problemOf(parseEntry(line), n, tip)
    if (problem !== undefined) return { entries: n, tip, broken: { n, problem } }
    tip = sha256(line)
    n++
  }
  return { entries: n, tip, broken: undefined }
}

function problemOf(entry: LedgerEntry | undefined, n: number, prev: string): string | undefined {
  if (entry === undefined) return 'is not an entry'
  if (entry.n !== n) return `expected number ${n}, got ${entry.n}`
  if (entry.prev !== prev) return 'the entry before it was changed'
  if ((entry.kind === 'genesis') !== (n === 0)) return 'a ledger has one genesis, as its first entry'
  return undefined
}
