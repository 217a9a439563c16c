/**
 * The servers that are compared: each answers `GET /orders/:id` with the same JSON. A row says which framework it is,
 * whose logger it has, and starts it.
 */
import { once } from 'node:events'
import { join } from 'node:path'

const ORDER = Array.from({ length: 10 }, (_, id) => ({ id, name: `item ${id}`, price: 100 * id }))
const ASYNC = { sync: false, minLength: 4096 }

export const SERVERS = {
  'Express alone': { framework: 'Express', start: () => expressWith() },
  'Express + requestLogger': {
    framework: 'Express',
    async start({ dir }) {
      const { requestLogger } = await import('hushlog')
      return expressWith(requestLogger(await ours(dir)))
    },
  },
  'Express + pino-http': {
    framework: 'Express',
    async start({ file }) {
      const { default: pinoHttp } = await import('pino-http')
      return expressWith(pinoHttp({ logger: await pinoTo(file) }))
    },
  },
  'Express + morgan': {
    framework: 'Express',
    async start({ stream }) {
      const { default: morgan } = await import('morgan')
      return expressWith(morgan('combined', { stream: stream() }))
    },
  },
  'Express + express-winston': {
    framework: 'Express',
    async start({ file }) {
      const { default: winston } = await import('winston')
      const { default: expressWinston } = await import('express-winston')
      const transports = [new winston.transports.File({ filename: file })]
      return expressWith(expressWinston.logger({ transports, format: winston.format.json() }))
    },
  },
  'Fastify alone': { framework: 'Fastify', start: () => fastifyWith({ logger: false }) },
  'Fastify + fastifyLogger': {
    framework: 'Fastify',
    async start({ dir }) {
      const { default: Fastify } = await import('fastify')
      const { fastifyLogger, fastifyOptions } = await import('hushlog')
      const log = await ours(dir)
      return fastifyWith(fastifyOptions(log, Fastify), (server) => server.register(fastifyLogger, { log }))
    },
  },
  'Fastify + its own logger': {
    framework: 'Fastify',
    start: async ({ file }) => fastifyWith({ loggerInstance: await pinoTo(file) }),
  },
}

async function ours(dir) {
  const { hushlog } = await import('hushlog')
  const storage = { dir: join(dir, 'logs') }
  return hushlog({ service: 'bench', stdout: false, scrub: { env: false }, storage })
}

async function pinoTo(dest) {
  const { default: pino } = await import('pino')
  return pino(pino.destination({ dest, ...ASYNC }))
}

async function expressWith(middleware) {
  const { default: express } = await import('express')
  const app = express()
  if (middleware !== undefined) app.use(middleware)
  app.get('/orders/:id', (req, res) => {
    res.json({ id: req.params.id, items: ORDER })
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}

async function fastifyWith(options, prepare = () => {}) {
  const { default: Fastify } = await import('fastify')
  const server = Fastify(options)
  await prepare(server)
  server.get('/orders/:id', async (request) => ({ id: request.params.id, items: ORDER }))
  await server.listen({ port: 0, host: '127.0.0.1' })
  return server.server.address().port
}
