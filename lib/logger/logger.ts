/**
 * A pino logger whose every line goes through the pipeline, with the extras of hushlog on it and on its children.
 */
import pino, { type Bindings, type ChildLoggerOptions, type Logger, type LoggerOptions } from 'pino'
import { activeOperation, type Operation } from '../context.ts'

import { boundedCopy } from '../scrub/value.ts'
import { type AuditEvent, type Extras, type Hushlog, KIND, type Kind, type PinoOptions } from '../types.ts'
import { writeAudit } from './audit.ts'
import { allowsDirect, childAllowsDirect, Frames, restOf } from './direct.ts'
import { WATCHED } from './duplicates.ts'
import { errorSerializer } from './error-serializer.ts'
import { LOOK, Names } from './names.ts'
import { BOUND, type Pipeline } from './pipeline.ts'
import { type Mixin, takeBackStream, wrapMixin } from './wrap/instrumented.ts'

const PIPELINE = Symbol('hushlog.pipeline')
const OPERATION = Symbol('hushlog.operation')
/** What its own bindings say of operation and id. */
const OWN = Symbol('hushlog.bound')
/** The names that stand in each of its lines, and whether one stands twice. */
const NAMES = Symbol('hushlog.names')
const REPEATS = Symbol('hushlog.repeats')
/** What pino puts around the fields of its plain lines; nothing where its lines are never plain. */
const FRAMES = Symbol('hushlog.frames')

interface Inside {
  [PIPELINE]: Pipeline
  [OPERATION]: Operation | undefined
  [OWN]: number
  [NAMES]: Names
  [REPEATS]: boolean
  [FRAMES]: Frames | undefined
}
type Inner = Logger & Inside

export type LifeExtras = Pick<Extras, 'hide' | 'flush' | 'close' | 'stats'>

export function createLogger(pipeline: Pipeline, options: PinoOptions, extras: LifeExtras): Hushlog {
  const stream = { write: (line: string) => pipeline.write(line) }
  const logger = pino(pinoOptions(pipeline, options), stream) as unknown as Inner
  takeBackStream(logger as unknown as Logger, stream)
  const isMixed = wrapMixin(logger as unknown as Logger, (mixin) => watchedMixin(pipeline, mixin))
  logger[PIPELINE] = pipeline
  logger[OPERATION] = undefined
  logger[OWN] = 0
  logger[REPEATS] = false
  logger[FRAMES] = allowsDirect(options) && !isMixed ? new Frames() : undefined
  logger[NAMES] = new Names([...WATCHED, options.messageKey ?? 'msg'])
  noteBindings(logger, options.base ?? {})
  return Object.assign(defineAudit(logger), extras, bindingMethods(logger)) as unknown as Hushlog
}

/** pino's own methods, which then note what has been bound. */
function bindingMethods({ child, setBindings }: Logger): object {
  return {
    child(this: Inner, bindings: Bindings, options?: ChildLoggerOptions) {
      const made = noteBindings(childOf(this, child, bindings, options), bindings)
      made[FRAMES] = this[FRAMES] !== undefined && childAllowsDirect(options) ? new Frames() : undefined
      return made
    },
    setBindings(this: Inner, bindings: Bindings) {
      setBindings.call(this, withPrototype(bindings))
      noteBindings(this, bindings)
      if (this[FRAMES] !== undefined) this[FRAMES] = new Frames()
    },
  }
}

/** `log.audit` and `log.audit.denied` know the logger that they are read from, so that a child's bindings count. */
function defineAudit(logger: Inner): Inner {
  Object.defineProperty(logger, 'audit', {
    configurable: true,
    get(this: Inner) {
      const audit = (event: AuditEvent) => auditBy(this, event)
      return Object.assign(audit, {
        denied: (event: Omit<AuditEvent, 'outcome'>) =>
          auditBy(this, { ...event, outcome: 'denied' as const }),
      })
    },
  })
  return logger
}

function auditBy(logger: Inner, event: AuditEvent): Promise<void> {
  const pipeline = logger[PIPELINE]
  return within(logger, KIND.audit, 0, true, () => writeAudit(pipeline, ownBindings(logger), event))
}

/** A logger's bindings without what the stamp and the record say themselves. */
function ownBindings(logger: Inner): object {
  try {
    const bindings: Bindings = logger.bindings()
    const said = WATCHED.filter((name) => !(name === 'operation' || name === 'reqId') || !isOwn(logger, name))
    for (const name of said) delete bindings[name]
    return bindings
  } catch {
    return {}
  }
}

function isOwn(logger: Inner, name: 'operation' | 'reqId'): boolean {
  return (logger[OWN] & BOUND[name]) !== 0
}

export function isHushlog(logger: unknown): logger is Hushlog {
  return typeof logger === 'object' && logger !== null && PIPELINE in logger
}

/** A view of a logger whose lines always bear one operation, wherever they are logged. */
export function bindLogger(log: Hushlog, operation: Operation): Hushlog {
  const view = Object.create(log as object) as Inner
  view[OPERATION] = operation
  return view as unknown as Hushlog
}

/** Writes a record of a kind of its own (access) through pino: levels, serializers and mixins apply as always. */
export function emit(log: Hushlog, kind: Kind, level: string, fields: object, msg: string): void {
  const logger = log as unknown as Inner
  const pipeline = logger[PIPELINE]
  const kindBefore = pipeline.kind
  pipeline.kind = kind
  try {
    const write = (logger as unknown as Record<string, unknown>)[level]
    if (typeof write === 'function') write.call(logger, fields, msg)
  } finally {
    pipeline.kind = kindBefore
  }
}

function pinoOptions(pipeline: Pipeline, options: PinoOptions): LoggerOptions {
  const { hooks, base } = options
  return {
    ...options,
    base: base ?? null,
    timestamp: () => pipeline.stamp(),
    serializers: { err: errorSerializer, error: errorSerializer, ...options.serializers },
    hooks: { ...hooks, logMethod: hookFor(pipeline, hooks?.logMethod) },
  }
}

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>

/**
 * Around each log call: says whose record it is, and turns what is thrown on the way into a safe line. Records may be
 * made while another one is: a serializer may log. Written out, for a closure a call would cost more than all of this.
 */
function hookFor(pipeline: Pipeline, users: LogMethod | undefined): LogMethod {
  return function (this: Logger, args, method, level) {
    const logger = this as Inner
    if (users === undefined && args.length > 1) keepError(args)
    if (!areUsual(args)) makeUsual(args)
    const { operation, bound, level: levelBefore, kind, mayRepeat: repeated } = pipeline
    pipeline.operation = logger[OPERATION] ?? activeOperation()
    pipeline.bound = logger[OWN]
    pipeline.level = level
    const look = logger[NAMES].look(args[0], kind !== KIND.app)
    pipeline.mayRepeat = logger[REPEATS] || (look & LOOK.repeats) !== 0
    try {
      if (users !== undefined) users.call(this, args, method, level)
      else if (logger[FRAMES] === undefined || pipeline.mayRepeat || look !== LOOK.plain)
        method.apply(this, args)
      else if (!writeDirect(pipeline, logger[FRAMES], args, level))
        writeByPino(pipeline, logger, args, method, level)
    } catch (error) {
      afterThrow(pipeline, logger, { args, method, level, error, mayTry: users === undefined })
    } finally {
      pipeline.operation = operation
      pipeline.bound = bound
      pipeline.level = levelBefore
      pipeline.kind = kind
      pipeline.mayRepeat = repeated
    }
  }
}

/** Writes a plain line without pino, once it is known how pino would. */
function writeDirect(pipeline: Pipeline, frames: Frames, args: readonly unknown[], level: number): boolean {
  const frame = frames.of(level)
  const rest = frame === undefined ? undefined : restOrNothing(args)
  if (frame === undefined || rest === undefined) return false
  pipeline.write(frame.before + pipeline.stamp() + frame.after + rest)
  return true
}

function writeByPino(
  pipeline: Pipeline,
  logger: Inner,
  args: Parameters<LogMethod>[0],
  method: Parameters<LogMethod>[1],
  level: number,
): void {
  const frames = logger[FRAMES] as Frames
  const rest = frames.wants(level) ? restOrNothing(args) : undefined
  if (rest === undefined) return void method.apply(logger as unknown as Logger, args)
  pipeline.watch((line, stamp) => frames.learn(level, line, stamp, rest))
  try {
    method.apply(logger as unknown as Logger, args)
  } finally {
    pipeline.watch(undefined)
  }
}

function restOrNothing(args: readonly unknown[]): string | undefined {
  try {
    return restOf(args)
  } catch {
    // pino writes cycles and BigInts, and what it cannot write is withheld.
    return undefined
  }
}

/** Whether pino writes the first arguments as valid JSON whatever they are. */
function areUsual(args: readonly unknown[]): boolean {
  const first = typeof args[0]
  const second = typeof args[1]
  return (
    first !== 'symbol' &&
    first !== 'function' &&
    (second === 'string' || second === 'undefined' || second === 'number')
  )
}

/**
 * pino drops an error that comes after the message, `('failed', error)`, and lets a `%s` have no more than its text.
 * As the first argument it stands there in full.
 */
function keepError(args: unknown[]): void {
  if (typeof args[0] !== 'string') return
  const error = args.find((arg) => typeof arg === 'object' && isError(arg))
  if (error !== undefined) args.unshift(error)
}

function isError(value: unknown): boolean {
  try {
    return value instanceof Error
  } catch {
    // A revoked proxy.
    return false
  }
}

/** What JSON has no word for as a message becomes text: symbols, functions, objects whose toJSON gives nothing. */
function makeUsual(args: unknown[]): void {
  for (let i = 0; i < Math.min(2, args.length); i++) {
    if (typeof args[i] === 'symbol' || typeof args[i] === 'function' || (i === 1 && !isWritable(args[i]))) {
      args[i] = nameOf(args[i])
    }
  }
}

function isWritable(value: unknown): boolean {
  try {
    return typeof value !== 'object' || JSON.stringify(value) !== undefined
  } catch {
    // pino writes what only a cycle or a BigInt keeps from being JSON.
    return true
  }
}

function nameOf(value: unknown): string {
  return typeof value === 'function'
    ? `[Function ${value.name || 'anonymous'}]`
    : typeof value === 'symbol'
      ? String(value)
      : '[Object]'
}

/** Runs `fn` as the making of one record. */
function within<T>(logger: Inner, kind: Kind, level: number, repeats: boolean, fn: () => T): T {
  const pipeline = logger[PIPELINE]
  const { operation, bound, level: levelBefore, kind: kindBefore, mayRepeat } = pipeline
  pipeline.operation = logger[OPERATION] ?? activeOperation()
  pipeline.bound = logger[OWN]
  pipeline.level = level
  pipeline.kind = kind
  pipeline.mayRepeat = repeats
  try {
    return fn()
  } finally {
    pipeline.operation = operation
    pipeline.bound = bound
    pipeline.level = levelBefore
    pipeline.kind = kindBefore
    pipeline.mayRepeat = mayRepeat
  }
}

/** Once more with plain copies of what was logged; then a stub that names the error and nothing of the line. */
function afterThrow(pipeline: Pipeline, logger: Inner, call: FailedCall): void {
  try {
    if (!call.mayTry) throw call.error
    call.method.apply(logger as unknown as Logger, plainArguments(call.args) as Parameters<LogMethod>[0])
  } catch {
    // A hook may have written already, and a serializer of the program's own throws on plain copies too.
    pipeline.withhold(call.error, call.level)
  }
}

interface FailedCall {
  args: readonly unknown[]
  method: Parameters<LogMethod>[1]
  level: number
  error: unknown
  mayTry: boolean
}

function plainArguments(args: readonly unknown[]): unknown[] {
  return args.map((arg) => (typeof arg === 'object' ? boundedCopy(arg) : arg))
}

function watchedMixin(pipeline: Pipeline, mixin: Mixin): Mixin {
  return (fields, level, logger) => {
    const mixed = mixin(fields, level, logger)
    const look = (logger as unknown as Inner)[NAMES].look(mixed, false)
    if ((look & LOOK.repeats) !== 0) pipeline.mayRepeat = true
    pipeline.isTraced = (look & LOOK.repeats) !== 0 && tells(mixed, 'trace_id') && !tells(fields, 'trace_id')
    return mixed
  }
}

function tells(fields: unknown, name: string): boolean {
  return typeof fields === 'object' && fields !== null && Object.hasOwn(fields, name)
}

function childOf(
  parent: Inner,
  child: Logger['child'],
  bindings: Bindings,
  options?: ChildLoggerOptions,
): Inner {
  if (bindings === null || typeof bindings !== 'object')
    return child.call(parent, bindings, options as never) as unknown as Inner
  try {
    return child.call(parent, withPrototype(bindings), options as never) as unknown as Inner
  } catch (error) {
    if (isCallersMistake(bindings, options)) throw error
    parent[PIPELINE].withhold(error, pino.levels.values.error)
    return child.call(
      parent,
      boundedCopy(bindings) as Bindings,
      { level: options?.level } as never,
    ) as unknown as Inner
  }
}

/** pino calls the bindings' own `hasOwnProperty`; a parsed query has none. */
function withPrototype(bindings: Bindings): Bindings {
  const isBare = typeof bindings === 'object' && bindings !== null && Object.getPrototypeOf(bindings) === null
  return isBare ? { ...bindings } : bindings
}

/** Options that pino refuses are the programmer's to mend; what the bindings hold may be anybody's. */
function isCallersMistake(bindings: Bindings, options: ChildLoggerOptions | undefined): boolean {
  try {
    JSON.stringify(bindings)
    return options?.serializers === undefined
  } catch {
    return false
  }
}

function noteBindings(logger: Inner, bindings: Bindings): Inner {
  const bound = Object.keys(bindings ?? {})
  if (bound.length === 0) return logger
  const own = logger[OWN]
  const flags = bound.reduce((sum, name) => sum | (BOUND[name as keyof typeof BOUND] ?? 0), 0)
  // The first binding of an operation or id takes the stamp's place; any other repetition is for the slow path.
  const repeats = bound.some(
    (name) => logger[NAMES].has(name) && !((BOUND[name as keyof typeof BOUND] ?? 0) & ~own),
  )
  logger[OWN] = own | flags
  logger[REPEATS] = logger[REPEATS] || repeats
  logger[NAMES] = new Names([...logger[NAMES].all, ...bound])
  return logger
}
