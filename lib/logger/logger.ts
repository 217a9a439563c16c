/**
 * A pino logger whose every line goes through the pipeline, with the extras of hushlog on it and on its children.
 */
import pino, { type Bindings, type ChildLoggerOptions, type Logger, type LoggerOptions } from 'pino'
import { activeOperation, type Operation } from '../context.ts'

import { boundedCopy } from '../scrub/value.ts'
import { type AuditEvent, type Extras, type Hushlog, KIND, type Kind, type PinoOptions } from '../types.ts'
import { writeAudit } from './audit.ts'
import { WATCHED } from './duplicates.ts'
import { errorSerializer } from './error-serializer.ts'
import { BOUND, type Pipeline } from './pipeline.ts'

const PIPELINE = Symbol('hushlog.pipeline')
const OPERATION = Symbol('hushlog.operation')
/** What its own bindings say of operation and id. */
const OWN = Symbol('hushlog.bound')
/** The names that stand in each of its lines, and whether one stands twice. */
const NAMES = Symbol('hushlog.names')
const REPEATS = Symbol('hushlog.repeats')

interface Inside {
  [PIPELINE]: Pipeline
  [OPERATION]: Operation | undefined
  [OWN]: number
  [NAMES]: Record<string, true>
  [REPEATS]: boolean
}
type Inner = Logger & Inside

export type LifeExtras = Pick<Extras, 'hide' | 'flush' | 'close' | 'stats'>

export function createLogger(pipeline: Pipeline, options: PinoOptions, extras: LifeExtras): Hushlog {
  const logger = pino(pinoOptions(pipeline, options), {
    write: (line: string) => pipeline.write(line),
  }) as unknown as Inner
  logger[PIPELINE] = pipeline
  logger[OPERATION] = undefined
  logger[OWN] = 0
  logger[REPEATS] = false
  logger[NAMES] = names(undefined, [
    ...WATCHED,
    options.messageKey ?? 'msg',
    ...Object.keys(options.base ?? {}),
  ])
  return Object.assign(defineAudit(logger), extras, bindingMethods(logger)) as unknown as Hushlog
}

/** pino's own methods, which then note what has been bound. */
function bindingMethods({ child, setBindings }: Logger): object {
  return {
    child(this: Inner, bindings: Bindings, options?: ChildLoggerOptions) {
      return noteBindings(childOf(this, child, bindings, options), bindings)
    },
    setBindings(this: Inner, bindings: Bindings) {
      setBindings.call(this, bindings)
      noteBindings(this, bindings)
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
    const write = (logger as unknown as Record<string, unknown>)[level] ?? logger.info
    if (typeof write === 'function') write.call(logger, fields, msg)
  } finally {
    pipeline.kind = kindBefore
  }
}

function pinoOptions(pipeline: Pipeline, options: PinoOptions): LoggerOptions {
  const { hooks, mixin, base } = options
  return {
    ...options,
    base: base ?? null,
    timestamp: () => pipeline.stamp(),
    serializers: { err: errorSerializer, ...options.serializers },
    hooks: { ...hooks, logMethod: hookFor(pipeline, hooks?.logMethod) },
    ...(mixin === undefined ? {} : { mixin: watchedMixin(pipeline, mixin) }),
  }
}

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>

/** Around each log call: says whose record it is, and turns what is thrown on the way into a safe line. */
function hookFor(pipeline: Pipeline, users: LogMethod | undefined): LogMethod {
  return function (this: Logger, args, method, level) {
    const logger = this as Inner
    if (!areUsual(args)) makeUsual(args)
    const repeats = logger[REPEATS] || mayRepeat(args[0], logger[NAMES], pipeline.kind !== KIND.app)
    within(logger, pipeline.kind, level, repeats, () => {
      try {
        if (users === undefined) method.apply(this, args)
        else users.call(this, args, method, level)
      } catch (error) {
        afterThrow(
          pipeline,
          level,
          error,
          () => method.apply(this, plainArguments(args) as typeof args),
          users === undefined,
        )
      }
    })
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

/** Runs `fn` as the making of one record. Records may be made while another one is: a serializer may log. */
function within<T>(logger: Inner, kind: Kind, level: number, repeats: boolean, fn: () => T): T {
  const pipeline = logger[PIPELINE]
  const { operation, bound, mayRepeat } = pipeline
  const before = { level: pipeline.level, kind: pipeline.kind }
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
    pipeline.level = before.level
    pipeline.kind = before.kind
    pipeline.mayRepeat = mayRepeat
  }
}

/** Once more with plain copies of what was logged; then a stub that names the error and nothing of the line. */
function afterThrow(
  pipeline: Pipeline,
  level: number,
  error: unknown,
  again: () => void,
  mayTry: boolean,
): void {
  try {
    if (!mayTry) throw error
    again()
  } catch {
    // A hook may have written already, and a serializer of the program's own throws on plain copies too.
    pipeline.withhold(error, level)
  }
}

function plainArguments(args: readonly unknown[]): unknown[] {
  return args.map((arg) => (typeof arg === 'object' ? boundedCopy(arg) : arg))
}

/** @param isOurs whether hushlog itself says the record's kind */
function mayRepeat(first: unknown, names: Record<string, true>, isOurs: boolean): boolean {
  if (typeof first !== 'object' || first === null) return false
  try {
    if (first instanceof Error) return false
    for (const name in first) if (names[name] === true && !(isOurs && name === 'kind')) return true
  } catch {
    return true
  }
  return false
}

function watchedMixin(
  pipeline: Pipeline,
  mixin: NonNullable<LoggerOptions['mixin']>,
): NonNullable<LoggerOptions['mixin']> {
  return (fields, level, logger) => {
    const mixed = mixin(fields, level, logger)
    if (!pipeline.mayRepeat) pipeline.mayRepeat = mayRepeat(mixed, (logger as unknown as Inner)[NAMES], false)
    return mixed
  }
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
    return child.call(parent, bindings, options as never) as unknown as Inner
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
    (name) => logger[NAMES][name] === true && !((BOUND[name as keyof typeof BOUND] ?? 0) & ~own),
  )
  logger[OWN] = own | flags
  logger[REPEATS] = logger[REPEATS] || repeats
  logger[NAMES] = names(logger[NAMES], bound)
  return logger
}

function names(before: Record<string, true> | undefined, more: readonly string[]): Record<string, true> {
  const all: Record<string, true> = Object.assign(Object.create(null), before)
  for (const name of more) all[name] = true
  return all
}
