/**
 * Makes a folder of this one: a log directory as a version of hushlog writes it, with the lines that stand in it, and
 * what an auditor keeps elsewhere. Run by hand, once for each format, since a format that was released is never made
 * again: `node test/vectors/make.js NAME BUILD`, BUILD being the folder build/ of that version.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'

const [name, build] = process.argv.slice(2)
const folder = fileURLToPath(new URL(`./${name}`, import.meta.url))
if (existsSync(folder)) throw new Error(`${folder} is there already`)
const built = (path) => import(pathToFileURL(resolve(build, path)).href)
const { Keeper } = await built('keep/keeper.js')
const { Ledger } = await built('keep/ledger.js')
const { prepareDirectory } = await built('store/directory.js')
const { frameLine } = await built('store/frames.js')
const { segmentName, writerText } = await built('store/segment.js')
const { verify } = await built('keep/verify.js').catch(() => ({}))
const { formatCheckpoint } = await built('keep/note.js').catch(() => ({}))

const HOUR = 3_600_000
const DAY = 24 * HOUR
const dir = prepareDirectory(join(folder, 'directory'), { explicit: true })
rmSync(join(dir, '.gitignore'))
const isSigned = formatCheckpoint !== undefined
const identity = await generateX25519Identity()
const recipients = [await identityToRecipient(identity)]
let now = Date.UTC(2026, 0, 5, 12)
const written = []
const ledger = new Ledger(dir, () => now)

if (isSigned) await ledger.append({ kind: 'heartbeat', open: 0 })
await sealed([segment(101, 1, 'removed for its age')])
now += 100 * DAY
await sealed([segment(101, 2, 'not encrypted'), segment(202, 1, 'cut off', { isKilled: true })])
await ledger.append(
  {
    kind: 'gap',
    reason: 'disk full (ENOSPC)',
    count: 2,
    levels: { 20: 2 },
    first: now - 2000,
    last: now - 1000,
  },
  { kind: 'clock', from: now - 60_000, to: now, step: 60_000 },
)
now += HOUR
if (isSigned) {
  await sealed([segment(101, 3, 'encrypted'), segment(303, 1, 'encrypted, of another program')], recipients)
  await ledger.append({ kind: 'heartbeat', open: 0 })
  now += HOUR
  await ledger.append({
    kind: 'hold',
    op: 'add',
    id: 'case-1',
    since: '2026-04-01T00:00:00.000Z',
    reason: 'an example',
    by: 1000,
  })
  await ledger.append({ kind: 'hold', op: 'remove', id: 'case-1', by: 1000 })
}
writeFileSync(join(folder, 'lines.json'), `${JSON.stringify(written, null, 2)}\n`)
if (isSigned) await keepElsewhere()

/** A segment in open/, of a program that ended long ago on a host that does not exist. */
function segment(pid, number, what, { isKilled = false } = {}) {
  const writer = { host: 'example', boot: '0a1b2c3d4e5f', pidns: '4026531836', pid, tid: 0, start: 4711 }
  const stamp = `,"time":"${new Date(now).toISOString()}","service":"shop","host":"example","pid":${pid},"operation":"process","reqId":"r"`
  const frame = { writer: writerText(writer), number }
  const lines = [1, 2, 3].map((i) => {
    const time = new Date(now + i).toISOString()
    return JSON.stringify({
      level: 30,
      time,
      service: 'shop',
      host: 'example',
      pid,
      operation: 'GET /orders/:id',
      reqId: `r-${i}`,
      msg: `order ${i}, ${what}`,
    })
  })
  if (what !== 'removed for its age') written.push(...lines)
  const seq = 3 * number
  const text = [
    frameLine(stamp, { kind: 'segment-start', ...frame, seq: seq - 2 }),
    ...lines.map((line) => `${line}\n`),
    isKilled
      ? '{"level":30,"time":"2026'
      : frameLine(stamp, { kind: 'segment-end', ...frame, seq, lines: 3, reason: 'size' }),
  ]
  const path = join(dir, 'open', segmentName(writer, now, number))
  writeFileSync(path, text.join(''), { mode: 0o600 })
  return path
}

async function sealed(paths, to = []) {
  const options = { dir, keepDays: 90, recipients: to, now: () => now, onError: raise }
  const keeper = new Keeper(options)
  for (const path of paths) keeper.seal(path, 'size')
  await keeper.start()
  await keeper.close()
}

async function keepElsewhere() {
  const { problems, ledger } = await verify({ dir })
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  mkdirSync(join(folder, 'elsewhere'))
  writeFileSync(join(folder, 'elsewhere', 'auditor.key'), `${identity}\n`)
  writeFileSync(join(folder, 'elsewhere', 'first.pub'), `${ledger.firstKey}\n`)
  writeFileSync(join(folder, 'elsewhere', 'checkpoint'), ledger.proven.checkpoint)
}

function raise(error) {
  throw error
}
