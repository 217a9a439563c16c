/**
 * Takes the cuts out of a line and puts the markers in. What stood apart may stand together then, so the line is
 * looked at again until nothing is found: what leaves here would come back unchanged.
 */
import type { Finder } from './finder.ts'
import { type Cut, ESCAPE } from './line.ts'
import type { Rules } from './rules.ts'

/** Rounds before the rest of a line that never settles is taken as it is. */
const MAX_ROUNDS = 8

export class Cutter {
  #finder: Finder
  #tell: (rule: string) => void

  /**
   * @param finder one of its own: it looks at single lines while another one is in the middle of a batch
   * @param tell told of each cut by its rule
   */
  constructor(finder: Finder, tell: (rule: string) => void) {
    this.#finder = finder
    this.#tell = tell
  }

  /** The line in `bytes[start, end)` without its cuts, and without those that then come to light. */
  without(bytes: Uint8Array, start: number, end: number, cuts: readonly Cut[], json: boolean): Uint8Array {
    let line = this.#copy(bytes, start, end, cuts)
    for (let round = 1; round < MAX_ROUNDS; round++) {
      if (!this.#finder.scan(line, 0, line.length)) return line
      const more = this.#finder.cutsIn(line, 0, line.length, json)
      if (more.length === 0) return line
      line = this.#copy(line, 0, line.length, more)
    }
    return line
  }

  #copy(bytes: Uint8Array, start: number, end: number, cuts: readonly Cut[]): Uint8Array {
    const { rules } = this.#finder
    const out = new Uint8Array(end - start + growth(cuts, rules))
    let from = start
    let at = 0
    const put = (piece: Uint8Array) => {
      out.set(piece, at)
      at += piece.length
    }
    for (const cut of cuts) {
      put(bytes.subarray(from, cut.start))
      put(cut.quote)
      put(replacement(cut, rules))
      put(cut.quote)
      from = cut.end
      if (cut.code !== ESCAPE) this.#tell(rules.ids[cut.code])
    }
    put(bytes.subarray(from, end))
    return out
  }
}

/** How much longer a line gets by its cuts; negative when it gets shorter. */
function growth(cuts: readonly Cut[], rules: Rules): number {
  let bytes = 0
  for (const cut of cuts)
    bytes += replacement(cut, rules).length + 2 * cut.quote.length - (cut.end - cut.start)
  return bytes
}

function replacement(cut: Cut, rules: Rules): Uint8Array {
  return cut.instead ?? rules.markers[cut.code]
}
