import fc from 'fast-check'
import t from 'tap'
import { createFinder, createScrubber } from '../../lib/scrub/scrubber.ts'

const VALUE = 'Inv3nted/secret+one'

function scrubber() {
  return createScrubber({ env: false, hide: [VALUE] })
}

t.test('a hidden value is cut in every form that it may take', async (t) => {
  const scrub = scrubber()
  const bytes = (before: string) => Buffer.from(`${before}${VALUE}tail`)
  const forms = {
    plain: VALUE,
    percent: encodeURIComponent(VALUE),
    'percent in lower case': encodeURIComponent(VALUE).replaceAll('%2F', '%2f').replaceAll('%2B', '%2b'),
    'base64, first alignment': bytes('').toString('base64'),
    'base64, second alignment': bytes('x').toString('base64'),
    'base64, third alignment': bytes('xy').toString('base64'),
    base64url: bytes('abc').toString('base64url'),
  }
  for (const [name, form] of Object.entries(forms)) {
    const out = JSON.parse(scrub.text(JSON.stringify({ msg: `a ${form} b` }))).msg
    t.match(out, /\[SECRET:hidden\]/, name)
    const decoded = Buffer.from(out.replaceAll('[SECRET:hidden]', '').slice(2, -2), 'base64').toString(
      'latin1',
    )
    t.notMatch(decoded, /nted\/secret/, `${name} decoded`)
  }
})

t.test('a value with quotes is cut where JSON has escaped it, once and twice', async (t) => {
  const value = 'quo"te\\d-value'
  const scrub = createScrubber({ env: false, hide: [value] })
  const once = scrub.text(JSON.stringify({ msg: value, body: JSON.stringify({ x: value }) }))
  t.strictSame(JSON.parse(once), { msg: '[SECRET:hidden]', body: '{"x":"[SECRET:hidden]"}' })
})

t.test('a hidden value stays in numbers, in the record’s own names and in markers', async (t) => {
  const scrub = createScrubber({ env: false, hide: ['123456', 'operation', 'SECRET:password'] })
  t.equal(
    scrub.text('{"operation":"x","pid":1234567,"msg":"123456 operation"}'),
    '{"operation":"x","pid":1234567,"msg":"[SECRET:hidden] [SECRET:hidden]"}',
  )
  t.equal(scrub.text('{"password":"[SECRET:password]"}'), '{"password":"[SECRET:password]"}')
})

t.test('hide() names what it takes and never shows what it got', async (t) => {
  const scrub = scrubber()
  const refused = (value: unknown, name?: string) => {
    try {
      scrub.hide(value as string, name)
      return undefined
    } catch (error) {
      return error as Error & { code: string }
    }
  }
  t.match(refused('short'), {
    code: 'HUSHLOG_OPTION',
    message: 'hide() takes text of 6 to 8192 characters, got 5 characters',
  })
  t.match(refused(12345678), { code: 'HUSHLOG_OPTION', message: /got number/ })
  t.match(refused('long enough', 'Not An Id'), {
    code: 'HUSHLOG_OPTION',
    message: /1 to 32 of a-z, 0-9 and -/,
  })
  scrub.hide('second-value', 'session')
  t.equal(scrub.text('a second-value b'), 'a [SECRET:session] b')
})

t.test('a longer value leaves no tail where a shorter one starts alike', async (t) => {
  const scrub = createScrubber({ env: false, hide: ['secret-one', 'secret-one-and-more'] })
  t.equal(scrub.text('x secret-one-and-more y'), 'x [SECRET:hidden] y')
})

t.test('values of secret variables are taken as far as they cannot eat ordinary text', async (t) => {
  const before = process.env
  process.env = {
    DB_PASSWORD: 'postgres',
    API_TOKEN: 'Inv3nted0Token0Value',
    SESSION_SECRET: 'aB3$xyz9',
    SHORT_SECRET: 'ab1',
    PLAIN_SECRET: 'abcdefghij',
    HOME_DIR: 'Inv3nted0Home0Value',
  }
  t.teardown(() => (process.env = before))
  const scrub = createScrubber()
  t.equal(scrub.text('t Inv3nted0Token0Value s aB3$xyz9'), 't [SECRET:env] s [SECRET:env]')
  t.equal(
    scrub.text('postgres ab1 abcdefghij Inv3nted0Home0Value'),
    'postgres ab1 abcdefghij Inv3nted0Home0Value',
  )
})

t.test('the directory that a shell tells of is no secret, whatever its variable is called', async (t) => {
  const before = process.env
  process.env = { PWD: '/srv/app-17/current', OLDPWD: '/home/ada/releases-2', DB_PWD: 'Inv3nted0Password' }
  t.teardown(() => (process.env = before))
  const registered = createFinder({}, []).registered
  t.strictSame(registered.refused, [{ name: 'PWD', reason: 'the directory of a shell' }])
  t.equal(
    createScrubber().text('at /srv/app-17/current/x.js in /home/ada/releases-2 with Inv3nted0Password'),
    'at /srv/app-17/current/x.js in /home/ada/releases-2 with [SECRET:env]',
  )
})

t.test('a hidden value never survives in any text around it', async () => {
  const scrub = scrubber()
  fc.assert(
    fc.property(
      fc.string({ maxLength: 20, unit: 'binary' }),
      fc.string({ maxLength: 20, unit: 'binary' }),
      (before, after) => {
        const line = scrub.text(JSON.stringify({ msg: before + VALUE + after }))
        if (JSON.parse(line).msg.includes(VALUE)) throw new Error(line)
      },
    ),
    { numRuns: 1000 },
  )
})
