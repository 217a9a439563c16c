/**
 * Time of each hostile input: 64 KB of it through the gate, as a multiple of an XOR of every byte in WebAssembly SIMD,
 * and the growth for twice the text. CPU time, in turn in one process, the least of five: what disturbs only adds.
 *
 * node bench/hostile.js [NAME]
 */

import { Gate } from '../build/scrub/gate.js'
import { createFinder } from '../build/scrub/scrubber.js'
import { flood, HOSTILE, REGISTERED } from '../test/scrub/hostile.js'
import { printTable } from './statistics.js'
import { BATCH, compileXor } from './xor.js'

const AT_MOST = 400
const GROWTH = 2.3
const ROUNDS = 5
const LEAST_MS = 4
const [, , wanted = ''] = process.argv

const stub = (error) => {
  throw error
}
const newGate = (hide) => new Gate({ finder: createFinder({ env: false, hide }, []), stub })
const plain = newGate([])
const registered = newGate([REGISTERED])
const xor = await compileXor()

// The optimiser has seen them all before the first is measured.
for (const unit of Object.values(HOSTILE))
  for (let i = 0; i < 3; i++) scrub(plain, messageOf(unit, BATCH / 8))

const rows = []
for (const [name, unit] of Object.entries(HOSTILE)) {
  if (!name.includes(wanted)) continue
  const gate = name.includes('registered') ? registered : plain
  // Two bytes or more where the text is not ASCII, and two for a character that JSON escapes.
  const density = Buffer.byteLength(messageOf(unit, 4096)) / 4096
  const once = messageOf(unit, BATCH / density)
  const half = messageOf(unit, BATCH / density / 2)
  const [floor, least, leastHalf] = leastOf([
    () => xor(0, BATCH),
    () => scrub(gate, once),
    () => scrub(gate, half),
  ])
  const bytes = Buffer.byteLength(once)
  const growth = (2 * least * Buffer.byteLength(half)) / (leastHalf * bytes)
  rows.push({ name, times: ((least / bytes) * BATCH) / floor, ms: (least / bytes) * BATCH, growth })
}
rows.sort((a, b) => b.times - a.times)
const slow = rows.filter(({ times }) => times > AT_MOST)
console.log(`
${rows.length} hostile inputs, 64 KB of each in one message, as a multiple of an XOR of every byte: at most ${AT_MOST} wanted,
${slow.length} take more. Growth is for twice the text; above ${GROWTH} it would be worse than linear (the work itself is counted in
npm test, where no noise is).
`)
printTable([
  ['', 'x XOR', 'ms', 'growth'],
  ...rows
    .slice(0, Math.max(slow.length, 12))
    .map(({ name, times, ms, growth }) => [name, times.toFixed(0), ms.toFixed(2), growth.toFixed(2)]),
])
const middle = rows[rows.length >> 1].times.toFixed(0)
console.log(`\n  median of all ${middle}, least ${rows.at(-1).times.toFixed(0)}`)

function messageOf(unit, size) {
  return JSON.stringify({ msg: flood(unit, size) })
}

function scrub(gate, text) {
  gate.add(text, 30, 0)
  gate.take(() => {})
}

/** CPU milliseconds of the quickest run of each. */
function leastOf(calls) {
  const often = calls.map(timesFor)
  const least = calls.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, call] of calls.entries()) least[i] = Math.min(least[i], cpuOf(call, often[i]) / often[i])
  return least
}

/** How often a call must run to be measured at all; it warms up meanwhile. */
function timesFor(call) {
  let times = 1
  while (cpuOf(call, times) < LEAST_MS) times *= 2
  return times
}

function cpuOf(call, times) {
  const before = process.cpuUsage()
  for (let i = 0; i < times; i++) call()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
