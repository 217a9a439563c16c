/** Rows about disks that are full, fail or go away while a program logs. */
import { appendFileSync, chmodSync, chownSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { compare, ledgerOf, problemsOf, recordsIn } from './directory.js'
import { folder, run, start, tmpfs } from './processes.js'

const LINES = 20_000
/** From which line to which there is trouble. */
const TROUBLE = { from: 3000, to: 11_000 }
/** Bytes of a line in the time of trouble: twice as much as may wait in memory. */
const PAD = 2000
/** What a program may need in that time: 8 MB of lines that wait, what they cost besides, and what V8 lets lie. */
const MOST_MEMORY = 64 * 1024 * 1024
const NOBODY = 65_534

/**
 * Runs a program through a trouble. `dirs` is where its lines may be in the end; `loses` whether some must be lost:
 * where none can be, a trouble that was not noticed would pass.
 */
async function through({ options, spawn, begin, end, dirs = [options.dir], loses = true }) {
  const child = start('trouble', { lines: LINES, pad: PAD, ...TROUBLE, ...options }, spawn)
  let fate = await child.next()
  while (typeof fate === 'string') {
    if (fate === 'start') begin()
    else end()
    child.tell()
    fate = await child.next()
  }
  const { code, stderr } = await child.ended
  const { store, took, grew, failed, errors } = fate
  const found = dirs.map(recordsIn)
  const records = found.flatMap(({ records }) => records)
  const numbers = records.filter(({ msg }) => msg === 'line').map(({ i }) => i)
  const { twice, disordered } = compare(numbers, LINES)
  const gaps = records.filter(({ kind }) => kind === 'gap').reduce((sum, { count }) => sum + count, 0)
  const inLedger = ledgerOf(options.dir)
    .filter(({ kind }) => kind === 'gap')
    .reduce((sum, { count }) => sum + count, 0)
  const problems = dirs.length === 1 ? await problemsOf(options.dir) : []
  const check = (isGood, problem) => isGood || problems.push(problem)
  check(code === 0, `it ended with ${code}: ${stderr}`)
  check(
    found.every(({ broken }) => broken.length === 0),
    'lines are broken',
  )
  check(twice + disordered === 0, `${twice} lines twice, ${disordered} out of order`)
  check(numbers.length + gaps === LINES, `${numbers.length} lines written and ${gaps} counted`)
  check(gaps === store.lost && inLedger === gaps, `gaps ${gaps}, stats ${store.lost}, ledger ${inLedger}`)
  check(loses === gaps > 0, `${gaps} lines were lost`)
  check(!loses || errors.includes('HUSHLOG_LOST'), `onError was told of ${errors}`)
  check(grew < MOST_MEMORY, `it grew by ${grew} bytes`)
  check(failed === undefined, `flush() failed afterwards with ${failed}`)
  return {
    numbers:
      `${numbers.length} written + ${gaps} counted = ${numbers.length + gaps}, went on after ${took.toFixed(0)} ms, ` +
      `grew by ${(grew / 1e6).toFixed(0)} MB, told ${errors.join(', ') || 'nothing'}`,
    problems,
    late: took < 1000 ? [] : [`it took ${took} ms to go on`],
  }
}

function fill(disk) {
  try {
    for (;;) appendFileSync(join(disk, 'filler'), Buffer.alloc(4096))
  } catch {
    // Now it is full.
  }
}

async function full() {
  const disk = tmpfs('1m')
  return through({
    options: { dir: join(disk, 'logs'), ask: true },
    begin: () => fill(disk),
    end: () => {
      run('mount', '-o', 'remount,size=64m', disk)
      rmSync(join(disk, 'filler'))
    },
  })
}

/** A disk that stays full: exit does not hang, and the last words on the disk and on stderr count what is lost. */
async function fullToTheEnd() {
  const disk = tmpfs('1m')
  const dir = join(disk, 'logs')
  const child = start('trouble', { dir, lines: 12_000, pad: PAD, from: 3000, to: 20_000, ask: true })
  await child.next()
  fill(disk)
  const began = performance.now()
  child.tell()
  const fate = await child.ended
  const took = performance.now() - began
  const { records, broken } = recordsIn(dir)
  const written = records.filter(({ msg }) => msg === 'line').length
  const gaps = records.filter(({ kind }) => kind === 'gap').reduce((sum, { count }) => sum + count, 0)
  const problems = []
  // Lines that came before the trouble and the records of trouble itself may have been lost as well.
  if (written + gaps !== 12_000) problems.push(`${written} lines written and ${gaps} counted`)
  if (!fate.stderr.includes(`${gaps} lines were lost`)) problems.push(`stderr says: ${fate.stderr}`)
  if (broken.length > 0) problems.push('lines are broken')
  if (took > 10_000) problems.push(`it took ${took} ms to end`)
  return {
    numbers: `${written} written + ${gaps} counted on the full disk and on stderr, ended within ${(took / 1000).toFixed(1)} s`,
    problems,
  }
}

const broken = (code) => () => through({ options: { dir: join(folder(), 'logs'), code } })

function removed() {
  const dir = join(folder(), 'logs')
  return through({
    options: { dir, ask: true, pad: 100 },
    begin: () => rmSync(dir, { recursive: true }),
    end: () => {},
    loses: false,
  })
}

function replaced() {
  const dir = join(folder(), 'logs')
  const old = `${dir}.old`
  return through({
    options: { dir, ask: true, pad: 100 },
    begin: () => {
      renameSync(dir, old)
      mkdirSync(dir, { mode: 0o700 })
    },
    end: () => {},
    dirs: [old, dir],
    loses: false,
  })
}

function forbidden() {
  const home = folder()
  chownSync(home, NOBODY, NOBODY)
  const dir = join(home, 'logs')
  return through({
    options: { dir, ask: true, uid: NOBODY, maxSize: 100_000 },
    begin: () => chmodSync(join(dir, 'open'), 0o000),
    end: () => chmodSync(join(dir, 'open'), 0o700),
  })
}

function descriptors() {
  return through({
    options: { dir: join(folder(), 'logs'), descriptors: true, maxSize: 100_000 },
    spawn: { prefix: ['prlimit', '--nofile=100'] },
  })
}

/** Whoever should read standard output does not, or cannot be written to: the store has every line all the same. */
async function output() {
  const lines = 20_000
  const problems = []
  const grown = []
  const fifo = join(folder(), 'fifo')
  run('mkfifo', fifo)
  for (const path of [fifo, '/dev/full']) {
    const dir = join(folder(), 'logs')
    // Open for reading too, so that the writer need not wait for a reader, who then never reads.
    const stdout = openSync(path, 'r+')
    const { code, stderr } = await start('stdout', { dir, lines, pad: 500 }, { stdout }).ended
    const { grew } = JSON.parse(stderr.trim().split('\n').at(-1))
    const numbers = recordsIn(dir).records.flatMap(({ i }) => i ?? [])
    const { lost } = compare(numbers, lines)
    grown.push(`${(grew / 1e6).toFixed(0)} MB`)
    if (code !== 0) problems.push(`${path}: it ended with ${code}: ${stderr}`)
    if (lost > 0) problems.push(`${path}: ${lost} lines are missing in the store`)
    if (grew > MOST_MEMORY) problems.push(`${path}: it grew by ${grew} bytes`)
  }
  return { numbers: `${lines} lines each, none lost in the store, grew by ${grown.join(' and ')}`, problems }
}

export const ROWS = {
  'disk full (ENOSPC)': full,
  'disk full to the end': fullToTheEnd,
  EDQUOT: broken('EDQUOT'),
  EIO: broken('EIO'),
  EROFS: broken('EROFS'),
  'directory removed': removed,
  'directory replaced': replaced,
  'permissions taken away (EACCES)': forbidden,
  'no descriptors left (EMFILE)': descriptors,
  'output that nobody reads': output,
}
