/**
 * The demo's Fastify app.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { fastifyLogger, fastifyOptions } from 'hushlog'
import { carelessly, ownSecrets, serve } from './app.js'

await serve('stock', async (log, databaseError) => {
  const fastify = Fastify(fastifyOptions(log, Fastify))
  await fastify.register(fastifyLogger, { log, login: [{ path: '/login' }] })

  fastify.get('/orders/:id', async (request) => {
    carelessly(request, request.log)
    return { id: request.params.id, items: 3 }
  })
  fastify.get('/products', async () => [{ id: 1 }, { id: 2 }])
  fastify.post('/login', async (request, reply) => {
    carelessly(request, request.log)
    return reply.code(request.body.known ? 204 : 401).send()
  })
  fastify.post('/profile', async (request, reply) => {
    carelessly(request, request.log)
    request.log.warn(ownSecrets(request.body.voucher), `profile of ${JSON.stringify(request.body)}`)
    return reply.code(204).send()
  })
  fastify.get('/reset/:token', async (request, reply) => {
    carelessly(request, request.log)
    return reply.code(204).send()
  })
  fastify.get('/report', async () => {
    throw databaseError
  })
  fastify.get('/slow', async () => {
    await sleep(500)
    return 'late'
  })
  fastify.get('/export', (_request, reply) => {
    reply.hijack()
    reply.raw.write('the first rows\n')
    setTimeout(() => reply.raw.end('the last rows\n'), 500)
  })

  await fastify.listen({ port: 0, host: '127.0.0.1' })
  return { port: fastify.server.address().port, close: () => fastify.close() }
})
