/** What lies in a bucket or a directory in the end, beside what the ledger and the files of a log directory say. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseLedgerKey, segmentKey } from '../../../build/ship/keys.js'
import { checker, entriesOf, folder, hushlog, send } from './world.js'

const DAY = 86_400_000

/** All versions and markers below a prefix. */
export async function versionsIn(Bucket, Prefix = '') {
  const versions = []
  const markers = []
  let more = {}
  do {
    const page = await send('ListObjectVersions', { Bucket, Prefix, ...more })
    versions.push(...(page.Versions ?? []).map(({ Key, VersionId }) => ({ key: Key, version: VersionId })))
    markers.push(...(page.DeleteMarkers ?? []))
    more = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
    if (!page.IsTruncated) return { versions, markers }
  } while (more.KeyMarker !== undefined)
  throw new Error('a page is missing')
}

/**
 * Everything that is promised of a bucket that all has been shipped to: one key a segment, each of its versions the
 * file itself and locked, the ledger's parts the beginning of ours, its newest checkpoint the proof of all that is here.
 * @returns `{ problems, segments, keys, extra, doubled }`
 */
export async function checkBucket(dir, bucket, place) {
  const { versions, markers } = await versionsIn(bucket)
  const objects = await inTurns(versions, 8, (version) => lookAt(bucket, version))
  const found = await checkObjects(dir, objects, place)
  found.check(markers.length === 0, `${markers.length} delete markers`)
  for (const { key, mode, until, least } of objects) {
    found.check(mode === 'COMPLIANCE', `${key} is locked in mode ${mode}`)
    if (least !== undefined)
      found.check(until + 1000 >= least, `${key} is locked until ${new Date(until).toISOString()}`)
  }
  return { ...found, versions }
}

async function lookAt(Bucket, { key, version }) {
  const where = { Bucket, Key: key, VersionId: version }
  const { Body, ObjectLockMode, ObjectLockRetainUntilDate } = await send('GetObject', where)
  const bytes = Buffer.from(await Body.transformToByteArray())
  return { key, bytes, mode: ObjectLockMode, until: ObjectLockRetainUntilDate?.getTime() }
}

/** The same of a directory, where nothing is locked. */
export async function checkTargetDirectory(dir, target, place) {
  const found = await checkObjects(dir, objectsIn(target), place)
  return found
}

/** What is visible in a directory. */
export function objectsIn(target) {
  return readdirSync(target, { recursive: true })
    .filter((key) => !key.startsWith('.hushlog-uploads') && statSync(join(target, key)).isFile())
    .map((key) => ({ key, bytes: readFileSync(join(target, key)) }))
}

async function checkObjects(dir, objects, place) {
  const { problems, check } = checker()
  const entries = entriesOf(dir)
  const segments = entries.filter(({ kind }) => kind === 'segment')
  const expected = new Map(segments.map((segment) => [segmentKey(segment), segment]))
  const lies = groups(objects)
  const ledgers = []
  for (const object of objects) {
    const { key, bytes } = object
    const segment = expected.get(key)
    const part = parseLedgerKey(key)
    if (part !== undefined) ledgers.push({ ...part, bytes })
    check(segment !== undefined || part !== undefined, `${key} belongs to nothing`)
    if (segment === undefined) continue
    object.least = Date.parse(segment.last) + 90 * DAY
    check(bytes.equals(readFileSync(join(dir, segment.path))), `${key} is not the sealed file`)
  }
  for (const key of expected.keys()) check(lies.has(key), `${key} is missing`)
  const shipped = entries.filter(({ kind, to }) => kind === 'shipped' && to === place)
  const names = new Set(shipped.map(({ name }) => name))
  for (const { name } of segments) check(names.has(name), `${name} is not entered as shipped`)
  checkParts(dir, ledgers, check)
  await checkCheckpoint(dir, ledgers, check)
  return {
    problems,
    check,
    segments: segments.length,
    keys: lies.size,
    extra: objects.length - lies.size,
    doubled: shipped.length - names.size,
  }
}

function groups(objects) {
  const map = new Map()
  for (const object of objects) map.set(object.key, [...(map.get(object.key) ?? []), object])
  return map
}

/** Each part is what stands in the ledger there, and together they are its beginning, without a hole. */
function checkParts(dir, ledgers, check) {
  const lines = readFileSync(join(dir, 'ledger', 'ledger.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
  const parts = ledgers.filter(({ kind }) => kind === 'part').sort((a, b) => a.from - b.from)
  let end = 0
  for (const { key, from, to, bytes } of parts) {
    check(from <= end, `entries ${end} to ${from - 1} are in no part`)
    check(
      bytes.toString() === `${lines.slice(from, to + 1).join('\n')}\n`,
      `${key} is not what the ledger says`,
    )
    end = Math.max(end, to + 1)
  }
  const rest = lines.slice(end).map((line) => JSON.parse(line).kind)
  const own = rest.filter((kind) => kind !== 'anchored' && kind !== 'seal')
  check(own.length === 0, `${own.length} entries of the ledger are in no part: ${[...new Set(own)]}`)
}

/** `hushlog verify` with the newest checkpoint finds nothing wrong. */
async function checkCheckpoint(dir, ledgers, check) {
  const newest = ledgers.filter(({ kind }) => kind === 'checkpoint').sort((a, b) => b.to - a.to)[0]
  if (newest === undefined) return check(false, 'there is no checkpoint')
  const file = join(folder(), 'checkpoint')
  writeFileSync(file, newest.bytes)
  const { code, stdout, stderr } = await hushlog(['verify', '--checkpoint', file, '--json', dir]).ended
  check(code === 0, `verify: ${stdout.slice(0, 600)} ${stderr}`)
  check(JSON.parse(stdout || '{}').ledger?.anchored === true, 'the checkpoint anchors nothing')
}

export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

/** So many at once. */
export async function inTurns(items, width, work) {
  const results = []
  let at = 0
  const lane = async () => {
    while (at < items.length) {
      const i = at++
      results[i] = await work(items[i])
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
  return results
}
