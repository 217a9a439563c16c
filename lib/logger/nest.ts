import type { Hushlog } from '../types.ts'

/*
 * What NestJS calls a LoggerService. Of its types only the shape, so that programs without NestJS compile.
 */

type Write = (message: unknown, ...parameters: unknown[]) => void

export interface NestLogger {
  log: Write
  fatal: Write
  error: Write
  warn: Write
  debug: Write
  verbose: Write
}

/** NestJS's levels by pino's. */
const LEVELS = {
  log: 'info',
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  debug: 'debug',
  verbose: 'trace',
} as const

/** Contexts are names of classes: few. */
const MAX_CONTEXTS = 1000

/**
 * Lets NestJS log through this logger: `NestFactory.create(AppModule, { logger: nestLogger(log) })`. The context that
 * NestJS gives stands as `context`, a stack that came with an error's text as `stack`, an error that came with a
 * message as `err`, other parameters as `params`.
 */
export function nestLogger(log: Hushlog): NestLogger {
  const contexts = new Map<string, Hushlog>()
  const loggerOf = (context: string) => {
    const known = contexts.get(context)
    if (known !== undefined) return known
    const child = log.child({ context }) as unknown as Hushlog
    if (contexts.size < MAX_CONTEXTS) contexts.set(context, child)
    return child
  }
  const writer = (level: (typeof LEVELS)[keyof typeof LEVELS]): Write => {
    return (message, ...parameters) => {
      const params = parameters.filter((parameter) => parameter !== undefined)
      const context = isContext(params.at(-1)) ? (params.pop() as string) : undefined
      const logger = context === undefined ? log : loggerOf(context)
      if (typeof message !== 'object') logger[level](fieldsOf(params), String(message))
      else if (params.length === 0) logger[level](message)
      else (logger.child({ params }) as unknown as Hushlog)[level](message)
    }
  }
  const names = Object.entries(LEVELS).map(([name, level]) => [name, writer(level)])
  return Object.fromEntries(names) as NestLogger
}

/** A stack comes last as well where a class has not told NestJS its name. */
function isContext(param: unknown): boolean {
  return typeof param === 'string' && !isStack(param)
}

function isStack(param: unknown): boolean {
  return typeof param === 'string' && param.includes('\n    at ')
}

function fieldsOf(params: unknown[]): object {
  if (params.length === 0) return {}
  const [only] = params
  if (params.length > 1) return { params }
  if (only instanceof Error) return { err: only }
  return isStack(only) ? { stack: only } : { params }
}
