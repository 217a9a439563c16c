/**
 * The ledger again, from the parts that lie in a target. Whoever has the writer's credentials may have put others
 * beside them: of all ways in which parts follow each other from the first entry, rightly signed, the longest counts.
 */
import type { FileHandle } from 'node:fs/promises'
import { parseEntry } from '../../keep/chain.ts'
import type { LedgerEntry } from '../../keep/facts.ts'
import type { Finding } from '../../keep/finding.ts'
import { type LedgerCheck, LedgerWalk, type ProvenSeal } from '../../keep/ledger-check.ts'
import { originOf } from '../../keep/note.ts'
import type { ShipTarget } from '../target.ts'
import { type Group, Groups } from './ledger-groups.ts'
import { isOfObject, type ShippedLedger } from './shipped-ledgers.ts'

export interface ChainOptions {
  target: ShipTarget
  shipped: ShippedLedger
  /** An empty file for what is read. */
  file: FileHandle
  /** The first public key (base64). Default: any that the ledger bears the name of. */
  key?: string | undefined
  /** Told of the bytes of each part. */
  onProgress?(bytes: number): void
}

export interface Chain {
  check: LedgerCheck
  problems: Finding[]
  /** The seal that is entry `n`. */
  sealAt(n: number): ProvenSeal | undefined
  /** The bytes of the ledger, a group at a time. */
  bytes(): AsyncGenerator<Buffer>
  entries(): AsyncGenerator<LedgerEntry>
}

/** A group whose signature is right, and what it follows. */
interface Node {
  group: Group
  before: Node | undefined
  check: LedgerCheck
}

type Fate = 'used' | 'fork' | 'forged'

/** @throws ShipFailure of scope `target` */
export async function shippedChain(options: ChainOptions): Promise<Chain> {
  const groups = new Groups(options.file)
  const problems = await readParts(options, groups)
  const { best, fates, forks } = await longest(options, groups)
  const path = pathTo(best)
  for (const { group } of path) fates.set(group, 'used')
  const check = best?.check ?? new LedgerWalk({}).result()
  problems.push(...forks.map(forkFinding), ...partFindings(options.shipped, groups, fates, check.entries))
  const seals = new Map(
    path.flatMap(({ check: { proven } }) => (proven === undefined ? [] : [[proven.n, proven]])),
  )
  return {
    check,
    problems,
    sealAt: (n) => seals.get(n),
    async *bytes() {
      for (const { group } of path) yield await groups.bytesOf(group)
    },
    async *entries() {
      for (const { group } of path)
        for (const line of await groups.linesOf(group)) yield parseEntry(line) as LedgerEntry
    },
  }
}

async function readParts({ target, shipped, onProgress }: ChainOptions, groups: Groups): Promise<Finding[]> {
  const problems: Finding[] = []
  for (const [i, { key, sha256 }] of shipped.parts.entries()) {
    try {
      const isWhole = await groups.take(i, counted(await target.get(key, sha256), onProgress))
      if (!isWhole)
        problems.push({ kind: 'modified', where: key, what: 'holds lines that are none of a ledger' })
    } catch (error) {
      if (!isOfObject(error)) throw error
      problems.push({ kind: 'modified', where: key, what: 'cannot be had back as its name says that it is' })
    }
  }
  return problems
}

async function* counted(content: AsyncIterable<Buffer>, onProgress?: (bytes: number) => void) {
  for await (const chunk of content) {
    yield chunk
    onProgress?.(chunk.length)
  }
}

/** Each group is tried once, behind the one line that it says that it follows. */
async function longest({ shipped, key }: ChainOptions, groups: Groups) {
  const fates = new Map<Group, Fate>()
  const forks: number[] = []
  const open: { walk: LedgerWalk; node: Node | undefined }[] = [{ walk: new LedgerWalk({}), node: undefined }]
  let best: Node | undefined
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { walk, node: before } = at
    const following = groups.after(walk.tip)
    let right = 0
    for (const group of following) {
      const next = following.length === 1 ? walk : walk.copy()
      for (const line of await groups.linesOf(group)) next.take(line)
      const check = next.result()
      const isRight = check.entries === group.n + group.lines && isNamed(check, shipped, key)
      fates.set(group, isRight ? 'fork' : 'forged')
      if (!isRight) continue
      right++
      const node = { group, before, check }
      open.push({ walk: next, node })
      if (check.proven !== undefined && check.entries > (best?.check.entries ?? 0)) best = node
    }
    if (right > 1) forks.push(walk.tip.n)
  }
  return { best, fates, forks }
}

/** A ledger bears the name of its first key, so that nobody can begin another one in its place. */
function isNamed({ firstKey }: LedgerCheck, { ledger }: ShippedLedger, key: string | undefined): boolean {
  return firstKey === undefined || (originOf(firstKey) === ledger && (key === undefined || firstKey === key))
}

function pathTo(end: Node | undefined): Node[] {
  const path: Node[] = []
  for (let node = end; node !== undefined; node = node.before) path.push(node)
  return path.reverse()
}

function forkFinding(n: number): Finding {
  const what =
    'is followed in more than one way, each rightly signed: the ledger was put back, or its key was taken'
  return { kind: 'inserted', where: `entry ${n}`, what }
}

/** What the parts hold that is not in the chain. */
function partFindings(
  { parts }: ShippedLedger,
  groups: Groups,
  fates: Map<Group, Fate>,
  entries: number,
): Finding[] {
  const odd = new Map<number, Finding>()
  let gapTo: number | undefined
  for (const group of groups) {
    const fate = fates.get(group)
    if (fate === 'used') continue
    if (fate === undefined && group.n > entries) gapTo = Math.min(gapTo ?? group.n, group.n)
    for (const part of group.parts)
      if (!odd.has(part)) odd.set(part, { where: parts[part].key, ...wordsFor(fate, group.n, entries) })
  }
  const found = [...odd].sort(([a], [b]) => a - b).map(([, finding]) => finding)
  if (gapTo === undefined) return found
  const what = `to ${gapTo - 1} lie in no part that can be proven: what follows them cannot be proven either`
  return [{ kind: 'missing', where: `entry ${entries}`, what }, ...found]
}

function wordsFor(fate: Fate | undefined, n: number, entries: number): Pick<Finding, 'kind' | 'what'> {
  if (fate === 'forged')
    return { kind: 'wrong-key', what: `has, from entry ${n}, what the key of this ledger has not signed` }
  if (fate === 'fork')
    return { kind: 'inserted', what: `goes on from entry ${n} in another way, rightly signed` }
  if (n > entries) return { kind: 'missing', what: `goes on at entry ${n}, and what leads there is missing` }
  return { kind: 'modified', what: `has, from entry ${n}, what follows from no entry of this ledger` }
}
