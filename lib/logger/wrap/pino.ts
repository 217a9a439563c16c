import pino, { type Logger } from 'pino'
import { override, type Undo } from './undo.ts'
import { levelNamed, WITHHELD, type WrapGate } from './wrap-gate.ts'

interface Stream {
  write(line: string): unknown
}

/** pino exports the symbol under which a logger keeps its stream; loggers of other copies of pino bear one too. */
function streamSymbol(logger: object): symbol | undefined {
  const own = pino.symbols.streamSym as unknown as symbol
  if (own in logger) return own
  for (let at: object | null = logger; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertySymbols(at).find((symbol) => symbol.description === own.description)
    if (found !== undefined) return found
  }
  return undefined
}

export function isPino(logger: object): boolean {
  return (
    typeof (logger as Logger).child === 'function' &&
    typeof (logger as Logger).bindings === 'function' &&
    streamSymbol(logger) !== undefined
  )
}

/** Streams that stand behind a gate already: of a parent that was wrapped before its child was. */
const gated = new WeakSet<object>()

/**
 * Stands between the logger and its stream: each finished line is scrubbed before the stream sees it. Children have
 * their parent's stream by inheritance, whenever they were made.
 */
export function wrapPino(logger: Logger, gate: WrapGate): Undo {
  const symbol = streamSymbol(logger) as symbol
  const stream = (logger as unknown as Record<symbol, Stream>)[symbol]
  if (gated.has(stream) && gate.record === undefined) return () => {}
  const { proxy, undo } = gatedStream(stream, gate)
  gated.add(proxy)
  const restore = override(logger, symbol, { value: proxy, writable: true, enumerable: true })
  return () => {
    restore()
    undo()
  }
}

/** pino leaves what it knows of a line on streams that bear this. */
const METADATA = Symbol.for('pino.metadata')

function gatedStream(stream: Stream, gate: WrapGate): { proxy: Stream; undo: Undo } {
  const { record } = gate
  const told = new Told(gate)
  let level = pino.levels.values.info
  const write = (line: string) => {
    const clean = gate.json(line, stub)
    if (record !== undefined) recordLine(record, level, clean)
    return stream.write(clean)
  }
  const proxy = new Proxy(stream, {
    get(target, name) {
      if (name === 'write') return write
      if (name === METADATA && record !== undefined) return true
      const member = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
    set(target, name, value) {
      if (name === 'lastLevel') level = value
      if (told.tells(name)) return told.tell(target, name, value)
      return Reflect.set(target, name, value, target)
    },
  })
  return { proxy, undo: () => told.forget(stream) }
}

/** What pino tells a stream of the last line's arguments: made safe when somebody reads it. */
class Told {
  #gate: WrapGate
  #raw: Record<string, unknown> = {}
  #clean: Record<string, unknown> = {}

  constructor(gate: WrapGate) {
    this.#gate = gate
  }

  tells(name: PropertyKey): name is 'lastObj' | 'lastMsg' {
    return name === 'lastObj' || name === 'lastMsg'
  }

  tell(stream: object, name: 'lastObj' | 'lastMsg', value: unknown): boolean {
    if (!Object.hasOwn(this.#raw, name)) this.#define(stream, name)
    this.#raw[name] = value
    delete this.#clean[name]
    return true
  }

  forget(stream: object): void {
    for (const name of Object.keys(this.#raw)) Reflect.deleteProperty(stream, name)
  }

  #define(stream: object, name: string): void {
    Object.defineProperty(stream, name, {
      get: () => (this.#clean[name] ??= this.#safe(this.#raw[name])),
      set: (value) => {
        this.#raw[name] = value
        delete this.#clean[name]
      },
      configurable: true,
      enumerable: true,
    })
  }

  #safe(value: unknown): unknown {
    try {
      return this.#gate.value(value)
    } catch {
      return WITHHELD
    }
  }
}

function stub(): string {
  return `${JSON.stringify({ level: pino.levels.values.error, msg: WITHHELD })}\n`
}

/** What the store says itself, of the same moment and process. */
const SAID = ['level', 'time', 'pid', 'hostname']

function recordLine(record: NonNullable<WrapGate['record']>, level: number, line: string): void {
  const fields = membersOf(line)
  if (fields === undefined) {
    record(levelNamed(level), {}, line.trimEnd())
    return
  }
  for (const name of SAID) delete fields[name]
  const { msg, ...others } = fields
  if (typeof msg === 'string') record(levelNamed(level), others, msg)
  else record(levelNamed(level), fields, undefined)
}

function membersOf(line: string): Record<string, unknown> | undefined {
  try {
    const parsed = JSON.parse(line)
    return parsed !== null && typeof parsed === 'object' ? parsed : undefined
  } catch {
    return undefined
  }
}
