/**
 * The store on real disks, with real processes that are really killed: one row for each promise, with its number.
 * npm run test:peers -- store, or node test/peers/store.peer.js [ROW ...] for some rows; HUSHLOG_FULL=1 for the full
 * numbers where a smaller one is the default. Needs root (mount, unshare) and Debian's faketime, and fails without.
 */
import { spawnSync } from 'node:child_process'
import * as clocks from './store/clocks.js'
import * as crashes from './store/crashes.js'
import * as disks from './store/disks.js'
import { cleanUp } from './store/processes.js'
import * as writers from './store/writers.js'

const ROWS = { ...crashes.ROWS, ...writers.ROWS, ...disks.ROWS, ...clocks.ROWS }

const wanted = process.argv.slice(2)
const rows = Object.entries(ROWS).filter(
  ([name]) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
)
if (rows.length === 0) throw new Error(`no such row; there are: ${Object.keys(ROWS).join(', ')}`)
if (process.getuid?.() !== 0)
  throw new Error('this suite mounts disks and makes pid namespaces: run it as root')
needFaketime()

let failed = 0
for (const [name, row] of rows) {
  const start = performance.now()
  const { numbers, problems } = await row().catch((error) => ({ numbers: 'none', problems: [error.stack] }))
  cleanUp()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`  ${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}: ${numbers} (${seconds} s)`)
  for (const problem of problems.slice(0, 10)) console.log(`         ${problem}`)
  if (problems.length > 0) failed++
}
console.log(`  ${rows.length} rows, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function needFaketime() {
  if (spawnSync('faketime', ['--version']).status === 0) return
  spawnSync('apt-get', ['update'], { stdio: 'ignore' })
  const { status, stderr } = spawnSync('apt-get', ['install', '-y', 'faketime'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`faketime cannot be installed: ${stderr}`)
}
