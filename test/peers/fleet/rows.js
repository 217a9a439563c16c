/** Rows: what docs/fleet.md says of a bucket, of rights and of requests, and what a fleet of real hosts does in one. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { segmentKey } from '../../../build/ship/keys.js'
import { S3Target } from '../../../build/ship/s3/target.js'
import { install } from '../s3/gateway.js'
import { blocks, json } from './page.js'
import {
  CLI,
  checker,
  environmentOf,
  folder,
  keysOf,
  ledgerLines,
  ledgerOf,
  onHost,
  placeOf,
  run,
  target,
  WRITER,
  world,
} from './world.js'

const PAGE_BUCKET = 'shop-logs'
const WRITERS = 50
const NODE = process.execPath

/** The commands of the page that say of themselves that they are run here. */
async function bucketOfThePage() {
  install(['aws'], ['awscli'])
  const { problems, check } = checker()
  writeFileSync(join(folder, 'lifecycle.json'), JSON.stringify(json('NoncurrentVersionExpiration')))
  const commands = blocks('console').filter((block) => block.startsWith('# run by a test'))
  check(commands.length === 1, `${commands.length} blocks say that they are run`)
  const script = commands
    .join('\n')
    .replaceAll('aws s3api', `aws --endpoint-url ${world.gateway.endpoint} s3api`)
  const { code, err } = await run('sh', ['-ec', script])
  check(code === 0, `the commands end with ${code}: ${err.slice(0, 500)}`)
  const Bucket = PAGE_BUCKET
  const { Status } = await world.owner('GetBucketVersioning', { Bucket })
  check(Status === 'Enabled', `versioning is ${Status}`)
  const { ObjectLockConfiguration: lock } = await world.owner('GetObjectLockConfiguration', { Bucket })
  const { Mode, Days } = lock.Rule.DefaultRetention
  check(Mode === 'COMPLIANCE' && Days === 90, `the default retention is ${Mode}, ${Days} days`)
  const { Rules } = await world.owner('GetBucketLifecycleConfiguration', { Bucket })
  const ids = (rules) =>
    rules
      .map(({ ID }) => ID)
      .sort()
      .join()
  check(ids(Rules) === ids(json('NoncurrentVersionExpiration').Rules), `life-cycle rules ${ids(Rules)}`)
  const probed = await run(NODE, [CLI, 'ship', '--probe', '--to', target(Bucket)])
  check(probed.code === 0, `the probe ends with ${probed.code}: ${probed.out}${probed.err}`)
  return { numbers: `${script.trim().split('\n').length - 1} lines of commands`, problems }
}

/** Ceph takes policies of a bucket alone: there each statement names whom it is for. */
function bucketPolicy(rights) {
  const Statement = Object.entries(rights).flatMap(([uid, policy]) =>
    policy.Statement.map((statement) => ({
      ...statement,
      Sid: `${statement.Sid}${uid.replaceAll('-', '')}`,
      Principal: { AWS: `arn:aws:iam:::user/${uid}` },
    })),
  )
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

async function rightsOfThePage() {
  const { problems, check } = checker()
  const Bucket = PAGE_BUCKET
  const Policy = bucketPolicy({ 'shop-web-1': json('"Ship"'), auditor: json('"ListLogs"') })
  await world.owner('PutBucketPolicy', { Bucket, Policy })
  const dir = placeOf('web-1')
  const wrote = await onHost('web-1', 'exec "$1" "$2" "$3" 100', [NODE, WRITER, dir])
  check(wrote.code === 0, `the program ends with ${wrote.code}: ${wrote.err}`)
  const ship = () =>
    onHost('web-1', 'exec "$1" "$2" ship --now --to "$3" "$4"', [NODE, CLI, target(Bucket), dir], {
      user: 'writer',
    })
  const shipped = await ship()
  check(shipped.code === 0, `shipping ends with ${shipped.code}: ${shipped.out}${shipped.err}`)
  const { key, version } = ledgerOf(dir).find(({ kind }) => kind === 'shipped')
  const Key = `logs/${key}`
  check(Key.includes('/host=web-1/'), `shipped as ${Key}`)
  const Body = 'x'
  const later = new Date(Date.now() + 100 * 86_400_000)
  const Retention = { Mode: 'COMPLIANCE', RetainUntilDate: new Date(Date.now() + 60_000) }
  const elsewhere = Key.replaceAll('web-1', 'web-2')
  const refused = {
    writer: [
      ['DeleteObject', { Key }],
      ['DeleteObject', { Key, VersionId: version }],
      ['DeleteObject', { Key, VersionId: version, BypassGovernanceRetention: true }],
      ['PutObjectRetention', { Key, VersionId: version, Retention }],
      ['PutObject', { Key: elsewhere, Body }],
      ['GetObject', { Key: elsewhere }],
      ['ListObjectsV2', {}],
      ['ListObjectVersions', {}],
      ['PutBucketPolicy', { Policy }],
      ['PutBucketVersioning', { VersioningConfiguration: { Status: 'Suspended' } }],
      ['DeleteBucketLifecycle', {}],
      ['HeadObject', { Key: `${Key}x` }],
    ],
    auditor: [
      ['PutObject', { Key, Body }],
      ['DeleteObject', { Key }],
      ['DeleteObject', { Key, VersionId: version }],
      [
        'PutObjectRetention',
        { Key, VersionId: version, Retention: { ...Retention, RetainUntilDate: later } },
      ],
      ['PutBucketPolicy', { Policy }],
    ],
  }
  const allowed = {
    auditor: [
      ['ListObjectsV2', { Prefix: 'logs/' }],
      ['ListObjectVersions', { Prefix: 'logs/' }],
      ['HeadObject', { Key, VersionId: version }],
      ['GetObject', { Key }],
      ['GetObject', { Key, VersionId: version }],
      ['GetObjectRetention', { Key, VersionId: version }],
    ],
  }
  for (const [user, calls] of Object.entries(refused))
    for (const [name, input] of calls) {
      const answer = await statusOf(world[user](name, { Bucket, ...input }))
      check(answer === 403, `${name} by the ${user}: ${answer} (${Object.keys(input)})`)
    }
  for (const [name, input] of allowed.auditor) {
    const answer = await statusOf(world.auditor(name, { Bucket, ...input }))
    check(answer === 200, `${name} by the auditor: ${answer}`)
  }
  const count = Object.values(refused).flat().length
  return { numbers: `${count} calls refused, ${allowed.auditor.length} of the auditor's taken`, problems }
}

function statusOf(promise) {
  return promise.then(
    ({ $metadata }) => $metadata.httpStatusCode,
    ({ $metadata, name }) => $metadata?.httpStatusCode ?? name,
  )
}

/** Of so many hosts, two are copies of one image and have the same name. */
async function fleetInOneBucket() {
  const { problems, check } = checker()
  const Bucket = 'fleet'
  await world.owner('CreateBucket', { Bucket, ObjectLockEnabledForBucket: true })
  const hosts = Array.from({ length: WRITERS }, (_, i) => ({
    name: `web-${i === WRITERS - 1 ? i - 1 : i}`,
    dir: placeOf(`fleet-${i}`),
  }))
  const script = '"$1" "$2" "$3" 300 && exec "$1" "$4" ship --now --to "$5" "$3"'
  await inLanes(10, hosts, async ({ name, dir }) => {
    const { code, err } = await onHost(name, script, [NODE, WRITER, dir, CLI, target(Bucket)])
    check(code === 0, `${name} ends with ${code}: ${err.slice(0, 300)}`)
  })
  const found = new Map((await keysOf(Bucket)).map(({ key, bytes }) => [key, bytes]))
  const wanted = new Map()
  for (const { name, dir } of hosts) {
    const entries = ledgerOf(dir)
    const segments = entries.filter(({ kind }) => kind === 'segment')
    check(segments.length >= 3, `${name} has sealed ${segments.length} segments`)
    for (const segment of segments) {
      const key = `logs/${segmentKey(segment)}`
      check(!wanted.has(key), `two segments have the key ${key}`)
      check(key.includes(`/host=${name}/`), `${key} is of ${name}`)
      wanted.set(key, segment.sealedBytes)
    }
    const anchors = entries.filter(({ kind }) => kind === 'anchored')
    for (const { key, checkpoint } of anchors)
      for (const part of [key, checkpoint]) check(found.has(`logs/${part}`), `${part} is not there`)
  }
  for (const [key, bytes] of wanted) check(found.get(key) === bytes, `${key} has ${found.get(key)} bytes`)
  const segments = [...found.keys()].filter((key) => key.startsWith('logs/service='))
  check(segments.length === wanted.size, `${segments.length} segments there, ${wanted.size} sealed`)
  const versions = await versionsOf(Bucket)
  check(versions === found.size, `${versions} versions of ${found.size} keys`)
  const names = new Set(hosts.map(({ name }) => name)).size
  return {
    numbers: `${WRITERS} writers of ${names} names, ${wanted.size} segments, ${found.size} keys, ${versions} versions`,
    problems,
  }
}

async function versionsOf(Bucket) {
  let count = 0
  let markers = {}
  do {
    const page = await world.owner('ListObjectVersions', { Bucket, ...markers })
    count += (page.Versions?.length ?? 0) + (page.DeleteMarkers?.length ?? 0)
    markers = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined
  } while (markers !== undefined)
  return count
}

async function inLanes(count, items, work) {
  const rest = [...items]
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: count }, lane))
}

const HOSTS_A_DAY = 400
const PAGE = 1000

/** A day is asked for while the bucket holds one, and again when it holds thirty and another service. */
async function listingOneDay() {
  const { problems, check } = checker()
  const Bucket = 'days'
  await world.owner('CreateBucket', { Bucket })
  const dayOf = (i) => new Date(Date.UTC(2026, 8, 1 + i)).toISOString().slice(0, 10)
  const keysOfDay = (service, i, segments) =>
    Array.from({ length: HOSTS_A_DAY * segments }, (_, j) =>
      segmentKey(factOf(service, `web-${j % HOSTS_A_DAY}`, `${dayOf(i)}T12:00:00.000Z`, j)),
    )
  const put = (keys) =>
    inLanes(32, keys, (key) => world.owner('PutObject', { Bucket, Key: `logs/${key}`, Body: 'x' }))
  const asked = 14
  const wanted = keysOfDay('shop', asked, 3)
  await put(wanted)
  const one = await listed(Bucket, `service=shop/date=${dayOf(asked)}/`)
  for (let i = 0; i < 30; i++) if (i !== asked) await put(keysOfDay('shop', i, 1))
  await put(keysOfDay('mail', asked, 1))
  const thirty = await listed(Bucket, `service=shop/date=${dayOf(asked)}/`)
  const host = await listed(Bucket, `service=shop/date=${dayOf(asked)}/host=web-7/`)
  const all = await listed(Bucket, '')
  const pages = Math.ceil(wanted.length / PAGE)
  check(one.keys === wanted.length && one.requests === pages, `one day: ${JSON.stringify(one)}`)
  check(JSON.stringify(thirty) === JSON.stringify(one), `among thirty days: ${JSON.stringify(thirty)}`)
  check(host.keys === 3 && host.requests === 1, `one host of the day: ${JSON.stringify(host)}`)
  check(all.keys > 10 * thirty.keys, `the whole bucket: ${JSON.stringify(all)}`)
  const told = ({ requests, keys }) => `${requests} requests, ${keys} keys`
  return {
    numbers: `of 1 day ${told(one)}; of 30 days ${told(thirty)}; one host ${told(host)}; all ${told(all)}`,
    problems,
  }
}

function factOf(service, host, last, i) {
  const writer = `${host}.0123456789ab.4026531836.${1000 + i}.0.4711`
  const name = `${writer}.20260901000000000.${String(i).padStart(6, '0')}`
  const sha256 = createHash('sha256').update(`${service} ${name} ${last}`).digest('hex')
  return { name, path: `sealed/2026/09/01/${name}.log.gz`, sha256, service, last, writer }
}

/** As hushlog lists: what is asked and what comes back. */
async function listed(bucket, prefix) {
  Object.assign(process.env, environmentOf('owner'))
  const { endpoint } = world.proxy
  const options = {
    option: 'ship.s3',
    bucket,
    prefix: 'logs/',
    endpoint,
    forcePathStyle: true,
    objectLock: false,
  }
  const s3 = await S3Target.open(options)
  world.proxy.taken()
  let keys = 0
  for await (const _ of s3.list(prefix)) keys++
  s3.close()
  return { requests: world.proxy.taken().length, keys }
}

/** What the page counts with: each segment, each time the ledger is shipped, each start. */
const PER_SEGMENT = { PUT: 1, HEAD: 2 }
const PER_ANCHOR = { PUT: 2, HEAD: 4 }
const PER_START = { GET: 2 }

async function requestsAsCounted() {
  const { problems, check } = checker()
  const bucket = 'requests'
  await world.owner('CreateBucket', { Bucket: bucket, ObjectLockEnabledForBucket: true })
  const [running, late] = [placeOf('running'), placeOf('late')]
  const options = JSON.stringify({ bucket, prefix: 'logs/', endpoint: world.proxy.endpoint })
  world.proxy.taken()
  const wrote = await run(NODE, [WRITER, running, '2000', options])
  check(wrote.code === 0, `the program ends with ${wrote.code}: ${wrote.err}`)
  const whileRunning = counted(running, world.proxy.taken())
  await run(NODE, [WRITER, late, '300'])
  const to = target(bucket, world.proxy.endpoint)
  const shipped = await run(NODE, [CLI, 'ship', '--now', '--to', to, late])
  check(shipped.code === 0, `shipping ends with ${shipped.code}: ${shipped.out}${shipped.err}`)
  const afterwards = counted(late, world.proxy.taken())
  for (const [name, { segments, anchors, asked, isWhole }] of [
    ['while it runs', whileRunning],
    ['afterwards', afterwards],
  ]) {
    check(isWhole, `${name}: something still waits`)
    const wanted = sum([PER_SEGMENT, segments], [PER_ANCHOR, anchors], [PER_START, 1])
    check(same(asked, wanted), `${name}: ${JSON.stringify(asked)} asked, ${JSON.stringify(wanted)} counted`)
  }
  const told = ({ segments, anchors, asked }) =>
    `${segments} segments and ${anchors} anchors by ${Object.entries(asked)
      .map(([name, n]) => `${n} ${name}`)
      .join(', ')}`
  return {
    numbers: `${told(whileRunning)}; afterwards ${told(afterwards)}; ${entrySizes(running)}`,
    problems,
  }
}

function counted(dir, requests) {
  const entries = ledgerOf(dir)
  const count = (kind) => entries.filter((entry) => entry.kind === kind).length
  const asked = {}
  for (const { method } of requests) asked[method] = (asked[method] ?? 0) + 1
  const isWhole = count('segment') === count('shipped') && entries.at(-2).kind === 'anchored'
  return { segments: count('segment'), anchors: count('anchored'), asked, isWhole }
}

function sum(...terms) {
  const total = {}
  for (const [requests, times] of terms)
    for (const [name, n] of Object.entries(requests)) total[name] = (total[name] ?? 0) + n * times
  return total
}

function same(a, b) {
  const order = (counts) => JSON.stringify(Object.entries(counts).sort())
  return order(a) === order(b)
}

/** Bytes of an entry of each kind, on the average. */
function entrySizes(dir) {
  const sizes = {}
  for (const line of ledgerLines(dir)) {
    const { kind } = JSON.parse(line)
    sizes[kind] ??= []
    sizes[kind].push(line.length + 1)
  }
  const mean = (numbers) => Math.round(numbers.reduce((total, n) => total + n, 0) / numbers.length)
  return `bytes an entry: ${Object.entries(sizes)
    .map(([kind, all]) => `${kind} ${mean(all)}`)
    .join(', ')}`
}

const LOCKED = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date(Date.now() + 86_400_000) }
const ENDING = {
  segment: { Key: 'logs/service=shop/date=2026-08-01/host=web-1/ended.log.gz' },
  locked: { Key: 'logs/service=shop/date=2026-08-01/host=web-1/locked.log.gz', ...LOCKED },
  probe: { Key: 'logs/probe/left.txt' },
  part: { Key: 'logs/ledger/host=web-1/0123456789abcdef/part.jsonl' },
}
const ENDED_WITHIN = 280_000

/** Puts what is to end, so that its ninety days pass while other rows run. */
export async function beginTheEnd() {
  const Bucket = 'ends'
  await world.owner('CreateBucket', { Bucket, ObjectLockEnabledForBucket: true })
  const LifecycleConfiguration = json('NoncurrentVersionExpiration')
  await world.owner('PutBucketLifecycleConfiguration', { Bucket, LifecycleConfiguration })
  const ContentMD5 = createHash('md5').update('x').digest('base64')
  for (const object of Object.values(ENDING))
    await world.owner('PutObject', { Bucket, Body: 'x', ContentMD5, ...object })
}

async function endAfterNinetyDays() {
  const { problems, check } = checker()
  const start = performance.now()
  let left = await leftIn('ends')
  const isOver = ({ segment, probe, locked }) => segment === '' && probe === '' && locked === 'hidden version'
  while (!isOver(left) && performance.now() - start < ENDED_WITHIN) {
    await sleep(1000)
    left = await leftIn('ends')
  }
  check(left.segment === '', `of the segment is left: ${left.segment}`)
  check(left.probe === '', `of the probe is left: ${left.probe}`)
  check(left.locked === 'hidden version', `of the locked segment is left: ${left.locked}`)
  check(left.part === 'version', `of the ledger's part is left: ${left.part}`)
  return { numbers: `left are ${JSON.stringify(left)}`, problems }
}

/** What there is of each key: a version, hidden by a marker or not, or a marker alone. */
async function leftIn(Bucket) {
  const { Versions = [], DeleteMarkers = [] } = await world.owner('ListObjectVersions', { Bucket })
  const has = (list, { Key }) => list.some((item) => item.Key === Key)
  const of = (object) =>
    [has(DeleteMarkers, object) && 'hidden', has(Versions, object) && 'version'].filter(Boolean).join(' ')
  return Object.fromEntries(Object.entries(ENDING).map(([name, object]) => [name, of(object)]))
}

export const ROWS = {
  'bucket of the page': bucketOfThePage,
  'rights of the page': rightsOfThePage,
  'fleet in one bucket': fleetInOneBucket,
  'listing one day': listingOneDay,
  'requests as counted': requestsAsCounted,
  'end after ninety days': endAfterNinetyDays,
}
