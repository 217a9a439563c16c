import {
  BEGINNING,
  hashOfUnsigned,
  isCanonical,
  isSeal,
  MAX_GROUP,
  parseEntry,
  prevOf,
  type Tip,
  withoutSignature,
  withSignature,
} from './chain.ts'
import type { LedgerEntry } from './facts.ts'
import { ledgerLines } from './ledger.ts'
import { isBrokenOff, problemOf } from './ledger-state.ts'
import { checkpointText, isSignedBy, isSignedByLater, originOf } from './note.ts'

/*
 * Reads the ledger as somebody who trusts nothing in it: each line follows from the one before it, each group is
 * signed by the key that the group before it names. What comes behind the first fault is proven by nothing.
 */

export type ChainProblemKind = 'modified' | 'missing' | 'reordered' | 'inserted' | 'wrong-key'

export interface ChainProblem {
  kind: ChainProblemKind
  /** The number of the entry. */
  n: number
  what: string
}

/** A seal whose signature is right. */
export interface ProvenSeal {
  n: number
  at: string
  /** What was signed, and by which key (base64). */
  text: string
  sig: string
  key: string
}

export interface LedgerCheck {
  /** Lines up to the last seal, or to the last one of an unsigned ledger. */
  entries: number
  /** The newest seal; undefined when nothing is signed. */
  proven: ProvenSeal | undefined
  /** The key that the first group was signed by, and the one that will sign the next (base64). */
  firstKey: string | undefined
  nextKey: string | undefined
  /** Numbers of the entries at which signing went on with a new key because the old one was lost; and those keys. */
  restarts: { n: number; key: string }[]
  /** Lines of version 0 at the beginning: signed only by the first seal after them. */
  old: number
  problem: ChainProblem | undefined
  /** Up to there. What stands behind proves nothing: an append was broken off, if `problem` says nothing else. */
  bytes: number
}

export interface LedgerVisitor {
  /** Each entry that counts, in order, when its group's signature has been found right. */
  onEntry?(entry: LedgerEntry): void
  onSeal?(seal: ProvenSeal): void
  /** Entries behind the first fault, and behind the last seal. */
  onUnproven?(entry: LedgerEntry): void
}

/** @throws HushlogError `HUSHLOG_LEDGER` when it cannot be read at all */
export async function verifyLedger(dir: string, visitor: LedgerVisitor = {}): Promise<LedgerCheck> {
  const walk = new LedgerWalk(visitor)
  for await (const lines of ledgerLines(dir)) {
    await walk.checkAhead(lines)
    for (const line of lines) walk.take(line)
  }
  return walk.result()
}

function signatureOf(key: string, text: string, sig: string): string {
  return `${key} ${sig} ${text}`
}

interface Fault {
  kind: 'unreadable' | 'link' | 'signature' | ChainProblemKind
  tip: Tip
  beforeTip: Tip
  line: Buffer
  entry: LedgerEntry | undefined
  /** The lines that follow it, some of them. */
  after: Buffer[]
  /** It and what follows. */
  lines: number
  bytes: number
  isSealed: boolean
  what: string
}

const LOOK_AHEAD = 300

/** A reading of lines, one after the other, that can be gone on with in more than one way. */
export class LedgerWalk {
  readonly #visitor: LedgerVisitor
  #tip = BEGINNING
  #beforeTip = BEGINNING
  #sealed = { lines: 0, old: 0, bytes: 0 }
  #group: LedgerEntry[] = []
  #groupBytes = 0
  #origin = ''
  #firstKey: string | undefined
  #key: string | undefined
  #keys: string[] = []
  #restarts: { n: number; key: string }[] = []
  #proven: ProvenSeal | undefined
  #fault: Fault | undefined
  /** Signatures that were found right, with what they sign and by which key. */
  readonly #ahead = new Set<string>()

  constructor(visitor: LedgerVisitor) {
    this.#visitor = visitor
  }

  /** Where this one is, for lines of which it is not known yet whether they follow. */
  copy(): LedgerWalk {
    const copy = new LedgerWalk(this.#visitor)
    copy.#tip = this.#tip
    copy.#beforeTip = this.#beforeTip
    copy.#sealed = { ...this.#sealed }
    copy.#group = [...this.#group]
    copy.#groupBytes = this.#groupBytes
    copy.#origin = this.#origin
    copy.#firstKey = this.#firstKey
    copy.#key = this.#key
    copy.#keys = this.#keys.slice(-1)
    copy.#restarts = [...this.#restarts]
    copy.#proven = this.#proven
    copy.#fault = this.#fault
    return copy
  }

  /** Checks the signatures of the lines that come next on all cores: `take` then knows the right ones. */
  async checkAhead(lines: readonly Buffer[]): Promise<void> {
    this.#ahead.clear()
    let key = this.#key
    const checks: Promise<void>[] = []
    for (const line of lines) {
      const entry = isSeal(line) ? parseEntry(line) : undefined
      if (entry?.kind !== 'seal') continue
      if (key !== undefined && typeof entry.sig === 'string') {
        const [signer, text, { sig }] = [key, this.#signedText(line, entry), entry]
        const note = (isRight: boolean) => void (isRight && this.#ahead.add(signatureOf(signer, text, sig)))
        checks.push(isSignedByLater(signer, text, sig).then(note))
      }
      key = typeof entry.next === 'string' ? entry.next : undefined
    }
    await Promise.all(checks)
  }

  /** The last line that follows from the one before it. */
  get tip(): Tip {
    return this.#tip
  }

  take(line: Buffer): void {
    const entry = parseEntry(line)
    if (this.#fault !== undefined) this.#afterFault(this.#fault, line, entry)
    else this.#next(line, entry)
  }

  result(): LedgerCheck {
    const fault = this.#realFault()
    if (this.#fault === undefined) for (const entry of this.#group) this.#visitor.onUnproven?.(entry)
    return {
      entries: this.#sealed.lines,
      proven: this.#proven,
      firstKey: this.#firstKey,
      nextKey: this.#key,
      restarts: this.#restarts,
      old: this.#sealed.old,
      problem: fault === undefined ? undefined : problemIn(fault, this.#keys, this.#origin),
      bytes: this.#sealed.bytes,
    }
  }

  /** What may be the rest of an append that was broken off is no fault; it proves nothing either. */
  #realFault(): Fault | undefined {
    if (this.#fault === undefined || this.#proven === undefined) return this.#fault
    return isBrokenOff(this.#fault) ? undefined : this.#fault
  }

  #next(line: Buffer, entry: LedgerEntry | undefined): void {
    const fault = this.#faultOf(line, entry)
    if (fault !== undefined || entry === undefined) {
      const seen = { lines: 1, bytes: line.length + 1, isSealed: isSeal(line) }
      const place = {
        tip: this.#tip,
        beforeTip: this.#beforeTip,
        line: Buffer.from(line),
        entry,
        after: [],
        ...seen,
      }
      this.#fault = { ...place, ...(fault as Pick<Fault, 'kind' | 'what'>) }
      for (const unproven of this.#group) this.#visitor.onUnproven?.(unproven)
      if (entry !== undefined) this.#visitor.onUnproven?.(entry)
      return
    }
    this.#beforeTip = this.#tip
    this.#tip = { n: entry.n, line }
    this.#group.push(entry)
    this.#groupBytes += line.length + 1
    if (entry.kind === 'seal' || entry.v === 0) this.#commit(entry)
  }

  #faultOf(line: Buffer, entry: LedgerEntry | undefined): Pick<Fault, 'kind' | 'what'> | undefined {
    if (entry === undefined || !isCanonical(line, entry))
      return { kind: 'unreadable', what: 'is not an entry' }
    const link = problemOf(entry, this.#tip)
    if (link !== undefined) return { kind: 'link', what: link }
    return this.#keyFault(entry) ?? (entry.kind === 'seal' ? this.#sealFault(line, entry) : undefined)
  }

  #keyFault(entry: LedgerEntry): Pick<Fault, 'kind' | 'what'> | undefined {
    if (entry.v === 0)
      return this.#firstKey === undefined
        ? undefined
        : { kind: 'inserted', what: 'is of version 0, after signatures began' }
    if (entry.kind === 'genesis' || entry.kind === 'key') {
      const isRight = this.#group.length === 0 && typeof entry.key === 'string'
      const isUpgrade = entry.kind === 'genesis' || entry.reason === 'upgrade'
      if (!isRight || isUpgrade !== (this.#firstKey === undefined))
        return { kind: 'inserted', what: 'introduces a key where none belongs' }
      this.#begin(entry.n, entry.key as string)
    }
    if (this.#key === undefined) return { kind: 'inserted', what: 'belongs to no signature' }
    if (this.#group.length + 1 < MAX_GROUP || entry.kind === 'seal') return undefined
    return { kind: 'inserted', what: `belongs to a group of over ${MAX_GROUP} lines` }
  }

  #begin(n: number, key: string): void {
    if (this.#firstKey !== undefined) this.#restarts.push({ n, key })
    this.#firstKey ??= key
    this.#origin = originOf(this.#firstKey)
    this.#key = key
    this.#keys.push(key)
  }

  #sealFault(line: Buffer, entry: LedgerEntry & { kind: 'seal' }): Pick<Fault, 'kind' | 'what'> | undefined {
    const text = this.#signedText(line, entry)
    const isWhole =
      typeof entry.sig === 'string' &&
      withSignature(withoutSignature(line, entry.sig), entry.sig).equals(line)
    const key = this.#key as string
    if (isWhole && (this.#ahead.has(signatureOf(key, text, entry.sig)) || isSignedBy(key, text, entry.sig)))
      return undefined
    return { kind: 'signature', what: 'has a signature that the key named before it did not make' }
  }

  #signedText(line: Buffer, entry: LedgerEntry & { kind: 'seal' }): string {
    return checkpointText(
      this.#origin,
      entry.n + 1,
      hashOfUnsigned(withoutSignature(line, String(entry.sig))),
      entry.at,
    )
  }

  #commit(entry: LedgerEntry): void {
    this.#sealed.lines = entry.n + 1
    this.#sealed.bytes += this.#groupBytes
    if (entry.v === 0) this.#sealed.old = entry.n + 1
    for (const committed of this.#group) this.#visitor.onEntry?.(committed)
    this.#group = []
    this.#groupBytes = 0
    // A line is a part of a large chunk, which it would keep in memory.
    this.#tip = { n: entry.n, line: Buffer.from(this.#tip.line) }
    if (entry.kind !== 'seal') return
    const text = this.#signedText(this.#tip.line as Buffer, entry)
    this.#proven = { n: entry.n, at: entry.at, text, sig: entry.sig, key: this.#key as string }
    this.#key = entry.next
    this.#keys.push(entry.next)
    this.#visitor.onSeal?.(this.#proven)
  }

  #afterFault(fault: Fault, line: Buffer, entry: LedgerEntry | undefined): void {
    if (fault.after.length < LOOK_AHEAD) fault.after.push(Buffer.from(line))
    fault.lines++
    fault.bytes += line.length + 1
    fault.isSealed ||= isSeal(line)
    if (entry !== undefined) this.#visitor.onUnproven?.(entry)
  }
}

/** What has happened to the ledger, as far as the lines around the fault tell. */
function problemIn(fault: Fault, keys: string[], origin: string): ChainProblem {
  const { kind, tip, entry, what } = fault
  const n = tip.n + 1
  if (kind === 'link' && entry !== undefined) return linkProblem(fault, entry)
  if (kind === 'signature') return { kind: signatureKind(fault, keys, origin), n, what }
  return { kind: kind === 'unreadable' || kind === 'link' ? 'modified' : (kind as ChainProblemKind), n, what }
}

function linkProblem({ tip, beforeTip, line, after }: Fault, entry: LedgerEntry): ChainProblem {
  const n = tip.n + 1
  const next = after[0] === undefined ? undefined : parseEntry(after[0])
  if (next !== undefined && follows(next, tip))
    return follows(entry, { n: next.n, line: after[0] })
      ? { kind: 'reordered', n, what: 'stands further down' }
      : { kind: 'inserted', n, what: 'stands between two entries that follow each other' }
  if (follows(entry, beforeTip) && tip.n > -1)
    return { kind: 'inserted', n: tip.n, what: 'stands between two entries that follow each other' }
  if (entry.n > n && next?.n !== n + 1) {
    if (after.some((later) => follows(parseEntry(later), tip)))
      return { kind: 'reordered', n, what: 'stands further down' }
    return { kind: 'missing', n, what: `${entry.n - n} entries are missing here` }
  }
  if (entry.n < n && next?.n !== n + 1) return { kind: 'inserted', n, what: `repeats number ${entry.n}` }
  if (next !== undefined && follows(next, { n: entry.n, line }) && entry.n === n)
    return {
      kind: 'modified',
      n: tip.n,
      what: 'was changed: it is not the one that the entry after it names',
    }
  return { kind: 'modified', n, what: 'does not follow from the entry before it' }
}

function follows(entry: LedgerEntry | undefined, tip: Tip): boolean {
  return entry !== undefined && entry.n === tip.n + 1 && entry.prev === prevOf(tip, entry.v)
}

/** Whether a seal was changed or made by somebody else. */
function signatureKind({ line, entry, after }: Fault, keys: string[], origin: string): ChainProblemKind {
  if (entry?.kind !== 'seal') return 'modified'
  const unsigned = hashOfUnsigned(withoutSignature(line, String(entry.sig)))
  const text = checkpointText(origin, entry.n + 1, unsigned, entry.at)
  const later = after.flatMap((other) => nextKeyIn(parseEntry(other)))
  if ([...keys, entry.next, ...later].some((key) => isSignedBy(key, text, entry.sig))) return 'wrong-key'
  const next = after[0] === undefined ? undefined : parseEntry(after[0])
  return follows(next, { n: entry.n, line }) ? 'wrong-key' : 'modified'
}

function nextKeyIn(entry: LedgerEntry | undefined): string[] {
  return entry?.kind === 'seal' && typeof entry.next === 'string' ? [entry.next] : []
}
