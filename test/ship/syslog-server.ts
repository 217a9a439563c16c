/**
 * A syslog server for tests, over TLS or TCP, that reads frames by their lengths and nothing else.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Test } from 'tap'
import type { Certificate } from '../certificates.d.ts'

export interface Message {
  /** As RFC 5424 names them. */
  pri: number
  timestamp: string
  hostname: string
  appName: string
  procId: string
  msgId: string
  sequenceId: number
  /** Without the byte order mark that it must begin with. */
  msg: string
}

const HEADER =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([!-~]{1,255}) ([!-~]{1,48}) (\d{1,128}) ([!-~]{1,32}) \[meta sequenceId="([1-9]\d*)"\] \ufeff/

export function messageOf(frame: Buffer): Message {
  const text = new TextDecoder('utf8', { fatal: true, ignoreBOM: true }).decode(frame)
  const parts = HEADER.exec(text)
  if (parts === null) throw new Error(`no message of RFC 5424: ${text.slice(0, 200)}`)
  const [all, pri, timestamp, hostname, appName, procId, msgId, id] = parts
  const numbers = { pri: Number(pri), sequenceId: Number(id) }
  return { ...numbers, timestamp, hostname, appName, procId, msgId, msg: text.slice(all.length) }
}

/** Takes chunks of a stream and gives the frames that are whole. */
export class FrameReader {
  #rest = Buffer.alloc(0)

  take(chunk: Uint8Array): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const frames: Buffer[] = []
    for (;;) {
      const blank = this.#rest.indexOf(' ')
      const digits = this.#rest.subarray(0, blank === -1 ? undefined : blank).toString('latin1')
      if (!/^([1-9]\d{0,9})?$/.test(digits)) throw new Error(`no length: ${digits.slice(0, 40)}`)
      const end = blank + 1 + Number(digits)
      if (blank === -1 || this.#rest.length < end) return frames
      frames.push(this.#rest.subarray(blank + 1, end))
      this.#rest = this.#rest.subarray(end)
    }
  }

  get isEmpty(): boolean {
    return this.#rest.length === 0
  }
}

export interface Receiver {
  port: number
  messages: Message[]
  /** All that was received, as text. */
  text(): string
  /** How many connections there were. */
  connections: number
  close(): Promise<void>
}

export interface ReceiverOptions {
  tls?: Certificate
  port?: number
  /** Instead of reading. */
  onConnection?: (socket: Socket, nth: number) => void
  /** After each message. */
  onMessage?: (socket: Socket, count: number) => void
  /** It does not close when the sender has. Without TLS. */
  isHalfOpen?: boolean
}

export async function receiver(t: Test, options: ReceiverOptions = {}): Promise<Receiver> {
  const { tls, onConnection, onMessage } = options
  const sockets = new Set<Socket>()
  const chunks: Buffer[] = []
  const received: Receiver = {
    port: 0,
    messages: [],
    connections: 0,
    text: () => Buffer.concat(chunks).toString(),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      if (server.listening) {
        server.close()
        await once(server, 'close')
      }
    },
  }
  const serve = (socket: Socket) => {
    received.connections++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    if (onConnection !== undefined) return onConnection(socket, received.connections)
    const reader = new FrameReader()
    socket.on('data', (chunk: Buffer) => {
      if (socket.destroyed) return
      chunks.push(chunk)
      for (const frame of reader.take(chunk)) {
        if (socket.destroyed) return
        received.messages.push(messageOf(frame))
        onMessage?.(socket, received.messages.length)
      }
    })
    return undefined
  }
  const server: Server =
    tls === undefined
      ? createServer({ allowHalfOpen: options.isHalfOpen === true }, serve)
      : createTlsServer({ cert: tls.cert, key: tls.key }, serve)
  server.on('tlsClientError', () => {})
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  received.port = (server.address() as AddressInfo).port
  t.teardown(() => received.close())
  return received
}
