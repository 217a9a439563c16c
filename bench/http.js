/**
 * Requests per second, CPU per request and latency of an Express server: alone, with pino-http, with our request logger.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { printTable, ratio, spread } from './statistics.js'

const CONNECTIONS = 50
const WARM_UP = 1
const SERVER = fileURLToPath(new URL('./http-server.js', import.meta.url))
const KINDS = ['none', 'pino-http', 'hushlog']

/** @param folder where the server's logs go; they are removed */
export async function measureHttp({ rounds, seconds, folder, peers }) {
  const results = Object.fromEntries(KINDS.map((kind) => [kind, []]))
  for (let round = 0; round < rounds; round++) {
    for (const kind of KINDS) results[kind].push(await sample(kind, seconds, folder, peers))
  }
  print(results)
}

async function sample(kind, seconds, folder, peers) {
  const dir = mkdtempSync(join(folder, 'http-'))
  const child = fork(SERVER, [kind, join(dir, 'logs'), peers], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const [{ port }] = await once(child, 'message')
  const url = `http://127.0.0.1:${port}/orders/17?page=2`
  await autocannon({ url, connections: CONNECTIONS, duration: WARM_UP })
  const before = await cpuOf(child)
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds })
  const cpu = (await cpuOf(child)) - before
  child.disconnect()
  await once(child, 'exit')
  rmSync(dir, { recursive: true, force: true })
  if (result.non2xx + result.errors > 0) throw new Error(`${kind}: not all requests were answered well`)
  const answered = result['2xx']
  return { perSecond: answered / result.duration, cpu: cpu / answered, p99: result.latency.p99 }
}

async function cpuOf(child) {
  child.send('cpu')
  return (await once(child, 'message'))[0].cpu
}

function print({ none, 'pino-http': pinoHttp, hushlog }) {
  const column = (samples, name) => samples.map((sample) => sample[name])
  const row = (name, samples) => [
    name,
    spread(column(samples, 'perSecond')),
    ratio(column(samples, 'perSecond'), column(none, 'perSecond')),
    spread(column(samples, 'cpu')),
    spread(column(samples, 'p99')),
    ratio(column(samples, 'p99'), column(pinoHttp, 'p99')),
  ]
  printTable([
    ['', 'requests/s', 'x express alone', 'CPU us/request', 'p99 ms', 'x pino-http'],
    row('express alone', none),
    row('express + pino-http, async 4 KB', pinoHttp),
    row('express + requestLogger', hushlog),
  ])
}
