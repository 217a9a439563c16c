import { formatWithOptions, type InspectOptions, inspect } from 'node:util'
import { overrideMethod, type Undo, undoAll } from './undo.ts'
import { type LevelName, WITHHELD, type WrapGate } from './wrap-gate.ts'

type Method = (...args: unknown[]) => void

/** Methods that format their arguments as `console.log` does, and what they say of their importance. */
const FORMATTING: Record<string, LevelName> = {
  log: 'info',
  info: 'info',
  debug: 'debug',
  warn: 'warn',
  error: 'error',
  dirxml: 'info',
}
const TO_STDERR = new Set(['warn', 'error', 'trace', 'assert'])
/** Methods that print what they count or measure through `console.log`. */
const LABELLED = ['count', 'countReset', 'time', 'timeEnd', 'timeLog'] as const

export function isConsole(logger: object): logger is Console {
  const methods = logger as Record<string, unknown>
  return ['log', 'error', 'dir', 'table', 'trace'].every((name) => typeof methods[name] === 'function')
}

/** Formats first and scrubs the finished text, so that nothing in an argument gets past. */
export function wrapConsole(target: Console, gate: WrapGate): Undo {
  const wrapper = new ConsoleWrapper(target as unknown as Record<string, Method>, gate)
  return undoAll(wrapper.wrap())
}

class ConsoleWrapper {
  #target: Record<string, Method>
  #before: Record<string, Method> = {}
  #gate: WrapGate
  #undos: Undo[] = []
  #isOfNode: boolean

  constructor(target: Record<string, Method>, gate: WrapGate) {
    this.#target = target
    this.#gate = gate
    this.#isOfNode = '_stdout' in target
  }

  wrap(): Undo[] {
    for (const [name, level] of Object.entries(FORMATTING))
      this.#replace(name, (...args) => this.#show(name, level, args))
    for (const name of ['group', 'groupCollapsed'])
      this.#replace(name, (...args) => this.#call(name, args.length === 0 ? [] : [this.#text(name, args)]))
    for (const name of LABELLED)
      this.#replace(name, (label = 'default', ...data) => this.#call(name, this.#labelled(label, data)))
    this.#replace('dir', (value, options) => this.#say('log', 'info', this.#inspected(value, options)))
    this.#replace('table', (data, ...columns) => this.#call('table', [this.#value(data), ...columns]))
    this.#replace('assert', (condition, ...args) => condition || this.#failed(args))
    const trace: Method = (...args) => this.#say('error', 'trace', this.#traced(trace, args))
    this.#replace('trace', trace)
    return this.#undos
  }

  #replace(name: string, method: Method): void {
    const before = this.#target[name]
    if (typeof before !== 'function') return
    this.#before[name] = before
    this.#undos.push(overrideMethod(this.#target, name, method))
  }

  #show(name: string, level: LevelName, args: unknown[]): void {
    if (args.length === 0) this.#call(name, args)
    else this.#say(name, level, this.#text(name, args))
  }

  /** Writes finished text and records it. Node takes a single argument for no format; other consoles may. */
  #say(name: string, level: LevelName, text: string): void {
    this.#gate.record?.(level, {}, text)
    if (this.#isOfNode) this.#before[name].call(this.#target, text)
    else this.#before[name].call(this.#target, '%s', text)
  }

  /** Calls a method that says what it has to say through `log`, or nothing. */
  #call(name: string, args: unknown[]): void {
    this.#before[name].apply(this.#target, args)
  }

  #text(name: string, args: unknown[]): string {
    if (args.length === 1 && typeof args[0] === 'string') return this.#gate.text(args[0])
    return this.#gate.made(() => formatWithOptions(this.#inspectOptions(name), ...args))
  }

  #inspected(value: unknown, options: unknown): string {
    const defaults = { ...this.#inspectOptions('dir'), customInspect: false }
    return this.#gate.made(() => inspect(value, { ...defaults, ...(options as object) }))
  }

  /** In colour where the stream of the method is a terminal that shows some, as Node does it. */
  #inspectOptions(name: string): InspectOptions {
    const streams = this.#target as unknown as Record<string, Partial<NodeJS.WriteStream> | undefined>
    const stream = streams[TO_STDERR.has(name) ? '_stderr' : '_stdout']
    return stream?.isTTY === true && (stream.getColorDepth?.() ?? 0) > 2 ? { colors: true } : {}
  }

  #labelled(label: unknown, data: unknown[]): unknown[] {
    const safe = this.#gate.made(() => String(label))
    if (data.length === 0) return [safe]
    return [
      safe,
      this.#gate.made(() => data.map((item) => (typeof item === 'string' ? item : inspect(item))).join(' ')),
    ]
  }

  #value(data: unknown): unknown {
    try {
      return this.#gate.value(data)
    } catch {
      return WITHHELD
    }
  }

  #failed(args: unknown[]): void {
    const isText = typeof args[0] === 'string'
    const said = isText ? [`Assertion failed: ${args[0]}`, ...args.slice(1)] : ['Assertion failed', ...args]
    const text = this.#text('assert', said)
    if (this.#before.warn === undefined) this.#call('assert', [false, text])
    else this.#say('warn', 'error', text)
  }

  /** Where the call stands: the stack begins above `caller`. */
  #traced(caller: Method, args: unknown[]): string {
    const trace = { name: 'Trace', message: args.length === 0 ? '' : this.#text('trace', args), stack: '' }
    Error.captureStackTrace(trace, caller)
    return this.#gate.text(trace.stack)
  }
}
