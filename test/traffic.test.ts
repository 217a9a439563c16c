/** A run small enough for `npm test`; test/peers/requests.peer.js does the same with 100,000 requests. */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { fastifyLogger, fastifyOptions, type Hushlog, hushlog, requestLogger } from '../lib/index.ts'
import { checkDirectory, inventWord, sendRequests } from './traffic-checks.js'

const REQUESTS = 2000

interface Server {
  port: number
  close(): Promise<unknown>
}

async function expressServer(log: Hushlog): Promise<Server> {
  const app = express()
  app.use(requestLogger(log))
  app.get('/orders/:id', (req, res) => {
    req.log.info({ headers: req.headers, query: req.query }, 'order read')
    res.json({ id: req.params.id })
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => new Promise((resolve) => server.close(resolve))
  return { port: (server.address() as AddressInfo).port, close }
}

async function fastifyServer(log: Hushlog): Promise<Server> {
  const fastify = Fastify(fastifyOptions(log, Fastify))
  await fastify.register(fastifyLogger, { log })
  fastify.get<{ Params: { id: string } }>('/orders/:id', async (request) => {
    request.log.info({ headers: request.headers, query: request.query }, 'order read')
    return { id: request.params.id }
  })
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  return { port: (fastify.server.address() as AddressInfo).port, close: () => fastify.close() }
}

function logDirectory(t: Test): string {
  const parent = mkdtempSync(join(tmpdir(), 'hushlog-traffic-'))
  t.teardown(() => rmSync(parent, { recursive: true, force: true }))
  return join(parent, 'logs')
}

for (const [framework, start] of Object.entries({ Express: expressServer, Fastify: fastifyServer })) {
  t.test(`${REQUESTS} requests through ${framework} leave as many good records and no secret`, async (t) => {
    const dir = logDirectory(t)
    const word = inventWord()
    const log = hushlog({ service: 'traffic', stdout: false, storage: { dir, maxSize: '1 MB' } })
    const server = await start(log)
    t.teardown(() => server.close())
    const { answered } = await sendRequests(`http://127.0.0.1:${server.port}`, REQUESTS, word)
    t.equal(answered, REQUESTS)
    await server.close()
    await log.close()

    const { problems, lines } = await checkDirectory(dir, REQUESTS, word)
    t.strictSame(problems, [])
    t.ok(lines >= 2 * REQUESTS, 'an access record and a line of the handler for each request')
    t.ok((log.stats().scrubbed.query ?? 0) >= REQUESTS, 'the secrets did reach the log')
  })
}

t.test(
  'the checks find a leaked word, in base64 too, a doubled name, a wrong message and a missing record',
  async (t) => {
    const word = inventWord()
    const good = '"time":"2026-11-24T02:29:31.123Z","operation":"x","reqId":"1"'
    const cases = {
      'holds a secret': `{${good},"msg":"${word}"}`,
      'holds a secret ': `{${good},"msg":"${Buffer.from(`ada:${word}`).toString('base64')}"}`,
      'has "reqId" twice': `{${good},"reqId":"1","msg":""}`,
      'has no operation': '{"time":"now","reqId":"1","msg":"hello"}',
      'is no JSON': `{${good}`,
      'not in common log format': `{${good},"kind":"access","msg":"hello"}`,
      '1 requests, 0 access records': `{${good},"msg":"hello"}`,
    }
    for (const [problem, line] of Object.entries(cases)) {
      const dir = mkdtempSync(join(tmpdir(), 'hushlog-open-'))
      t.teardown(() => rmSync(dir, { recursive: true, force: true }))
      mkdirSync(join(dir, 'open'))
      writeFileSync(join(dir, 'open', 'segment.log'), `${line}\n`)
      const { problems } = await checkDirectory(dir, 1, word)
      t.ok(
        problems.some((text) => text.includes(problem.trim())),
        `${problem.trim()}: ${problems[0]}`,
      )
    }
  },
)
