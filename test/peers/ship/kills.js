/** Rows in which the server, the programs and the command die at any moment. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkBucket, checkTargetDirectory, objectsIn, sha256 } from './lies.js'
import {
  checker,
  entriesOf,
  FULL,
  folder,
  hushlog,
  makeBucket,
  makeFolder,
  program,
  random,
  s3Options,
  s3Place,
  sealedDirectory,
  segmentsOf,
  send,
  world,
} from './world.js'

const SEGMENT = 200_000
const PROGRAMS = 4
const STORM = FULL ? { segments: 500, kills: 20 } : { segments: 150, kills: 6 }
const KILLS = FULL ? 30 : 20
/** Bytes a second, so that a segment is on its way for a while. */
const SLOW = { storm: 4_000_000, command: 1_500_000 }
/** Versions of which it is tried whether they can be deleted. */
const SAMPLE = 20

/** Four programs log into one directory and ship; the server and whoever ships die again and again. */
async function storm() {
  const bucket = await makeBucket('storm')
  const dir = join(folder(), 'logs')
  const options = {
    mode: 'steady',
    every: 25,
    perTick: 2,
    dir,
    maxSize: Math.round(SEGMENT * 1.5),
    ship: { s3: s3Options(bucket), maxBandwidth: SLOW.storm },
  }
  const { problems, check } = checker()
  const running = new Map()
  let isOver = false
  const begin = () => {
    const started = program(options)
    running.set(started.child.pid, started)
    void started.ended.then(({ signal, stderr }) => {
      running.delete(started.child.pid)
      if (signal !== 'SIGKILL' && !isOver) problems.push(`a program ended by itself: ${stderr.slice(-500)}`)
      if (!isOver) begin()
    })
  }
  for (let i = 0; i < PROGRAMS; i++) begin()
  const killed = { server: 0, uploader: 0 }
  const killServer = async () => {
    while (killed.server < STORM.kills) {
      await sleep(random(500, 3000))
      await world.gateway.kill9Front()
      killed.server++
      await sleep(random(0, 2000))
      await world.gateway.restart()
    }
  }
  const killUploader = async () => {
    while (killed.uploader < STORM.kills) {
      await sleep(random(500, 3000))
      const pid = await uploaderOf(dir)
      await sleep(random(0, 300))
      running.get(pid)?.child.kill('SIGKILL')
      if (running.has(pid)) killed.uploader++
    }
  }
  const enough = async () => {
    while ((await segmentsOf(dir)).length < STORM.segments) await sleep(200)
  }
  await uploaderOf(dir)
  await Promise.all([killServer(), killUploader(), enough()])
  isOver = true
  const before = entriesOf(dir).filter(({ kind }) => kind === 'shipped').length
  const last = [...running.values()]
  for (const { tell } of last) tell('stop')
  for (const { signal, stderr } of await Promise.all(last.map(({ ended }) => ended)))
    check(signal === null, `at the end a program was killed: ${stderr}`)
  const { code, stderr } = await hushlog(['ship', dir, '--now', '--to', s3Place(bucket)]).ended
  check(code === 0, `ship --now ended with ${code}: ${stderr}`)
  const found = await checkBucket(dir, bucket, s3Place(bucket))
  const refused = await deletionsRefused(bucket, found.versions)
  const kills = killed.server + killed.uploader
  check(found.extra <= kills, `${found.extra} versions too many after ${kills} kills`)
  check(refused === SAMPLE, `${SAMPLE - refused} of ${SAMPLE} versions could be deleted`)
  return {
    numbers:
      `${found.segments} segments of ${PROGRAMS} programs, the server killed ${killed.server} times and who ships ` +
      `${killed.uploader} times, ${before} shipped meanwhile; ${found.keys} keys, ${found.extra} versions more, ${found.doubled} entries doubled; ` +
      `${refused} of ${SAMPLE} deletions refused`,
    problems: [...problems, ...found.problems],
  }
}

/** Whoever ships from a directory, as it says there itself. */
async function uploaderOf(dir) {
  for (;;) {
    try {
      const name = readdirSync(join(dir, 'ledger')).find((name) => /^shipping-.*\.json$/.test(name))
      return JSON.parse(readFileSync(join(dir, 'ledger', name), 'utf8')).writer.pid
    } catch {
      await sleep(20)
    }
  }
}

/** How many of some versions cannot be deleted by who has put them there. */
async function deletionsRefused(Bucket, versions) {
  const sample = [...versions].sort(() => Math.random() - 0.5).slice(0, SAMPLE)
  let refused = 0
  for (const { key, version } of sample) {
    const where = { Bucket, Key: key, VersionId: version }
    const error = await send('DeleteObject', where).catch((error) => error)
    await send('HeadObject', where)
    if (error.name === 'AccessDenied') refused++
  }
  return refused
}

/** `hushlog ship --now`, killed at random moments, then once to its end. */
async function command() {
  const bucket = await makeBucket('command')
  const dir = await sealedDirectory(KILLS * 2, { bytes: SEGMENT })
  const place = s3Place(bucket)
  const { ends, ...last } = await killedAndDone(dir, place)
  const found = await checkBucket(dir, bucket, place)
  found.check(last.code === 0, `the last run ended with ${last.code}: ${last.stderr}`)
  found.check(found.extra <= ends.killed, `${found.extra} versions too many`)
  return { numbers: figures(found, ends), problems: found.problems }
}

/** The same with a directory, where nothing half may be seen at any time. */
async function directory() {
  const target = makeFolder(join(folder(), 'target'))
  const dir = await sealedDirectory(KILLS * 2, { bytes: SEGMENT })
  const half = []
  const { ends, place, ...last } = await killedAndDone(dir, target, () => {
    for (const { key, bytes } of objectsIn(target)) if (!key.includes(`.${sha256(bytes)}.`)) half.push(key)
  })
  const found = await checkTargetDirectory(dir, target, `file://${target}/`)
  found.check(last.code === 0, `the last run ended with ${last.code}: ${last.stderr}`)
  found.check(half.length === 0, `half there: ${half}`)
  const left = readdirSync(join(target, '.hushlog-uploads')).length
  return { numbers: `${figures(found, ends)}, ${left} temporary files left`, problems: found.problems }
}

function figures({ segments, keys, extra, doubled }, { killed, done, partly }) {
  return (
    `${segments} segments, ${killed} killed (${partly} when some were sent), ${done} done before; ${keys} keys, ` +
    `${extra} versions more, ${doubled} entries doubled`
  )
}

/** @param look what is done after each kill */
async function killedAndDone(dir, to, look = () => {}) {
  const args = ['ship', dir, '--now', '--to', to, '--max-bandwidth', String(SLOW.command)]
  const ends = { killed: 0, done: 0, partly: 0 }
  const shipped = () =>
    readFileSync(join(dir, 'ledger', 'ledger.jsonl'), 'utf8').split('"kind":"shipped"').length
  for (let i = 0; i < KILLS; i++) {
    const before = shipped()
    const { child, ended } = hushlog(args)
    await Promise.race([ended, sleep(random(400, 1200))])
    child.kill('SIGKILL')
    const { signal } = await ended
    ends[signal === 'SIGKILL' ? 'killed' : 'done']++
    if (signal === 'SIGKILL' && shipped() > before) ends.partly++
    look()
  }
  return { ends, ...(await hushlog(args.slice(0, 5)).ended) }
}

export const ROWS = {
  'server and uploaders killed': storm,
  'ship --now killed': command,
  'ship --now to a directory killed': directory,
}
