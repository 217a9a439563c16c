import t from 'tap'
import { HushlogError } from '../../lib/errors.ts'
import { checkLogger, requestSettings } from '../../lib/request/options.ts'

function messageOf(fn: () => unknown): string {
  try {
    fn()
  } catch (error) {
    if (error instanceof HushlogError && error.code === 'HUSHLOG_OPTION') return error.message
    throw error
  }
  return 'nothing was thrown'
}
const refusal = (options: object) => messageOf(() => requestSettings(options))

t.test('without options everything has its default', async (t) => {
  const settings = requestSettings()
  t.match(settings, {
    requestIdHeader: 'X-Request-Id',
    trustRequestId: false,
    access: true,
    login: [],
    headers: [],
  })
  t.equal(settings.ignore, undefined)
  t.ok(Object.isFrozen(settings))
})

t.test('options are taken as they are meant and never changed', async (t) => {
  const ignore = () => true
  const options = Object.freeze({
    autoLogging: Object.freeze({ ignore }),
    headers: Object.freeze(['Accept-Language']) as string[],
    login: [Object.freeze({ path: '/login' }), Object.freeze({ method: 'put', path: '/session' })],
    customProps: undefined,
  })
  const settings = requestSettings(options)
  t.equal(settings.ignore, ignore)
  t.equal(settings.access, true)
  t.same(settings.headers, ['accept-language'])
  t.same(settings.login, [
    { method: 'POST', path: '/login' },
    { method: 'PUT', path: '/session' },
  ])
  t.equal(requestSettings({ autoLogging: false }).access, false)
  t.equal(requestSettings({ autoLogging: true }).access, true)
})

t.test('an unknown option is told with the name that is probably meant', async (t) => {
  t.equal(refusal({ genReqID: 1 }), 'requestLogger: option genReqID is unknown: did you mean genReqId?')
  t.equal(refusal({ header: [] }), 'requestLogger: option header is unknown: did you mean headers?')
  t.match(
    refusal({ wrapSerializers: true }),
    /option wrapSerializers is unknown: known are genReqId, customLogLevel, /,
  )
  t.match(refusal({ toString: 1 }), /option toString is unknown/)
  t.ok(refusal({ ['x'.repeat(5000)]: 1 }).length < 400)
})

t.test('a wrong type is told with what the option takes, and never with the value', async (t) => {
  const secret = 'hunter2-hunter2'
  for (const [name, value, got] of [
    ['genReqId', secret, 'takes a function, got text'],
    ['customLogLevel', 3, 'takes a function, got a number'],
    ['customProps', {}, 'takes a function, got an object that does not fit'],
    ['operation', null, 'takes a function, got null'],
    ['user', true, 'takes a function, got a boolean'],
    ['trustRequestId', 'yes', 'takes true, false or a function, got text'],
    ['requestIdHeader', 'X Request', 'takes the name of a header, got text'],
    ['requestIdHeader', '', 'takes the name of a header, got text'],
    [
      'autoLogging',
      { ignor: () => true },
      'takes true, false or { ignore: function }, got an object that does not fit',
    ],
    ['autoLogging', { ignore: 1 }, 'got an object that does not fit'],
    ['autoLogging', [], 'got an array that does not fit'],
    ['login', {}, 'got an object that does not fit'],
    ['login', [{ path: 'login' }], 'got an array that does not fit'],
    ['login', [{ method: 'POST' }], 'got an array that does not fit'],
    ['login', [{ path: '/l', user: secret }], 'got an array that does not fit'],
    ['login', [{ path: '/l', methods: 'x' }], 'got an array that does not fit'],
    ['login', [null], 'got an array that does not fit'],
    ['headers', 'accept', 'takes an array of names of headers, got text'],
    ['headers', ['a b'], 'got an array that does not fit'],
  ] as const) {
    const message = refusal({ [name]: value })
    t.ok(message.startsWith(`requestLogger: option ${name} takes `) && message.endsWith(got), message)
    t.notMatch(message, secret)
  }
  t.equal(refusal([] as never), 'requestLogger: the options are an object, got an array that does not fit')
  t.equal(
    messageOf(() => requestSettings({ x: 1 } as never, 'fastifyLogger', ['x'])),
    'nothing was thrown',
  )
  t.equal(
    messageOf(() => requestSettings({ y: 1 } as never, 'fastifyLogger', ['x'])).slice(0, 29),
    'fastifyLogger: option y is un',
  )
})

t.test('another logger than ours is refused', async (t) => {
  t.equal(
    messageOf(() => checkLogger(console, 'errorLogger')),
    'errorLogger: takes a logger made by hushlog(), got an object that does not fit',
  )
  t.equal(
    messageOf(() => checkLogger(undefined, 'requestLogger')),
    'requestLogger: takes a logger made by hushlog(), got undefined',
  )
  t.equal(
    messageOf(() => checkLogger({ audit() {} }, 'x')),
    'nothing was thrown',
  )
})
