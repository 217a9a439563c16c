/**
 * Chooses, for each literal of the rules, the three bytes that the scanner looks for and the bucket that they go
 * into, so that ordinary text makes it stop as seldom as may be. Writes lib/scrub/scanner/tuned.ts.
 *
 * The text: made-up JSON logs, and the prose and source code of the packages in node_modules, with random base64.
 * The same tree gives the same table. First every literal, the hardest first, goes where it adds least; then each is
 * taken out and put back where it adds least now, until nothing gets better.
 *
 *     node scripts/tune-scanner.js
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const WINDOW = 3
const BUCKETS = 16
const MAX_OFFSET = 40
const TRIGRAMS = 24_000
const COMMON_LETTERS = 1200
const MAX_PASSES = 6

/** How much a stop in each kind of text counts: most lines are JSON. */
const WEIGHTS = { logs: 6, prose: 2, source: 2, base64: 1 }

const EXTRAS = [
  (random) => ({ userId: random() % 99999, orderId: `ord_${random()}`, amount: random() % 9999, paid: true }),
  (random, hex) => ({
    req: {
      method: 'GET',
      url: `/orders/${random() % 9999}?page=${random() % 9}&sort=price`,
      headers: {
        host: 'shop.example',
        'user-agent':
          'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0',
        accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
        'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
        'accept-encoding': 'gzip, deflate, br, zstd',
        'x-forwarded-for': `203.0.113.${random() % 255}, 198.51.100.7`,
        referer: 'https://shop.example/products?category=kitchen',
        'if-none-match': `W/"${hex(20)}"`,
      },
      remoteAddress: '203.0.113.9',
    },
    res: { statusCode: 200, contentLength: random() % 99999 },
    responseTime: random() % 300,
  }),
  () => ({
    err: {
      type: 'TypeError',
      message: "Cannot read properties of undefined (reading 'id')",
      stack:
        'TypeError: Cannot read\n    at Object.<anonymous> (/srv/app/lib/orders.js:17:23)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    },
  }),
  (random) => ({
    disk: { free: random(), used: random() % 9999 },
    tags: ['a', 'b-c', 'blue'],
    ok: null,
    ratio: 0.25,
  }),
]

const unions = new Map()
const texts = {
  logs: logs(),
  prose: files('md', 900_000),
  source: files('js', 1_500_000),
  base64: base64(300_000),
}
const literals = await literalsOfRules()
const trigrams = countTrigrams()
const sets = bitsets()
const placed = improve(placeAll())
report()
write()

function logs() {
  const random = randomNumbers(1)
  const words =
    'order created payment failed user logged in request completed cache miss retry connection closed upload'
  const word = () => words.split(' ')[random() % 14]
  const hex = (length) => Array.from({ length }, () => (random() % 16).toString(16)).join('')
  const line = (i) => ({
    level: [20, 30, 30, 30, 40, 50][random() % 6],
    time: new Date(1_764_000_000_000 + i * 1371 + (random() % 999)).toISOString(),
    service: ['shop', 'billing', 'web'][random() % 3],
    host: `web-${random() % 9}`,
    pid: random() % 65536,
    operation: ['GET /orders/:id', 'POST /login', 'process'][random() % 3],
    reqId: `${hex(8)}-${hex(4)}-7${hex(3)}-${hex(4)}-${hex(12)}`,
    ...EXTRAS[i % EXTRAS.length](random, hex),
    msg: `${word()} ${word()} ${word()}`,
  })
  return Array.from({ length: 4000 }, (_, i) => JSON.stringify(line(i))).join('\n')
}

/** So much text of the packages, the same share of each file so that no package rules. */
function files(extension, size) {
  const all = readdirSync(`${root}node_modules`, { recursive: true, withFileTypes: true })
  const paths = all
    .filter((entry) => entry.isFile() && entry.name.endsWith(`.${extension}`))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes('.cache') && !path.includes('.mydist'))
    .sort()
  const step = Math.max(1, Math.floor(paths.length / 400))
  const chosen = paths.filter((_, i) => i % step === 0)
  return chosen
    .map((path) => readFileSync(path, 'latin1').slice(0, Math.ceil(size / 100)))
    .join('\n')
    .slice(0, size)
}

function base64(size) {
  const random = randomNumbers(7)
  return Buffer.from(Array.from({ length: size }, () => random() >> 7)).toString('base64')
}

function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state >> 8
  }
}

async function literalsOfRules() {
  const entry = `export { compileRules } from './lib/scrub/rules.ts'
    export { allLiterals } from './lib/scrub/scanner/candidates.ts'
    export { CANDIDATE } from './lib/scrub/rules.ts'`
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  })
  const code = Buffer.from(outputFiles[0].contents).toString('base64')
  const { compileRules, allLiterals, CANDIDATE } = await import(`data:text/javascript;base64,${code}`)
  const all = allLiterals(compileRules()).filter(({ kind }) => kind !== CANDIDATE.control)
  return [...new Set(all.map(({ bytes }) => String.fromCharCode(...bytes)))]
}

/** The most common trigrams with their weights: stops in a KB of text, weighted over the kinds. */
function countTrigrams() {
  const weights = new Map()
  for (const [kind, text] of Object.entries(texts)) {
    const share = (WEIGHTS[kind] * 1024) / text.length
    for (let at = 0; at + WINDOW <= text.length; at++) {
      const code = (text.charCodeAt(at) << 16) | (text.charCodeAt(at + 1) << 8) | text.charCodeAt(at + 2)
      weights.set(code, (weights.get(code) ?? 0) + share)
    }
  }
  return [...weights].sort((a, b) => b[1] - a[1]).slice(0, TRIGRAMS)
}

/** For each position, half and nibble, the trigrams that have it there. */
function bitsets() {
  const words = Math.ceil(trigrams.length / 32)
  const made = Array.from({ length: WINDOW * 2 * 16 }, () => new Uint32Array(words))
  trigrams.forEach(([code], index) => {
    for (let position = 0; position < WINDOW; position++) {
      const byte = (code >> (16 - position * 8)) & 255
      for (const [half, nibble] of [byte & 15, byte >> 4].entries())
        made[(position * 2 + half) * 16 + nibble][index >> 5] |= 1 << (index & 31)
    }
  })
  return made
}

/** The nibbles of a window, by position and half; all of them where the literal has ended. */
function nibblesOf(literal, offset) {
  return Array.from({ length: WINDOW * 2 }, (_, i) => {
    const byte = literal.charCodeAt(offset + (i >> 1))
    if (Number.isNaN(byte)) return 0xffff
    return 1 << (i % 2 === 0 ? byte & 15 : byte >> 4)
  })
}

function costOf(halves) {
  const words = sets[0].length
  const unions = halves.map((nibbles, i) => unionOf(i, nibbles))
  let cost = 0
  for (let word = 0; word < words; word++) {
    let bits = 0xffffffff
    for (const union of unions) bits &= union[word]
    for (; bits !== 0; bits &= bits - 1) cost += trigrams[word * 32 + 31 - Math.clz32(bits & -bits)][1]
  }
  return cost
}

function unionOf(position, nibbles) {
  const key = position * 0x10000 + nibbles
  const known = unions.get(key)
  if (known !== undefined) return known
  const union = new Uint32Array(sets[0].length)
  for (let nibble = 0; nibble < 16; nibble++) {
    if ((nibbles & (1 << nibble)) === 0) continue
    const set = sets[position * 16 + nibble]
    for (let word = 0; word < union.length; word++) union[word] |= set[word]
  }
  if (unions.size > 4000) unions.clear()
  unions.set(key, union)
  return union
}

function offsetsOf(literal) {
  return Array.from({ length: Math.max(1, Math.min(MAX_OFFSET, literal.length - WINDOW + 1)) }, (_, i) => i)
}

function placeAll() {
  const own = (literal) => Math.min(...offsetsOf(literal).map((offset) => costOf(nibblesOf(literal, offset))))
  const hardest = [...literals].map((literal) => [literal, own(literal)]).sort((a, b) => b[1] - a[1])
  const table = { buckets: Array.from({ length: BUCKETS }, () => []), costs: new Array(BUCKETS).fill(0) }
  for (const [literal] of hardest) put(table, literal)
  return table
}

function halvesOf(bucket) {
  const none = new Array(WINDOW * 2).fill(0)
  return bucket.reduce(
    (halves, { literal, offset }) => nibblesOf(literal, offset).map((n, i) => n | halves[i]),
    none,
  )
}

function put(table, literal) {
  let best
  table.buckets.forEach((bucket, index) => {
    const halves = halvesOf(bucket)
    for (const offset of offsetsOf(literal)) {
      const joined = nibblesOf(literal, offset).map((nibbles, i) => nibbles | halves[i])
      const cost = joined.every((nibbles, i) => nibbles === halves[i]) ? table.costs[index] : costOf(joined)
      const added = cost - table.costs[index]
      if (best === undefined || added < best.added) best = { index, offset, cost, added }
    }
  })
  table.buckets[best.index].push({ literal, offset: best.offset })
  table.costs[best.index] = best.cost
}

function improve(table) {
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = total(table)
    for (const literal of literals) {
      const index = table.buckets.findIndex((bucket) => bucket.some((each) => each.literal === literal))
      table.buckets[index] = table.buckets[index].filter((each) => each.literal !== literal)
      table.costs[index] = costOf(halvesOf(table.buckets[index]))
      put(table, literal)
    }
    if (before - total(table) < 0.01) break
  }
  return table
}

function total({ costs }) {
  return costs.reduce((sum, cost) => sum + cost, 0)
}

function report() {
  const halves = placed.buckets.map(halvesOf)
  const inSet = (byte, low, high) => (low & (1 << (byte & 15))) !== 0 && (high & (1 << (byte >> 4))) !== 0
  const stopsAt = (text, at) =>
    halves.some((half) =>
      [0, 1, 2].every((i) => inSet(text.charCodeAt(at + i), half[i * 2], half[i * 2 + 1])),
    )
  for (const [kind, text] of Object.entries(texts)) {
    let stops = 0
    for (let at = 0; at + WINDOW <= text.length; at++) if (stopsAt(text, at)) stops++
    console.log(`${kind}: ${((stops * 1024) / text.length).toFixed(1)} stops in a KB`)
  }
}

function commonBytes() {
  const shares = new Array(256).fill(0.01)
  for (const [kind, text] of Object.entries(texts))
    for (let at = 0; at < text.length; at++)
      shares[text.charCodeAt(at)] += (WEIGHTS[kind] * 1000) / text.length
  return shares.map((share) => Number((share / 11_000).toPrecision(2)))
}

/** The most common three letters in a row, the case left out. */
function commonLetters() {
  const weights = new Map()
  for (const [kind, text] of Object.entries(texts)) {
    if (kind === 'base64') continue
    const share = WEIGHTS[kind] / text.length
    for (const [word] of text.toLowerCase().matchAll(/[a-z0-9]+/g)) {
      for (let at = 0; at + 3 <= word.length; at++)
        weights.set(word.slice(at, at + 3), (weights.get(word.slice(at, at + 3)) ?? 0) + share)
    }
  }
  const sorted = [...weights].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return sorted.slice(0, COMMON_LETTERS).map(([letters]) => letters)
}

function write() {
  const rows = placed.buckets.flatMap((bucket, index) =>
    bucket.map(({ literal, offset }) => [literal, `  ${JSON.stringify(literal)}: [${offset}, ${index}],`]),
  )
  const table = rows.sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, row]) => row)
  writeFileSync(
    `${root}lib/scrub/scanner/tuned.ts`,
    `/**
 * What ordinary text looks like, and where the literals of the rules do least harm. Made by
 * scripts/tune-scanner.js; run it when literals have been added. One that is missing here costs time, not safety.
 */

/** Of each literal, the offset of its window and its bucket. */
export const TUNED: Readonly<Record<string, readonly [offset: number, bucket: number]>> = {
${table.join('\n')}
}

/** How often each byte stands in text. */
export const COMMON_BYTES: readonly number[] = ${JSON.stringify(commonBytes())}

/** The most common three letters in a row, the most common first. */
export const COMMON_LETTERS: string =
${inLines(commonLetters().join('')).join(' +\n')}
`,
  )
}

function inLines(text) {
  return Array.from(
    { length: Math.ceil(text.length / 99) },
    (_, i) => `  '${text.slice(i * 99, i * 99 + 99)}'`,
  )
}
