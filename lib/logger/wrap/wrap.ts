/**
 * Puts the gate under a logger that a program has already. The logger stays the same object with the same API.
 */
import type { Logger } from 'pino'
import { HushlogError } from '../../errors.ts'
import { bunyanTarget, wrapBunyan } from './bunyan.ts'
import { isConsole, wrapConsole } from './console.ts'
import { isPino, wrapPino } from './pino.ts'
import type { Undo } from './undo.ts'
import { winstonTarget, wrapWinston } from './winston.ts'
import type { WrapGate } from './wrap-gate.ts'

export interface Wrappable {
  /** What is wrapped with it and can be only once: the logger itself, or the one that writes for it. */
  target: object
  wrap(gate: WrapGate): Undo
}

/** How a logger is wrapped; nothing for what is no logger that wrap() knows. */
export function wrappable(logger: object): Wrappable | undefined {
  if (logger === null || typeof logger !== 'object') return undefined
  return KINDS.map((kind) => kind(logger)).find((found) => found !== undefined)
}

export function unknownLogger(logger: unknown): HushlogError {
  return new HushlogError(
    'HUSHLOG_OPTION',
    `wrap() takes a logger of pino, winston 3 or bunyan, or a console, got ${describe(logger)}`,
    { hint: 'for what writes text to a stream, such as morgan, there is scrubStream()' },
  )
}

const KINDS: readonly ((logger: object) => Wrappable | undefined)[] = [
  (logger) => (isPino(logger) ? of(logger as Logger, wrapPino) : undefined),
  (logger) => of(winstonTarget(logger), wrapWinston),
  (logger) => of(bunyanTarget(logger), wrapBunyan),
  (logger) => (isConsole(logger) ? of(logger, wrapConsole) : undefined),
]

function of<T extends object>(
  target: T | undefined,
  wrap: (target: T, gate: WrapGate) => Undo,
): Wrappable | undefined {
  return target === undefined ? undefined : { target, wrap: (gate) => wrap(target, gate) }
}

function describe(value: unknown): string {
  return value === null || typeof value !== 'object'
    ? value === null
      ? 'null'
      : `a ${typeof value}`
    : `an object of class ${value.constructor?.name ?? 'none'}`
}
