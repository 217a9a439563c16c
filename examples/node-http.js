// Plain node:http: what runs inside the third argument of the request logger logs as the request.
// node examples/node-http.js, then curl 'localhost:3000/orders/17?token=opensesame' and look into logs/open/.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { hushlog, requestLogger } from 'hushlog'

const log = hushlog({ service: 'shop' })
const logRequest = requestLogger(log, { headers: ['content-type'] })

const server = createServer((req, res) => {
  logRequest(req, res, () => answer(req, res))
})

function answer(req, res) {
  log.info({ path: req.url }, 'answering')
  res.setHeader('Content-Type', 'text/plain')
  res.end('hello\n')
}

server.listen(process.env.PORT ?? 3000)
await once(server, 'listening')
log.info({ port: server.address().port }, 'listening')

process.once('SIGTERM', async () => {
  server.close()
  await log.close()
})
