/**
 * The content of an object on its way out. The SDK waits for ever for a stream that fails or is shorter than was said;
 * here the request is given up.
 */
import { Readable } from 'node:stream'
import { errorCode } from '../../errors.ts'
import { ShipFailure } from '../failure.ts'
import type { ShipObject } from '../target.ts'

/**
 * Hands a stream and a signal to what sends it, and gives back what that resolves with.
 * @throws ShipFailure of scope `object` when the content cannot be read or has another length
 */
export async function sending<T>(
  object: ShipObject,
  outer: AbortSignal | undefined,
  send: (body: Readable, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const abort = () => stop.abort()
  let failure: ShipFailure | undefined
  // Opened when it is read from, since until then nobody would hear that it fails.
  let content: Readable | undefined
  const open = () => (content = object.open())
  // Blocks as objects: a stream of bytes would copy them together.
  const body = Readable.from(counted(object, open))
  body.once('error', (error) => {
    failure = unreadable(object, error)
    abort()
  })
  outer?.addEventListener('abort', abort, { once: true })
  if (outer?.aborted) abort()
  try {
    return await send(body, stop.signal)
  } catch (error) {
    throw failure ?? error
  } finally {
    outer?.removeEventListener('abort', abort)
    body.destroy()
    content?.destroy()
  }
}

async function* counted(object: ShipObject, open: () => Readable): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of open()) {
    bytes += chunk.length
    if (bytes > object.bytes) break
    yield chunk
  }
  if (bytes !== object.bytes)
    throw new ShipFailure(`${object.key} has not the ${object.bytes} bytes that it had`, { scope: 'object' })
}

function unreadable({ key }: ShipObject, error: unknown): ShipFailure {
  if (error instanceof ShipFailure) return error
  return new ShipFailure(`${key} cannot be read: ${errorCode(error)}`, { scope: 'object' })
}
