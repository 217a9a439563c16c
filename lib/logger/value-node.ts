/**
 * Values as trees that can be compared at once: what is equal has the same number. Beside each value stands what may
 * be shown of it.
 */
import { createHash } from 'node:crypto'
import { BAD_WORDS } from '../scrub/bad-words.ts'
import { textOfBytes } from '../scrub/readings.ts'
import type { Scrubber } from '../scrub/scrubber.ts'
import { boundedCopy, TRUNCATED } from '../scrub/value.ts'

export interface ValueNode {
  /** The same for equal values, whatever the order of their members. */
  id: number
  /** Its name in what holds it, as it may be shown. */
  name: string
  /** What may be shown where neither items nor members are: text, a number, a boolean, null. */
  shown: unknown
  isNothing?: true
  items?: readonly ValueNode[]
  /** By what tells them apart. A set has items as well, which are its members. */
  members?: ReadonlyMap<unknown, ValueNode>
}

const LONGEST_NAME = 128
/** Bytes of all buffers together that are looked at; those beyond count as changed. */
const MAX_BYTES = 64 * 1024 * 1024
/** Characters of one value that are compared. */
const MAX_TEXT = 1024 * 1024

/** Bytes in a copy: their text when they are scrubbed or shown, their hash when they are compared. */
class Bytes {
  readonly text: string
  readonly hash: string

  constructor(text: string, hash: string) {
    this.text = text
    this.hash = hash
  }

  toJSON(): string {
    return this.text
  }
}

/** Where a value stands: its name, and whether hide-secrets would hide the text under it. */
interface Place {
  name: string
  isBad: boolean
}

/** Makes the trees of values that shall be compared with each other. */
export class Nodes {
  /** Whether a value was larger than what is compared. */
  isTruncated = false
  #scrubber: Scrubber
  #ids = new Map<string, number>()
  #bytesLeft = MAX_BYTES

  constructor(scrubber: Scrubber) {
    this.#scrubber = scrubber
  }

  of(value: unknown): ValueNode {
    const copy = boundedCopy(value, { maxText: MAX_TEXT, bytes: (bytes) => this.#hashed(bytes) })
    return this.#node(copy, this.#scrubber.value(copy), { name: '', isBad: false })
  }

  #node(value: unknown, shown: unknown, place: Place): ValueNode {
    if (Array.isArray(value)) return this.#list(value, listOf(shown), place)
    if (value instanceof Set) return this.#set([...value], listOf(shown), place)
    if (value instanceof Map) return this.#map(value, shown, place)
    const isObject = typeof value === 'object' && value !== null
    if (isObject && !(value instanceof Date) && !(value instanceof Bytes))
      return this.#object(Object.entries(value), shown, place)
    return this.#leaf(value, shown, place)
  }

  #leaf(value: unknown, shown: unknown, { name, isBad }: Place): ValueNode {
    const id = this.#id(identityOf(value))
    if (value === TRUNCATED) this.isTruncated = true
    if (value === undefined) return { id, name, shown: null, isNothing: true }
    const isLeft = isBad && typeof value === 'string' && value !== '' && shown === value
    return { id, name, shown: isLeft ? '[SECRET]' : textOf(shown) }
  }

  #list(values: readonly unknown[], shown: readonly unknown[], place: Place): ValueNode {
    const items = this.#items(values, shown, place)
    return { id: this.#id(`[${items.map(({ id }) => id)}]`), name: place.name, shown: null, items }
  }

  /** What a set holds has no place in it. */
  #set(values: readonly unknown[], shown: readonly unknown[], place: Place): ValueNode {
    const items = this.#items(values, shown, place)
    const members = new Map<unknown, ValueNode>(items.map((item) => [item.id, item]))
    return {
      id: this.#id(`set ${[...members.keys()].sort()}`),
      name: place.name,
      shown: null,
      items,
      members,
    }
  }

  #items(values: readonly unknown[], shown: readonly unknown[], { isBad }: Place): ValueNode[] {
    return values.map((value, i) =>
      this.#node(value, i < shown.length ? shown[i] : TRUNCATED, { name: String(i), isBad }),
    )
  }

  #map(value: ReadonlyMap<unknown, unknown>, shown: unknown, place: Place): ValueNode {
    const entries = [...value]
    const shownEntries = shown instanceof Map ? [...shown] : []
    const isNamed = entries.every(([key]) => typeof key !== 'object' && typeof key !== 'function')
    if (isNamed && shownEntries.length === entries.length)
      return this.#members(entries, shownEntries, 'map', place)
    const { id, name } = this.#list(entries, shownEntries, place)
    return { id, name, shown: `[Map ${entries.length} entries]` }
  }

  #object(entries: [string, unknown][], shown: unknown, place: Place): ValueNode {
    const shownEntries = typeof shown === 'object' && shown !== null ? Object.entries(shown) : []
    const node = this.#members(entries, shownEntries, 'object', place)
    if (isAligned(entries, shownEntries)) return node
    // Names that were scrubbed have become the same.
    return { id: node.id, name: node.name, shown: `[Object ${entries.length} members]` }
  }

  #members(
    entries: readonly [unknown, unknown][],
    shown: readonly [unknown, unknown][],
    kind: string,
    { name, isBad }: Place,
  ): ValueNode {
    const members = new Map<unknown, ValueNode>()
    entries.forEach(([key, value], i) => {
      if (value === undefined) return
      if (key === TRUNCATED) this.isTruncated = true
      const [shownKey, shownValue] = shown[i] ?? [TRUNCATED, TRUNCATED]
      const place = { name: boundedName(shownKey), isBad: isBad || BAD_WORDS.includes(key as string) }
      members.set(key, this.#node(value, shownValue, place))
    })
    const parts = Array.from(members, ([key, node]) => `${JSON.stringify(identityOf(key))}=${node.id}`)
    return { id: this.#id(`${kind} ${parts.sort()}`), name, shown: null, members }
  }

  #id(identity: string): number {
    const known = this.#ids.get(identity)
    if (known !== undefined) return known
    this.#ids.set(identity, this.#ids.size)
    return this.#ids.size - 1
  }

  #hashed(bytes: ArrayBuffer | ArrayBufferView): Bytes {
    const text = textOfBytes(bytes)
    this.#bytesLeft -= bytes.byteLength
    if (this.#bytesLeft < 0) return new Bytes(text, `${this.#bytesLeft}`)
    const view = ArrayBuffer.isView(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes)
    return new Bytes(text, createHash('sha256').update(view).digest('hex'))
  }
}

function listOf(shown: unknown): readonly unknown[] {
  if (Array.isArray(shown)) return shown
  return shown instanceof Set ? [...shown] : []
}

function isAligned(entries: readonly [string, unknown][], shown: readonly [string, unknown][]): boolean {
  if (entries.length !== shown.length) return false
  return entries.every(([name], i) => name === shown[i][0] || shown[i][0].includes('[SECRET'))
}

function identityOf(value: unknown): string {
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof Bytes) return `bytes ${value.text} ${value.hash}`
  return `${value === null ? 'null' : typeof value} ${String(value)}`
}

function textOf(shown: unknown): unknown {
  if (shown instanceof Date) return Number.isNaN(shown.getTime()) ? 'Invalid Date' : shown.toISOString()
  if (shown instanceof Bytes) return shown.text
  const isPlain = shown === null || typeof shown === 'boolean' || Number.isFinite(shown)
  return isPlain ? shown : String(shown)
}

function boundedName(name: unknown): string {
  const text = typeof name === 'string' ? name : String(textOf(name))
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME).toWellFormed()}…` : text
}

const MAX_SHOWN = { depth: 6, nodes: 1000, text: 64 * 1024, oneText: 1024 }

/** What may be shown of several nodes, in a budget for all of them. */
export class Showing {
  #nodes = MAX_SHOWN.nodes
  #text = MAX_SHOWN.text

  show(node: ValueNode, depth = 0): unknown {
    if (this.#nodes-- <= 0 || depth > MAX_SHOWN.depth) return TRUNCATED
    if (node.items !== undefined) return this.#some(node.items).map((item) => this.show(item, depth + 1))
    if (node.members === undefined) return this.#leaf(node.shown)
    const members = this.#some([...node.members.values()])
    return Object.fromEntries(members.map((member) => [member.name, this.show(member, depth + 1)]))
  }

  #some(nodes: readonly ValueNode[]): readonly ValueNode[] {
    return nodes.slice(0, Math.max(0, this.#nodes) + 1)
  }

  #leaf(shown: unknown): unknown {
    const length = typeof shown === 'string' ? Math.min(shown.length, MAX_SHOWN.oneText) : 0
    this.#text -= length
    if (this.#text < 0) return TRUNCATED
    const isCut = typeof shown === 'string' && shown.length > length
    return isCut ? `${shown.slice(0, length).toWellFormed()}…` : shown
  }
}
