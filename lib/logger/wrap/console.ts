import { formatWithOptions, inspect } from 'node:util'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Undo } from './undo.ts'

type Method = (...args: unknown[]) => void

/** Methods that format their arguments as `console.log` does. */
const FORMATTING = ['log', 'info', 'debug', 'warn', 'error', 'trace', 'group', 'groupCollapsed'] as const
const WITHHELD = 'a line was withheld: it could not be made safe'

/** Formats first and scrubs the finished text, so that nothing in an argument gets past. */
export function wrapConsole(target: Console, scrubber: Scrubber): Undo {
  const methods = target as unknown as Record<string, Method>
  const before = new Map<string, Method>()
  const replace = (name: string, made: (original: Method) => Method) => {
    const original = methods[name]
    if (typeof original !== 'function') return
    before.set(name, original)
    methods[name] = made(original)
  }
  for (const name of FORMATTING) {
    replace(name, (original) => (...args) => {
      if (args.length === 0) original.call(target)
      else
        original.call(
          target,
          '%s',
          safely(() => scrubber.text(formatWithOptions({}, ...args))),
        )
    })
  }
  replace('dir', () => (value, options) => {
    const text = safely(() => scrubber.text(inspect(value, { customInspect: false, ...(options as object) })))
    before.get('log')?.call(target, '%s', text)
  })
  replace(
    'table',
    (original) => (data, columns) => original.call(target, safelyValue(scrubber, data), columns),
  )
  replace('assert', (original) => (condition, ...args) => {
    if (!condition)
      original.call(
        target,
        false,
        '%s',
        safely(() => scrubber.text(formatWithOptions({}, ...args))),
      )
  })
  return () => {
    for (const [name, original] of before) methods[name] = original
  }
}

function safely(make: () => string): string {
  try {
    return make()
  } catch {
    return WITHHELD
  }
}

function safelyValue(scrubber: Scrubber, value: unknown): unknown {
  try {
    return scrubber.value(value)
  } catch {
    return WITHHELD
  }
}
