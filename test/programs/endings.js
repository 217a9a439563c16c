/**
 * A program that logs to the directory given and ends in the way given; for the tests of endings.
 */
import { parentPort } from 'node:worker_threads'
import { hushlog } from 'hushlog'

const [dir, ending, durability = 'turn'] = process.argv.slice(2)
const log = hushlog({
  service: 'ending',
  storage: { dir, durability },
  stdout: false,
})
for (let i = 0; i < 100; i++) log.info({ i }, 'line')

const ENDINGS = {
  nothing: () => {},
  exit: () => process.exit(3),
  throw: () => {
    throw new Error('uncaught')
  },
  reject: () => {
    Promise.reject(new Error('unhandled'))
  },
  signal: () => setInterval(() => {}, 1000) && console.log('ready'),
  // Killed in the turn in which it logged, with no chance to do anything.
  'signal itself': () => {
    setInterval(() => {}, 1000)
    process.kill(process.pid, 'SIGTERM')
  },
  // As process 1 of a container does: there a signal without a handler of the program's own ends nothing.
  'outlived signal': () => {
    process.kill(process.pid, 'SIGTERM')
    process.kill = () => true
    setTimeout(() => {
      log.info('later')
      process.exit(3)
    }, 200)
  },
  'own handler': () => {
    process.on('SIGTERM', () => {
      log.info('in the handler')
      process.exit(7)
    })
    setInterval(() => {}, 1000)
    console.log('ready')
  },
  // Only of a worker thread, which is terminated in a later turn than that in which it logged.
  terminate: () => {
    setTimeout(() => parentPort.postMessage('ready'), 20)
    setInterval(() => {}, 1000)
  },
  'kill -9': () => process.kill(process.pid, 'SIGKILL'),
  'error and kill -9': () => {
    log.error('the last words')
    process.kill(process.pid, 'SIGKILL')
  },
}
ENDINGS[ending]()
