import t from 'tap'
import { HushlogError, hushlog, scrubStream, wrap } from '../../lib/index.ts'
import { createScrubber } from '../../lib/scrub/scrubber.ts'
import type { ScrubOptions, TokenRule } from '../../lib/types.ts'

const rule = (more: object) => ({ id: 'badge', prefix: 'BDG-', ...more }) as TokenRule

/** The message and the hint of what is thrown; a scrubber that is made throws here. */
function refusal(scrub: unknown): string {
  try {
    createScrubber({ env: false, ...(scrub as ScrubOptions) })
  } catch (error) {
    if (!(error instanceof HushlogError) || error.code !== 'HUSHLOG_OPTION') throw error
    return `${error.message}; ${error.hint ?? ''}`
  }
  throw new Error('it was taken')
}

t.test('rules of one’s own cut by prefix, set and length', async (t) => {
  const scrubber = createScrubber({
    env: false,
    rules: [
      rule({ set: 'hex', minLength: 8, maxLength: 12 }),
      { id: 'badge', prefix: 'BADGE ' },
      { id: 'sec-x', prefix: 'SECR', set: 'alnum', minLength: 2 },
      { id: 'word-x', prefix: 'word', set: 'alnum', minLength: 2 },
    ],
  })
  const cases = {
    'BDG-01ab23cd': '[SECRET:badge]',
    'BDG-01ab23c': 'BDG-01ab23c',
    'BDG-01ab23cd01ab': '[SECRET:badge]',
    'BDG-01ab23cd01ab2': 'BDG-01ab23cd01ab2',
    'xBDG-01ab23cd': 'xBDG-01ab23cd',
    '{"BDG-01ab23cd":"\\nBDG-01ab23cd"}': '{"[SECRET:badge]":"\\n[SECRET:badge]"}',
    'BADGE abcdefghi1': '[SECRET:badge]',
    SECRETS: '[SECRET:sec-x]',
    words99: '[SECRET:word-x]',
  }
  for (const [before, after] of Object.entries(cases)) t.equal(scrubber.text(before), after)
  const line = scrubber.text('{"password":"hunter2"}')
  t.equal(line, '{"password":"[SECRET:password]"}', 'no rule looks inside a marker')
  t.equal(scrubber.text(line), line)
  t.strictSame(scrubber.counts(), { badge: 5, 'sec-x': 1, 'word-x': 1, password: 1 })
})

const REFUSED: Record<string, [scrub: unknown, says: RegExp]> = {
  'a list that is none': [{ rules: rule({}) }, /^option scrub\.rules takes an array of rules, got an object/],
  'an empty rule': [
    { rules: [{}] },
    /^option scrub\.rules\[0\]\.id takes 1 to 32 of a-z, 0-9 and -, got nothing/,
  ],
  'no rule at all': [
    { rules: [null] },
    /^option scrub\.rules\[0\] takes an object with an id and a prefix, got null/,
  ],
  'a list in a list': [{ rules: [[]] }, /got an array/],
  'a regular expression as a rule': [
    { rules: [/x+/] },
    /takes a literal prefix, got a regular expression; .*backtracks hangs/,
  ],
  'a regular expression as a prefix': [
    { rules: [rule({}), rule({ prefix: /x+/ })] },
    /^option scrub\.rules\[1\] takes a literal prefix, got a regular expression/,
  ],
  'a regular expression among the names': [
    { keys: ['a', /pass/] },
    /^option scrub\.keys takes an array of names, got .*regular expression.*compared by word/,
  ],
  'an unknown field': [
    { rules: [rule({ minlength: 5 })] },
    /^option scrub\.rules\[0\]\.minlength is unknown: did you mean scrub\.rules\[0\]\.minLength\?/,
  ],
  'an unknown option': [{ key: ['a'] }, /^option scrub\.key is unknown: did you mean scrub\.keys\?/],
  'no prefix': [{ rules: [{ id: 'badge' }] }, /\.prefix takes text of 3 to 256 bytes, got nothing/],
  'an empty prefix': [{ rules: [rule({ prefix: '' })] }, /\.prefix takes text of 3 to 256 bytes, got 0/],
  'a prefix of two bytes': [
    { rules: [rule({ prefix: 'ab' })] },
    /got 2; a shorter prefix occurs in ordinary text all the time/,
  ],
  'a prefix that is far too long': [{ rules: [rule({ prefix: 'x'.repeat(257) })] }, /got 257/],
  'a prefix that is a number': [{ rules: [rule({ prefix: 1234 })] }, /got 1234/],
  'a prefix with a quote': [
    { rules: [rule({ prefix: '":"' })] },
    /without quotes, backslashes and control characters/,
  ],
  'a prefix with a line end': [{ rules: [rule({ prefix: 'ab\ncd' })] }, /without quotes/],
  'an id in capitals': [
    { rules: [rule({ id: 'Badge' })] },
    /\.id takes 1 to 32 of a-z, 0-9 and -, got text of 5/,
  ],
  'an id that is too long': [{ rules: [rule({ id: 'a'.repeat(33) })] }, /got text of 33 characters/],
  'an id with a bracket': [{ rules: [rule({ id: 'a]b' })] }, /\.id takes/],
  'the id of a built-in row': [
    { rules: [rule({ id: 'github' })] },
    /got "github", which a built-in rule has/,
  ],
  'the id of a built-in structure': [{ rules: [rule({ id: 'iban' })] }, /got "iban"/],
  'the id of names': [{ rules: [rule({ id: 'password' })] }, /got "password"/],
  'an unknown set': [
    { rules: [rule({ set: 'any' })] },
    /\.set takes one of "hex", "alnum", .*, got text of 3/,
  ],
  'a set of the inside': [{ rules: [rule({ set: 'crypt' })] }, /\.set takes one of/],
  'the name of a method as a set': [{ rules: [rule({ set: 'toString' })] }, /\.set takes one of/],
  'no length': [{ rules: [rule({ minLength: 0 })] }, /\.minLength takes a whole number from 1, got 0/],
  'half a length': [{ rules: [rule({ minLength: 1.5 })] }, /got 1\.5/],
  'a length that is none': [{ rules: [rule({ minLength: Number.NaN })] }, /got NaN/],
  'a longest that is shorter than the shortest': [
    { rules: [rule({ minLength: 9, maxLength: 8 })] },
    /\.maxLength takes a whole number from minLength \(9\), got 8/,
  ],
  'a longest that is shorter than the default': [
    { rules: [rule({ maxLength: 9 })] },
    /from minLength \(10\), got 9/,
  ],
  'what cuts the time from every line': [
    { rules: [rule({ prefix: String(new Date().getFullYear()).slice(0, 3), minLength: 1 })] },
    /would cut the time or the ids from every line/,
  ],
  'what cuts names that every line has': [
    { rules: [rule({ prefix: 'oper', set: 'alnum', minLength: 3 })] },
    /would cut the time or the ids from every line/,
  ],
  'more rules than anybody has': [
    { rules: Array.from({ length: 1001 }, (_, i) => rule({ prefix: `x${i}-` })) },
    /takes 1000 rules at most, got 1001/,
  ],
  'a name without a letter': [{ keys: ['--'] }, /^option scrub\.keys takes names of 128 characters at most/],
  'an endless name': [{ allowKeys: ['a'.repeat(129)] }, /^option scrub\.allowKeys takes names of 128/],
  'a name that is empty': [{ keys: [''] }, /array of texts that are not empty/],
  'a name instead of names': [{ keys: 'badge' }, /got text of 5 characters/],
  'kinds of persons’ data that are unknown': [
    { pii: ['mail'] },
    /^option scrub\.pii takes true, false or an array of "email", "phone", "ip", got an array/,
  ],
  'no kind of persons’ data': [{ pii: [] }, /^option scrub\.pii takes/],
  'a kind without a list': [{ pii: 'email' }, /got text of 5 characters/],
  'a short key': [
    { correlate: Buffer.alloc(15) },
    /^option scrub\.correlate takes a Buffer of 16 bytes or more, got "15.*randomBytes/,
  ],
  'a key that is text': [{ correlate: 'a-secret-key-that-is-text' }, /got text of 25 characters/],
  'a callback that is none': [{ onScrub: 1 }, /^option scrub\.onScrub takes a function, got 1/],
  'a hidden value that is no list': [{ hide: 'registered' }, /^option scrub\.hide takes/],
}

for (const [name, [scrub, says]] of Object.entries(REFUSED)) {
  t.test(`refused: ${name}`, async (t) => t.match(refusal(scrub), says))
}

t.test('no error shows what may be part of a secret', async (t) => {
  const hostile = [
    { rules: [rule({ prefix: 'INVENTED"SECRET' })] },
    { rules: [rule({ id: 'INVENTED SECRET' })] },
    { rules: [rule({ set: 'INVENTED SECRET' })] },
    { keys: 'INVENTED SECRET' },
    { correlate: 'INVENTED SECRET' },
    { pii: ['INVENTED SECRET'] },
  ]
  for (const scrub of hostile) t.notMatch(refusal(scrub), /INVENTED/)
})

t.test('a name that a prototype has is a name like any other', async (t) => {
  const scrubber = createScrubber({
    env: false,
    keys: ['constructor', '__proto__'],
    rules: [rule({ id: 'constructor' })],
  })
  t.equal(
    scrubber.text('BDG-0123456789 {"constructor":"abc"}'),
    '[SECRET:constructor] {"constructor":"[SECRET:key-name]"}',
  )
})

t.test('every way in checks the same options', async (t) => {
  const scrub = { rules: [rule({ prefix: 'ab' })] }
  const ways = [
    () => hushlog({ scrub, storage: false }),
    () => scrubStream(scrub),
    () => wrap({ ...console }, { scrub }),
    () => createScrubber(scrub),
  ]
  for (const way of ways) t.throws(way, { code: 'HUSHLOG_OPTION', message: /scrub\.rules\[0\]\.prefix/ })
  const correlate = Buffer.alloc(4)
  t.throws(() => scrubStream({ correlate }), { message: /16 bytes or more/ })
  t.throws(() => wrap({ ...console }, { scrub: { pii: 1 as never } }), { message: /scrub\.pii/ })
})
