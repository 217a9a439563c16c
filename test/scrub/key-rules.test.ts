import t from 'tap'
import { compileKeyNames, KEY_RULES, secretName, wordsOf } from '../../lib/scrub/key-rules.ts'

const names = compileKeyNames()

for (const rule of KEY_RULES) {
  t.test(
    `key rule ${rule.id}${rule.weak ? ', weak,' : ''} takes its examples and spares its near misses`,
    async (t) => {
      for (const name of rule.matches) t.equal(names.find(name)?.rule.weak, rule.weak, `${name} is secret`)
      for (const name of rule.matches) t.ok(names.find(name)?.rule, `${name} is known`)
      for (const name of rule.spares)
        t.ok([undefined, 'named'].includes(names.find(name)?.rule.id), `${name} is not`)
      if (rule.weak)
        for (const name of rule.matches) t.equal(secretName(name), undefined, `${name} alone says nothing`)
    },
  )
}

t.test('a name is split at case changes and separators', async (t) => {
  t.strictSame(wordsOf('X-API-Key'), ['x', 'api', 'key'])
  t.strictSame(wordsOf('dbPassword2'), ['db', 'password2'])
  t.strictSame(wordsOf('AWSSecretKey'), ['aws', 'secret', 'key'])
  t.strictSame(wordsOf('auth[token]'), ['auth', 'token'])
  t.strictSame(wordsOf('---'), [])
  t.strictSame(wordsOf('a b c d e f g h i j k l m n'), [...'adefghijklmn'], 'the first and the last ones')
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

t.test('of a name longer than any real one the end is looked at, which tells what it holds', async (t) => {
  t.equal(secretName(`${'x'.repeat(1_000_000)}_password`), 'password')
  t.equal(secretName(`password_${'x'.repeat(1_000_000)}`), undefined)
  t.equal(secretName('spring.a.b.c.d.e.f.g.h.i.j.k.l.m.password'), 'password')
  t.equal(secretName('spring.pat.b.c.d.e.f.g.h.i.auth.k.l.m'), undefined)
})
