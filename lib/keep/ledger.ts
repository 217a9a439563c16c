import { constants, existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../errors.ts'
import { syncDirectory } from '../store/directory.ts'
import { cutTail } from '../store/recovery.ts'
import { hashOfUnsigned, MAX_GROUP, nextLine, parseEntry, type Tip, withSignature } from './chain.ts'
import type { Fact, GenesisFact, KeyFact, LedgerEntry, OwnFact, SegmentFact } from './facts.ts'
import {
  keyMismatch,
  keyMissing,
  makeKey,
  readFirstKey,
  readKey,
  removeUnused,
  type SigningKey,
  takeNextKey,
  writeFirstKey,
} from './keys.ts'
import { type Committed, LedgerState, ledgerError, openLedger } from './ledger-state.ts'
import { wholeLines } from './lines.ts'
import { withLock } from './lock.ts'
import { checkpointText, originOf, verifierKey } from './note.ts'

export type { Fact, LedgerEntry, SegmentFact } from './facts.ts'

export interface LedgerOptions {
  /** The ledger begins to be signed: its first public key, as a verifier key. Keep it elsewhere. */
  onFirstKey?(verifierKey: string): void
  /** Go on with a new key when the one that the ledger names is lost. `hushlog verify` tells of it for ever. */
  newKey?: boolean
}

const FILE = 'ledger.jsonl'
const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW } = constants

export function ledgerPath(dir: string): string {
  return join(dir, 'ledger', FILE)
}

/** The signed chain of what happened to the segments of a directory. All its processes append to the one file. */
export class Ledger {
  readonly dir: string
  readonly #options: LedgerOptions
  readonly #now: () => number
  readonly #state: LedgerState
  #last: Promise<void> = Promise.resolve()

  /** @param now milliseconds since the epoch */
  constructor(dir: string, now: () => number = Date.now, options: LedgerOptions = {}) {
    this.dir = dir
    this.#options = options
    this.#now = now
    this.#state = new LedgerState(ledgerPath(dir))
  }

  /** @throws HushlogError `HUSHLOG_LEDGER` or `HUSHLOG_KEY`; then nothing of it counts */
  append(...facts: Fact[]): Promise<void> {
    return this.update(async () => facts)
  }

  /**
   * Under the lock: decides by what the ledger says now, and appends what `decide` returns, as one signed group (more
   * when it is over 255 facts).
   * @throws HushlogError `HUSHLOG_LEDGER` or `HUSHLOG_KEY`, or what `decide` throws; then nothing of it counts
   */
  update(decide: (committed: Readonly<Committed>) => Promise<Fact[]>): Promise<void> {
    // One after the other, so that the tasks of one process do not compete with each other for the lock.
    const turn = this.#last.then(() => withLock(this.dir, (isHeld) => this.#decided(decide, isHeld)))
    this.#last = turn.catch(() => {})
    return turn
  }

  /** How the ledger lists a segment. In `decide` it is as of now, anywhere else of the last update. */
  async segment(name: string): Promise<SegmentFact | undefined> {
    const entry = await this.#state.segment(name)
    return entry?.kind === 'segment' ? entry : undefined
  }

  async #decided(
    decide: (committed: Readonly<Committed>) => Promise<Fact[]>,
    isHeld: () => boolean,
  ): Promise<void> {
    const state = await this.#state.read()
    const begin: (GenesisFact | KeyFact)[] = []
    // Before anything is done that could not be listed then.
    let key = await this.#signer(state, begin)
    const facts = await decide(state)
    if (facts.length === 0) return
    const torn = await this.#cutRest(state)
    const path = ledgerPath(this.dir)
    const isNew = !existsSync(path)
    const handle = await opened(path)
    try {
      let { tip } = state
      const origin = originOf(state.firstKey ?? key.publicKey)
      for (const group of groupsOf([...begin, ...torn, ...facts])) {
        const next = await makeKey(this.dir, 'next')
        const lines = linesOf(tip, group, this.#iso(), origin, key, next)
        await appendWhole(handle, path, Buffer.concat(lines.flatMap(({ line }) => [line, NEWLINE])), isHeld)
        if (isNew) await syncDirectory(join(this.dir, 'ledger'))
        await takeNextKey(this.dir)
        tip = lines[lines.length - 1]
        key = next
      }
    } finally {
      await handle.close()
    }
    if (begin.length > 0) this.#options.onFirstKey?.(verifierKey(firstKeyIn(begin)))
  }

  /** The key that the next group is signed by; what has to stand before the group's facts is added to `begin`. */
  async #signer(state: Committed, begin: (GenesisFact | KeyFact)[]): Promise<SigningKey> {
    const current = await readKey(this.dir, 'current')
    if (state.nextKey !== undefined) {
      const key = await this.#named(state.nextKey, current)
      if (key !== undefined) return key
    } else if (this.#options.newKey !== true) await checkBeginning(this.dir, current)
    await removeUnused(this.dir)
    const isLost = state.nextKey !== undefined
    // A key that nothing was signed by yet: of a program that died before it could.
    const key = isLost || current === undefined ? await makeKey(this.dir, 'current') : current
    if (!isLost) await writeFirstKey(this.dir, key.publicKey)
    if (state.tip.n === -1) begin.push({ kind: 'genesis', key: key.publicKey })
    else begin.push({ kind: 'key', key: key.publicKey, reason: isLost ? 'lost' : 'upgrade' })
    return key
  }

  /** The key that the last seal names: `current`, or `next` when an append was broken off behind its seal. */
  async #named(publicKey: string, current: SigningKey | undefined): Promise<SigningKey | undefined> {
    if (current?.publicKey === publicKey) {
      await removeUnused(this.dir)
      return current
    }
    const next = await readKey(this.dir, 'next')
    if (next?.publicKey === publicKey) {
      await takeNextKey(this.dir)
      await removeUnused(this.dir)
      return next
    }
    if (this.#options.newKey === true) return undefined
    throw current === undefined ? keyMissing(this.dir) : keyMismatch(this.dir)
  }

  /** Puts what an append left that was broken off into torn/, so that the next one follows from what counts. */
  async #cutRest({ rest, size }: Committed & { rest: number }): Promise<Fact[]> {
    if (rest === 0) return []
    const torn = cutTail(this.dir, ledgerPath(this.dir), `ledger-${this.#now()}`, size)
    return torn === undefined ? [] : [{ kind: 'torn', ...torn }]
  }

  #iso(): string {
    return new Date(this.#now()).toISOString()
  }
}

/** Where nothing is signed yet there is no key but one that nothing was signed by. */
async function checkBeginning(dir: string, current: SigningKey | undefined): Promise<void> {
  const first = await readFirstKey(dir)
  if (first === undefined || (current !== undefined && first === `${verifierKey(current.publicKey)}\n`))
    return
  const hint = `put it back, or move ${dir} away as evidence and begin a new one; hushlog seal --new-key begins a new ledger here`
  throw ledgerError(
    ledgerPath(dir),
    'keys/first.pub tells of a signed ledger that is not here',
    undefined,
    hint,
  )
}

const NEWLINE = Buffer.from('\n')

function firstKeyIn(begin: (GenesisFact | KeyFact)[]): string {
  return begin[0].key as string
}

function groupsOf<T>(facts: T[]): T[][] {
  const size = MAX_GROUP - 1
  const count = Math.ceil(facts.length / size)
  return Array.from({ length: count }, (_, i) => facts.slice(i * size, (i + 1) * size))
}

/** A group, its seal included. */
function linesOf(
  tip: Tip,
  facts: (Fact | OwnFact)[],
  at: string,
  origin: string,
  key: SigningKey,
  next: SigningKey,
): Tip[] {
  const lines: Tip[] = []
  for (const fact of facts) lines.push((tip = nextLine(tip, at, fact)))
  const unsigned = nextLine(tip, at, { kind: 'seal', next: next.publicKey })
  const text = checkpointText(origin, unsigned.n + 1, hashOfUnsigned(unsigned.line), at)
  lines.push({ n: unsigned.n, line: withSignature(unsigned.line, key.sign(text)) })
  return lines
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
  } catch (error) {
    throw ledgerError(path, `cannot open it: ${errorCode(error)}`, error)
  }
}

/** All of it, on the disk, or nothing of it. */
async function appendWhole(
  handle: FileHandle,
  path: string,
  bytes: Uint8Array,
  isHeld: () => boolean,
): Promise<void> {
  const { size } = await handle.stat()
  if (!isHeld()) throw ledgerError(path, 'its lock was taken away: this process stood still for too long')
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } catch (error) {
    // What cannot be cut off now does not count, and is cut off by the next append.
    if (isHeld()) await handle.truncate(size).catch(() => {})
    throw ledgerError(path, `cannot append to it: ${errorCode(error)}`, error)
  }
}

/** The lines of the ledger, one chunk's at a time; none when there is no ledger. */
export async function* ledgerLines(dir: string): AsyncGenerator<Buffer[]> {
  const path = ledgerPath(dir)
  const handle = await openLedger(path)
  if (handle === undefined) return
  try {
    yield* wholeLines(handle.createReadStream({ autoClose: false }))
  } catch (error) {
    throw ledgerError(path, `cannot read it: ${errorCode(error)}`, error)
  } finally {
    await handle.close()
  }
}

/**
 * All entries that count, in order: what stands behind the last seal does not. Does not check the chain; an entry that
 * cannot be parsed is an error.
 * @throws HushlogError `HUSHLOG_LEDGER`
 */
export async function* readLedger(dir: string): AsyncGenerator<LedgerEntry> {
  let group: LedgerEntry[] = []
  for await (const lines of ledgerLines(dir)) {
    for (const line of lines) {
      const entry = parseEntry(line)
      if (entry === undefined)
        throw ledgerError(ledgerPath(dir), 'an entry cannot be read', undefined, 'run hushlog verify')
      group.push(entry)
      if (entry.v === 1 && entry.kind !== 'seal' && group.length < MAX_GROUP) continue
      if (entry.v === 1 && entry.kind !== 'seal')
        throw ledgerError(
          ledgerPath(dir),
          `entry ${entry.n} belongs to a group without a seal`,
          undefined,
          'run hushlog verify',
        )
      yield* group
      group = []
    }
  }
}

/** Whether, and how, the ledger lists a segment; reads all of it. */
export async function findSegment(dir: string, name: string): Promise<SegmentFact | undefined> {
  for await (const entry of readLedger(dir)) {
    if (entry.kind === 'segment' && entry.name === name) return entry
  }
  return undefined
}
