/**
 * The demo's Express app.
 */
import { once } from 'node:events'
import express from 'express'
import { errorLogger, requestLogger } from 'hushlog'
import { carelessly, ownSecrets, serve } from './app.js'

await serve('shop', async (log, databaseError) => {
  const app = express()
  app.use(requestLogger(log, { login: [{ path: '/login' }] }))
  app.use(express.json())

  app.get('/orders/:id', (req, res) => {
    carelessly(req, req.log)
    res.json({ id: req.params.id, items: 3 })
  })
  app.get('/products', (_req, res) => {
    res.json([{ id: 1 }, { id: 2 }])
  })
  app.post('/login', (req, res) => {
    carelessly(req, req.log)
    res.status(req.body.known ? 204 : 401).end()
  })
  app.post('/profile', (req, res) => {
    carelessly(req, req.log)
    req.log.warn(ownSecrets(req.body.voucher), `profile of ${JSON.stringify(req.body)}`)
    res.status(204).end()
  })
  app.get('/reset/:token', (req, res) => {
    carelessly(req, req.log)
    res.status(204).end()
  })
  app.get('/report', () => {
    throw databaseError
  })
  app.get('/slow', (_req, res) => {
    setTimeout(() => res.end(), 500)
  })
  app.get('/export', (_req, res) => {
    res.write('the first rows\n')
    setTimeout(() => res.end('the last rows\n'), 500)
  })
  app.use(errorLogger(log))
  app.use((_error, _req, res, _next) => {
    res.status(500).json({ error: 'something went wrong' })
  })

  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: server.address().port, close: () => new Promise((resolve) => server.close(resolve)) }
})
