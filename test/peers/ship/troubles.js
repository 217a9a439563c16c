/** Rows about a server that is down, refuses or hangs, a full disk, and segments that are not what they were. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { run } from '../s3/gateway.js'
import { checkBucket } from './lies.js'
import {
  checker,
  entriesOf,
  folder,
  hushlog,
  makeBucket,
  program,
  s3Options,
  s3Place,
  sealedDirectory,
  segmentsOf,
  send,
  tmpfs,
  world,
} from './world.js'

/** A disk that runs full while the server is down, a clock that is far ahead, and then all is well again. */
async function fullDisk() {
  const bucket = await makeBucket('full-disk')
  const disk = tmpfs('6m')
  const dir = join(disk, 'logs')
  const { problems, check } = checker()
  await world.gateway.kill9Front()
  const options = { mode: 'steady', dir, maxSize: 300_000, every: 10, ship: { s3: s3Options(bucket) } }
  const { next, tell, ended } = program(options)
  await next()
  while (freeOn(disk) > 16) await sleep(100)
  await sleep(6000)
  const pruned = await pruneLate(dir, check)
  run('mount', ['-o', 'remount,size=200m', disk])
  await sleep(3000)
  tell('stop')
  const { code, stdout, stderr } = await ended
  check(code === 0, `the program ended with ${code}: ${stderr}`)
  const { errors, count, store } = JSON.parse(stdout.trim().split('\n').at(-1))
  for (const name of ['HUSHLOG_LOW', 'HUSHLOG_FULL', 'HUSHLOG_LOST', 'HUSHLOG_SHIP'])
    check(errors[name] !== undefined, `onError was not told of ${name}, but of ${Object.keys(errors)}`)
  await pruneLate(dir, check)
  await keepLate(dir, check)
  const before = segmentsOf(dir).length
  await world.gateway.restart()
  const { code: end, stderr: words } = await hushlog(['ship', dir, '--now', '--to', s3Place(bucket)]).ended
  check(end === 0, `ship --now ended with ${end}: ${words}`)
  const found = await checkBucket(dir, bucket, s3Place(bucket))
  check(found.segments === before, `${found.segments} of ${before} segments are there`)
  const { lines, gaps } = linesIn(dir)
  check(gaps === store.lost && gaps > 0, `${gaps} lines are told as lost, ${store.lost} were`)
  check(lines + gaps === count, `${lines} lines written and ${gaps} told as lost of ${count}`)
  const told = Object.entries(errors).map(([name, { times }]) => `${name} ${times}`)
  return {
    numbers:
      `${lines} lines written + ${gaps} told as lost = ${count}; ${pruned} segments on the full disk and ${before} later, ` +
      `none removed 100 days later; told ${told.join(', ')}; ${found.keys} keys, ${found.extra} versions more`,
    problems: [...problems, ...found.problems],
  }
}

/** Kilobytes. */
function freeOn(disk) {
  return Number(run('df', ['--output=avail', '-k', disk]).trim().split('\n').at(-1))
}

const LATE = { prefix: ['faketime', '-f', '+100d'] }

/** `hushlog prune` a hundred days later. @returns how many segments it has left alone */
async function pruneLate(dir, check) {
  const files = () =>
    readdirSync(join(dir, 'sealed'), { recursive: true }).filter((name) => name.endsWith('.gz'))
  const before = files()
  const { code, stdout, stderr } = await hushlog(['prune', dir, '--json'], LATE).ended
  check(code === 1, `prune ended with ${code}: ${stderr}`)
  const { removed, refused } = JSON.parse(stdout || '{"removed":[],"refused":[]}')
  const unshipped = refused.filter(({ kind }) => kind === 'unshipped').length
  check(unshipped > 0 && unshipped >= before.length - 1, `${unshipped} of ${before.length} were refused`)
  check(removed.length === 0, `${removed.length} were removed`)
  const left = new Set(files())
  check(
    before.every((name) => left.has(name)),
    'a sealed file is gone',
  )
  return unshipped
}

/** A program that begins a hundred days later, on a copy: what it enters into the ledger would be from the future. */
async function keepLate(dir, check) {
  const copy = join(folder(), 'logs')
  cpSync(dir, copy, { recursive: true, preserveTimestamps: true })
  const { stdout, stderr } = await program({ mode: 'ending', dir: copy, ticks: 1, ending: 'close' }, LATE)
    .ended
  const { errors } = JSON.parse(stdout.trim().split('\n').at(-1))
  check(errors.HUSHLOG_PRUNE !== undefined, `onError was told ${JSON.stringify(errors)} ${stderr}`)
  check(!entriesOf(copy).some(({ kind }) => kind === 'pruned'), 'something was removed')
}

/** Lines that the sealed segments hold, and lines that gap records in them tell as lost. */
function linesIn(dir) {
  const sum = { lines: 0, gaps: 0 }
  for (const { path } of segmentsOf(dir)) {
    for (const line of gunzipSync(readFileSync(join(dir, path)))
      .toString()
      .trimEnd()
      .split('\n')) {
      const { msg, kind, count } = JSON.parse(line)
      if (msg === 'line') sum.lines++
      if (kind === 'gap') sum.gaps += count
    }
  }
  return sum
}

/** A segment that was changed, among others. */
async function poison() {
  const bucket = await makeBucket('poison')
  const dir = await sealedDirectory(12, { bytes: 20_000 })
  const place = s3Place(bucket)
  const ship = ['ship', dir, '--now', '--to', place]
  const { problems, check } = checker()
  const [{ path }] = segmentsOf(dir)
  const good = readFileSync(join(dir, path))
  const bad = Buffer.from(good)
  bad[100] ^= 1
  writeFileSync(join(dir, path), bad)
  const first = await hushlog(ship).ended
  check(first.code === 1, `with a changed segment ship --now ended with ${first.code}`)
  check(first.stderr.includes('is not the file that the ledger lists'), `it said: ${first.stderr}`)
  check(first.stderr.includes('hint: '), `without a hint: ${first.stderr}`)
  const shipped = entriesOf(dir).filter(({ kind }) => kind === 'shipped').length
  check(shipped === 11, `${shipped} of 11 others were shipped`)
  writeFileSync(join(dir, path), good)
  const { code } = await hushlog(ship).ended
  check(code === 0, `mended, it ended with ${code}`)
  const found = await checkBucket(dir, bucket, place)
  check(found.extra === 0, `${found.extra} versions too many`)
  return {
    numbers: `${found.segments} segments, ${shipped} shipped beside one that was changed, all when it was mended`,
    problems: [...problems, ...found.problems],
  }
}

const SECRET = { AWS_SECRET_ACCESS_KEY: 'not-the-secret-of-this-user' }
const NOBODY = { AWS_ACCESS_KEY_ID: 'TESTNOBODY' }
/** What is wrong, what is said of it, and how it is mended. */
const WRONG = {
  'secret key': { env: SECRET, says: 'SignatureDoesNotMatch' },
  'access key': { env: NOBODY, says: 'InvalidAccessKeyId' },
  bucket: { says: 'NoSuchBucket' },
}

/** What another try does not mend: told with a hint, nothing is dropped, all is shipped when it is mended. */
async function permanent() {
  const bucket = 'permanent'
  const dir = await sealedDirectory(6, { bytes: 20_000 })
  const place = s3Place(bucket)
  const ship = ['ship', dir, '--now', '--to', place]
  const { problems, check } = checker()
  await makeBucket(bucket)
  for (const [what, { env, says }] of Object.entries(WRONG)) {
    if (env === undefined) await send('DeleteBucket', { Bucket: bucket })
    const { code, stderr, stdout } = await hushlog(ship, { env }).ended
    check(code === 1, `${what}: ended with ${code}`)
    check(stderr.includes(says) && stderr.includes('hint: '), `${what}: it said ${stderr}`)
    check(stdout.includes('6 wait'), `${what}: ${stdout}`)
    const pruned = await hushlog(['prune', dir, '--json'], LATE).ended
    const { removed, refused } = JSON.parse(pruned.stdout)
    check(removed.length === 0 && refused.length === 6, `${what}: prune ${pruned.stdout}`)
  }
  await makeBucket(bucket)
  const { code, stderr } = await hushlog(ship).ended
  check(code === 0, `mended, it ended with ${code}: ${stderr}`)
  const found = await checkBucket(dir, bucket, place)
  return {
    numbers: `${Object.keys(WRONG).length} told with hints, nothing dropped, ${found.segments} segments shipped when mended`,
    problems: [...problems, ...found.problems],
  }
}

/** A program that goes on while its key is wrong: it need not be started again when the file is mended. */
async function mended() {
  const bucket = await makeBucket('mended')
  const dir = join(folder(), 'logs')
  const file = join(folder(), 'credentials')
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = world.gateway.user
  const write = (key) =>
    writeFileSync(file, `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${key}\n`, {
      mode: 0o600,
    })
  write(SECRET.AWS_SECRET_ACCESS_KEY)
  const env = { AWS_SHARED_CREDENTIALS_FILE: file }
  const ship = { s3: s3Options(bucket) }
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env
  delete process.env.AWS_ACCESS_KEY_ID
  delete process.env.AWS_SECRET_ACCESS_KEY
  const started = program({ mode: 'steady', dir, maxSize: 300_000, every: 100, ship }, { env })
  Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })
  await started.next()
  await sleep(5000)
  write(secret)
  const start = performance.now()
  const shipped = () => entriesOf(dir).some(({ kind }) => kind === 'shipped')
  while (!shipped() && performance.now() - start < 150_000) await sleep(500)
  const took = (performance.now() - start) / 1000
  const isShipped = shipped()
  started.tell('stop')
  const { stdout } = await started.ended
  const { errors } = JSON.parse(stdout.trim().split('\n').at(-1))
  const { problems, check } = checker()
  check(isShipped, `nothing was shipped ${took.toFixed(0)} s after the key was right`)
  check(
    errors.HUSHLOG_SHIP?.hint?.includes('AWS_SECRET_ACCESS_KEY'),
    `onError was told ${JSON.stringify(errors)}`,
  )
  return { numbers: `shipped ${took.toFixed(0)} s after the key was right`, problems }
}

export const ROWS = {
  'disk full, server down': fullDisk,
  'a poison segment': poison,
  'permanent errors': permanent,
  'credentials mended': mended,
}
