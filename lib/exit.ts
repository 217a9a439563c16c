/**
 * Writes what is still in memory when the process ends: at exit, after an uncaught exception, and on signals that
 * end it. The program's own handlers still run and its exit code stays. The package signal-exit listens, since
 * libraries that listen on their own and wait for each other keep a program from ending at all.
 */
import { onExit } from 'signal-exit'

const flushers = new Set<() => void>()
let watching = false

/** Calls `flush` once before the process ends. Returns what takes it back. */
export function flushAtExit(flush: () => void): () => void {
  flushers.add(flush)
  if (!watching) onExit(flushAtEnd, { alwaysLast: true })
  watching = true
  return () => flushers.delete(flush)
}

function flushAtEnd(_code: number | null | undefined, signal: NodeJS.Signals | null): void {
  flushAll()
  // Process 1 of a container outlives a signal that it does not handle, and nothing else listens after the first.
  if (signal) process.on('exit', flushAll)
}

function flushAll(): void {
  for (const flush of flushers) {
    try {
      flush()
    } catch {
      // The process is ending; the others must still be written.
    }
  }
}
