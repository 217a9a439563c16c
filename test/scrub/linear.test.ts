import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'

/*
 * Work is counted in steps, which are the same in all but very few runs, and not in time: see count-work.js. Twice the
 * text may take a little more than twice the steps, for what a batch costs whatever it holds; four times would be
 * quadratic.
 */
const SIZE = 2048
const MOST_GROWTH = 2.3
/** The worst takes 145: a name and a value that is looked through and spared, every seven bytes. */
const MOST_STEPS_PER_BYTE = 200

interface Count {
  bytes: number
  steps: number
}

t.jobs = 2
for (const [scanner, shape] of [
  ['wasm', 'message'],
  ['plain', 'alone'],
]) {
  t.test(`hostile text costs work in proportion to its length with the ${scanner} scanner`, async (t) => {
    const counts = await countWork(scanner, shape)
    t.ok(Object.keys(counts).length >= 40, 'counted 40 inputs')
    // It was seen once that something else in the process walked over a text: what grows too fast does so always.
    const isOdd = Object.values(counts).some((count) => growthOf(count) > MOST_GROWTH)
    const again = isOdd ? await countWork(scanner, shape) : counts
    for (const [name, count] of Object.entries(counts)) {
      const [, twice] = count
      const growth = Math.min(growthOf(count), growthOf(again[name]))
      t.ok(growth <= MOST_GROWTH, `${name}: ${growth.toFixed(2)} times the steps for twice the text`)
      const perByte = twice.steps / twice.bytes
      t.ok(perByte <= MOST_STEPS_PER_BYTE, `${name}: ${perByte.toFixed(0)} steps for each byte`)
    }
  })
}

function growthOf([once, twice]: [Count, Count]): number {
  return (2 * twice.steps * once.bytes) / (once.steps * twice.bytes)
}

async function countWork(scanner: string, shape: string): Promise<Record<string, [Count, Count]>> {
  const script = fileURLToPath(new URL('./count-work.js', import.meta.url))
  // tap's own coverage would have the counters reset.
  const { NODE_V8_COVERAGE: _, NODE_OPTIONS: __, ...env } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    // Code that has not run for a while would be thrown away, and its counts with it.
    ['--no-opt', '--no-flush-bytecode', script, scanner, shape, String(SIZE)],
    { env, maxBuffer: 1 << 24 },
  )
  return JSON.parse(stdout)
}
