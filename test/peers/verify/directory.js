/**
 * A log directory with all that can stand in one, made by the library itself under a clock that is moved by hand.
 */
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { Keeper } from '../../../build/keep/keeper.js'
import { Ledger } from '../../../build/keep/ledger.js'
import { prepareDirectory } from '../../../build/store/directory.js'
import { frameLine } from '../../../build/store/frames.js'
import { segmentName, thisWriter, writerText } from '../../../build/store/segment.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
export const BEGIN = Date.UTC(2026, 0, 1, 12)
const KEEP_DAYS = 90

const folders = []

export function folder() {
  const path = mkdtempSync(join(tmpdir(), 'hushlog-verify-'))
  folders.push(path)
  return path
}

export function cleanUp() {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true })
}

export function copyOf(dir) {
  const copy = join(folder(), 'logs')
  cpSync(dir, copy, { recursive: true, preserveTimestamps: true })
  return copy
}

/** Relative paths of all regular files. */
export function filesOf(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort()
}

export function linesOf(dir) {
  return readFileSync(join(dir, 'ledger', 'ledger.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
}

export function writeLines(dir, lines) {
  writeFileSync(join(dir, 'ledger', 'ledger.jsonl'), lines.map((line) => `${line}\n`).join(''))
}

/** One writer, which numbers what it writes. */
class Writer {
  #dir
  #writer
  #number = 0
  #seq = 0

  constructor(dir, writer) {
    this.#dir = dir
    this.#writer = writer
  }

  /** A segment in open/; with `torn` it was killed in the middle of a line. Returns its path. */
  segment(now, records, { torn = false, pad = '' } = {}) {
    const writer = writerText(this.#writer)
    const stamp = `,"time":"${new Date(now).toISOString()}","service":"shop","host":"example"`
    const number = ++this.#number
    const start = frameLine(stamp, { kind: 'segment-start', writer, number, seq: this.#seq + 1 })
    this.#seq += records
    const body = Array.from({ length: records }, (_, i) => {
      const record = { level: 30, time: new Date(now + i).toISOString(), msg: `order ${number}-${i}${pad}` }
      return `${JSON.stringify(record)}\n`
    })
    const end = frameLine(stamp, {
      kind: 'segment-end',
      writer,
      number,
      seq: this.#seq,
      lines: records,
      reason: 'size',
    })
    const path = join(this.#dir, 'open', segmentName(this.#writer, now, number))
    writeFileSync(path, start + body.join('') + (torn ? '{"level":30,"time":"20' : end), { mode: 0o600 })
    return path
  }
}

/**
 * Makes a directory with so many sealed segments, and more that were removed for their age. Also says what an
 * accomplice would have kept: a copy of the directory from the middle.
 */
export async function sealedDirectory(segments, { prunedSegments = 6 } = {}) {
  const dir = prepareDirectory(join(folder(), 'logs'), { explicit: true })
  const writers = [101, 202, 303].map((pid) => new Writer(dir, exampleWriter(pid)))
  const killed = [404, 505, 606].map((pid) => new Writer(dir, exampleWriter(pid)))
  let now = BEGIN
  let earlier
  const ledger = new Ledger(dir, () => now)
  const options = { dir, keepDays: KEEP_DAYS, now: () => now, onError: raise }
  const recipient = await identityToRecipient(await generateX25519Identity())
  const plain = new Keeper(options)
  const encrypting = new Keeper({ ...options, recipients: [recipient] })
  const beat = () => ledger.append({ kind: 'heartbeat', open: 1 })
  await ledger.append({ kind: 'recipients', to: [] }, { kind: 'heartbeat', open: 0 })
  for (let i = 0; i < segments + prunedSegments; i++) {
    if (i === prunedSegments) now = BEGIN + (KEEP_DAYS + 10) * DAY
    const isKilled = i % 20 === 12 && killed.length > 0
    const writer = isKilled ? killed.pop() : writers[i % writers.length]
    const path = writer.segment(now, 1 + (i % 4), {
      torn: isKilled,
      pad: segments === 1 ? large() : '',
    })
    const keeper = i < segments / 2 ? plain : encrypting
    keeper.seal(path, 'size')
    await keeper.idle()
    now += HOUR
    if (i % 10 === 3)
      await ledger.append({
        kind: 'gap',
        reason: 'the disk is full',
        count: 3,
        levels: { 20: 3 },
        first: now,
        last: now,
      })
    if (i % 5 === 1) await beat()
    if (i === Math.floor(segments / 2)) earlier = copyOf(dir)
  }
  // Removes the first ones.
  await encrypting.start()
  await encrypting.close()
  for (let i = 0; i < 3; i++, now += HOUR) await beat()
  new Writer(dir, thisWriter('example')).segment(now, 2)
  return { dir, earlier, recipient }
}

/** More than 8 KB, whatever compresses it. */
function large() {
  return randomBytes(9000).toString('base64')
}

function exampleWriter(pid) {
  return { host: 'example', boot: '0a1b2c3d4e5f', pidns: '4026531836', pid, tid: 0, start: 4711 }
}

function raise(error) {
  throw error
}

export function isThere(dir, path) {
  return existsSync(join(dir, path))
}
