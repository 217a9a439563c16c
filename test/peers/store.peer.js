/**
 * The store on real disks, with real processes that are really killed: one row for each promise, with its number.
 * npm run test:peers -- store, or node test/peers/store.peer.js [ROW ...] for some rows; HUSHLOG_FULL=1 for the full
 * numbers where a smaller one is the default. Needs root (mount, unshare) and Debian's faketime, and fails without.
 */
import { spawnSync } from 'node:child_process'
import { runRows } from './rows.js'
import * as clocks from './store/clocks.js'
import * as crashes from './store/crashes.js'
import * as disks from './store/disks.js'
import { cleanUp } from './store/processes.js'
import * as writers from './store/writers.js'

const ROWS = { ...crashes.ROWS, ...writers.ROWS, ...disks.ROWS, ...clocks.ROWS }

if (process.getuid?.() !== 0)
  throw new Error('this suite mounts disks and makes pid namespaces: run it as root')
needFaketime()
await runRows(ROWS, process.argv.slice(2), cleanUp)

function needFaketime() {
  if (spawnSync('faketime', ['--version']).status === 0) return
  spawnSync('apt-get', ['update'], { stdio: 'ignore' })
  const { status, stderr } = spawnSync('apt-get', ['install', '-y', 'faketime'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`faketime cannot be installed: ${stderr}`)
}
