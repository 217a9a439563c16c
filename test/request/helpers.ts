import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { hushlog } from '../../lib/hushlog.ts'
import type { Hushlog, HushlogOptions } from '../../lib/types.ts'
import { isFrame } from '../helpers.ts'

// biome-ignore lint/suspicious/noExplicitAny: whatever the program logged
export type Line = Record<string, any>

export interface Logged {
  log: Hushlog
  /** Everything logged so far. */
  lines(): Promise<Line[]>
  /** The access records so far; waits until there are `count`, and a little for one too many. */
  access(count: number): Promise<Line[]>
}

/** A logger with a store of its own, and what it has stored. */
export function logged(t: Test, options: HushlogOptions = {}): Logged {
  const dir = mkdtempSync(join(tmpdir(), 'hushlog-request-'))
  const log = hushlog({ service: 'test', stdout: false, storage: { dir }, ...options })
  t.teardown(async () => {
    await log.close()
    rmSync(dir, { recursive: true, force: true })
  })
  const lines = async () => {
    await log.flush()
    const open = join(dir, 'open')
    const files = readdirSync(open).filter((name) => name.endsWith('.log'))
    const text = files.map((name) => readFileSync(join(open, name), 'utf8')).join('')
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => !isFrame(line))
  }
  const access = async (count: number) => {
    let records: Line[] = []
    for (let tries = 0; records.length < count && tries < 200; tries++) {
      if (tries > 0) await sleep(10)
      records = (await lines()).filter(({ kind }) => kind === 'access')
    }
    await sleep(20)
    return (await lines()).filter(({ kind }) => kind === 'access')
  }
  return { log, lines, access }
}

export async function listen(
  t: Test,
  server: Server | RequestListener,
): Promise<{ server: Server; port: number; url: string }> {
  const made = typeof server === 'function' ? createServer(server) : server
  made.listen(0, '127.0.0.1')
  await once(made, 'listening')
  t.teardown(() => {
    made.closeAllConnections()
    made.close()
  })
  const { port } = made.address() as AddressInfo
  return { server: made, port, url: `http://127.0.0.1:${port}` }
}

/** A connection that sends exactly this. */
export async function raw(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(Buffer.from(text, 'latin1'))
  return socket
}

/** Everything that comes until `end` does or the connection ends. */
export async function received(socket: Socket, end?: string): Promise<string> {
  let text = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk
    if (end !== undefined && text.includes(end)) break
  }
  return text
}

export const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`

/** Resolves once: a promise and its key. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
