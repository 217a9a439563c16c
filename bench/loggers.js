/**
 * The loggers that are compared, each with a real file behind it. A row makes the logger in a folder of its own and
 * tells how to wait until all is on the disk (`finish`), until the warm-up is (`settled`), and which file it wrote.
 */
import { once } from 'node:events'
import { fsyncSync, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { requirePeers } from './peers.js'

const SYNC = { sync: true, minLength: 16000 }
const EACH_LINE = { sync: true }
const ASYNC = { sync: false, minLength: 4096 }
const NEVER_FULL = '64 GB'
const OFTEN_FULL = '4 MB'
/** The default, and the same for those that hushlog is compared with. */
const ROTATING = '64 MB'

const PATHS = [
  'password',
  'token',
  'secret',
  'req.headers.authorization',
  'req.headers.cookie',
  'res.headers["set-cookie"]',
  '*.password',
  '*.token',
  '*.secret',
  '*.cookie',
]
/** 20 names at 4 depths: the nearest that wildcards come to a name wherever it stands. */
const WILDCARDS = ['', '*.', '*.*.', '*.*.*.'].flatMap((depth) =>
  Array.from({ length: 20 }, (_, i) => `${depth}${i === 0 ? 'password' : `secret${i}`}`),
)
const KEYS = PATHS.slice(0, 3).concat(
  'authorization',
  'cookie',
  'apiKey',
  'clientSecret',
  'passphrase',
  'card',
  'pin',
)

export const LOGGERS = {
  'no logger': () => ({ log: { info() {}, error() {} }, finish() {}, settled() {}, file() {} }),
  'pino sync 16 KB': (dir) => pinoTo(dir, SYNC),
  'pino sync': (dir) => pinoTo(dir, EACH_LINE),
  'pino async 4 KB': (dir) => pinoTo(dir, ASYNC),
  'pino + redact, 10 paths': (dir) => pinoTo(dir, ASYNC, { redact: PATHS }),
  'pino + redact, 80 wildcards': (dir) => pinoTo(dir, ASYNC, { redact: WILDCARDS }),
  'pino + hide-secrets': async (dir) => {
    const { default: hideSecrets } = await import('hide-secrets')
    return pinoTo(dir, ASYNC, { formatters: { log: (fields) => hideSecrets(fields) } })
  },
  'pino + deep-redact': (dir, peers) => {
    const { DeepRedact } = requirePeers(peers)('@hackylabs/deep-redact')
    const redaction = new DeepRedact({ blacklistedKeys: KEYS, serialise: false })
    return pinoTo(dir, ASYNC, { formatters: { log: (fields) => redaction.redact(fields) } })
  },
  'LogTape + pattern redaction': (dir, peers) => logTapeTo(dir, requirePeers(peers)),
  hushlog: (dir) => hushlogTo(dir, NEVER_FULL, (log) => log.flush()),
  'hushlog without scanning': async (dir) => {
    const { Finder } = await import('../build/scrub/finder.js')
    Finder.prototype.scan = () => false
    return hushlogTo(dir, NEVER_FULL, (log) => log.flush())
  },
  'pino-roll': (dir, peers) => pinoRollTo(dir, requirePeers(peers)),
  'winston-daily-rotate-file': (dir, peers) => winstonTo(dir, requirePeers(peers)),
  winston: (dir) => wrappable(dir, winstonLogger),
  'winston + wrap': (dir) => wrappable(dir, winstonLogger, true),
  bunyan: (dir) => wrappable(dir, bunyanLogger),
  'bunyan + wrap': (dir) => wrappable(dir, bunyanLogger, true),
  console: (dir) => wrappable(dir, consoleLogger),
  'console + wrap': (dir) => wrappable(dir, consoleLogger, true),
  pino: (dir) => wrappable(dir, pinoLogger),
  'pino + wrap': (dir) => wrappable(dir, pinoLogger, true),
  'hushlog, rotating': (dir) => hushlogTo(dir, ROTATING, (log) => log.flush()),
  'hushlog, rotating, line': (dir) => hushlogTo(dir, ROTATING, (log) => log.flush(), 'line'),
  'hushlog, sealing each 4 MB': (dir) => hushlogTo(dir, OFTEN_FULL, (log) => log.close()),
}

async function pinoTo(dir, destinationOptions, options = {}) {
  const { default: pino } = await import('pino')
  const dest = join(dir, 'pino.log')
  const destination = pino.destination({ dest, ...destinationOptions })
  const log = pino(options, destination)
  // Not flush(): its callback comes while lines under minLength are still in memory.
  const finish = () => {
    destination.end()
    return once(destination, 'close')
  }
  return { log, finish, file: () => dest, settled: () => new Promise((resolve) => log.flush(resolve)) }
}

/** A logger on a file that is written at once, as standard output is when it leads into one; wrapped or not. */
async function wrappable(dir, make, isWrapped = false) {
  const path = join(dir, 'wrapped.log')
  const fd = openSync(path, 'a')
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      writeSync(fd, chunk)
      done()
    },
  })
  const { logger, log } = await make(stream)
  if (isWrapped) {
    const { wrap } = await import('hushlog')
    wrap(logger, { scrub: { env: false } })
  }
  const finish = () => fsyncSync(fd)
  return { log, finish, file: () => path, settled() {} }
}

function backwards(logger) {
  return {
    info: (fields, message) => logger.info(message, fields),
    error: (fields, message) => logger.error(message, fields),
  }
}

async function winstonLogger(stream) {
  const { default: winston } = await import('winston')
  const { combine, timestamp, json } = winston.format
  const transports = [new winston.transports.Stream({ stream })]
  const logger = winston.createLogger({ format: combine(timestamp(), json()), transports })
  return { logger, log: backwards(logger) }
}

async function bunyanLogger(stream) {
  const { default: bunyan } = await import('bunyan')
  const logger = bunyan.createLogger({ name: 'bench', stream })
  return { logger, log: logger }
}

function consoleLogger(stream) {
  const logger = new console.Console(stream)
  // One line for each record, so that they can be counted.
  const log = backwards({
    info: (message, fields) => logger.info('%s %j', message, fields),
    error: (message, fields) => logger.error('%s %j', message, fields),
  })
  return { logger, log }
}

async function pinoLogger(stream) {
  const { default: pino } = await import('pino')
  const logger = pino(stream)
  return { logger, log: logger }
}

async function pinoRollTo(dir, require) {
  const { default: pino } = await import('pino')
  const options = { file: join(dir, 'pino-roll'), size: '64m', mkdir: true }
  const transport = pino.transport({ target: require.resolve('pino-roll'), options })
  const finish = async () => {
    // The worker thread does not keep the process alive.
    const alive = setInterval(() => {}, 1000)
    transport.end()
    await once(transport, 'close')
    clearInterval(alive)
  }
  return { log: pino(transport), finish, file() {}, settled: () => sleep(200) }
}

async function winstonTo(dir, require) {
  const winston = require('winston')
  const DailyRotateFile = require('winston-daily-rotate-file')
  const transport = new DailyRotateFile({ dirname: dir, filename: '%DATE%.log', maxSize: '64m' })
  const { combine, timestamp, json } = winston.format
  const logger = winston.createLogger({ format: combine(timestamp(), json()), transports: [transport] })
  const log = {
    info: (fields, message) => logger.info(message, fields),
    error: (fields, message) => logger.error(message, fields),
  }
  const finish = () => {
    logger.end()
    return once(transport, 'finish')
  }
  return { log, finish, file() {}, settled: () => sleep(200) }
}

async function logTapeTo(dir, require) {
  const { configure, dispose, getLogger, jsonLinesFormatter } = require('@logtape/logtape')
  const { getFileSink } = require('@logtape/file')
  const patterns = require('@logtape/redaction')
  const formatter = patterns.redactByPattern(jsonLinesFormatter, [
    patterns.CREDIT_CARD_NUMBER_PATTERN,
    patterns.EMAIL_ADDRESS_PATTERN,
    patterns.JWT_PATTERN,
    patterns.US_SSN_PATTERN,
  ])
  const path = join(dir, 'logtape.log')
  await configure({
    sinks: { file: getFileSink(path, { formatter }) },
    loggers: [
      { category: 'bench', sinks: ['file'], lowestLevel: 'info' },
      { category: ['logtape', 'meta'], sinks: [] },
    ],
  })
  const logger = getLogger('bench')
  const log = {
    info: (fields, message) => logger.info(message, fields),
    error: (fields, message) => logger.error(message, fields),
  }
  return { log, finish: () => dispose(), file: () => path, settled() {} }
}

async function hushlogTo(dir, maxSize, finish, durability = 'turn') {
  const { hushlog } = await import('hushlog')
  const logs = join(dir, 'logs')
  const log = hushlog({
    service: 'bench',
    stdout: false,
    scrub: { env: false },
    storage: { dir: logs, maxSize, durability },
  })
  const open = join(logs, 'open')
  return {
    log,
    /** The first line of the segment, which hushlog adds. */
    frames: 1,
    finish: () => finish(log),
    file: () => (maxSize === NEVER_FULL ? join(open, readdirSync(open)[0]) : undefined),
    settled: async () => {
      await log.flush()
      while (maxSize !== NEVER_FULL && readdirSync(open).length > 1) await sleep(5)
    },
  }
}
