import t from 'tap'
import { createScrubber } from '../../lib/scrub/scrubber.ts'
import { inventedToken, TOKEN_RULES } from '../../lib/scrub/token-rules.ts'

const scrubber = createScrubber({ env: false })
const inMessage = (msg: string) => JSON.parse(scrubber.text(JSON.stringify({ level: 30, msg }))).msg

for (const rule of TOKEN_RULES) {
  t.test(`token rule ${rule.id} cuts its tokens wherever they stand and nothing shorter`, async (t) => {
    for (const prefix of rule.prefixes) {
      const token = inventedToken(rule, prefix)
      const cut = (text: string) => inMessage(text).includes(token)
      t.notOk(cut(token), `${prefix} alone`)
      t.notOk(cut(`before ${token} after`), `${prefix} in a sentence`)
      t.notOk(cut(`line\n${token}\nline`), `${prefix} after an escaped line end`)
      t.notOk(cut(`x%3D${token}`), `${prefix} after a percent escape`)
      t.notOk(cut(`\u001b[32m${token}\u001b[0m`), `${prefix} in a terminal's colour`)
      t.notOk(
        cut(JSON.stringify({ [token]: [token, token] })),
        `${prefix} in JSON inside the message, as a name too`,
      )
      t.equal(inMessage(`word${token}`.slice(0, 4)), 'word')
      const short = prefix.slice(0, -1)
      t.equal(inMessage(`see ${short} here`), `see ${short} here`, `${prefix} not whole`)
    }
  })
}

t.test('what stands before and after a token stays as it was', async (t) => {
  const token = inventedToken(TOKEN_RULES[0])
  t.equal(inMessage(`a,${token},b`), 'a,[SECRET:github],b')
  t.equal(inMessage(`"${token}"`), '"[SECRET:github]"')
  t.equal(inMessage(`${token} ${token}`), '[SECRET:github] [SECRET:github]')
})

t.test('a prefix inside a word is no token', async (t) => {
  t.equal(inMessage('my_ghp_Example0Invented0Example0Invented0'), 'my_ghp_Example0Invented0Example0Invented0')
})

t.test('a rule of the program takes its prefix, its set and its length', async (t) => {
  const own = createScrubber({
    env: false,
    rules: [{ id: 'badge', prefix: 'BDG-', set: 'hex', minLength: 8 }],
  })
  t.equal(own.text('go BDG-01ab23cd now'), 'go [SECRET:badge] now')
  t.equal(own.text('go BDG-01ab23 now'), 'go BDG-01ab23 now')
})
