/**
 * Runs each *.peer.js of this folder in turn. Too long for `npm test`: npm run test:peers -- [NAME ...]
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const wanted = process.argv.slice(2)
const peers = readdirSync(folder)
  .filter((name) => name.endsWith('.peer.js'))
  .filter((name) => wanted.length === 0 || wanted.includes(name.slice(0, -'.peer.js'.length)))
if (peers.length === 0) throw new Error(`no peer test of that name in ${folder}`)

const failed = peers.filter((name) => {
  console.log(`\n${name}`)
  const { status, signal } = spawnSync(process.execPath, [`${folder}${name}`], { stdio: 'inherit' })
  console.log(status === 0 ? 'ok' : `FAILED with ${signal ?? `code ${status}`}`)
  return status !== 0
})
console.log(
  `\n${peers.length} run, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`,
)
process.exitCode = failed.length === 0 ? 0 : 1
