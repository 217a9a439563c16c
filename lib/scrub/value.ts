/**
 * A scrubbed copy of a value that never becomes a line. Reads each property once, survives getters, proxies and
 * cycles, and stops at a budget of depth and nodes; what lies beyond is named, never shown.
 */
import type { KeyNames } from './key-rules.ts'

export interface ValueOptions {
  text(text: string): string
  names: KeyNames
  /** The id that stands in the marker of a key rule. */
  marker(row: number): string
  /** Told of each value that went because of its name. */
  tell?(id: string): void
  maxDepth?: number
  maxNodes?: number
}

const MAX_DEPTH = 32
const MAX_NODES = 20_000

export function scrubValue<T>(value: T, options: ValueOptions): T {
  return new Copier(options).copy(value, 0, undefined) as T
}

const PLAIN: ValueOptions = { text: (text) => text, names: { find: () => undefined }, marker: () => '' }

/** A plain copy that anything may walk over: no cycles, no getters, no more than a budget of depth and nodes. */
export function boundedCopy(value: unknown): unknown {
  return scrubValue(value, PLAIN)
}

class Copier {
  #options: ValueOptions
  #maxDepth: number
  #nodes: number
  #parents = new Set<object>()

  constructor(options: ValueOptions) {
    this.#options = options
    this.#maxDepth = options.maxDepth ?? MAX_DEPTH
    this.#nodes = options.maxNodes ?? MAX_NODES
  }

  /** @param hidden the id of the secret name that the value stands under */
  copy(value: unknown, depth: number, hidden: string | undefined): unknown {
    if (value === null || value === undefined || typeof value === 'boolean') return value
    if (typeof value === 'string') return this.#string(value, hidden)
    if (typeof value !== 'object') return hidden === undefined ? this.#scalar(value) : this.#marked(hidden)
    if (this.#parents.has(value)) return '[Circular]'
    if (depth > this.#maxDepth || this.#nodes-- <= 0) return '[Truncated]'
    this.#parents.add(value)
    try {
      return this.#object(value, depth, hidden)
    } catch {
      return '[Unreadable]'
    } finally {
      this.#parents.delete(value)
    }
  }

  #string(text: string, hidden: string | undefined): string {
    if (hidden === undefined) return this.#options.text(text)
    return text === '' || isMarked(text) ? text : this.#marked(hidden)
  }

  #scalar(value: unknown): unknown {
    if (typeof value === 'function') return `[Function ${this.#options.text(value.name)}]`
    if (typeof value === 'symbol') return this.#options.text(String(value))
    const text = String(value)
    const scrubbed = this.#options.text(text)
    return scrubbed === text ? value : scrubbed
  }

  #object(value: object, depth: number, hidden: string | undefined): unknown {
    if (value instanceof Date) return hidden === undefined ? new Date(value) : this.#marked(hidden)
    if (value instanceof RegExp) return this.#string(String(value), hidden)
    if (value instanceof URL || value instanceof URLSearchParams) return this.#string(String(value), hidden)
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
      return `[${value.constructor.name} ${value.byteLength} bytes]`
    if (Array.isArray(value)) return this.#array(value, depth, hidden)
    if (value instanceof Map) return new Map([...value].map(([k, v]) => this.#entry(k, v, depth, hidden)))
    if (value instanceof Set) return new Set([...value].map((item) => this.copy(item, depth + 1, hidden)))
    if (typeof Headers !== 'undefined' && value instanceof Headers)
      return this.#members(Object.fromEntries(value), depth, hidden)
    if (value instanceof Error) return this.#error(value, depth, hidden)
    return this.#members(value, depth, hidden)
  }

  #array(value: unknown[], depth: number, hidden: string | undefined): unknown[] {
    const copy: unknown[] = []
    for (let i = 0; i < value.length; i++) {
      if (this.#nodes-- <= 0) {
        copy.push('[Truncated]')
        break
      }
      copy.push(this.copy(value[i], depth + 1, hidden))
    }
    return copy
  }

  #entry(key: unknown, value: unknown, depth: number, hidden: string | undefined): [unknown, unknown] {
    const name = typeof key === 'string' ? key : ''
    return [this.copy(key, depth + 1, undefined), this.copy(value, depth + 1, this.#hides(name) ?? hidden)]
  }

  #members(value: object, depth: number, hidden: string | undefined): object {
    const copy: Record<string, unknown> = {}
    for (const key of Object.keys(value)) {
      if (this.#nodes-- <= 0) {
        define(copy, '[Truncated]', true)
        break
      }
      define(copy, this.#options.text(key), this.#member(value, key, depth, hidden))
    }
    return copy
  }

  #member(value: object, key: string, depth: number, hidden: string | undefined): unknown {
    let read: unknown
    try {
      read = (value as Record<string, unknown>)[key]
    } catch {
      return '[Unreadable]'
    }
    const id = this.#hides(key)
    return this.copy(read, depth + 1, id !== undefined && isCount(read) ? hidden : (id ?? hidden))
  }

  #error(error: Error, depth: number, hidden: string | undefined): object {
    const copy = this.#members(error, depth, hidden) as Record<string, unknown>
    define(copy, 'type', this.copy(error.name, depth + 1, undefined))
    for (const key of ['message', 'stack', 'cause', 'errors'] as const) {
      const part = this.#member(error, key, depth, hidden)
      if (part !== undefined) define(copy, key, part)
    }
    return copy
  }

  #marked(id: string): string {
    this.#options.tell?.(id)
    return `[SECRET:${id}]`
  }

  #hides(name: string): string | undefined {
    const verdict = this.#options.names.find(name)
    return verdict === undefined ? undefined : this.#options.marker(verdict.index)
  }
}

const SMALL = 10_000
/** `tokens: 1500` counts. A PIN that is a number is one under its own rule and longer lists know better. */
function isCount(value: unknown): boolean {
  return typeof value === 'number' && value < SMALL && !Number.isInteger(value)
}

function isMarked(text: string): boolean {
  return (
    text.startsWith('[SECRET') && text.endsWith(']') && text.length <= 64 && !text.slice(1, -1).includes('[')
  )
}

/** Sets a member even where its name is `__proto__`. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
