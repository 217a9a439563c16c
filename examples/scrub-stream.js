// The gate as a stream: for loggers that write lines to any stream (morgan, bunyan, winston) and for what other
// programs print. node examples/scrub-stream.js
import { spawn } from 'node:child_process'
import { pipeline } from 'node:stream/promises'
import { scrubStream } from 'hushlog'

const lines = `
  console.log('listening')
  console.log('GET /callback?client_secret=invented-for-this-example')
  console.log(JSON.stringify({ user: 'ada', password: 'invented-too' }))
`
const child = spawn(process.execPath, ['--eval', lines], { stdio: ['ignore', 'pipe', 'inherit'] })

const scrubbed = scrubStream({ env: false })
await pipeline(child.stdout, scrubbed, process.stdout, { end: false })
console.log(scrubbed.counts())
