// A Fastify app that logs with hushlog: its logger, its request ids, one access record a request.
// node examples/fastify.js, then curl 'localhost:3000/orders/17?token=opensesame' and look into logs/open/.
import Fastify from 'fastify'
import { fastifyLogger, fastifyOptions, hushlog } from 'hushlog'

const log = hushlog({ service: 'shop' })
const fastify = Fastify(fastifyOptions(log, Fastify))
await fastify.register(fastifyLogger, { log, login: [{ path: '/login' }] })

fastify.get('/orders/:id', async (request) => {
  request.log.info({ order: request.params.id }, 'order read')
  return { id: request.params.id, items: 3 }
})

fastify.post('/login', async (request, reply) => {
  const { username, password } = request.body
  const known = username === 'ada' && password === 'invented-for-this-example'
  return reply.code(known ? 200 : 401).send({ known })
})

fastify.get('/report', async () => {
  throw new Error('cannot connect to postgres://shop:made-up-for-this@db.example:5432/shop')
})

await fastify.listen({ port: Number(process.env.PORT ?? 3000) })
log.info({ port: fastify.server.address().port }, 'listening')

process.once('SIGTERM', async () => {
  await fastify.close()
  await log.close()
})
