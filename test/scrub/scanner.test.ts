import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import t from 'tap'
import { Finder } from '../../lib/scrub/finder.ts'
import { KEY_RULES } from '../../lib/scrub/key-rules.ts'
import { Registered } from '../../lib/scrub/registered.ts'
import { CANDIDATE, compileRules, type Rules } from '../../lib/scrub/rules.ts'
import { createScanner } from '../../lib/scrub/scanner/create.ts'
import { PlainScanner } from '../../lib/scrub/scanner/plain.ts'
import { BATCH_BYTES, type Scanner } from '../../lib/scrub/scanner/scanner.ts'
import { WasmScanner } from '../../lib/scrub/scanner/wasm.ts'
import { inventedToken, TOKEN_RULES } from '../../lib/scrub/token-rules.ts'
import { scannerModule } from '../../scripts/build-scanner.js'
import { soupOf } from './soup.ts'

const RUNS = Number(process.env.HUSHLOG_RUNS ?? 2000)
const seed = Number(process.env.HUSHLOG_SEED ?? Date.now() % 2 ** 31)
t.comment(`seed ${seed}; HUSHLOG_SEED sets it`)

const rules = compileRules({
  keys: ['x', 'zq', 'own name', '4711', 'schlüssel'],
  rules: [
    { id: 'mine', prefix: 'mine_' },
    { id: 'long', prefix: 'a-prefix-of-one-s-own-'.repeat(6) },
  ],
})
const plain = new PlainScanner(rules)
const wasm = new WasmScanner(rules)

interface Found {
  place: number
  kind: number
  row: number
}

function found(scanner: Scanner, bytes: Uint8Array, from: number, to: number): Found[] {
  const count = scanner.scan(bytes, from, to)
  return Array.from({ length: count }, (_, i) => ({
    place: scanner.found.places[i],
    kind: scanner.found.kinds[i],
    row: scanner.found.rows[i],
  }))
}

/** What the plain scanner finds, after the other has found the same: in place, and in bytes from elsewhere. */
function same(bytes: Uint8Array, from: number, to: number, scanner: WasmScanner = wasm): Found[] {
  const expected = found(plain, bytes, from, to)
  const foreign = found(scanner, bytes, from, to)
  if (JSON.stringify(foreign) !== JSON.stringify(expected))
    throw new Error(difference(bytes, expected, foreign))
  if (bytes.length > BATCH_BYTES) return expected
  scanner.memory.set(bytes)
  const inPlace = found(scanner, scanner.memory, from, to)
  if (JSON.stringify(inPlace) !== JSON.stringify(expected))
    throw new Error(difference(bytes, expected, inPlace))
  return expected
}

function difference(bytes: Uint8Array, expected: Found[], got: Found[]): string {
  const only = (ones: Found[], others: Found[]) =>
    ones.find((one) => !others.some((other) => JSON.stringify(one) === JSON.stringify(other)))
  const lost = only(expected, got)
  const place = (lost ?? only(got, expected) ?? expected[0])?.place ?? 0
  const text = Buffer.from(bytes.subarray(Math.max(0, place - 60), place + 40)).toString('latin1')
  return `${lost === undefined ? 'too many' : 'lost'} at ${place}: ${JSON.stringify(text)}`
}

t.test('the plain scanner and the one in WebAssembly name the same candidates in any text', async () => {
  fc.assert(
    fc.property(soupOf(40), fc.nat(80), fc.nat(3), (text, before, after) => {
      const padding = Buffer.from('"password":"x","'.repeat(6).slice(0, before))
      const bytes = Buffer.concat([padding, Buffer.from(text), Buffer.from('"=:'.slice(0, after))])
      same(bytes, before, bytes.length - after)
    }),
    { numRuns: RUNS, seed },
  )
})

t.test('a secret is found at every place of a block and at the very end of a batch', async (t) => {
  const missed: string[] = []
  for (const secret of [
    '"password":"x"',
    inventedToken(TOKEN_RULES[0]),
    '4111111111111111',
    'DE89370400440532013000',
    '219-09-9999',
    '\u007f',
    '://a:b@c',
  ]) {
    for (let at = 0; at < 130; at++) {
      const bytes = Buffer.from(`${', '.repeat(65).slice(0, at)}${secret}`)
      if (same(bytes, 0, bytes.length).length === 0) missed.push(`${secret} at ${at}`)
    }
  }
  t.strictSame(missed, [])
  t.strictSame(same(Buffer.from(''), 0, 0), [], 'and nothing in nothing')
  t.strictSame(same(Buffer.from('"password":'), 3, 3), [])
})

t.test('a secret is found wherever it stands around the seam of two pieces', async (t) => {
  const missed: string[] = []
  const piece = BATCH_BYTES - 192
  const secrets = [
    '"password":"x" ',
    `"${'long'.repeat(25)}-password" : "x"`,
    `${inventedToken(TOKEN_RULES[0])} `,
    'a-prefix-of-one-s-own-'.repeat(6),
    '4111 1111 1111 1111 ',
    'GB82 WEST 1234 5698 7654 32 ',
    '219-09-9999 ',
    '://somebody:secret@host ',
    '\u0085',
  ]
  for (const secret of secrets) {
    const bytes = Buffer.alloc(piece + 400, ', ')
    for (let at = piece - 160; at < piece + 80; at++) {
      bytes.fill(', ')
      bytes.write(secret, at)
      const { length } = same(bytes, 0, bytes.length)
      if (length === 0) missed.push(`${secret} at ${at}`)
    }
  }
  t.strictSame(missed, [])
})

t.test('floods that fill the lists of the scanner many times over', async (t) => {
  for (const flood of [
    'password=',
    '"token":',
    'ghp_',
    '://',
    '4111111111111111 ',
    'DE89370400440532013000 ',
    '219-09-9999 ',
    '\u007f',
    '","',
    ':',
    '--',
    'eyJ',
  ]) {
    const bytes = Buffer.from(flood.repeat(Math.ceil(150_000 / flood.length)))
    same(bytes, 0, bytes.length)
  }
  t.pass()
})

t.test('names that were innocent once do not hide secret ones later', async () => {
  const scanner = new WasmScanner(rules)
  const texts = [
    'a:has]password=x ',
    '[SECRET:has]password=x ',
    '"pin":',
    'a"pin":',
    '\\"pin\\":',
    'spin:',
    'pin:',
    'the pin:',
  ]
  for (let i = 0; i < 200; i++) {
    const bytes = Buffer.from(
      `${'-'.repeat(64)}${texts[(i * 7) % texts.length]}${texts[(i * 5) % texts.length]}`,
    )
    same(bytes, 0, bytes.length, scanner)
  }
})

t.test('a secret name before a comma that was no pair once is found where it is one later', async (t) => {
  const scanner = new WasmScanner(rules)
  const padded = (text: string) => Buffer.from(`${'. '.repeat(32)}${text}`)
  // The name's own closing quote is further away than WebAssembly looks.
  const members = padded(`a"%70assword","${'b'.repeat(40)}":1`)
  const pair = padded('a"%70assword","hunter2 hunter2"')
  const names = (bytes: Buffer) =>
    same(bytes, 0, bytes.length, scanner).filter(({ kind }) => kind === CANDIDATE.key)
  t.strictSame(names(members), [])
  t.equal(names(pair).length, 1)
})

t.test('every secret name of the tables has an anchor that the scanner looks for', async (t) => {
  const names = KEY_RULES.flatMap(({ matches, names, words }) => [
    ...matches,
    ...[names, words].flatMap((list) => list?.replaceAll('+', '_').split(' ') ?? []),
  ])
  const forms = (name: string) => [name, name.toUpperCase(), `${name}2`, `my_${name}`, [...name].join('-')]
  const spellings = (name: string) => [
    `%${hexOf(name)}${name.slice(1)}`,
    `\\u00${hexOf(name)}${name.slice(1)}`,
    wide(name),
  ]
  for (const name of names) {
    for (const form of [...forms(name), ...spellings(name)]) {
      for (const text of [`"${form}":`, `${form}=`, `\\"${form}\\" : `, ` ${form}: `, `--${form} x`]) {
        const bytes = Buffer.from(`${', '.repeat(32)}${text}`)
        same(bytes, 0, bytes.length)
      }
    }
  }
  t.ok(names.length > 100)
})

const hexOf = (name: string) => name.charCodeAt(0).toString(16)
/** In fullwidth letters, which are the same names in another form. */
const wide = (name: string) =>
  name.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))

t.test('the committed scanner is what its source compiles to', async (t) => {
  const committed = fileURLToPath(new URL('../../lib/scrub/scanner/wasm-bytes.ts', import.meta.url))
  t.equal(await scannerModule(), readFileSync(committed, 'utf8'))
})

t.test('where WebAssembly is missing or not wanted the plain scanner takes over', async (t) => {
  t.equal(createScanner(rules).kind, 'wasm')
  process.env.HUSHLOG_SCANNER = 'plain'
  t.teardown(() => delete process.env.HUSHLOG_SCANNER)
  t.equal(createScanner(rules).kind, 'plain')
  const finder = new Finder(rules, new Registered(rules))
  t.equal(finder.scanner, 'plain')
  const bytes = Buffer.from('{"password":"hunter2"}')
  t.ok(finder.scan(bytes, 0, bytes.length))
  t.equal(finder.cutsIn(bytes, 0, bytes.length, true).length, 1)
})

t.test('rules that the memory of WebAssembly cannot hold are left to the plain scanner', async (t) => {
  const broken: Rules = { ...rules, keyRules: [{ id: 'short', words: 'pw', matches: [], spares: [] }] }
  t.throws(() => new WasmScanner(broken), { message: '"pw" is too short to be looked for inside names' })
  t.equal(createScanner(broken).kind, 'plain')
})

t.test('a Node.js without WebAssembly logs through the plain scanner', async (t) => {
  const entry = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
  const program = `import { hushlog } from ${JSON.stringify(entry)}
    const log = hushlog({ storage: false, stdout: 'json', service: 'a', scrub: { env: false } })
    log.info({ password: 'hunter2', scanner: log.stats().scanner })
    await log.close()`
  const out = execFileSync(process.execPath, ['--jitless', '--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  t.match(JSON.parse(out), { password: '[SECRET:password]', scanner: 'plain' })
})
