/**
 * Puts the gate under a logger that a program has already. The logger stays the same object with the same API.
 */
import type { Logger } from 'pino'
import { HushlogError } from '../../errors.ts'
import { createScrubber, type Scrubber } from '../../scrub/scrubber.ts'
import type { ScrubOptions } from '../../types.ts'
import { wrapConsole } from './console.ts'
import { isPino, wrapPino } from './pino.ts'
import type { Undo } from './undo.ts'

export interface WrapOptions {
  scrub?: ScrubOptions
}

const wrapped = new WeakMap<object, Undo>()

/**
 * Wraps a pino logger (its children too) or a console: nothing that it emits contains a secret any more. Wrapping
 * twice is the same as once.
 * @returns the same logger
 * @throws HushlogError `HUSHLOG_OPTION` for anything else
 */
export function wrap<T extends object>(logger: T, options: WrapOptions = {}): T {
  if (wrapped.has(logger)) return logger
  const scrubber = createScrubber(options.scrub)
  wrapped.set(logger, wrapperOf(logger)(scrubber))
  return logger
}

/** Takes the gate out again. Does nothing to a logger that is not wrapped. */
export function unwrap<T extends object>(logger: T): T {
  wrapped.get(logger)?.()
  wrapped.delete(logger)
  return logger
}

function wrapperOf(logger: object): (scrubber: Scrubber) => Undo {
  if (isPino(logger)) return (scrubber) => wrapPino(logger as Logger, scrubber)
  if (isConsole(logger)) return (scrubber) => wrapConsole(logger, scrubber)
  throw new HushlogError('HUSHLOG_OPTION', `wrap() takes a pino logger or a console, got ${describe(logger)}`)
}

function isConsole(logger: object): logger is Console {
  const methods = logger as Record<string, unknown>
  return ['log', 'error', 'dir', 'table', 'trace'].every((name) => typeof methods[name] === 'function')
}

function describe(value: unknown): string {
  return value === null || typeof value !== 'object'
    ? String(typeof value)
    : `an object of class ${value.constructor?.name ?? 'none'}`
}
