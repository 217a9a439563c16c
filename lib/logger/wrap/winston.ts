/**
 * winston's logger is a stream of objects that it pipes into its transports. Each object leaves through `push`, after
 * the logger's own format; a transport with a format of its own makes new text of it, which is looked at again.
 */
import { activeOperation, type Operation } from '../../context.ts'
import { errorSerializer } from '../error-serializer.ts'
import { overrideMethod, type Undo, undoAll } from './undo.ts'
import { cleanArguments, cleanInfo, finished, lazyInfo, withheldInfo } from './winston-clean.ts'
import { type Info, LEVEL, LEVEL_NAMES, MESSAGE, SPLAT } from './winston-info.ts'
import { gateFormat, isTextOnly, type Transport } from './winston-transport.ts'
import { type Recorder, WITHHELD, type WrapGate } from './wrap-gate.ts'

type Done = (error?: Error | null) => void

export interface WinstonLogger {
  transports: Transport[]
  push(info: unknown, encoding?: string): boolean
  write(info: unknown, ...rest: unknown[]): boolean
  add(transport: Transport): WinstonLogger
  _transform(info: Info, encoding: string, done: Done): void
}

function isWinston(logger: object): logger is WinstonLogger {
  const { configure, add, push, transports, levels } = logger as Record<string, unknown>
  return (
    [configure, add, push].every((method) => typeof method === 'function') &&
    Array.isArray(transports) &&
    levels !== undefined
  )
}

/** The logger that does the writing: of the module winston its default logger, of a child its parent. */
export function winstonTarget(logger: object): WinstonLogger | undefined {
  const { createLogger, exceptions } = logger as { createLogger?: unknown; exceptions?: { logger?: object } }
  const target = typeof createLogger === 'function' ? (exceptions?.logger ?? logger) : logger
  return isWinston(target) ? rootOf(target) : undefined
}

export function wrapWinston(root: WinstonLogger, gate: WrapGate): Undo {
  return new WinstonWrapper(root, gate).wrap()
}

function rootOf(logger: object): WinstonLogger {
  let at = logger
  while (!Object.hasOwn(at, '_readableState') && Object.getPrototypeOf(at) !== null)
    at = Object.getPrototypeOf(at)
  return at as WinstonLogger
}

class WinstonWrapper {
  #root: WinstonLogger
  #gate: WrapGate
  #formats = new Map<Transport, Undo>()
  /** The record that is being formatted, as it came in. */
  #entered: { message: unknown; operation: Operation | undefined } | undefined
  #operations = new WeakMap<object, Operation>()

  constructor(root: WinstonLogger, gate: WrapGate) {
    this.#root = root
    this.#gate = gate
  }

  wrap(): Undo {
    const { push, add, write, _transform } = this.#root
    const root = this.#root
    const undos = [
      overrideMethod(root, 'push', (info: unknown, encoding?: string) =>
        push.call(root, this.#out(info), encoding),
      ),
      overrideMethod(root, '_transform', (info: Info, encoding: string, done: Done) =>
        this.#within(info, () => _transform.call(root, this.#taken(info), encoding, done)),
      ),
      overrideMethod(root, 'add', (transport: Transport) => {
        const added = add.call(root, transport)
        this.#gateFormats()
        return added
      }),
    ]
    if (this.#gate.record !== undefined) undos.push(this.#rememberOperations(write))
    this.#gateFormats()
    return () => {
      undoAll([...undos, ...this.#formats.values()])()
      this.#formats.clear()
    }
  }

  /** A record that waits for a slow transport is formatted later, while another request runs. */
  #rememberOperations(write: WinstonLogger['write']): Undo {
    return overrideMethod(this.#root, 'write', (info: unknown, ...rest: unknown[]) => {
      if (info !== null && typeof info === 'object') this.#operations.set(info, activeOperation())
      return write.call(this.#root, info, ...rest)
    })
  }

  #gateFormats(): void {
    for (const transport of this.#root.transports) {
      if (!this.#formats.has(transport))
        this.#formats.set(
          transport,
          gateFormat(transport, (info) => this.#clean(info, isTextOnly(transport))),
        )
    }
  }

  #within(info: Info, run: () => void): void {
    const before = this.#entered
    this.#entered = { message: info?.message, operation: this.#operations.get(info) }
    try {
      run()
    } finally {
      this.#entered = before
    }
  }

  /** What winston may see: without transports it prints the record itself. */
  #taken(info: Info): Info {
    if (this.#root.transports.length === 0) return this.#clean(info, false)
    return Array.isArray(info?.splat) ? this.#withSplat(info, info.splat) : info
  }

  /** Arguments that stand among the fields: a format of JSON shows them apart from the text that they belong to. */
  #withSplat(info: Info, args: unknown[]): Info {
    try {
      return { ...info, splat: cleanArguments(args, info.message, this.#gate) }
    } catch {
      return withheldInfo(info)
    }
  }

  #out(info: unknown): unknown {
    if (info === null || typeof info !== 'object') return info
    if (this.#gate.record !== undefined) this.#store(this.#gate.record, info as Info)
    return this.#clean(info as Info, this.#root.transports.every(isTextWithoutFormat))
  }

  #clean(info: Info, isLazy: boolean): Info {
    const template = this.#entered?.message
    try {
      const text = info[MESSAGE]
      const message = typeof text === 'string' ? this.#gate.text(text) : undefined
      return isLazy
        ? lazyInfo(info, message, () => cleanInfo(info, message, template, this.#gate))
        : cleanInfo(info, message, template, this.#gate)
    } catch {
      return withheldInfo(info)
    }
  }

  #store(record: Recorder, info: Info): void {
    const level = String(info[LEVEL])
    const { fields, msg } = this.#recordOf(info)
    const name = LEVEL_NAMES[level]
    if (name !== level) fields.severity = level
    record(name ?? 'info', fields, msg, this.#entered?.operation)
  }

  #recordOf(info: Info): StoredRecord {
    try {
      return recordOf(info, this.#entered?.message)
    } catch {
      // A getter throws, or what makes text of an object.
      return { fields: {}, msg: WITHHELD }
    }
  }
}

interface StoredRecord {
  fields: Record<string, unknown>
  msg: string | undefined
}

function isTextWithoutFormat(transport: Transport): boolean {
  return transport.format === undefined && isTextOnly(transport)
}

/** What the logger's format made of the call, with errors in full and arguments that nobody has put in yet. */
function recordOf(info: Info, template: unknown): StoredRecord {
  if (info instanceof Error) return { fields: { err: errorOf(info) }, msg: String(info.message) }
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(info)) {
    if (name !== 'level' && name !== 'message') fields[name] = value instanceof Error ? errorOf(value) : value
  }
  const { message } = info
  if (message instanceof Error) {
    fields.err = errorOf(message)
    return { fields, msg: message.message }
  }
  if (message !== null && typeof message === 'object') {
    // `log.info({ user })`: winston takes the object for the message.
    const members = Array.isArray(message) ? { message } : message
    return { fields: { ...members, ...fields }, msg: undefined }
  }
  return {
    fields,
    msg: typeof message === 'string' ? completed(info, message, template) : String(message ?? ''),
  }
}

/** winston writes the record's level onto the error. */
function errorOf(error: Error): object {
  const { level, ...fields } = errorSerializer(error) as Record<string, unknown>
  return fields
}

function completed(info: Info, message: string, template: unknown): string {
  const args = info[SPLAT]
  const isOpen = message === template && message.includes('%') && Array.isArray(args) && args.length > 0
  return (isOpen ? finished(message, args) : undefined) ?? message
}
