// A server whose records go to standard output as common log text. Standard output is a file; the parent says stop.
import http from 'node:http'
import { hushlog, requestLogger } from 'hushlog'

const log = hushlog({ service: 'shop', storage: false, stdout: 'common' })
const text = (value) => (value === undefined ? undefined : decodeURIComponent(value))
const logRequest = requestLogger(log, {
  user: (req) => text(req.headers['x-user']),
  login: [{ path: '/login', user: (req) => text(req.headers['x-login']) }],
})
const server = http.createServer((req, res) =>
  logRequest(req, res, () => {
    const note = text(req.headers['x-note'])
    if (note !== undefined) req.log.info({ user: note }, note)
    if (req.url === '/never') return
    res.statusCode = Number(req.headers['x-status'] ?? 200)
    res.end('hello')
  }),
)
server.listen(0, '0.0.0.0', () => process.send({ port: server.address().port }))
process.on('message', async () => {
  server.closeAllConnections()
  server.close()
  await log.flush()
  process.disconnect()
})
