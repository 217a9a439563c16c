// A Koa app that logs with hushlog: each request by its route, the real error of a 500, logins as audit records.
// node examples/koa.js, then curl 'localhost:3000/orders/17?token=opensesame' and look into logs/open/.
import { once } from 'node:events'
import Router from '@koa/router'
import { hushlog, koaLogger } from 'hushlog'
import Koa from 'koa'

const log = hushlog({ service: 'shop' })
const app = new Koa()
// Koa prints errors, secrets and all; here they stand in the access record.
app.silent = true

app.use(koaLogger(log, { login: [{ path: '/login' }] }))
app.use(async (ctx, next) => {
  const text = Buffer.concat(await ctx.req.toArray()).toString()
  if (text !== '') ctx.request.body = JSON.parse(text)
  await next()
})

const router = new Router()

router.get('/orders/:id', (ctx) => {
  ctx.log.info({ order: ctx.params.id }, 'order read')
  ctx.body = { id: ctx.params.id, items: 3 }
})

router.post('/login', (ctx) => {
  const { username, password } = ctx.request.body
  const known = username === 'ada' && password === 'invented-for-this-example'
  ctx.status = known ? 200 : 401
  ctx.body = { known }
})

router.get('/report', () => {
  throw new Error('cannot connect to postgres://shop:made-up-for-this@db.example:5432/shop')
})

app.use(router.routes())

const server = app.listen(process.env.PORT ?? 3000)
await once(server, 'listening')
log.info({ port: server.address().port }, 'listening')

process.once('SIGTERM', async () => {
  server.close()
  await log.close()
})
