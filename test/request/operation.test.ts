import fc from 'fast-check'
import t from 'tap'
import {
  expressOperation,
  expressPattern,
  fastifyOperation,
  hideSecretSegments,
  maskPath,
  pathOf,
  pathOperation,
} from '../../lib/request/operation.ts'
import { looksLikeId } from '../../lib/request/path-id.ts'

t.test('ids are masked and names are not', async (t) => {
  const ids = [
    '17',
    '2024-11-24',
    '+49.151.123',
    '018f3c1e-7b7a-7c3e-8a4e-0123456789ab',
    '507f1f77bcf86cd799439011',
    'deadbeef',
    'deadbeefdeadbeef',
    'V1StGXR8_Z5jdHi6B-myT',
    '01HZXW3V5N8QJ2M4K6P7R9S0T1',
    'cus_9s6XKzkNRiz8i3',
    'AbCdEfGhIjKlMnOpQrSt',
    'ada@example.org',
    'ada%40example.org',
    'a'.repeat(41),
  ]
  // Without a digit eight letters from a to f may be a word.
  for (const id of ids) t.equal(looksLikeId(id), id !== 'deadbeef', id)
  for (const name of [
    'orders',
    'v1',
    'decade',
    'oauth2authorization',
    'listAllOpenOrders',
    'sign-in',
    '%2e',
    'x'.repeat(40),
    '-',
    '',
  ]) {
    t.equal(looksLikeId(name), false, name)
  }
})

t.test('a path keeps its shape and loses its query, whatever its form', async (t) => {
  for (const [url, masked] of [
    ['/orders/17/items/3?token=x', '/orders/:id/items/:id'],
    ['/', '/'],
    ['*', '*'],
    ['//a//17/', '//a//:id/'],
    ['http://host:80/a/17?q', '/a/:id'],
    ['http://host', '/'],
    ['/go?to=http://x/1', '/go'],
    ['/a#b', '/a'],
    ['/login;jsessionid=ABCDEF', '/login'],
    ['/a%2Fb', '/a%2Fb'],
    ['/a\u0085b\n', '/a\\x85b\\x0A'],
    ['', ''],
  ]) {
    t.equal(maskPath(url), masked, url)
  }
  t.equal(pathOf('/a?b#c'), '/a')
})

t.test('no path makes a name that is long, has a query or is not printable', async (t) => {
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('/', 'a', '1', '?', '\n', ' ', '"') }),
  )
  fc.assert(
    fc.property(any, (url) => {
      const name = pathOperation({ method: 'GET', url: `/${url}` })
      return (
        name.length <= 200 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}?]/u.test(name) && name.split(' ').length === 2
      )
    }),
  )
  t.equal(maskPath(`/${'abc/'.repeat(5000)}`).length, 200)
})

t.test('an Express name is mount and pattern, with real ids in the mount masked', async (t) => {
  const req = (originalUrl: string, path: unknown, baseUrl = '') => ({
    method: 'GET',
    originalUrl,
    baseUrl,
    url: '/',
    route: { path },
  })
  t.equal(expressOperation(req('/orders/17', '/orders/:id')), 'GET /orders/:id')
  t.equal(
    expressOperation(req('/users/42/orders/17?x=1', '/orders/:order', '/users/42')),
    'GET /users/:id/orders/:order',
  )
  t.equal(
    expressOperation(req('/users/42/orders/17/', '/orders/:order', '')),
    'GET /users/:id/orders/:order',
    'after next(err)',
  )
  t.equal(expressOperation(req('/users/42', '/', '/users/42')), 'GET /users/:id')
  t.equal(expressOperation(req('/', '/')), 'GET /')
  t.equal(
    expressOperation(req('/files/a/b', '/*rest', '/files')),
    'GET /files/*rest',
    'not plain: the mount that Express tells',
  )
  t.equal(expressOperation(req('/x', ['/x', '/y'])), undefined, 'an array')
  t.equal(expressOperation(req('/x', /x/)), undefined, 'a regular expression')
  t.equal(expressOperation({ method: 'GET', url: '/x' }), undefined, 'no route')
  t.equal(expressPattern(req('/a/b', '/b')), '/a/b')
  t.equal(pathOperation({ url: '/x' }), '- /x')
  t.equal(pathOperation({}), '- -')
  t.equal(expressPattern({ route: { path: '/x' } }), '/x')
  t.equal(expressPattern({ route: { path: '*' } }), '*')
})

t.test('a Fastify name is the pattern of its route, and a 404 has none', async (t) => {
  const raw = { method: 'GET', url: '/a/1' }
  t.equal(fastifyOperation({ raw, is404: false, routeOptions: { url: '/a/:id' } }), 'GET /a/:id')
  t.equal(fastifyOperation({ raw, is404: true, routeOptions: {} }), undefined)
})

t.test('segments of secret parameters are replaced wherever the route is mounted', async (t) => {
  for (const [url, pattern, base, hidden] of [
    ['/reset/abc', '/reset/:token', '', '/reset/[SECRET:token]'],
    ['/reset/abc?next=/x/y', '/reset/:token', '', '/reset/[SECRET:token]?next=/x/y'],
    ['/auth/7/reset/abc/', '/reset/:token', '', '/auth/7/reset/[SECRET:token]/'],
    ['//reset//abc', '/reset/:token', '', '//reset//[SECRET:token]'],
    ['http://abc/reset/abc', '/reset/:token', '', 'http://abc/reset/[SECRET:token]'],
    ['http://abc/abc', '/:token', '', 'http://abc/[SECRET:token]'],
    ['http://abc', '/:token', '', 'http://abc'],
    ['/u/7/abc/pw', '/u/:id/:token/:password', '', '/u/7/[SECRET:token]/[SECRET:password]'],
    ['/f/abc-def', '/f/:from-:token', '', '/f/[SECRET:token]'],
    ['/api/abc/x/y', '/:token/*rest', '/api', '/api/[SECRET:token]/[SECRET:token]/y'],
    ['/abc/x/y', '/:token/*', '', '/[SECRET:token]/[SECRET:token]/y'],
    ['/reset', '/reset/:token', '', '/reset'],
    ['/x', '/*a/:token', '', '/x'],
    ['/r/abc', '/r/:reset_token2', '', '/r/[SECRET:token]'],
    ['/r/abc', '/r/:$token', '', '/r/[SECRET:token]'],
    ['/orders/17', '/orders/:id', '', '/orders/17'],
    ['/x', /x/, '', '/x'],
    ['/authors/ada', '/authors/:author', '', '/authors/ada'],
  ] as const) {
    t.equal(hideSecretSegments(url, pattern, base), hidden, `${url} by ${pattern}`)
  }
})

t.test('more patterns than any program has do not pile up, and are right all the same', async (t) => {
  for (let i = 0; i < 1100; i++) {
    if (hideSecretSegments('/a/b', `/p${i}/:token`) !== '/a/[SECRET:token]') t.fail(`pattern ${i}`)
  }
  t.equal(hideSecretSegments('/a/b', '/p0/:token'), '/a/[SECRET:token]')
})
