/**
 * The programs of keeper.peer.js: node program.js MODE OPTIONS. What they say last is a line of JSON.
 */
import fs from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { hushlog } from 'hushlog'

const [mode, text = '{}'] = process.argv.slice(2)
const {
  dir,
  lines = 0,
  id = 0,
  maxSize = '64 KB',
  pauseEvery = 100,
  pauseFor = 0,
  targets = [],
} = JSON.parse(text)

const say = (value) => console.log(JSON.stringify(value))

function open() {
  const storage = { dir, keeper: 'external', maxSize }
  return hushlog({ service: 'peer', stdout: false, scrub: { env: false }, storage })
}

const MODES = {
  /** Logs so many lines, numbered, and ends as a program should. */
  async log() {
    const log = open()
    for (let i = 0; i < lines; i++) {
      log.info({ id, i }, 'line')
      if ((i + 1) % pauseEvery !== 0) continue
      await turn()
      if (pauseFor > 0) await new Promise((resolve) => setTimeout(resolve, pauseFor))
    }
    await log.close()
    const { lost, written } = log.stats().store
    say({ lost, written: written.lines })
  },

  /** Has a segment open until standard input ends. */
  async hold() {
    const log = open()
    log.error({ id, i: 0 }, 'line')
    say({ segment: log.stats().store.segment })
    process.stdin.resume().on('end', () => log.close())
  },

  /** Tries what it must not be able to do, and says what became of each. */
  async reach() {
    say({ results: targets.map(([deed, path]) => [deed, path, attempt(deed, path)]) })
  },

  /** Puts what the options name into open/, as anybody of the group can. */
  async plant() {
    const at = (name) => join(dir, 'open', name)
    const [link, hard, own, target] = targets
    fs.symlinkSync(target, at(link))
    let linked = 'done'
    try {
      fs.linkSync(target, at(hard))
    } catch (error) {
      linked = error.code
    }
    fs.writeFileSync(at(own), 'x\n')
    fs.linkSync(at(own), at(`${own}.twice`))
    say({ linked })
  },
}

const DEEDS = {
  read: (path) => fs.readFileSync(path),
  list: (path) => fs.readdirSync(path),
  stat: (path) => fs.statSync(path),
  write: (path) => fs.writeFileSync(path, 'x', { flag: 'r+' }),
  make: (path) => fs.writeFileSync(path, 'x', { flag: 'wx' }),
  unlink: (path) => fs.unlinkSync(path),
  rename: (path) => fs.renameSync(path, `${path}-moved`),
  truncate: (path) => fs.truncateSync(path),
  chmod: (path) => fs.chmodSync(path, 0o777),
}

function attempt(deed, path) {
  try {
    DEEDS[deed](path)
    return 'done'
  } catch (error) {
    return error.code
  }
}

await MODES[mode]()
