/**
 * Takes the cuts out of a line and puts the markers in. What stood apart may stand together then, so the line is
 * looked at again until nothing is found: what leaves here would come back unchanged.
 */
import { NEWLINE } from './bytes.ts'
import { type Lead, Trail, WHOLE } from './cut-trail.ts'
import type { Finder } from './finder.ts'
import { type Cut, ESCAPE } from './line.ts'
import { markerFor } from './marker.ts'
import { BATCH_BYTES } from './scanner/scanner.ts'
import type { Tally } from './tally.ts'

/** Rounds before the rest of a line that never settles is taken as it is. */
const MAX_ROUNDS = 8
/** Line ends before a line, as in a batch: the scanner is surer of names that have something before them. */
const LEAD = 64

export class Cutter {
  #finder: Finder
  #tally: Tally | undefined
  /** Where lines are made, by turns: both halves of the memory that the finder looks at in place. */
  #halves: readonly [Half, Half]
  #turn: 0 | 1 = 0

  /**
   * @param finder one of its own: it looks at single lines while another one is in the middle of a batch
   * @param tally told of each cut by its rule
   */
  constructor(finder: Finder, tally?: Tally) {
    const { memory } = finder
    const size = memory.length >> 1
    this.#finder = finder
    this.#tally = tally
    this.#halves = [
      { bytes: memory, from: 0, size },
      { bytes: memory, from: size, size },
    ]
  }

  /**
   * The line in `bytes[start, end)` without its cuts, and without those that then come to light.
   * @param isSettled whether nothing can come to light
   * @param lead the path that the line's own names go on from, for whoever is told
   */
  without(
    bytes: Uint8Array,
    start: number,
    end: number,
    cuts: readonly Cut[],
    json: boolean,
    isSettled = false,
    lead: Lead = WHOLE,
  ): Uint8Array {
    const trail = this.#tally?.wantsPaths === true ? new Trail() : undefined
    let made = this.#make(bytes, start, end, cuts, trail)
    for (let round = 1; round < MAX_ROUNDS && !isSettled; round++) {
      if (!this.#finder.scan(made.bytes, made.start - LEAD, made.end)) break
      const more = this.#finder.cutsIn(made.bytes, made.start, made.end, json)
      if (more.length === 0) break
      made = this.#make(made.bytes, made.start, made.end, more, trail)
    }
    const line = Buffer.allocUnsafe(made.end - made.start)
    made.bytes.copy(line, 0, made.start, made.end)
    if (line.length > BATCH_BYTES) this.#finder.release()
    // Only now: the program's callback may scrub something itself.
    if (this.#tally !== undefined) trail?.tell(this.#tally, line, json, lead)
    return line
  }

  #make(bytes: Uint8Array, start: number, end: number, cuts: readonly Cut[], trail: Trail | undefined): Made {
    const pieces = cuts.map((cut) => this.#replacement(bytes, cut))
    const length = end - start + growth(cuts, pieces)
    const made = this.#room(length)
    trail?.follow(cuts, pieces, start, this.#finder.rules.ids)
    let from = start
    let at = made.start
    for (let i = 0; i < cuts.length; i++) {
      const cut = cuts[i]
      at = copy(bytes, from, cut.start, made.bytes, at)
      at = copy(cut.quote, 0, cut.quote.length, made.bytes, at)
      at = copy(pieces[i], 0, pieces[i].length, made.bytes, at)
      at = copy(cut.quote, 0, cut.quote.length, made.bytes, at)
      from = cut.end
      if (trail === undefined && cut.code !== ESCAPE)
        this.#tally?.add(this.#finder.rules.ids.name(cut.code), '')
    }
    copy(bytes, from, end, made.bytes, at)
    return made
  }

  #room(length: number): Made {
    this.#turn = this.#turn === 0 ? 1 : 0
    const half = this.#halves[this.#turn]
    const fits = LEAD + length + 1 <= half.size
    const bytes = fits ? half.bytes : Buffer.allocUnsafeSlow(LEAD + length + 1)
    const start = (fits ? half.from : 0) + LEAD
    const end = start + length
    bytes.fill(NEWLINE, start - LEAD, start)
    bytes[end] = NEWLINE
    return { bytes, start, end }
  }

  #replacement(bytes: Uint8Array, cut: Cut): Uint8Array {
    const { ids, tag } = this.#finder.rules
    if (cut.instead !== undefined) return cut.instead
    if (tag === undefined) return ids.marker(cut.code)
    return markerFor(bytes.subarray(cut.start, cut.end), ids.name(cut.code), tag)
  }
}

interface Half {
  bytes: Buffer
  from: number
  size: number
}

interface Made {
  bytes: Buffer
  start: number
  end: number
}

/** How much longer a line gets by its cuts; negative when it gets shorter. */
function growth(cuts: readonly Cut[], pieces: readonly Uint8Array[]): number {
  let bytes = 0
  for (let i = 0; i < cuts.length; i++)
    bytes += pieces[i].length + 2 * cuts[i].quote.length - (cuts[i].end - cuts[i].start)
  return bytes
}

const SHORT = 64

/** Copies `[from, to)`; of a few bytes a loop makes less ado than the engine's own copy. Returns where they end. */
function copy(bytes: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  if (to - from > SHORT) target.set(bytes.subarray(from, to), at)
  else for (let i = from; i < to; i++) target[at + i - from] = bytes[i]
  return at + to - from
}
