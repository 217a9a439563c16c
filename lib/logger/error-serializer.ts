/**
 * Errors in full, but for what HTTP clients hang on them: an AxiosError holds its request, its response and its
 * configuration, ten kilobytes with the bearer token in them five times. Of those a few telling fields stay.
 */
import pino from 'pino'

/** Members that hold a client's insides, and what is worth knowing of each. */
const INSIDES: Record<string, readonly string[]> = {
  config: ['method', 'url', 'baseURL', 'timeout'],
  options: ['method', 'url', 'baseURL', 'timeout'],
  request: ['method', 'path', 'host', 'protocol', 'url'],
  response: ['status', 'statusText', 'statusCode', 'statusMessage'],
  req: ['method', 'path', 'url'],
  res: ['status', 'statusCode'],
  agent: [],
  socket: ['remoteAddress', 'remotePort'],
}

export function errorSerializer(error: Error): unknown {
  if (!(error instanceof Error)) return error
  const serialized = pino.stdSerializers.err(error) as unknown as Record<string, unknown>
  const plain: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(serialized)) {
    plain[name] = Object.hasOwn(INSIDES, name) ? outsideOf(value, INSIDES[name]) : value
  }
  return plain
}

function outsideOf(value: unknown, telling: readonly string[]): unknown {
  if (value === null || typeof value !== 'object') return value
  const outside: Record<string, unknown> = {}
  for (const name of telling) {
    const field = (value as Record<string, unknown>)[name]
    if (typeof field === 'string' || typeof field === 'number') outside[name] = field
  }
  return outside
}
