import type { LevelName } from './wrap-gate.ts'

/** As the package triple-beam names them. */
export const LEVEL: unique symbol = Symbol.for('level') as never
export const MESSAGE: unique symbol = Symbol.for('message') as never
export const SPLAT: unique symbol = Symbol.for('splat') as never

/** What goes through winston: the fields of a record, its finished text, and the arguments that it was made of. */
export interface Info {
  [name: string]: unknown
  [LEVEL]?: unknown
  [MESSAGE]?: unknown
  [SPLAT]?: unknown
}

/** The levels of npm, syslog and the command line as winston names them, and ours. */
export const LEVEL_NAMES: Record<string, LevelName | undefined> = {
  emerg: 'fatal',
  alert: 'fatal',
  crit: 'fatal',
  fatal: 'fatal',
  error: 'error',
  warning: 'warn',
  warn: 'warn',
  notice: 'info',
  info: 'info',
  help: 'info',
  data: 'info',
  prompt: 'info',
  input: 'info',
  http: 'info',
  verbose: 'debug',
  debug: 'debug',
  trace: 'trace',
  silly: 'trace',
}
