/*
 * Requests that are not answered yet, by their connection. Of pipelined requests only the first in line has a
 * response that hears of the connection's end; the others are told from here. One listener a connection: one for
 * each request would make the emitter warn of a leak.
 */

interface Connection {
  once(event: 'close', listener: () => void): unknown
}

const open = new WeakMap<Connection, Set<() => void>>()

/** Calls `onClose` when the connection ends. Returns what takes it back. */
export function watchConnection(connection: Connection, onClose: () => void): () => void {
  let waiting = open.get(connection)
  if (waiting === undefined) {
    waiting = new Set()
    open.set(connection, waiting)
    const listeners = waiting
    connection.once('close', () => {
      for (const listener of listeners) listener()
    })
  }
  const listeners = waiting.add(onClose)
  return () => listeners.delete(onClose)
}
