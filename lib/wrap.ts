/**
 * Loggers that a program has already, behind the gate and, if it wants, into the store: wrap() and unwrap().
 */
import { checkFields, refuse } from './checks.ts'
import { runInside } from './context.ts'
import { HushlogError } from './errors.ts'
import { hushlog } from './hushlog.ts'
import { type Undo, undoAll } from './logger/wrap/undo.ts'
import { unknownLogger, wrappable } from './logger/wrap/wrap.ts'
import { type Recorder, WrapGate } from './logger/wrap/wrap-gate.ts'
import { createLineScrubber } from './scrub/scrubber.ts'
import type { Hushlog, HushlogOptions, ScrubOptions, StorageOptions } from './types.ts'

export interface WrapOptions {
  scrub?: ScrubOptions
  /**
   * Each record also goes into a store, stamped with time, operation and request id: into that of a logger of
   * hushlog's, whose `flush()` and `close()` are yours to call, or into one of its own with these options, which is
   * flushed when the process ends and closed by unwrap(). Default: nowhere.
   */
  storage?: Hushlog | StorageOptions
  /** With `storage` options: stands in every record. Default: the name in the program's package.json. */
  service?: string
  /** With `storage` options: told of what goes wrong later. Default: one line on stderr for each kind of error. */
  onError?: HushlogOptions['onError']
  /**
   * In text for people (console, winston's formats that are no JSON) control characters are shown as `\u001b`, apart
   * from colours, and further lines of one text are indented, so that nothing logged can begin a line. Default true.
   */
  escape?: boolean
}

const OPTIONS = ['scrub', 'storage', 'service', 'onError', 'escape']

interface Wrapped {
  undo: Undo
  isStored: boolean
}

const wrapped = new WeakMap<object, Wrapped>()

/**
 * Wraps a logger of pino, winston 3 or bunyan, with its children, or a console: nothing that it emits contains a
 * secret any more. Wrapping twice is the same as once.
 * @returns the same logger
 * @throws HushlogError `HUSHLOG_OPTION` for anything else and for a wrong option, `HUSHLOG_DIRECTORY` for a directory
 * that cannot be used
 */
export function wrap<T extends object>(logger: T, options: WrapOptions = {}): T {
  checkOptions(options)
  if (isHushlog(logger)) return refuseStorage(logger, options)
  const found = wrappable(logger)
  if (found === undefined) throw unknownLogger(logger)
  const { target } = found
  const before = wrapped.get(target)
  if (before !== undefined) return refuseLateStorage(logger, before, options)
  const scrubber = createLineScrubber(options.scrub)
  const store = storeOf(options)
  const record = store === undefined ? undefined : recorderInto(store.log)
  const undo = found.wrap(new WrapGate({ scrubber, escapes: options.escape ?? true, record }))
  wrapped.set(target, { undo: undoAll([undo, () => store?.close()]), isStored: store !== undefined })
  return logger
}

/**
 * Takes the gate out again. A store that wrap() has opened is written before this returns, and closed soon after.
 * Does nothing to a logger that is not wrapped.
 */
export function unwrap<T extends object>(logger: T): T {
  const target = wrappable(logger)?.target ?? logger
  wrapped.get(target)?.undo()
  wrapped.delete(target)
  return logger
}

interface Store {
  log: Hushlog
  close(): void
}

function storeOf({ storage, scrub, service, onError }: WrapOptions): Store | undefined {
  if (storage === undefined) return undefined
  if (isHushlog(storage)) return { log: storage, close() {} }
  const log = hushlog({
    level: 'trace',
    stdout: false,
    service,
    scrub,
    storage: storage as StorageOptions,
    onError,
  })
  return { log, close: () => void log.close().catch((error) => onError?.(error)) }
}

/** Each record in the operation in which it was logged, where that is not the one that runs. */
function recorderInto(log: Hushlog): Recorder {
  return (level, fields, msg, operation) => {
    if (operation === undefined) log[level](fields, msg)
    else runInside(operation, () => log[level](fields, msg))
  }
}

function isHushlog(value: object): value is Hushlog {
  const { audit, hide, stats } = (value ?? {}) as Partial<Hushlog>
  return typeof audit === 'function' && typeof hide === 'function' && typeof stats === 'function'
}

/** A logger of hushlog's stands behind its gate already. */
function refuseStorage<T>(logger: T, { storage }: WrapOptions): T {
  if (storage === undefined) return logger
  throw new HushlogError(
    'HUSHLOG_OPTION',
    'option storage of wrap() is not for a logger of hushlog, which has its own',
  )
}

function refuseLateStorage<T>(logger: T, { isStored }: Wrapped, { storage }: WrapOptions): T {
  if (storage === undefined || isStored) return logger
  throw new HushlogError(
    'HUSHLOG_OPTION',
    'option storage of wrap() comes too late: the logger is wrapped already',
    {
      hint: 'give it when the logger is wrapped first, or unwrap() it before',
    },
  )
}

function checkOptions(options: WrapOptions): void {
  if (options === null || typeof options !== 'object') refuse('options', options, 'an object')
  checkFields(options, OPTIONS, '')
  if (!['undefined', 'boolean'].includes(typeof options.escape))
    refuse('escape', options.escape, 'true or false')
  if (options.storage !== undefined && (options.storage === null || typeof options.storage !== 'object'))
    refuse('storage', options.storage, 'a logger of hushlog or an object of options')
}
