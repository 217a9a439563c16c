/**
 * The plain scanner against the one in WebAssembly on millions of made-up lines, in place and from elsewhere. Each
 * must name the same candidates, and cut the same with values registered. node test/peers/scanner.peer.js [LINES] [SEED]
 */
import { CALLS } from '../../build/scrub/calls.js'
import { DIRECTIVES } from '../../build/scrub/directives.js'
import { Finder } from '../../build/scrub/finder.js'
import { KEY_RULES } from '../../build/scrub/key-rules.js'
import { Registered } from '../../build/scrub/registered.js'
import { compileRules } from '../../build/scrub/rules.js'
import { PlainScanner } from '../../build/scrub/scanner/plain.js'
import { WasmScanner } from '../../build/scrub/scanner/wasm.js'
import { inventedToken, TOKEN_RULES } from '../../build/scrub/token-rules.js'
import { TOLD_OBJECTS } from '../../build/scrub/told.js'

const lines = Number(process.argv[2] ?? (process.env.HUSHLOG_FULL === '1' ? 2_000_000 : 300_000))
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31) || 1
const MAX_BEFORE = 70
const FRESH_SCANNER = 50_000
const FRESH_VALUES = 2000
const WITH_VALUES = 8

const rules = compileRules({ keys: ['zq', 'own name', '4711'], rules: [{ id: 'mine', prefix: 'mine_' }] })
const names = KEY_RULES.flatMap(({ matches, spares }) => [...matches, ...spares])
const tokens = TOKEN_RULES.flatMap((rule) =>
  rule.prefixes.flatMap((text) => [text, inventedToken(rule, text)]),
)
const places = [
  ...DIRECTIVES.flatMap(({ texts }) => texts),
  ...TOLD_OBJECTS.map(({ text }) => text),
  ...CALLS.map(({ text }) => text),
]
const marks = [
  ...'" " " " \\ \\\\ \' ` : : : = => > %3D %253A %22 & ? , ; { } [ ] < > / :// https://a @ . + | - -- "," ":" ":'.split(
    ' ',
  ),
  ...'\\": \\":\\" [SECRET:password] [SECRET: eyJhbGciOiJ 4111111111111111 5500-0000-0000-0004 20 02:29:31 \\n'.split(
    ' ',
  ),
  ...'\\u0070assword \\x70assword %70assword null string name key zq ｐassword ﬁ K \u007f \u0085 é 💥 \n'.split(
    ' ',
  ),
  ...[' ', ' ', '  ', '     ', ' - ', ' -u ', '--password ', 'Bearer ', '-----BEGIN ', '4111 1111 1111 1111'],
]

let state = seed
function random(below) {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % below
}
const pick = (list) => list[random(list.length)]

function piece() {
  const kind = random(10)
  if (kind < 6) return pick(marks)
  if (kind < 8) return pick(random(4) === 0 ? places : names)
  return kind === 8 ? pick(tokens) : String.fromCharCode(random(256))
}

function listOf(scanner, bytes, from, to) {
  const count = scanner.scan(bytes, from, to)
  let list = ''
  for (let i = 0; i < count; i++)
    list += `${scanner.found.places[i]}/${scanner.found.kinds[i]}/${scanner.found.rows[i]} `
  return list
}

/** Ten values join the scanner's own filter, more are searched for in a pass of their own. */
function findersOf(count) {
  const registered = new Registered(rules)
  while (registered.size < count) {
    const value = Array.from({ length: 6 }, piece)
      .join('')
      .toWellFormed()
      .slice(0, 6 + random(60))
    if (value.length >= 6) registered.hide(value)
  }
  return ['wasm', 'plain'].map((scanner) => {
    process.env.HUSHLOG_SCANNER = scanner
    return new Finder(rules, registered)
  })
}

function cutsOf(finder, bytes) {
  finder.scan(bytes, 0, bytes.length)
  const cuts = finder.cutsIn(bytes, 0, bytes.length, false)
  return cuts.map(({ start, end, code }) => `${start}-${end}/${code}`).join(' ')
}

/** Text that holds some of the values, in some of their forms. */
function withValues({ registered }) {
  const { values } = registered
  const parts = Array.from({ length: random(8) }, () =>
    random(2) === 0 ? Buffer.from(piece()) : values.bytesOf(random(values.forms.length)),
  )
  return Buffer.concat(parts)
}

function compareCuts(finders, n) {
  const text = withValues(finders[0])
  const [ours, theirs] = finders.map((finder) => cutsOf(finder, text))
  if (ours !== '') cut++
  if (ours === theirs) return
  console.error(`line ${n}: ${JSON.stringify(text.toString())}\nWebAssembly ${ours}\nplain       ${theirs}`)
  process.exit(1)
}

console.log(`${lines} lines, seed ${seed}`)
const plain = new PlainScanner(rules)
let wasm
let finders = []
let candidates = 0
let cut = 0
for (let n = 0; n < lines; n++) {
  if (n % FRESH_SCANNER === 0) wasm = new WasmScanner(rules)
  if (n % FRESH_VALUES === 0) finders = findersOf([3, 10, 11, 300][random(4)])
  if (n % WITH_VALUES === 0) compareCuts(finders, n)
  const length = random(50) === 0 ? 300 : random(20)
  const bytes = Buffer.from(Array.from({ length }, piece).join(''))
  const from = Math.min(random(MAX_BEFORE), bytes.length)
  const to = bytes.length - Math.min(random(3), bytes.length - from)
  const expected = listOf(plain, bytes, from, to)
  const foreign = listOf(wasm, bytes, from, to)
  wasm.memory.set(bytes)
  const inPlace = listOf(wasm, wasm.memory, from, to)
  candidates += expected.split(' ').length - 1
  if (foreign === expected && inPlace === expected) continue
  console.error(`line ${n}, from ${from} to ${to}: ${JSON.stringify(bytes.toString())}`)
  console.error(`plain    ${expected}\nforeign  ${foreign}\nin place ${inPlace}`)
  process.exit(1)
}
console.log(`${candidates} candidates, ${cut} lines with cuts, all the same`)
if (candidates < lines || cut < lines / 32) throw new Error('hardly anything was found: this proves nothing')
