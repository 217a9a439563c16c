/** A syslog server in a process of its own that reads and closes when it has read all. Tells its port. */
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

process.once('message', (tls) => {
  const serve = (socket) => socket.on('error', () => {}).resume()
  const server = tls === 'plain' ? createServer(serve) : createTlsServer(tls, serve)
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
})
process.on('disconnect', () => process.exit())
