/**
 * Runs each *.peer.js of this folder in turn. Too long for `npm test`: npm run test:peers -- [NAME ...]
 * One that is not done in time is killed with all that it has started, and counts as failed: none can stop the others.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Milliseconds. Some ten times what the longest takes. */
const DEADLINE = process.env.HUSHLOG_FULL === '1' ? 2 ** 31 - 1 : 600_000

const folder = fileURLToPath(new URL('.', import.meta.url))
const wanted = process.argv.slice(2)
const peers = readdirSync(folder)
  .filter((name) => name.endsWith('.peer.js'))
  .filter((name) => wanted.length === 0 || wanted.includes(name.slice(0, -'.peer.js'.length)))
if (peers.length === 0) throw new Error(`no peer test of that name in ${folder}`)

const failed = []
for (const name of peers) {
  console.log(`\n${name}`)
  const start = performance.now()
  const end = await run(name)
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  console.log(end === 'code 0' ? `ok (${seconds} s)` : `FAILED with ${end} (${seconds} s)`)
  if (end !== 'code 0') failed.push(name)
}
console.log(
  `\n${peers.length} run, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`,
)
process.exitCode = failed.length === 0 ? 0 : 1

/** @returns how it ended, in words */
async function run(name) {
  // The leader of a process group, so that nothing that it has started outlives it.
  const child = spawn(process.execPath, [`${folder}${name}`], { stdio: 'inherit', detached: true })
  const stop = () => killGroup(child.pid)
  const timer = setTimeout(stop, DEADLINE)
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const start = performance.now()
  const [code, signal] = await once(child, 'exit')
  clearTimeout(timer)
  process.off('SIGINT', stop).off('SIGTERM', stop)
  stop()
  if (performance.now() - start >= DEADLINE) return `no end after ${DEADLINE / 1000} s`
  return signal ?? `code ${code}`
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of it is left.
  }
}
