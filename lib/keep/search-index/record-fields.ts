/**
 * The few fields of a record that an index is made of, read from the bytes of its line: one walk, nothing made of what
 * is not asked for. It takes for a record what `JSON.parse` takes for an object, and of a name that stands there twice
 * the last value, as that does.
 */
import { isoTime } from './iso-time.ts'
import {
  equals,
  numberValue,
  pastColon,
  pastSpace,
  pastString,
  pastValue,
  seen,
  stringText,
} from './json-bytes.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const NINE = 0x39
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Where the text of a string stands in the line, between its quotes; `from` is -1 when there is none. */
export interface Span {
  from: number
  to: number
  /** Whether escapes stand in it. */
  escaped: boolean
}

/** Fields that are strings: where they stand. */
const SPANS = {
  operation: 0,
  reqId: 1,
  kind: 2,
  user: 3,
  requestUser: 4,
  actor: 5,
  address: 6,
  requestAddress: 7,
  detailsAddress: 8,
  action: 9,
  outcome: 10,
} as const
export type SpanName = keyof typeof SPANS

const TIME = 20
const LEVEL = 21
const STATUS = 22
const RESPONSE_TIME = 23
const ABORTED = 24
/** Objects that are walked into. */
const REQ = 30
const RES = 31
const DETAILS = 32

interface Key {
  name: Buffer
  field: number
}

/** Keys by their length, in bytes. */
type Keys = readonly (readonly Key[])[]

const TOP: Keys = keys({
  level: LEVEL,
  time: TIME,
  kind: SPANS.kind,
  operation: SPANS.operation,
  reqId: SPANS.reqId,
  user: SPANS.user,
  actor: SPANS.actor,
  remoteAddress: SPANS.address,
  action: SPANS.action,
  outcome: SPANS.outcome,
  responseTime: RESPONSE_TIME,
  aborted: ABORTED,
  req: REQ,
  res: RES,
  details: DETAILS,
})

const NESTED: Readonly<Record<number, Keys>> = {
  [REQ]: keys({ user: SPANS.requestUser, remoteAddress: SPANS.requestAddress }),
  [RES]: keys({ statusCode: STATUS }),
  [DETAILS]: keys({ remoteAddress: SPANS.detailsAddress }),
}

function keys(fields: Record<string, number>): Keys {
  const names = Object.keys(fields)
  const table: Key[][] = Array.from({ length: Math.max(...names.map((name) => name.length)) + 1 }, () => [])
  for (const name of names) table[name.length].push({ name: Buffer.from(name), field: fields[name] })
  return table
}

const NONE = -1
const TRUE = Buffer.from('true')

/** Made once, and filled with one line after the other. */
export class RecordFields {
  /** What `read` was given. */
  bytes: Buffer = Buffer.alloc(0)
  /** NaN where the record says no number, as below. */
  level: number = Number.NaN
  /** Milliseconds since the epoch, of a time that is written as every line has it: `2026-11-24T02:29:31.123Z`. */
  time: number = Number.NaN
  statusCode: number = Number.NaN
  /** Milliseconds. */
  responseTime: number = Number.NaN
  aborted: boolean = false
  readonly #spans: readonly Span[] = Object.values(SPANS).map(() => ({
    from: NONE,
    to: NONE,
    escaped: false,
  }))

  /**
   * @param end where the line's `\n` stands
   * @returns whether the line is a record; when it is not, the fields tell nothing
   */
  read(bytes: Buffer, start: number, end: number): boolean {
    this.bytes = bytes
    this.#clear()
    const first = pastSpace(bytes, start, end)
    if (first >= end || bytes[first] !== OPEN_BRACE) return false
    const past = this.#object(first + 1, end, TOP)
    return past !== -1 && pastSpace(bytes, past, end) === end
  }

  span(name: SpanName): Span {
    return this.#spans[SPANS[name]]
  }

  /** Undefined when the record has no such field, or one that is no string. */
  text(name: SpanName): string | undefined {
    const { from, to, escaped } = this.#spans[SPANS[name]]
    return from === NONE ? undefined : stringText(this.bytes, from, to, escaped)
  }

  /** Whether it is a string and this one. @param text ASCII */
  is(name: SpanName, text: Uint8Array): boolean {
    const { from, to, escaped } = this.#spans[SPANS[name]]
    if (from === NONE) return false
    if (escaped) return Buffer.from(stringText(this.bytes, from, to, true)).equals(text)
    return to - from === text.length && equals(this.bytes, from, to, text)
  }

  #clear(): void {
    this.level = Number.NaN
    this.time = Number.NaN
    this.statusCode = Number.NaN
    this.responseTime = Number.NaN
    this.aborted = false
    for (let i = 0; i < this.#spans.length; i++) this.#spans[i].from = NONE
  }

  /** @param at behind its brace. Objects of `NESTED` have no keys of objects: it calls itself once, never deeper. */
  #object(at: number, end: number, table: Keys): number {
    const { bytes } = this
    at = pastSpace(bytes, at, end)
    if (at < end && bytes[at] === CLOSE_BRACE) return at + 1
    while (at < end && bytes[at] === QUOTE) {
      const key = at + 1
      seen.escape = false
      at = pastString(bytes, key, end)
      if (at === -1) return -1
      const field = fieldOf(bytes, key, at - 1, seen.escape, table)
      at = pastColon(bytes, at, end)
      if (at === -1 || at >= end) return -1
      if (field !== NONE) at = this.#take(field, at, end)
      else if (bytes[at] === QUOTE) at = pastString(bytes, at + 1, end)
      else at = pastValue(bytes, at, end)
      if (at === -1) return -1
      at = pastSpace(bytes, at, end)
      if (at < end && bytes[at] === CLOSE_BRACE) return at + 1
      if (at >= end || bytes[at] !== COMMA) return -1
      at = pastSpace(bytes, at + 1, end)
    }
    return -1
  }

  #take(field: number, at: number, end: number): number {
    if (field < TIME) return this.#takeSpan(this.#spans[field], at, end)
    if (field >= REQ) return this.#takeObject(field, at, end)
    seen.escape = false
    const past = pastValue(this.bytes, at, end)
    if (past === -1) return -1
    if (field === LEVEL) this.level = this.#number(at, past)
    else if (field === STATUS) this.statusCode = this.#number(at, past)
    else if (field === RESPONSE_TIME) this.responseTime = this.#number(at, past)
    else if (field === TIME) this.time = this.#time(at, past, seen.escape)
    else this.aborted = past - at === TRUE.length && equals(this.bytes, at, past, TRUE)
    return past
  }

  #takeObject(field: number, at: number, end: number): number {
    // A second one replaces the first, whatever it is.
    if (field === RES) this.statusCode = Number.NaN
    else if (field === DETAILS) this.#spans[SPANS.detailsAddress].from = NONE
    else {
      this.#spans[SPANS.requestUser].from = NONE
      this.#spans[SPANS.requestAddress].from = NONE
    }
    const isObject = at < end && this.bytes[at] === OPEN_BRACE
    return isObject ? this.#object(at + 1, end, NESTED[field]) : pastValue(this.bytes, at, end)
  }

  #takeSpan(span: Span, at: number, end: number): number {
    span.from = NONE
    if (this.bytes[at] !== QUOTE) return pastValue(this.bytes, at, end)
    seen.escape = false
    const past = pastString(this.bytes, at + 1, end)
    span.from = at + 1
    span.to = past - 1
    span.escaped = seen.escape
    return past
  }

  #number(at: number, past: number): number {
    const isNumber = this.bytes[at] <= NINE && this.bytes[at] >= MINUS
    return isNumber ? numberValue(this.bytes, at, past) : Number.NaN
  }

  #time(at: number, past: number, escaped: boolean): number {
    if (this.bytes[at] !== QUOTE) return Number.NaN
    if (!escaped) return isoTime(this.bytes, at + 1, past - 1)
    const text = Buffer.from(stringText(this.bytes, at + 1, past - 1, true))
    return isoTime(text, 0, text.length)
  }
}

function fieldOf(bytes: Buffer, from: number, to: number, escaped: boolean, table: Keys): number {
  const candidates = to - from < table.length ? table[to - from] : undefined
  if (candidates !== undefined)
    for (let i = 0; i < candidates.length; i++) {
      const { name, field } = candidates[i]
      if (bytes[from] === name[0] && equals(bytes, from, to, name)) return field
    }
  return escaped ? escapedField(bytes, from, to, table) : NONE
}

/** Each byte of a name can be an escape of six. */
const LONGEST_ESCAPED = 6 * TOP.length

function escapedField(bytes: Buffer, from: number, to: number, table: Keys): number {
  if (to - from > LONGEST_ESCAPED) return NONE
  const name = Buffer.from(stringText(bytes, from, to, true))
  return table[name.length]?.find((key) => key.name.equals(name))?.field ?? NONE
}
