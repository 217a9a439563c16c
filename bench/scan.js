/**
 * Encode, scan and verify, as multiples of the time that an XOR of every byte takes in WebAssembly SIMD, in turn in
 * one process: node bench/scan.js [ROUNDS]
 *
 * The prose and the source are of packages in node_modules, from files that scripts/tune-scanner.js has not seen.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Finder } from '../build/scrub/finder.js'
import { Registered } from '../build/scrub/registered.js'
import { compileRules } from '../build/scrub/rules.js'
import { PAYLOADS } from './payloads.js'
import { printTable, ratio, spread } from './statistics.js'
import { BATCH, compileXor } from './xor.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const rounds = Number(process.argv[2] ?? 5)
const MS = 150

const TEXTS = {
  'log lines of 200 B': { lines: linesOf('P1'), limit: 20 },
  'request records': { lines: linesOf('P2'), limit: 20 },
  'prose, unseen': { lines: files('.md', 1), limit: 36 },
  'source code, unseen': { lines: files('.mjs', 0), limit: 36 },
}

const xor = await compileXor()
const wasm = newFinder('wasm')
const plain = newFinder('plain')
console.log(
  `\nEncode, scan and verify, CPU of 64 KB as a multiple of an XOR of every byte, ${rounds} rounds\n`,
)
const rows = [['', 'XOR ns', 'encode', 'WebAssembly', 'at most', 'plain', 'WebAssembly GB/s']]
for (const [name, { lines, limit }] of Object.entries(TEXTS)) {
  const batches = batchesOf(lines)
  const times = { xor: [], encode: [], wasm: [], plain: [] }
  for (let round = -1; round < rounds; round++) {
    const taken = {
      xor: measure(batches, () => xor(0, BATCH)),
      encode: measure(batches, (batch) => encode(wasm, batch)),
      wasm: measure(batches, (batch) => scrub(wasm, batch)),
      plain: measure(batches, (batch) => scrub(plain, batch)),
    }
    // The first round only warms up.
    if (round >= 0) for (const [what, ns] of Object.entries(taken)) times[what].push(ns)
  }
  rows.push([
    name,
    spread(times.xor),
    ratio(times.encode, times.xor),
    ratio(times.wasm, times.xor),
    String(limit),
    ratio(times.plain, times.xor),
    spread(
      times.wasm.map((ns) => BATCH / ns),
      2,
    ),
  ])
}
printTable(rows)

/** How many values are registered, and how much of the time without any it may take. */
const COUNTS = [
  [10, 1],
  [100, 1.5],
  [10_000, 1.5],
]
const none = newFinder('wasm')
const finders = COUNTS.map(([count]) => newFinder('wasm', inventedValues(count)))
console.log('\nThe same with registered values, in WebAssembly, as a multiple of the time without any\n')
const registeredRows = [
  ['', ...COUNTS.map(([count, limit]) => `${count} (at most ${limit})`), '10000 to 100'],
]
for (const [name, { lines }] of Object.entries(TEXTS)) {
  const batches = batchesOf(lines)
  const times = { none: [], some: COUNTS.map(() => []) }
  for (let round = -1; round < rounds; round++) {
    const without = measure(batches, (batch) => scrub(none, batch))
    const taken = finders.map((finder) => measure(batches, (batch) => scrub(finder, batch)))
    if (round < 0) continue
    times.none.push(without)
    taken.forEach((ns, i) => {
      times.some[i].push(ns)
    })
  }
  const toNone = times.some.map((some) => ratio(some, times.none))
  registeredRows.push([name, ...toNone, ratio(times.some[2], times.some[1])])
}
printTable(registeredRows)

/** Tokens of 20 to 47 characters, and for every tenth a password of 8 to 13 with signs in it. */
function inventedValues(count) {
  let state = count
  const random = (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >> 8) % below
  }
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!$%&/+'
  const text = (length, letters) => Array.from({ length }, () => alphabet[random(letters)]).join('')
  return Array.from({ length: count }, (_, i) =>
    i % 10 === 9 ? text(8 + random(6), 68) : text(20 + random(28), 62),
  )
}

function newFinder(scanner, values = []) {
  process.env.HUSHLOG_SCANNER = scanner
  const rules = compileRules()
  const registered = new Registered(rules)
  for (const value of values) registered.hide(value)
  return new Finder(rules, registered)
}

function linesOf(payload) {
  const lines = []
  const log = (fields, msg) =>
    lines.push(
      JSON.stringify({
        level: 30,
        time: new Date(1_764_000_000_000 + lines.length * 137).toISOString(),
        service: 'shop',
        host: 'web-1',
        pid: 4242,
        operation: 'GET /orders/:id',
        reqId: `0193b1c4-7a2e-7c3f-9a1b-${(0x100000000000 + lines.length * 7919).toString(16)}`,
        ...fields,
        msg,
      }),
    )
  for (let i = 0; i < 2000; i++) PAYLOADS[payload].log({ info: log, error: log }, i, false)
  return lines
}

/** A few pages of each of many files; the tuning takes the first of each `step` files ending in .md or .js. */
function files(extension, skipped) {
  const all = readdirSync(`${root}node_modules`, { recursive: true, encoding: 'utf8' })
  const paths = all.filter((path) => path.endsWith(extension)).sort()
  const step = Math.max(2, Math.floor(paths.length / 60))
  const chosen = paths.filter((_, i) => i % step === skipped)
  return chosen.flatMap((path) =>
    messages(readFileSync(`${root}node_modules/${path}`, 'utf8').slice(0, 8192)),
  )
}

/** Text as programs log it: a few lines at a time, each message a string of its own. */
function messages(text) {
  const parts = text.split('\n\n')
  return parts.map((part) => Buffer.from(part.replaceAll('\n', ' | ')).toString())
}

/** Lines in batches that fit the memory, six of them: a working set as a program has it. */
function batchesOf(lines) {
  const batches = [[]]
  let bytes = 0
  for (const line of lines) {
    if (bytes + line.length * 3 + 1 > BATCH) {
      if (batches.length === 6) break
      batches.push([])
      bytes = 0
    }
    batches[batches.length - 1].push(line)
    bytes += Buffer.byteLength(line) + 1
  }
  return batches.map((each) => ({
    lines: each,
    ends: new Uint32Array(each.length),
    bytes: each.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
  }))
}

/** Line after line into the memory of the scanner, as the gate does it. Returns where the last one ends. */
function encode(finder, { lines, ends }) {
  const { memory } = finder
  let at = 0
  for (let i = 0; i < lines.length; i++) {
    at += memory.write(lines[i], at)
    memory[at++] = 10
    ends[i] = at
  }
  return at
}

function scrub(finder, batch) {
  const end = encode(finder, batch)
  if (!finder.scan(finder.memory, 0, end)) return
  let start = 0
  for (let i = 0; i < batch.lines.length; i++) {
    finder.cutsIn(finder.memory, start, batch.ends[i] - 1, true)
    start = batch.ends[i]
  }
}

/** CPU nanoseconds for 64 KB. */
function measure(batches, call) {
  const before = process.cpuUsage()
  const end = performance.now() + MS
  let bytes = 0
  do {
    for (const batch of batches) {
      call(batch)
      bytes += call.length === 0 ? BATCH : batch.bytes
    }
  } while (performance.now() < end)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000 * BATCH) / bytes
}
