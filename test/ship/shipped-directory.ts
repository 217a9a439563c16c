/**
 * A log directory that the real keeper has sealed, and its way into a directory on another disk: what an honest shipper
 * leaves there, and single steps of it, so that tests can stop between two of them.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Test } from 'tap'
import type { Fact, SegmentFact } from '../../lib/keep/facts.ts'
import { Ledger, ledgerPath, readLedger } from '../../lib/keep/ledger.ts'
import { verifyLedger } from '../../lib/keep/ledger-check.ts'
import { formatCheckpoint, originOf } from '../../lib/keep/note.ts'
import { seal } from '../../lib/keep/seal.ts'
import { DirectoryTarget } from '../../lib/ship/directory-target.ts'
import { checkpointKey, ledgerFolder, ledgerPartKey, segmentKey } from '../../lib/ship/keys.ts'
import { Shipper } from '../../lib/ship/shipper.ts'
import { frameLine } from '../../lib/store/frames.ts'
import { safeHost, segmentName, thisWriter, type Writer, writerText } from '../../lib/store/segment.ts'
import { DAY, logLine, NOON } from '../keep/helpers.ts'
import { logDirectory } from '../store/helpers.ts'

export { DAY, NOON }
export const HOST = 'web-1'

/** Enters whose lines a segment holds. */
class ServiceLedger extends Ledger {
  service = 'shop'

  override update(decide: Parameters<Ledger['update']>[0]): Promise<void> {
    const withService = (fact: Fact) => (fact.kind === 'segment' ? { ...fact, service: this.service } : fact)
    return super.update(async (committed) => (await decide(committed)).map(withService))
  }
}

export interface SegmentOptions {
  service?: string
  /** Of its records, milliseconds since the epoch. */
  time?: number
  lines?: number
  writer?: Writer
}

/** A program's log directory, a keeper's ledger in it, and a target beside it. */
export class ShippedDirectory {
  readonly dir: string
  /** Of the target. */
  readonly path: string
  readonly target: DirectoryTarget
  readonly ledger: ServiceLedger
  now = NOON + 3 * DAY
  #number = 0
  #seq = 1

  constructor(t: Test, path?: string) {
    this.dir = logDirectory(t)
    this.path = path ?? join(this.dir, '..', 'target')
    mkdirSync(this.path, { recursive: true })
    this.target = new DirectoryTarget({ option: '--to', path: this.path })
    this.ledger = new ServiceLedger(this.dir, () => this.now)
  }

  /** @returns its name */
  async sealed({ service = 'shop', time = NOON, lines = 3, writer }: SegmentOptions = {}): Promise<string> {
    const of = writer ?? { ...thisWriter(HOST), pid: 4242 }
    const number = ++this.#number
    const stamp = `,"time":"${new Date(time).toISOString()}","service":"${service}","host":"${HOST}","pid":1`
    const frame = { writer: writerText(of), number }
    const records = Array.from({ length: lines }, (_, i) => logLine(time + i, `order ${number}.${i}`))
    const text = [
      frameLine(stamp, { kind: 'segment-start', ...frame, seq: this.#seq }),
      ...records,
      frameLine(stamp, { kind: 'segment-end', ...frame, seq: this.#seq + lines - 1, lines, reason: 'size' }),
    ]
    this.#seq += lines
    const path = join(this.dir, 'open', segmentName(of, time, number))
    writeFileSync(path, text.join(''), { mode: 0o600 })
    this.ledger.service = service
    await seal(this.ledger, path, 'size', { recipients: [] })
    this.now += 1000
    return basename(path, '.log')
  }

  /** Ships all that is not there yet, as the program's own shipper does. */
  async ship(): Promise<void> {
    const target = { kind: 'directory' as const, option: '--to', path: this.path }
    const shipper = new Shipper({
      dir: this.dir,
      targets: [target],
      keepDays: 90,
      maxConcurrency: 1,
      maxBandwidth: undefined,
      onError: (error) => {
        throw error
      },
    })
    const isDone = await shipper.once()
    await shipper.close()
    if (!isDone) throw new Error('something was not shipped')
  }

  async shipSegment(fact: SegmentFact): Promise<void> {
    await this.put(segmentKey(fact), readFileSync(join(this.dir, fact.path)))
  }

  /** The part since the last one, or from a given entry on, and the checkpoint that goes with it. */
  async shipLedger(options: { from?: number; isEntered?: boolean } = {}): Promise<string> {
    const { proven, firstKey, entries } = await verifyLedger(this.dir)
    if (proven === undefined || firstKey === undefined) throw new Error('nothing is signed')
    const folder = ledgerFolder(safeHost(hostname()), originOf(firstKey))
    const from = options.from ?? (await this.#anchored())
    const lines = readFileSync(ledgerPath(this.dir), 'utf8').split('\n').slice(from, entries)
    const part = Buffer.from(`${lines.join('\n')}\n`)
    const key = ledgerPartKey(folder, from, proven.n, sumOf(part))
    await this.put(key, part)
    const note = Buffer.from(formatCheckpoint(proven.text, proven.sig, proven.key))
    const checkpoint = checkpointKey(folder, proven.n, sumOf(note))
    await this.put(checkpoint, note)
    const to = this.target.place
    if (options.isEntered !== false)
      await this.ledger.append({ kind: 'anchored', to, size: proven.n + 1, key, checkpoint })
    return key
  }

  put(key: string, content: Buffer, sha256: string = sumOf(content)): Promise<unknown> {
    const md5 = createHash('md5').update(content).digest('hex')
    const fixed = { bytes: content.length, type: 'application/octet-stream', lockUntil: this.now }
    return this.target.put({ key, sha256, md5, ...fixed, open: () => Readable.from([content]) })
  }

  async segments(): Promise<SegmentFact[]> {
    const facts: SegmentFact[] = []
    for await (const entry of readLedger(this.dir)) if (entry.kind === 'segment') facts.push(entry)
    return facts
  }

  async #anchored(): Promise<number> {
    let size = 0
    for await (const entry of readLedger(this.dir)) if (entry.kind === 'anchored') size = entry.size
    return size
  }
}

export function sumOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
