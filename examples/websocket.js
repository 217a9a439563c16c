// Websockets: each handshake leaves an access record, accepted or refused, and what the connection does bears its id.
// node examples/websocket.js, then open ws://localhost:3000/chat/tea?token=opensesame and look into logs/open/.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { hushlog, requestLogger, upgradeLogger } from 'hushlog'
import { WebSocketServer } from 'ws'

const log = hushlog({ service: 'chat' })
const logRequest = requestLogger(log)
const logUpgrade = upgradeLogger(log)
const sockets = new WebSocketServer({ noServer: true })

const server = createServer((req, res) => logRequest(req, res, () => res.writeHead(426).end()))

server.on('upgrade', (req, socket, head) => {
  logUpgrade(req, socket, () => {
    if (!req.url.startsWith('/chat/')) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    sockets.handleUpgrade(req, socket, head, (client) => {
      client.on('message', (data) => {
        req.log.info({ bytes: data.length }, 'a message')
        client.send('heard')
      })
    })
  })
})

server.listen(process.env.PORT ?? 3000)
await once(server, 'listening')
log.info({ port: server.address().port }, 'listening')

process.once('SIGTERM', async () => {
  server.close()
  for (const client of sockets.clients) client.terminate()
  await log.close()
})
