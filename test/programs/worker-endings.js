/**
 * Runs endings.js in a worker thread, and says with which code that ended.
 */
import { Worker } from 'node:worker_threads'

const worker = new Worker(new URL('./endings.js', import.meta.url), { argv: process.argv.slice(2) })
worker.on('message', () => worker.terminate())
worker.on('error', () => {})
worker.on('exit', (code) => console.log(code))
