// morgan's lines through the gate. It asks itself once and ends.
// node examples/morgan.js
import http from 'node:http'
import { scrubStream } from 'hushlog'
import morgan from 'morgan'

const stream = scrubStream()
stream.pipe(process.stdout)
const logRequest = morgan('combined', { stream })

const server = http.createServer((req, res) => logRequest(req, res, () => res.end('hello')))
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  const headers = { referer: 'https://shop.example/reset?token=inventedForThisExample' }
  await fetch(`http://127.0.0.1:${port}/pay?access_token=inventedForThisExample`, { headers })
  server.close()
})
