/**
 * What all wrapped loggers have in common: a scrubber that fails closed, and perhaps a store that gets each record
 * too.
 */
import type { Operation } from '../../context.ts'
import type { LineScrubber } from '../../scrub/scrubber.ts'
import { asErrors } from './errors.ts'
import { shown } from './shown.ts'

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LevelName = (typeof LEVELS)[number]

/** Takes a record into the store. Never throws. */
export type Recorder = (
  level: LevelName,
  fields: object,
  msg: string | undefined,
  operation?: Operation,
) => void

export const WITHHELD = 'a line was withheld: it could not be made safe'

export interface WrapGateOptions {
  scrubber: LineScrubber
  /** Whether control characters in text are shown rather than obeyed. */
  escapes: boolean
  record?: Recorder | undefined
}

export class WrapGate {
  readonly record: Recorder | undefined
  #scrubber: LineScrubber
  #escapes: boolean

  constructor(options: WrapGateOptions) {
    this.#scrubber = options.scrubber
    this.#escapes = options.escapes
    this.record = options.record
  }

  /** A finished line of JSON. */
  json(line: string, stub: () => string): string {
    try {
      return this.line(line)
    } catch {
      return stub()
    }
  }

  /** The same. @throws what the scrubber throws */
  line(text: string): string {
    return isObject(text) ? this.#scrubber.line(text, true) : this.#scrubber.text(text)
  }

  /** Finished text for people. */
  text(text: string): string {
    return this.made(() => text)
  }

  /** The same of text that is still to be made, which may fail. */
  made(make: () => string): string {
    try {
      const clean = this.line(make())
      return this.#escapes ? shown(clean) : clean
    } catch {
      return WITHHELD
    }
  }

  /** Text without its secrets and otherwise as it is. @throws what the scrubber throws */
  scrub(text: string): string {
    return this.#scrubber.text(text)
  }

  /** A clean copy; errors stay errors. @throws what the scrubber throws */
  value<T>(value: T): T {
    return asErrors(value, this.#scrubber.value(value)) as T
  }

  /** The same of a record, which must stay one. @throws also where it cannot be read */
  object<T extends object>(record: T): T {
    const clean = this.value(record)
    if (clean === null || typeof clean !== 'object') throw new TypeError('the record cannot be read')
    return clean
  }
}

/** Whether it is one line that looks like an object in JSON, as loggers make them: parsing it would tell no more. */
function isObject(text: string): boolean {
  if (!text.startsWith('{"')) return false
  const lineEnd = text.indexOf('\n')
  const end = lineEnd === -1 ? text.length : lineEnd
  return end >= text.length - 1 && text[end - 1] === '}'
}

/** The name of pino's level at or under a number. */
export function levelNamed(level: number): LevelName {
  return LEVELS[Math.min(5, Math.max(0, Math.floor(level / 10) - 1))]
}
