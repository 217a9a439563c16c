/**
 * A scrubbed copy of a value that never becomes a line. Reads each property once, survives getters, proxies and
 * cycles, and stops at a budget of depth, nodes and text; what lies beyond is named, never shown. A leaf goes
 * through the gate's own rules together with the name that it stands under, so that a value loses what its line
 * would lose.
 */
import type { KeyNames } from './key-rules.ts'
import { isBytes, type Reading, readingOf } from './readings.ts'
import { spellingsOf } from './spelling.ts'

export interface ValueOptions {
  /**
   * Scrubs a text or a line of JSON.
   * @param path the scrubbed names that lead here; changes when this returns
   * @param isPart whether the text was made of a leaf and its name: then the path says it all
   */
  text(text: string, path: readonly string[], isPart?: boolean): string
  names: KeyNames
  maxDepth?: number
  /** Objects, members and items altogether. */
  maxNodes?: number
  /** Characters in all strings together. */
  maxText?: number
  /** How many levels of objects a secret name reaches into. Default: all of them. */
  reach?: number
  /** What stands for bytes. Default: a text that says how many. */
  bytes?: (bytes: ArrayBuffer | ArrayBufferView) => unknown
}

const MAX_DEPTH = 32
const MAX_NODES = 20_000
const MAX_TEXT = 8 * 1024 * 1024
/** What stands for the rest. */
export const TRUNCATED = '[Truncated]'
const UNREADABLE = '[Unreadable]'

export function scrubValue<T>(value: T, options: ValueOptions): T {
  return new Copier(options).copy(value, 0, undefined) as T
}

const PLAIN: ValueOptions = { text: (text) => text, names: { find: () => undefined } }

/** A plain copy that anything may walk over: no cycles, no getters, no more than a budget of depth, nodes and text. */
export function boundedCopy(value: unknown, options: Pick<ValueOptions, 'bytes' | 'maxText'> = {}): unknown {
  return scrubValue(value, { ...PLAIN, ...options })
}

/** The secret name that a value stands under, and how many levels further it reaches. */
interface Hidden {
  name: string
  reach: number
}

/** Members that hold the value which another member of their object names. */
const VALUES = new Set(['value', 'val', 'content', 'data', 'parametervalue'])
const LONGEST_NAME = 128

class Copier {
  #options: ValueOptions
  #maxDepth: number
  #reach: number
  #nodes: number
  #text: number
  #parents = new Set<object>()
  #path: string[] = []

  constructor(options: ValueOptions) {
    this.#options = options
    this.#maxDepth = options.maxDepth ?? MAX_DEPTH
    this.#reach = options.reach ?? Number.POSITIVE_INFINITY
    this.#nodes = options.maxNodes ?? MAX_NODES
    this.#text = options.maxText ?? MAX_TEXT
  }

  /** @param inList whether the value is an item of a list; there a list of two may be an entry */
  copy(value: unknown, depth: number, hidden: Hidden | undefined, inList = false): unknown {
    if (value === null || value === undefined || typeof value === 'boolean') return value
    if (typeof value !== 'object' && typeof value !== 'function') return this.#leaf(value, hidden)
    if (typeof value === 'function') return this.#leaf(`[Function ${functionName(value)}]`, hidden)
    if (this.#parents.has(value)) return '[Circular]'
    if (depth > this.#maxDepth || this.#nodes-- <= 0) return TRUNCATED
    const length = this.#path.length
    this.#parents.add(value)
    try {
      if (this.#options.bytes !== undefined && isBytes(value)) return this.#options.bytes(value)
      return this.#reading(readingOf(value), depth, hidden, inList)
    } catch {
      return UNREADABLE
    } finally {
      this.#path.length = length
      this.#parents.delete(value)
    }
  }

  #reading(reading: Reading, depth: number, hidden: Hidden | undefined, inList: boolean): unknown {
    if ('date' in reading) return this.#date(reading.date, hidden)
    if ('plain' in reading) return this.copy(reading.plain, depth, hidden)
    if ('items' in reading) return this.#items(reading.items, depth, hidden, inList && reading.length === 2)
    if ('set' in reading) return new Set(this.#items(reading.set, depth, hidden, false))
    if ('map' in reading) return this.#map(reading.map, depth, hidden)
    return this.#members(reading.members, depth, hidden)
  }

  #date(date: Date, hidden: Hidden | undefined): unknown {
    if (hidden === undefined) return date
    const text = String(date.getTime())
    const scrubbed = this.#leaf(text, hidden)
    return scrubbed === text ? date : scrubbed
  }

  /** Text, or what has a text: a number, a symbol. It stays what it is when nothing goes from it. */
  #leaf(value: unknown, hidden: Hidden | undefined): unknown {
    const isNumber = typeof value === 'number' && Number.isFinite(value)
    const text = String(value)
    this.#text -= text.length
    if (this.#text < 0) return TRUNCATED
    const scrubbed =
      hidden === undefined
        ? this.#options.text(text, this.#path)
        : this.#under(hidden.name, isNumber ? value : text)
    return scrubbed === text || scrubbed === value ? kept(value, text) : scrubbed
  }

  /** What is left of a leaf that stands under a secret name: as in a line. */
  #under(name: string, value: unknown): unknown {
    return Object.values(
      JSON.parse(this.#options.text(JSON.stringify({ [name]: value }), this.#path, true)),
    )[0]
  }

  #items(items: Iterable<unknown>, depth: number, hidden: Hidden | undefined, isEntry: boolean): unknown[] {
    const copy: unknown[] = []
    let before: unknown
    for (const item of items) {
      if (this.#nodes-- <= 0) {
        copy.push(TRUNCATED)
        break
      }
      this.#path.push(String(copy.length))
      // What becomes text in the copy is text beside a name too.
      const shown = typeof item === 'string' ? item : this.copy(item, depth + 1, hidden, true)
      const isNamed = hidden === undefined && typeof shown === 'string' && this.#hides(before) !== undefined
      if (isNamed) copy.push(this.#neighbour(before as string, shown, isEntry))
      else copy.push(typeof item === 'string' ? this.copy(item, depth + 1, hidden) : shown)
      before = shown
      this.#path.pop()
    }
    return copy
  }

  /** `['Authorization', '…']`: what is left of an item when the one before it names a secret. */
  #neighbour(name: string, item: string, isEntry: boolean): string {
    this.#text -= item.length
    if (this.#text < 0) return TRUNCATED
    const pair = JSON.stringify([name, item])
    const [left] = JSON.parse(this.#options.text(isEntry ? `[${pair}]` : pair, this.#path, true))
      .flat()
      .slice(1)
    return left
  }

  #map(
    entries: Iterable<[unknown, unknown]>,
    depth: number,
    hidden: Hidden | undefined,
  ): Map<unknown, unknown> {
    const copy = new Map()
    for (const [key, value] of entries) {
      if (this.#nodes-- <= 0) {
        copy.set(TRUNCATED, true)
        break
      }
      const name = this.copy(key, depth + 1, undefined)
      this.#path.push(typeof name === 'string' ? name : typeof name)
      copy.set(name, this.copy(value, depth + 1, this.#below(key, hidden)))
      this.#path.pop()
    }
    return copy
  }

  #members(members: Iterable<[string, unknown]>, depth: number, hidden: Hidden | undefined): object {
    const read = this.#read(members)
    const named = this.#nameIn(read)
    const copy: Record<string, unknown> = {}
    for (const [key, value] of read) {
      const under = named !== undefined && VALUES.has(key.toLowerCase()) ? named : key
      const name = this.#leaf(key, undefined) as string
      this.#path.push(name)
      define(copy, name, this.copy(value, depth + 1, this.#below(under, hidden)))
      this.#path.pop()
    }
    return copy
  }

  /** All members, each read once; as far as the budget goes. */
  #read(members: Iterable<[string, unknown]>): [string, unknown][] {
    const read: [string, unknown][] = []
    for (const member of members) {
      if (this.#nodes-- <= 0) {
        read.push([TRUNCATED, true])
        break
      }
      read.push(member)
    }
    return read
  }

  /** `{ name: 'Authorization', value: '…' }`: the secret name that a member holds for its neighbour. */
  #nameIn(members: readonly [string, unknown][]): string | undefined {
    for (const [key, value] of members) {
      if (this.#options.names.find(key)?.rule.pair === true && this.#hides(value) !== undefined)
        return value as string
    }
    return undefined
  }

  /** The secret name that holds for what stands under `key`. */
  #below(key: unknown, hidden: Hidden | undefined): Hidden | undefined {
    const name = this.#hides(key)
    if (name !== undefined) return { name, reach: this.#reach }
    return hidden === undefined || hidden.reach <= 0
      ? undefined
      : { name: hidden.name, reach: hidden.reach - 1 }
  }

  #hides(name: unknown): string | undefined {
    if (typeof name !== 'string' || name.length > LONGEST_NAME) return undefined
    for (const spelling of spellingsOf(name)) {
      const verdict = this.#options.names.find(spelling)
      if (verdict !== undefined) return verdict.rule.pair === true ? undefined : name
    }
    return undefined
  }
}

function kept(value: unknown, text: string): unknown {
  return typeof value === 'symbol' ? text : value
}

function functionName(value: object): string {
  try {
    return String((value as { name?: unknown }).name)
  } catch {
    return ''
  }
}

/** Sets a member even where its name is `__proto__`. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
