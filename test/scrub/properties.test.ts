import fc from 'fast-check'
import t from 'tap'
import { DIRECTIVES } from '../../lib/scrub/directives.ts'
import { KEY_RULES } from '../../lib/scrub/key-rules.ts'
import { createScrubber } from '../../lib/scrub/scrubber.ts'
import { inventedToken, TOKEN_RULES } from '../../lib/scrub/token-rules.ts'
import { TOLD_OBJECTS } from '../../lib/scrub/told.ts'

const RUNS = Number(process.env.HUSHLOG_RUNS ?? 2000)
const seed = Number(process.env.HUSHLOG_SEED ?? Date.now() % 2 ** 31)
t.comment(`seed ${seed}; HUSHLOG_SEED sets it`)

const scrubber = createScrubber({ env: false, hide: ['registered-value'] })
const names = KEY_RULES.flatMap(({ matches, spares }) => [...matches, ...spares])
const tokens = TOKEN_RULES.flatMap((rule) => rule.prefixes.map((prefix) => inventedToken(rule, prefix)))
const pieces = [
  ...tokens.slice(0, 40),
  '"',
  '\\',
  "'",
  '`',
  ':',
  '=',
  '=>',
  '%3D',
  '%22',
  '&',
  '?',
  ',',
  ';',
  '{',
  '}',
  '[',
  ']',
  '<',
  '>',
  '/',
  '://',
  '@',
  '-----BEGIN PRIVATE KEY-----',
  '-----END PRIVATE KEY-----',
  'eyJhbGciOiJ',
  '.',
  'Bearer ',
  'Basic ',
  '[SECRET:password]',
  '[SECRET:',
  '&quot;',
  '&gt;',
  '&lt;/',
  '&#112;assword',
  '\\u0022',
  '\\u003e',
  '\u001b[32m',
  '\\u001b[0m',
  '</password>',
  '<![CDATA[',
  ': |\n  ',
  '"name":"password",',
  '"value":"abcdefg-1"',
  'abcdefg-1',
  '"type":"Buffer","data":[1,2',
  '["password",',
  '：',
  ' -> ',
  ']',
  '4111111111111111',
  '4111 1111 1111 1111',
  'DE89370400440532013000',
  'GB82 WEST 1234 5698 7654 32',
  '219-09-9999',
  'registered-value',
  '\n',
  '\\n',
  '\u007f',
  '\u0085',
  '\u2028',
  '\ud800',
  'é',
  '💥',
  ' ',
  'null',
  '12',
  '${X}',
  '***',
  ...DIRECTIVES.flatMap(({ texts }) => texts),
  ...TOLD_OBJECTS.map(({ text }) => text),
  '"kty":"oct","k":"abcdefg-1"',
  "(a, password) VALUES ('b', 'abcdefg-1')",
  'VALUES (',
  'a:abcdefg-1',
  'ada/abcdefg-1]',
  '123456',
  '\t',
  "' + '",
  '" . "',
  '" -> "',
  '[[abcdefg-1]]',
  '<<EOS\n',
  'to "',
  ')=(',
  '").type("',
  'curl -u ',
  'ldapsearch -w ',
  'jwt.sign(a, ',
  'Some("',
  '→',
  'пароль=',
  '密码：',
  'password is generated for a: ',
  'file.ts:12',
  'arn:aws:secret:',
]
const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pieces),
      fc.constantFrom(...names),
      fc.string({ maxLength: 6, unit: 'binary' }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''))
const leaf = fc.oneof(
  soup,
  soup.map((text) => JSON.stringify({ [text.slice(0, 9)]: text })),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
)
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.oneof(fc.constantFrom(...names), soup), tie('value'), { maxKeys: 5 }),
}))

/** The shape of a value: kinds of containers and how many members, whatever became of names and leaves. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (value === null || typeof value !== 'object') return 'leaf'
  return Object.values(value).map(shapeOf)
}

const check = (property: fc.IProperty<[string]> | fc.IProperty<[unknown]>) =>
  fc.assert(property as fc.IProperty<[unknown]>, { numRuns: RUNS, seed })

t.test('a line of JSON stays JSON of the same shape, and scrubbing twice is scrubbing once', async () => {
  check(
    fc.property(value.object, (record) => {
      const line = JSON.stringify(record)
      const once = scrubber.text(line)
      const parsed = JSON.parse(once)
      // Two names may become the same marker; then JSON.parse shows one of them.
      if (!once.includes('[SECRET:') || Object.keys(parsed).length === Object.keys(record as object).length) {
        const before = JSON.stringify(shapeOf(JSON.parse(line)))
        const after = JSON.stringify(shapeOf(parsed))
        if (before !== after && !/"[^"]*\[SECRET:[^"]*":/.test(once))
          throw new Error(`shape ${before} became ${after}`)
      }
      const twice = scrubber.text(once)
      if (twice !== once) throw new Error(`once  ${once}\ntwice ${twice}`)
    }) as never,
  )
})

t.test('any text comes out the same when it goes in a second time', async () => {
  check(
    fc.property(soup, (text) => {
      const once = scrubber.text(text)
      const twice = scrubber.text(once)
      if (twice !== once) throw new Error(`once  ${JSON.stringify(once)}\ntwice ${JSON.stringify(twice)}`)
    }) as never,
  )
})

t.test(
  'a secret under a secret name never survives, whatever it holds and however deep it stands',
  async () => {
    // Forms of placeholders, which stay: `$API_KEY`, `<your token>`, `%DB_PASS%`.
    const placeholder = /^(\$[A-Z_][A-Z0-9_]*|<[A-Za-z_ -]+>|%[A-Z_][A-Z0-9_]*%|\$\([A-Za-z_ -]+\))$/
    const secret = fc
      .string({ minLength: 12, maxLength: 30, unit: 'grapheme-ascii' })
      .filter((text) => !/^\s|\[|\{|SECRET|^(.)\1*$/.test(text) && !placeholder.test(text))
    const secretNames = KEY_RULES.filter(({ weak }) => !weak)
      .flatMap(({ matches }) => matches)
      .filter((name) => !/cookie|auth|bearer/i.test(name))
    check(
      fc.property(
        fc.constantFrom(...secretNames),
        secret,
        fc.integer({ min: 0, max: 3 }),
        (name, text, depth) => {
          let line = JSON.stringify({ [name]: text })
          for (let i = 0; i < depth; i++) line = JSON.stringify({ body: line })
          let left: unknown = JSON.parse(scrubber.text(line))
          for (let i = 0; i < depth; i++) left = JSON.parse((left as { body: string }).body)
          if (JSON.stringify(left).includes(JSON.stringify(text).slice(1, -1)))
            throw new Error(`left ${JSON.stringify(left)}`)
        },
      ) as never,
    )
  },
)
