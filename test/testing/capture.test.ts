import { execFile } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import t from 'tap'
import { runOperation } from '../../lib/context.ts'
import { HushlogError } from '../../lib/errors.ts'
import { fastifyLogger, fastifyOptions } from '../../lib/request/fastify.ts'
import { requestLogger } from '../../lib/request/http.ts'
import { isHarmlessName, randomRuns } from '../../lib/scrub/random-looking.ts'
import { captureLogs } from '../../lib/testing/capture.ts'
import { folder } from '../helpers.ts'

const captured = (options = {}) => captureLogs({ service: 'test', scrub: { env: false }, ...options })

t.test(
  'captured records are those of the gate, with their operation, in order, until they are cleared',
  async (t) => {
    const log = captured({ level: 'debug' })
    log.info({ password: 'hunter2' }, 'welcome')
    runOperation('nightly cleanup', () => log.child({ tenant: 'acme' }).debug('begins'))
    log.trace('under the level')
    log.audit({ action: 'order.refund', actor: 'ada', outcome: 'success' })
    t.match(log.records, [
      { level: 30, service: 'test', operation: 'process', password: '[SECRET:password]', msg: 'welcome' },
      { operation: 'nightly cleanup', tenant: 'acme', msg: 'begins' },
      { kind: 'audit', action: 'order.refund' },
    ])
    t.match(log.audits, [{ action: 'order.refund', actor: 'ada', outcome: 'success' }])
    t.equal(log.records.length, 3)
    t.equal(log.text(), log.records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    log.clear()
    t.strictSame([log.records, log.audits, log.text()], [[], [], ''])
    log.child({}).error(new Error('again'))
    t.match(log.records, [{ err: { message: 'again' } }], 'children share what was captured')
    log.hide('a-registered-value')
    log.info('a-registered-value')
    t.match(log.records[1], { msg: '[SECRET:hidden]' })
    await log.flush()
    await new Promise<void>((resolve) => log.flush(() => resolve()))
    await log.close()
    t.match(log.stats(), { lines: 5, store: undefined })
  },
)

t.test('a capturing logger refuses what would lead lines elsewhere, and wrong options', async (t) => {
  for (const options of [{ storage: {} }, { stdout: true }, { transport: {} }, { levl: 'info' }, null, 5])
    t.throws(() => captureLogs(options as never), { code: 'HUSHLOG_OPTION' }, JSON.stringify(options))
  t.throws(() => captureLogs({ storage: false } as never), /^captureLogs does not take storage/)
})

t.test('what a hook of the program writes and what breaks on its way shows in the records', async (t) => {
  const log = captured({
    hooks: { streamWrite: () => 'no JSON' },
    onError() {
      throw new Error('the test’s own')
    },
  })
  log.info('x')
  t.match(log.records, [{ msg: 'no JSON' }])
  const breaking = captured({
    formatters: {
      log: () => {
        throw new Error('x')
      },
    },
  })
  breaking.info({ a: 1 })
  t.match(breaking.records, [{ msg: /^a line was withheld/ }])
})

t.test('it works with requestLogger and with Fastify', async (t) => {
  const log = captured()
  const logRequest = requestLogger(log)
  const server = createServer((req, res) => logRequest(req, res, () => res.end('hello'))).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders/17?token=abcdef`
  await (await fetch(url, { headers: { connection: 'close' } })).text()
  await new Promise((resolve) => server.close(resolve))
  t.match(log.records, [{ kind: 'access', operation: 'GET /orders/:id', req: { url: /SECRET:query/ } }])
  log.assertNoSecrets({ secrets: ['abcdef'] })

  const ofFastify = captured()
  const fastify = Fastify(fastifyOptions(ofFastify, Fastify))
  await fastify.register(fastifyLogger, { log: ofFastify, login: [{ path: '/login' }] })
  fastify.post('/login', async (_, reply) => reply.code(401).send())
  await fastify.inject({ method: 'POST', url: '/login', payload: { username: 'ada', password: 'hunter2' } })
  await fastify.close()
  t.match(ofFastify.audits, [{ action: 'auth.login', actor: 'ada', outcome: 'failure' }])
  t.equal(ofFastify.records.filter(({ kind }) => kind === 'access').length, 1)
})

const SECRET = 'correct horse/"battery"'
const FORMS: Record<string, string> = {
  plain: SECRET,
  base64: Buffer.from(`user:${SECRET}`).toString('base64'),
  base64url: Buffer.from(SECRET).toString('base64url'),
  'percent-encoded': `x=${encodeURIComponent(SECRET)}`,
  'a form': String(new URLSearchParams({ x: SECRET })),
  'JSON in a string': JSON.stringify({ note: SECRET }),
}

t.test('a given secret is found in every form, and told by line, path and length', async (t) => {
  for (const [form, text] of Object.entries(FORMS)) {
    const log = captured()
    log.info('harmless')
    log.info({ items: [{ note: text }] }, 'found')
    const error = thrownBy(() => log.assertNoSecrets({ secrets: ['another secret', SECRET] }))
    t.match(error, { code: 'HUSHLOG_SECRET' }, form)
    t.match(
      error?.message,
      /^a secret stands in the captured lines\nline 2, items\.0\.note: the given secret 2/,
      form,
    )
    t.match(error?.message, /\(23 characters\)$/)
    t.notMatch(error?.message, /horse|battery/)
    log.assertNoSecrets({ secrets: ['another secret'], looks: false })
  }
  const log = captured()
  log.info({ [`${SECRET} as a name`]: { n: 1 }, pin: 1 }, 'x')
  log.info({ number: 1234567 }, 'x')
  const error = thrownBy(() => log.assertNoSecrets({ secrets: [SECRET, '1234567'] }))
  t.match(error?.message, /^2 secrets stand .+\nline 1, a name: the given secret 1 .+\nline 2, number: /)
  t.notMatch(error?.message, /horse|battery/)
})

t.test('a marker of the gate is no secret', async (t) => {
  const log = captured()
  log.info({ password: 'x1y2z3', note: 'SECRETS' }, 'x')
  log.assertNoSecrets({ secrets: ['SECRET:', 'SECRET:password'] })
  t.match(thrownBy(() => log.assertNoSecrets({ secrets: ['SECRETS'] }))?.message, /line 1, note: /)
})

t.test(
  'what looks like a secret is found where the gate left it, and told without a character of it',
  async (t) => {
    const log = captured()
    const values = {
      base64: 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5hJ7kM9nP1qR3',
      hex: createHash('sha256').update('shade').digest('hex'),
    }
    log.info({ colour: values.base64, nested: { shade: [values.hex] } }, 'x')
    log.info(`painted in ${values.hex}`)
    log.info({ [values.hex]: { n: 1 } }, 'x')
    const error = thrownBy(() => log.assertNoSecrets())
    t.match(error?.message.split('\n'), [
      '4 secrets stand in the captured lines',
      'line 1, colour: looks like a secret (48 characters)',
      'line 1, nested.shade.0: looks like a secret (64 characters)',
      'line 2, msg: looks like a secret (64 characters)',
      'line 3, a name: looks like a secret (64 characters)',
    ])
    for (const value of Object.values(values)) t.notMatch(error?.message, value.slice(0, 6))
    log.assertNoSecrets({ allow: Object.values(values) })
    log.assertNoSecrets({ looks: false })
    log.clear()
    for (let i = 0; i < 50; i++) log.info({ i, shade: values.hex })
    t.match(thrownBy(() => log.assertNoSecrets())?.message, /\nand 30 more$/)
  },
)

t.test('ids, hashes, times, paths and names of code are no secrets', async (t) => {
  const log = captured()
  const hash = randomBytes(32).toString('hex')
  log.info({
    id: randomBytes(16).toString('hex'),
    etag: `W/"${hash}"`,
    sha256: hash,
    commitSha: hash.slice(0, 40),
  })
  log.info({
    traceparent: `00-${hash.slice(0, 32)}-${hash.slice(0, 16)}-01`,
    order: randomUUID(),
    orderId: hash,
  })
  log.info(`deployed commit ${hash.slice(0, 40)} at ${new Date().toISOString()} as order-${randomUUID()}`)
  log.info(`integrity sha512-${randomBytes(64).toString('base64')}`.slice(0, 60))
  log.info({
    file: `/var/lib/containers/${hash}/config.json`,
    url: '/orders/20261124/items?page=2&sort=createdAt',
  })
  log.info('GetOrderByIdAndCustomer2Handler called findFirstByEmailAndStatusOrderByCreatedAtDesc')
  log.info({
    agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0',
    pod: 'payment-service-7d9f8b6c5d-x2x4z',
  })
  log.error(
    new Error(
      'ENOENT: no such file, open /app/node_modules/.pnpm/fastify@5.12.8_a1b2c3d4e5f6a7b8c9d0e1f2a3b4/x.js',
    ),
  )
  log.info({
    at: 1764000000000,
    price: '12345678901234567890',
    base: 'aaaaaaaaaaaaaaaaaaaaaaaa1',
    list: Array(500).fill('x').join(''),
  })
  t.doesNotThrow(() => log.assertNoSecrets())
})

t.test(
  'of random values of 32 characters or more most look random, of lines of code and documents next to none',
  async (t) => {
    const found = (make: () => string) => {
      let count = 0
      for (let i = 0; i < 500; i++) if (randomRuns(`value ${make()}`).length > 0) count++
      return count / 500
    }
    t.ok(found(() => randomBytes(16).toString('hex')) > 0.95)
    t.ok(found(() => randomBytes(36).toString('base64url')) > 0.95)
    const root = new URL('../../', import.meta.url)
    const files = [
      ...readdirSync(new URL('docs/', root)).map((name) => `docs/${name}`),
      'README.md',
      'CHANGELOG.md',
    ]
    const lines = files.flatMap((file) => readFileSync(new URL(file, root), 'utf8').split('\n'))
    const looking = lines.filter((line) => randomRuns(line).length > 0)
    t.ok(lines.length > 1500, `${lines.length} lines`)
    t.ok(looking.length <= lines.length / 500, looking.join('\n'))
    t.strictSame(
      [isHarmlessName('X-Request-Id'), isHarmlessName('identity'), isHarmlessName('width')],
      [true, false, false],
    )
  },
)

t.test('looking takes time in proportion to the text, whatever it is', async (t) => {
  for (const unit of ['a1', 'aB3-', 'x', '/a1?', '[SECRET:']) {
    const timeOf = (n: number) => {
      const text = unit.repeat(n / unit.length)
      const start = process.cpuUsage()
      randomRuns(text)
      return process.cpuUsage(start).user + 1
    }
    timeOf(2 ** 16)
    const ratio = Math.min(...[1, 2, 3].map(() => timeOf(2 ** 20) / timeOf(2 ** 17)))
    t.ok(ratio < 8 * 4, `${unit}: 8 times as much takes ${ratio.toFixed(1)} times as long`)
  }
  const deep = captured()
  deep.info({ deep: JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) })
  deep.assertNoSecrets({ secrets: ['another secret'] })
})

t.test('wrong checks are refused by their name', async (t) => {
  const log = captured()
  const wrong: [unknown, RegExp][] = [
    [5, /assertNoSecrets takes an object/],
    [{ secret: [] }, /assertNoSecrets\.secret is unknown: did you mean assertNoSecrets\.secrets\?/],
    [{ secrets: 'hunter2' }, /assertNoSecrets\.secrets takes an array of texts of 6 to 8192 characters/],
    [{ secrets: ['abc'] }, /assertNoSecrets\.secrets takes/],
    [{ allow: [''] }, /assertNoSecrets\.allow takes/],
    [{ looks: 1 }, /assertNoSecrets\.looks takes/],
  ]
  for (const [checks, message] of wrong)
    t.throws(() => log.assertNoSecrets(checks as never), { code: 'HUSHLOG_OPTION', message })
})

t.test(
  'a program that captures leaves no directory, no word and no handler behind, and node:test tells its failure',
  async (t) => {
    const cwd = folder(t)
    const index = new URL('../../dist/index.js', import.meta.url).href
    const program = `
    import test from 'node:test'
    import { readdirSync } from 'node:fs'
    import { captureLogs } from '${index}'
    const listening = () => ['exit', 'beforeExit', 'SIGTERM', 'uncaughtException'].map((name) => process.listenerCount(name)).join()
    test('harmless', () => {
      const before = listening()
      const log = captureLogs()
      log.info({ password: 'hunter2' }, 'x')
      log.assertNoSecrets({ secrets: ['hunter2'] })
      if (listening() !== before) throw new Error('a handler was left behind')
      if (readdirSync('.').length > 0) throw new Error('a file was left behind')
    })
    test('leaking', () => {
      const log = captureLogs()
      log.info('the word is opens3same')
      log.assertNoSecrets({ secrets: ['opens3same'] })
    })`
    const args = ['--input-type=module', '--test-reporter=tap', '-e', program]
    const env = { PATH: dirname(process.execPath) }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd, env }).catch(
      (error) => error,
    )
    t.match(stdout, /^ok 1 - harmless$/m)
    t.match(stdout, /^not ok 2 - leaking$/m)
    t.match(stdout, /HUSHLOG_SECRET/)
    t.notMatch(stdout, /opens3same/)
    t.equal(stderr, '')
  },
)

t.test(
  'errors are scrubbed like everything else, and innocent names keep their values (LogTape’s redactByField)',
  async (t) => {
    const log = captured()
    const err = Object.assign(new Error('pw=hunter2 in message'), {
      password: 'hunter2',
      config: { headers: { Authorization: 'Bearer opens3same0123456789' } },
    })
    log.error({ err })
    log.info('login password=hunter2 Bearer opens3same0123456789')
    const innocent = {
      keyboard: 'qwerty',
      author: 'ada',
      monkey: 'george',
      tokensUsed: 17,
      address: 'Main St 1',
      emailSent: true,
      primaryKey: 'order_id',
    }
    log.info(innocent, 'over')
    log.info({ url: '/x?access_token=hunter2', body: '{"password":"hunter2"}' })
    t.notMatch(log.text(), /hunter2|opens3same/)
    t.match(log.records[2], innocent)
    log.assertNoSecrets({ secrets: ['hunter2', 'opens3same0123456789'] })
  },
)

t.test('names in any case and texts of errors are cut (what tslog’s mask leaves)', async (t) => {
  const log = captured()
  const error = Object.assign(
    new Error('cannot log in, password=hunter2', { cause: new Error('pwd: hunter2') }),
    {
      Password: 'hunter2',
    },
  )
  log.error(error)
  log.info(
    { Password: 'hunter2', PASSWORD: 'hunter2', user: { Authorization: 'Bearer hunter2hunter2' } },
    'x',
  )
  log.error('failed: %s', error.message)
  log.error(error, 'failed')
  t.equal(log.records.length, 4)
  t.notMatch(log.text(), 'hunter2')
})

t.test('what evlog’s redaction leaves is cut, and a version is no address', async (t) => {
  const log = captured()
  const made = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5'
  log.info({
    password: 'hunter2',
    apiKey: `sk_live_${made.slice(0, 24)}`,
    headers: {
      authorization: `Basic ${Buffer.from('bob:hunter2').toString('base64')}`,
      cookie: 'sid=hunter2',
    },
    gh: `ghp_${made}`,
    npm: `npm_${made}`,
    aws: `AKIA${made.slice(0, 16).toUpperCase()}`,
    dsn: 'postgres://u:hunter2@db/x',
    version: '10.20.30.40',
  })
  log.assertNoSecrets({
    secrets: ['hunter2', made.slice(0, 24), made, `AKIA${made.slice(0, 16).toUpperCase()}`],
  })
  t.equal(log.records[0].version, '10.20.30.40')
  t.match(log.records[0].dsn, /SECRET/)
})

t.test(
  'audit records come through a logger that is switched off, and line ends in any text forge no line',
  async (t) => {
    const log = captured({ enabled: false, level: 'silent' })
    await log.audit({ action: 'order.refund', actor: 'ada', outcome: 'success' })
    t.equal(log.audits.length, 1)
    log.clear()
    const on = captured()
    on.info({ user: 'bob\n{"level":30,"msg":"forged"}' }, 'login\r\n\u001b[2J\u2028forged')
    await on.audit({ action: 'a.b\nforged', actor: 'x\ny', outcome: 'success' })
    t.equal(on.text().split('\n').length, 3)
    t.notMatch(on.text(), /[\r\u001b]/)
  },
)

function thrownBy(fn: () => void): HushlogError | undefined {
  try {
    fn()
  } catch (error) {
    return error instanceof HushlogError ? error : undefined
  }
  return undefined
}
