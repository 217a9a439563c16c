/**
 * Pieces of a line, each alone, in turn, in one process: CPU time per call. Of hushlog's private files, as built.
 *
 * node bench/micro.js ROUNDS MILLISECONDS
 */
import commonLog from 'common-log-string'
import { v7 } from 'uuid'
import { newId } from '../build/id.js'
import { accessLine } from '../build/request/access-line.js'

const [rounds, ms] = process.argv.slice(2).map(Number)
const now = Date.now()

const line = {
  remoteAddress: '203.0.113.9',
  method: 'GET',
  url: '/orders/17?page=2',
  httpVersion: '1.1',
  statusCode: 200,
  referer: 'https://shop.example/products',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
  accept: '*/*',
  bytes: 512,
  start: now,
  responseTime: 12,
  operation: 'GET /orders/:id',
  reqId: newId(),
}
const request = {
  httpVersion: '1.1',
  method: 'GET',
  url: line.url,
  headers: { referer: line.referer, 'user-agent': line.userAgent, accept: line.accept },
  socket: { remoteAddress: line.remoteAddress },
}
const response = { statusCode: 200, _data: { length: 512 }, _time: now }

const PIECES = {
  'newId()': () => newId().length,
  'uuid v7() alone': () => v7().length,
  'access line': () => accessLine(line).length,
  'common-log-string alone': () => commonLog(request, response).length,
}

let sum = 0
const results = Object.fromEntries(Object.keys(PIECES).map((name) => [name, []]))
for (let round = -1; round < rounds; round++) {
  for (const [name, call] of Object.entries(PIECES)) {
    const ns = measure(call)
    // The first round only warms up.
    if (round >= 0) results[name].push(ns)
  }
}
process.stdout.write(JSON.stringify({ results, sum }))

function measure(call) {
  const before = process.cpuUsage()
  const end = performance.now() + ms
  let calls = 0
  do {
    for (let i = 0; i < 100; i++) sum += call()
    calls += 100
  } while (performance.now() < end)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / calls
}
