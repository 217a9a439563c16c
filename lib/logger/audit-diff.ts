/**
 * What changed between two values, for an audit record: short, without cycles, and without a secret. The values are
 * copied first, each property read once, then scrubbed as a whole, since what is secret may be told by a neighbour.
 */
import { checkFields, refuse } from '../checks.ts'
import { createScrubber, type Scrubber } from '../scrub/scrubber.ts'
import { Nodes, Showing, type ValueNode } from './value-node.ts'

export interface AuditDiffOptions {
  /** Changes that are listed, of all three kinds together. Default 100; `omitted` counts the others. */
  maxChanges?: number
  /** With rules or names of your own: what `createScrubber` made. Default: one without options. */
  scrubber?: Scrubber
}

/** By path: names joined by dots, `address.city`, `items.0.price`. A dot inside a name is written `\.`. */
export interface AuditDiff {
  changed: Record<string, { from: unknown; to: unknown }>
  added: Record<string, unknown>
  removed: Record<string, unknown>
  /** How many changes are not listed; absent when all are. */
  omitted?: number
  /** A value was larger, or deeper, than what is compared: 20,000 members, 1 MB of text, 32 levels. */
  truncated?: true
}

const MAX_CHANGES = 100
let standard: Scrubber | undefined

/**
 * The changes between two values, as `details` of an audit record. A secret shows that it changed: its marker stands
 * on both sides. Never changes the values, never throws because of them, survives cycles, getters and proxies, and
 * bounds what it reads and what it gives. Nothing (`undefined`, `null`) against an object lists all its members.
 * @throws HushlogError `HUSHLOG_OPTION` for a wrong option
 */
export function auditDiff(before: unknown, after: unknown, options: AuditDiffOptions = {}): AuditDiff {
  const { maxChanges, scrubber } = checked(options)
  const nodes = new Nodes(scrubber)
  const diff = new Diff(maxChanges)
  diff.compare(nodes.of(before ?? undefined), nodes.of(after ?? undefined))
  return nodes.isTruncated ? { ...diff.result(), truncated: true } : diff.result()
}

function checked(options: AuditDiffOptions): Required<AuditDiffOptions> {
  checkFields(options, ['maxChanges', 'scrubber'], 'auditDiff.')
  const { maxChanges = MAX_CHANGES, scrubber } = options
  if (!Number.isInteger(maxChanges) || maxChanges < 1)
    refuse('auditDiff.maxChanges', maxChanges, 'a whole number from 1')
  if (scrubber !== undefined && typeof scrubber?.value !== 'function')
    refuse('auditDiff.scrubber', scrubber, 'what createScrubber() made')
  standard ??= createScrubber()
  return { maxChanges, scrubber: scrubber ?? standard }
}

class Diff {
  #left: number
  #omitted = 0
  #showing = new Showing()
  #changed = new Map<string, unknown>()
  #added = new Map<string, unknown>()
  #removed = new Map<string, unknown>()

  constructor(maxChanges: number) {
    this.#left = maxChanges
  }

  /** @param path in front of the names that follow; none at the top */
  compare(before: ValueNode, after: ValueNode, path?: string): void {
    if (before.id === after.id) return
    const members = path === undefined ? eitherMembers(before, after) : bothMembers(before, after)
    if (members !== undefined) this.#members(...members, path)
    else if (before.items !== undefined && after.items !== undefined)
      this.#items(before.items, after.items, path)
    else
      this.#note(this.#changed, path ?? '', () => ({
        from: this.#showing.show(before),
        to: this.#showing.show(after),
      }))
  }

  result(): AuditDiff {
    const diff: AuditDiff = {
      changed: Object.fromEntries(this.#changed) as AuditDiff['changed'],
      added: Object.fromEntries(this.#added),
      removed: Object.fromEntries(this.#removed),
    }
    if (this.#omitted > 0) diff.omitted = this.#omitted
    return diff
  }

  #members(before: Members, after: Members, path: string | undefined): void {
    for (const [name, node] of before) {
      const other = after.get(name)
      if (other === undefined) this.#remove(below(path, node.name), node)
      else this.compare(node, other, below(path, node.name))
    }
    for (const [name, node] of after) if (!before.has(name)) this.#add(below(path, node.name), node)
  }

  /** What both lists begin and end with is left aside, so that one item more does not change all that follow. */
  #items(before: readonly ValueNode[], after: readonly ValueNode[], path: string | undefined): void {
    const shorter = Math.min(before.length, after.length)
    let first = 0
    while (first < shorter && before[first].id === after[first].id) first++
    let last = 0
    while (last < shorter - first && before.at(-1 - last)?.id === after.at(-1 - last)?.id) last++
    const [until, untilAfter] = [before.length - last, after.length - last]
    for (let i = first; i < Math.max(until, untilAfter); i++) {
      const name = below(path, String(i))
      if (i < until && i < untilAfter) this.compare(before[i], after[i], name)
      else if (i < until) this.#remove(name, before[i])
      else this.#add(name, after[i])
    }
  }

  #remove(path: string, node: ValueNode): void {
    this.#note(this.#removed, path, () => this.#showing.show(node))
  }

  #add(path: string, node: ValueNode): void {
    this.#note(this.#added, path, () => this.#showing.show(node))
  }

  #note(list: Map<string, unknown>, path: string, shown: () => unknown): void {
    if (this.#left-- > 0) list.set(freePath(list, path), shown())
    else this.#omitted++
  }
}

type Members = ReadonlyMap<unknown, ValueNode>
const NONE: Members = new Map()

function bothMembers(before: ValueNode, after: ValueNode): [Members, Members] | undefined {
  const { members } = before
  return members === undefined || after.members === undefined ? undefined : [members, after.members]
}

/** At the top nothing stands for an object without members: something was made, or is gone. */
function eitherMembers(before: ValueNode, after: ValueNode): [Members, Members] | undefined {
  if (before.isNothing && after.members !== undefined) return [NONE, after.members]
  if (after.isNothing && before.members !== undefined) return [before.members, NONE]
  return bothMembers(before, after)
}

function below(path: string | undefined, name: string): string {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('.', '\\.')
  return path === undefined ? escaped : `${path}.${escaped}`
}

/** Names that were scrubbed or cut may have become the same. */
function freePath(list: ReadonlyMap<string, unknown>, path: string): string {
  let free = path
  while (list.has(free)) free += '~'
  return free
}
