/**
 * The short way of a plain log call: an object of fields, a message, or both. What pino puts around the fields is
 * learned from a line that pino itself has made for this logger and level, and checked against it; from then on the
 * line is put together here, with one JSON.stringify in place of one for each field. Everything else goes pino's way:
 * errors, requests, serializers, formats, redaction, mixins.
 */
import { channel } from 'node:diagnostics_channel'
import type { ChildLoggerOptions, LoggerOptions } from 'pino'

/** What stands before the stamp and after it, in every line of one logger and level. */
interface Frame {
  before: string
  after: string
}

/** A logger that writes few lines, such as a request's, is not worth learning. */
const CALLS_BEFORE = 1

/** pino's own tracing sees all lines or none. */
const tracing = channel('tracing:pino_asJson:start')

/** The frames of one logger by level: first how often it was called, then what was learned, false for nothing. */
export class Frames {
  #byLevel = new Map<number, number | Frame | false>()

  of(level: number): Frame | undefined {
    const known = this.#byLevel.get(level)
    return typeof known === 'object' ? known : undefined
  }

  /** Whether the line that is made next shall be shown to `learn`. */
  wants(level: number): boolean {
    const known = this.#byLevel.get(level) ?? 0
    if (typeof known !== 'number') return false
    this.#byLevel.set(level, known + 1)
    return known >= CALLS_BEFORE
  }

  /** Takes apart a line that pino has made of `rest` with this stamp. */
  learn(level: number, line: string, stamp: string, rest: string): void {
    const at = line.indexOf(stamp)
    const end = line.length - rest.length
    const isClear = at !== -1 && at + stamp.length <= end && line.endsWith(rest)
    const frame = { before: line.slice(0, at), after: line.slice(at + stamp.length, end) }
    this.#byLevel.set(level, isClear ? frame : false)
  }
}

/**
 * What pino writes after a logger's own bindings, up to the line's end, for the arguments of a call whose fields
 * `Names.look` takes for plain; nothing where only pino can tell.
 * @throws what JSON.stringify throws
 */
export function restOf(args: readonly unknown[]): string | undefined {
  if (args.length > 2 || tracing.hasSubscribers) return undefined
  const [first, second] = args
  if (typeof first === 'string') return args.length === 1 ? `,"msg":${JSON.stringify(first)}}\n` : undefined
  if (typeof first !== 'object' || first === null) return undefined
  if (typeof second !== 'string' && second !== undefined) return undefined
  const fields = JSON.stringify(first)
  if (fields === undefined || fields.charCodeAt(0) !== 0x7b) return undefined
  const members = fields.length === 2 ? '' : `,${fields.slice(1, -1)}`
  return second === undefined ? `${members}}\n` : `${members},"msg":${JSON.stringify(second)}}\n`
}

/** Options that change how pino makes a line of its arguments. */
const CHANGING = [
  'redact',
  'serializers',
  'nestedKey',
  'messageKey',
  'errorKey',
  'mixin',
  'msgPrefix',
  'crlf',
] as const

/** Whether a logger with these options makes plain lines of plain calls. */
export function allowsDirect(options: LoggerOptions): boolean {
  const changes = CHANGING.some((name) => options[name] !== undefined)
  return !changes && options.formatters?.log === undefined && options.hooks === undefined
}

/** The same of a child's own options. */
export function childAllowsDirect(options: ChildLoggerOptions | undefined): boolean {
  return options === undefined || Object.keys(options).every((name) => name === 'level')
}
