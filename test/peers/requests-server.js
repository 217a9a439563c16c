/**
 * The servers of requests.peer.js: they log what they get, headers and all.
 *
 * node test/peers/requests-server.js express|fastify DIR
 */
import { once } from 'node:events'
import express from 'express'
import Fastify from 'fastify'
import { fastifyLogger, fastifyOptions, hushlog, requestLogger } from 'hushlog'

const [, , framework, dir] = process.argv
const log = hushlog({ service: 'traffic', stdout: false, storage: { dir, maxSize: '16 MB' } })

const SERVERS = {
  async express() {
    const app = express()
    app.use(requestLogger(log))
    app.get('/orders/:id', (req, res) => {
      req.log.info({ headers: req.headers, query: req.query }, 'order read')
      res.json({ id: req.params.id })
    })
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { port: server.address().port, close: () => new Promise((resolve) => server.close(resolve)) }
  },

  async fastify() {
    const fastify = Fastify(fastifyOptions(log, Fastify))
    await fastify.register(fastifyLogger, { log })
    fastify.get('/orders/:id', async (request) => {
      request.log.info({ headers: request.headers, query: request.query }, 'order read')
      return { id: request.params.id }
    })
    await fastify.listen({ port: 0, host: '127.0.0.1' })
    return { port: fastify.server.address().port, close: () => fastify.close() }
  },
}

process.once('disconnect', () => process.exit())
const { port, close } = await SERVERS[framework]()
process.send({ port })
await once(process, 'message')
await close()
await log.close()
process.send({ stats: log.stats() })
process.disconnect()
