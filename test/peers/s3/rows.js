/** Rows about objects: how they are stored, found, listed and had back, and what nobody can do to them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { probeTarget } from '../../../build/ship/s3/probe.js'
import { run } from './gateway.js'
import { contentOf, objectOf } from './objects.js'
import {
  checker,
  child,
  configOf,
  failureOf,
  LOCKED,
  openTarget,
  PLAIN,
  send,
  useCredentials,
  world,
} from './world.js'

const FULL = process.env.HUSHLOG_FULL === '1'
const DAY = 86_400_000
const MB = 1024 * 1024
const fullKey = ({ key }) => `logs/${key}`
const text = async (stream) => Buffer.concat(await stream.toArray())

async function storedAsAsked() {
  const { problems, check } = checker()
  const objects = [
    objectOf('small', 1),
    objectOf('a b+c%20d é', 1000),
    objectOf('medium', 3 * MB + 17),
    objectOf('past', 100, { lockUntil: Date.now() - DAY }),
    objectOf('half-second', 100, { lockUntil: Math.floor(Date.now() / 1000) * 1000 + 100 * DAY + 500 }),
  ]
  for (const objectLock of ['compliance', 'governance']) {
    const target = await openTarget({ objectLock })
    for (const object of objects) {
      const { version, until } = await target.put(object)
      const head = await send('HeadObject', { Key: fullKey(object), VersionId: version })
      const least = Math.max(object.lockUntil, Date.now() + DAY - 60_000)
      check(head.ObjectLockMode === objectLock.toUpperCase(), `${object.key}: mode ${head.ObjectLockMode}`)
      check(head.ObjectLockRetainUntilDate.getTime() >= least, `${object.key}: too short a lock`)
      check(head.ObjectLockRetainUntilDate.toISOString() === until, `${object.key}: until ${until}`)
      check(head.ContentLength === object.bytes, `${object.key}: ${head.ContentLength} bytes`)
      check(head.ContentType === 'application/gzip', `${object.key}: ${head.ContentType}`)
      check(head.Metadata.sha256 === object.sha256, `${object.key}: without its hash`)
      const { Body } = await send('GetObject', { Key: fullKey(object), VersionId: version })
      check((await text(Body)).equals(await contentOf(object)), `${object.key}: another content`)
    }
    target.close()
  }
  return { numbers: `${2 * objects.length} objects`, problems }
}

async function nobodyCanDelete() {
  const { problems, check } = checker()
  const target = await openTarget()
  const object = objectOf('kept')
  const { version, until } = await target.put(object)
  const one = { Key: fullKey(object), VersionId: version }
  const retention = (Mode, days) => ({
    ...one,
    Retention: { Mode, RetainUntilDate: new Date(Date.now() + days * DAY) },
  })
  const attacks = {
    'deleting the version': ['DeleteObject', one],
    'deleting it past the lock': ['DeleteObject', { ...one, BypassGovernanceRetention: true }],
    'shortening the lock': ['PutObjectRetention', retention('COMPLIANCE', 10)],
    'weakening the lock': ['PutObjectRetention', retention('GOVERNANCE', 100)],
  }
  for (const [name, [call, input]] of Object.entries(attacks)) {
    const { name: code, message } = await failureOf(send(call, input))
    check(code === 'AccessDenied', `${name}: ${code} ${message}`)
  }
  await send('DeleteObject', { Key: fullKey(object) })
  const head = await send('HeadObject', one)
  check(head.ObjectLockMode === 'COMPLIANCE', `it is in mode ${head.ObjectLockMode}`)
  check(head.ObjectLockRetainUntilDate.toISOString() === until, 'its lock is another')
  check((await text(await target.get(object.key, object.sha256))).length === object.bytes, 'it is gone')
  target.close()
  return { numbers: `${Object.keys(attacks).length} attacks refused, one without effect`, problems }
}

async function twice() {
  const { problems, check } = checker()
  const target = await openTarget()
  const object = objectOf('twice')
  const [first, second] = [await target.put(object), await target.put(object)]
  const { Versions } = await send('ListObjectVersions', { Prefix: fullKey(object) })
  check(Versions.length === 2 && Versions[0].ETag === Versions[1].ETag, `${Versions.length} versions`)
  check(first.version !== second.version, 'one version')
  const listed = await Readable.from(target.list(object.key)).toArray()
  check(JSON.stringify(listed) === JSON.stringify([{ key: object.key, bytes: 1000 }]), JSON.stringify(listed))
  target.close()
  return { numbers: '1 key, 2 versions alike', problems }
}

async function found() {
  const { problems, check } = checker()
  const target = await openTarget()
  const object = objectOf('found')
  check((await target.find(object)) === undefined, 'found before it was there')
  const stored = await target.put(object)
  const { version, until } = (await target.find(object)) ?? {}
  check(version === stored.version && until === stored.until, 'not found as it was stored')
  const longer = { ...object, lockUntil: object.lockUntil + DAY }
  check((await target.find(longer)) === undefined, 'found with too short a lock')
  await send('PutObject', { Key: fullKey(object), Body: 'garbage', Metadata: { sha256: object.sha256 } })
  check((await target.find(object)) === undefined, 'garbage over it was taken for it')
  const again = await target.put(object)
  check((await target.find(object))?.version === again.version, 'not found when it was put again')
  useCredentials(world.stranger)
  const stranger = await openTarget()
  check((await stranger.find(object)) === undefined, 'who may not look has found it')
  useCredentials(world.gateway.user)
  for (const one of [target, stranger]) one.close()
  return { numbers: '6 looks', problems }
}

/** Keys that XML, URLs or a sort by UTF-16 would get wrong. */
const STRANGE = ['a b', 'a+b', 'a%20b', 'a&b<c>"d', 'é', '\u{1f600}', '\uffee', 'control\x01']

async function listed() {
  const { problems, check } = checker()
  const target = await openTarget({ bucket: PLAIN, objectLock: false, prefix: 'many/' })
  const names = Array.from({ length: 1100 }, (_, i) => `ledger/${String(i).padStart(5, '0')}`)
  const keys = [...names, ...STRANGE.map((name) => `ledger/${name}`)]
  const rest = [...keys, '../outside', 'other']
  const put = async () => {
    for (let key = rest.pop(); key !== undefined; key = rest.pop())
      await send('PutObject', { Bucket: PLAIN, Key: `many/${key}`, Body: 'x'.repeat(key.length % 7) })
  }
  await Promise.all(Array.from({ length: 16 }, put))
  const got = await Readable.from(target.list('ledger/')).toArray()
  const wanted = keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const missing = wanted.filter((key) => !got.some((item) => item.key === key))
  check(missing.length === 0, `missing: ${JSON.stringify(missing.slice(0, 10))}`)
  check(
    JSON.stringify(got.map(({ key }) => key)) === JSON.stringify(wanted),
    'not in the order of their bytes',
  )
  check(
    got.every(({ key, bytes }) => bytes === key.length % 7),
    'another length',
  )
  check((await Readable.from(target.list('none/')).toArray()).length === 0, 'keys where there are none')
  target.close()
  return { numbers: `${got.length} keys`, problems }
}

async function putOften(Key, count) {
  const rest = Array.from({ length: count }, (_, i) => `other ${i}`)
  const put = async () => {
    for (let Body = rest.pop(); Body !== undefined; Body = rest.pop()) await send('PutObject', { Key, Body })
  }
  await Promise.all(Array.from({ length: 8 }, put))
}

async function hadBack() {
  const { problems, check } = checker()
  const target = await openTarget()
  const object = objectOf('had-back', 200_000)
  const { key, sha256 } = object
  const content = await contentOf(object)
  const Key = fullKey(object)
  const stages = {
    alone: () => target.put(object),
    'under garbage of the same length': () => send('PutObject', { Key, Body: Buffer.alloc(200_000, 'x') }),
    'under garbage that claims its hash': () => send('PutObject', { Key, Body: 'y', Metadata: { sha256 } }),
    'under a marker that deletes it': () => send('DeleteObject', { Key }),
    'under more others than a page holds': () => putOften(Key, FULL ? 1100 : 50),
    'beside keys that begin as it does': () => send('PutObject', { Key: `${Key}.more`, Body: content }),
  }
  for (const [name, make] of Object.entries(stages)) {
    await make()
    const got = await target.get(key, sha256).then(text, ({ message }) => Buffer.from(message))
    check(got.equals(content), `${name}: ${got.subarray(0, 200)}`)
  }
  const other = objectOf('never-there')
  const refused = async (name, says) => {
    const { scope, message } = await failureOf(target.get(other.key, other.sha256).then(text))
    check(scope === 'object' && message.includes(says), `${name}: ${message}`)
  }
  await refused('nothing there', 'no version of')
  await send('PutObject', { Key: fullKey(other), Body: 'garbage' })
  await refused('garbage alone', 'has another content')
  await send('PutObject', { Key: fullKey(other), Body: 'more garbage' })
  await refused('garbage twice', 'no version of')
  target.close()
  return { numbers: `${Object.keys(stages).length} ways, 3 refused`, problems }
}

async function notAsTold() {
  const { problems, check } = checker()
  const target = await openTarget()
  const other = objectOf('other')
  const reading = (read) => () => new Readable({ read })
  const wrong = {
    'an MD5 of something else': { md5: other.md5 },
    'a hash of something else': { sha256: other.sha256 },
    'fewer bytes than were told': { bytes: 1001 },
    'more bytes than were told': { bytes: 999 },
    'a file that cannot be read': {
      open: reading(function () {
        this.destroy(Object.assign(new Error('secret words'), { code: 'EIO' }))
      }),
    },
  }
  for (const [name, more] of Object.entries(wrong)) {
    const object = objectOf(name.replaceAll(' ', '-'), 1000, more)
    const { scope, isPermanent, message } = await failureOf(target.put(object))
    check(scope === 'object' && isPermanent === false, `${name}: ${scope} ${isPermanent} ${message}`)
    check(!message.includes('secret words'), `${name}: ${message}`)
    const { name: code } = await failureOf(send('HeadObject', { Key: fullKey(object) }))
    check(code === 'NotFound', `${name}: it was stored`)
  }
  target.close()
  return { numbers: `${Object.keys(wrong).length} refused`, problems }
}

async function memory() {
  const put = (bytes) => child({ verb: 'put', config: configOf(), bytes })
  const small = await put(1000)
  const large = await put(128 * MB)
  const more = Math.round((large.kilobytes - small.kilobytes) / 1024)
  const { problems, check } = checker()
  for (const { failure, stderr } of [small, large]) {
    check(failure === undefined, failure?.message)
    check(stderr === '', `on standard error: ${stderr}`)
  }
  // A body in memory would take 128 MB, and one that is copied or encoded more.
  check(more < 64, `${more} MB more than for 1 kB`)
  return { numbers: `128 MB in ${more} MB of memory`, problems }
}

async function diesMeanwhile() {
  const { problems, check } = checker()
  const target = await openTarget()
  const whole = objectOf('interrupted', 16 * MB)
  let sent = 0
  const slowly = async function* () {
    for await (const chunk of whole.open()) {
      await sleep(10)
      sent += chunk.length
      yield chunk
    }
  }
  const putting = failureOf(target.put({ ...whole, open: () => Readable.from(slowly()) }))
  while (sent < 2 * MB) await sleep(20)
  await world.gateway.kill9Front()
  const broken = await putting
  check(broken.scope === 'target' && broken.isPermanent === false, `broken: ${broken.message}`)
  const looked = await failureOf(target.find(whole))
  check(looked.scope === 'target' && looked.isPermanent === false, `while it is down: ${looked.message}`)
  await world.gateway.restart()
  check((await target.find(whole)) === undefined, 'half an object was found')
  const { version } = await target.put(whole)
  check((await target.find(whole))?.version === version, 'not found when it was put again')
  const stop = new AbortController()
  const slow = objectOf('stopped', 16 * MB)
  sent = 0
  const stopping = failureOf(
    target.put({ ...whole, ...slow, open: () => Readable.from(slowly()) }, stop.signal),
  )
  while (sent < MB) await sleep(20)
  stop.abort()
  const stopped = await stopping
  check(stopped.message.includes('was stopped'), `stopped: ${stopped.message}`)
  check((await target.find(slow)) === undefined, 'a stopped object was found')
  target.close()
  return { numbers: `after ${(broken.message ?? '').split('(').at(-1).slice(0, -1)} put again`, problems }
}

async function probed() {
  const { problems, check } = checker()
  const probe = (options) => probeTarget(configOf(options))
  const bad = (findings) => findings.filter(({ ok }) => !ok).map(({ what }) => what)
  const compliance = await probe()
  check(compliance.length === 7 && bad(compliance).length === 0, JSON.stringify(compliance))
  check(compliance.at(-1).what.includes('stays behind'), 'what it leaves is not told')
  // The owner of a bucket may pass a lock of governance by.
  const governance = await probe({ objectLock: 'governance' })
  check(JSON.stringify(bad(governance)) === '["its lock cannot be passed by"]', JSON.stringify(governance))
  const plain = await probe({ bucket: PLAIN, objectLock: false })
  check(plain.length === 3 && bad(plain).length === 0, JSON.stringify(plain))
  const [unlocked] = await probe({ bucket: PLAIN })
  check(!unlocked.ok && unlocked.hint.includes('Object Lock'), JSON.stringify(unlocked))
  useCredentials(world.stranger)
  const [denied] = await probe()
  useCredentials(world.gateway.user)
  check(!denied.ok && denied.hint.includes('grant s3:PutObject'), JSON.stringify(denied))
  const { Contents = [] } = await send('ListObjectsV2', { Bucket: PLAIN, Prefix: 'logs/probe/' })
  check(Contents.length === 0, 'an unlocked object was left')
  return { numbers: '5 probes', problems }
}

/** The package as it is built: a program that logs, and the command that ships. */
async function commandShips() {
  const { problems, check } = checker()
  const dir = mkdtempSync(join(tmpdir(), 'hushlog-ship-'))
  const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...env } = process.env
  const node = (...args) => run(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const to = `s3://${LOCKED}/command?endpoint=${world.gateway.endpoint}`
  try {
    const storage = JSON.stringify({ dir: join(dir, 'logs') })
    const program = `
      import { hushlog } from '${new URL('../../../dist/index.js', import.meta.url)}'
      const log = hushlog({ service: 'shop', stdout: false, storage: ${storage} })
      for (let i = 0; i < 1000; i++) log.info({ i }, 'line')
      await log.close()`
    node('--input-type=module', '--eval', program)
    const command = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
    const told = node(command, 'ship', '--now', '--to', to, join(dir, 'logs'))
    check(told.includes('1 segment there, nothing waits'), told)
    const target = await openTarget({ prefix: 'command/' })
    const [segment] = await Readable.from(target.list('service=shop/')).toArray()
    const hash = segment?.key.split('.').at(-3)
    const lines = gunzipSync(await text(await target.get(segment.key, hash))).toString()
    check(lines.split('"msg":"line"').length === 1001, 'not all lines came back')
    const ledger = await Readable.from(target.list('ledger/')).toArray()
    check(ledger.length === 2, `${ledger.length} parts of the ledger`)
    target.close()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
  return { numbers: '1,000 lines there and back', problems }
}

/** Ours reads back; the SDK's own PutObject of the same bytes does not. In turns, so that a busy machine slows both. */
async function speed() {
  const target = await openTarget()
  const count = FULL ? 50 : 16
  const objects = Array.from({ length: count }, (_, i) => objectOf(`speed-${i}`, 8 * MB))
  const times = { ours: 0, bare: 0 }
  const timed = async (name, run) => {
    const from = performance.now()
    await run()
    times[name] += performance.now() - from
  }
  const bare = async ({ key, bytes, open }) =>
    send('PutObject', { Bucket: PLAIN, Key: `speed/${key}`, Body: open(), ContentLength: bytes })
  await target.put(objectOf('warm-up', 8 * MB))
  await bare(objectOf('warm-up', 8 * MB))
  for (const object of objects) {
    await timed('bare', () => bare(object))
    await timed('ours', () => target.put(object))
  }
  target.close()
  const rate = (time) => ((8 * count * 1000) / time).toFixed(0)
  const ratio = times.bare / times.ours
  return {
    numbers: `${rate(times.ours)} MB/s where the SDK alone has ${rate(times.bare)}: ${ratio.toFixed(2)}`,
    problems: [],
    // One that fetched what it has sent would have half; both ends share this machine's processors.
    late: ratio < 0.6 ? [`${ratio.toFixed(2)} of the speed of the SDK`] : [],
  }
}

export const ROWS = {
  'what is put lies there as it was asked for': storedAsAsked,
  'who has put an object can neither delete it nor shorten its lock': nobodyCanDelete,
  'what is put twice is one key': twice,
  'only what is there as it should be is found': found,
  'more keys than a page holds are listed, whatever they are called': listed,
  'the right version is had back, whatever was put over it': hadBack,
  'what is not what was told is refused': notAsTold,
  'a large object takes no memory of its size': memory,
  'a server that dies in the middle of a put': diesMeanwhile,
  'a probe tells what a bucket keeps': probed,
  'the command ships what a program has logged': commandShips,
  'reading back costs little': speed,
}
