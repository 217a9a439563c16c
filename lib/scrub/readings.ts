/**
 * What there is to see in an object of any kind, each property read once and none of the object's own code trusted:
 * a getter that throws says so, an iterator of the program's own is not run.
 */

export type Reading =
  /** What stands for the object: a text most often. */
  | { plain: unknown }
  | { date: Date }
  | { items: Iterable<unknown>; length: number }
  | { set: Iterable<unknown> }
  | { map: Iterable<[unknown, unknown]> }
  | { members: Iterable<[string, unknown]> }

/** @throws what the object's traps throw */
export function readingOf(value: object): Reading {
  if (Array.isArray(value)) return itemsOf(value)
  if (isBytes(value)) return { plain: textOfBytes(value) }
  for (const read of READERS) {
    const reading = read(value)
    if (reading !== undefined) return reading
  }
  return ofMembers(value)
}

export function isBytes(value: object): value is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer
}

/** `[Buffer 16 bytes]` */
export function textOfBytes(bytes: ArrayBuffer | ArrayBufferView): string {
  return `[${kindOf(bytes)} ${bytes.byteLength} bytes]`
}

/** One for each kind that JSON would show as `{}` or not as it should be. */
const READERS: readonly ((value: object) => Reading | undefined)[] = [
  (value) => (value instanceof Date ? { date: new Date(Date.prototype.getTime.call(value)) } : undefined),
  (value) =>
    value instanceof Map
      ? { map: Map.prototype.entries.call(value) as Iterable<[unknown, unknown]> }
      : undefined,
  (value) => (value instanceof Set ? { set: Set.prototype.values.call(value) } : undefined),
  (value) => (value instanceof Error ? { members: errorMembers(value) } : undefined),
  (value) =>
    value instanceof RegExp || value instanceof URL || value instanceof URLSearchParams
      ? { plain: String(value) }
      : undefined,
  (value) => (isBoxed(value) ? { plain: value.valueOf() } : undefined),
  (value) =>
    value instanceof Headers || value instanceof FormData
      ? { members: listed(value as Iterable<[string, unknown]>) }
      : undefined,
  (value) => (value instanceof Blob ? { plain: `[${kindOf(value)} ${value.size} bytes]` } : undefined),
]

function isBoxed(value: object): boolean {
  return (
    value instanceof String ||
    value instanceof Number ||
    value instanceof Boolean ||
    value instanceof BigInt ||
    value instanceof Symbol
  )
}

/** What the class calls itself: `Buffer`, `Uint8Array`, `File`. */
function kindOf(value: object): string {
  return Buffer.isBuffer(value)
    ? 'Buffer'
    : Object.prototype.toString.call(value).slice('[object '.length, -1)
}

function itemsOf(items: readonly unknown[]): Reading {
  const { length } = items
  const each = function* () {
    for (let i = 0; i < length; i++) yield read(items, i)
  }
  return { items: each(), length }
}

/** Names that stand more than once, as in headers and forms, get a list. */
function listed(entries: Iterable<[string, unknown]>): [string, unknown][] {
  const members = new Map<string, unknown>()
  for (const [name, value] of entries) {
    const before = members.get(name)
    members.set(name, before === undefined ? value : [before, value].flat())
  }
  return [...members]
}

/** Names that are not enumerable in errors, and say the most. */
const OF_ERRORS = ['message', 'stack', 'cause', 'errors'] as const

function* errorMembers(error: Error): Iterable<[string, unknown]> {
  const names = new Set([...Object.keys(error), ...OF_ERRORS])
  const type = read(error, 'name')
  for (const name of names) {
    const value = name === 'name' ? type : read(error, name)
    if (value !== undefined || !OF_ERRORS.includes(name as 'message')) yield [name, value]
  }
  if (!names.has('type')) yield ['type', type]
}

/** Own members, or what `toJSON` makes of them, as JSON does it. */
function ofMembers(value: object): Reading {
  const toJSON = (value as { toJSON?: unknown }).toJSON
  if (typeof toJSON !== 'function') return { members: ownMembers(value, { toJSON }) }
  const made: unknown = toJSON.call(value, '')
  const isObject = made !== null && typeof made === 'object' && !Array.isArray(made)
  return isObject ? { members: ownMembers(made, {}) } : { plain: made }
}

/** @param known members that have been read already */
function* ownMembers(value: object, known: Record<string, unknown>): Iterable<[string, unknown]> {
  for (const name of Object.keys(value))
    yield [name, Object.hasOwn(known, name) ? known[name] : read(value, name)]
}

function read(value: object, name: string | number): unknown {
  try {
    return (value as Record<string | number, unknown>)[name]
  } catch {
    return '[Unreadable]'
  }
}
