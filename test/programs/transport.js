/**
 * A program that names hushlog as the target of a pino transport, logs, and ends in the way given.
 */
import { writeSync } from 'node:fs'
import pino from 'pino'

const [dir, shape, ending] = process.argv.slice(2)
const ours = { target: 'hushlog/transport', options: { service: 'shop', storage: { dir } } }
const onStdout = { target: 'pino/file', options: { destination: 1 } }
const SHAPES = {
  alone: ours,
  targets: { targets: [ours, { ...onStdout, level: 'warn' }] },
  pipeline: { pipeline: [ours, onStdout] },
  stdout: { ...ours, options: { service: 'shop', storage: false, stdout: 'json' } },
  'short retention': { ...ours, options: { storage: { dir, keepDays: 30 } } },
  'unknown option': { ...ours, options: { level: 'info' } },
}
const transport = pino.transport(SHAPES[shape])
const log = pino(transport)
for (let i = 0; i < 100; i++) log.info({ i, password: 'hunter2' }, 'größer 💥')

const afterReady = (end) => transport.on('ready', () => setTimeout(end, 100))
const stayUp = () => setInterval(() => {}, 1000)
const ENDINGS = {
  nothing: () => {},
  exit: () => process.exit(3),
  'exit when it is up': () => {
    stayUp()
    afterReady(() => process.exit(3))
  },
  throw: () => {
    throw new Error('uncaught')
  },
  'own handler': () => {
    process.on('SIGTERM', () => process.exit(143))
    stayUp()
    process.kill(process.pid, 'SIGTERM')
  },
  'signal when it is up': () => {
    stayUp()
    afterReady(() => process.kill(process.pid, 'SIGTERM'))
  },
  'signal at once': () => process.kill(process.pid, 'SIGTERM'),
  'flush and kill -9': () => {
    log.flush((error) => {
      writeSync(2, `flushed ${error ?? 'well'}\n`)
      process.kill(process.pid, 'SIGKILL')
    })
  },
}
ENDINGS[ending]()
