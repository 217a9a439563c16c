import t from 'tap'
import { compileKeyNames, KEY_RULES, secretName, wordsOf } from '../../lib/scrub/key-rules.ts'

for (const rule of KEY_RULES) {
  t.test(`key rule ${rule.id} takes its examples and spares its near misses`, async (t) => {
    for (const name of rule.matches) t.ok(secretName(name), `${name} is secret`)
    for (const name of rule.spares) t.equal(secretName(name), undefined, `${name} is not`)
  })
}

t.test('a name is split at case changes and separators', async (t) => {
  t.strictSame(wordsOf('X-API-Key'), ['x', 'api', 'key'])
  t.strictSame(wordsOf('dbPassword2'), ['db', 'password2'])
  t.strictSame(wordsOf('AWSSecretKey'), ['aws', 'secret', 'key'])
  t.strictSame(wordsOf('auth[token]'), ['auth', 'token'])
  t.strictSame(wordsOf('---'), [])
})

t.test('a name in fullwidth letters is the name that it looks like', async (t) => {
  t.equal(secretName('ｐａｓｓｗｏｒｄ'), 'password')
})

t.test('names of a program join the table, and allowed names leave it', async (t) => {
  const names = compileKeyNames({ keys: ['badge_code'], allowKeys: ['session'] })
  t.equal(names.find('badgeCode')?.rule.id, 'key-name')
  t.equal(names.find('session'), undefined)
  t.equal(names.find('sessionId')?.rule.id, 'session')
})

t.test('a name longer than any real one is cut before it is looked at', async (t) => {
  t.equal(secretName('x'.repeat(1_000_000) + 'password'), undefined)
})
