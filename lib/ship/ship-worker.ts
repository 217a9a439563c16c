/**
 * The thread that ships.
 */

import { parentPort } from 'node:worker_threads'
import type { HushlogErrorCode } from '../errors.ts'
import type { TargetStats } from '../types.ts'
import { Shipper, type ShipperConfig } from './shipper.ts'

/** What the thread is asked: first to begin. */
export type Request = { begin: ShipperConfig } | { wake: true } | { close: number }
/** What it tells. */
export type Answer =
  | { failure: { code: HushlogErrorCode; message: string; hint: string | undefined } }
  | { stats: TargetStats[]; isDone: boolean }
  | { closed: true }

const STATS_EVERY = 500

let shipper: Shipper | undefined
let told = ''

const answer = (text: Answer) => parentPort?.postMessage(text)

parentPort?.on('message', (request: Request) => {
  if ('begin' in request) begin(request.begin)
  else if ('wake' in request) shipper?.wake()
  else void close(request.close)
})

function begin(config: ShipperConfig): void {
  shipper = new Shipper({
    ...config,
    onError: ({ code, message, hint }) => answer({ failure: { code, message, hint } }),
  })
  void shipper.start()
  setInterval(tell, STATS_EVERY)
}

function tell(): void {
  if (shipper === undefined) return
  const stats = { stats: shipper.stats(), isDone: shipper.isDone }
  const text = JSON.stringify(stats)
  if (text !== told) answer(stats)
  told = text
}

async function close(within: number): Promise<void> {
  await shipper?.finish(within)
  tell()
  answer({ closed: true })
}
