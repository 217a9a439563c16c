/**
 * pino, made by hushlog: takes the place of pino.js under pino's own tests. A line is what `hushlog()` lets out; its
 * stamp alone is put into pino's terms (`time` in milliseconds, `hostname` for `host`, no service, operation or id), so
 * that whatever still differs is a difference of behaviour. Where pino takes a stream, a sink stands behind the gate.
 */
'use strict'

const { hostname } = require('node:os')
const pino = require('pino')
const { openPipeline } = require('../../../build/hushlog.js')
const { createLogger } = require('../../../build/logger/logger.js')

// The tests put invented values into their lines, and the environment of whoever runs them is not theirs to cut.
const QUIET = { storage: false, stdout: false, scrub: { env: false } }
const write = process.stderr.write

function shim(first, second) {
  const isStream = typeof first === 'string' || typeof first?.write === 'function'
  const given = (!isStream && first) || {}
  const stream = destination(isStream ? first : (second ?? given.stream))
  const { options, stamp } = translated(given)
  let own = ''
  const append = ({ bytes, ends, count }) => {
    const text = Buffer.from(bytes.subarray(0, ends[count - 1])).toString()
    for (const line of text.split('\n').slice(0, -1)) stream.write(`${line.replace(own, stamp)}\n`)
  }
  const sink = { append, sync: async () => {}, flushSync: () => stream.flushSync?.() }
  const { pipeline, config, extras } = quietly(() =>
    openPipeline({ ...options, ...QUIET }, { sinks: [sink] }),
  )
  // Tests look at their stream as soon as the call has returned.
  pipeline.writeThrough()
  const makeStamp = pipeline.stamp
  pipeline.stamp = () => (own = makeStamp.call(pipeline))
  return createLogger(pipeline, config.pino, extras)
}

/**
 * Options that `hushlog()` says otherwise: `name` is a part of `base`. Those that it refuses stay, but for those that
 * pino does not know either: `test` and `useLevelLabels`.
 */
function translated({ name, stream: _, test: _test, useLevelLabels: _labels, timestamp, ...options }) {
  const named = name === undefined ? {} : { base: { ...options.base, name } }
  const refused = typeof timestamp === 'function' ? { timestamp } : {}
  const time = () => (timestamp === false ? '' : `,"time":${Date.now()}`)
  const identity = options.base === undefined ? `,"pid":${process.pid},"hostname":"${hostname()}"` : ''
  return { options: { ...options, ...named, ...refused }, stamp: () => time() + identity }
}

function destination(stream) {
  if (stream === undefined) return pino.destination({ dest: 1, sync: true })
  return typeof stream === 'string' ? pino.destination({ dest: stream, sync: true }) : stream
}

/** Where lines go is said on standard error at each start. */
function quietly(fn) {
  process.stderr.write = () => true
  try {
    return fn()
  } finally {
    process.stderr.write = write
  }
}

Object.assign(shim, pino)
module.exports = shim
module.exports.default = shim
module.exports.pino = shim
