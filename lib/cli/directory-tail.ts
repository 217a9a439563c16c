import { HushlogError } from '../errors.ts'
import { printable } from './command.ts'
import { byTime, LastLines, type TimedLine } from './last-lines.ts'
import { listOpen, listSealed, type SegmentFile, statOf } from './log-directory.ts'
import { SealedWatch, sealedLines, youngestFirst } from './sealed-tail.ts'
import { MAX_LINE, SegmentTail, type TailOptions } from './segment-tail.ts'

export interface DirectoryTailOptions {
  dir: string
  /** How many of the last lines. */
  count: number
  /** Whether the first and the last line of each segment are wanted too. */
  frames: boolean
  /** Whether `next` will be called: only then are segments held open. */
  stay: boolean
  /** Lines without their `\n`, in order. */
  show(lines: Buffer[]): Promise<void>
  say(words: string): void
  /** A segment cannot be read; the others are. */
  onError(error: unknown): void
}

const MAX_BYTES = 64 * 1024 * 1024
const MAX_FOLLOWED = 512
/** Frames are left out, two of a segment at most. */
const FRAMES = 2

/** The lines of all segments of a directory: first the last ones, then those that come, each of them once. */
export class DirectoryTail {
  readonly #options: DirectoryTailOptions
  readonly #tailOptions: TailOptions
  /** Segments that may still grow, by name: that stays the same when one is adopted. */
  readonly #growing = new Map<string, SegmentTail>()
  /** By what their first lines say they are, closed ones too. */
  readonly #byOrigin = new Map<string, { name: string; tail: SegmentTail }>()
  /** Names of segments that need not be looked for in sealed/ any more. */
  readonly #known = new Set<string>()
  readonly #sealed: SealedWatch
  readonly #told = new Set<string>()

  constructor(options: DirectoryTailOptions) {
    this.#options = options
    this.#sealed = new SealedWatch(options.dir)
    const onLeftOut = () => options.say(`a line of over ${MAX_LINE} bytes is left out`)
    this.#tailOptions = { frames: options.frames, onLeftOut }
  }

  /** Shows the last lines. @throws HushlogError `HUSHLOG_READ` when a folder cannot be read */
  async last(): Promise<void> {
    const { dir, count, say } = this.#options
    const last = new LastLines(count, MAX_BYTES)
    for (const file of newestFirst(listOpen(dir).segments))
      await this.#guarded(file, () => this.#lastOf(file, last))
    // Listed after those in open/, so that one that is sealed meanwhile is seen.
    const { segments } = listSealed(dir)
    await this.#lastOfSealed(segments, last)
    for (const { identity } of segments) this.#known.add(identity.name)
    await this.#show(last.take())
    if (last.isShort) say(`fewer than ${count} lines are shown: more would take over ${MAX_BYTES} bytes`)
  }

  async #lastOf(file: SegmentFile, last: LastLines): Promise<void> {
    const tail = await this.#open(file)
    if (tail === undefined) return
    if (tail.isEmpty) return tail.close()
    for (const lines of tail.last(this.#options.count + FRAMES)) for (const line of lines) last.add(line)
    const isHeld = this.#options.stay && this.#growing.size < MAX_FOLLOWED
    if (isHeld) this.#hold(file.identity.name, tail)
    else tail.close()
    this.#known.add(file.identity.name)
    if (this.#options.stay && !isHeld) this.#tellOnce(`only ${MAX_FOLLOWED} segments are followed`)
  }

  async #lastOfSealed(files: SegmentFile[], last: LastLines): Promise<void> {
    const unknown = files.filter(({ identity }) => !this.#known.has(identity.name))
    for (const file of await youngestFirst(unknown)) {
      if (last.oldest !== undefined && last.oldest >= file.sealedAt) return
      await this.#guarded(file, async () => {
        const count = this.#options.count + FRAMES
        for await (const lines of this.#linesOf(file, count)) for (const line of lines) last.add(line)
      })
    }
  }

  /** Shows what has come since. False when that was nothing. @throws HushlogError `HUSHLOG_READ` */
  async next(): Promise<boolean> {
    for (const file of newestFirst(listOpen(this.#options.dir).segments)) {
      if (!this.#known.has(file.identity.name)) await this.#guarded(file, () => this.#follow(file))
    }
    const hasGrown = await this.#showGrown()
    const hasSealed = await this.#showSealed()
    return hasGrown || hasSealed
  }

  async #showGrown(): Promise<boolean> {
    const round: TimedLine[] = []
    let hasGrown = false
    for (const [name, tail] of this.#growing) {
      // Asked before it is read: nothing can come after a segment was removed.
      const { isRemoved } = tail
      const lines = tail.read()
      if (lines !== undefined) for (const line of lines) round.push(line)
      else if (isRemoved) this.#leave(name)
      hasGrown ||= lines !== undefined
    }
    await this.#show(byTime(round))
    return hasGrown
  }

  /** Those that were opened and sealed between two looks at open/. */
  async #showSealed(): Promise<boolean> {
    const files = await this.#sealed.changed(Date.now())
    const unknown = files.filter(({ identity }) => !this.#known.has(identity.name))
    for (const file of unknown) {
      this.#known.add(file.identity.name)
      await this.#guarded(file, async () => {
        for await (const lines of this.#linesOf(file)) await this.#show(lines)
      })
    }
    return unknown.length > 0
  }

  #linesOf(file: SegmentFile, count?: number): AsyncIterable<TimedLine[]> | [] {
    if (!file.isEncrypted) return sealedLines(file, this.#tailOptions, count)
    this.#tellOnce('encrypted segments are left out')
    return []
  }

  /** Holds a new segment open. One that has no line yet, or that cannot be held now, is looked at again. */
  async #follow(file: SegmentFile): Promise<void> {
    if (this.#growing.size >= MAX_FOLLOWED) return
    const tail = await this.#open(file)
    if (tail?.isEmpty) return tail.close()
    if (tail === undefined) return
    const original = this.#byOrigin.get(tail.origin ?? '')
    // No two segments have the same origin, unless one was removed and written once more.
    if (original?.tail.isRemoved) {
      tail.goOnFrom(original.tail)
      this.#leave(original.name)
    }
    this.#hold(file.identity.name, tail)
    this.#known.add(file.identity.name)
  }

  #hold(name: string, tail: SegmentTail): void {
    this.#growing.set(name, tail)
    const { origin } = tail
    if (origin !== undefined) this.#byOrigin.set(origin, { name, tail })
  }

  async #open({ path, identity }: SegmentFile): Promise<SegmentTail | undefined> {
    const tail = SegmentTail.open(path, identity, this.#tailOptions)
    if (tail === undefined && (await statOf(path)) !== undefined)
      throw new HushlogError('HUSHLOG_READ', `${printable(path)} is no regular file with one name`)
    return tail
  }

  #leave(name: string): void {
    this.#growing.get(name)?.close()
    this.#growing.delete(name)
  }

  /** Closes what is open. */
  close(): void {
    for (const name of this.#growing.keys()) this.#leave(name)
  }

  /** What cannot be read is told once, and the others are read. */
  async #guarded({ identity }: SegmentFile, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof HushlogError) || error.code !== 'HUSHLOG_READ') throw error
      this.#known.add(identity.name)
      this.#options.onError(error)
    }
  }

  async #show(lines: TimedLine[]): Promise<void> {
    if (lines.length > 0) await this.#options.show(lines.map(({ bytes }) => bytes))
  }

  #tellOnce(words: string): void {
    if (!this.#told.has(words)) this.#options.say(words)
    this.#told.add(words)
  }
}

function newestFirst(files: SegmentFile[]): SegmentFile[] {
  return files.sort((a, b) => b.identity.stamp - a.identity.stamp || b.identity.counter - a.identity.counter)
}
