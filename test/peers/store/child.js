/**
 * The programs of store.peer.js: node child.js MODE OPTIONS, the options as JSON. What must be known exactly after a
 * kill, the number of log calls that have returned, is written to a file after each call.
 */
import fs, { openSync, rmSync, writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { hushlog } from 'hushlog'

const [mode, text = '{}'] = process.argv.slice(2)
const options = JSON.parse(text)
const { dir, lines = 0, perTurn = 100, durability, maxSize, counter, pad = 0, id = 0 } = options

function makeLog(more = {}) {
  const storage = { dir, durability, maxSize, ...options.storage }
  return hushlog({ service: 'peer', stdout: false, scrub: { env: false }, storage, ...more })
}

/** Says after each call how many have returned. */
function returned() {
  if (counter === undefined) return () => {}
  const fd = openSync(counter, 'w')
  const value = new Float64Array(1)
  return (count) => {
    value[0] = count
    writeSync(fd, value, 0, 8, 0)
  }
}

const filling = 'x'.repeat(pad)

async function write(log, from, to, count = returned()) {
  for (let i = from; i < to; i++) {
    log.info({ id, i, pad: filling }, 'line')
    count(i + 1)
    if ((i + 1) % perTurn === 0 && i + 1 < to) await turn()
  }
}

/** Breaks or mends calls of node:fs, for the logger that is made afterwards. */
function breakable(names) {
  const state = { code: undefined }
  for (const name of names) {
    const original = fs[name]
    fs[name] = (...args) => {
      if (state.code !== undefined) throw Object.assign(new Error(state.code), { code: state.code })
      return original(...args)
    }
  }
  syncBuiltinESMExports()
  return state
}

const say = (message) => writeSync(1, `${JSON.stringify(message)}\n`)
const kill = () => process.kill(process.pid, 'SIGKILL')

const MODES = {
  /** Killed in the turn of the last call, or in a later one. */
  async kill() {
    await write(makeLog(), 0, lines)
    if (options.later) await turn()
    if (options.later) await turn()
    kill()
  },

  async ending() {
    await write(makeLog(), 0, lines)
    const endings = {
      'process.exit': () => process.exit(3),
      uncaughtException: () => {
        throw new Error('uncaught')
      },
      unhandledRejection: () => Promise.reject(new Error('unhandled')),
    }
    if (endings[options.ending] !== undefined) return endings[options.ending]()
    setInterval(() => {}, 1000)
    process.kill(process.pid, options.ending)
  },

  /** Audit records among lines that wait, until it is killed. */
  async audit() {
    const log = makeLog()
    const count = returned()
    for (let i = 0; ; i++) {
      log.info({ i }, 'waits')
      log.audit({ action: 'peer.audit', actor: `user ${i}`, outcome: 'failure' })
      count(i + 1)
      if (i % 20 === 19) await turn()
    }
  },

  /** So many failed logins per second; says the 99th percentile of the delay of the event loop, in ms. */
  async logins() {
    const log = makeLog()
    const every = 5
    const perTick = (options.perSecond * every) / 1000
    const delay = monitorEventLoopDelay({ resolution: 1 })
    await sleep(500)
    delay.enable()
    const end = performance.now() + options.seconds * 1000
    let due = performance.now()
    let logins = 0
    while (performance.now() < end) {
      for (let n = 0; n < perTick; n++) {
        logins++
        log.info({ path: '/login', status: 401 }, 'answered')
        if (options.audit) log.audit({ action: 'auth.login', actor: 'ada', outcome: 'failure' })
      }
      due += every
      await sleep(Math.max(0, due - performance.now()))
    }
    delay.disable()
    say({ p99: delay.percentile(99) / 1e6, logins, store: log.stats().store })
    process.exit()
  },

  /** Writes steadily, until it is told to stop by a line on standard input. */
  async steady() {
    const log = makeLog()
    const count = returned()
    let isDone = false
    process.stdin.once('data', () => (isDone = true))
    say('ready')
    for (let i = 0; !isDone; i++) {
      log.info({ id, i, pad: filling }, 'line')
      count(i + 1)
      await sleep(options.every ?? 1)
    }
    await log.close()
    say(log.stats().store)
    process.exit()
  },

  /** Opens the directory, adopts what it may and closes. */
  async recover() {
    const log = makeLog()
    await log.close()
    say(log.stats().store)
  },

  /** A thread that writes and is terminated; the process lives on for a while and is then killed. */
  async threads() {
    const worker = new Worker(new URL(import.meta.url), {
      argv: ['thread', JSON.stringify({ ...options, durability: 'line' })],
    })
    await sleep(options.for)
    await worker.terminate()
    say('terminated')
    setInterval(() => {}, 1000)
  },

  async thread() {
    await write(makeLog(), 0, Number.POSITIVE_INFINITY)
  },

  /**
   * Trouble from line 4,000 to line 12,000 of 20,000. The parent makes it where that needs root; says what became of
   * each line, how long it took to go on, and how much memory was needed.
   */
  async trouble() {
    const { code, from = 4000, to = 12_000 } = options
    const state = code === undefined ? undefined : breakable(['writeSync', 'openSync'])
    if (options.uid !== undefined) becomeUser(options.uid)
    const errors = []
    const log = makeLog({ onError: (error) => errors.push(error.code) })
    await log.flush()
    let most = 0
    const before = process.memoryUsage().rss
    let resumed
    for (let i = 0; i < lines; i++) {
      if (i === from) await start(state)
      if (i === to) resumed = end(state, log)
      log.info({ i, pad: i < from || i >= to ? '' : filling }, 'line')
      if (i === lines - 1 && resumed === undefined) return process.exit()
      if (i % 10 === 9) await turn()
      if (i % 500 === 0 && taken.length === 0) most = Math.max(most, process.memoryUsage().rss)
    }
    const took = await resumed
    const failed = await log.flush().then(
      () => undefined,
      (error) => error.code,
    )
    await log.close()
    say({ errors: [...new Set(errors)], store: log.stats().store, took, grew: most - before, failed })
    process.exit()
  },

  /** Kills itself at the k-th call of node:fs. */
  async crash() {
    let left = options.calls
    for (const module of [fs, fs.promises]) {
      for (const name of options.names) {
        const original = module[name]
        if (typeof original !== 'function') continue
        module[name] = (...args) => {
          if (--left === 0) kill()
          return original.apply(module, args)
        }
      }
    }
    syncBuiltinESMExports()
    const log = makeLog({ onError: () => {} })
    await write(log, 0, lines)
    await log.close()
    process.exit()
  },

  async stdout() {
    const log = makeLog({ stdout: 'json', onError: () => {} })
    const before = process.memoryUsage().rss
    let most = 0
    for (let i = 0; i < lines; i++) {
      log.info({ i, pad: filling }, 'line')
      if (i % 100 === 99) await turn()
      if (i % 1000 === 0) most = Math.max(most, process.memoryUsage().rss)
    }
    const start = performance.now()
    process.on('exit', () => writeSync(2, `${JSON.stringify({ grew: most - before, start })}\n`))
    process.exit()
  },
}

function becomeUser(uid) {
  process.setgroups([])
  process.setgid(uid)
  process.setuid(uid)
}

/** Descriptors that are taken until none is left; given back when the trouble ends. */
const taken = []

async function start(state) {
  if (state !== undefined) state.code = options.code
  if (options.ask) await asked('start')
  if (options.descriptors) {
    try {
      for (;;) taken.push(openSync('/dev/null', 'r'))
    } catch {
      // None is left: that is the trouble.
    }
  }
}

/** Resolves with how many ms it took until lines were written again. */
async function end(state, log) {
  if (state !== undefined) state.code = undefined
  for (const fd of taken.splice(0)) fs.closeSync(fd)
  if (options.filler !== undefined) rmSync(options.filler, { force: true })
  if (options.ask) await asked('end')
  const since = performance.now()
  while (log.stats().store.state === 'full' && performance.now() - since < 5000) await sleep(10)
  return performance.now() - since
}

function asked(what) {
  say(what)
  return new Promise((resolve) => process.stdin.once('data', resolve))
}

await MODES[mode]()
