// A Hono app on Node that logs with hushlog: each request by its route, the real error of a 500, logins as audit records.
// node examples/hono.js, then curl 'localhost:3000/orders/17?token=opensesame' and look into logs/open/.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { honoLogger, hushlog } from 'hushlog'

const log = hushlog({ service: 'shop' })
const app = new Hono()

app.use(honoLogger(log, { login: [{ path: '/login', user: (c) => c.get('username') }] }))

app.get('/orders/:id', (c) => {
  c.get('log').info({ order: c.req.param('id') }, 'order read')
  return c.json({ id: c.req.param('id'), items: 3 })
})

app.post('/login', async (c) => {
  const { username, password } = await c.req.json()
  c.set('username', username)
  const known = username === 'ada' && password === 'invented-for-this-example'
  return c.json({ known }, known ? 200 : 401)
})

app.get('/report', () => {
  throw new Error('cannot connect to postgres://shop:made-up-for-this@db.example:5432/shop')
})

// Without this Hono prints the error, secrets and all; in the access record it stands anyway.
app.onError((_error, c) => c.json({ error: 'something went wrong' }, 500))

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  log.info({ port }, 'listening')
})

process.once('SIGTERM', async () => {
  server.close()
  await log.close()
})
