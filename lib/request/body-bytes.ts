import type { ServerResponse } from 'node:http'

/*
 * How many bytes of its body a response was given to send. Counted where the response itself takes them, so a
 * compression middleware mounted later hands over what it made of them.
 */

const COUNT = Symbol('hushlog.bodyBytes')

interface Count {
  bytes: number
  /** While `end` runs: HTTP/2's calls `write` for the chunk that `end` has counted already. */
  ending: boolean
  readonly write: ServerResponse['write']
  readonly end: ServerResponse['end']
}

type Counted = ServerResponse & { [COUNT]: Count }

export function countBody(res: ServerResponse): void {
  const counted = res as Counted
  counted[COUNT] = { bytes: 0, ending: false, write: res.write, end: res.end }
  res.write = countedWrite as ServerResponse['write']
  res.end = countedEnd as ServerResponse['end']
}

/** Bytes of the body that went out: none for HEAD and for statuses that have no body, whatever was written. */
export function bodyBytes(method: string | undefined, statusCode: number, res: ServerResponse): number {
  if (method === 'HEAD' || statusCode === 204 || statusCode === 304 || statusCode < 200) return 0
  return (res as Counted)[COUNT].bytes
}

function countedWrite(this: Counted, ...args: unknown[]): unknown {
  const count = this[COUNT]
  if (!count.ending) add(this, count, args)
  return Reflect.apply(count.write, this, args)
}

function countedEnd(this: Counted, ...args: unknown[]): unknown {
  const count = this[COUNT]
  add(this, count, args)
  const before = count.ending
  count.ending = true
  try {
    return Reflect.apply(count.end, this, args)
  } finally {
    count.ending = before
  }
}

function add(res: ServerResponse, count: Count, [chunk, encoding]: unknown[]): void {
  if (!res.writableEnded && !res.destroyed) count.bytes += lengthOf(chunk, encoding)
}

function lengthOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') {
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  }
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}
