/**
 * What an instrumentation of pino, such as OpenTelemetry's, has put into a logger when pino returns it: a mixin of its
 * own, which composes with ours, and a stream beside ours, which would get lines that have not passed the gate.
 */
import pino, { type Logger, type LoggerOptions } from 'pino'

export type Mixin = NonNullable<LoggerOptions['mixin']>

/** Gives the logger its own stream back. */
export function takeBackStream(logger: Logger, stream: object): void {
  const holder = logger as unknown as Record<symbol, unknown>
  const symbol = pino.symbols.streamSym as unknown as symbol
  if (holder[symbol] !== stream) holder[symbol] = stream
}

/** Puts something around the mixin that the logger has, whoever gave it. False when it has none. */
export function wrapMixin(logger: Logger, around: (mixin: Mixin) => Mixin): boolean {
  const holder = logger as unknown as Record<symbol, Mixin | undefined>
  const symbol = (pino.symbols as unknown as Record<string, symbol>).mixinSym
  const mixin = holder[symbol]
  if (typeof mixin !== 'function') return false
  holder[symbol] = around(mixin)
  return true
}
