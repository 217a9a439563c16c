/**
 * The server of the HTTP measurement: Express alone, or with a request logger. Tells its port and, when asked,
 * the CPU time that it has used.
 *
 * node bench/http-server.js none|pino-http|hushlog DIR PEERS
 */
import express from 'express'
import { hushlog, requestLogger } from 'hushlog'
import pino from 'pino'
import { requirePeers } from './peers.js'

const [, , kind, dir, peers] = process.argv
const ITEMS = Array.from({ length: 10 }, (_, id) => ({ id, name: `item ${id}`, price: 100 * id }))

const app = express()
if (kind === 'hushlog') {
  const log = hushlog({
    service: 'bench',
    stdout: false,
    scrub: { env: false },
    storage: { dir, maxSize: '64 GB' },
  })
  app.use(requestLogger(log))
}
if (kind === 'pino-http') {
  const destination = pino.destination({ dest: `${dir}.log`, sync: false, minLength: 4096 })
  app.use(requirePeers(peers)('pino-http')({ logger: pino(destination) }))
}
app.get('/orders/:id', (req, res) => {
  res.json({ id: req.params.id, items: ITEMS })
})

const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ cpu: user + system })
})
process.on('disconnect', () => process.exit())
