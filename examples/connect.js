// Connect: no routes, so a request is named by its path with the ids masked.
// node examples/connect.js, then curl 'localhost:3000/orders/17?token=opensesame' and look into logs/open/.
import { once } from 'node:events'
import { createServer } from 'node:http'
import connect from 'connect'
import { errorLogger, hushlog, requestLogger } from 'hushlog'

const log = hushlog({ service: 'shop' })
const app = connect()

app.use(requestLogger(log, { login: [{ path: '/login', user: (req) => req.body?.username }] }))
app.use(async (req, _res, next) => {
  const text = Buffer.concat(await req.toArray()).toString()
  if (text !== '') req.body = JSON.parse(text)
  next()
})

app.use('/orders', (req, res) => {
  const id = req.url.slice(1).split('?')[0]
  req.log.info({ order: id }, 'order read')
  res.end(JSON.stringify({ id, items: 3 }))
})

app.use('/login', (req, res) => {
  const { username, password } = req.body
  const known = username === 'ada' && password === 'invented-for-this-example'
  res.writeHead(known ? 200 : 401).end()
})

app.use('/report', () => {
  throw new Error('cannot connect to postgres://shop:made-up-for-this@db.example:5432/shop')
})

app.use(errorLogger(log))
app.use((_error, _req, res, _next) => {
  res.writeHead(500).end('something went wrong')
})

const server = createServer(app).listen(process.env.PORT ?? 3000)
await once(server, 'listening')
log.info({ port: server.address().port }, 'listening')

process.once('SIGTERM', async () => {
  server.close()
  await log.close()
})
