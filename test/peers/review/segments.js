/**
 * The segments of one host: written into open/ as the store writes them, sealed by the real sealer under a clock that
 * is moved by hand, and packed a second time as plain gzip beside it.
 */
import { closeSync, createWriteStream, fchmodSync, openSync, writeSync } from 'node:fs'
import { chmod, copyFile, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { openSegments } from '../../../build/keep/heartbeat.js'
import { Ledger } from '../../../build/keep/ledger.js'
import { pack } from '../../../build/keep/pack.js'
import { Plaintext } from '../../../build/keep/plaintext.js'
import { seal } from '../../../build/keep/seal.js'
import { prepareDirectory } from '../../../build/store/directory.js'
import { frameLine, LONGER_END } from '../../../build/store/frames.js'
import { segmentName, writerText } from '../../../build/store/segment.js'
import { headOf, iso, requestId } from './lines.js'

const BUFFER = 4 * 1024 * 1024
const FLUSH_AT = BUFFER - 64 * 1024
const SOON = 40
/** In the target, longer than it is kept here. */
const LOCKED_FOR = 400 * 86_400_000
/** Of a header for one recipient and a nonce there are some 230 bytes: this one is of the first chunk. */
const FLIPPED_BYTE = 400

/** What is made here need not survive a power cut: forcing thousands of files to the disk takes longer than the rest. */
export async function withoutForcing() {
  const handle = await open(process.execPath)
  const prototype = Object.getPrototypeOf(handle)
  await handle.close()
  prototype.sync = prototype.datasync = async () => {}
}

export class SegmentsOfHost {
  /** Told when the lines that follow go into a segment that is to be damaged, and when they do not any more. */
  onPart = () => {}
  counts = { segments: 0, bytes: 0, sealedBytes: 0 }
  damaged = []
  #host
  #dir
  #plain
  #scratch
  #recipients
  #maxSize
  #now = 0
  #ledger
  #writer
  #name
  #head
  #id
  #number = 0
  #seq = 0
  #counter = 0
  #segment
  #damage
  #isShipping = false
  /** Names of sealed segments. */
  #unshipped = []
  #buffer = Buffer.allocUnsafeSlow(BUFFER)
  #length = 0

  /** @param options `{ host, service, dir, plain, scratch, recipients, maxSize }` */
  constructor({ host, service, dir, plain, scratch, recipients, maxSize }) {
    this.#host = { host, service }
    this.#dir = prepareDirectory(dir, { explicit: true })
    this.#plain = plain
    this.#scratch = scratch
    this.#recipients = recipients
    this.#maxSize = maxSize
    this.#ledger = new Ledger(this.#dir, () => this.#now)
  }

  /** A program starts. @param bits for its own request id */
  begin(pid, time, bits) {
    const { host, service } = this.#host
    // Of another boot: nobody can tell whether it lives.
    this.#writer = { host, boot: '7d2f0c9ab1e4', pidns: '4026531836', pid, tid: 0, start: 100 + pid }
    this.#name = writerText(this.#writer)
    this.#head = headOf({ service, host, pid }, 'process')
    this.#id = requestId(time, ...bits)
    this.#number = 0
    this.#seq = 0
    return { host, service, pid }
  }

  get isRunning() {
    return this.#writer !== undefined
  }

  get process() {
    return { head: this.#head, id: this.#id }
  }

  /** Whether the segment should end when nothing is pending any more. */
  get isFull() {
    return this.#segment !== undefined && this.#segment.size >= this.#maxSize
  }

  /** @param text of one record, in ASCII */
  write(time, text) {
    this.#segment ??= this.#open(time)
    const { length } = text
    if (this.#length > FLUSH_AT - length) this.#flush()
    this.#buffer.latin1Write(text, this.#length)
    this.#length += length
    this.#segment.size += length
    this.#segment.lines++
    this.#seq++
  }

  #open(time) {
    const name = segmentName(this.#writer, time, ++this.#counter)
    const path = join(this.#dir, 'open', name)
    const fd = openSync(path, 'wx', 0o600)
    fchmodSync(fd, 0o600)
    this.#number++
    this.#length = 0
    const part = this.#damage
    this.#damage = undefined
    this.#segment = { path, fd, size: 0, lines: 0, part }
    this.#frame(time, { kind: 'segment-start', number: this.#number, seq: this.#seq + 1 })
    return this.#segment
  }

  #frame(time, { kind, ...facts }) {
    const line = frameLine(`,"time":"${iso(time)}${this.#head}${this.#id}"`, {
      kind,
      writer: this.#name,
      ...facts,
    })
    if (this.#length > FLUSH_AT - line.length - LONGER_END) this.#flush()
    line.copy(this.#buffer, this.#length)
    this.#length += line.length
    this.#segment.size += line.length
  }

  #flush() {
    writeSync(this.#segment.fd, this.#buffer, 0, this.#length)
    this.#length = 0
  }

  /** What is written so far can be read; the segment stays open. */
  leaveOpen() {
    if (this.#segment === undefined) return
    this.#flush()
    closeSync(this.#segment.fd)
    this.#segment = undefined
  }

  /** Ends the segment, if there is one, and seals it. */
  async end(time, reason) {
    const segment = this.#segment
    if (segment === undefined) return
    const { lines } = segment
    this.#frame(time, { kind: 'segment-end', number: this.#number, seq: this.#seq, lines, reason })
    this.#flush()
    await this.#ended(segment, time + SOON, reason)
  }

  /** The program is killed while it writes a line; a keeper finds the segment when its lease has run out. */
  async kill(time, half) {
    const segment = this.#segment
    if (segment === undefined) throw new Error('nothing is open that could be torn')
    this.#flush()
    writeSync(segment.fd, half)
    await this.#ended(segment, time + 61_000, 'adopted')
  }

  async #ended(segment, now, reason) {
    const { path, fd, part } = segment
    closeSync(fd)
    this.#segment = undefined
    this.#now = now
    const scratch = join(this.#scratch, basename(path))
    if (part === 'forged') await copyFile(path, scratch)
    const packing = this.#packPlain(path)
    const recipients = this.#recipients
    const sealed = await seal(this.#ledger, path, reason, { recipients })
    await packing
    this.#unshipped.push(basename(path, '.log'))
    this.counts.segments++
    this.counts.bytes += segment.size
    if (part !== undefined) {
      await DAMAGE[part](join(this.#dir, sealed.path), scratch, recipients)
      this.damaged.push({ part, path: sealed.path, lines: segment.lines })
      this.onPart(undefined)
    }
  }

  /** The same text as a file that any tool reads. */
  async #packPlain(path) {
    const handle = await open(path)
    const target = join(this.#plain, `${basename(path)}.gz`)
    await pipeline(
      handle.createReadStream({ highWaterMark: 1 << 20 }),
      createGzip({ level: 6 }),
      createWriteStream(target),
    )
  }

  /** The next segment is to be damaged once it is sealed: deleted, flipped or forged. */
  damageNext(part) {
    this.#damage = part
    this.onPart(part)
  }

  /** A keeper tells that it is up, and ships what was sealed since it did so last. */
  async beat(time) {
    this.#now = time
    const names = this.#isShipping ? this.#unshipped.splice(0) : []
    await this.#ledger.update(async ({ tip }) => [
      { kind: 'heartbeat', open: openSegments(this.#dir) },
      ...(await Promise.all(names.map((name) => this.#ship(name, time)))),
      ...this.#anchor(names, tip.n + 1),
    ])
  }

  async beginShipping(time) {
    await this.record(time, { kind: 'targets', to: [this.#target] })
    this.#isShipping = true
  }

  stopShipping() {
    this.#isShipping = false
  }

  get #target() {
    return `s3://example-logs/${this.#host.host}/`
  }

  async #ship(name, time) {
    const { sha256, path } = await this.#ledger.segment(name)
    const until = iso(time + LOCKED_FOR)
    return { kind: 'shipped', to: this.#target, name, sha256, key: path, version: `v-${name}`, until }
  }

  /** The ledger goes with each segment. */
  #anchor(names, size) {
    if (names.length === 0) return []
    const key = `ledger/${size}`
    return [{ kind: 'anchored', to: this.#target, size, key, checkpoint: `${key}.checkpoint` }]
  }

  async record(time, ...facts) {
    this.#now = time
    await this.#ledger.append(...facts)
  }
}

const DAMAGE = {
  deleted: (path) => rm(path),

  async flipped(path) {
    await chmod(path, 0o600)
    const handle = await open(path, 'r+')
    const byte = Buffer.alloc(1)
    await handle.read(byte, 0, 1, FLIPPED_BYTE)
    byte[0] ^= 1
    await handle.write(byte, 0, 1, FLIPPED_BYTE)
    await handle.close()
    await chmod(path, 0o400)
  },

  /** Whoever knows the public key can encrypt another text; the ledger's hash he cannot change. */
  async forged(path, copy, recipients) {
    const handle = await open(copy, 'r+')
    const head = Buffer.alloc(64 * 1024)
    const { bytesRead } = await handle.read(head, 0, head.length, 0)
    const at = head.subarray(0, bytesRead).indexOf('"statusCode":200')
    if (at === -1) throw new Error('no line to be forged')
    await handle.write(Buffer.from('1'), 0, 1, at + '"statusCode":20'.length)
    await handle.close()
    const plaintext = await Plaintext.open(copy)
    const forged = `${copy}.forged`
    await pack(plaintext, forged, recipients, () => {})
    await plaintext.close()
    await rename(forged, path)
    await rm(copy)
  },
}

export async function makeFolder(path) {
  await mkdir(dirname(path), { recursive: true })
  await mkdir(path, { recursive: true })
}
