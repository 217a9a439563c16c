import { once } from 'node:events'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import express5, { type Express, type NextFunction, type Request, type Response } from 'express'
import t from 'tap'
import { errorLogger } from '../../lib/request/express.ts'
import { requestLogger } from '../../lib/request/http.ts'
import { type Line, listen, logged, raw, received } from './helpers.ts'

// Its name is an alias, for which there are no types; what is used here is the same in both.
const express4 = createRequire(import.meta.url)('express4') as typeof express5
const VERSIONS: [name: string, express: typeof express5][] = [
  ['Express 4', express4],
  ['Express 5', express5],
]

const opened = { method: 'POST', headers: { 'content-type': 'application/json' } }
const posted = (body: object) => ({ ...opened, body: JSON.stringify(body) })
const quiet = (_error: unknown, _req: Request, res: Response, _next: NextFunction) => {
  res.status(res.statusCode < 400 ? 500 : res.statusCode).end()
}

for (const [name, express] of VERSIONS) {
  t.test(
    `${name}: a request and its response keep their properties, in order, and their prototypes`,
    async (t) => {
      const { log } = logged(t)
      const app: Express = express()
      const keysOf = (...objects: object[]) => objects.map((object) => Reflect.ownKeys(object))
      let before: (string | symbol)[][] = []
      app.use((req, res, next) => {
        before = keysOf(req, res)
        next()
      })
      app.use(requestLogger(log), requestLogger(log))
      app.use((req, res) => {
        const after = keysOf(req, res)
        const kept = after.map((keys, i) => keys.filter((key) => before[i].includes(key)))
        t.strictSame(kept, before)
        t.equal(Object.getPrototypeOf(req), app.request)
        t.equal(Object.getPrototypeOf(res), app.response)
        res.json(after.map((keys, i) => keys.filter((key) => !before[i].includes(key)).map(String)))
      })
      const { url } = await listen(t, app)
      t.strictSame(await (await fetch(url)).json(), [
        ['id', 'log', 'Symbol(hushlog.request)'],
        ['write', 'end', 'Symbol(hushlog.bodyBytes)'],
      ])
    },
  )

  t.test(`${name}: requests are named by their routes, wherever those are mounted`, async (t) => {
    const { log, access, lines } = logged(t)
    const app: Express = express()
    app.use(requestLogger(log))
    app.use((req, _res, next) => {
      log.info({ of: req.url }, 'before the route')
      next()
    })
    const answer = (req: Request, res: Response) => {
      log.info({ of: req.originalUrl }, 'in the route')
      res.end()
    }
    const items = express.Router({ mergeParams: true })
    items.get('/:item', answer)
    items.get('/', answer)
    items.get('/:item/fails', (_req, _res, next) => next(new Error('left by next')))
    const users = express.Router()
    users.use('/:user/items', items)
    app.get('/orders/:id', answer)
    app.all('/any', answer)
    app.get(['/either', '/or/:id'], answer)
    app.get(/^\/regular\/\d+$/, answer)
    app.use('/users', users)
    app.use((_req, res) => {
      res.status(404).end()
    })
    app.use(quiet)
    const { url } = await listen(t, app)
    const cases: [method: string, path: string, operation: string][] = [
      ['GET', '/orders/17?page=2', 'GET /orders/:id'],
      ['HEAD', '/orders/ada', 'HEAD /orders/:id'],
      ['PUT', '/any', 'PUT /any'],
      ['GET', '/users/42/items/7/', 'GET /users/:id/items/:item'],
      ['GET', '/users/42/items', 'GET /users/:id/items'],
      ['GET', '/users/42/items/7/fails', 'GET /users/:id/items/:item/fails'],
      ['GET', '/or/18', 'GET /or/:id'],
      ['GET', '/regular/19', 'GET /regular/:id'],
      ['DELETE', '/nothing/20', 'DELETE /nothing/:id'],
    ]
    for (const [method, path] of cases) await fetch(url + path, { method })
    const records = await access(cases.length)
    t.same(
      records.map(({ req, operation }) => [req.method, req.url, operation]),
      cases,
    )
    for (const { of, msg, operation } of await lines()) {
      const [method, , pattern] = cases.find(([, path]) => path === of) ?? []
      if (msg === 'in the route') t.equal(operation, pattern, `a line in ${of}`)
      if (msg === 'before the route') t.notMatch(operation, /\d/, `a line before ${method} ${of}`)
    }
  })

  t.test(`${name}: the record of a 500 bears the real error`, async (t) => {
    const { log, access, lines } = logged(t)
    const app: Express = express()
    app.use(requestLogger(log))
    app.get('/thrown', () => {
      throw new TypeError('the real one')
    })
    app.get('/passed', (_req, _res, next) => next(new RangeError('passed on')))
    app.get('/text', (_req, _res, next) => next('only text'))
    app.get('/refused', (_req, res, next) => {
      res.status(422)
      next(new Error('not like this'))
    })
    app.use(errorLogger(log))
    const passedOn: unknown[] = []
    app.use((error: unknown, req: Request, res: Response, next: NextFunction) => {
      passedOn.push(error)
      quiet(error, req, res, next)
    })
    const { url } = await listen(t, app)
    for (const path of ['/thrown', '/passed', '/text', '/refused']) await fetch(url + path)
    const records = await access(4)
    t.match(records, [
      {
        level: 50,
        res: { statusCode: 500 },
        err: { type: 'TypeError', message: 'the real one', stack: /express\.test/ },
      },
      { level: 50, err: { type: 'RangeError', message: 'passed on' }, operation: 'GET /passed' },
      { level: 50, err: 'only text' },
      { level: 40, res: { statusCode: 422 }, err: { message: 'not like this' } },
    ])
    t.equal((await lines()).length, 4, 'the errors are told nowhere else')
    t.equal(passedOn.length, 4, 'and every error went on')
  })

  t.test(`${name}: secrets in the path stand neither in the URL nor in the text`, async (t) => {
    const { log, access } = logged(t)
    const app: Express = express()
    app.use(requestLogger(log))
    const router = express.Router()
    router.get('/reset/:token/confirm', (_req, res) => {
      res.end()
    })
    router.get('/invite/:inviteToken', (_req, _res, next) => next(new Error('no')))
    app.use('/account/:id', router)
    app.use(quiet)
    const { url } = await listen(t, app)
    await fetch(`${url}/account/7/reset/sesame-1/confirm?x=1`)
    await fetch(`${url}/account/7/invite/sesame-2`)
    const records = await access(2)
    t.equal(records[0].req.url, '/account/7/reset/[SECRET:token]/confirm?x=1')
    t.match(records[0].msg, '"GET /account/7/reset/[SECRET:token]/confirm?x=1 HTTP/1.1" 200')
    t.equal(records[1].req.url, '/account/7/invite/[SECRET:token]')
    t.equal(records[1].operation, 'GET /account/:id/invite/:inviteToken')
    t.notMatch(JSON.stringify(records), 'sesame')
  })

  t.test(`${name}: secrets that only a mount or an expression names are hidden as well`, async (t) => {
    const { log, access, lines } = logged(t)
    const app: Express = express()
    app.use(requestLogger(log))
    const invite = express.Router({ mergeParams: true })
    invite.get('/accept', (_req, res) => {
      log.info('accepting')
      res.end()
    })
    app.use('/invite/:token', invite)
    app.use('/guard/:token', (_req, res) => {
      res.status(401).end()
    })
    app.get(/^\/reset\/(?<token>[^/]+)$/, (_req, res) => {
      res.end()
    })
    const { url } = await listen(t, app)
    for (const path of [
      '/invite/sesame/accept?x=1',
      '/guard/ses%61me',
      '/reset/sesame',
      '/invite/%zz/sesame',
    ])
      await fetch(`${url}${path}`)
    const records = await access(4)
    t.match(records, [
      { operation: 'GET /invite/:token/accept', req: { url: '/invite/[SECRET:token]/accept?x=1' } },
      { operation: 'GET /guard/:token', req: { url: '/guard/[SECRET:token]' } },
      { req: { url: '/reset/[SECRET:token]' } },
      { res: { statusCode: 400 } },
    ])
    t.notMatch(JSON.stringify((await lines()).slice(0, -1)), /ses(a|%61)me/)
  })

  t.test(`${name}: each attempt to log in leaves an audit record`, async (t) => {
    const { log, lines } = logged(t)
    const app: Express = express()
    app.use(
      requestLogger<Request, Response>(log, {
        login: [
          { path: '/login' },
          { path: '/tenants/:tenant/login', user: (req) => `tenant/${req.body?.nick}` },
          { method: 'PUT', path: '/session/' },
          { path: '/100%' },
        ],
      }),
    )
    app.use(express.json())
    app.use((req, res, next) => {
      const { status, leave } = req.body ?? {}
      if (leave === 'before') req.socket.destroy()
      else if (leave === 'during') res.write('x', () => req.socket.destroy())
      else if (status !== undefined) res.status(status).end()
      else next()
    })
    const tenants = express.Router()
    tenants.post('/:tenant/login', (_req, res) => {
      res.sendStatus(401)
    })
    app.use('/tenants', tenants)
    const { url } = await listen(t, app)
    const wide = `ada-${'x'.repeat(500)}`
    const cases: [path: string, init: object, expected: Line | undefined][] = [
      [
        '/login',
        posted({ username: 'ada', password: 'hunter2', status: 401 }),
        { actor: 'ada', outcome: 'failure', reason: '401' },
      ],
      [
        '/login/?next=/',
        posted({ user: 'bob', status: 403 }),
        { actor: 'bob', outcome: 'failure', reason: '403' },
      ],
      [
        '/LOGIN',
        posted({ email: 'c@d.org', status: 200 }),
        { actor: 'c@d.org', outcome: 'success', target: '/login' },
      ],
      ['/%6cogin', posted({ login: 'eve', status: 302 }), { actor: 'eve', outcome: 'success' }],
      [
        '/login',
        posted({ username: wide, status: 429 }),
        { actor: `${wide.slice(0, 127)}…`, outcome: 'failure', reason: '429' },
      ],
      [
        '/login',
        posted({ username: { $ne: '' }, status: 500 }),
        { actor: 'unknown', outcome: 'failure', reason: '500' },
      ],
      ['/login', { method: 'POST' }, { actor: 'unknown', outcome: 'failure', reason: '404' }],
      [
        '/login',
        posted({ user: 'gone', leave: 'before' }),
        { actor: 'gone', outcome: 'failure', reason: 'aborted', details: { aborted: true } },
      ],
      [
        '/login',
        posted({ user: 'inside', leave: 'during' }),
        { actor: 'inside', outcome: 'success', details: { aborted: true } },
      ],
      [
        '/tenants/t/login',
        posted({ nick: 'ned' }),
        { actor: 'tenant/ned', outcome: 'failure', reason: '401', target: '/tenants/:tenant/login' },
      ],
      [
        '/session',
        { ...posted({ user: 'put', status: 204 }), method: 'PUT' },
        { actor: 'put', outcome: 'success' },
      ],
      ['/100%', posted({ user: 'raw', status: 401 }), { actor: 'raw', outcome: 'failure', target: '/100%' }],
      ['/%zz', posted({ status: 401 }), undefined],
      ['/login', { method: 'GET' }, undefined],
      ['/login/more', posted({ status: 401 }), undefined],
      ['/session', posted({ status: 401 }), undefined],
    ]
    for (const [path, init] of cases) {
      await fetch(url + path, { ...init, redirect: 'manual' })
        .then((response) => response.text())
        .catch(() => {})
    }
    await sleep(50)
    const all = await lines()
    const audits = all.filter(({ kind }) => kind === 'audit')
    const expected = cases.map(([, , audit]) => audit).filter((audit) => audit !== undefined)
    t.equal(audits.length, expected.length)
    for (const [index, audit] of expected.entries()) {
      const record = audits[index]
      t.match(record, { action: 'auth.login', ...audit, details: { remoteAddress: '127.0.0.1' } })
      t.equal('reason' in record, audit.outcome === 'failure')
      const ofRequest = all.filter(({ reqId, kind }) => kind === 'access' && reqId === record.reqId)
      t.equal(ofRequest.length, 1, 'on the line stands the id of its request')
    }
    t.notMatch(JSON.stringify(all), 'hunter2')
  })

  t.test(`${name}: the address is the framework's, and a forged one forges nothing`, async (t) => {
    const { log, access } = logged(t)
    const app: Express = express()
    app.set('trust proxy', 1)
    app.use(requestLogger(log))
    app.get('/', (_req, res) => {
      res.end()
    })
    const { port, url } = await listen(t, app)
    await fetch(url, { headers: { 'x-forwarded-for': '6.6.6.6, ::ffff:203.0.113.9' } })
    const socket = await raw(
      port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: 1.1.1.1, x" - [y\r\n\r\n',
    )
    await received(socket)
    const records = await access(2)
    t.equal(records[0].req.remoteAddress, '203.0.113.9')
    t.match(records[0].msg, /^203\.0\.113\.9 - - \[/)
    t.match(records[1].msg, /^x\\x22\\x20-\\x20\\x5By - - \[/)
  })

  t.test(`${name}: names, users and levels can be asked of the framework's request`, async (t) => {
    const { log, access } = logged(t)
    const app: Express = express()
    app.use(
      requestLogger<Request, Response>(log, {
        operation: (req) =>
          `${req.method} by ${req.route ? 'route' : 'nobody'} for ${req.app.locals.user ?? 'nobody'}`,
        user: (req) => req.app.locals.user,
      }),
    )
    app.get('/in', (req, res) => {
      req.app.locals.user = 'ada'
      t.match(req.id, /^[0-9a-f-]{36}$/)
      req.log.audit({ action: 'a.b', actor: 'x', outcome: 'success' }).catch(t.fail)
      res.end()
    })
    const { url } = await listen(t, app)
    await fetch(`${url}/in`)
    const [record] = await access(1)
    t.match(record, { operation: 'GET by route for ada', req: { user: 'ada' } })
    t.match(record.msg, / - ada \[.*"GET by route for ada"/)
  })

  t.test(`${name}: an error of a request that nobody logs is logged by itself`, async (t) => {
    const { log, lines } = logged(t)
    const app: Express = express()
    app.get('/', (_req, _res, next) => next(new Error('not lost')))
    app.use(errorLogger(log))
    app.use(quiet)
    const { server, port } = await listen(t, app)
    const socket = await raw(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await once(server, 'request')
    await received(socket)
    const all = await lines()
    t.equal(all.length, 1)
    t.match(all[0], { level: 50, msg: 'request failed', err: { message: 'not lost' } })
  })
}
