import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { runInside } from '../context.ts'
import type { Hushlog } from '../types.ts'
import { STATUS } from './access-record.ts'
import { attempt } from './attempt.ts'
import { begin, meet } from './lifecycle.ts'
import { checkLogger, type RequestOptions, requestSettings } from './options.ts'
import { expressLike } from './state.ts'

/*
 * Requests that leave HTTP: websocket handshakes, and CONNECT. Node gives their handlers the bare socket, and no
 * response, so the status is read from the first line that is written there.
 */

export type UpgradeHandler<Req> = (req: Req, socket: Duplex, next?: () => void) => void

/**
 * Logs what a server's events `upgrade` and `connect` bring:
 * `server.on('upgrade', (req, socket, head) => logUpgrade(req, socket, () => accept(req, socket, head)))`.
 * The record is written with the answer: 101 when it was accepted, else the status that refused it; `aborted` when
 * the connection ends without one. `req.log` bears the request's id as long as the connection lasts, and what is
 * called inside the third argument runs in its operation. The id is not echoed: the answer is the program's.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function upgradeLogger<Req extends IncomingMessage = IncomingMessage>(
  log: Hushlog,
  options?: RequestOptions<Req>,
): UpgradeHandler<Req> {
  checkLogger(log, 'upgradeLogger')
  const settings = requestSettings(options, 'upgradeLogger')
  return function logUpgrade(req, socket, next) {
    const state = begin(log, req, handshakeOf(req, socket), settings)
    meet(state, req, expressLike)
    if (next !== undefined) runInside(state.operation, () => next())
  }
}

/** A response that is never sent: it gets the status and the body that are written to the socket. */
export function handshakeOf(req: IncomingMessage, socket: Duplex): ServerResponse {
  const res = new ServerResponse(req)
  let head: Buffer = EMPTY
  const unwatch = (['write', 'end'] as const).map((name) =>
    watch(socket, name, (chunk, encoding) => {
      const bytes = bytesOf(chunk, encoding)
      head = head.length === 0 ? bytes : Buffer.concat([head, bytes])
      if (head.length < STATUS.to) return
      const status = statusIn(head)
      const isInterim = status !== undefined && status < 200 && status !== SWITCHING
      // What is no HTTP is a tunnel: whatever looks like an answer further on is somebody else's.
      if (!isInterim) for (const stop of unwatch) stop()
      if (status !== undefined && !isInterim) attempt(() => finish(res, { status, body: bodyIn(head) }))
      head = EMPTY
    }),
  )
  return res
}

/** Tells `see` what a method of the socket is given. Returns what puts the method back. */
function watch(
  socket: Duplex,
  name: 'write' | 'end',
  see: (chunk: unknown, encoding: unknown) => void,
): () => void {
  const method = socket[name]
  let isSeen = false
  const watched = function (this: Duplex, ...args: unknown[]): unknown {
    if (!isSeen) see(args[0], args[1])
    return Reflect.apply(method, this, args)
  }
  Object.assign(socket, { [name]: watched })
  return () => {
    isSeen = true
    if ((socket[name] as unknown) === watched) Object.assign(socket, { [name]: method })
  }
}

function finish(res: ServerResponse, { status, body }: Answer): void {
  res.writeHead(status)
  res.end(body)
  res.emit('finish')
}

interface Answer {
  status: number
  body: Buffer
}

const SWITCHING = 101
const EMPTY = Buffer.alloc(0)

/** No copy, but of text. */
function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  if (typeof chunk !== 'string') return EMPTY
  return Buffer.from(chunk, Buffer.isEncoding(encoding as string) ? (encoding as BufferEncoding) : 'utf8')
}

/** The status in the first line of an answer. */
function statusIn(bytes: Buffer): number | undefined {
  if (!bytes.toString('latin1', 0, STATUS.from).startsWith('HTTP/1.')) return undefined
  const status = Number(bytes.toString('latin1', STATUS.from, STATUS.to))
  return status >= 100 && status <= 999 ? status : undefined
}

/** What stands behind the head, if that is whole. */
function bodyIn(bytes: Buffer): Buffer {
  const headEnd = bytes.indexOf('\r\n\r\n')
  return headEnd === -1 ? EMPTY : bytes.subarray(headEnd + 4)
}
