/**
 * 20,000 requests (HUSHLOG_FULL=1 for 100,000) through Express and as many through Fastify, at 50 connections and full of secrets: exactly one
 * good access record for each, all ids different, and no secret in any file.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkDirectory, inventWord, sendRequests } from '../traffic-checks.js'

const REQUESTS = Number(process.env.REQUESTS ?? (process.env.HUSHLOG_FULL === '1' ? 100_000 : 20_000))
const SERVER = fileURLToPath(new URL('./requests-server.js', import.meta.url))

for (const framework of ['express', 'fastify']) {
  const folder = mkdtempSync(join(tmpdir(), 'hushlog-peer-'))
  try {
    await run(framework, join(folder, 'logs'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function run(framework, dir) {
  const word = inventWord()
  const child = fork(SERVER, [framework, dir], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [{ port }] = await once(child, 'message')
  const { answered, seconds } = await sendRequests(`http://127.0.0.1:${port}`, REQUESTS, word)
  child.send('stop')
  const [{ stats }] = await once(child, 'message')

  const { problems, lines, accessRecords, files, bytes } = await checkDirectory(dir, REQUESTS, word)
  if (answered !== REQUESTS) problems.push(`${REQUESTS} requests, ${answered} answered with 2xx`)
  const cuts = Object.values(stats.scrubbed).reduce((sum, count) => sum + count, 0)
  // Seven values in the handler's line; in the access record two in its URL, and those and two more in its message.
  if (cuts < 13 * REQUESTS) problems.push(`only ${cuts} cuts: the secrets did not reach the log`)
  console.log(
    `  ${framework}: ${answered} requests in ${seconds.toFixed(1)} s, ${accessRecords} access records, ${lines} lines, ` +
      `${cuts} cuts; ${files} files, ${(bytes / 1e6).toFixed(0)} MB searched, ${problems.length} problems`,
  )
  for (const problem of problems) console.log(`    ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}
