/**
 * The thread in which a transport runs, as the text that it is started from: a file would have to be found at run
 * time, and a bundler would rewrite what loads the transport. It tells through shared memory how much it has taken,
 * so that an exit can wait for it.
 */

import type { MessagePort } from 'node:worker_threads'

/** Places in the shared memory: bytes taken, lines taken, and whether the transport has ended (1) as it was told to. */
export const TAKEN_BYTES = 0
export const TAKEN_LINES = 1
export const HAS_ENDED = 2
export const PLACES = 3

/** What it is told. */
export type ToThread = { code: 'LINES'; bytes: Uint8Array; count: number } | { code: 'END' }

/** What pino tells its transports, on the thread's own port, where they listen for it. */
export interface PinoConfig {
  code: 'PINO_CONFIG'
  config: {
    levels: { labels: Record<number, string>; values: Record<string, number> }
    messageKey: string
    errorKey: string
  }
}

export interface ThreadData {
  /** The URL of a module. */
  filename: string
  taken: Int32Array
  /** A port of its own: on the thread's own port a message would be lost on who listens first. */
  lines: MessagePort
  /** The transport's options, where transports of pino look for what pino can do. */
  workerData: object
  /** Known by the threads of transports alone. */
  isTransport: true
}

export const THREAD: string = `
const { workerData } = require('node:worker_threads')
const { taken, filename, lines } = workerData
const waiting = []
let destination
let isFull = false
let isEnding = false

lines.on('message', (message) => {
  if (message.code === 'LINES') waiting.push(message)
  if (message.code === 'END') isEnding = true
  pump()
})

function pump() {
  while (destination !== undefined && !isFull && waiting.length > 0) {
    const { bytes, count } = waiting.shift()
    const next = () => add(bytes.length, count)
    if (destination.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()) !== false) next()
    else waitFor(next)
  }
  if (destination !== undefined && isEnding && !isFull && waiting.length === 0) {
    isEnding = false
    destination.end()
  }
}

function waitFor(next) {
  isFull = true
  destination.once('drain', () => {
    isFull = false
    next()
    pump()
  })
}

function add(bytes, count) {
  Atomics.add(taken, ${TAKEN_LINES}, count)
  Atomics.add(taken, ${TAKEN_BYTES}, bytes)
  Atomics.notify(taken, ${TAKEN_BYTES})
}

function close() {
  Atomics.store(taken, ${HAS_ENDED}, 1)
  Atomics.notify(taken, ${HAS_ENDED})
  process.exit(0)
}

async function start() {
  let build = await import(filename)
  for (let i = 0; i < 2 && typeof build === 'object'; i++) build = build.default
  destination = await build(workerData.workerData)
  destination.on('error', (error) => { throw error })
  destination.on('close', close)
  pump()
}

start().catch((error) => process.nextTick(() => { throw error }))
`
