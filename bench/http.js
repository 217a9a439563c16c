/**
 * Requests per second, CPU per request and latency of a server with a request logger, ours and others, and of the
 * same server without one. What a logger adds is the difference within a round.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { SERVERS } from './http-servers.js'
import { median, printTable, ratio, spread } from './statistics.js'

const CONNECTIONS = 50
const NEWLINE = 10
/** Requests, not seconds: on a busy machine the optimiser would else not have been at work yet. */
const WARM_UP = 6000
const PROGRAM = fileURLToPath(new URL('./http-server.js', import.meta.url))
const HEADERS = {
  accept: 'application/json',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0',
}

const FRAMEWORKS = {
  Express: { ours: 'Express + requestLogger', alone: 'Express alone', added: 'Express + pino-http' },
  Fastify: { ours: 'Fastify + fastifyLogger', alone: 'Fastify alone', added: 'Fastify + its own logger' },
}
const LEAST_PER_SECOND = 1.1
const MOST_ADDED = 0.5
const MOST_P99 = 1.05

/** @param folder where the servers' logs go; they are removed */
export async function measureHttp({ rounds, seconds, folder }) {
  const samples = Object.fromEntries(Object.keys(SERVERS).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const name of Object.keys(SERVERS)) samples[name].push(await sample(name, seconds, folder))
  for (const [framework, names] of Object.entries(FRAMEWORKS)) {
    const peers = Object.keys(SERVERS).filter(
      (name) => SERVERS[name].framework === framework && name !== names.alone && name !== names.ours,
    )
    print(samples, names, peers)
  }
}

async function sample(name, seconds, folder) {
  const dir = mkdtempSync(join(folder, 'http-'))
  const server = await startServer(name, dir)
  const load = { url: `${server.url}/orders/17?page=2`, connections: CONNECTIONS, headers: HEADERS }
  await autocannon({ ...load, amount: WARM_UP })
  const before = await server.cpu()
  const { duration, latency, ...result } = await autocannon({ ...load, duration: seconds })
  const cpu = (await server.cpu()) - before
  const requests = result['2xx']
  await sleep(300)
  const logged = linesIn(dir)
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
  if (result.non2xx + result.errors > 0) throw new Error(`${name}: not all requests were answered well`)
  // What pino holds back until it has 4 KB of it is not there yet.
  const isLogged = logged >= 0.99 * (WARM_UP + requests)
  if (!isLogged && !name.endsWith('alone')) throw new Error(`${name}: ${logged} lines in its log`)
  return { perSecond: requests / duration, cpu: cpu / requests, p99: latency.p99 }
}

async function startServer(name, dir) {
  const child = fork(PROGRAM, [name, dir], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const said = text(child.stderr)
  const ended = once(child, 'exit')
  const failed = ended.then(async ([code]) => {
    throw new Error(`${name}: the server ended with ${code}: ${await said}`)
  })
  failed.catch(() => {})
  const answer = async () => (await Promise.race([once(child, 'message'), failed]))[0]
  const { port } = await answer()
  return {
    url: `http://127.0.0.1:${port}`,
    async cpu() {
      child.send('cpu')
      return (await answer()).cpu
    },
    async stop() {
      child.disconnect()
      await ended
    },
  }
}

function linesIn(dir) {
  let lines = 0
  for (const name of readdirSync(dir, { recursive: true })) {
    if (!name.endsWith('.log')) continue
    for (const byte of readFileSync(join(dir, name))) if (byte === NEWLINE) lines++
  }
  return lines
}

function print(samples, { ours, alone, added }, peers) {
  const of = (name, field) => samples[name].map((sample) => sample[field])
  const addedBy = (name) => of(name, 'cpu').map((cpu, round) => cpu - samples[alone][round].cpu)
  const over = (name) => [
    ratio(of(ours, 'perSecond'), of(name, 'perSecond')),
    ratio(addedBy(ours), addedBy(name)),
    ratio(of(ours, 'p99'), of(name, 'p99')),
  ]
  const figures = (name) => [
    spread(of(name, 'perSecond')),
    spread(of(name, 'cpu')),
    name === alone ? '' : spread(addedBy(name)),
    spread(of(name, 'p99')),
  ]
  const head = ['', 'requests/s', 'CPU us', 'added', 'p99 ms', 'ours: requests/s', 'added', 'p99']
  printTable([
    head,
    [alone, ...figures(alone), '', '', ''],
    [ours, ...figures(ours), '', '', ''],
    ...peers.map((name) => [name, ...figures(name), ...over(name)]),
  ])
  const best = peers.toSorted((a, b) => median(of(b, 'perSecond')) - median(of(a, 'perSecond')))[0]
  const [perSecond] = over(best).map(Number.parseFloat)
  const [, cpu, p99] = over(added).map(Number.parseFloat)
  console.log(`
  requests/s over ${best}, the best: ${perSecond}, ${LEAST_PER_SECOND} wanted: ${verdict(perSecond >= LEAST_PER_SECOND)}
  CPU added over ${added}: ${cpu}, at most ${MOST_ADDED}: ${verdict(cpu <= MOST_ADDED)}
  p99 over ${added}: ${p99}, at most ${MOST_P99}: ${verdict(p99 <= MOST_P99)}
`)
}

function verdict(isMet) {
  return isMet ? 'met' : 'MISSED'
}
