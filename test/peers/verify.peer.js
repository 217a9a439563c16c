/**
 * What hushlog verify finds, that it finds nothing where nothing is wrong, and how fast it is.
 * npm run test:peers -- verify, or node test/peers/verify.peer.js [tamper|honest|speed] [ROW]; HUSHLOG_FULL=1 for the
 * full numbers where a smaller one is the default. The honest part needs root (it mounts small disks).
 */
import { cleanUp } from './verify/directory.js'
import { honest } from './verify/honest.js'
import { speed } from './verify/speed.js'
import { tamper, Victim, WIDTH } from './verify/tampering.js'

/** Whose entries and files are tampered with, one after the other. */
const SEGMENTS = process.env.HUSHLOG_FULL === '1' ? 50 : 20
const [part, only = ''] = process.argv.slice(2)
const PARTS = { tamper: tampered, honest, speed }
if (part !== undefined && PARTS[part] === undefined)
  throw new Error(`no such part; there are: ${Object.keys(PARTS).join(', ')}`)

let failed = 0
for (const [name, run] of Object.entries(PARTS)) {
  if (part !== undefined && name !== part) continue
  const start = performance.now()
  const problems = await run()
  cleanUp()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`  ${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  for (const problem of problems.slice(0, 10)) console.log(`         ${problem}`)
  if (problems.length > 0) failed++
}
process.exitCode = failed === 0 ? 0 : 1

/** Every row to 100 %. */
async function tampered() {
  const victim = await Victim.make(SEGMENTS)
  const { lines, segments } = victim
  console.log(
    `  a directory of ${segments.length} segments and ${lines.length} entries, and what was done to it:`,
  )
  console.log(`  ${'what'.padEnd(WIDTH)}  tries  detected  seconds  kinds`)
  const rows = await tamper(
    victim,
    (name) => name.includes(only),
    ({ name, tries, detected, kinds }, seconds) => {
      const numbers = [
        String(tries).padStart(5),
        String(detected).padStart(8),
        seconds.toFixed(1).padStart(7),
      ]
      console.log(`  ${[name.padEnd(WIDTH), ...numbers, [...kinds].join(', ')].join('  ')}`)
    },
  )
  const sum = rows.reduce((all, { tries }) => all + tries, 0)
  console.log(`  ${rows.length} kinds of tampering, ${sum} tries`)
  return rows.flatMap(({ name, tries, detected, missed }) => [
    ...(tries === 0 ? [`${name}: nothing was tried`] : []),
    ...(detected < tries ? [`${name}: ${tries - detected} of ${tries} not found or not named`] : []),
    ...missed.slice(0, 5).map((text) => `${name}: ${text}`),
  ])
}
