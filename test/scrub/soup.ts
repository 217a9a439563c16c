/** Text made of everything that the scanner and the matchers look for, in any order. */
import fc from 'fast-check'
import { CALLS } from '../../lib/scrub/calls.ts'
import { DIRECTIVES } from '../../lib/scrub/directives.ts'
import { KEY_RULES } from '../../lib/scrub/key-rules.ts'
import { inventedToken, TOKEN_RULES } from '../../lib/scrub/token-rules.ts'
import { TOLD_OBJECTS } from '../../lib/scrub/told.ts'

const names = KEY_RULES.flatMap(({ matches, spares }) => [...matches, ...spares])
const tokens = TOKEN_RULES.flatMap((rule) =>
  rule.prefixes.flatMap((prefix) => [prefix, inventedToken(rule, prefix)]),
)
const places = [
  ...DIRECTIVES.flatMap(({ texts }) => texts),
  ...TOLD_OBJECTS.map(({ text }) => text),
  ...CALLS.map(({ text }) => text),
]
const marks = (
  '" " " \\ \\\\ \' ` : : = => > %3D %253A %22 & ? , ; { } [ ] < > / :// https://a @ . + | - -- "," ":" ": \\" \\":\\" ' +
  '[SECRET:password] [SECRET: eyJhbGciOiJ 4111111111111111 5500-0000-0000-0004 378282246310005 219-09-9999 DE89370400440532013000 GB82 DE +49 AB12 078-05-1120 20 02:29:31 ' +
  '\\n \\u0070assword \\x70assword %70assword null string name key zq x mine_ schlüssel ｐassword ﬁ K &#112; &#x77; pass&#119;ord &quot; &gt; &lt; \\u003e \\u0022 \\x22 ： \u007f \u0085 \u2028 é 💥'
).split(' ')
const blanks = [
  ' ',
  ' ',
  '  ',
  '     ',
  '\n',
  '\t',
  '\\t',
  '\u001b[32m',
  '\\u001b[0m',
  '["',
  '"] = ',
  ' -> ',
  ' -p',
  ': |\n  ',
  '</',
  ' - ',
  ' -u ',
  '--password ',
  'Bearer ',
  'Basic ',
  '-----BEGIN ',
  '4111 1111 1111 1111',
  'GB82 WEST 1234 5698 7654 32',
]

export function soupOf(maxLength: number): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...marks, ...blanks) },
    { weight: 2, arbitrary: fc.constantFrom(...names) },
    { weight: 1, arbitrary: fc.constantFrom(...tokens) },
    { weight: 1, arbitrary: fc.constantFrom(...places) },
    { weight: 1, arbitrary: fc.string({ maxLength: 6, unit: 'binary' }) },
  )
  return fc.array(piece, { maxLength, size: 'max' }).map((parts) => parts.join(''))
}
