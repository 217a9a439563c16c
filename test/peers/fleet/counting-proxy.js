/** Stands before a server and counts what is asked of it. What passes is not changed, so signatures hold. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'

const HOST = '127.0.0.1'

export async function countingProxy(port) {
  const asked = []
  const server = createServer((incoming, answer) => {
    const { method, url, headers } = incoming
    asked.push({ method, url: new URL(url, 'http://server') })
    const outgoing = request({ host: HOST, port, method, path: url, headers }, (answered) => {
      answer.writeHead(answered.statusCode, answered.rawHeaders)
      answered.pipe(answer)
    })
    outgoing.on('error', () => incoming.socket.destroy())
    incoming.on('error', () => outgoing.destroy())
    incoming.pipe(outgoing)
  })
  // The SDK asks before it sends a large body; the server behind is not asked twice.
  server.on('checkContinue', (incoming, answer) => {
    answer.writeContinue()
    delete incoming.headers.expect
    server.emit('request', incoming, answer)
  })
  server.listen(0, HOST)
  await once(server, 'listening')
  return {
    endpoint: `http://${HOST}:${server.address().port}`,
    /** Since the last time. */
    taken: () => asked.splice(0),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
