// An Express app that logs with hushlog: each request, the real error of a 500, logins as audit records.
// node examples/express.js, then curl 'localhost:3000/orders/17?token=opensesame' and look into logs/open/.
import { once } from 'node:events'
import express from 'express'
import { errorLogger, hushlog, requestLogger } from 'hushlog'

const log = hushlog({ service: 'shop' })
const app = express()

app.use(requestLogger(log, { login: [{ path: '/login' }] }))
app.use(express.json())

app.get('/orders/:id', (req, res) => {
  req.log.info({ order: req.params.id }, 'order read')
  res.json({ id: req.params.id, items: 3 })
})

app.post('/login', (req, res) => {
  const { username, password } = req.body
  const known = username === 'ada' && password === 'invented-for-this-example'
  res.status(known ? 200 : 401).json({ known })
})

app.get('/report', () => {
  throw new Error('cannot connect to postgres://shop:made-up-for-this@db.example:5432/shop')
})

app.use(errorLogger(log))
app.use((_error, _req, res, _next) => {
  res.status(500).json({ error: 'something went wrong' })
})

const server = app.listen(process.env.PORT ?? 3000)
await once(server, 'listening')
log.info({ port: server.address().port }, 'listening')

process.once('SIGTERM', async () => {
  server.close()
  await log.close()
})
