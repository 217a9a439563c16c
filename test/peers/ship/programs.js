/** Rows about programs that ship: two at once, their ends, and what shipping costs them. */

import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkBucket } from './lies.js'
import {
  checker,
  entriesOf,
  FULL,
  folder,
  hushlog,
  makeBucket,
  program,
  s3Options,
  s3Place,
  sealedDirectory,
  segmentsOf,
} from './world.js'

/** Programs that log into one directory and ship it, and end one after the other; nobody is killed. */
async function together() {
  const bucket = await makeBucket('together')
  const dir = join(folder(), 'logs')
  const ship = { s3: s3Options(bucket), maxBandwidth: 3_000_000 }
  const options = { mode: 'steady', dir, maxSize: 300_000, every: 25, perTick: 2, ship }
  const { problems, check } = checker()
  const programs = [program(options), program(options)]
  for (const { next } of programs) await next()
  while (segmentsOf(dir).length < 40) await sleep(200)
  const told = []
  for (const { tell, ended } of programs) {
    tell('stop')
    const { code, stdout, stderr } = await ended
    check(code === 0, `a program ended with ${code}: ${stderr}`)
    told.push(JSON.parse(stdout.trim().split('\n').at(-1)))
  }
  for (const { errors } of told)
    check(Object.keys(errors).length === 0, `onError was told ${JSON.stringify(errors)}`)
  const meanwhile = entriesOf(dir).filter(({ kind }) => kind === 'shipped').length
  const { code } = await hushlog(['ship', dir, '--now', '--to', s3Place(bucket)]).ended
  check(code === 0, `ship --now ended with ${code}`)
  const found = await checkBucket(dir, bucket, s3Place(bucket))
  check(found.extra === 0, `${found.extra} versions too many`)
  check(found.doubled === 0, `${found.doubled} entries doubled`)
  return {
    numbers: `${found.segments} segments of 2 programs, ${meanwhile} shipped by them; ${found.keys} keys, ${found.extra} versions more`,
    problems: [...problems, ...found.problems],
  }
}

/** What a program may take to end: ten seconds in which it waits for an answer, and what a busy machine adds. */
const MOST = 20_000

/** A server that answers, one that takes what it is given and never says a word, and one that is down; three ends. */
async function endings() {
  const bucket = await makeBucket('endings')
  const sockets = []
  const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const servers = {
    answers: s3Options(bucket),
    hangs: { bucket, endpoint: `http://127.0.0.1:${silent.address().port}` },
    'is down': { bucket, endpoint: 'http://127.0.0.1:9' },
  }
  const { problems, check } = checker()
  const figures = []
  const run = async (server, ending) => {
    const dir = join(folder(), 'logs')
    const ship = { s3: servers[server] }
    const started = program({ mode: 'ending', dir, ship, ending, ticks: 5, wait: 3000 })
    await started.next()
    const start = performance.now()
    const { code, stdout, stderr } = await started.ended
    const took = performance.now() - start
    figures.push(`${server}, ${ending}: ${(took / 1000).toFixed(1)} s`)
    check(code === 0, `${server}, ${ending}: ended with ${code}: ${stderr}`)
    check(took < MOST, `${server}, ${ending}: took ${took} ms`)
    check(ending === 'close' || took < MOST / 4, `${server}, ${ending}: held up for ${took} ms`)
    if (ending !== 'close') return
    const { ship: stats } = JSON.parse(stdout.trim().split('\n').at(-1))
    const isShipped = stats.targets[0]?.waiting.segments === 0
    check(isShipped === (server === 'answers'), `${server}: ${JSON.stringify(stats)}`)
    if (server !== 'answers') return
    const found = await checkBucket(dir, bucket, s3Place(bucket))
    check(
      found.segments > 0 && found.extra === 0,
      `${found.segments} segments, ${found.extra} versions too many`,
    )
    problems.push(...found.problems)
  }
  await run('answers', 'close')
  await Promise.all(
    Object.keys(servers).flatMap((server) =>
      ['close', 'natural', 'exit'].flatMap((ending) =>
        server === 'answers' && ending === 'close' ? [] : [run(server, ending)],
      ),
    ),
  )
  for (const socket of sockets) socket.destroy()
  silent.close()
  return { numbers: figures.join('; '), problems }
}

const LOAD = { segments: 25, bytes: 4_000_000 }
const ROUNDS = FULL ? 5 : 2
const TARGETS = { delay: 1.1, memory: 90 }
/** Of the same program while another process ships: the server itself works on the same processors meanwhile. */
const MOST_DELAY = 3
const MOST_MEMORY = 180

/**
 * How long the event loop of a program waits while 100 MB are shipped from it, beside the same program that ships
 * nothing, alone and while another process ships as much: server and shipping work on the same processors as it.
 */
async function delay() {
  const bucket = await makeBucket('delay')
  const dir = await sealedDirectory(LOAD.segments, LOAD)
  const rounds = []
  const { problems, check } = checker()
  for (let i = 0; i < ROUNDS; i++) {
    const options = { mode: 'delay', plain: true, bytes: 200, perTick: 10 }
    const own = { ...options, dir, ship: { s3: s3Options(bucket, `own-${i}`) }, segments: LOAD.segments }
    const shipping = await outcome(own)
    const elsewhere = { ...options, dir: join(folder(), 'logs'), for: shipping.took }
    const idle = await outcome(elsewhere)
    const { ended } = hushlog(['ship', dir, '--now', '--to', s3Place(bucket, `other-${i}/`)])
    const beside = await outcome(elsewhere)
    const { code, stderr } = await ended
    check(code === 0, `ship --now ended with ${code}: ${stderr}`)
    check(Object.keys(shipping.errors).length === 0, `onError was told ${JSON.stringify(shipping.errors)}`)
    rounds.push({ shipping, idle, beside })
  }
  const ratioTo = (other) => median(rounds.map((round) => round.shipping.p99 / round[other].p99))
  const ratio = ratioTo('idle')
  const memory = median(rounds.map(({ shipping, idle }) => shipping.most - idle.most))
  const seconds = median(rounds.map(({ shipping }) => shipping.took)) / 1000
  const all = rounds.map((round) =>
    ['idle', 'shipping', 'beside'].map((name) => round[name].p99.toFixed(1)).join('/'),
  )
  const word = (isMet) => (isMet ? 'met' : 'missed')
  return {
    numbers:
      `100 MB shipped in ${seconds.toFixed(1)} s: event loop p99 ${ratio.toFixed(2)} of not shipping, ` +
      `${TARGETS.delay} wanted: ${word(ratio <= TARGETS.delay)}; ${ratioTo('beside').toFixed(2)} of not shipping while ` +
      `another process ships (ms: ${all.join(', ')}); memory ${memory.toFixed(0)} MB more, ${TARGETS.memory} wanted: ` +
      `${word(memory <= TARGETS.memory)}`,
    problems,
    late: [
      ...(ratioTo('beside') <= MOST_DELAY ? [] : [`p99 is ${ratioTo('beside').toFixed(2)} times as long`]),
      ...(memory <= MOST_MEMORY ? [] : [`it took ${memory.toFixed(0)} MB`]),
    ],
  }
}

async function outcome(options) {
  const { next, ended } = program(options)
  const said = await next()
  await ended
  return said
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1]
}

export const ROWS = {
  'two programs at once': together,
  'ends of a program': endings,
  'event loop and memory': delay,
}
