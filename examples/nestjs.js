// A NestJS app that logs with hushlog, its own lines included. Decorators are called by hand, so that it runs without
// a compiler; docs/nestjs.md shows it as one writes it.
// node examples/nestjs.js, then curl 'localhost:3000/orders/17?token=opensesame' and look into logs/open/.
import 'reflect-metadata'
import { Body, Catch, Controller, Get, HttpException, Module, Param, Post, Res } from '@nestjs/common'
import { BaseExceptionFilter, NestFactory } from '@nestjs/core'
import { hushlog, nestLogger, requestLogger } from 'hushlog'

const log = hushlog({ service: 'shop' })

class Shop {
  order(id) {
    log.info({ order: id }, 'order read')
    return { id, items: 3 }
  }

  login({ username, password }, res) {
    const known = username === 'ada' && password === 'invented-for-this-example'
    res.status(known ? 200 : 401).json({ known })
  }

  report() {
    throw new Error('cannot connect to postgres://shop:made-up-for-this@db.example:5432/shop')
  }
}
Controller()(Shop)
decorate(Shop, 'order', Get('orders/:id'), [Param('id')])
decorate(Shop, 'login', Post('login'), [Body(), Res()])
decorate(Shop, 'report', Get('report'), [])

// NestJS answers errors itself; this leaves those that nobody foresaw where the access record looks.
class KeepErrors extends BaseExceptionFilter {
  catch(error, host) {
    if (!(error instanceof HttpException)) host.switchToHttp().getResponse().err = error
    super.catch(error, host)
  }
}
Catch()(KeepErrors)

class App {}
Module({ controllers: [Shop] })(App)

function decorate({ prototype }, name, route, parameters) {
  route(prototype, name, Object.getOwnPropertyDescriptor(prototype, name))
  for (const [index, parameter] of parameters.entries()) parameter(prototype, name, index)
}

const app = await NestFactory.create(App, { logger: nestLogger(log) })
app.use(requestLogger(log, { login: [{ path: '/login' }] }))
app.useGlobalFilters(new KeepErrors(app.getHttpAdapter()))
await app.listen(process.env.PORT ?? 3000)
log.info({ port: app.getHttpServer().address().port }, 'listening')

process.once('SIGTERM', async () => {
  await app.close()
  await log.close()
})
