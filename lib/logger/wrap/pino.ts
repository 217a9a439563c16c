import pino, { type Logger } from 'pino'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Undo } from './undo.ts'

interface Stream {
  write(line: string): unknown
}

/** pino exports the symbol under which a logger keeps its stream; loggers of other copies of pino bear one too. */
function streamSymbol(logger: object): symbol | undefined {
  const own = pino.symbols.streamSym as unknown as symbol
  if (own in logger) return own
  for (let at: object | null = logger; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertySymbols(at).find((symbol) => symbol.description === own.description)
    if (found !== undefined) return found
  }
  return undefined
}

export function isPino(logger: object): boolean {
  return (
    typeof (logger as Logger).child === 'function' &&
    typeof (logger as Logger).bindings === 'function' &&
    streamSymbol(logger) !== undefined
  )
}

/** Stands between the logger and its stream: each finished line is scrubbed before the stream sees it. */
export function wrapPino(logger: Logger, scrubber: Scrubber): Undo {
  const symbol = streamSymbol(logger) as symbol
  const holder = logger as unknown as Record<symbol, Stream>
  const stream = holder[symbol]
  const write = (line: string) => stream.write(safely(scrubber, line))
  holder[symbol] = new Proxy(stream, {
    get(target, name) {
      if (name === 'write') return write
      const member = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  })
  return () => {
    holder[symbol] = stream
  }
}

function safely(scrubber: Scrubber, line: string): string {
  try {
    return scrubber.text(line)
  } catch {
    return '{"level":50,"msg":"a line was withheld: it could not be made safe"}\n'
  }
}
