import type { Undo } from './undo.ts'
import type { Info } from './winston-info.ts'

export interface Format {
  transform(info: Info, options?: unknown): Info | boolean
  options?: unknown
}

export interface Transport {
  format?: Format
}

interface Gated {
  /** Wrapped loggers that share the transport. */
  loggers: number
  restore: Undo
}

const gated = new WeakMap<Transport, Gated>()

/** What a transport's format has made is cleaned again, whenever that format was set. */
export function gateFormat(transport: Transport, clean: (info: Info) => Info): Undo {
  const known = gated.get(transport) ?? { loggers: 0, restore: defineFormat(transport, clean) }
  known.loggers++
  gated.set(transport, known)
  return () => {
    if (--known.loggers > 0) return
    gated.delete(transport)
    known.restore()
  }
}

function defineFormat(transport: Transport, clean: (info: Info) => Info): Undo {
  let own = transport.format
  let cleaning = cleaningFormat(own, clean)
  Object.defineProperty(transport, 'format', {
    get: () => cleaning,
    set: (format: Format | undefined) => {
      own = format
      cleaning = cleaningFormat(format, clean)
    },
    enumerable: true,
    configurable: true,
  })
  return () =>
    Object.defineProperty(transport, 'format', {
      value: own,
      writable: true,
      enumerable: true,
      configurable: true,
    })
}

function cleaningFormat(format: Format | undefined, clean: (info: Info) => Info): Format | undefined {
  if (typeof format?.transform !== 'function') return format
  const transform: Format['transform'] = (info, options) => {
    const made = format.transform(info, options)
    return made !== null && typeof made === 'object' ? clean(made) : made
  }
  return Object.create(format, { transform: { value: transform } })
}

/** winston's own transports that write the finished text and look at nothing else, by what they are made of. */
const TEXT_ONLY: Record<string, (transport: Record<string, unknown>) => boolean> = {
  Console: ({ stderrLevels, consoleWarnLevels }) =>
    stderrLevels !== undefined && consoleWarnLevels !== undefined,
  File: ({ _createStream, dirname }) => typeof _createStream === 'function' && typeof dirname === 'string',
  Stream: ({ isObjectMode, _stream }) => isObjectMode === false && _stream !== undefined,
}
/** They stand before a transport and hand over what is an exception. */
const FILTERS = ['ExceptionStream', 'RejectionStream']

export function isTextOnly(transport: Transport): boolean {
  const name = transport.constructor?.name
  if (FILTERS.includes(name)) return isTextOnly((transport as unknown as { transport: Transport }).transport)
  const is = Object.hasOwn(TEXT_ONLY, name) ? TEXT_ONLY[name] : undefined
  return is?.(transport as unknown as Record<string, unknown>) === true && !Object.hasOwn(transport, 'log')
}
